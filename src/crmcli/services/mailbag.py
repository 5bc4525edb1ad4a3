"""Mail as one of several things that are imported together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmcli.services.correspondence import Tally, Wish, mail_lock

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from crmcli.errors import CrmError
    from crmcli.services.correspondence import Correspondence
    from crmcli.services.importing.parts import Part
    from crmcli.store.session import UnitOfWork


class Mailbag:
    """A box of messages, in the transaction of others."""

    def __init__(self, service: Correspondence, part: Part, *, dry_run: bool) -> None:
        given = part.given
        self._service = service
        self._wish = Wish(
            own=tuple(given.get("owner_address") or ()),
            deal=given.get("deal"),
            create=bool(given.get("create_contacts")),
            keep=bool(given.get("keep_unmatched")),
            dry_run=dry_run,
        )
        self._own = service.own_addresses(self._wish)
        self._box = service.box(part.path)
        self.tally = Tally()
        self.name = part.path.name

    @property
    def lock(self) -> str:
        """The name under which no two imports run at the same time."""
        return mail_lock(self._box.name)

    @property
    def about(self) -> str:
        """What is done, as whoever has to wait for it is told."""
        return f"import of mail from {self._box.name}"

    def take(self, uow: UnitOfWork, advance: Callable[[int], None]) -> None:
        """Put all messages in."""
        self._service.take_into(uow, self._box, self._wish, self._own, self.tally, advance)

    def tell_of_half(self) -> None:
        """Mail is never half done."""

    def forget_half(self, uow: UnitOfWork) -> None:
        """Nothing is there to be forgotten."""

    def stored(self) -> None:
        """Nothing is left to be noted."""

    def tell_hooks(self) -> None:
        """Mail has none."""

    def record(self) -> dict[str, object]:
        """What was done, as a JSON object."""
        return {"source": self.name, "updated": 0, "skipped": 0, **self.tally.record()}

    def doubts(self) -> Iterator[str]:
        """What is worth a look, a line each."""
        return self.tally.doubts()

    def verdict(self) -> CrmError | None:
        """What is left to say when some messages were rejected."""
        return self.tally.verdict()
