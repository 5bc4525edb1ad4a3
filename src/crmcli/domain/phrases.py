"""A phrase that says when, with all that its meaning depends on.

What is said without a zone is the user's wall time, and every moment returned is in UTC. A form of the grammar is a
function from a phrase to what it means, or None when the phrase has another form; tables of forms are tried in order.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, TypeVar

from crmcli.domain.dates import FIRST_YEAR, LAST_YEAR, MONTHS, days_in_month, zone_of
from crmcli.domain.frozen import NamedTuple
from crmcli.domain.text import fold
from crmcli.errors import BadValue

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_T = TypeVar("_T")

FIRST_BIRTH_YEAR = 1880
DAYS_BACK = 92  # a date without its year is rarely meant farther back than a quarter
TIME_HINT = "today, tomorrow 9:00, fri noon, +3d, 2026-12-01, 2026-12-01T14:30"


class Phrase(NamedTuple):
    """A text to be read, with all that its meaning depends on."""

    text: str  # folded
    raw: str
    field: str
    now: datetime
    day: date  # counts of days start here
    moment: datetime  # counts of hours start here, in UTC
    days_back: int = DAYS_BACK  # how far back a date without its year may lie

    @property
    def today(self) -> date:
        """The user's own date."""
        return self.now.date()

    @property
    def shown(self) -> str:
        """The text as it was given, on one line and short enough for a message."""
        line = " ".join(self.raw.split())
        return line if len(line) <= 40 else f"{line[:39]}…"

    def part(self, text: str) -> Phrase:
        """A part of the text as a phrase, read against the same."""
        return self._replace(text=text.strip(), raw=text.strip())

    def refusal(self, reason: str, hint: str | None = TIME_HINT) -> BadValue:
        """The error that names the field the phrase was given for."""
        return BadValue(self.field, reason, hint=hint)


def phrase_of(text: str, now: datetime, field: str, *, days_back: int = DAYS_BACK) -> Phrase:
    """The text as a phrase, from which days and hours count from now."""
    zone_of(now)
    return Phrase(fold(text), text, field, now, now.date(), now.astimezone(UTC), days_back)


def first_meaning(forms: Sequence[Callable[[Phrase], _T | None]], phrase: Phrase) -> _T | None:
    """What the phrase means in the first of the forms that it has."""
    return next((found for form in forms if (found := form(phrase)) is not None), None)


def check_year(phrase: Phrase, year: int) -> None:
    """Refuse a year that no business lies in; birthdays reach farther back."""
    earliest = FIRST_BIRTH_YEAR if phrase.field.endswith("birthday") else FIRST_YEAR
    if not earliest <= year <= LAST_YEAR:
        raise phrase.refusal(f"{phrase.shown} lies outside the years {earliest} to {LAST_YEAR}")


def existing_date(phrase: Phrase, year: int, month: int, day: int) -> date:
    """That date; refused, saying why, when there is none."""
    check_year(phrase, year)
    if not 1 <= month <= 12:
        raise phrase.refusal(f"{phrase.shown} doesn't exist: there is no month {month}")
    last = days_in_month(year, month)
    if not 1 <= day <= last:
        name = MONTHS[month - 1].title()
        raise phrase.refusal(f"{phrase.shown} doesn't exist: {name} {year} has {last} days")
    return date(year, month, day)


def full_year(phrase: Phrase, digits: str) -> int:
    """The year of two or four digits: two mean the one at most fifty years ahead, never ahead for a birthday."""
    if len(digits) > 2:
        return int(digits)
    year = 2000 + int(digits)
    ahead = 0 if phrase.field.endswith("birthday") else 50
    return year if year <= phrase.today.year + ahead else year - 100
