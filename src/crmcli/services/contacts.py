"""People."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmcli.domain.views import ContactPicture, ContactView
from crmcli.services.merging import Merging
from crmcli.services.pictures import TIMELINE, deals_of, next_step
from crmcli.services.records import Records
from crmcli.store.queries.activities import timeline
from crmcli.store.queries.contacts import contacts
from crmcli.store.queries.mails import mails_to

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crmcli.store.queries.common import Selection
    from crmcli.store.reader import Reader


class Contacts(Merging, Records):
    """The use cases of contacts."""

    noun = "contact"

    def views(self, reader: Reader, selection: Selection) -> Iterator[ContactView]:
        """The selected contacts."""
        return contacts(reader, selection)

    def show(self, ref: str) -> ContactPicture:
        """A person with open deals, next step and timeline."""
        with self.desk.reading() as reader:
            number = self._find(reader, ref).number
            return ContactPicture(
                self.view(reader, number),
                deals_of(
                    reader,
                    "id IN (SELECT deal_id FROM deal_contact WHERE contact_id = ?)",
                    number,
                    self.desk.clock.now(),
                ),
                next_step(reader, "contact", number),
                timeline(reader, "contact", number, TIMELINE),
                mails_to(reader, number, TIMELINE),
            )
