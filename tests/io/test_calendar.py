"""Calendars: events, to-dos and journal entries as activities, and feeds that read back."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcli.errors import CrmError
from crmcli.io.calendar import Entry, feed
from crmcli.io.opening import Reading, open_table
from crmcli.io.table import BadRow, Row

UNTIL = date(2026, 12, 31)


def rows(*lines: str, until: date | None = UNTIL) -> list[Row | BadRow]:
    """The rows of a calendar with these lines."""
    text = "\r\n".join(["BEGIN:VCALENDAR", "VERSION:2.0", *lines, "END:VCALENDAR", ""])
    return list(open_table(io.BytesIO(text.encode()), Reading(until=until)).rows)


def said(*lines: str, kind: str = "VEVENT", until: date | None = UNTIL) -> list[dict[str, Any]]:
    """What the rows of one entry say, without what they do not."""
    found = rows(f"BEGIN:{kind}", "UID:u1", *lines, f"END:{kind}", until=until)
    assert [] == [row for row in found if isinstance(row, BadRow)]
    return [{name: cell for name, cell in row.cells.items() if cell} for row in found if isinstance(row, Row)]


def test_a_meeting() -> None:
    """Its time is in UTC, its length in minutes, its people by address."""
    assert [
        {
            "external_id": "u1", "type": "meeting", "subject": "Kick-off, Łódź", "body": "one\ntwo", "at": "2026-11-02T08:00:00Z",
            "duration": "90", "location": "Room 1", "contacts": ("jane@x.com", "bob@x.com"), "tags": ("vip", "q4"),
            "custom.attendees": "Jane <jane@x.com>; bob@x.com", "remind_before": "15", "priority": "high",
        }
    ] == said(
        "DTSTART;TZID=Europe/Sofia:20261102T100000", "DTEND;TZID=Europe/Sofia:20261102T113000", "SUMMARY:Kick-off\\, Łódź",
        "DESCRIPTION:one\\ntwo", "LOCATION:Room 1", "ORGANIZER;CN=Jane:mailto:Jane@x.com", "ATTENDEE:MAILTO:bob@x.com",
        "ATTENDEE;CUTYPE=ROOM:mailto:room@x.com", "CATEGORIES:vip,q4", "PRIORITY:1", "BEGIN:VALARM", "TRIGGER:-PT15M",
        "ACTION:DISPLAY", "END:VALARM",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("start", "at"),
    [
        ("DTSTART;VALUE=DATE:20261102", "2026-11-02"),
        ("DTSTART:20261102T100000", "2026-11-02T10:00:00"),
        ("DTSTART:20261102T100000Z", "2026-11-02T10:00:00Z"),
    ],
)
def test_days_and_floating_times(start: str, at: str) -> None:
    """A day stays a day, a time without a zone stays bare."""
    assert at == said(start)[0]["at"]


def test_a_to_do_is_a_task() -> None:
    """With its deadline, rule and state."""
    (found,) = said("SUMMARY:Report", "DUE;VALUE=DATE:20261201", "RRULE:FREQ=WEEKLY", kind="VTODO")
    assert ("task", "planned", "2026-12-01", "FREQ=WEEKLY") == tuple(
        found[k] for k in ("type", "status", "due", "recurrence")
    )
    (found,) = said("SUMMARY:Report", "COMPLETED:20261101T100000Z", kind="VTODO")
    assert ("done", "2026-11-01T10:00:00Z") == (found["status"], found["done_at"])


def test_every_occurrence_is_one_row() -> None:
    """Up to the horizon, without the days taken out, each named by its own day."""
    found = said("DTSTART:20261001T080000Z", "RRULE:FREQ=MONTHLY", "EXDATE:20261101T080000Z", "SUMMARY:x")
    assert [("u1#20261001T080000Z", "2026-10-01T08:00:00Z"), ("u1#20261201T080000Z", "2026-12-01T08:00:00Z")] == [
        (row["external_id"], row["at"]) for row in found
    ]


def test_a_moved_occurrence_keeps_its_name() -> None:
    """So that reading the calendar again changes it and makes none."""
    found = rows(
        "BEGIN:VEVENT", "UID:u1", "DTSTART:20261101T080000Z", "RRULE:FREQ=WEEKLY;COUNT=2", "SUMMARY:x", "END:VEVENT",
        "BEGIN:VEVENT", "UID:u1", "RECURRENCE-ID:20261108T080000Z", "DTSTART:20261109T100000Z", "SUMMARY:moved", "END:VEVENT",
    )  # fmt: skip
    assert [("u1#20261101T080000Z", "x"), ("u1#20261108T080000Z", "moved")] == [
        (row.cells["external_id"], row.cells["subject"]) for row in found if isinstance(row, Row)
    ]


def test_own_time_zones_are_used() -> None:
    """A VTIMEZONE of the file decides what its name means."""
    zone = ("BEGIN:VTIMEZONE", "TZID:Mine", "BEGIN:STANDARD", "DTSTART:19700101T000000", "TZOFFSETFROM:+0300",
            "TZOFFSETTO:+0300", "END:STANDARD", "END:VTIMEZONE")  # fmt: skip
    (row,) = rows(*zone, "BEGIN:VEVENT", "UID:z", "DTSTART;TZID=Mine:20261102T100000", "END:VEVENT")
    assert isinstance(row, Row)
    assert "2026-11-02T07:00:00Z" == row.cells["at"]


@pytest.mark.parametrize(
    ("lines", "reason"),
    [
        (("BEGIN:VEVENT", "UID:1", "SUMMARY:x", "END:VEVENT"), "the event has no DTSTART"),
        (("BEGIN:VEVENT", "UID:1", "DTSTART:yesterday", "END:VEVENT"), "the entry can't be read: "),
        (("BEGIN:VEVENT", "UID:1"), "the entry that begins here has no end"),
    ],
)
def test_what_cannot_be_read_is_rejected_with_its_line(lines: tuple[str, ...], reason: str) -> None:
    """And the entries beside it are read."""
    found = rows("BEGIN:VEVENT", "UID:0", "DTSTART:20261102T100000Z", "END:VEVENT", *lines)
    (bad,) = [row for row in found if isinstance(row, BadRow)]
    assert (7, True) == (bad.line, bad.reason.startswith(reason))
    assert 1 == sum(isinstance(row, Row) for row in found)


TEXT = st.text(st.characters(blacklist_categories=("Cs", "Cc")), min_size=1, max_size=60).filter(str.strip)


@given(summary=TEXT, body=TEXT, minutes=st.integers(1, 600))
def test_a_feed_reads_back(summary: str, body: str, minutes: int) -> None:
    """Whatever the characters."""
    at = datetime(2026, 11, 2, 8, tzinfo=UTC)
    entry = Entry(
        "VEVENT", "ac_1", summary, at, start=at, minutes=minutes, description=f"{body}\nmore", remind_before=10
    )
    text = "".join(feed([entry], "crm"))
    assert [] == [line for line in text.split("\r\n") if len(line.encode()) > 75]
    (row,) = open_table(io.BytesIO(text.encode()), Reading(until=UNTIL)).rows
    assert isinstance(row, Row)
    wanted = (summary.strip(), f"{body}\nmore".strip(), "2026-11-02T08:00:00Z", str(minutes), "10")
    assert wanted == tuple(row.cells[name] for name in ("subject", "body", "at", "duration", "remind_before"))


@given(st.text(max_size=200))
def test_any_text_is_read_or_refused(text: str) -> None:
    """Nothing but rows, bad rows and errors of ours."""
    try:
        for row in rows("BEGIN:VEVENT", "UID:1", text.replace("END", "E"), "DTSTART:20261102T100000Z", "END:VEVENT"):
            assert isinstance(row, Row | BadRow)
    except CrmError:
        pass
