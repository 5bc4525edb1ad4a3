"""The page docs/reference/reports.md: each report with its columns, asked of the example store."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING
from unittest.mock import patch

from crmcli.commands.report_options import _GROUPS
from crmcli.reports.catalogue import SECTIONS
from crmcli.reports.options import OPTIONS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from crmcli.context import AppContext
    from crmcli.reports.questions import Question
    from crmcli.reports.report import Report

    Table = Callable[[Sequence[str], Iterable[Sequence[object]]], str]

_INTRO = """# Reports

    crm report NAME [--period …] [--by …] [--filter …] [--compare previous|year] [--currency CODE]

Each answers with rows; `--envelope` puts n, period, currency, formula and totals around them, `--explain` says how each
figure is worked out, `--drill` gives the ids of the records behind it, `--chart` draws it, and `--output FILE` writes it as
HTML, SVG, PNG, CSV, Excel or Markdown. The columns are those without other groups than the usual ones: with `--by` the
first column is called after the group, and with `--compare` each figure has its value then and the change beside it: 0 for
a count or sum of nothing, no value for what is of this moment. No value is `null` in JSON and `—` on a screen, never 0.

"""
_SURROUNDINGS = {"CRM_NOW": "2026-11-20T09:00:00Z", "TZ": "UTC", "LOGNAME": "maria", "CRM_USER": "maria"}


def reports_page(table: Table) -> str:
    """The whole page; ``table`` makes a Markdown table of headers and rows."""
    text = _INTRO
    with tempfile.TemporaryDirectory() as folder:
        kept = {key: value for key, value in os.environ.items() if not key.startswith(("CRM_", "XDG_"))}
        with patch.dict(os.environ, {**kept, **_SURROUNDINGS, "HOME": folder}, clear=True):
            app = _example(Path(folder))
            for name, questions in SECTIONS:
                text += f"## {name.capitalize()}\n\n"
                text += "".join(_section(question, app, table) for question in questions)
    return text


def _example(folder: Path) -> AppContext:
    """The program over the example store."""
    from crmcli.context import AppContext, Flags
    from crmcli.services.demo import fill

    store = folder / "demo.db"
    fill(AppContext(Flags(store=str(store), quiet=True), origin="demo").desk)
    return AppContext(Flags(store=str(store), quiet=True))


def _section(question: Question, app: AppContext, table: Table) -> str:
    text = f"### {question.name}\n\n{question.about[:1].upper()}{question.about[1:]}. {question.more}".rstrip() + "\n\n"
    text += "".join(f"    {example}\n" for example in question.examples) + "\n"
    text += "".join(f"- {line}\n" for line in _asked(question)) + "\n"
    report = _answered(question, app)
    for part in report.parts or (report,):
        text += f"{part.title}:\n\n" if report.parts else ""
        text += table(("column", "kind", "what it says"), _columns(part))
    return text


def _asked(question: Question) -> list[str]:
    """What the report can be told."""
    lines = []
    if question.groups:
        usual = f"; usually `{question.by}`" if question.by else ""
        lines.append(f"`--by`: {_GROUPS[question.groups]}{usual}")
    if question.dated:
        lines.append("`--period`, `--since`, `--until`, `--compare`")
    if question.noun:
        lines.append(f"`--filter` on {question.noun} fields")
    return lines + [f"`{OPTIONS[name].flag}`: {OPTIONS[name].about}" for name in question.options]


def _answered(question: Question, app: AppContext) -> Report:
    from crmcli.errors import Refused
    from crmcli.reports.inquiry import Asked

    try:
        return app.answer(Asked(question.name))
    except Refused:  # too few customers for its model: the columns are those of a time without any
        return app.answer(Asked(question.name, period="1990"))


def _columns(report: Report) -> list[tuple[object, ...]]:
    columns = [column for column in report.columns if column.name]
    return [(f"`{column.name}`", column.kind, column.meaning or column.header) for column in columns]
