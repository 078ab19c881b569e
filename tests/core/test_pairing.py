"""Which records of a library are proposed as one work."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from itertools import combinations

from hypothesis import given, settings
from hypothesis import strategies as st

from evidence.core.identity import judged
from evidence.core.pairing import Pair, pairs
from evidence.model.record import Record
from evidence.model.reference import Date, Name, Reference

TOPICS = (
    "shoulder pain in swimmers", "healing of cut tendons", "walking after a stroke", "sleep in night workers", "balance of old dancers",
    "grip strength of climbers", "asthma among bakers", "hearing of young drummers", "posture of typists at work", "jumping height of goalkeepers",
)  # fmt: skip


def work(number: int) -> Reference:
    """A work of its own: other people, title, year and place for each `number`."""
    topic = TOPICS[number % len(TOPICS)]
    return Reference(
        f"w{number}",
        type="article-journal",
        fields={
            "title": f"Study {number} of {topic}: what the measurements of group {number * 7} show",
            "container-title": f"Journal of {topic.split()[0].title()} Research",
            "volume": str(number % 50 + 1),
            "page": f"{number * 11 + 1}-{number * 11 + 9}",
        },
        names=(
            Name(family=f"Family{chr(97 + number % 26)}{chr(97 + number // 26 % 26)}", given="A"),
            Name(family=f"Second{number % 17}", given="B"),
        ),
        dates=(Date("issued", ((1990 + number % 30,),)),),
    )


def as_copy(reference: Reference, key: str, **fields: str) -> Reference:
    """The same work from another database: capitals, the first author only, the first page."""
    changed = (
        dict(reference.fields)
        | {"title": reference.title.upper(), "page": reference.fields["page"].split("-")[0]}
        | fields
    )
    return replace(
        reference, key=key, names=reference.names[:1], fields={name: value for name, value in changed.items() if value}
    )


def records(*references: Reference) -> list[Record]:
    """The references as records, numbered from 1."""
    return [Record(str(one.key), one, id=number) for number, one in enumerate(references, start=1)]


def keys(found: list[Pair]) -> set[frozenset[str]]:
    """The pairs that look like one work."""
    return {frozenset((one.a, one.b)) for one in found if one.verdict in {"same", "unsure"}}


def test_copies_are_found() -> None:
    """Each work's copies are paired with one another, and with nothing else."""
    works = [work(number) for number in range(120)]
    copies = [
        as_copy(one, f"{one.key}c", volume="" if at % 2 else one.fields["volume"]) for at, one in enumerate(works[:60])
    ]
    third = [as_copy(one, f"{one.key}d", **{"container-title": ""}) for one in works[:10]]
    expected = {
        frozenset(two)
        for at in range(60)
        for two in combinations([f"w{at}", f"w{at}c", *([f"w{at}d"] if at < 10 else [])], 2)
    }
    assert keys(pairs(records(*works, *copies, *third))) == expected


def test_best_first() -> None:
    """What is surest stands first: same, then unsure, then reports of one study, each by its score."""
    one, two, three = work(1), work(2), work(3)
    found = pairs(
        records(
            one,
            as_copy(one, "a"),
            two,
            as_copy(two, "b", volume="", page="", **{"container-title": ""}),
            three,
            as_copy(three, "c", volume="90", page="800", **{"container-title": "Annals of Meetings"}),
        )
    )
    assert [(pair.verdict, {pair.a, pair.b}) for pair in found] == [
        ("same", {"w1", "a"}), ("unsure", {"w2", "b"}), ("same-study", {"w3", "c"}),
    ]  # fmt: skip
    assert all(pair.because for pair in found)


def test_what_a_person_called_distinct_is_left_out() -> None:
    """A pair that a person said are two works is not proposed again, whichever of them holds it."""
    one, other = records(work(1), as_copy(work(1), "copy"))
    assert keys(pairs([one, other]))
    assert not pairs([replace(one, distinct=(2,)), other])
    assert not pairs([one, replace(other, distinct=(1,))])


def test_a_group_is_complete() -> None:
    """Two copies that are each like a third are paired, though each lacks what the other has."""
    one = work(5)
    bare = replace(as_copy(one, "bare", volume="", page="", **{"container-title": ""}), dates=())
    short = as_copy(one, "short", title="Study 5 of grip strength of climbers", volume="", page="")
    assert keys(pairs(records(one, bare, short))) == {
        frozenset(two) for two in combinations(("w5", "bare", "short"), 2)
    }


def test_two_names_of_one_journal_are_learnt() -> None:
    """A record that states both names of a journal joins records that state one each."""
    one = replace(
        work(4), fields=dict(work(4).fields) | {"container-title": "Zhonghua Yi Xue Za Zhi", "volume": "", "page": ""}
    )
    other = as_copy(
        replace(one, fields=dict(one.fields) | {"page": ""}),
        "other",
        **{"container-title": "National Medical Journal of China"},
    )
    both = replace(
        work(9),
        fields=dict(work(9).fields)
        | {"container-title": "National Medical Journal of China", "container-title-short": "Zhonghua Yi Xue Za Zhi"},
    )
    assert not keys(pairs(records(one, other)))
    assert keys(pairs(records(one, other, both))) == {frozenset(("w4", "other"))}


def test_a_title_that_many_share() -> None:
    """A thousand works with one short title are not compared each with each, nor taken for one."""
    many = [replace(work(number), fields=dict(work(number).fields) | {"title": "Editorial"}) for number in range(1000)]
    told: list[tuple[int, int]] = []
    found = pairs(records(*many), progress=lambda done, of: told.append((done, of)))
    assert not keys(found)
    assert told[-1][0] == told[-1][1] < 60_000


def test_no_search_pays_for_it() -> None:
    """Nothing heavy is loaded by importing the rules: the distance of strings only when two are compared."""
    code = "import sys, evidence.core.identity, evidence.core.pairing; sys.exit('rapidfuzz' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(0, 30), min_size=2, max_size=12), st.randoms(use_true_random=False))
def test_order_decides_nothing(numbers: list[int], chance: object) -> None:
    """The same records in another order give the same pairs, each pair as `judged` sees it or by a third record."""
    named = [
        replace(as_copy(work(number), f"k{at}") if at % 2 else work(number), key=f"k{at}")
        for at, number in enumerate(numbers)
    ]
    first = pairs(records(*named))
    shuffled = list(named)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]  # hypothesis' own random.Random
    assert keys(pairs(records(*shuffled))) == keys(first)
    by_key = {one.key: one for one in named}
    for pair in first:
        assert judged(by_key[pair.a], by_key[pair.b]).verdict == pair.verdict
