"""``crm contact``: people."""

from __future__ import annotations

from typing import Annotated

import typer

from crmcli.commands.completing import companies, contacts, owners, tags
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
    one_or_where,
    show_list,
    split,
)
from crmcli.commands.verbs import answer_merged
from crmcli.services.records import Query

app = Noun("People.", no_args_is_help=True)

Ref = Annotated[str, typer.Argument(metavar="REF", help="uid, number, e-mail, phone, handle or name", autocompletion=contacts)]
MaybeRef = Annotated[str | None, typer.Argument(metavar="[REF]", help="uid, number, e-mail, phone, handle or name", autocompletion=contacts)]
Title = Annotated[str | None, typer.Option("--title", help="Job title.")]
Linkedin = Annotated[str | None, typer.Option("--linkedin", metavar="HANDLE|URL", help="LinkedIn handle or profile URL.")]
X = Annotated[str | None, typer.Option("--x", metavar="HANDLE|URL", help="X handle or profile URL.")]
Bluesky = Annotated[str | None, typer.Option("--bluesky", metavar="HANDLE|URL", help="Bluesky handle or profile URL.")]
Telegram = Annotated[str | None, typer.Option("--telegram", metavar="HANDLE|URL", help="Telegram handle or profile URL.")]
Birthday = Annotated[str | None, typer.Option("--birthday", metavar="DATE", help="Date of birth.")]
Address = Annotated[str | None, typer.Option("--address", help="Postal address.")]
Lifecycle = Annotated[str | None, typer.Option("--lifecycle", metavar="STAGE", help="subscriber, lead, qualified, opportunity, customer, champion, former or other.")]
LeadStatus = Annotated[str | None, typer.Option("--lead-status", metavar="STATUS", help="new, contacted, nurturing, qualified, converted, unqualified, junk or recycled.")]
Source = Annotated[str | None, typer.Option("--source", help="Where the person came from.")]
Owner = Annotated[str | None, typer.Option("--owner", metavar="USER", help="Who looks after the person; me for yourself.", autocompletion=owners)]
Note = Annotated[str | None, typer.Option("--note", help="Free text.")]
Texts = list[str] | None


@app.verb(
    examples=[
        'crm contact add "Jane Doe" --email jane@acme.com --phone "+359 88 123 4567" --company Acme --tag vip',
        'crm contact add "Łukasz Żak" --linkedin https://www.linkedin.com/in/lukaszzak --set segment=smb',
    ]
)
def add(
    ctx: typer.Context,
    name: Annotated[str | None, typer.Argument(metavar="NAME", help="Full name (or --name).")] = None,
    name_option: Annotated[str | None, typer.Option("--name", help="Full name.")] = None,
    email: Annotated[Texts, typer.Option("--email", help="E-mail address; may be repeated.")] = None,
    phone: Annotated[Texts, typer.Option("--phone", help="Phone number; may be repeated.")] = None,
    company: Annotated[Texts, typer.Option("--company", metavar="REF", help="Company; an unknown name is added.", autocompletion=companies)] = None,
    title: Title = None,
    tag: Annotated[Texts, typer.Option("--tag", help="Label; may be repeated.", autocompletion=tags)] = None,
    linkedin: Linkedin = None,
    x: X = None,
    bluesky: Bluesky = None,
    telegram: Telegram = None,
    birthday: Birthday = None,
    address: Address = None,
    lifecycle: Lifecycle = None,
    lead_status: LeadStatus = None,
    source: Source = None,
    owner: Owner = None,
    note: Note = None,
    custom: Set = None,
    no_create: NoCreate = False,
) -> None:
    """Add a person; prints the new uid."""
    service = app_of(ctx).contacts
    draft = service.draft(
        {
            "name": name if name is not None else name_option, "emails": email, "phones": phone, "companies": company,
            "title": title, "tags": tag, "linkedin": linkedin, "x": x, "bluesky": bluesky, "telegram": telegram,
            "birthday": birthday, "address": address, "lifecycle": lifecycle, "lead_status": lead_status,
            "source": source, "owner": owner, "note": note,
        },
        custom or (),
    )  # fmt: skip
    answer_added(ctx, service.add(draft, create=not no_create))


@app.verb("list", examples=["crm contact list --tag vip --company Acme", "crm contact list --filter 'last_activity < -30d' --sort name"])
def list_(
    ctx: typer.Context,
    filter_: Filter = None,
    tag: Annotated[Texts, typer.Option("--tag", help="With this label; repeat for all of them.", autocompletion=tags)] = None,
    company: Annotated[str | None, typer.Option("--company", metavar="REF", help="At this company.", autocompletion=companies)] = None,
    owner: Owner = None,
    lifecycle: Lifecycle = None,
    fields: Fields = None,
    sort: Sort = None,
    reverse: Reverse = False,
    limit: Limit = None,
    offset: Offset = 0,
    deleted: Annotated[bool, typer.Option("--deleted", help="The deleted ones.")] = False,
    raw: Raw = False,
) -> None:
    """List people."""
    shortcuts = conditions(tag=tag, company=company, owner=owner, lifecycle=lifecycle)
    query = Query(filter_, shortcuts, sort, reverse, limit, offset)
    show_list(ctx, app_of(ctx).contacts, query, fields, raw=raw, deleted=deleted)


@app.verb(examples=["crm contact show jane@acme.com", 'crm contact show "+359 88 123 4567" --format json'])
def show(ctx: typer.Context, ref: Ref, fields: Fields = None) -> None:
    """The whole picture of a person: fields, open deals, next step, timeline."""
    app = app_of(ctx)
    app.output.one(app.contacts.show(ref), split(fields), custom_keys=app.contacts.custom_keys() if fields else ())


@app.verb(examples=["crm contact edit jane@acme.com --title CTO --add-email jane@home.net", "crm contact edit --where 'owner = ana' --owner boris"])
def edit(
    ctx: typer.Context,
    ref: MaybeRef = None,
    where: Where = None,
    name: Annotated[str | None, typer.Option("--name", help="Full name.")] = None,
    email: Annotated[Texts, typer.Option("--email", help="E-mail addresses in place of those there are.")] = None,
    add_email: Annotated[Texts, typer.Option("--add-email")] = None,
    rm_email: Annotated[Texts, typer.Option("--rm-email")] = None,
    phone: Annotated[Texts, typer.Option("--phone", help="Phone numbers in place of those there are.")] = None,
    add_phone: Annotated[Texts, typer.Option("--add-phone")] = None,
    rm_phone: Annotated[Texts, typer.Option("--rm-phone")] = None,
    company: Annotated[Texts, typer.Option("--company", metavar="REF", help="Companies in place of those there are.", autocompletion=companies)] = None,
    add_company: Annotated[Texts, typer.Option("--add-company", metavar="REF", autocompletion=companies)] = None,
    rm_company: Annotated[Texts, typer.Option("--rm-company", metavar="REF", autocompletion=companies)] = None,
    title: Title = None,
    tag: Annotated[Texts, typer.Option("--tag", help="Labels in place of those there are.", autocompletion=tags)] = None,
    add_tag: Annotated[Texts, typer.Option("--add-tag", autocompletion=tags)] = None,
    rm_tag: Annotated[Texts, typer.Option("--rm-tag", autocompletion=tags)] = None,
    linkedin: Linkedin = None,
    x: X = None,
    bluesky: Bluesky = None,
    telegram: Telegram = None,
    birthday: Birthday = None,
    address: Address = None,
    lifecycle: Lifecycle = None,
    lead_status: LeadStatus = None,
    source: Source = None,
    owner: Owner = None,
    note: Note = None,
    clear: Clear = None,
    custom: Set = None,
    unset: Unset = None,
    no_create: NoCreate = False,
    yes: Yes = False,
    dry_run: DryRun = False,
) -> None:
    """Change a person, or with --where all that a filter selects."""
    one_or_where(ref, where)
    service = app_of(ctx).contacts
    values = {
        "name": name, "emails": email, "phones": phone, "companies": company, "title": title, "tags": tag,
        "linkedin": linkedin, "x": x, "bluesky": bluesky, "telegram": telegram, "birthday": birthday, "address": address,
        "lifecycle": lifecycle, "lead_status": lead_status, "source": source, "owner": owner, "note": note,
    }  # fmt: skip
    adds = {"emails": add_email, "phones": add_phone, "companies": add_company, "tags": add_tag}
    removes = {"emails": rm_email, "phones": rm_phone, "companies": rm_company, "tags": rm_tag}
    change = service.edit_draft(changes_of(values, adds, removes, clear, custom, unset))
    if where:
        in_bulk(ctx, service, where, "edit", lambda text: service.edit_where(text, change), yes=yes, dry_run=dry_run)
    elif ref:
        answer_changed(ctx, service.edit(ref, change, create=not no_create), "edited contact")


@app.verb(examples=["crm contact rm jane@acme.com", "crm contact rm --where 'lifecycle = former' --yes"])
def rm(ctx: typer.Context, ref: MaybeRef = None, where: Where = None, yes: Yes = False, dry_run: DryRun = False) -> None:
    """Delete a person; crm undo or crm contact restore brings them back."""
    one_or_where(ref, where)
    service = app_of(ctx).contacts
    if where or dry_run:
        text = where or f"id = {service.find(ref or '').uid}"
        in_bulk(ctx, service, text, "delete", service.remove_where, yes=yes, dry_run=dry_run)
    elif ref:
        answer_changed(ctx, service.remove(ref), "deleted contact")


@app.verb(examples=["crm contact restore jane@acme.com"])
def restore(ctx: typer.Context, ref: Annotated[str, typer.Argument(metavar="REF", help="uid, number or name of a deleted one")]) -> None:
    """Bring a deleted person back."""
    answer_changed(ctx, app_of(ctx).contacts.restore(ref), "restored contact")


@app.verb(examples=["crm contact merge jane@acme.com 17"])
def merge(ctx: typer.Context, keep: Ref, lose: Annotated[str, typer.Argument(metavar="OTHER", help="the one to merge into it", autocompletion=contacts)]) -> None:
    """Make two people one: everything of OTHER moves to REF; what could not be kept is said."""
    answer_merged(ctx, app_of(ctx).contacts.merge(keep, lose))
