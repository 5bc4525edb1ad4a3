"""What the customers of each group are worth in the time to come: the figures of one model of all, added up by group."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmcli.domain.metrics import mean, ratio
from crmcli.reports.customers.buying import CURRENCY
from crmcli.reports.customers.groups import bars, grouped
from crmcli.reports.report import ReportColumn

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crmcli.reports.customers.buying import Buying
    from crmcli.reports.customers.groups import Label
    from crmcli.reports.customers.lifetime import Line
    from crmcli.reports.report import Chart, Report

FORMULA = "the models are fitted once, to all customers; a group's figures are the sums and means of its customers' own"
_COLUMNS = (
    ReportColumn("customers", "customers", "integer", 0, "customers of the group"),
    ReportColumn("frequency", "repeats", "integer", 2, "Σ days on which they bought again, after the first"),
    ReportColumn("p_alive", "alive", "percent", 0, "mean chance that they still are customers (BG/NBD)"),
    ReportColumn(
        "expected_purchases", "will buy", "number", 0, "Σ purchases to be expected within the horizon (BG/NBD)"
    ),
    ReportColumn("clv", "value", "money", 0, "Σ expected purchases x expected value of each customer"),
    ReportColumn("clv_mean", "average", "money", 0, "value / customers who have one", "none"),
    ReportColumn("share", "share", "percent", 1, "value / value of all customers", "share"),
)


def in_groups(found: Buying, answer: Report, lines: Sequence[Line]) -> Report:
    """The report about single customers as one about groups of them, the most valuable first."""
    whole = _worth(lines)
    table, parts = grouped(
        found, "clv", f"{answer.title},", (*_COLUMNS, CURRENCY), {line.buyer.customer: line for line in lines},
        lambda some: (*_figures(found, list(some.values()), whole), found.currency),
        lambda some: _weight(list(some.values())),
    )  # fmt: skip
    return answer._replace(
        title=table.title, columns=table.columns, rows=table.rows, totals=table.totals, drill=table.drill,
        cells=table.cells, formula=f"{answer.formula}; {FORMULA}", notes=(*table.notes, *answer.notes),
        chart=_chart(found, [(label, list(some.values())) for label, some in parts], has_worth=whole is not None),
    )  # fmt: skip


def _chart(found: Buying, parts: Sequence[tuple[Label, list[Line]]], *, has_worth: bool) -> Chart | None:
    """The worth of each group, or where no model of spending could be fitted the purchases to be expected."""
    if not has_worth:
        bought = [(label, sum(line.purchases for line in some)) for label, some in parts]
        return bars(bought, "", "purchases to be expected")
    worth = [(label, _worth(some)) for label, some in parts]
    return bars(
        [(label, None if value is None else found.major(value)) for label, value in worth],
        found.currency, "value of customers",
    )  # fmt: skip


def _figures(found: Buying, lines: Sequence[Line], whole: float | None) -> tuple[object, ...]:
    worth = _worth(lines)
    return (
        len(lines), sum(line.buyer.frequency for line in lines), mean([line.p_alive for line in lines]),
        sum(line.purchases for line in lines), found.money(worth),
        found.money(mean([line.clv for line in lines if line.clv is not None])),
        None if worth is None or whole is None else ratio(worth, whole),
    )  # fmt: skip


def _worth(lines: Sequence[Line]) -> float | None:
    """What they are worth together, in minor units; None where no model of spending could be fitted."""
    known = [line.clv for line in lines if line.clv is not None]
    return sum(known) if known else None


def _weight(lines: Sequence[Line]) -> float:
    return _worth(lines) or sum(line.purchases for line in lines)
