"""``crm demo``: an example store to try things on."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from crmcli.commands.shape import Noun, app_of, is_machine
from crmcli.context import AppContext
from crmcli.services.demo import ORIGIN, build, default_path, look

app = Noun("An example store to try things on.")


@app.verb(examples=["crm demo", "crm demo --reset", "crm demo --path ./try.db"])
def demo(
    ctx: typer.Context,
    path: Annotated[
        str | None, typer.Option("--path", metavar="FILE", help="Keep it here; default: demo.db in the data folder.")
    ] = None,
    reset: Annotated[bool, typer.Option("--reset", help="Make it anew, also when it was worked on.")] = False,
) -> None:
    """Fill an example store, and show what is in it.

    It shows the pipeline and what needs you there today. Your own store is never touched. The dates are told from
    today: an example made before yesterday is made anew when you ask for it, unless you have worked on it.
    """
    output = app_of(ctx).output
    place = Path(path).expanduser() if path else default_path()
    example = _over(ctx, place)
    found, now = look(example.desk), example.clock.now()
    if reset or found.must_be_made(now):
        build(place, lambda file: _over(ctx, file).desk)
        output.note(f"made the example store {place}")
    elif found.is_old(now):
        output.note(
            f"{place} was worked on, so its dates are those of the day it was made (crm demo --reset makes it anew)"
        )
    _show(ctx, example)
    _say_what_next(ctx, place)


def _over(ctx: typer.Context, place: Path) -> AppContext:
    """The application over another store; the settings and the output stay those of this one."""
    app = app_of(ctx)
    example = AppContext(app.flags._replace(store=str(place)), origin=ORIGIN)
    example.settings, example.output = app.settings, app.output
    return example


def _show(ctx: typer.Context, example: AppContext) -> None:
    output = app_of(ctx).output
    totals, items = example.pipelines.totals(), example.agenda.today()
    if is_machine(ctx):
        from crmcli.domain.records import as_record

        output.value(
            {
                "store": example.store_location,
                "pipeline": [as_record(t) for t in totals],
                "today": [as_record(i) for i in items],
            }
        )
        return
    if not output.is_format_asked:
        output.use_format("table")  # for eyes, also through a pipe
    output.many("pipeline", totals)
    output.text("")
    output.many("today", items)


def _say_what_next(ctx: typer.Context, place: Path) -> None:
    from shlex import quote

    output, name = app_of(ctx).output, quote(str(place))
    output.note("")
    output.note("try next, on this example:")
    for line in (
        f"export CRM_DB={name}      # every command now works on the example",
        "crm tui                    # the board; ? shows its keys",
        "crm deal list --filter 'value > 20k and stage_kind = open'",
        "crm contact show elena.todorova@balkan-mlechni.example",
        "crm log call 'Discussed pricing' --contact lukasz.zerominski@lodzkie-tkaniny.example --next 'send offer' --due fri",
        "crm undo                   # takes back the last change, whatever it was",
        "unset CRM_DB               # back to your own store",
    ):
        output.note(f"  {line}")
