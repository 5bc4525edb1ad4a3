"""What a report answers: titled columns and rows, with what is needed to trust them (n, period, formula)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmcli.domain.frozen import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping


class ReportColumn(NamedTuple):
    """One column; ``name`` is its JSON key and ``kind`` says how its values are shown.

    Kinds: text, integer, number, money, percent (a fraction, shown per cent), days, date, time; sentence and
    command (a line to run), which a person gets whole below the table; on a dashboard also figure (of the kind that
    the row's unit names), trend (figures of times gone by, the earliest first), unit and definition. ``meaning`` is
    the definition of its figures, for ``--explain``.

    ``of_nothing`` says what the figure is of a group that has nothing: a count or a sum (integer, money) is 0, all others
    have no value, but for ``none`` (a count or sum that has none either), ``share`` (of all rows together: 0 where these
    have something) and ``running`` (that of the row before). A ``rank`` has none, nor a change; a ``label`` is no figure.
    ``is_now``: of this moment whatever the period, so there is none of another time. A column of a ``block`` is never left
    out: where there is too little room for all columns, each block is a table by itself, one below the other.
    """

    name: str
    header: str
    kind: str = "text"
    priority: int = 0  # on a narrow screen the columns of the highest priority are left out first; 0 never is
    meaning: str = ""
    of_nothing: str = ""
    is_now: bool = False
    block: str = ""


class Chart(NamedTuple):
    """Figures to be drawn; None where there is no value.

    ``bar`` and ``funnel`` (steps, each at most as wide as the one above) have one value for each label. ``line`` may have
    further ``lines`` over the same labels, each with its name. ``heat`` has a row of the ``grid`` for each label, with a
    value for each of the ``columns``. A ``percent`` unit means that the values are fractions.
    """

    kind: str
    labels: tuple[str, ...]
    values: tuple[float | None, ...] = ()
    unit: str = ""  # percent, days, a currency's code, or nothing
    title: str = ""
    lines: tuple[tuple[str, tuple[float | None, ...]], ...] = ()
    columns: tuple[str, ...] = ()
    grid: tuple[tuple[float | None, ...], ...] = ()


class Drill(NamedTuple):
    """The records behind a row: their noun, and the filter that selects exactly them.

    ``more`` are further ones of the same row, of another noun or too many for one filter; none has further ones itself.
    """

    noun: str
    filter: str
    more: tuple[Drill, ...] = ()


class Report(NamedTuple):
    """An answer about the business; None in a row or total means "no value" and is never shown as 0.

    ``drill`` has one for each row, None for a row with no records behind it. ``cells`` names, for a row, the columns whose
    figures count other records than the row does. ``notes`` say what the figures leave out or come from. ``parts`` are the
    reports that a dashboard is made of; its own rows may be empty then. ``whole`` are the records of all rows, where
    there are too many rows to ask for each.
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
    model: str | Mapping[str, object] | None = None
    chart: Chart | None = None
    drill: tuple[Drill | None, ...] = ()
    cells: tuple[Mapping[str, Drill | None], ...] = ()
    notes: tuple[str, ...] = ()
    compared: str | None = None  # the period that it is compared with
    parts: tuple[Report, ...] = ()
    whole: Drill | None = None
