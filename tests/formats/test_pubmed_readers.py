"""The readers of MEDLINE/NBIB and PubMed XML."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evidence.formats import encoding_of, nbib, xml_counting, xml_pieces
from evidence.formats.draft import Draft
from evidence.formats.medline import Medline
from evidence.formats.nbib import NBIB
from evidence.formats.pubmed_xml import PUBMED_XML
from evidence.model.csl import to_csl
from evidence.model.limits import NAMES, RECORD
from evidence.model.reference import Name, Parsed, Reference, Unread
from evidence.ports import Format
from tests.formats.xml_inputs import GOLDEN, broken_files, damaged, pieces_of

FILES = [
    (used, path)
    for used in (NBIB, PUBMED_XML)
    for path in sorted((GOLDEN / used.name).iterdir())
    if path.suffix != ".json"
]
HEAD = "<PubmedArticleSet>"
NBIB_LINES = (
    "PMID- 1", "PMID-2", "PMID- ", "OWN - NLM", "TI  - A title", "TI - A title", "      goes on", "goes on", "AB  - An abstract",
    "", " ", "FAU - Hale, Robert", "AU  - Hale R", "AU  - Moreau C", "FAU - Moreau, Claire", "AD  - A place.", "CN  - A Group",
    "AUID- ORCID: 0000-0002-1825-0097", "MH  - Knee/*injuries", "CIN - A. 2001. PMID: 3", "XX  - x", "FIR - Wong, A", "\u2009thin",
    "      PMID- 9 in text", "TI  - two  blanks ", "PT  - Preprint", "DP  - 2000 Mar", "PG  - 1-2 ", "LID - 10.5555/x [doi]",
)  # fmt: skip


def told(used: Format, data: bytes) -> list[dict[str, Any]]:
    """Every piece of `data`, as an expected file holds it."""
    found = pieces_with(used, data)
    out: list[dict[str, Any]] = []
    for piece in found:
        if isinstance(piece, Parsed):
            out.append({"line": piece.line, "item": to_csl(piece.reference), "warnings": list(piece.warnings)})
        else:
            out.append({"line": piece.line, "key": piece.key, "why": piece.why})
    return out


def pieces_with(used: Format, data: bytes) -> list[Parsed | Unread]:
    """Every piece of `data` in its own encoding, as many as are counted."""
    encoding = encoding_of(io.BytesIO(data))
    found = [piece for piece in used.read(io.BytesIO(data), encoding) if isinstance(piece, Parsed | Unread)]
    assert used.count(io.BytesIO(data), encoding) == len(found)
    return found


def only(used: Format, text: str) -> Parsed:
    """The one record in `text`."""
    (piece,) = pieces_of(used, text.encode())
    assert isinstance(piece, Parsed)
    return piece


def reason(used: Format, text: str) -> str:
    """Why the one record in `text` is not read."""
    (piece,) = pieces_of(used, text.encode())
    assert isinstance(piece, Unread)
    return piece.why


def article(inner: str, title: str = "A title.") -> str:
    """A PubmedArticle of one line."""
    return (
        "<PubmedArticle><MedlineCitation><PMID>1</PMID><Article>"
        f"<ArticleTitle>{title}</ArticleTitle>{inner}</Article></MedlineCitation></PubmedArticle>"
    )


@pytest.mark.parametrize(("used", "path"), FILES, ids=lambda value: value.name)
def test_golden(used: Format, path: Path) -> None:
    """What is read is what the expected file says, and the beginning tells the format."""
    data = path.read_bytes()
    assert told(used, data) == json.loads(path.with_name(f"{path.name}.expected.json").read_text(encoding="utf-8"))
    assert used.sniff(data[:4096])


BOTH_NBIB = """PMID- 29990001
OWN - NLM
STAT- MEDLINE
IS  - 1234-5679 (Electronic)
IS  - 0378-5955 (Print)
IS  - 0378-5955 (Linking)
VI  - 6
IP  - 2
DP  - 2000 Mar-Apr
TI  - [Hemp against wire: a trial (author's transl)].
PG  - 389-99
LID - 10.5555/Both.1 [doi]
AB  - BACKGROUND: Ropes break. METHODS: We drew lots for 64 adults. RESULTS: It held
      (p < 0.05). CONCLUSIONS: Pull on.
FAU - van der Meer, Piet
AU  - van der Meer P
AUID- ORCID: 0000-0002-1825-0097
AD  - Department of Ropes, Leeds.
FAU - Quill, Robert T 3rd
AU  - Quill RT 3rd
CN  - ROPE-2 Trial Investigators
LA  - ger
LA  - eng
PT  - Journal Article
PT  - Retracted Publication
TT  - Hanf gegen Draht.
DEP - 20000228
PL  - England
TA  - J Ropes
JT  - The journal of ropes. British volume
JID - 9900001
SB  - IM
RN  - 0 (Fibres)
RIN - J Ropes. 2001 Jan;7(1):3. PMID: 29990002
CIN - J Ropes. 2001 Feb;7(2):4-5. PMID: 29990003
CON - J Ropes. 1999;5(1):1. PMID: 29990004
MH  - *Ropes/history/*standards
MH  - Humans
PMC - PMC9900001
OTO - NOTNLM
OT  - *hemp
OT  - wire
GR  - R01 1/AA/NIH HHS/United States
SI  - ClinicalTrials.gov/NCT00990001
PHST- 2000/02/28 06:00 [pubmed]
AID - 10.5555/Both.1 [doi]
AID - ropes-1 [pii]
PST - ppublish
"""
BOTH_XML = """<PubmedArticle><MedlineCitation Status="MEDLINE" Owner="NLM"><PMID Version="1">29990001</PMID><Article>
<Journal><ISSN IssnType="Electronic">1234-5679</ISSN><ISSN IssnType="Print">0378-5955</ISSN><JournalIssue><Volume>6</Volume>
<Issue>2</Issue><PubDate><MedlineDate>2000 Mar-Apr</MedlineDate></PubDate></JournalIssue>
<Title>The journal of ropes. British volume</Title><ISOAbbreviation>J Ropes</ISOAbbreviation></Journal>
<ArticleTitle>[Hemp against wire: a trial (author's transl)].</ArticleTitle><Pagination><MedlinePgn>389-99</MedlinePgn></Pagination>
<ELocationID EIdType="doi" ValidYN="Y">10.5555/Both.1</ELocationID><Abstract>
<AbstractText Label="BACKGROUND">Ropes break.</AbstractText><AbstractText Label="METHODS">We drew lots for 64 adults.</AbstractText>
<AbstractText Label="RESULTS">It held (p &lt; 0.05).</AbstractText><AbstractText Label="CONCLUSIONS">Pull on.</AbstractText>
</Abstract><AuthorList CompleteYN="Y"><Author><LastName>van der Meer</LastName><ForeName>Piet</ForeName><Initials>P</Initials>
<Identifier Source="ORCID">0000-0002-1825-0097</Identifier><AffiliationInfo><Affiliation>Department of Ropes, Leeds.</Affiliation>
</AffiliationInfo></Author><Author><LastName>Quill</LastName><ForeName>Robert T</ForeName><Initials>RT</Initials><Suffix>3rd</Suffix>
</Author><Author><CollectiveName>ROPE-2 Trial Investigators</CollectiveName></Author></AuthorList>
<Language>ger</Language><Language>eng</Language><DataBankList><DataBank><DataBankName>ClinicalTrials.gov</DataBankName>
<AccessionNumberList><AccessionNumber>NCT00990001</AccessionNumber></AccessionNumberList></DataBank></DataBankList>
<GrantList><Grant><GrantID>R01 1</GrantID><Acronym>AA</Acronym><Agency>NIH HHS</Agency><Country>United States</Country></Grant>
</GrantList><PublicationTypeList><PublicationType>Journal Article</PublicationType>
<PublicationType>Retracted Publication</PublicationType></PublicationTypeList><VernacularTitle>Hanf gegen Draht.</VernacularTitle>
<ArticleDate DateType="Electronic"><Year>2000</Year><Month>2</Month><Day>28</Day></ArticleDate></Article>
<MedlineJournalInfo><Country>England</Country><MedlineTA>J Ropes</MedlineTA><NlmUniqueID>9900001</NlmUniqueID>
<ISSNLinking>0378-5955</ISSNLinking></MedlineJournalInfo><ChemicalList><Chemical><RegistryNumber>0</RegistryNumber>
<NameOfSubstance UI="D1">Fibres</NameOfSubstance></Chemical></ChemicalList><CitationSubset>IM</CitationSubset>
<CommentsCorrectionsList><CommentsCorrections RefType="RetractionIn"><RefSource>J Ropes. 2001 Jan;7(1):3</RefSource>
<PMID>29990002</PMID></CommentsCorrections><CommentsCorrections RefType="CommentIn"><RefSource>J Ropes. 2001 Feb;7(2):4-5.</RefSource>
<PMID>29990003</PMID></CommentsCorrections><CommentsCorrections RefType="CommentOn"><RefSource>J Ropes. 1999;5(1):1</RefSource>
<PMID>29990004</PMID></CommentsCorrections></CommentsCorrectionsList><MeshHeadingList><MeshHeading>
<DescriptorName UI="D2" MajorTopicYN="N">Ropes</DescriptorName><QualifierName MajorTopicYN="N">history</QualifierName>
<QualifierName MajorTopicYN="Y">standards</QualifierName></MeshHeading><MeshHeading><DescriptorName MajorTopicYN="N">Humans
</DescriptorName></MeshHeading></MeshHeadingList><KeywordList Owner="NOTNLM"><Keyword MajorTopicYN="Y">hemp</Keyword>
<Keyword MajorTopicYN="N">wire</Keyword></KeywordList></MedlineCitation><PubmedData><History>
<PubMedPubDate PubStatus="pubmed"><Year>2000</Year><Month>2</Month><Day>28</Day><Hour>6</Hour><Minute>0</Minute></PubMedPubDate>
</History><PublicationStatus>ppublish</PublicationStatus><ArticleIdList><ArticleId IdType="pubmed">29990001</ArticleId>
<ArticleId IdType="pmc">PMC9900001</ArticleId><ArticleId IdType="doi">10.5555/Both.1</ArticleId>
<ArticleId IdType="pii">ropes-1</ArticleId></ArticleIdList></PubmedData></PubmedArticle>"""


def test_one_record_in_both_forms() -> None:
    """A record that PubMed gives as XML and as NBIB is the same reference, but for the ids of its headings."""
    plain = only(NBIB, BOTH_NBIB).reference
    marked = only(PUBMED_XML, BOTH_XML).reference
    assert [heading.id for heading in marked.mesh] == ["D2", None]
    without_ids = replace(marked, mesh=tuple(replace(heading, id=None) for heading in marked.mesh))
    assert replace(without_ids, extra={}) == replace(plain, extra={})
    assert dict(marked.extra) == dict(plain.extra)
    assert plain.fields["ISSN"] == "0378-5955, 1234-5679"


def test_short_names_belong_to_full_ones() -> None:
    """AU beside its FAU is the same person, wherever it stands; one without a FAU is a person of its own."""
    names = only(
        NBIB, "PMID- 1\nFAU - Hale, Robert\nFAU - Møller, Ann\nAU  - Hale R\nAU  - Moeller A\nAU  - Wong KS\nTI  - T.\n"
    ).reference.names
    paired = only(NBIB, "PMID- 1\nFAU - Møller, Ann\nAU  - Moeller A\nAU  - Hale R\nTI  - T.\n").reference.names
    assert [name.sort for name in paired] == ["Møller", "Hale"]
    assert [name.sort for name in names] == ["Hale", "Møller", "Wong"]
    assert names[0].given == "Robert"


def test_an_early_affiliation_is_the_first_authors() -> None:
    """Before 2014 AD stood before the names: it is said of the first author."""
    extra = only(NBIB, "PMID- 1\nTI  - T.\nAD  - Leeds.\nFAU - Hale, R\nAU  - Hale R\nFAU - Day, A\n").reference.extra
    assert extra["author-details"] == [{"n": 1, "name": "Hale, R", "affiliations": ["Leeds."]}]


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("CO<sub>2</sub> &amp; <i>E. coli</i>.", "CO<sub>2</sub> & <i>E. coli</i>"),
        ("p &lt; 0.05 &#60; &alpha; &eacute;?", "p < 0.05 < α é?"),
        ("<mml:math><mml:mi>x</mml:mi></mml:math> of <foo>y</foo> <u>z</u>", "x of y z"),
        ("<![CDATA[R&D <i>x</i>]]><!-- not <b>this</b> --> y", "R&D <i>x</i> y"),
        ("e&#x301;t&#233;", "été"),
    ],
)
def test_titles_keep_four_tags(title: str, expected: str) -> None:
    """Markup of a title is kept as i, b, sub and sup; entities of HTML are characters, prefixes need no declaration."""
    assert only(PUBMED_XML, article("", title)).reference.title == expected


@pytest.mark.parametrize(
    ("text", "part"),
    [
        (article("", "&lol;"), "&lol;"),
        (article("", "a < b"), "a < stands alone"),
        (article("", "R & D"), "an & stands alone"),
        (article("<Abstract>", "T"), "not closed"),
        (article("", "<i>" * 120 + "</i>" * 120), "nested too deeply"),
        (article("<x>" * 300 + "</x>" * 300), "nested too deeply"),
        (article("")[:90], "the file ends in the middle"),
        ("</PubmedArticle>", "its beginning is missing"),
        ("<PubmedArticle></PubmedArticle>", "no field"),
    ],
)
def test_what_cannot_be_read_says_why(text: str, part: str) -> None:
    """A broken record is refused in plain words."""
    assert part in reason(PUBMED_XML, text)


def test_one_broken_record_spoils_no_other() -> None:
    """What stands before and after a broken record is read, each with its own line."""
    middle = article("<b>")
    text = "\n".join(
        [HEAD, article(""), middle, "<PubmedArticle><MedlineCitation>", article(""), "</PubmedArticleSet>"]
    )
    found = pieces_of(PUBMED_XML, text.encode())
    assert [(type(piece).__name__, piece.line) for piece in found] == [
        ("Parsed", 2), ("Unread", 3), ("Unread", 4), ("Parsed", 5),
    ]  # fmt: skip


def test_too_long_a_record_is_refused_with_its_beginning() -> None:
    """Of a record beyond the limit the beginning is kept, the rest is counted; the next one is read with its line."""
    long = "<PubmedArticle>\n" + "x\n" * RECORD + "</PubmedArticle>\n"
    first, second = PUBMED_XML.read(io.BytesIO((long + article("")).encode()), "utf-8")
    assert isinstance(first, Unread)
    assert len(first.raw) == RECORD
    assert f"({len(long) - 1 - RECORD} bytes more)" in first.why
    assert second.line == RECORD + 3


def test_names_beyond_the_limit_are_counted() -> None:
    """The first ten thousand authors are kept, the rest counted and said."""
    many = "".join(f"FAU - Hale, R{at}\n" for at in range(NAMES + 50))
    piece = only(NBIB, f"PMID- 1\nTI  - T.\n{many}")
    assert len(piece.reference.names) == NAMES
    assert piece.warnings[0].startswith("50 names beyond")


def test_an_incomplete_list_of_authors() -> None:
    """CompleteYN="N" and `et al.` say that there are more authors."""
    people = '<AuthorList CompleteYN="N"><Author><LastName>Hale</LastName></Author></AuthorList>'
    for found in (only(PUBMED_XML, article(people)), only(NBIB, "PMID- 1\nTI  - T.\nAU  - Hale\nAU  - et al.\n")):
        assert found.reference.missing == ("authors_rest",)
        assert found.reference.names == (Name("author", "Hale"),)


def test_what_we_wrote_apart_comes_back() -> None:
    """A line of our own makes the record whole; one that is not ours is kept with a warning."""
    whole = only(NBIB, 'PMID- 1\nTI  - T.\nXCSL- csl-json:{"set":{"volume":"7","medium":"a  b"}}\n').reference
    assert whole.fields == {"medium": "a  b", "PMID": "1", "title": "T", "volume": "7"}
    assert whole.extra == {}
    foreign = only(NBIB, "PMID- 1\nTI  - T.\nXCSL- csl-json:{\n")
    assert foreign.reference.extra == {"pubmed:XCSL": "csl-json:{"}
    assert foreign.warnings == ("pubmed:XCSL is no difference of ours: kept as it is",)


def test_a_title_that_is_not_available() -> None:
    """PubMed's words for a missing English title are no title: the vernacular one is."""
    found = only(NBIB, "PMID- 1\nTI  - [Not Available].\nTT  - Seile.\nTA  - Seile\n")
    assert (found.reference.title, found.reference.extra) == ("Seile", {"pubmed:TI": "[Not Available]."})


@given(st.lists(st.sampled_from(NBIB_LINES), max_size=14))
def test_the_quick_way_is_the_same(lines: list[str]) -> None:
    """A record of known tags is read by a quicker way, with the same result."""
    text = "\n".join(["PMID- 1", *lines]).rstrip()
    quick, slow = Medline(), Medline()
    if not nbib._quickly(text, quick):
        return
    for tag, value in nbib._lines(text, slow):
        nbib._take(slow, tag, value)
    assert filled(quick) == filled(slow)


def filled(record: Medline) -> Reference:
    """What the record says."""
    draft = Draft("pubmed")
    record.fill(draft)
    return draft.reference()


@settings(max_examples=150)
@given(st.lists(st.sampled_from(NBIB_LINES), max_size=30), st.integers(0, 400), st.sampled_from(["\n", "\r\n", "\r"]))
def test_nbib_pieces_are_counted(lines: list[str], stop: int, end: str) -> None:
    """However a file is cut off and read, the count is that of the pieces, and these are the same."""
    data = end.join(lines).encode()[:stop]
    whole = pieces_of(NBIB, data)
    assert pieces_of(NBIB, data, 7) == whole


@settings(max_examples=150)
@given(broken_files("PubmedArticle"), st.integers(3, 90))
def test_xml_pieces_are_counted(data: bytes, size: int) -> None:
    """However tags are damaged and hidden, the count is that of the pieces, in portions of any size."""
    assert pieces_of(PUBMED_XML, data, size) == pieces_of(PUBMED_XML, data)


@settings(max_examples=60)
@given(broken_files("PubmedArticle"), st.integers(3, 90))
def test_what_hides_too_much_hides_nothing(data: bytes, size: int) -> None:
    """A comment that does not end within the limit is none, for the reader and for the count."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(xml_pieces, "SPAN", 60)
        patch.setattr(xml_counting, "SPAN", 60)
        assert pieces_of(PUBMED_XML, data, size) == pieces_of(PUBMED_XML, data)


@settings(max_examples=50)
@given(st.data())
def test_damaged_files(data: st.DataObject) -> None:
    """A file that lost bytes, or has some twice, is read to its end: every piece is a record or has its reason."""
    used, path = data.draw(st.sampled_from([pair for pair in FILES if "utf16" not in pair[1].name]))
    for piece in pieces_of(used, data.draw(damaged(path))):
        assert isinstance(piece, Parsed) or (isinstance(piece, Unread) and piece.why)


@pytest.mark.parametrize(
    "head",
    [
        b"TY  - JOUR\nAU  - Hale, R\nER  - \n",
        b"@article{a,\n",
        b'[{"id": 1}]',
        b"PT J\nAU Hale, R\n",
        b"%0 Book\n",
        b"<xml><records>",
    ],
)
def test_other_formats_are_not_taken(head: bytes) -> None:
    """What begins another format is neither NBIB nor PubMed XML."""
    assert not NBIB.sniff(head)
    assert not PUBMED_XML.sniff(head)
