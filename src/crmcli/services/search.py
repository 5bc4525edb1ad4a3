"""Full text over everything, names before notes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmcli.errors import UsageError
from crmcli.store.queries.search import hits
from crmcli.store.search import words_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from crmcli.domain.views import SearchHit
    from crmcli.services.desk import Desk


class Search:
    """Finds records by their words."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    def find(self, text: str, nouns: Collection[str] = (), limit: int | None = None) -> Iterator[SearchHit]:
        """The live records that hold all the words, each as a beginning; those whose name holds them first."""
        words = words_of(text)
        if not words:
            raise UsageError("nothing to search for", hint="crm search WORD")
        with self.desk.reading() as reader:
            yield from hits(reader, words, nouns, limit)
