"""What each database makes of a record, and the faults that befall copies."""

from __future__ import annotations

import random
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field, replace


@dataclass
class Copy:
    """A work as one database prints it."""

    title: str
    authors: list[tuple[str, str]]
    initials: list[tuple[str, str]]
    journal: str = ""
    short: str = ""
    year: int = 0
    volume: str = ""
    issue: str = ""
    pages: str = ""
    doi: str = ""
    pmid: str = ""
    kind: str = "article-journal"
    people: list[dict[str, str]] = field(default_factory=list)
    work: int = -1
    why: str = ""  # what kind of look-alike it is


# --- databases ----------------------------------------------------------------------------------------------------


def _dotted(initials: str, mark: str = ". ") -> str:
    return mark.join(initials).strip() + "." if initials else ""


def _full(one: Copy) -> list[dict[str, str]]:
    return [{"family": family, "given": given.replace(" ", " ")} for family, given in one.authors]


def _short(one: Copy, mark: str = "") -> list[dict[str, str]]:
    return [{"family": family, "given": _dotted(given, mark) if mark else given} for family, given in one.initials]


def _expanded(pages: str) -> str:
    first, dash, last = pages.partition("-")
    if dash and last.isdigit() and len(last) < len(first):
        last = first[: len(first) - len(last)] + last
    return first + dash + last


def _plain(text: str) -> str:
    return "".join(ch for ch in unicodedata.normalize("NFKD", text) if not unicodedata.combining(ch))


def medline(one: Copy, chance: random.Random) -> Copy:
    """Ovid MEDLINE in EndNote: the journal's name with "&" and " - ", a stop behind the title, remarks."""
    remark = chance.choice(("",) * 12 + (" [see comment]", " [Review] [41 refs]", " [Russian]"))
    journal = one.journal.split(" : ")[0].replace(" and ", " & ").replace(". ", " - ")
    return replace(one, title=one.title + remark + ".", people=_short(one, ". "), journal=journal, short="")


def pubmed(one: Copy, chance: random.Random) -> Copy:
    """PubMed: the journal's short name, initials without stops."""
    return replace(
        one,
        people=_short(one) if chance.random() < 0.6 else _full(one),
        journal=one.short,
        short=one.short,
        title=one.title + ".",
    )


def embase(one: Copy, chance: random.Random) -> Copy:
    """Embase: British spelling at times, long pages, the journal's full name, supplements in capitals, no accents."""
    title = (
        one.title.replace("randomized", "randomised").replace("tumor", "tumour") if chance.random() < 0.3 else one.title
    )
    journal = one.journal.split(" : ")[0].title().replace(" Of ", " of ").replace(" And ", " and ")
    if chance.random() < 0.03:
        journal += ". Conference: 12th Annual Meeting. Barcelona Spain"
    issue = one.issue.upper().replace("SUPPL ", "SUPPL. ")
    return replace(
        one,
        title=title,
        people=[{k: _plain(v) for k, v in name.items()} for name in _short(one, ".")],
        journal=journal,
        short="",
        issue=issue,
        pages=_expanded(one.pages),
    )


def central(one: Copy, chance: random.Random) -> Copy:
    """Cochrane CENTRAL: long pages, "[abstract]", either name of the journal, the type at times unknown."""
    title = one.title + (" [abstract]" if one.issue.startswith("Suppl") and chance.random() < 0.5 else "")
    journal = one.short if chance.random() < 0.4 else one.journal
    return replace(
        one,
        title=title,
        people=_short(one),
        journal=journal,
        short="",
        pages=_expanded(one.pages),
        kind=chance.choice(("article-journal", "document")),
    )


def cinahl(one: Copy, chance: random.Random) -> Copy:
    """CINAHL: titles in title case, full given names, no accents, the journal without its subtitle."""
    return replace(one, title=_plain(one.title.title()), people=[{k: _plain(v) for k, v in name.items()} for name in _full(one)],
                   journal=one.journal.split(" : ")[0].split(" (")[0].title(), short="", pages=_expanded(one.pages) if chance.random() < 0.7 else one.pages.partition("-")[0])  # fmt: skip


def scopus(one: Copy, chance: random.Random) -> Copy:
    """Scopus: initials with stops, long pages, numbers of articles, no issue at times."""
    return replace(one, people=_short(one, "."), journal=one.journal.split(" : ")[0], short=one.short if chance.random() < 0.3 else "", pages=_expanded(one.pages),
                   issue="" if chance.random() < 0.2 else one.issue)  # fmt: skip


def wos(one: Copy, chance: random.Random) -> Copy:
    """Web of Science: the journal in capitals with a hyphen, Greek letters as words, " - " for a colon, "123-+"."""
    pages = _expanded(one.pages)
    if chance.random() < 0.05 and "-" in pages:
        pages = pages.partition("-")[0] + "-+"
    title = one.title.replace("α", "alpha").replace("β", "beta").replace(": ", " - " if chance.random() < 0.4 else ": ")
    return replace(
        one,
        title=title,
        people=_full(one) if chance.random() < 0.5 else _short(one),
        journal=_plain(one.journal.split(" : ")[0].split(" (")[0]).upper().replace(". ", "-"),
        short="",
        pages=pages,
    )


def psycinfo(one: Copy, chance: random.Random) -> Copy:
    """PsycINFO in Ovid: volume, issue and pages inside the journal's name; the fields empty at times."""
    journal = one.journal.split(" : ")[0].title()
    if chance.random() < 0.3:
        return replace(
            one,
            people=_full(one),
            journal=f"{journal}. Vol.{one.volume}({one.issue}), {one.year}, pp. {_expanded(one.pages)}",
            short="",
            volume="",
            issue="",
        )
    return replace(one, people=_full(one), journal=journal, short="", pages=_expanded(one.pages))


def by_hand(one: Copy, chance: random.Random) -> Copy:
    """Typed in: the first author, "et al.", the journal's short name."""
    people = _short(one)[: chance.choice((1, 1, 3, 6))]
    return replace(
        one,
        people=people,
        journal=one.short,
        short="",
        issue="" if chance.random() < 0.6 else one.issue,
        pages=one.pages.partition("-")[0] if chance.random() < 0.3 else one.pages,
    )


DATABASES: dict[str, Callable[[Copy, random.Random], Copy]] = {
    each.__name__: each for each in (medline, pubmed, embase, central, cinahl, scopus, wos, psycinfo, by_hand)
}


# --- faults -------------------------------------------------------------------------------------------------------


def as_printed(one: Copy, database: str, profile: dict[str, float], chance: random.Random) -> Copy:
    """A copy of `one` as `database` prints it, with faults as often as the profile has them."""
    copy = DATABASES[database](one, chance)
    keeps = chance.random() < profile["ids"] * (1.6 if database in {"pubmed", "scopus"} else 0.6)
    copy = replace(
        copy, doi=copy.doi if keeps else "", pmid=copy.pmid if keeps and database in {"pubmed", "embase"} else ""
    )
    for name in ("volume", "issue", "pages", "journal"):
        if chance.random() < profile["missing"] * (0.2 if name == "journal" else 1):
            copy = replace(copy, **{name: ""})
    for often, fault in FAULTS:
        if chance.random() < often * profile["fault"]:
            copy = fault(copy, chance)
    return copy


def typed_wrongly(one: Copy, chance: random.Random) -> Copy:
    """One letter of the title lost, doubled or swapped."""
    letters = [at for at, ch in enumerate(one.title[:-1]) if ch.isalpha() and one.title[at + 1].isalpha()]
    if len(letters) < 20:
        return one
    at = chance.choice(letters)
    middle = chance.choice(("", one.title[at] * 2, one.title[at + 1] + one.title[at]))
    return replace(
        one, title=one.title[:at] + middle + one.title[at + (2 if len(middle) == 2 and middle[0] != middle[1] else 1) :]
    )


def lost_letters(one: Copy, _chance: random.Random) -> Copy:
    """What is no ASCII is a question mark."""
    return replace(
        one,
        title="".join(ch if ch.isascii() else "?" for ch in one.title),
        people=[{k: "".join(ch if ch.isascii() else "?" for ch in v) for k, v in name.items()} for name in one.people],
    )


def no_subtitle(one: Copy, _chance: random.Random) -> Copy:
    """The subtitle lost."""
    head = one.title.split(": ")[0]
    return replace(one, title=head) if len(head.split()) > 4 else one


def cut_short(one: Copy, chance: random.Random) -> Copy:
    """The title cut at a number of characters."""
    return replace(one, title=one.title[: chance.randint(70, 120)])


def other_year(one: Copy, chance: random.Random) -> Copy:
    """The year of the electronic publication."""
    return replace(one, year=one.year + chance.choice((-1, -1, 1)))


def together(one: Copy, _chance: random.Random) -> Copy:
    """Volume and issue in one field."""
    return replace(one, volume=f"{one.volume}({one.issue})", issue="") if one.volume and one.issue else one


def only_first(one: Copy, _chance: random.Random) -> Copy:
    """The first author only."""
    return replace(one, people=one.people[:1])


def run_together(one: Copy, _chance: random.Random) -> Copy:
    """All authors in one field."""
    names = "; ".join(f"{name['family']}, {name['given']}" for name in one.people)
    return replace(one, people=[{"literal": names}]) if names else one


def turned_round(one: Copy, _chance: random.Random) -> Copy:
    """Given and family names turned round."""
    return replace(
        one,
        people=[
            {"family": name.get("given") or "?", "given": name.get("family", "")}
            for name in one.people
            if name.get("given")
        ]
        or one.people,
    )


def nobody(one: Copy, _chance: random.Random) -> Copy:
    """No authors."""
    return replace(one, people=[])


def in_capitals(one: Copy, _chance: random.Random) -> Copy:
    """The title in capitals."""
    return replace(one, title=one.title.upper())


def marked_up(one: Copy, chance: random.Random) -> Copy:
    """Markup and entities in the title."""
    words = one.title.split()
    at = chance.randrange(len(words))
    words[at] = f"<i>{words[at]}</i>"
    return replace(one, title=" ".join(words).replace("&", "&amp;").replace("<0", "&lt;0"))


def wrong_page(one: Copy, chance: random.Random) -> Copy:
    """A digit of the pages wrong, or only the first page."""
    if chance.random() < 0.6 or not one.pages[:1].isdigit():
        return replace(one, pages=one.pages.partition("-")[0])
    return replace(one, pages=str(chance.randint(1, 9)) + one.pages[1:])


def in_translation(one: Copy, chance: random.Random) -> Copy:
    """The title in its own language: other words altogether, and the English ones in brackets at times."""
    own = " ".join(
        "".join(chance.choice("abdegilmnorstuvz") for _ in range(chance.randint(3, 11))) for _ in one.title.split()
    )
    return replace(one, title=f"{own} [{one.title}]" if chance.random() < 0.6 else own)


def stub(one: Copy, _chance: random.Random) -> Copy:
    """Nothing but title, first author and year."""
    return replace(one, people=one.people[:1], journal="", short="", volume="", issue="", pages="")


FAULTS: tuple[tuple[float, Callable[[Copy, random.Random], Copy]], ...] = (
    (0.04, typed_wrongly), (0.04, lost_letters), (0.03, no_subtitle), (0.01, cut_short), (0.04, other_year), (0.05, together),
    (0.04, only_first), (0.03, run_together), (0.006, turned_round), (0.015, nobody), (0.08, in_capitals), (0.03, marked_up),
    (0.04, wrong_page), (0.003, in_translation), (0.015, stub),
)  # fmt: skip
