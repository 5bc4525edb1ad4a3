"""The pane beside a table: the record at the cursor, without leaving the table."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any

from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from crmcli.domain.frozen import NamedTuple
from crmcli.render.cells import cut, pad, width, wrap
from crmcli.render.columns import all_columns, is_past, shown_columns
from crmcli.render.safe import visible
from crmcli.render.table import shown
from crmcli.tui.table_layout import marked

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from textual.app import ComposeResult
    from textual.events import Resize

    from crmcli.domain.views import ActivityView, DuplicatePair
    from crmcli.render.table import Screen

_LABEL = 13
_ACTIVITIES = 8
_LINES_OF_NOTE = 8
_UNSEEN = frozenset({"number", "id", "name", "title", "note", "custom_fields", "created_by", "updated_by", "stage_kind",
                     "probability_source", "rotting", "currency"})  # fmt: skip
_STYLES = {"overdue": "$error", "rotting": "$warning", "won": "$success", "lost": "$error", "urgent": "$error"}


class Glance(NamedTuple):
    """What is shown of a record: itself, its activities from the last planned one back, and who may be the same."""

    noun: str
    record: Any
    activities: Sequence[ActivityView] = ()
    doubles: Sequence[DuplicatePair] = ()


class Preview(VerticalScroll, can_focus=False):
    """Fields, next and last activities, likely doubles."""

    def __init__(self, screen: Callable[[], Screen]) -> None:
        super().__init__()
        self._screen = screen
        self.glance: Glance | None = None

    def compose(self) -> ComposeResult:
        """One long text."""
        yield Static(id="preview-text", markup=False)

    def show(self, glance: Glance | None) -> None:
        """Show a record; one that is shown already keeps its place."""
        same = self.glance is not None and glance is not None and self.glance.record.id == glance.record.id
        self.glance = glance
        self._draw()
        if not same:
            self.scroll_home(animate=False)

    def on_resize(self, _event: Resize) -> None:
        """Break the lines anew."""
        self._draw()

    def _draw(self) -> None:
        cells = self.scrollable_content_region.width
        if self.glance is not None and cells > _LABEL:
            text = Content("\n").join(glance_lines(self.glance, cells, self._screen()))
            self.query_one("#preview-text", Static).update(text)
        elif self.glance is None:
            self.query_one("#preview-text", Static).update("")


def glance_lines(glance: Glance, cells: int, screen: Screen) -> Iterator[Content]:
    """The lines of the pane, so wide."""
    record = glance.record
    name = getattr(record, "name", None) or record.title
    yield from (Content.styled(line, "bold") for line in wrap(visible(name), cells))
    yield Content.styled(f"{glance.noun} #{record.number}", "dim")
    yield from _doubles(glance, cells)
    yield Content("")
    yield from _fields(glance, cells, screen)
    if record.note if hasattr(record, "note") else None:
        yield Content("")
        yield from map(Content, islice(wrap(visible(record.note, keep_newlines=True), cells), _LINES_OF_NOTE))
    if glance.activities:
        yield Content("")
        yield Content.styled("activities", "bold $primary")
        for activity in glance.activities[:_ACTIVITIES]:
            yield from _activity(activity, cells, screen)


def _doubles(glance: Glance, cells: int) -> Iterator[Content]:
    for pair in glance.doubles[:2]:
        number, name = (pair.b_number, pair.b) if pair.a_number == glance.record.number else (pair.a_number, pair.a)
        text = f"≈ #{number} {visible(str(getattr(name, 'name', name)))} may be the same; M merges"
        yield from (Content.styled(line, "$warning") for line in wrap(text, cells))


def _fields(glance: Glance, cells: int, screen: Screen) -> Iterator[Content]:
    known = all_columns(glance.noun)
    usual = [column.name for column in shown_columns(glance.noun)]
    for name in [*usual, *(name for name in known if name not in usual)]:
        column = known[name]
        text = "" if name in _UNSEEN else shown(column.get(glance.record), column.kind, screen)
        if text:
            tone = column.tone(glance.record, screen.now) if column.tone else ""
            yield from _field(column.header, marked(text, tone), cells, _STYLES.get(tone, ""))
    for key, value in getattr(glance.record, "custom_fields", {}).items():
        yield from _field(visible(key), visible(str(value)), cells, "")


def _field(label: str, text: str, cells: int, style: str) -> Iterator[Content]:
    for place, line in enumerate(wrap(text, cells - _LABEL)):
        yield Content.assemble((pad("" if place else label, _LABEL - 1) + " ", "dim"), (line, style))


def _activity(activity: ActivityView, cells: int, screen: Screen) -> Iterator[Content]:
    planned = activity.status == "planned"
    late = planned and is_past(activity.due, screen.now)
    locale = screen.locale
    when = (
        locale.near_due(activity.due, screen.now)
        if planned and activity.due
        else locale.near_time(activity.at, screen.now)
    )
    head = f"{'○' if planned else '●'} {activity.type} {when}{' !' if late else ''} "
    said = (activity.subject or activity.body or "").partition("\n")[0]
    yield Content.assemble((head, "$error" if late else "dim"), cut(visible(said), max(0, cells - width(head))))
