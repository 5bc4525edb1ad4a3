"""Words for time and length, deadlines and recurrence."""

from __future__ import annotations

import subprocess
import sys
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from crmcli.domain.dates import Period, days_between, next_anniversary
from crmcli.domain.durations import LONGEST_DURATION, read_duration, show_duration
from crmcli.domain.periods import read_period, span, utc_bounds
from crmcli.domain.recurrence import Occurrence, next_occurrence, read_recurrence
from crmcli.domain.schedule import Urgency, read_date, read_deadline, read_due, read_time, snooze, urgency
from crmcli.domain.views import Due
from crmcli.errors import BadValue

SOFIA = ZoneInfo("Europe/Sofia")
NOW = datetime(2026, 11, 20, 10, 17, 42, 123456, tzinfo=SOFIA)  # a Friday, two hours ahead of UTC
TODAY = NOW.date()
wall = datetime.fromisoformat
days = st.dates(date(1901, 1, 1), date(2199, 12, 31))
moments = st.datetimes(wall("1990-01-01"), wall("2060-12-31"), timezones=st.just(SOFIA)).filter(
    lambda moment: moment.astimezone(UTC).astimezone(SOFIA).replace(fold=0) == moment.replace(fold=0)
)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def on(text: str) -> date:
    return date.fromisoformat(text)


def at(day: int, hour: int = 0, minute: int = 0, month: int = 11) -> datetime:
    """That local time of 2026 in Sofia, as UTC."""
    return datetime(2026, month, day, hour, minute, tzinfo=SOFIA).astimezone(UTC)


# Days


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("today", "2026-11-20"),
        (" ToDay ", "2026-11-20"),
        ("tomorrow", "2026-11-21"),
        ("yesterday", "2026-11-19"),
        ("fri", "2026-11-27"),
        ("next fri", "2026-11-27"),
        ("this fri", "2026-11-20"),
        ("last fri", "2026-11-13"),
        ("mon", "2026-11-23"),
        ("Monday", "2026-11-23"),
        ("this mon", "2026-11-23"),
        ("last monday", "2026-11-16"),
        ("tues", "2026-11-24"),
        ("thurs", "2026-11-26"),
        ("sat", "2026-11-21"),
        ("last thu", "2026-11-19"),
        ("+3d", "2026-11-23"),
        ("-2w", "2026-11-06"),
        ("+1m", "2026-12-20"),
        ("+1q", "2027-02-20"),
        ("+1y", "2027-11-20"),
        ("+0d", "2026-11-20"),
        ("in 3 days", "2026-11-23"),
        ("3 days ago", "2026-11-17"),
        ("in 2 weeks", "2026-12-04"),
        ("in a month", "2026-12-20"),
        ("a week ago", "2026-11-13"),
        ("+2 weeks", "2026-12-04"),
        ("2026-12-01", "2026-12-01"),
        ("2026-12-1", "2026-12-01"),
        ("2026/12/01", "2026-12-01"),
        ("01.12.2026", "2026-12-01"),
        ("1.2.2026", "2026-02-01"),
        ("1 Dec 2026", "2026-12-01"),
        ("1st December 2026", "2026-12-01"),
        ("Dec 1, 2027", "2027-12-01"),
        ("1-Dec-26", "2026-12-01"),
        ("2 Sept 2027", "2027-09-02"),
        ("Dec 1", "2026-12-01"),
        ("1 dec", "2026-12-01"),
        ("Jan 5", "2027-01-05"),
        ("Nov 1", "2026-11-01"),
        ("29 feb", "2028-02-29"),
        ("25/12/2026", "2026-12-25"),
        ("12/25/2026", "2026-12-25"),
        ("25-12-2026", "2026-12-25"),
        ("25/12/26", "2026-12-25"),
        ("25/12/85", "1985-12-25"),
        ("05/05/2026", "2026-05-05"),
        ("eow", "2026-11-22"),
        ("eom", "2026-11-30"),
        ("eoq", "2026-12-31"),
        ("eoy", "2026-12-31"),
        ("next week", "2026-11-23"),
        ("next month", "2026-12-01"),
        ("next quarter", "2027-01-01"),
        ("next year", "2027-01-01"),
        ("２０２６-１２-０１", "2026-12-01"),
    ],
)
def test_a_day_is_read(text: str, expected: str) -> None:
    assert on(expected) == read_date(text, NOW, "expected-close")


@pytest.mark.parametrize(
    ("text", "today", "expected"),
    [
        ("+1m", "2026-01-31", "2026-02-28"),
        ("+1m", "2028-01-31", "2028-02-29"),
        ("-1m", "2026-03-31", "2026-02-28"),
        ("+1q", "2026-11-30", "2027-02-28"),
        ("+1y", "2028-02-29", "2029-02-28"),
        ("+4y", "2028-02-29", "2032-02-29"),
        ("-13m", "2026-01-15", "2024-12-15"),
        ("eom", "2028-02-10", "2028-02-29"),
        ("next month", "2026-12-31", "2027-01-01"),
        ("eow", "2026-11-22", "2026-11-22"),
        ("next week", "2026-11-22", "2026-11-23"),
        ("next week", "2026-11-23", "2026-11-30"),
        ("eoq", "2026-02-01", "2026-03-31"),
    ],
)
def test_months_and_years_keep_to_the_calendar(text: str, today: str, expected: str) -> None:
    now = datetime.combine(on(today), NOW.time(), SOFIA)
    assert on(expected) == read_date(text, now, "due")


def test_a_deadline_without_its_year_lies_ahead() -> None:
    assert Due(on("2027-11-01")) == read_due("Nov 1", NOW)
    assert Due(on("2026-11-20")) == read_due("Nov 20", NOW)


@pytest.mark.parametrize("text", ["03/04/26", "03/04/2026", "03-04-2026", "03/04/26 9:00"])
def test_an_ambiguous_date_is_refused_with_both_readings(text: str) -> None:
    with pytest.raises(BadValue) as caught:
        read_due(text, NOW)
    assert "2026-04-03 or 2026-03-04" in caught.value.message
    assert caught.value.hint == "2026-04-03"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("2026-02-31", "doesn't exist: February 2026 has 28 days"),
        ("31.02.2026", "doesn't exist: February 2026 has 28 days"),
        ("31/02/2026", "doesn't exist: February 2026 has 28 days"),
        ("29 feb 2027", "doesn't exist: February 2027 has 28 days"),
        ("feb 30", "doesn't exist: February has no day 30"),
        ("2026-13-01", "doesn't exist: there is no month 13"),
        ("13/13/2026", "doesn't exist: there is no month 13"),
        ("2026-04-00", "doesn't exist: April 2026 has 30 days"),
        ("1899-12-31", "outside the years 1900 to 2200"),
        ("0000-01-01", "outside the years 1900 to 2200"),
        ("03/04/0000", "outside the years 1900 to 2200"),
        ("2201-01-01", "outside the years 1900 to 2200"),
        ("9999-12-31", "outside the years 1900 to 2200"),
        ("+300y", "outside the years 1900 to 2200"),
        ("+999999999d", "outside the years 1900 to 2200"),
        ("-999999999w", "outside the years 1900 to 2200"),
        ("+999999999y", "outside the years 1900 to 2200"),
        ("in 999999999 hours", "outside the years 1900 to 2200"),
        ("", "is empty"),
        ("  ", "is empty"),
        ("soon", "can't read 'soon'"),
        ("20261201", "can't read '20261201'"),
        ("26-12-01", "can't read"),
        ("3d", "can't read '3d'"),
        ("+3 days ago", "can't read"),
        ("+3x", "can't read"),
        ("tomorrow 9", "can't read"),
        ("last 30d", "can't read 'last 30d'"),
        ("last month", "can't read"),
        ("2026", "can't read '2026'"),
        ("mo", "can't read"),
        ("fri 25:00", "no such time of day"),
        ("fri 9:60", "no such time of day"),
        ("fri 13pm", "no such time of day"),
        ("fri 0am", "no such time of day"),
        ("fri 9:00-10:00", "an offset from UTC goes with a full date"),
        ("2026-12-01T14:30+99:00", "no such offset"),
        ("soon 9:00", "can't read 'soon 9:00'"),
        ("+2h 9:00", "can't read"),
        ("9" * 10_000, "can't read '99999"),
        ("сряда", "can't read 'сряда'"),
    ],
)
def test_a_bad_deadline_is_refused_in_one_line(text: str, reason: str) -> None:
    with pytest.raises(BadValue) as caught:
        read_due(text, NOW)
    assert reason in caught.value.message
    assert caught.value.field == "due"
    assert caught.value.hint
    assert len(caught.value.message) < 120
    assert "\n" not in caught.value.message


@pytest.mark.parametrize("text", ["tomorrow 9:00", "+2h", "now", "14:30", "2026-12-01T00:00"])
def test_a_date_refuses_an_hour(text: str) -> None:
    with pytest.raises(BadValue, match=r"^birthday: takes a day without an hour"):
        read_date(text, NOW, "birthday")


def test_a_birthday_may_lie_farther_back_and_never_ahead_by_two_digits() -> None:
    assert on("1880-01-01") == read_date("1880-01-01", NOW, "birthday")
    assert on("1955-12-01") == read_date("01.12.55", NOW, "birthday")
    assert on("2055-12-01") == read_date("01.12.55", NOW, "expected-close")
    with pytest.raises(BadValue, match="1880 to 2200"):
        read_date("1879-12-31", NOW, "birthday")


@given(days)
def test_every_iso_date_reads_back(day: date) -> None:
    assert day == read_date(day.isoformat(), NOW, "due")
    assert Due(day) == read_due(f"{day:%d.%m.%Y}", NOW)
    assert day == read_date(f"{day:%d %B %Y}", NOW, "due")
    assert day == read_date(f"{day:%b %d, %Y}", NOW, "due")


@given(days)
def test_a_slashed_date_is_read_only_when_one_reading_is_possible(day: date) -> None:
    text = f"{day:%d/%m/%Y}"
    if day.day > 12 or day.day == day.month:
        assert day == read_date(text, NOW, "due")
    else:
        with pytest.raises(BadValue, match=day.isoformat()):
            read_date(text, NOW, "due")


@given(days, st.integers(0, 6))
def test_a_weekday_falls_within_the_week_ahead(today: date, weekday: int) -> None:
    now = datetime.combine(today, NOW.time(), SOFIA)
    name = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")[weekday]
    coming, this, last = (read_date(text, now, "due") for text in (name, f"this {name}", f"last {name}"))
    assert {weekday} == {coming.weekday(), this.weekday(), last.weekday()}
    assert 1 <= (coming - today).days <= 7
    assert 0 <= (this - today).days <= 6
    assert 1 <= (today - last).days <= 7


@given(st.text(max_size=30))
@example("１:30 am")
@example("²026-01-01")
@example("dec ١")
def test_any_text_is_read_or_refused(text: str) -> None:
    for read in (read_due, read_period, span, read_time):
        with suppress(BadValue):
            assert read(text, NOW)


# Moments


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("now", "2026-11-20T08:17:42.123456"),
        ("today", "2026-11-19T22:00"),
        ("2026-12-01", "2026-11-30T22:00"),
        ("tomorrow 9:00", "2026-11-21T07:00"),
        ("tomorrow at 9:00", "2026-11-21T07:00"),
        ("fri 14:30", "2026-11-27T12:30"),
        ("2026-12-01 9am", "2026-12-01T07:00"),
        ("2026-12-01 9 am", "2026-12-01T07:00"),
        ("2026-12-01 2:30 PM", "2026-12-01T12:30"),
        ("2026-12-01 2:30 p.m.", "2026-12-01T12:30"),
        ("today 12am", "2026-11-19T22:00"),
        ("today 12pm", "2026-11-20T10:00"),
        ("14:30", "2026-11-20T12:30"),
        ("at 9am", "2026-11-20T07:00"),
        ("2026-12-01T14:30", "2026-12-01T12:30"),
        ("2026-12-01T14:30:15", "2026-12-01T12:30:15"),
        ("2026-12-01T14:30Z", "2026-12-01T14:30"),
        ("2026-12-01T14:30:15.250Z", "2026-12-01T14:30:15.250"),
        ("2026-12-01 14:30:00+00", "2026-12-01T14:30"),
        ("2026-12-01T14:30+05:30", "2026-12-01T09:00"),
        ("2026-12-01T14:30-0800", "2026-12-01T22:30"),
        ("2026-12-01 14:30 UTC", "2026-12-01T14:30"),
        ("1 Dec 2026, 9:00", "2026-12-01T07:00"),
        ("Dec 1 9am", "2026-12-01T07:00"),
        ("Dec 1 2026 at 9am", "2026-12-01T07:00"),
        ("25/12/2026 18:05", "2026-12-25T16:05"),
        ("-2w 9:00", "2026-11-06T07:00"),
        ("in 3 days 9:00", "2026-11-23T07:00"),
        ("+2h", "2026-11-20T10:17:42.123456"),
        ("+30min", "2026-11-20T08:47:42.123456"),
        ("2 hours ago", "2026-11-20T06:17:42.123456"),
        ("an hour ago", "2026-11-20T07:17:42.123456"),
    ],
)
def test_a_moment_is_read_as_utc(text: str, expected: str) -> None:
    found = read_time(text, NOW)
    assert utc(expected) == found
    assert UTC is found.tzinfo


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-03-29", "2026-03-28T22:00"),
        ("2026-03-30", "2026-03-29T21:00"),
        ("2026-03-29 02:59", "2026-03-29T00:59"),
        ("2026-03-29 03:30", "2026-03-29T01:30"),  # the clock skips this half hour; it is shown as 4:30
        ("2026-03-29 04:00", "2026-03-29T01:00"),
        ("2026-10-25 03:30", "2026-10-25T00:30"),  # comes twice; the first is meant
        ("2026-10-25 04:00", "2026-10-25T02:00"),
        ("2026-07-01 9:00", "2026-07-01T06:00"),
    ],
)
def test_local_time_follows_the_change_of_the_clocks(text: str, expected: str) -> None:
    assert utc(expected) == read_time(text, NOW)


def test_hours_are_counted_on_the_clock_of_the_world() -> None:
    before = datetime(2026, 10, 25, 2, 30, tzinfo=SOFIA)
    assert utc("2026-10-25T01:30") == read_time("+2h", before)


def test_a_deadline_with_an_hour_has_its_local_day() -> None:
    assert Due(on("2026-12-02"), utc("2026-12-01T23:30")) == read_due("2026-12-01T23:30Z", NOW)
    assert Due(on("2026-11-21"), utc("2026-11-21T07:00")) == read_due("tomorrow 9:00", NOW)
    assert Due(on("2026-11-20"), NOW.astimezone(UTC)) == read_due("now", NOW)


def test_a_fixed_offset_is_a_zone_too() -> None:
    now = datetime(2026, 11, 20, 1, 0, tzinfo=timezone(timedelta(hours=-8)))
    assert utc("2026-11-20T17:00") == read_time("today 9:00", now)
    assert utc("2026-11-20T08:00") == read_time("today", now)


def test_a_now_without_a_zone_is_a_bug() -> None:
    with pytest.raises(ValueError, match="time zone"):
        read_due("today", NOW.replace(tzinfo=None))


@given(moments)
def test_every_local_and_utc_moment_reads_back(moment: datetime) -> None:
    moment = moment.replace(fold=0)
    local = moment.replace(tzinfo=None).isoformat()
    assert moment.astimezone(UTC) == read_time(local, NOW)
    assert moment.astimezone(UTC) == read_time(moment.astimezone(UTC).isoformat().replace("+00:00", "Z"), NOW)
    assert moment.astimezone(UTC) == read_time(moment.isoformat(), NOW)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("Q3-2026", "2026-09-30"),
        ("2026-06", "2026-06-30"),
        ("Feb 2028", "2028-02-29"),
        ("2026-W34", "2026-08-23"),
        ("this month", "2026-11-30"),
        ("this quarter", "2026-12-31"),
        ("eod", "2026-11-20"),
        ("end of day", "2026-11-20"),
        ("end of month", "2026-11-30"),
        ("end of the week", "2026-11-22"),
        ("end of next month", "2026-12-31"),
    ],
)
def test_a_deadline_that_names_a_period_is_its_last_day(text: str, day: str) -> None:
    assert Due(date.fromisoformat(day)) == read_due(text, NOW)
    assert date.fromisoformat(day) == read_deadline(text, NOW, "expected-close")


@pytest.mark.parametrize("text", ["Q3-2026", "2026-06", "this month", "last 30d"])
def test_a_period_is_no_moment_and_no_birthday(text: str) -> None:
    with pytest.raises(BadValue, match="can't read"):
        read_time(text, NOW)
    with pytest.raises(BadValue, match="can't read"):
        read_date(text, NOW, "birthday")


@pytest.mark.parametrize("text", ["noon", "today noon", "today at noon", "2026-11-20 noon"])
def test_noon_is_twelve_oclock(text: str) -> None:
    assert read_time("2026-11-20T12:00", NOW) == read_time(text, NOW)


def test_both_kinds_of_deadline_are_hinted_in_the_same_words() -> None:
    hints = []
    for read in (read_due, read_deadline):
        with pytest.raises(BadValue) as caught:
            read("soon", NOW, "due")
        hints.append(caught.value.hint or "")
    assert hints[0].startswith(hints[1])
    assert "Q3-2026" in hints[1]


# Periods


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("Q3-2026", "2026-07-01", "2026-10-01"),
        ("q3 2026", "2026-07-01", "2026-10-01"),
        ("2026-Q3", "2026-07-01", "2026-10-01"),
        ("2026Q4", "2026-10-01", "2027-01-01"),
        ("q1", "2026-01-01", "2026-04-01"),
        ("2026-06", "2026-06-01", "2026-07-01"),
        ("2026-12", "2026-12-01", "2027-01-01"),
        ("Jun 2026", "2026-06-01", "2026-07-01"),
        ("2026", "2026-01-01", "2027-01-01"),
        ("2200", "2200-01-01", "2201-01-01"),
        ("2026-W34", "2026-08-17", "2026-08-24"),
        ("2026w53", "2026-12-28", "2027-01-04"),
        ("this day", "2026-11-20", "2026-11-21"),
        ("this week", "2026-11-16", "2026-11-23"),
        ("this month", "2026-11-01", "2026-12-01"),
        ("this quarter", "2026-10-01", "2027-01-01"),
        ("this year", "2026-01-01", "2027-01-01"),
        ("last day", "2026-11-19", "2026-11-20"),
        ("last week", "2026-11-09", "2026-11-16"),
        ("last month", "2026-10-01", "2026-11-01"),
        ("last quarter", "2026-07-01", "2026-10-01"),
        ("last year", "2025-01-01", "2026-01-01"),
        ("next day", "2026-11-21", "2026-11-22"),
        ("next week", "2026-11-23", "2026-11-30"),
        ("next month", "2026-12-01", "2027-01-01"),
        ("next quarter", "2027-01-01", "2027-04-01"),
        ("next year", "2027-01-01", "2028-01-01"),
        ("last 30d", "2026-10-22", "2026-11-21"),
        ("last 1 day", "2026-11-20", "2026-11-21"),
        ("last 3 months", "2026-08-21", "2026-11-21"),
        ("next 2w", "2026-11-20", "2026-12-04"),
        ("today", "2026-11-20", "2026-11-21"),
        ("yesterday", "2026-11-19", "2026-11-20"),
        ("2026-01-01..2026-03-31", "2026-01-01", "2026-04-01"),
        ("01.01.2026 .. 31.03.2026", "2026-01-01", "2026-04-01"),
        ("2026-01..2026-03", "2026-01-01", "2026-04-01"),
        ("last month..today", "2026-10-01", "2026-11-21"),
        ("2026-01-01..2026-01-01", "2026-01-01", "2026-01-02"),
        ("fri", "2026-11-27", "2026-11-28"),
        ("2026-06-15", "2026-06-15", "2026-06-16"),
    ],
)
def test_a_period_is_read(text: str, start: str, end: str) -> None:
    assert Period(on(start), on(end)) == read_period(text, NOW)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("Q5-2026", "can't read"),
        ("2026-Q1-2027", "can't read"),
        ("2026-13", "there is no month 13"),
        ("2026-W54", "2026 has no week 54"),
        ("2027-W53", "2027 has no week 53"),
        ("1850", "outside the years"),
        ("last 999999999y", "outside the years"),
        ("last 500y", "outside the years"),
        ("last 2h", "a period lasts one day or longer"),
        ("last 0d", "a period lasts one day or longer"),
        ("2026-03-31..2026-01-01", "ends before it begins"),
        ("2026-03-31..", "a range has two ends"),
        ("..2026-03-31", "a range has two ends"),
        ("2026-01..2026-02..2026-03", "a range has two ends"),
        ("2026-01-01..03/04/26", "is ambiguous"),
        ("tomorrow 9:00", "takes a day without an hour"),
        ("", "is empty"),
        ("whenever", "can't read 'whenever'"),
    ],
)
def test_a_bad_period_is_refused(text: str, reason: str) -> None:
    with pytest.raises(BadValue) as caught:
        read_period(text, NOW)
    assert caught.value.field == "period"
    assert reason in caught.value.message


@pytest.mark.parametrize(
    "text", ["2026", "Q3-2026", "2026-06", "2026-06-15", "2026-08-17..2026-08-23", "2026-01-01..2026-02-28"]
)
def test_a_period_is_labelled_as_it_is_written(text: str) -> None:
    assert text == read_period(text, NOW).label


@given(days, days)
def test_every_label_reads_back(one: date, other: date) -> None:
    period = Period(min(one, other), max(one, other) + timedelta(days=1))
    assert period == read_period(period.label, NOW)


def test_the_bounds_of_a_period_follow_the_change_of_the_clocks() -> None:
    start, end = utc_bounds(read_period("2026-03-29", NOW), NOW)
    assert (utc("2026-03-28T22:00"), utc("2026-03-29T21:00")) == (start, end)
    start, end = utc_bounds(read_period("2026-10-25", NOW), NOW)
    assert timedelta(hours=25) == end - start


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("2026-06", "2026-05-31T21:00", "2026-06-30T21:00"),
        ("today", "2026-11-19T22:00", "2026-11-20T22:00"),
        ("-30d", "2026-10-20T21:00", "2026-10-21T21:00"),
        ("next week", "2026-11-22T22:00", "2026-11-29T22:00"),
        ("2026-12-01T14:30", "2026-12-01T12:30", "2026-12-01T12:31"),
        ("2026-12-01T14:30:15", "2026-12-01T12:30:15", "2026-12-01T12:30:16"),
        ("fri 9am", "2026-11-27T07:00", "2026-11-27T07:01"),
        ("-2h", "2026-11-20T06:17:42.123456", "2026-11-20T06:17:42.123457"),
        ("now", "2026-11-20T08:17:42.123456", "2026-11-20T08:17:42.123457"),
        ("2026-01-01..2026-03-31", "2025-12-31T22:00", "2026-03-31T21:00"),
    ],
)
def test_a_span_covers_what_the_words_say(text: str, start: str, end: str) -> None:
    assert (utc(start), utc(end)) == span(text, NOW)


@given(
    st.one_of(
        days.map(str),
        days.map(lambda day: f"{day:%Y-%m}"),
        st.integers(-5000, 5000).map(lambda count: f"{count:+}d"),
        st.integers(-5000, 5000).map(lambda count: f"{count:+}h"),
        st.integers(1, 900).map(lambda count: f"last {count}d"),
        moments.map(lambda moment: moment.replace(tzinfo=None).isoformat(timespec="minutes")),
        st.sampled_from(["this week", "last quarter", "next year", "fri", "eom", "now"]),
    ),
    moments,
)
def test_a_span_has_a_length_and_starts_where_the_time_is_read(text: str, now: datetime) -> None:
    start, end = span(text, now)
    assert start < end
    assert UTC is start.tzinfo is end.tzinfo


@given(days)
def test_the_spans_of_two_days_in_a_row_touch(day: date) -> None:
    assert span(str(day), NOW)[1] == span(str(day + timedelta(days=1)), NOW)[0]


# Lengths


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("15m", 15),
        ("1h30m", 90),
        ("1h 30m", 90),
        ("1h30", 90),
        ("1.5h", 90),
        ("1,5 h", 90),
        ("90", 90),
        ("90min", 90),
        ("90 minutes", 90),
        ("2 Hours", 120),
        ("1:30", 90),
        ("0:05", 5),
        ("2d", 2880),
        ("1d 2h 3m", 1563),
        ("1w", 10080),
        ("0", 0),
        ("0m", 0),
        ("0.5m", 1),
        ("366d", LONGEST_DURATION),
    ],
)
def test_a_length_is_read(text: str, minutes: int) -> None:
    assert minutes == read_duration(text)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("-15m", "can't be negative"),
        ("367d", "can't be longer than 366 days"),
        ("999999999w", "can't be longer than 366 days"),
        ("", "can't read ''"),
        ("long", "can't read 'long'"),
        ("15 parsecs", "can't read"),
        ("1m 1h", "can't read"),
        ("1h 1h", "can't read"),
        ("1:75", "can't read"),
        ("nan", "can't read"),
        ("inf", "can't read"),
        ("1e3", "can't read"),
        ("2 months", "can't read"),
        ("1" * 5000 + "!", "can't read"),
    ],
)
def test_a_bad_length_is_refused(text: str, reason: str) -> None:
    with pytest.raises(BadValue) as caught:
        read_duration(text, "remind-before")
    assert caught.value.field == "remind-before"
    assert reason in caught.value.message
    assert len(caught.value.message) < 120


@pytest.mark.parametrize(
    ("minutes", "text"),
    [(0, "0m"), (5, "5m"), (60, "1h"), (90, "1h30m"), (1440, "1d"), (1500, "25h"), (2880, "2d")],
)
def test_a_length_is_shown_short(minutes: int, text: str) -> None:
    assert text == show_duration(minutes)


@given(st.integers(0, LONGEST_DURATION))
def test_every_shown_length_reads_back(minutes: int) -> None:
    assert minutes == read_duration(show_duration(minutes))


def test_days_between_counts_real_hours() -> None:
    start, end = (datetime(2026, 3, day, 12, tzinfo=SOFIA) for day in (28, 29))
    assert pytest.approx(23 / 24) == days_between(start, end)
    assert pytest.approx(-23 / 24) == days_between(end, start)
    assert days_between(utc("2026-01-01T00:00"), utc("2026-01-02T12:00")) == 1.5


# Recurrence


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("daily", "FREQ=DAILY"),
        ("Weekly", "FREQ=WEEKLY"),
        ("monthly", "FREQ=MONTHLY"),
        ("quarterly", "FREQ=MONTHLY;INTERVAL=3"),
        ("yearly", "FREQ=YEARLY"),
        ("weekdays", "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR"),
        ("every day", "FREQ=DAILY"),
        ("every 2 weeks", "FREQ=WEEKLY;INTERVAL=2"),
        ("every other week", "FREQ=WEEKLY;INTERVAL=2"),
        ("every 2 quarters", "FREQ=MONTHLY;INTERVAL=6"),
        ("every fri", "FREQ=WEEKLY;BYDAY=FR"),
        ("every fri, mon and wed", "FREQ=WEEKLY;BYDAY=MO,WE,FR"),
        ("every 2 weeks on tue", "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU"),
        ("every month on 15", "FREQ=MONTHLY;BYMONTHDAY=15"),
        ("every month on the 1st", "FREQ=MONTHLY;BYMONTHDAY=1"),
        ("every month on 31", "FREQ=MONTHLY;BYMONTHDAY=28,29,30,31;BYSETPOS=-1"),
        ("every month on the last day", "FREQ=MONTHLY;BYMONTHDAY=-1"),
        ("every month on the first mon", "FREQ=MONTHLY;BYDAY=1MO"),
        ("every 2 months on last friday", "FREQ=MONTHLY;INTERVAL=2;BYDAY=-1FR"),
        ("RRULE:FREQ=WEEKLY;BYDAY=MO", "FREQ=WEEKLY;BYDAY=MO"),
        ("byday=mo;freq=weekly;interval=1;", "FREQ=WEEKLY;BYDAY=MO"),
        ("FREQ=DAILY;COUNT=5", "FREQ=DAILY;COUNT=5"),
        ("FREQ=DAILY; UNTIL=20261231", "FREQ=DAILY;UNTIL=20261231"),
        ("FREQ=DAILY;UNTIL=20261231T220000Z", "FREQ=DAILY;UNTIL=20261231T220000Z"),
        ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29", "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29"),
        ("FREQ=YEARLY;BYWEEKNO=53;BYDAY=MO;WKST=MO", "FREQ=YEARLY;BYWEEKNO=53;BYDAY=MO;WKST=MO"),
    ],
)
def test_a_recurrence_is_read_in_canonical_order(text: str, rule: str) -> None:
    assert rule == read_recurrence(text)
    assert rule == read_recurrence(rule)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("sometimes", "can't read 'sometimes'"),
        ("", "can't read ''"),
        ("every", "can't read"),
        ("every blue moon", "can't read"),
        ("every month on 32", "can't read"),
        ("every month on fri", "can't read"),
        ("every week on 15", "can't read"),
        ("every 0 weeks", "INTERVAL can't be '0'"),
        ("biweekly", "can't read"),
        ("FREQ=HOURLY", "HOURLY is finer than a day"),
        ("FREQ=FORTNIGHTLY", "FREQ can't be 'FORTNIGHTLY'"),
        ("FREQ=DAILY;BYHOUR=9", "the hour is that of the due time"),
        ("FREQ=DAILY;BYEASTER=0", "'BYEASTER' is no part of a rule"),
        ("FREQ=DAILY;FREQ=WEEKLY", "has FREQ twice"),
        ("FREQ=DAILY;COUNT=0", "COUNT can't be '0'"),
        ("FREQ=DAILY;INTERVAL=-1", "INTERVAL can't be '-1'"),
        ("FREQ=DAILY;UNTIL=tomorrow", "UNTIL can't be 'TOMORROW'"),
        ("FREQ=DAILY;UNTIL=20260231", "UNTIL can't be"),
        ("FREQ=DAILY;COUNT=3;UNTIL=20261231", "COUNT or UNTIL, not both"),
        ("FREQ=WEEKLY;BYDAY=XX", "BYDAY can't be 'XX'"),
        ("FREQ=WEEKLY;BYDAY=2MO", "goes with MONTHLY or YEARLY"),
        ("FREQ=YEARLY;BYMONTH=13", "BYMONTH can't be '13'"),
        ("FREQ=MONTHLY;BYMONTHDAY=0", "BYMONTHDAY can't be '0'"),
        ("FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30", "never falls"),
        ("INTERVAL=2", "a rule needs FREQ"),
        ("FREQ=", "FREQ can't be ''"),
        ("DTSTART:20260101;FREQ=DAILY", "is no part of a rule"),
    ],
)
def test_a_bad_recurrence_is_refused(text: str, reason: str) -> None:
    with pytest.raises(BadValue) as caught:
        read_recurrence(text)
    assert caught.value.field == "recurrence"
    assert reason in caught.value.message
    assert caught.value.hint


@pytest.mark.parametrize(
    ("rule", "due", "expected"),
    [
        ("FREQ=DAILY", "2026-11-20", "2026-11-21"),
        ("FREQ=DAILY", "2026-11-19", "2026-11-20"),
        ("FREQ=DAILY", "2026-10-01", "2026-11-20"),
        ("FREQ=DAILY", "2026-12-24", "2026-12-25"),
        ("FREQ=WEEKLY", "2026-11-20", "2026-11-27"),
        ("FREQ=WEEKLY;INTERVAL=2", "2026-10-30", "2026-11-27"),
        ("FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR", "2026-11-20", "2026-11-23"),
        ("FREQ=MONTHLY;BYMONTHDAY=15", "2026-11-15", "2026-12-15"),
        ("FREQ=MONTHLY;BYMONTHDAY=-1", "2027-01-31", "2027-02-28"),
        ("FREQ=MONTHLY;INTERVAL=3", "2026-11-20", "2027-02-20"),
        ("FREQ=MONTHLY;BYDAY=1MO", "2026-11-02", "2026-12-07"),
        ("FREQ=YEARLY", "2026-11-20", "2027-11-20"),
        ("FREQ=DAILY;UNTIL=20261121", "2026-11-20", "2026-11-21"),
    ],
)
def test_the_next_occurrence_comes_after_the_last_and_not_before_today(rule: str, due: str, expected: str) -> None:
    assert Occurrence(Due(on(expected)), rule) == next_occurrence(rule, Due(on(due)), NOW)


@pytest.mark.parametrize(
    ("rule", "due"),
    [
        ("FREQ=DAILY;COUNT=1", "2026-11-20"),
        ("FREQ=DAILY;UNTIL=20261120", "2026-11-20"),
        ("FREQ=DAILY;UNTIL=20261119", "2026-11-01"),
        ("FREQ=YEARLY;INTERVAL=2;BYYEARDAY=366", "2027-11-20"),
        ("FREQ=YEARLY;INTERVAL=500", "2026-11-20"),
    ],
)
def test_a_rule_that_is_used_up_has_no_next_occurrence(rule: str, due: str) -> None:
    assert None is next_occurrence(rule, Due(on(due)), NOW)


def test_a_count_goes_down_with_each_thing_done() -> None:
    step = Occurrence(Due(on("2026-11-20")), "FREQ=DAILY;COUNT=3")
    seen = []
    while following := next_occurrence(step.rule, step.due, NOW):
        step = following
        seen.append((str(step.due.on), step.rule))
    assert seen == [("2026-11-21", "FREQ=DAILY;COUNT=2"), ("2026-11-22", "FREQ=DAILY;COUNT=1")]


def test_dates_missed_meanwhile_do_not_use_up_the_count() -> None:
    found = next_occurrence("FREQ=DAILY;COUNT=3", Due(on("2026-10-01")), NOW)
    assert Occurrence(Due(on("2026-11-20")), "FREQ=DAILY;COUNT=2") == found


@pytest.mark.parametrize(
    ("day", "expected"),
    [(23, "2026-03-30T06:00"), (30, "2026-04-06T06:00")],
)
def test_the_local_hour_survives_the_change_of_the_clocks(day: int, expected: str) -> None:
    now = datetime(2026, 3, day, 12, tzinfo=SOFIA)
    due = Due(now.date(), at(day, 9, month=3))
    found = next_occurrence("FREQ=WEEKLY", due, now)
    assert found is not None
    assert utc(expected) == found.due.at
    assert found.due.at.astimezone(SOFIA).hour == 9


def test_an_occurrence_late_in_the_evening_keeps_its_local_day() -> None:
    due = Due(on("2026-11-20"), at(20, 0, 30))
    found = next_occurrence("FREQ=WEEKLY;BYDAY=FR", due, NOW)
    assert Occurrence(Due(on("2026-11-27"), at(27, 0, 30)), "FREQ=WEEKLY;BYDAY=FR") == found


def test_a_limit_in_utc_is_held_against_the_moment() -> None:
    due = Due(on("2026-11-20"), at(20, 9))
    assert None is next_occurrence("FREQ=DAILY;UNTIL=20261121T065959Z", due, NOW)
    assert None is not next_occurrence("FREQ=DAILY;UNTIL=20261121T070000Z", due, NOW)
    assert None is not next_occurrence("FREQ=DAILY;UNTIL=20261121", due, NOW)


@pytest.mark.parametrize(
    ("rule", "first", "expected"),
    [
        ("FREQ=MONTHLY", "2026-12-31", ["2027-01-31", "2027-02-28", "2027-03-31", "2027-04-30"]),
        ("FREQ=MONTHLY;COUNT=9", "2026-11-30", ["2026-12-30", "2027-01-30", "2027-02-28", "2027-03-30"]),
        ("FREQ=YEARLY", "2028-02-29", ["2029-02-28", "2030-02-28", "2031-02-28", "2032-02-29"]),
    ],
)
def test_the_end_of_a_short_month_neither_skips_nor_shifts(rule: str, first: str, expected: list[str]) -> None:
    step = Occurrence(Due(on(first)), rule)
    seen = []
    for _ in expected:
        following = next_occurrence(step.rule, step.due, NOW)
        assert following is not None
        step = following
        seen.append(str(step.due.on))
    assert expected == seen


@given(
    st.sampled_from(["FREQ=DAILY", "FREQ=WEEKLY;INTERVAL=2", "FREQ=MONTHLY", "FREQ=YEARLY", "FREQ=WEEKLY;BYDAY=TU,SA"]),
    st.datetimes(wall("2020-01-01T05:00"), wall("2030-12-31"), timezones=st.just(SOFIA)).filter(lambda d: d.hour > 4),
)
def test_every_next_occurrence_lies_ahead_at_the_same_hour(rule: str, moment: datetime) -> None:
    moment = moment.replace(microsecond=0)
    found = next_occurrence(rule, Due(moment.date(), moment.astimezone(UTC)), NOW)
    assert found is not None
    assert found.due.at is not None
    local = found.due.at.astimezone(SOFIA)
    assert (found.due.on, moment.time()) == (local.date(), local.time())
    assert found.due.on > moment.date()
    assert found.due.on >= TODAY


# Deadlines


@pytest.mark.parametrize(
    ("due", "text", "expected"),
    [
        (Due(on("2026-11-10")), "+3d", Due(on("2026-11-23"))),
        (Due(on("2026-12-10")), "+3d", Due(on("2026-12-13"))),
        (Due(on("2026-12-10")), "3d", Due(on("2026-12-13"))),
        (Due(on("2026-12-10")), "in a week", Due(on("2026-12-17"))),
        (Due(on("2027-01-31")), "+1m", Due(on("2027-02-28"))),
        (Due(on("2026-11-10"), at(10, 9)), "+3d", Due(on("2026-11-23"), at(23, 9))),
        (Due(on("2026-12-10"), at(10, 9, month=12)), "+1d", Due(on("2026-12-11"), at(11, 9, month=12))),
        (Due(on("2026-11-10"), at(10, 9)), "+3d 14:00", Due(on("2026-11-23"), at(23, 14))),
        (Due(on("2026-11-10"), at(10, 9)), "tomorrow", Due(on("2026-11-21"))),
        (Due(on("2026-11-10"), at(10, 9)), "mon 8:00", Due(on("2026-11-23"), at(23, 8))),
        (Due(on("2026-12-10"), at(10, 9, month=12)), "+2h", Due(on("2026-12-10"), at(10, 11, month=12))),
        (Due(on("2026-11-10")), "+2h", Due(on("2026-11-20"), utc("2026-11-20T10:17:42.123456"))),
        (None, "+3d", Due(on("2026-11-23"))),
        (None, "fri", Due(on("2026-11-27"))),
    ],
)
def test_a_deadline_is_put_off(due: Due | None, text: str, expected: Due) -> None:
    assert expected == snooze(due, text, NOW)


def test_putting_off_over_the_change_of_the_clocks_keeps_the_hour() -> None:
    now = datetime(2026, 3, 28, 8, tzinfo=SOFIA)
    assert Due(on("2026-03-29"), utc("2026-03-29T06:00")) == snooze(Due(now.date(), at(28, 9, month=3)), "+1d", now)


@pytest.mark.parametrize("text", ["-1d", "+0d", "3 days ago", "-2h"])
def test_a_deadline_is_never_put_off_backwards(text: str) -> None:
    with pytest.raises(BadValue, match="can't put it off"):
        snooze(Due(TODAY), text, NOW)


@pytest.mark.parametrize(
    ("due", "expected"),
    [
        (None, Urgency.NONE),
        (Due(on("2026-11-19")), Urgency.OVERDUE),
        (Due(on("2026-11-20")), Urgency.TODAY),
        (Due(on("2026-11-20"), at(20, 9)), Urgency.OVERDUE),
        (Due(on("2026-11-20"), at(20, 18)), Urgency.TODAY),
        (Due(on("2026-11-21"), at(21, 0)), Urgency.WEEK),
        (Due(on("2026-11-27")), Urgency.WEEK),
        (Due(on("2026-11-28")), Urgency.LATER),
    ],
)
def test_urgency_of_a_deadline(due: Due | None, expected: Urgency) -> None:
    assert expected is urgency(due, NOW)


@pytest.mark.parametrize(
    ("day", "today", "expected"),
    [
        ("1980-11-20", "2026-11-20", "2026-11-20"),
        ("1980-11-19", "2026-11-20", "2027-11-19"),
        ("1980-12-01", "2026-11-20", "2026-12-01"),
        ("1980-02-29", "2026-11-20", "2027-02-28"),
        ("1980-02-29", "2027-03-01", "2028-02-29"),
        ("1980-02-29", "2028-02-29", "2028-02-29"),
    ],
)
def test_the_next_anniversary(day: str, today: str, expected: str) -> None:
    assert on(expected) == next_anniversary(on(day), on(today))


@given(days, days)
def test_an_anniversary_comes_within_a_year(day: date, today: date) -> None:
    assert 0 <= (next_anniversary(day, today) - today).days <= 366


def test_reading_words_for_time_loads_nothing_heavy() -> None:
    """Lists read dates in filters, so the words must not cost a library."""
    script = """
import sys
from datetime import UTC, datetime
from crmcli.domain.durations import read_duration
from crmcli.domain.periods import span
from crmcli.domain.schedule import read_due
now = datetime(2026, 11, 20, tzinfo=UTC)
read_due("fri 9:00", now), span("last 30d", now), read_duration("1h")
heavy = {"dateutil", "zoneinfo", "dataclasses", "json", "decimal", "calendar", "pydantic", "sqlalchemy"}
print(*sorted(heavy & set(sys.modules)))
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert (done.stdout, done.stderr) == ("\n", "")
