"""Batches come in whole and durably or not at all, whatever happens, and the index stays small."""

from __future__ import annotations

import errno
import os
import resource
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidence.errors import BusyError, EvidenceError, StorageError
from evidence.model.query import Document, Word, digest
from evidence.ports import Found
from evidence.search import whoosh_copies, whoosh_files, whoosh_generation
from evidence.search.whoosh_building import write_documents
from evidence.search.whoosh_generation import to_merge
from evidence.search.whoosh_index import WhooshIndex
from evidence.search.whoosh_manifest import Listed
from tests.search.shelves import ALL, answers, document, documents, files, keys, shelf, standing, take


@pytest.fixture
def index(tmp_path: Path) -> WhooshIndex:
    """An index in no folder yet."""
    return WhooshIndex(tmp_path / "index")


def again(index: WhooshIndex) -> WhooshIndex:
    """As another process sees it."""
    return WhooshIndex(index._folder)


# --- copies -----------------------------------------------------------------------------------------------------------


def test_no_folder_is_an_empty_index(index: WhooshIndex) -> None:
    """Nothing stands, nothing is found, nothing is wrong, and nothing is made."""
    assert index.standing() is None
    assert keys(index) == []
    assert list(index.faults()) == []
    assert list(index.digests()) == []
    assert not index._folder.exists()


def test_it_is_there_when_it_is_opened_again(index: WhooshIndex) -> None:
    """Standing, answers and digests; by one who opened it before, too."""
    other = again(index)
    assert keys(other) == []
    take(index, documents(1, 2, 3), seq=7)
    take(index, documents(2, version=1), ["key3"], seq=8)
    for one in (other, again(index)):
        assert one.standing() == standing(8)
        assert answers(one) == answers(index)
        assert sorted(one.digests()) == sorted(
            (made.key, digest(made)) for made in (document(1), document(2, version=1))
        )


def test_a_new_copy_is_searched_when_it_is_whole(index: WhooshIndex) -> None:
    """Until then the old one is, here and elsewhere; afterwards there is only the new one."""
    take(index, documents(1), seq=1)
    with index.writing("test") as writing:
        assert writing.fresh(lambda _: True) is None
        writing.take(documents(2), (), standing(5, last=2))
        with pytest.raises(EvidenceError, match="not whole"):
            writing.adopt()
        writing.take(documents(3), (), standing(5))
        assert keys(index) == keys(again(index)) == ["key1"]
        writing.adopt()
        assert keys(index) == keys(again(index)) == ["key2", "key3"]
        writing.take(documents(4), (), standing(6))
    assert keys(again(index)) == ["key2", "key3", "key4"]
    assert again(index).standing() == standing(6)
    assert {path.parent.name for path in files(index._folder.parent)} == {"index", "g0002"}


def test_an_unfinished_copy_is_gone_on_with(index: WhooshIndex) -> None:
    """By another process, when it is sound; before that it is searched if there is no other."""
    with index.writing("test") as writing:
        writing.fresh(lambda _: True)
        writing.take(documents(1, 2), (), standing(5, last=2))
    assert again(index).standing() == standing(5, last=2)
    assert keys(again(index)) == ["key1", "key2"]
    with again(index).writing("test") as writing:
        assert writing.fresh(lambda found: found == standing(5, last=2)) == standing(5, last=2)
        writing.take(documents(3), (), standing(5))
        writing.adopt()
    assert keys(again(index)) == ["key1", "key2", "key3"]
    assert again(index).standing() == standing(5)


def test_an_unsound_unfinished_copy_is_thrown_away(index: WhooshIndex) -> None:
    """Of another library, or damaged: the next one begins with nothing. The copy that is searched stays."""
    take(index, documents(1))
    for damage in (False, True):
        with index.writing("test") as writing:
            writing.fresh(lambda _: False)
            writing.take(documents(8), (), standing(5, last=8))
        if damage:
            unfinished = max(path for path in files(index._folder.parent) if path.name == "manifest.json")
            unfinished.write_bytes(b"")
        with index.writing("test") as writing:
            assert writing.fresh(lambda _, damage=damage: damage) is None  # type: ignore[misc]  # a lambda's default
            assert keys(again(index)) == ["key1"]
            writing.take(documents(9), (), standing(5, last=9))
    with index.writing("test") as writing:
        assert writing.fresh(lambda _: True) == standing(5, last=9)
        writing.take((), (), standing(5))
        writing.adopt()
    assert keys(again(index)) == ["key9"]


def test_what_is_none_of_ours_stays(index: WhooshIndex) -> None:
    """Files and folders of other names are neither read nor thrown away; what a killed writer left is."""
    take(index, documents(1))
    place = index._folder / "g0001"
    kept = [index._folder / "notes.txt", index._folder / "g1", index._folder / "gold", place / "s1"]
    for path in kept:
        path.write_text("mine")
    left = [place / "s000077", place / ".manifest.json.x1", index._folder / ".current.x1"]
    for path in left:
        path.write_text("half")
    with index.writing("test") as writing:
        writing.fresh(lambda _: False)
        writing.take(documents(2), (), standing())
        writing.adopt()
    assert [path.exists() for path in kept] == [True] * 4
    assert [path.exists() for path in left] == [False] * 3
    assert keys(again(index)) == ["key2"]


# --- what goes wrong --------------------------------------------------------------------------------------------------


def failing(real: Callable[..., Any], at: int, error: int) -> Callable[..., Any]:
    """`real`, but for its `at`-th call, which the disk refuses."""
    calls = iter(range(1, 10**9))

    def call(*given: Any, **named: Any) -> Any:
        if next(calls) == at:
            raise OSError(error, os.strerror(error))
        return real(*given, **named)

    return call


@pytest.mark.parametrize(("name", "error"), [("write", errno.ENOSPC), ("fsync", errno.EIO), ("replace", errno.EIO)])
def test_a_batch_that_the_disk_refuses_is_not_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, error: int
) -> None:
    """Whichever call fails: StorageError and the index as it was, or all is in; and the next batch goes well."""
    index = shelf(tmp_path)
    refused = 0
    for at in range(1, 30):
        before, seq = answers(index), 10 * at
        kept = {path.name for path in files(tmp_path)}
        with index.writing("test") as writing:
            with monkeypatch.context() as patch:
                patch.setattr(os, name, failing(getattr(os, name), at, error))
                try:
                    writing.take(documents(50 + at), ["key4"], standing(seq))
                except StorageError:
                    refused += 1
                    assert answers(again(index)) == before
                    assert again(index).standing() != standing(seq)
                    assert {path.name for path in files(tmp_path)} == kept
                else:
                    assert again(index).standing() == standing(seq)
            assert list(again(index).faults()) == []
            writing.take(documents(50 + at), ["key4"], standing(seq + 1))
        assert keys(again(index)).count(f"key{50 + at}") == 1
        assert again(index).standing() == standing(seq + 1)
    assert refused >= (3 if name == "fsync" else 1)


@pytest.mark.skipif(not hasattr(resource, "RLIMIT_FSIZE"), reason="this system has no such limit")
def test_a_quota_is_told(index: WhooshIndex) -> None:
    """A batch that is larger than files may be is refused whole."""
    take(index, documents(1))
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, hard))
    try:
        with pytest.raises(StorageError, match="cannot be written"):
            take(index, documents(*range(500)), seq=2)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert again(index).standing() == standing(1)
    take(index, documents(*range(500)), seq=2)
    assert len(keys(again(index))) == 500


def test_a_merge_that_the_disk_refuses_costs_nothing(index: WhooshIndex, monkeypatch: pytest.MonkeyPatch) -> None:
    """The batch is in, no half file is left, and a later batch puts together what was left apart."""

    def refuse(*_: object) -> None:
        raise OSError(errno.ENOSPC, "full")

    with monkeypatch.context() as patch:
        patch.setattr(whoosh_generation, "write_merged", refuse)
        for number in range(6):
            take(index, documents(number), seq=number)
    assert len(keys(again(index))) == 6
    assert sum(path.name.startswith("s0") for path in files(index._folder.parent)) == 6
    take(index, documents(7), seq=8)
    assert len(keys(again(index))) == 7
    assert sum(path.name.startswith("s0") for path in files(index._folder.parent)) == 1


def test_a_place_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    """A folder that is a file, and one whose parent is missing."""
    (tmp_path / "index").write_text("a file")
    for folder in (tmp_path / "index", tmp_path / "missing" / "index"):
        with pytest.raises(StorageError, match="cannot be made"):
            take(WhooshIndex(folder), documents(1))
        assert WhooshIndex(folder).standing() is None


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="this system has no such permissions")
def test_a_read_only_folder_is_read() -> None:
    """Reading goes on; writing says why it does not."""
    with TemporaryDirectory() as folder, unprivileged(Path(folder), answers(shelf(Path(folder)))) as before:
        places = [Path(folder, "index", "g0001"), Path(folder, "index"), Path(folder)]
        for path in places:
            path.chmod(0o500)
        index = WhooshIndex(Path(folder) / "index")
        assert answers(index) == before
        with pytest.raises(StorageError):
            take(index, documents(1))
        assert answers(index) == before
        for path in reversed(places):
            path.chmod(0o700)


@contextmanager
def unprivileged(folder: Path, before: list[Found]) -> Iterator[list[Found]]:
    """Not as root, to whom nothing is forbidden; `folder` is then that user's. Gives `before` back."""
    if os.geteuid():
        yield before
        return
    for path in (folder, *folder.rglob("*")):
        os.chown(path, 65534, 65534)
    os.seteuid(65534)
    try:
        yield before
    finally:
        os.seteuid(0)


def test_one_writes_at_a_time(index: WhooshIndex) -> None:
    """The second is told what the first is doing; a reader is not in the way."""
    with index.writing("making the index anew") as writing:
        writing.take(documents(1), (), standing())
        with pytest.raises(BusyError, match=f"{os.getpid()}.*making the index anew"), again(index).writing("x", 0.05):
            pass
        assert keys(again(index)) == ["key1"]
    take(again(index), documents(2))
    assert keys(index) == ["key1", "key2"]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot fork")
def test_a_kill_at_every_third_step_leaves_a_good_index(tmp_path: Path) -> None:
    """Before or after a write, fsync, rename, unlink: the batch is in or it is not, and the next one goes in."""
    command = [sys.executable, "-m", "tests.search.killing", str(tmp_path), "3"]
    root = Path(__file__).parents[2]
    told = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, cwd=root).stdout.splitlines()
    assert [line for line in told if not line.endswith("good")] == []
    assert len(told) > 25


# --- readers ----------------------------------------------------------------------------------------------------------


def test_a_reader_goes_on_while_segments_are_put_together(index: WhooshIndex) -> None:
    """Every answer is that of some batch, whole; none fails."""
    take(index, documents(0), seq=1)
    reader, stop, wrong = again(index), threading.Event(), []

    def read() -> None:
        last = 0
        while not stop.is_set():
            found = reader.search(Word("knee"), ALL).total
            if found < last:
                wrong.append((last, found))
            last = found

    thread = threading.Thread(target=read)
    thread.start()
    try:
        for number in range(1, 40):
            take(index, documents(number, number // 2, version=number), seq=number + 1)
    finally:
        stop.set()
        thread.join()
    assert wrong == []
    assert reader.search(Word("knee"), ALL).total == 40


def test_a_file_that_is_gone_is_looked_for_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another process puts segments together between a reader's look at the manifest and at its files."""
    index = shelf(tmp_path)
    real, batches = whoosh_files.read_file, iter(range(30, 60))

    def read(path: Path, *rest: Any) -> Any:
        if (number := next(batches)) < 40:
            monkeypatch.setattr(whoosh_copies, "read_file", real)
            with index.writing("test") as writing:
                writing.fresh(lambda _: False)
                writing.take(documents(number), (), standing(number))
                writing.adopt()
            monkeypatch.setattr(whoosh_copies, "read_file", read if number < 33 else real)
        return real(path, *rest)

    monkeypatch.setattr(whoosh_copies, "read_file", read)
    reader = WhooshIndex(tmp_path / "index")
    assert keys(reader) == keys(index)
    assert len(keys(reader)) == 1
    assert list(reader.faults()) == []


def test_what_is_open_is_not_read_again(index: WhooshIndex, monkeypatch: pytest.MonkeyPatch) -> None:
    """A search costs no reading of files, and after a change only the new ones are read."""
    take(index, documents(*range(9)))
    keys(index)
    read: list[str] = []

    def spied(path: Path, *rest: Any) -> Any:
        read.append(path.name)
        return whoosh_files.read_file(path, *rest)

    monkeypatch.setattr(whoosh_copies, "read_file", spied)
    assert len(keys(index)) == 9
    assert read == []
    take(index, documents(10))
    assert len(keys(index)) == 10
    assert set(read) == {"s000002"}


# --- size -------------------------------------------------------------------------------------------------------------


def test_it_stays_small_after_many_changes(index: WhooshIndex, monkeypatch: pytest.MonkeyPatch) -> None:
    """After many single changes the folder is less than three times a fresh one, in few files."""
    monkeypatch.setattr(os, "fsync", lambda _: None)
    take(index, documents(*range(60)))
    fresh = sum(path.stat().st_size for path in files(index._folder.parent))
    for number in range(250):
        take(index, documents(number % 60, version=number), seq=number)
    assert sum(path.stat().st_size for path in files(index._folder.parent)) < 3 * fresh
    assert len(files(index._folder.parent)) < 15
    assert len(keys(again(index))) == 60


def test_a_large_batch_is_several_segments(index: WhooshIndex, monkeypatch: pytest.MonkeyPatch) -> None:
    """So that memory stays bounded; they come in together."""
    monkeypatch.setattr(whoosh_generation, "_WORDS", 200)
    seen: list[int] = []

    def spied(path: Path, made: list[Document]) -> tuple[int, str]:
        seen.append(len(made))
        return write_documents(path, made)

    monkeypatch.setattr(whoosh_generation, "write_documents", spied)
    take(index, documents(*range(30)))
    assert len(seen) > 5
    assert sum(seen) == len(keys(again(index))) == 30


@given(st.lists(st.tuples(st.integers(1, 5000), st.floats(0, 1)), max_size=40))
def test_there_are_few_segments_of_each_size(made: list[tuple[int, float]]) -> None:
    """Whatever there is, putting together ends, keeps every document, and leaves fewer than four of a size."""
    segments = [
        Listed(f"s{at:06}", count, 1, str(at), frozenset(range(int(count * dead))))
        for at, (count, dead) in enumerate(made)
    ]
    segments = [one for one in segments if one.live]
    live = sum(one.live for one in segments)
    for at in range(200):
        chosen = to_merge(segments, 10**9)
        if not chosen:
            break
        new = Listed(f"s{at + 100:06}", sum(one.live for one in chosen), 1, f"new {at}")
        segments = [*(one for one in segments if one not in chosen), new]
    assert not to_merge(segments, 10**9)
    assert sum(one.live for one in segments) == live
    assert all(len(one.dead) * 3 <= one.documents for one in segments)
    assert len(segments) <= 3 * 10


def test_one_change_waits_for_no_library() -> None:
    """Single changes write a few hundred documents anew each, or many once in thousands; segments stay few."""
    segments = [Listed(f"b{at}", 16_000, 1, f"b{at}") for at in range(3)]
    waited, most = [], 0
    for at in range(20_000):
        segments.append(Listed(f"s{at}", 1, 1, str(at)))
        written = 0
        while chosen := to_merge(segments, 500):
            size = sum(one.live for one in chosen)
            written += size
            segments = [*(one for one in segments if one not in chosen), Listed(f"m{at}", size, 1, f"{at} {size}")]
        waited += [written] if written > 1000 else []
        most = max(most, len(segments))
    assert len(waited) <= 15
    assert max(waited) < 16_000
    assert most <= 25


def test_building_is_linear() -> None:
    """A library of N documents in batches is written anew a few times, not N times."""
    segments: list[Listed] = []
    written = 0
    for at in range(400):
        segments.append(Listed(f"s{at:06}", 100, 1, str(at)))
        written += 100
        while chosen := to_merge(segments, 2000):
            size = sum(one.live for one in chosen)
            written += size
            segments = [*(one for one in segments if one not in chosen), Listed(f"s{at:06}", size, 1, f"{at} {size}")]
    assert written <= 6 * 400 * 100
