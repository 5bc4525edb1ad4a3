"""``crm pivot``: anything by anything, from the warehouse."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from crmcli.commands.completing import one_of
from crmcli.commands.report import refuse_misfits, show
from crmcli.commands.report_options import (
    ChartOnly,
    ColumnOption,
    Currency,
    DrillDown,
    Envelope,
    Explain,
    OutputFile,
    Period,
    RowOption,
    Since,
    Until,
)
from crmcli.commands.shape import Filter, Noun, Raw, app_of
from crmcli.errors import Refused

if TYPE_CHECKING:
    from crmcli.context import AppContext

app = Noun("Values by rows and columns of your choice.")
_WORDS = (
    "deals", "won", "lost", "won_value", "lost_value", "average_won", "win_rate", "win_rate_value", "cycle_mean",
    "cycle_median", "open", "open_value", "weighted", "activities", "purchases", "purchase_value", "customers",
)  # fmt: skip
_FIELDS = (
    "owner", "company", "product", "region", "country", "industry", "size", "segment", "contact", "source", "campaign",
    "pipeline", "stage", "type", "reason", "month", "quarter", "year", "week", "fiscal-year", "fiscal-quarter",
)  # fmt: skip


@app.verb(
    "pivot",
    examples=[
        "crm pivot --rows region --cols quarter --values won_value,win_rate",
        "crm pivot --rows owner --cols stage --values open_value,weighted --totals",
        "crm pivot --rows product,source --values won,cycle_median --period 2026 --format csv",
        "crm pivot --rows country --cols year --values customers --chart",
        "crm pivot --rows custom.channel --cols month --values won_value --filter 'value > 5000' --output pivot.xlsx",
    ],
)
def pivot(
    ctx: typer.Context,
    rows: Annotated[
        str | None,
        typer.Option(
            "--rows",
            metavar="FIELDS",
            help=f"What each row is: {', '.join(_FIELDS)}, custom.FIELD; several by commas.",
            autocompletion=one_of(_FIELDS),
        ),
    ] = None,
    cols: Annotated[
        str | None,
        typer.Option("--cols", metavar="FIELDS", help="What each column is.", autocompletion=one_of(_FIELDS)),
    ] = None,
    values: Annotated[
        str,
        typer.Option(
            "--values",
            metavar="VALUES",
            help=f"What stands in the cells: {', '.join(_WORDS)}.",
            autocompletion=one_of(_WORDS),
        ),
    ] = "won_value",
    filter_: Filter = None,
    period: Period = None,
    since: Since = None,
    until: Until = None,
    totals: Annotated[
        bool, typer.Option("--totals", help="A column for all together, and on a table and in a file a row.")
    ] = False,
    no_refresh: Annotated[
        bool, typer.Option("--no-refresh", help="Ask the warehouse as it is, however old it may be.")
    ] = False,
    currency: Currency = None,
    chart: ChartOnly = False,
    output: OutputFile = None,
    explain: Explain = False,
    drill: DrillDown = False,
    row: RowOption = None,
    column: ColumnOption = None,
    envelope: Envelope = False,
    raw: Raw = False,
) -> None:
    """Values by rows and columns of your choice, in milliseconds, over any number of deals.

    Won and lost count by the day of closing, deals by the day they were made, open ones by the day they are expected to close,
    activities and purchases by their own. Asks the warehouse, which is brought up to date first (crm warehouse).
    """
    from crmcli.reports.inquiry import Asked, understood
    from crmcli.reports.pivot import pivot_of, pivot_report

    given = {
        "chart": chart, "output": output, "explain": explain, "drill": drill, "row": row, "column": column,
        "envelope": envelope, "raw": raw,
    }  # fmt: skip
    refuse_misfits(given)
    app = app_of(ctx)
    asked = pivot_of(_names(rows), _names(cols), _names(values), totals=totals)
    words = Asked(
        "pivot", "", period or "", filter_ or "", since or "", until or "", "", currency or "", followed=drill
    )
    inquiry = understood(app.desk, words)
    if not app.desk.has_store:  # a copy of nothing is not needed to know that there is nothing
        show(app, pivot_report(app.desk, inquiry, asked), given)
        return
    freshen(app, refresh=not no_refresh)
    show(app, pivot_report(app.warehouse.copy_desk(), inquiry, asked), given)


def freshen(app: AppContext, *, refresh: bool) -> None:
    """Bring the warehouse up to date and say so, or say how old it is."""
    behind = app.warehouse.behind()
    if behind == 0:
        return
    if not refresh:
        if behind is None and app.warehouse.path.exists():
            raise Refused("the warehouse is of another store, or was made before", hint="crm warehouse refresh")
        if behind:
            app.output.note(
                f"the warehouse is {behind} changes behind" if behind > 1 else "the warehouse is a change behind"
            )
        return
    built = refreshed(app, full=False)
    if built:
        app.output.note(built)


def refreshed(app: AppContext, *, full: bool) -> str | None:
    """Refresh the warehouse, with progress; what was done in words, None when it was fresh."""
    with app.output.progress("reading the store", app.warehouse.row_count()) as progress:
        built = app.warehouse.refresh(full=full, advance=progress.advance)
    if built is None:
        return None
    rows = "1 row" if built.rows == 1 else f"{built.rows:,} rows"
    return f"{'built' if built.is_full else 'refreshed'} the warehouse: {rows} read"


def _names(text: str | None) -> list[str]:
    return [name.strip() for name in (text or "").split(",") if name.strip()]
