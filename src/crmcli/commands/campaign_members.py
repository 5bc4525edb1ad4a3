"""Verbs of ``crm campaign``: the people, where they stand, why, and how they responded."""

from __future__ import annotations

from pathlib import Path  # noqa: TC003 - Typer reads the annotations
from typing import TYPE_CHECKING, Annotated

import typer

from crmcli.commands.campaign_app import app
from crmcli.commands.completing import campaigns, contacts, one_of
from crmcli.commands.shape import (
    Fields,
    Filter,
    Limit,
    NoCreate,
    Offset,
    Raw,
    Reverse,
    app_of,
    is_machine,
    show_rows,
)
from crmcli.domain.marketing import MEMBER_STATES
from crmcli.errors import UsageError
from crmcli.services.members import RESPONSES, Question
from crmcli.store.queries.members import ORDERS

if TYPE_CHECKING:
    from crmcli.services.members import Responded

Text = str | None
Texts = list[str] | None
_Ref = Annotated[str, typer.Argument(metavar="NAME", help="uid, number, name or code", autocompletion=campaigns)]


@app.verb(
    examples=[
        "crm campaign members Spring --format json",
        "crm campaign members Spring --filter status=skipped --fields contact,reason",
        "crm campaign members Spring --status clicked --format ids",
    ]
)
def members(
    ctx: typer.Context,
    ref: _Ref,
    filter_: Filter = None,
    status: Annotated[
        Texts,
        typer.Option(
            "--status", metavar="STATE", help="Who stands there; may be repeated.", autocompletion=one_of(MEMBER_STATES)
        ),
    ] = None,
    fields: Fields = None,
    sort: Annotated[
        Text, typer.Option("--sort", metavar="FIELD", help="Order by this field.", autocompletion=one_of(tuple(ORDERS)))
    ] = None,
    reverse: Reverse = False,
    limit: Limit = None,
    offset: Offset = 0,
    raw: Raw = False,
) -> None:
    """The people of a campaign. Where each stands, why, and when every state was reached."""
    question = Question(filter_, status or (), sort, reverse, limit, offset)
    show_rows(
        ctx, "member", lambda most: app_of(ctx).members.list(ref, question._replace(limit=most)), limit, fields,
        raw=raw, filtered=bool(filter_ or status),
    )  # fmt: skip


@app.verb(examples=["crm campaign why Spring jane@acme.com"])
def why(
    ctx: typer.Context,
    ref: _Ref,
    contact: Annotated[str, typer.Argument(metavar="REF", help="the person", autocompletion=contacts)],
) -> None:
    """Why somebody was mailed, or was not. Every state with its time, reason and source."""
    app_of(ctx).output.one(app_of(ctx).members.why(ref, contact))


@app.verb(
    examples=[
        'crm campaign respond Spring jane@acme.com --note "asked for an offer"',
        "crm campaign respond --code K26 jane@x.com",
        "crm campaign respond Spring --file responses.csv",
        "crm campaign respond Spring jane@acme.com --take-back",
    ]
)
def respond(
    ctx: typer.Context,
    words: Annotated[
        Texts,
        typer.Argument(
            metavar="[NAME] [REF…]",
            help="the campaign (or --code), and who responded (or --file)",
            autocompletion=campaigns,
        ),
    ] = None,
    code: Annotated[Text, typer.Option("--code", metavar="CODE", help="The campaign, by its code.")] = None,
    file: Annotated[
        Path | None,
        typer.Option("--file", metavar="FILE", help="Columns email, note, at, status; - for standard input."),
    ] = None,
    status: Annotated[
        Text,
        typer.Option(
            "--status",
            metavar="STATE",
            help="replied, responded (default) or converted.",
            autocompletion=one_of(RESPONSES),
        ),
    ] = None,
    note: Annotated[Text, typer.Option("--note", metavar="TEXT", help="What was said.")] = None,
    at: Annotated[Text, typer.Option("--at", metavar="TIME", help="When it was; now unless said.")] = None,
    no_create: NoCreate = False,
    take_back: Annotated[
        bool, typer.Option("--take-back", help="It was noted down by mistake: it never happened.")
    ] = False,
) -> None:
    """Note down who responded to a campaign. An unknown e-mail address is added; --file reads many.

    It is no undo step; --take-back takes it back.
    """
    named, people = _who(words or [], code, has_file=file is not None)
    service = app_of(ctx).members
    if take_back:
        if file or note or at:
            raise UsageError("--take-back goes with people and --status alone")
        campaign, state, names = service.take_back(named, people, code=code, status=status)
        who = names[0] if len(names) == 1 else f"{len(names)} people"
        app_of(ctx).output.note(f"not {state} to {campaign.name} any more: {who}")
        return
    if file is None:
        done = service.respond(named, people, code=code, status=status, note=note, at=at, create=not no_create)
        _answer(ctx, done)
        return
    if note or at:
        raise UsageError("--note and --at come from the columns of the file")
    stream = app_of(ctx).output.stdin
    if str(file) == "-" and stream is None:
        raise UsageError("there is no standard input to read")
    place = stream.buffer if str(file) == "-" and stream is not None else file
    done, partly = service.import_responses(named or code or "", place, status=status, create=not no_create)
    _answer(ctx, done)
    if partly is not None:
        raise partly


def _who(words: list[str], code: str | None, *, has_file: bool) -> tuple[str | None, list[str]]:
    """The campaign, unless it goes by its code, and the people."""
    named = None if code or not words else words[0]
    people = words if code else words[1:]
    if (named is None and code is None) or bool(people) == has_file:
        raise UsageError(
            "name a campaign and who responded, or --file" if not has_file else "give people or --file, not both",
            hint="crm campaign respond Spring jane@acme.com",
        )
    return named, people


def _answer(ctx: typer.Context, done: Responded) -> None:
    output = app_of(ctx).output
    if is_machine(ctx):
        output.many("member", iter(done.members))
    count = len(done.members)
    known = f", {done.known} of them known already" if done.known else ""
    who = done.members[0].contact.name if count == 1 else f"{count} people"
    output.note(f"{done.status} to {done.campaign.name}: {who}{known}")
