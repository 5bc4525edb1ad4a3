"""How campaigns are told in few cells: marks of states, bars of money and of messages, days; and in which order they stand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crmcli.domain.frozen import NamedTuple
from crmcli.domain.marketing import CAMPAIGN_STATES
from crmcli.domain.text import fold

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date

    from crmcli.domain.views import BudgetLine, CampaignView
    from crmcli.render.locale import Locale
    from crmcli.services.campaign_board import CampaignRow

MARKS = {"draft": "·", "planned": "◇", "active": "►", "paused": "‖", "completed": "✓", "canceled": "✗"}
TONES = {"active": "good", "paused": "slow", "canceled": "muted", "draft": "muted", "completed": "muted"}
# What a member's state means at a glance; one not named here is neither good nor bad.
MEMBER_TONES = {
    "replied": "good", "responded": "good", "converted": "good", "bounced": "late", "failed": "late",
    "complained": "late", "unsubscribed": "slow", "skipped": "slow",
}  # fmt: skip
MEMBER_MARKS = {
    "targeted": "·", "sent": "»", "delivered": "»", "opened": "»", "clicked": "»", "replied": "✓", "responded": "✓",
    "converted": "✓", "bounced": "✗", "complained": "✗", "unsubscribed": "✗", "failed": "✗", "skipped": "-",
}  # fmt: skip
SORTS = {
    "name": "name", "status": "state", "kind": "kind", "start": "first day", "end": "last day", "budget": "budget",
    "left": "budget left", "members": "people", "sent": "people sent to", "responded": "people who responded",
    "won": "value won",
}  # fmt: skip
_FALLING = ("budget", "left", "members", "sent", "responded", "won")  # the largest first
_FULL, _PART, _REST, _OVER = "█", "▒", "░", "!"


class Order(NamedTuple):
    """What the campaigns are sorted by; figures from the largest on, everything else from the first on."""

    by: str = "status"
    reverse: bool = False

    @property
    def falls(self) -> bool:
        """Whether the largest comes first."""
        return (self.by in _FALLING) != self.reverse


def in_order(rows: Sequence[CampaignRow], order: Order) -> list[CampaignRow]:
    """The campaigns by what they are sorted by; what has no value there comes last, either way round."""
    key = _key(order.by)
    named = sorted(rows, key=lambda row: fold(row.view.name))
    known = [row for row in named if key(row) is not None]
    known.sort(key=key, reverse=order.falls)
    return known + [row for row in named if key(row) is None]


def _key(by: str) -> Callable[[CampaignRow], Any]:
    keys: dict[str, Callable[[CampaignRow], Any]] = {
        "status": lambda row: (_STANDING.index(row.view.status), str(row.view.starts_on or "9")),
        "kind": lambda row: row.view.kind,
        "start": lambda row: row.view.starts_on,
        "end": lambda row: row.view.ends_on,
        "budget": lambda row: None if row.view.budget is None else row.view.budget.number,
        "left": lambda row: None if row.budget is None or row.budget.left is None else row.budget.left.number,
        "members": lambda row: row.view.members,
        "sent": lambda row: row.reach.sent,
        "responded": lambda row: row.reach.responded,
        "won": lambda row: sum(money.number for money in row.total.won_value) if row.total else 0,
    }
    return keys.get(by, lambda row: fold(row.view.name))


_STANDING = ("active", "paused", *(state for state in CAMPAIGN_STATES if state not in ("active", "paused")))


def kind_word(kind: str) -> str:
    """The kind as it is read."""
    return kind.replace("_", " ")


def days_word(view: CampaignView, today: date, locale: Locale) -> str:
    """From when to when, as days and months; empty when that is not planned."""
    first, last = view.starts_on, view.ends_on
    if first is None and last is None:
        return ""
    if first is not None and last is not None:
        return f"{day_word(first, today, locale)} – {day_word(last, today, locale)}"  # noqa: RUF001 - from, to
    return f"from {day_word(first, today, locale)}" if first else f"to {day_word(last or today, today, locale)}"


def day_word(day: date, today: date, locale: Locale) -> str:
    """The day in few cells: ``24 Nov``, with its year where that is another one, or as the locale writes it."""
    if locale.name is not None:
        return locale.date(day)
    return f"{day.day} {day:%b}" if day.year == today.year else f"{day.day} {day:%b %Y}"


def bar(full: float, part: float, whole: float, cells: int) -> str:
    """What is done, what is under way, and what is left of a whole, in so many cells; anything above nothing can be seen."""
    if whole <= 0 or cells <= 0:
        return _REST * max(0, cells)
    first = min(cells, _cells(full, whole, cells))
    second = min(cells - first, _cells(part, whole, cells))
    return _FULL * first + _PART * second + _REST * (cells - first - second)


def _cells(amount: float, whole: float, cells: int) -> int:
    return max(1, int(amount / whole * cells)) if amount > 0 else 0


def money_bar(line: BudgetLine, cells: int) -> str:
    """Spent, then committed and planned, of the budget."""
    assert line.budget is not None
    under_way = line.committed.minor + line.planned.minor
    return bar(line.spent.minor, under_way, line.budget.minor, cells)


def money_word(line: BudgetLine | None, locale: Locale) -> str:
    """How much of the budget is gone: ``25%``, ``over by 20 EUR``; without a budget what was spent."""
    if line is None:
        return ""
    if line.budget is None or line.left is None or not line.budget.minor:
        return f"{locale.money(line.spent)} spent" if line.spent.minor else ""
    if line.left.minor < 0:
        return f"{_OVER}over by {locale.money(line.left._replace(minor=-line.left.minor))}"
    gone = line.spent.minor + line.committed.minor
    return f"{gone * 100 // line.budget.minor}% of {locale.money(line.budget)}"
