"""What is new since somebody last looked: exactly that, whatever the reason."""

from __future__ import annotations

import io
import itertools
import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import evidence.formats
from evidence.core.changing import Word
from evidence.core.library import Library
from evidence.core.parts import Parts
from evidence.core.questions import Inquiry, News, inquiry_of
from evidence.errors import BusyError, LibraryError, NeedsPersonError, QuerySyntaxError, UnknownTermError, UsageError
from evidence.model.record import Axis
from evidence.model.vocabulary import Vocabulary
from evidence.ports import Question
from evidence.store import opening
from tests.core.plain_index import PlainIndex
from tests.core.terms import VOCABULARY

KNEE = Inquiry("knee")


@contextmanager
def opened(path: Path, vocabulary: Vocabulary = VOCABULARY, index: PlainIndex | None = None) -> Iterator[Library]:
    """The library in the file `path`, made when it is not there, with an index of its own."""
    if not path.exists():
        opening.create(path)
    seconds = itertools.count()
    library = Library(
        Parts(
            reader=opening.open_reader(path), store=lambda: opening.open_store(path), index=index or PlainIndex(),
            vocabulary=vocabulary, formats=evidence.formats, who="tester",
            now=lambda: f"2026-01-01T00:{next(seconds) // 60:02}:{next(seconds) % 60:02}Z", spare=PlainIndex,
        )
    )  # fmt: skip
    with library:
        yield library


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where a library is."""
    return tmp_path / "library.db"


@pytest.fixture
def library(path: Path) -> Iterator[Library]:
    """A library with two records on knees and one on hips, and the question `knee`, which was looked at."""
    with opened(path) as library:
        for key, title in (("a", "A knee trial"), ("b", "Another knee trial"), ("c", "A hip trial")):
            library.add([f"id={key}", f"title={title}", f"DOI=10.1000/{key}"])
        library.save_question("knee", KNEE)
        yield library


def notices(library: Library, key: str, *said: dict[str, str]) -> None:
    """Import the record anew with notices."""
    item = {
        "id": key,
        "type": "article-journal",
        "DOI": f"10.1000/{key}",
        "title": library.record(key).reference.title,
        "custom": {"notices": list(said)},
    }
    library.import_file("notices.json", io.BytesIO(json.dumps([item]).encode()))
    assert len(library.record(key).reference.notices) >= len(said)


def told(news: News) -> tuple[list[str], list[str], list[tuple[str, bool]]]:
    """Keys of what is new, of what has changed notices, and what is gone."""
    return (
        [one.key for one in news.new],
        [one.record.key for one in news.changed],
        [(one.key, one.removed) for one in news.gone],
    )


NOTHING: tuple[list[str], list[str], list[tuple[str, bool]]] = ([], [], [])


def test_what_answers_when_saved_is_no_news(library: Library, path: Path) -> None:
    """Neither then nor after opening the library again."""
    news = library.news("knee")
    assert (news.total, told(news), news.question.looked) == (2, NOTHING, None)
    with opened(path) as other:
        assert told(other.news("KNEE")) == NOTHING


def test_a_new_record_is_new_until_it_was_looked_at(library: Library, path: Path) -> None:
    """Asking marks nothing; looking does, once and for all."""
    library.add(["id=d", "title=A third knee trial"])
    library.add(["id=e", "title=Of hips"])
    news = library.news("knee")
    assert told(news) == (["d"], [], [])
    with opened(path) as other:
        assert told(other.news("knee")) == (["d"], [], [])
    library.looked(news)
    library.looked(news)
    assert told(library.news("knee")) == NOTHING
    assert library.news("knee").question.looked is not None
    with opened(path) as other:
        assert told(other.news("knee")) == NOTHING


def test_what_comes_between_asking_and_looking_stays_new(library: Library) -> None:
    """Only what was shown is marked."""
    news = library.news("knee")
    library.add(["id=d", "title=A third knee trial"])
    notices(library, "a", {"kind": "erratum", "ref": "p. 7"})
    library.looked(news)
    assert told(library.news("knee")) == (["d"], ["a"], [])


@pytest.mark.parametrize(
    ("inquiry", "change"),
    [
        (KNEE, lambda library: library.edit("c", ["title=A knee trial after all"])),
        (Inquiry(condition=("knee pain",)), lambda library: library.tag("c", [Word(Axis.CONDITION, "knee-pain", "accepted")])),
    ],
    ids=["an edit", "a tag"],
)  # fmt: skip
def test_a_record_that_answers_only_now_is_new(library: Library, inquiry: Inquiry, change: Any) -> None:
    """Whatever makes it answer; taking that back, it answers no more, and then is new once again."""
    library.save_question("mine", inquiry)
    change(library)
    library.looked(news := library.news("mine"))
    assert told(news) == (["c"], [], [])
    library.undo()
    library.looked(news := library.news("mine"))
    assert told(news) == ([], [], [("c", False)])
    change(library)
    assert told(library.news("mine")) == (["c"], [], [])


def test_another_vocabulary_is_news_too(library: Library, path: Path) -> None:
    """A word that is widened otherwise, and records tagged anew: both are told, neither twice."""
    library.save_question("joints", Inquiry(condition=("osteoarthritis",)))
    library.add(["id=d", "title=Gonarthrosis in the old"])
    assert told(library.news("joints")) == NOTHING
    terms = tuple(replace(one, synonyms=(*one.synonyms, "gonarthrosis")) if one.id == "knee-osteoarthritis" else one for one in VOCABULARY.terms)  # fmt: skip
    with opened(path, replace(VOCABULARY, terms=terms, version="2")) as other:
        assert told(other.news("joints")) == NOTHING
        assert [one.key for one in other.retag()] == ["d"]
        assert told(other.news("joints")) == (["d"], [], [])
        other.looked(other.news("joints"))
    terms = tuple(replace(one, broader=()) for one in terms)
    with opened(path, replace(VOCABULARY, terms=terms, version="3")) as other:
        assert told(other.news("joints")) == ([], [], [("d", False)])


def test_a_removed_record_is_said_to_be(library: Library) -> None:
    """And is new again when it comes back."""
    library.remove("a")
    library.looked(news := library.news("knee"))
    assert told(news) == ([], [], [("a", True)])
    assert told(library.news("knee")) == NOTHING
    library.undo()
    assert told(library.news("knee")) == (["a"], [], [])


def test_a_renamed_record_is_no_news(library: Library) -> None:
    """It is the same one."""
    library.edit("a", ["id=z"])
    assert told(library.news("knee")) == NOTHING


def test_a_retraction_is_the_first_news(library: Library) -> None:
    """Of a record seen before; after looking, only a further notice is told; a mere edit or another look never."""
    notices(library, "b", {"kind": "erratum", "ref": "p. 7", "source": "PubMed"})
    notices(library, "a", {"kind": "retraction", "date": "2019-05", "source": "PubMed"})
    news = library.news("knee")
    assert told(news) == ([], ["a", "b"], [])
    assert [one.text for one in news.changed[0].new] == ["Retracted 2019-05 (seen in PubMed)"]
    library.looked(news)
    assert told(library.news("knee")) == NOTHING
    library.note("a", "Seen.")
    library.edit("b", ["volume=7"])
    assert told(library.news("knee")) == NOTHING
    library.undo()
    notices(library, "b", {"kind": "erratum", "ref": "p. 7", "source": "Crossref"})
    assert told(library.news("knee")) == NOTHING
    notices(library, "b", {"kind": "concern", "ref": "p. 9"})
    assert [[one.kind for one in changed.new] for changed in library.news("knee").changed] == [["concern"]]


def test_a_notice_taken_back_is_told(library: Library) -> None:
    """By an undo: what was said is said no more."""
    notices(library, "a", {"kind": "retraction", "date": "2019-05"})
    library.looked(library.news("knee"))
    library.undo()
    (changed,) = library.news("knee").changed
    assert (changed.new, [one.kind for one in changed.past]) == ((), ["retraction"])


def test_a_retracted_record_that_answers_no_more_is_told_twice(library: Library) -> None:
    """As gone, and with its notice: that is what must not be missed."""
    notices(library, "a", {"kind": "retraction"})
    library.edit("a", ["title=Of hips"])
    news = library.news("knee")
    assert told(news) == ([], ["a"], [("a", False)])
    library.looked(news)
    assert told(library.news("knee")) == NOTHING


@pytest.mark.parametrize(
    ("inquiry", "keys"),
    [
        (Inquiry(), "abc"),
        (Inquiry("knee hip"), ""),
        (Inquiry("knee hip", match="any"), "abc"),
        (Inquiry("trial", since=2001), "b"),
        (Inquiry("trial", until=2000), "a"),
        (Inquiry("trial", sort="year"), "bac"),
    ],
)
def test_a_question_asks_what_the_search_asks(library: Library, inquiry: Inquiry, keys: str) -> None:
    """With all its options."""
    library.save_question("mine", inquiry)
    assert library.news("mine").total == (0 if inquiry.since or inquiry.until else len(keys))
    assert inquiry_of(library.questions()[-1]) == inquiry
    library.edit("a", ["issued=2000"])
    library.edit("b", ["issued=2002"])
    news = library.news("mine")
    assert news.total == len(keys)
    assert "".join(one.key for one in news.new) == (keys if inquiry.since or inquiry.until else "")


def test_saving_again_another_search_starts_anew(library: Library) -> None:
    """And says what was asked before; the same search again changes nothing; undo brings back what was seen."""
    library.add(["id=d", "title=A third knee trial"])
    again = library.save_question("Knee", KNEE)
    assert (again.name, again.change, told(library.news("knee"))) == ("knee", None, (["d"], [], []))
    saved = library.save_question("KNEE", Inquiry("hip"))
    assert (saved.before, saved.total) == (KNEE, 1)
    assert [(one.name, inquiry_of(one).text) for one in library.questions()] == [("KNEE", "hip")]
    assert told(library.news("knee")) == NOTHING
    assert library.undo() == (saved.change or 0) + 1
    assert told(library.news("knee")) == (["d"], [], [])


def test_deleting_is_a_change_that_can_be_taken_back(library: Library) -> None:
    """With all that was seen; and that again."""
    n = library.delete_question("KNEE")
    assert library.questions() == []
    with pytest.raises(NeedsPersonError, match="no question 'knee'"):
        library.news("knee")
    library.add(["id=d", "title=A third knee trial"])
    undone = library.undo(n)
    assert told(library.news("knee")) == (["d"], [], [])
    library.undo(undone)
    assert library.questions() == []
    assert [(one.what, one.keys) for one in library.history()][:2] == [
        (f"undo {undone} (undo {n} (question delete knee))", ()),
        (f"undo {n} (question delete knee)", ()),
    ]


def test_undo_of_what_later_changes_touch_is_refused(library: Library) -> None:
    """With their numbers; when they are undone, it can be."""
    first = next(one.n for one in library.history() if one.what == "question save knee")
    second = library.save_question("knee", Inquiry("hip")).change
    third = library.delete_question("knee")
    with pytest.raises(NeedsPersonError, match=f"“knee”: {second}, {third}"):
        library.undo(first)
    assert library.undo() == third + 1  # the newest that is in force
    assert library.undo() == third + 2
    library.undo(first)
    assert library.questions() == []
    assert library.undo(library.history()[0].n)
    assert [inquiry_of(one) for one in library.questions()] == [KNEE]


def test_undo_does_not_overwrite_a_newer_question(library: Library) -> None:
    """One that was deleted does not come back over another by its name."""
    gone = library.delete_question("knee")
    library.save_question("Knee", Inquiry("hip"))
    with pytest.raises(NeedsPersonError, match="Later changes touch the question"):
        library.undo(gone)
    assert [inquiry_of(one).text for one in library.questions()] == ["hip"]


def test_a_question_that_cannot_be_read_is_not_saved(library: Library) -> None:
    """Nor one without a name; nothing is written."""
    for inquiry, error in (
        (Inquiry("(knee"), QuerySyntaxError),
        (Inquiry(condition=("nonsense",)), UnknownTermError),
        (Inquiry(level="7-9"), UsageError),
    ):
        with pytest.raises(error):
            library.save_question("mine", inquiry)
    for name in ("", "  ", "x" * 201, "a\x1b[31mb"):
        with pytest.raises(UsageError, match="cannot be a question's name"):
            library.save_question(name, KNEE)
    assert [one.name for one in library.questions()] == ["knee"]
    with pytest.raises(NeedsPersonError) as caught:
        library.news("kne")
    assert caught.value.hint == "Perhaps: knee"


def test_a_term_that_is_gone_from_the_vocabulary_is_an_error(library: Library, path: Path) -> None:
    """Not an empty answer, from which all that was seen would be gone."""
    library.save_question("pain", Inquiry(condition=("knee pain",)))
    with opened(path, replace(VOCABULARY, terms=())) as other, pytest.raises(UnknownTermError):
        other.news("pain")


def test_an_index_in_the_making_is_not_asked(library: Library, path: Path) -> None:
    """What it lacks would be gone, and then new."""
    index = PlainIndex()
    with opened(path, index=index) as other:
        assert other.news("knee").total == 2
        library.add(["id=d", "title=A third knee trial"])
        index.busy = True
        with pytest.raises(BusyError):
            other.news("knee")
        index.busy = False
        assert told(other.news("knee")) == (["d"], [], [])


def test_damage_is_neither_gone_nor_new(library: Library, path: Path) -> None:
    """A record that cannot be read any more is named, and nothing is concluded from it; a damaged old version neither."""
    library.edit("a", ["volume=2"])
    library.add(["id=d", "title=A third knee trial"])
    with closing(sqlite3.connect(path)) as connection, connection:  # behind the store's back
        connection.execute("UPDATE version SET state = replace(state, 'trial', 'trail') WHERE key IN ('b', 'd')")
        connection.execute("UPDATE version SET state = replace(state, 'trial', 'trail') WHERE key = 'a' AND number = 1")
    with opened(path) as other:
        news = other.news("knee")
        assert told(news) == NOTHING
        assert "Damaged and not shown: b" in " ".join(news.warnings)
        other.looked(news)
        assert [one.id for one in other._parts.reader.seen(1)] == [1, 2]


def test_a_question_of_unknown_shape_is_an_error(library: Library) -> None:
    """One that a later program wrote, say."""
    for asked in ('{"text": "knee", "later": 1}', "[]", "nonsense"):
        with pytest.raises(LibraryError, match="'mine' cannot be read"):
            inquiry_of(Question("mine", asked))
    with pytest.raises(LibraryError, match="mine is damaged"):
        inquiry_of(Question("mine", ""))  # as the store gives one whose text is not what was stored
