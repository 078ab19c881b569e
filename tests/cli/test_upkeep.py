"""verify, doctor, backup, restore: what they print, and what they leave with."""

from __future__ import annotations

import hashlib
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.conftest import Command


def test_a_restore_drill(command: Command, shipped: Path, tmp_path: Path) -> None:
    """Backup, delete everything, restore elsewhere: the same records, history, answers, questions and news."""
    file = tmp_path / "kept.zip"
    command("-L", shipped, "question", "save", "knees", "knee", "dextrose")
    command("-L", shipped, "question", "save", "quiet", "shoulder")
    command("-L", shipped, "add", "title=Dextrose for the knee, once more", "year=2025")
    told_new = {
        one["name"]: one for one in command("-L", shipped, "question", "new", "--keep", "--json").json["questions"]
    }
    assert len(told_new["knees"]["new"]) == 1
    assert told_new["quiet"]["new"] == []
    asked = [
        ("question", "list", "--json"),
        ("question", "new", "--keep", "--json"),
        ("export", "--original"),
        ("history", "--json"),
        ("search", "knee", "dextrose", "--limit", "50"),
        ("verify",),
    ]
    before = [command("-L", shipped, *one).out for one in asked]
    told = command("-L", shipped, "backup", file, "--json")
    assert told.code == 0
    assert told.json == {
        "ok": True, "checked": 191, "faults": [], "file": str(file), "bytes": file.stat().st_size,
        "sha256": hashlib.sha256(file.read_bytes()).hexdigest(), "records": 191,
    }  # fmt: skip
    shutil.rmtree(shipped)
    restored = command("-L", tmp_path / "new", "restore", file, "--json")
    assert (restored.code, restored.json["ok"], restored.json["checked"]) == (0, True, 191)
    assert [command("-L", tmp_path / "new", *one).out for one in asked] == before


def test_verify_names_a_damaged_record(command: Command, shipped: Path) -> None:
    """And leaves with 1; a sound library with 0."""
    assert command("-L", shipped, "verify", "--json").json["ok"] is True
    with closing(sqlite3.connect(shipped / "library.db")) as connection:
        connection.execute("UPDATE version SET state = replace(state, 'knee', 'head') WHERE key = 'reeves2000knee'")
        connection.commit()
    told = command("-L", shipped, "verify", "--json")
    assert told.code == 1
    assert told.json["checked"] == 190
    assert "reeves2000knee" in {one["where"] for one in told.json["faults"]}
    assert set(told.json["faults"][0]) == {"where", "what", "mend"}
    refused = command("-L", shipped, "backup", shipped.parent / "kept.zip")
    assert refused.code == 4
    assert "--damaged" in refused.err
    forced = command("-L", shipped, "backup", "--damaged", shipped.parent / "kept.zip")
    assert forced.code == 1
    assert "reeves2000knee" in forced.out
    assert command("restore", shipped.parent / "kept.zip", shipped.parent / "new").code == 3
    restored = command("restore", "--damaged", shipped.parent / "kept.zip", shipped.parent / "new")
    assert restored.code == 1
    assert "faults" in restored.err
    assert "verified" not in restored.out
    assert "not what was stored" in command("-L", shipped.parent / "new", "doctor").out


def test_what_is_damaged_is_told_without_speaking_to_the_terminal(command: Command, shipped: Path) -> None:
    """A key that was overwritten with an escape sequence."""
    with closing(sqlite3.connect(shipped / "library.db")) as connection:
        connection.execute("UPDATE record SET key = ? WHERE key = 'reeves2000knee'", ("\x1b[2J",))
        connection.commit()
    for words in (("verify",), ("doctor",), ("backup", "--damaged", shipped.parent / "kept.zip")):
        told = command("-L", shipped, *words)
        assert told.code == 1
        assert "\x1b" not in told.out + told.err


def test_doctor_tells_what_it_found(command: Command, shipped: Path) -> None:
    """In JSON with the facts, in words with the mending line."""
    told = command("-L", shipped, "doctor", "--json")
    assert told.code == 0
    assert told.json["ok"] is True
    assert told.json["facts"]["library"]["records"] == 190
    assert all(set(one) == {"where", "what", "mend", "grave"} for one in told.json["faults"])
    (shipped / "library.db").write_bytes(b"x" * 5000)
    told = command("-L", shipped, "doctor")
    assert told.code == 1
    assert "To mend" in told.out
    assert "evidence -L NEW restore FILE" in told.out
    verbose = command("-L", shipped, "doctor", "--verbose")
    assert "limits: words of a query: 1000" in verbose.out


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("backup", "-"), 2), (("restore", "-"), 2), (("backup", "{library}/kept.zip"), 2), (("restore", "{library}"), 3),
        (("restore", "nothing.zip", "{tmp}/new"), 3), (("-L", "{tmp}/a", "restore", "x.zip", "{tmp}/b"), 2),
        (("-L", "{tmp}/nothing", "backup", "{tmp}/x.zip"), 4), (("-L", "{tmp}/nothing", "doctor"), 1),
        (("-L", "{tmp}/nothing", "verify"), 4),
    ],
)  # fmt: skip
def test_what_cannot_be_done_is_told_with_its_code(
    command: Command, shipped: Path, tmp_path: Path, words: tuple[str, ...], code: int
) -> None:
    """A sentence and a hint, never a traceback."""
    given = [one.format(library=shipped, tmp=tmp_path) for one in words]
    before = () if "-L" in given else ("-L", shipped if "backup" in given else tmp_path / "new")
    told = command(*before, *given)
    assert told.code == code
    assert "Traceback" not in told.err
    assert told.out + told.err
