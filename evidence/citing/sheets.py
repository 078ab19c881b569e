"""Style files: reading one as a tree, whoever wrote it."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers import expat

from evidence.errors import UsageError

CSL = "http://purl.org/net/xbiblio/csl"
LARGEST = 2_000_000  # bytes; the largest of the 10,844 styles has 246,037
_DEEPEST = 200  # levels of elements; the deepest style has 27
_MOST = 50_000  # elements; the largest style has 6,000
_MOST_WRITTEN_OUT = 5_000_000  # elements with its macros written out in each other; the largest has 1.7 million
_LOCALE = re.compile(r"[a-z]{2,3}(-[A-Z]{2})?")
_HINT = (
    "Styles to take or to start from are on https://www.zotero.org/styles ; `evidence styles WORD` lists those here."
)


def read_file(path: Path) -> bytes:
    """A style file's bytes, LARGEST at most. UsageError says why it cannot be read."""
    try:
        if not path.is_file():
            said = "is no file" if path.exists() else "is not there"
            raise UsageError(f"The style {path} {said}.", "Give the path of a .csl file, or a style's name.")
        with path.open("rb") as stream:
            data = stream.read(LARGEST + 1)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise UsageError(
            f"The style {str(path)!r} cannot be read: {reason}.", "Check its name and permissions."
        ) from error
    if len(data) > LARGEST:
        raise UsageError(f"{path} is too large for a style: over {LARGEST:,} bytes.", _HINT)
    return data


def read(data: bytes, name: str) -> Element:
    """The style in `data` as a tree; tags and attributes are spelled as in the file. UsageError when it is none.

    Entities and document types are refused, as is what is too deep or too large, and a macro that calls itself: the
    engine would run for ever.
    """
    try:
        root = _parsed(data)
    except (expat.ExpatError, ValueError, LookupError) as error:
        raise UsageError(f"{name} is no style that can be read: {error}.", _HINT) from error
    if root.tag != "style" or root.get("xmlns") != CSL:
        raise UsageError(f'{name} is no CSL style: its first element must be <style xmlns="{CSL}">.', _HINT)
    locale = root.get("default-locale")
    if locale is not None and not _LOCALE.fullmatch(locale):
        del root.attrib["default-locale"]
    _check_macros(root, name)
    return root


def title(root: Element) -> str:
    """The style's title on one line; "" when it has none."""
    return " ".join((root.findtext("info/title") or "").split())


def parent(root: Element) -> str | None:
    """The id of the style that a dependent one is set by; None for one of its own."""
    links = (link for link in root.findall("info/link") if link.get("rel") == "independent-parent")
    return next((link.get("href", "").rstrip("/").rsplit("/", 1)[-1] for link in links), None)


def _parsed(data: bytes) -> Element:
    builder = TreeBuilder()
    parser = expat.ParserCreate()
    parser.buffer_text = True
    depth = count = 0

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal depth, count
        depth, count = depth + 1, count + 1
        if depth > _DEEPEST or count > _MOST:
            raise ValueError("it is too deep" if depth > _DEEPEST else "it has too many elements")
        # pandoc reads names behind a prefix as CSL's own, so what is checked here would not be what it reads.
        if ":" in tag or any(":" in name and not name.startswith(("xml:", "xmlns:")) for name in attributes):
            raise ValueError("it has names with a prefix, which no style needs")
        builder.start(tag, {name: value for name, value in attributes.items() if not name.startswith("xmlns:")})

    def end(tag: str) -> None:
        nonlocal depth
        depth -= 1
        builder.end(tag)

    def refuse(*_: object) -> None:
        raise ValueError("it declares a document type, which no style needs")

    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.CharacterDataHandler = builder.data
    parser.StartDoctypeDeclHandler = parser.EntityDeclHandler = refuse
    parser.Parse(data, True)  # noqa: FBT003  # expat takes it by place only
    return builder.close()


def _check_macros(root: Element, name: str) -> None:
    """UsageError for a macro that calls itself, or macros that grow too large when they are written out."""
    bodies = {macro.get("name", ""): macro for macro in root.findall("macro")}
    sizes: dict[str, int] = {}
    doing: set[str] = set()

    def size(at: Element) -> int:
        total = 0
        for one in at.iter():
            total += 1
            called = one.get("macro")
            if called is not None and called in bodies:
                total += macro_size(called)
        if total > _MOST_WRITTEN_OUT:
            raise UsageError(f"The macros of {name} grow without end.", _HINT)
        return total

    def macro_size(called: str) -> int:
        if called in doing or len(doing) > _DEEPEST:
            raise UsageError(f"The macro {called[:60]!r} of {name} calls itself.", _HINT)
        if called not in sizes:
            doing.add(called)
            sizes[called] = size(bodies[called])
            doing.discard(called)
        return sizes[called]

    for part in bodies:
        macro_size(part)
    for part in ("citation", "bibliography"):
        found = root.find(part)
        if found is not None:
            size(found)
