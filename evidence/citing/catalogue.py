"""The shipped table of styles: ids, titles, parents and former ids, without the styles themselves."""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from evidence.model.words import fold, words
from evidence.ports import Style

_TABLE = Path(__file__).with_name("styles.tsv.gz")
_LONGEST = 80  # characters of a name that near ones are looked for
_PUNCTUATED = re.compile(r"[^\W_][^\w\s]+[^\W_]")
_HOPS = 5  # from a former id over newer ones; the table has 1

# What people call a style -> its id. `vancouver` and other former ids stand in the table. No name that a family of styles
# shares ("annals", "elsevier"): who says it is asked which one.
SHORT: Mapping[str, str] = {
    "ama": "american-medical-association", "ama-10": "american-medical-association-10th-edition",
    "ama-11": "american-medical-association", "jama": "jama", "vancouver": "nlm-citation-sequence",
    "icmje": "nlm-citation-sequence", "nlm": "nlm-citation-sequence", "pubmed": "nlm-citation-sequence",
    "apa-7": "apa", "apa-6": "apa-6th-edition", "lancet": "the-lancet", "nejm": "the-new-england-journal-of-medicine",
    "chicago": "chicago-author-date", "harvard": "harvard-cite-them-right",
    "cite-them-right": "harvard-cite-them-right", "mla": "modern-language-association", "acs": "american-chemical-society",
    "karger": "karger-journals", "bmc": "biomed-central", "mdpi": "multidisciplinary-digital-publishing-institute",
    "cse": "council-of-science-editors", "acm": "association-for-computing-machinery", "aha": "american-heart-association",
    "plos-one": "plos",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the table. `parent`: the style that it is set by, "" for one of its own; `locale`: its own, or ""."""

    id: str
    title: str
    parent: str = ""
    locale: str = ""

    @property
    def style(self) -> Style:
        """Its id and title."""
        return Style(self.id, self.title)


class Catalogue:
    """The table, read when it is first asked."""

    @cached_property
    def _lines(self) -> tuple[tuple[str, ...], ...]:
        text = gzip.decompress(_TABLE.read_bytes()).decode("utf-8")
        return tuple(tuple(line.split("\t")) for line in text.split("\n") if line and not line.startswith("#"))

    @cached_property
    def _entries(self) -> Mapping[str, Entry]:
        return {line[0]: Entry(*line) for line in self._lines if line[1]}

    @cached_property
    def _renamed(self) -> Mapping[str, str]:
        return {line[0]: line[2] for line in self._lines if not line[1]}

    def entries(self) -> Iterator[Entry]:
        """Every style, by id."""
        return iter(self._entries.values())

    def renamed(self) -> Mapping[str, str]:
        """Former ids, and the id that took each one's place."""
        return self._renamed

    def find(self, name: str) -> Entry | None:
        """The style of an id, a former id, a short name or a title, whatever its case; None when there is none.

        A title's punctuation counts as a blank or as nothing: "pm r" and "pmr" are "PM&R".
        """
        named = self.named(name)
        slug = "-".join(words(name[:_LONGEST]))
        if named or not slug:
            return named
        return next((one for one in self.entries() if slug in {_slug(one.title), _joined(one.title)}), None)

    def named(self, name: str) -> Entry | None:
        """The style of an id, a former id or a short name; None when it is none of these."""
        slug = "-".join(words(name[:_LONGEST]))
        at = name if name in self._entries or name in self._renamed else SHORT.get(slug, slug)
        for _ in range(_HOPS):
            if at in self._entries:
                return self._entries[at]
            at = self._renamed.get(at, "")
        return None

    def begun(self, name: str) -> list[Entry]:
        """The styles whose id or title begins with `name`, a leading "the" or not, by id."""
        slug = "-".join(words(name[:_LONGEST]))
        leads = (slug, f"the-{slug}")
        return [
            one for one in self.entries() if slug and (one.id.startswith(leads) or _slug(one.title).startswith(leads))
        ]

    def short(self, text: str) -> str | None:
        """`text` as the short name or former id that it is; None when it is an id itself, or neither."""
        slug = "-".join(words(text[:_LONGEST]))
        return slug if slug not in self._entries and (slug in SHORT or slug in self._renamed) else None

    def matching(self, text: str) -> list[Style]:
        """The styles that have a word beginning with each word of `text`, best first; all of them by id for ""."""
        asked = words(text)
        if not asked:
            return [entry.style for entry in self.entries()] if not text.strip() else []
        found = [(rank, entry) for entry in self.entries() if (rank := _rank(asked, entry)) is not None]
        named = self.find(text)
        best = [named] if named else []
        best += [entry for _, entry in sorted(found, key=_best_first) if entry is not named]
        return [entry.style for entry in best]

    def near(self, name: str) -> list[str]:
        """Up to three ids or short names that may have been meant; [] for nothing like it."""
        if len(name) > _LONGEST:
            return []
        import difflib  # only a wrong name pays for it

        slug = "-".join(words(name))
        short = difflib.get_close_matches(slug, SHORT, 2, 0.75)
        close = difflib.get_close_matches(slug, self._entries, 3, 0.75)
        return list(dict.fromkeys([*short, *close, *(one.id for one in self.matching(name)[:3])]))[:3]


def _slug(title: str) -> str:
    return "-".join(words(title))


def _joined(title: str) -> str:
    """The title's words as they stand between blanks, punctuation dropped: "PM&R" is "pmr"."""
    return "-".join(filter(None, ("".join(words(one)) for one in title.split())))


def _rank(asked: list[str], entry: Entry) -> tuple[int, int, int, str] | None:
    """How well an entry answers, the lower the better: words that only begin so, other words, the title's length."""
    line = f"{entry.id} {entry.title}"
    if _PUNCTUATED.search(entry.title):
        line = f"{line} {_joined(entry.title)}"
    quick = line.lower() if line.isascii() else fold(line)
    if not all(word in quick for word in asked):
        return None
    title, own = words(entry.title), set(words(line))
    begun = [word for word in asked if word not in own]
    if not all(any(one.startswith(word) for one in own) for word in begun):
        return None
    return len(begun), int(not title[:1] or not title[0].startswith(asked[0])), len(entry.title), entry.title


def _best_first(pair: tuple[tuple[int, int, int, str], Entry]) -> tuple[int, int, int, str]:
    return pair[0]
