"""Files in: contacts, companies, deals and activities from tables that other programs wrote."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from crmcli.domain.money import read_currency
from crmcli.errors import BadValue
from crmcli.io.opening import open_table
from crmcli.services.importing.plan import ON_DUPLICATE
from crmcli.services.importing.run import Run

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import BinaryIO

    from crmcli.services.desk import Desk
    from crmcli.services.importing.plan import Plan
    from crmcli.services.records import Records


class Imports:
    """The use case of every import."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    @contextmanager
    def opened(self, plan: Plan, file: Path | BinaryIO) -> Iterator[Run]:
        """An import of that file, ready to go; raises NotFound or UsageError for a file that can't be read."""
        if plan.on_duplicate not in ON_DUPLICATE:
            raise BadValue("on-duplicate", f"{plan.on_duplicate!r} is not one of {', '.join(ON_DUPLICATE)}")
        if plan.currency is not None:
            plan = plan._replace(currency=read_currency(plan.currency))
        with open_table(file, plan.reading) as table:
            yield Run(self.desk, _service(plan.noun), plan, table, source_name(plan, file))


def source_name(plan: Plan, file: Path | BinaryIO) -> str:
    """The other system's name in external ids: as told, else the file's name without its ending, ``stdin`` for a pipe."""
    if plan.source is not None:
        name = plan.source.strip()
        if not name or ":" in name or not name.isprintable():
            raise BadValue("source", "a name without colons")
        return name
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
