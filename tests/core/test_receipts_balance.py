"""Every fixture through a whole import: the receipt's sum is what the file holds, whole, cut, and the second time."""

from __future__ import annotations

import io
from contextlib import suppress
from pathlib import Path

import pytest

from evidence.core.library import Library
from evidence.core.receipts import FileReceipt
from evidence.errors import InputError
from evidence.formats import by_name, encoding_of
from tests.formats.test_balance import FILES, NO_FORMAT


def taken(library: Library, path: Path, data: bytes, *, dry_run: bool) -> FileReceipt:
    """The receipt of an import, which must balance and agree with an independent count."""
    name = NO_FORMAT.get(path.parent.name, path.parent.name)
    receipt = library.import_file(path.name, io.BytesIO(data), format=name, dry_run=dry_run)
    assert receipt.read == receipt.added + receipt.merged + receipt.unchanged + receipt.refused
    assert receipt.read == by_name(name).count(io.BytesIO(data), encoding_of(io.BytesIO(data)))
    return receipt


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_receipt_balances(path: Path, library: Library) -> None:
    """Added, merged, unchanged and refused make up what is read; a second import changes nothing but says what it refuses."""
    data = path.read_bytes()
    for end in (len(data) // 3, len(data) * 2 // 3):
        with suppress(InputError):  # nothing is left of it that could be read
            taken(library, path, data[:end], dry_run=True)
    first = taken(library, path, data, dry_run=False)
    before = library.content()
    again = taken(library, path, data, dry_run=False)
    assert (again.added, again.merged) == (0, 0)
    assert (again.unchanged, again.refused) == (first.read - first.refused, first.refused)
    assert library.content() == before
