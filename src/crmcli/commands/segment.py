"""``crm segment``: groups of people, by a rule or by name."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from crmcli.commands.completing import campaigns, contacts, one_of, segments
from crmcli.commands.shape import (
    Fields,
    Filter,
    Limit,
    Noun,
    Offset,
    Raw,
    Reverse,
    Sort,
    app_of,
    is_machine,
    show_list,
    split,
)
from crmcli.domain.marketing import MEMBER_STATES
from crmcli.errors import NotFound, PartlyDone, UsageError
from crmcli.services.records import Query

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crmcli.services.segments import Changed, Definition, People

app = Noun("Groups of people, by a rule or by name.", no_args_is_help=True)
_SHOWN = 5

Ref = Annotated[str, typer.Argument(metavar="REF", help="uid, #number or name.", autocompletion=segments)]
Name = Annotated[str, typer.Argument(metavar="NAME", help="What it is called.")]
Who = Annotated[
    list[str] | None,
    typer.Argument(metavar="[CONTACT]…", help="People by reference; - reads them from stdin.", autocompletion=contacts),
]
Rule = Annotated[str | None, typer.Option("--filter", metavar="FILTER", help="Everyone whom this filter selects.")]
Formula = Annotated[
    str | None, typer.Option("--formula", metavar="'A + B - C'", help="Other segments put together and taken away.")
]
Include = Annotated[
    list[str] | None,
    typer.Option(
        "--include", metavar="SEGMENT", help="Everyone of it as well; may be repeated.", autocompletion=segments
    ),
]
Exclude = Annotated[
    list[str] | None,
    typer.Option("--exclude", metavar="SEGMENT", help="Nobody of it; may be repeated.", autocompletion=segments),
]
Campaign = Annotated[
    str | None,
    typer.Option("--campaign", metavar="NAME", help="Everyone who is a member of it now.", autocompletion=campaigns),
]
Status = Annotated[
    str | None,
    typer.Option(
        "--status", metavar="STATE", help="Of the campaign only who ever reached this state.",
        autocompletion=one_of(MEMBER_STATES),
    ),
]  # fmt: skip
File = Annotated[
    Path | None,
    typer.Option("--file", metavar="FILE", help="References, one a line, or a CSV with an id or e-mail column."),
]
Note = Annotated[str | None, typer.Option("--note", metavar="TEXT", help="What it is for.")]


@app.verb(
    examples=[
        "crm segment add vip --filter 'tag = vip AND email is not empty'",
        "crm segment add quiet --filter 'last_activity < -90d AND deal.won_value > 10k'",
        "crm segment add audience --formula 'vip + quiet - \"do not mail\"'",
        "crm segment add clicked --campaign Spring --status clicked",
        "crm contact list --company Acme --format ids | crm segment add acme -",
    ]
)
def add(
    ctx: typer.Context,
    name: Name,
    who: Who = None,
    filter_: Rule = None,
    formula: Formula = None,
    include: Include = None,
    exclude: Exclude = None,
    campaign: Campaign = None,
    status: Status = None,
    file: File = None,
    note: Note = None,
) -> None:
    """Add a segment; prints the new uid. A filter or formula is worked out at each use, a list stays as it is."""
    people = _people(ctx, who, file, campaign, status)
    done = app_of(ctx).segments.add(name, _definition(filter_, formula, include, exclude, people), note=note)
    output = app_of(ctx).output
    output.one(done.segment) if is_machine(ctx) else output.uid(done.segment.id)
    _tell_unknown(ctx, done)


@app.verb("list", examples=["crm segment list", "crm segment list --format json --fields name,size"])
def list_(ctx: typer.Context, fields: Fields = None) -> None:
    """The segments. With their rules and how many are in each now."""
    app_of(ctx).output.many("segment", app_of(ctx).segments.list(), split(fields))


@app.verb(examples=["crm segment show vip", "crm segment show vip --format json"])
def show(ctx: typer.Context, ref: Ref, fields: Fields = None) -> None:
    """The whole picture of a segment. Rule, size, some of its people, growth, how many mail reaches."""
    app_of(ctx).output.one(app_of(ctx).segments.show(ref), split(fields))


@app.verb(
    examples=[
        "crm segment edit vip --filter 'tag = vip AND owner = me'",
        "crm segment edit vip --name 'Very important' --exclude 'do not mail'",
        "crm segment edit acme --add jane@acme.com --rm 12",
    ]
)
def edit(
    ctx: typer.Context,
    ref: Ref,
    name: Annotated[str | None, typer.Option("--name", metavar="NAME", help="Another name.")] = None,
    filter_: Rule = None,
    formula: Formula = None,
    include: Include = None,
    exclude: Exclude = None,
    add_: Annotated[
        list[str] | None,
        typer.Option("--add", metavar="CONTACT", help="Put on the list; - reads stdin.", autocompletion=contacts),
    ] = None,
    rm_: Annotated[
        list[str] | None,
        typer.Option("--rm", metavar="CONTACT", help="Take off the list.", autocompletion=contacts),
    ] = None,
    file: File = None,
    campaign: Campaign = None,
    status: Status = None,
    note: Annotated[str | None, typer.Option("--note", metavar="TEXT", help="What it is for; '' for nothing.")] = None,
) -> None:
    """Change a segment. Its name, note and rule can be undone; who is on a list is changed for good."""
    people = _people(ctx, add_, file, campaign, status)
    done = app_of(ctx).segments.edit(
        ref, name=name, definition=_definition(filter_, formula, include, exclude, people), note=note, remove=rm_ or ()
    )
    _answer(ctx, done, "edited segment")
    _tell_unknown(ctx, done)


@app.verb(examples=["crm segment rm vip"])
def rm(ctx: typer.Context, ref: Ref) -> None:
    """Take a segment away. Refused while a segment or campaign uses it; crm undo or crm segment restore takes it back."""
    _answer_view(ctx, app_of(ctx).segments.remove(ref), "deleted segment")


@app.verb(examples=["crm segment restore vip"])
def restore(
    ctx: typer.Context,
    ref: Annotated[str, typer.Argument(metavar="REF", help="uid, #number or name of a deleted one.")],
) -> None:
    """Bring back a segment that was deleted."""
    _answer_view(ctx, app_of(ctx).segments.restore(ref), "restored segment")


@app.verb(
    examples=[
        "crm segment members vip --fields name,emails",
        "crm segment members vip --format csv --sort name > vip.csv",
    ]
)
def members(
    ctx: typer.Context,
    ref: Ref,
    filter_: Filter = None,
    fields: Fields = None,
    sort: Sort = None,
    reverse: Reverse = False,
    limit: Limit = None,
    offset: Offset = 0,
    raw: Raw = False,
) -> None:
    """Who is in a segment now, as crm contact list shows people."""
    uid = app_of(ctx).segments.find(ref).uid
    query = Query(filter_, [f'segment = "{uid}"'], sort, reverse, limit, offset)
    show_list(ctx, app_of(ctx).contacts, query, fields, raw=raw)


@app.verb(examples=["crm segment freeze vip", "crm segment freeze vip --name 'vip at the fair'"])
def freeze(
    ctx: typer.Context,
    ref: Ref,
    name: Annotated[
        str | None, typer.Option("--name", metavar="NAME", help="What the copy is called; else the name and the day.")
    ] = None,
) -> None:
    """A static copy of a segment. Everyone who is in it now; prints the new uid."""
    copy = app_of(ctx).segments.freeze(ref, name)
    output = app_of(ctx).output
    output.one(copy) if is_machine(ctx) else output.uid(copy.id)
    output.note(f"froze {_people_of(copy.size)} as {copy.name}")


@app.verb(examples=["crm segment snapshot vip"])
def snapshot(ctx: typer.Context, ref: Ref) -> None:
    """Keep who is in a segment now, to see later how it grew."""
    taken = app_of(ctx).segments.take_snapshot(ref)
    output = app_of(ctx).output
    if is_machine(ctx):
        output.one(taken)
    change = "" if taken.came is None else f", {taken.came} came and {taken.went} went since the last one"
    output.note(f"snapshot {taken.number}: {_people_of(taken.size)}{change}")


@app.verb(examples=["crm segment snapshots vip", "crm segment snapshots vip --format json"])
def snapshots(ctx: typer.Context, ref: Ref, fields: Fields = None) -> None:
    """The snapshots of a segment. The oldest first, with how many came and went between them."""
    app_of(ctx).output.many("snapshot", app_of(ctx).segments.snapshots(ref), split(fields))


def _definition(
    filter_: str | None, formula: str | None, include: Sequence[str] | None, exclude: Sequence[str] | None,
    people: People | None,
) -> Definition:  # fmt: skip
    from crmcli.services.segments import Definition

    return Definition(filter_, formula, include or (), exclude or (), people)


def _people(
    ctx: typer.Context, who: Sequence[str] | None, file: Path | None, campaign: str | None, status: str | None
) -> People | None:
    """The people that the words, stdin, a file or a campaign name; None where none of these was given."""
    from crmcli.io.reference_list import references
    from crmcli.services.segments import People

    named = list(who or ())
    if not named and file is None and campaign is None:
        if status is not None:
            raise UsageError("--status is of the members of a campaign", hint="--campaign NAME")
        return None
    listed = []
    if "-" in named:
        stdin = app_of(ctx).output.stdin
        listed += references(stdin.read() if stdin is not None else "")
        named.remove("-")
    if file is not None:
        if not file.is_file():
            raise NotFound(f"no file {file}")
        listed += references(file.read_text("utf-8-sig"))
    if not listed and not named and campaign is None:
        raise UsageError("no references were read", hint="one a line: uid, e-mail, number or name")
    return People((*named, *listed), campaign, status, forgiving=bool(listed))


def _tell_unknown(ctx: typer.Context, done: Changed) -> None:
    """Raise PartlyDone naming the first references that named nobody."""
    if not done.unknown:
        return
    for ref in done.unknown[:_SHOWN]:
        app_of(ctx).output.warn(f"no contact {ref}")
    count = len(done.unknown)
    raise PartlyDone(f"{count} reference{'s' * (count > 1)} named nobody; the others are in {done.segment.name}")


def _answer(ctx: typer.Context, done: Changed, did: str) -> None:
    _answer_view(ctx, done.segment, did)


def _answer_view(ctx: typer.Context, view: object, did: str) -> None:
    from crmcli.commands.shape import name_of

    output = app_of(ctx).output
    if is_machine(ctx):
        output.one(view)
    output.note(f"{did} {name_of(view)}")


def _people_of(count: int | None) -> str:
    return "1 person" if count == 1 else f"{count or 0} people"
