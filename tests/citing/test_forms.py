"""What a style prints of names and journals is seen in its file, and lists are sorted by what they print."""

from __future__ import annotations

from typing import Any

import pytest

from evidence.citing import citer, forms
from evidence.citing.sheets import read
from tests.citing.lists import article, needs_extra

STYLE = """<style xmlns="http://purl.org/net/xbiblio/csl" {style}><macro name="m"><names variable="author">{name}<substitute>
<names variable="editor"/></substitute></names></macro><bibliography {list}><layout>{layout}</layout></bibliography></style>"""


def seen(layout: str, *, style: str = "", list: str = "", name: str = "") -> tuple[list[str], str]:
    """The roles with initials, and the form of the journal's name, of a style."""
    root = read(STYLE.format(style=style, list=list, name=name, layout=layout).encode(), "mine")
    bibliography = root.find("bibliography")
    assert bibliography is not None
    return sorted(forms.initialled(root, bibliography)), forms.journal(root, bibliography)


@pytest.mark.parametrize(
    ("options", "roles"),
    [
        ({}, []), ({"style": 'initialize-with=""'}, ["author", "editor"]), ({"list": 'initialize-with=". "'}, ["author", "editor"]),
        ({"name": '<name initialize-with="."/>'}, ["author", "editor"]), ({"name": '<name form="short"/>'}, ["author", "editor"]),
        ({"style": 'initialize-with=""', "name": '<name initialize="false"/>'}, []),
    ],
)  # fmt: skip
def test_initials_are_seen_wherever_they_are_asked_for(options: dict[str, str], roles: list[str]) -> None:
    """On the name, on the list or on the style; a name that stands in takes the form of the other."""
    assert seen('<text macro="m"/>', **options)[0] == roles


def test_a_role_that_is_once_printed_in_full_keeps_its_names() -> None:
    """But for what the law alone prints so."""
    whole = '<names variable="author"><name/></names>'
    initials = '<text macro="m"/>'
    name = '<name initialize-with=""/>'
    assert seen(initials + whole, name=name)[0] == ["editor"]
    of_law = f'<choose><if type="hearing">{whole}</if><else>{initials}</else></choose>'
    assert seen(of_law, name=name)[0] == ["author", "editor"]


@pytest.mark.parametrize(
    ("layout", "form"),
    [
        ('<text variable="title"/>', ""), ('<text variable="container-title"/>', "full"), ('<text variable="container-title" form="short"/>', "short"),
        ('<choose><if type="article-journal"><text variable="container-title" form="short"/></if><else><text variable="container-title"/></else></choose>', "short"),
        ('<choose><if type="article-journal"><text variable="container-title"/></if><else><text variable="container-title-short"/></else></choose>', "full"),
        ('<choose><if type="book chapter" match="any"><text variable="container-title-short"/></if><else><text variable="container-title"/></else></choose>', "full"),
    ],
)  # fmt: skip
def test_the_form_of_a_journals_name_is_seen(layout: str, form: str) -> None:
    """As an article in a journal prints it."""
    assert seen(layout)[1] == form


PEOPLE = {
    "best": [("Rabago", "D."), ("Best", "T. M.")], "slattengren": [("Rabago", "David"), ("Slattengren", "Andrew")],
    "hausers": [("Hauser", "R."), ("Hauser", "M.")], "alone": [("Hauser", "Ross A.")], "woldin": [("Hauser", "Ross A."), ("Woldin", "B")],
    "podesta": [("Topol", "G. A."), ("Podesta", "L.")], "pestalardo": [("Topol", "Gastón Andrés"), ("Pestalardo", "I.")],
    "dorman": [("Dorman", "Thomas")], "dormanta": [("Dorman", "T. A.")],
}  # fmt: skip


@needs_extra
@pytest.mark.parametrize("style", ["apa", "elsevier-harvard", "pain"])
def test_lists_are_sorted_by_what_they_print(style: str) -> None:
    """Whether a record has a name or its initial; "R." before "R. A.", whoever comes second."""
    works = [
        article(id=key, author=[{"family": family, "given": given} for family, given in names])
        for key, names in PEOPLE.items()
    ]
    assert [one.key for one in citer().format(works, style)] == [
        "dorman", "dormanta", "hausers", "alone", "woldin", "best", "slattengren", "pestalardo", "podesta",
    ]  # fmt: skip


@needs_extra
def test_styles_with_whole_names_keep_them() -> None:
    """Nothing is reduced for them."""
    works = [article(author=[{"family": "Rabago", "given": "David"}])]
    assert citer().format(works, "chicago")[0].text.startswith("Rabago, David. ")


@needs_extra
def test_works_of_the_same_printed_names_get_letters() -> None:
    """A name in full, its initials, and "Jr." tell no works apart."""
    vanderby: list[dict[str, Any]] = [
        {"family": "Vanderby", "given": "R Jr"},
        {"family": "Vanderby", "given": "Ray"},
    ]
    works = [article(id=str(at), title=f"T{at}", author=[one]) for at, one in enumerate(vanderby)]
    made = [one.text.split(". T")[0] for one in citer().format(works, "apa")]
    assert made == ["Vanderby, R. (2001a)", "Vanderby, R., Jr. (2001b)"]


@needs_extra
@pytest.mark.parametrize(
    ("style", "form"), [("ama", "short"), ("nlm", "short"), ("bmj", "short"), ("apa", "full"), ("chicago", "full")]
)
def test_known_styles_print_the_form_that_is_known_of_them(style: str, form: str) -> None:
    """The medical ones abbreviate."""
    assert citer().journal(style) == form
