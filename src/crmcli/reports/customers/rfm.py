"""Which customers bought lately, often and for much: scored against each other, by customer or by the kinds they make."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmcli.domain import rfm
from crmcli.domain.metrics import mean, ratio, total
from crmcli.reports.customers.buying import CURRENCY, CUSTOMER, IDENTITY, buying
from crmcli.reports.customers.groups import NO_GROUP, grouped, own_way, themselves
from crmcli.reports.questions import CUSTOMER_GROUPS
from crmcli.reports.report import Chart, Report, ReportColumn

if TYPE_CHECKING:
    from crmcli.domain.rfm import Scored
    from crmcli.reports.customers.buying import Buying
    from crmcli.reports.inquiry import Inquiry, Sources
    from crmcli.reports.report import Drill

_FORMULA = (
    "score = 1 + floor(5 x (customers below + half of those alike) / n), by recency, frequency and money; "
    "segment by R and the mean of F and M, a half up; who has no known money has no M, and the segment by R and F"
)
_TITLE = "recency, frequency and money"


def _key(segment: str) -> str:
    """The name of a segment as that of a column."""
    return segment.replace("'", "").replace(" ", "_")


_ONES = (
    ReportColumn("recency", "days since", "days", 0, "days from the last purchase to the last day of the period"),
    ReportColumn("frequency", "purchases", "integer", 0, "days on which the customer bought, in the period"),
    ReportColumn("monetary", "spent", "money", 0, "Σ amount of the customer's purchases in the period"),
    ReportColumn("r", "R", "integer", 1, "1 to 5 by rank of the days since: 5 bought most lately", "none"),
    ReportColumn("f", "F", "integer", 1, "1 to 5 by rank of the purchases: 5 bought most often", "none"),
    ReportColumn("m", "M", "integer", 1, "1 to 5 by rank of the money: 5 spent most; none without known money", "none"),
    ReportColumn("score", "score", "text", 0, "R, F and M as they are written", "none"),
    ReportColumn("segment", "segment", "text", 0, "the kind of customer, by R and the mean of F and M", "none"),
)
_KINDS = (
    ReportColumn("segment", "segment", "text", 0, "the kind of customer, by R and the mean of F and M"),
    ReportColumn("customers", "customers", "integer", 0, "customers of this kind"),
    ReportColumn("share", "share", "percent", 0, "customers of this kind / all customers", "share"),
    ReportColumn(
        "recency", "days since", "number", 1, "mean days from the last purchase to the last day of the period"
    ),
    ReportColumn("frequency", "purchases", "number", 1, "mean number of days on which they bought"),
    ReportColumn("monetary", "spent", "money", 0, "Σ amount of what they bought"),
    ReportColumn("money_share", "of all money", "percent", 1, "what they spent / what all spent", "share"),
)


_TELLING = ("champions", "loyal", "at risk", "can't lose")
_GROUPED = (
    ReportColumn("customers", "customers", "integer", 0, "customers of the group"),
    ReportColumn("share", "share", "percent", 3, "customers of the group / all customers", "share"),
    ReportColumn("monetary", "spent", "money", 0, "Σ amount of what they bought"),
    *(
        column
        for name in rfm.SEGMENTS
        for column in (
            ReportColumn(
                _key(name),
                name,
                "integer",
                1 + (name not in _TELLING),
                f"of them the {name}: as scored among all customers",
            ),
            ReportColumn(
                f"{_key(name)}_spent", f"{name} spent", "money", 3, f"Σ amount of what the {name} of them bought"
            ),
        )
    ),
)
_MOST_LINES = 20


def rfm_report(sources: Sources, inquiry: Inquiry) -> Report:
    """Customers with their scores, the best first, or the segments that they make, or how many of each are in a group.

    Raises UsageError for what customers can't be told apart by.
    """
    by = own_way(inquiry, CUSTOMER_GROUPS["rfm"])
    with buying(sources, inquiry) as found:
        scored = rfm.score(found.histories, found.last_day)
        ways = {"customer": _by_customer, "segment": _by_segment}
        answer = ways.get(by or "", _by_group)(found, scored)
        return answer._replace(
            title=_TITLE if by == "customer" else f"{_TITLE} by {by or inquiry.by}", n=len(scored),
            period=inquiry.span.label, currency=found.currency, formula=_FORMULA,
            chart=answer.chart if by is None else _chart(scored), notes=(*answer.notes, *found.notes),
            whole=found.whole if scored else None,
        )  # fmt: skip


def _by_customer(found: Buying, scored: list[Scored]) -> Report:
    ordered = sorted(
        scored, key=lambda each: (-each.r - each.f - (each.m or 0), -(each.spent or 0), found.label(each.customer))
    )
    rows = tuple(
        (
            found.label(each.customer), each.days_since, each.purchases, found.money(each.spent), each.r, each.f, each.m,
            each.score, each.segment, found.currency, found.identity(each.customer),
        )
        for each in ordered
    )  # fmt: skip
    drill = tuple(found.drill([each.customer]) for each in ordered)
    return Report("rfm", "", (CUSTOMER, *_ONES, CURRENCY, IDENTITY), rows, drill=drill)


def _by_segment(found: Buying, scored: list[Scored]) -> Report:
    kinds = {name: [each for each in scored if each.segment == name] for name in rfm.SEGMENTS}
    present = [(name, some) for name, some in kinds.items() if some]
    rows = tuple((name, *_kind(found, some, scored), found.currency) for name, some in present)
    totals = (None, *_kind(found, scored, scored), found.currency) if len(rows) > 1 else None
    members = [[each.customer for each in some] for _, some in present]
    return Report(
        "rfm", "", (*_KINDS, CURRENCY), rows, totals, drill=tuple(map(found.drill, members)),
        cells=tuple({"customers": themselves(found, customers)} for customers in members),
    )  # fmt: skip


def _by_group(found: Buying, scored: list[Scored]) -> Report:
    """How many customers of each segment are in a group, and what they spent."""
    answer, parts = grouped(
        found, "rfm", _TITLE, (*_GROUPED, CURRENCY), {each.customer: each for each in scored},
        lambda some: (*_spread(found, list(some.values()), scored), found.currency),
        lambda some: total(each.spent for each in some.values()) or 0, lambda some: _cells(found, list(some.values())),
    )  # fmt: skip
    return answer._replace(chart=_grouped_chart([(label or NO_GROUP, list(some.values())) for label, some in parts]))


def _spread(found: Buying, some: list[Scored], scored: list[Scored]) -> tuple[object, ...]:
    kinds = [[each for each in some if each.segment == name] for name in rfm.SEGMENTS]
    figures = ((len(kind), found.money(total(each.spent for each in kind))) for kind in kinds)
    spent = found.money(total(each.spent for each in some))
    return (len(some), ratio(len(some), len(scored)), spent, *(figure for pair in figures for figure in pair))


def _cells(found: Buying, some: list[Scored]) -> dict[str, Drill | None]:
    cells: dict[str, Drill | None] = {}
    for name in rfm.SEGMENTS:
        kind = [each.customer for each in some if each.segment == name]
        cells[_key(name)], cells[f"{_key(name)}_spent"] = themselves(found, kind), found.drill(kind)
    return cells


def _grouped_chart(divided: list[tuple[str, list[Scored]]]) -> Chart | None:
    """How many customers of each segment there are in each group."""
    shown = divided[:_MOST_LINES]
    grid = tuple(tuple(float(sum(each.segment == name for each in some)) for name in rfm.SEGMENTS) for _, some in shown)
    labels = tuple(label for label, _ in shown)
    return Chart("heat", labels, title="customers by segment", columns=rfm.SEGMENTS, grid=grid) if shown else None


def _kind(found: Buying, some: list[Scored], scored: list[Scored]) -> tuple[object, ...]:
    spent, whole = total(each.spent for each in some), total(each.spent for each in scored)
    return (
        len(some), ratio(len(some), len(scored)), mean([each.days_since for each in some]),
        mean([each.purchases for each in some]), found.money(spent), None if spent is None or whole is None else ratio(spent, whole),
    )  # fmt: skip


def _chart(scored: list[Scored]) -> Chart | None:
    if not scored:
        return None
    grid = tuple(tuple(float(count) for count in row) for row in rfm.grid(scored))
    labels, columns = tuple(f"R{r}" for r in range(5, 0, -1)), tuple(f"FM{fm}" for fm in range(1, 6))
    return Chart(
        "heat", labels, title="customers by recency (R) and frequency with money (FM)", columns=columns, grid=grid
    )
