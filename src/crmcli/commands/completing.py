"""What the shell is offered after TAB: values from the store, read through the same door as a list."""

from __future__ import annotations

import os
import re
import sys
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

import typer  # noqa: TC002 - Typer reads the annotations

from crmcli.errors import CrmError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from crmcli.context import AppContext
    from crmcli.store.reader import Reader

_MOST = 50


@contextmanager
def answering() -> Iterator[None]:
    """While the shell is answered: every shell known, and nothing said but the answer."""
    from typer._click.shell_completion import CompletionItem, add_completion_class
    from typer._completion_classes import BashComplete, completion_init

    class Bash(BashComplete):
        """Bash takes an answer as it is typed, so what it would split is escaped."""

        def format_completion(self, item: CompletionItem) -> str:
            return re.sub(r"([^\w@%+=:,./#-])", r"\\\1", item.value)

    completion_init()
    add_completion_class(Bash, Bash.name)
    kept = sys.stderr
    with open(os.devnull, "w", encoding="utf-8") as nowhere:  # noqa: PTH123 - a device, not a path
        sys.stderr = nowhere
        try:
            with suppress(Exception):
                yield
        finally:
            sys.stderr = kept
    sys.exit(0)


def _values(ctx: typer.Context, table: str, incomplete: str) -> list[str]:
    from crmcli.store.queries.completion import beginning

    return _read(ctx, lambda _app, reader: beginning(reader, table, incomplete, _MOST))


def _read(ctx: typer.Context, ask: Callable[[AppContext, Reader], list[str]]) -> list[str]:
    """What the store answers; nothing when there is none, or it can't be read as it is."""
    from crmcli.context import AppContext, Flags

    named = ctx.find_root().params
    app = AppContext(Flags(named.get("store"), named.get("config"), quiet=True))
    try:
        if not app.store.is_current():
            return []  # an older store is brought forward by a command, not by TAB
        with app.store.reader() as reader:
            return ask(app, reader)
    except CrmError:
        return []  # completion never speaks


def one_of(choices: Sequence[str]) -> Callable[[str], list[str]]:
    """The completion of a value that is one of a few."""

    def offered(incomplete: str) -> list[str]:
        return [choice for choice in choices if choice.startswith(incomplete)]

    return offered


def groups_of(noun: str) -> Callable[[typer.Context, str], list[str]]:
    """What a report can tell the records of a noun apart by, custom fields too."""

    def offered(ctx: typer.Context, incomplete: str) -> list[str]:
        from crmcli.reports.catalogue import group_names

        return _read(ctx, lambda app, _: [name for name in group_names(app.desk, noun) if name.startswith(incomplete)])

    return offered


def contacts(ctx: typer.Context, incomplete: str) -> list[str]:
    """E-mail addresses, then names."""
    return _values(ctx, "contact_email", incomplete) or _values(ctx, "contact", incomplete)


def companies(ctx: typer.Context, incomplete: str) -> list[str]:
    """Names."""
    return _values(ctx, "company", incomplete)


def deals(ctx: typer.Context, incomplete: str) -> list[str]:
    """Titles of open deals."""
    return _values(ctx, "deal", incomplete)


def stages(ctx: typer.Context, incomplete: str) -> list[str]:
    """Stages of all pipelines."""
    return _values(ctx, "stage", incomplete)


def deals_then_stages(ctx: typer.Context, incomplete: str) -> list[str]:
    """The deal first, then the stages of its pipeline; with ``--where`` only stages, of all pipelines."""
    words = ctx.params.get("words")
    if ctx.params.get("where"):
        return stages(ctx, incomplete)
    return _stages_of(ctx, words[0], incomplete) if words else deals(ctx, incomplete)


def _stages_of(ctx: typer.Context, deal: str, incomplete: str) -> list[str]:
    from crmcli.store.queries.completion import stages_of_deal

    return _read(ctx, lambda app, reader: stages_of_deal(reader, app.deals.find(deal).number, incomplete))


def pipelines(ctx: typer.Context, incomplete: str) -> list[str]:
    """Pipelines."""
    return _values(ctx, "pipeline", incomplete)


def owners(ctx: typer.Context, incomplete: str) -> list[str]:
    """Users, and me."""
    return [name for name in ("me",) if name.startswith(incomplete)] + _values(ctx, "app_user", incomplete)


def campaigns(ctx: typer.Context, incomplete: str) -> list[str]:
    """Names of campaigns."""
    return _values(ctx, "campaign", incomplete)


def views(ctx: typer.Context, incomplete: str) -> list[str]:
    """Saved views of what the command lists."""
    from crmcli.store.queries.saved_views import saved_views

    noun = ctx.command_path.split()[1]
    return _read(
        ctx,
        lambda _app, reader: [
            view.name
            for view in saved_views(reader, noun if noun in _VIEWED else None)
            if view.name.casefold().startswith(incomplete.casefold())
        ],
    )


def saved_reports(ctx: typer.Context, incomplete: str) -> list[str]:
    """Names of saved reports."""
    return _values(ctx, "saved_report", incomplete)


def segments(ctx: typer.Context, incomplete: str) -> list[str]:
    """Names of segments."""
    return _values(ctx, "segment", incomplete)


def sequences(ctx: typer.Context, incomplete: str) -> list[str]:
    """Names of sequences."""
    return _values(ctx, "sequence", incomplete)


def templates(ctx: typer.Context, incomplete: str) -> list[str]:
    """Templates."""
    return _values(ctx, "template", incomplete)


def tags(ctx: typer.Context, incomplete: str) -> list[str]:
    """Tags."""
    return _values(ctx, "tag", incomplete)


_VIEWED = ("contact", "company", "deal", "activity")
# The noun whose records a command lists, where it isn't that of its first word.
_LISTED = {
    "task": "task",
    "find": "search",
    "purchases": "purchase",
    "pipeline list": "stage",
    "config": "setting",
    "store": "finding",
    "segment members": "contact",
    "sequence members": "enrolment",
    "sequence step list": "step",
    "segment snapshots": "snapshot",
    "campaign members": "member",
    "campaign calendar": "calendar",
    "campaign cost list": "cost",
}


def columns(ctx: typer.Context, incomplete: str) -> list[str]:
    """The columns of what the command lists; of ``a,b,c`` the last is being typed."""
    from crmcli.render.columns import all_columns

    before, comma, typed = incomplete.rpartition(",")
    chosen = before.split(",")
    names = [name for name in all_columns(_listed(ctx)) if name.startswith(typed) and name not in chosen]
    return [f"{before}{comma}{name}" for name in names]


def sortable(ctx: typer.Context, incomplete: str) -> list[str]:
    """The fields that a list can be ordered by."""
    from crmcli.domain.filter_fields import FILTERED
    from crmcli.store.queries.fields import PLACES, Own

    noun = "activity" if _listed(ctx) == "task" else _listed(ctx)
    own = (field.name for field in FILTERED[noun] if isinstance(PLACES[noun].get(field.name), Own))
    return [name for name in own if name.startswith(incomplete)]


def _listed(ctx: typer.Context) -> str:
    """The noun of the columns of a command."""
    words = ctx.command_path.split()[1:]
    return _LISTED.get(" ".join(words)) or _LISTED.get(words[0], words[0])
