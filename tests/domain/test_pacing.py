"""When the next message may go, worked out from the moment and from what went before."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcli.domain.campaign_settings import Pace, read_window
from crmcli.domain.pacing import Day, Limit, Pacer, limits_of, midnight_after, opens_at, retry_at
from crmcli.domain.shares import share_of

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)  # a Saturday
MINUTE = timedelta(minutes=1)


def test_no_limit_is_no_wait() -> None:
    """Without rules the next message may always go."""
    pacer = Pacer([])
    for _ in range(1000):
        assert NOON == pacer.next_at(NOON)
        pacer.sent(NOON)


def test_limits_of_a_campaign() -> None:
    """Each rule that there is becomes a limit; a batch lasts as long as its pause."""
    pace = Pace(per_minute=5, per_hour=100, batch=50)
    assert [Limit(5, MINUTE), Limit(100, 60 * MINUTE), Limit(50, 10 * MINUTE)] == limits_of(pace, 10 * MINUTE)
    assert [] == limits_of(Pace(), MINUTE)


def test_what_went_before_a_run_counts() -> None:
    """Two a minute: after two, the third waits for the first to be a minute old."""
    pacer = Pacer([Limit(2, MINUTE)], [NOON - timedelta(seconds=50), NOON - timedelta(seconds=10)])
    assert NOON + timedelta(seconds=10) == pacer.next_at(NOON)


@given(
    st.lists(st.tuples(st.integers(1, 20), st.integers(1, 300)), min_size=1, max_size=3),
    st.lists(st.integers(0, 30), min_size=1, max_size=150),
)
def test_no_limit_is_ever_passed(limits: list[tuple[int, int]], pauses: list[int]) -> None:
    """However a sender comes and goes, in no stretch of time go more than may, and whoever waits as told may go on."""
    told = [Limit(messages, timedelta(seconds=seconds)) for messages, seconds in limits]
    pacer, now, sent = Pacer(told), NOON, []
    for pause in pauses:
        now += timedelta(seconds=pause)
        now = pacer.next_at(now)
        assert now == pacer.next_at(now)
        pacer.sent(now)
        sent.append(now)
    for limit in told:
        for start in sent:
            assert sum(start <= each < start + limit.time for each in sent) <= limit.messages


def test_a_day_of_the_warm_up() -> None:
    """When the day's share has gone, the next goes tomorrow."""
    pacer = Pacer([], (), Day(1, 2, NOON + timedelta(hours=12)))
    assert NOON == pacer.next_at(NOON)
    pacer.sent(NOON)
    assert NOON + timedelta(hours=12) == pacer.next_at(NOON)
    assert NOON == Pacer([], (), Day(9, None, NOON)).next_at(NOON)


@pytest.mark.parametrize(
    ("window", "zone", "opening"),
    [
        ("09:00-17:00", "UTC", "2026-11-21T12:00"),
        ("13:00-17:00", "UTC", "2026-11-21T13:00"),
        ("09:00-12:00", "UTC", "2026-11-22T09:00"),
        ("09:00-17:00 mon-fri", "UTC", "2026-11-23T09:00"),
        ("09:00-17:00", "America/New_York", "2026-11-21T14:00"),
        ("09:00-17:00", "Asia/Tokyo", "2026-11-22T00:00"),
        ("09:00-17:00", "Asia/Kathmandu", "2026-11-22T03:15"),
        ("00:00-24:00", "Pacific/Kiritimati", "2026-11-21T12:00"),
        ("00:00-06:00 sat", "UTC", "2026-11-28T00:00"),
    ],
)
def test_windows_by_the_persons_clock(window: str, zone: str, opening: str) -> None:
    """Open now, later today, tomorrow, on Monday, or in a week."""
    assert datetime.fromisoformat(f"{opening}:00+00:00") == opens_at(read_window(window), NOON, ZoneInfo(zone))


def test_no_window_is_always_open() -> None:
    """Without one there is nothing to wait for."""
    assert NOON == opens_at(None, NOON, UTC)


@given(
    st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    st.sampled_from(["09:00-17:00", "22:00-24:00 sun", "00:00-01:00 mon,thu", "02:00-03:00"]),
    st.sampled_from(["Europe/Sofia", "America/New_York", "Australia/Lord_Howe"]),
)
def test_an_opening_is_open(now: datetime, text: str, zone: str) -> None:
    """The moment that is named is not past, and the window is open then, also around a change of the clock."""
    window, there = read_window(text), ZoneInfo(zone)
    opening = opens_at(window, now, there)
    assert now <= opening <= now + timedelta(days=8)
    assert opening == opens_at(window, opening, there) or opening.astimezone(there).hour in (
        2,
        3,
    )  # an hour that there is not


@pytest.mark.parametrize(("attempts", "minutes"), [(1, 1), (2, 5), (3, 30), (4, 120), (5, None), (9, None)])
def test_back_off(attempts: int, minutes: int | None) -> None:
    """Each wait is longer; after the fifth attempt there is none."""
    assert (NOON + minutes * MINUTE if minutes else None) == retry_at(attempts, NOON)


def test_midnight_is_the_users_own() -> None:
    """The day ends by the clock of the zone, also on the day that has 25 hours."""
    assert datetime(2026, 11, 21, 22, tzinfo=UTC) == midnight_after(NOON, ZoneInfo("Europe/Sofia"))
    assert datetime(2026, 10, 25, 22, tzinfo=UTC) == midnight_after(
        datetime(2026, 10, 24, 22, tzinfo=UTC), ZoneInfo("Europe/Sofia")
    )


def test_shares() -> None:
    """The same key always gets the same version, and each version about its share; without shares all are alike."""
    places = [share_of(f"ct_{number}", (3, 1)) for number in range(4000)]
    assert places == [share_of(f"ct_{number}", (3, 1)) for number in range(4000)]
    assert 0.7 < places.count(0) / 4000 < 0.8
    assert {0, 1} == {share_of(f"ct_{number}", (0, 0)) for number in range(50)}
