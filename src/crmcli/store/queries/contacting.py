"""Who turned to whom: what counts as turning to a person, and how long people wait for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmcli.domain.frozen import NamedTuple
from crmcli.store.queries.condition import EVERYTHING, Condition, both
from crmcli.store.queries.groups import group_rows, group_values

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crmcli.store.dialects import Row
    from crmcli.store.queries.groups import Group
    from crmcli.store.reader import Reader

MESSAGES = ("call", "email", "sms", "chat", "letter", "fax", "social", "web_form")
TOUCHES = ("call", "meeting", "email", "sms", "chat", "letter", "fax", "visit", "social")
# What is not said to have come in went out: a call that somebody logged is one that they made.
OUTGOING = (
    "p.deleted_at IS NULL AND p.status = 'done' AND COALESCE(p.direction, 'out') <> 'in'"
    f" AND p.kind IN ({', '.join(repr(kind) for kind in TOUCHES)})"
)
INCOMING = Condition(
    f"r.status = 'done' AND r.direction = 'in' AND r.kind IN ({', '.join(repr(kind) for kind in MESSAGES)})"
)
CONVERTED = (
    "r.lifecycle IN ('qualified', 'opportunity', 'customer', 'champion') OR r.lead_status = 'converted' OR EXISTS (SELECT 1"
    " FROM deal_contact l JOIN deal d ON d.id = l.deal_id AND d.deleted_at IS NULL WHERE l.contact_id = r.id)"
)
_TO_PERSON = "FROM activity_contact l JOIN activity p ON p.id = l.activity_id WHERE l.contact_id = r.id"
UNTOUCHED = Condition(f"NOT EXISTS (SELECT 1 {_TO_PERSON} AND {OUTGOING})")
_FIRST = f"(SELECT MIN(p.at) {_TO_PERSON} AND {OUTGOING} AND p.at >= r.created_at)"
_REPLY = (
    "(SELECT MIN(p.at) FROM activity_contact l JOIN activity_contact m ON m.contact_id = l.contact_id"
    f" JOIN activity p ON p.id = m.activity_id WHERE l.activity_id = r.id AND p.id <> r.id AND {OUTGOING} AND p.at >= r.at)"
)


class Waits(NamedTuple):
    """How many waits took so many minutes, and how many have no end."""

    minutes: dict[int, int]
    endless: int = 0

    @property
    def number(self) -> int:
        """All of them."""
        return sum(self.minutes.values()) + self.endless


def created_within(where: Condition, period: tuple[str, str] | None) -> Condition:
    """The people who fit and were added in a period, its bounds in UTC, its end excluded."""
    return both(where, Condition("r.created_at >= ? AND r.created_at < ?", period) if period else EVERYTHING)


def lead_figures(reader: Reader, group: Group, leads: Condition) -> Iterator[Row]:
    """Group, number of people, and how many of them were converted and never turned to."""
    measures = (
        Condition("COUNT(*)"),
        Condition(f"SUM(CASE WHEN {CONVERTED} THEN 1 ELSE 0 END)"),
        Condition(f"SUM(CASE WHEN {UNTOUCHED.sql} THEN 1 ELSE 0 END)"),
    )
    return group_rows(reader, group, measures, leads)


def speeds(reader: Reader, group: Group, leads: Condition) -> dict[object, Waits]:
    """For each group, to how many people the first word went so many minutes after they were added."""
    return _waits(reader, group, "r.created_at", _FIRST, leads)


def received(where: Condition, period: tuple[str, str] | None) -> Condition:
    """The messages and calls that fit and came in within a period."""
    return both(where, INCOMING, Condition("r.at >= ? AND r.at < ?", period) if period else EVERYTHING)


def replies(reader: Reader, group: Group, messages: Condition) -> dict[object, Waits]:
    """For each group, how many messages were answered so many minutes after they came, to one of the people they came from."""
    return _waits(reader, group, "r.at", _REPLY, messages)


def answered(reader: Reader, group: Group, messages: Condition, *, is_so: bool = True) -> Iterator[Row]:
    """Group and number of each message that somebody answered, or of each that nobody did."""
    there = Condition(f"{_REPLY} IS {'NOT NULL' if is_so else 'NULL'}")
    return group_values(reader, group, [Condition("r.id")], both(messages, there))


def never_touched(reader: Reader, group: Group, leads: Condition) -> Iterator[Row]:
    """Group and number of each person whom nobody turned to."""
    return group_values(reader, group, [Condition("r.id")], both(leads, UNTOUCHED))


def _waits(reader: Reader, group: Group, start: str, end: str, where: Condition) -> dict[object, Waits]:
    """For each group, how many waits took so many minutes, every one that was begun."""
    seconds = reader.dialect.seconds
    minutes = Condition(f"({seconds(end)} - {seconds(start)} + 59) / 60")
    found: dict[object, Waits] = {}
    for key, wait, count in group_rows(reader, group, [Condition("COUNT(*)")], where, split=[minutes]):
        waits = found.setdefault(key, Waits({}))
        if wait is None:
            found[key] = waits._replace(endless=count)
        else:
            waits.minutes[wait] = count
    return found
