"""Full text over everything, names before notes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmcli.errors import UsageError
from crmcli.store.queries.search import hits, queries_of
from crmcli.store.search import SEARCHED

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from crmcli.domain.views import SearchHit
    from crmcli.services.desk import Desk


class Search:
    """Finds records by their words."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    def find(self, text: str, types: Collection[str] = (), limit: int | None = None) -> Iterator[SearchHit]:
        """The live records that hold all the words, each as a beginning; those whose name holds them first.

        What is written like a phone number is looked for as one too, in whatever spelling.
        """
        queries = queries_of(text)
        if not queries:
            raise UsageError("nothing to search for", hint="crm search WORD")
        return self._hits(queries, [_noun(name) for name in types], limit)

    def quick(self, text: str, limit: int = 40, types: Collection[str] = ()) -> list[SearchHit]:
        """The few records most likely meant by what is being typed, at a price that does not grow with the store.

        Exact names, addresses and numbers (``#12``) come first, then names that begin so, then all else; beside a name
        stands what tells it from its namesakes.
        """
        from crmcli.store.queries.quick_search import quick_hits

        if not text.strip():
            return []
        with self.desk.reading() as reader:
            return quick_hits(reader, text, [_noun(name) for name in types], limit, self.desk.clock.now())

    def _hits(self, queries: list[list[str]], nouns: list[str], limit: int | None) -> Iterator[SearchHit]:
        with self.desk.reading() as reader:
            yield from hits(reader, queries, nouns, limit)


def _noun(name: str) -> str:
    """The noun meant, also by its plural; a task is an activity."""
    from crmcli.domain.fields import PLURAL
    from crmcli.domain.text import fold, nearest

    wanted = fold(name)
    known = {**{noun: noun for noun in SEARCHED}, **{PLURAL[noun]: noun for noun in SEARCHED}}
    found = {**known, "task": "activity", "tasks": "activity"}.get(wanted)
    if found is None:
        near = nearest(wanted, list(known))
        hint = f"did you mean {near}?" if near else f"one of {', '.join(SEARCHED)}"
        raise UsageError(f"--type: no noun {name!r}", hint=hint)
    return found
