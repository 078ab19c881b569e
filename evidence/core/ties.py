"""Ties that a source names by PubMed number ("Erratum for … PMID: 1") as relations to the records that have it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from evidence.core.unions import pubmed_number, union
from evidence.model.reference import Reference, Relation

# A tie's name in `extra` is its relation's kind. Its value: one citation text, or a list of them.
KINDS = ("erratum-for", "comment-on")
MOST = 100  # ties of one kind that are looked at on one record


def ties(reference: Reference) -> Iterator[tuple[str, str]]:
    """The kind and the PubMed number of each work that `reference` says it corrects or comments on."""
    for kind in KINDS:
        said = reference.extra.get(kind)
        for text in (said if isinstance(said, list) else [said])[:MOST]:
            number = pubmed_number(text) if isinstance(text, str) else None
            if number:
                yield kind, number


def tied(reference: Reference, key: str, holder: Callable[[str], str | None]) -> Reference:
    """`reference` of the record `key` with a relation to each work it names that is here.

    `holder` gives the key of the record that has a PubMed number, None when there is none.
    """
    found = ((kind, holder(number)) for kind, number in ties(reference))
    return with_relations(reference, (Relation(kind, to) for kind, to in found if to and to != key))


def with_relations(reference: Reference, new: Iterable[Relation]) -> Reference:
    """`reference` with the relations of `new` that it lacks."""
    relations = union(reference.relations, tuple(new))
    return reference if relations == reference.relations else replace(reference, relations=relations)
