"""From a query to its answer: documents, partial matches, facets, highlights, and what to try next."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import pytest

from evidence.core.documents import document
from evidence.core.querying import narrowed, parse_query
from evidence.core.searching import Answer, Match, answer
from evidence.model.query import Document
from evidence.model.record import Adjustment, Axis, Claim, Fact, Level, Record, State
from evidence.model.reference import Date, Heading, Name, Reference, Section
from evidence.ports import Page, Standing
from evidence.search.memory import MemoryIndex
from tests.core.terms import VOCABULARY


def record(
    key: str, title: str, *claims: Claim, year: int | None = 2000, author: str = "Reeves", abstract: str = ""
) -> Record:
    """A record with a title, claims, a year and an author."""
    fields = {"title": title} | ({"abstract": abstract} if abstract else {})
    dates = (Date("issued", ((year,),)),) if year else ()
    return Record(key, Reference(key, "article-journal", fields, (Name(family=author, given="KD"),), dates), claims)


def claim(tag: str, title: str = "", quote: str = "", state: State = "stands") -> Claim:
    """A claim by a rule, on words of the title."""
    axis, _, term = tag.partition(":")
    start = title.index(quote) if quote else None
    return Claim(
        Axis(axis),
        term,
        "rule",
        "label",
        "title",
        quote or None,
        start,
        None if start is None else start + len(quote),
        state=state,
    )


GONARTHROSIS = "Sugar injections for gonarthrosis"
RECORDS = [
    record("knee", "Dextrose for knee osteoarthritis", claim("condition:knee-osteoarthritis"), claim("solution:dextrose")),
    record("gon", GONARTHROSIS, claim("condition:knee-osteoarthritis", GONARTHROSIS, "gonarthrosis"),
           claim("solution:dextrose", GONARTHROSIS, "Sugar injections"), year=2010),
    record("saline", "Saline for knee osteoarthritis", claim("condition:knee-osteoarthritis"), claim("solution:saline"), year=None),
    record("elbow", "Tennis elbow: a trial of dextrose", claim("condition:lateral-epicondylitis"), claim("solution:dextrose")),
    record("steroid", "Cortisone against dextrose in tennis elbow", claim("condition:lateral-epicondylitis"),
           claim("solution:corticosteroid"), claim("comparator:dextrose"), year=2020),
    record("plain", "A book of knees", author="Müller"),
]  # fmt: skip


def ask(
    text: str, page: Page | None = None, match: Match = "all", records: Sequence[Record] = RECORDS, **filters: object
) -> Answer:
    """The answer of an index of `records`."""
    index = indexed(document(one, VOCABULARY, _level(one)) for one in records)
    parsed = parse_query(text, VOCABULARY)
    if filters:
        parsed = narrowed(parsed, vocabulary=VOCABULARY, **filters)  # type: ignore[arg-type]  # the tests' own words
    by_key = {one.key: one for one in records}
    return answer(index, parsed, page or Page(), lambda keys: {key: by_key[key] for key in keys}, VOCABULARY, match)


def indexed(documents: Iterable[Document]) -> MemoryIndex:
    """An index that holds `documents`."""
    index = MemoryIndex()
    with index.writing("test") as writing:
        writing.take(list(documents), (), Standing("", "", 0, ""))
    return index


def _level(one: Record) -> Level:
    return Level(2 if one.key == "knee" else None, "reason", "scheme", "question")


def full(found: Answer) -> list[str]:
    """The keys of the full matches, in order."""
    return [hit.key for hit in found.hits if hit.match == "all"]


def test_a_document_holds_what_can_be_asked_for() -> None:
    """Words by field, several values parted, tags with what is above them, level, year, identifiers and aliases."""
    reference = Reference(
        "k", "article-journal",
        {"title": "Knees", "container-title": "Pain Medicine", "container-title-short": "Pain Med", "keyword": "joint; pain, knee",
         "DOI": "10.1000/X", "PMID": "0012"},
        (Name(family="Meer", particle="van der", given="Jan P."), Name(literal="Study Group")),
        (Date("issued", ((1999, 3),)),), mesh=(Heading("Osteoarthritis, Knee"),), sections=(Section("AIM", "To test"),),
    )  # fmt: skip
    claims = (claim("condition:knee-osteoarthritis"), claim("condition:osteonecrosis", state="rejected"))
    made = document(
        Record("k", reference, claims, aliases=("old",)), VOCABULARY, Level(3, "", "", "", Adjustment(2, "who", "why"))
    )
    assert dict(made.words) == {
        "title": ("knees",), "abstract": ("to", "test"), "journal": ("pain", "medicine", "", "pain", "med"),
        "author": ("van", "der", "meer", "jan", "p", "", "van", "der", "meer", "jp", "", "study", "group"),
        "keyword": ("joint", "", "pain", "", "knee", "", "osteoarthritis", "knee"), "year": ("1999",), "name": ("k", "", "old", "", "12"),
    }  # fmt: skip
    assert made.tags == {(Axis.CONDITION, "knee-osteoarthritis")}
    assert made.reach == made.tags | {(Axis.CONDITION, "osteoarthritis")}
    assert (made.level, made.year) == (2, 1999)
    assert made.identifiers == {("key", "k"), ("key", "old"), ("doi", "10.1000/x"), ("pmid", "12")}


def test_an_empty_record_is_a_document_too() -> None:
    """A record with nothing but a key can be found by its key."""
    made = document(Record("k", Reference("k")), VOCABULARY)
    assert (dict(made.words), made.tags, made.level, made.year) == ({"name": ("k",)}, frozenset(), None, None)


def test_words_and_tags_both_answer() -> None:
    """A record that is tagged is found beside those that have the words, and stands level with them."""
    found = ask("knee OA dextrose")
    assert sorted(full(found)) == ["gon", "knee"]
    assert found.total == 2
    assert ask("osteoarthritis").total == 3
    assert ask("condition:osteoarthritis").total == 3
    assert found.expansions[0].tags == ("condition:knee-osteoarthritis",)
    assert "condition:knee-osteoarthritis" in found.read_as


def test_a_solution_is_found_as_comparator_too() -> None:
    """Who asks for a solution wants the trials against it as well, after those of it."""
    assert full(ask("dextrose tennis elbow")) == ["elbow", "steroid"]


def test_no_study_is_an_answer() -> None:
    """A condition that no record is about has no full match and no partial one."""
    for text in ("avascular necrosis", "avascular necrosis dextrose", "dextrose avascular necrosis hip"):
        found = ask(text)
        assert (found.total, found.hits, found.facets["condition"]) == (0, (), ())


def test_partial_matches_come_last_and_say_what_they_lack() -> None:
    """They hold half of what was asked and the condition; they count nowhere."""
    found = ask("knee osteoarthritis corticosteroid")
    assert (found.total, full(found)) == (0, [])
    assert {hit.key for hit in found.hits} == {"knee", "gon", "saline"}
    assert {hit.lacks for hit in found.hits} == {("corticosteroid",)}
    assert found.facets["condition"] == ()
    mixed = ask("knee osteoarthritis dextrose")
    assert [hit.match for hit in mixed.hits] == ["all", "all", "partial"]
    assert mixed.hits[-1].key == "saline"


def test_partial_matches_go_on_over_pages() -> None:
    """Pages of full and partial matches put together hold each record once."""
    for text, limit in (("knee osteoarthritis corticosteroid", 1), ("knee osteoarthritis dextrose trial cortisone", 2)):
        whole = [hit.key for hit in ask(text, Page(limit=10)).hits]
        pages = [ask(text, Page(limit, at)).hits for at in range(0, 6, limit)]
        assert [hit.key for page in pages for hit in page] == whole
        assert len(whole) == len(set(whole)) > 1


@pytest.mark.parametrize(
    "text",
    ["dextrose", '"knee osteoarthritis" AND author:nobody', "knee osteoarthritis year:1950", "dextrose NOT dextrose",
     "elbow level:1", "shoulder author:reeves key:knee"],
)  # fmt: skip
def test_filters_fields_and_single_parts_are_never_lacking(text: str) -> None:
    """Only plain words may be lacking, and only some of several."""
    assert all(hit.match == "all" for hit in ask(text).hits)


def test_a_full_page_has_no_partial_matches() -> None:
    """Partial matches only fill what full ones leave."""
    assert [hit.match for hit in ask("knee osteoarthritis dextrose", Page(limit=2)).hits] == ["all", "all"]
    assert ask("knee osteoarthritis dextrose", Page(limit=0)).hits == ()


def test_any_part_is_enough_when_told_so() -> None:
    """With match any, one of the words will do; filters still hold."""
    found = ask("saline corticosteroid", match="any")
    assert found.total == 2
    assert {hit.key: hit.lacks for hit in found.hits} == {"saline": ("corticosteroid",), "steroid": ("saline",)}
    assert " AND " not in found.read_as
    again = ask(found.read_as)
    assert (again.query.query, again.read_as) == (found.query.query, found.read_as)
    narrow = ask("avascular/necrosis dextrose dogs", match="any", since=2000, condition=["knee OA", "tennis elbow"])
    assert narrow.read_as == (
        "(condition:knee-osteoarthritis OR condition:lateral-epicondylitis) AND year:2000- AND "
        "((avascular necrosis) OR condition:osteonecrosis OR dextrose OR solution:dextrose OR comparator:dextrose OR dogs)"
    )
    assert parse_query(narrow.read_as, VOCABULARY).query == narrow.query.query
    assert ask("saline corticosteroid year:2020", match="any").total == 1
    assert ask("saline", match="any").total == 1


def test_many_words_are_bounded() -> None:
    """A long question costs no more than a short one in ways to leave words out."""
    assert ask(" ".join(f"word{at}" for at in range(60)) + " dextrose").hits == ()


def test_highlights_are_character_ranges() -> None:
    """Found words, phrases and the quotes of tags are marked; neighbours join; NOT marks nothing."""
    hit = next(hit for hit in ask("knee OA dextrose").hits if hit.key == "gon")
    assert [GONARTHROSIS[start:end] for start, end in hit.highlights["title"]] == ["Sugar injections", "gonarthrosis"]
    one = record("m", "Müller’s knees: knee-pain in Müllers", abstract="Injections, injected.")
    found = ask('muller knee "knee pain" inject* NOT shoulder', records=[one]).hits[0]
    title = one.reference.title
    assert [title[start:end] for start, end in found.highlights["title"]] == [
        "Müller’s",
        "knees",
        "knee-pain",
        "Müllers",
    ]
    assert found.highlights["abstract"] == ((0, 10), (12, 20))
    assert ask("title:knees", records=[one]).hits[0].highlights == {"title": ((9, 14), (16, 20))}
    assert ask("", records=[one]).hits[0].highlights == {}


def test_facets_have_labels_and_an_order() -> None:
    """Terms from the commonest, levels from the best, years from the newest, over all full matches."""
    facets = ask("", Page(limit=1)).facets
    assert [(line.id, line.label, line.count) for line in facets["condition"]] == [
        ("knee-osteoarthritis", "knee osteoarthritis", 3), ("lateral-epicondylitis", "lateral epicondylitis", 2),
    ]  # fmt: skip
    assert [line.id for line in facets["year"]] == ["2020", "2010", "2000"]
    assert [(line.id, line.count) for line in facets["level"]] == [("2", 1)]


def test_misspelled_words_are_put_right() -> None:
    """A word that stands nowhere is held against the index and the vocabulary; known ones are left alone."""
    assert ask("dextros kneee").did_you_mean == "dextrose knee"
    assert ask("prolotherpy").did_you_mean == "prolotherapy"
    assert ask("avascular necrosis").did_you_mean is None
    assert ask("PRP").did_you_mean is None
    assert ask("dextrose").did_you_mean is None
    assert ask("zzzzqqqq").did_you_mean is None


def test_unknown_words_are_named() -> None:
    """Words that no record has and no term names; not those after NOT, and not a journal's."""
    assert ask("zzqq kneees dextrose NOT qqzz").unknown == ("zzqq", "kneees")
    assert ask("avascular necrosis PRP").unknown == ()
    assert ask("journal:zzqq").unknown == ()
    assert ask("1957 reeve").unknown == ("1957",)


def test_study_facts_and_names_are_searched() -> None:
    """A word of a fact finds its study, after those that have it in the abstract; a bare key or number finds its record."""
    facts = (
        Fact("primary-outcome", "WOMAC score"), Fact("effect", "4 against saline", of={"outcome": "VAS at rest"}),
        Fact("comparator", "water without dextrose"), Fact("population", "runners", state="rejected"),
        Fact("direction", "favours-solution"), Fact("participants", 90),
    )  # fmt: skip
    reference = Reference(
        "reeves2000knee", fields={"title": "A trial", "PMID": "10710805", "DOI": "10.1016/j.knee.2019"}
    )
    records = [
        record("other", "A trial", abstract="WOMAC was used"),
        Record("reeves2000knee", reference, facts=facts, aliases=("old-key",)),
    ]
    assert document(records[1], VOCABULARY).words["fact"] == ("womac", "score", "", "vas", "at", "rest")
    assert full(ask("WOMAC", records=records)) == ["other", "reeves2000knee"]
    for text in ("VAS", "reeves2000knee", "REEVES2000KNEE", "10710805", "old-key", "reeves2000*"):
        assert full(ask(text, records=records)) == ["reeves2000knee"]
    for text in ("dextrose", "saline", "runners", "favours", "knee", "2019"):
        assert full(ask(text, records=records)) == []


def test_undated_records_are_counted_not_hidden() -> None:
    """What only the year limit shuts out for want of a year is told."""
    assert ask("knee osteoarthritis", since=1990).undated_not_shown == 1
    assert ask("knee osteoarthritis year:2010").undated_not_shown == 1
    assert ask("elbow", since=1990).undated_not_shown == 0
    assert ask("knee osteoarthritis").undated_not_shown == 0


def test_filters_narrow() -> None:
    """Options choose among what was found, and the reading shows them."""
    found = ask("dextrose", condition=["tennis elbow"], until=2000)
    assert full(found) == ["elbow"]
    assert found.read_as.endswith("AND condition:lateral-epicondylitis AND year:-2000")


def test_a_record_that_is_gone_is_told() -> None:
    """An index that is behind the store does not break the answer."""
    index = indexed(document(one, VOCABULARY) for one in RECORDS)
    found = answer(index, parse_query("dextrose"), Page(), lambda _keys: {"knee": RECORDS[0]}, VOCABULARY)
    assert [hit.key for hit in found.hits] == ["knee"]
    assert found.missing
    assert "knee" not in found.missing
