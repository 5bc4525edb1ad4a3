"""Tables of any length: the order of a noun's records as bare numbers, and the views of the few that are looked at."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crmcli.domain.fields import FIELDS
from crmcli.store.queries.common import Selection
from crmcli.store.queries.condition import Condition, both

if TYPE_CHECKING:
    from array import array
    from collections.abc import Callable, Iterator, Sequence

    from crmcli.services.desk import Desk
    from crmcli.store.reader import Reader

_AT_ONCE = 500


class Tables:
    """What a table of records reads; each question opens a reader of its own, so that any thread may ask."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    def sortable(self, noun: str) -> tuple[str, ...]:
        """The fields that a noun's table can be sorted by, in their documented order."""
        return tuple(field.name for field in FIELDS[noun])

    def order(
        self, noun: str, filter_text: str = "", sort: str = "", *, reverse: bool = False, quick: str = ""
    ) -> array[int]:
        """The numbers of the records that the filter selects, in the order in which ``list`` has them.

        ``quick`` narrows them to those that hold all its words, each as a beginning. Raises FilterError, or UsageError
        for a field that there is not.
        """
        from crmcli.store.queries.orders import numbers_in_order

        with self.desk.reading() as reader:
            where = self.desk.condition(reader, noun, filter_text)
            if quick.strip():
                from crmcli.store.queries.search import holding

                where = both(where, holding(reader.dialect, noun, quick))
            return numbers_in_order(reader, noun, where, sort or None, reverse=reverse)

    def first(
        self, noun: str, quick: str, most: int, *, reverse: bool = False, kept: int | None = None
    ) -> array[int] | None:
        """The first numbers of those that ``order`` would find for these words alone, fewer than ``most`` when that is all.

        None where that is no quicker than all of them, or where a record to be ``kept`` in sight is further down.
        """
        from array import array

        from crmcli.store.queries.search import first_holding

        if noun == "activity":  # in the order of their dates, which the words' index does not know
            return None
        with self.desk.reading() as reader:
            found = first_holding(reader, noun, quick, most, reverse=reverse)
            if found is None:
                return None
            is_cut = len(found) == most and kept is not None and kept not in found
            if is_cut and first_holding(reader, noun, quick, 1, number=kept):
                return None
            return array("q", found)

    def page(self, noun: str, numbers: Sequence[int]) -> dict[int, Any]:
        """The views of these records by number, in this order; one that was deleted meanwhile is left out."""
        with self.desk.reading() as reader:
            found = {
                view.number: view
                for start in range(0, len(numbers), _AT_ONCE)
                for view in self._views(reader, noun, numbers[start : start + _AT_ONCE])
            }
        return {number: found[number] for number in numbers if number in found}

    @staticmethod
    def bounds(count: int, top: int, height: int, step: int = 60) -> range:
        """The places to read when ``height`` rows from ``top`` are looked at: whole steps, one more on either side.

        While a table scrolls within a step it asks for nothing new.
        """
        first = max(0, (top // step - 1) * step)
        last = min(count, (-(-(top + height) // step) + 1) * step)
        return range(min(first, count), max(last, 0))

    def _views(self, reader: Reader, noun: str, numbers: Sequence[int]) -> Iterator[Any]:
        if not numbers:
            return iter(())
        among, params = reader.dialect.among(list(numbers))
        return self._reading(noun)(reader, Selection(Condition(f"r.id {among}", tuple(params))))

    def _reading(self, noun: str) -> Callable[[Reader, Selection], Iterator[Any]]:
        match noun:
            case "contact":
                from crmcli.store.queries.contacts import contacts

                return contacts
            case "company":
                from crmcli.store.queries.companies import companies

                return companies
            case "deal":
                from crmcli.store.queries.deals import deals

                now = self.desk.clock.now()
                return lambda reader, selection: deals(reader, selection, now)
            case _:
                from crmcli.store.queries.activities import activities

                return activities
