"""Which encoding a file is in, what a piece of it says, and text that was decoded wrongly before it came here."""

from __future__ import annotations

import io
import random
import tracemalloc
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evidence.formats import BIBTEX, CSL_JSON, encoding
from evidence.formats.encodings import Narrow, json_of, text_of
from evidence.formats.mojibake import mended
from evidence.model.reference import Parsed

# Names and words that the guesser's own lists do not hold, by language.
WORDS: dict[str, str] = {
    "de": "Blümel Rößler Kröger Löwe Völker Grünewald Bäumler Hünig Süß Schönberg Wärmetherapie Überprüfung kräftig",
    "fr": "Bélanger Côté Gagné Lévesque Héloïse Aurélie Gaëlle Maïté Régnier préopératoire hémiplégie brûlure déficit",
    "es": "Bermúdez Cárdenas Galán Iñaki Logroño Peñalver Ruipérez Saldaña Villalón Güell hinchazón cartílago uñas",
    "sv": "Fägerström Hjälmarsson Lövgren Sköld Strålin Tägil Wängberg Åkerlund Överby ländrygg nackvärk",
    "da": "Bjørndal Fjeldstrøm Gårdsøe Hjørring Kjærgaard Tønnesen Ødum Åstrøm lænderyg skulderøvelser bækken",
    "pl": "Błażejczak Czyżewski Dłużniewska Gałązka Kłos Pięta Rękas Skrzypczyński Święcicki Źrebiec ścięgno bólem łokieć",
    "cs": "Bažant Břečka Dušek Fryštátská Hřebíček Jandová Kopřiva Měchura Řezáč Zmeškal bolestí kloubů léčbě účinné",
    "tr": "Aktaş Bağcı Çakır Dağdelen Ertuğrul Gençoğlan Kağızman Özyiğit Saygılı Tuncay omuzağrısı değişiklik sağlıklı yürüyüş",
    "ru": "Белоусов Воробьёва Гончаренко Жданов Лихачёв Поляков Ушаков Цветкова Шестаков позвоночник сухожилие упражнения",
    "zh": "欧阳建国 上官云 陈志强 肩袖损伤 髌骨软化 运动疗法 随访 葡萄糖注射液 疗效评价 慢性腰痛",
}
ENCODINGS: tuple[tuple[str, str, float], ...] = (
    ("de", "cp1252", 1.0), ("fr", "cp1252", 1.0), ("es", "cp1252", 1.0), ("sv", "cp1252", 1.0), ("da", "cp1252", 1.0),
    ("de", "mac_roman", 0.75), ("fr", "mac_roman", 0.75), ("es", "mac_roman", 0.75), ("sv", "mac_roman", 0.75),
    ("pl", "cp1250", 0.7), ("cs", "cp1250", 0.7), ("pl", "iso8859-2", 0.7), ("cs", "iso8859-2", 0.7), ("tr", "cp1254", 0.6),
    ("ru", "cp1251", 0.9), ("ru", "koi8-r", 0.7), ("zh", "gb18030", 0.9),
)  # fmt: skip


def _ris(name: str) -> str:
    return f"TY  - JOUR\r\nAU  - {name}\r\nTI  - A trial of exercise\r\nPY  - 2001\r\nER  - \r\n"


FORMATS: tuple[Callable[[str], str], ...] = (
    _ris,
    lambda name: f"@article{{k1,\n  author = {{{name}}},\n  title = {{A trial}}\n}}\n",
    lambda name: f"PMID- 123\nFAU - {name}\nTI  - A trial\n\n",
    lambda name: f'"{name}","A trial",2001\n',
    lambda name: f'[{{"id": "a", "author": [{{"family": "{name}"}}]}}]\n',
)


def _read_as(data: bytes) -> str:
    return data.decode(encoding(io.BytesIO(data)).name, "replace")


def _share(language: str, codec: str, words_in_a_file: int) -> float:
    """How many files of so many words are read as what they say."""
    chance, words, right = random.Random(f"{language}{words_in_a_file}"), WORDS[language].split(), 0
    for turn in range(24):
        names = chance.sample(words, words_in_a_file)
        text = _ris("Smith, John") * 2 + "".join(FORMATS[turn % 5](name) for name in names)
        right += _read_as(text.encode(codec)) == text
    return right / 24


@pytest.mark.parametrize(("language", "codec", "share"), ENCODINGS)
def test_guesses(language: str, codec: str, share: float) -> None:
    """One word among three records is mostly enough, four are nearly always, whatever the format."""
    assert _share(language, codec, 1) >= share
    assert _share(language, codec, 4) >= max(share, 0.9)


@pytest.mark.parametrize("codec", ["cp1252", "mac_roman"])
def test_ten_letters_among_thousands(codec: str) -> None:
    """Ten accented letters at the end of five megabytes are found and decide."""
    text = _ris("Smith, John") * 60_000 + "".join(map(_ris, WORDS["de"].split()[:10]))
    assert _read_as(text.encode(codec)) == text


@pytest.mark.parametrize(
    "text", ["don’t", "12–15", "37 °C", "± 3 µg", "naïve", "“so”", "São", "Ångström", "½", "5 £", "© 2001"]
)
def test_windows_signs(text: str) -> None:
    """Where nothing speaks for another encoding, Windows' own is taken."""
    assert encoding(io.BytesIO(_ris(text).encode("cp1252"))).name == "cp1252"


def test_doubt_is_said() -> None:
    """A guess that could as well be another one says so; a sure one does not."""
    assert encoding(io.BytesIO(b"TI  - \xa4 and \xa4\n")).doubt
    assert encoding(io.BytesIO(_ris("Müller, Jörg, Möbius, Schröder").encode("cp1252"))).doubt is None
    assert encoding(io.BytesIO(_ris("Müller").encode())).doubt is None


@pytest.mark.parametrize(
    ("data", "name"),
    [
        ('<?xml version="1.0" encoding="ISO-8859-2"?>\n<a>ł</a>'.encode("iso8859-2"), "iso8859-2"),
        ('<?xml version="1.0" encoding="ISO-8859-1"?>\n<a>é</a>'.encode("cp1252"), "cp1252"),
        ('<?xml version="1.0" encoding="windows-1251"?>\n<a>é</a>'.encode(), "utf-8"),
        ('<?xml version="1.0" encoding="utf-16"?>\n<a>é</a>'.encode("cp1252"), "cp1252"),
        ("% Encoding: GBK\n@misc{a, title={膝}}".encode("gbk"), "gb18030"),
        ("% Encoding: MacRoman\n@misc{a, title={é}}".encode("mac_roman"), "mac-roman"),
        (b"% Encoding: rot13\n\xe9", "cp1252"),
        ("膝关节 pain\r\n".encode("utf-16-le") * 3, "utf-16-le"),
        ("TY  - JOUR\r\nTI  - Лечение боли в колене\r\n".encode("utf-16-be"), "utf-16-be"),
        (("TI  - " + "慢性腰痛疗效评价" * 60 + "\r\n").encode("utf-16-le"), "utf-16-le"),
        ("TY  - JOUR\r\n".encode("utf-32-le"), "utf-32-le"),
        (b"TY  - JOUR\r\nTI  - a\0b\0c pain\0 in the knee\r\n", "utf-8"),
        (b"\0" * 3 + b"TY  - JOUR\r\nTI  - pain in the knee, and elsewhere\r\n", "utf-8"),
    ],
)
def test_marks_and_declarations(data: bytes, name: str) -> None:
    """What a file declares is honoured unless its bytes say otherwise; UTF-16 is known without its mark."""
    assert encoding(io.BytesIO(data)).name == name


def test_mostly_utf8_stays_utf8() -> None:
    """Some pieces in another encoding do not decide for the whole; each is read by itself."""
    data = _ris("Müller").encode() * 3 + _ris("Jörg").encode("cp1252")
    assert encoding(io.BytesIO(data)).name == "utf-8"
    assert text_of(_ris("Jörg").encode("cp1252"), "utf-8") == (_ris("Jörg"), "not valid utf-8: read as cp1252")


def test_guessing_holds_little() -> None:
    """However long the file and its lines, some megabytes at most are held."""
    line = "Größe über Maß; ".encode("cp1252") * 1000
    stream = io.BytesIO(line * 1500)
    tracemalloc.start()
    name = encoding(stream).name
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert name == "cp1252"
    assert peak < 24 << 20


@pytest.mark.parametrize(
    ("raw", "codec", "text", "says"),
    [
        (b"plain", "utf-8", "plain", None),
        (b"a\0b\x1bc\x7f", "utf-8", "abc", "control characters"),
        ("é\0".encode(), "utf-8", "é", "control characters"),
        ("Jörg".encode("cp1252"), "cp1252", "Jörg", None),
        ("Jörg".encode(), "cp1252", "Jörg", "read as UTF-8"),
        (
            "Müller, Özgür, Ångström".encode() + b" 5\x966",
            "utf-8",
            "Müller, Özgür, Ångström 5–6",
            "one byte that is no UTF-8",
        ),
        (b"a \x81\x9d b\xe9", "cp1252", "a  bé", "no sign in cp1252"),
        ("it\x92s".encode(), "utf-8", "it’s", "mojibake repaired"),
        ("a\ud800b é".encode("utf-8", "surrogatepass"), "utf-8", "a\ufffdb é", "replaced"),
        ("膝".encode("gbk"), "gb18030", "膝", None),
    ],
)
def test_text_of_a_piece(raw: bytes, codec: str, text: str, says: str | None) -> None:
    """A piece is read as far as it can be, and what was done to it is said."""
    found, warning = text_of(raw, codec)
    assert found == text
    assert (says in (warning or "")) if says else warning is None


SPOILT = (
    "Müller", "José Núñez", "β-carotene", "don’t", "37 °C", "1–2", "≥ 5 µm", "“quoted”", "Šiška", "Łukasz Błaszczyk", "İstanbul",
    "MÜLLER", "2 × 3 ± 1", "Øster", "naïve façade", "张伟的研究", "Иванов Пётр", "TNF-α", "Garcı́a", "Ordóñez", "Kovačević", "½",
)  # fmt: skip


@pytest.mark.parametrize("text", SPOILT)
@pytest.mark.parametrize("codec", ["cp1252", "latin-1"])
def test_mojibake_is_repaired(text: str, codec: str) -> None:
    """UTF-8 that was read as Windows-1252 or Latin-1, once or twice, is put right, and said."""
    wrong = _misread(text, codec)
    assert mended(wrong)[0] == text
    assert mended(_misread(wrong, codec))[0] == text
    assert "mojibake repaired" in (mended(wrong)[1] or "")
    assert text_of(f"TI  - {wrong}".encode(), "utf-8")[0] == f"TI  - {text}"


def _misread(text: str, codec: str) -> str:
    """`text` in UTF-8, read as `codec`; a byte that has no sign in Windows-1252 as the control that Latin-1 has there."""
    return "".join(bytes([byte]).decode(codec, "replace").replace("\ufffd", chr(byte)) for byte in text.encode())


def test_mojibake_of_the_macintosh() -> None:
    """UTF-8 read as MacRoman is repaired where no real word looks like that."""
    for text in ("Müller", "don’t", "TGF-β", "García"):
        assert mended(text.encode().decode("mac_roman"))[0] == text


@pytest.mark.parametrize(
    "text",
    ["SÃO PAULO", "Ångström", "Â§ 5", "“Le CAFÉ”, a", "le CAFÉ™ x", "« voilà\xa0»", "l’été", "“État", "café”–la", "mot—à mot",
     "“MANHÔ", "IRMÃ…", "ÎLE", "cœur", "√2 ≈ 1.4", "NOÉ–B", "CAFÉ’S", "10 Å±0.2", "1.5 Å², 20 Å³", "MÄDCHEN–ÄRZTE", "x ¬≥ 3",
     "ALTO DA SÉ’", "RÉSUMÉ…", "Größe”–", "Éric “État”", "Â", "Ã", "PÃO", "DÉJÀ “VU”", "naïve – ‘x’", "膝关节 “治疗”…", "Иванов — “он”"],
)  # fmt: skip
def test_real_words_stay(text: str) -> None:
    """What a person may have written is left alone, however much it looks like mojibake."""
    assert mended(text) == (text, None)
    assert text_of(text.encode(), "utf-8") == (text, None)


def test_mojibake_in_every_reader() -> None:
    """BibTeX and CSL-JSON have it too, JSON's escapes included; the piece's own bytes stay."""
    (bib,) = BIBTEX.read(io.BytesIO("@article{a, author = {MÃ¼ller, J}, title = {Ã¼ber Î²}}".encode()), "utf-8")
    assert isinstance(bib, Parsed)
    assert bib.reference.title == "über β"
    assert "Ã¼".encode() in bib.raw
    assert any("mojibake repaired: Ã¼ -> ü" in warning for warning in bib.warnings)
    (item,) = CSL_JSON.read(io.BytesIO(b'[{"id": "a", "title": "M\\u00c3\\u00bcller"}]'), "utf-8")
    assert isinstance(item, Parsed)
    assert item.reference.title == "Müller"
    assert json_of('{"t": ["M\\u00c3\\u00bcller"]}') == ({"t": ["Müller"]}, "mojibake repaired: Ã¼ -> ü")


@given(st.text(max_size=60))
@settings(max_examples=150)
def test_mending_is_done_at_once(text: str) -> None:
    """What was mended, or needed no mending, is not mended again; ASCII never is."""
    once, told = mended(text)
    assert (told is None) == (once == text)
    assert mended(once)[0] == once


@given(
    st.binary(max_size=300), st.sampled_from(["gb18030", "cp949", "euc_jp", "utf-16-le", "cp1252", "koi8-r", "utf-8"])
)
@settings(max_examples=200)
def test_own_bytes_come_back(data: bytes, codec: str) -> None:
    """Whatever the bytes, what is read of a file gives its own bytes back, part by part, and is text."""
    data = data if codec != "utf-16-le" else data[: len(data) // 2 * 2].replace(b"\xff\xfe", b"ab")
    if data.startswith((b"\xef\xbb\xbf", b"\xff\xfe", b"\x84\x31\x95\x33")):
        data = b"xx" + data[4:]
    narrow, parts = Narrow(io.BytesIO(data), codec), []
    while part := narrow.read(7):
        parts.append(part)
    assert narrow.own(b"".join(parts)) == data
    assert isinstance(text_of(b"".join(parts), narrow.encoding)[0], str)


def test_a_second_byte_is_no_mark() -> None:
    """In GBK and Shift-JIS the second byte of a letter may be a brace or a backslash: it never ends a field."""
    for text, codec in (
        ("@misc{a, title = {昞昤昡昢}, note = {亄亊}}", "gbk"),
        ("@misc{a, title = {ソ表能}, note = {ポ芝}}", "cp932"),
    ):
        (piece,) = BIBTEX.read(io.BytesIO(text.encode(codec)), codec)
        assert isinstance(piece, Parsed)
        assert piece.reference.title == text[18:].split("}")[0]
        assert piece.raw == text.encode(codec)
