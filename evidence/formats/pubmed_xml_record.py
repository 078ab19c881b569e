"""One PubmedArticle or PubmedBookArticle under MEDLINE's tags.

Each element hands its children to the function that its table has for their names; what no table has is kept under the
element's own name. Elements are walked once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING

from evidence.formats.medline import Medline
from evidence.formats.pubmed_xml_people import authors, investigators, subjects
from evidence.formats.xml_reading import dressed, plain, words
from evidence.model.reference import Heading, Section

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

    Take = Callable[[Medline, "Element"], None]
    Table = Mapping[str, Take | str]

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_MONTH_NUMBERS = {name: f"{at:02}" for at, name in enumerate(_MONTHS, 1)}
# RefType of CommentsCorrections to MEDLINE's tag. Source: NLM, the attribute's list of values.
_SAID = {
    "RetractionIn": "RIN", "PartialRetractionIn": "PRIN", "RetractedandRepublishedIn": "RRI", "ExpressionOfConcernIn": "ECI",
    "ErratumIn": "EIN", "CorrectedandRepublishedIn": "CRI", "UpdateIn": "UIN", "RepublishedIn": "RPI", "CommentIn": "CIN",
    "RetractionOf": "ROF", "PartialRetractionOf": "PROF", "ExpressionOfConcernFor": "ECF", "ErratumFor": "EFR",
    "UpdateOf": "UOF", "CommentOn": "CON", "CorrectedandRepublishedFrom": "CRF", "RetractedandRepublishedFrom": "RRF",
    "RepublishedFrom": "RPF", "SummaryForPatientsIn": "SPIN", "OriginalReportIn": "ORI", "AssociatedDataset": "DDIN",
    "AssociatedPublication": "DRIN", "ReprintIn": "RPI", "ReprintOf": "RPF",
}  # fmt: skip


def record(element: Element) -> Medline:
    """What `element` says. ValueError: it is nested too deeply."""
    found = Medline()
    _walk(found, element, _TOP)
    return found


def _walk(found: Medline, element: Element, table: Table) -> None:
    """Hand each child on; one that the table has as a tag gives its text to it."""
    for child in element:
        name = child.tag
        take = table.get(name)
        if isinstance(take, str):
            found.add(take, words(child))
        elif take is None:
            found.add(str(name), words(child))
        else:
            take(found, child)


def _inner(table: Table) -> Take:
    """What walks a child by its own table."""

    def take(found: Medline, element: Element) -> None:
        _walk(found, element, table)

    return take


def _dressed(tag: str) -> Take:
    def take(found: Medline, element: Element) -> None:
        found.add(tag, dressed(element))

    return take


def _parts(element: Element) -> dict[str, str]:
    """The texts of the children by their names."""
    return {child.tag: text.strip() for child in element if (text := child.text)}


def _number(part: str) -> str:
    """A month or day with two figures; a month may be printed by its name."""
    return _MONTH_NUMBERS.get(part) or f"{part:0>2}"


def _compact(tag: str) -> Take:
    """A date as MEDLINE has it in one word: 20000307."""

    def take(found: Medline, element: Element) -> None:
        parts = _parts(element)
        month, day = parts.get("Month"), parts.get("Day")
        found.add(tag, parts.get("Year", "") + (_number(month) if month else "") + (_number(day) if day else ""))

    return take


def _published(found: Medline, element: Element) -> None:
    """PubDate as DP prints it: `2000 Mar 7`, `2000 Spring`, or MedlineDate."""
    parts = _parts(element)
    if parts.get("MedlineDate"):
        found.add("DP", plain(parts["MedlineDate"]))
        return
    month = parts.get("Month", "")
    if month.isdecimal() and month.isascii() and 0 < int(month[:3]) < 13:
        month = _MONTHS[int(month[:3]) - 1]
    day = parts.get("Day", "") if month else ""
    found.add("DP", " ".join(part for part in (parts.get("Year", ""), month or parts.get("Season", ""), day) if part))


def _article_date(found: Medline, element: Element) -> None:
    _EPUB(found, element)


_EPUB = _compact("DEP")


def _history(found: Medline, element: Element) -> None:
    """PHST: `2000/04/14 09:00 [pubmed]`."""
    for child in element:
        parts = _parts(child)
        day = parts.get("Year", "")
        for name in ("Month", "Day"):
            if part := parts.get(name):
                day += f"/{_number(part)}"
        if hour := parts.get("Hour"):
            day += f" {hour:0>2}:{parts.get('Minute', ''):0>2}"
        found.add("PHST", f"{day} [{child.get('PubStatus', '')}]")


def _issn(found: Medline, element: Element) -> None:
    kind = element.get("IssnType")
    text = words(element)
    found.add("IS", f"{text} ({kind})" if kind and text else text)


def _linking(found: Medline, element: Element) -> None:
    if text := words(element):
        found.add("IS", f"{text} (Linking)")


def _pages(found: Medline, element: Element) -> None:
    """MedlinePgn; where only the first and the last page are given, these."""
    parts = _parts(element)
    printed = parts.pop("MedlinePgn", "")
    if not printed:
        first, last = parts.get("StartPage", ""), parts.get("EndPage", "")
        printed = f"{first}-{last}" if first and last and first != last else first or last
    found.add("PG", plain(printed))


def _place(found: Medline, element: Element) -> None:
    """ELocationID as LID; one that the publisher took back is kept apart."""
    if text := words(element):
        kind = f"{text} [{element.get('EIdType', '')}]"
        found.add("LID" if element.get("ValidYN", "Y") != "N" else "ELocationID", kind)


def _article_ids(found: Medline, element: Element) -> None:
    for child in element:
        kind, text = child.get("IdType", "pubmed"), words(child)
        if not text:
            continue
        if kind == "pubmed":
            if text not in found.tags.get("PMID", ()):
                found.add("PMID", text)
        elif kind == "pmc":
            found.add("PMC", text)
        elif kind == "mid":
            found.add("MID", text)
        elif kind != "pmcid":  # the same number as `pmc`
            found.add("AID", f"{text} [{kind}]")


def _abstract(found: Medline, element: Element) -> None:
    parts: list[Section] = []
    for child in element:
        if child.tag == "AbstractText":
            text = dressed(child)
            label = plain(child.get("Label", "")).rstrip(": ")
            if text or label:
                parts.append(Section(label, text))
        elif child.tag == "CopyrightInformation":
            found.add("CI", words(child))
        else:
            found.add(str(child.tag), words(child))
    if any(part.label for part in parts):
        found.sections = parts
    else:
        found.add("AB", " ".join(part.text for part in parts))


def _other_abstract(found: Medline, element: Element) -> None:
    texts = [words(child) for child in element if child.tag == "AbstractText"]
    labels = [plain(child.get("Label", "")) for child in element if child.tag == "AbstractText"]
    text = " ".join(f"{label}: {part}" if label else part for label, part in zip(labels, texts, strict=True))
    kind = element.get("Type", "")
    found.add("OAB", f"{kind}: {text}" if kind and text else text)
    found.add("OABL", element.get("Language", ""))
    for child in element:
        if child.tag == "CopyrightInformation":
            found.add("OCI", words(child))


_heading = lru_cache(maxsize=8192)(Heading)  # the same headings come again


def _headings(found: Medline, element: Element) -> None:
    for child in element:
        label, ui, major, qualifiers = "", None, False, []
        for part in child:
            if part.get("MajorTopicYN") == "Y":
                major = True
            name = part.tag
            if name == "DescriptorName":
                label, ui = words(part), part.get("UI")
            elif name == "QualifierName":
                qualifiers.append(words(part))
        if label:
            found.headings.append(_heading(label, ui, major, tuple(qualifiers)))


def _keywords(found: Medline, element: Element) -> None:
    found.add("OTO", element.get("Owner", ""))
    for child in element:
        star = "*" if child.get("MajorTopicYN") == "Y" else ""
        if text := words(child):
            found.add("OT", star + text)


def _chemicals(found: Medline, element: Element) -> None:
    """RN: `0 (Glucans)`."""
    for child in element:
        parts = _parts(child)
        number, name = parts.get("RegistryNumber", ""), plain(parts.get("NameOfSubstance", ""))
        found.add("RN", f"{number} ({name})" if name else number)


def _grants(found: Medline, element: Element) -> None:
    """GR: `R01 AG1/AG/NIA NIH HHS/United States`."""
    for child in element:
        parts = _parts(child)
        found.add(
            "GR",
            "/".join(plain(parts[name]) for name in ("GrantID", "Acronym", "Agency", "Country") if parts.get(name)),
        )


def _databanks(found: Medline, element: Element) -> None:
    """SI: `ClinicalTrials.gov/NCT00000000`."""
    for bank in element:
        name, numbers = "", []
        for child in bank:
            if child.tag == "DataBankName":
                name = words(child)
            else:
                numbers += [words(one) for one in child]
        for number in numbers or [""]:
            found.add("SI", f"{name}/{number}" if number else name)


def _corrections(found: Medline, element: Element) -> None:
    """What is said of this work, and what it says of others: as MEDLINE prints the citation."""
    for child in element:
        parts = {str(part.tag): words(part) for part in child}
        text = parts.get("RefSource", "")
        if number := parts.get("PMID"):
            text = f"{text.rstrip('.')}. PMID: {number}" if text else f"PMID: {number}"
        if note := parts.get("Note"):
            text = f"{text}{'' if text.endswith('.') or not text else '.'} {note}".strip()
        kind = child.get("RefType", "")
        found.add(_SAID.get(kind, kind or "CommentsCorrections"), text)


def _references(found: Medline, element: Element) -> None:
    """The works that this one cites, each in one line with its numbers."""
    for child in element:
        if child.tag == "ReferenceList":
            _references(found, child)
        elif child.tag == "Reference":
            text = ""
            for part in child:
                if part.tag == "Citation":
                    text = words(part)
                elif part.tag == "ArticleIdList":
                    text += "".join(f" [{one.get('IdType', '')}: {words(one)}]" for one in part)
            found.add("Reference", text.strip())
        else:
            found.add("ReferenceTitle", words(child))


def _citation(found: Medline, element: Element) -> None:
    for name, tag in (("Owner", "OWN"), ("Status", "STAT"), ("IndexingMethod", "IndexingMethod")):
        found.add(tag, element.get(name, ""))
    _walk(found, element, _CITATION)


def _article(found: Medline, element: Element) -> None:
    found.add("PUBM", element.get("PubModel", ""))
    _walk(found, element, _ARTICLE)


def _isbn(found: Medline, element: Element) -> None:
    found.add("ISBN", words(element))


def _book_sections(found: Medline, element: Element) -> None:
    for child in element.iter("SectionTitle"):
        found.add("Section", words(child))


_TYPES: Take = _inner({"PublicationType": "PT"})
_PUBLISHER: Table = {"PublisherName": "PB", "PublisherLocation": "PL"}
_ISSUE: Table = {"Volume": "VI", "Issue": "IP", "PubDate": _published}
_JOURNAL: Table = {"ISSN": _issn, "JournalIssue": _inner(_ISSUE), "Title": "JT", "ISOAbbreviation": "ISOAbbreviation"}
_ARTICLE: Table = {
    "Journal": _inner(_JOURNAL), "ArticleTitle": _dressed("TI"), "VernacularTitle": _dressed("TT"), "Pagination": _pages,
    "ELocationID": _place, "Abstract": _abstract, "AuthorList": authors, "Language": "LA", "DataBankList": _databanks,
    "GrantList": _grants, "PublicationTypeList": _TYPES, "ArticleDate": _article_date,
}  # fmt: skip
_INFO: Table = {"Country": "PL", "MedlineTA": "TA", "NlmUniqueID": "JID", "ISSNLinking": _linking}
_CITATION: Table = {
    "PMID": "PMID", "DateCreated": _compact("DA"), "DateCompleted": _compact("DCOM"), "DateRevised": _compact("LR"),
    "Article": _article, "MedlineJournalInfo": _inner(_INFO), "ChemicalList": _chemicals,
    "SupplMeshList": _inner({"SupplMeshName": "NM"}), "CitationSubset": "SB", "CommentsCorrectionsList": _corrections,
    "GeneSymbolList": _inner({"GeneSymbol": "GS"}), "MeshHeadingList": _headings, "NumberOfReferences": "RF",
    "PersonalNameSubjectList": subjects, "OtherID": "OID", "OtherAbstract": _other_abstract, "KeywordList": _keywords,
    "CoiStatement": "COIS", "SpaceFlightMission": "SFM", "InvestigatorList": investigators, "GeneralNote": "GN",
}  # fmt: skip
_DATA: Table = {
    "History": _history, "PublicationStatus": "PST", "ArticleIdList": _article_ids, "ReferenceList": _references,
}  # fmt: skip
_BOOK: Table = {
    "Publisher": _inner(_PUBLISHER), "BookTitle": _dressed("BTI"), "PubDate": _published,
    "BeginningDate": _compact("BeginningDate"), "EndingDate": _compact("EndingDate"), "AuthorList": authors,
    "InvestigatorList": investigators, "Volume": "VI", "VolumeTitle": "VTI", "Edition": "EN", "CollectionTitle": _dressed("CTI"),
    "Isbn": _isbn, "ELocationID": _place, "Medium": "Medium", "ReportNumber": "ReportNumber",
}  # fmt: skip
_DOCUMENT: Table = {
    "PMID": "PMID", "ArticleIdList": _article_ids, "Book": _inner(_BOOK), "LocationLabel": "CP", "ArticleTitle": _dressed("TI"),
    "VernacularTitle": _dressed("TT"), "Pagination": _pages, "Language": "LA", "AuthorList": authors,
    "InvestigatorList": investigators, "PublicationType": "PT", "Abstract": _abstract, "Sections": _book_sections,
    "KeywordList": _keywords, "ContributionDate": _compact("CTDT"), "DateRevised": _compact("DRDT"), "GrantList": _grants,
    "ReferenceList": _references,
}  # fmt: skip
_TOP: Table = {
    "MedlineCitation": _citation, "PubmedData": _inner(_DATA), "BookDocument": _inner(_DOCUMENT),
    "PubmedBookData": _inner(_DATA),
}  # fmt: skip
