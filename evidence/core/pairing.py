"""Which records of a library may be one work: candidates by what they share, each weighed once, best first.

Not every record is compared with every other. Two are, when they share one of the keys that `_keys` gives: an
identifier, a title's beginning, two of its rarest words, a first page with a volume, year or author, an author and
year with a word. A key that too many share is made narrower, and at last only neighbours are compared.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

from evidence.core.agreeing import Agreements, Likeness, Verdict, agreements
from evidence.core.likeness import View, view
from evidence.core.likeness_journals import Journals
from evidence.core.weighing import joinable, weighed
from evidence.model.record import Record

BLOCK = 40  # records that share a key and are all compared with one another
NEIGHBOURS = 8  # of a key that more share: how many next ones each is compared with
CLUSTER = 12  # records that are taken for one work, up to which the pairs that are lacking are looked at
WITNESSES = 2  # works that must show two names to be one journal's

Key = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Pair:
    """Two records, by their keys, that may be one work or report one study; the rest as in `identity.Verdict`."""

    a: str
    b: str
    verdict: Likeness
    score: float
    because: tuple[str, ...]


def pairs(records: Iterable[Record], progress: Callable[[int, int], None] | None = None) -> list[Pair]:
    """The pairs of `records` that are worth a person's look, best first.

    Pairs that a person called distinct are left out. `progress` is told how many candidates are done, and of how many.
    """
    kept: list[_Kept] = []
    views: list[View] = []
    for record in records:
        kept.append(_Kept(record.key, record.id, frozenset(record.distinct)))
        views.append(view(record.reference))
    known = _learned(views)
    wanted = sorted((i, j) for i, j in _candidates(views) if not _distinct(kept[i], kept[j]))
    found = _weighed(views, wanted, known, progress)
    _completed(found, views, known, kept)
    listed = [Pair(kept[i].key, kept[j].key, pair.verdict, pair.score, pair.because) for (i, j), pair in found.items()]
    return sorted(listed, key=lambda pair: (_RANK[pair.verdict], -pair.score, pair.a, pair.b))


_RANK = {"same": 0, "unsure": 1, "same-study": 2, "different": 3}


@dataclass(frozen=True, slots=True)
class _Kept:
    key: str
    id: int | None
    distinct: frozenset[int]


Found = dict[tuple[int, int], Verdict]
"""Verdicts, by the places of the two records."""


def _distinct(one: _Kept, other: _Kept) -> bool:
    """Whether a person said that two are not one."""
    return other.id in one.distinct or one.id in other.distinct


def _learned(views: Iterable[View]) -> Journals:
    """Which names are one journal: those that stand in one record, or with one ISSN."""
    known = Journals()
    by_issn: dict[str, str] = {}
    for one in views:
        names = [journal.key for journal in one.journals]
        known.learn(names)
        for issn in (one.reference.fields.get("ISSN") or "").upper().split(", "):
            if len(issn) == 9 and names:
                known.learn((by_issn.setdefault(issn, names[0]), names[0]))
    return known


# --- candidates ---------------------------------------------------------------------------------------------------


def _candidates(views: Sequence[View]) -> set[tuple[int, int]]:
    """The pairs of places in `views` that share a key."""
    often = Counter(word for one in views for word in set(one.title.words))
    blocks: defaultdict[Key, list[int]] = defaultdict(list)
    for at, one in enumerate(views):
        for key in set(_keys(one, often)):
            blocks[key].append(at)
    found: set[tuple[int, int]] = set()
    for members in blocks.values():
        if len(members) > 1:
            found.update(_of_block(members, views))
    return found


def _keys(one: View, often: Counter[str]) -> Iterator[Key]:
    """What a record may be found by."""
    yield from one.ids.items()
    yield from (("trial", trial) for trial in one.trials)
    squashed = one.title.squashed
    for text in (squashed, *one.title.others):
        if text:
            yield ("title", text[:18])
    if len(squashed) > 30:
        yield ("end", squashed[-18:])
    rare = sorted(
        (word for word in set(one.title.words) if len(word) > 3 or often[word] < 3),
        key=lambda word: (often[word], word),
    )
    for two in combinations(rare[:4], 2):
        yield ("words", *sorted(two))
    first = max(one.people.first, key=len, default="")
    page, years = one.pages.first, [str(year) for year in one.years[:2]]
    if page and one.volume:
        yield ("place", page, one.volume)
    if page and first:
        yield ("page", page, first)
    for year in years:
        if page:
            yield ("page", page, year)
        if first:
            yield ("author", first, year)


def _of_block(members: list[int], views: Sequence[View]) -> Iterator[tuple[int, int]]:
    """The pairs of one block; of a large one those that share author, or place too, and neighbours."""
    if len(members) <= BLOCK:
        yield from combinations(members, 2)
        return
    narrower: defaultdict[Key, list[int]] = defaultdict(list)
    for at in members:
        one = views[at]
        if one.people.first:
            narrower["author", *one.people.first].append(at)
        if one.pages.first:
            narrower["page", one.pages.first].append(at)
        narrower["title", one.title.squashed[:40]].append(at)
    for group in narrower.values():
        if len(group) <= BLOCK:
            yield from combinations(group, 2)
            continue
        group.sort(key=lambda at: (views[at].title.squashed, views[at].volume, views[at].pages.first))
        for place, at in enumerate(group):
            yield from ((min(at, other), max(at, other)) for other in group[place + 1 : place + 1 + NEIGHBOURS])


# --- weighing -----------------------------------------------------------------------------------------------------


def _weighed(
    views: Sequence[View], wanted: list[tuple[int, int]], known: Journals, progress: Callable[[int, int], None] | None
) -> Found:
    """The verdicts on the candidates, without the different ones. Journals' names learnt on the way are used at the end."""
    found: Found = {}
    again: list[tuple[int, int]] = []
    shown: Counter[tuple[str, str]] = Counter()
    for done, (i, j) in enumerate(wanted):
        if progress and not done % 1000:
            progress(done, len(wanted))
        one, other = views[i], views[j]
        if _hopeless(one, other):
            continue
        both = agreements(one, other, known)
        if both.journal == "clash" and both.title.relation == "equal":
            again.append((i, j))
            if _plain_witness(both):
                mine, theirs = sorted((one.journals[0].key, other.journals[0].key))
                shown[mine, theirs] += 1
        _keep(found, (i, j), both)
    for names, times in shown.items():
        if times >= WITNESSES:
            known.learn(names)
    for i, j in again:
        _keep(found, (i, j), agreements(views[i], views[j], known))
    if progress:
        progress(len(wanted), len(wanted))
    return found


def _hopeless(one: View, other: View) -> bool:
    """Whether titles of different length, other people and other pages leave nothing to look at closely."""
    if one.ids.items() & other.ids.items() or one.trials & other.trials:
        return False
    if one.pages.first and one.pages.first == other.pages.first:
        return False
    mine, theirs = one.title.words, other.title.words
    shared = len(set(mine) & set(theirs))
    return shared * 2 < min(len(mine), len(theirs)) and not (one.title.others or other.title.others)


def _plain_witness(both: Agreements) -> bool:
    return both.volume == both.pages == "same" and both.first and both.years == 0 and both.weight > 4


def _keep(found: Found, pair: tuple[int, int], both: Agreements) -> None:
    verdict = weighed(both)
    if verdict.verdict != "different":
        found[pair] = verdict


def _completed(found: Found, views: Sequence[View], known: Journals, kept: Sequence[_Kept]) -> None:
    """Add the pairs that follow from others: A is B and B is C, and nothing tells A and C apart."""
    near: defaultdict[int, set[int]] = defaultdict(set)
    for (i, j), pair in found.items():
        if pair.verdict in {"same", "unsure"}:
            near[i].add(j)
            near[j].add(i)
    for middle in list(near):
        if len(near[middle]) > CLUSTER:
            continue
        for i, j in combinations(sorted(near[middle]), 2):
            if (i, j) in found and found[i, j].verdict != "same-study":
                continue
            if _distinct(kept[i], kept[j]) or not joinable(agreements(views[i], views[j], known)):
                continue
            score = min(found[min(i, middle), max(i, middle)].score, found[min(j, middle), max(j, middle)].score)
            found[i, j] = Verdict("unsure", round(score * 0.9, 4), ("title", f"both like {kept[middle].key}"))
