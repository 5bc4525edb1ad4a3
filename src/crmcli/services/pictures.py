"""The whole picture of a record: what surrounds it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmcli.store.queries.activities import ABOUT, activities
from crmcli.store.queries.common import Selection
from crmcli.store.queries.condition import Condition, both

if TYPE_CHECKING:
    from datetime import datetime

    from crmcli.domain.views import ActivityView, ContactView, DealView
    from crmcli.store.reader import Reader

TIMELINE = 200  # entries of a timeline shown at once; `activity list` has them all


def deals_of(reader: Reader, belongs: str, number: int, now: datetime) -> tuple[DealView, ...]:
    """The open deals of a record, the largest first."""
    from crmcli.store.queries.deals import deals

    is_open = Condition("r.stage_id IN (SELECT id FROM stage WHERE kind = 'open')")
    where = both(Condition(f"r.{belongs}", (number,)), is_open)
    return tuple(deals(reader, Selection(where, "value", reverse=True), now))


def contacts_of(reader: Reader, company: int) -> tuple[ContactView, ...]:
    """The people at a company, by name."""
    from crmcli.store.queries.contacts import contacts

    here = "r.id IN (SELECT contact_id FROM contact_company WHERE company_id = ? AND ended_on IS NULL)"
    return tuple(contacts(reader, Selection(Condition(here, (company,)), "name", limit=TIMELINE)))


def next_step(reader: Reader, noun: str, number: int) -> ActivityView | None:
    """The planned activity that is due first."""
    about = ABOUT[noun]
    where = both(Condition(about, (number,) * about.count("?")), Condition("r.status = 'planned'"))
    return next(iter(activities(reader, Selection(where, "due", limit=1))), None)
