"""How tests ask a report: through the catalogue, as every front end does."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crmcli.domain.money import Money
from crmcli.reports.catalogue import answer
from crmcli.reports.inquiry import Asked, Sources
from crmcli.services.tables import Tables

if TYPE_CHECKING:
    from crmcli.context import AppContext
    from crmcli.reports.report import Drill, Report


def report_of(
    app: AppContext, name: str, by: str | None = None, period: str | None = None, filter: str | None = None, **options: Any  # noqa: A002
) -> Report:  # fmt: skip
    """The report; ``since``, ``until``, ``compare`` and ``currency`` are words of every report, the rest its own options.

    ``is_tracked`` says that opens and clicks of mails are counted.
    """
    words = {key: options.pop(key) for key in ("since", "until", "compare", "currency") if key in options}
    is_tracked = bool(options.pop("is_tracked", False))
    asked = Asked(name, by=by or "", period=period or "", filter=filter or "", options=options, followed=True, **words)
    return answer(Sources(app.desk, app.duplicates, is_tracked), asked)


def rows_of(report: Report) -> list[dict[str, Any]]:
    """The rows by column, money as numbers."""
    names = [column.name for column in report.columns]
    return [
        {name: value.number if isinstance(value, Money) else value for name, value in zip(names, row, strict=True)}
        for row in report.rows
    ]


def totals_of(report: Report) -> dict[str, Any]:
    """The totals by column, money as numbers; empty when there are none."""
    names = [column.name for column in report.columns]
    values = report.totals or ()
    return {name: v.number if isinstance(v, Money) else v for name, v in zip(names, values, strict=False)}


def counted(app: AppContext, drill: Drill | None) -> int:
    """How many records a drill's filter selects."""
    return len(Tables(app.desk).order(drill.noun, drill.filter)) if drill else 0
