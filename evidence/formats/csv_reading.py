"""The cells of one row to a reference: each read as its column says, and what only several columns tell together."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping

from evidence.formats.abstracts import sections
from evidence.formats.bibtex_people import people
from evidence.formats.csv_headers import Column
from evidence.formats.dates import date
from evidence.formats.draft import Draft
from evidence.formats.language_codes import language_code
from evidence.formats.markup import first_link
from evidence.formats.pages import pages
from evidence.model import identifiers
from evidence.model.markup import rich
from evidence.model.reference import Name, Parsed, Unread

_INITIALS = re.compile(r"(?:[^\W\d_a-z]\.?[ -]?){1,5}")
_DIGITS = re.compile(r"\d{1,9}")
# "J Pain. 2019 Jan 3;20(1):12-19. doi: …": how PubMed's table cites a work.
_PUBMED = re.compile(
    r"(?P<journal>[^;]{2,200}?)\. (?P<date>\d{4}[^;:.]{0,30})(?:;(?P<volume>[^(:;.]{1,30})?(?:\((?P<issue>[^)]{1,40})\))?(?::(?P<pages>[^.]{1,60}))?)?\."
)
# "Journal of Pain (2019) 20:1 (12-19)" and "Journal of Pain, 2019, 20(1), 12-19": how Embase's and Cochrane's do.
_EMBASE = re.compile(
    r"(?P<journal>.{2,200}?) \((?P<date>\d{4})\) (?P<volume>[^:(]{1,20}?)(?::(?P<issue>[^(]{1,20}?))?(?: \((?P<pages>[^)]{1,40})\))?\.?"
)
_COCHRANE = re.compile(
    r"(?P<journal>.{2,200}?)[,.] (?P<date>\d{4})[,;] ?(?P<volume>[^,(:]{1,20})(?:\((?P<issue>[^)]{1,40})\))?(?:[,:] ?(?P<pages>[^,]{1,40}))?\.?"
)
_NOBODY = re.compile(
    r"\[?(?:anon(?:\.|ymous)?|no authors?(?: name)?(?: (?:available|given|listed))?)\]?\.?", re.IGNORECASE
)
_BRACKETS = re.compile(r"\[(.+)\]\.?", re.DOTALL)
# "2-3" and "10-12" become dates in a spreadsheet: "02-Mrz", "Mar-02", "12-Oct".
_EXCEL = re.compile(r"\d{1,2}[-./ ]\s?[^\W\d_]{3,4}\.?|[^\W\d_]{3,4}[-./ ]\d{2}")
_EXCEL_DATES = frozenset(("page", "issue", "volume"))
_JOURNAL_WORDS = re.compile(r"[^\d;:]{3,200}")
_DATABASES = frozenset(
    (
        "scopus",
        "medline",
        "embase",
        "pubmed",
        "central",
        "cinahl",
        "web of science",
        "psycinfo",
        "pubmed-not-medline",
        "cochrane",
    )
)
_TYPES: Mapping[str, str] = {
    "journalarticle": "article-journal", "journal article": "article-journal", "article": "article-journal",
    "article-journal": "article-journal", "j": "article-journal", "journal": "article-journal", "jour": "article-journal",
    "book": "book", "b": "book", "booksection": "chapter", "book section": "chapter", "book chapter": "chapter",
    "chapter": "chapter", "conferencepaper": "paper-conference", "conference paper": "paper-conference",
    "conference proceeding": "paper-conference", "conference proceedings": "paper-conference", "thesis": "thesis",
    "report": "report", "webpage": "webpage", "web page": "webpage", "dataset": "dataset", "preprint": "article",
    "newspaperarticle": "article-newspaper", "magazinearticle": "article-magazine", "patent": "patent",
    "manuscript": "manuscript", "document": "document", "book series": "chapter", "trade journal": "article-magazine",
}  # fmt: skip


class RowDraft(Draft):
    """The draft of one row; `parts` are cells that only several columns tell together: each with its column's name."""

    __slots__ = ("parts", "pubmed")

    def __init__(self, *, pubmed: bool = False) -> None:
        """`pubmed`: the table is PubMed's own, whose lists of names end with a full stop."""
        super().__init__("csv")
        self.pubmed = pubmed
        self.parts: dict[str, tuple[str, str]] = {}

    def part(self, what: str, name: str, text: str) -> None:
        """Keep a cell for the end; a second one of the same kind is kept under its column."""
        if self.parts.setdefault(what, (text, name)) != (text, name):
            self.keep(name, text)


def read_cell(draft: RowDraft, name: str, column: Column | None, text: str) -> None:
    """Add the cell `text` of the column headed `name`."""
    if column is None:
        draft.keep(name, text)
        return
    kind, variable = column
    reader = _READERS.get(kind)
    if variable in _EXCEL_DATES and _EXCEL.fullmatch(text):
        draft.warnings.append(f"{name} {text!r} looks like a date that a spreadsheet made of two numbers: check it")
    if reader:
        reader(draft, name, variable, text)
    else:
        draft.put(name, variable, " ".join(text.split()))


def _title(draft: Draft, name: str, variable: str, text: str) -> None:
    title = rich(" ".join(text.split()))
    found = _BRACKETS.fullmatch(title)
    if found and "[" not in found[1]:
        title = found[1]
        draft.note("translated-title", value=True)
    if title.endswith(".") and not title.endswith(".."):
        title = title[:-1].rstrip(" ")
    draft.put(name, variable, title)


def _names(draft: RowDraft, name: str, variable: str, text: str) -> None:
    if _NOBODY.fullmatch(text):
        draft.keep(name, text)
        return
    if any(one.role == variable for one in draft.names):
        _second_names(draft, name, variable, text)
        return
    for part in _parted(text, draft):
        draft.person(re.sub(r"\s*\(\d{5,}\)$", "", part), variable)


def _second_names(draft: RowDraft, name: str, variable: str, text: str) -> None:
    """Another column of the same people: the one with whole given names stands, if it names as many."""
    held = [one for one in draft.names if one.role == variable]
    other = RowDraft(pubmed=draft.pubmed)
    for part in _parted(text, other):
        other.person(re.sub(r"\s*\(\d{5,}\)$", "", part), variable)
    same = len(other.names) == len(held)
    if same and sum(len(one.given or "") for one in other.names) > sum(len(one.given or "") for one in held):
        draft.names = [one for one in draft.names if one.role != variable] + other.names
    elif not same or other.names != held:
        draft.keep(name, text)


def _parted(text: str, draft: RowDraft) -> Iterator[str]:
    """The single names of a cell: parted by semicolons, by line ends, or by commas between whole names."""
    text = text.strip()
    if draft.pubmed and text.endswith("."):
        text = text[:-1]
    for sign in (";", "\n", "|"):
        if sign in text:
            for part in text.split(sign):
                yield from _by_initials(part) or [part.strip()]
            return
    parts = [part.strip() for part in text.split(",")]
    if len(parts) > 1 and len(parts) % 2 == 0 and all(_INITIALS.fullmatch(part) for part in parts[1::2]):
        yield from (f"{family}, {given}" for family, given in zip(parts[::2], parts[1::2], strict=True))
        return
    if whole := _by_initials(text):
        yield from whole
        return
    found, others = people(text, draft.warnings)
    yield from found
    if others:
        yield "et al."


def _by_initials(text: str) -> list[str]:
    """The names of a list in which each is a family name and initials, parted by commas; [] when it is no such list."""
    parts = [part.strip() for part in text.split(",")]
    whole = len(parts) > 1 and all(" " in part and _INITIALS.fullmatch(part.rsplit(" ", 1)[1]) for part in parts)
    return parts if whole else []


def _groups(draft: Draft, _name: str, variable: str, text: str) -> None:
    for part in text.split(";"):
        if part.strip():
            draft.add(Name(variable, literal=" ".join(part.split())))


def _pages(draft: Draft, name: str, variable: str, text: str) -> None:
    draft.put(name, variable, pages(text))


def _first_page(draft: RowDraft, name: str, variable: str, text: str) -> None:
    draft.part("article" if variable == "number" else "first", name, text)


def _last_page(draft: RowDraft, name: str, _variable: str, text: str) -> None:
    draft.part("last", name, text)


def _date(draft: Draft, name: str, variable: str, text: str) -> None:
    draft.date(name, text, variable)


def _month(draft: RowDraft, name: str, _variable: str, text: str) -> None:
    draft.part("month", name, text)


def _day(draft: RowDraft, name: str, _variable: str, text: str) -> None:
    draft.part("day", name, text)


def _doctype(draft: Draft, name: str, _variable: str, text: str) -> None:
    """The kind of a database's own list, which is kept; what is no article of a journal is taken from it."""
    draft.keep(name, text)
    found = _TYPES.get(" ".join(text.lower().split()), "document")
    if found not in ("document", "article-journal"):
        draft.type = found


def _doi(draft: Draft, name: str, variable: str, text: str) -> None:
    found = re.search(r"10\.\d{4,9}/\S+", text)
    if found and identifiers.doi(text):
        length = len(identifiers.doi(text) or "")
        draft.put(name, variable, found.group()[:length])
    else:
        draft.keep(name, text)
        draft.warnings.append(f"{text[:60]!r} is no DOI: kept apart")


def _number(check: Callable[[str], str | None], what: str) -> Callable[[Draft, str, str, str], None]:
    def read(draft: Draft, name: str, variable: str, text: str) -> None:
        text = re.sub(r"\.0$", "", text)  # a spreadsheet made a number of it
        if found := check(text):
            draft.put(name, variable, found)
        else:
            draft.keep(name, text)
            draft.warnings.append(f"{text[:60]!r} is no {what}: kept apart")

    return read


def _abstract(draft: Draft, name: str, variable: str, text: str) -> None:
    if text.lower().startswith("[no abstract available]") or text.lower().strip("[]. ") == "no abstract available":
        draft.keep(name, text)
    else:
        draft.put(name, variable, rich(" ".join(text.split())))
        draft.sections = draft.sections or list(sections(draft.fields.get(variable, "")))


def _keyword(draft: Draft, name: str, variable: str, text: str) -> None:
    terms = [" ".join(part.split()) for part in re.split(r"[;|\n]", text)]
    joined = "; ".join(term for term in terms if term)
    have = draft.fields.get(variable)
    if have and have != joined:
        draft.fields[variable] = "; ".join(dict.fromkeys((*have.split("; "), *joined.split("; "))))
    else:
        draft.put(name, variable, joined)


def _type(draft: Draft, name: str, _variable: str, text: str) -> None:
    found = _TYPES.get(" ".join(text.lower().split()))
    if found and draft.type == "document":
        draft.type = found
    elif not found:
        draft.keep(name, text)


def _key(draft: Draft, name: str, _variable: str, text: str) -> None:
    good = re.fullmatch(r"(?=.*[^\W\d_])[^\s{}(),\"#%~\\]{1,80}", text)
    if good and draft.key is None:
        draft.key = text
    else:
        draft.keep(name, text)


def _url(draft: Draft, name: str, variable: str, text: str) -> None:
    link, others = first_link(" ".join(text.replace(";", " ").split()))
    draft.put(name, variable, link)
    for other in others:
        draft.note("url", other)


def _numbers(draft: Draft, _name: str, variable: str, text: str) -> None:
    """ISSNs and ISBNs, several joined by a comma."""
    parts = [re.sub(r"\s*\([^)]*\)", "", part).strip() for part in re.split(r"[;,]", text)]
    if variable == "ISSN":
        parts = [f"{part[:4]}-{part[4:]}" if re.fullmatch(r"\d{7}[\dXx]", part) else part for part in parts]
    have = draft.fields.get(variable, "").split(", ") if variable in draft.fields else []
    draft.fields[variable] = ", ".join(dict.fromkeys(part for part in (*have, *parts) if part))


def _language(draft: Draft, name: str, variable: str, text: str) -> None:
    draft.put(name, variable, language_code(text.strip()))


def _citation(draft: Draft, name: str, _variable: str, text: str) -> None:
    """PubMed's own reference to the work gives what has no column: volume, issue, pages, the whole date."""
    found = _PUBMED.match(" ".join(text.split())) if len(text) < 2000 else None
    if found is None:
        draft.keep(name, text)
        return
    draft.put(name, "volume", (found["volume"] or "").strip())
    draft.put(name, "issue", (found["issue"] or "").strip())
    draft.put(name, "page", pages((found["pages"] or "").strip()))
    if found["date"]:
        draft.date(name, found["date"])
    if any(tail in text for tail in ("Online ahead", "Epub", "eCollection", "Print ", "PMC")):
        draft.keep(name, text)


def _source(draft: Draft, name: str, variable: str, text: str) -> None:
    """A journal, a whole citation of one, or the name of the database."""
    text = " ".join(text.split())
    if text.lower() in _DATABASES:
        draft.keep(name, text)
        return
    found = (_EMBASE.fullmatch(text) or _COCHRANE.fullmatch(text)) if len(text) < 500 else None
    if found:
        draft.put(name, variable, found["journal"].strip(" ,."))
        draft.date(name, found["date"])
        draft.put(name, "volume", (found["volume"] or "").strip())
        draft.put(name, "issue", (found["issue"] or "").strip())
        draft.put(name, "page", pages((found["pages"] or "").strip()))
    elif variable not in draft.fields and _JOURNAL_WORDS.fullmatch(text):
        draft.put(name, variable, text)
    else:
        draft.keep(name, text)


def _own(draft: Draft, name: str, _variable: str, text: str) -> None:
    """A column that is called as one of our own table's, in another: Zotero's "Extra" gives numbers, a line each."""
    kept = []
    for line in text.splitlines():
        scheme, _, value = line.partition(":")
        check = _IN_EXTRA.get(scheme.strip().upper())
        if check and (found := check(value.strip())):
            draft.put(name, scheme.strip().upper(), found)
        else:
            kept.append(line)
    draft.keep(name, "\n".join(kept).strip())


_IN_EXTRA: Mapping[str, Callable[[str], str | None]] = {"PMID": identifiers.pmid, "PMCID": identifiers.pmcid}
_READERS: Mapping[str, Callable[[RowDraft, str, str, str], None]] = {
    "title": _title, "names": _names, "groups": _groups, "pages": _pages, "first-page": _first_page,
    "last-page": _last_page, "date": _date, "month": _month, "day": _day, "doctype": _doctype, "doi": _doi, "pmid": _number(identifiers.pmid, "PubMed number"),
    "pmcid": _number(identifiers.pmcid, "PubMed Central number"), "abstract": _abstract, "keyword": _keyword, "type": _type, "key": _key,
    "id": _key, "url": _url, "issn": _numbers, "isbn": _numbers, "language": _language, "citation": _citation, "source": _source, "own": _own,
}  # fmt: skip


def finished(draft: RowDraft, raw: bytes, line: int) -> Parsed | Unread:
    """The piece of a whole row: pages put together, a type told from what it has, what is missing said."""
    _put_pages(draft)
    if "month" in draft.parts:
        _put_month(draft, *draft.parts["month"])
    elif "day" in draft.parts:
        draft.keep(draft.parts["day"][1], draft.parts["day"][0])
    if not draft.fields and not draft.names:
        return Unread(raw, line, "no cell of it holds a title, a name or a number of a work")
    if draft.type == "document" and ("container-title" in draft.fields or "container-title-short" in draft.fields):
        draft.type = "article-journal"
    if "title" not in draft.fields:
        draft.warnings.append("no title")
    return Parsed(draft.reference(), raw, line, tuple(dict.fromkeys(draft.warnings)))


def _put_pages(draft: RowDraft) -> None:
    nothing = ("", "")
    (start, name), (end, _), (number, column) = (draft.parts.get(one, nothing) for one in ("first", "last", "article"))
    if start and end and start != end:
        draft.put(name, "page", pages(f"{start}-{end}"))
    elif start or end:
        draft.put(name, "page", start or end)
    draft.put(column, "page", number)


def _put_month(draft: RowDraft, text: str, name: str) -> None:
    """A month beside the year: "MAR", "JAN-FEB", "MAR 7", "SPR"."""
    issued = draft.dated("issued")
    day = draft.parts.get("day", ("", ""))[0]
    text = f"{text}/{day}" if text.isdecimal() and day else f"{text} {day}".strip()
    sign = "/" if text[:1].isdecimal() else " "
    found = date(f"{issued.year}{sign}{text}") if issued and issued.year and len(issued.parts[0]) == 1 else None
    if found and found.parts and not found.literal:
        draft.date(name, f"{found.year}{sign}{text}")
    else:
        draft.keep(name, text)
