"""The right to change the index: which copy is changed, and when a new one takes the place of the old one."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from contextlib import suppress
from pathlib import Path

from evidence.disk import sync, write_file
from evidence.errors import EvidenceError, StorageError
from evidence.model.query import Document
from evidence.ports import Standing
from evidence.search.whoosh_copies import Copy, Opened, folder_of, generations, open_copy
from evidence.search.whoosh_files import Damaged
from evidence.search.whoosh_generation import Generation, sweep
from evidence.search.whoosh_manifest import CURRENT, MANIFEST, signed


class WhooshWriting:
    """An IndexWriting on `folder`; who has it holds the lock."""

    def __init__(self, folder: Path, opened: Callable[[], Opened]) -> None:
        """`opened` says what is in the folder now."""
        self._folder = folder
        self._opened = opened
        self._generation: Generation | None = None  # the one that is changed; None: the disk is to be asked
        self._number: int | None = None  # its number, once it is chosen
        self._current: int | None = None  # the number of the one that is searched
        self._fresh = False  # whether it waits for `adopt`

    def fresh(self, sound: Callable[[Standing], bool]) -> Standing | None:
        """From now on `take` goes into a new copy; an unfinished one is gone on with when it is `sound`."""
        opened = self._opened()
        self._current, self._fresh = opened.current, True
        searched = opened.copy.number if opened.copy and opened.copy.whole else None
        found = self._unfinished({opened.current, searched}, sound)
        self._throw_away({opened.current, searched, found.number if found else None})
        self._use(Generation(self._folder, found.number, found) if found else self._begun())
        return found.manifest.standing if found else None

    def take(self, documents: Sequence[Document], gone: Collection[str], standing: Standing) -> None:
        """One batch, wholly and durably or not at all. StorageError: the copy is as it was."""
        generation = self._use(self._generation or self._again())
        try:
            generation.take(documents, gone, standing)
        finally:
            if not generation.tidy:
                self._generation = None
                with suppress(StorageError):  # what is left over goes at once, when the disk allows it
                    self._generation = self._again()
        if not self._fresh and standing.last is None and self._current != generation.number:
            self.adopt()

    def adopt(self) -> None:
        """The new copy is searched from now on, older ones are thrown away. StorageError: the older one still is."""
        generation = self._use(self._generation or self._again())
        if generation.manifest is None or generation.manifest.standing.last is not None:
            raise EvidenceError("A copy of the index that is not whole was to be searched.")
        path = self._folder / CURRENT
        with suppress(OSError):
            if path.is_symlink():  # it would be followed
                path.unlink()
        write_file(path, signed(folder_of(self._folder, generation.number).name.encode()))
        self._current, self._fresh = generation.number, False
        self._throw_away({generation.number})
        sweep(self._folder, ())

    def _use(self, generation: Generation) -> Generation:
        self._generation, self._number = generation, generation.number
        return generation

    def _again(self) -> Generation:
        """The copy that is changed, as it is on the disk: the one that is searched, when none was chosen.

        A new one when there is none to be trusted.
        """
        if self._number is None:
            opened = self._opened()
            self._current = opened.current
            return Generation(self._folder, opened.copy.number, opened.copy) if opened.copy else self._begun()
        try:
            there = (folder_of(self._folder, self._number) / MANIFEST).exists()
            return Generation(self._folder, self._number, open_copy(self._folder, self._number) if there else None)
        except (Damaged, OSError) as error:
            raise StorageError(f"The index cannot be read: {error}.") from error

    def _unfinished(self, kept: Collection[int | None], sound: Callable[[Standing], bool]) -> Copy | None:
        for number in generations(self._folder):
            if number not in kept:
                with suppress(Damaged):
                    copy = open_copy(self._folder, number)
                    if sound(copy.manifest.standing):
                        return copy
        return None

    def _begun(self) -> Generation:
        """An empty new copy, whose number no other has."""
        number = max([self._current or 0, *generations(self._folder)]) + 1
        place = folder_of(self._folder, number)
        try:
            place.mkdir(mode=0o700)
            sync(self._folder)
        except OSError as error:
            raise StorageError(f"{place} cannot be made: {error.strerror or error}.") from error
        return Generation(self._folder, number, None)

    def _throw_away(self, kept: Collection[int | None]) -> None:
        """Take away the copies but `kept`, as far as that can be done; what is none of ours stays."""
        for number in generations(self._folder):
            if number not in kept:
                place = folder_of(self._folder, number)
                with suppress(OSError):
                    (place / MANIFEST).unlink(missing_ok=True)
                sweep(place, ())
                with suppress(OSError):
                    place.rmdir()
