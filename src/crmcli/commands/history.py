"""``crm history`` and ``crm undo``: who changed what, and how it is taken back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from crmcli.commands.shape import Fields, Limit, Noun, app_of, is_machine, show_rows

if TYPE_CHECKING:
    from crmcli.domain.views import ChangeSetView

app = Noun("Who changed what, when, by which command.")
undo_app = Noun("Take back the last change, or the one named.")


@app.verb(
    "history",
    examples=["crm history", "crm history jane@acme.com", "crm history deal:12 --format json", "crm history change:7"],
)
def history(
    ctx: typer.Context,
    ref: Annotated[
        str | None,
        typer.Argument(
            metavar="[REF]", help="a record, as deal:12 where a number is not enough; or a change, as change:7"
        ),
    ] = None,
    fields: Fields = None,
    limit: Limit = None,
) -> None:
    """Who changed what, when, by which command. With a record (or a change) every field before and after."""
    kept = app_of(ctx).history
    show_rows(ctx, "history", lambda most: kept.list(ref, most), limit, fields, filtered=ref is not None)


@undo_app.verb("undo", examples=["crm undo", "crm undo 12"])
def undo(
    ctx: typer.Context,
    which: Annotated[
        str | None, typer.Argument(metavar="[N|ID]", help="the change's number or uid, as crm history shows it")
    ] = None,
) -> None:
    """Take back your last change, or the one named. An undo can itself be undone."""
    app = app_of(ctx)
    undone = app.history.undo(which)
    if is_machine(ctx):
        app.output.one(undone._replace(undone=True))
    ways = f"crm undo {app.store.committed} does it again"
    before = None if undone.command == "undo" else app.history.before(undone.number)
    if before is not None:
        ways += f", crm undo {before} takes back the change before"
    app.output.note(f"undid #{undone.number} {_told(undone)} ({ways})")


def _told(change: ChangeSetView) -> str:
    what = f"{change.command}: {change.summary}" if change.summary else change.command
    said = change.records < 2 or change.summary.startswith(f"{change.records} ")
    return what if said else f"{what} ({change.records} records)"
