"""Files in: contacts, companies, deals and activities from tables that other programs wrote."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from crmcli.domain.money import read_currency
from crmcli.errors import BadValue, UsageError
from crmcli.io.opening import Reading, open_table
from crmcli.services.importing.checkpoints import fingerprint_of
from crmcli.services.importing.headless import refuse_headless
from crmcli.services.importing.keys import refuse_unfilled
from crmcli.services.importing.mapping import stage_names
from crmcli.services.importing.meaning import meaning_of
from crmcli.services.importing.plan import settled
from crmcli.services.importing.rejects import Rejects, hide_reject_columns
from crmcli.services.importing.run import Run
from crmcli.services.importing.survey import survey, twice
from crmcli.services.saved_maps import find as saved_map
from crmcli.services.saved_maps import save as save_map

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import BinaryIO

    from crmcli.io.table import Table
    from crmcli.services.desk import Desk
    from crmcli.services.importing.plan import Plan
    from crmcli.services.importing.preview import Previewed
    from crmcli.services.records import Records


AHEAD = timedelta(days=92)


class Imports:
    """The use case of every import."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    @contextmanager
    def opened(self, plan: Plan, file: Path | BinaryIO) -> Iterator[Run]:
        """An import of that file, ready to go; raises NotFound or UsageError for a file that can't be read."""
        saved = saved_map(plan.preset)
        plan = settled(saved.under(plan) if saved else plan)
        if plan.currency is not None:
            plan = plan._replace(currency=read_currency(plan.currency))
        refuse_to_overwrite(plan.rejects, file)
        with twice(file) as again, open_table(again.first, self._reading(plan.reading)) as table:
            if saved:
                saved.refuse_missing(table.headers)
            rejects = None if plan.rejects is None else Rejects(plan.rejects, table)
            hide_reject_columns(table)
            refuse_headless(plan, table, file)
            meaning = meaning_of(_linking(plan, table), table, self._stages)
            refuse_unfilled(plan.noun, meaning.plan.key, meaning.columns)
            if rejects is not None:
                rejects.follow(table.headers)
            run = Run(self.desk, _service(plan.noun), meaning, table, source_name(meaning.plan, file), rejects)
            if plan.resume:
                run.fingerprint = fingerprint_of(_lasting(file), meaning.plan, meaning.columns)
            run.formats = survey(meaning.plan, meaning.columns, table, again, run.summary)
            yield run

    def _reading(self, reading: Reading) -> Reading:
        """How a file is read: what recurs in a calendar, up to three months ahead."""
        until = reading.until or self.desk.clock.local().date() + AHEAD
        return reading._replace(until=until)

    def keep_map(self, name: str, run: Run) -> bool:
        """Keep the mapping of an import under a name; tells whether there was one already. Raises BadValue."""
        chosen = {header: str(run.columns.targets.get(header, "-")) for header in run.table.headers}
        return save_map(name, run.meaning, run.table, chosen)

    def presets(self) -> list[tuple[str, str, str]]:
        """What ``--preset`` can name: each with its noun and what it is, the user's own maps last."""
        from crmcli.io.presets import presets
        from crmcli.services.saved_maps import load, names

        known = [(preset.name, preset.noun, preset.about) for preset in presets().values()]
        kept = [(saved.name, saved.noun, saved.about) for saved in map(load, names())]
        return known + kept

    def preview(self, run: Run, count: int) -> list[Previewed]:
        """The columns of an opened file with the first values of each, as they would be read."""
        from crmcli.services.importing.preview import preview

        rules = self.desk.rules._replace(currency=run.plan.currency or self.desk.currency)
        stages = [*self._stages(), *stage_names(run.plan)]
        return preview(run.plan.noun, run.columns, run.table, rules, stages, run.formats.forms, count)

    def likely_noun(self, file: Path, reading: Reading = Reading()) -> str | None:  # noqa: B008
        """The noun of a file's rows, by its format, the system it comes from, its name or titles; None where none says."""
        from crmcli.services.importing.recognising import noun_of

        with open_table(file, reading) as table:
            return noun_of(table, file.stem)

    def _stages(self) -> list[str]:
        """The names of the store's stages, or of those that a new store would have."""
        from crmcli.services.pipelines import Pipelines

        return [stage.stage for stage in Pipelines(self.desk).list()]


def _linking(plan: Plan, table: Table) -> Plan:
    """The plan with its say on people whom nobody knows: who only takes part in a meeting is not made a contact."""
    return plan if plan.create_links is not None else plan._replace(create_links=table.format != "ics")


def _lasting(file: Path | BinaryIO) -> Path:
    """The file, if it can still be there when an import is resumed; raises UsageError for a pipe."""
    if isinstance(file, Path) and file.is_file():
        return file
    raise UsageError("--resume needs a file: what comes from a pipe is gone when the import is killed")


def refuse_to_overwrite(rejects: Path | None, file: Path | BinaryIO) -> None:
    """Raise BadValue when the rejected rows would take the place of the rows that are read."""
    if rejects is not None and isinstance(file, Path) and rejects.exists() and file.exists() and rejects.samefile(file):
        raise BadValue("rejects", f"{rejects} is the file that is read", hint="another name")


def source_name(plan: Plan, file: Path | BinaryIO) -> str:
    """The other system's name in external ids: as told, else the file's name without its ending, ``stdin`` for a pipe."""
    if plan.source is not None:
        name = plan.source.strip()
        if not name or ":" in name or not name.isprintable():
            raise BadValue("source", "a name without colons")
        return name
    if plan.usual_source is not None:
        return plan.usual_source
    return file.stem.replace(":", "_") if isinstance(file, Path) else "stdin"


def _service(noun: str) -> Callable[[Desk], Records]:
    """The service of a noun, which knows the rules of its changes."""
    if noun == "contact":
        from crmcli.services.contacts import Contacts

        return Contacts
    if noun == "company":
        from crmcli.services.companies import Companies

        return Companies
    if noun == "deal":
        from crmcli.services.deals import Deals

        return Deals
    from crmcli.services.activities import Activities

    return Activities
