"""``crm tag`` and ``crm untag``: labels on records of any noun."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from crmcli.commands.completing import tags
from crmcli.commands.shape import DryRun, Fields, Noun, Where, Yes, answer_changed, app_of, in_bulk, split
from crmcli.domain.fields import FIELDS
from crmcli.errors import BadValue, UsageError
from crmcli.services.records import Changes

if TYPE_CHECKING:
    from crmcli.context import AppContext

tag_app = Noun("Label a record.")
untag_app = Noun("Take labels off a record.")

_REF = "uid, e-mail, website, name …; deal:12 where a number alone is not enough"
Words = Annotated[list[str], typer.Argument(metavar="REF TAG…", help=_REF, autocompletion=tags)]
Type = Annotated[
    str | None, typer.Option("--type", metavar="NOUN", help=f"{', '.join(FIELDS)}: what REF or --where is about.")
]


@tag_app.verb(
    "tag",
    examples=[
        "crm tag jane@acme.com vip newsletter",
        "crm tag deal:12 renewal",
        "crm tag --where 'last_activity < -1y' --type contact sleeping",
        "crm tag list",
    ],
)
def tag(
    ctx: typer.Context,
    words: Words,
    where: Where = None,
    type_: Type = None,
    fields: Fields = None,
    yes: Yes = False,
    dry_run: DryRun = False,
) -> None:
    """Label a record. With --where all that a filter selects; crm tag list shows the labels there are."""
    if words == ["list"] and where is None:
        app = app_of(ctx)
        app.output.many("tag", app.labels.list(), split(fields))
    else:
        _label(ctx, words, where, type_, yes=yes, dry_run=dry_run, remove=False)


@untag_app.verb(
    "untag", examples=["crm untag jane@acme.com vip", "crm untag --where 'tag = old' --type deal old --yes"]
)
def untag(
    ctx: typer.Context, words: Words, where: Where = None, type_: Type = None, yes: Yes = False, dry_run: DryRun = False
) -> None:
    """Take labels off a record. With --where off all that a filter selects."""
    _label(ctx, words, where, type_, yes=yes, dry_run=dry_run, remove=True)


def _label(
    ctx: typer.Context, words: list[str], where: str | None, noun: str | None, *, yes: bool, dry_run: bool, remove: bool
) -> None:
    app = app_of(ctx)
    noun, chosen, names = _meant(app, words, where, noun)
    service: Any = app.records(noun)
    change = service.edit_draft(Changes(remove={"tags": names}) if remove else Changes(add={"tags": names}))
    if where or dry_run:
        chosen = where or f"id = {chosen}"
        doing = "untag" if remove else "tag"
        in_bulk(ctx, service, chosen, doing, lambda text: service.edit_where(text, change), yes=yes, dry_run=dry_run)
    else:
        answer_changed(ctx, service.edit(chosen, change), f"{'untagged' if remove else 'tagged'} {noun}")


def _meant(app: AppContext, words: list[str], where: str | None, noun: str | None) -> tuple[str, str, list[str]]:
    """The noun, the filter (or the uid) and the labels that the words mean."""
    if noun is not None and noun not in FIELDS:
        raise BadValue("type", f"{noun!r} is not one of {', '.join(FIELDS)}")
    if where is not None:
        if noun is None:
            raise UsageError("--where needs --type, the noun that it selects from", hint=f"--type {'|'.join(FIELDS)}")
        return noun, where, words
    ref, *names = words
    if not names:
        raise UsageError(f"{ref} and which tag?", hint="REF TAG…")
    return *app.labels.bearer(f"{noun}:{ref}" if noun else ref), names
