"""Page ranges in one normal form: plain hyphens, ends written out (`389-99` is `389-399`), runs kept apart."""

from __future__ import annotations

import re

from evidence.formats.markup import page_range

_PLAIN = re.compile(r"\d{1,9}(?:-\d{1,9})?", re.ASCII)
# A range whose end may be short: what stands before the digits on both sides (S12-5, e10-e15), and the digits.
_RANGE = re.compile(r"(?<![\w-])([A-Za-z]{0,3}\.?)(\d{1,9})-([A-Za-z]{0,3}\.?)(\d{1,9})(?![\w-])", re.ASCII)
_WORDS = re.compile(r"^\s*(?:pp?\.|pages?\b|S\.(?=\s))\s*", re.IGNORECASE)
_HYPHENS = str.maketrans("\u2010\u2011\u2212\u00ad", "----")
_LONGEST = 1000  # characters: nothing longer is a page


def pages(text: str) -> str:
    """`text` in normal form; what is no range stays (`e100321`, `IIIa`, `1 p following 36`).

    An end that is shorter than its start takes the missing digits from it (68-74, 77-80 stay two runs; 123-4; discussion
    125-6 is 123-124; discussion 125-126). An end that would come before its start is left as it is.
    Source: NLM, MEDLINE/PubMed data element PG, where redundant digits are left out.
    """
    if _PLAIN.fullmatch(text) and "-" not in text:
        return text
    text = _WORDS.sub("", page_range(text.strip().translate(_HYPHENS)))
    return _RANGE.sub(_whole, text) if len(text) < _LONGEST else text


def _whole(found: re.Match[str]) -> str:
    before, first, behind, last = found.groups()
    if len(last) < len(first) and behind in ("", before):
        full = first[: len(first) - len(last)] + last
        if int(full) >= int(first):
            return f"{before}{first}-{before}{full}"
    if len(last) == len(first) and behind == "" and before and int(last) >= int(first):
        return f"{before}{first}-{before}{last}"  # S12-15
    return found.group()
