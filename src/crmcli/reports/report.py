"""What a report answers: titled columns and rows, with what is needed to trust them (n, period, formula)."""

from __future__ import annotations

from crmcli.domain.frozen import NamedTuple


class ReportColumn(NamedTuple):
    """One column; ``name`` is its JSON key and ``kind`` says how its values are shown.

    Kinds: text, integer, number, money, percent (a fraction, shown per cent), days, date, time, and command: a line to
    run, which a person gets whole below the table.
    """

    name: str
    header: str
    kind: str = "text"
    priority: int = 0  # on a narrow screen the columns of the highest priority are left out first; 0 never is


class Chart(NamedTuple):
    """One number for each label, to be drawn; None where there is no value."""

    kind: str  # bar
    labels: tuple[str, ...]
    values: tuple[float | None, ...]
    unit: str = ""


class Drill(NamedTuple):
    """The records behind a row: their noun, and the filter that selects exactly them."""

    noun: str
    filter: str


class Report(NamedTuple):
    """An answer about the business; None in a row or total means "no value" and is never shown as 0.

    ``drill`` has one for each row, None for a row with no records behind it.
    """

    name: str
    title: str
    columns: tuple[ReportColumn, ...]
    rows: tuple[tuple[object, ...], ...]
    totals: tuple[object, ...] | None = None
    n: int | None = 0  # None: a tally, whose rows say it themselves
    period: str | None = None
    currency: str | None = None
    formula: str | None = None
    model: str | None = None
    chart: Chart | None = None
    drill: tuple[Drill | None, ...] = ()
