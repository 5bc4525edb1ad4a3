"""Dates, money and numbers as the user writes them; ISO and plain when no locale is set."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmcli.domain.frozen import NamedTuple

if TYPE_CHECKING:
    import datetime as dt

    from babel import Locale as BabelLocale

    from crmcli.domain.money import Money
    from crmcli.domain.views import Due

NEAR_DAYS = 6
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


class Locale(NamedTuple):
    """Where the user is, and how values look there.

    ``tz`` None is the system's, ``name`` is as ``bg_BG`` (None: ISO dates, English grouping); ``phone_display`` is
    international, national (of ``country``) or e164.
    """

    tz: dt.tzinfo | None = None
    name: str | None = None
    phone_display: str = "international"
    country: str | None = None

    def local(self, moment: dt.datetime) -> dt.datetime:
        """The moment in the user's time zone."""
        return moment.astimezone(self.tz)

    def date(self, day: dt.date) -> str:
        """The day: ``2026-11-21``, or as the locale writes it."""
        if self.name is None:
            return day.isoformat()
        from babel.dates import format_date

        return format_date(day, "medium", locale=self._babel())

    def weekday(self, day: dt.date) -> str:
        """The day's name: ``Saturday``, or as the locale writes it."""
        if self.name is None:
            return _WEEKDAYS[day.weekday()]
        from babel.dates import format_date

        return format_date(day, "EEEE", locale=self._babel())

    def clock(self, moment: dt.datetime) -> str:
        """The hour and minute of the moment, in the user's zone."""
        local = self.local(moment)
        if self.name is None:
            return f"{local:%H:%M}"
        from babel.dates import format_time

        return format_time(local.timetz(), "short", locale=self._babel())

    def time(self, moment: dt.datetime) -> str:
        """The moment as date and clock, in the user's zone."""
        return f"{self.date(self.local(moment).date())} {self.clock(moment)}"

    def due(self, due: Due) -> str:
        """A deadline as a date, or as date and clock when an hour was given."""
        return self.date(due.on) if due.at is None else self.time(due.at)

    def near(self, day: dt.date, today: dt.date) -> str:
        """The day in words when it is near (``tomorrow``, ``3 d ago``), else as a date."""
        days = (day - today).days
        if abs(days) > NEAR_DAYS:
            return self.date(day)
        words = {0: "today", 1: "tomorrow", -1: "yesterday"}
        return words.get(days) or (f"in {days} d" if days > 0 else f"{-days} d ago")

    def near_due(self, due: Due, now: dt.datetime) -> str:
        """A deadline with its day in words when it is near."""
        today = self.local(now).date()
        if due.at is None:
            return self.near(due.on, today)
        return f"{self.near(self.local(due.at).date(), today)} {self.clock(due.at)}"

    def near_time(self, moment: dt.datetime, now: dt.datetime) -> str:
        """The day of the moment, in words when it is near."""
        return self.near(self.local(moment).date(), self.local(now).date())

    def phones(self, kept: tuple[str, ...]) -> str:
        """Phone numbers, kept in international form, as the user wants them shown."""
        if self.phone_display == "international":
            return "; ".join(kept)
        from crmcli.domain.people import show_phone

        return "; ".join(show_phone(phone, self.phone_display, self.country) for phone in kept)

    def number(self, value: float, places: int | None = None) -> str:
        """The number with its thousands grouped, to ``places`` decimals (None: as many as it has, at most two)."""
        if self.name is not None:
            from babel.numbers import format_decimal

            pattern = "#,##0.##" if places is None else "#,##0" + "." * (places > 0) + "0" * places
            return format_decimal(value, pattern, locale=self._babel())
        if places is None:
            text = f"{value:,.2f}"
            return text.rstrip("0").rstrip(".") if "." in text else text
        return f"{value:,.{places}f}"

    def percent(self, fraction: float) -> str:
        """The fraction in per cent to one decimal: ``63.2%``."""
        return f"{self.number(fraction * 100, 1)}%"

    def money(self, money: Money) -> str:
        """The amount with its currency: ``12,500 EUR``, or as the locale writes it."""
        if self.name is not None:
            from decimal import Decimal

            from babel.numbers import format_currency

            return format_currency(Decimal(money.plain), money.currency, locale=self._babel())
        whole, _, cents = money.plain.partition(".")
        decimals = f".{cents}" if cents.strip("0") else ""
        # Minus nought point five is not "0": the sign is kept apart from the digits.
        sign, digits = ("-", whole[1:]) if whole.startswith("-") else ("", whole)
        return f"{sign}{int(digits):,}{decimals} {money.currency}"

    def _babel(self) -> BabelLocale:
        from babel import Locale as BabelLocale
        from babel import UnknownLocaleError

        try:
            return BabelLocale.parse(str(self.name).replace("-", "_").partition(".")[0])
        except (UnknownLocaleError, ValueError) as unknown:
            from crmcli.errors import ConfigError

            raise ConfigError(
                f"locale: unknown locale {self.name}", hint="use language and country, as bg_BG"
            ) from unknown
