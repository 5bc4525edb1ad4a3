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
    from collections.abc import Iterator

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
    from crmcli.context import AppContext, Flags

    named = ctx.find_root().params
    app = AppContext(Flags(named.get("store"), named.get("config"), quiet=True))
    try:
        if not app.store.is_current():
            return []  # an older store is brought forward by a command, not by TAB
        with app.store.reader() as reader:
            from crmcli.store.queries.completion import beginning

            return beginning(reader, table, incomplete, _MOST)
    except CrmError:
        return []  # completion never speaks


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
    """The deal first, then where it goes; with ``--where`` only that."""
    named = ctx.params.get("words") or ctx.params.get("where")
    return stages(ctx, incomplete) if named else deals(ctx, incomplete)


def pipelines(ctx: typer.Context, incomplete: str) -> list[str]:
    """Pipelines."""
    return _values(ctx, "pipeline", incomplete)


def owners(ctx: typer.Context, incomplete: str) -> list[str]:
    """Users, and me."""
    return [name for name in ("me",) if name.startswith(incomplete)] + _values(ctx, "app_user", incomplete)


def tags(ctx: typer.Context, incomplete: str) -> list[str]:
    """Tags."""
    return _values(ctx, "tag", incomplete)
