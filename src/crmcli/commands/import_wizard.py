"""``crm import --interactive``: shows a file as it would be read, and asks what is wrong about that."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from crmcli.domain.fields import PLURAL
from crmcli.domain.frozen import NamedTuple
from crmcli.domain.text import nearest
from crmcli.errors import BadValue, UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    import typer

    from crmcli.context import AppContext
    from crmcli.services.importing.plan import Plan
    from crmcli.services.importing.preview import Previewed, Sample
    from crmcli.services.importing.run import Run

SAMPLES = 3
_FLAG = "--interactive needs a terminal; --dry-run shows the same without asking"
_MODES = {"create": "only new ones", "update": "only those there already", "upsert": "both"}


class _View(NamedTuple):
    """A file as it would be read at the moment."""

    about: str
    columns: list[Previewed]
    notes: list[str]


def ask(ctx: typer.Context, app: AppContext, plan: Plan, file: str) -> Plan:
    """The plan as the user wants it after seeing what it does; ends the command where it is not wanted at all.

    Raises UsageError where there is no terminal to ask on, and for a file that can't be read.
    """
    _refuse_pipes(app, file)
    wizard = Wizard(app, Path(file))
    plan = wizard.settle_columns(plan)
    plan = wizard.settle_mode(plan)
    tried = wizard.settle_trial(plan)
    if tried is None or not app.output.confirm(f"import {file}?"):
        app.output.message("nothing was imported")
        ctx.exit(0)
    return wizard.settle_name(tried)


def noun_of(app: AppContext, file: str) -> str:
    """The noun of a file: told by its format or a known header, else the user's answer."""
    _refuse_pipes(app, file)
    likely = app.imports.likely_noun(Path(file))
    known = {**{plural: noun for noun, plural in PLURAL.items()}, **{noun: noun for noun in PLURAL}}
    usual = f" [{PLURAL[likely]}]" if likely else ""
    while True:
        answer = app.output.typed(f"{file} holds {', '.join(PLURAL.values())}?{usual}", flag=_FLAG).lower()
        if not answer and likely:
            return likely
        if answer in known:
            return known[answer]
        begun = {noun for word, noun in known.items() if answer and word.startswith(answer)}
        if len(begun) == 1:
            return begun.pop()
        if not answer:
            raise UsageError("say what the file holds", hint=f"crm import contacts {file}")
        app.output.warn(f"{answer!r} is none of {', '.join(PLURAL.values())}")


def _refuse_pipes(app: AppContext, file: str) -> None:
    if not app.output.can_ask:
        raise UsageError(
            "there is no terminal to ask on", hint="leave --interactive out; --dry-run shows what would be done"
        )
    if file == "-":
        raise UsageError("--interactive reads answers from the terminal, so that it can't read the rows from there too")


class Wizard:
    """The questions about one file."""

    def __init__(self, app: AppContext, file: Path) -> None:
        self._app = app
        self._say = app.output.message
        self._file = file

    def _ask(self, question: str) -> str:
        return self._app.output.typed(question, flag=_FLAG)

    # -- columns

    def settle_columns(self, plan: Plan) -> Plan:
        """The plan with every column where the user wants it."""
        while True:
            try:
                view = self._view(plan)
            except UsageError as error:
                plan = self._dated(plan, error)
                continue
            self._show(view)
            answer = self._ask("number of a column to change, or Enter to go on:")
            if not answer:
                return plan
            plan = self._changed(plan, view.columns, answer)

    def _view(self, plan: Plan) -> _View:
        with self._app.imports.opened(plan._replace(dry_run=True, save_map=None, rejects=None), self._file) as run:
            return _View(_about(run), self._app.imports.preview(run, SAMPLES), list(run.meaning.notes()))

    def _show(self, view: _View) -> None:
        self._say(f"{self._file.name}: {view.about}")
        for note in view.notes:
            self._say(note)
        width = max((len(column.header) for column in view.columns), default=0)
        for number, column in enumerate(view.columns, 1):
            target = "-" if column.target is None else str(column.target)
            samples = " · ".join(map(_told, column.samples)) or "(empty)"
            self._say(f"{number:>3}  {column.header:<{width}} → {target:<20} {samples}")

    def _changed(self, plan: Plan, columns: Sequence[Previewed], answer: str) -> Plan:
        """The plan with one column sent elsewhere, or as it is when the answer can't be understood."""
        number, equals, word = answer.partition("=")
        if not number.strip().isdecimal() or not 1 <= int(number) <= len(columns):
            self._app.output.warn(f"{answer!r} is not a number from 1 to {len(columns)}")
            return plan
        header = columns[int(number) - 1].header
        while True:
            wanted = word.strip() if equals else self._ask(f"field for {header!r} (? lists them, - leaves it out):")
            equals = ""
            if not wanted:
                return plan
            if wanted == "?":
                self._say(", ".join(self._fields(plan)))
                continue
            target = self._target(plan, wanted)
            if target is not None:
                return self._accepted(plan, header, target)

    def _fields(self, plan: Plan) -> list[str]:
        from crmcli.io.headers import LINKED, targets_of

        linked = [f"{link}.{name}" for link in LINKED[plan.noun] for name in ("name", "external_id")]
        return [*targets_of(plan.noun), *linked, "custom.KEY"]

    def _target(self, plan: Plan, wanted: str) -> str | None:
        """The field that the user means, by its name or an unmistakable beginning; None, told, if there is none."""
        from crmcli.io.headers import resolve_target

        try:
            return resolve_target(plan.noun, wanted) or "-"
        except BadValue as error:
            known = self._fields(plan)
            begun = [name for name in known if name.startswith(wanted.lower())]
            if len(begun) == 1:
                return begun[0]
            close = ", ".join(begun) or nearest(wanted, known)
            self._app.output.warn(f"{error.reason}{f'; did you mean {close}?' if close else ''}")
            return None

    def _dated(self, plan: Plan, error: UsageError) -> Plan:
        """The plan with the format of dates that have two readings; raises the error if it is another, or unanswered."""
        if "--date-format" not in (error.hint or ""):
            raise error
        self._app.output.error(error)
        answer = self._ask("format of these dates, as %d/%m/%Y, or Enter to give up:")
        if not answer:
            raise error
        return plan._replace(date_format=(*plan.date_format, answer))

    def _accepted(self, plan: Plan, header: str, target: str) -> Plan:
        """The plan with the new target, where it can be: two columns for one value are refused."""
        changed = plan._replace(
            map=[*(s for s in plan.map if s.rpartition("=")[0].strip() != header), f"{header}={target}"]
        )
        try:
            self._view(changed)
        except BadValue as error:
            self._app.output.error(error)
            return plan
        return changed

    # -- what is there already

    def settle_mode(self, plan: Plan) -> Plan:
        """The plan with what to do about records that are there already."""
        if plan.mode is not None or plan.on_duplicate is not None:
            return plan
        choices = ", ".join(f"{name} ({about})" for name, about in _MODES.items())
        while True:
            answer = self._ask(f"which records: {choices}? [create]").lower()
            begun = [name for name in _MODES if name.startswith(answer)]
            if not answer or len(begun) == 1:
                return plan._replace(mode=begun[0] if answer else "create")
            self._app.output.warn(f"{answer!r} is none of {', '.join(_MODES)}")

    # -- a trial

    def settle_trial(self, plan: Plan) -> Plan | None:
        """The plan as a dry run says it would go; None to give up."""
        with self._app.imports.opened(plan._replace(dry_run=True, save_map=None, rejects=None), self._file) as run:
            summary = run.go()
        self._say(
            f"of {summary.read:,} rows {summary.created:,} would be new, {summary.updated:,} changed, "
            f"{summary.skipped + summary.unchanged:,} left alone, {summary.rejected:,} rejected"
        )
        for line in summary.reasons(SAMPLES):
            self._say(line)
        return self._with_errors(plan) if summary.rejected else plan

    def _with_errors(self, plan: Plan) -> Plan | None:
        """The plan that stores the good rows though others are rejected, if the user wants that."""
        if plan.skip_errors:
            return plan
        return plan._replace(skip_errors=True) if self._app.output.confirm("store the others?") else None

    def settle_name(self, plan: Plan) -> Plan:
        """The plan with the name under which its map is kept, if the user gives one."""
        from crmcli.services.saved_maps import refused

        while plan.save_map is None:
            answer = self._ask("keep this map as (a name for --preset, or Enter for none):")
            if not answer:
                return plan
            try:
                return plan._replace(save_map=refused(answer))
            except BadValue as error:
                self._app.output.error(error)
        return plan


def _about(run: Run) -> str:
    """What the file is: its format, encoding and delimiter."""
    table = run.table
    marks = {"\t": "tab", " ": "space"}
    parts = [
        table.format,
        table.encoding,
        f"cells between {marks.get(table.delimiter, table.delimiter)}" if table.delimiter else None,
    ]
    return ", ".join(part for part in parts if part)


def _told(sample: Sample) -> str:
    text = sample.text if len(sample.text) <= 40 else sample.text[:39] + "…"
    return text if sample.reason is None else f"✗ {text} ({sample.reason})"
