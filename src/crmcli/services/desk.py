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
    from crmcli.domain.filter_tree import FilterContext
    from crmcli.services.hooks import Hooks
    from crmcli.store.queries.segments import Segment
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
    fiscal_start: int = 1  # the month in which fiscal years begin

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

    def condition(self, reader: Reader, noun: str, text: str | None, within: tuple[str, ...] = ()) -> Condition:
        """A filter's text as a condition on the noun's rows; raises FilterError.

        ``within`` are the uids of the segments that are being looked into: a filter that leads back to one is refused.
        """
        if not text:
            return EVERYTHING
        from crmcli.domain.filters import parse_filter
        from crmcli.store.queries.where import compile_filter

        def in_segment(ref: str) -> Condition:
            from crmcli.store.queries.segments import contacts_in

            return contacts_in(reader, self, ref, within)

        node = parse_filter(text, noun, self.filter_context(reader))
        return compile_filter(node, noun, reader.dialect, self.country, in_segment, by_sets=bool(within))

    def segments(self, reader: Reader) -> list[tuple[Segment, Condition]]:
        """Each segment with the condition on contacts ``r`` that says whom it holds."""
        from crmcli.store.queries.segments import segment_condition, segments

        return [(each, segment_condition(reader, self, each)) for each in segments(reader)]

    def filter_context(self, reader: Reader) -> FilterContext:
        """What a filter's meaning depends on just now; the segments and campaigns that it names are looked up."""
        from crmcli.domain.filter_tree import FilterContext
        from crmcli.store.queries.refs import custom_keys

        def named(noun: str, text: str) -> str:
            from crmcli.store.queries.segments import uid_named

            return uid_named(reader, noun, text)

        return FilterContext(self.clock.local(), self.user, custom_keys(reader), self.currency, self.locale, named)
