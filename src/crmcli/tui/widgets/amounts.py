"""Sums of money in as many cells as there are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmcli.domain.money import exponent
from crmcli.render.cells import cut, width

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crmcli.domain.money import Money
    from crmcli.render.locale import Locale


def whole(amount: Money) -> Money:
    """The amount to the whole unit."""
    unit = 10 ** exponent(amount.currency)
    return amount._replace(minor=round(amount.minor / unit) * unit)


def amounts_text(amounts: Sequence[Money], cells: int, locale: Locale) -> str:
    """The sum of each currency in so many cells; those that do not fit are counted."""
    texts = [locale.money(amount) for amount in amounts] or ["—"]
    together = " + ".join(texts)
    if width(together) <= cells:
        return together
    rest = f" +{len(texts) - 1}" if len(texts) > 1 else ""
    return cut(texts[0] + rest, cells)
