"""Nothing that a record or a style file holds is ever obeyed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path
from time import perf_counter

import pytest

from evidence.citing import citer, installed
from evidence.citing.lists import PandocCiter
from evidence.errors import EvidenceError, UsageError
from tests.citing.lists import SIX, article, needs_extra, one

pytestmark = needs_extra

TITLES = [
    "<script>alert(1)</script>", "Costs of $x$ and $$y$$", "![](/etc/passwd)", "@key and [@a]", "{{x}} {% y %} {z}", "\\input{/etc/passwd}",
    "<img src=x onerror=alert(1)>", "*b* _c_ `d` # e", "[a](javascript:alert(1))", "<!-- x --> <?php y ?>", "```{=html}", "::: div",
    "<i>open", "</i>shut", '<span class="nocase">open', "<i><b>crossed</i></b>", "5'-end of 2'' and 'x", "“open ‘twice",
    "http://a.example/b_c*d", "1. Not a list", "- nor this", "> nor that", "a | b", "שלום עולם", "&lt;b&gt; &#x3c;i&#62;",
]  # fmt: skip


class Tags(HTMLParser):
    """The tags and the text of a piece of HTML."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.text = ""

    def handle_starttag(self, tag: str, _attributes: object) -> None:
        """Keep the tag's name."""
        self.tags.add(tag)

    def handle_data(self, data: str) -> None:
        """Keep the text."""
        self.text += data


def curly(text: str) -> str:
    """`text` as it can be compared: one kind of quotes."""
    return re.sub("[\"'“”‘’]", "'", text)


@pytest.mark.parametrize("style", ["ama", "apa", "chicago"])
def test_what_a_title_holds_comes_out_as_text(style: str) -> None:
    """Markdown, TeX, HTML, templates and citations: printed as they stand, escaped in HTML, in journal, group and pages too."""
    works = [
        article(id=f"k{at}", title=title, author=[{"literal": title}], container_title=title, page=title, volume=title)
        for at, title in enumerate(TITLES)
    ]
    made = {one.key: one for one in citer().format(works, style)}
    for at, title in enumerate(TITLES):
        parsed = Tags()
        parsed.feed(made[f"k{at}"].html)
        assert parsed.tags <= {"i", "b", "sup", "sub", "a", "span"}
        assert curly(parsed.text.translate({0xA0: " ", 0x202F: " "})) == curly(made[f"k{at}"].text)
        shown = title.replace("&lt;", "<").replace("&gt;", ">").replace("&#x3c;", "<").replace("&#62;", ">")
        assert curly(shown).lower() in curly(made[f"k{at}"].text).lower()
        assert "root:" not in made[f"k{at}"].text


@pytest.mark.parametrize(
    "title", ["Ratio of A. : B in x", "Doses of 1, ; 2 mg", "Is it.. so? A test", "Wait ... and see"]
)
@pytest.mark.parametrize("style", ["ama", "nlm", "apa"])
def test_stops_in_a_title_stay(title: str, style: str) -> None:
    """Only those are tidied away that a style left."""
    assert title in one(article(title=title), style).text


def test_markdown_is_escaped() -> None:
    """What would be emphasis, a link, code or a tag stays text when the list is pasted into Markdown."""
    made = one(article(title="*a* _b_ `c` [d](e) <u> ![f](g) ~h~ $i$ @j &amp;copy;")).markdown.replace("\u202f", " ")
    assert r"\*a\* \_b\_ \`c\` \[d\](e) \<u\> \!\[f\](g) \~h\~ \$i\$ \@j \&copy;" in made


def test_markup_of_csl_is_kept_where_it_is_in_order() -> None:
    """Italics, raised and lowered letters are CSL-JSON's own; in plain text digits are raised by Unicode."""
    made = one(article(title="<i>S. aureus</i> in CO<sub>2</sub> at 10<sup>6</sup>"))
    assert "<i>S. aureus</i> in CO<sub>2</sub> at 10<sup>6</sup>" in made.html
    assert "S. aureus in CO₂ at 10⁶" in made.text
    assert "*S. aureus* in CO<sub>2</sub> at 10<sup>6</sup>" in made.markdown


def test_what_no_printer_prints_is_left_out() -> None:
    """Control characters, those that turn the text's direction, and halves of characters reach neither terminal nor page."""
    made = one(article(title="a\x1b[31mb\x00c\u202ed\u2028e\ud800f\ufdd0g", volume="\x07\n3"))
    assert "a[31mbcd e\ufffdf\ufffdg. J Sleep. 2001;3(1)" in made.text


@pytest.mark.parametrize(
    "title",
    ["x" * 100_000, "“" * 20_000, "‘a" * 30_000, "<i>" * 30_000, '"a ' * 30_000, "'" * 100_000, "Word " * 20_000, "<i>" * 4000 + "</i>" * 4000],
    ids=["letters", "quotes", "single-quotes", "tags", "straight", "apostrophes", "words", "nested"],
)  # fmt: skip
def test_very_long_titles_take_no_long_time(title: str) -> None:
    """100 kB are printed whole, and soon."""
    begun = perf_counter()
    text = one(article(title=title)).text
    assert len(text) > len(title) * 0.9
    assert perf_counter() - begun < 10


STYLE = """<style xmlns="http://purl.org/net/xbiblio/csl" class="in-text" version="1.0" {attributes}>
<info><title>Mine</title><id>mine</id>{link}</info>{macros}<citation><layout><text variable="title"/></layout></citation>
<bibliography><layout>{layout}</layout></bibliography></style>"""


def style(
    tmp_path: Path, layout: str = '<text variable="title"/>', macros: str = "", attributes: str = "", link: str = ""
) -> str:
    """A style file of one's own; its path."""
    path = tmp_path / "mine.csl"
    path.write_text(STYLE.format(layout=layout, macros=macros, attributes=attributes, link=link), "utf-8")
    return str(path)


def test_a_style_of_ones_own_is_used(tmp_path: Path) -> None:
    """By its path; numbered when it prints the number, which then stands beside the text."""
    path = style(tmp_path, '<text variable="citation-number" suffix=") "/><text variable="title" suffix="!"/>')
    assert citer().style(path).title == "Mine"
    made = citer().format(SIX[:2], path)
    assert [(one.number, one.text[-9:]) for one in made] == [(1, "L laxity!"), (2, "otherapy!")]


def test_a_dependent_style_of_ones_own_is_set_by_its_parent(tmp_path: Path) -> None:
    """In its own language; nothing is fetched."""
    path = tmp_path / "mine.csl"
    link = '<link href="http://www.zotero.org/styles/apa" rel="independent-parent"/>'
    text = f'<style xmlns="http://purl.org/net/xbiblio/csl" version="1.0" default-locale="de-DE"><info><title>Meins</title><id>m</id>{link}</info></style>'
    path.write_text(text, "utf-8")
    assert "(Hrsg.)" in one(SIX[4], str(path)).text


LAUGHS = '<!DOCTYPE style [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]>'
DOUBLING = "".join(
    f'<macro name="m{at}"><text macro="m{at + 1}"/><text macro="m{at + 1}"/></macro>' for at in range(40)
)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "no element found"), (b"not xml", "syntax error"), (b"<style/>", "is no CSL style"), (b"\x00\xff\xfe", "can be read"),
        (b"<html xmlns='http://www.w3.org/1999/xhtml'/>", "is no CSL style"), (LAUGHS.encode() + b"<style>&b;</style>", "document type"),
        (b"<!DOCTYPE style SYSTEM 'file:///etc/passwd'><style/>", "document type"), (b"<a>" * 100_000, "too deep"),
        (b"<style>" + b"<a/>" * 100_000 + b"</style>", "too many elements"), (b"x" * 2_100_000, "too large"),
        (LAUGHS.encode("utf-16"), "document type"),
        (STYLE.format(attributes="", link="", layout='<text macro="a"/>', macros='<macro name="a"><text macro="a"/></macro>').encode(), "calls itself"),
        (STYLE.format(attributes="", link="", layout='<text macro="m0"/>', macros=DOUBLING + '<macro name="m40"/>').encode(), "grow without end"),
        (b'<style xmlns="http://purl.org/net/xbiblio/csl"><citation><layout/></citation></style>', "no reference list"),
        (STYLE.format(attributes="", link="", layout="<text/>", macros="").encode(), "pandoc could not set"),
        (STYLE.format(attributes="", link='<c:link xmlns:c="http://purl.org/net/xbiblio/csl" rel="independent-parent" href="http://127.0.0.1:9/x"/>', layout='<text variable="title"/>', macros="").encode(), "with a prefix"),
    ],
    ids=["empty", "text", "bare", "bytes", "html", "laughs", "external", "deep", "wide", "large", "utf-16", "loop", "doubling", "notes", "fault", "prefix"],
)  # fmt: skip
def test_a_bad_style_file_is_refused(tmp_path: Path, content: bytes, said: str) -> None:
    """With the reason, soon, and as wrong usage."""
    path = tmp_path / "bad.csl"
    path.write_bytes(content)
    begun = perf_counter()
    with pytest.raises(UsageError, match=said):
        citer().format(SIX[:1], str(path))
    assert perf_counter() - begun < 5


@pytest.mark.parametrize("name", ["/etc", "no/such.csl", "a\x00.csl", "x" * 5000 + ".csl"])
def test_a_path_that_is_no_file_is_told(name: str) -> None:
    """A folder, nothing, and what is no name at all."""
    with pytest.raises(UsageError):
        citer().format(SIX[:1], name)


def test_a_wrong_locale_in_a_style_is_not_followed(tmp_path: Path) -> None:
    """It is no path of a file."""
    path = style(tmp_path, attributes='default-locale="../../../../etc/passwd"')
    assert one(SIX[1], path).text == "Ligament and tendon relaxation treated by prolotherapy"


@dataclass(frozen=True)
class Program:
    """A stand-in for pandoc: a shell script in a file."""

    path: Path

    def __call__(self) -> Path:
        """Where it lies."""
        return self.path


@pytest.mark.parametrize(
    ("script", "said"),
    [
        ("exit 3", "ended with 3"), ("echo Segmentation fault >&2; exit 139", "Segmentation fault"), ("kill -9 $$", "ended with -9"),
        ("echo no json", "no JSON"), ("echo '{}'", "not pandoc's JSON"), ('echo \'{"blocks": []}\'', "gave 0 references"),
        ("cat > /dev/null; exec sleep 30", "longer than"),
    ],
)  # fmt: skip
def test_an_engine_that_fails_is_told(tmp_path: Path, script: str, said: str) -> None:
    """A crash, a hang, an answer that is none: one sentence, and the style is named."""
    program = tmp_path / "pandoc"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o700)
    failing = PandocCiter(Program(program), installed.styles, seconds=0.5)
    with pytest.raises(EvidenceError, match=said) as told:
        failing.format(SIX[:1], "ama")
    assert "'ama'" in told.value.message
    assert "style" in told.value.hint


def test_an_engine_that_cannot_be_started_is_told(tmp_path: Path) -> None:
    """A file that is no program."""
    program = tmp_path / "pandoc"
    program.write_text("")
    with pytest.raises(EvidenceError, match="cannot be started"):
        PandocCiter(Program(program), installed.styles).format(SIX[:1], "ama")


def test_without_the_extra_the_line_to_type_is_named() -> None:
    """For pandoc, and for the styles; their titles are found all the same."""
    for citing in (PandocCiter(lambda: None, installed.styles), PandocCiter(installed.pandoc, lambda: None)):
        with pytest.raises(UsageError) as told:
            citing.format(SIX[:1], "ama")
        assert told.value.hint == 'pip install "evidence[cite]"'
        assert citing.style("ama").id == "american-medical-association"
        assert next(iter(citing.styles("pain"))).id == "pain"
