"""Headings and rules to tags, each with the words that justify it. Pure: the same record gives the same claims.

A claim's `start` and `end` count in the text of its `field`; where a field has several texts (headings, keywords are
one, study facts have value, quote and unit) they count in the one that holds the `quote`: see `tagging_text.texts`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from evidence.core import tagging_designs, tagging_facts, tagging_text
from evidence.core.phrases import Phrasebook, Tokens
from evidence.core.roles import Role, roles, studied_by_default
from evidence.core.tagging_claims import Candidate, claims_of
from evidence.core.tagging_company import Company
from evidence.core.tagging_designs import of_others
from evidence.core.tagging_headings import Headings, Named
from evidence.core.tagging_reading import Finding, Reader, beside
from evidence.core.tagging_text import STRONG, kind
from evidence.model.record import Axis, Claim, Fact
from evidence.model.reference import Reference
from evidence.model.vocabulary import Term, Vocabulary

SCHEMES = frozenset({"condition", "solution", "design"})
MOST_FINDINGS = 400  # of one abstract; what comes after them adds nothing
_SOLUTIONS = (Axis.SOLUTION, Axis.COMPARATOR, Axis.ADJUNCT)
_ADDS = frozenset(
    {"role-versus", "role-control", "role-control-group", "role-usual", "role-added", "role-all", "role-or"}
)
# Without one of these a sentence of an abstract that names what is usually a control gives it no role.
_SETTING = frozenset({"group", "arm", "assigned", "allocated", "randomized", "randomised", "compare", "compared",
                      "comparing", "comparison", "control", "versus", "v", "vs", "both", "either"})  # fmt: skip


@dataclass(slots=True)
class Work:
    """One record while it is read: its passages' findings."""

    title: list[Finding]
    keywords: list[Finding]
    sentences: list[list[Finding]]
    facts: list[tuple[Fact, str, list[Finding]]]
    headings: list[Named]


class Tagger:
    """Tags references by a vocabulary."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        """Take the vocabulary in: its phrases as a tree of words, its headings as a table."""
        self._tokens = Tokens()
        self._book = Phrasebook(vocabulary, SCHEMES)
        self._reader = Reader(self._book)
        self._headings = Headings(vocabulary)
        self._terms = {(term.scheme, term.id): term for term in vocabulary.terms}
        self._above = {
            (term.scheme, term.id): vocabulary.broader(term.scheme, term.id) - {term.id} for term in vocabulary.terms
        }
        self._unneeded = {
            (term.scheme, term.id)
            for term in vocabulary.terms
            for word in term.ambiguous
            if word.bars and not word.needs
        }

    def claims(self, reference: Reference, facts: Sequence[Fact] = ()) -> tuple[Claim, ...]:
        """What the words of `reference` (and of `facts`) claim, by axis and term; at most three a term and field.

        Tags such as `<i>` are not read: text with them and without gives the same claims, with quotes as it stands.
        """
        bare = tagging_text.bare(reference)
        work = self._read(bare, facts)
        found = [*self._conditions(work), *self._solutions(work), *self._designs(work)]
        claims = claims_of(self._narrowest(found))
        return tuple(claims if bare is reference else (tagging_text.in_markup(one, reference) for one in claims))

    # --- reading -----------------------------------------------------------------------------------------------

    def _read(self, reference: Reference, facts: Sequence[Fact]) -> Work:
        """Every finding in every passage of the record."""
        title = tagging_text.title(reference, self._tokens)
        parts = tagging_text.facts(facts, self._tokens)
        most = tagging_text.MOST_CHARACTERS
        body = reference.fields.get("abstract", "")[:most]
        head = [reference.title, reference.fields.get("keyword", ""), *(one.label for one in reference.mesh)]
        head += [passage.text for _, _, passage in parts]
        head = [text[:most] for text in (*head, tagging_facts.virtual(facts))]
        company = Company(head, body, self._tokens)
        read = self._reader.read
        return Work(
            title=read(title, company) if title else [],
            keywords=[
                one for passage in tagging_text.keywords(reference, self._tokens) for one in read(passage, company)
            ],
            sentences=_few(
                read(one, company, hits) for one, hits in tagging_text.sentences(reference, self._tokens, self._book)
            ),
            facts=[(fact, part, found) for fact, part, one in parts if (found := read(one, company))],
            headings=list(self._headings.named(reference)),
        )

    def _term(self, scheme: str) -> Callable[[str], Term]:
        return lambda name: self._terms[scheme, name]

    # --- conditions --------------------------------------------------------------------------------------------

    def _conditions(self, work: Work) -> Iterator[Candidate]:
        """Title, else keywords, study population and abstract; headings always."""
        title = _of(work.title, "condition")
        yield from (_candidate(Axis.CONDITION, one) for one in title)
        abstract = [one for sentence in work.sentences for one in _of(sentence, "condition")]
        supported = self._supported(work)
        under = {one.id for one in title} | {one.id for one in abstract if one.id in supported}
        for named in work.headings:
            if named.scheme == "condition" and not (self._headings.over(named) & under):
                yield Candidate(Axis.CONDITION, named.id, named, named.rule)
        if not title:
            yield from (_candidate(Axis.CONDITION, one) for one in abstract if one.id in supported)
        if title:
            yield from self._narrower(abstract, {one.id for one in title})
            return
        keywords = _of(work.keywords, "condition")
        people = [
            one
            for fact, part, found in work.facts
            if fact.name == "population" and part == "value"
            for one in _of(found, "condition")
        ]
        yield from (_candidate(Axis.CONDITION, one) for one in (*keywords, *people))
        yield from (_candidate(Axis.CONDITION, one) for one in _weighed(abstract))

    def _supported(self, work: Work) -> set[str]:
        """The conditions that a heading on the record is broader than: it supports words found in the abstract."""
        every: set[str] = set()
        for named in work.headings:
            if named.scheme == "condition":
                every |= self._headings.over(named)
        return every

    def _narrower(self, found: Iterable[Finding], ids: set[str]) -> Iterator[Candidate]:
        """Terms of the abstract that are narrower than the title's, where it says what was done to whom."""
        for one in found:
            if not ids.isdisjoint(self._above[one.scheme, one.id]) and kind(one.passage) in {"aim", "methods"}:
                yield _candidate(Axis.CONDITION, one)

    # --- solutions ---------------------------------------------------------------------------------------------

    def _solutions(self, work: Work) -> Iterator[Candidate]:
        """Title and facts, then what the abstract adds; a placebo whose content is named gives way to it."""
        term = self._term("solution")
        said = roles(_of(work.title, "solution"), term)
        if not said:  # each keyword stands for itself
            said = [role for one in _of(work.keywords, "solution") for role in roles([one], term)]
        said += self._from_facts(work, said)
        said = _set_right(said, self._from_abstract(work, said))
        found = [Candidate(one.axis, one.finding.id, one.finding, one.rule) for one in said]
        found += self._agents(work, found)
        return iter(self._named_content(found))

    def _from_facts(self, work: Work, said: Sequence[Role]) -> list[Role]:
        term = self._term("solution")
        own: dict[str, list[list[Finding]]] = {"solution": [], "comparator": [], "concentration": []}
        for fact, part, found in work.facts:
            wanted = {"quote", "amount"} if fact.name == "concentration" else {"value"}
            if fact.name in own and part in wanted:
                own[fact.name].append(_of(found, "solution"))
        studied = [role for found in own["solution"] for role in tagging_facts.studied(found, term)]
        mixed = frozenset(role.finding.id for role in studied if role.axis is Axis.ADJUNCT)
        ids = frozenset(role.finding.id for role in (*said, *studied) if role.axis is Axis.SOLUTION)
        named = frozenset(role.finding.id for role in said if role.rule == "role-versus")
        ids = self._with_broader(ids) - named if studied else self._with_broader(ids)
        # A fact that names a comparator without what was studied turns round no comparison that the title makes.
        first = bool(studied) or not any(role.axis is Axis.COMPARATOR for role in said)
        versus = [
            role for found in own["comparator"] for role in tagging_facts.compared(found, term, ids, mixed, first=first)
        ]
        known = frozenset(role.finding.id for role in (*said, *studied, *versus))
        strengths = [role for found in own["concentration"] for role in tagging_facts.mixed_in(found, term, known)]
        return [*studied, *versus, *strengths]

    def _with_broader(self, ids: Iterable[str]) -> frozenset[str]:
        every = set(ids)
        for one in tuple(every):
            every |= self._above["solution", one]
        return frozenset(every)

    def _from_abstract(self, work: Work, said: Sequence[Role]) -> list[Role]:
        """What the abstract adds: the agent where the title names none, comparators and what is mixed in."""
        term = self._term("solution")
        studied = {one.finding.id for one in said if one.axis is Axis.SOLUTION}
        keyed = {one.finding.id for one in said if one.finding.passage.kind == "keyword"}
        # Keywords name things without their roles; where they name several, the abstract says which is which.
        known = {one.finding.id for one in said} - (keyed if len(keyed) > 1 else set())
        every: list[Role] = []
        for sentence in work.sentences:
            found = _of(sentence, "solution")
            if found and kind(found[0].passage) in STRONG and not of_others(found[0].passage):
                every += filter(_founded, roles(found, term, others=bool(studied)))
        every = [self._own_kind(one, studied) for one in every]
        if not studied:
            every = [one for one in every if one.finding.id not in known or one.axis is not Axis.SOLUTION]
            by_default = {one.finding.id for one in every if studied_by_default(term(one.finding.id))}
            return [
                one
                for one in every
                if (one.axis is not Axis.SOLUTION or (one.finding.id in by_default and _often(one, every)))
                and (one.axis is not Axis.ADJUNCT or by_default)
            ]
        return [one for one in every if self._adds(one, studied, known)]

    def _own_kind(self, role: Role, studied: set[str]) -> Role:
        """What is mixed in, but narrower than what is studied, is itself studied."""
        if role.axis is Axis.ADJUNCT and not studied.isdisjoint(self._above["solution", role.finding.id]):
            return Role(role.finding, Axis.SOLUTION, role.rule)
        return role

    def _adds(self, role: Role, studied: set[str], known: set[str]) -> bool:
        """Whether a role read in the abstract adds to what title and facts say."""
        name = role.finding.id
        if role.axis is Axis.SOLUTION:
            return not studied.isdisjoint(self._above["solution", name])
        # What is given with the solution may be given alone as the control, too.
        return (name not in known and role.rule in _ADDS) or (role.rule == "role-control-group" and name not in studied)

    def _agents(self, work: Work, found: Sequence[Candidate]) -> Iterator[Candidate]:
        """Headings name an agent, never its role: they back the role that words give, else the usual one if studied."""
        for named in work.headings:
            if named.scheme != "solution":
                continue
            axes = {one.axis for one in found if one.id == named.id}
            if not axes and studied_by_default(self._terms["solution", named.id]):
                axes = {Axis.SOLUTION}
            for axis in sorted(axes):
                yield Candidate(axis, named.id, named, named.rule)

    def _named_content(self, found: Sequence[Candidate]) -> list[Candidate]:
        """`found` without a comparator that is `unnamed`, where one that can be its content, or a fact, names it."""
        compared = {one.id for one in found if one.axis is Axis.COMPARATOR}
        stated = any(one.rule == "fact-comparator" and one.axis is Axis.COMPARATOR for one in found)
        kept = []
        for one in found:
            term = self._terms["solution", one.id]
            gone = "unnamed" in term.roles and (
                not compared.isdisjoint(term.related) or (stated and compared - {one.id})
            )
            if not gone:
                kept.append(one)
        return kept

    # --- designs -----------------------------------------------------------------------------------------------

    def _designs(self, work: Work) -> Iterator[Candidate]:
        """Publication types, headings and title; without them, the abstract and the study facts."""
        term = self._term("design")
        found = [_candidate(Axis.DESIGN, one) for one in _of(work.title, "design")]
        headed = [Candidate(Axis.DESIGN, one.id, one, one.rule) for one in work.headings if one.scheme == "design"]
        weak = [one for one in headed if one.rule == "publication-type-without"]
        found += [one for one in headed if one.rule != "publication-type-without"]
        over = any("over-studies" in term(one.id).roles for one in found)
        # A document that gives advice rests on reviews, which its abstract names: they are not what it is.
        if not (found and all(tagging_designs.advises(term(one.id)) for one in found)) and (not found or over):
            abstract = [
                one
                for sentence in work.sentences
                for one in tagging_designs.in_abstract(_of(sentence, "design"), term, self._bare)
                if not (over or weak) or "over-studies" in term(one.id).roles
            ]
            found += [_candidate(Axis.DESIGN, one) for one in tagging_designs.weighed(abstract, term)]
        if not found:
            for fact, part, said in work.facts:
                if tagging_designs.of_the_study(fact, part):
                    found += [_candidate(Axis.DESIGN, one) for one in _of(said, "design")]
        if not any("over-studies" in term(one.id).roles for one in found):
            found += weak
        own = tagging_designs.own((one.id for one in found), term)
        return (one for one in found if one.id in own)

    def _bare(self, one: Finding) -> bool:
        """Whether the finding rests on words that tag by the mere absence of others."""
        return one.rule == "guarded" and (one.scheme, one.id) in self._unneeded

    # --- narrowing ---------------------------------------------------------------------------------------------

    def _narrowest(self, found: Sequence[Candidate]) -> list[Candidate]:
        """`found` without what narrower terms imply and without the parts of a mixture, unless named beside them."""
        by_id: dict[tuple[str, str], list[Candidate]] = {}
        for one in found:
            by_id.setdefault((one.axis.scheme, one.id), []).append(one)
        dropped: set[tuple[Axis, str]] = set()
        for (scheme, name), narrow in by_id.items():
            over = {(scheme, above) for above in self._above[scheme, name]}
            over |= {key for key in by_id if key[0] == scheme and name in self._terms[key].part_of}
            axes = {one.axis for one in narrow}
            for key in over:
                if key in by_id and not _listed(by_id[key], narrow):
                    dropped |= {
                        (one.axis, one.id) for one in by_id[key] if one.axis is not Axis.SOLUTION or one.axis in axes
                    }
        return [one for one in found if (one.axis, one.id) not in dropped]


def _few(sentences: Iterable[list[Finding]]) -> list[list[Finding]]:
    """The sentences that have findings, until there are more findings than an abstract can mean."""
    kept: list[list[Finding]] = []
    left = MOST_FINDINGS
    for found in sentences:
        if found:
            kept.append(found[:left])
            left -= len(found)
            if left <= 0:
                break
    return kept


def _of(found: Iterable[Finding], scheme: str) -> list[Finding]:
    return [one for one in found if one.scheme == scheme]


def _candidate(axis: Axis, one: Finding) -> Candidate:
    return Candidate(axis, one.id, one, one.rule)


def _weighed(found: Sequence[Finding]) -> Iterator[Finding]:
    """Terms of an abstract whose title names none: in the aim, or in methods or conclusion and named again."""
    for one in found:
        times = sum(other.id == one.id for other in found)
        where = kind(one.passage)
        if where == "aim" or (times > 1 and where in STRONG) or (times > 2 and where == "results"):
            yield one


def _set_right(said: Sequence[Role], added: Sequence[Role]) -> list[Role]:
    """`said` and `added`, without what only keywords call studied and the abstract a comparator or mixed in."""
    other = {one.finding.id for one in added if one.axis is not Axis.SOLUTION}
    kept = [one for one in said if one.finding.passage.kind != "keyword" or one.finding.id not in other]
    return [*(kept or said), *added]


def _founded(role: Role) -> bool:
    """Whether a role read in an abstract rests on more than the usual role of what is named."""
    if role.rule != "role-usual":
        return True
    return role.axis is Axis.COMPARATOR and not _SETTING.isdisjoint(role.finding.passage.tokens)


def _often(role: Role, every: Sequence[Role]) -> bool:
    """Whether something studied is named in the aim, or more than once."""
    return kind(role.finding.passage) == "aim" or sum(one.finding.id == role.finding.id for one in every) > 1


def _listed(broader: Sequence[Candidate], narrower: Sequence[Candidate]) -> bool:
    return any(
        isinstance(one.source, Finding) and isinstance(other.source, Finding) and beside(one.source, other.source)
        for one in broader
        for other in narrower
    )
