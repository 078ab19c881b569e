"""What may have been meant: the nearest of the names there are."""

from __future__ import annotations

from collections.abc import Iterable

from evidence.model.words import fold

_LONGEST = 60  # characters: longer ones are no slip of the pen, and comparing them takes long


def closest(text: str, names: Iterable[str], limit: int = 3, cutoff: float = 0.7) -> list[str]:
    """Up to `limit` of `names` that look like `text`, nearest first; [] when none does or `text` is very long."""
    if not text or len(text) > _LONGEST:
        return []
    import difflib  # only a search that goes wrong pays for it

    folded: dict[str, str] = {}
    for name in names:
        folded.setdefault(fold(name), name)
    return [folded[one] for one in difflib.get_close_matches(fold(text), folded, limit, cutoff)]
