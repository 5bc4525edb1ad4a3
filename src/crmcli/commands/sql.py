"""``crm sql``: questions in SQL, over documented views."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from crmcli.commands.shape import Noun, Raw, app_of
from crmcli.domain.durations import read_seconds

app = Noun("Questions in SQL.")


@app.verb(
    examples=[
        'crm sql "select stage, count(*), sum(value) from v_deal group by 1" --format csv',
        "crm sql \"select name, email from v_contact where custom ->> 'segment' = 'smb'\"",
        "crm sql - < question.sql",
        "crm sql",
    ]
)
def sql(
    ctx: typer.Context,
    statement: Annotated[
        str | None,
        typer.Argument(metavar="SELECT|-", help="One SELECT, or - for standard input; none lists the views."),
    ] = None,
    timeout: Annotated[
        str, typer.Option("--timeout", metavar="LENGTH", help="Give up after so long, as 90s or 5m.")
    ] = "30s",
    raw: Raw = False,
) -> None:
    """One SELECT over the views v_contact, v_company, v_deal, v_activity and their kin. Nothing can be written."""
    app = app_of(ctx)
    app.output.raw = raw
    if statement is None:
        from crmcli.store.views import VIEWS

        columns = ["view", "about", "columns"]
        listed = ((view.name, view.about, ", ".join(name for name, _, _ in view.columns)) for view in VIEWS)
        app.output.rows(columns, listed)
        return
    text = sys.stdin.read() if statement == "-" else statement
    app.output.rows(*app.sql.select(text, read_seconds(timeout, "timeout")))
