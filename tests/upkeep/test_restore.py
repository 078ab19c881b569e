"""Restoring: a whole library in a new place or none, whatever the file is."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import shutil
import sqlite3
import stat
import zipfile
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from evidence.errors import EvidenceError, InputError, LibraryError, StorageError, UsageError
from evidence.store.opening import open_reader
from evidence.upkeep import archive, manifest, notes
from evidence.upkeep.backup import backup
from evidence.upkeep.manifest import Manifest, Member, as_json, from_json
from evidence.upkeep.restore import restore
from evidence.wiring import open_library
from tests.upkeep.conftest import Killed
from tests.upkeep.test_backup import damage, rows

ROOT = Path(__file__).resolve().parent.parent.parent


@pytest.fixture(scope="module")
def good(small_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A backup of the small library; not to be changed."""
    return backup(small_folder, tmp_path_factory.mktemp("good") / "kept.zip").file


def members(file: Path) -> dict[str, bytes]:
    """What is in a backup."""
    with zipfile.ZipFile(file) as packed:
        return {name: packed.read(name) for name in packed.namelist()}


def packed(path: Path, parts: dict[str, bytes], *more: tuple[zipfile.ZipInfo, bytes]) -> Path:
    """A zip of `parts`, and of entries made by hand."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as into:
        for name, data in parts.items():
            into.writestr(name, data)
        for entry, data in more:
            into.writestr(entry, data)
    return path


def retold(parts: dict[str, bytes], **changed: Any) -> dict[str, bytes]:
    """The parts with a manifest that tells of them as they are, but for what is `changed`."""
    told = from_json(parts["manifest.json"])
    names = [name for name in parts if name != "manifest.json"]
    sizes = tuple(Member(name, len(parts[name]), hashlib.sha256(parts[name]).hexdigest()) for name in names)
    return parts | {"manifest.json": as_json(replace(told, members=sizes, **changed))}


def altered(parts: dict[str, bytes], folder: Path, *statements: str) -> dict[str, bytes]:
    """The parts with statements run on the database, and a manifest that tells of it."""
    path = folder / "altered.db"
    path.write_bytes(parts["library.db"])
    with closing(sqlite3.connect(path)) as connection:
        for statement in statements:
            connection.execute(statement)
        connection.commit()
    return retold(parts | {"library.db": path.read_bytes()})


def link(name: str) -> zipfile.ZipInfo:
    """An entry that is a symbolic link."""
    entry = zipfile.ZipInfo(name)
    entry.external_attr = (stat.S_IFLNK | 0o777) << 16
    return entry


def told(parts: dict[str, bytes], **changed: Any) -> dict[str, bytes]:
    """The parts with other values in the manifest's text."""
    return parts | {"manifest.json": json.dumps(json.loads(parts["manifest.json"]) | changed).encode()}


def written(path: Path, data: bytes) -> Path:
    """A file of `data`."""
    path.write_bytes(data)
    return path


def _bomb(parts: dict[str, bytes], at: Path) -> Path:
    """A database of nothing but zeros; the list says that it was packed into 2 MB, which the file does not have."""
    file = packed(at / "x.zip", retold(parts | {"library.db": bytes(40 << 20)}))
    with zipfile.ZipFile(file) as whole:
        size = whole.getinfo("library.db").compress_size
    data = file.read_bytes()
    return written(file, data.replace(size.to_bytes(4, "little"), (2 << 20).to_bytes(4, "little")))


Attack = Callable[[dict[str, bytes], Path], Path]
SLIPS = ("../evil.toml", "/etc/evil.toml", "vocabulary/../../evil.toml", "C:\\evil.toml", "vocabulary\\..\\evil.toml",
         "vocabulary/sub/evil.toml", "vocabulary/.hidden.toml", "index/manifest.json", "vocabulary/a:b.toml",
         "vocabulary/line\nbreak.toml", "library.db-wal", "vocabulary/")  # fmt: skip
ATTACKS: dict[str, Attack] = {
    **{
        f"slip {name!r}": lambda parts, at, name=name: packed(at / "x.zip", retold(parts | {name: b"x"}))  # type: ignore[misc]
        for name in SLIPS
    },
    "a link": lambda parts, at: packed(at / "x.zip", retold(parts), (link("vocabulary/a.toml"), b"/etc/passwd")),
    "a file more": lambda parts, at: packed(at / "x.zip", parts, (zipfile.ZipInfo("vocabulary/a.toml"), b"x")),
    "same name folded": lambda parts, at: packed(
        at / "x.zip", retold(parts | {"vocabulary/a.toml": b"x", "vocabulary/A.toml": b"y"})
    ),
    "no manifest": lambda parts, at: packed(at / "x.zip", {n: d for n, d in parts.items() if n != "manifest.json"}),
    "no database": lambda parts, at: packed(
        at / "x.zip", retold({n: d for n, d in parts.items() if n != "library.db"})
    ),
    "no settings": lambda parts, at: packed(
        at / "x.zip", retold({n: d for n, d in parts.items() if n != "library.toml"})
    ),
    "manifest of nothing": lambda parts, at: packed(at / "x.zip", parts | {"manifest.json": b"[]"}),
    "manifest of noise": lambda parts, at: packed(at / "x.zip", parts | {"manifest.json": b"\xff\x00"}),
    "manifest too deep": lambda parts, at: packed(at / "x.zip", parts | {"manifest.json": b"[" * 200_000}),
    "manifest too large": lambda parts, at: packed(at / "x.zip", parts | {"manifest.json": b" " * (9 << 20) + b"{}"}),
    "format of no number": lambda parts, at: packed(at / "x.zip", told(parts, format="1")),
    "size below nothing": lambda parts, at: packed(at / "x.zip", told(parts, records=-1)),
    "members of no kind": lambda parts, at: packed(at / "x.zip", told(parts, members=[{"name": 1}])),
    "another hash": lambda parts, at: packed(at / "x.zip", parts | {"library.toml": parts["library.toml"][::-1]}),
    "another size": lambda parts, at: packed(at / "x.zip", parts | {"library.toml": b"x"}),
    "another count": lambda parts, at: packed(at / "x.zip", retold(parts, tables=(("record", 1),))),
    "another library": lambda parts, at: packed(at / "x.zip", retold(parts, library="0" * 32)),
    "another log": lambda parts, at: packed(at / "x.zip", retold(parts, mark="0" * 64)),
    "a trigger": lambda parts, at: packed(
        at / "x.zip",
        altered(parts, at, "CREATE TRIGGER t AFTER INSERT ON note BEGIN DELETE FROM version; END"),
    ),
    "a view": lambda parts, at: packed(
        at / "x.zip",
        altered(parts, at, "ALTER TABLE note RENAME TO n", "CREATE VIEW note AS SELECT * FROM n"),
    ),
    "a changed record": lambda parts, at: packed(
        at / "x.zip", altered(parts, at, "UPDATE version SET state = replace(state, 'knee', 'head')")
    ),
    "no schema": lambda parts, at: packed(at / "x.zip", altered(parts, at, "PRAGMA user_version = 0")),
    "no library's database": lambda parts, at: packed(at / "x.zip", altered(parts, at, "PRAGMA application_id = 1")),
    "no database at all": lambda parts, at: packed(at / "x.zip", retold(parts | {"library.db": b"x" * 4096})),
    "settings of noise": lambda parts, at: packed(at / "x.zip", retold(parts | {"library.toml": b"\xff = ["})),
    "a bomb that says it was packed into much": _bomb,
    "many small bombs": lambda parts, at: packed(
        at / "x.zip", retold(parts | {f"vocabulary/{n}.toml": bytes(15 << 20) for n in range(3)})
    ),
    "a date of escapes": lambda parts, at: packed(at / "x.zip", told(parts, made="2026-01-01\x1b[31m")),
    "a date with a strange middle": lambda parts, at: packed(at / "x.zip", told(parts, made="2026-01-01\x1b00:00:00Z")),
    "a date that is none": lambda parts, at: packed(at / "x.zip", told(parts, made="2026-13-41T00:00:00Z")),
    "a bomb": lambda parts, at: packed(at / "x.zip", retold(parts | {"library.db": bytes(40 << 20)})),
    "a text bomb": lambda parts, at: packed(at / "x.zip", retold(parts | {"vocabulary/a.toml": bytes(17 << 20)})),
    "too many files": lambda parts, at: packed(
        at / "x.zip", parts | {f"vocabulary/{n}.toml": b"" for n in range(1100)}
    ),
}  # fmt: skip


def nothing_there(folder: Path, *but: str) -> bool:
    """Whether a folder holds nothing but what is named, hidden or not."""
    return {one.name for one in folder.iterdir()} <= set(but)


@pytest.mark.parametrize("attack", ATTACKS)
def test_a_backup_made_by_an_enemy_is_refused(good: Path, tmp_path: Path, attack: str) -> None:
    """With an error of ours, and nothing is written anywhere."""
    work, to = tmp_path / "work", tmp_path / "to"
    work.mkdir()
    to.mkdir()
    file = ATTACKS[attack](members(good), work)
    with pytest.raises((InputError, LibraryError)) as error:
        restore(file, to / "new")
    assert error.value.hint
    assert nothing_there(to)
    assert nothing_there(tmp_path, "work", "to")


def test_a_backup_packed_anew_by_another_program_is_restored(good: Path, tmp_path: Path) -> None:
    """The control: what the attacks are made from is taken, as it is and told anew."""
    parts = members(good)
    for n, same in enumerate((parts, retold(parts), altered(parts, tmp_path))):
        made = restore(packed(tmp_path / "x.zip", same), tmp_path / str(n))
        assert made.manifest.records > 30


@pytest.mark.parametrize(
    ("cut", "flip"), [(0, None), (10, None), (0.5, None), (0.99, None), (1.0, 0.2), (1.0, 0.6), (1.0, 0.9)]
)
def test_a_damaged_backup_is_refused(good: Path, tmp_path: Path, cut: float, flip: float | None) -> None:
    """Cut off or with one bit turned, anywhere."""
    data = bytearray(good.read_bytes())
    data = data[: int(cut * len(data)) if cut <= 1 else int(cut)]
    if flip is not None:
        data[int(flip * len(data))] ^= 4
    with pytest.raises(InputError):
        restore(written(tmp_path / "x.zip", bytes(data)), tmp_path / "new")
    assert nothing_there(tmp_path, "x.zip")


def test_a_member_that_holds_more_than_it_says_is_stopped(good: Path, tmp_path: Path) -> None:
    """The sizes in the zip's list are not believed: bytes are counted while they are read."""
    parts = members(good)
    file = packed(tmp_path / "x.zip", parts | {"library.toml": parts["library.toml"] + bytes(1000)})
    data = file.read_bytes()
    size = len(parts["library.toml"])
    for wrong in (data.rfind((size + 1000).to_bytes(4, "little")), data.find((size + 1000).to_bytes(4, "little"))):
        data = data[:wrong] + size.to_bytes(4, "little") + data[wrong + 4 :]
    with pytest.raises(InputError):
        restore(written(file, data), tmp_path / "new")
    assert nothing_there(tmp_path, "x.zip")


@pytest.mark.parametrize("change", [{"format": 2}, {"schema": 99}])
def test_a_newer_backup_is_refused_as_such(good: Path, tmp_path: Path, change: dict[str, int]) -> None:
    """LibraryError, which says that a newer version is needed."""
    file = packed(tmp_path / "x.zip", told(members(good), **change))
    with pytest.raises(LibraryError, match="newer"):
        restore(file, tmp_path / "new")


@pytest.mark.parametrize("what", ["a library", "a full folder", "a file", "a folder in a file"])
def test_nothing_is_restored_over_something(good: Path, small: Path, tmp_path: Path, what: str) -> None:
    """UsageError, and what is there stays."""
    full, file = tmp_path / "full", tmp_path / "file"
    full.mkdir()
    (full / "x").write_text("mine")
    file.write_text("mine")
    to = {"a library": small, "a full folder": full, "a file": file, "a folder in a file": file / "new"}[what]
    before = rows(small)
    with pytest.raises(UsageError):
        restore(good, to)
    assert (rows(small), (full / "x").read_text(), file.read_text()) == (before, "mine", "mine")


def test_an_empty_folder_may_be_used(good: Path, tmp_path: Path) -> None:
    """As the new library's place."""
    (tmp_path / "new").mkdir()
    folder = restore(good, tmp_path / "new").folder
    with closing(open_reader(folder / "library.db")) as reader:
        assert not list(reader.faults())


@pytest.mark.parametrize("said", ["postgresql+psycopg://u:secret@h/d", "../other.db", "/tmp/other.db"])
def test_a_restored_library_uses_the_database_beside_it(good: Path, tmp_path: Path, said: str) -> None:
    """Wherever the settings point; the other lines stay, and a person is told."""
    parts = members(good)
    line = parts["library.toml"].replace(b'"library.db"', f'"{said}"'.encode())
    made = restore(packed(tmp_path / "x.zip", retold(parts | {"library.toml": line})), tmp_path / "new")
    settings = (made.folder / "library.toml").read_text()
    assert settings == parts["library.toml"].decode()
    assert "library.db" in made.said[0]


def test_a_backup_of_an_older_library_is_upgraded(good: Path, tmp_path: Path) -> None:
    """The first release's, as it was kept: its records are there, and no copy lies beside."""
    old = tmp_path / "old"
    old.mkdir()
    shutil.copy(ROOT / "tests" / "fixtures" / "library-0001.db", old / "library.db")
    (old / "library.toml").write_bytes(members(good)["library.toml"])
    with closing(sqlite3.connect(old / "library.db")) as connection:
        names = [n for (n,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
        counts = tuple(sorted((n, connection.execute(f"SELECT count(*) FROM {n}").fetchone()[0]) for n in names))
        (seq,) = connection.execute("SELECT max(seq) FROM version").fetchone()
        connection.execute("PRAGMA journal_mode = DELETE")
    copy = Path(shutil.copy(old / "library.db", tmp_path / "now.db"))
    with closing(open_reader(copy)) as reader:
        library, mark, records = reader.id(), reader.mark(seq) or "", reader.overview().records
    parts = {name: (old / name).read_bytes() for name in ("library.db", "library.toml")}
    first = Manifest("2026-01-01T00:00:00Z", "evidence 0.1.0", 1, library, records, seq, mark, counts, ())
    parts = retold({"manifest.json": as_json(first)} | parts)
    folder = restore(packed(tmp_path / "x.zip", parts), tmp_path / "new").folder
    assert {one.name for one in folder.iterdir()} == {"library.db", "library.toml", "cache"}
    with open_library(folder) as opened:
        assert len(list(opened.records())) == records > 0


def test_a_backup_with_faults_is_restored_when_asked_and_with_no_others(small: Path, tmp_path: Path) -> None:
    """What the manifest does not tell is not taken."""
    damage(small, "reeves2000knee")
    made = backup(small, tmp_path / "damaged.zip", damaged=True)
    with pytest.raises(InputError, match="reeves2000knee"):
        restore(made.file, tmp_path / "new")
    parts = retold(members(made.file), faults=made.manifest.faults[:1])
    with pytest.raises(InputError, match="damaged"):
        restore(packed(tmp_path / "x.zip", parts), tmp_path / "new", damaged=True)
    assert not (tmp_path / "new").exists()


def test_killed_anywhere_there_is_a_whole_library_or_none(good: Path, tmp_path: Path, killed: Killed) -> None:
    """At every write, rename and removal; the next restore needs no hand and leaves nothing behind."""
    to = tmp_path / "new"
    times, whole = 1, 0
    while killed(lambda: restore(good, to), times):
        times += 5
        if to.exists():
            whole += 1
            with closing(open_reader(to / "library.db")) as reader:
                assert not list(reader.faults())
            shutil.rmtree(to)
    assert times > 10
    assert whole >= 1  # killed after the rename
    assert to.exists()  # not killed any more
    shutil.rmtree(to)
    restore(good, to)
    assert nothing_there(tmp_path, "new")


def test_a_full_disk_leaves_nothing(good: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Told before it begins, where that can be known, and undone where not."""
    with monkeypatch.context() as patch:
        patch.setattr(archive, "_free", lambda _: 1000)
        with pytest.raises(StorageError, match="free"):
            restore(good, tmp_path / "new")

    def failing(_: int) -> None:
        raise OSError(errno.EIO, "no more")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", failing)
        with pytest.raises(StorageError):
            restore(good, tmp_path / "new")
    assert nothing_there(tmp_path)


def test_the_index_is_made_at_the_end_and_its_failing_harms_nothing(good: Path, tmp_path: Path) -> None:
    """What it fails with is said; the library is there."""
    seen = []

    def reindex(folder: Path) -> None:
        seen.append((folder / "library.db").exists())
        raise StorageError("No room.")

    made = restore(good, tmp_path / "new", reindex=reindex)
    assert seen == [True]
    assert "No room." in made.said[0]


@pytest.mark.parametrize("attack", [one for one in ATTACKS if "bomb" in one])
def test_a_bomb_is_known_before_it_is_unpacked(
    good: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, attack: str
) -> None:
    """By the size of the file itself: what its list says of what was packed is not believed."""
    file = ATTACKS[attack](members(good), tmp_path)
    unpacked: list[object] = []
    monkeypatch.setattr(archive.Archive, "unpack", lambda *given: unpacked.append(given))
    with pytest.raises(InputError, match=r"unpack|packed"):
        restore(file, tmp_path / "new")
    assert unpacked == []


def test_a_small_library_is_restored_onto_a_nearly_full_disk(
    good: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is kept free goes by its size; a refusal names it."""
    needed = sum(map(len, members(good).values()))
    with monkeypatch.context() as patch:
        patch.setattr(archive, "_free", lambda _: 2 * needed)
        with pytest.raises(StorageError, match=r"[\d,]+ bytes .* [\d,]+ more .* free"):
            restore(good, tmp_path / "new")
    monkeypatch.setattr(archive, "_free", lambda _: 24_047_616)
    assert restore(good, tmp_path / "new").manifest.records > 30


def test_what_an_enemy_wrote_reaches_no_terminal(good: Path, small: Path, tmp_path: Path) -> None:
    """Escape sequences and endless texts of a manifest's faults, and of names in a database, are cut and cleaned."""
    fault = {"where": "\x1b[2J\u202e" + "w" * 9000, "what": "\x9b31m" + "x" * 9000, "mend": ""}
    damaged = packed(tmp_path / "a.zip", told(members(good), faults=[fault]))
    named = packed(
        tmp_path / "b.zip", altered(members(good), tmp_path, 'CREATE VIEW "\x1b[2J' + "v" * 9000 + '" AS SELECT 1')
    )
    for file in (damaged, named):
        with pytest.raises(InputError) as error:
            restore(file, tmp_path / "new")
        assert error.value.message.isprintable()
        assert len(error.value.message) < 1000


def test_a_restored_library_knows_the_backup_that_it_came_from(good: Path, tmp_path: Path) -> None:
    """As its last one."""
    made = restore(good, tmp_path / "new")
    told_of = json.loads((made.folder / notes.NOTE).read_text())
    assert (told_of["file"], told_of["made"], told_of["seq"]) == (str(good), made.manifest.made, made.manifest.seq)


def test_what_is_no_file_is_no_backup(tmp_path: Path) -> None:
    """A folder, a missing file, an empty one, a device."""
    for path in (tmp_path, tmp_path / "nothing", written(tmp_path / "empty", b""), Path(os.devnull)):
        with pytest.raises(EvidenceError):
            restore(path, tmp_path / "new")
    assert manifest.allowed("library.db")
    assert not (tmp_path / "new").exists()
