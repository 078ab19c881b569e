"""Pandoc, started once for a list: a style and CSL-JSON in, its document of the list out.

No shell, no network, no file of the user's; bounded time and memory.
"""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from evidence.errors import EvidenceError

_MEMORY = "2g"  # the heap that pandoc may use; 1,000 references take 0.2
_SECONDS, _SECONDS_EACH = 60.0, 0.05
_VERSION = [1, 23, 1]  # of the document format; pandoc 3 takes any 1.23
_SAID = 300  # characters of what pandoc said that are shown


class EngineError(EvidenceError):
    """pandoc failed or gave no list; `message` says how, and the caller on what."""


def run(pandoc: Path, style: bytes, items: Sequence[dict[str, Any]], seconds: float | None = None) -> Any:
    """The document with the reference list of `items` (CSL-JSON, each with its `id`) in `style`.

    EngineError: it failed, it took longer than `seconds` (a minute and more for long lists), or it gave no document.
    """
    limit = seconds if seconds is not None else _SECONDS + _SECONDS_EACH * len(items)
    with tempfile.TemporaryDirectory(prefix="evidence-cite-") as folder:  # only this user may look into it
        place = Path(folder)
        (place / "style.csl").write_bytes(style)
        (place / "items.json").write_text(json.dumps(items), "utf-8")
        command = [
            str(pandoc), "+RTS", f"-M{_MEMORY}", "-RTS", "--from=json", "--to=json", "--sandbox", "--citeproc",
            f"--data-dir={place}", "--bibliography=items.json", "--csl=style.csl",
        ]  # fmt: skip
        asked = json.dumps(_document([one["id"] for one in items])).encode()
        try:
            done = subprocess.run(  # noqa: S603  # the program is the installed one, its arguments are ours
                command,
                input=asked,
                capture_output=True,
                cwd=place,
                env=_environment(place),
                timeout=limit,
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            raise EngineError(f"it took longer than {limit:.0f} seconds") from error
        except OSError as error:
            raise EngineError(f"{pandoc} cannot be started: {error.strerror or error}") from error
    if done.returncode:
        said = " ".join(done.stderr.decode("utf-8", "replace").split())[:_SAID]
        raise EngineError(said or f"pandoc ended with {done.returncode}")
    try:
        return json.loads(done.stdout)
    except (ValueError, RecursionError) as error:
        raise EngineError("pandoc's answer is no JSON that can be read") from error


def _document(ids: Sequence[str]) -> dict[str, Any]:
    """An empty document that cites `ids`, in order. It is pandoc's own tree: nothing in it is read as Markdown."""
    citations = [
        {"citationId": one, "citationPrefix": [], "citationSuffix": [], "citationMode": {"t": "NormalCitation"},
         "citationNoteNum": 0, "citationHash": 0}
        for one in ids
    ]  # fmt: skip
    meta = {
        "nocite": {"t": "MetaInlines", "c": [{"t": "Cite", "c": [citations, []]}]},
        "link-bibliography": {"t": "MetaBool", "c": False},
    }
    return {"pandoc-api-version": _VERSION, "meta": meta, "blocks": []}


def _environment(home: Path) -> dict[str, str]:
    """Nothing of the user's settings reaches pandoc; Windows programs need SYSTEMROOT."""
    kept = {name: os.environ[name] for name in ("SYSTEMROOT", "TEMP", "TMP") if name in os.environ}
    return kept | {"HOME": str(home), "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8"}
