"""Saved questions in plain SQL: which there are, what changes did to them, and what was seen of them.

A question's row is never changed but for when it was looked at; a changed question is a new row with a seen set of its
own, so that undoing a change brings back the old one as it was left.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from evidence.errors import LibraryError, NeedsPersonError
from evidence.model.record import Record
from evidence.ports import Fault, Question, Seen, Turn
from evidence.store.database import Database, Run, Transaction, one, shown, shown_or_none, stored
from evidence.store.reaching import BROKEN, RESTORE, is_hash_of
from evidence.store.rows import batches, marks, text, token
from evidence.store.states import digest

# --- reading ---------------------------------------------------------------------------------------------------------


def asked(run: Run, damaged: list[str] | None = None) -> list[Question]:
    """The questions that are asked now, in the order in which they were saved.

    A damaged one is left out and its name put into `damaged`; without that list it is given with nothing asked ("").
    """
    found = [_read(row) for row in run(f"SELECT {_QUESTION} WHERE q.holder = 0 ORDER BY q.id")]
    if damaged is not None:
        damaged += [one.name for one, sound in found if not sound]
    return [one for one, sound in found if sound or damaged is None]


def seen(run: Run, question: int) -> list[Seen]:
    """What was seen of a question, by record id. LibraryError: it is not what was written down."""
    if not _sealed(run, question):
        raise LibraryError("What was seen of it is damaged: it is not what was written down.", _ANEW)
    return [
        # A version that is no number any more is another one than what was seen: the record is read, and judged then.
        Seen(of, number, shown(key), version if isinstance(version, int) else 0, bool(live))
        for of, number, key, version, live in run(_SEEN, (question,))
    ]


def versions(run: Run, keys: Iterable[str]) -> dict[str, tuple[int, int]]:
    """Id and current version of the live records of `keys`; one whose row is damaged is left out."""
    wanted = {token(key): key for key in keys}
    return {
        wanted[key]: (of, number)
        for part in batches(wanted)
        for key, of, number in run(_VERSIONS.format(marks(part)), part)
        if key in wanted and isinstance(number, int)
    }


def former(run: Run, wanted: Iterable[tuple[int, int]]) -> dict[int, Record]:
    """Records in the versions asked for, by id; a damaged one, or none, is left out."""
    found = {}
    for part in batches(dict(wanted).items()):
        pairs = ", ".join(["(?, ?)"] * len(part))
        rows = run(_FORMER.format(pairs), [value for pair in part for value in pair])
        for key, at, number, *state in rows:
            try:
                found[at] = stored(key, at, number, *state)
            except LibraryError:
                continue
    return found


def turns(run: Run, n: int) -> list[Turn]:
    """What change `n` did to questions."""
    found = []
    for on, name, *row in list(run(_TURNS, (n,))):
        now = one(run("SELECT id FROM question WHERE folded = ? AND holder = 0", (name,)))
        later = tuple(change for (change,) in run(_LATER, (name, n)))
        found.append(Turn(_read(row)[0], bool(on), now[0] if now else None, later))
    return found


def faults(database: Database) -> Iterator[Fault]:
    """Each question's text against its hash and its row, its row against its turns, and what was seen of it.

    Each is read as it stands at one moment, and one that cannot be read keeps no other back.
    """
    try:
        with database.snapshot() as run:
            known: dict[Any, Any] = dict(run("SELECT id, folded FROM question ORDER BY id"))
            rows = run("SELECT question FROM question_turn UNION SELECT question FROM question_seen")
            strange = [of for (of,) in rows if of not in known]
    except BROKEN as error:
        yield Fault("question", _told(error), RESTORE)
        return
    for of in strange:
        yield Fault(f"question {shown(of)}", "it is not there, and its turns or what was seen of it are", RESTORE)
    for of, folded in known.items():
        try:
            with database.snapshot() as run:
                found = list(_faults(run, of))
        except BROKEN as error:
            found = [Fault(f"question {shown(folded)}", _told(error), RESTORE)]
        yield from found


def _told(error: Exception) -> str:
    return str(getattr(error, "message", f"it cannot be read: {error}"))


def _faults(run: Run, of: int) -> Iterator[Fault]:
    """What is wrong with one question."""
    folded, change, began, holder, sha256, state = one(run(_FAULTS, (of,))) or (None,) * 6
    whole = is_hash_of(sha256, state)
    own = token(Question(**json.loads(str(state))).folded) if whole else folded
    where = f"question {own if isinstance(own, str) else of}"
    if not whole:
        yield Fault(where, "its text is not what was stored", RESTORE)
    elif own != folded:
        yield Fault(where, "its name in `question` is not its own", RESTORE)
    turns = list(run(_ITS_TURNS, (of,)))
    if began is None or turns[:1] != [(change, 1)]:
        yield Fault(where, "the change that it was saved by is not its own", RESTORE)
    if not turns or holder != (0 if turns[-1][1] else of):
        yield Fault(where, "whether it is asked is not what its last change says", RESTORE)
    if not _sealed(run, of):
        yield Fault(where, "what was seen of it, or when, is not what was written down", f"{RESTORE} {_ANEW}")
    for (record,) in run(_UNKNOWN, (of,)):
        what = f"what was seen of it is a version of record {shown(record)} that is not there"
        yield Fault(where, what, f"{RESTORE} {_ANEW}")


def seal(run: Run, question: int) -> str:
    """The SHA-256 of what may change beside a question's text: when it was looked at, its turns, and what was seen.

    Rows are taken in their order, so that the same rows give the same seal in every database.
    """
    looked = one(run("SELECT looked FROM question WHERE id = ?", (question,)))
    pairs = run("SELECT record, number FROM question_seen WHERE question = ? ORDER BY record", (question,))
    parts = (question, looked, list(run(_ITS_TURNS, (question,))), list(pairs))
    return digest(ascii(parts))  # which tells a text from bytes, and both from a number


def _sealed(run: Run, question: int) -> bool:
    """Whether what may change of a question is what was last written down; so it is of one that is not there."""
    row = one(run("SELECT seal FROM question WHERE id = ?", (question,)))
    return row is None or row[0] == seal(run, question)


def _read(row: Sequence[Any]) -> tuple[Question, bool]:
    """The question in a row of `_QUESTION`, and whether it is sound; a damaged one is called what its row is found by."""
    of, looked, sha256, state, folded, saved, by = row
    when = (shown(saved), shown(by), shown_or_none(looked), of)
    if not is_hash_of(sha256, state):
        return Question(folded if isinstance(folded, str) else f"question {of}", "", *when), False
    said = json.loads(state)
    return Question(said["name"], said["asked"], *when), True


# --- writing ---------------------------------------------------------------------------------------------------------


def ask(transaction: Transaction, n: int, question: Question, seen: Iterable[tuple[int, int]]) -> int:
    """Write a question down under change `n`, with what is seen of it, and have it asked; gives its id.

    LibraryError: the one that is asked by its name is damaged, and is not put aside unnoticed.
    """
    folded = token(question.folded)
    old = transaction.run(f"SELECT {_QUESTION} WHERE q.holder = 0 AND q.folded = ?", (folded,))
    if not all(sound for _, sound in map(_read, old)):
        raise LibraryError(
            f"The question {question.name} that is saved already is damaged: its text is not what was stored.",
            f"Delete it first: evidence question delete '{question.name}'",
        )
    last = one(transaction.run("SELECT coalesce(max(id), 0) FROM question"))
    of = int(last[0] if last else 0) + 1
    # Escaped, so that any text can be stored by every database.
    state = json.dumps({"name": question.name, "asked": question.asked}, sort_keys=True)
    row = (of, n, folded, of, text(question.looked), "", digest(state), state)
    transaction.run(
        "INSERT INTO question (id, change, folded, holder, looked, seal, sha256, state) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        row,
    )
    transaction.many(_LOOK, [(of, *one) for one in seen])
    turn(transaction, n, of, asked=True)
    _seal(transaction, of)
    return of


def turn(transaction: Transaction, n: int, question: int, *, asked: bool) -> None:
    """Have a question asked from change `n` on, in place of one by its name, or no longer asked."""
    found = one(transaction.run("SELECT folded FROM question WHERE id = ?", (question,)))
    if not found:
        raise NeedsPersonError(f"There is no question with the number {question}.")
    if asked:
        for (other,) in list(transaction.run("SELECT id FROM question WHERE folded = ? AND holder = 0", found)):
            _set(transaction, n, other, asked=False)
    _set(transaction, n, question, asked=asked)


def look(
    transaction: Transaction, question: int, when: str, new: Iterable[tuple[int, int]], gone: Iterable[int]
) -> None:
    """Write down what was seen of a question. Of two processes that look, the one that saw the newer version counts.

    LibraryError: what was seen before is not what was written down, and is not to look as if it were.
    """
    if not _sealed(transaction.run, question):
        raise LibraryError("What was seen of it is damaged: it is not what was written down.", _ANEW)
    transaction.run("UPDATE question SET looked = ? WHERE id = ?", (text(when), question))
    transaction.many("DELETE FROM question_seen WHERE question = ? AND record = ?", [(question, of) for of in gone])
    transaction.many(_LOOK, [(question, *one) for one in new])
    _seal(transaction, question)


def _seal(transaction: Transaction, question: int) -> None:
    transaction.run("UPDATE question SET seal = ? WHERE id = ?", (seal(transaction.run, question), question))


def _set(transaction: Transaction, n: int, question: int, *, asked: bool) -> None:
    sound = _sealed(transaction.run, question)
    transaction.run("UPDATE question SET holder = ? WHERE id = ?", (0 if asked else question, question))
    transaction.run("INSERT INTO question_turn (change, question, asked) VALUES (?, ?, ?)", (n, question, int(asked)))
    if sound:  # a broken seal stays one: it is what tells of the damage
        _seal(transaction, question)


_ANEW = "To have it start anew: evidence question delete NAME, then evidence question save NAME QUERY."


_QUESTION = (
    "q.id, q.looked, q.sha256, q.state, q.folded, c.at, c.who FROM question q LEFT JOIN change c ON c.n = q.change"
)
_SEEN = (
    "SELECT r.id, s.number, r.key, r.version, r.live FROM question_seen s JOIN record r ON r.id = s.record "
    "WHERE s.question = ? ORDER BY r.id"
)
_VERSIONS = "SELECT key, id, version FROM record WHERE live = 1 AND key IN ({})"
# CROSS JOIN has SQLite go by the pairs, each of which the index on (record, number) finds.
_FORMER = (
    "WITH asked (record, number) AS (VALUES {}) SELECT v.key, v.record, v.number, v.sha256, v.state "
    "FROM asked a CROSS JOIN version v WHERE v.record = a.record AND v.number = a.number AND v.removed = 0"
)
_TURNS = (
    "SELECT t.asked, q.folded, q.id, q.looked, q.sha256, q.state, q.folded, c.at, c.who FROM question_turn t "
    "JOIN question q ON q.id = t.question LEFT JOIN change c ON c.n = q.change WHERE t.change = ? ORDER BY q.id"
)
_ITS_TURNS = "SELECT change, asked FROM question_turn WHERE question = ? ORDER BY change"
_FAULTS = (
    "SELECT q.folded, q.change, c.n, q.holder, q.sha256, q.state FROM question q "
    "LEFT JOIN change c ON c.n = q.change WHERE q.id = ?"
)
_UNKNOWN = (
    "SELECT s.record FROM question_seen s WHERE s.question = ? AND NOT EXISTS "
    "(SELECT 1 FROM version v WHERE v.record = s.record AND v.number = s.number) ORDER BY s.record LIMIT 5"
)
_LATER = (
    "SELECT DISTINCT t.change FROM question_turn t JOIN question q ON q.id = t.question "
    "WHERE q.folded = ? AND t.change > ? ORDER BY t.change"
)
_LOOK = (
    "INSERT INTO question_seen (question, record, number) VALUES (?, ?, ?) ON CONFLICT (question, record) "
    "DO UPDATE SET number = excluded.number WHERE excluded.number > question_seen.number"
)
