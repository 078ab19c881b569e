"""gzip: unpacked by limits, and never a silent loss when it is cut or damaged."""

from __future__ import annotations

import gzip
import io
import os
import random
import sys
import threading
import tracemalloc
import zlib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evidence.errors import InputError
from evidence.formats import unpacked, unpacking
from tests.conftest import Command

ENTRY = "@article{{k{0}, title = {{Title {0}}}, author = {{Müller, A}}, year = 2001}}\n"
TEXT = "".join(ENTRY.format(number) for number in range(400)).encode()


def plain(data: bytes) -> tuple[bytes, str | None]:
    """What is unpacked of `data`, and what is said of it."""
    with unpacked(io.BytesIO(data)) as found:
        return found.stream.read(), found.cut


@given(st.lists(st.binary(max_size=3000), min_size=1, max_size=4), st.integers(0, 9))
@settings(max_examples=60)
def test_whole_files(members: list[bytes], level: int) -> None:
    """One member or several are one text, whatever was packed; zeros that fill up the end are no fault."""
    text = b"".join(members)
    data = b"".join(gzip.compress(member, level) for member in members) + b"\0" * 512
    if text.startswith(b"\x1f\x8b"):
        return
    assert plain(data) == (text, None)


def test_what_is_not_packed_passes() -> None:
    """Any other file is handed on as it is, from its start."""
    stream = io.BytesIO(TEXT)
    stream.read(7)
    with unpacked(stream) as found:
        assert found.stream is stream
        assert found.stream.read() == TEXT
    assert plain(b"") == (b"", None)


@pytest.mark.parametrize("share", [0.3, 0.6, 0.999])
def test_a_cut_file_gives_what_it_has(share: float) -> None:
    """Everything before the cut is there, and the cut is said."""
    noise = random.Random(1).randbytes(300_000)
    packed = gzip.compress(noise)
    text, said = plain(packed[: int(len(packed) * share)])
    assert noise.startswith(text)
    assert len(text) > len(noise) * share - 70_000
    assert said
    assert "ends before its end" in said


def test_a_damaged_file_gives_what_stands_before_the_damage() -> None:
    """A wrong checksum, or bytes that cannot be, lose nothing that was read before them."""
    packed = bytearray(gzip.compress(TEXT))
    packed[-6] ^= 1
    text, said = plain(bytes(packed))
    assert text == TEXT
    assert "damaged" in (said or "")
    stored = bytearray(gzip.compress(random.Random(2).randbytes(400_000), 0))
    stored[200_010:200_400] = b"\xff" * 390
    text, said = plain(bytes(stored[:-8]) + b"12345678")
    assert len(text) > 190_000
    assert said


def test_rubbish_after_the_end_is_said() -> None:
    """What follows the compressed text is left out, and said; the text itself is whole."""
    for rest in (b"trailing words", b"x", b"\x1f"):
        text, said = plain(gzip.compress(TEXT) + rest)
        assert text == TEXT
        assert "left out" in (said or "")


@pytest.mark.parametrize(
    "data", [b"\x1f\x8b", b"\x1f\x8b\x08\0", b"\x1f\x8b\x08\0rubbish that is no gzip", b"\x1f\x8bTY  - JOUR"]
)
def test_nothing_to_unpack_is_an_error(data: bytes) -> None:
    """A file that only begins as gzip cannot be read at all."""
    with pytest.raises(InputError, match="Nothing could be unpacked") as caught:
        plain(data)
    assert caught.value.hint


def test_gzip_in_gzip_is_refused() -> None:
    """One packing is taken off, not two: the second may hold anything."""
    with pytest.raises(InputError, match="within a gzip file"):
        plain(gzip.compress(gzip.compress(TEXT)))


def test_a_bomb_is_stopped() -> None:
    """A file that unpacks to hundreds of times its size is stopped soon, by a limit that is named, in little memory."""
    packer = zlib.compressobj(9, wbits=31)
    bomb = b"".join(packer.compress(b"\0" * (1 << 20)) for _ in range(100)) + packer.flush()
    tracemalloc.start()
    with pytest.raises(InputError, match="200 times its size") as caught:
        plain(bomb)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert caught.value.hint
    assert peak < 12 << 20


def test_too_much_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    """More than the limit for one file is refused, and the limit named."""
    monkeypatch.setattr(unpacking, "UNPACKED", 1 << 20)
    with pytest.raises(InputError, match="the limit for one compressed file"):
        plain(gzip.compress(random.Random(3).randbytes(2 << 20)))


@given(st.binary(max_size=400), st.integers(0, 60))
@settings(max_examples=80)
def test_any_bytes(tail: bytes, cut: int) -> None:
    """Whatever follows gzip's first bytes, there is a text, or an error of ours."""
    packed = gzip.compress(TEXT)
    for data in (b"\x1f\x8b\x08" + tail, packed[:cut] + tail):
        try:
            text, _ = plain(data)
        except InputError:
            continue
        assert isinstance(text, bytes)


@pytest.fixture
def folder(tmp_path: Path, command: Command) -> Path:
    """An empty library's folder."""
    assert command("init", tmp_path / "library").code == 0
    return tmp_path / "library"


def test_import_of_packed_files(folder: Path, tmp_path: Path, command: Command) -> None:
    """Magic bytes decide, not the name; the same text plain and packed is the same source."""
    for name in ("a.bib.gz", "b.bib", "c"):
        (tmp_path / name).write_bytes(gzip.compress(TEXT))
    (tmp_path / "plain.bib").write_bytes(TEXT)
    told = command(
        "-L", folder, "import", *(tmp_path / name for name in ("a.bib.gz", "b.bib", "c", "plain.bib")), "--json"
    )
    assert told.code == 0
    assert [(one["file"], one["added"], one["unchanged"]) for one in told.json["files"]] == [
        ("a.bib.gz", 400, 0), ("b.bib", 0, 400), ("c", 0, 400), ("plain.bib", 0, 400),
    ]  # fmt: skip


def test_import_of_a_cut_file_ends_with_1(folder: Path, tmp_path: Path, command: Command) -> None:
    """What came before the cut is stored, the receipt warns and balances, and the command says that a person is needed."""
    (tmp_path / "a.bib.gz").write_bytes(gzip.compress(TEXT)[:-900])
    told = command("-L", folder, "import", tmp_path / "a.bib.gz", "--json")
    receipt = told.json["files"][0]
    assert told.code == 1
    assert 0 < receipt["added"] < 400
    assert receipt["read"] == receipt["added"] + receipt["merged"] + receipt["unchanged"] + receipt["refused"]
    assert "ends before its end" in receipt["warnings"][0]
    assert "ends before its end" in command("-L", folder, "import", tmp_path / "a.bib.gz", "--dry-run").out


def test_import_names_the_file_that_cannot_be_unpacked(folder: Path, tmp_path: Path, command: Command) -> None:
    """A bad archive is an input error that names the file; the other files are still read."""
    (tmp_path / "bad.ris").write_bytes(b"\x1f\x8bTY  - JOUR")
    (tmp_path / "good.bib").write_bytes(TEXT)
    told = command("-L", folder, "import", tmp_path / "bad.ris", tmp_path / "good.bib", "--json")
    assert told.code == 3
    assert told.json["added"] == 400
    assert "bad.ris" in told.err


@pytest.mark.parametrize("data", [TEXT, gzip.compress(TEXT)], ids=["plain", "packed"])
def test_standard_input(folder: Path, command: Command, monkeypatch: pytest.MonkeyPatch, data: bytes) -> None:
    """- is read whole, packed or not; beyond a size it is kept in a file, not in memory."""
    monkeypatch.setattr("evidence.cli.files._HELD", 1000)
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))
    told = command("-L", folder, "import", "-", "--json")
    assert (told.code, told.json["added"]) == (0, 400)


def test_a_fifo_is_read_like_standard_input(folder: Path, tmp_path: Path, command: Command) -> None:
    """What can be read but once is kept for the second reading."""
    fifo = tmp_path / "pipe"
    os.mkfifo(fifo)
    feeding = threading.Thread(target=fifo.write_bytes, args=(gzip.compress(TEXT),))
    feeding.start()
    told = command("-L", folder, "import", fifo, "--json")
    feeding.join()
    assert (told.code, told.json["added"]) == (0, 400)


def test_help_names_what_is_read(command: Command) -> None:
    """--help says which formats are read, and that gzip is."""
    told = command("import", "--help").out
    assert all(
        word in told
        for word in ("ris", "nbib", "pubmed-xml", "endnote-xml", "refer", "wos", "ovid", "csl-json", "csv", "gzip")
    )
