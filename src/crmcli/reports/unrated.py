"""What the money of a report leaves out, in words: amounts in a currency with no rate, and deals counted in several groups."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crmcli.domain.dates import zone_of
from crmcli.domain.money import Money, exponent
from crmcli.store.queries.condition import both
from crmcli.store.queries.groups import unrated
from crmcli.store.queries.worth import RateDay

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crmcli.reports.report import Report
    from crmcli.services.desk import Desk
    from crmcli.store.queries.condition import Condition
    from crmcli.store.queries.goals import UnratedGoals
    from crmcli.store.queries.groups import Group
    from crmcli.store.queries.worth import Day, Worth
    from crmcli.store.reader import Reader


_LEFT_OUT = "left out of the money"


def left_out(desk: Desk, reader: Reader, worth: Worth, where: Condition, day: Day | None = None) -> tuple[str, ...]:
    """A note for each currency of the deals that fit for which there was no rate on their day, that of closing as a rule."""
    if worth.missing is None:
        return ()
    found = unrated(reader, desk.currency, both(where, worth.missing), day or RateDay(zone_of(desk.clock.local())))
    return tuple(one_left_out(reader, "deal", worth.currency, desk.currency, row) for row in found)


def one_left_out(reader: Reader, noun: str, wanted: str, base: str, row: Sequence[Any]) -> str:
    """The note about a currency: its code, how many records, their sum in minor units, and the day that lacks a rate."""
    code, count, minor, first = row
    places = exponent(code or base)
    amount = f"{minor / 10**places:,.{places}f} {code or base}"
    records = f"1 {noun}" if count == 1 else f"{count} {noun}s"
    return (
        f"{records} worth {amount} {'is' if count == 1 else 'are'} {_LEFT_OUT}:"
        f" {_no_rate(reader, code or base, wanted, base, first[:10])}"
    )


def goals_left_out(reader: Reader, each: UnratedGoals, wanted: str, base: str, on: str) -> str:
    """The note about goals in a currency without a rate. What was won is known all the same: that is not left out."""
    places = exponent(each.currency)
    amount = f"{each.target / 10**places:,.{places}f} {each.currency}"
    goals = "1 goal" if each.goals == 1 else f"{each.goals} goals"
    of_them = f"{goals} of {amount} {'is' if each.goals == 1 else 'are'}"
    return f"{of_them} left out: {_no_rate(reader, each.currency, wanted, base, on)}"


def _no_rate(reader: Reader, code: str, wanted: str, base: str, on: str) -> str:
    """Which rates are lacking on a day, and what gives them."""
    lacking = lacking_rates(reader, code, wanted, base, on)
    remedy = ", ".join(f"crm rate set {each} RATE" for each in lacking)
    return f"no rate for {' and '.join(lacking)} up to {on} ({remedy})"


def lacking_rates(reader: Reader, code: str, wanted: str, base: str, on: str) -> list[str]:
    """The currencies that must be given a rate in the base currency for one to be told in another on a day."""
    from crmcli.store.queries.rates import is_rated

    both_of_them = [each for each in (code, wanted) if each != base]
    return [each for each in both_of_them if not is_rated(reader, each, base, on)] or both_of_them


def as_known(report: Report) -> Report:
    """The report with no value in place of money that is 0 only because nothing of it has a rate."""
    amounts = [value for row in (*report.rows, report.totals or ()) for value in row if isinstance(value, Money)]
    if not amounts or any(money.minor for money in amounts) or not any(_LEFT_OUT in note for note in report.notes):
        return report
    chart = report.chart
    if chart is not None and chart.unit == report.currency:
        chart = chart._replace(values=tuple(None for _ in chart.values))
    totals = None if report.totals is None else _without_money(report.totals)
    return report._replace(rows=tuple(map(_without_money, report.rows)), totals=totals, chart=chart)


def _without_money(row: Sequence[object]) -> tuple[object, ...]:
    return tuple(None if isinstance(value, Money) else value for value in row)


_WHAT = {"deal": "a deal", "activity": "an activity", "contact": "a person"}
_OF_CONTACTS = {"campaign": "each of their campaigns", "segment": "each of their segments"}
_COMPANIES = ("company", "region", "country", "industry", "size")


def shared(group: Group, what: str = "") -> tuple[str, ...]:
    """The note that a record can be in several groups; ``what`` it is called, if not by its noun."""
    if not group.is_shared:
        return ()
    return (f"{what or _WHAT[group.noun]} counts for {_whose(group)}; totals count it once",)


def _whose(group: Group) -> str:
    if group.noun == "contact":
        is_company = group.name in _COMPANIES or group.name.startswith("company.")
        return _OF_CONTACTS.get(group.name, "each of their companies" if is_company else "each of their deals")
    people = "contacts" if group.noun == "deal" else "people"
    return f"each segment that one of its {people} is in" if group.name == "segment" else f"each of its {people}"
