"""Calendars in as activities, and out as a feed that reads back."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.conftest import Result

    Crm = Callable[..., Result]

CALENDAR = """BEGIN:VCALENDAR
VERSION:2.0
BEGIN:VEVENT
UID:past
DTSTART:20261110T100000Z
DTEND:20261110T113000Z
SUMMARY:Kick-off
ORGANIZER;CN=Jane:mailto:JANE@x.com
ATTENDEE;CN=Nobody:mailto:nobody@x.com
END:VEVENT
BEGIN:VEVENT
UID:weekly
DTSTART:20261118T100000Z
DURATION:PT30M
RRULE:FREQ=WEEKLY
SUMMARY:Weekly
ATTENDEE:mailto:jane@x.com
END:VEVENT
BEGIN:VTODO
UID:todo
DUE;VALUE=DATE:20261201
SUMMARY:Report
END:VTODO
END:VCALENDAR
"""


def write(tmp_path: Path, text: str = CALENDAR) -> Path:
    """A calendar."""
    path = tmp_path / "meetings.ics"
    path.write_text(text.replace("\n", "\r\n"))
    return path


def tally(result: Result) -> tuple[int, int, int, int]:
    """Created, updated, unchanged, rejected."""
    told = json.loads(result.stdout)
    return told["created"], told["updated"], told["unchanged"], told["rejected_count"]


def activities(crm: Crm) -> list[dict[str, Any]]:
    """All of them, by time."""
    rows: Any = crm("activity", "list", "--sort", "at", "--format", "json", "--limit", "0").json()
    return list(rows)


def take(crm: Crm, path: Path, *flags: str) -> Result:
    """Import a calendar."""
    return crm("import", "activities", path, "--report", "json", *flags)


def test_a_calendar_becomes_what_was_done_and_is_planned(crm_on: Crm, tmp_path: Path) -> None:
    """Attendees are matched and unknown ones stay text; what recurs is unrolled for three months."""
    crm_on("contact", "add", "Jane", "--email", "jane@x.com")
    path = write(tmp_path)
    assert tally(take(crm_on, path)) == (16, 0, 0, 0)  # 14 Wednesdays to 21 February
    found = activities(crm_on)
    first = next(each for each in found if each["subject"] == "Kick-off")
    assert ([each["name"] for each in first["contacts"]], first["status"], first["duration"]) == (["Jane"], "done", 90)
    assert first["custom_fields"]["attendees"] == "Jane <jane@x.com>; Nobody <nobody@x.com>"
    weekly = [each for each in found if each["subject"] == "Weekly"]
    assert (weekly[0]["at"], weekly[0]["status"]) == ("2026-11-18T10:00:00Z", "done")
    assert (weekly[1]["at"], weekly[1]["status"]) == ("2026-11-25T10:00:00Z", "planned")
    assert (len(weekly), weekly[-1]["at"]) == (14, "2027-02-17T10:00:00Z")
    (report,) = (each for each in found if each["type"] == "task")
    assert (report["status"], report["due"]) == ("planned", "2026-12-01")
    assert len(crm_on("contact", "list", "--format", "ids").lines) == 1


def test_again_it_changes_nothing(crm: Crm, tmp_path: Path) -> None:
    """Also with --update."""
    crm("contact", "add", "Jane", "--email", "jane@x.com")
    path = write(tmp_path)
    take(crm, path)
    assert tally(take(crm, path)) == (0, 0, 16, 0)
    assert tally(take(crm, path, "--update")) == (0, 0, 16, 0)


def test_a_moved_occurrence_is_updated(crm: Crm, tmp_path: Path) -> None:
    """It keeps its place in the series."""
    path = write(tmp_path)
    take(crm, path)
    moved = (
        "BEGIN:VEVENT\nUID:weekly\nRECURRENCE-ID:20261125T100000Z\nDTSTART:20261126T150000Z\nDURATION:PT30M\n"
        "SUMMARY:Weekly, a day later\nEND:VEVENT\nEND:VCALENDAR\n"
    )
    write(tmp_path, CALENDAR.replace("END:VCALENDAR\n", moved))
    assert tally(take(crm, path, "--update")) == (0, 1, 15, 0)
    (found,) = (each for each in activities(crm) if each["subject"] == "Weekly, a day later")
    assert (found["at"], found["due"]) == ("2026-11-26T15:00:00Z", "2026-11-26T15:00:00Z")


def test_attendees_become_contacts_when_asked(crm: Crm, tmp_path: Path) -> None:
    """Each once."""
    assert tally(take(crm, write(tmp_path), "--create-contacts")) == (16, 0, 0, 0)
    rows: Any = crm("contact", "list", "--format", "json").json()
    assert sorted(row["emails"][0] for row in rows) == ["jane@x.com", "nobody@x.com"]


def test_people_of_other_files_are_made_as_ever(crm: Crm, tmp_path: Path) -> None:
    """Only calendars name people by the way."""
    path = tmp_path / "calls.csv"
    path.write_text("Type,Subject,Contact\ncall,Hello,new@x.com\n")
    assert tally(take(crm, path)) == (1, 0, 0, 0)
    assert len(crm("contact", "list", "--format", "ids").lines) == 1


def test_an_odd_attendee_is_no_reason_to_lose_a_meeting(crm: Crm, tmp_path: Path) -> None:
    """What is no address stays text."""
    path = write(tmp_path, CALENDAR.replace("mailto:nobody@x.com", "mailto:not an address@"))
    assert tally(take(crm, path)) == (16, 0, 0, 0)


def test_a_saved_map_does_not_keep_the_horizon(crm: Crm, tmp_path: Path) -> None:
    """It moves on with the days."""
    path = write(tmp_path)
    assert take(crm, path, "--save-map", "calendar").code == 0
    assert tally(take(crm, path, "--preset", "calendar")) == (0, 0, 16, 0)


# -- out


def test_the_feed_reads_back(crm_on: Crm, tmp_path: Path) -> None:
    """A meeting, a task and a birthday; what a filter leaves out and birthdays on request are not there."""
    crm_on("contact", "add", "Jane Doe", "--email", "jane@x.com", "--birthday", "1980-02-03")
    crm_on("log", "meeting", "Site visit", "--contact", "jane@x.com", "--at", "2026-11-24 10:00", "--duration", "45m")
    crm_on("task", "add", "Offer, with; signs", "--due", "2026-12-01")
    feed = tmp_path / "feed.ics"
    assert crm_on("export", "calendar", "--output", feed).code == 0
    text = feed.read_bytes().decode()
    assert text.count("\r\n") == text.count("\n")
    assert "SUMMARY:Birthday: Jane Doe" in text
    assert "Birthday" not in crm_on("export", "calendar", "--no-birthdays").stdout
    tasks = crm_on("export", "calendar", "--no-birthdays", "--filter", "type = task").stdout
    assert ("SUMMARY:Offer\\, with\\; signs" in tasks, "Site visit" in tasks) == (True, False)
    other = tmp_path / "other.db"
    import os

    before = os.environ["CRM_DB"]
    os.environ["CRM_DB"] = str(other)
    try:
        assert take(crm_on, feed, "--source", "feed").code == 0
        found = {each["subject"]: each for each in activities(crm_on)}
    finally:
        os.environ["CRM_DB"] = before
    visit, offer = found["Site visit"], found["Offer, with; signs"]
    assert (visit["type"], visit["at"], visit["duration"], visit["status"]) == (
        "meeting", "2026-11-24T10:00:00Z", 45, "planned",
    )  # fmt: skip
    assert (offer["type"], offer["due"], offer["status"]) == ("task", "2026-12-01", "planned")
