"""Records that rows name by their number in another system: bare it is the file's own system, ``SOURCE:ID`` says whose."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from crmcli.services.importing.index import Index
from crmcli.store.queries import keys

if TYPE_CHECKING:
    from collections.abc import Iterable

    from crmcli.services.importing.index import Holder
    from crmcli.store.reader import Reader


class Numbered:
    """The records of one noun by their numbers elsewhere."""

    def __init__(self, reader: Reader, noun: str, source: str) -> None:
        self._reader = reader
        self._noun = noun
        self._source = source
        self._indexes: dict[str, Index] = {}

    @cached_property
    def _sources(self) -> set[str]:
        """The systems from which records of the noun came."""
        return set(keys.sources(self._reader, self._noun))

    def told(self, ref: str) -> tuple[str, str]:
        """The system and the number that a text means; a colon may as well be part of the number."""
        source, colon, number = ref.partition(":")
        is_whole = colon and number and (source == self._source or source in self._sources)
        return (source, number) if is_whole else (self._source, ref)

    def ask(self, refs: Iterable[str]) -> None:
        """Know the holders of these numbers; where no record came from another system there is nothing to ask."""
        wanted = dict.fromkeys(refs)
        if not wanted or not self._sources:
            return
        asked: dict[str, list[str]] = {source: [] for source in self._indexes}
        for ref in wanted:
            source, number = self.told(ref)
            asked.setdefault(source, []).append(number)
        for source, numbers in asked.items():
            self._index(source).ask(numbers if source in self._sources else ())

    def of(self, ref: str) -> list[Holder]:
        """Who has that number."""
        if not self._indexes:
            return []
        source, number = self.told(ref)
        return self._indexes[source].of([number]) if source in self._indexes else []

    def all(self) -> list[Holder]:
        """Every holder known."""
        return [holder for index in self._indexes.values() for holder in index.all()]

    def add(self, ref: str, number: int) -> None:
        """A record made since."""
        source, number_there = self.told(ref)
        self._sources.add(source)
        self._index(source).add(number_there, number)

    def _index(self, source: str) -> Index:
        if source not in self._indexes:
            self._indexes[source] = Index(self._reader, keys.external_ids(self._noun, source))
        return self._indexes[source]
