"""A deal with everything around it as styled text: fields, stages, timeline."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content

from crmcli.domain.durations import show_duration
from crmcli.render.cells import cut, pad, width, wrap
from crmcli.render.columns import is_past
from crmcli.render.safe import visible
from crmcli.tui.widgets.card import distance

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from crmcli.domain.views import ActivityView, DealPicture, DealView, StageVisit
    from crmcli.render.locale import Locale

_LABEL = 11
_BAR = 12
MUTED, LATE, SLOW, WON, HEADING = "dim", "$error", "$warning", "$success", "bold $primary"
_MARKS = {"planned": "○", "done": "●", "canceled": "✗", "no_show": "✗"}


class Page:
    """The text of a deal, ``cells`` wide, as of ``now`` in the user's zone; ``plain`` in words, without signs and bars."""

    def __init__(self, picture: DealPicture, cells: int, now: datetime, locale: Locale, *, plain: bool = False) -> None:
        self.plain = plain
        self.picture = picture
        self.cells = max(20, cells)
        self.now = now
        self.locale = locale

    def content(self) -> Content:
        """All of it."""
        deal = self.picture.record
        planned = [activity for activity in self.picture.timeline if activity.status == "planned"]
        past = [activity for activity in self.picture.timeline if activity.status != "planned"]
        lines = [
            *(Content.styled(line, "bold") for line in wrap(visible(deal.title), self.cells)),
            Content.styled(f"#{deal.number} in {visible(deal.pipeline)}", MUTED),
            Content(""),
            *self._fields(deal),
            *self._section("stages", self._stages(self.picture.stage_history)),
            # What is due first stands first; what happened last stands first.
            *self._section("planned", self._activities(planned[::-1])),
            *self._section("timeline", self._activities(past)),
        ]
        return Content("\n").join(lines)

    def _section(self, title: str, lines: Iterator[Content]) -> Iterator[Content]:
        body = list(lines)
        yield Content("")
        yield Content.styled(title, HEADING)
        yield from body or [Content.styled("nothing yet", MUTED)]

    # -- fields

    def _fields(self, deal: DealView) -> Iterator[Content]:
        for label, text, style in (*self._first_fields(deal), *self._other_fields(deal)):
            if not text:
                continue
            for place, line in enumerate(wrap(visible(text, keep_newlines=True), self.cells - _LABEL)):
                yield Content.assemble((pad("" if place else label, _LABEL), MUTED), (line, style))

    def _first_fields(self, deal: DealView) -> Iterator[tuple[str, str, str]]:
        locale, is_open = self.locale, deal.stage_kind == "open"
        yield "stage", deal.stage, {"won": WON, "lost": LATE}.get(deal.stage_kind, "bold")
        yield "value", locale.money(deal.value) if deal.value else "", "bold"
        yield "chance", f"{deal.probability}%" + (", set by hand" if deal.probability_source == "manual" else ""), ""
        yield "weighted", locale.money(deal.weighted) if deal.weighted and is_open else "", ""
        close = deal.expected_close
        late = is_open and close is not None and close < self.now.date()
        yield (
            "close",
            f"{locale.date(close)}, {distance(close, self.now.date())}" if close else "",
            LATE if late else "",
        )
        yield "closed", locale.time(deal.closed_at) if deal.closed_at else "", ""
        yield "lost for", "; ".join(part for part in (deal.lost_reason, deal.lost_note) if part), LATE
        yield "next step", deal.next_step or "", ""
        if deal.rotting:
            last = deal.last_activity
            yield (
                "rotting",
                f"last touched {locale.near_time(last, self.now)}" if last else "never touched in this stage",
                SLOW,
            )

    def _other_fields(self, deal: DealView) -> Iterator[tuple[str, str, str]]:
        yield "company", deal.company.name if deal.company else "", ""
        yield "contacts", ", ".join(link.name for link in deal.contacts), ""
        yield "owner", deal.owner or "", ""
        yield "tags", ", ".join(deal.tags), ""
        yield "source", deal.source or "", ""
        yield "campaign", deal.campaign or "", ""
        yield "type", deal.type or "", ""
        yield "added", self.locale.time(deal.created_at) + (f" by {deal.created_by}" if deal.created_by else ""), ""
        for key, value in deal.custom_fields.items():
            yield cut(visible(key), _LABEL - 1), str(value), ""

    # -- stages

    def _stages(self, visits: Sequence[StageVisit]) -> Iterator[Content]:
        longest = max((visit.days for visit in visits), default=0.0) or 1.0
        names = min(max((width(visible(visit.stage)) for visit in visits), default=0), self.cells // 3)
        for visit in visits:
            bar = "" if self.plain else "█" * round(_BAR * visit.days / longest)
            days = f"{self.locale.number(visit.days, 1)} d"
            entered = self.locale.date(self.locale.local(visit.at).date())
            room = self.cells - names - 28 - width(visible(visit.by or ""))
            yield Content.assemble(
                pad(visible(visit.stage), names), " ", (pad(bar, _BAR), "$primary"), pad(days, 8, "right"), "  ",
                (entered, MUTED), ("  " + visible(visit.by or "") if room > 0 else "", MUTED),
            )  # fmt: skip
            if visit.note:
                yield Content.styled(pad("", names + 1) + cut(visible(visit.note), self.cells - names - 1), MUTED)

    # -- timeline

    def _activities(self, activities: Sequence[ActivityView]) -> Iterator[Content]:
        arrow = "outcome:" if self.plain else "→"
        for activity in activities:
            yield self._head_line(activity)
            said = [
                part
                for part in (activity.subject, activity.body if activity.body != activity.subject else None)
                if part
            ]
            for line in wrap(visible("\n".join(said), keep_newlines=True), self.cells - 2) if said else ():
                yield Content(f"  {line}")
            if activity.outcome:
                for line in wrap(visible(f"{arrow} {activity.outcome}", keep_newlines=True), self.cells - 2):
                    yield Content.styled(f"  {line}", WON)

    def _head_line(self, activity: ActivityView) -> Content:
        planned = activity.status == "planned"
        late = planned and is_past(activity.due, self.now)
        if planned and activity.due:
            when = self.locale.near_due(activity.due, self.now)
        else:
            when = f"{self.locale.near_time(activity.at, self.now)} {self.locale.clock(activity.at)}"
        aside = [
            show_duration(activity.duration) if activity.duration else "",
            "" if activity.status in ("planned", "done") else activity.status.replace("_", " "),
            activity.priority if activity.priority != "normal" else "",
            ", ".join(link.name for link in activity.contacts),
        ]
        tail = "".join(f" · {part}" for part in map(visible, aside) if part)
        mark = activity.status.replace("_", " ") if self.plain else _MARKS.get(activity.status, "·")
        room = self.cells - width(mark) - width(activity.type) - width(when) - 3
        return Content.assemble(
            (mark, LATE if late else "$primary"),
            f" {activity.type} ",
            (when, LATE if late else MUTED),
            (cut(tail, max(0, room)), MUTED),
        )
