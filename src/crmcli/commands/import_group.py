"""``crm import`` itself: what it does with a file when no verb says what the file holds, and which files it knows."""

from __future__ import annotations

from typing import Any

import typer  # noqa: TC002 - Typer reads the annotations

from crmcli.commands.shape import NounGroup, app_of
from crmcli.domain.fields import PLURAL

_ASKED = "--interactive"
WIZARD = "wizard"


class ImportGroup(NounGroup):
    """The verbs of import; ``crm import --interactive FILE`` is ``crm import wizard FILE``."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:  # noqa: ANN401
        """Read the words, the wizard's among them."""
        if _ASKED in args and not any(word in self.verbs for word in args):
            args = [WIZARD, *(word for word in args if word != _ASKED)]
        return super().parse_args(ctx, args)


def presets(ctx: typer.Context) -> None:
    """The systems whose exports need no mapping, and the maps that were kept."""
    from crmcli.reports.report import Report, ReportColumn

    rows = app_of(ctx).imports.presets()
    columns = tuple(ReportColumn(name, name, "text") for name in ("name", "records", "about"))
    named = tuple((name, PLURAL[noun], about) for name, noun, about in rows)
    app_of(ctx).output.report(Report("presets", "presets", columns, named, n=len(named)))
