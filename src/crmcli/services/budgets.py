"""What campaigns cost: lines planned, committed and spent, held against what they may cost."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmcli.domain.campaign_drafts import read_cost_state
from crmcli.domain.money import Money, read_money
from crmcli.domain.text import tidy
from crmcli.domain.views import BudgetLine, Link
from crmcli.errors import BadValue, NotFound
from crmcli.store.queries.campaign_views import Listing, by_number, campaign_named, campaigns, costs, spending

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from crmcli.domain.views import CampaignView, CostView
    from crmcli.services.desk import Desk
    from crmcli.store.reader import Reader

_LONGEST = 1000

# Inside a class with a method named list, the builtin goes by this name.
Costs = list["CostView"]


class Budgets:
    """The use cases of costs and budgets."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    def list(self, campaign: str | None = None) -> Costs:
        """The lines of what campaigns cost: of all, or of one."""
        with self.desk.reading() as reader:
            return costs(reader, None if campaign is None else campaign_named(reader, campaign).number)

    def add(
        self, campaign: str, amount: str, *, state: str | None = None, on: str | None = None, note: str | None = None
    ) -> CostView:
        """A new line: in the campaign's currency unless the amount names one, spent today unless told otherwise."""
        from crmcli.domain.schedule import read_date
        from crmcli.store.models.campaigns import CampaignCost

        now = self.desk.clock.local()
        with self.desk.writing("campaign cost add") as uow:
            found = campaign_named(uow.reader, campaign)
            usual = by_number(uow.reader, found.number).currency or self.desk.currency
            money = self._amount(amount, usual)
            row = CampaignCost(
                campaign_id=found.number, state=read_cost_state(state), amount=money.minor, currency=money.currency,
                on=read_date(on, now, "on") if on else now.date(), note=_note(note), at=uow.now, by=uow.user_id,
            )  # fmt: skip
            number = uow.add(row).id
            uow.summary = f"{found.name}: {_told(money)}"
            return costs(uow.reader, number=number)[0]

    def edit(
        self,
        number: str,
        *,
        amount: str | None = None,
        state: str | None = None,
        on: str | None = None,
        note: str | None = None,
    ) -> CostView:
        """Change a line, as when what was planned is spent; what it is now."""
        from crmcli.domain.schedule import read_date
        from crmcli.store.models.campaigns import CampaignCost

        found = self._found(number)
        with self.desk.writing("campaign cost edit", f"{found.campaign.name}: {_told(found.amount)}") as uow:
            row = uow.get(CampaignCost, found.number)
            if amount is not None:
                money = self._amount(amount, row.currency)
                row.amount, row.currency = money.minor, money.currency
            if state is not None:
                row.state = read_cost_state(state)
            if on is not None:
                row.on = read_date(on, self.desk.clock.local(), "on")
            if note is not None:
                row.note = _note(note)
            uow.flush()
            return costs(uow.reader, number=found.number)[0]

    def remove(self, number: str) -> CostView:
        """Take a line away; what it was."""
        from crmcli.store.models.campaigns import CampaignCost

        found = self._found(number)
        with self.desk.writing("campaign cost rm", f"{found.campaign.name}: {_told(found.amount)}") as uow:
            uow.bury(uow.get(CampaignCost, found.number))
        return found

    def _found(self, number: str) -> CostView:
        bare = number.strip().removeprefix("#")
        with self.desk.reading() as reader:
            found = costs(reader, number=int(bare)) if bare.isdecimal() and len(bare) < 10 else []
        if not found:
            raise NotFound(f"no cost {number}", hint="crm campaign cost list")
        return found[0]

    def _amount(self, text: str, usual: str) -> Money:
        money = read_money(text, usual, "amount", self.desk.locale)
        if not money.minor:
            raise BadValue("amount", "a cost is above zero")
        return money

    def lines(self, campaign: str | None = None) -> tuple[BudgetLine, ...]:
        """What campaigns may cost and cost, one line for each currency: of one, or of all that have either."""
        with self.desk.reading() as reader:
            if campaign is not None:
                return budget_lines(reader, [by_number(reader, campaign_named(reader, campaign).number)])
            return budget_lines(reader, campaigns(reader, Listing()))


def _note(text: str | None) -> str | None:
    kept = tidy(text or "") or None
    if kept is not None and len(kept) > _LONGEST:
        raise BadValue("note", f"is longer than {_LONGEST} characters")
    return kept


def _told(money: Money) -> str:
    return f"{money.plain} {money.currency}"


def budget_lines(reader: Reader, views: Iterable[CampaignView]) -> tuple[BudgetLine, ...]:
    """The lines of these campaigns; one that may cost nothing and costs nothing has none."""
    listed = list(views)
    sums: dict[tuple[int, str], dict[str, int]] = {}
    for line in spending(reader, listed[0].number if len(listed) == 1 else None):
        sums.setdefault((line.campaign, line.currency), {})[line.state] = line.minor
    found: list[BudgetLine] = []
    for view in listed:
        currencies = [code for number, code in sums if number == view.number]
        if view.budget is not None and view.budget.currency not in currencies:
            currencies.insert(0, view.budget.currency)
        found += [_line(view, code, sums.get((view.number, code), {})) for code in currencies]
    return tuple(found)


def _line(view: CampaignView, currency: str, sums: dict[str, int]) -> BudgetLine:
    planned, committed, spent = (Money(sums.get(state, 0), currency) for state in ("planned", "committed", "spent"))
    budget = view.budget if view.budget is not None and view.budget.currency == currency else None
    left = Money(budget.minor - committed.minor - spent.minor, currency) if budget is not None else None
    return BudgetLine(view.name, Link(view.id, view.name), currency, budget, planned, committed, spent, left)


def in_all(lines: Sequence[BudgetLine]) -> list[BudgetLine]:
    """The sum of the lines of each currency; amounts of different currencies are never added."""
    found = []
    for currency in dict.fromkeys(line.currency for line in lines):
        own = [line for line in lines if line.currency == currency]
        planned, committed, spent = (
            Money(sum(money.minor for money in monies), currency)
            for monies in zip(*((line.planned, line.committed, line.spent) for line in own), strict=True)
        )
        budget, left = _sum(currency, [line.budget for line in own]), _sum(currency, [line.left for line in own])
        found.append(BudgetLine("in all", None, currency, budget, planned, committed, spent, left))
    return found


def _sum(currency: str, amounts: Sequence[Money | None]) -> Money | None:
    known = [money.minor for money in amounts if money is not None]
    return Money(sum(known), currency) if known else None


def overrun(lines: Sequence[BudgetLine]) -> list[str]:
    """A sentence for each campaign that costs more than it may, or will once what is planned is spent."""
    return [sentence for line in lines if (sentence := _overrun(line))]


def _overrun(line: BudgetLine) -> str:
    if line.budget is None or line.left is None:
        return ""
    after = line.left.minor - line.planned.minor
    if line.left.minor < 0:
        over = Money(-line.left.minor, line.currency).plain
        return f"{line.name} is {over} {line.currency} past its budget of {line.budget.plain}"
    if after < 0:
        over = Money(-after, line.currency).plain
        return f"{line.name} will be {over} {line.currency} past its budget of {line.budget.plain} as planned"
    return ""
