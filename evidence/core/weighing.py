"""How much each agreement of two references weighs, and what it adds up to.

The sum of the points is a log-odds: its logistic is the score. Points were set by hand from what a field can show,
and moved a little on generated sets (`scripts/bench_duplicates`); the rules of ASySD and BibDedupe were a guide.

| field            | agrees                                    | differs                                    |
| ---------------- | ----------------------------------------- | ------------------------------------------ |
| title            | 5.5 (1 to 4 words: 0.5 to 4)              | down to -9, by how much; a number: -4 more |
| authors          | 2.5 (first one), 1 (half of them)         | -4                                         |
| year             | 1 (same), 0 (one apart)                   | -2 (two), -4 (more)                        |
| journal          | 1.5                                       | -2.5                                       |
| volume, issue    | 2, 0.5                                    | -2.5, -0.5                                 |
| first page       | 3 (near 1)                                | -3                                         |
| PMID, DOI, PMCID | 6                                         | -4                                         |

A field that one of them does not state counts nothing. What is told apart by a rule (`_veto`) needs no sum.
"""

from __future__ import annotations

import math
from dataclasses import replace

from evidence.core.agreeing import (
    Agreements,
    Verdict,
    agreed,
    another_update,
    kinds_clash,
    two_of_pubmed,
    types_clash,
    versions_clash,
)
from evidence.core.certainty import certainly
from evidence.core.likeness import Agreement, apart, numbers_agree

LEAST = 0.0  # log-odds from which on a pair is proposed
SURE = 5.0  # and from which on it is called the same, when nothing speaks against it


def weighed(found: Agreements) -> Verdict:
    """The class, the score and the deciding fields of two references."""
    sure = certainly(found)
    if sure.verdict == "same":
        return sure
    found = _in_print(found)
    veto = _veto(found)
    points = _points(found)
    score = 1 / (1 + math.exp(-max(-30.0, min(30.0, points))))
    if not veto and points >= LEAST:
        clashes = _differing(found)
        same = points >= SURE and not clashes and _well_placed(found)
        return Verdict("same" if same else "unsure", round(score, 4), (*found.shared, *agreed(found), *clashes))
    if because := _one_study(found):
        return Verdict("same-study", round(min(score, 0.5), 4), (*because, *_differing(found, veto)))
    return Verdict("different", round(min(score, 0.5), 4), tuple(_differing(found, veto)))


def _in_print(found: Agreements) -> Agreements:
    """`found`, where the pages of an article ahead of print ("1-7", no volume) say nothing of those in print."""
    ahead = any(each.pages.first == "1" and each.pages.last and not each.volume for each in (found.one, found.other))
    return replace(found, pages="unknown") if ahead and found.pages == "clash" else found


def _well_placed(found: Agreements) -> bool:
    """Whether title, first author and year agree, and the first page with the journal or volume."""
    place = found.pages == "same" and "same" in {found.journal, found.volume}
    near = found.years is not None and found.years <= 1
    return place and found.first and near and found.title.relation in {"equal", "typed", "slips"}


def _points(found: Agreements) -> float:
    points = _title_points(found) + _people_points(found) + _year_points(found)
    points += {"same": 1.5, "clash": -2.5, "unknown": 0.0}[found.journal]
    points += {"same": 2.0, "clash": -3.0, "near": 0.0, "unknown": 0.0}[found.volume]
    points += {"same": 0.5, "clash": -1.0, "near": 0.0, "unknown": 0.0}[found.issue]
    points += {"same": 3.0, "clash": -3.0, "near": 1.0, "unknown": 0.0}[found.pages]
    points += 6.0 * bool(found.shared) - (4.0 if found.pages == "same" else 6.0) * len(found.against)
    return points - 3.0


_SHORT = (0.0, 0.5, 1.5, 3.0, 4.0)  # points for a title of so many words that carry meaning


def _title_points(found: Agreements) -> float:
    match, weight = found.title, found.weight
    full = 5.5 if weight > 4 else _SHORT[weight]
    off = -4.0 if match.against in {"number", "opposite", "sequel"} else 0.0
    match match.relation:
        case "none":
            return 0.0
        case "equal" | "typed" | "slips":
            return full + off
        case "subtitle" | "cut":
            return min(full, 4.5 if weight > 4 else 1.0) + off
        case "inside":
            return min(full, 2.5) - 1.0 + off
        case _:
            mine, theirs = found.one.title, found.other.title
            foreign = (
                not (mine.english and theirs.english) and len(set(mine.words) & set(theirs.words)) < 3 and found.first
            )
            return min(full, 2.5, max(-3.0 if foreign else -9.0, (match.ratio - 0.9) * 50)) + off


def _people_points(found: Agreements) -> float:
    if found.people is None:
        return 0.0
    if found.first:
        one, other = found.one.people, found.other.people
        clash = bool(one.initial and other.initial and one.initial != other.initial and found.people < 1.0)
        return 1.0 if clash else 2.5
    if found.people >= 0.5:
        return 1.0
    return -1.0 if found.one.people.group or found.other.people.group else -4.0


def _year_points(found: Agreements) -> float:
    if found.years is None:
        return 0.0
    return (1.0, 0.0, -3.5, -6.0)[min(found.years, 3)]


def _veto(found: Agreements) -> str:
    """The field that tells two works apart whatever else agrees; "" when none does."""
    one, other = found.one, found.other
    if types_clash(one, other):
        return "type"
    if (found.title.against == "kind" and found.pages != "same") or kinds_clash(found):
        return "type"
    if "PMID" in found.against and _other_words(found):
        return "PMID"
    if numbers_agree(one.edition, other.edition) == "clash":
        return "edition"
    if versions_clash(one, other) or another_update(found):
        return "version"
    places: tuple[Agreement, ...] = (found.volume, found.pages)
    if found.journal == "clash" and "same" not in places and not found.shared:
        return "container-title"
    if found.volume == "clash" and found.years and found.pages != "same":
        return "volume"
    if found.pages == "clash" and not found.shared and (found.issue == "clash" or found.volume != "same"):
        return "page"
    if found.pages == "clash" and (one.pages.letters == "s") != (other.pages.letters == "s") and not found.shared:
        return "page"
    if found.years is not None and found.years > 2 and found.pages != "same" and not found.shared:
        return "issued"
    if found.volume == "clash" and found.pages == "clash":
        return "volume"
    if found.title.relation in {"close", "other"} and apart(one.pages, other.pages):
        return "page"
    if found.title.against in {"number", "opposite", "sequel", "word"} and not (
        found.pages == "same" and found.volume != "clash"
    ):
        return "title"
    if found.weight < 3 and "clash" in places:
        return "title"
    return ""


def _other_words(found: Agreements) -> bool:
    """Whether two titles differ by more than slips; by a subtitle too, but for works that begin on one page.

    There a number may have been mistyped: not where PubMed itself has both.
    """
    match = found.title
    if match.against or match.relation in {"equal", "typed", "slips"}:
        return bool(match.against)
    placed = found.pages == "same" and found.volume != "clash"
    return match.relation not in {"subtitle", "cut"} or not placed or two_of_pubmed(found)


def _differing(found: Agreements, *more: str) -> tuple[str, ...]:
    names = [f"{name} differs" for name in (*(one for one in more if one), *found.against)]
    names += ["title differs"] * bool(found.title.against or found.title.relation in {"close", "other"})
    names += ["author differs"] * found.strangers
    names += ["issued differs"] * (found.years is not None and found.years > 1)
    names += ["container-title differs"] * (found.journal == "clash")
    names += ["volume differs"] * (found.volume == "clash")
    names += ["page differs"] * (found.pages == "clash")
    return tuple(dict.fromkeys(names))


def _one_study(found: Agreements) -> tuple[str, ...]:
    """The fields that show two works to be reports of one study; () when nothing does."""
    if found.one.trials & found.other.trials and not found.strangers:
        return ("trial registration",)
    match = found.title
    if found.weight < 4 or match.relation == "none":
        return ()
    about = found.one.kind != found.other.kind or match.relation == "inside"
    if not (_tells_of_one(found) or (about and match.ratio > 0.7)):
        return ()
    company = found.first or (found.people or 0.0) >= 0.5
    if company or (about and found.weight > 4 and match.relation in {"equal", "inside"}):
        return ("title", *(["author"] if found.first else []))
    return ()


def _tells_of_one(found: Agreements) -> bool:
    """Whether two titles tell of one study: alike, or one goes on; not another number, or word, in a place."""
    match = found.title
    if match.relation in {"equal", "typed", "slips", "subtitle", "cut", "inside"}:
        return True
    if found.one.preprint != found.other.preprint:
        return match.ratio > 0.85
    return match.ratio > 0.8 if match.against == "sequel" else match.ratio > 0.9 and not match.against


def joinable(found: Agreements) -> bool:
    """Whether two works that are each like a third may be one: no rule tells them apart, and not much speaks against it."""
    near = found.title.relation in {"equal", "typed", "slips", "subtitle", "cut"} or found.pages == "same"
    return near and not _veto(found) and _points(found) > -3.0
