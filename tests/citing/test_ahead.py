"""That a work is ahead of print is printed where its record says so, and nowhere else."""

from __future__ import annotations

import re
from typing import Any
from xml.etree.ElementTree import fromstring, tostring

import pytest

from evidence.citing import ahead
from tests.citing.lists import article, needs_extra, one

SAID = re.compile(r"online|ahead of print|epub|in press|forthcoming|advance", re.IGNORECASE)
BARE: dict[str, Any] = {"volume": None, "issue": None, "page": None, "issued": {"date-parts": [[2019, 3, 4]]}}
STYLES = {
    "ama": "J Sleep. March 4, 2019. doi:10.1000/x", "jama": "J Sleep. March 4, 2019. doi:10.1000/x", "nlm": "J Sleep. 2019 Mar 4.",
    "bmj": "J Sleep. 2019. doi:", "lancet": "J Sleep 2019. DOI:10.1000/x.", "spine": "J Sleep. March 4, 2019. DOI: 10.1000/x.",
    "chicago": "Journal of Sleep, March 4.",
}  # fmt: skip


def bare(**fields: Any) -> Any:
    """An article that is known by date and DOI only."""
    return article(**(BARE | {"DOI": "10.1000/x"} | fields))


@needs_extra
@pytest.mark.parametrize(("style", "printed"), STYLES.items())
def test_what_is_not_known_is_no_statement(style: str, printed: str) -> None:
    """No volume and no pages: the plain date, and no word of where it came out."""
    text = one(bare(), style).text
    assert printed in text
    assert not SAID.search(text)


@needs_extra
def test_a_web_page_is_not_published_online_ahead() -> None:
    """It has neither volume nor pages by nature."""
    page = {"type": "webpage", "container_title": None, "container_title_short": None, "URL": "https://a.example/b"}
    assert not SAID.search(one(bare(**page, DOI=None)).text)


@needs_extra
@pytest.mark.parametrize(
    ("style", "said"),
    [("ama", "Published online March 4, 2019"), ("spine", "Epub ahead of print March 4, 2019"), ("bmj", "Published Online First: 4 March 2019"),
     ("lancet", "; published online March 4")],
)  # fmt: skip
def test_a_record_that_says_so_is_printed_so(style: str, said: str) -> None:
    """By its status, or by the date on which it was made available when nothing else is known of it."""
    assert said in one(bare(status="advance online publication"), style).text
    assert said in one(bare(available_date={"date-parts": [[2019, 3, 4]]}, issued=None), style).text


@needs_extra
def test_a_year_is_not_replaced_by_in_press() -> None:
    """Styles that say so of pages that are no number, or of a missing year, print year or "n.d."."""
    assert "2001" in one(article(page="e134415"), "durban-university-of-technology-harvard").text
    undated = one(article(issued=None, volume=None, page=None), "acta-amazonica").text
    assert not SAID.search(undated)


@pytest.mark.parametrize(
    ("fields", "flags"),
    [
        ({}, ()), ({"status": "in press"}, (ahead.IN_PRESS,)), ({"status": "Forthcoming"}, (ahead.IN_PRESS,)),
        ({"status": "published online"}, (ahead.ONLINE,)), ({"status": "Epub ahead of print"}, (ahead.ONLINE,)), ({"status": "retracted"}, ()),
        ({"available-date": {"date-parts": [[2019, 1]]}}, (ahead.ONLINE,)), ({"available-date": {"date-parts": [[2018]]}}, ()),
        ({"available-date": {"date-parts": [[2019]]}, "volume": "3"}, ()), ({"available-date": {"date-parts": [[2019]]}, "page": "3"}, ()),
    ],
)  # fmt: skip
def test_what_a_record_says_of_itself(fields: dict[str, Any], flags: tuple[str, ...]) -> None:
    """Its status decides; a work with a volume, an issue or pages, or of another year, is no longer ahead of print."""
    assert ahead.says(bare(**fields)) == flags


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('<text value="Published online"/>', '<if variable="x-evidence-online"><text value="Published online"/></if>'),
        ('<text prefix="(in press; doi: " variable="DOI"/>', '<else><text prefix="(doi: " variable="DOI"/></else>'),
        ('<group prefix="(Epub ahead of print) "><text variable="DOI"/></group>', '<else><group prefix=" "><text variable="DOI"/></group></else>'),
        ('<text term="in press"/>', '<if variable="x-evidence-in-press">'),
        ('<text value="Online"/>', '<layout><text value="Online"/></layout>'),
    ],
)  # fmt: skip
def test_the_words_hang_on_the_record(before: str, after: str) -> None:
    """In affixes they are taken out of them; an address "online" is no such word."""
    style = fromstring(f"<style><bibliography><layout>{before}</layout></bibliography></style>")
    ahead.gated(style)
    assert after in tostring(style, "unicode").replace(" />", "/>")
