"""``crm unmerge``: a merge taken back, later edits kept."""

from __future__ import annotations

from typing import Annotated

import typer

from crmcli.commands.shape import Noun, app_of, is_machine, name_of

app = Noun("Take a merge back, later edits kept.")


@app.verb("unmerge", examples=["crm unmerge 57", "crm unmerge jane@acme.com", "crm unmerge company:12"])
def unmerge(
    ctx: typer.Context,
    ref: Annotated[
        str,
        typer.Argument(
            metavar="REF", help="the record that was merged away, or the one that kept it; contact:12 says which noun"
        ),
    ],
) -> None:
    """Bring back a record that was merged away, with what it had. What was changed since the merge stays."""
    app = app_of(ctx)
    done = app.unmerging.unmerge(ref)
    for said in done.kept_back:
        app.output.warn(f"not given back: {said}")
    back = f"#{done.record.number} {name_of(done.record)}"
    app.output.note(
        f"brought back {done.noun} {back} from #{done.keeper.number} {done.keeper.name} (crm undo takes it back)"
    )
    if is_machine(ctx):
        app.output.one(done.record)
    else:
        app.output.uid(done.record.id)
