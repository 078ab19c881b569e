"""evidence: a literature database and search tool that shows the words behind every answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from evidence.core.library import Library
    from evidence.core.querying import parse_query
    from evidence.wiring import open_library

__all__ = ["Library", "open_library", "parse_query"]

_HOMES = {
    "Library": "evidence.core.library",
    "parse_query": "evidence.core.querying",
    "open_library": "evidence.wiring",
}


def __getattr__(name: str) -> Any:
    """The public names, each loaded when it is first asked for, so that `evidence --help` starts at once."""
    if name not in _HOMES:
        raise AttributeError(f"module 'evidence' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_HOMES[name]), name)
