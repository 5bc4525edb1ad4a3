"""Long lists by day: activities, and the changes that were made to the store."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from crmcli.errors import FilterError, Stale
from crmcli.services.records import Changes
from crmcli.services.streams import Streams

if TYPE_CHECKING:
    from crmcli.context import AppContext

LOGGED = (
    ("Łódź", "call", "2026-11-19 09:00"),
    ("Plovdiv", "note", "2026-11-19 23:30"),
    ("北京", "call", "2026-11-20 10:00"),
    ("Katowice", "email", "2026-10-01 08:00"),
)


@pytest.fixture
def logged(app: AppContext) -> AppContext:
    """A store with four activities on three days, and a task ahead."""
    for subject, kind, at in LOGGED:
        app.activities.log({"type": kind, "subject": subject, "at": at})
    app.activities.add(app.activities.draft({"type": "task", "subject": "ahead", "due": "2026-12-01"}))
    return app


def named(app: AppContext, *arguments: str, soonest: bool = False) -> list[str | None]:
    """The subjects of a stream in its order."""
    streams = Streams(app.desk)
    numbers = streams.activities(*arguments, soonest=soonest).numbers
    views = streams.activity_views(numbers)
    return [views[number].subject for number in numbers]


def test_activities_come_newest_first_with_the_places_of_their_days(logged: AppContext) -> None:
    """Each day begins at its first activity."""
    stream = Streams(logged.desk).activities()
    assert stream.days == (
        (0, date(2026, 12, 1)), (1, date(2026, 11, 20)), (2, date(2026, 11, 19)), (4, date(2026, 10, 1)),
    )  # fmt: skip
    assert named(logged) == ["ahead", "北京", "Plovdiv", "Łódź", "Katowice"]


def test_the_soonest_first(logged: AppContext) -> None:
    """As what is planned is listed."""
    stream = Streams(logged.desk).activities(soonest=True)
    assert [day for _, day in stream.days] == sorted(day for _, day in stream.days)
    assert named(logged, soonest=True) == ["Katowice", "Łódź", "Plovdiv", "北京", "ahead"]


def test_days_are_the_users_own(logged: AppContext) -> None:
    """Half past eleven at night in UTC is the next day further east."""
    from zoneinfo import ZoneInfo

    desk = logged.desk._replace(clock=logged.desk.clock._replace(zone=ZoneInfo("Europe/Sofia")))
    days = {day: place for place, day in Streams(desk).activities().days}
    assert days[date(2026, 11, 20)] == 1
    assert days[date(2026, 11, 19)] == 3


def test_two_filters_hold_together(logged: AppContext) -> None:
    """What the user typed, and what the keys narrow."""
    assert named(logged, "at > 2026-11-01", "type = call") == ["北京", "Łódź"]
    with pytest.raises(FilterError):
        Streams(logged.desk).activities("colour = red")


def test_deleted_ones_are_left_out(logged: AppContext) -> None:
    """Of the stream and of the views."""
    number = logged.activities.get("Plovdiv").number
    logged.activities.remove("Plovdiv")
    assert "Plovdiv" not in named(logged)
    assert Streams(logged.desk).activity_views([number]) == {}


def test_an_empty_store_has_no_days(app: AppContext) -> None:
    """Nor any change."""
    streams = Streams(app.desk)
    assert (list(streams.activities().numbers), streams.activities().days) == ([], ())
    assert list(streams.changes().numbers) == []


def edited(app: AppContext, value: str) -> None:
    """Change the deal's value."""
    app.deals.edit("Pilot", app.deals.edit_draft(Changes({"value": value})))


@pytest.fixture
def changed(app: AppContext) -> AppContext:
    """A store with a deal that was changed twice."""
    app.deals.add(app.deals.draft({"title": "Pilot", "value": "100 EUR"}))
    edited(app, "200 EUR")
    edited(app, "300 EUR")
    return app


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 3),
        ("edit", 2),
        ("EDIT pilot", 2),
        ("add", 1),
        ("@maria", 3),
        ("@mar edit", 2),
        ("@boris", 0),
        ("100%", 0),
        ("_", 0),
    ],
)
def test_words_select_changes(changed: AppContext, text: str, count: int) -> None:
    """In command, summary or user; signs that a database would take for more are letters like others."""
    assert len(Streams(changed.desk).changes(text).numbers) == count


def test_change_sets_are_read_by_their_numbers(changed: AppContext) -> None:
    """Without what they changed."""
    streams = Streams(changed.desk)
    newest, *_, first = streams.changes().numbers
    views = streams.change_views([newest, first, 999])
    assert {number: (view.command, view.summary) for number, view in views.items()} == {
        newest: ("deal edit", "Pilot"), first: ("deal add", "Pilot"),
    }  # fmt: skip
    assert streams.change_views([]) == {}


def test_an_obstacle_is_found_without_changing_anything(changed: AppContext) -> None:
    """The first edit stands in the way of nobody but itself; nothing is kept of the try."""
    streams = Streams(changed.desk)
    newest, first, _ = streams.changes().numbers
    assert streams.obstacle(newest, 1) is None
    assert isinstance(streams.obstacle(first, 1), Stale)
    assert len(streams.changes().numbers) == 3
    assert changed.deals.get("Pilot").value.plain == "300"
    assert streams.obstacle(first, 10_000) is None
