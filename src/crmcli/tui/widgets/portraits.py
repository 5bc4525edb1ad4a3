"""Records in a few styled lines, for a pane: a person, a company, a deal, an activity."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from textual.content import Content

from crmcli.domain.durations import show_duration
from crmcli.render.cells import cut, pad, width, wrap
from crmcli.render.columns import is_past
from crmcli.render.safe import visible
from crmcli.tui.widgets.picture import HEADING, LATE, MUTED, WON, Page

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import datetime

    from crmcli.domain.views import ActivityView, DealView
    from crmcli.render.locale import Locale

_LABEL = 11
_TIMELINE = 12


class Portrait:
    """Draws what a service's ``show`` returned, or an activity."""

    def __init__(self, locale: Locale, now: Callable[[], datetime]) -> None:
        self.locale = locale
        self.now = now

    def draw(self, shown: Any, cells: int, *, brief: bool = False) -> Content:  # noqa: ANN401 - a picture or an activity
        """The record as it is to be seen in so many cells; a ``brief`` activity has its fields on one line, its text next."""
        cells = max(20, cells)
        if hasattr(shown, "stage_history"):
            return Page(shown, cells, self.now(), self.locale).content()
        if hasattr(shown, "timeline"):
            return Content("\n").join(self._someone(shown, cells))
        return Content("\n").join(self._activity(shown, cells, brief=brief))

    # -- people and companies

    def _someone(self, shown: Any, cells: int) -> Iterator[Content]:  # noqa: ANN401
        record = shown.record
        yield from (Content.styled(line, "bold") for line in wrap(visible(record.name), cells))
        is_person = hasattr(record, "emails")
        yield Content.styled(f"#{record.number}", MUTED)
        yield Content("")
        yield from self._fields(self._person(record) if is_person else self._company(record), cells)
        if shown.deals:
            yield from self._section("deals", [self._deal(deal, cells) for deal in shown.deals[:_TIMELINE]])
        yield from self._section("timeline", [self._line(each, cells) for each in shown.timeline[:_TIMELINE]])

    def _person(self, record: Any) -> Iterator[tuple[str, str, str]]:  # noqa: ANN401
        yield "title", record.title or "", ""
        yield "company", ", ".join(link.name for link in record.companies), "bold"
        yield "e-mail", "\n".join(record.emails), ""
        yield "phone", self.locale.phones(record.phones).replace("; ", "\n"), ""
        yield "birthday", self.locale.date(record.birthday) if record.birthday else "", ""
        yield from self._common(record)

    def _company(self, record: Any) -> Iterator[tuple[str, str, str]]:  # noqa: ANN401
        yield "website", "\n".join(record.websites), ""
        yield "phone", self.locale.phones(record.phones).replace("; ", "\n"), ""
        yield "industry", record.industry or "", ""
        yield "country", record.country or "", ""
        yield from self._common(record)

    def _common(self, record: Any) -> Iterator[tuple[str, str, str]]:  # noqa: ANN401
        yield "owner", record.owner or "", ""
        yield "tags", ", ".join(record.tags), ""
        last = record.last_activity
        yield "last", self.locale.near_time(last, self.now()) if last else "", ""
        yield "next", self.locale.near_due(record.next_task, self.now()) if record.next_task else "", ""
        yield "note", record.note or "", ""

    def _deal(self, deal: DealView, cells: int) -> Content:
        value = self.locale.money(deal.value) if deal.value else ""
        room = cells - width(value) - 1
        name = pad(f"{visible(deal.title)} · {visible(deal.stage)}", room)
        return Content.assemble(name, " ", (value, WON if deal.stage_kind == "won" else MUTED))

    # -- activities

    def _activity(self, view: ActivityView, cells: int, *, brief: bool) -> Iterator[Content]:
        subject = visible(view.subject or view.type)
        yield from (Content.styled(line, "bold") for line in wrap(subject, cells))
        stands = f"#{view.number} {view.type.replace('_', ' ')}, {view.status.replace('_', ' ')}"
        if brief:
            told = " · ".join([stands, *(visible(text) for _, text, _ in self._about(view) if text)])
            yield from (Content.styled(line, MUTED) for line in wrap(told, cells))
        else:
            yield Content.styled(stands, MUTED)
            yield Content("")
            yield from self._fields(self._about(view), cells)
        body = view.body or ""
        if body and view.type != "note" and body.strip() != (view.subject or "").strip():
            yield Content("")
            yield from (Content(line) for line in wrap(visible(body, keep_newlines=True), cells))
        if view.outcome:
            yield Content("")
            text = visible(f"→ {view.outcome}", keep_newlines=True)
            yield from (Content.styled(line, WON) for line in wrap(text, cells))

    def _about(self, view: ActivityView) -> Iterator[tuple[str, str, str]]:
        locale, now = self.locale, self.now()
        is_planned = view.status == "planned"
        late = is_planned and is_past(view.due, now)
        yield "due", (locale.near_due(view.due, now) if view.due and is_planned else ""), LATE if late else "bold"
        yield "when", "" if is_planned else locale.time(view.at), ""
        yield "lasted", show_duration(view.duration) if view.duration else "", ""
        yield "with", ", ".join(link.name for link in view.contacts), ""
        yield "company", view.company.name if view.company else "", ""
        yield "deal", view.deal.name if view.deal else "", ""
        yield "where", view.location or "", ""
        yield "priority", view.priority if view.priority != "normal" else "", ""
        yield "repeats", view.recurrence or "", ""
        yield "owner", view.owner or "", ""
        yield "tags", ", ".join(view.tags), ""
        yield "files", view.attachments or "", ""

    def _line(self, view: ActivityView, cells: int) -> Content:
        planned = view.status == "planned"
        when = (
            self.locale.near_due(view.due, self.now())
            if planned and view.due
            else self.locale.near_time(view.at, self.now())
        )
        mark = "○ " if planned else "● "
        room = cells - width(when) - 3
        text = pad(cut(f"{view.type.replace('_', ' ')} · {visible(view.subject or '')}", room), room)
        style = LATE if planned and is_past(view.due, self.now()) else MUTED
        return Content.assemble((mark, "$primary"), text, " ", (when, style))

    # -- both

    def _fields(self, fields: Iterator[tuple[str, str, str]], cells: int) -> Iterator[Content]:
        for label, text, style in fields:
            lines = wrap(visible(text, keep_newlines=True), cells - _LABEL) if text else ()
            for place, line in enumerate(lines):
                yield Content.assemble((pad("" if place else label, _LABEL), MUTED), (line, style))

    @staticmethod
    def _section(title: str, lines: Sequence[Content]) -> Iterator[Content]:
        yield Content("")
        yield Content.styled(title, HEADING)
        yield from lines or [Content.styled("nothing yet", MUTED)]


def note_of(view: ActivityView) -> str:
    """The Markdown of a note, with everything that a terminal would obey made visible; empty for all else."""
    if view.type != "note" or not view.body or view.body.strip() == (view.subject or "").strip():
        return ""
    return visible(view.body, keep_newlines=True)
