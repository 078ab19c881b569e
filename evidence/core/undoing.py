"""Taking back a change: every record it touched is set to what it was before."""

from __future__ import annotations

from evidence.errors import NeedsPersonError
from evidence.ports import Store, Touch


def undo(store: Store, n: int | None, *, who: str) -> int:
    """Undo change `n` (None: the newest that is neither undone nor an undo); gives the number of the new change.

    NeedsPersonError when there is nothing to undo, or when later changes touch the same records (it lists them).
    """
    with store.writing() as writing:
        number = _newest(store) if n is None else n
        touches = store.touched(number) if number is not None else []
        done = next((one for one in store.history() if one.n == number), None)
        if number is None or done is None or not touches:
            raise NeedsPersonError("There is nothing to undo.", "`evidence history` lists the changes.")
        if done.undone_by is not None:
            raise NeedsPersonError(
                f"Change {number} was undone by change {done.undone_by}.",
                f"To have it again: evidence undo {done.undone_by}",
            )
        _refuse_later(store, number, touches)
        change = writing.change(f"undo {number} ({done.what})", who)
        writing.remove(change, [touch.id for touch in touches if touch.before is None])
        writing.save(change, [touch.before for touch in touches if touch.before is not None])
        writing.undone(number, change)
        return change


def _newest(store: Store) -> int | None:
    return next(
        (one.n for one in store.history() if one.undone_by is None and not one.what.startswith("undo ") and one.keys),
        None,
    )


def _refuse_later(store: Store, number: int, touches: list[Touch]) -> None:
    later = [(touch.after or touch.before) for touch in touches if not touch.latest]
    keys = [record.key for record in later if record]
    if not keys:
        return
    changes = sorted({one.n for key in keys[:50] for one in store.history(key) if one.n > number})
    shown = ", ".join(keys[:5]) + (f" and {len(keys) - 5} more" if len(keys) > 5 else "")
    numbers = ", ".join(str(one) for one in changes)
    raise NeedsPersonError(
        f"Later changes touch {shown}: {numbers}. Nothing was undone.", "Undo those first, newest first."
    )
