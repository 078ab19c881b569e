"""The doctor: what he finds, that he finds nothing where nothing is, and that he never fails."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from evidence import disk
from evidence.store.opening import open_reader
from evidence.upkeep import contents, folders
from evidence.upkeep import doctor as doctors
from evidence.upkeep.backup import backup
from evidence.upkeep.doctor import Health, doctor
from evidence.upkeep.finding import Finding, Surroundings
from evidence.upkeep.restore import restore
from evidence.wiring import init_library
from tests.upkeep.damage import ENTRIES

pytest_plugins = ("tests.contracts.store_places",)
WELL = Surroundings("", lambda _: 10**12, (3, 53, 0), datetime(2026, 11, 21, tzinfo=UTC))
MOUNTS = """\
22 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw
90 22 0:50 / /mnt/share rw - cifs //server/share rw
91 22 0:51 / /mnt/two\\040words rw - nfs4 server:/x rw
92 22 0:52 / /home/me/remote rw - fuse.sshfs me@host:/ rw
93 91 254:1 / /mnt/two\\040words/local rw - xfs /dev/vdb rw
94 22 0:54 / /mnt/c rw - 9p C:\\134 rw
"""


def found(health: Health, words: str) -> Finding | None:
    """The first finding that says `words`."""
    return next((one for one in health.findings if words in f"{one.where}: {one.what}"), None)


def fact(health: Health, name: str) -> object:
    """The value of a fact."""
    return next((one.value for one in health.facts if one.name == name), None)


def test_a_well_library_has_no_findings(small: Path, tmp_path: Path) -> None:
    """And its facts are told; what is looked at is as it was."""
    backup(small, tmp_path / "kept.zip")
    small.chmod(0o700)
    before = {one.name: one.read_bytes() for one in small.iterdir() if one.is_file() and "-shm" not in one.name}
    health = doctor(small, WELL)
    assert health.findings == ()
    assert health.ok
    assert fact(health, "records") == ENTRIES
    assert fact(health, "last made")
    assert {one.name: one.read_bytes() for one in small.iterdir() if one.is_file() and "-shm" not in one.name} == before


@pytest.mark.parametrize(
    ("folder", "kind"),
    [
        ("/home/me/library", "ext4"), ("/mnt/share/library", "cifs"), ("/mnt/two words/x", "nfs4"), ("/mnt/shared", "ext4"),
        ("/mnt/two words/local/x", "xfs"), ("/home/me/remote", "fuse.sshfs"), ("/mnt/c/Users", "9p"),
    ],
)  # fmt: skip
def test_the_file_system_of_a_folder_is_the_nearest_mount(folder: str, kind: str) -> None:
    """By whole names, blanks and all."""
    assert folders.file_system(Path(folder), MOUNTS) == kind
    assert folders.is_network(kind) == (kind not in {"ext4", "xfs"})


@pytest.mark.parametrize("mounts", ["", "noise", "1 2 3 4 / -", " - \n - - -", "1 2 3 4 / x - \x00"])
def test_mounts_that_cannot_be_read_are_not_known(mounts: str) -> None:
    """And are no finding."""
    assert not folders.is_network(folders.file_system(Path("/home"), mounts) or "")


@pytest.mark.parametrize(
    ("path", "by"),
    [
        ("/home/me/Dropbox/lib", "Dropbox"), ("/home/me/Dropbox (Personal)/lib", "Dropbox"), ("/Users/me/OneDrive - Clinic/l", "OneDrive"),
        ("/Users/me/Library/Mobile Documents/com~apple~CloudDocs/lib", "iCloud"), ("/home/me/Nextcloud/l", "Nextcloud"),
        ("/Users/me/Library/CloudStorage/GoogleDrive-me@x.org/My Drive/l", "a cloud drive"), ("/home/me/Google Drive/l", "Google Drive"),
        ("/home/me/dropboxes/lib", None), ("/home/me/library", None),
    ],
)  # fmt: skip
def test_a_synced_folder_is_known_by_its_name(path: str, by: str | None) -> None:
    """As the programs name them."""
    assert folders.synced_by(Path(path)) == by


def test_a_synced_folder_is_known_by_its_mark(small: Path) -> None:
    """As Syncthing puts one at the top of what it copies."""
    (small.parent / ".stfolder").mkdir()
    health = doctor(small, WELL)
    assert folders.synced_by(small) == "Syncthing"
    assert found(health, "Syncthing") is not None
    assert not health.ok


def test_a_network_drive_is_grave_for_a_file(small: Path) -> None:
    """With a line that says how to move."""
    health = doctor(small, replace(WELL, mounts="90 22 0:50 / / rw - nfs4 server:/x rw"))
    finding = found(health, "nfs4")
    assert finding is not None
    assert finding.grave
    assert "evidence backup" in finding.mend


@pytest.mark.parametrize(("free", "grave"), [(10_000_000, True), (100_000_000, False)])
def test_a_disk_that_is_nearly_full_is_told(small: Path, free: int, grave: bool) -> None:
    """Below 50 MB it needs a person."""
    health = doctor(small, replace(WELL, free=lambda _: free))
    finding = found(health, "are free")
    assert finding is not None
    assert (finding.grave, health.ok) == (grave, not grave)


@pytest.mark.parametrize(
    ("version", "faulty"), [((3, 6, 23), False), ((3, 40, 1), True), ((3, 51, 2), True), ((3, 51, 3), False)]
)
def test_the_known_fault_of_sqlite_is_told_and_needs_nobody(
    small: Path, version: tuple[int, ...], faulty: bool
) -> None:
    """From 3.7.0 to 3.51.2."""
    health = doctor(small, replace(WELL, sqlite=version))
    assert (found(health, "SQLite") is not None) == faulty
    assert health.ok
    if faulty:
        last = health.findings[-1]
        assert last.where.startswith("SQLite")
        assert len(f"{last.where}: {last.what}") < 120
        assert last.mend == ""


def _broken_settings(library: Path) -> None:
    (library / "library.toml").write_bytes(b"database = [\xff")


def _no_settings(library: Path) -> None:
    (library / "library.toml").unlink()


def _cut(library: Path) -> None:
    path = library / "library.db"
    os.truncate(path, path.stat().st_size // 2)


def _noise(library: Path) -> None:
    (library / "library.db").write_bytes(os.urandom(5000))


def _gone(library: Path) -> None:
    (library / "library.db").unlink()


def _newer(library: Path) -> None:
    _run(library, "PRAGMA user_version = 99")


def _trigger(library: Path) -> None:
    _run(library, "CREATE TRIGGER t AFTER INSERT ON note BEGIN DELETE FROM version; END")


def _vocabulary(library: Path) -> None:
    (library / "vocabulary").mkdir()
    (library / "vocabulary" / "x.toml").write_text("scheme = 1\n[")


def _open_to_all(library: Path) -> None:
    library.chmod(0o777)


def _engine(library: Path) -> None:
    path = library / "library.toml"
    path.write_text(path.read_text().replace('"memory"', '"abacus"'))


def _run(library: Path, statement: str) -> None:
    with closing(sqlite3.connect(library / "library.db")) as connection:
        connection.execute(statement)
        connection.commit()


@pytest.mark.parametrize(
    "harm", [_broken_settings, _no_settings, _cut, _noise, _gone, _newer, _trigger, _vocabulary, _open_to_all, _engine]
)
def test_what_needs_a_person_is_grave_and_has_a_line(small: Path, harm: Callable[[Path], None]) -> None:
    """Whatever is damaged, the doctor says where, what and how to mend it."""
    harm(small)
    health = doctor(small, WELL)
    grave = [one for one in health.findings if one.grave]
    assert grave
    assert all(one.where and one.what and one.mend for one in health.findings)
    assert not any("could not be looked at" in one.what for one in health.findings)
    assert not health.ok


def test_what_is_left_over_is_told_with_its_size_and_age(small: Path) -> None:
    """Copies made before upgrades, parts that a killed process left, a log without its companion."""
    (small / "library.db.before-0001").write_bytes(bytes(3000))
    os.utime(small / "library.db.before-0001", (0, datetime(2026, 11, 11, tzinfo=UTC).timestamp()))
    (small / ".library.toml.abc").write_bytes(b"x")
    (small.parent / ".library.evidence-part").mkdir()
    (small / "library.db-shm").unlink(missing_ok=True)
    (small / "library.db-wal").write_bytes(bytes(100))
    health = doctor(small, WELL)
    copied = found(health, "10 days ago")
    assert copied is not None
    assert "3.0 kB" in copied.what
    assert found(health, ".library.toml.abc") is not None
    assert found(health, ".library.evidence-part") is not None
    assert found(health, "without its companion") is not None
    assert health.ok


def test_what_killed_processes_left_is_told_with_the_line_that_removes_it(small: Path, tmp_path: Path) -> None:
    """Of a restore that never came to a folder, of settings, the cache, and a backup's; blanks in names are quoted."""
    target = tmp_path / "two words"
    part = tmp_path / ".two words.evidence-part"
    part.mkdir()
    finding = found(doctor(target, WELL), ".two words.evidence-part")
    assert finding is not None
    assert finding.mend == f"rm -r '{part}'"
    backup(small, tmp_path / "kept.zip")
    left = [
        small / ".library.toml.x", small / "cache" / ".backup.json.x", small / "cache" / ".vocabulary-1.json.x",
        tmp_path / ".kept.zip.evidence-part",
    ]  # fmt: skip
    for one in left:
        one.mkdir()
    health = doctor(small, WELL)
    assert {one.mend for one in health.findings} >= {f"rm -r {one}" for one in left}
    backup(small, tmp_path / "kept.zip")
    assert not left[-1].exists()


@pytest.mark.parametrize("how", ["in place", "restored"])
def test_records_that_are_not_what_was_stored_are_named(small: Path, tmp_path: Path, how: str) -> None:
    """Though no page of the database is wrong; in a library that was restored with its faults as well."""
    path = small / "library.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode = DELETE")
    path.write_bytes(path.read_bytes().replace(b"dextrose prolotherapy", b"dextrose prolotherapX"))
    folder = small
    if how == "restored":
        file = backup(small, tmp_path / "damaged.zip", damaged=True).file
        folder = restore(file, tmp_path / "new", damaged=True).folder
    health = doctor(folder, WELL)
    with closing(open_reader(path)) as reader:
        named = {one.where for one in reader.faults()}
    assert named
    finding = found(health, "records: not what was stored")
    assert finding is not None
    assert finding.grave
    assert all(key in finding.what for key in named)
    assert "evidence verify" in finding.mend
    assert (found(health, "a damaged library") is not None) == (how == "restored")
    assert not health.ok


def test_many_damaged_records_are_not_named_one_by_one(small: Path) -> None:
    """Ten, and that there are more."""
    _run(small, "UPDATE version SET state = replace(state, 'csl', 'lsc')")
    finding = found(doctor(small, WELL), "not what was stored")
    assert finding is not None
    assert finding.what.count(",") == 10
    assert finding.what.endswith(" and more")


def test_of_a_large_library_every_hash_is_looked_at(small: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of records, of former versions; only rows that can be made anew are left to `verify`."""
    monkeypatch.setattr(contents, "_WHOLE", 0)
    assert doctor(small, WELL).ok
    _run(small, "UPDATE version SET state = replace(state, 'csl', 'lsc') WHERE key = 'bae2021'")
    _run(small, "UPDATE record SET sha256 = 'x' WHERE key = 'sit2016'")
    grave = [one.what for one in doctor(small, WELL).findings if one.grave]
    assert grave == ["not what was stored: bae2021, sit2016"]


def test_text_of_files_is_cleaned(small: Path) -> None:
    """What a note or a database holds does not speak to the terminal."""
    (small / "cache").mkdir(exist_ok=True)
    noted = {"made": "\x1b[2J", "file": "\x1b[2J" + "x" * 5000, "seq": 1}
    (small / "cache" / "backup.json").write_text(json.dumps(noted))
    _run(small, 'CREATE VIEW "\x1b[2J' + "v" * 5000 + '" AS SELECT 1')
    health = doctor(small, WELL)
    texts = [text for one in health.findings for text in (one.where, one.what, one.mend)]
    texts += [str(one.value) for one in health.facts]
    assert all(text.isprintable() and len(text) < 1000 for text in texts)


def test_settings_that_are_missing_are_told_with_the_line_that_makes_them(small: Path, tmp_path: Path) -> None:
    """And where there is nothing at all, making and restoring are both offered."""
    _no_settings(small)
    finding = found(doctor(small, WELL), "library.db is there, but library.toml is missing")
    assert finding is not None
    assert 'database = "library.db"' in finding.mend
    for folder in (tmp_path / "nothing", tmp_path / "empty"):
        mends = [one.mend for one in doctor(folder, WELL).findings if one.grave]
        assert any(f"evidence -L {folder} restore FILE" in one for one in mends)
        assert any(f"evidence init {folder}" in one for one in mends)
        (tmp_path / "empty").mkdir(exist_ok=True)


def test_an_older_library_is_told_and_not_touched(small: Path) -> None:
    """The upgrade is for who opens it."""
    fixture = Path(__file__).resolve().parent.parent / "fixtures" / "library-0001.db"
    shutil.copy(fixture, small / "library.db")
    health = doctor(small, WELL)
    assert found(health, "older") is not None
    assert health.ok
    assert (small / "library.db").read_bytes() == fixture.read_bytes()


def test_a_disk_that_fails_the_trial_is_grave(small: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Here one that cannot see bytes to the disk; nothing of the trial stays."""

    def failing(_: Path) -> None:
        raise OSError(22, "no such call")

    monkeypatch.setattr(disk, "sync", failing)
    health = doctor(small, WELL)
    finding = found(health, "a trial of the disk failed")
    assert finding is not None
    assert finding.grave
    assert not list(small.glob(".doctor-*"))


def test_a_folder_that_may_not_be_written_to_is_no_fault(small: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Reading works there."""
    monkeypatch.setattr(os, "access", lambda _, how, **__: not how & os.W_OK)
    health = doctor(small, WELL)
    assert found(health, "can be read, and not written to") is not None
    assert health.ok


def test_a_check_that_fails_hides_no_other(small: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is a finding itself."""

    def ill(_: object) -> None:
        raise ZeroDivisionError("oh")

    monkeypatch.setattr(doctors, "CHECKS", (ill, contents.vocabulary))
    health = doctor(small, WELL)
    assert found(health, "ZeroDivisionError: oh") is not None
    assert fact(health, "terms")


def test_no_library_is_told_with_the_line_that_makes_one(tmp_path: Path) -> None:
    """A folder that is not there, one that is a file, an empty one, a link that leads nowhere."""
    (tmp_path / "file").write_text("x")
    (tmp_path / "empty").mkdir(mode=0o700)
    (tmp_path / "circle").symlink_to("circle")
    for name in ("nothing", "file", "empty", "circle", "file/in"):
        health = doctor(tmp_path / name, WELL)
        assert not health.ok
        assert any("evidence init" in one.mend for one in health.findings), name
    assert sorted(one.name for one in tmp_path.iterdir()) == ["circle", "empty", "file"]


def test_a_server_is_asked_what_a_power_cut_asks(server_library: str, tmp_path: Path) -> None:
    """Its version and settings are facts; this one was told not to wait for the disk."""
    folder = init_library(tmp_path / "served", database=server_library, index="memory")
    health = doctor(folder, WELL)
    assert fact(health, "server_version")
    assert fact(health, "records") == 0
    finding = found(health, "fsync is off")
    assert finding is not None
    assert finding.grave


def test_a_server_that_does_not_answer_is_told(small: Path) -> None:
    """As a finding, soon."""
    path = small / "library.toml"
    path.write_text(path.read_text().replace('"library.db"', '"postgresql+psycopg://nobody@127.0.0.1:1/none"'))
    health = doctor(small, WELL)
    assert found(health, "database") is not None
    assert not health.ok
