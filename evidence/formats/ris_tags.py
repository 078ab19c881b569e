"""What the types and tags of RIS mean in CSL.

Sources: Research Information Systems, RIS format specification (2001 and 2011); the exports of PubMed, Embase, Cochrane,
Ovid, Scopus, Web of Science, EndNote, Zotero, RefWorks and Mendeley, which use the same tags for different things.
"""

from __future__ import annotations

from collections.abc import Mapping

# RIS type -> CSL type.
TYPES: Mapping[str, str] = {
    "ABST": "article-journal", "ADVS": "motion_picture", "AGGR": "dataset", "ANCIENT": "classic", "ART": "graphic",
    "BILL": "bill", "BLOG": "post-weblog", "BOOK": "book", "CASE": "legal_case", "CHAP": "chapter", "CHART": "graphic",
    "CLSWK": "classic", "COMP": "software", "CONF": "paper-conference", "CPAPER": "paper-conference", "CTLG": "book",
    "DATA": "dataset", "DBASE": "dataset", "DICT": "entry-dictionary", "EBOOK": "book", "ECHAP": "chapter", "EDBOOK": "book",
    "EJOUR": "article-journal", "ELEC": "webpage", "ENCYC": "entry-encyclopedia", "EQUA": "figure", "FIGURE": "figure",
    "GEN": "document", "GOVDOC": "report", "GRANT": "document", "GRNT": "document", "HEAR": "hearing",
    "ICOMM": "personal_communication", "INPR": "article-journal", "INTV": "interview", "JFULL": "article-journal",
    "JOUR": "article-journal", "LEGAL": "legislation", "MANSCPT": "manuscript", "MAP": "map", "MGZN": "article-magazine",
    "MPCT": "motion_picture", "MULTI": "motion_picture", "MUSIC": "musical_score", "NEWS": "article-newspaper",
    "PAMP": "pamphlet", "PAT": "patent", "PCOMM": "personal_communication", "POD": "broadcast", "PREPRINT": "article",
    "PRESS": "report", "RPRT": "report", "SER": "book", "SLIDE": "speech", "SOUND": "song", "STAND": "standard",
    "STAT": "legislation", "STD": "standard", "THES": "thesis", "UNBILL": "bill", "UNPB": "manuscript", "UNPD": "manuscript",
    "VIDEO": "motion_picture", "WEB": "webpage",
    # words that some exports put in the place of the type's code
    "ARTICLE": "article-journal", "JOURNAL": "article-journal", "JOURNAL ARTICLE": "article-journal", "BOOK SECTION": "chapter",
    "BOOK CHAPTER": "chapter", "CHAPTER": "chapter", "CONFERENCE PAPER": "paper-conference",
    "CONFERENCE PROCEEDINGS": "paper-conference", "THESIS": "thesis", "REPORT": "report", "WEB PAGE": "webpage",
    "DATASET": "dataset", "GENERIC": "document",
}  # fmt: skip
# CSL type -> the RIS type that says no more than it: this word need not be kept beside the CSL type.
PLAIN: Mapping[str, str] = {
    "article-journal": "JOUR", "book": "BOOK", "chapter": "CHAP", "paper-conference": "CPAPER", "thesis": "THES",
    "report": "RPRT", "webpage": "ELEC", "article-newspaper": "NEWS", "article-magazine": "MGZN", "dataset": "DATA",
    "graphic": "ART", "bill": "BILL", "post-weblog": "BLOG", "legal_case": "CASE", "software": "COMP",
    "entry-dictionary": "DICT", "entry-encyclopedia": "ENCYC", "figure": "FIGURE", "hearing": "HEAR", "legislation": "STAT",
    "personal_communication": "PCOMM", "manuscript": "MANSCPT", "map": "MAP", "motion_picture": "MPCT",
    "musical_score": "MUSIC", "pamphlet": "PAMP", "patent": "PAT", "song": "SOUND", "standard": "STAND", "speech": "SLIDE",
    "article": "PREPRINT", "classic": "CLSWK", "interview": "INTV", "broadcast": "POD",
}  # fmt: skip
BOOKS = frozenset(("book", "thesis", "report", "manuscript", "software", "map", "pamphlet"))  # T2 is their series
PARTS = frozenset(("chapter", "paper-conference", "entry-dictionary", "entry-encyclopedia"))  # they stand in a book

# Tags whose text goes to one variable whatever the type.
TEXTS: Mapping[str, str] = {
    "VL": "volume", "VO": "volume", "IS": "issue", "IP": "issue", "CP": "issue", "PB": "publisher", "CY": "publisher-place",
    "PP": "publisher-place", "CN": "call-number", "NV": "number-of-volumes", "RN": "annote", "SV": "collection-number",
}  # fmt: skip
# All tags that a dialect is known to use: in a record of loose form no other word before a dash is a tag.
KNOWN = frozenset(
    (
        "A1", "A2", "A3", "A4", "A5", "A6", "AB", "AD", "AN", "AU", "AV", "BT", "C1", "C2", "C3", "C4", "C5", "C6", "C7", "C8",
        "CA", "CN", "CP", "CT", "CY", "DA", "DB", "DI", "DO", "DP", "ED", "EP", "ET", "H1", "H2", "ID", "IP", "IS", "J1", "J2",
        "JA", "JF", "JO", "K1", "KW", "L1", "L2", "L3", "L4", "LA", "LB", "LK", "M1", "M2", "M3", "N1", "N2", "NV", "OP", "PA",
        "PB", "PM", "PP", "PY", "RI", "RN", "RP", "SE", "SN", "SO", "SP", "ST", "SV", "T1", "T2", "T3", "TA", "TI", "TT", "TY",
        "U1", "U2", "U3", "U4", "U5", "UR", "VL", "VO", "XR", "Y1", "Y2",
    )
)  # fmt: skip
# Tags that hold prose: a line of it may begin with two letters and a dash ("OR - 2.4").
PROSE = frozenset(("AB", "N2", "N1", "AD", "TI", "T1", "RN", "C1"))
# Tags whose line ends part values.
LISTS = frozenset(("KW", "K1", "N1", "SN", "UR", "L1", "L2", "L3", "L4", "LK"))
