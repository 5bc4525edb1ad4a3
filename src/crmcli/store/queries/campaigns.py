"""What came of each campaign, read with a statement for each kind of thing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmcli.domain.board import sums
from crmcli.domain.frozen import NamedTuple
from crmcli.domain.money import Money
from crmcli.domain.views import CampaignTotal
from crmcli.store.queries.common import moment

if TYPE_CHECKING:
    from crmcli.store.reader import Reader

_DEALS = (
    "SELECT r.campaign_id, s.kind, r.currency, COUNT(*), CAST(SUM(r.value) AS BIGINT) FROM deal r"
    " JOIN stage s ON s.id = r.stage_id WHERE r.deleted_at IS NULL AND r.campaign_id IS NOT NULL"
    " GROUP BY r.campaign_id, s.kind, r.currency"
)
_ACTIVITIES = (
    "SELECT p.campaign_id, COUNT(*), MAX(CASE WHEN p.status = 'done' THEN p.at END) FROM activity p"
    " WHERE p.deleted_at IS NULL AND p.campaign_id IS NOT NULL GROUP BY p.campaign_id"
)
# Whom something was done with; what is only planned has reached nobody yet.
_REACHED = (
    "SELECT p.campaign_id, COUNT(DISTINCT c.id) FROM activity p JOIN activity_contact l ON l.activity_id = p.id"
    " JOIN contact c ON c.id = l.contact_id WHERE p.deleted_at IS NULL AND c.deleted_at IS NULL AND p.status = 'done'"
    " AND p.campaign_id IS NOT NULL GROUP BY p.campaign_id"
)


class _Deals(NamedTuple):
    """How many deals are in stages of a kind, and their worth."""

    number: int = 0
    worth: tuple[Money, ...] = ()

    def more(self, number: int, minor: int | None, currency: str | None) -> _Deals:
        """With so many more."""
        added = (Money(minor, currency),) if minor is not None and currency else ()
        return _Deals(self.number + number, self.worth + added)


def campaign_totals(reader: Reader) -> list[CampaignTotal]:
    """Every campaign by name, also one of which nothing came."""
    by_kind: dict[tuple[int, str], _Deals] = {}
    for campaign, kind, currency, number, minor in reader.rows(_DEALS):
        by_kind[campaign, kind] = by_kind.get((campaign, kind), _Deals()).more(number, minor, currency)
    done = {campaign: (number, last) for campaign, number, last in reader.rows(_ACTIVITIES)}
    reached: dict[int, int] = dict(reader.rows(_REACHED))
    totals = []
    for number, uid, name in reader.rows(
        "SELECT id, uid, name FROM campaign WHERE deleted_at IS NULL ORDER BY name_key, id"
    ):
        still_open, won, lost = (by_kind.get((number, kind), _Deals()) for kind in ("open", "won", "lost"))
        activities, last = done.get(number, (0, None))
        totals.append(
            CampaignTotal(
                uid, number, name, still_open.number + won.number + lost.number, still_open.number,
                sums(still_open.worth), won.number, sums(won.worth), lost.number, activities,
                reached.get(number, 0), moment(last),
            )
        )  # fmt: skip
    return totals
