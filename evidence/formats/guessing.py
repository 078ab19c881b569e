"""Which encoding of one or two bytes a letter a text is in, judged by how the letters would stand in words.

Each encoding reads a sample of the file; what it makes of the bytes is judged: letters by the languages that have them
in such words, signs by whether they stand where signs stand, ideographs by how common they are. The likeliest reading
wins. It is sure with one good word ("Dvořák"), and says so when it is not.
"""

from __future__ import annotations

import codecs
import math
import operator
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache

from evidence.formats.letters import HANGUL, HANZI, WORDS
from evidence.formats.sampling import LONGEST
from evidence.ports import Encoding

USUAL = "cp1252"  # what Windows writes in the West, a superset of Latin-1: taken when nothing speaks for another

# The logarithm of how often an export is in each, beside cp1252: rough, and only decides where the text does not.
_CANDIDATES: dict[str, float] = {
    "cp1252": 0.0, "gb18030": -2.0, "cp1250": -2.5, "cp1251": -2.0, "cp1254": -3.0, "mac_roman": -2.5, "cp932": -3.0,
    "cp949": -3.0, "big5": -3.0, "cp1253": -3.0, "iso8859-2": -3.5, "euc_jp": -4.0, "koi8-r": -4.0, "cp1257": -4.0, "cp1255": -4.0, "cp1256": -4.0,
    "iso8859-15": -5.0, "iso8859-5": -6.0, "cp866": -6.0, "mac_latin2": -8.0, "cp850": -6.0, "mac_cyrillic": -7.0,
}  # fmt: skip
_LANGUAGES: dict[str, float] = {
    "de": 0.0,
    "fr": 0.0,
    "es": 0.0,
    "pt": -0.5,
    "it": -0.5,
    "sv": -0.5,
    "da": -0.5,
    "nl": -0.7,
    "tr": -0.9,
    "is": -2.0,
}
_USUAL_WORDS = 12  # how many words of a file weigh as much as what is usual
_ROUNDS = 2
_SLAVIC = 1.5  # letters that cp1252 has and hardly any Western text
_SELDOM = -1.2  # of the languages not named above
_ASIAN = frozenset(("gb18030", "cp932", "cp949", "big5", "euc_jp"))
_FEW = 20  # different words that say too little about which language they are
_STRANGE = -10.2  # a letter on average: less likely than that is no text in a language of ours
_ENOUGH = 60  # bytes beyond ASCII that charset-normalizer needs to be worth asking
_FOREIGN_ENCODINGS = [
    "cp1255",
    "cp1256",
    "cp874",
    "cp1258",
    "iso8859_6",
    "iso8859_8",
    "mac_greek",
    "cp855",
    "cp737",
    "cp862",
    "cp864",
]
_SURE = 4.0  # how much likelier (as a logarithm) the best reading is than the next for there to be no doubt
_WORDS = 700  # different words that are looked at
_ELIDED = re.compile(r"(?:[ldnscmtj]|qu|o)’|’(?:t|s|d|m|ll|re|ve)$", re.IGNORECASE)  # l’été, O’Brien, don’t
_TOKEN = re.compile(r"[^\W\d_]*[^\x00-\x7f][^\x00-\x40\x5b-\x60\x7b-\x7f]*")
_UNREAD = -25.0  # a byte that means nothing in the encoding
_CONTROL = -22.0
_DAILY = -8.2  # an ideograph or syllable in daily use, one of some thousands
_FOREIGN = -14.0  # a letter that a language does not have
_BESIDE = -2.5  # that just this letter stands beside a sign
_ODD = -11.0  # a sign where none stands, a letter no language here has
# How often a sign stands in citations and abstracts (a logarithm).
_SIGNS: dict[str, float] = {
    "’": -4.0, "–": -4.5, "“": -5.0, "”": -5.0, "‘": -5.5, "—": -5.5, "°": -5.0, "±": -5.0, "µ": -5.0, "®": -6.0, "×": -6.0,
    "™": -6.5, "«": -6.0, "»": -6.0, "\xa0": -6.0, "©": -6.5, "…": -6.5, "·": -7.0, "²": -6.5, "³": -7.0, "½": -7.5, "•": -7.0,
    "º": -7.5, "ª": -8.0, "§": -7.5, "¿": -8.0, "¡": -8.5, "¼": -8.5, "¾": -8.5, "¹": -8.0, "€": -8.0, "£": -8.0, "†": -8.0, "‡": -8.5,
    "„": -7.0, "‚": -9.0, "≥": -6.0, "≤": -6.0, "−": -6.5, "´": -8.5,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Letter:
    """How often a language has a letter (a logarithm), and what stands before and after it."""

    weight: float
    total: int
    left: Counter[str]
    right: Counter[str]

    def first(self, before: str) -> float:
        """Of it standing after the ASCII letter or blank `before`."""
        return self.weight + _share(self.left[before], self.total)

    def then(self, after: str) -> float:
        """Of `after` standing after it."""
        return _share(self.right[after], self.total)


def _share(count: int, total: int) -> float:
    return math.log((count + 0.12) / (total + 3.2))


@cache
def _models() -> dict[str, dict[str, _Letter]]:
    """Each language's letters, counted once in a process."""
    return {language: _model(_small(words).split()) for language, words in WORDS.items()}


def _model(words: Iterable[str]) -> dict[str, _Letter]:
    counts: Counter[str] = Counter()
    left: dict[str, Counter[str]] = {}
    right: dict[str, Counter[str]] = {}
    for word in words:
        padded = f" {word} "
        for at, letter in enumerate(padded):
            if not letter.isascii() and letter.isalpha():
                counts[letter] += 1
                left.setdefault(letter, Counter())[_folded(padded[at - 1])] += 1
                right.setdefault(letter, Counter())[_folded(padded[at + 1])] += 1
    total = sum(counts.values())
    return {
        letter: _Letter(math.log(count / total), count, left[letter], right[letter]) for letter, count in counts.items()
    }


def _folded(letter: str) -> str:
    """A neighbour: a letter in lower case, or a blank for whatever is none."""
    return _small(letter) if letter.isalpha() else " "


def _small(text: str) -> str:
    """`text` in lower case, letter by letter; the Turkish capital i with a dot, which would become two, stays."""
    return "İ".join(part.lower() for part in text.split("İ"))


def guess(sample: list[bytes], *, old_mac: bool = False) -> Encoding:
    """The likeliest encoding of `sample`, pieces of a file with bytes beyond ASCII; `doubt` when another is as likely.

    `old_mac`: the file's lines end as only MacRoman files end theirs.
    """
    judge = Judge(old_mac=old_mac)
    found = judge.guess(sample)
    return found if judge.knows(sample, found.name) else _asked(sample) or found


def _asked(sample: list[bytes]) -> Encoding | None:
    """What charset-normalizer says of a text in no language of ours, when there is enough of it; None when it does not."""
    text = b"\n".join(sample)
    if len(text.translate(None, bytes(range(128)))) < _ENOUGH:
        return None
    from charset_normalizer import from_bytes

    best = from_bytes(text, cp_isolation=_FOREIGN_ENCODINGS).best()
    if best is None:
        return None
    name = codecs.lookup(best.encoding).name
    return Encoding(name, f"the encoding is a guess: {name}")


class Judge:
    """Reads samples in every encoding. It is made once a file that is no UTF-8, in some milliseconds."""

    def __init__(self, *, old_mac: bool = False) -> None:
        """Weigh the Macintosh's encodings more when the lines are `old_mac`'s."""
        self._mac = 3.0 if old_mac else 0.0
        self._fitted: dict[tuple[tuple[str, str, str], ...], list[float]] = {}  # encodings share many readings

    def guess(self, sample: list[bytes]) -> Encoding:
        """The encoding of `sample`, pieces of the file with bytes beyond ASCII; `doubt` says when another is as likely."""
        readings = {name: _decoded(sample, name) for name in _CANDIDATES}
        scores = {name: self._likely(name, texts) + self._prior(name) for name, texts in readings.items()}
        ranked = sorted(scores, key=lambda name: scores[name], reverse=True)
        best = ranked[0]
        other = next((name for name in ranked if readings[name] != readings[best]), best)
        if other != best and scores[best] - scores[other] < _SURE:
            return self._unsure(best, other)
        return Encoding(best)

    def knows(self, sample: list[bytes], name: str) -> bool:
        """Whether `sample` read in `name` looks like a language of ours, by the likelihood of a letter on average."""
        texts = _decoded(sample, name)
        words = self._different(texts)
        beyond = sum(not sign.isascii() for token in words for sign in token)
        return len(words) < _FEW or self._likely(name, texts) > _STRANGE * beyond

    def _prior(self, name: str) -> float:
        return _CANDIDATES[name] + (self._mac if name.startswith("mac") else 0.0)

    def _unsure(self, best: str, other: str) -> Encoding:
        return Encoding(best, f"the encoding is a guess: {best}, it may be {other}")

    def _likely(self, name: str, texts: list[str]) -> float:
        """The likelihood of every different word, each in the language that has it best.

        A file has few languages: those that its words are found in weigh more when the words are looked at again.
        """
        words = self._different(texts)
        fits = [self._fits(spots) for token in words if (spots := _spots(token))]
        weights = _weights(Counter(), 0)
        for _ in range(_ROUNDS if fits else 0):
            found = Counter(_best(fit, weights) for fit in fits)
            weights = _weights(found, len(fits))
        letters = math.fsum(max(map(operator.add, fit, weights)) for fit in fits)
        return letters + sum(self._rest(token, name, before) for token, before in words.items())

    def _fits(self, spots: tuple[tuple[str, str, str], ...]) -> list[float]:
        """The likelihood of a word's letters in each language."""
        if spots not in self._fitted:
            self._fitted[spots] = [_in_language(model, spots) for model in _models().values()]
        return self._fitted[spots]

    def _different(self, texts: list[str]) -> dict[str, str]:
        """The different words of a sample, each with what stands before it."""
        words: dict[str, str] = {}
        for text in texts:
            for token, before in _tokens(text):
                if len(words) < _WORDS:
                    words.setdefault(token, before)
        return words

    def _rest(self, token: str, name: str, before: str) -> float:
        """The likelihood of the signs in one word, and of its capitals."""
        score = 0.0
        for at, sign in enumerate(token):
            if sign.isascii():
                continue
            if not _is_letter(sign):
                score += self._sign(token, at, name, before)
            else:
                score += _case(f" {token} ", at + 1) - (_SLAVIC if name == "cp1252" and sign in "šžŠŽŸ" else 0.0)
        return score

    def _sign(self, token: str, at: int, name: str, before: str) -> float:
        sign = token[at]
        code = ord(sign)
        if sign == "\ufffd":
            return _UNREAD
        if code < 0xA0:
            return _CONTROL
        if code >= 0x2E80:
            return self._ideograph(token, at, name)
        beside = [token[max(at - 1, 0) : at].isalpha(), token[at + 1 : at + 2].isalpha()]
        inside = all(beside)
        around = _BESIDE * sum(beside)
        if sign in "’–—" and inside:
            return _SIGNS[sign] - _joined(token, at) + around
        if sign in _SIGNS:
            measured = at == 0 and before[-1:].isdigit()
            return _SIGNS[sign] - (4.0 if inside else 0.0) + (2.0 if measured and sign in "°±µ×–" else 0.0) + around
        return _ODD - (2.0 if inside else 0.0) + around

    def _ideograph(self, token: str, at: int, name: str) -> float:
        """Two bytes at once; the better the more usual the sign is in the language that the encoding is for."""
        sign, code = token[at], ord(token[at])
        if name not in _ASIAN:
            return _ODD
        if 0xE000 <= code < 0xF900:
            return 2 * _CONTROL
        score = -4.5 if name == "gb18030" and sign in HANZI else _class(code, sign, name)
        for beside in (token[at - 1 : at], token[at + 1 : at + 2]):
            score -= 3.0 if beside.isascii() and beside.isalpha() else 0.0
        alone = not _wide(token[at - 1 : at]) and not _wide(token[at + 1 : at + 2])
        return score - (3.0 if alone else 0.0)


def _spots(token: str) -> tuple[tuple[str, str, str], ...]:
    """Each letter of a word that is not ASCII, between its neighbours."""
    padded = f" {token} "
    return tuple(
        (_small(sign), _folded(padded[at]), _folded(padded[at + 2]))
        for at, sign in enumerate(token)
        if not sign.isascii() and _is_letter(sign)
    )


def _best(fit: list[float], weights: list[float]) -> int:
    together = list(map(operator.add, fit, weights))
    return together.index(max(together))


@cache
def _usual() -> tuple[float, ...]:
    """Each language's usual share of a file."""
    usual = [math.exp(_LANGUAGES.get(language, _SELDOM)) for language in WORDS]
    return tuple(one / sum(usual) for one in usual)


def _weights(found: Counter[int], total: int) -> list[float]:
    """The logarithm of each language's share of a file: what is usual, and what was `found` among `total` words."""
    whole = _USUAL_WORDS + total
    return [math.log((_USUAL_WORDS * one + found[at]) / whole) for at, one in enumerate(_usual())]


def _in_language(model: dict[str, _Letter], spots: Iterable[tuple[str, str, str]]) -> float:
    score = 0.0
    for letter, before, after in spots:
        if letter not in model:
            score += _FOREIGN
            continue
        score += model[before].then(letter) if before in model else model[letter].first(before)
        score += model[letter].then(after) if after.isascii() else 0.0
    return score


def _joined(token: str, at: int) -> float:
    """What it takes off that an apostrophe or a dash stands within a word, where it may also be a letter misread."""
    if token[at] == "’":
        return 0.0 if _ELIDED.match(token) or _ELIDED.search(token, at) else 4.5
    before = re.search(r"[^\W\d_]*$", token[:at])
    after = re.match(r"[^\W\d_]*", token[at + 1 :])
    short = min(len(found[0]) if found else 0 for found in (before, after))
    return 2.5 if short > 2 else 5.0


def _class(code: int, sign: str, name: str) -> float:
    if 0x3000 <= code < 0x3040 or 0xFF00 <= code < 0xFF60:
        return -6.0
    if 0x3040 <= code < 0x3100:
        return -4.5 if name in {"cp932", "euc_jp"} else -9.0
    if 0xFF60 <= code < 0xFFA0:  # half-width kana, one byte each: what Western letters look like in Shift-JIS
        return -9.0
    if 0xAC00 <= code < 0xD7A4:
        return -5.6 if sign in HANGUL else -8.4 if _level(sign, "euc_kr") == _DAILY else -16.0
    if 0x4E00 <= code < 0xA000:
        return _level(sign, name) or -16.0
    return -17.0


# By the first byte: the ideographs in daily use stand first in each national standard.
_LEVELS: dict[str, tuple[str, int, int]] = {
    "gb18030": ("gb2312", 0xB0, 0xD7), "cp932": ("shift_jis", 0x88, 0x98), "euc_jp": ("euc_jp", 0xB0, 0xCF),
    "big5": ("big5", 0xA4, 0xC6), "cp949": ("euc_kr", 0xF0, 0xEF), "euc_kr": ("euc_kr", 0xB0, 0xC8),
}  # fmt: skip


def _level(sign: str, name: str) -> float | None:
    codec, first, last = _LEVELS[name]
    try:
        lead = sign.encode(codec)[0]
    except UnicodeEncodeError:
        return None
    return _DAILY if first <= lead <= last else -12.0


def _wide(sign: str) -> bool:
    return bool(sign) and ord(sign) >= 0x2E80


def _is_letter(sign: str) -> bool:
    return ord(sign) < 0x2E80 and sign.isalpha() and sign not in "ªºµ"


def _case(word: str, at: int) -> float:
    """What it takes off that a capital stands within a small word, or a letter of one script beside one of another."""
    before, sign, after = word[at - 1], word[at], word[at + 1]
    if sign >= "\u0370":
        return -6.0 * sum(beside.isascii() and beside.isalpha() for beside in (before, after))
    if sign.isupper() and before.islower():
        return -7.0
    if sign.islower() and before.isupper() and after.isupper() and sign != "ß":
        return -4.0
    return 0.0


def _tokens(text: str) -> Iterator[tuple[str, str]]:
    """Each word of `text` with a sign beyond ASCII, and what stands before it."""
    for found in _TOKEN.finditer(text):
        yield found[0][:60], text[max(found.start() - 2, 0) : found.start()].rstrip()


def _decoded(sample: list[bytes], name: str) -> list[str]:
    """The pieces read in `name`; what is none of its signs becomes U+FFFD, but for half a sign where a piece was cut."""
    maker = codecs.getincrementaldecoder(name)
    return [unicodedata.normalize("NFC", maker("replace").decode(piece, len(piece) < LONGEST)) for piece in sample]
