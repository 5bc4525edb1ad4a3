"""Tags: which there are, how often each is used, and whose record a tag goes on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmcli.errors import NotFound
from crmcli.services.history import any_record
from crmcli.store.queries.labels import tags
from crmcli.store.queries.refs import survivor

if TYPE_CHECKING:
    from crmcli.domain.views import TagView
    from crmcli.services.desk import Desk


class Labels:
    """The use cases of tags that are not those of one noun."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    def list(self) -> list[TagView]:
        """The tags that live records have, by name, with how many of each noun have them."""
        with self.desk.reading() as reader:
            return tags(reader)

    def bearer(self, ref: str) -> tuple[str, str]:
        """The noun and uid of the live record of any noun that a reference names; ``deal:12`` says which noun."""
        with self.desk.reading() as reader:
            noun, found = any_record(reader, ref, self.desk.country)
            if reader.value(f"SELECT deleted_at FROM {noun} WHERE id = ?", (found.number,)) is None:
                return noun, found.uid
            kept = survivor(reader, noun, found.uid)
            if kept is None:
                raise NotFound(
                    f"{noun} #{found.number} {found.name} is deleted", hint=f"crm {noun} restore {found.number}"
                )
            return noun, kept.uid
