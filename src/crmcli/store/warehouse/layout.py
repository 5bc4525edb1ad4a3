"""Which rows of the store the warehouse holds: tables of the same names and columns, so that the same queries answer.

Words of people (subjects, bodies, notes, addresses) stay in the store.
"""

from __future__ import annotations

from crmcli.domain.frozen import NamedTuple
from crmcli.store.queries.condition import EVERYTHING, Condition

_TYPES = {"i": "BIGINT", "t": "VARCHAR", "m": "TIMESTAMP", "d": "DATE", "f": "DOUBLE", "j": "VARCHAR"}


class Column(NamedTuple):
    """A column: its name, and a letter for its kind (i whole number, t text, m moment, d day, f number, j JSON of which a part is kept)."""

    name: str
    kind: str

    @property
    def type(self) -> str:
        """The engine's type."""
        return _TYPES[self.kind]


class Table(NamedTuple):
    """A table of the store, all its rows, the deleted ones too; a small one is read whole at each refresh.

    Of the change log only lines ``about`` this field of deals are kept, and of these only what they say of it.
    """

    name: str
    columns: tuple[Column, ...]
    is_small: bool = False
    about: str = ""

    @property
    def chosen(self) -> Condition:
        """The condition on the rows that are kept."""
        if not self.about:
            return EVERYTHING
        # In a CASE, so that no index on the noun is walked in place of the lines that are new.
        updates = "noun = 'deal' AND relation = 'deal' AND action = 'update'"
        said = f"CASE WHEN {updates} THEN CAST(before AS TEXT) ELSE '' END"
        return Condition(f"{said} LIKE ?", (f'%"{self.about}"%',))

    @property
    def listed(self) -> str:
        """The columns as SQL lists them."""
        return ", ".join(f'"{column.name}"' for column in self.columns)


def _columns(text: str) -> tuple[Column, ...]:
    return tuple(Column(*each.split(":")) for each in text.split())


_MORTAL = "deleted_at:m deleted_in:i"
# Without the moment of the last change: a record is stamped with it also when only something linked to it changed, as a tag.
_RECORD = (
    "id:i uid:t owner_id:i custom:t created_at:m created_by:i created_in:i merged_into:i"
    f" external_source:t external_id:t {_MORTAL}"
)
SMALL = tuple(
    Table(name, _columns(text), is_small=True)
    for name, text in {
        "app_user": "id:i login:t login_key:t created_at:m",
        "custom_field": "id:i noun:t key:t",
        "pipeline": f"id:i name:t name_key:t position:i {_MORTAL}",
        "stage": (
            "id:i pipeline_id:i name:t name_key:t position:i kind:t probability:i rot_days:i forecast_category:t"
            f" required:t wip_limit:i {_MORTAL}"
        ),
        "campaign": (
            "id:i uid:t name:t name_key:t kind:t status:t code:t code_key:t objective:t parent_id:i starts_on:d ends_on:d"
            " currency:t budget:i audience:t template_id:i settings:t send_at:m started_at:m ended_at:m updated_at:m"
            f" expected_cost:i expected_revenue:i expected_response:f owner_id:i created_at:m {_MORTAL}"
        ),
        "campaign_goal": f"id:i campaign_id:i metric:t target:f {_MORTAL}",
        "campaign_cost": f"id:i campaign_id:i state:t amount:i currency:t on:d at:m {_MORTAL}",
        "exchange_rate": f"id:i currency:t base:t day:t rate:f {_MORTAL}",
        "advice_mute": f"id:i uid:t rule:t noun:t record_id:i until:d owner_id:i {_MORTAL}",
        "template": f"id:i uid:t name:t name_key:t locale:t {_MORTAL}",
        "goal": f"id:i uid:t metric:t owner_id:i starts_on:d ends_on:d target:f currency:t created_at:m {_MORTAL}",
    }.items()
)
LARGE = tuple(
    Table(name, _columns(text))
    for name, text in {
        "company": (
            f"{_RECORD} name:t name_key:t industry:t size:t annual_revenue:i revenue_currency:t country:t region:t"
            " parent_id:i type:t"
        ),
        "contact": f"{_RECORD} name:t name_key:t lifecycle:t lead_status:t lead_score:i source:t",
        "contact_company": "id:i contact_id:i company_id:i position:i started_on:d ended_on:d",
        "deal": (
            f"{_RECORD} title:t title_key:t value:i currency:t pipeline_id:i stage_id:i stage_since:m probability:i"
            " expected_close:d closed_at:m lost_reason:t source:t campaign_id:i type:t company_id:i"
        ),
        "deal_contact": "id:i deal_id:i contact_id:i role:t position:i",
        "stage_change": "id:i deal_id:i from_stage_id:i to_stage_id:i at:m by:i",
        "activity": (
            f"{_RECORD} kind:t at:m due_on:d due_at:m done_at:m duration:i direction:t status:t outcome:t priority:t"
            " company_id:i deal_id:i campaign_id:i"
        ),
        "activity_contact": "id:i activity_id:i contact_id:i position:i",
        "purchase": (
            "id:i uid:t customer:t customer_key:t contact_id:i company_id:i at:m value:i currency:t product:t"
            f" quantity:f source:t external_id:t created_in:i {_MORTAL}"
        ),
        "campaign_member": "id:i campaign_id:i contact_id:i status:t reason:t at:m variant_id:i segment_id:i",
    }.items()
)
# How often the expected close of a deal was moved is only in the change log.
LOG = Table("change", _columns("id:i noun:t record_id:i relation:t action:t before:j after:j"), about="expected_close")
TABLES = (*SMALL, *LARGE, LOG)
# Tables whose rows a change set marks when it deletes them by the thousand, without a line each in the change log.
MARKED = ("company", "contact", "deal", "activity", "purchase")
# Its rows change without a line in the change log: what is sent and comes back is noted beside the records.
UNLOGGED = "campaign_member"
ROWS = "store"  # the schema in which these tables lie; the star is in the main one
