"""Dates, money and numbers as the user writes them."""

from __future__ import annotations

from datetime import UTC, date
from zoneinfo import ZoneInfo

import pytest

from crmcli.domain.money import Money
from crmcli.domain.views import Due
from crmcli.errors import ConfigError
from crmcli.render.locale import Locale
from tests.render.render_views import NOW

PLAIN = Locale(ZoneInfo("Europe/Sofia"))
BULGARIAN = Locale(ZoneInfo("Europe/Sofia"), "bg_BG")


def test_without_a_locale_dates_are_iso_and_local() -> None:
    assert PLAIN.date(date(2026, 11, 21)) == "2026-11-21"
    assert PLAIN.time(NOW) == "2026-11-21 22:19"
    assert PLAIN.due(Due(date(2026, 11, 22))) == "2026-11-22"
    assert PLAIN.due(Due(date(2026, 11, 21), NOW)) == "2026-11-21 22:19"


@pytest.mark.parametrize(
    ("money", "text"),
    [
        (Money(1250000, "EUR"), "12,500 EUR"),
        (Money(1250050, "EUR"), "12,500.50 EUR"),
        (Money(-50, "EUR"), "-0.50 EUR"),
        (Money(12500, "JPY"), "12,500 JPY"),
        (Money(0, "USD"), "0 USD"),
    ],
)
def test_without_a_locale_money_is_grouped(money: Money, text: str) -> None:
    assert text == PLAIN.money(money)


def test_with_a_locale_they_are_as_it_writes_them() -> None:
    assert BULGARIAN.date(date(2026, 11, 21)).replace("\xa0", "\u202f") == "21.11.2026\u202fг."
    assert BULGARIAN.money(Money(1250000, "EUR")).replace("\xa0", " ") == "12 500,00 €"
    assert BULGARIAN.number(12500.5).replace("\xa0", " ") == "12 500,5"
    assert BULGARIAN.percent(0.631501) == "63,2%"
    assert BULGARIAN.time(NOW).endswith("22:19")


@pytest.mark.parametrize("name", ["pl-PL", "pl_PL.UTF-8", "zh_CN", "ar_EG"])
def test_locales_are_found_however_they_are_spelled(name: str) -> None:
    assert "12" in Locale(UTC, name).money(Money(1200, "EUR")) or "١٢" in Locale(UTC, name).money(Money(1200, "EUR"))


def test_unknown_locale_names_itself() -> None:
    with pytest.raises(ConfigError, match="unknown locale tlh_QQ"):
        Locale(UTC, "tlh_QQ").date(date(2026, 11, 21))


@pytest.mark.parametrize(
    ("day", "words"),
    [
        (21, "today"),
        (22, "tomorrow"),
        (20, "yesterday"),
        (18, "3 d ago"),
        (27, "in 6 d"),
        (28, "2026-11-28"),
        (14, "2026-11-14"),
    ],
)
def test_near_days_are_words(day: int, words: str) -> None:
    assert words == PLAIN.near(date(2026, 11, day), date(2026, 11, 21))


def test_near_deadlines_keep_their_hour() -> None:
    assert PLAIN.near_due(Due(date(2026, 11, 21), NOW), NOW) == "today 22:19"
    assert PLAIN.near_due(Due(date(2026, 11, 22)), NOW) == "tomorrow"
    assert PLAIN.near_time(NOW, NOW) == "today"


@pytest.mark.parametrize(("value", "places", "text"), [(3, None, "3"), (1234.5, None, "1,234.5"), (3.14159, 1, "3.1")])
def test_numbers_are_grouped(value: float, places: int | None, text: str) -> None:
    assert text == PLAIN.number(value, places)
