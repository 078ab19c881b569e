"""Where a work stands, as Ovid's databases print it on one line: journal, volume, issue, pages and date."""

from __future__ import annotations

import re
from dataclasses import dataclass

_LONGEST = 600  # characters: nothing longer is looked at
_DATE = r"\d{4}(?:[ -][A-Za-z0-9][^,:;]{0,30})?|[A-Z][A-Za-z.-]{2,20}(?: \d{1,2},?)? \d{4}"
_VOLUME = r"(?P<volume>[A-Za-z]?\d[\w.-]{0,9}(?:[ -](?:Suppl|Pt|Spec No|S)\.?(?: ?\w{1,6})?)?)"
# As MEDLINE has it: "Annals of Medicine. 11(3):229-37, 2013 May-Jun."
_MEDLINE = re.compile(
    rf"(?P<journal>.{{2,300}}?)\. ?(?:{_VOLUME})? ?(?:\((?P<issue>[^()]{{1,60}})\))? ?: ?(?P<page>.{{1,80}}?), (?P<date>{_DATE})\.?"
)
# The same without pages: "Lancet. 381(9871), 2013 Mar 23."
_PAGELESS = re.compile(
    rf"(?P<journal>.{{2,300}}?)\. ?{_VOLUME} ?(?:\((?P<issue>[^()]{{1,60}})\))?, (?P<date>{_DATE})\.?"
)
# As Embase has it: "Pain. 17 (9) (pp 1298-1305), 2013. Date of Publication: October 2013."
_EMBASE = re.compile(
    r"(?P<journal>.{2,300}?)\. (?:Conference: (?P<event>.{2,300})\. )?(?P<volume>[A-Za-z]?\d[\w.-]{0,9})?"
    r" ?(?:\((?!pp |no pag)(?P<issue>[^()]{1,60})\))? ?\((?:pp (?P<page>[^()]{1,60})|no pagination)\),"
    r" (?P<year>\d{4})\.(?P<rest>.*)"
)
_PUBLISHED = re.compile(r"Date of Publication: (?P<date>[^.]{4,40})\.?")
_ARTICLE = re.compile(r"Article Number: (?P<page>[^.\s]{1,30})\.?")
# As PsycInfo has it: "Imaginary Psychology. Vol.12(3), 2013, pp. 123-134."
_PSYCINFO = re.compile(
    r"(?P<journal>.{2,300}?)\. ?Vol\.? ?(?P<volume>[^\s(),]{1,12}) ?(?:\((?P<issue>[^()]{1,60})\))?, (?P<date>[^,]{4,30}),"
    r" (?:pp?\.? ?(?P<page>[^,.]{1,40})|No Pagination Specified)\.?(?P<rest>.*)"
)


@dataclass(frozen=True, slots=True)
class Place:
    """Journal, volume, issue, pages, date and event as printed, "" for what is not stated; `rest`: what is left over."""

    journal: str
    volume: str = ""
    issue: str = ""
    page: str = ""
    date: str = ""
    event: str = ""
    rest: str = ""


def place(text: str) -> Place | None:
    """What the source line `text` (blanks joined) says; None when it is in none of the forms that are known."""
    if len(text) > _LONGEST:
        return None
    if found := _EMBASE.fullmatch(text):
        return _of_embase(found)
    for pattern in (_PSYCINFO, _MEDLINE, _PAGELESS):
        if found := pattern.fullmatch(text):
            parts = {name: (value or "").strip(" .") for name, value in found.groupdict().items()}
            return Place(**parts)
    return None


def _of_embase(found: re.Match[str]) -> Place:
    rest = found["rest"].strip()
    published, article = _PUBLISHED.search(rest), _ARTICLE.search(rest)
    for one in (published, article):
        rest = rest.replace(one.group(), "").strip() if one else rest
    date = published["date"] if published else found["year"]
    page = found["page"] or (article["page"] if article else "")
    return Place(found["journal"], found["volume"] or "", found["issue"] or "", page, date, found["event"] or "", rest)
