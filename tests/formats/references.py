"""Strategies for references as formats must carry them: text is NFC, its blanks single, its markup gone."""

from __future__ import annotations

import unicodedata

from hypothesis import strategies as st

from evidence.formats.encodings import text_of
from evidence.model.csl import DATES, FIELDS, NAMES, TYPES
from evidence.model.markup import FIELDS as RICH
from evidence.model.markup import rich
from evidence.model.reference import Date, Heading, Name, Notice, Reference, Relation, Section

# Letters that begin what looks as if it was decoded wrongly stand in _AWKWARD alone: readers mend such text.
_LEADS = "".join(map(chr, range(0xC2, 0xF5))) + "¬√ƒ≈Œœ‚"
_LETTERS = st.characters(exclude_categories=("C", "Z"), exclude_characters=_LEADS, include_characters=" ")
_AWKWARD = st.sampled_from(
    [
        "{",
        "}",
        "\\",
        "--",
        "---",
        "``",
        "''",
        "~",
        "^",
        "_",
        "$",
        "#",
        "%",
        "&",
        '"',
        "@a{",
        ",",
        " and ",
        "=",
        "\\&",
        "{}",
        "-",
        "}}",
        "$x$",
        "é",
        "ß",
        "Ü",
        "å",
    ]
)


def _clean(text: str) -> str:
    return unicodedata.normalize("NFC", " ".join(text.split()))


def texts(max_size: int = 20) -> st.SearchStrategy[str]:
    """Clean text with what LaTeX and BibTeX trip over."""
    parts = st.lists(st.one_of(st.text(_LETTERS, max_size=6), _AWKWARD), min_size=1, max_size=max_size // 3)
    return parts.map("".join).map(_clean).filter(_stays)


def looks_sound(data: bytes) -> bool:
    """Whether nothing in the file `data` looks as if it was decoded wrongly: readers mend what does."""
    return text_of(data, "utf-8")[0] == data.decode()


def _stays(text: str) -> bool:
    return bool(text) and rich(text) == text


def rich_texts(max_size: int = 20) -> st.SearchStrategy[str]:
    """Clean text with the four tags in order, as titles and abstracts may hold them, signs that are none among them."""
    bare = texts(max_size)
    tagged = st.recursive(
        bare,
        lambda inner: st.builds(
            lambda lead, name, held, rest: f"{lead}<{name}>{held}</{name}>{rest}",
            bare | st.just(""),
            st.sampled_from(["i", "b", "sub", "sup"]),
            inner,
            st.one_of(st.just(""), bare, st.sampled_from([" a < b", ".", "<", "O", "-"])),
        ),
        max_leaves=3,
    )
    return (bare | tagged).map(_clean).filter(lambda text: rich(text) == text)


def words() -> st.SearchStrategy[str]:
    """Short names such as keys and kinds."""
    return st.from_regex(r"[a-z][a-z0-9-]{0,8}", fullmatch=True)


_years = st.integers(1, 2100)
_part = st.one_of(
    st.tuples(_years), st.tuples(_years, st.integers(1, 12)), st.tuples(_years, st.integers(1, 12), st.integers(1, 28))
)


def dates(variable: str) -> st.SearchStrategy[Date]:
    """Dates, ranges, seasons, circa and literals for one variable."""
    return st.one_of(
        st.builds(lambda part: Date(variable, (part,)), _part),
        st.builds(lambda a, b: Date(variable, (a, b)), _part, _part),
        st.builds(
            lambda part, season, circa: Date(variable, (part,), season, circa),
            _part,
            st.sampled_from([None, 1, 2, 3, 4]),
            st.booleans(),
        ),
        st.builds(lambda text: Date(variable, literal=text), texts()).filter(
            lambda date: not (date.literal or "")[:1].isdigit()
        ),
    )


def names(role: str) -> st.SearchStrategy[Name]:
    """People with and without particles and suffixes, and groups."""
    part = texts(9)
    plain = st.from_regex(r"[A-Z][a-z]{1,6}", fullmatch=True)
    maybe = st.none() | part
    return st.one_of(
        st.builds(lambda family, given: Name(role, family=family, given=given), plain, st.from_regex(r"[A-Z]{1,2}", fullmatch=True)),
        st.builds(lambda family, given, particle, suffix: Name(role, family=family, given=given, particle=particle, suffix=suffix),
                  plain, plain, st.sampled_from([None, "van", "de la", "Von"]), st.sampled_from([None, "Jr.", "III"])),
        st.builds(lambda family, given, particle, dropping, suffix: Name(role, family, given, None, particle, dropping, suffix), part, maybe, maybe, maybe, maybe),
        st.builds(lambda literal: Name(role, literal=literal), part),
    )  # fmt: skip


_pages = st.sampled_from(["1-5", "68-74, 77-80", "e14470", "S12-S19", "9-16; discussion 16", "25247"])
_special = {
    "page": _pages,
    "DOI": st.sampled_from(["10.1000/abc_d", "10.1002/(SICI)1-2", "10.1/{x}", "odd doi"]),
    "PMID": st.integers(1, 10**8).map(str),
    "PMCID": st.integers(1, 10**7).map(lambda number: f"PMC{number}"),
}
_json = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | texts(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts(), inner, max_size=3),
    max_leaves=5,
)


@st.composite
def references(draw: st.DrawFn, key: st.SearchStrategy[str | None] | None = None) -> Reference:
    """A reference with anything in it."""
    fields = {
        name: draw(_special.get(name, rich_texts() if name in RICH else texts()))
        for name in draw(st.lists(st.sampled_from(FIELDS), max_size=8, unique=True))
    }
    roles = sorted(draw(st.lists(st.sampled_from(NAMES), max_size=2, unique=True)), key=NAMES.index)
    variables = sorted(draw(st.lists(st.sampled_from(DATES), max_size=2, unique=True)), key=DATES.index)
    lists = st.lists(texts(), max_size=3).map(tuple)
    maybe = st.none() | texts()
    return Reference(
        key=draw(key if key is not None else st.none() | words() | texts()),
        type=draw(st.sampled_from(sorted(TYPES))),
        fields={name: fields[name] for name in FIELDS if name in fields},
        names=tuple(name for role in roles for name in draw(st.lists(names(role), min_size=1, max_size=3))),
        dates=tuple(draw(dates(variable)) for variable in variables),
        mesh=draw(
            st.lists(st.builds(Heading, texts(), st.none() | words(), st.booleans(), lists), max_size=2).map(tuple)
        ),
        publication_types=draw(lists),
        sections=draw(st.lists(st.builds(Section, texts(), rich_texts()), max_size=2).map(tuple)),
        notices=draw(st.lists(st.builds(Notice, words(), maybe, maybe, maybe, maybe), max_size=2).map(tuple)),
        relations=draw(st.lists(st.builds(Relation, words(), words()), max_size=2).map(tuple)),
        status=draw(st.sampled_from([None, "complete", "incomplete"])),
        missing=draw(lists | st.just(("authors_rest",))),
        as_cited=draw(lists),
        aliases=draw(lists),
        extra=draw(st.dictionaries(words() | texts(), _json, max_size=3)),
    )
