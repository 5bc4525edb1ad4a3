"""Addresses, domains and people whom no campaign reaches, whatever else is known of them."""

from __future__ import annotations

from itertools import chain, islice
from typing import TYPE_CHECKING

from crmcli.domain.campaign_drafts import one_of
from crmcli.domain.frozen import NamedTuple
from crmcli.domain.marketing import CHANNELS, SUPPRESSION_KINDS, SUPPRESSION_REASONS
from crmcli.domain.suppressing import digest, read_target
from crmcli.domain.text import tidy
from crmcli.errors import BadValue, CrmError, NotFound, PartlyDone
from crmcli.store.queries.condition import Condition, both
from crmcli.store.queries.permissions import numbers_suppressed, objections, suppressed_keys, suppressions
from crmcli.store.queries.refs import resolve
from crmcli.store.reader import marks

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from crmcli.domain.views import Objection, SuppressionView
    from crmcli.services.desk import Desk
    from crmcli.store.permissions import Barred, Why
    from crmcli.store.reader import Reader
    from crmcli.store.session import UnitOfWork

ALL = "all"
_LONGEST_NOTE = 1000
_AT_ONCE = 500
_TOLD = 10


# Inside a class with a method named list, the builtin goes by these names.
Texts = list[str]
Views = list["SuppressionView"]
Numbers = list[int]


class Wanted(NamedTuple):
    """Which suppressions a list is to have."""

    kinds: Sequence[str] = ()
    reasons: Sequence[str] = ()
    channel: str | None = None
    limit: int | None = None
    offset: int = 0


class Suppressed(NamedTuple):
    """What adding came to: the new ones, how many were there before, and what could not be read."""

    added: tuple[SuppressionView, ...]
    known: int
    partly: PartlyDone | None


class Suppressions:
    """Whom nobody writes to any more."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    # -- reading

    def list(self, wanted: Wanted = Wanted()) -> Iterator[SuppressionView]:  # noqa: B008 - a value that nothing changes
        """The suppressions asked for, the oldest first."""
        with self.desk.reading() as reader:
            yield from suppressions(reader, both(*_narrowed(wanted)), wanted.limit, wanted.offset)

    def check(self, address: str, channel: str | None = None) -> Sequence[Objection]:
        """Everything that speaks against writing to an address; empty when nothing does."""
        from crmcli.domain.people import read_email

        key = read_email(address).key
        with self.desk.reading() as reader:
            return objections(reader, key, read_channel(channel) if channel else None)

    # -- writing

    def add(
        self,
        what: Sequence[str],
        *,
        channel: str | None = None,
        reason: str | None = None,
        note: str | None = None,
        listed: Sequence[str] = (),
    ) -> Suppressed:
        """Suppress addresses, domains and people; what is suppressed already stays as it is.

        What can't be read is an error among ``what``, and passed over and told among what a file ``listed``.
        """
        from crmcli.store.permissions import Why

        why = Why(
            read_channel(channel), one_of("reason", reason, SUPPRESSION_REASONS) if reason else "manual", _note(note)
        )
        rejected: Texts = []
        numbers: Numbers = []
        count = 0
        with self.desk.writing("suppress add", ", ".join(what)[:200]) as uow:
            named = [self._barred(uow.reader, text) for text in what]
            for batch in _batches(chain(named, self._readable(uow.reader, listed, rejected))):
                numbers += _add(uow, batch, why)
                count += len(batch)
            uow.summary = uow.summary or f"{len(numbers):,} suppressed"
            added = tuple(_views(uow.reader, numbers))
        return Suppressed(added, count - len(numbers), _partly(rejected, count))

    def remove(self, what: Sequence[str], channel: str | None = None) -> Views:
        """Lift suppressions, named by what is suppressed or by their own uid; raises NotFound for what is not suppressed."""
        from crmcli.store.permissions import lift

        of = read_channel(channel) if channel else None
        with self.desk.writing("suppress rm", ", ".join(what)[:200]) as uow:
            numbers = [number for text in what for number in self._numbers(uow.reader, text, of)]
            views = list(_views(uow.reader, numbers))
            lift(uow, numbers)
            return views

    def _numbers(self, reader: Reader, text: str, channel: str | None) -> Numbers:
        if text.lower().startswith("su_"):
            uid = f"su_{text[3:].upper()}"
            rows = reader.rows("SELECT x.id FROM suppression x WHERE x.uid = ? AND x.deleted_at IS NULL", (uid,))
            found = [number for (number,) in rows]
        else:
            barred = self._barred(reader, text)
            keys = [barred.contact] if barred.contact is not None else [barred.key, digest(barred.key)]
            found = numbers_suppressed(reader, barred.kind, keys, channel)
        if not found:
            of = f" for {channel}" if channel else ""
            raise NotFound(f"{text} is not suppressed{of}", hint="crm suppress list")
        return found

    def _barred(self, reader: Reader, text: str) -> Barred:
        """What a text names: an address, a domain, else a person."""
        from crmcli.store.permissions import Barred

        noun, colon, rest = text.partition(":")
        as_person = bool(colon) and noun.strip().lower() == "contact"
        target = None if as_person else read_target(text)
        if target is not None:
            return Barred(*target)
        found = resolve(reader, "contact", rest if as_person else text, self.desk.country)
        return Barred("contact", found.name, found.uid, found.number)

    def _readable(self, reader: Reader, listed: Sequence[str], rejected: Texts) -> Iterator[Barred]:
        for text in listed:
            try:
                yield self._barred(reader, text)
            except CrmError as error:
                rejected.append(f"  {text[:80]}: {error.message}")


def read_channel(text: str | None) -> str:
    """A channel, or all of them."""
    return one_of("channel", text, (*CHANNELS, ALL)) if text else ALL


def _narrowed(wanted: Wanted) -> Iterator[Condition]:
    for column, values, known in (
        ("kind", wanted.kinds, SUPPRESSION_KINDS),
        ("reason", wanted.reasons, SUPPRESSION_REASONS),
    ):
        if values:
            chosen = [one_of(column, value, known) for value in values]
            yield Condition(f"x.{column} IN ({marks(chosen)})", tuple(chosen))
    if wanted.channel:
        yield Condition("x.channel = ?", (read_channel(wanted.channel),))


def _note(text: str | None) -> str | None:
    kept = tidy(text or "") or None
    if kept is not None and len(kept) > _LONGEST_NOTE:
        raise BadValue("note", f"is longer than {_LONGEST_NOTE} characters")
    return kept


def _batches(coming: Iterator[Barred]) -> Iterator[list[Barred]]:
    while batch := list(islice(coming, _AT_ONCE)):
        yield batch


def _add(uow: UnitOfWork, batch: Sequence[Barred], why: Why) -> list[int]:
    """Suppress what of a batch is not suppressed yet; the numbers of the new rows."""
    from crmcli.store.permissions import row_of

    rows = []
    for kind in SUPPRESSION_KINDS:
        asked = {each.key: each for each in batch if each.kind == kind}
        there = suppressed_keys(uow.reader, kind, why.channel, list(asked)) if asked else {}
        rows += [row_of(uow, each, why) for key, each in asked.items() if key not in there]
    uow.session.add_all(rows)
    uow.flush()
    return [row.id or 0 for row in rows]


def _views(reader: Reader, numbers: Sequence[int]) -> Iterator[SuppressionView]:
    for start in range(0, len(numbers), _AT_ONCE):
        some = numbers[start : start + _AT_ONCE]
        yield from suppressions(reader, Condition(f"x.id IN ({marks(some)})", tuple(some)))


def _partly(rejected: Sequence[str], done: int) -> PartlyDone | None:
    if not rejected:
        return None
    lines = (*rejected[:_TOLD], "  …") if len(rejected) > _TOLD else tuple(rejected)
    return PartlyDone(f"{len(rejected)} of {len(rejected) + done} lines were rejected", details=lines)
