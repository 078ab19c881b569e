"""BibTeX from people who mean no good, and from programs that know no better: nothing hangs, nothing is lost."""

from __future__ import annotations

import io
import random
import re
import time

import pytest

from evidence.formats import BIBTEX, bibtex_blocks
from evidence.model.reference import Parsed, Unread
from evidence.ports import Piece

GOOD = b"\n@misc{good, title = {Good}}\n"
SEED = rb"""% Encoding: UTF-8
@string{jb = "J Bone"}
@article{a, title = {The {ACL} \& M{\"u}ller}, journal = jb # " Surg", author={Reeves, KD and {A Group} and others}} @book{b, title={Y},
 month = may # "-" # jun }
@comment{ @misc{e, title={in comment}} }
@misc(d, title = {par (en) @ x
 @home (n=3), y}, year = 2000)
@article{z,
  title = "quoted {"}x{"}",
  abstract = {caf""" + b"\xc3\xa9 \xe9" + rb"""},
}
@misc
{q, note={n}, mesh={*A [D1]/b; C}, notices={kind=erratum, ref={x}}, date={1999~}}
"""  # fmt: skip
TOKENS = (
    b"{", b"}", b'"', b",", b"=", b"\n", b"\r", b"\r\n", b"@", b"@a{", b"@misc{k,", b"(", b")", b"\\", b" ", b"#", b"\0",
    b"\xe9", b"and ", b"@string{", b"@comment(", b"$", b"{" * 50,
)  # fmt: skip


def pieces(data: bytes, encoding: str = "utf-8") -> list[Piece]:
    """What is read, once the two ways of counting agree."""
    found = list(BIBTEX.read(io.BytesIO(data), encoding))
    assert BIBTEX.count(io.BytesIO(data), encoding) == len(found)
    return found


def first(data: bytes, encoding: str = "utf-8") -> Parsed:
    """The first of several pieces, which can be read."""
    found = pieces(data, encoding)[0]
    assert isinstance(found, Parsed), found
    return found


def mutated(data: bytes, chance: random.Random) -> bytes:
    """`data` with a few cuts, insertions and copies."""
    out = bytearray(data)
    for _ in range(chance.randint(0, 8)):
        at = chance.randrange(len(out) + 1)
        kind = chance.random()
        if kind < 0.4:
            del out[at : at + chance.choice([1, 1, 3, 20])]
        elif kind < 0.9:
            out[at:at] = chance.choice(TOKENS)
        else:
            start = chance.randrange(len(out) + 1)
            out[at:at] = out[start : start + 50]
    return bytes(out)


@pytest.mark.parametrize(("chunk", "long"), [(1 << 18, 1 << 16), (7, 1100)])
def test_every_piece_is_counted_and_is_a_slice(monkeypatch: pytest.MonkeyPatch, chunk: int, long: int) -> None:
    """Whatever is done to a file, what is counted is what is yielded, in order, each with its bytes and line."""
    monkeypatch.setattr(bibtex_blocks, "CHUNK", chunk)
    monkeypatch.setattr(bibtex_blocks, "_LONG", long)
    chance = random.Random(chunk)
    for _ in range(700):
        data = mutated(SEED, chance)
        lines = re.split(rb"(?<=\n)|(?<=\r)(?!\n)", data)
        for piece in pieces(data):
            start = sum(map(len, lines[: piece.line - 1]))
            found = data.find(piece.raw, start)
            assert start <= found <= start + len(lines[piece.line - 1])


@pytest.mark.parametrize(
    "broken",
    [
        b"@article{x, title = {unclosed",
        b'@article{x, title = "unclosed, year = {2000}}',
        b"@article{x, title {no equals}}",
        b"@article{x}",
        b"@article{x, = {no name",
        b"@article{x, title = {a} year}",
        b"@article(x, title = {a}",
    ],
)
def test_one_broken_entry_spoils_no_other(broken: bytes) -> None:
    """It is unread, with its line, its reason and its bytes; those around it are read."""
    before, bad, after = pieces(GOOD + broken + GOOD)
    assert isinstance(before, Parsed)
    assert isinstance(after, Parsed)
    assert isinstance(bad, Unread)
    assert (bad.line, bad.raw, bool(bad.why)) == (3, broken, True)


def hostile() -> dict[str, bytes]:
    """Entries that trip up a careless reader, by name."""
    return {
        "nested": b"@misc{a, title={" + b"{" * 10_000 + b"x" + b"}" * 10_000 + b"}}",
        "nested in a name": b"@misc{a, author={\\&" + b"{" * 10_000 + b"x" + b"}" * 10_000 + b"}}",
        "five megabytes": b"@misc{a, title={" + b"lorem, ipsum " * 400_000 + b"}}",
        "blanks": b"@misc{a, title={x" + b" " * 500_000 + b"}}" + b" " * 500_000,
        "dollars": b"@misc{a, title={" + b"$x\\" * 100_000 + b" }}",
        "commands": b"@misc{a, title={" + b"".join(b"\\foo%s " % (b"x" * (i % 40)) for i in range(20_000)) + b"}}",
        "joined": b"@misc{a, title = " + b"a # " * 100_000 + b"b}",
        "repeated": b"@misc{a, " + b"".join(b"title = {x%d}, " % i for i in range(10_000)) + b"}",
        "authors": b"@misc{a, author = {" + b"Smith, J and " * 50_000 + b"X}}",
        "angles": b"@misc{a, title = {" + b"<i &a" * 100_000 + b"}}",
        "dashes": b"@misc{a, pages = {1" + b" " * 100_000 + b"-" * 100_000 + b"}}",
        "names by marks": b"@misc{a, author = {" + b"Reed, K & Holm, B; " * 50_000 + b"}}",
        "names by commas": b"@misc{a, author = {" + b"Reed Holm KD, " * 50_000 + b"1}}",
        "capitals": b"@misc{a, author = {" + b"Aaaaa" * 50_000 + b" Aaaa" * 20_000 + b" 1}}",
        "links": b"@misc{a, url = {http://a" + b" " * 100_000 + b"\\url{" * 1000 + b"}" * 1000 + b"}}",
        "unprinted": b"@misc{a, title = {" + b"\\href{" * 50_000 + b"}" * 50_000 + b"}}",
        "quoted": b"@misc{a, title = {" + b"\\enquote{" * 50_000 + b"}" * 50_000 + b" `" * 50_000 + b"}}",
        "remarks": b"@misc{a, title = {x}" + b",\n%" * 100_000 + b"}",
        "commas": b"@misc{a, title = {x}" + b", " * 200_000 + b"}",
        "at signs": b"@misc{a, note = {" + b"@" * 300_000 + b"}}",
    }


@pytest.mark.parametrize("name", hostile())
def test_hostile_entries_are_read_in_time(name: str) -> None:
    """Time grows with size only, and the entry after is read."""
    start = time.process_time()
    found = pieces(hostile()[name] + GOOD)
    assert len(found) == 2
    assert isinstance(found[1], Parsed)
    assert time.process_time() - start < 10


def test_macros_of_macros_are_bounded() -> None:
    """Sixty doublings are no billion laughs: a macro that grows too long is told and not defined."""
    lines = b"".join(b"@string{m%d = m%d # m%d}\n" % (n, n - 1, n - 1) for n in range(1, 60))
    piece = first(b'@string{m0 = "' + b"x" * 1000 + b'"}\n' + lines + b"@misc{a, title = m3, note = m59}")
    assert len(piece.reference.title) == 8000
    assert any("more than 65536 characters" in warning for warning in piece.warnings)


def test_an_endless_entry_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    """An unclosed brace in a large file costs no more than the limit, and what follows is read."""
    monkeypatch.setattr(bibtex_blocks, "LIMIT", 1000)
    monkeypatch.setattr(bibtex_blocks, "CHUNK", 500)
    bad, good = pieces(b"@misc{a, title = {x\n" + b"lorem ipsum\n" * 5000 + GOOD)
    assert isinstance(bad, Unread)
    assert isinstance(good, Parsed)
    assert "longer than" in bad.why
    assert (len(bad.raw), good.line) == (1000, 5003)


def test_nul_bytes_are_taken_out_and_kept_in_the_bytes() -> None:
    """The value has none, the warning says so, the bytes have them."""
    piece = first(b"@misc{a, title = {N\0ul}}")
    assert piece.reference.title == "Nul"
    assert piece.warnings == ("control characters were taken out",)
    assert b"\0" in piece.raw


def test_latin_1_among_utf_8() -> None:
    """Each entry is read in its own encoding, and the odd one is told."""
    right, odd = pieces("@misc{a, title = {Café}}\n".encode() + "@misc{b, title = {Café}}".encode("latin-1"))
    assert isinstance(right, Parsed)
    assert isinstance(odd, Parsed)
    assert right.reference.title == odd.reference.title == "Café"
    assert right.warnings == ()
    assert odd.warnings == ("not valid utf-8: read as cp1252",)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-be", "utf-32"])
def test_marks_and_wide_encodings(encoding: str) -> None:
    """UTF-16 and a byte order mark are read, and the bytes are the file's own."""
    data = "@misc{a, title = {Müller 漢字}}\n@misc{b, title = {x}}\n".encode(encoding)
    one, two = pieces(data, encoding)
    assert isinstance(one, Parsed)
    assert one.reference.title == "Müller 漢字"
    assert one.raw in data
    assert two.raw in data


def test_line_ends_of_all_kinds() -> None:
    """CRLF and lone CR part lines as LF does."""
    for end in (b"\r\n", b"\r", b"\n"):
        data = b"@misc{a," + end + b" title = {one" + end + b"two}" + end + b"}" + end + GOOD.strip()
        one, two = pieces(data)
        assert isinstance(one, Parsed)
        assert one.reference.title == "one two"
        assert two.line == 5


def test_a_backslash_before_a_brace_may_close_it() -> None:
    r"""BibTeX counts the brace in `C:\}`: where the other reading leaves the entry open, this one is tried."""
    piece = first(b"@misc{a, title = {In C:\\}, year = {2000}}")
    assert piece.reference.year == 2000


def test_a_percent_sign_is_a_remark_between_fields_only() -> None:
    """Lines behind % between fields are left out, and so told; in braces and in quotes every character stays."""
    piece = first(
        b'@misc{a, % note = {x},\n%\n title = {50\n% of, % {all}}, note = "5\n% {"}x",\n% volume = 1,\n year = 2000}'
    )
    assert piece.reference.title == "50 % of, % all"
    assert piece.reference.fields == {"title": "50 % of, % all", "note": '5 % "x'}
    assert piece.reference.year == 2000
    assert piece.warnings == ("a line behind % was left out",)
    assert piece.raw.endswith(b"year = 2000}")


@pytest.mark.parametrize("start", [b"@misc{a title = {x}, year = 2000}", b"@misc{title = {x}, year = 2000}"])
def test_a_mended_start_keeps_the_bytes(start: bytes) -> None:
    """With no comma after the key, or no key, the entry is read, and its bytes end where it ends."""
    piece = first(start + b" trailing words")
    assert (piece.reference.title, piece.reference.year, piece.raw) == ("x", 2000, start)
