"""What the money of a report leaves out, in words: amounts in a currency with no rate, and deals counted in several groups."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmcli.domain.money import exponent
from crmcli.store.queries.condition import both
from crmcli.store.queries.groups import unrated

if TYPE_CHECKING:
    from crmcli.services.desk import Desk
    from crmcli.store.queries.condition import Condition
    from crmcli.store.queries.groups import Group
    from crmcli.store.queries.worth import Worth
    from crmcli.store.reader import Reader


def left_out(desk: Desk, reader: Reader, worth: Worth, where: Condition, day: str = "r.closed_at") -> tuple[str, ...]:
    """A note for each currency of the deals that fit for which there was no rate on their day."""
    if worth.missing is None:
        return ()
    notes = []
    for code, count, minor, first in unrated(reader, desk.currency, both(where, worth.missing), day):
        places = exponent(code)
        amount = f"{minor / 10**places:,.{places}f} {code}"
        deals = "1 deal" if count == 1 else f"{count} deals"
        are = "is" if count == 1 else "are"
        remedy = f"crm rate set {code} RATE"
        notes.append(f"{deals} worth {amount} {are} left out of the money: no rate for {code} up to {first} ({remedy})")
    return tuple(notes)


def shared(group: Group) -> tuple[str, ...]:
    """The note that a deal can be in several groups."""
    if not group.is_shared:
        return ()
    whose = "each segment that one of its contacts is in" if group.name == "segment" else "each of its contacts"
    return (f"a deal counts for {whose}; totals count it once",)
