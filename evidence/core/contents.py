"""One number for all that a library says: equal for equal contents, wherever they are stored."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import asdict

from evidence.model.csl import canonical
from evidence.model.record import Record


def content(records: Iterable[Record]) -> str:
    """The SHA-256, in hexadecimal digits, over each live record's key and the SHA-256 of all it says, in the order of keys.

    The numbers by which a store knows records, and how often they were changed, do not count.
    """
    lines = sorted((record.key, _digest(record)) for record in records)
    whole = "".join(f"{sha256} {key}\n" for key, sha256 in lines)
    return hashlib.sha256(whole.encode(errors="surrogatepass")).hexdigest()


def _digest(record: Record) -> str:
    said = asdict(record)
    del said["id"], said["version"]
    return hashlib.sha256(canonical(said).encode(errors="surrogatepass")).hexdigest()
