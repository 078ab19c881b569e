"""When two references are one work. In doubt they stay two.

`certain` is for the import, which merges without asking; `judged` is for proposals to a person. Both look at the same
agreements (`agreeing`). A shared container, ISSN, publisher or subject decides nothing.
"""

from __future__ import annotations

from evidence.core.agreeing import Likeness, Verdict, agreements
from evidence.core.certainty import certainly
from evidence.core.likeness import view
from evidence.core.weighing import weighed
from evidence.model.reference import Reference

__all__ = ["Likeness", "Verdict", "certain", "judged"]


def certain(one: Reference, other: Reference) -> Verdict:
    """Whether two references may be merged without asking: then, and only then, the verdict is "same".

    It is when a PMID, DOI or PMCID is the same, the titles agree, the years are within one (two, when one is of the
    electronic publication), and volume, pages, edition, version and type do not clash. Identifiers are mistyped, a
    supplement's DOI stands on all its abstracts and a book's on its chapters: hence all the rest.
    """
    return certainly(agreements(view(one), view(other)))


def judged(one: Reference, other: Reference) -> Verdict:
    """What to propose to a person about two references.

    same: sure enough to be merged at a keypress; unsure: they look like one work; same-study: another report of the
    same study (an abstract and its paper, a preprint, a protocol, a follow-up, a second publication, another edition
    or version, a comment on it); different: nothing to propose.
    """
    return weighed(agreements(view(one), view(other)))
