"""Plain words of a query to terms of the vocabulary: which runs of words name a term, and which are too unsure to."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from evidence.core.phrases import singular
from evidence.core.suggesting import closest
from evidence.errors import UnknownTermError
from evidence.model.record import Axis
from evidence.model.vocabulary import Guarded, Term, Vocabulary
from evidence.model.words import words

# English words that carry no subject. They are left out of a run of plain words, never out of a phrase or a field.
FUNCTION_WORDS = frozenset(
    words(
        "a about after against among an and are as at be been before between by can compared did do does during for from "
        "had has have help helps how if in into is it its may not of on or should than that the their then there these "
        "this those to using versus via vs was were what when where whether which who why will with without work works"
    )
)
# Words that join two things: "elbow or tennis" is no other order of "tennis elbow".
_JOINING = frozenset(("and", "or", "not", "versus", "vs", "with", "without", "than"))
# Where a term of each scheme may stand on a record that is about it. What is mixed in (adjunct) is asked for by name.
_AXES = {"condition": (Axis.CONDITION,), "solution": (Axis.SOLUTION, Axis.COMPARATOR), "design": (Axis.DESIGN,)}

Words = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Plain:
    """A plain word of a query as typed, and its folded words ("double-blind" has two). `idle`: a function word."""

    text: str
    words: tuple[str, ...]
    idle: bool = False


@dataclass(frozen=True, slots=True)
class Named:
    """A term by one of its names; `guard` None: the name is safe. `short`: an abbreviation."""

    term: Term
    guard: Guarded | None = None
    short: bool = False


@dataclass(frozen=True, slots=True)
class Unit:
    """Plain words that stand together: one word, or a run that names `terms`. `may`: terms that it is too unsure for."""

    plain: tuple[Plain, ...]
    terms: tuple[Term, ...] = ()
    may: tuple[Term, ...] = ()

    @property
    def text(self) -> str:
        """The words as typed, function words left out."""
        return " ".join(one.text for one in self.plain if not one.idle)

    @property
    def tags(self) -> tuple[tuple[Axis, str], ...]:
        """The tags that the words are widened to: a solution counts whether it is studied or compared with."""
        return tuple((axis, term.id) for term in self.terms for axis in _AXES.get(term.scheme, ()))


@dataclass(frozen=True, slots=True)
class Names:
    """What a query's words may name: by words, in the singular in their order and in any order; and abbreviations."""

    exact: dict[Words, list[Named]] = field(default_factory=dict)
    single: dict[Words, list[Named]] = field(default_factory=dict)
    loose: dict[Words, list[Named]] = field(default_factory=dict)
    short: dict[Words, list[Named]] = field(default_factory=dict)
    nothing: frozenset[Words] = frozenset()
    longest: int = 1

    def as_written(self, run: Sequence[Plain]) -> list[Named] | None:
        """What `run` names in just these words; [] when it looks like a term and is none; None when nothing."""
        said = _said(run)
        if len(said) <= self.longest:
            for spelled in self._spellings(said):
                if found := self.exact.get(spelled) or self.short.get(spelled):
                    return found
        return [] if said in self.nothing else None

    def in_singular(self, run: Sequence[Plain]) -> list[Named] | None:
        """What `run` names in this order, in whatever number; None when nothing."""
        return self._looked_up(self.single, _said(run), _singular)

    def any_order(self, run: Sequence[Plain]) -> list[Named] | None:
        """What `run` names in any order of its words; None when nothing, or when a word joins two things."""
        if len(run) < 2 or any(one.idle and one.words[0] in _JOINING for one in run):
            return None
        return self._looked_up(self.loose, _said(run), lambda words: tuple(sorted(_singular(words))))

    def _looked_up(
        self, where: dict[Words, list[Named]], said: Words, key: Callable[[Words], Words]
    ) -> list[Named] | None:
        if len(said) > self.longest:
            return None
        return next((found for spelled in self._spellings(said) if (found := where.get(key(spelled)))), None)

    def _spellings(self, said: Words) -> Iterator[Words]:
        """`said`, then with each abbreviation of one term put in full: "shoulder OA" is "shoulder osteoarthritis"."""
        yield said
        if len(said) > 1:
            full: list[str] = []
            for word in said:
                meant = self.short.get((word,), [])
                full += words(meant[0].term.label) if len(meant) == 1 else [word]
            if len(full) != len(said) or tuple(full) != said:
                yield tuple(full)


def names(vocabulary: Vocabulary, asked: Iterable[str]) -> Names:
    """The names in `vocabulary` that may stand among the folded words `asked`, whatever their number.

    Others are left out, for a query has a few words and a vocabulary a thousand names.
    """
    found = Names(nothing=frozenset(_content(words(text)) for text in vocabulary.nothing))
    asked = set(asked)
    longest = 1
    for term in vocabulary.terms:
        for guard in term.abbreviations:
            key = _content(words(guard.text))
            longest = max(longest, len(key))
            _put(found.short, key, Named(term, guard, short=True))
            _put(found.single, _singular(key), Named(term, guard, short=True))
            if key and asked.issuperset(key):
                asked.update(words(term.label))
    starts = {word[:_START] for word in asked} | FUNCTION_WORDS
    for term in vocabulary.terms:
        for text, named in _names_of(term):
            start = text[:_START].lower()
            if start.isascii() and start.isalpha() and start not in starts:
                continue
            said = words(text)
            if all(word[:_START] in starts for word in said):
                key = _content(said)
                longest = max(longest, len(key))
                single = _singular(key)
                _put(found.exact, key, named)
                _put(found.single, single, named)
                _put(found.loose, tuple(sorted(single)), named)
    return Names(found.exact, found.single, found.loose, found.short, found.nothing, longest)


_START = 3  # letters that no ending changes
_GREEK = ("oses", "yses", "eses")  # plurals of -osis, -ysis, -esis


def _singular(said: Iterable[str]) -> Words:
    """Words in the singular; both sides are read by this rule, so it need not be right. Stems would be too loose."""
    return tuple(
        f"{word[:-2]}is" if len(word) > 6 and word.endswith(_GREEK) else singular(word) for word in said
    )  # fmt: skip


def _names_of(term: Term) -> Iterator[tuple[str, Named]]:
    """Safe names first: a label that is guarded as well names its term, for a query means the label."""
    for text in (term.label, term.id, *term.synonyms, *term.hidden):
        yield text, Named(term)
    for guard in term.ambiguous:
        yield guard.text, Named(term, guard)


def _put(where: dict[Words, list[Named]], key: Words, named: Named) -> None:
    same = where.setdefault(key, [])
    if key and all(one.term is not named.term for one in same):
        same.append(named)


def _content(said: Sequence[str]) -> Words:
    """`said` without the function words within it; those at its ends belong to it ("in vitro")."""
    return tuple(word for at, word in enumerate(said) if word not in FUNCTION_WORDS or at in {0, len(said) - 1})


def _said(run: Sequence[Plain]) -> Words:
    last = len(run) - 1
    return tuple(word for at, one in enumerate(run) if not one.idle or at in {0, last} for word in one.words)


Look = Callable[[Sequence[Plain]], list[Named] | None]


def units(run: Sequence[Plain], known: Names, company: Collection[str]) -> list[Unit]:
    """`run` cut into units, the longest names first; of the same length, first as written, then in the singular, then in any order.

    `company` are all folded words of the query: what a guarded name needs or must not have beside it.
    """
    cut: list[Unit | Plain] = list(run)
    for size in range(known.longest + 3, 0, -1):  # a few function words may stand within a name
        for look in (known.as_written, known.in_singular, known.any_order):
            _cut(cut, size, look, company)
    return [one if isinstance(one, Unit) else Unit((one,)) for one in cut]


def _cut(cut: list[Unit | Plain], size: int, look: Look, company: Collection[str]) -> None:
    """Put a unit in the place of every window of `size` words that `look` knows, from left to right."""
    at = 0
    while at + size <= len(cut):
        window = [one for one in cut[at : at + size] if isinstance(one, Plain)]
        if len(window) == size and (size > 1 or not window[0].idle):
            unit = _unit(window, look(window), company)
            if unit:
                cut[at : at + size] = [unit]
        at += 1


def _unit(window: list[Plain], found: list[Named] | None, company: Collection[str]) -> Unit | None:
    if found is None:
        return None
    window = [replace(one, idle=one.idle and at not in {0, len(window) - 1}) for at, one in enumerate(window)]
    if safe := [one.term for one in found if one.guard is None]:
        return Unit(tuple(window), tuple(safe))
    sure = [one.term for one in found if _in_company(one, company)]
    if not sure and len(found) == 1 and found[0].short:
        sure = [found[0].term]
    if sure or not found:
        return Unit(tuple(window), tuple(sure))
    # Unsure words stay single words, for they are not known to belong together.
    return Unit(tuple(window), (), tuple(one.term for one in found)) if len(window) == 1 else None


def _in_company(named: Named, company: Collection[str]) -> bool:
    """Whether the query's other words make a guarded name mean its term. Bare words are never sure."""
    guard = named.guard
    if guard is None:
        return True
    own = set() if named.short else set(words(guard.text))
    others = [word for word in company if word not in own]
    if any(_stands(bar, others) for bar in guard.bars):
        return False
    return any(_stands(need, others) for need in guard.needs) if guard.needs else bool(guard.bars)


def _stands(text: str, company: Iterable[str]) -> bool:
    """Whether every word of `text` begins a word of the query."""
    company = list(company)
    return all(any(word.startswith(start) for word in company) for start in words(text))


def resolve(vocabulary: Vocabulary, axis: Axis, text: str, column: int | None = None) -> tuple[str, ...]:
    """The ids of the terms that `text` names on `axis`: by id, label, synonym or abbreviation, then in the singular.

    UnknownTermError, with the nearest names (and the `column` of the query), when there is none.
    """
    if term := vocabulary.term(axis.scheme, text.strip()):
        return (term.id,)
    if exact := vocabulary.named(axis.scheme, text):
        return tuple(term.id for term in exact)
    said = words(text)
    known = names(vocabulary, said)
    plain = [Plain(word, (word,), word in FUNCTION_WORDS) for word in said]
    for look in (known.as_written, known.in_singular, known.any_order):
        if found := tuple(one.term.id for one in look(plain) or () if one.term.scheme == axis.scheme):
            return found
    near = _near(vocabulary, axis, text)
    meant = f" Did you mean {' or '.join(near)}?" if near else ""
    raise UnknownTermError(
        f"The vocabulary has no {axis.value} “{_short(text)}”.{meant}",
        f"`evidence vocabulary {axis.value}` lists the terms.",
        column,
    )


def _near(vocabulary: Vocabulary, axis: Axis, text: str) -> list[str]:
    """The ids nearest to `text`: those whose names hold all its words, then those spelled like it."""
    by_name = {name: term.id for term in vocabulary.of(axis.scheme) for name in (term.id, term.label, *term.synonyms)}
    wanted = set(words(text)) - FUNCTION_WORDS
    holding = [term for name, term in by_name.items() if wanted and wanted <= set(words(name))]
    spelled = [by_name[name] for name in closest(text, by_name, cutoff=0.6)]
    return list(dict.fromkeys([*holding, *spelled]))[:3]


def _short(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:59]}…"
