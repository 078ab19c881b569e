"""Which language a title is in, as far as it matters here: only English titles may be set with capitals."""

from __future__ import annotations

import re

from evidence.model.words import words

_CODE = re.compile(r"[a-z]{2,3}(?:[-_][A-Za-z0-9]{2,8})*", re.IGNORECASE)
UNKNOWN = "und"  # BCP 47's code for a language that is not known; no style changes its titles
_LONG = 2000  # characters of a title that are looked at

# Names and three-letter codes (ISO 639-2, as PubMed gives them) that records carry -> ISO 639-1.
_NAMED = {
    "chi": "zh", "chinese": "zh", "czech": "cs", "danish": "da", "deutsch": "de", "dut": "nl", "dutch": "nl", "eng": "en",
    "english": "en", "finnish": "fi", "francais": "fr", "fre": "fr", "french": "fr", "fra": "fr", "ger": "de", "german": "de",
    "deu": "de", "greek": "el", "hungarian": "hu", "ita": "it", "italian": "it", "japanese": "ja", "jpn": "ja", "kor": "ko",
    "korean": "ko", "norwegian": "no", "per": "fa", "persian": "fa", "pol": "pl", "polish": "pl", "por": "pt",
    "portuguese": "pt", "rus": "ru", "russian": "ru", "spa": "es", "spanish": "es", "espanol": "es", "swedish": "sv",
    "tur": "tr", "turkish": "tr", "ukr": "uk", "zho": "zh",
}  # fmt: skip
# Small words that stand in no other language's titles than these (so without "a", "in", "die", "as", "do").
_ENGLISH = frozenset(
    ("after", "an", "and", "are", "between", "by", "can", "during", "for", "from", "is", "its", "not", "of", "on", "the",
     "their", "to", "using", "versus", "what", "when", "which", "with", "without")
)  # fmt: skip
_OTHERS = frozenset(
    ("al", "als", "aus", "av", "avec", "bei", "con", "das", "de", "del", "della", "delle", "dello", "dem", "den", "der", "des",
     "di", "du", "ein", "eine", "einer", "el", "em", "en", "et", "etter", "för", "fur", "gegen", "het", "il", "im", "ile", "ja",
     "la", "las", "le", "les", "lo", "los", "med", "mit", "nach", "och", "og", "para", "per", "pour", "por", "sobre",
     "sur", "um", "und", "une", "uma", "van", "ve", "von", "voor", "w", "y", "z", "zu", "zur")
)  # fmt: skip


def of(title: str, stated: str | None) -> str:
    """The title's language as a BCP 47 code: what its record states, else "en" when its words are English, else UNKNOWN.

    A title in square brackets is a translation into English, whatever the work's language. Source: NLM, Citing Medicine.
    """
    if title.startswith("[") and title.endswith("]"):
        return "en"
    code = _coded(stated) if stated else None
    return code or ("en" if _english(title) else UNKNOWN)


def _coded(stated: str) -> str | None:
    """The code in what a record states: a code, or a language's name; of several, the first. None: neither."""
    first = re.split(r"[,;/ ]", stated.strip()[:40], maxsplit=1)[0]
    name = "".join(words(first))
    if name in _NAMED:
        return _NAMED[name]
    return first.replace("_", "-") if _CODE.fullmatch(first) else None


def _english(title: str) -> bool:
    """Whether the small words are English; without any, whether no letter or word speaks against it."""
    title = title[:_LONG]
    found = words(title)
    english, others = sum(one in _ENGLISH for one in found), sum(one in _OTHERS for one in found)
    if english or others:
        return english > others
    return title.isascii()
