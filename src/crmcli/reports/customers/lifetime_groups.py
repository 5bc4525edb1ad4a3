"""What the customers of each group are worth in the time to come: the figures of one model of all, added up by group."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmcli.domain.metrics import mean, ratio
from crmcli.reports.customers.buying import CURRENCY
from crmcli.reports.customers.groups import bars, by_weight, groups_of, themselves
from crmcli.reports.questions import CUSTOMER_GROUPS
from crmcli.reports.report import ReportColumn

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crmcli.reports.customers.buying import Buying
    from crmcli.reports.customers.lifetime import Line
    from crmcli.reports.report import Report

FORMULA = "the models are fitted once, to all customers; a group's figures are the sums and means of its customers' own"
_COLUMNS = (
    ReportColumn("customers", "customers", "integer", 0, "customers of the group"),
    ReportColumn("frequency", "repeats", "integer", 2, "Σ days on which they bought again, after the first"),
    ReportColumn("p_alive", "alive", "percent", 0, "mean chance that they still are customers (BG/NBD)"),
    ReportColumn(
        "expected_purchases", "will buy", "number", 0, "Σ purchases to be expected within the horizon (BG/NBD)"
    ),
    ReportColumn("clv", "value", "money", 0, "Σ expected purchases x expected value of each customer"),
    ReportColumn("clv_mean", "average", "money", 0, "value / customers"),
    ReportColumn("share", "share", "percent", 1, "value / value of all customers"),
)


def in_groups(found: Buying, answer: Report, lines: Sequence[Line]) -> Report:
    """The report about single customers as one about groups of them, the most valuable first."""
    groups, known = groups_of(found, CUSTOMER_GROUPS["clv"]), {line.buyer.customer: line for line in lines}
    divided = by_weight(groups.divided(known), lambda some: _weight([known[each] for each in some]))
    whole = _worth(list(lines))
    figures = [(label, [known[each] for each in some]) for label, some in divided]
    rows = tuple((label, *_figures(found, some, whole), found.currency) for label, some in figures)
    has_worth = whole is not None
    measures = [(label, _worth(some) if has_worth else sum(line.purchases for line in some)) for label, some in figures]
    return answer._replace(
        title=f"{answer.title}, by {groups.name}", columns=(groups.column(*_COLUMNS), *_COLUMNS, CURRENCY), rows=rows,
        totals=(None, *_figures(found, list(lines), whole), found.currency) if len(rows) > 1 else None,
        formula=f"{answer.formula}; {FORMULA}",
        chart=bars(
            [(label, found.major(value) if has_worth and value is not None else value) for label, value in measures],
            found.currency if has_worth else "", "value of customers" if has_worth else "purchases to be expected",
        ),
        drill=tuple(found.drill(some) for _, some in divided),
        cells=tuple({"customers": themselves(found, some)} for _, some in divided),
        notes=(*groups.notes(known), *answer.notes),
    )  # fmt: skip


def _figures(found: Buying, lines: Sequence[Line], whole: float | None) -> tuple[object, ...]:
    worth = _worth(lines)
    return (
        len(lines), sum(line.buyer.frequency for line in lines), mean([line.p_alive for line in lines]),
        sum(line.purchases for line in lines), found.money(worth),
        found.money(None if worth is None else ratio(worth, len(lines))),
        None if worth is None or whole is None else ratio(worth, whole),
    )  # fmt: skip


def _worth(lines: Sequence[Line]) -> float | None:
    """What they are worth together, in minor units; None where no model of spending could be fitted."""
    known = [line.clv for line in lines if line.clv is not None]
    return sum(known) if known else None


def _weight(lines: Sequence[Line]) -> float:
    return _worth(lines) or sum(line.purchases for line in lines)
