"""Faults that a review of the readers and writers found: each was real, each stays mended."""

from __future__ import annotations

import io

import pytest

from evidence.formats.bibtex import BIBTEX
from evidence.formats.csv_files import CSV
from evidence.formats.dates import date
from evidence.formats.endnote_xml import ENDNOTE_XML
from evidence.formats.people import person
from evidence.formats.ris import RIS
from evidence.model.reference import Name, Parsed, Reference
from evidence.ports import Format


def read(format: Format, text: str) -> list[Reference]:
    """The references in `text`, which must all be readable."""
    found = list(format.read(io.BytesIO(text.encode()), "utf-8"))
    assert all(isinstance(one, Parsed) for one in found)
    return [one.reference for one in found if isinstance(one, Parsed)]


def test_zoteros_table_with_its_extra_column_is_read() -> None:
    """Numbers in "Extra" are the work's; what else stands there is kept under its header."""
    (found,) = read(
        CSV, 'Key,Item Type,Title,Publication Year,Extra\nA,journalArticle,Some work,2013,"PMID: 23690322\nfoo: bar"\n'
    )
    assert found.fields["PMID"] == "23690322"
    assert found.extra["csv:Extra"] == "foo: bar"


@pytest.mark.parametrize("header", ["Extra", "Notices", "Mesh", "Relations", "Aliases", "Missing"])
def test_no_header_of_another_table_stops_the_reading(header: str) -> None:
    """Headers that are called as columns of our own table are kept like any that is not known."""
    (found,) = read(CSV, f"Title,Journal,Year,{header}\nSome work,Spine,2001,said here\n")
    assert found.extra[f"csv:{header}"] == "said here"


def test_a_cell_of_markup_alone_is_no_abstract_and_no_crash() -> None:
    """An abstract that is but a tag."""
    (found,) = read(CSV, "Title,Journal,Year,Abstract\nSome work,Spine,2001,<b></b>\n")
    assert "abstract" not in found.fields


def test_an_author_in_square_brackets_survives_our_own_table() -> None:
    """A name that begins as JSON does was refused on the way back."""
    whole = Reference("a", type="book", fields={"title": "Some work"}, names=(Name(family="[Anonymous]"),))
    assert CSV.write is not None
    assert read(CSV, "".join(CSV.write([whole]))) == [whole]


def test_a_tag_without_its_other_half_does_not_swallow_the_rest_of_a_bib_file() -> None:
    """Its brace was never closed, and every entry behind it was lost."""
    works = [
        Reference("a", type="article-journal", fields={"title": "One", "container-title": "J <b> Pain"}),
        Reference("b", type="article-journal", fields={"title": "Two", "container-title": "Spine"}),
    ]
    assert BIBTEX.write is not None
    assert [one.key for one in read(BIBTEX, "".join(BIBTEX.write(works)))] == ["a", "b"]


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("1998/Dec/01", ((1998, 12, 1),)),
        ("2001-Dec-01", ((2001, 12, 1),)),
        ("12/1998", ((1998, 12),)),
        ("201305", ((2013, 5),)),
        ("13/1998", ((1998,),)),
    ],
)
def test_mixed_dates_are_no_ranges(text: str, parts: tuple[tuple[int, ...], ...]) -> None:
    """12/1998 was the year 12, and 2001-Dec-01 ended in January 2002."""
    found = date(text)
    assert found is not None
    assert found.parts == parts


def test_a_suffix_behind_initials_is_no_given_name() -> None:
    """Scopus: "Smith J., Jr."."""
    assert person("Smith J., Jr.") == Name(family="Smith", given="J.", suffix="Jr.")


def test_several_people_in_one_line_of_authors_are_several() -> None:
    """One person, Doe K Smith JA, was made of "Smith JA, Doe K"."""
    (found,) = read(RIS, "TY  - JOUR\nTI  - x\nAU  - Smith JA, Doe K, van der Berg J\nER  - \n")
    assert [(one.family, one.given) for one in found.names] == [("Smith", "JA"), ("Doe", "K"), ("Berg", "J")]


@pytest.mark.parametrize("text", ["[No authors listed]", "No authors listed", "Anonymous", "[Anonymous]"])
def test_nobody_is_no_author(text: str) -> None:
    """It was cited as "listed] [No authors"."""
    (found,) = read(RIS, f"TY  - JOUR\nTI  - x\nAU  - {text}\nER  - \n")
    assert (found.names, found.extra["ris:AU"]) == ((), text)
    (found,) = read(CSV, f"Title,Authors,Year,Journal\nx,{text},2001,Spine\n")
    assert (found.names, found.extra["csv:Authors"]) == ((), text)


def test_an_empty_author_is_no_crash() -> None:
    """A line of authors of which nothing is left."""
    (found,) = read(RIS, "TY  - JOUR\nTI  - x\nAU  - \u200b;\nAU  - <b></b>\nER  - \n")
    assert found.title == "x"


def test_the_journals_full_name_is_not_its_short_one() -> None:
    """EndNote: the title's second line is the short name where the periodical's short name says so."""
    (found,) = read(
        ENDNOTE_XML,
        "<xml><records><record><ref-type name='Journal Article'>17</ref-type><titles><title>x</title>"
        "<secondary-title>Ann Fam Med</secondary-title></titles><periodical><full-title>Annals of Family Medicine"
        "</full-title><abbr-1>Ann Fam Med</abbr-1></periodical></record></records></xml>",
    )
    assert found.fields["container-title"] == "Annals of Family Medicine"
    assert found.fields["container-title-short"] == "Ann Fam Med"
