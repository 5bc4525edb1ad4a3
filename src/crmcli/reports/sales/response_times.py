"""How soon people who wrote or called get an answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmcli.domain.histograms import merged, up_to
from crmcli.domain.metrics import ratio
from crmcli.reports.deal_drill import DealDrill
from crmcli.reports.drill import grouped, numbered, within
from crmcli.reports.report import Report, ReportColumn
from crmcli.reports.sales.grouping import chart_of, group_cell, group_column, ordered, titled
from crmcli.reports.sales.leads import hours, numbers_by_key
from crmcli.reports.unrated import shared
from crmcli.store.queries.activity_groups import activity_groups
from crmcli.store.queries.contacting import MESSAGES, Waits, answered, received, replies

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from crmcli.reports.inquiry import Inquiry, Sources
    from crmcli.reports.report import Drill

_HOUR = 60
_INCOMING = f"status = done AND direction = in AND type in ({', '.join(MESSAGES)})"
_REPLY = "the next call, meeting or message with one of its people that is not said to have come in"
_COLUMNS = (
    ReportColumn("received", "received", "integer", 0, "messages and calls that came in: done, with direction in"),
    ReportColumn("answered", "answered", "integer", 2, f"those that were answered: {_REPLY}"),
    ReportColumn("unanswered", "unanswered", "integer", 0, "received - answered"),
    ReportColumn("median", "median h", "number", 0, "median hours from coming in to the answer"),
    ReportColumn("p90", "p90 h", "number", 1, "nine in ten answers took no more hours"),
    ReportColumn("within_1h", "≤ 1 h", "percent", 1, "share of the received ones that were answered within an hour"),
    ReportColumn("within_1d", "≤ 1 day", "percent", 2, "share of the received ones that were answered within 24 hours"),
)
_FORMULA = f"response time = answer - message; answer = {_REPLY}"


def response_times_report(sources: Sources, inquiry: Inquiry) -> Report:
    """Response times to what came in within a period, by owner, channel or anything else."""
    desk, span = sources.desk, inquiry.span
    by = "type" if inquiry.by == "channel" else inquiry.by or "owner"
    with desk.reading() as reader:
        group = activity_groups(reader, desk, by, span.bounds)
        messages = received(desk.condition(reader, "activity", inquiry.filter), span.bounds)
        found = replies(reader, group, messages)
        whole = _whole(found.values() if not group.is_shared else replies(reader, group.whole(), messages).values())
        lines = ordered(group, found, lambda each: each.number)
        rest = (_INCOMING, within("at", span, inquiry.now), grouped(inquiry.filter))
        drills = DealDrill(desk, reader, group, found, rest)
        replied, waiting = (
            numbers_by_key(answered(reader, group, messages, is_so=is_so) if inquiry.followed else ())
            for is_so in (True, False)
        )
        medians = [(key, hours(each.minutes)[0]) for key, each in lines]
        return Report(
            "response-times", titled("response times", group), (*group_column(group), *_COLUMNS),
            tuple((*group_cell(group, key), *_figures(each)) for key, each in lines),
            (None, *_figures(whole)) if len(lines) > 1 else None, whole.number, span.label, None, _FORMULA,
            chart=chart_of(group, medians, "hours", "median hours to the answer", of_nothing=None),
            drill=tuple(drills.to(key, "", each.number) for key, each in lines),
            cells=tuple(_cells(replied.get(key, []), waiting.get(key, [])) for key, _ in lines),
            notes=shared(group, "a message"),
        )  # fmt: skip


def _whole(found: Iterable[Waits]) -> Waits:
    """All groups together."""
    several = list(found)
    return Waits(merged(each.minutes for each in several), sum(each.endless for each in several))


def _cells(answered_ones: Sequence[int], others: Sequence[int]) -> dict[str, Drill | None]:
    replied = numbered("activity", answered_ones)
    return {**dict.fromkeys(("answered", "median", "p90"), replied), "unanswered": numbered("activity", others)}


def _figures(waits: Waits) -> tuple[object, ...]:
    count = waits.number
    return (
        count, count - waits.endless, waits.endless, *hours(waits.minutes), ratio(up_to(waits.minutes, _HOUR), count),
        ratio(up_to(waits.minutes, 24 * _HOUR), count),
    )  # fmt: skip
