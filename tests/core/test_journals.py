"""A journal's other name comes from a record that states both, or from nowhere."""

from __future__ import annotations

from collections.abc import Iterable

from evidence.core.journals import FULL, SHORT, joined
from evidence.model.record import Record
from evidence.model.reference import Reference


def record(key: str, **fields: str) -> Record:
    """A record of a journal; `full`, `short` and `ISSN`."""
    names = {"full": FULL, "short": SHORT, "ISSN": "ISSN"}
    return Record(key, Reference(key, "article-journal", {names[name]: text for name, text in fields.items()}))


def of(*records: Record) -> list[Reference]:
    """Their references."""
    return [one.reference for one in records]


def names(wanted: str, asked: Record, others: Iterable[Reference]) -> tuple[str | None, dict[str, str]]:
    """What `asked` gets as its name, and whose it is."""
    (found,), whose = joined([asked], wanted, lambda _name: others)
    return found.reference.fields.get(wanted), whose


def test_the_other_name_is_taken_from_the_same_journal() -> None:
    """By the very name, whatever its case, or by the ISSN."""
    both = record("b", full="Journal of Pain", short="J Pain", ISSN="1526-5900")
    assert names(SHORT, record("a", full="JOURNAL OF PAIN"), of(both)) == ("J Pain", {"a": "b"})
    assert names(FULL, record("a", short="J. Pain"), of(both)) == ("Journal of Pain", {"a": "b"})
    assert names(SHORT, record("a", full="The Journal of Pain", ISSN="1526-5900, 1528-8447"), of(both))[0] == "J Pain"


def test_no_name_is_guessed() -> None:
    """Not by a likeness, not against another ISSN, not where two records disagree."""
    both = record("b", full="Journal of Pain", short="J Pain", ISSN="1526-5900")
    other = record("c", full="Journal of Pain", short="J Pain (Lond)")
    assert names(SHORT, record("a", full="Journal of Pains"), of(both)) == (None, {})
    assert names(SHORT, record("a", full="Journal of Pain", ISSN="1111-1119"), of(both)) == (None, {})
    assert names(SHORT, record("a", full="Journal of Pain"), of(both, other)) == (None, {})


def test_a_name_that_is_there_stays() -> None:
    """Nothing is put in its place."""
    both = record("b", full="Journal of Pain", short="J Pain")
    asked = record("a", full="Journal of Pain", short="JP")
    assert joined([asked], SHORT, lambda _name: of(both)) == ([asked], {})
