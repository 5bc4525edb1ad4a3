"""Stretches of the calendar, and the changes of a zone's clocks."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as some

from crmcli.domain.stretches import UNITS, after, span_of, stretch_of, stretches, without_holes
from crmcli.domain.zone_changes import ahead_of_utc, zone_changes

DAYS = some.dates(date(1990, 1, 1), date(2090, 12, 31))


@pytest.mark.parametrize(
    ("unit", "day", "label", "first", "last"),
    [
        ("month", "2024-02-29", "2024-02", "2024-02-01", "2024-02-29"),
        ("quarter", "2026-08-01", "2026-Q3", "2026-07-01", "2026-09-30"),
        ("year", "2026-08-01", "2026", "2026-01-01", "2026-12-31"),
        ("week", "2027-01-01", "2026-W53", "2026-12-28", "2027-01-03"),
        ("fiscal-year", "2026-04-01", "FY2027", "2026-04-01", "2027-03-31"),
        ("fiscal-quarter", "2026-03-31", "FY2026-Q4", "2026-01-01", "2026-03-31"),
    ],
)
def test_the_stretch_of_a_day(unit: str, day: str, label: str, first: str, last: str) -> None:
    """By the name that a filter or a period takes; fiscal years begin in April here."""
    found = stretch_of(unit, date.fromisoformat(day), 4)
    days = (found.days.start.isoformat(), (found.days.end - timedelta(days=1)).isoformat())
    assert (found.label, *days) == (label, first, last)


@given(some.sampled_from(UNITS), DAYS, some.integers(0, 900), some.integers(1, 12))
def test_stretches_lie_side_by_side(unit: str, first: date, days: int, fiscal: int) -> None:
    """Without a gap, each named once, from the one of the first day to the one of the last."""
    last = first + timedelta(days=days)
    found = stretches(unit, [span_of(first, last)], fiscal)
    assert found[0].days.start <= first
    assert found[-1].days.start <= last < found[-1].days.end
    assert all(one.days.end == other.days.start for one, other in pairwise(found))
    assert len({each.label for each in found}) == len(found)


@pytest.mark.parametrize(
    "name", ["UTC", "Europe/Sofia", "America/New_York", "Africa/Casablanca", "Australia/Lord_Howe", "Asia/Kathmandu"]
)
def test_between_two_changes_the_clocks_are_as_they_were_told(name: str) -> None:
    """Every three hours of a few years, by bisection of the changes."""
    from bisect import bisect_right

    zone = ZoneInfo(name)
    first, changes = zone_changes(zone, 2010, 2026)
    ahead, moments = [first, *(change.ahead for change in changes)], [change.at for change in changes]
    assert moments == sorted(moments)
    for hours in range(0, 16 * 365 * 24, 3):
        at = datetime(2010, 1, 1, tzinfo=UTC) + timedelta(hours=hours)
        assert ahead[bisect_right(moments, at)] == ahead_of_utc(zone, at)


def test_the_second_of_the_change() -> None:
    """The last Sundays of March and October."""
    _, changes = zone_changes(ZoneInfo("Europe/Sofia"), 2026, 2026)
    assert changes == [
        (datetime(2026, 3, 29, 1, tzinfo=UTC), 10_800), (datetime(2026, 10, 25, 1, tzinfo=UTC), 7_200),
    ]  # fmt: skip


@pytest.mark.parametrize("unit", UNITS)
@given(first=DAYS, days=some.integers(0, 3000), fiscal=some.integers(1, 12))
def test_names_follow_each_other_as_their_days_do(unit: str, first: date, days: int, fiscal: int) -> None:
    """What comes after a name is the name of the stretch after it, so that all are found from the ends alone."""
    labels = [each.label for each in stretches(unit, [span_of(first, first + timedelta(days))], fiscal)]
    assert labels[1:] == [after(label) for label in labels[:-1]]
    assert labels == without_holes([labels[0], labels[-1]] if len(labels) > 1 else labels)


@pytest.mark.parametrize(
    ("labels", "most", "expected"),
    [
        ([], 9, []),
        (["2026"], 9, ["2026"]),
        (["2025-11", "2026-02"], 9, ["2025-11", "2025-12", "2026-01", "2026-02"]),
        (["2026-W52", "2027-W02"], 9, ["2026-W52", "2026-W53", "2027-W01", "2027-W02"]),
        (["FY2025-Q4", "FY2026-Q2"], 3, ["FY2025-Q4", "FY2026-Q1", "FY2026-Q2"]),
        (["1900-01", "1900-02", "2026-01"], 9, ["1900-01", "1900-02", None, "2026-01"]),
    ],
)
def test_stretches_have_no_holes(labels: list[str], most: int, expected: list[str | None]) -> None:
    """Those in which nothing happened are among them, unless there are too many: then it is marked where they were."""
    assert expected == without_holes(labels, most)
