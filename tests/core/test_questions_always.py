"""Whatever is done with a library, the news of a question is what differs from what was seen."""

from __future__ import annotations

from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from evidence.core.library import Library
from tests.core.test_questions import KNEE, notices, opened

STEPS = st.lists(
    st.tuples(st.sampled_from(("knee", "hip", "remove", "retract", "note", "look", "undo")), st.sampled_from("abc")),
    max_size=12,
)


@given(STEPS)
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_news_is_what_differs(tmp_path: Path, steps: list[tuple[str, str]]) -> None:
    """After any changes and looks: new is what answers and did not, gone what did and does not, changed the rest."""
    path = tmp_path / f"{len(list(tmp_path.iterdir()))}.db"
    with opened(path) as library:
        for key in "abc":
            library.add([f"id={key}", "title=A knee trial", f"DOI=10.1000/{key}"])
        library.save_question("knee", KNEE)
        seen = {key: frozenset[str]() for key in "abc"}
        for what, key in steps:
            live = {record.key for record in library.records()}
            if what == "look":
                library.looked(library.news("knee"))
                seen = _state(library)
            elif what == "undo":
                _undo(library)
            elif key in live:
                _step(library, what, key)
            now = _state(library)
            news = library.news("knee")
            assert {one.key for one in news.new} == now.keys() - seen.keys()
            assert {one.key for one in news.gone} == seen.keys() - now.keys()
            again = {one.record.key for one in news.changed}
            assert again & now.keys() == {key for key in now.keys() & seen.keys() if now[key] != seen[key]}


def _state(library: Library) -> dict[str, frozenset[str]]:
    """The kinds of notices of each record that answers."""
    return {
        one.key: frozenset(notice.kind for notice in one.reference.notices)
        for one in library.records()
        if "knee" in one.reference.title
    }


def _undo(library: Library) -> None:
    """The newest change that is in force, if it is one of the steps."""
    open_ones = (one for one in library.history() if one.undone_by is None and not one.what.startswith("undo"))
    newest = next(open_ones)
    if not newest.what.startswith(("add", "question")):
        library.undo(newest.n)


def _step(library: Library, what: str, key: str) -> None:
    if what == "remove":
        library.remove(key)
    elif what == "note":
        library.note(key, "x")
    elif what == "retract":
        notices(library, key, {"kind": "retraction"})
    else:
        library.edit(key, [f"title=A {what} trial"])
