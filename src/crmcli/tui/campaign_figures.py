"""What came of campaigns, as figures in rows and as bars."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from crmcli.domain.frozen import NamedTuple
from crmcli.domain.text import fold
from crmcli.render.safe import visible
from crmcli.reports.report import Report, ReportColumn
from crmcli.tui.charting import Bar, Drawing

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from crmcli.domain.money import Money
    from crmcli.domain.views import CampaignTotal
    from crmcli.render.locale import Locale

# Amounts in several currencies stand beside each other; as ``sums`` they are at the right, where figures are.
COLUMNS = (
    ReportColumn("name", "campaign"),
    ReportColumn("deals", "deals", "integer"),
    ReportColumn("won_value", "value won", "sums"),
    ReportColumn("open_value", "open value", "sums"),
    ReportColumn("won", "won", "integer"),
    ReportColumn("open_deals", "open", "integer"),
    ReportColumn("lost", "lost", "integer"),
    ReportColumn("activities", "activities", "integer"),
    ReportColumn("contacts", "reached", "integer"),
    ReportColumn("last_activity", "last activity", "near"),
    ReportColumn("id", "id"),
)
SORTS = {
    "name": "campaign", "deals": "deals", "won_value": "value won", "open_value": "open value", "won": "deals won",
    "open_deals": "open deals", "lost": "deals lost", "activities": "activities", "contacts": "people reached",
    "last_activity": "last activity",
}  # fmt: skip
_LEGEND = "█ won  ░ open"


class Order(NamedTuple):
    """What the campaigns are sorted by; figures from the largest on, names from the first on."""

    by: str = "won_value"
    reverse: bool = False


def in_order(totals: Sequence[CampaignTotal], order: Order) -> list[CampaignTotal]:
    """The campaigns by a column; without a value they come last, either way round."""
    key = _key(order.by, main_currency(totals))
    known = [each for each in totals if key(each) is not None]
    known.sort(key=lambda each: fold(each.name))
    known.sort(key=key, reverse=(order.by != "name") != order.reverse)
    return known + [each for each in totals if key(each) is None]


def _key(by: str, currency: str | None) -> Callable[[CampaignTotal], Any]:
    if by == "name":
        return lambda total: fold(total.name)
    if by in ("won_value", "open_value"):
        # Money in other currencies than the usual one decides where that one is alike.
        return lambda total: _ranked(getattr(total, by), currency)
    return lambda total: getattr(total, by)


def _ranked(amounts: Sequence[Money], currency: str | None) -> tuple[float, float]:
    of_it = sum(float(each.number) for each in amounts if each.currency == currency)
    return of_it, sum(float(each.number) for each in amounts if each.currency != currency)


def main_currency(totals: Sequence[CampaignTotal]) -> str | None:
    """The currency that most campaigns have deals in."""
    counts = Counter(each.currency for total in totals for each in (*total.won_value, *total.open_value))
    return min(counts, key=lambda code: (-counts[code], code)) if counts else None


def figures(totals: Sequence[CampaignTotal], locale: Locale) -> Report:
    """The campaigns as rows, in their order."""
    rows = tuple(
        (
            each.name, each.deals, _sums(each.won_value, locale), _sums(each.open_value, locale), each.won, each.open_deals,
            each.lost, each.activities, each.contacts, each.last_activity, each.id,
        )
        for each in totals
    )  # fmt: skip
    formula = "reached = people something was done with; a deal or an activity belongs to one campaign"
    return Report("campaigns", "campaigns", COLUMNS, rows, n=len(rows), formula=formula)


def _sums(amounts: Sequence[Money], locale: Locale) -> str | None:
    return " + ".join(locale.money(each) for each in amounts) or None


def picture(totals: Sequence[CampaignTotal], measure: int, locale: Locale) -> Drawing | None:
    """Won and open value of each campaign, in one currency after the other; after them deals, and activities."""
    codes = Counter(each.currency for total in totals for each in (*total.won_value, *total.open_value) if each.minor)
    kinds: list[tuple[str, str]] = [("value", code) for code, _ in codes.most_common()]
    kinds += [(name, "") for name in ("deals", "activities") if any(getattr(total, name) for total in totals)]
    if not kinds:
        return None
    kind, code = kinds[measure % len(kinds)]
    bars = tuple(_bar(row, total, kind, code, locale) for row, total in enumerate(totals))
    legend = _LEGEND if kind != "activities" else ""
    return Drawing("bars", f"{kind}, {code}" if code else kind, bars, legend)


def _bar(row: int, total: CampaignTotal, kind: str, code: str, locale: Locale) -> Bar:
    name = visible(total.name)
    if kind == "activities":
        return Bar(name, float(total.activities), locale.number(total.activities), row)
    if kind == "deals":
        won, still_open = float(total.won), float(total.open_deals)
    else:
        won, still_open = (_of(amounts, code) for amounts in (total.won_value, total.open_value))
    return Bar(name, won + still_open, f"{locale.number(won)} + {locale.number(still_open)}", row, won)


def _of(amounts: Sequence[Money], code: str) -> float:
    return sum(float(each.number) for each in amounts if each.currency == code)
