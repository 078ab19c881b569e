"""What the tests of backups and of the doctor share: a small library, to be copied, and work that is killed."""

from __future__ import annotations

import os
import shutil
import signal
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from evidence.store.sql import server_engine
from tests.upkeep.damage import small_library

Killed = Callable[[Callable[[], object], int], bool]


@pytest.fixture(scope="session")
def small_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small library, made once; not to be changed."""
    return small_library(tmp_path_factory.mktemp("small") / "library")


@pytest.fixture
def small(small_folder: Path, tmp_path: Path) -> Path:
    """A copy of it, to be changed at will."""
    return Path(shutil.copytree(small_folder, tmp_path / "library"))


@pytest.fixture
def server_library(server: str) -> str:
    """The address of an empty schema on a PostgreSQL server."""
    engine = server_engine(server)
    with engine.begin() as connection:
        connection.exec_driver_sql("DROP SCHEMA IF EXISTS upkeep CASCADE")
        connection.exec_driver_sql("CREATE SCHEMA upkeep")
    engine.dispose()
    return f"{server}&options=-csearch_path%3Dupkeep"


@pytest.fixture
def killed() -> Killed:
    """`killed(work, n)`: do the work in a process that dies at its n-th write, rename or removal; whether it died."""
    if not hasattr(os, "fork"):
        pytest.skip("processes cannot be forked here")

    def run(work: Callable[[], object], at: int) -> bool:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Python 3.12 warns of threads, which the child does not use
            child = os.fork()
        if not child:
            try:
                _count_down(at)
                work()
            finally:
                os._exit(0)
        _, status = os.waitpid(child, 0)
        return os.WIFSIGNALED(status)

    return run


def _count_down(at: int) -> None:
    left = at

    def counting(call: Callable[..., Any]) -> Callable[..., Any]:
        def counted(*given: Any, **named: Any) -> Any:
            nonlocal left
            left -= 1
            if not left:
                os.kill(os.getpid(), signal.SIGKILL)
            return call(*given, **named)

        return counted

    for name in ("fsync", "replace", "rename", "unlink", "mkdir", "rmdir", "chmod"):
        setattr(os, name, counting(getattr(os, name)))
