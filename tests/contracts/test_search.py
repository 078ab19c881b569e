"""One suite for every index: it finds what `matches` says, counts what is there, and orders as it is told."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import patch

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from evidence.core.querying import parse_query
from evidence.model.query import (
    FIELDS,
    And,
    Document,
    Everything,
    Identified,
    Levels,
    Not,
    Or,
    Phrase,
    Prefix,
    Query,
    Tagged,
    Word,
    Years,
    digest,
    matches,
)
from evidence.model.record import Axis
from evidence.model.words import words
from evidence.ports import Page, SearchIndex, Sort, Standing
from evidence.search.memory import MemoryIndex
from evidence.search.whoosh_index import WhooshIndex

# An engine is something that gives an empty index for as long as a block lasts.
Engine = Callable[[], AbstractContextManager[SearchIndex]]


@contextmanager
def memory() -> Iterator[SearchIndex]:
    """The index in memory."""
    yield MemoryIndex()


@contextmanager
def whoosh() -> Iterator[SearchIndex]:
    """The index on the disk."""
    with TemporaryDirectory() as folder, patch.object(os, "fsync"):  # durability is tried in tests/search
        yield WhooshIndex(Path(folder) / "index")


ENGINES: list[Engine] = [memory, whoosh]
ALL = Page(limit=1000)


def take(index: SearchIndex, documents: Iterable[Document], gone: Collection[str] = (), seq: int = 1) -> None:
    """Take a batch in."""
    with index.writing("test") as writing:
        writing.take(list(documents), gone, Standing("library", "rules", seq, "mark"))


@pytest.fixture(params=ENGINES, ids=lambda engine: engine.__name__)
def index(request: pytest.FixtureRequest) -> Iterator[SearchIndex]:
    """An empty index of each engine."""
    with request.param() as opened:
        yield opened


def doc(
    key: str, title: str = "", *, abstract: str = "", author: Sequence[str] = (), journal: str = "", year: int | None = None,
    level: int | None = None, tags: Sequence[str] = (), above: Sequence[str] = (), ids: Sequence[tuple[str, str]] = (),
) -> Document:  # fmt: skip
    """A document; tags are written `axis:term`, `above` are their broader ones."""
    fields = {
        "title": tuple(words(title)),
        "abstract": tuple(words(abstract)),
        "author": parted(author),
        "journal": tuple(words(journal)),
    }
    own = frozenset(tag(one) for one in tags)
    return Document(
        key, {name: run for name, run in fields.items() if run}, own, own | {tag(one) for one in above}, level, year,
        frozenset((("key", key), *ids)),
    )  # fmt: skip


def tag(text: str) -> tuple[Axis, str]:
    """`condition:knee` as a tag."""
    axis, _, term = text.partition(":")
    return Axis(axis), term


def parted(texts: Sequence[str]) -> tuple[str, ...]:
    """The words of several values, parted by ""."""
    return tuple(word for at, text in enumerate(texts) for word in (*([""] if at else []), *words(text)))


LIBRARY = (
    doc("a", "Vitamin D and the knee", author=["Müller Jean", "Reeves KD"], year=2000, level=2, journal="Elbow Surgery",
        tags=["condition:knee-oa", "solution:vitamin-d"], above=["condition:oa"], ids=[("doi", "10.1000/a")]),
    doc("b", "Vitamins for hepatitis B", abstract="A double-blind trial; dying cells", year=2010, level=1,
        tags=["condition:hepatitis", "comparator:saline"]),
    doc("c", "Golfer's elbow: injections of 12.5 % dextrose", author=["Jean Luc", "Reeves A"], year=2010,
        tags=["condition:elbow", "solution:dextrose"], above=["solution:prolotherapy"]),
    doc("d", "COVID-19 and osteoarthritis", year=None, level=1, tags=["condition:oa"]),
    doc("e", "", abstract="injected knees"),
)  # fmt: skip


def keys(index: SearchIndex, query: Query | str, page: Page = ALL) -> list[str]:
    """The keys that an index gives, in its order."""
    tree = parse_query(query).query if isinstance(query, str) else query
    return [key for key, _ in index.search(tree, page).hits]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", "abcde"),
        ("vitamin", "ab"),
        ("vitamin D", "a"),
        ("hepatitis B", "b"),
        ("COVID-19", "d"),
        ("covid 19", "d"),
        ('"19 and osteoarthritis"', "d"),
        ('"osteoarthritis and 19"', ""),
        ("NOT vitamin", "cde"),
        ("NOT NOT vitamin", "ab"),
        ("knee NOT vitamin", "e"),
        ("knee OR elbow", "ace"),
        ("knee OR elbow vitamin", "a"),
        ("muller", "a"),
        ("MÜLLER", "a"),
        ("Mu\u0308ller", "a"),
        ('"jean reeves"', ""),
        ('"reeves kd"', "a"),
        ("golfers elbow", "c"),
        ("golfer’s elbow", "c"),
        ("injection", "ce"),
        ('"injection"', ""),
        ('"injections"', "c"),
        ("12.5%", "c"),
        ("12.5", ""),
        ("inject*", "ce"),
        ("injecti*", "c"),
        ("double-blind", "b"),
        ("title:knees", "a"),
        ("abstract:knee", "e"),
        ("author:reeves", "ac"),
        ("dying", "b"),
        ("surgery", ""),
        ("surg*", ""),
        ('"elbow surgery"', ""),
        ("journal:surgery", "a"),
        ("journal:surg*", "a"),
        ('journal:"elbow surgery"', "a"),
        ("NOT surgery", "abcde"),
        ("die", "b"),
        ("condition:oa", "ad"),
        ("condition:knee-oa", "a"),
        ("solution:prolotherapy", "c"),
        ("comparator:saline", "b"),
        ("solution:saline", ""),
        ("adjunct:saline", ""),
        ("year:2000", "a"),
        ("year:2001-", "bc"),
        ("year:-2010", "abc"),
        ("NOT year:-2010", "de"),
        ("level:1", "bd"),
        ("level:1-5", "abd"),
        ("NOT level:1-5", "ce"),
        ("key:d", "d"),
        ("key:D", ""),
        ("doi:10.1000/A", "a"),
        ("nothing of this", ""),
    ],
)
def test_awkward_questions_have_one_answer(index: SearchIndex, query: str, expected: str) -> None:
    """Each question finds just these, as its plain meaning says."""
    take(index, LIBRARY)
    assert sorted(keys(index, query)) == list(expected)
    assert index.search(parse_query(query).query, Page(limit=0)).total == len(expected)


def test_an_empty_index_answers(index: SearchIndex) -> None:
    """Nothing is found where nothing is."""
    found = index.search(Everything(), ALL)
    assert (found.total, found.hits, list(index.words("a"))) == (0, (), [])
    assert all(not counts for counts in found.facets.values())


@pytest.mark.parametrize(("sort", "expected"), [("year", "bcade"), ("evidence", "bdace"), ("relevance", "bdace")])
def test_the_order_is_as_told(index: SearchIndex, sort: Sort, expected: str) -> None:
    """Years from the newest, levels from the best and then the newest, none last; what is as relevant, by evidence."""
    take(index, reversed(LIBRARY))
    assert keys(index, "", Page(limit=9, sort=sort)) == list(expected)


def test_pages_are_parts_of_one_order(index: SearchIndex) -> None:
    """Pages put together are the whole, and each knows the total."""
    take(index, LIBRARY)
    for sort in ("relevance", "evidence", "year"):
        whole = keys(index, "vitamin OR knee OR osteoarthritis", Page(limit=9, sort=sort))
        pages = [keys(index, "vitamin OR knee OR osteoarthritis", Page(2, at, sort)) for at in range(0, 6, 2)]
        assert [key for page in pages for key in page] == whole
    found = index.search(Everything(), Page(limit=2, offset=4))
    assert (found.total, len(found.hits)) == (5, 1)


def test_a_title_says_more_than_an_abstract(index: SearchIndex) -> None:
    """Words in the title score higher than the same words in the abstract; scores fall."""
    take(
        index, [doc("a", "other things", abstract="the sought word"), doc("b", "the sought word"), doc("c", "nothing")]
    )
    hits = index.search(Word("sought"), ALL).hits
    assert [key for key, _ in hits] == ["b", "a"]
    assert hits[0][1] > hits[1][1] > 0


def test_what_is_about_as_relevant_is_ordered_by_evidence(index: SearchIndex) -> None:
    """Levels 1 to 4, then none, then 5; then the newest. A little longer title changes nothing, a weaker match does."""
    take(index,
        [
            doc("five", "tennis elbow", level=5, year=2020), doc("none", "tennis elbow", year=2020),
            doc("old", "a study of tennis elbow", level=2, year=2000), doc("four", "tennis elbow", level=4),
            doc("new", "a pilot study of tennis elbow in runners", level=2, year=2010),
            doc("weak", "arms", abstract="tennis elbow", level=1), *(doc(f"x{at}", "the knee of one who runs") for at in range(9)),
        ]
    )  # fmt: skip
    assert keys(index, "tennis elbow") == ["new", "old", "four", "none", "five", "weak"]


def test_facets_count_all_hits_and_what_is_narrower(index: SearchIndex) -> None:
    """Counts are over all hits, not the page; a broader term counts its narrower ones', if it stands on a hit itself."""
    take(index, LIBRARY)
    facets = index.search(Everything(), Page(limit=1)).facets
    assert facets["condition"] == {"knee-oa": 1, "oa": 2, "hepatitis": 1, "elbow": 1}
    assert facets["solution"] == {"vitamin-d": 1, "dextrose": 1}
    assert (facets["level"], facets["year"]) == ({"1": 2, "2": 1}, {"2000": 1, "2010": 2})


def test_an_update_replaces_and_forgets(index: SearchIndex) -> None:
    """A newer document stands in the place of the older one; what is gone is not found, nor are its words."""
    take(index, LIBRARY)
    take(index, [doc("a", "shoulder", year=1999)], gone=["b", "unknown"])
    assert keys(index, "vitamin") == []
    assert keys(index, "shoulder") == ["a"]
    assert index.search(Everything(), ALL).total == 4
    assert list(index.words("vit")) == []
    assert set(index.words("sh")) == {"shoulder"}
    with index.writing("test") as writing:
        assert writing.fresh(lambda _: False) is None
        writing.take([doc("z", "wrist")], (), Standing("library", "rules", 9, "mark"))
        writing.adopt()
    assert keys(index, "") == ["z"]
    assert not list(index.words("sh"))


def test_it_offers_its_words(index: SearchIndex) -> None:
    """The words that begin so, unstemmed, from all fields but the journal; never an empty one."""
    take(index, LIBRARY)
    assert set(index.words("inj")) == {"injections", "injected"}
    assert set(index.words("mul")) == {"muller"}
    assert list(index.words("surg")) == []
    assert "" not in set(index.words(""))


def test_a_damaging_query_is_answered_quickly(index: SearchIndex) -> None:
    """A query of the greatest size and depth still has an answer."""
    take(index, LIBRARY)
    deep: Query = Word("knee")
    for _ in range(90):
        deep = Not(And((Or((deep, Word("elbow"))), Everything())))
    assert sorted(keys(index, deep)) == sorted(one.key for one in LIBRARY if matches(deep, one))
    wide = Or(tuple(Word(f"word{at}") for at in range(900)))
    assert keys(index, wide) == []
    assert keys(index, Phrase(("knee",) * 3000)) == []


def test_it_knows_where_it_stands(index: SearchIndex) -> None:
    """Nothing at first; then what the last batch said, which may hold no document at all."""
    assert index.standing() is None
    take(index, LIBRARY, seq=3)
    assert index.standing() == Standing("library", "rules", 3, "mark")
    take(index, (), seq=4)
    assert index.standing() == Standing("library", "rules", 4, "mark")
    assert len(keys(index, "")) == 5


def test_the_last_of_a_batch_counts(index: SearchIndex) -> None:
    """A key that stands twice in a batch is one document, the later one; what is gone and taken in again is there."""
    take(index, [doc("a", "knee"), doc("b", "hip"), doc("a", "wrist")], gone=["a", "b"])
    take(index, [doc("b", "ankle")], gone=["b", "a"])
    assert [keys(index, word) for word in ("knee", "wrist", "hip", "ankle")] == [[], [], [], ["b"]]


def test_it_knows_which_words_it_holds(index: SearchIndex) -> None:
    """By their stems, in what is searched when no field is named, and no longer when the document is gone."""
    take(index, LIBRARY)
    asked = ["injection", "inject", "knees", "surgery", "xyzzy", "hepatitis"]
    assert index.holds(asked) == {"injection", "inject", "knees", "hepatitis"}
    take(index, (), gone=["b"])
    assert index.holds(asked) == {"injection", "inject", "knees"}


def test_it_tells_what_it_took_in(index: SearchIndex) -> None:
    """The key and the digest of each document, each once."""
    take(index, LIBRARY)
    take(index, [doc("a", "shoulder")], gone=["e"])
    assert sorted(index.digests()) == [
        (key, digest(one))
        for key, one in sorted({**{d.key: d for d in LIBRARY[:4]}, "a": doc("a", "shoulder")}.items())
    ]
    assert list(index.faults()) == []


def test_half_a_character_stands_in_keys_and_tags(index: SearchIndex) -> None:
    """Keys, terms and identifiers of any characters come back as they were."""
    odd = "\ud800\0/../é"
    take(index, [doc(odd, "knee", tags=[f"condition:{odd}"], ids=[("doi", odd)])])
    for query in (Tagged(Axis.CONDITION, odd), Identified("doi", odd), Identified("key", odd)):
        assert keys(index, query) == [odd]
    assert index.search(Everything(), ALL).facets["condition"] == {odd: 1}


# --- random documents and queries ------------------------------------------------------------------------------------

TYPED = """
inject injects injection injections dying die dies skies sky ski y yes d b vitamin muller 19 12.5% generously general
generic knee knees news new ød 日本
"""
WORDS = st.sampled_from(TYPED.split()).map(lambda word: words(word)[0])
TAGS = st.sampled_from(
    [(axis, term) for axis in (Axis.CONDITION, Axis.SOLUTION, Axis.COMPARATOR) for term in ("x", "y", "z")]
)
FIELD = st.sampled_from([None, *FIELDS])


@st.composite
def documents(draw: st.DrawFn) -> list[Document]:
    """A few documents with unlike keys; in each field one value or several."""
    made = []
    for key in draw(st.lists(st.sampled_from("abcdefgh"), unique=True, max_size=6)):
        fields = {
            name: tuple(draw(st.lists(WORDS | st.just(""), max_size=5)))
            for name in draw(st.lists(st.sampled_from(FIELDS), unique=True, max_size=3))
        }
        own = draw(st.frozensets(TAGS, max_size=3))
        made.append(
            Document(
                key, fields, own, own | draw(st.frozensets(TAGS, max_size=2)), draw(st.none() | st.integers(1, 5)),
                draw(st.none() | st.integers(1998, 2002)), frozenset({("key", key)}),
            )
        )  # fmt: skip
    return made


def bounds(first: int, last: int) -> st.SearchStrategy[tuple[int, int]]:
    """Two ends in order."""
    return st.tuples(st.integers(first, last), st.integers(first, last)).map(lambda pair: (min(pair), max(pair)))


LEAVES: st.SearchStrategy[Query] = (
    st.just(Everything())
    | st.builds(Word, WORDS, FIELD)
    | st.builds(Phrase, st.lists(WORDS, min_size=1, max_size=3).map(tuple), FIELD)
    | st.builds(Prefix, WORDS.map(lambda word: word[:2]), FIELD)
    | TAGS.map(lambda pair: Tagged(*pair))
    | bounds(1997, 2003).map(lambda pair: Years(*pair))
    | st.builds(Years, st.just(2000), st.none())
    | st.builds(Years, st.none(), st.none())
    | bounds(1, 5).map(lambda pair: Levels(*pair))
    | st.builds(Identified, st.just("key"), st.sampled_from("abz"))
)
QUERIES = st.recursive(
    LEAVES,
    lambda inner: (
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: And(tuple(parts)))
        | st.lists(inner, min_size=1, max_size=3).map(lambda parts: Or(tuple(parts)))
        | inner.map(Not)
    ),
    max_leaves=6,
)


@pytest.mark.parametrize("engine", ENGINES, ids=lambda engine: engine.__name__)
@given(documents(), QUERIES, st.sampled_from(["relevance", "evidence", "year"]))
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_it_finds_what_the_meaning_finds(engine: Engine, made: list[Document], query: Query, sort: Sort) -> None:
    """Whatever is asked of whatever is there: the same documents, the same counts, no score below none."""
    expected = [one for one in made if matches(query, one)]
    with engine() as index:
        take(index, made)
        found = index.search(query, Page(100, 0, sort))
    assert sorted(key for key, _ in found.hits) == sorted(one.key for one in expected)
    assert found.total == len(expected)
    assert all(score >= 0 for _, score in found.hits)
    assert {name: dict(counts) for name, counts in found.facets.items() if counts} == recount(expected)


def recount(hits: Sequence[Document]) -> dict[str, dict[str, int]]:
    """The facets, counted plainly."""
    standing = {pair for one in hits for pair in one.tags}
    counts: dict[str, Counter[str]] = {}
    for one in hits:
        for axis, term in one.reach & standing:
            counts.setdefault(axis.value, Counter())[term] += 1
        for name, value in (("level", one.level), ("year", one.year)):
            if value is not None:
                counts.setdefault(name, Counter())[str(value)] += 1
    return {name: dict(found) for name, found in counts.items()}
