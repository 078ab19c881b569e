"""Names and three-letter codes of languages as ISO 639-1 has them."""

from __future__ import annotations

from collections.abc import Mapping

# Two-letter code: English name, ISO 639-2 codes (bibliographic and terminological), and the language's own name.
# Source: ISO 639-2, Codes for the representation of names of languages; NLM, Language Table.
_NAMES = {
    "af": "afrikaans afr", "ar": "arabic ara", "az": "azerbaijani aze", "be": "belarusian bel", "bg": "bulgarian bul",
    "bn": "bengali ben", "bs": "bosnian bos", "ca": "catalan cat", "cs": "czech cze ces", "cy": "welsh wel cym",
    "da": "danish dan dansk", "de": "german ger deu deutsch", "el": "greek gre ell", "en": "english eng",
    "eo": "esperanto epo", "es": "spanish spa español castilian", "et": "estonian est", "eu": "basque baq eus",
    "fa": "persian per fas farsi", "fi": "finnish fin", "fr": "french fre fra français", "ga": "irish gle",
    "gl": "galician glg", "he": "hebrew heb", "hi": "hindi hin", "hr": "croatian hrv scr", "hu": "hungarian hun",
    "hy": "armenian arm hye", "id": "indonesian ind", "is": "icelandic ice isl", "it": "italian ita italiano",
    "ja": "japanese jpn", "ka": "georgian geo kat", "kk": "kazakh kaz", "ko": "korean kor", "la": "latin lat",
    "lt": "lithuanian lit", "lv": "latvian lav", "mk": "macedonian mac mkd", "ms": "malay may msa", "nl": "dutch dut nld",
    "no": "norwegian nor", "pl": "polish pol polski", "pt": "portuguese por português", "ro": "romanian rum ron",
    "ru": "russian rus", "sk": "slovak slo slk", "sl": "slovenian slv slovene", "sq": "albanian alb sqi",
    "sr": "serbian srp scc", "sv": "swedish swe svenska", "th": "thai tha", "tr": "turkish tur", "uk": "ukrainian ukr",
    "ur": "urdu urd", "uz": "uzbek uzb", "vi": "vietnamese vie", "zh": "chinese chi zho mandarin",
}  # fmt: skip
_CODES: Mapping[str, str] = {
    name: code for code, names in _NAMES.items() for name in (code, *names.split())
}  # ISO 639-1 by every name


def language_code(text: str) -> str:
    """`text` as ISO 639-1 where it names one language that is known ("eng", "English" are `en`); else as it stands."""
    return _CODES.get(text.lower(), text)
