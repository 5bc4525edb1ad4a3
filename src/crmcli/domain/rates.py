"""Exchange rates: how many units of one currency a unit of another is worth."""

from __future__ import annotations

from crmcli.domain.money import read_number
from crmcli.errors import BadValue

_LARGEST = 1e12
QUOTES = ("per-base", "per-unit")
"""1 EUR = 1.08 USD, as central banks publish for their own currency, or 1 USD = 0.92 EUR."""


def read_rate(text: str, field: str = "rate") -> float:
    """A rate as it is written; raises BadValue for what is no number above zero."""
    number = float(read_number(text, field, "," if "," in text and "." not in text else None))
    if not 1 / _LARGEST <= number <= _LARGEST:
        raise BadValue(field, f"{text.strip()} is no rate", hint="a number above 0: what one unit is worth, as 0.92")
    return number


def as_kept(rate: float, quote: str) -> float:
    """What one unit is worth in the base currency, however the rate was quoted."""
    return 1 / rate if quote == "per-base" else rate
