"""Organisations."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmcli.domain.views import CompanyPicture, CompanyView
from crmcli.errors import Refused
from crmcli.services.merging import Merging
from crmcli.services.pictures import TIMELINE, contacts_of, deals_of, next_step
from crmcli.services.records import Records
from crmcli.store.queries.activities import timeline
from crmcli.store.queries.companies import companies

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crmcli.domain.drafts import Edit
    from crmcli.store.queries.common import Selection
    from crmcli.store.reader import Reader
    from crmcli.store.session import UnitOfWork


class Companies(Merging, Records):
    """The use cases of companies."""

    noun = "company"

    def views(self, reader: Reader, selection: Selection) -> Iterator[CompanyView]:
        """The selected companies."""
        return companies(reader, selection)

    def change(self, uow: UnitOfWork, number: int, edit: Edit) -> None:
        """Apply an edit; a company can't belong to itself, however far up."""
        above = edit.values.get("parent")
        while above is not None:
            if above == number:
                raise Refused(f"company #{number} can't belong to itself")
            above = uow.reader.value("SELECT parent_id FROM company WHERE id = ?", (above,))
        super().change(uow, number, edit)

    def show(self, ref: str) -> CompanyPicture:
        """A company with its people, open deals, next step and timeline."""
        with self.desk.reading() as reader:
            number = self._find(reader, ref).number
            return CompanyPicture(
                self.view(reader, number),
                contacts_of(reader, number),
                deals_of(reader, "company_id = ?", number, self.desk.clock.now()),
                next_step(reader, "company", number),
                timeline(reader, "company", number, TIMELINE),
            )
