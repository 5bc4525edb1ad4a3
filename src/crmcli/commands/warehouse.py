"""``crm warehouse``: the copy of the store that questions over very many records are asked of."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from crmcli.commands.pivot import refreshed
from crmcli.commands.shape import Noun, Yes, app_of, is_machine
from crmcli.domain.views import FactView

if TYPE_CHECKING:
    from crmcli.services.warehouse import WarehouseFacts

app = Noun("A DuckDB copy of the store as a star schema, for questions over very many records.", no_args_is_help=True)


@app.verb(examples=["crm warehouse refresh", "crm warehouse refresh --full"])
def refresh(
    ctx: typer.Context,
    full: Annotated[bool, typer.Option("--full", help="Read everything anew, not only what changed.")] = False,
) -> None:
    """Bring the warehouse up to date, or make it. Reads only what changed since the last time."""
    app = app_of(ctx)
    app.output.message(refreshed(app, full=full) or "nothing to do: the warehouse is fresh")


@app.verb(examples=["crm warehouse info", "crm warehouse info --format json"])
def info(ctx: typer.Context) -> None:
    """Where it is, how large, and whether it is fresh. And how many rows each table has."""
    app = app_of(ctx)
    facts = app.warehouse.info()
    if is_machine(ctx):
        app.output.value(facts._asdict() | {"is_fresh": facts.behind == 0})
    else:
        app.output.many("fact", [FactView(name, value) for name, value in _lines(facts)])
    if facts.size is None:
        app.output.note("there is no warehouse yet; crm warehouse refresh makes it")


def _lines(facts: WarehouseFacts) -> list[tuple[str, object]]:
    lines: list[tuple[str, object]] = [("path", facts.path)]
    if facts.size is not None:
        lines += [("size", f"{facts.size / 1e6:,.1f} MB"), ("refreshed", facts.refreshed_at), ("state", _state(facts))]
    return [*lines, *facts.rows.items()]


def _state(facts: WarehouseFacts) -> str:
    if facts.behind is None:
        return "of another store or layout: the next refresh builds it anew"
    if facts.behind == 0:
        return "fresh"
    return "1 change behind" if facts.behind == 1 else f"{facts.behind:,} changes behind"


@app.verb(
    examples=["crm warehouse export --parquet lake", "crm warehouse refresh && crm warehouse export --parquet lake"]
)
def export(
    ctx: typer.Context,
    parquet: Annotated[str, typer.Option("--parquet", metavar="DIR", help="The folder for the files.")],
) -> None:
    """Write each table of the warehouse into a Parquet file. Prints what it wrote."""
    app = app_of(ctx)
    written = app.warehouse.export(Path(parquet).expanduser())
    app.output.rows(("table", "rows", "path"), [tuple(each) for each in written])


@app.verb("rm", examples=["crm warehouse rm --yes"])
def rm(ctx: typer.Context, yes: Yes = False) -> None:
    """Take the warehouse away. The store is left as it is."""
    app = app_of(ctx)
    path = app.warehouse.path
    if path.exists() and not yes and not app.output.confirm(f"delete {path}?"):
        app.output.message("nothing was changed")
        return
    app.output.message(f"deleted {path}" if app.warehouse.remove() else "there is no warehouse")
