"""``crm campaign calendar``: what campaigns have in store, by month."""

from __future__ import annotations

from pathlib import Path  # noqa: TC003 - Typer reads the annotations
from typing import Annotated

import typer

from crmcli.commands.campaign_app import app
from crmcli.commands.completing import campaigns
from crmcli.commands.shape import Fields, Raw, app_of, split
from crmcli.render.safe import visible


@app.verb(
    examples=[
        "crm campaign calendar",
        "crm campaign calendar --month 2026-12 --format csv",
        "crm campaign calendar --ics campaigns.ics --force",
    ]
)
def calendar(
    ctx: typer.Context,
    month: Annotated[
        str | None, typer.Option("--month", metavar="MONTH", help="2026-12, next month; this one unless said.")
    ] = None,
    campaign: Annotated[
        str | None,
        typer.Option("--campaign", metavar="NAME", help="Of one campaign alone.", autocompletion=campaigns),
    ] = None,
    ics: Annotated[
        Path | None,
        typer.Option(
            "--ics",
            metavar="FILE",
            help="As iCalendar into a file, - for standard output; of all months unless --month.",
        ),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace the file if it is there already.")] = False,
    fields: Fields = None,
    raw: Raw = False,
) -> None:
    """Campaigns with their days, tasks and sendings. A grid on a terminal, rows elsewhere."""
    context = app_of(ctx)
    service, output = context.campaign_calendar, context.output
    output.raw = raw
    if ics is not None:
        _feed(ctx, ics, month, campaign, force=force)
        return
    shown = service.month(month)
    items = service.items(shown, campaign)
    if output.format == "table" and fields is None:
        output.month(items, shown.start, shown.end)
    else:
        output.many("calendar", iter(items), split(fields), filtered=True)


def _feed(ctx: typer.Context, place: Path, month: str | None, campaign: str | None, *, force: bool) -> None:
    context = app_of(ctx)
    service = context.campaign_calendar
    text = "".join(service.feed(service.month(month) if month else None, campaign))
    if str(place) == "-":
        context.output.text(visible(text, keep_newlines=True) if context.output.is_terminal else text)
        return
    from crmcli.io.writing.place import new_file

    with new_file(place.expanduser(), replace=force) as file:
        file.write(text.encode())
    context.output.note(f"wrote {place}")
