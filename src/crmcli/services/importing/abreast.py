"""New contacts placed side by side: a batch that nobody in the store can be is written by whole columns."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmcli.errors import CrmError
from crmcli.services.importing.rows import Party
from crmcli.store.queries import keys

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crmcli.services.importing.directory import Directory
    from crmcli.services.importing.fresh import Fresh
    from crmcli.services.importing.linking import Linking
    from crmcli.store.bulk import Bulk

_REMEMBERED = 100_000


class Abreast:
    """Places whole batches of new contacts as ``Placing`` would one by one."""

    def __init__(self, bulk: Bulk, directory: Directory, linking: Linking) -> None:
        self._bulk = bulk
        self._directory = directory
        self._linking = linking
        self._companies: dict[str, int] = {}  # by what rows call them

    def forget(self) -> None:
        """Know no company any more: others may have been made, or called otherwise."""
        self._companies.clear()

    def place(self, fresh: Fresh) -> bool:
        """Make them all; False, and nothing is made, when one is there already or has to be looked at by itself."""
        if self._any_is_there(fresh):
            return False
        wanted = dict.fromkeys(ref for ref in fresh.companies if ref is not None and ref not in self._companies)
        if wanted and not self._know(list(wanted)):
            return False
        companies = [None if ref is None else self._companies[ref] for ref in fresh.companies]
        words = (fresh.names, fresh.bodies)
        numbers = self._bulk.add_contacts(fresh.columns, fresh.beside, companies, words, fresh.custom)
        self._directory.origins.add(numbers, fresh.lines)
        return True

    def _any_is_there(self, fresh: Fresh) -> bool:
        reader = self._bulk.uow.reader
        handles = fresh.beside["handles"]
        asked = [(keys.EMAILS, fresh.keys("emails")), (keys.PHONES, fresh.keys("phones"))]
        for network in dict.fromkeys(handles["network"]):
            said = zip(handles["network"], handles["key"], strict=True)
            asked.append((keys.handles(network), [key for where, key in said if where == network]))
        return any(True for lookup, wanted in asked for _ in keys.look_up(reader, lookup, wanted))

    def _know(self, refs: Sequence[str]) -> bool:
        """Find the companies that are not known yet, and make those that are not there; False if one is in doubt."""
        if len(self._companies) > _REMEMBERED:
            return False  # the next batch begins with nothing known
        parties = {ref: Party("company", ref, {}) for ref in refs}
        self._directory.ask_companies(list(parties.values()))
        try:
            found = {ref: self._directory.company(party) for ref, party in parties.items()}
        except CrmError:
            return False
        for ref, number in found.items():
            self._companies[ref] = self._made(parties[ref]) if number is None else number
        return True

    def _made(self, party: Party) -> int:
        (number,) = self._linking.resolved({"companies": (party,)})["companies"]
        return int(number)
