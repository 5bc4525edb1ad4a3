"""Verbs of ``crm campaign``: the plan, and the way from state to state."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from crmcli.commands.campaign_app import app
from crmcli.commands.completing import campaigns, one_of, owners, segments, templates
from crmcli.commands.shape import (
    Fields,
    Filter,
    Limit,
    Offset,
    Raw,
    Reverse,
    answer_added,
    answer_changed,
    app_of,
    show_rows,
    split,
)
from crmcli.domain.campaign_drafts import CLEARABLE
from crmcli.domain.campaign_drafts import one_of as word_of
from crmcli.domain.campaign_settings import TRIAL_METRICS
from crmcli.domain.marketing import CAMPAIGN_KINDS, CAMPAIGN_STATES
from crmcli.domain.naming import in_shell
from crmcli.services.campaigns import Told, Wanted
from crmcli.store.queries.campaign_views import ORDERS

if TYPE_CHECKING:
    from crmcli.domain.views import CampaignView
    from crmcli.services.members import Started

Text = str | None
Texts = list[str] | None
REF = "uid, number, name or code"

Ref = Annotated[str, typer.Argument(metavar="NAME", help=REF, autocompletion=campaigns)]
_Kind = Annotated[
    Text,
    typer.Option("--kind", metavar="KIND", help=f"{', '.join(CAMPAIGN_KINDS)}.", autocompletion=one_of(CAMPAIGN_KINDS)),
]
_Status = Annotated[
    Text,
    typer.Option(
        "--status", metavar="STATE", help=f"{', '.join(CAMPAIGN_STATES)}.", autocompletion=one_of(CAMPAIGN_STATES)
    ),
]
_Code = Annotated[Text, typer.Option("--code", metavar="CODE", help="What visitors or readers name, as K26.")]
_Objective = Annotated[Text, typer.Option("--objective", metavar="TEXT", help="What it is for.")]
_Parent = Annotated[
    Text, typer.Option("--parent", metavar="NAME", help="The campaign it is a part of.", autocompletion=campaigns)
]
_Start = Annotated[Text, typer.Option("--start", metavar="DATE", help="First day.")]
_End = Annotated[Text, typer.Option("--end", metavar="DATE", help="Last day.")]
_Budget = Annotated[Text, typer.Option("--budget", metavar="AMOUNT", help="What it may cost: 1000, 1.5k, '€1,000'.")]
_Cost = Annotated[Text, typer.Option("--expected-cost", metavar="AMOUNT", help="What it should cost.")]
_Revenue = Annotated[Text, typer.Option("--expected-revenue", metavar="AMOUNT", help="What it should bring.")]
_Response = Annotated[
    Text, typer.Option("--expected-response", metavar="PERCENT", help="How many of those it reaches should respond.")
]
_Segment = Annotated[
    Texts,
    typer.Option("--segment", metavar="NAME", help="Whom it is for; may be repeated.", autocompletion=segments),
]
_Exclude = Annotated[
    Texts,
    typer.Option("--exclude", metavar="NAME", help="Whom it leaves out; may be repeated.", autocompletion=segments),
]
_Template = Annotated[Text, typer.Option("--template", metavar="NAME", help="What is sent.", autocompletion=templates)]
_Goal = Annotated[
    Texts,
    typer.Option(
        "--goal",
        metavar="METRIC=TARGET",
        help="reach, responses, leads, deals, revenue or roi, as responses=20; may be repeated.",
    ),
]
_Owner = Annotated[
    Text, typer.Option("--owner", metavar="USER", help="The user who looks after it.", autocompletion=owners)
]
_SendAt = Annotated[Text, typer.Option("--send-at", metavar="TIME", help="When it is to be sent by crm run due.")]
_PerMinute = Annotated[Text, typer.Option("--per-minute", metavar="N", help="At most so many messages a minute.")]
_PerHour = Annotated[Text, typer.Option("--per-hour", metavar="N", help="At most so many messages an hour.")]
_Window = Annotated[
    Text,
    typer.Option("--window", metavar="HOURS", help="By the recipient's clock: '09:00-17:00 mon-fri'."),
]
_Cap = Annotated[Text, typer.Option("--cap", metavar="N/DAYS", help="To one person, of all campaigns together: 2/7d.")]
_Batch = Annotated[Text, typer.Option("--batch", metavar="N", help="At most so many messages in one go.")]
_Ramp = Annotated[
    Text, typer.Option("--ramp", metavar="N,N,…/day", help="At most so many on the first day, the second, …")
]
_Account = Annotated[Text, typer.Option("--account", metavar="NAME", help="The mail account to send through.")]
_Test = Annotated[
    Text,
    typer.Option(
        "--test",
        metavar="METRIC",
        help="What decides between variants: responded, replied, converted, clicked or opened.",
        autocompletion=one_of(TRIAL_METRICS),
    ),
]
_After = Annotated[
    Text, typer.Option("--after", metavar="N|TIME", help="When the winner is named: after 500 messages, or 2d.")
]
_Confidence = Annotated[
    Text, typer.Option("--confidence", metavar="PERCENT", help="How sure the test is to be; 95 unless said.")
]
_Sample = Annotated[
    Text,
    typer.Option(
        "--sample",
        metavar="PERCENT",
        help="On how many variants are tried; the rest wait for the winner. N messages, or 20% with a time.",
    ),
]


@app.verb(
    examples=[
        "crm campaign add Spring --kind email --segment vip --template hello --budget 1000 --goal responses=20",
        "crm campaign add 'Trade fair 2026' --kind exhibition --code K26 --start 2026-11-24 --end 2026-11-27 --budget '€8,000'",
        "crm campaign add News --kind newsletter --segment readers --exclude left --window '09:00-17:00 mon-fri' --cap 2/7d",
    ]
)
def add(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="What it is called.")],
    kind: _Kind = None,
    status: _Status = None,
    code: _Code = None,
    objective: _Objective = None,
    parent: _Parent = None,
    start: _Start = None,
    end: _End = None,
    budget: _Budget = None,
    expected_cost: _Cost = None,
    expected_revenue: _Revenue = None,
    expected_response: _Response = None,
    segment: _Segment = None,
    exclude: _Exclude = None,
    template: _Template = None,
    goal: _Goal = None,
    owner: _Owner = None,
    send_at: _SendAt = None,
    per_minute: _PerMinute = None,
    per_hour: _PerHour = None,
    window: _Window = None,
    cap: _Cap = None,
    batch: _Batch = None,
    ramp: _Ramp = None,
    account: _Account = None,
    test: _Test = None,
    after: _After = None,
    confidence: _Confidence = None,
    sample: _Sample = None,
) -> None:
    """Plan a campaign; prints the new uid. It is a draft until crm campaign start."""
    values = {
        "kind": kind, "status": status, "code": code, "objective": objective, "parent": parent, "starts_on": start,
        "ends_on": end, "budget": budget, "expected_cost": expected_cost, "expected_revenue": expected_revenue,
        "expected_response": expected_response, "template": template, "owner": owner, "send_at": send_at,
        "per_minute": per_minute, "per_hour": per_hour, "window": window, "cap": cap, "batch": batch, "ramp": ramp,
        "account": account, "test": test, "after": after, "confidence": confidence, "sample": sample,
    }  # fmt: skip
    view = app_of(ctx).campaigns.add(name, Told(values, segment, exclude, goal or ()))
    answer_added(ctx, view)
    _say_draft(ctx, view, send_at)
    _warn_untracked(ctx, test)


@app.verb(
    examples=[
        "crm campaign edit Spring --budget 1500 --goal responses=30",
        "crm campaign edit 3 --name 'Spring 2027' --start 2027-03-01",
        "crm campaign edit Spring --test clicked --after 2d --sample 20%",
        "crm campaign edit Spring --clear window --clear goal",
    ]
)
def edit(
    ctx: typer.Context,
    ref: Ref,
    name: Annotated[Text, typer.Option("--name", metavar="NAME", help="Another name.")] = None,
    kind: _Kind = None,
    status: _Status = None,
    code: _Code = None,
    objective: _Objective = None,
    parent: _Parent = None,
    start: _Start = None,
    end: _End = None,
    budget: _Budget = None,
    expected_cost: _Cost = None,
    expected_revenue: _Revenue = None,
    expected_response: _Response = None,
    segment: _Segment = None,
    exclude: _Exclude = None,
    template: _Template = None,
    goal: _Goal = None,
    owner: _Owner = None,
    send_at: _SendAt = None,
    per_minute: _PerMinute = None,
    per_hour: _PerHour = None,
    window: _Window = None,
    cap: _Cap = None,
    batch: _Batch = None,
    ramp: _Ramp = None,
    account: _Account = None,
    test: _Test = None,
    after: _After = None,
    confidence: _Confidence = None,
    sample: _Sample = None,
    clear: Annotated[
        Texts,
        typer.Option(
            "--clear", metavar="FIELD", help="Empty a field; may be repeated.", autocompletion=one_of(CLEARABLE)
        ),
    ] = None,
) -> None:
    """Change a campaign. --segment and --exclude replace those there are, --goal sets one more or another target."""
    values = {
        "kind": kind, "status": status, "code": code, "objective": objective, "parent": parent, "starts_on": start,
        "ends_on": end, "budget": budget, "expected_cost": expected_cost, "expected_revenue": expected_revenue,
        "expected_response": expected_response, "template": template, "owner": owner, "send_at": send_at,
        "per_minute": per_minute, "per_hour": per_hour, "window": window, "cap": cap, "batch": batch, "ramp": ramp,
        "account": account, "test": test, "after": after, "confidence": confidence, "sample": sample,
    }  # fmt: skip
    names = [part.strip() for each in clear or () for part in each.split(",")]
    told = Told(values, segment, exclude, goal or (), names)
    view = app_of(ctx).campaigns.edit(ref, told, name=name)
    answer_changed(ctx, view, "edited campaign")
    if (segment or exclude) and view.status == "active" and view.members:
        app_of(ctx).output.note(
            f"who was targeted before stays; crm campaign target {in_shell(view.name)} takes in who is new"
        )
    _say_draft(ctx, view, send_at)
    _warn_untracked(ctx, test)


def _say_draft(ctx: typer.Context, view: CampaignView, send_at: str | None) -> None:
    if send_at and view.status == "draft":
        app_of(ctx).output.note(
            f"a draft is not sent at its time; crm campaign edit {in_shell(view.name)} --status planned says it is to be"
        )


def _warn_untracked(ctx: typer.Context, metric: str | None) -> None:
    if metric and any(word in metric for word in ("opened", "clicked")) and not app_of(ctx).is_tracked:
        app_of(ctx).output.warn("nobody counts who opens and clicks (crm config set marketing.tracking_url URL)")


@app.verb(
    examples=["crm campaign clone Spring Autumn", "crm campaign clone Spring Autumn --start 2026-09-01 --budget 2k"]
)
def clone(
    ctx: typer.Context,
    ref: Ref,
    name: Annotated[str, typer.Argument(metavar="NEW", help="What the new one is called.")],
    start: _Start = None,
    end: _End = None,
    budget: _Budget = None,
    code: _Code = None,
    segment: _Segment = None,
    exclude: _Exclude = None,
    template: _Template = None,
    goal: _Goal = None,
    owner: _Owner = None,
) -> None:
    """A draft like another campaign. Its dates, code, costs and people are not taken over; prints the new uid."""
    values = {
        "starts_on": start, "ends_on": end, "budget": budget, "code": code, "template": template, "owner": owner,
    }  # fmt: skip
    answer_added(ctx, app_of(ctx).campaigns.clone(ref, name, Told(values, segment, exclude, goal or ())))


@app.verb(
    "list",
    examples=[
        "crm campaign list --status active",
        "crm campaign list --filter 'budget > 1000 and starts_on >= today' --format json",
    ],
)
def list_(
    ctx: typer.Context,
    filter_: Filter = None,
    kind: Annotated[
        Texts,
        typer.Option(
            "--kind", metavar="KIND", help="Of this kind; may be repeated.", autocompletion=one_of(CAMPAIGN_KINDS)
        ),
    ] = None,
    status: Annotated[
        Texts,
        typer.Option(
            "--status", metavar="STATE", help="In this state; may be repeated.", autocompletion=one_of(CAMPAIGN_STATES)
        ),
    ] = None,
    owner: Annotated[
        Text, typer.Option("--owner", metavar="USER", help="Whose they are; me for yourself.", autocompletion=owners)
    ] = None,
    parent: Annotated[
        Text, typer.Option("--parent", metavar="NAME", help="The parts of this one.", autocompletion=campaigns)
    ] = None,
    fields: Fields = None,
    sort: Annotated[
        Text, typer.Option("--sort", metavar="FIELD", help="Order by this field.", autocompletion=one_of(tuple(ORDERS)))
    ] = None,
    reverse: Reverse = False,
    limit: Limit = None,
    offset: Offset = 0,
    deleted: Annotated[bool, typer.Option("--deleted", help="The deleted ones.")] = False,
    raw: Raw = False,
) -> None:
    """List campaigns, by name."""
    wanted = Wanted(
        filter_, [word_of("kind", each, CAMPAIGN_KINDS) for each in kind or ()],
        [word_of("status", each, CAMPAIGN_STATES) for each in status or ()], owner, parent, sort, reverse,
        limit, offset, deleted,
    )  # fmt: skip
    show_rows(
        ctx, "campaign", lambda most: app_of(ctx).campaigns.all(wanted._replace(limit=most)), limit, fields,
        raw=raw, filtered=any((filter_, kind, status, owner, parent)),
    )  # fmt: skip


@app.verb(examples=["crm campaign show Spring", "crm campaign show K26 --format json"])
def show(ctx: typer.Context, ref: Ref, fields: Fields = None) -> None:
    """The whole picture of a campaign. Its plan, budget, goals, members by state, variants and tasks."""
    app_of(ctx).output.one(app_of(ctx).campaigns.show(ref), split(fields))


@app.verb(examples=["crm campaign rm Spring"])
def rm(ctx: typer.Context, ref: Ref) -> None:
    """Delete a campaign. Its deals and activities stay; crm undo or crm campaign restore takes it back."""
    answer_changed(ctx, app_of(ctx).campaigns.remove(ref), "deleted campaign")


@app.verb(examples=["crm campaign restore Spring"])
def restore(ctx: typer.Context, ref: Annotated[str, typer.Argument(metavar="NAME", help=REF)]) -> None:
    """Bring a deleted campaign back."""
    answer_changed(ctx, app_of(ctx).campaigns.restore(ref), "restored campaign")


# -- from state to state


@app.verb(examples=["crm campaign start Spring"])
def start(ctx: typer.Context, ref: Ref) -> None:
    """Start a campaign. It takes in the people of its segments; run again, those who came into them since."""
    answer_started(ctx, app_of(ctx).members.start(ref), "started campaign")


@app.verb(examples=["crm campaign target Spring"])
def target(ctx: typer.Context, ref: Ref) -> None:
    """Take in who came into its segments since. Nobody is taken out."""
    answer_started(ctx, app_of(ctx).members.target(ref), "targeted campaign")


def answer_started(ctx: typer.Context, started: Started, did: str) -> None:
    """Who came in, on stderr; the campaign when a structured format was asked for."""
    output = app_of(ctx).output
    answer = started.campaign
    if output.format in ("json", "jsonl", "yaml"):
        from crmcli.domain.records import as_record

        output.value({**as_record(answer), "added": started.added, "duplicates": started.duplicates})
    people = f"{started.added:,} new {'member' if started.added == 1 else 'members'}" if started.added else "nobody new"
    double = f", {started.duplicates:,} of them skipped as duplicates" if started.duplicates else ""
    output.note(f"{did} #{answer.number} {answer.name}: {people}{double}")
    if not answer.segments and answer.kind in ("email", "newsletter"):
        output.warn(f"{answer.name} has no segment, so nobody is mailed (crm campaign edit --segment NAME)")


@app.verb(examples=["crm campaign pause Spring"])
def pause(ctx: typer.Context, ref: Ref) -> None:
    """Stop a running campaign for a while. Nothing of it is sent until crm campaign resume."""
    answer_changed(ctx, app_of(ctx).campaigns.move("pause", ref), "paused campaign")


@app.verb(examples=["crm campaign resume Spring"])
def resume(ctx: typer.Context, ref: Ref) -> None:
    """Go on with a paused campaign."""
    answer_changed(ctx, app_of(ctx).campaigns.move("resume", ref), "resumed campaign")


@app.verb(examples=["crm campaign complete Spring"])
def complete(ctx: typer.Context, ref: Ref) -> None:
    """End a campaign that has done its work."""
    answer_changed(ctx, app_of(ctx).campaigns.move("complete", ref), "completed campaign")


@app.verb(examples=["crm campaign cancel Spring"])
def cancel(ctx: typer.Context, ref: Ref) -> None:
    """Call a campaign off."""
    answer_changed(ctx, app_of(ctx).campaigns.move("cancel", ref), "canceled campaign")
