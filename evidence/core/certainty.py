"""Whether two references that share an identifier are certainly one work: the rule of the import."""

from __future__ import annotations

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
from evidence.core.likeness import numbers_agree

WORDS = 4  # words that carry meaning, without which a title alone names no work


def certainly(found: Agreements) -> Verdict:
    """`identity.certain`, for agreements already found."""
    if not found.shared:
        return Verdict("different", 0.0, found.against)
    doubts = tuple(dict.fromkeys(_doubts(found)))
    because = (*found.shared, *agreed(found))
    return Verdict("unsure", 0.5, (*because, *doubts)) if doubts else Verdict("same", 0.999, because)


def _doubts(found: Agreements) -> list[str]:
    """Why two references that share an identifier are not clearly one work."""
    one, other = found.one, found.other
    placed = found.volume == "same" and found.pages == "same"
    doubts = [f"{name} differs" for name in _clashes(found)]
    doubts += ["title differs"] * (not titles_agree(found, placed=placed))
    doubts += ["issued differs"] * (not _years_fit(found, placed=placed))
    sure = placed and found.first and found.title.relation == "equal" and not two_of_pubmed(found)
    doubts += [f"{name} differs" for name in found.against if not sure]
    if found.against and one.version != other.version:
        doubts.append("version differs")
    if found.strangers:
        doubts.append("author differs")
    if found.journal == "clash" and found.pages != "same" and not (found.volume == "same" and len(found.shared) > 1):
        doubts.append("container-title differs")
    if (
        kinds_clash(found)
        or (one.kind != other.kind and not placed)
        or (one.abstract != other.abstract and found.pages != "same")
    ):
        doubts.append("type differs")
    return doubts


def _clashes(found: Agreements) -> list[str]:
    """The fields that tell two works apart, whatever else agrees."""
    one, other = found.one, found.other
    names = ["volume"] * (found.volume == "clash" or (found.volume == "near" and found.pages != "same"))
    names += ["page"] * (found.pages in {"clash", "near"})
    names += ["issue"] * (found.pages != "same" and _supplement(one.issue, other.issue))
    names += ["edition"] * (numbers_agree(one.edition, other.edition) == "clash")
    names += ["version"] * (versions_clash(one, other) or another_update(found))
    names += ["type"] * types_clash(one, other)
    numbers = [(each.reference.fields.get("number") or "").strip().lower() for each in (one, other)]
    names += ["number"] * bool(all(numbers) and numbers[0] != numbers[1])
    return names


def _supplement(one: str, other: str) -> bool:
    """Whether one stands in a supplement and the other in an issue of another number: an abstract and its paper."""
    supplement = one.startswith("s") != other.startswith("s")
    return bool(one and other) and supplement and one.lstrip("s") != other.lstrip("s")


def titles_agree(found: Agreements, *, placed: bool) -> bool:
    """Whether two titles are one, for works that share an identifier. `placed`: volume and first page agree too."""
    match, weight = found.title, found.weight
    if match.relation == "none" or weight == 0 or match.against in {"kind", "opposite", "sequel"}:
        return False
    known = found.first or (found.people or 0) >= 0.5
    if match.relation == "equal":
        return not match.against and (weight >= WORDS or known or placed)
    if weight < WORDS:
        return False
    some = placed or "same" in {found.volume, found.pages, found.journal}
    match match.relation:
        case "typed":
            return not match.against and some and (known or placed)
        case "slips":
            return not match.against and (found.pages == "same" or (known and found.volume == "same"))
        case "subtitle":
            return not match.figures or placed
        case "cut":
            return not match.figures and (placed or (some and known))
        case _:
            return False


def _years_fit(found: Agreements, *, placed: bool) -> bool:
    if found.years is None:
        return placed or (found.title.relation == "equal" and found.weight >= WORDS)
    return found.years <= (2 if found.one.electronic or found.other.electronic else 1)
