"""Everything that happened, as long lists by day: activities, and the changes that were made to the store."""

from __future__ import annotations

from array import array
from contextlib import contextmanager
from typing import TYPE_CHECKING

from crmcli.domain.frozen import NamedTuple
from crmcli.errors import CrmError
from crmcli.services.desk import Desk
from crmcli.store.queries.common import sure_moment
from crmcli.store.queries.condition import both

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from datetime import date, tzinfo

    from crmcli.domain.views import ActivityView, ChangeSetView
    from crmcli.store.session import UnitOfWork

_AT_ONCE = 500
_TRIED = 300  # records that a change may have and still be tried to be taken back beforehand


class Stream(NamedTuple):
    """The numbers of what happened, in order, and the places in them where another day begins."""

    numbers: array[int]
    days: tuple[tuple[int, date], ...]


class _TriedError(CrmError):
    """It went well, and is thrown away."""


class _TrialDesk(Desk):
    """A desk of its own, at which nothing that is written is kept."""

    @contextmanager
    def writing(self, command: str, summary: str = "") -> Iterator[UnitOfWork]:  # type: ignore[override]
        with super().writing(command, summary) as uow:
            yield uow
            raise _TriedError("only tried")


class Streams:
    """Long lists by day."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    # -- activities

    def activities(self, filter_text: str = "", narrowed: str = "", *, soonest: bool = False) -> Stream:
        """The activities that both filters select, the newest first unless the ``soonest`` is; raises FilterError."""
        from crmcli.store.queries.streams import activity_moments

        with self.desk.reading() as reader:
            where = both(*(self.desk.condition(reader, "activity", text) for text in (filter_text, narrowed)))
            return self._by_day(activity_moments(reader, where, soonest=soonest), falling=not soonest)

    def activity_views(self, numbers: Sequence[int]) -> dict[int, ActivityView]:
        """These activities, by number; one that was deleted meanwhile is left out."""
        from crmcli.store.queries.activities import activities
        from crmcli.store.queries.common import Selection
        from crmcli.store.queries.condition import Condition

        found: dict[int, ActivityView] = {}
        with self.desk.reading() as reader:
            for start in range(0, len(numbers), _AT_ONCE):
                among, params = reader.dialect.among(list(numbers[start : start + _AT_ONCE]))
                where = Condition(f"r.id {among}", tuple(params))
                found |= {view.number: view for view in activities(reader, Selection(where))}
        return found

    # -- changes

    def changes(self, text: str = "") -> Stream:
        """The change sets that hold all words of the text in command, summary or user; ``@maria`` is a user."""
        from crmcli.store.queries.streams import change_condition, change_moments

        with self.desk.reading() as reader:
            return self._by_day(change_moments(reader, change_condition(text)), falling=True)

    def change_views(self, numbers: Sequence[int]) -> dict[int, ChangeSetView]:
        """These change sets, without their changes, by number."""
        from crmcli.store.queries.history import change_sets_among

        with self.desk.reading() as reader:
            return {view.number: view for view in change_sets_among(reader, numbers)}

    def obstacle(self, number: int, records: int) -> CrmError | None:
        """What keeps a change set from being taken back: it is tried and thrown away. None for what is too large to try."""
        from crmcli.services.history import History

        if records > _TRIED:
            return None
        try:
            History(_TrialDesk._make(self.desk)).undo(str(number))
        except _TriedError:
            return None
        except CrmError as error:
            return error
        return None

    # -- days

    def _by_day(self, rows: Iterable[tuple[int, str]], *, falling: bool) -> Stream:
        numbers, moments = array("q"), list[str]()
        for number, at in rows:
            numbers.append(number)
            moments.append(at)
        return Stream(numbers, tuple(_days(moments, self.desk.clock.zone, falling=falling)))


def _days(moments: Sequence[str], zone: tzinfo | None, *, falling: bool) -> Iterable[tuple[int, date]]:
    """Where in the ordered moments each day begins: every day is looked for once, not every moment."""
    from bisect import bisect_left

    place, day_of = 0, _day_reader(zone)
    while place < len(moments):
        day = day_of(moments[place])
        yield place, day
        sign = -1 if falling else 1
        after = sign * day.toordinal()
        place = bisect_left(moments, after + 1, lo=place, key=lambda at: sign * day_of(at).toordinal())


def _day_reader(zone: tzinfo | None) -> Callable[[str], date]:
    return lambda at: sure_moment(at).astimezone(zone).date()
