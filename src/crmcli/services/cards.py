"""Address cards of the people we know."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmcli.domain.records import as_record
from crmcli.errors import BadValue
from crmcli.io.vcard import card
from crmcli.services.contacts import Contacts
from crmcli.store.queries.contacts import labels

if TYPE_CHECKING:
    from crmcli.services.desk import Desk

VERSIONS = ("3.0", "4.0")
_ON_A_CARD = ("name", "emails", "phones", "companies", "title")


class Cards:
    """The use case of a person's card."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    def card(self, ref: str, version: str = "4.0") -> tuple[str, str]:
        """A person as a vCard; and the shorter one that a telephone reads from a picture."""
        if version not in VERSIONS:
            raise BadValue("version", f"{version!r} is not one of {', '.join(VERSIONS)}")
        contacts = Contacts(self.desk)
        with self.desk.reading() as reader:
            number = contacts.number_of(reader, ref)
            record = as_record(contacts.view(reader, number)) | {"labels": labels(reader, [number]).get(number, {})}
        return card(record, version), card({key: record[key] for key in (*_ON_A_CARD, "labels")}, "3.0")
