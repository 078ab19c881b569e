"""Records as databases print them: copies of real works with the habits of each, their faults, and works that look alike."""

from __future__ import annotations

import gzip
import json
import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from habits import DATABASES, Copy, as_printed

PROFILES = {
    # how often a copy has each fault; "alike": works that only look alike, for each hundred works
    "clean": {"fault": 0.3, "ids": 0.5, "missing": 0.03, "alike": 4},
    "medium": {"fault": 1.0, "ids": 0.15, "missing": 0.10, "alike": 7},
    "dirty": {"fault": 2.5, "ids": 0.03, "missing": 0.22, "alike": 10},
    "other": {"fault": 1.6, "ids": 0.08, "missing": 0.15, "alike": 6},  # never looked at while the points were set
}
COPIES = (1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 4, 5)


# --- works --------------------------------------------------------------------------------------------------------


def load(path: Path) -> Iterator[Copy]:
    """The works of a file that have authors, a title of some length and a journal."""
    opened = gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else path.open(encoding="utf-8")  # noqa: SIM115  closed two lines on
    seen: set[str] = set()
    with opened as lines:
        for line in filter(str.strip, lines):
            item = json.loads(line)
            if {item["pmid"], item["title"]} & seen:
                continue
            seen |= {item["pmid"], item["title"]}
            if item.get("authors") and item.get("journal") and item["date"][:4].isdigit():
                yield Copy(
                    item["title"].rstrip("."),
                    [tuple((name + ", ").split(", ")[:2]) for name in item["authors"]],
                    [tuple(name.rsplit(" ", 1)) if " " in name else (name, "") for name in item["initials"] if "et al" not in name],
                    item["journal"], item["abbreviation"], int(item["date"][:4]), item.get("volume", ""), item.get("issue", ""),
                    item.get("pages", ""), item.get("doi", ""), item["pmid"],
                )  # fmt: skip


def make(works: list[Copy], size: int, profile: str, seed: int) -> list[Copy]:
    """A set of `size` records with the habits and faults of `profile`."""
    chance = random.Random(f"{profile} {size} {seed}")  # noqa: S311  made-up faults need no secure chance
    chosen = about(works, chance, size)
    drawn: list[Copy] = []
    many = 0
    for number, original in enumerate(chosen):
        group = [replace(original, work=len(drawn))]
        if chance.random() * 100 < PROFILES[profile]["alike"]:
            group += [
                replace(one, work=len(drawn) + place)
                for place, one in enumerate(alike(original, chance, number), start=1)
            ]
        drawn += group
        many += len(group) * 2
        if many > size * 1.5:
            break
    copies: list[Copy] = []
    for one in drawn:
        databases = chance.sample(list(DATABASES), k=min(chance.choice(COPIES), len(DATABASES)))
        copies += [as_printed(one, database, PROFILES[profile], chance) for database in databases]
        if len(copies) >= size:
            break
    chance.shuffle(copies)
    return copies


def about(works: list[Copy], chance: random.Random, size: int) -> list[Copy]:
    """The works of a search: those that share words with a few that are drawn stand first."""
    often = Counter(word for one in works for word in set(one.title.lower().split()) if len(word) > 6)
    topics = {word for word, _ in chance.sample(often.most_common(300), k=12)}
    order = [(-len(topics & set(one.title.lower().split())), chance.random(), at) for at, one in enumerate(works)]
    order.sort()
    return [works[at] for _, _, at in order[: size * 2]]


# --- what only looks alike ----------------------------------------------------------------------------------------


def alike(one: Copy, chance: random.Random, number: int) -> list[Copy]:
    """Other works that look like `one`."""
    made = chance.choice((series, later, elsewhere, letters, erratum, comment, sibling, yearly, same_page, year_before))
    return [replace(each, doi=f"10.9999/{number}.{place}" if one.doi else "", pmid=str(90_000_000 + number * 10 + place), why=made.__name__)
            for place, each in enumerate(made(one, chance))]  # fmt: skip


def _pages(chance: random.Random) -> str:
    first = chance.randint(2, 1900)
    return f"{first}-{first + chance.randint(2, 12)}"


def series(one: Copy, chance: random.Random) -> list[Copy]:
    """Its second part, in the same volume."""
    words = chance.choice((". Part {}", ": {}", " ({})", ": phase {} results"))
    numbers = ("II", "III") if "{}" in words and chance.random() < 0.6 else ("2", "3")
    return [replace(one, title=one.title + words.format(number), pages=_pages(chance)) for number in numbers]


def later(one: Copy, chance: random.Random) -> list[Copy]:
    """The same title, of a later year."""
    years = chance.randint(2, 5)
    volume = str(int(one.volume) + years) if one.volume.isdigit() else one.volume
    return [replace(one, year=one.year + years, volume=volume, issue=str(chance.randint(1, 12)), pages=_pages(chance))]


def elsewhere(one: Copy, chance: random.Random) -> list[Copy]:
    """The abstract of a congress, in another journal."""
    journal, short = chance.choice(
        (
            ("Annals of the Rheumatic Diseases", "Ann Rheum Dis"),
            ("Value in Health", "Value Health"),
            ("Blood", "Blood"),
            ("Gastroenterology", "Gastroenterology"),
        )
    )
    return [replace(one, journal=journal, short=short, year=one.year - chance.randint(0, 1), volume=str(chance.randint(20, 150)),
                    issue=chance.choice(("Suppl 1", "Suppl 3", "5")), pages=f"{chance.choice(('S', 'A', ''))}{chance.randint(10, 900)}")]  # fmt: skip


def letters(one: Copy, chance: random.Random) -> list[Copy]:
    """Replies with one short title, each by other people."""
    title = chance.choice(
        (
            "Reply",
            "Editorial",
            "Letter to the editor",
            "In reply",
            "Editorial comment",
            "Discussion",
            "Authors' reply",
            "Introduction",
        )
    )
    cut = max(1, len(one.authors) // 2)
    return [replace(one, title=title, pages=str(chance.randint(1, 999)), authors=one.authors[:cut], initials=one.initials[:cut]),
            replace(one, title=title, pages=str(chance.randint(1, 999)), authors=one.authors[cut:] or one.authors, initials=one.initials[cut:] or one.initials,
                    volume=str(chance.randint(1, 200)))]  # fmt: skip


def erratum(one: Copy, chance: random.Random) -> list[Copy]:
    """Its correction."""
    label = chance.choice(("Erratum: ", "Correction: ", "Corrigendum to: ", "Erratum to "))
    return [
        replace(one, title=label + one.title, pages=str(chance.randint(100, 999)), issue=str(chance.randint(1, 12)))
    ]


def comment(one: Copy, chance: random.Random) -> list[Copy]:
    """A comment on it, by others."""
    label = chance.choice(("Re: {}", "Comment on: {}", "{}: reply", "Response to: {}"))
    return [
        replace(
            one,
            title=label.format(one.title),
            pages=str(chance.randint(100, 999)),
            authors=[("Brown", "Peter")],
            initials=[("Brown", "P")],
        )
    ]


def sibling(one: Copy, chance: random.Random) -> list[Copy]:
    """Another study by the same people, with one word of the title changed."""
    words = one.title.split()
    long = [at for at, word in enumerate(words) if len(word) > 5 and word.isalpha()]
    if long:
        words[chance.choice(long)] = chance.choice(
            ("elderly", "children", "cirrhosis", "migraine", "hypotension", "rehabilitation", "sheep")
        )
    return [replace(one, title=" ".join(words), pages=_pages(chance), year=one.year + chance.randint(0, 1))]


def yearly(one: Copy, chance: random.Random) -> list[Copy]:
    """A report of every year."""
    made = []
    for place in range(3):
        volume = str(int(one.volume) + place) if one.volume.isdigit() else ""
        made.append(
            replace(
                one,
                title=f"Annual report of the national registry {one.year + place}",
                year=one.year + place,
                volume=volume,
                pages=_pages(chance),
            )
        )
    return made


def same_page(one: Copy, chance: random.Random) -> list[Copy]:
    """Two abstracts by the same people on one page of a supplement."""
    page = f"S{chance.randint(10, 400)}"
    words = one.title.split()
    other = " ".join(
        (
            *words[: len(words) // 3],
            *chance.sample(
                [
                    "risk",
                    "outcome",
                    "quality",
                    "therapy",
                    "cohort",
                    "imaging",
                    "markers",
                    "survival",
                    "response",
                    "genes",
                ],
                5,
            ),
        )
    )
    return [replace(one, issue="Suppl 1", pages=page), replace(one, title=other, issue="Suppl 1", pages=page)]


def year_before(one: Copy, chance: random.Random) -> list[Copy]:
    """The same title in the same journal a year before: an abstract in its supplement."""
    volume = str(int(one.volume) - 1) if one.volume.isdigit() and one.volume != "1" else one.volume
    return [replace(one, year=one.year - 1, volume=volume, issue="Suppl", pages=f"{chance.randint(100, 900)}A")]
