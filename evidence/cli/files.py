"""init, import, export: files in and out."""

from __future__ import annotations

import gc
import shutil
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import SpooledTemporaryFile
from typing import BinaryIO, cast

import click

from evidence.cli.session import Command, Session, stderr_is_terminal
from evidence.core.library import Library
from evidence.core.receipts import FileReceipt, Line, as_json
from evidence.errors import EvidenceError, InputError, NeedsPersonError, NotBuiltError, UsageError
from evidence.model.record import Record

_SHOWN = 20  # lines of a receipt that a person is shown for each file
_HELD = 64 << 20  # bytes of standard input that are held in memory; more go to a file while they are read


@click.command("init", cls=Command)
@click.argument("folder", required=False)
@click.option("--database", metavar="URL", help="A database server's SQLAlchemy URL, instead of SQLite in the folder.")
@click.option("--index", metavar="ENGINE", help="The full-text engine.")
@click.pass_obj
def init_command(session: Session, folder: str | None, database: str | None, index: str | None) -> None:
    """Make a library."""
    from evidence.wiring import init_library, library_path

    path = init_library(library_path(folder or session.path), database=database, index=index)
    session.print(
        {"library": str(path)},
        lambda: f"An empty library is in {path}\nRead citations into it with: evidence -L {path} import FILE",
    )


@click.command("import", cls=Command)
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@click.option("--format", "format_name", metavar="NAME", help="The format, when the file does not show it.")
@click.option("--dry-run", is_flag=True, help="Say what would happen; change nothing.")
@click.option(
    "--accept-unsure", is_flag=True, help="Take references that were read with doubt (reference lists, built later)."
)
@click.option("--verbose", is_flag=True, help="List every entry.")
@click.pass_obj
def import_command(
    session: Session, files: tuple[str, ...], format_name: str | None, dry_run: bool, accept_unsure: bool, verbose: bool
) -> int:
    """Read citations into the library, with a receipt that balances.

    FILE is an export in bibtex (.bib), ris, nbib (PubMed, MEDLINE), pubmed-xml, endnote-xml, refer (.enw), wos (.ciw),
    ovid, csl-json (Zotero's too), csv (.tsv too) or study-facts, also packed with gzip (.gz); - reads standard input.

    Format and encoding are found from the content, whatever the name, and stand in the receipt; --format decides the
    format. What a file says twice, or the library has, is merged or unchanged; what cannot be read is refused by line
    and reason, and the command then ends with 1.
    """
    if accept_unsure:
        raise NotBuiltError("--accept-unsure is for reference lists, which are not read yet.", "Leave the option out.")
    _collect_seldom()
    receipts: list[FileReceipt] = []
    failed: list[EvidenceError] = []
    cut = False
    with session.open(write=True) as library:
        if format_name:
            library.format(format_name)
        for file in files:
            try:
                receipt, whole = _import_one(library, file, format_name, dry_run=dry_run, verbose=verbose)
                receipts.append(receipt)
                cut = cut or not whole
            except (InputError, NotBuiltError) as error:
                failed.append(error)
            except (EvidenceError, OSError, KeyboardInterrupt):
                for receipt in receipts:  # what is done is told before what stops the rest
                    click.echo(_told(receipt, {}, verbose=False, dry=dry_run), err=True)
                raise
        grave = {} if dry_run or session.json else _grave(library, receipts)
        code = _ended_import(session, receipts, failed, grave, verbose=verbose, dry=dry_run)
        return code or int(cut)


def _ended_import(
    session: Session,
    receipts: list[FileReceipt],
    failed: list[EvidenceError],
    grave: Mapping[str, Sequence[str]],
    *,
    verbose: bool,
    dry: bool,
) -> int:
    """Print what was done before the index takes it in; gives the exit code."""
    for one in failed if receipts or len(failed) > 1 else ():
        click.echo(f"evidence: {one.message}\n  {one.hint}", err=True)
    if failed and not receipts:
        raise failed[0]
    session.print(as_json(receipts), lambda: "\n".join(_told(one, grave, verbose=verbose, dry=dry) for one in receipts))
    sys.stdout.flush()
    if failed:
        return failed[0].exit_code
    return 1 if any(one.refused or not one.read for one in receipts) else 0


def _collect_seldom() -> None:
    """Let this process look for reference cycles seldom: records make none, and looking costs a tenth of an import."""
    gc.freeze()
    gc.set_threshold(100_000, 50, 1000)


@dataclass(frozen=True, slots=True)
class _Input:
    """A file to import: its name, its own bytes (seekable, unpacked), how many, and what a compressed one lacked."""

    name: str
    stream: BinaryIO
    size: int
    cut: str | None = None


def _import_one(
    library: Library, file: str, format_name: str | None, *, dry_run: bool, verbose: bool
) -> tuple[FileReceipt, bool]:
    """The receipt of one file, and whether the file was whole: a compressed one may have been cut."""
    stored = 0
    with _opened(file) as given, _bar(f"Reading {given.name}", given.size, given.stream) as moved:

        def kept(pieces: int) -> None:
            nonlocal stored
            stored += pieces
            if moved:
                moved(pieces)

        try:
            receipt = library.import_file(
                given.name, given.stream, format=format_name, dry_run=dry_run, verbose=verbose, progress=kept
            )
        except KeyboardInterrupt:
            if stored and not dry_run:
                said = f"{given.name}: stopped after {stored} entries, which are stored; import it again to go on."
                click.echo(f"\n{said}", err=True)
            raise
    if given.cut:
        receipt = replace(receipt, warnings=(given.cut, *receipt.warnings))
    return receipt, given.cut is None


@contextmanager
def _opened(file: str) -> Iterator[_Input]:
    """The file with its bytes, unpacked if it is gzip; `-` is standard input, kept until it was read a second time."""
    from evidence.formats import unpacked

    with ExitStack() as open_ones:
        name, packed = _stream(file, open_ones)
        try:
            plain = open_ones.enter_context(unpacked(packed))
        except InputError as error:
            raise InputError(f"{name}: {error.message}", error.hint) from error
        size = plain.stream.seek(0, 2)
        plain.stream.seek(0)
        yield _Input(name, plain.stream, size, plain.cut)


def _stream(file: str, open_ones: ExitStack) -> tuple[str, BinaryIO]:
    """The file's name and its bytes as they are, seekable; a FIFO is read as standard input is."""
    if file == "-":
        return "-", _spooled(sys.stdin.buffer, open_ones)
    path = Path(file)
    try:
        if path.is_dir():
            raise InputError(f"{file} is a folder.", "Name the files in it.")
        stream = open_ones.enter_context(path.open("rb"))
    except FileNotFoundError as error:
        raise InputError(f"There is no file {file}.", "Check the name and the folder you are in.") from error
    except PermissionError as error:
        raise InputError(f"{file} may not be read.", "Check its permissions.") from error
    except ValueError as error:  # a NUL byte in the name
        if "null" in str(error):
            raise InputError(f"{file!r} is no file's name.") from error
        raise
    return path.name, stream if stream.seekable() else _spooled(stream, open_ones)


def _spooled(source: BinaryIO, open_ones: ExitStack) -> BinaryIO:
    """All of `source`, which can be read but once: in memory as long as it is small, then in a file of its own."""
    spool = open_ones.enter_context(SpooledTemporaryFile(max_size=_HELD))  # noqa: SIM115 (the stack closes it)
    shutil.copyfileobj(source, spool, 1 << 20)
    spool.seek(0)
    return cast(BinaryIO, spool)  # it has all of one's methods


@contextmanager
def _bar(label: str, size: int, stream: BinaryIO) -> Iterator[Callable[[int], None] | None]:
    """A progress bar over the file's bytes on standard error, for a person only."""
    if not stderr_is_terminal() or size < 200_000:
        yield None
        return
    with click.progressbar(length=size, label=label, file=sys.stderr) as bar:
        done = 0

        def moved(_pieces: int) -> None:
            nonlocal done
            at = stream.tell()
            bar.update(at - done)
            done = at

        yield moved


def _told(receipt: FileReceipt, notices: Mapping[str, Sequence[str]], *, verbose: bool, dry: bool) -> str:
    """The receipt as text; `notices` are the grave words about a record, by key, which stand under its line."""
    head = (
        f"{receipt.file} ({receipt.format}, {receipt.encoding}): {receipt.read} read = {receipt.added} added"
        f" + {receipt.merged} merged + {receipt.unchanged} unchanged + {receipt.refused} refused"
    )
    lines = [head + ("; nothing was stored (dry run)" if dry else "")]
    lines += [f"  warning: {one}" for one in receipt.warnings]
    shown = [one for at, one in enumerate(receipt.lines) if verbose or at < _SHOWN or notices.get(one.into or "")]
    for one in shown:
        lines.append(f"  line {one.line}: {_outcome(one, verbose=verbose)}")
        lines += [f"    {said}" for said in notices.get(one.into or "", ()) if "notices" in one.fields_added]
        lines += [f"    warning: {warning}" for warning in one.warnings]
    if len(receipt.lines) > len(shown):
        lines.append(f"  … and {len(receipt.lines) - len(shown)} more (--verbose or --json lists them)")
    if receipt.change is not None:
        lines.append(f"  change {receipt.change}; to take it back: evidence undo {receipt.change}")
    return "\n".join(lines)


def _outcome(line: Line, *, verbose: bool) -> str:
    """What became of an entry; fields that only its source has are counted (`ris:M3`), and named with --verbose."""
    said = f"{line.key or '(no key)'} {line.outcome}"
    if line.into and line.into != line.key:
        said += f" {'as' if line.outcome == 'added' else 'into'} {line.into}"
    own = 0 if verbose else sum(":" in field for field in line.fields_added)
    fields = [field for field in line.fields_added if verbose or ":" not in field]
    if own:
        fields.append(f"{own} field{'s' if own > 1 else ''} of the source's own")
    if line.outcome == "merged" and not fields and not line.reason:
        fields.append("nothing new")
    return ": ".join([said, *([", ".join(fields)] if fields else []), *([line.reason] if line.reason else [])])


def _grave(library: Library, receipts: Sequence[FileReceipt]) -> dict[str, list[str]]:
    """What must not be overlooked of the records that a receipt names: a retraction or a concern that a file brought."""
    from evidence.cli.shapes import said_words
    from evidence.core.notices import notices

    keys = {one.into for receipt in receipts for one in receipt.lines if one.into and "notices" in one.fields_added}
    found = {}
    for key in keys:
        with suppress(EvidenceError):  # a receipt is printed also when a record cannot be read
            found[key] = [said_words(said) for said in notices(library.record(key)) if said.grave]
    return found


@click.command("export", cls=Command)
@click.option("--query", metavar="QUERY", help="Only the records that answer it.")
@click.option(
    "--format", "format_name", default="bibtex", show_default=True, metavar="NAME", help="bibtex, ris, csl-json, nbib or csv."
)  # fmt: skip
@click.option(
    "--original", is_flag=True, help="Each entry's own bytes, as they came; with --format those of one format."
)
@click.option("--bare", is_flag=True, help="Only what a citation needs: no notes, sources, abstracts, tags.")
@click.option("--raw", is_flag=True, help="csv: leave cells as they are that a spreadsheet would run as formulas.")
@click.option("-o", "--output", metavar="FILE", help="Write to FILE instead of the terminal.")
@click.pass_obj
def export_command(
    session: Session, query: str | None, format_name: str, original: bool, bare: bool, raw: bool, output: str | None
) -> int:
    """Write records out. A damaged one is left out and named; the command then ends with 1.

    A file that is there is replaced only by one that was read back and says the same as the records.
    """
    damaged: list[str] = []
    with session.open() as library:
        records = (
            library.records(damaged=damaged) if query is None else iter(library.matching(library.parse(query), damaged))
        )
        if original:
            chosen = format_name if _was_said("format_name") else None
            _give_out(session, _originals(library, records, chosen), output, format_name)
        elif output in {None, "-"}:
            _give_out(session, _exported(library, records, format_name, bare=bare, raw=raw), output, format_name)
        else:
            kept = list(records)
            _remark(str(output), format_name, len(kept), query)
            data = b"".join(_exported(library, kept, format_name, bare=bare, raw=raw))
            if Path(str(output)).exists() and (lost := library.not_the_same(data, kept, format_name, bare=bare)):
                raise _not_replaced(str(output), lost)
            _give_out(session, iter((data,)), output, format_name)
    if damaged:
        click.echo(
            f"evidence: damaged and left out: {', '.join(damaged)}\n  `evidence verify` names all that is wrong.",
            err=True,
        )
    return 1 if damaged else 0


def _remark(output: str, format_name: str, records: int, query: str | None) -> None:
    """Say on standard error what a person would not expect of the file that is about to be written."""
    from evidence.formats import FORMATS

    path = Path(output)
    own = [one.name for one in FORMATS if one.write and path.suffix.lower() in one.suffixes]
    if own and format_name not in own:
        click.echo(f"evidence: {output} is written as {format_name}; for {own[0]}: --format {own[0]}", err=True)
    if not records:
        why = f"no record answers {query!r}" if query else "the library holds no records"
        click.echo(f"evidence: {output} is written without a record: {why}.", err=True)


def _exported(
    library: Library, records: Iterable[Record], format_name: str, *, bare: bool, raw: bool
) -> Iterator[bytes]:
    return (one.encode("utf-8", "backslashreplace") for one in library.export(records, format_name, bare=bare, raw=raw))


def _was_said(option: str) -> bool:
    """Whether the user gave `option` on the command line."""
    return click.get_current_context().get_parameter_source(option) is not click.core.ParameterSource.DEFAULT


def _originals(library: Library, records: Iterable[Record], format_name: str | None) -> Iterator[bytes]:
    """Each entry's own bytes, those of one format when it is named; several formats in one file are told."""
    found: Counter[str] = Counter()
    for name, raw in library.originals(records, format_name):
        found[name] += 1
        yield _ended(raw)
    if len(found) > 1:
        said = ", ".join(f"{count} of {name}" for name, count in found.most_common())
        text = f"evidence: these are entries of several formats, one after the other: {said}."
        click.echo(f"{text}\n  No program reads them from one file: write each apart with --format NAME.", err=True)


def _not_replaced(output: str, lost: tuple[str, ...]) -> EvidenceError:
    shown = ", ".join(lost[:5]) + (f" and {len(lost) - 5} more" if len(lost) > 5 else "")
    return NeedsPersonError(
        f"{output} was not replaced: read back, the new file does not say the same of {shown}.",
        "Write to another file, and compare the two.",
    )


def _give_out(session: Session, pieces: Iterator[bytes], output: str | None, format_name: str) -> None:
    if session.json and output in {None, "-"} and format_name != "csl-json":
        text = b"".join(pieces).decode("utf-8", "replace")
        session.print({"format": format_name, "text": text}, lambda: text)
    elif output is None or output == "-":
        for piece in pieces:
            sys.stdout.buffer.write(piece)
        sys.stdout.buffer.flush()
    else:
        from evidence.disk import write_file

        path = Path(output)
        if path.is_dir():
            raise UsageError(f"{output} is a folder.", "Name a file in it.")
        if not path.parent.is_dir():
            raise UsageError(f"There is no folder {path.parent}.", "Make it first, or write to another one.")
        data = b"".join(pieces)
        write_file(Path(output), data, mode=0o644)
        session.print({"file": output, "bytes": len(data)}, lambda: f"{output}: {len(data)} bytes written")


def _ended(raw: bytes) -> bytes:
    return raw if raw.endswith(b"\n") else raw + b"\n"
