"""``crm campaign variant`` and ``decide``: versions tried against each other, and the winner."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from crmcli.commands.campaign_app import app
from crmcli.commands.completing import campaigns, templates
from crmcli.commands.shape import Noun, app_of, is_machine
from crmcli.services.experiments import Told

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crmcli.domain.views import VariantView
    from crmcli.reports.report import Report

variant = Noun("Versions of a campaign that are tried against each other.", no_args_is_help=True)
app.group("variant", variant)

Text = str | None
_Ref = Annotated[str, typer.Argument(metavar="NAME", help="uid, number, name or code", autocompletion=campaigns)]
_Variant = Annotated[str, typer.Argument(metavar="VARIANT", help="What it is called: A, B, short subject.")]
_Share = Annotated[
    Text,
    typer.Option("--share", metavar="PARTS", help="Its part of the people: 1 and 1 are halves, 3 and 1 are quarters."),
]
_Template = Annotated[
    Text,
    typer.Option(
        "--template", metavar="NAME", help="Another than the campaign's; '' for that.", autocompletion=templates
    ),
]
_Subject = Annotated[
    Text, typer.Option("--subject", metavar="TEXT", help="Another subject than the template's; '' for that.")
]


@variant.verb(
    examples=[
        "crm campaign variant add Spring A --share 1 --template hello",
        "crm campaign variant add Spring B --share 1 --subject 'Just for you, {{ contact.given_name }}'",
    ]
)
def add(
    ctx: typer.Context, ref: _Ref, name: _Variant, share: _Share = None, template: _Template = None, subject: _Subject = None
) -> None:  # fmt: skip
    """Add a version. People are dealt out by the shares; crm campaign edit --test says what decides."""
    view = app_of(ctx).experiments.add(ref, name, Told(share, template, subject))
    _answer(ctx, view, f"added variant {view.name}")


@variant.verb("list", examples=["crm campaign variant list Spring", "crm campaign variant list Spring --format json"])
def list_(ctx: typer.Context, ref: _Ref) -> None:
    """The versions of a campaign. How many got each, and how many of them did what is measured."""
    output, views = app_of(ctx).output, app_of(ctx).experiments.versions(ref)
    if not views and output.format == "table":
        output.note(f"no variants yet (try: crm campaign variant add {ref!r} A)")
        return
    output.report(_report(views))


@variant.verb(
    examples=["crm campaign variant edit Spring B --share 2", "crm campaign variant edit Spring B --subject ''"]
)
def edit(
    ctx: typer.Context, ref: _Ref, name: _Variant,
    new_name: Annotated[Text, typer.Option("--name", metavar="NAME", help="Another name.")] = None,
    share: _Share = None, template: _Template = None, subject: _Subject = None,
) -> None:  # fmt: skip
    """Change a version. What was sent stays as it was."""
    view = app_of(ctx).experiments.edit(ref, name, Told(share, template, subject), new_name=new_name)
    _answer(ctx, view, f"edited variant {view.name}")


@variant.verb(examples=["crm campaign variant rm Spring B"])
def rm(ctx: typer.Context, ref: _Ref, name: _Variant) -> None:
    """Take a version away. Who would have got it gets another; crm undo brings it back."""
    app_of(ctx).output.note(f"removed variant {app_of(ctx).experiments.remove(ref, name)}")


@app.verb(examples=["crm campaign decide Spring", "crm campaign decide Spring --winner A"])
def decide(
    ctx: typer.Context,
    ref: _Ref,
    winner: Annotated[
        Text, typer.Option("--winner", metavar="VARIANT", help="Take this one, whatever the test says.")
    ] = None,
) -> None:
    """Name the variant that the rest of the people get. By the test, once it is time and there is a difference.

    Sending does this by itself. While there is no difference yet, people wait; --winner takes one all the same.
    """
    app_of(ctx).output.note(app_of(ctx).experiments.decide(ref, winner))


def _answer(ctx: typer.Context, view: VariantView, did: str) -> None:
    output = app_of(ctx).output
    if is_machine(ctx):
        output.report(_report([view]))
    output.note(did)


def _report(views: Sequence[VariantView]) -> Report:
    from crmcli.reports.report import Report, ReportColumn

    kinds = {"share": "integer", "members": "integer", "hits": "integer", "n": "integer", "rate": "percent"}
    columns = (
        tuple(ReportColumn(name, name, kinds.get(name, "text")) for name in type(views[0])._fields) if views else ()
    )
    return Report("variants", "variants", columns, tuple(tuple(view) for view in views), n=None)
