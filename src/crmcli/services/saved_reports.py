"""Reports kept under a name that everyone who works on the store knows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crmcli.domain.text import fold, nearest, tidy
from crmcli.errors import BadValue, NotFound
from crmcli.store.queries.saved_reports import saved_reports

if TYPE_CHECKING:
    from collections.abc import Mapping

    from crmcli.services.desk import Desk
    from crmcli.store.queries.saved_reports import SavedReport

_LONGEST = 100

# Inside a class with a method named list, the builtin goes by this name.
Saved = list["SavedReport"]


class SavedReports:
    """The use cases of saved reports."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    def list(self) -> Saved:
        """All of them, by name."""
        with self.desk.reading() as reader:
            return saved_reports(reader)

    def find(self, name: str) -> SavedReport:
        """The one of that name; raises NotFound with the nearest."""
        with self.desk.reading() as reader:
            return _named(saved_reports(reader), name)

    def known(self, name: str) -> SavedReport | None:
        """The one of that name, if there is one."""
        return next((each for each in self.list() if fold(each.name) == fold(tidy(name))), None)

    def save(self, name: str, report: str, asked: Mapping[str, Any]) -> SavedReport:
        """Keep a report under a name, in place of the one that has it."""
        from crmcli.domain.ids import new_uid
        from crmcli.store.models.analysis import SavedReport as Row

        label = tidy(name)
        if not label or len(label) > _LONGEST:
            raise BadValue("name", f"a name has 1 to {_LONGEST} characters")
        with self.desk.writing("report save", label) as uow:
            kept: dict[str, Any] = {"name": label, "report": report, "asked": dict(asked), "owner_id": uow.user_id}
            found = uow.find(Row, name_key=fold(label), deleted_at=None)
            for column, value in kept.items() if found else ():
                setattr(found[0], column, value)
            if not found:
                uow.add(Row(uid=new_uid("rp"), name_key=fold(label), **kept))
            uow.flush()
            return _named(saved_reports(uow.reader), label)

    def remove(self, name: str) -> SavedReport:
        """Forget one; what it was."""
        from crmcli.store.models.analysis import SavedReport as Row

        saved = self.find(name)
        with self.desk.writing("report forget", saved.name) as uow:
            uow.bury(uow.get(Row, saved.number))
        return saved


def _named(saved: Saved, name: str) -> SavedReport:
    for each in saved:
        if fold(each.name) == fold(name) or each.id == name:
            return each
    names = [each.name for each in saved]
    near = nearest(name, names)
    known = f"there are: {', '.join(names)}" if names else "crm report save NAME REPORT"
    raise NotFound(f"no saved report {name}", hint=f"did you mean {near}?" if near else known)
