"""From the figures of groups to the deals or activities behind them, whatever they are told apart by."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from crmcli.reports.drill import equal, is_odd, joined, numbered, path_of, quoted, unclear, written
from crmcli.reports.report import Drill
from crmcli.store.queries.condition import EVERYTHING, both

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from crmcli.services.desk import Desk
    from crmcli.store.queries.condition import Condition
    from crmcli.store.queries.groups import Group
    from crmcli.store.reader import Reader

_NUMBER = re.compile(r"\s*[-+]?[\d.]+(?:[eE][-+]?\d+)?\s*")
_DATE = re.compile(r"\d{4}-\d\d-\d\d.*", re.DOTALL)


def _path(group: Group) -> str:
    """What a filter calls the field that tells the groups apart; nothing where there is none."""
    if not group.name or group.sql == "NULL":
        return ""
    return written(group.path) if group.path else path_of(group.noun, group.name)


class DealDrill:
    """The groups of one report, each said as a filter, or by its records' numbers where no filter can tell them apart.

    ``keys`` are those that the store told the groups apart by; ``rest`` are conditions that all its records meet. It asks the
    store, and so lives no longer than the reader.
    """

    def __init__(
        self, desk: Desk, reader: Reader, group: Group, keys: Iterable[object], rest: Sequence[str] = ()
    ) -> None:
        self._desk, self._reader, self._group = desk, reader, group
        self._labels = {key: group.label(key) for key in keys}
        self._rest = joined(*rest)
        self._path = _path(group)
        labels = set(self._labels.values())
        self._unclear = frozenset() if not self._path or group.moment else unclear(labels) | self._loose(labels)

    def to(self, key: object, also: str = "", count: object = 1, exactly: Condition = EVERYTHING) -> Drill | None:
        """The records of a group that meet one more condition; None where they are counted to be none.

        What no filter can say is said ``exactly``, in SQL; the records are then named by their numbers.
        """
        if not count:
            return None
        where = joined(also, self._rest)
        if exactly is not EVERYTHING or not self.is_clear(key):
            return self._by_number(key, where, exactly)
        return Drill(self._group.noun, joined(self.condition(key), where) or "number > 0")

    def is_clear(self, key: object) -> bool:
        """Whether a filter can tell the group from the others."""
        label = self._labels[key]
        return label not in self._unclear and not is_odd(self._path, label, self._group.noun)

    def _loose(self, labels: set[str | None]) -> set[str | None]:
        """Labels of a custom field that a filter takes for numbers or dates: 10 would be 10.0 as well."""
        if "custom." not in self._path:
            return set()
        if any(_DATE.fullmatch(label) for label in labels if label):
            return labels
        if any(_NUMBER.fullmatch(label) for label in labels if label):
            return {label for label in labels if label and any(c.isdigit() for c in label)}
        return set()

    def _by_number(self, key: object, where: str, exactly: Condition) -> Drill | None:
        from crmcli.store.queries.groups import numbers_in

        fits = both(self._desk.condition(self._reader, self._group.noun, where), exactly)
        return numbered(self._group.noun, numbers_in(self._reader, self._group, key, fits))

    def condition(self, key: object) -> str:
        """The filter that tells the group from the others, where one can."""
        label = self._labels[key]
        if not self._path:
            return ""
        days = self._group.days(label)
        if days is not None:
            from datetime import timedelta

            return f"{self._group.moment} between {days.start} and {days.end - timedelta(days=1)}"
        if self._group.moment:
            return f"{self._group.moment} is empty"
        if not label and self._group.name in ("company", "contact"):
            return f"{self._group.name} is empty"
        if not label and self._group.name == "segment":
            names = ", ".join(quoted(name) for name in (self._group.names or {}).values())
            return f"NOT {self._path} in ({names})"
        return equal(self._path, label)
