"""Taking back a change: every record it touched, and every question, is set to what it was before."""

from __future__ import annotations

from collections.abc import Sequence

from evidence.errors import NeedsPersonError
from evidence.ports import Change, Store, Touch, Turn, Writing


def undo(store: Store, n: int | None, *, who: str) -> int:
    """Undo change `n` (None: the newest that is neither undone nor an undo); gives the number of the new change.

    NeedsPersonError when there is nothing to undo, or when later changes touch the same records or questions (it lists
    them).
    """
    with store.writing() as writing:
        history = store.history()
        number = _newest(store, history) if n is None else n
        touches = store.touched(number) if number is not None else []
        turns = store.turns(number) if number is not None else []
        done = next((one for one in history if one.n == number), None)
        if n is not None and done is None:
            raise NeedsPersonError(f"There is no change {n}.", "`evidence history` lists the changes.")
        if number is None or done is None or not (touches or turns):
            raise NeedsPersonError("There is nothing to undo.", "`evidence history` lists the changes.")
        if done.undone_by is not None:
            raise NeedsPersonError(
                f"Change {number} was undone by change {done.undone_by}.",
                f"To have it again: evidence undo {done.undone_by}",
            )
        _refuse_later(store, number, touches)
        _refuse_later_turns(turns)
        change = writing.change(f"undo {number} ({done.what})", who)
        writing.remove(change, [touch.id for touch in touches if touch.before is None])
        writing.save(change, [touch.before for touch in touches if touch.before is not None])
        _turn_back(writing, change, turns)
        writing.undone(number, change)
        for again in (one.n for one in history if one.undone_by == number):
            writing.undone(again, None)  # an undo was undone: what it took back is in force again
        return change


def _newest(store: Store, history: Sequence[Change]) -> int | None:
    open_ones = (one for one in history if one.undone_by is None and not one.what.startswith("undo "))
    return next((one.n for one in open_ones if one.keys or store.turns(one.n)), None)


def _turn_back(writing: Writing, change: int, turns: Sequence[Turn]) -> None:
    """Questions that were asked no more are asked again, each in place of the one that came after it."""
    before = [turn.question.id for turn in turns if not turn.asked]
    after = [] if before else [turn.question.id for turn in turns]
    for question in (*before, *after):
        writing.turn(change, question or 0, asked=question in before)


def _refuse_later_turns(turns: Sequence[Turn]) -> None:
    """A change is about one name: the question that has it now must be the one that the change left."""
    left = next((turn.question.id for turn in turns if turn.asked), None)
    for turn in turns:
        if turn.now != left:
            numbers = ", ".join(str(one) for one in turn.later)
            raise NeedsPersonError(
                f"Later changes touch the question “{turn.question.name}”: {numbers}. Nothing was undone.",
                "Undo those first, newest first.",
            )


def _changed_since(store: Store, touches: list[Touch]) -> list[Touch]:
    """The touches whose record is not as they left it; later changes that were undone do not count."""
    old = [touch for touch in touches if not touch.latest]
    states = [record for touch in old if (record := touch.after or touch.before)]
    now = {record.id: record for record in store.get([record.key for record in states])}
    return [touch for touch in old if now.get(touch.id) != touch.after]


def _refuse_later(store: Store, number: int, touches: list[Touch]) -> None:
    keys = [record.key for touch in _changed_since(store, touches) if (record := touch.after or touch.before)]
    if not keys:
        return
    changes = sorted({one.n for key in keys[:50] for one in store.history(key) if one.n > number})
    shown = ", ".join(keys[:5]) + (f" and {len(keys) - 5} more" if len(keys) > 5 else "")
    numbers = ", ".join(str(one) for one in changes)
    raise NeedsPersonError(
        f"Later changes touch {shown}: {numbers}. Nothing was undone.", "Undo those first, newest first."
    )
