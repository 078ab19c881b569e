"""How far two titles say the same: word by word, and what keeps them apart."""

from __future__ import annotations

import re
from typing import Literal

from evidence.core.likeness_titles import ARTICLES, GREEK, Difference, Relation, Title, TitleMatch, squashed
from evidence.model.words import words

# Words that may be lacking without another meaning.
_EMPTY = frozenset(words("a an the of in on for and to by with from at as is are its their percent per vs versus v s"))
_SEQUEL = re.compile(
    r"\b(?:part|parts|follow ?up|followup|years? later|months? later|extension|update|updated|reanalysis|substudy|secondary|subgroup|"
    r"reply|comment|commentary|response|erratum|correction|protocol|interim|long term|editorial|letter|addendum)\b"
)
# Beginnings of words that make opposites or near kin of one another.
_OPPOSITES = (
    ("hyper", "hypo", "normo"), ("intra", "inter", "extra", "infra", "supra", "trans"), ("pre", "post", "peri", "pro", "per"),
    ("ab", "ad"), ("in", "out", "un", "im", "ir", "dis", "non", ""), ("endo", "exo", "ecto", "epi"),
    ("mono", "bi", "di", "tri", "uni", "multi", "poly", "tetra"), ("macro", "micro"), ("over", "under"), ("anti", "pro", ""),
    ("homo", "hetero"), ("sub", "super"), ("iso", "allo", "auto", "xeno"), ("e", "a", "i", "o"), ("fe", "", "wo"), ("de", "re", ""),
)  # fmt: skip


def compare(one: Title, other: Title) -> TitleMatch:
    """How `one` and `other` stand to each other."""
    if not one.words or not other.words:
        return TitleMatch("none", 0.0)
    against: Literal["", "kind"] = "kind" if one.kind != other.kind else ""
    if one.squashed == other.squashed:
        return TitleMatch("equal", 1.0, against)
    if _in_other_words(one, other):
        return TitleMatch("equal", 0.98, against)
    return _differing(one, other, against)


def _in_other_words(one: Title, other: Title) -> bool:
    return (
        one.squashed in other.others
        or other.squashed in one.others
        or bool(one.others and other.others and set(one.others) & set(other.others))
    )


def _differing(one: Title, other: Title, against: Literal["", "kind"]) -> TitleMatch:
    from rapidfuzz import fuzz

    ratio = fuzz.ratio(one.squashed, other.squashed) / 100
    short, long = sorted((one, other), key=lambda each: len(each.squashed))
    if long.squashed.startswith(short.squashed) and len(short.squashed) > 12:
        return _longer(short, long, ratio, against)
    if len(long.words) - len(short.words) in long.heads and long.squashed.endswith(short.squashed) and short.weight > 2:
        return TitleMatch("inside", ratio, against or ("number" if _numbers_differ(one, other) else ""))
    if ratio < 0.5:
        return TitleMatch("other", ratio, against)
    return _aligned(short, long, ratio, against)


def _longer(short: Title, long: Title, ratio: float, against: Literal["", "kind"]) -> TitleMatch:
    """`long` begins with `short`: a subtitle that one lacks, or a title that was cut off."""
    at, letters = 0, ""
    skipped = long.words[:1] if long.words[0] in ARTICLES else ()
    for at, word in enumerate(long.words[len(skipped) :], start=1):  # noqa: B007 - where the loop ends is looked for
        letters += word
        if len(squashed(letters)) >= len(short.squashed):
            break
    at += len(skipped)
    return _with_rest(long, at, ratio, against)


def _with_rest(long: Title, at: int, ratio: float, against: Literal["", "kind"]) -> TitleMatch:
    """The match of `long` with a title that ends where its word number `at` does."""
    rest = long.words[at:]
    relation: Relation = "subtitle" if at in long.heads or not rest else "cut"
    figures = any(ch.isdigit() for word in rest for ch in word)
    if against:
        return TitleMatch(relation, ratio, against, figures)
    if _SEQUEL.search(" ".join(rest[:8])):
        return TitleMatch(relation, ratio, "sequel", figures)
    return TitleMatch(relation, ratio, "number" if figures and len(rest) < 4 else "", figures)


def _numbers_differ(one: Title, other: Title) -> bool:
    return one.numbers != other.numbers and sorted("".join(one.numbers)) != sorted("".join(other.numbers))


def _aligned(short: Title, long: Title, ratio: float, against: Literal["", "kind"]) -> TitleMatch:
    """The titles word by word: which differ, and whether by a slip of typing, an opposite or another word."""
    far: Relation = "close" if ratio > 0.8 else "other"
    if against:
        return TitleMatch(far, ratio, against)
    differences = _differences(short.words, long.words)
    tail = _tail(short, long, differences)
    if tail is not None:
        differences = differences[:-1]
    found = [_difference(mine, theirs, lost=short.lost or long.lost) for mine, theirs in differences]
    slips = found.count("slip") + found.count("typed")
    wrong = [one for one in found if one not in {"none", "slip", "typed"}]
    if not wrong and slips <= 1 + len(short.words) // 6:
        if tail is not None:
            return _with_rest(long, tail, ratio, "")
        figures = _numbers_differ(short, long)
        relation: Relation = "slips" if "slip" in found else "typed" if slips else "equal"
        return TitleMatch(relation, max(ratio, 0.95), "number" if figures else "", figures)
    if _numbers_differ(short, long):
        return TitleMatch(far, ratio, "number", figures=True)
    if "opposite" in wrong:
        return TitleMatch(far, ratio, "opposite")
    if any(
        _SEQUEL.search(" ".join((*mine, *theirs)))
        for (mine, theirs), one in zip(differences, found, strict=True)
        if one == "other"
    ):
        return TitleMatch(far, ratio, "sequel")
    return TitleMatch(far, ratio, "word" if "word" in wrong else "")


def _tail(short: Title, long: Title, differences: list[tuple[tuple[str, ...], tuple[str, ...]]]) -> int | None:
    """The place from which on `long` goes on where `short` has ended (perhaps within a word); None: it does not."""
    if not differences or short.weight < 3:
        return None
    mine, theirs = differences[-1]
    if short.words[-1:] == long.words[-1:] or len("".join(theirs)) < 8 or not "".join(theirs).startswith("".join(mine)):
        return None
    if len(mine) > 1 or (mine and mine[-1] != short.words[-1]):
        return None
    return len(long.words) - len(theirs) + len(mine)


def _differences(one: tuple[str, ...], other: tuple[str, ...]) -> list[tuple[tuple[str, ...], tuple[str, ...]]]:
    from rapidfuzz.distance import Levenshtein

    found: list[tuple[tuple[str, ...], tuple[str, ...]]] = []
    mine: tuple[str, ...] = ()
    theirs: tuple[str, ...] = ()
    for step in Levenshtein.opcodes(one, other):
        if step.tag == "equal":
            if mine or theirs:
                found.append((mine, theirs))
            mine = theirs = ()
            continue
        mine += one[step.src_start : step.src_end]
        theirs += other[step.dest_start : step.dest_end]
    return [*found, (mine, theirs)] if mine or theirs else found


def _difference(mine: tuple[str, ...], theirs: tuple[str, ...], *, lost: bool) -> Difference:
    """What two runs of words that stand in the same place differ by."""
    one, other = squashed("".join(mine)), squashed("".join(theirs))
    if one == other:
        return "none"
    left = tuple(word for word in mine if word not in _EMPTY)
    right = tuple(word for word in theirs if word not in _EMPTY)
    one, other = squashed("".join(left)), squashed("".join(right))
    if one == other or _greek_lost(left, right, lost=lost):
        return "none"
    if len(mine) == len(theirs) == 1 and (sorted(mine[0]) == sorted(theirs[0]) or _slip(mine[0], theirs[0]) == "typed"):
        return "typed"  # "nad", "annd"
    if not one or not other or one.isdigit() or other.isdigit():
        return "other"
    if len(left) == len(right) == 1 and _opposed(one, other):
        return "opposite"
    if (slip := _slip(one, other)) != "none":
        return slip
    return "word" if len(left) < 4 and len(right) < 4 and not _alike(one, other) else "other"


def _alike(one: str, other: str) -> bool:
    """Whether one run of words may stand for the other: it begins so, or is an abbreviation of it."""
    from rapidfuzz import fuzz

    if max(len(one), len(other)) < 6:
        return False  # "rats" and "cats"
    return one[:3] == other[:3] or fuzz.ratio(one, other) > 60


def _greek_lost(one: tuple[str, ...], other: tuple[str, ...], *, lost: bool) -> bool:
    """Whether Greek letters stand on one side only, as "a" and "b" or nowhere on the other."""
    for greek, rest in ((one, other), (other, one)):
        if greek and all(word in GREEK for word in greek):
            if rest:
                return len(greek) == len(rest) and all(a[0] == b for a, b in zip(greek, rest, strict=True))
            return lost
    return False


def _opposed(one: str, other: str) -> bool:
    """Whether two words are hyper- and hypo-, pre- and post-, one with and one without "non"."""
    for group in _OPPOSITES:
        for mine in group:
            if not one.startswith(mine):
                continue
            rest = one[len(mine) :]
            if len(rest) > 2 and any(theirs != mine and other == theirs + rest for theirs in group):
                return True
    return False


def _slip(one: str, other: str) -> Difference:
    """Whether two words are one, but for a letter (two in long words), or singular and plural; "none" when they are not.

    typed: letters are lost, doubled or swapped, which hardly ever makes another word; slip: one stands for another.
    """
    from rapidfuzz.distance import OSA

    longest = max(len(one), len(other))
    if longest < 4:
        return "none"
    if sorted(one) == sorted(other) or (one[0] == other[0] and abs(len(one) - len(other)) == 1):
        return "typed" if OSA.distance(one, other, score_cutoff=1) <= 1 else "none"
    if longest < 6:
        return "none"
    room = 1 if longest < 10 else 2
    return "slip" if OSA.distance(one, other, score_cutoff=room) <= room else "none"
