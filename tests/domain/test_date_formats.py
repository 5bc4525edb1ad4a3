"""Dates of other programs are read in the format of their column, and what could be two days is refused with both."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcli.domain.calendar_words import is_weekday, month_number
from crmcli.domain.date_columns import DateColumn
from crmcli.domain.date_formats import BY_ITSELF, DateFormat, Reading, as_moment, read_by, read_format
from crmcli.domain.written_dates import take_apart
from crmcli.errors import BadValue

NOW = datetime(2026, 11, 21, 14, tzinfo=timezone(timedelta(hours=2)))
FIFTH = date(2024, 3, 5)
HALF_PAST_TWO = datetime(2024, 3, 5, 12, 30, tzinfo=UTC)  # 14:30 where the user is
days = st.dates(date(1930, 1, 1), date(2060, 12, 31))


def column(*texts: str) -> DateColumn:
    """A column that holds those values, from line 2 on."""
    seen = DateColumn()
    for line, text in enumerate(texts, 2):
        seen.see(line, text)
    return seen


@pytest.mark.parametrize(
    "text",
    [
        "2024-03-05", "2024/03/05", "2024.03.05", "2024-3-5", "20240305", "5.3.2024", "05.03.24", "5.03.2024 г.",
        "5.3.2024г.", "05 Mar 2024", "5 March 2024", "05-Mar-24", "5th March 2024",
        "Mar 5, 2024", "Mar 5 2024", "March 5th, 2024", "2024 Mar 5", "Tue, 5 Mar 2024", "Tuesday, March 5, 2024",
        "5 марта 2024", "5 марта 2024 г.", "5 мар. 2024", "5 март 2024 г.", "вторник, 5 март 2024 г.", "5. März 2024",
        "Dienstag, 5. März 2024", "5 mars 2024", "mardi 5 mars 2024", "5 de marzo de 2024", "5 marca 2024 r.",
        "wtorek, 5 mar 2024", "2024年3月5日", "45356", "٥.٣.٢٠٢٤", "  5.3.2024\t",
    ],
)  # fmt: skip
def test_a_day_is_read_as_people_and_programs_write_it(text: str) -> None:
    assert Reading(FIFTH) == read_by(BY_ITSELF, text, NOW, "due")


@pytest.mark.parametrize(
    "text",
    [
        "2024-03-05 14:30", "2024-03-05T14:30:00", "2024-03-05 14:30:00.000", "2024-03-05T12:30:00Z",
        "2024-03-05T12:30:00.000+0000", "2024-03-05 12:30:00 UTC", "2024-03-05T14:30:00+02:00", "20240305T143000",
        "20240305T123000Z", "202403051430", "5.3.2024 14:30", "5.3.2024 г., 14:30 ч.", "5.3.2024, 14:30 Uhr",
        "Mar 5, 2024 2:30 PM", "Mar 5, 2024 at 2:30 p.m.", "Tue, 05 Mar 2024 12:30:00 +0000", "1709641800",
        "1709641800000", "1709641800.0", "45356.604166667", "45356,604166667",
    ],
)  # fmt: skip
def test_a_moment_is_read_with_its_zone_or_the_users(text: str) -> None:
    assert Reading(FIFTH, HALF_PAST_TWO) == read_by(BY_ITSELF, text, NOW, "due")


def test_noon_and_midnight_of_a_twelve_hour_clock() -> None:
    read = [read_by(BY_ITSELF, f"2024-03-05 12:15 {half}", NOW, "at") for half in ("AM", "PM")]
    assert [reading and reading.at and reading.at.astimezone(NOW.tzinfo).hour for reading in read] == [0, 12]


@pytest.mark.parametrize(
    "text", ["today", "+3d", "Q3-2026", "next fri", "hello", "12345", "1 Dec", "", "2024", "99999"]
)
def test_words_are_left_to_the_rules_of_words(text: str) -> None:
    assert read_by(BY_ITSELF, text, NOW, "due") is None


@pytest.mark.parametrize(
    ("form", "text", "reason"),
    [
        ("dmy", "31/02/2024", "'31/02/2024' is no date in %d/%m/%Y"),
        ("mdy", "25/12/2024", "'25/12/2024' is no date in %m/%d/%Y"),
        ("mdy", "25-12-24", "'25-12-24' is no date in %m-%d-%y"),
        ("%Y-%d-%m", "2024-01-13", "'2024-01-13' is no date in %Y-%d-%m"),
        ("%Y-%d-%m", "today", "'today' is no date in %Y-%d-%m"),
        ("ymd", "25/12/2024", "'25/12/2024' is no date in %Y/%m/%d"),
        ("", "31/02/2024", "'31/02/2024' is no date"),
        ("", "2024-02-30", "2024-02-30 doesn't exist: February 2024 has 29 days"),
        ("", "2024-03-05 25:00", "2024-03-05 25:00: there is no such time of day"),
        ("", "2024-03-05 13:00 pm", "2024-03-05 13:00 pm: there is no such time of day"),
        ("", "03/04/2024", "03/04/2024 is ambiguous: 2024-04-03 or 2024-03-04"),
        ("", "13/05/1066", "13/05/1066 lies outside the years 1900 to 2200"),
    ],
)
def test_a_refusal_says_what_was_expected(form: str, text: str, reason: str) -> None:
    with pytest.raises(BadValue) as refused:
        read_by(read_format(form) if form else BY_ITSELF, text, NOW, "due")
    assert reason == refused.value.reason


@pytest.mark.parametrize(
    ("form", "text", "day"),
    [
        ("%d/%m/%Y", "03/04/2024", date(2024, 4, 3)),
        ("%m/%d/%Y", "03/04/2024", date(2024, 3, 4)),
        ("%m/%d/%Y", "3-4-24", date(2024, 3, 4)),
        ("%d/%m/%Y %H:%M", "03/04/2024 10:00", date(2024, 4, 3)),
        ("DMY", "03/04/2024", date(2024, 4, 3)),
        ("mdy", "03.04.2024", date(2024, 3, 4)),
        ("ymd", "24-03-04", date(2024, 3, 4)),
        ("dmy", "2024-03-04", date(2024, 3, 4)),
        ("dmy", "4 Mar 2024", date(2024, 3, 4)),
        ("%Y-%d-%m", "2024-04-03", date(2024, 3, 4)),
        ("%Y%d%m", "20240403", date(2024, 3, 4)),
        ("%d %B %Y", "4 марта 2024", date(2024, 3, 4)),
        ("%d %b %y", "4 März 24", date(2024, 3, 4)),
        ("excel1904", "43893", date(2024, 3, 4)),
        ("excel", "45355", date(2024, 3, 4)),
    ],
)
def test_a_format_that_was_said_is_kept_to(form: str, text: str, day: date) -> None:
    read = read_by(read_format(form), text, NOW, "due")
    assert read is not None
    assert day == read.on


@pytest.mark.parametrize("form", ["", "%q", "%H:%M", "yyyy-mm-dd", "%Y", "%d/%m", "dm"])
def test_what_is_no_format_is_refused(form: str) -> None:
    with pytest.raises(BadValue, match="date-format"):
        read_format(form)


@pytest.mark.parametrize(
    ("texts", "orders"),
    [
        (("25/12/2024", "03/04/2024"), {"/": "dmy"}),
        (("12/25/2024", "03/04/2024"), {"/": "mdy"}),
        (("25-12-24", "03-04-24"), {"-": "dmy"}),
        (("03.25.2024", "03.04.2024"), {".": "mdy"}),
        (("03.04.2024",), {".": "dmy"}),
        (("25/12/2024", "12-25-2024"), {"/": "dmy", "-": "mdy"}),
        (("03/04/2024", "2024-03-04", "5 May 2024"), {}),
        (("24-13-05", "24-12-25", "99-99-99"), {"-": "dmy"}),
        (("24-12-25", "24-03-32"), {"-": "dmy"}),
        (("nothing", "", "2024-01-01"), {}),
    ],
)
def test_a_column_shows_its_order(texts: tuple[str, ...], orders: dict[str, str]) -> None:
    assert orders == column(*texts).orders


def test_a_stray_value_does_not_turn_a_column() -> None:
    """One date of the other order among many is itself wrong; among few the column is in doubt."""
    many = column(*[f"{day}/06/2024" for day in range(13, 31)] * 2, "03/04/2024", "06/13/2024")
    assert (many.orders, many.doubts) == ({"/": "dmy"}, {})
    few = column("13/06/2024", "06/13/2024", "03/04/2024")
    assert few.orders == {}
    assert few.doubts["/"].mixed
    assert few.doubts["/"].text == "03/04/2024"


def test_a_column_in_doubt_gives_both_readings_of_an_example() -> None:
    doubt = column("05/05/2024", "03/04/2024", "06/07/2024").doubts["/"]
    assert (doubt.line, doubt.text, doubt.values, doubt.mixed) == (3, "03/04/2024", 2, False)
    assert doubt.readings == (("2024-04-03", "%d/%m/%Y"), ("2024-03-04", "%m/%d/%Y"))


def test_values_that_are_clear_by_themselves_leave_no_doubt() -> None:
    """The same day of the same month, and days after the twelfth."""
    assert column("05/05/2024", "25/12/2024").doubts == {}


def test_values_of_either_order_are_in_doubt_though_each_is_clear() -> None:
    """Both can't be right of one column."""
    doubt = column("05/05/2024", "25/12/2024", "12/25/2024").doubts["/"]
    assert (doubt.mixed, doubt.values) == (True, 2)
    assert [(text, pattern) for _, text, _, pattern in doubt.only] == [
        ("25/12/2024", "%d/%m/%Y"), ("12/25/2024", "%m/%d/%Y"),
    ]  # fmt: skip


def test_years_of_two_digits_may_come_first() -> None:
    """Years lie closer together than days do: such a column has two readings, whichever seems likelier."""
    doubt = column("24-03-05", "24-12-31", "23-01-15").doubts["-"]
    assert doubt.readings == (("2005-03-24", "%d-%m-%y"), ("2024-03-05", "%y-%m-%d"))
    assert column("05-03-24", "31-12-24", "15-01-23").orders == {"-": "dmy"}


def test_an_order_can_be_adopted() -> None:
    form = column("03/04/2024", "25-12-2024").form({"/": "mdy"})
    assert dict(form.orders) == {"/": "mdy", "-": "dmy"}


@given(st.lists(days, min_size=1, max_size=30), st.sampled_from(["%d/%m/%Y", "%m/%d/%Y", "%d-%m-%Y", "%m-%d-%Y"]))
def test_a_column_is_read_as_it_was_written_or_in_doubt(written: list[date], pattern: str) -> None:
    """Whatever the days, none is ever read as another one."""
    texts = [day.strftime(pattern) for day in written]
    seen = column(*texts)
    mark = pattern[2]
    if mark in seen.doubts:
        assert all(day.day <= 12 for day in written)
        return
    read = [read_by(seen.form({}), text, NOW, "due") for text in texts]
    assert [Reading(day) for day in written] == read


@given(days, st.sampled_from(["%Y-%m-%d", "%d.%m.%Y", "%d %b %Y", "%B %d, %Y", "%Y%m%d", "%a, %d %b %Y"]))
def test_formats_that_need_no_column_read_back(day: date, pattern: str) -> None:
    assert Reading(day) == read_by(BY_ITSELF, day.strftime(pattern), NOW, "due")


@given(st.text(max_size=40) | st.from_regex(r"[0-9./: -]{1,25}", fullmatch=True))
def test_no_text_does_anything_but_read_or_be_refused(text: str) -> None:
    try:
        line = repr(read_by(DateFormat((("/", "dmy"),)), text, NOW, "due"))
    except BadValue as refused:
        line = refused.message
    assert "\n" not in line


def test_a_day_alone_is_its_local_midnight() -> None:
    assert as_moment(Reading(FIFTH), NOW) == datetime(2024, 3, 4, 22, tzinfo=UTC)


def test_a_birthday_is_never_ahead_and_may_be_long_ago() -> None:
    assert read_by(BY_ITSELF, "5.3.30", NOW, "birthday") == Reading(date(1930, 3, 5))
    assert read_by(BY_ITSELF, "5.3.30", NOW, "due") == Reading(date(2030, 3, 5))
    assert read_by(BY_ITSELF, "17897", NOW, "birthday") == Reading(date(1948, 12, 30))


def test_a_whole_day_that_was_kept_as_a_moment_stays_that_day() -> None:
    """Midnight in UTC is a date, wherever the user is."""
    west = NOW.astimezone(timezone(-timedelta(hours=8)))
    read = read_by(BY_ITSELF, "1709596800000", west, "due")
    assert read is not None
    assert read.on == FIFTH


@pytest.mark.parametrize(
    ("word", "month"),
    [
        ("jan", 1), ("ян", 1), ("january", 1), ("февр", 2), ("lut", 2), ("mrz", 3), ("марта", 3), ("kwi", 4), ("маи", 5),
        ("maj", 5), ("juin", 6), ("июня", 6), ("jui", None), ("juil", 7), ("sie", 8), ("aout", 8), ("sept", 9),
        ("wrz", 9), ("paz", 10), ("okt", 10), ("lis", 11), ("ноем", 11), ("dic", 12), ("gru", 12), ("marketing", None),
        ("ma", None), ("x", None),
    ],
)  # fmt: skip
def test_months_are_known_in_seven_languages(word: str, month: int | None) -> None:
    assert month == month_number(word)


def test_weekdays_are_known_in_seven_languages() -> None:
    assert all(map(is_weekday, ["tue", "вторник", "вт", "wtorek", "di", "mardi", "martes", "sat."]))
    assert not is_weekday("maybe")


def test_long_texts_are_no_dates() -> None:
    assert take_apart("1" * 100) is None
