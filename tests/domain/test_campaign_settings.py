"""How a campaign sends and tries its variants: read, kept and written again."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcli.domain.campaign_settings import (
    CONFIDENCE,
    Cap,
    Pace,
    Trial,
    Window,
    changed_pace,
    pace_of,
    pace_texts,
    read_cap,
    read_confidence,
    read_ramp,
    read_trial,
    read_window,
    show_cap,
    show_ramp,
    show_trial,
    show_window,
    trial_of,
    with_pace,
    with_trial,
)
from crmcli.errors import BadValue


@pytest.mark.parametrize(
    ("text", "window", "shown"),
    [
        ("09:00-17:00 mon-fri", Window(540, 1020, (0, 1, 2, 3, 4)), "09:00-17:00 mon-fri"),
        ("9-17", Window(540, 1020), "09:00-17:00"),
        ("8:30 – 24:00 Sat, Sun", Window(510, 1440, (5, 6)), "08:30-24:00 sat,sun"),
        ("0-24 sat-mon", Window(0, 1440, (0, 5, 6)), "00:00-24:00 mon,sat,sun"),
        ("10:00-12:00 wednesday", Window(600, 720, (2,)), "10:00-12:00 wed"),
    ],
)
def test_a_window_is_read_and_written_as_it_is_read(text: str, window: Window, shown: str) -> None:
    assert window == read_window(text)
    assert shown == show_window(window)
    assert window == read_window(shown)


@pytest.mark.parametrize("text", ["", "9", "17-9", "9-9", "25-26", "9:60-10", "9-17 mon-xyz", "9-17 m", "24:01-25:00"])
def test_hours_that_are_none_are_refused(text: str) -> None:
    with pytest.raises(BadValue, match=r"^window: "):
        read_window(text)


def test_a_window_holds_its_first_minute_and_not_its_last() -> None:
    window = read_window("9-17 mon-fri")
    assert [False, True, True, False, False] == [
        window.holds(0, 539), window.holds(0, 540), window.holds(4, 1019), window.holds(4, 1020), window.holds(5, 600),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "cap"), [("2/7d", Cap(2, 7)), ("1/2w", Cap(1, 14)), ("3/d", Cap(3, 1)), (" 5 / 30 days ", Cap(5, 30))]
)
def test_a_cap_is_so_many_in_so_many_days(text: str, cap: Cap) -> None:
    assert cap == read_cap(text)
    assert cap == read_cap(show_cap(cap))


@pytest.mark.parametrize("text", ["", "2", "0/7d", "2/0d", "2/7", "2/400d", "x/7d"])
def test_a_cap_that_caps_nothing_is_refused(text: str) -> None:
    with pytest.raises(BadValue, match=r"^cap: "):
        read_cap(text)


def test_a_ramp_limits_its_days_and_none_after_them() -> None:
    pace = Pace(ramp=read_ramp("50, 100,200/day"))
    assert [None, 50, 200, None] == [pace.most_on(day) for day in (0, 1, 3, 4)]
    assert "50,100,200/day" == show_ramp(pace.ramp)


@pytest.mark.parametrize("text", ["", "50,,60", "0/day", "50/hour", "fifty", "1," * 95 + "1"])
def test_a_ramp_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(BadValue, match=r"^ramp: "):
        read_ramp(text)


counts = st.none() | st.integers(1, 1_000_000)
paces = st.builds(
    Pace,
    per_minute=counts,
    per_hour=counts,
    window=st.none()
    | st.builds(
        Window,
        st.integers(0, 700),
        st.integers(701, 1440),
        st.sets(st.integers(0, 6), min_size=1).map(lambda days: tuple(sorted(days))),
    ),
    cap=st.none() | st.builds(Cap, st.integers(1, 999), st.integers(1, 366)),
    batch=counts,
    ramp=st.lists(st.integers(1, 10_000), max_size=90).map(tuple),
    account=st.sampled_from(["", "main", "second.one"]),
)


@given(paces)
def test_rules_come_back_as_they_were_kept_and_leave_everything_else_alone(pace: Pace) -> None:
    kept = with_pace(with_trial('{"other": {"a": 1}}', Trial("opened", 100)), pace)
    assert pace == pace_of(kept)
    assert Trial("opened", 100) == trial_of(kept)
    assert {"a": 1} == json.loads(kept)["other"]


def test_a_rule_is_changed_alone_and_taken_away_by_nothing() -> None:
    pace = changed_pace(Pace(per_minute=30, batch=10), {"per_minute": "", "per_hour": "500", "batch": None})
    assert Pace(per_hour=500, batch=10) == pace
    assert {"per_hour": "500", "batch": "10"} == {name: text for name, text in pace_texts(pace).items() if text}


@pytest.mark.parametrize(
    ("field", "text"),
    [("per_minute", "0"), ("per_hour", "-5"), ("batch", "1.5"), ("account", "a b"), ("per_minute", "9" * 9)],
)
def test_a_rule_that_is_none_names_its_flag(field: str, text: str) -> None:
    with pytest.raises(BadValue) as error:
        changed_pace(Pace(), {field: text})
    assert field.replace("_", "-") == error.value.field


@pytest.mark.parametrize(
    ("words", "trial", "line"),
    [
        (("clicked", "1000", None), Trial("clicked", 1000), "clicked, winner after 1000 messages at 95 %"),
        (("opened", "24h", "99%"), Trial("opened", None, 1440, 0.99), "opened, winner after 1d at 99 %"),
        (("replied", None, "0.9"), Trial("replied", None, None, 0.9), "replied at 90 %"),
    ],
)
def test_a_trial_is_read_and_said_in_a_line(
    words: tuple[str | None, str | None, str | None], trial: Trial, line: str
) -> None:
    assert trial == read_trial(*words)
    assert line == show_trial(trial)


def test_a_new_end_of_a_trial_replaces_the_old_one() -> None:
    assert Trial("clicked", None, 60, CONFIDENCE) == read_trial(None, "1h", None, Trial("clicked", 500))
    assert trial_of(with_trial(with_trial("{}", Trial()), None)) is None


@pytest.mark.parametrize(
    ("words", "flag"),
    [((("clickd"), None, None), "test"), ((None, "0", None), "after"), ((None, "soon", None), "after"),
     ((None, None, "100%"), "confidence"), ((None, None, "40"), "confidence"), ((None, None, "sure"), "confidence")],
)  # fmt: skip
def test_a_trial_that_is_none_names_its_flag(words: tuple[str | None, str | None, str | None], flag: str) -> None:
    with pytest.raises(BadValue) as error:
        read_trial(*words)
    assert flag == error.value.field


def test_per_cent_are_read_with_and_without_their_sign() -> None:
    assert [0.95, 0.95, 0.95] == [read_confidence(text) for text in ("95%", "95", "0,95")]
