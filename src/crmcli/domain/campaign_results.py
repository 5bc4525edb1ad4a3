"""What came of a campaign, as figures: counts and rates, what it cost, what it brought. Nothing is 0 for want of a denominator."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmcli.domain.frozen import NamedTuple
from crmcli.domain.metrics import ratio
from crmcli.domain.money import Money, exponent

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from fractions import Fraction

FORMULA = (
    "delivered = sent - bounced; responded = replied, responded or converted by hand; response rate = responded / sent; "
    "open, click, reply, unsubscribe, complaint rate = people / delivered; click to open = clicked / opened; "
    "converted = so noted, or on a deal owed to the campaign and made after it reached them; leads = people whose source it "
    "is, or who responded and are leads or came in since it started; cost = what was spent, once however many deals; "
    "ROI = (won revenue - cost) / cost"
)
UNRELIABLE = "opened and clicked are unreliable: programs load pictures and follow links, or hide them"
TRACKED = ("opened", "clicked", "open_rate", "click_rate", "click_to_open")
MODEL_WORDS = {
    "own": "a deal is owed to the campaign that it names, else to the last touch before it",
    "first": "a deal is owed to the first touch of its people",
    "last": "a deal is owed to the last touch of its people before it was made",
    "linear": "a deal is owed in equal parts to each touch of its people before it was made",
}


class Counts(NamedTuple):
    """How many people came into each state; ``reach`` are those whom anything reached at all."""

    targeted: int = 0
    sent: int = 0
    delivered: int = 0
    opened: int = 0
    clicked: int = 0
    replied: int = 0
    responded: int = 0
    converted: int = 0
    bounced: int = 0
    complained: int = 0
    unsubscribed: int = 0
    failed: int = 0
    skipped: int = 0
    in_doubt: int = 0
    reach: int = 0


class Part(NamedTuple):
    """A deal, and how much of it a campaign is given."""

    deal: int
    share: Fraction
    is_won: bool
    minor: int
    currency: str


class Outcome(NamedTuple):
    """All that is counted of a campaign, or of a group of its people; costs and leads are those of the whole.

    ``buyers`` and ``new`` are the people who are counted as converted and as leads.
    """

    counts: Counts = Counts()
    leads: int = 0
    parts: tuple[Part, ...] = ()
    won: tuple[Part, ...] = ()  # those won in the period
    spent: tuple[Money, ...] = ()
    buyers: tuple[int, ...] = ()
    new: tuple[int, ...] = ()

    @property
    def is_anything(self) -> bool:
        """Whether anything was counted."""
        return any((*self.counts, self.leads, self.parts, self.won, self.spent))


def as_one(outcomes: Sequence[Outcome]) -> Outcome:
    """Campaigns taken together: people and costs added up, each deal once with what all of them are given of it."""
    counts = Counts(*map(sum, zip(Counts(), *(outcome.counts for outcome in outcomes), strict=True)))
    return Outcome(
        counts,
        sum(outcome.leads for outcome in outcomes),
        _once(part for outcome in outcomes for part in outcome.parts),
        _once(part for outcome in outcomes for part in outcome.won),
        tuple(money for outcome in outcomes for money in outcome.spent),
        tuple(who for outcome in outcomes for who in outcome.buyers),
        tuple(who for outcome in outcomes for who in outcome.new),
    )


def _once(parts: Iterable[Part]) -> tuple[Part, ...]:
    found: dict[int, Part] = {}
    for part in parts:
        known = found.get(part.deal)
        found[part.deal] = part if known is None else part._replace(share=part.share + known.share)
    return tuple(found.values())


def in_all(outcomes: Iterable[Outcome], spent: tuple[Money, ...]) -> Outcome:
    """The outcome of groups together, where everybody and every deal is in one of them."""
    counts, leads = [0] * len(Counts._fields), 0
    parts, won = list[Part](), list[Part]()
    for outcome in outcomes:
        counts = [so_far + more for so_far, more in zip(counts, outcome.counts, strict=True)]
        leads += outcome.leads
        parts += outcome.parts
        won += outcome.won
    return Outcome(Counts._make(counts), leads, tuple(parts), tuple(won), spent)


class GoalShare(NamedTuple):
    """A goal: what was to be reached, what is, and the share of it."""

    metric: str
    target: float
    actual: float | None
    reached: float | None


class Figures(NamedTuple):
    """A campaign in figures; None is no value. What is in another currency than the main one is told, never added."""

    targeted: int
    sent: int
    delivered: int
    opened: int | None
    clicked: int | None
    replied: int
    responded: int
    converted: int
    bounced: int
    complained: int
    unsubscribed: int
    failed: int
    skipped: int
    in_doubt: int
    response_rate: float | None
    open_rate: float | None
    click_rate: float | None
    click_to_open: float | None
    reply_rate: float | None
    unsubscribe_rate: float | None
    complaint_rate: float | None
    leads: int
    deals: int
    won: int
    won_revenue: Money
    cost: Money | None
    cost_per_response: Money | None
    cost_per_lead: Money | None
    cost_per_win: Money | None
    roi: float | None
    currency: str
    other_currencies: str | None


def figures(outcome: Outcome, usual: str, *, is_tracked: bool = False, has_cost: bool = True) -> Figures:
    """The figures of an outcome; ``usual`` is the currency of nothing.

    Opened and clicked are None unless they are tracked. Without ``has_cost``, as for a part of the people, there is no
    cost, for a campaign's cost is that of the whole.
    """
    counts = outcome.counts
    revenue, spent = revenue_of(outcome.won), costs_of(outcome.spent)
    code = main_currency(revenue, spent, usual)
    is_single = not set(revenue) - {code} and not set(spent) - {code}
    cost = spent.get(code, 0) if has_cost else None
    one_cost = cost if not set(spent) - {code} else None
    opened, clicked = (counts.opened, counts.clicked) if is_tracked else (None, None)
    return Figures(
        *counts[:3], opened, clicked, *counts[5:14],
        ratio(counts.responded, counts.sent), _rate(opened, counts.delivered), _rate(clicked, counts.delivered),
        _rate(clicked, opened), ratio(counts.replied, counts.delivered), ratio(counts.unsubscribed, counts.delivered),
        ratio(counts.complained, counts.delivered), outcome.leads, len(outcome.parts), len(outcome.won),
        Money(revenue.get(code, 0), code), None if cost is None else Money(cost, code),
        _per(one_cost, counts.responded, code), _per(one_cost, outcome.leads, code), _per(one_cost, len(outcome.won), code),
        return_on(revenue.get(code, 0), cost) if is_single else None, code, _others(revenue, spent, code),
    )  # fmt: skip


def revenue_of(won: Iterable[Part]) -> dict[str, int]:
    """The worth of deals by currency, each with its share, rounded once at the end so that splitting changes nothing."""
    sums: dict[str, Fraction | int] = {}
    for part in won:
        minor = part.minor if part.share == 1 else part.share * part.minor
        sums[part.currency] = sums.get(part.currency, 0) + minor
    return {code: round(minor) for code, minor in sums.items() if minor}


def costs_of(spent: Iterable[Money]) -> dict[str, int]:
    """What was spent, by currency."""
    sums: dict[str, int] = {}
    for money in spent:
        sums[money.currency] = sums.get(money.currency, 0) + money.minor
    return {code: minor for code, minor in sums.items() if minor}


def return_on(revenue: float, cost: float | None) -> float | None:
    """(Won revenue - actual cost) / actual cost; None where nothing was spent."""
    return (revenue - cost) / cost if cost else None


def main_currency(revenue: Mapping[str, int], spent: Mapping[str, int], usual: str) -> str:
    """The currency that money is told in: that of the costs, else of the revenue, else the usual one."""
    for sums in (spent, revenue):
        if usual in sums:
            return usual
        if sums:
            return max(sorted(sums), key=lambda code: sums[code] / 10 ** exponent(code))
    return usual


def goal_shares(
    goals: Iterable[tuple[str, float]], outcome: Outcome, told: Figures, currency: str
) -> tuple[GoalShare, ...]:
    """Each goal with what is reached of it; money counts in the campaign's own currency alone."""
    revenue = Money(revenue_of(outcome.won).get(currency, 0), currency).number
    actual: dict[str, float | None] = {
        "reach": outcome.counts.reach, "responses": told.responded, "leads": told.leads, "deals": told.deals,
        "revenue": revenue, "roi": told.roi,
    }  # fmt: skip
    shares = []
    for metric, target in goals:
        found = actual.get(metric)
        shares.append(GoalShare(metric, target, found, None if found is None else ratio(found, target)))
    return tuple(shares)


def deltas(told: Figures, before: Figures) -> dict[str, object]:
    """How much each figure is above that of another campaign, by name; money only where it is in one currency."""
    found: dict[str, object] = {}
    for name, one, other in zip(Figures._fields, told, before, strict=True):
        if isinstance(one, Money) and isinstance(other, Money):
            found[name] = Money(one.minor - other.minor, one.currency) if one.currency == other.currency else None
        elif name not in ("currency", "other_currencies"):
            is_known = isinstance(one, int | float) and isinstance(other, int | float)
            found[name] = one - other if is_known else None  # type: ignore[operator]
    return found


def _rate(part: int | None, whole: int | None) -> float | None:
    return None if part is None or whole is None else ratio(part, whole)


def _per(cost: int | None, number: int, code: str) -> Money | None:
    each = None if cost is None else ratio(cost, number)
    return None if each is None else Money(round(each), code)


def _others(revenue: Mapping[str, int], spent: Mapping[str, int], code: str) -> str | None:
    """The money that is in other currencies: ``500 USD won, 20 GBP spent``."""
    told = [
        f"{Money(minor, each).plain} {each} {what}"
        for what, sums in (("won", revenue), ("spent", spent))
        for each, minor in sorted(sums.items())
        if each != code
    ]
    return ", ".join(told) or None
