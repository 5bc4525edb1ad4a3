"""The first rows of a file as they would be read: column by column, what can't be read with its reason."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crmcli.domain.fields import FIELDS, Field, Kind
from crmcli.domain.frozen import NamedTuple
from crmcli.domain.text import fold, tidy
from crmcli.errors import BadValue
from crmcli.io.table import BadRow
from crmcli.services.importing.cells import Cells

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from crmcli.domain.reading import InputRules
    from crmcli.io.table import Table
    from crmcli.services.importing.cells import Form
    from crmcli.services.importing.mapping import Cell, Columns, Target

_MOMENT = next(field for field in FIELDS["activity"] if field.name == "at")
_MOMENTS = ("created_at", "close_date", "closed_at", "done_at")
_ENDS = ("won", "lost", "closed won", "closed lost", "closedwon", "closedlost")


class Sample(NamedTuple):
    """What a cell would be: the value as text, or why it can't be read."""

    text: str
    reason: str | None = None


class Previewed(NamedTuple):
    """A column: where it goes (None for one that is left out), and what its first cells would be."""

    header: str
    target: Target | None
    samples: tuple[Sample, ...]


def preview(
    noun: str,
    columns: Columns,
    table: Table,
    rules: InputRules,
    stages: Iterable[str],
    forms: Mapping[Target, Form],
    count: int,
) -> list[Previewed]:
    """The columns of an open file with the first values of each, and the columns that a known system's cells make."""
    rows = [row.cells for row in table.ahead(count) if not isinstance(row, BadRow)]
    shaped = [columns.shape(cells) if columns.shape else cells for cells in rows]
    reader = _Reader(noun, Cells(rules), {*map(fold, stages), *_ENDS}, forms, columns.nothing)
    headers = [*table.headers, *(header for header in columns.targets if header not in table.headers)]
    return [reader.column(header, columns.targets.get(header), shaped) for header in headers]


class _Reader:
    """Reads single cells by where they go."""

    def __init__(
        self, noun: str, cells: Cells, stages: set[str], forms: Mapping[Target, Form], nothing: frozenset[str]
    ) -> None:
        self._nothing = nothing
        self._forms = forms
        self._noun = noun
        self._cells = cells
        self._stages = stages

    def column(self, header: str, target: Target | None, rows: Sequence[Mapping[str, Cell]]) -> Previewed:
        """What the cells of one column would be."""
        texts = (_texts(row[header], self._nothing) for row in rows)
        return Previewed(header, target, tuple(self._sample(target, cell) for cell in texts if cell))

    def _sample(self, target: Target | None, texts: Sequence[str]) -> Sample:
        field = self._field(target) if target else None
        if target is None or field is None or field.kind in (Kind.LINK, Kind.PIPELINE):
            return Sample("; ".join(map(tidy, texts)))
        if field.kind is Kind.STAGE:
            known = fold(texts[0]) in self._stages
            return Sample(texts[0], None if known else "no such stage: --stage-map says what it is called here")
        try:
            read = self._cells.read(field, texts, form=self._forms.get(target))
        except BadValue as error:
            return Sample("; ".join(texts), error.reason)
        kept = "; ".join(read.originals)
        reason = f"kept as text: {kept}" if kept else None
        return Sample("; ".join(map(shown, read.values)) or kept, reason)

    def _field(self, target: Target) -> Field | None:
        if target.custom:
            return None
        if target.name in _MOMENTS and not target.link:
            return _MOMENT
        fields = FIELDS[target.link or self._noun]
        return next((field for field in fields if field.name == target.name and not field.computed), None)


def shown(value: Any) -> str:  # noqa: ANN401 - any field's value
    """A value as the user would write it."""
    from datetime import date, datetime

    from crmcli.domain.money import Money
    from crmcli.domain.views import Due

    if isinstance(value, Money):
        return f"{value.plain} {value.currency}"
    if isinstance(value, Due):
        return shown(value.at or value.on)
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M")
    if isinstance(value, date):
        return value.isoformat()
    text = str(getattr(value, "value", value))
    label = getattr(value, "label", None)
    return f"{text} ({label})" if label else text


def _texts(cell: Cell, nothing: frozenset[str]) -> list[str]:
    texts = (cell.strip(),) if isinstance(cell, str) else cell
    return [text for text in texts if text and text not in nothing]
