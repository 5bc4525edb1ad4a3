"""``crm task``: things to do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from crmcli.commands.activity import (
    AddContact,
    AddTag,
    Campaign,
    Company,
    Contacts,
    Deal,
    Deleted,
    DeletedRef,
    Due,
    Location,
    Outcome,
    Owner,
    Priority,
    Recur,
    Remind,
    RmContact,
    RmTag,
    Status,
    Subject,
    Tags,
    Text,
    WithCompany,
    WithContact,
    WithDeal,
    WithTag,
    edit_one_or_many,
    remove_one_or_many,
    say_again,
    show_one,
)
from crmcli.commands.shape import (
    Clear,
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
    Where,
    Yes,
    answer_added,
    answer_changed,
    app_of,
    changes_of,
    conditions,
    in_bulk,
    is_machine,
    name_of,
    one_or_where,
    show_list,
)
from crmcli.errors import UsageError
from crmcli.services.records import Query

if TYPE_CHECKING:
    from crmcli.domain.views import ActivityView

app = Noun("Things to do.", no_args_is_help=True)

_REF = "uid, number or exact subject of a task, or of anything planned"
Ref = Annotated[str, typer.Argument(metavar="REF", help=_REF)]
MaybeRef = Annotated[Text, typer.Argument(metavar="[REF]", help=_REF)]
Note = Annotated[Text, typer.Option("--note", help="More about it.")]


@app.verb(
    examples=[
        'crm task add "Send offer" --due fri --contact jane@acme.com --deal 12 --priority high',
        'crm task add "Weekly report" --due "mon 9:00" --recur weekly --remind 15m',
    ]
)
def add(
    ctx: typer.Context,
    text: Annotated[str, typer.Argument(metavar="TEXT", help="What is to be done, in one line.")],
    due: Due = None,
    priority: Priority = None,
    contact: Contacts = None,
    company: Company = None,
    deal: Deal = None,
    campaign: Campaign = None,
    recur: Recur = None,
    remind: Remind = None,
    location: Location = None,
    tag: Tags = None,
    owner: Owner = None,
    note: Note = None,
    custom: Set = None,
    no_create: NoCreate = False,
) -> None:
    """Add a task; prints the new uid."""
    if recur and not due:
        raise UsageError("--recur needs --due, the first time", hint="--due mon")
    service = app_of(ctx).tasks
    draft = service.draft(
        {
            "type": "task", "subject": text, "body": note, "due": due, "priority": priority, "contacts": contact,
            "company": company, "deal": deal, "campaign": campaign, "recurrence": recur, "remind_before": remind,
            "location": location, "tags": tag, "owner": owner,
        },
        custom or (),
    )  # fmt: skip
    answer_added(ctx, service.add(draft, create=not no_create))


@app.verb("list", examples=["crm task list --owner me", "crm task list --overdue", "crm task list --done --limit 10"])
def list_(
    ctx: typer.Context,
    filter_: Filter = None,
    all_: Annotated[bool, typer.Option("--all", help="Done and canceled ones too.")] = False,
    done: Annotated[bool, typer.Option("--done", help="Only done ones, the last done first.")] = False,
    overdue: Annotated[bool, typer.Option("--overdue", help="Only open ones whose time is past.")] = False,
    contact: WithContact = None,
    company: WithCompany = None,
    deal: WithDeal = None,
    priority: Priority = None,
    owner: Owner = None,
    tag: WithTag = None,
    since: Annotated[Text, typer.Option("--since", metavar="WHEN", help="Due then or later.")] = None,
    until: Annotated[Text, typer.Option("--until", metavar="WHEN", help="Due then or before.")] = None,
    fields: Fields = None,
    sort: Sort = None,
    reverse: Reverse = False,
    limit: Limit = None,
    offset: Offset = 0,
    deleted: Deleted = False,
    raw: Raw = False,
) -> None:
    """List open tasks, the first due first."""
    if all_ + done + overdue > 1:
        raise UsageError("give one of --all, --done and --overdue")
    status = "done" if done else None if all_ or deleted else "planned"
    given = (
        Shortcut("status", status), Shortcut("contact", contact), Shortcut("company", company), Shortcut("deal", deal),
        Shortcut("priority", priority), Shortcut("owner", owner), Shortcut("tag", tag),
        Shortcut("since", since, "due", ">="), Shortcut("until", until, "due", "<="),
    )  # fmt: skip
    shortcuts = conditions(ctx, "activity", given)
    if overdue:
        shortcuts.append("due < now")
    order = (sort, reverse) if sort else ("done_at", not reverse) if done else ("due", reverse)
    query = Query(filter_, shortcuts, *order, limit, offset)
    show_list(ctx, app_of(ctx).tasks, query, fields, noun="task", raw=raw, deleted=deleted)


@app.verb(examples=["crm task show 12"])
def show(ctx: typer.Context, ref: Ref, fields: Fields = None) -> None:
    """One task with all its fields."""
    show_one(ctx, app_of(ctx).tasks, ref, fields)


@app.verb(
    examples=[
        "crm task done 12",
        "crm task done 12 15 --outcome sent",
        "crm task done --where 'deal.stage = lost' --yes",
    ]
)
def done(
    ctx: typer.Context,
    refs: Annotated[list[str] | None, typer.Argument(metavar="[REF…]", help=_REF)] = None,
    where: Where = None,
    outcome: Outcome = None,
    yes: Yes = False,
    dry_run: DryRun = False,
) -> None:
    """Tick off tasks, or anything planned. It is one undo step; one that recurs comes again."""
    one_or_where(refs, where)
    service = app_of(ctx).tasks
    if not where and not dry_run:
        views, again = service.done_all(refs or [], outcome=outcome)
        _answer_done(ctx, views)
        say_again(ctx, again)
        return
    text = where or f"id in ({', '.join(service.find(ref).uid for ref in refs or ())})"
    following: list[ActivityView] = []

    def tick(chosen: str) -> list[ActivityView]:
        ticked, again = service.done_where(chosen, outcome=outcome)
        following.extend(again)
        return ticked

    in_bulk(ctx, service.open, text, "tick off", tick, yes=yes, dry_run=dry_run)
    say_again(ctx, following)


def _answer_done(ctx: typer.Context, views: list[ActivityView]) -> None:
    output = app_of(ctx).output
    if is_machine(ctx):
        output.one(views[0]) if len(views) == 1 else output.many("task", iter(views))
    for view in views:
        output.note(f"done #{view.number} {name_of(view)}")


@app.verb(examples=["crm task snooze 12 +3d", 'crm task snooze 12 "mon 9:00"'])
def snooze(
    ctx: typer.Context,
    ref: Ref,
    when: Annotated[str, typer.Argument(metavar="WHEN", help="fri, tomorrow 9:00, or by how much: +3d, 1w.")],
) -> None:
    """Put a task off."""
    output = app_of(ctx).output
    view = app_of(ctx).tasks.snooze(ref, when)
    until = f" until {output.locale.due(view.due)}" if view.due else ""
    if is_machine(ctx):
        output.one(view)
    output.note(f"snoozed #{view.number} {name_of(view)}{until}")


@app.verb(
    examples=["crm task edit 12 --due mon --priority urgent", "crm task edit --where 'owner = ana' --owner boris"]
)
def edit(
    ctx: typer.Context,
    ref: MaybeRef = None,
    where: Where = None,
    subject: Subject = None,
    due: Due = None,
    priority: Priority = None,
    contact: Contacts = None,
    add_contact: AddContact = None,
    rm_contact: RmContact = None,
    company: Company = None,
    deal: Deal = None,
    campaign: Campaign = None,
    recur: Recur = None,
    remind: Remind = None,
    location: Location = None,
    status: Status = None,
    outcome: Outcome = None,
    tag: Tags = None,
    add_tag: AddTag = None,
    rm_tag: RmTag = None,
    owner: Owner = None,
    note: Note = None,
    clear: Clear = None,
    custom: Set = None,
    unset: Unset = None,
    no_create: NoCreate = False,
    yes: Yes = False,
    dry_run: DryRun = False,
) -> None:
    """Change a task. With --where all that a filter selects."""
    values = {
        "subject": subject, "due": due, "priority": priority, "contacts": contact, "company": company, "deal": deal,
        "campaign": campaign, "recurrence": recur, "remind_before": remind, "location": location, "status": status,
        "outcome": outcome, "tags": tag, "owner": owner, "body": note,
    }  # fmt: skip
    changes = changes_of(
        values,
        {"contacts": add_contact, "tags": add_tag},
        {"contacts": rm_contact, "tags": rm_tag},
        clear, custom, unset,
    )  # fmt: skip
    edit_one_or_many(ctx, app_of(ctx).tasks, ref, where, changes, create=not no_create, yes=yes, dry_run=dry_run)


@app.verb(examples=["crm task rm 12", "crm task rm --where 'owner = ana and due < -1y' --yes"])
def rm(
    ctx: typer.Context, ref: MaybeRef = None, where: Where = None, yes: Yes = False, dry_run: DryRun = False
) -> None:
    """Delete a task. crm undo or crm task restore brings it back."""
    remove_one_or_many(ctx, app_of(ctx).tasks, ref, where, yes=yes, dry_run=dry_run)


@app.verb(examples=["crm task restore 12"])
def restore(ctx: typer.Context, ref: DeletedRef) -> None:
    """Bring a deleted task back."""
    answer_changed(ctx, app_of(ctx).tasks.restore(ref), "restored task")
