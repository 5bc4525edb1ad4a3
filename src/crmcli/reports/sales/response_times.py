"""How soon people who wrote or called get an answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmcli.domain.histograms import up_to
from crmcli.domain.metrics import ratio
from crmcli.reports.deal_drill import DealDrill
from crmcli.reports.drill import MOST_NUMBERS, grouped, numbered, within
from crmcli.reports.report import Report, ReportColumn
from crmcli.reports.sales.grouping import chart_of, group_cell, group_column, ordered, titled
from crmcli.reports.sales.leads import hours, numbers_by_key
from crmcli.reports.unrated import shared
from crmcli.store.queries.activity_groups import activity_groups
from crmcli.store.queries.contacting import MESSAGES, answered, messages_in, received, replies

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from crmcli.reports.inquiry import Inquiry, Sources
    from crmcli.reports.report import Drill
    from crmcli.store.queries.condition import Condition
    from crmcli.store.queries.groups import Group
    from crmcli.store.reader import Reader

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
        found, waits = messages_in(reader, group, messages), replies(reader, group, messages)
        whole = group.whole()
        count = messages_in(reader, whole, messages).get(None, 0)
        all_waits = replies(reader, whole, messages).get(None, {})
        lines = ordered(group, found, float)
        rest = (_INCOMING, within("at", span, inquiry.now), grouped(inquiry.filter))
        drills = DealDrill(desk, reader, group, found, rest)
        done = sum(all_waits.values())
        named = {
            is_so: _named(reader, group, messages, n, is_so=is_so) for is_so, n in ((True, done), (False, count - done))
        }
        medians = [(key, hours(waits.get(key, {}))[0]) for key, _ in lines]
        return Report(
            "response-times", titled("response times", group), (*group_column(group), *_COLUMNS),
            tuple((*group_cell(group, key), *_figures(n, waits.get(key, {}))) for key, n in lines),
            (None, *_figures(count, all_waits)) if len(lines) > 1 else None, count, span.label, None, _FORMULA,
            chart=chart_of(group, medians, "hours", "median hours to the answer"),
            drill=tuple(drills.to(key, "", n) for key, n in lines),
            cells=tuple(_cells(named[True].get(key, []), named[False].get(key, [])) for key, _ in lines),
            notes=shared(group, "a message"),
        )  # fmt: skip


def _named(reader: Reader, group: Group, messages: Condition, count: int, *, is_so: bool) -> dict[object, list[int]]:
    """The numbers of the messages that were answered, or were not, by group; none where they are too many to be named."""
    return numbers_by_key(answered(reader, group, messages, is_so=is_so)) if count <= MOST_NUMBERS else {}


def _cells(answered_ones: Sequence[int], others: Sequence[int]) -> dict[str, Drill | None]:
    replied = numbered("activity", answered_ones)
    return {**dict.fromkeys(("answered", "median", "p90"), replied), "unanswered": numbered("activity", others)}


def _figures(count: int, waits: Mapping[int, int]) -> tuple[object, ...]:
    answered = sum(waits.values())
    return (
        count, answered, count - answered, *hours(waits), ratio(up_to(waits, _HOUR), count),
        ratio(up_to(waits, 24 * _HOUR), count),
    )  # fmt: skip
