"""What every use case needs: the store's two doors, the clock, who acts, how input is read, and the hooks."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from crmcli.domain.frozen import NamedTuple
from crmcli.domain.reading import InputRules
from crmcli.store.queries.condition import EVERYTHING, Condition
from crmcli.store.store import Actor

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from crmcli.clock import Clock
    from crmcli.services.hooks import Hooks
    from crmcli.store.reader import Reader
    from crmcli.store.session import UnitOfWork
    from crmcli.store.store import Store


class Desk(NamedTuple):
    """The desk that services work at; ``note`` tells the user something that is not an error."""

    store: Store
    clock: Clock
    user: str
    currency: str
    country: str | None
    hooks: Hooks
    note: Callable[[str], None]
    origin: str = "cli"
    locale: str | None = None

    @property
    def rules(self) -> InputRules:
        """How input is read just now."""
        return InputRules(self.clock.local(), self.user, self.country, self.currency, self.locale)

    @contextmanager
    def reading(self) -> Iterator[Reader]:
        """The reading door."""
        reader = self.store.reader()
        try:
            yield reader
        finally:
            reader.close()

    @property
    def has_store(self) -> bool:
        """Whether there is a store, so that something in it could be changed."""
        return self.store.dialect.exists(self.store.location)

    def writing(self, command: str, summary: str = "") -> UnitOfWork:
        """The writing door; ``command`` and ``summary`` are shown in the history."""
        work = self.store.write(Actor(self.user, command, self.origin))
        work.summary = summary
        return work

    def going_on(self, command: str, number: int) -> UnitOfWork:
        """The writing door for one more part of the change set of that number."""
        return self.store.write(Actor(self.user, command, self.origin), number)

    def condition(self, reader: Reader, noun: str, text: str | None) -> Condition:
        """A filter's text as a condition on the noun's rows; raises FilterError."""
        if not text:
            return EVERYTHING
        from crmcli.domain.filter_tree import FilterContext
        from crmcli.domain.filters import parse_filter
        from crmcli.store.queries.refs import custom_keys
        from crmcli.store.queries.where import compile_filter

        context = FilterContext(self.clock.local(), self.user, custom_keys(reader), self.currency, self.locale)
        return compile_filter(parse_filter(text, noun, context), noun, reader.dialect, self.country)
