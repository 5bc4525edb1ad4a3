"""The few things most worth doing now: what each rule finds, ranked, with the reason and the command for it."""

from __future__ import annotations

from datetime import timedelta
from shlex import quote
from typing import TYPE_CHECKING

from crmcli.domain.advice import RULES, Advice, ranked
from crmcli.domain.frozen import NamedTuple
from crmcli.domain.metrics import median
from crmcli.domain.money import Money
from crmcli.reports.drill import in_currency, joined
from crmcli.reports.report import Drill, Report, ReportColumn
from crmcli.reports.sales.expecting import rate_of
from crmcli.store.queries import advice as queries
from crmcli.store.queries.condition import EVERYTHING, both
from crmcli.store.queries.today import open_stages
from crmcli.store.queries.worth import worth

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from datetime import datetime

    from crmcli.domain.advice import Ranked
    from crmcli.domain.views import DuplicatePair
    from crmcli.reports.inquiry import Inquiry, Sources
    from crmcli.store.queries.advice import NeedyDeal
    from crmcli.store.queries.condition import Condition
    from crmcli.store.queries.worth import Worth
    from crmcli.store.reader import Reader

MOST, OF_A_RULE = 7, 3
_ALL_COMPARED, _NEWEST = 5_000, 20  # records that are compared with each other; else how many of the newest are
_LOOKED_AT = 50  # findings of a rule, before those that nobody wants are left out
_FEWEST_WINS = 5  # before that many, how long deals took says nothing
_COLUMNS = (
    ReportColumn("record", "record"),
    ReportColumn("rule", "rule", priority=2),
    ReportColumn("reason", "why", "sentence"),
    ReportColumn(
        "stake",
        "at stake",
        "money",
        1,
        "what the deal is worth by its probability, the customer in a year, or the offer by its confidence",
    ),
    ReportColumn("score", "score", "number", 3, "weight of the rule · (1 + stake / the largest stake) / 2"),
    ReportColumn("command", "command", "command"),
    ReportColumn("id", "id", priority=4),
)


class _Look(NamedTuple):
    """What the rules look at: everything, or one record and what belongs to it."""

    sources: Sources
    inquiry: Inquiry
    reader: Reader
    noun: str | None = None
    number: int | None = None

    @property
    def deals(self) -> Condition:
        """The deals that are looked at."""
        return EVERYTHING if self.noun is None or self.number is None else queries.deals_of(self.noun, self.number)

    @property
    def money(self) -> Worth:
        """What open deals are worth, by the rate of today."""
        today = rate_of(self.inquiry.now.date())
        return worth(self.reader, self.inquiry.currency, self.sources.desk.currency, day=today)


def advice_report(sources: Sources, inquiry: Inquiry) -> Report:
    """The advice that nobody muted, the weightiest first; ``ref`` asks for that of one record and what belongs to it."""
    desk, options = sources.desk, inquiry.options
    with desk.reading() as reader:
        look = _Look(sources, inquiry, reader, *_asked_about(reader, options.get("ref"), desk.country))
        silenced = queries.mutes(reader, inquiry.now.date())
        muted = {(mute.rule, mute.noun, mute.record) for mute in silenced}
        found = [
            each
            for rule in RULES
            if (rule.name, None, None) not in muted and reader.connection is not None
            for each in _FINDERS[rule.name](look)
            if (rule.name, each.noun, each.number) not in muted
        ]
    everything = options.get("all")
    rows = ranked(found, None if everything else MOST, None if everything else OF_A_RULE)
    return _report(rows, len(found), len(silenced), desk.currency)


def _report(rows: Iterable[Ranked], n: int, silenced: int, base: str) -> Report:
    listed = list(rows)
    return Report(
        "advice",
        "what is most worth doing now",
        _COLUMNS,
        tuple(_row(each) for each in listed),
        n=n,
        formula="score = weight of the rule · (1 + stake / the largest stake) / 2",
        drill=tuple(_drill(each.advice, base) for each in listed),
        notes=(f"{silenced} muted: crm advise --rules",) if silenced else (),
    )


def _row(each: Ranked) -> tuple[object, ...]:
    advice = each.advice
    known = f"{advice.noun} #{advice.number} {advice.name}" if advice.number else advice.name
    return (known, advice.rule, advice.reason, advice.stake, round(each.score, 3), advice.command, advice.uid or None)


def _drill(advice: Advice, base: str) -> Drill:
    if advice.noun == "rate":
        return Drill("deal", joined(in_currency(advice.name, base), "value is not empty"))
    return Drill(advice.noun, f"number = {advice.number}" if advice.number else f"id = {advice.uid}")


def _asked_about(reader: Reader, ref: str | None, country: str | None) -> tuple[str | None, int | None]:
    if ref is None:
        return None, None
    from crmcli.services.history import any_record

    noun, found = any_record(reader, ref, country)
    return noun, found.number


# -- deals


def _slipping(look: _Look) -> Iterator[Advice]:
    now = look.inquiry.now
    taken = {
        stage: round(median(days) or 0)
        for stage, days in queries.days_to_win(look.reader).items()
        if len(days) >= _FEWEST_WINS
    }
    soonest = {stage: now.date() + timedelta(days=days) for stage, days in taken.items() if days > 0}
    for deal in _needy(look, queries.slipping(soonest, now.date())):
        yield _about(deal, "slipping", _why_slipping(deal, taken, now), _move(deal), look.money.currency)


def _why_slipping(deal: NeedyDeal, taken: dict[int, int], now: datetime) -> str:
    assert deal.expected_close is not None
    left = (deal.expected_close - now.date()).days
    if left < 0:
        return f"should have closed {_days(-left)} ago"
    return f"closes in {_days(left)}, but from {deal.stage} wins took {_days(taken[deal.stage_number])}"


def _no_next_step(look: _Look) -> Iterator[Advice]:
    for deal in _needy(look, queries.NOTHING_PLANNED):
        command = f'crm task add "call" --deal {deal.number} --due tomorrow'
        yield _about(deal, "no-next-step", f"nothing is planned ({deal.stage})", command, look.money.currency)


def _rotting(look: _Look) -> Iterator[Advice]:
    from datetime import UTC

    now = look.inquiry.now
    limits = {
        stage.number: stage.untouched_since
        for stage in open_stages(look.reader, now.astimezone(UTC))
        if stage.untouched_since is not None
    }
    for deal in _needy(look, queries.untouched(limits)):
        idle = (now - deal.touched).days
        command = f'crm log call "…" --deal {deal.number} --next "…" --due fri'
        yield _about(deal, "rotting", f"untouched for {_days(idle)} in {deal.stage}", command, look.money.currency)


def _needy(look: _Look, where: Condition) -> list[NeedyDeal]:
    return queries.needy_deals(look.reader, look.money, both(look.deals, where), _LOOKED_AT)


def _about(deal: NeedyDeal, rule: str, reason: str, command: str, currency: str) -> Advice:
    stake = None if deal.stake is None else Money(round(deal.stake), currency)
    name = f"{deal.title} ({deal.company})" if deal.company else deal.title
    return Advice(rule, "deal", deal.number, deal.uid, name, reason, command, stake, deal.owner)


def _move(deal: NeedyDeal) -> str:
    return f"crm deal edit {deal.number} --expected-close '+30d'"


def _days(count: int) -> str:
    return f"{count} day{'' if count == 1 else 's'}"


# -- campaigns and records


def _over_budget(look: _Look) -> Iterator[Advice]:
    from crmcli.services.budgets import Budgets

    if look.noun is not None:
        return
    for line in Budgets(look.sources.desk).lines():
        if line.campaign is None or line.left is None or line.left.minor >= 0:
            continue
        over = Money(-line.left.minor, line.currency)
        reason = f"{_told(over)} over its budget of {_told(line.budget)}" if line.budget else f"{_told(over)} over"
        stake = over if over.currency == look.inquiry.currency else None
        command = f"crm campaign show {quote(line.name)}"
        yield Advice("over-budget", "campaign", None, line.campaign.id, line.name, reason, command, stake)


def _missing_rate(look: _Look) -> Iterator[Advice]:
    if look.noun is not None or look.money.missing is None:
        return
    for code, count, minor in queries.without_rate(look.reader, look.money.missing, look.sources.desk.currency):
        money = Money(minor, code)
        reason = f"{count} deal{'' if count == 1 else 's'} worth {_told(money)} can't be counted"
        yield Advice("missing-rate", "rate", None, "", code, reason, f"crm rate set {code} RATE")


def _duplicates(look: _Look) -> Iterator[Advice]:
    duplicates = look.sources.duplicates
    if look.noun is not None:
        if look.noun not in ("contact", "company") or look.number is None:
            return
        pairs = duplicates.like(look.noun, look.number)
    else:
        pairs = _likely(look)
    for pair in pairs[:OF_A_RULE]:
        reason = f"like #{pair.b_number} {pair.b.name}: {pair.score:.0%}"
        command = f"crm {pair.type} merge {pair.a_number} {pair.b_number}"
        yield Advice("duplicates", pair.type, pair.a_number, pair.a.id, pair.a.name, reason, command)


def _likely(look: _Look) -> list[DuplicatePair]:
    """The likeliest pairs; in a large store only those of whom was added last, for all would take too long."""
    duplicates = look.sources.duplicates
    found: dict[frozenset[str], DuplicatePair] = {}
    for noun in ("contact", "company"):
        if queries.highest(look.reader, noun) <= _ALL_COMPARED:
            found |= {frozenset((pair.a.id, pair.b.id)): pair for pair in duplicates.find(noun, limit=OF_A_RULE)}
            continue
        for number in queries.newest(look.reader, noun, _NEWEST):
            found |= {frozenset((pair.a.id, pair.b.id)): pair for pair in duplicates.like(noun, number)}
    return sorted(found.values(), key=lambda pair: (-pair.score, pair.type, pair.a_number, pair.b_number))


def _silent_customer(look: _Look) -> Iterator[Advice]:
    from crmcli.reports.advising import silent_customers

    return _looked_at(look, silent_customers(look.sources, look.inquiry))


def _cross_sell(look: _Look) -> Iterator[Advice]:
    from crmcli.reports.advising import next_offers

    return _looked_at(look, next_offers(look.sources, look.inquiry))


def _looked_at(look: _Look, found: Iterator[Advice]) -> Iterator[Advice]:
    """What is about the record that is looked at, if it is one."""
    return (each for each in found if look.noun is None or (look.noun, look.number) == (each.noun, each.number))


def _told(money: Money) -> str:
    return f"{money.plain} {money.currency}"


_FINDERS: dict[str, Callable[[_Look], Iterator[Advice]]] = {
    "slipping": _slipping,
    "no-next-step": _no_next_step,
    "rotting": _rotting,
    "over-budget": _over_budget,
    "missing-rate": _missing_rate,
    "duplicates": _duplicates,
    "silent-customer": _silent_customer,
    "cross-sell": _cross_sell,
}
