"""What the shell is offered after TAB: values from the store, read through the same door as a list."""

from __future__ import annotations

import typer  # noqa: TC002 - Typer reads the annotations

from crmcli.errors import CrmError

_MOST = 50


def _values(table: str, incomplete: str) -> list[str]:
    from crmcli.context import AppContext

    try:
        with AppContext().desk.reading() as reader:
            from crmcli.store.queries.completion import beginning

            return beginning(reader, table, incomplete, _MOST)
    except CrmError:
        return []  # completion never speaks


def contacts(ctx: typer.Context, incomplete: str) -> list[str]:  # noqa: ARG001
    """E-mail addresses, then names."""
    return _values("contact_email", incomplete) or _values("contact", incomplete)


def companies(ctx: typer.Context, incomplete: str) -> list[str]:  # noqa: ARG001
    """Names."""
    return _values("company", incomplete)


def deals(ctx: typer.Context, incomplete: str) -> list[str]:  # noqa: ARG001
    """Titles of open deals."""
    return _values("deal", incomplete)


def stages(ctx: typer.Context, incomplete: str) -> list[str]:  # noqa: ARG001
    """Stages of all pipelines."""
    return _values("stage", incomplete)


def pipelines(ctx: typer.Context, incomplete: str) -> list[str]:  # noqa: ARG001
    """Pipelines."""
    return _values("pipeline", incomplete)


def owners(ctx: typer.Context, incomplete: str) -> list[str]:  # noqa: ARG001
    """Users, and me."""
    return [name for name in ("me",) if name.startswith(incomplete)] + _values("app_user", incomplete)


def tags(ctx: typer.Context, incomplete: str) -> list[str]:  # noqa: ARG001
    """Tags."""
    return _values("tag", incomplete)
