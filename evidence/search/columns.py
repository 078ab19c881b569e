"""What is known of each document beside where its words stand: one entry a document, in the order that they came."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from evidence.model.query import FIELDS, Document
from evidence.model.record import Axis
from evidence.search.ranking import Grade

Tags = tuple[tuple[int, ...], tuple[int, ...]]  # own tags, and with all that is above them


@dataclass(slots=True)
class Columns:
    """Columns that grow. `grade` and `tagging` are places in the tables `grades` and `taggings`, whose tags are in `tags`.

    A table gives each thing in it its place. `sizes` counts the words of each of `FIELDS`.
    """

    keys: list[str] = field(default_factory=list)
    grade: list[int] = field(default_factory=list)
    tagging: list[int] = field(default_factory=list)
    sizes: dict[str, list[int]] = field(default_factory=lambda: {name: [] for name in FIELDS})
    grades: dict[Grade, int] = field(default_factory=dict)
    taggings: dict[Tags, int] = field(default_factory=dict)
    tags: dict[tuple[Axis, str], int] = field(default_factory=dict)

    def add(self, document: Document) -> Tags:
        """One document more; gives its tags as their places."""
        self.keys.append(document.key)
        self.grade.append(self.graded((document.level, document.year)))
        own = tuple(sorted(self.tag(*one) for one in document.tags))
        reach = tuple(sorted(self.tag(*one) for one in document.reach))
        found = own, reach
        self.tagging.append(self.tagged(found))
        for name, sizes in self.sizes.items():
            sizes.append(len(document.words.get(name, ())))
        return found

    def graded(self, grade: Grade) -> int:
        """The place of `grade` in its table."""
        return self.grades.setdefault(grade, len(self.grades))

    def tagged(self, tags: Tags) -> int:
        """The place of a set of tags in its table."""
        return self.taggings.setdefault(tags, len(self.taggings))

    def tag(self, axis: Axis, term: str) -> int:
        """The place of a tag in its table."""
        return self.tags.setdefault((axis, term), len(self.tags))

    def moved(self, tags: Tags, places: Mapping[int, int]) -> Tags:
        """Tags of other columns, whose tags are at `places` here."""
        own, reach = (tuple(sorted(places[tag] for tag in one)) for one in tags)
        return own, reach
