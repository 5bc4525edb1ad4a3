"""The fields of a record, each on its line, with a cursor."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from crmcli.domain.fields import FIELDS, Kind, find_field
from crmcli.render.cells import pad
from crmcli.render.columns import all_columns
from crmcli.render.safe import visible
from crmcli.render.table import Screen, shown
from crmcli.tui.modals.record_fields import MORE, record_fields
from crmcli.tui.widgets.line_list import Piece, joined
from crmcli.tui.widgets.row_list import RowList

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import datetime

    from crmcli.render.locale import Locale
    from crmcli.tui.modals.fields import FormField

LABEL = 14
VALUE = LABEL + 3  # where the values begin
_CELLS = 200  # more than any line has
_TONES = {
    "overdue": "late",
    "rotting": "slow",
    "won": "good",
    "lost": "late",
    "high": "slow",
    "urgent": "late",
    "muted": "muted",
}
NOTE = {"contact": "note", "company": "note", "activity": "body"}  # the field that is a text of its own
_UNSHOWN = frozenset({"id", "number", "created_by", "updated_by", "stage_kind", "attachments", "contacts", "deals"})


class FieldLine(NamedTuple):
    """A line: the field as a form has it, its value as a person and as a script reads it, and what it was before."""

    name: str
    label: str
    text: str = ""
    value: Any = None
    field: FormField | None = None  # None: worked out, never typed
    tone: str = "text"
    was: str = ""
    is_heading: bool = False


class FieldList(RowList[FieldLine]):
    """Fields that can be changed, those that are worked out below them."""

    nothing = "no fields"

    def __init__(self, locale: Locale, now: Callable[[], datetime]) -> None:
        super().__init__("fields", locale, now)
        self.view: Any = None

    def show(self, noun: str, view: Any | None, *, was: dict[str, str] | None = None) -> None:  # noqa: ANN401
        """Another state of the record, or another record; the cursor stays on its field."""
        kept = self.line.name if self.line else ""
        self.view = view
        rows = [] if view is None else list(self._lines_of(noun, view, was or {}))
        self.put(rows, next((place for place, row in enumerate(rows) if kept and row.name == kept), 0))

    def place_of(self, name: str) -> int:
        """The line of a field, -1 when there is none."""
        return next((place for place, row in enumerate(self.rows) if name and row.name == name), -1)

    def _lines_of(self, noun: str, view: Any, was: dict[str, str]) -> Iterator[FieldLine]:  # noqa: ANN401
        screen = Screen(_CELLS, color=False, locale=self._locale, now=self._now())
        known = all_columns(noun)
        for field in record_fields(noun, view, self._locale):
            declared = find_field(noun, field.name)
            if field.name in (MORE, NOTE.get(noun)) or (declared is not None and declared.kind is Kind.LINK):
                continue
            if declared is None:
                value = view.custom_fields.get(field.label)
                yield FieldLine(
                    field.name, field.label, visible(field.value), value, field, was=was.get(field.name, "")
                )
                continue
            column = known[field.name]
            value = column.get(view)
            tone = _TONES.get(column.tone(view, screen.now) if column.tone else "", "text")
            text = shown(value, column.kind, screen)
            if field.name == "probability":
                text += ", set by hand" if view.probability_source == "manual" else ", from the stage"
            yield FieldLine(field.name, field.label, text, value, field, tone, was.get(field.name, ""))
        yield FieldLine("", "worked out", is_heading=True)
        yield from self._computed(noun, view, screen)

    def _computed(self, noun: str, view: Any, screen: Screen) -> Iterator[FieldLine]:  # noqa: ANN401
        known = all_columns(noun)
        for field in FIELDS[noun]:
            value = known[field.name].get(view) if field.computed and field.name in known else None
            if field.name in _UNSHOWN or value in (None, (), ""):
                continue
            text = shown(value, known[field.name].kind, screen)
            by = getattr(view, f"{field.name.removesuffix('_at')}_by", None)
            text += f" by {visible(by)}" if by else ""
            yield FieldLine(field.name, field.name.removesuffix("_at").replace("_", " "), text, value, tone="muted")
        yield FieldLine("id", "id", view.id, view.id, tone="muted")

    # -- drawing

    def pieces(self, place: int, cells: int) -> Sequence[Piece]:
        """Label and value; what it was before others changed it stands beside it."""
        row = self.rows[place]
        if row.is_heading:
            return joined(cells, Piece(row.label, "heading"))
        label = Piece(pad(visible(row.label), LABEL), "muted")
        value = Piece(row.text, row.tone) if row.text else Piece("—", "muted")
        return joined(cells, label, value, Piece(f"  ‹ was {visible(row.was)}" if row.was else "", "slow"))  # noqa: RUF001

    @property
    def line_y(self) -> int:
        """The line of the widget that the field at the cursor is drawn on."""
        return self.cursor * self.pitch - int(self.scroll_offset.y)
