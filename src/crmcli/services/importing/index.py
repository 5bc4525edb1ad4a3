"""Who holds a key: looked up for a batch of entries at a time, and told of those made on the way."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crmcli.domain.frozen import NamedTuple
from crmcli.store.queries import keys

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from crmcli.store.queries.keys import Lookup
    from crmcli.store.reader import Reader


class Holder(NamedTuple):
    """A record that holds a key, with what its lookup tells besides."""

    number: int
    more: tuple[Any, ...] = ()


class Index:
    """The holders of one sort of key."""

    def __init__(self, reader: Reader, lookup: Lookup) -> None:
        self._reader = reader
        self._lookup = lookup
        self._holders: dict[Any, list[Holder]] = {}

    def ask(self, wanted: Iterable[Any]) -> None:
        """Know the holders of these keys, and of no others."""
        self._holders.clear()
        for key, number, *more in keys.look_up(self._reader, self._lookup, dict.fromkeys(wanted)):
            self._holders.setdefault(key, []).append(Holder(number, tuple(more)))

    def add(self, key: Any, number: int, *more: Any) -> None:  # noqa: ANN401
        """A record made since."""
        self._holders.setdefault(key, []).append(Holder(number, more))

    def all(self) -> list[Holder]:
        """Every holder known."""
        return [holder for holders in self._holders.values() for holder in holders]

    def of(self, wanted: Iterable[Any], only: Callable[[Holder], bool] | None = None) -> list[Holder]:
        """The holders of any of these keys, each once; ``only`` those that are fit."""
        found = {
            holder.number: holder
            for key in wanted
            for holder in self._holders.get(key, ())
            if only is None or only(holder)
        }
        return list(found.values())
