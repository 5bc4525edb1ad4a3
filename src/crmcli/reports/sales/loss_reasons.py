"""Why deals are lost, and from which stages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmcli.domain.frozen import NamedTuple
from crmcli.domain.metrics import ratio
from crmcli.reports.deal_drill import DealDrill
from crmcli.reports.drill import joined, numbered
from crmcli.reports.report import Chart, Report, ReportColumn
from crmcli.reports.sales.grouping import NO_GROUP, as_one, asking, group_cell, group_column, money, titled
from crmcli.reports.unrated import left_out, shared
from crmcli.store.queries.closings import lost_within
from crmcli.store.queries.stage_history import REASON, lost_from, stage_names

if TYPE_CHECKING:
    from crmcli.reports.inquiry import Inquiry, Sources
    from crmcli.reports.report import Drill
    from crmcli.reports.sales.grouping import Asking
    from crmcli.store.queries.condition import Condition
    from crmcli.store.queries.groups import Group
    from crmcli.store.queries.worth import Worth

_FORMULA = "share = lost for the reason / all lost; from a stage: those that were in it when they were lost"
UNKNOWN = "unknown"


class Loss(NamedTuple):
    """The deals lost for a reason: their value in minor units, and the numbers of those lost from each stage, by its name."""

    lost: int
    value: float
    stages: dict[str, list[int]]

    def and_(self, other: Loss) -> Loss:
        """Both together."""
        names: dict[str, None] = dict.fromkeys((*self.stages, *other.stages))
        stages = {name: self.stages.get(name, []) + other.stages.get(name, []) for name in names}
        return Loss(self.lost + other.lost, self.value + other.value, stages)

    def lost_from(self, stage: str) -> int:
        """How many of them were lost from a stage."""
        return len(self.stages.get(stage, ()))


Losses = dict[tuple[object, str | None], Loss]
_NONE = Loss(0, 0.0, {})


def loss_reasons_report(sources: Sources, inquiry: Inquiry) -> Report:
    """One row per reason, and per group where deals are told apart; of the deals lost in the period."""
    with asking(sources, inquiry) as asked:
        worth = asked.worth()
        lost = lost_within(asked.where, inquiry.span.bounds)
        found = _losses(asked, worth, lost)
        once = _losses(asked.whole(), worth, lost) if asked.group.is_shared else found
        whole = _together(once)
        rows = _in_order(asked.group, found)
        stages = _stages(asked, whole)
        drills = DealDrill(asked.desk, asked.reader, asked.group, {key for key, _ in found}, asked.rest("closed_at"))
        reasons = DealDrill(
            asked.desk,
            asked.reader,
            REASON,
            {why for _, why in found},
            asked.rest("closed_at"),
        )
        code = worth.currency
        return Report(
            "loss-reasons", titled("reasons for losing", asked.group),
            (*group_column(asked.group), *_columns(stages)),
            tuple(
                (*group_cell(asked.group, key), why, *_figures(loss, whole.lost, stages, code))
                for (key, why), loss in rows
            ),
            (*[None] * len(group_column(asked.group)), None, *_figures(whole, whole.lost, stages, code))
            if len(rows) > 1 else None,
            whole.lost, inquiry.span.label, code, _FORMULA, chart=_chart(once, stages, asked.group),
            drill=tuple(_drill(drills, reasons, key, why, loss) for (key, why), loss in rows),
            cells=tuple(_cells(loss, stages) for _, loss in rows),
            notes=(*shared(asked.group), *left_out(asked.desk, asked.reader, worth, lost)),
        )  # fmt: skip


def _drill(drills: DealDrill, reasons: DealDrill, key: object, why: str | None, loss: Loss) -> Drill | None:
    if reasons.is_clear(why):
        return drills.to(key, joined("stage_kind = lost", reasons.condition(why)))
    return numbered("deal", (number for numbers in loss.stages.values() for number in numbers))


def _cells(loss: Loss, stages: list[str]) -> dict[str, Drill | None]:
    """The deals that were lost from each stage, named by their numbers: no filter asks for the move that lost them."""
    return {f"from_{name}": numbered("deal", loss.stages.get(name, ())) for name in stages}


def _columns(stages: list[str]) -> tuple[ReportColumn, ...]:
    return (
        ReportColumn("reason", "reason"),
        ReportColumn("lost", "lost", "integer", meaning="deals lost for the reason in the period"),
        ReportColumn("value", "value", "money", meaning="Σ value of these deals"),
        ReportColumn("share", "share", "percent", meaning="lost / all lost", of_nothing="share"),
        *(
            ReportColumn(f"from_{name}", f"from {name}", "integer", 1, f"deals of these that were lost from {name}")
            for name in stages
        ),
        ReportColumn("currency", "currency", priority=3, meaning="the currency that the money is counted in"),
    )


def _losses(asked: Asking, worth: Worth, lost: Condition) -> Losses:
    names = stage_names(asked.reader)
    found: Losses = {}
    for key, why, stage, numbers, value in lost_from(asked.reader, asked.group, worth, lost):
        one = Loss(len(numbers), value, {names.get(stage, UNKNOWN): numbers})
        found[key, why] = found.get((key, why), _NONE).and_(one)
    return found


def _together(found: Losses) -> Loss:
    whole = _NONE
    for loss in found.values():
        whole = whole.and_(loss)
    return whole


def _in_order(group: Group, found: Losses) -> list[tuple[tuple[object, str | None], Loss]]:
    """Group by group, the calendar as it came and the others by their losses; within each the commonest reason first."""
    sizes: dict[object, int] = {}
    for (key, _), loss in found.items():
        sizes[key] = sizes.get(key, 0) + loss.lost
    places = sorted(sizes, key=lambda key: (int(str(key)) if group.moment else -sizes[key], group.label(key) or ""))
    order = {key: place for place, key in enumerate(places)}
    return sorted(found.items(), key=lambda item: (order[item[0][0]], -item[1].lost, item[0][1] or ""))


def _stages(asked: Asking, whole: Loss) -> list[str]:
    """The names of the stages that deals were lost from, as they come in their pipelines; what is not known last."""
    sql = (
        "SELECT s.name FROM stage s JOIN pipeline w ON w.id = s.pipeline_id ORDER BY w.position, w.id, s.position, s.id"
    )
    known = dict.fromkeys(name for (name,) in asked.reader.rows(sql))
    return [name for name in (*known, UNKNOWN) if whole.stages.get(name)]


def _figures(loss: Loss, everything: int, stages: list[str], code: str) -> tuple[object, ...]:
    shares = (loss.lost_from(name) for name in stages)
    return (loss.lost, money(loss.value, code), ratio(loss.lost, everything), *shares, code)


def _chart(found: Losses, stages: list[str], group: Group) -> Chart | None:
    """Reasons beside the stages that deals were lost from; bars where all were lost from one."""
    reasons: dict[str | None, Loss] = {}
    for (_, why), loss in found.items():
        reasons[why] = reasons.get(why, _NONE).and_(loss)
    shown = sorted(reasons.items(), key=lambda item: (-item[1].lost, item[0] or ""))
    if len(shown) < 2:
        return None
    labels = tuple(why or NO_GROUP for why, _ in shown)
    if len(stages) < 2:
        return Chart("bar", labels, tuple(loss.lost for _, loss in shown), "", as_one("deals lost", group))
    grid = tuple(tuple(loss.lost_from(name) for name in stages) for _, loss in shown)
    title = as_one("deals lost, by reason (rows) and stage", group)
    return Chart("heat", labels, (), "", title, columns=tuple(stages), grid=grid)
