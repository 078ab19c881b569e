"""What is made right before a style sees it: names, numbers, titles, journals."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evidence.citing import languages, numbers, people, words
from evidence.model.reference import Reference
from tests.citing.lists import article, needs_extra, one


@pytest.mark.parametrize(
    ("given_pages", "full"),
    [
        ("40-6", "40-46"), ("40–46", "40-46"), ("389-99", "389-399"), ("68--74, 77--80", "68-74, 77-80"), ("e100321", "e100321"),
        ("9-16; discussion 16", "9-16; discussion 16"), ("S40-6", "S40-S46"), ("e1121-e1128", "e1121-e1128"), ("25247", "25247"),
        ("1199-203", "1199-1203"), ("99-5", "99-5"), ("CD004059", "CD004059"), ("pp. 3-9", "3-9"), ("213S-224S", "213S-224S"),
        ("", ""), ("12-x", "12-x"), ("1008-1016", "1008-1016"), ("9" * 500, "9" * 500),
    ],
)  # fmt: skip
def test_page_ranges_are_given_in_full(given_pages: str, full: str) -> None:
    """Short forms are written out; several runs stay several; locators and what is no range stay."""
    assert numbers.pages(given_pages) == full


@pytest.mark.parametrize(
    ("text", "dash", "out"),
    [("1-2", "–", "1–2"), ("1-2", "-", "1-2"), ("11–12", "-", "11-12"), ("Suppl 1", "–", "Suppl 1"), ("2_suppl", "–", "2_suppl"),
     ("S1-S2", "–", "S1–S2"), ("3-4 Suppl 1", "–", "3-4 Suppl 1"), ("pre-2", "–", "pre-2"), ("1/2", "–", "1/2")],
)  # fmt: skip
def test_issue_runs_take_the_styles_dash(text: str, dash: str, out: str) -> None:
    """Two issues are joined as the style joins pages; other words stay."""
    assert numbers.issue(text, dash) == out


@pytest.mark.parametrize(
    ("text", "out"),
    [
        ("3rd", "3"),
        ("Third edition", "3"),
        ("3. ed.", "3"),
        ("2", "2"),
        ("Revised ed.", "Revised"),
        ("1st", "1"),
        ("", ""),
    ],
)
def test_editions_are_numbers_where_they_can_be(text: str, out: str) -> None:
    """So that each style words them itself."""
    assert numbers.edition(text) == out


@pytest.mark.parametrize(
    ("text", "volume", "out"),
    [("Suppl 1", False, "suppl 1"), ("2_suppl", False, "suppl 2"), ("3 Suppl 1", False, "3 suppl 1"), ("S1", False, "S1"), ("1", False, "1"),
     ("55 Suppl 1", True, "55(suppl 1)"), ("55 Suppl", True, "55(suppl)"), ("Supplement 2", False, "suppl 2"), ("Suppl. 3", False, "suppl 3")],
)  # fmt: skip
def test_supplements_are_worded_as_ama_words_them(text: str, volume: bool, out: str) -> None:
    """In small letters, before their number."""
    assert numbers.supplement(text, volume=volume) == out


@pytest.mark.parametrize(
    ("given_names", "joint", "out"),
    [("Kenneth D.", "-", "K. D."), ("K. D.", "-", "K. D."), ("Meng-Ting", "-", "M.-T."), ("Meng-Ting", " ", "M. T."), ("Jean-luc", "-", "J.-L."),
     ("Maryam sadat", "-", "M. S."), ("Fernanda S. do", "-", "F. S. do"), ("Omar bin al-Din", "-", "O. bin al-Din"), ("Ömer", "-", "Ö."),
     ("明", "-", "明"), ("(Bill)", "-", "(Bill)"), ("", "-", ""), ("-", "-", "-")],
)  # fmt: skip
def test_given_names_are_reduced_to_initials(given_names: str, joint: str, out: str) -> None:
    """Hyphens as the style has them; particles and scripts without capitals stay."""
    assert people.reduced(given_names, joint) == out


@settings(max_examples=150, deadline=None)
@given(st.text(alphabet="aBé明-. '’d", max_size=20))
def test_initials_stay_initials(text: str) -> None:
    """Reducing twice changes nothing more, and any text is taken."""
    once = people.reduced(text)
    assert people.reduced(once) == once


@pytest.mark.parametrize(
    ("title", "stated", "code"),
    [
        ("Randomized study of sleep", None, "en"), ("Proloterapia con dextrosa para el dolor", None, "und"),
        ("Der Schmerz und die Nacht", None, "und"), ("Douleur aiguë", None, "und"), ("Prolotherapy", None, "en"),
        ("Dolor", "spa", "es"), ("Schmerz", "German", "de"), ("Sleep", "en-GB", "en-GB"), ("[Sleep and pain]", "tur", "en"),
        ("x", "some words that are no code", "en"),
    ],
)  # fmt: skip
def test_only_english_titles_are_taken_for_english(title: str, stated: str | None, code: str) -> None:
    """The record's word counts; without it, the title's small words."""
    assert languages.of(title, stated) == code


@settings(max_examples=150, deadline=None)
@given(st.text(alphabet="ab<>/isup \"'“”‘’&;.:1\ud800\u202e\ufdd0\x00$\\", max_size=60))
def test_guarded_text_shows_what_was_given(text: str) -> None:
    """Hiding and showing again gives the plain text back, but for quotes made curly."""

    def straight(of: str) -> str:
        return of.translate(str.maketrans("“”‘’", "\"\"''"))

    assert straight(words.shown(words.guarded(text))) == straight(words.plain(text))


@pytest.mark.parametrize(
    ("title", "out"),
    [("Pain.", "Pain"), ("Pain...", "Pain..."), ("[Pain.]", "[Pain]"), ("Why?", "Why?"), ("Pain. ", "Pain"), (".", "")],
)
def test_a_titles_full_stop_is_dropped(title: str, out: str) -> None:
    """PubMed ends titles with one, and styles put their own."""
    assert words.without_stop(title) == out


def test_a_capital_follows_a_colon_where_apa_wants_it() -> None:
    """Words with capitals of their own stay as they are."""
    assert words.capital_after_colon("pain: systematic review") == "pain: Systematic review"
    assert words.capital_after_colon("acid: pH in what? some: mRNA") == "acid: pH in what? Some: mRNA"
    assert words.capital_after_colon("study: <i>in vitro</i>") == "study: <i>In vitro</i>"
    assert words.capital_after_colon("ratio 1:two, a: “quoted”") == "ratio 1:two, a: “Quoted”"


def test_words_in_italics_keep_their_case() -> None:
    """Names of species and genes are written as they are, whatever a style does to titles; a title all in italics is a title."""
    kept = words.kept_capitals("Growth of <i>E. coli</i> in water vs milk", all_words=False)
    assert kept == (
        'Growth of <i><span class="nocase">E</span>. <span class="nocase">coli</span></i> in water'
        ' <span class="nocase">vs</span> milk'
    )
    assert words.kept_capitals("<i>Growth in milk</i>", all_words=False) == "<i>Growth in milk</i>"


pytest_lists = needs_extra


@pytest_lists
@pytest.mark.parametrize(
    ("style", "html", "markdown"),
    [
        ("ama", "Growth of <i>E. coli</i> in H<sub>2</sub>O: <i>in vitro</i> study.", "Growth of *E. coli* in H<sub>2</sub>O: *in vitro* study."),
        ("nlm", "Growth of <i>E. coli</i> in H<sub>2</sub>O: <i>in vitro</i> study.", "Growth of *E. coli* in H<sub>2</sub>O: *in vitro* study."),
        ("apa", "Growth of <i>E. coli</i> in H<sub>2</sub>O: <i>In vitro</i> study.", "Growth of *E. coli* in H<sub>2</sub>O: *In vitro* study."),
        ("chicago-author-date", "Growth of <i>E. coli</i> in H<sub>2</sub>O: <i>in vitro</i> Study.", "Growth of *E. coli* in H<sub>2</sub>O: *in vitro* Study."),
    ],
)  # fmt: skip
def test_italics_of_a_title_are_in_the_list(style: str, html: str, markdown: str) -> None:
    """As HTML and Markdown have them; plain text has raised and lowered figures only."""
    made = one(article(title="Growth of <i>E. coli</i> in H<sub>2</sub>O: <i>in vitro</i> study"), style)
    assert html in made.html
    assert markdown in made.markdown
    assert "Growth of E. coli in H₂O: " in made.text


@pytest_lists
def test_a_title_of_many_tags_is_printed_plain() -> None:
    """More tags than the engine is given are left out; none of them is printed as text."""
    made = one(article(title="of " + "<i>a</i>b" * 100))
    assert "of " + "ab" * 100 in made.text.lower()
    assert "<i>a" not in made.html


@pytest_lists
@pytest.mark.parametrize(
    ("author", "ama", "apa"),
    [
        ({"family": "Reeves", "given": "KD"}, "Reeves KD.", "Reeves, K. D. ("),
        ({"family": "Sit", "given": "Regina WS"}, "Sit RWS.", "Sit, R. W. S. ("),
        ({"family": "Varma", "given": "H.S."}, "Varma HS.", "Varma, H. S. ("),
        ({"family": "Lin", "given": "Meng-Ting"}, "Lin MT.", "Lin, M.-T. ("),
        ({"family": "Vanderby", "given": "R Jr"}, "Vanderby R Jr.", "Vanderby, R., Jr. ("),
        ({"family": "Berg", "given": "J", "non-dropping-particle": "van den"}, "van den Berg J.", "van den Berg, J. ("),
        ({"literal": "Diabetes Prevention Program Research Group"}, "Diabetes Prevention Program Research Group.", "Diabetes Prevention Program Research Group. ("),
        ({"family": "Dasukil"}, "Dasukil.", "Dasukil. ("),
        ({"literal": "others"}, "Others.", "Others. ("),
    ],
)  # fmt: skip
def test_names_are_printed_by_the_styles_rules(author: dict[str, str], ama: str, apa: str) -> None:
    """Initials run together are parted for styles that want them parted; groups stay whole."""
    work = article(author=[author])
    assert one(work).text.startswith(ama + " A title")
    assert one(work, "apa").text.startswith(apa)


@pytest_lists
@pytest.mark.parametrize("style", ["ama", "nlm", "apa", "pain", "elsevier-harvard", "bmj"])
def test_authors_that_the_record_does_not_list_are_told(style: str) -> None:
    """Of two, the first author and “et al.”, for the other may be any; three are the head of a list, and are named."""
    work = article(
        author=[{"family": f"Name{at}", "given": "AB"} for at in range(3)], custom={"missing": ["authors_rest"]}
    )
    assert all(f"Name{at}" in one(work, style).text for at in range(3))
    assert "et al." in one(work, style).text
    for known in (1, 2):
        named = [{"family": f"Name{at}", "given": "AB"} for at in range(known)]
        work = article(author=named, custom={"missing": ["authors_rest"]})
        text = one(work, style).text
        assert "et al." in text
        assert "others" not in text
        assert "Name0" in text
        assert not any(f"Name{at}" in text for at in range(1, known))


@pytest_lists
def test_one_form_of_a_journals_name_serves_for_both() -> None:
    """No form is made up: what is known is printed by styles that want the other."""
    short = article(container_title=None)
    assert "J Sleep, 3(1)" in one(short, "apa").text
    full = article(container_title_short=None)
    assert "Journal of Sleep. 2001" in one(full).text


@pytest_lists
def test_only_english_titles_get_capitals() -> None:
    """AMA sets book titles with capitals, but not Spanish ones; what has capitals inside keeps them."""
    book = {"type": "book", "publisher": "Sol", "container_title": None, "container_title_short": None}
    assert "The pH of Pain vs Sleep" in one(article(title="The pH of pain vs sleep", **book)).text
    assert "El dolor de las rodillas" in one(article(title="El dolor de las rodillas", **book)).text


@pytest_lists
def test_a_record_is_never_changed() -> None:
    """What is made right for the engine is made right in a copy."""
    work = article(page="40-6", title="Pain.")
    before = repr(work)
    one(work, "apa")
    assert isinstance(work, Reference)
    assert repr(work) == before


@pytest_lists
def test_a_chapter_without_its_book_has_no_stray_in() -> None:
    """“In:” is printed with a book only."""
    chapter = article(
        type="chapter", container_title=None, container_title_short=None, publisher="Sol", volume=None, issue=None
    )
    for style in ("ama", "nlm", "apa"):
        assert " In" not in one(chapter, style).text


@pytest_lists
def test_no_style_of_ama_or_apa_names_a_first_edition() -> None:
    """Later ones only; NLM names what the record has."""
    book = article(type="book", publisher="Sol", edition="1st", container_title=None, container_title_short=None)
    assert [style for style in ("ama", "jama", "apa", "nlm") if "1st" in one(book, style).text] == ["nlm"]
    later = article(type="book", publisher="Sol", edition="2nd", container_title=None, container_title_short=None)
    assert "2nd ed" in one(later).text


@pytest_lists
def test_supplements_are_worded_in_ama_only() -> None:
    """Others print what the record has."""
    work = article(issue="2_suppl")
    assert "3(suppl 2):1-9" in one(work).text
    assert "3(2_suppl)" in one(work, "nlm").text
