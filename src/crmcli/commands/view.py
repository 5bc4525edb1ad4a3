"""``crm view``: filters, orders and columns of lists under a name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from crmcli.commands.completing import one_of, views
from crmcli.commands.shape import Fields, Filter, Noun, Reverse, Sort, app_of, is_machine, split
from crmcli.domain.fields import FIELDS

if TYPE_CHECKING:
    from crmcli.domain.views import SavedView

app = Noun("Saved filters, orders and columns of lists.", no_args_is_help=True)

_NOUNS = f"{', '.join(FIELDS)}."
Which = Annotated[
    str | None,
    typer.Option("--noun", metavar="NOUN", help=f"Of which list: {_NOUNS}", autocompletion=one_of(tuple(FIELDS))),
]
Name = Annotated[str, typer.Argument(metavar="NAME", help="its name", autocompletion=views)]


@app.verb("list", examples=["crm view list", "crm view list --noun deal --format json"])
def list_(ctx: typer.Context, noun: Which = None, fields: Fields = None) -> None:
    """The saved views of all lists, or of one."""
    context = app_of(ctx)
    context.output.many("view", context.saved_views.list(noun), split(fields))


@app.verb(
    examples=[
        "crm view save hot --noun deal --filter 'value > 10k and stage_kind = open' --sort value --reverse",
        "crm view save vips --noun contact --filter 'tag = vip' --fields name,emails,last_activity",
    ]
)
def save(
    ctx: typer.Context,
    name: Name,
    noun: Annotated[
        str,
        typer.Option("--noun", metavar="NOUN", help=f"For which list: {_NOUNS}", autocompletion=one_of(tuple(FIELDS))),
    ],
    filter_: Filter = None,
    sort: Sort = None,
    reverse: Reverse = False,
    fields: Fields = None,
) -> None:
    """Keep a filter, an order and columns. A view of the same name is replaced; crm NOUN list --view NAME uses it."""
    saved = app_of(ctx).saved_views.save(
        noun, name, filter=filter_ or "", sort=sort or "", reverse=reverse, columns=split(fields) or ()
    )
    _answer(ctx, saved, f"saved view {saved.name}: crm {saved.noun} list --view {_as_word(saved.name)}")


@app.verb(examples=["crm view rm hot", "crm view rm hot --noun deal"])
def rm(ctx: typer.Context, name: Name, noun: Which = None) -> None:
    """Take a saved view away."""
    removed = app_of(ctx).saved_views.remove(noun, name)
    _answer(ctx, removed, f"removed view {removed.name} (crm undo takes it back)")


def _answer(ctx: typer.Context, view: SavedView, did: str) -> None:
    """One line on stderr, and the view on stdout when a structured format was asked for."""
    output = app_of(ctx).output
    if is_machine(ctx):
        output.one(view)
    output.note(did)


def _as_word(text: str) -> str:
    from shlex import quote

    return quote(text)
