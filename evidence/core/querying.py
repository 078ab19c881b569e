"""A query's text to its tree, and filters put upon it. The language is the contract's; docs/decisions/0004 says why.

Words are ANDed; AND, OR and NOT in capitals are read strictly from left to right and brackets override, as PubMed
does; words side by side that name a term of the vocabulary are one unit and are widened to the term's tag.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace

from evidence.core.expanding import FUNCTION_WORDS, Names, Plain, Unit, names, resolve, units
from evidence.core.query_fields import fielded, level_range, prefix
from evidence.core.query_text import OPERATORS, Token, tokens
from evidence.core.reading import EVERYTHING, Joint, Piece, joined, levels, tag_text, without, years
from evidence.errors import QuerySyntaxError, UsageError
from evidence.model.query import And, Everything, Expansion, Or, ParsedQuery, Part, Phrase, Tagged, Word
from evidence.model.record import Axis
from evidence.model.vocabulary import Vocabulary
from evidence.model.words import words

DEEPEST = 100  # brackets within brackets, and changes between AND and OR
MOST = 1000  # words, phrases and field values of one query
_AXES = {axis.value: axis for axis in Axis}
_MIXED = "AND and OR stand side by side and were read from left to right (words side by side are ANDed); brackets change that."


@dataclass(slots=True)
class _Item:
    """An operand within brackets: how it is joined to what stands before it ("" for side by side), and negated or not."""

    joint: str
    negated: bool
    operand: Piece | Plain


@dataclass(slots=True)
class _Level:
    """The inside of one pair of brackets as far as it is read: its items, and the operator that waits for an operand."""

    column: int
    items: list[_Item] = field(default_factory=list)
    waiting: Token | None = None
    joint: str = ""
    negated: bool = False

    def add(self, operand: Piece | Plain) -> None:
        self.items.append(_Item(self.joint, self.negated, operand))
        self.waiting, self.joint, self.negated = None, "", False

    def operator(self, token: Token) -> None:
        if token.text == "NOT":
            self.negated = not self.negated
        elif self.waiting:
            raise QuerySyntaxError(f"{token.text} follows {self.waiting.text} with nothing between them.", token.column)
        elif not self.items:
            raise QuerySyntaxError(f"{token.text} needs something in front of it.", token.column)
        else:
            self.joint = token.text
        self.waiting = token

    def close(self) -> None:
        if self.waiting:
            raise QuerySyntaxError(f"{self.waiting.text} needs something after it.", self.waiting.column)


def parse_query(text: str, vocabulary: Vocabulary | None = None, *, no_expand: Collection[str] = ()) -> ParsedQuery:
    """`text` as a query; empty text is everything.

    Without a vocabulary nothing is widened and tags are taken as ids. `no_expand` names words (or runs of them, as
    typed) that are not widened. QuerySyntaxError with a 0-based column when it cannot be read, UnknownTermError with
    the nearest terms, NotBuiltError for PubMed's own tags.
    """
    return _Parser(text, vocabulary, no_expand).read()


class _Parser:
    """Reads one query. What it meets on the way (expansions, warnings) is kept beside the tree."""

    def __init__(self, text: str, vocabulary: Vocabulary | None, no_expand: Collection[str]) -> None:
        self.text = text
        self.vocabulary = vocabulary
        self.no_expand = {tuple(words(word)) for word in no_expand}
        self.names = Names()
        self.expansions: dict[str, Expansion] = {}
        self.warnings: dict[str, None] = {}
        self.left_out: dict[str, None] = {}
        self.company: frozenset[str] = frozenset()

    def read(self) -> ParsedQuery:
        found = tokens(self.text)
        operands = [token for token in found.tokens if token.kind not in {"(", ")", "operator"}]
        if len(operands) > MOST:
            raise QuerySyntaxError(f"The query has more than {MOST} words.", operands[MOST].column, "Ask in parts.")
        self.company = frozenset(word for token in operands if not token.field for word in token.words)
        if self.vocabulary:
            self.names = names(self.vocabulary, self.company)
        piece = self._tree(found.tokens)
        for typed in dict.fromkeys(found.wordless):
            self.warnings[f"“{typed[:40]}” holds no word and was left out."] = None
        if self.left_out:
            self.warnings[_left_out(self.left_out)] = None
        parts = piece.parts if piece.joint == "AND" else (piece,)
        return ParsedQuery(
            text=self.text,
            query=piece.query,
            read_as=piece.text,
            parts=tuple(Part(part.name, part.query, part.text) for part in parts if part.query != Everything()),
            expansions=tuple(self.expansions.values()),
            warnings=tuple(self.warnings),
        )

    def _tree(self, found: Sequence[Token]) -> Piece:
        """The tokens as one piece; an own stack instead of recursion, so that brackets have a limit of ours."""
        stack = [_Level(0)]
        for at, token in enumerate(found):
            if token.kind == "(":
                if len(stack) > DEEPEST:
                    raise QuerySyntaxError(f"More than {DEEPEST} brackets stand within each other.", token.column)
                stack.append(_Level(token.column))
            elif token.kind == ")":
                if len(stack) == 1:
                    raise QuerySyntaxError("This bracket closes none that was opened.", token.column)
                level = stack.pop()
                level.close()
                if not level.items:
                    raise QuerySyntaxError("There is nothing within these brackets.", level.column)
                stack[-1].add(self._folded(level))
            elif token.kind == "operator":
                stack[-1].operator(token)
            else:
                stack[-1].add(self._operand(token, first=not at))
        if len(stack) > 1:
            raise QuerySyntaxError("This bracket is never closed.", stack[-1].column)
        stack[0].close()
        return self._folded(stack[0])

    def _folded(self, level: _Level) -> Piece:
        """The items of one pair of brackets, joined strictly from left to right."""
        joint: Joint = "AND"
        waiting: list[Piece] = []
        changes = 0
        for how, piece in self._widened(level.items):
            wanted: Joint = "OR" if how == "OR" else "AND"
            if wanted != joint and len(waiting) > 1:
                waiting = [joined(joint, waiting)]
                changes += 1
            joint = wanted
            waiting.append(piece)
        if changes > DEEPEST:
            raise QuerySyntaxError(
                f"AND and OR take turns more than {DEEPEST} times.",
                level.column,
                "Put brackets around what belongs together.",
            )
        if changes:
            self.warnings[_MIXED] = None
        piece = joined(joint, waiting) if waiting else EVERYTHING
        if piece.depth > 2 * DEEPEST:
            raise QuerySyntaxError("The query is nested too deeply.", level.column, "Ask in parts.")
        return piece

    def _widened(self, items: Sequence[_Item]) -> Iterator[tuple[str, Piece]]:
        """Each operand with its operator, every run of plain words cut into units that are one operand each."""
        at = 0
        while at < len(items):
            item = items[at]
            at += 1
            if isinstance(item.operand, Piece):
                pieces = [item.operand]
            else:
                run = [item.operand]
                while at < len(items) and not (items[at].joint or items[at].negated):
                    more = items[at].operand
                    if not isinstance(more, Plain):
                        break
                    run.append(more)
                    at += 1
                pieces = list(self._run(run))
            yield item.joint, without(pieces[0]) if item.negated else pieces[0]
            yield from (("", piece) for piece in pieces[1:])

    def _operand(self, token: Token, *, first: bool) -> Piece | Plain:
        if token.kind == "everything":
            return EVERYTHING
        if token.field in _AXES:
            return self._term(_AXES[token.field or ""], token)
        if token.kind == "prefix" and len(token.words) > 1:
            self.warnings[f"“{token.text}*” was read as its words, side by side or not."] = None
        if token.field:
            return fielded(token)
        if token.kind == "phrase":
            return Piece(Phrase(token.words), f'"{token.text}"')
        if token.kind == "prefix":
            return prefix(token)
        low = token.text.lower()
        idle = low in FUNCTION_WORDS and (token.text == low or (first and token.text == low.capitalize()))
        return Plain(token.text, token.words, idle)

    def _run(self, run: list[Plain]) -> Iterator[Piece]:
        """Plain words side by side: units that the vocabulary knows, then words; function words fall away."""
        if run[-1].idle and run[-1].words == ("a",):
            run[-1] = replace(run[-1], idle=False)  # "hepatitis a": an article has something after it
        if all(one.idle for one in run):
            run = [replace(one, idle=False) for one in run]
        for unit in units(run, self.names, self.company):
            if unit.plain[0].idle:
                self.left_out[unit.plain[0].text] = None
            else:
                yield self._unit(unit)

    def _unit(self, unit: Unit) -> Piece:
        said = [_word(one) for one in unit.plain if not one.idle]
        piece = said[0]
        if len(said) > 1:
            tree = tuple(dict.fromkeys(one.query for one in said))
            piece = Piece(And(tree) if len(tree) > 1 else tree[0], unit.text, label=unit.text, unit=True)
        typed = tuple(word for one in unit.plain for word in one.words)
        content = tuple(word for one in unit.plain if not one.idle for word in one.words)
        if typed in self.no_expand or content in self.no_expand:
            return piece
        if unit.may:
            may = " or ".join(f"{term.scheme}:{term.id}" for term in unit.may[:3])
            self.warnings[f"“{unit.text}” by itself was not widened; it may mean {may}."] = None
        if not unit.tags:
            return piece
        tags = [_tagged(axis, term) for axis, term in unit.tags]
        word = " ".join(one.text for one in unit.plain).lower()
        self.expansions[word] = Expansion(word, tuple(tag.text for tag in tags))
        return replace(joined("OR", [piece, *tags]), label=unit.text)

    def _term(self, axis: Axis, token: Token) -> Piece:
        if token.kind == "prefix":
            raise QuerySyntaxError(f"A term after {axis.value}: is written in full.", token.column)
        if self.vocabulary is None:
            return _tagged(axis, token.text)
        return _any(axis, resolve(self.vocabulary, axis, token.text, token.column))


def _word(plain: Plain) -> Piece:
    return Piece(Word(plain.words[0]) if len(plain.words) == 1 else Phrase(plain.words), plain.text)


def _tagged(axis: Axis, term: str) -> Piece:
    return Piece(Tagged(axis, term), tag_text(axis, term))


def _any(axis: Axis, terms: Sequence[str]) -> Piece:
    return joined("OR", [_tagged(axis, term) for term in terms])


def _left_out(typed: Collection[str]) -> str:
    said = ", ".join(f"“{word}”" for word in typed)
    capitals = [word.upper() for word in typed if word.upper() in OPERATORS]
    hint = f" Operators are written in capitals: {', '.join(capitals)}." if capitals else ""
    return f"Not searched for, being common words: {said}. Put them in quotation marks to search for them.{hint}"


def narrowed(
    parsed: ParsedQuery, *, condition: Sequence[str] = (), solution: Sequence[str] = (), comparator: Sequence[str] = (),
    adjunct: Sequence[str] = (), design: Sequence[str] = (), since: int | None = None, until: int | None = None,
    level: str | None = None, vocabulary: Vocabulary,
) -> ParsedQuery:  # fmt: skip
    """`parsed` with filters: one option's terms are ORed, different options ANDed; `level` is "1" or "1-2".

    Terms by id, label or synonym. UnknownTermError with the nearest terms; UsageError for a level or years that are none.
    """
    asked = {
        Axis.CONDITION: condition, Axis.SOLUTION: solution, Axis.COMPARATOR: comparator, Axis.ADJUNCT: adjunct,
        Axis.DESIGN: design,
    }  # fmt: skip
    filters = [
        _any(axis, [term for text in texts for term in resolve(vocabulary, axis, text)])
        for axis, texts in asked.items()
        if texts
    ]
    if since is not None and until is not None and since > until:
        raise UsageError(f"The years run backwards: {since} to {until}.", "Give the earlier one as --since.")
    if since is not None or until is not None:
        filters.append(years(since, until))
    if level is not None:
        filters.append(levels(*level_range(level)))
    return _filtered(parsed, [one for one in filters if all(one.query != part.query for part in parsed.parts)])


def _filtered(parsed: ParsedQuery, filters: Sequence[Piece]) -> ParsedQuery:
    if not filters:
        return parsed
    parts = (*parsed.parts, *(Part(one.name, one.query, one.text) for one in filters))
    base = f"({parsed.read_as})" if isinstance(parsed.query, Or) else parsed.read_as
    texts = [f"({one.text})" if one.joint else one.text for one in filters]
    if not parsed.parts:
        base, texts = filters[0].text if len(filters) == 1 else texts[0], texts[1:]
    query = And(tuple(part.query for part in parts)) if len(parts) > 1 else parts[0].query
    return replace(parsed, query=query, read_as=" AND ".join([base, *texts]), parts=parts)
