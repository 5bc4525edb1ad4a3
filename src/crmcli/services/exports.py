"""Records out: what a filter selects, as it is at one moment, in constant memory."""

from __future__ import annotations

from contextlib import contextmanager
from itertools import chain, islice
from typing import TYPE_CHECKING, Any

from crmcli.domain.fields import PLURAL
from crmcli.errors import UsageError
from crmcli.services.records import Query

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from crmcli.services.desk import Desk
    from crmcli.services.records import Records
    from crmcli.store.reader import Reader

EVERY = Query()
NOUNS = ("contact", "company", "deal", "activity")  # what a whole store is made of; a task is an activity
# Formats of programs for people and their time, and the nouns that they know.
OF_PROGRAMS = {"vcard": ("contacts",), "vcard3": ("contacts",), "ics": ("activities", "tasks")}
CARDS = ("vcard", "vcard3")
_VERSIONS = {"vcard": "4.0", "vcard3": "3.0"}
_ORDER = {"activity": ("at", True), "task": ("due", False)}  # unless another is asked for, as in their lists
_PAGE = 500
_WORDS = PLURAL | {"task": "tasks"}


class Exports:
    """The use case of every export."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    @contextmanager
    def moment(self) -> Iterator[Moment]:
        """The store as it is now, to be read at leisure while others write."""
        from crmcli.store.transfer import snapshot

        with snapshot(self.desk.store) as reader:
            yield Moment(self.desk, reader)


class Moment:
    """The records of a store at one moment."""

    def __init__(self, desk: Desk, reader: Reader) -> None:
        self._desk = desk
        self._reader = reader

    def records(self, noun: str, query: Query = EVERY) -> Iterator[Any]:
        """The views of a noun (or of ``task``) that a query selects; what is wrong with it is raised at once."""
        from crmcli.store.queries.common import Selection

        service = _service(self._desk, noun)
        where = service.condition(self._reader, query.text)
        sort, turned = (query.sort, False) if query.sort else _ORDER.get(noun, (None, False))
        selection = Selection(where, sort, query.reverse != turned, query.limit, query.offset)
        views = service.views(self._reader, selection)
        first = list(islice(views, 1))
        return chain(first, views)

    def chosen(self, noun: str, numbers: Sequence[int]) -> Iterator[Any]:
        """The views of these records, in this order; those that are not there (any more) are left out."""
        from crmcli.store.queries.common import Selection
        from crmcli.store.queries.condition import Condition

        service = _service(self._desk, noun)
        for start in range(0, len(numbers), _PAGE):
            page = numbers[start : start + _PAGE]
            sql, params = self._reader.dialect.among(list(page))
            found = {
                view.number: view
                for view in service.views(self._reader, Selection(Condition(f"r.id {sql}", tuple(params))))
            }
            yield from (found[number] for number in page if number in found)

    def texts(self, noun: str, form: str, views: Iterator[Any]) -> Iterator[str]:
        """The records as cards of an address book (``vcard``, ``vcard3``) or a calendar (``ics``), piece by piece."""
        if _WORDS[noun] not in OF_PROGRAMS[form]:
            nouns = " and ".join(OF_PROGRAMS[form])
            raise UsageError(
                f"--format {form} is for {nouns}", hint=f"crm export {OF_PROGRAMS[form][0]} --format {form}"
            )
        if form == "ics":
            from crmcli.services.feeds import Feeds

            return Feeds(self._desk).listed(views)
        return self._cards(views, _VERSIONS[form])

    def _cards(self, views: Iterator[Any], version: str) -> Iterator[str]:
        from crmcli.domain.records import as_record
        from crmcli.io.vcard import card
        from crmcli.store.queries.contacts import labels

        while page := list(islice(views, _PAGE)):
            known = labels(self._reader, [view.number for view in page])
            for view in page:
                yield card(as_record(view) | {"labels": known.get(view.number, {})}, version)

    def custom_keys(self, noun: str) -> frozenset[str]:
        """The custom fields that records of the noun have."""
        from crmcli.store.queries.refs import custom_keys

        return custom_keys(self._reader).get("activity" if noun == "task" else noun, frozenset())


def _service(desk: Desk, noun: str) -> Records:
    from crmcli.services.activities import Activities, Tasks
    from crmcli.services.companies import Companies
    from crmcli.services.contacts import Contacts
    from crmcli.services.deals import Deals

    services: dict[str, Callable[[Desk], Records]] = {
        "contact": Contacts,
        "company": Companies,
        "deal": Deals,
        "activity": Activities,
        "task": Tasks,
    }
    return services[noun](desk)
