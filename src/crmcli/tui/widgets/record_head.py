"""The top of a record's page: its name, its number, what it is, how it stands, and what comes next."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from textual.content import Content
from textual.widget import Widget

from crmcli.domain.durations import show_duration
from crmcli.render.cells import cut, width
from crmcli.render.columns import is_past
from crmcli.render.safe import visible

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import datetime

    from crmcli.domain.views import ActivityView, CompanyView, ContactView, DealView
    from crmcli.render.locale import Locale
    from crmcli.services.pages import Page

    Part = tuple[str, str]  # text and style

MUTED, LATE, SLOW, GOOD = "dim", "bold $error", "$warning", "$success"
MARKS = {"planned": "○", "done": "●", "canceled": "✗", "no_show": "✗"}


def name_of(record: Any) -> str:  # noqa: ANN401 - any noun's view
    """What a record is called."""
    named = getattr(record, "name", None) or (record.subject if hasattr(record, "subject") else record.title)
    return str(named or getattr(record, "type", "") or record.id)


class RecordHead(Widget):
    """Three lines; for a record that is gone they say what became of it and what can be done."""

    def __init__(self, locale: Locale, now: Callable[[], datetime]) -> None:
        super().__init__()
        self._locale = locale
        self._now = now
        self._page: Page | None = None
        self._trouble = ""

    def show(self, page: Page | None, trouble: str = "") -> None:
        """Another page, or none: not yet, or why it can't be."""
        self._page, self._trouble = page, trouble
        self.refresh()

    def render(self) -> Content:
        """Name and number; state; next step."""
        cells = max(20, self.content_size.width)
        page = self._page
        if self._trouble:
            trouble = Content.styled(f"✗ {visible(self._trouble)}", "bold $text-error")
            return Content("\n").join([trouble, Content.styled("r reads it again", MUTED)])
        if page is None:
            return Content.styled("reading …", MUTED)
        if page.record is None:
            return Content("\n").join([
                Content.styled(f"there is no such {page.noun}", "bold"),
                Content.styled("it was never here, or nothing is left of it", MUTED), Content.styled("esc goes back", MUTED),
            ])  # fmt: skip
        rest = self._live(page) if page.is_live else self._gone(page)
        return Content("\n").join([self._title(page, cells), *(_fitted(line, cells) for line in rest)])

    def _title(self, page: Page, cells: int) -> Content:
        record = page.record
        right = f"{page.noun if page.noun != 'activity' else record.type.replace('_', ' ')} #{record.number}"
        aside = _aside(page)
        name = cut(visible(name_of(record)), cells - width(right) - 2)
        room = cells - width(name) - width(right) - 2
        aside = cut(f", {visible(aside)}", room) if aside and room > 4 else ""
        gap = " " * (cells - width(name) - width(aside) - width(right))
        return Content.assemble((name, "bold $primary"), aside, gap, (right, MUTED))

    def _gone(self, page: Page) -> Sequence[Sequence[Part]]:
        gone = page.gone
        who = f" by {visible(gone.user)}, {self._locale.time(gone.at)}" if gone else ""
        if page.kept is not None:
            kept = page.kept
            return [
                [("✗ merged away", LATE), (who, MUTED)],
                [(f"enter goes to #{kept.number} {visible(kept.name)}, which has everything of it now", "")],
            ]
        return [[("✗ deleted", LATE), (who, MUTED)], [("R brings it back", "")]]

    def _live(self, page: Page) -> Sequence[Sequence[Part]]:
        record = page.record
        state: dict[str, Callable[[Any], Iterator[Part]]] = {
            "contact": self._contact, "company": self._company, "deal": self._deal, "activity": self._activity,
        }  # fmt: skip
        parts = [part for part in state[page.noun](record) if part[0]]
        if record.owner:
            parts.append((f"owner {visible(record.owner)}", MUTED))
        if record.tags:
            parts.append(("# " + ", ".join(map(visible, record.tags)), MUTED))
        joined = [piece for place, part in enumerate(parts) for piece in ((" · " if place else "", MUTED), part)]
        return [joined, self._next(page)]

    def _contact(self, record: ContactView) -> Iterator[Part]:
        yield visible(record.lifecycle or ""), "bold"
        yield visible((record.lead_status or "").replace("_", " ")), ""
        yield self._touched(record.last_activity), MUTED

    def _company(self, record: CompanyView) -> Iterator[Part]:
        yield visible(record.type or ""), "bold"
        yield visible(record.industry or ""), ""
        yield f"{visible(record.size)} people" if record.size else "", ""
        yield self._touched(record.last_activity), MUTED

    def _deal(self, record: DealView) -> Iterator[Part]:
        mark, style = {"won": ("✓ ", GOOD), "lost": ("✗ ", LATE)}.get(record.stage_kind, ("● ", "bold"))
        yield mark + visible(record.stage), style
        yield self._locale.money(record.value) if record.value else "no value yet", "bold" if record.value else MUTED
        is_open = record.stage_kind == "open"
        yield f"{record.probability}%" if is_open else "", ""
        yield visible(f"lost for {record.lost_reason}" if record.lost_reason else ""), ""
        close, today = record.expected_close, self._now().date()
        if close is not None and is_open:
            late = close < today
            yield f"{'! ' if late else ''}closes {self._locale.near(close, today)}", LATE if late else ""
        yield "! rotting" if record.rotting else "", SLOW

    def _activity(self, record: ActivityView) -> Iterator[Part]:
        late = record.status == "planned" and is_past(record.due, self._now())
        yield f"{MARKS.get(record.status, '·')} {record.status.replace('_', ' ')}", LATE if late else "bold"
        if record.due is not None and record.status == "planned":
            yield f"{'! ' if late else ''}due {self._locale.near_due(record.due, self._now())}", LATE if late else ""
        else:
            yield self._locale.time(record.at), ""
        yield show_duration(record.duration) if record.duration else "", ""
        yield {"in": "← in", "out": "→ out"}.get(record.direction or "", ""), ""
        yield record.priority if record.priority != "normal" else "", SLOW

    def _touched(self, moment: datetime | None) -> str:
        return f"last touched {self._locale.near_time(moment, self._now())}" if moment else "never touched"

    def _next(self, page: Page) -> Sequence[Part]:
        if page.noun == "activity":
            said = visible(page.record.outcome or "")
            return [(f"→ {said}", GOOD)] if said else [("", "")]
        own = visible(getattr(page.record, "next_step", None) or "")
        step = page.next_step
        if step is None:
            if own:
                return [(f"next: {own}", ""), (" · nothing planned", SLOW)]
            closed = getattr(page.record, "stage_kind", "open") != "open"
            return [("" if closed else "! no next step", SLOW), ("" if closed else "  t plans one", MUTED)]
        late = is_past(step.due, self._now())
        when = self._locale.near_due(step.due, self._now()) if step.due else self._locale.time(step.at)
        text = visible(step.subject or step.body or step.type)
        parts = [(f"next: {text}", ""), (f" · {'! ' if late else ''}{when}", LATE if late else MUTED)]
        return [*parts, (f" · {own}", MUTED)] if own and own != text else parts


def _aside(page: Page) -> str:
    """What is said beside the name."""
    record = page.record
    if page.noun == "contact":
        at = record.companies[0].name if record.companies else ""
        return " at ".join(part for part in (record.title, at) if part)
    if page.noun == "deal":
        return record.company.name if record.company else ""
    if page.noun == "activity":
        return ", ".join(link.name for link in record.contacts) or (record.company.name if record.company else "")
    return record.country or ""


def _fitted(parts: Sequence[Part], cells: int) -> Content:
    """The parts on one line, cut where it ends."""
    pieces, left = [], cells
    for text, style in parts:
        kept = cut(text, left)
        pieces.append((kept, style))
        left -= width(kept)
        if left <= 0:
            break
    return Content.assemble(*pieces)
