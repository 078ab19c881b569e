"""What a copy of the index is made of: a manifest, whose writing is the moment when a batch is in.

    index/current               which of the folders is searched
    index/g0001/manifest.json   which segments count, where they stand, size and SHA-256 of each file
    index/g0001/s000001         a segment

Both files end with the SHA-256 of what stands above it. A file that no manifest names does not count.
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import Stemmer

from evidence.ports import Standing
from evidence.search.whoosh_files import ENGINE, Damaged, read_text

FORMAT = 1  # of segments and manifests; another one is made anew
ANALYSER = f"PyStemmer {Stemmer.version()}, words 1"  # what terms depend on beside the documents

CURRENT, MANIFEST = "current", "manifest.json"
GENERATION = re.compile(r"g(\d{4,9})")
SEGMENT = re.compile(r"s(\d{6,12})")
LEFT_OVER = re.compile(r"\.(?:current|manifest\.json)\..*")  # what a killed write_file leaves behind
_MOST = 1 << 28  # bytes of a manifest


@dataclass(frozen=True, slots=True)
class Listed:
    """A segment as the manifest names it: its file, how many documents, the numbers of those that count no more."""

    name: str
    documents: int
    size: int
    sha256: str
    dead: frozenset[int] = frozenset()

    @property
    def live(self) -> int:
        """How many documents count."""
        return self.documents - len(self.dead)


@dataclass(frozen=True, slots=True)
class Manifest:
    """A copy: where it stands, its segments in order, and the number that the next one gets."""

    standing: Standing
    segments: tuple[Listed, ...] = ()
    next: int = 1

    @property
    def documents(self) -> int:
        """How many documents count."""
        return sum(one.live for one in self.segments)


def manifest_bytes(manifest: Manifest) -> bytes:
    """`manifest` as its file holds it."""
    whole = {
        "format": FORMAT, "engine": ENGINE, "analyser": ANALYSER, "documents": manifest.documents, "next": manifest.next,
        "standing": asdict(manifest.standing),
        "segments": [
            {
                "name": one.name, "documents": one.documents, "size": one.size, "sha256": one.sha256,
                "dead": sorted(one.dead),
            }
            for one in manifest.segments
        ],
    }  # fmt: skip
    return signed(json.dumps(whole).encode())


def read_manifest(folder: Path, where: str) -> Manifest:
    """The manifest of a generation's `folder`. FileNotFoundError: it has none; Damaged: none to be trusted."""
    data = unsigned(read_text(folder / MANIFEST, where, _MOST), where)
    try:
        whole = json.loads(data)
        made = whole["format"], whole["engine"], whole["analyser"]
        if made != (FORMAT, ENGINE, ANALYSER):
            raise Damaged(where, f"was made by other versions ({made[1]}, {made[2]}, format {made[0]})")
        found = Manifest(
            Standing(**{**whole["standing"], "left_out": tuple(whole["standing"]["left_out"])}),
            tuple(_listed(one) for one in whole["segments"]),
            int(whole["next"]),
        )
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise Damaged(where, f"cannot be read ({error})") from error
    if found.documents != whole["documents"]:
        raise Damaged(where, "does not count what it should count")
    return found


def _listed(said: dict[str, Any]) -> Listed:
    one = Listed(**{**said, "dead": frozenset(said["dead"])})
    if not SEGMENT.fullmatch(one.name) or any(not 0 <= at < one.documents for at in one.dead):
        raise ValueError("a segment is not what it can be")
    return one


def signed(data: bytes) -> bytes:
    """`data` with its SHA-256 in a line below it."""
    return data + b"\n" + hashlib.sha256(data).hexdigest().encode() + b"\n"


def unsigned(data: bytes, where: str) -> bytes:
    """What was signed. Damaged: it is not as it was."""
    above, _, _ = data.rpartition(b"\n")[0].rpartition(b"\n")
    if signed(above) != data:
        raise Damaged(where, "is not as it was written (its SHA-256 differs)")
    return above
