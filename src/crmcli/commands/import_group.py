"""``crm import`` itself: what it does with a file when no verb says what the file holds, and which files it knows."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import typer  # noqa: TC002 - Typer reads the annotations

from crmcli.commands.shape import NounGroup, app_of
from crmcli.domain.fields import PLURAL
from crmcli.errors import UsageError

_ASKED, _WATCHED = "--interactive", "--watch"
WIZARD, FILES, WATCH = "wizard", "files", "watch"
_TASKS = "tasks"  # they have an export of their own
_HELP = ("-h", "--help")


class ImportGroup(NounGroup):
    """The verbs of import, of which some go without saying.

    ``crm import --interactive FILE`` is ``wizard FILE``, ``crm import --watch FOLDER`` is ``watch FOLDER``, and ``crm import
    PLAN.toml``, ``FOLDER`` or ``FILE`` is ``files``.
    """

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:  # noqa: ANN401
        """Read the words, with the verb that they mean."""
        if args[:1] == [_TASKS] and not Path(_TASKS).exists():
            raise UsageError("crm import has no verb 'tasks'", hint="a task is an activity: crm import activities")
        if any(word.partition("=")[0] == _WATCHED for word in args):
            args = self._watched(args)
        elif not any(word in self.verbs or word in _HELP for word in args):
            if _ASKED in args:
                args = [WIZARD, *(word for word in args if word != _ASKED)]
            elif any(_is_place(word) for word in args):
                args = [FILES, *args]
        return super().parse_args(ctx, args)

    def _watched(self, args: list[str]) -> list[str]:
        """``contacts --watch FOLDER`` as ``watch FOLDER --noun contacts``."""
        words = [part for word in args for part in (word.split("=", 1) if word.startswith(f"{_WATCHED}=") else [word])]
        words.remove(_WATCHED)
        noun = ["--noun", words.pop(0)] if words and words[0] in self.verbs else []
        return [WATCH, *words, *noun]


def _is_place(word: str) -> bool:
    """Whether a word means a file or folder rather than a verb."""
    return not word.startswith("-") and ("." in word or "/" in word or Path(word).exists())


def presets(ctx: typer.Context) -> None:
    """The systems that need no mapping, and the maps that were kept."""
    from crmcli.reports.report import Report, ReportColumn

    rows = app_of(ctx).imports.presets()
    columns = tuple(ReportColumn(name, name, "text") for name in ("name", "records", "about"))
    named = tuple((name, PLURAL[noun], about) for name, noun, about in rows)
    app_of(ctx).output.report(Report("presets", "presets", columns, named, n=None))
