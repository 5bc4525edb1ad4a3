"""``crm sequence``: mails, tasks and waits, one step after another for each person."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from crmcli.commands import sequence_steps
from crmcli.commands.completing import contacts, deals, one_of, pipelines, segments, stages
from crmcli.commands.sequence_app import Ref, app
from crmcli.commands.shape import (
    Clear,
    DryRun,
    Fields,
    Raw,
    Where,
    Yes,
    answer_added,
    answer_changed,
    app_of,
    is_machine,
    is_to_be_done,
    one_or_where,
    split,
)
from crmcli.errors import NotFound, UsageError

if TYPE_CHECKING:
    from crmcli.context import AppContext
    from crmcli.domain.sequence_steps import StepDraft
    from crmcli.services.sequences import SequenceTold

# Its verbs hang on the noun as soon as the module is there.
VERBS = (sequence_steps,)
_STATES = ("active", "finished", "stopped")

Text = str | None
Name = Annotated[str, typer.Argument(metavar="NAME", help="What it is called.")]
Segment = Annotated[
    Text,
    typer.Option(
        "--segment", metavar="SEGMENT", help="Take in everyone of it, now and later.", autocompletion=segments
    ),
]
Stage = Annotated[
    Text,
    typer.Option(
        "--stage",
        metavar="STAGE",
        help="Take in the people of deals that come there from now on.",
        autocompletion=stages,
    ),
]
Pipeline = Annotated[
    Text, typer.Option("--pipeline", metavar="NAME", help="Whose stage it is.", autocompletion=pipelines)
]
StopOnReply = Annotated[
    bool | None,
    typer.Option("--stop-on-reply/--no-stop-on-reply", help="Stop who answers; it does unless told otherwise."),
]
Again = Annotated[
    bool | None, typer.Option("--again/--no-again", help="With --stage: another deal takes a person in once more.")
]
Owner = Annotated[Text, typer.Option("--owner", metavar="USER", help="Who gets the tasks of people without an owner.")]
StepsFile = Annotated[
    Text, typer.Option("--steps", metavar="FILE", help="The steps, one a line; - reads them from stdin.")
]
People = Annotated[
    list[str] | None,
    typer.Argument(metavar="[CONTACT]…", help="People by reference; - reads them from stdin.", autocompletion=contacts),
]


@app.verb(
    examples=[
        "crm sequence add Welcome --steps welcome.txt --segment vip",
        "cat welcome.txt | crm sequence add Welcome --steps -",
        "crm sequence add Onboarding --stage won --no-stop-on-reply",
    ]
)
def add(
    ctx: typer.Context,
    name: Name,
    steps: StepsFile = None,
    segment: Segment = None,
    stage: Stage = None,
    pipeline: Pipeline = None,
    stop_on_reply: StopOnReply = None,
    again: Again = None,
    owner: Owner = None,
) -> None:
    """Add a sequence; prints the new uid. It has a campaign of its own, under which its mails and results are kept.

    A file of steps has lines as: mail TEMPLATE, wait 3d, task call them in 1d, if FILTER else stop (or else skip, which
    leaves the next step out). How fast and when it mails is set by crm campaign edit NAME --window and the like.
    """
    told = _told(ctx, steps, segment, stage, pipeline, stop_on_reply, again, owner)
    answer_added(ctx, app_of(ctx).sequences.add(name, told))


@app.verb("list", examples=["crm sequence list", "crm sequence list --format json --fields name,active,stopped"])
def list_(ctx: typer.Context, fields: Fields = None) -> None:
    """The sequences. How many people are on the way, came through, or were stopped."""
    app_of(ctx).output.many("sequence", iter(app_of(ctx).sequences.list()), split(fields))


@app.verb(examples=["crm sequence show Welcome", "crm sequence show Welcome --steps > welcome.txt"])
def show(
    ctx: typer.Context,
    ref: Ref,
    steps: Annotated[bool, typer.Option("--steps", help="Only the steps, as a file of them is written.")] = False,
    fields: Fields = None,
) -> None:
    """A sequence with its steps. What takes people in and out, and for how many people each step is the next."""
    if not steps:
        app_of(ctx).output.one(app_of(ctx).sequences.show(ref), split(fields))
        return
    for line in app_of(ctx).sequences.lines(ref):
        app_of(ctx).output.text(f"{line}\n")


@app.verb(
    examples=[
        "crm sequence edit Welcome --name 'Welcome aboard' --no-stop-on-reply",
        "crm sequence edit Welcome --steps welcome.txt",
        "crm sequence edit Welcome --clear segment",
    ]
)
def edit(
    ctx: typer.Context,
    ref: Ref,
    name: Annotated[Text, typer.Option("--name", metavar="NAME", help="Another name.")] = None,
    steps: StepsFile = None,
    segment: Segment = None,
    stage: Stage = None,
    pipeline: Pipeline = None,
    stop_on_reply: StopOnReply = None,
    again: Again = None,
    owner: Owner = None,
    clear: Clear = None,
) -> None:
    """Change a sequence. Steps of a file that were there before stay the same ones, with the people who are at them."""
    told = _told(ctx, steps, segment, stage, pipeline, stop_on_reply, again, owner)
    told = told._replace(clear=[part for each in clear or () for part in each.split(",")])
    answer_changed(ctx, app_of(ctx).sequences.edit(ref, told, name=name), "edited sequence")


@app.verb(examples=["crm sequence rm Welcome"])
def rm(ctx: typer.Context, ref: Ref) -> None:
    """Delete a sequence. Nobody is moved any more, and its campaign is completed; crm undo takes it back."""
    answer_changed(ctx, app_of(ctx).sequences.remove(ref), "deleted sequence")


@app.verb(examples=["crm sequence pause Welcome"])
def pause(ctx: typer.Context, ref: Ref) -> None:
    """Let everybody in a sequence wait, and take nobody in."""
    answer_changed(ctx, app_of(ctx).sequences.move("pause", ref), "paused sequence")


@app.verb(examples=["crm sequence resume Welcome"])
def resume(ctx: typer.Context, ref: Ref) -> None:
    """Go on with a paused sequence. What became due meanwhile is done by the next crm run due."""
    answer_changed(ctx, app_of(ctx).sequences.move("resume", ref), "resumed sequence")


@app.verb(
    examples=[
        "crm sequence enrol Welcome jane@acme.com bob@acme.com",
        "crm sequence enrol Welcome --where 'tag = fair AND email is not empty' --yes",
        "crm sequence enrol 'After the offer' jane@acme.com --deal 'Acme renewal'",
    ]
)
def enrol(
    ctx: typer.Context,
    ref: Ref,
    people: People = None,
    where: Where = None,
    deal: Annotated[
        Text,
        typer.Option("--deal", metavar="DEAL", help="What it is about; its closing stops them.", autocompletion=deals),
    ] = None,
    again: Annotated[bool, typer.Option("--again", help="Also who was in it before, from the beginning.")] = False,
    yes: Yes = False,
    dry_run: DryRun = False,
) -> None:
    """Take people in; crm run due then moves them. Who is on the way already is left there."""
    context = app_of(ctx)
    named = _named(context, people)
    one_or_where(named, where)
    if where is not None or dry_run:
        found = (
            context.enrolments.matching(where) if where is not None else [context.contacts.find(each) for each in named]
        )
        what = f"enrol {len(found)} {'person' if len(found) == 1 else 'people'} in {context.sequences.find(ref).name}"
        each = (f"enrol #{person.number} {person.name}" for person in found)
        if not is_to_be_done(context, what, each, yes=yes or where is None, dry_run=dry_run):
            return
    done = context.enrolments.enrol(ref, named, where=where, deal=deal, again=again)
    if is_machine(ctx):
        context.output.value(
            {
                "sequence": done.sequence,
                "enrolled": done.enrolled,
                "active": list(done.active),
                "before": list(done.before),
            }
        )
    context.output.note(f"{done.enrolled} enrolled in {done.sequence}; crm run due moves them")
    if done.active:
        context.output.note(f"on the way already: {', '.join(done.active)}")
    if done.before:
        context.output.note(f"in it before, and not taken in again without --again: {', '.join(done.before)}")


@app.verb(examples=["crm sequence stop Welcome jane@acme.com --reason 'called us'"])
def stop(
    ctx: typer.Context,
    ref: Ref,
    people: People = None,
    reason: Annotated[Text, typer.Option("--reason", metavar="TEXT", help="Why.")] = None,
) -> None:
    """Take people out of a sequence. Nothing more is sent to them or to be done about them."""
    context = app_of(ctx)
    named = _named(context, people)
    if not named:
        raise UsageError("who is to be stopped?", hint=f"crm sequence stop {ref!r} CONTACT")
    done = context.enrolments.stop(ref, named, reason)
    if is_machine(ctx):
        context.output.value({"sequence": done.sequence, "stopped": list(done.people)})
    context.output.note(f"stopped in {done.sequence}: {', '.join(done.people)}")


@app.verb(
    examples=[
        "crm sequence members Welcome",
        "crm sequence members Welcome --status stopped --fields contact,reason,ended_at --format json",
    ]
)
def members(
    ctx: typer.Context,
    ref: Ref,
    status: Annotated[
        list[str] | None,
        typer.Option("--status", metavar="STATE", help="active, finished or stopped.", autocompletion=one_of(_STATES)),
    ] = None,
    fields: Fields = None,
    raw: Raw = False,
) -> None:
    """Who is and was in a sequence. The next step and when it is due, or how it ended and why."""
    output = app_of(ctx).output
    output.raw = raw
    output.many("enrolment", app_of(ctx).enrolments.list(ref, status or ()), split(fields))


def _named(context: AppContext, people: list[str] | None) -> list[str]:
    """The references that were given; - stands for those on stdin, one a line."""
    from crmcli.io.reference_list import references

    named = [each for each in people or () if each != "-"]
    if len(named) < len(people or ()):
        stdin = context.output.stdin
        named += references(stdin.read() if stdin is not None else "")
    return named


def _told(
    ctx: typer.Context, steps: Text, segment: Text, stage: Text, pipeline: Text, stop_on_reply: bool | None,
    again: bool | None, owner: Text,
) -> SequenceTold:  # fmt: skip
    from crmcli.services.sequences import SequenceTold

    me = app_of(ctx).user if owner == "me" else owner
    drafts = _steps(app_of(ctx), steps) if steps is not None else None
    return SequenceTold(segment, stage, pipeline, stop_on_reply, again, me, drafts)


def _steps(context: AppContext, file: str) -> tuple[StepDraft, ...]:
    from crmcli.domain.sequence_steps import read_steps

    if file == "-":
        stdin = context.output.stdin
        return read_steps(stdin.read() if stdin is not None else "")
    path = Path(file).expanduser()
    if not path.is_file():
        raise NotFound(f"no file {file}")
    return read_steps(path.read_text("utf-8-sig"))


__all__ = ["VERBS", "app"]
