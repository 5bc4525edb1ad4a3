"""``crm activity``: what was done and what is planned."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from crmcli.commands.completing import campaigns, companies, contacts, deals, one_of, owners, tags
from crmcli.commands.shape import (
    Clear,
    Direction,
    DryRun,
    Fields,
    Filter,
    Limit,
    NoCreate,
    Noun,
    Offset,
    Raw,
    Reverse,
    Set,
    Shortcut,
    Sort,
    Unset,
    View,
    Where,
    Yes,
    answer_changed,
    app_of,
    changes_of,
    conditions,
    in_bulk,
    name_of,
    one_or_where,
    show_list,
    split,
    through_view,
)
from crmcli.domain.fields import ACTIVITY_KINDS, ACTIVITY_STATUSES, PRIORITIES
from crmcli.services.records import Query

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crmcli.domain.views import ActivityView

app = Noun("What was done and what is planned.", no_args_is_help=True)
Text = str | None
Texts = list[str] | None

_REF = "uid, number or exact subject"
Ref = Annotated[str, typer.Argument(metavar="REF", help=_REF)]
MaybeRef = Annotated[Text, typer.Argument(metavar="[REF]", help=_REF)]
DeletedRef = Annotated[str, typer.Argument(metavar="REF", help="uid, number or subject of a deleted one")]
WithContact = Annotated[
    Text, typer.Option("--contact", metavar="REF", help="With this person.", autocompletion=contacts)
]
WithCompany = Annotated[
    Text, typer.Option("--company", metavar="REF", help="With this company.", autocompletion=companies)
]
WithDeal = Annotated[Text, typer.Option("--deal", metavar="REF", help="About this deal.", autocompletion=deals)]
WithTag = Annotated[Texts, typer.Option("--tag", help="With this label; repeat for all of them.", autocompletion=tags)]
Owner = Annotated[
    Text, typer.Option("--owner", metavar="USER", help="Whose it is; me for yourself.", autocompletion=owners)
]
Deleted = Annotated[bool, typer.Option("--deleted", help="The deleted ones.")]
Subject = Annotated[Text, typer.Option("--subject", help="One line.")]
Due = Annotated[
    Text, typer.Option("--due", metavar="WHEN", help="When it is due: fri, +3d, tomorrow 9:00, 2026-12-01.")
]
Priority = Annotated[
    Text,
    typer.Option("--priority", metavar="LEVEL", help="low, normal, high or urgent.", autocompletion=one_of(PRIORITIES)),
]
Status = Annotated[
    Text,
    typer.Option(
        "--status",
        metavar="STATUS",
        help="planned, done, canceled or no_show.",
        autocompletion=one_of(ACTIVITY_STATUSES),
    ),
]
KindOption = Annotated[
    Text,
    typer.Option("--type", metavar="KIND", help=f"{', '.join(ACTIVITY_KINDS)}.", autocompletion=one_of(ACTIVITY_KINDS)),
]
Contacts = Annotated[
    Texts, typer.Option("--contact", metavar="REF", help="Person; may be repeated.", autocompletion=contacts)
]
AddContact = Annotated[
    Texts, typer.Option("--add-contact", metavar="REF", help="Add a person.", autocompletion=contacts)
]
RmContact = Annotated[
    Texts, typer.Option("--rm-contact", metavar="REF", help="Take this person off.", autocompletion=contacts)
]
Company = Annotated[Text, typer.Option("--company", metavar="REF", help="The company.", autocompletion=companies)]
Deal = Annotated[Text, typer.Option("--deal", metavar="REF", help="The deal.", autocompletion=deals)]
Recur = Annotated[
    Text, typer.Option("--recur", metavar="RULE", help="weekly, every 2 weeks, every month on 15, FREQ=…")
]
Remind = Annotated[
    Text, typer.Option("--remind", metavar="LENGTH", help="How long before it is due to remind: 15m, 1d.")
]
Tags = Annotated[Texts, typer.Option("--tag", help="Label; may be repeated.", autocompletion=tags)]
AddTag = Annotated[Texts, typer.Option("--add-tag", help="Add a label.", autocompletion=tags)]
RmTag = Annotated[Texts, typer.Option("--rm-tag", help="Take this label off.", autocompletion=tags)]
Location = Annotated[Text, typer.Option("--location", help="Place or link.")]
Outcome = Annotated[Text, typer.Option("--outcome", help="What came of it.")]
Campaign = Annotated[
    Text,
    typer.Option("--campaign", metavar="NAME", help="The campaign, by name or code.", autocompletion=campaigns),
]


@app.verb(
    "list",
    examples=[
        "crm activity list --contact jane@acme.com --since -30d",
        "crm activity list --type call --filter 'outcome is empty' --limit 20",
    ],
)
def list_(
    ctx: typer.Context,
    filter_: Filter = None,
    view: View = None,
    contact: WithContact = None,
    company: WithCompany = None,
    deal: WithDeal = None,
    type_: KindOption = None,
    status: Status = None,
    since: Annotated[Text, typer.Option("--since", metavar="WHEN", help="Then or later.")] = None,
    until: Annotated[Text, typer.Option("--until", metavar="WHEN", help="Then or before.")] = None,
    owner: Owner = None,
    tag: WithTag = None,
    fields: Fields = None,
    sort: Sort = None,
    reverse: Reverse = False,
    limit: Limit = None,
    offset: Offset = 0,
    deleted: Deleted = False,
    raw: Raw = False,
) -> None:
    """List what was done and is planned, the newest first."""
    given = (
        Shortcut("contact", contact), Shortcut("company", company), Shortcut("deal", deal), Shortcut("type", type_),
        Shortcut("status", status), Shortcut("owner", owner), Shortcut("tag", tag),
        Shortcut("since", since, "at", ">="), Shortcut("until", until, "at", "<="),
    )  # fmt: skip
    shortcuts = conditions(ctx, "activity", given)
    query, fields = through_view(ctx, "activity", view, Query(filter_, shortcuts, sort, reverse, limit, offset), fields)
    if query.sort is None:  # the newest first
        query = query._replace(reverse=not reverse)
    show_list(ctx, app_of(ctx).activities, query, fields, raw=raw, deleted=deleted)


@app.verb(examples=["crm activity show 12", "crm activity show 12 --format json"])
def show(ctx: typer.Context, ref: Ref, fields: Fields = None) -> None:
    """One activity with all its fields."""
    show_one(ctx, app_of(ctx).activities, ref, fields)


def show_one(ctx: typer.Context, service: Any, ref: str, fields: str | None) -> None:  # noqa: ANN401 - Activities or Tasks
    """Answer with one record."""
    keys = service.custom_keys() if fields else ()
    app_of(ctx).output.one(service.get(ref), split(fields), custom_keys=keys)


@app.verb(
    examples=["crm activity edit 12 --outcome 'send offer' --duration 20m", "crm activity edit 12 --status canceled"]
)
def edit(
    ctx: typer.Context,
    ref: MaybeRef = None,
    where: Where = None,
    type_: KindOption = None,
    subject: Subject = None,
    body: Annotated[Text, typer.Option("--body", help="What was said or is to be done.")] = None,
    contact: Contacts = None,
    add_contact: AddContact = None,
    rm_contact: RmContact = None,
    company: Company = None,
    deal: Deal = None,
    campaign: Campaign = None,
    at: Annotated[Text, typer.Option("--at", metavar="WHEN", help="When it happened, or is planned to.")] = None,
    due: Due = None,
    duration: Annotated[
        Text, typer.Option("--duration", metavar="LENGTH", help="How long it took: 15m, 1h30m.")
    ] = None,
    direction: Direction = None,
    status: Status = None,
    outcome: Outcome = None,
    priority: Priority = None,
    location: Location = None,
    recur: Recur = None,
    remind: Remind = None,
    tag: Tags = None,
    add_tag: AddTag = None,
    rm_tag: RmTag = None,
    owner: Owner = None,
    clear: Clear = None,
    custom: Set = None,
    unset: Unset = None,
    no_create: NoCreate = False,
    yes: Yes = False,
    dry_run: DryRun = False,
) -> None:
    """Change an activity. With --where all that a filter selects."""
    values = {
        "type": type_, "subject": subject, "body": body, "contacts": contact, "company": company, "deal": deal,
        "campaign": campaign, "at": at, "due": due, "duration": duration, "direction": direction, "status": status,
        "outcome": outcome, "priority": priority, "location": location, "recurrence": recur, "remind_before": remind,
        "tags": tag, "owner": owner,
    }  # fmt: skip
    changes = changes_of(
        values,
        {"contacts": add_contact, "tags": add_tag},
        {"contacts": rm_contact, "tags": rm_tag},
        clear, custom, unset,
    )  # fmt: skip
    edit_one_or_many(ctx, app_of(ctx).activities, ref, where, changes, create=not no_create, yes=yes, dry_run=dry_run)


def edit_one_or_many(
    ctx: typer.Context,
    service: Any,  # noqa: ANN401 - Activities or Tasks
    ref: str | None,
    where: str | None,
    changes: Any,  # noqa: ANN401 - Changes
    *,
    create: bool,
    yes: bool,
    dry_run: bool,
) -> None:
    """Change one record, or in one undo step all that a filter selects."""
    one_or_where(ref, where)
    change = service.edit_draft(changes)
    if where or dry_run:
        text = where or f"id = {service.find(ref).uid}"
        in_bulk(ctx, service, text, "edit", lambda chosen: service.edit_where(chosen, change), yes=yes, dry_run=dry_run)
    else:
        answer_changed(ctx, service.edit(ref, change, create=create), f"edited {service.word}")
    say_again(ctx, service.came_again)


def say_again(ctx: typer.Context, views: Sequence[ActivityView]) -> None:
    """Tell of the next occurrences of what was done."""
    output = app_of(ctx).output
    for view in views:
        if view.due is not None:
            output.note(f"again: #{view.number} {name_of(view)}, due {output.locale.due(view.due)}")


@app.verb(examples=["crm activity rm 12", "crm activity rm --where 'type = sms and at < -2y' --yes"])
def rm(
    ctx: typer.Context, ref: MaybeRef = None, where: Where = None, yes: Yes = False, dry_run: DryRun = False
) -> None:
    """Delete an activity. crm undo or crm activity restore brings it back."""
    remove_one_or_many(ctx, app_of(ctx).activities, ref, where, yes=yes, dry_run=dry_run)


def remove_one_or_many(
    ctx: typer.Context,
    service: Any,  # noqa: ANN401 - Activities or Tasks
    ref: str | None,
    where: str | None,
    *,
    yes: bool,
    dry_run: bool,
) -> None:
    """Delete one record, or in one undo step all that a filter selects."""
    one_or_where(ref, where)
    if where or dry_run:
        text = where or f"id = {service.find(ref).uid}"
        in_bulk(ctx, service, text, "delete", service.remove_where, yes=yes, dry_run=dry_run)
    else:
        answer_changed(ctx, service.remove(ref), f"deleted {service.word}")


@app.verb(examples=["crm activity restore 12"])
def restore(ctx: typer.Context, ref: DeletedRef) -> None:
    """Bring a deleted activity back."""
    answer_changed(ctx, app_of(ctx).activities.restore(ref), "restored activity")
