"""``crm today``: what needs me now."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from crmcli.commands.shape import Fields, Noun, app_of, split

if TYPE_CHECKING:
    from crmcli.domain.views import TodayItem

app = Noun("What needs me now.")
TABLE_MOST, MOST = 10, 20


@app.verb("today", examples=["crm today", "crm --as ana today --date mon", "crm today --all --format json"])
def today(
    ctx: typer.Context,
    date: Annotated[
        str | None, typer.Option("--date", metavar="WHEN", help="As it will be, or would have been, that day.")
    ] = None,
    everyone: Annotated[bool, typer.Option("--all", help="What belongs to others too.")] = False,
    limit: Annotated[
        int | None,
        typer.Option(
            "--limit",
            min=0,
            metavar="N",
            help=f"At most N of each group; 0 for all. Else {TABLE_MOST} in a table, {MOST} elsewhere.",
        ),
    ] = None,
    fields: Fields = None,
) -> None:
    """What needs you now, by urgency.

    Overdue and due tasks, today's meetings, deals past their expected close, rotting, or with nothing planned, the
    week ahead, and birthdays. It lists what is yours and what is no one's; --as USER asks for someone else.
    """
    output = app_of(ctx).output
    most = limit if limit is not None else TABLE_MOST if output.format == "table" else MOST
    items = app_of(ctx).agenda.today(date, everyone=everyone, limit=most + 1 if most else None)
    kept, cut = _cut(items, most)
    output.many("today", iter(kept), split(fields))
    if cut:
        output.stdout.flush()
        output.note(f"more in: {', '.join(cut)} (--limit 0 for all)")


def _cut(items: list[TodayItem], most: int) -> tuple[list[TodayItem], list[str]]:
    """The first of each group, and the groups that have more."""
    counts: dict[str, int] = {}
    kept = []
    for item in items:
        counts[item.group] = counts.get(item.group, 0) + 1
        if not most or counts[item.group] <= most:
            kept.append(item)
    return kept, [group for group, count in counts.items() if most and count > most]
