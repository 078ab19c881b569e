"""What MeSH headings, publication types and the record's own type say: a table read once, looked up by id and label."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from evidence.core.phrases import Kept
from evidence.model.reference import Reference
from evidence.model.vocabulary import Vocabulary
from evidence.model.words import words

TAGGING = frozenset({"exactMatch", "narrowMatch"})
_RULES = {"exactMatch": "mesh-exact", "narrowMatch": "mesh-narrow"}
# MeSH qualifiers that say that a substance was looked at, not given: such a heading names no treatment.
MEASURED = frozenset(
    {"analysis", "blood", "urine", "metabolism", "cerebrospinal fluid", "biosynthesis", "genetics", "immunology",
     "physiology", "deficiency", "toxicity", "poisoning", "chemistry", "standards"}
)  # fmt: skip
_OWN = frozenset({"condition", "solution", "design"})
_MOST_LABELS = 20_000  # that are kept folded


@dataclass(frozen=True, slots=True)
class Named:
    """A term named by a heading: `field` is mesh, publication-types or type, `text` the label as the record has it."""

    scheme: str
    id: str
    field: str
    text: str
    rule: str


class Headings:
    """Headings to terms."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        """Take in what headings may do, and the guarded words `mesh:…` and `type:…`."""
        self._by_label: dict[str, list[tuple[str, str, str]]] = {}
        self._by_id: dict[str, list[tuple[str, str, str]]] = {}
        self._barred: list[tuple[str, str, str, frozenset[str]]] = []  # scheme, term, heading, those that bar it
        self._wide: dict[str, set[str]] = {}
        self._types: dict[str, list[tuple[str, str]]] = {}
        self._key = Kept(_key, _MOST_LABELS).__getitem__  # headings recur from record to record
        for term in vocabulary.terms:
            if term.scheme not in _OWN or term.qualifier:
                continue
            for match in term.mesh:
                if match.relation == "broadMatch" and term.scheme == "condition":
                    self._wide.setdefault(_key(match.label), set()).add(term.id)
                if match.relation in TAGGING:
                    said = (term.scheme, term.id, _RULES[match.relation])
                    self._by_label.setdefault(_key(match.label), []).append(said)
                    if match.id:
                        self._by_id.setdefault(match.id, []).append(said)
            for word in term.ambiguous:
                if word.text.startswith("mesh:"):
                    bars = frozenset(_key(bar.removeprefix("mesh:")) for bar in word.bars)
                    self._barred.append((term.scheme, term.id, _key(word.text[5:]), bars))
                elif word.text.startswith("type:"):
                    self._types.setdefault(word.text[5:], []).append((term.scheme, term.id))

    def named(self, reference: Reference) -> Iterator[Named]:
        """The terms that the headings of `reference` name by themselves."""
        for heading in reference.mesh:
            said = self._by_id.get(heading.id or "") or self._by_label.get(self._key(heading.label))
            if not said:
                continue
            measured = bool(heading.qualifiers) and MEASURED.issuperset(one.lower() for one in heading.qualifiers)
            for scheme, name, rule in said:
                if not (measured and scheme == "solution"):
                    yield Named(scheme, name, "mesh", heading.label, rule)
        if reference.mesh and self._barred:
            yield from self._guarded(reference)
        yield from self._guarded_types(reference)
        for label in reference.publication_types:
            for scheme, name, _ in self._by_label.get(self._key(label), ()):
                yield Named(scheme, name, "publication-types", label, "publication-type")
        for scheme, name in self._types.get(reference.type, ()):
            yield Named(scheme, name, "type", reference.type, "record-type")

    def over(self, named: Named) -> set[str]:
        """The conditions that the heading behind `named` is broader than, by the vocabulary's broadMatch."""
        return self._wide.get(self._key(named.text), set())

    def _guarded_types(self, reference: Reference) -> Iterator[Named]:
        """Publication types that say something only without others."""
        labels = {self._key(label): label for label in reference.publication_types}
        for scheme, name, wanted, bars in self._barred if labels else ():
            label = labels.get(wanted)
            if label is not None and bars.isdisjoint(labels):
                yield Named(scheme, name, "publication-types", label, "publication-type-without")

    def _guarded(self, reference: Reference) -> Iterator[Named]:
        """Headings that say something only without others: `mesh:A` barred by `mesh:B`."""
        labels = {self._key(heading.label): heading.label for heading in reference.mesh}
        for scheme, name, wanted, bars in self._barred:
            label = labels.get(wanted)
            if label is not None and bars.isdisjoint(labels):
                yield Named(scheme, name, "mesh", label, "mesh-without")


def _key(label: str) -> str:
    return " ".join(words(label))
