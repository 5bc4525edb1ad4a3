"""The star: facts and dimensions as views over the rows, with the columns that are promised."""

from __future__ import annotations

from crmcli.domain.frozen import NamedTuple
from crmcli.domain.money import UNCOMMON_EXPONENTS
from crmcli.store.warehouse.layout import ROWS


class StarColumn(NamedTuple):
    """A column of a view: its name, its SQL and what it says."""

    name: str
    sql: str
    about: str


class StarTable(NamedTuple):
    """A table, a ``fact`` or a ``dimension``: what a row is, its columns, and where they come from."""

    name: str
    kind: str
    about: str
    columns: tuple[StarColumn, ...]
    source: str

    @property
    def statement(self) -> str:
        """The statement that makes the view."""
        listed = ", ".join(f'{column.sql} AS "{column.name}"' for column in self.columns)
        return f'CREATE OR REPLACE VIEW main."{self.name}" AS SELECT {listed} {self.source}'


def _major(amount: str, currency: str) -> str:
    """An amount of minor units in the currency's own unit."""
    by_digits: dict[int, list[str]] = {}
    for code, digits in UNCOMMON_EXPONENTS.items():
        by_digits.setdefault(digits, []).append(f"'{code}'")
    units = " ".join(
        f"WHEN {currency} IN ({', '.join(sorted(codes))}) THEN {10**digits}"
        for digits, codes in sorted(by_digits.items())
    )
    return f"CAST({amount} AS DOUBLE) / (CASE {units} ELSE 100 END)"


def _columns(text: str, **given: str) -> tuple[StarColumn, ...]:
    """Columns a line each, ``name = SQL | what it says``; ``{name}`` in the SQL is one of those given."""
    found = []
    for line in text.strip().splitlines():
        named, about = (part.strip() for part in line.split(" | "))
        name, _, sql = (part.strip() for part in named.partition("="))
        found.append(StarColumn(name, (sql or f'r."{name}"').format(**given), about))
    return tuple(found)


def _live(table: str) -> str:
    return f"FROM {ROWS}.{table} r WHERE r.deleted_at IS NULL"


_VALUE = _major("r.value", "r.currency")
_ANY_CUSTOM = "json_extract_string(r.custom, '$.product')"
_OWNED = "owner_key = r.owner_id | its owner"

FACTS = (
    StarTable(
        "deal", "fact", "a deal, open or closed",
        _columns(
            f"""
            deal_key = r.id | its number
            id = r.uid | its uid
            title | its title
            company_key = r.company_id | its company
            {_OWNED}
            campaign_key = r.campaign_id | the campaign it is owed to
            stage_key = r.stage_id | the stage it is in
            product = {{product}} | its custom field product: the key of the dimension
            state = s.kind | open, won or lost
            created_at | when it was made (UTC)
            created_on = CAST(r.created_at AS DATE) | that day (UTC)
            closed_at | when it was won or lost (UTC)
            closed_on = CAST(r.closed_at AS DATE) | that day (UTC)
            expected_on = r.expected_close | the day it is expected to close
            value = {{value}} | its value, in its currency
            currency | that currency; none: the base currency
            probability = COALESCE(r.probability, s.probability) | per cent: its own, or else its stage's
            source | where it came from
            type | new or existing
            lost_reason | why it was lost
            custom | its custom fields, as JSON
            """,
            value=_VALUE, product=_ANY_CUSTOM,
        ),
        f"FROM {ROWS}.deal r JOIN {ROWS}.stage s ON s.id = r.stage_id WHERE r.deleted_at IS NULL",
    ),
    StarTable(
        "stage_change", "fact", "a move of a deal from one stage to another",
        _columns(
            """
            stage_change_key = r.id | its number
            deal_key = r.deal_id | the deal
            from_stage_key = r.from_stage_id | the stage it left; none: it was new
            to_stage_key = r.to_stage_id | the stage it came to
            owner_key = r."by" | who moved it
            at | when (UTC)
            on = CAST(r."at" AS DATE) | that day (UTC)
            """
        ),
        f"FROM {ROWS}.stage_change r JOIN {ROWS}.deal d ON d.id = r.deal_id AND d.deleted_at IS NULL",
    ),
    StarTable(
        "activity", "fact", "something done or planned",
        _columns(
            f"""
            activity_key = r.id | its number
            id = r.uid | its uid
            kind | call, meeting, email, task …
            status | planned, done, canceled or no_show
            direction | in or out
            priority | low, normal, high or urgent
            company_key = r.company_id | the company
            deal_key = r.deal_id | the deal
            campaign_key = r.campaign_id | the campaign
            {_OWNED}
            at | its place on the timeline (UTC)
            on = CAST(r."at" AS DATE) | that day (UTC)
            due_on | the day it is due
            done_at | when it was done (UTC)
            minutes = r.duration | how long it took
            """
        ),
        _live("activity"),
    ),
    StarTable(
        "campaign_member", "fact", "a person whom a campaign is about",
        _columns(
            """
            campaign_member_key = r.id | its number
            campaign_key = r.campaign_id | the campaign
            contact_key = r.contact_id | the person
            status | targeted, sent, delivered, opened, clicked, responded, converted, bounced …
            reason | why it was skipped or failed
            at | since when (UTC)
            on = CAST(r."at" AS DATE) | that day (UTC)
            """
        ),
        f"FROM {ROWS}.campaign_member r",
    ),
    StarTable(
        "purchase", "fact", "a line of an imported transaction log",
        _columns(
            """
            purchase_key = r.id | its number
            id = r.uid | its uid
            customer | the customer as the log has it
            contact_key = r.contact_id | the person it means
            company_key = r.company_id | the company it means
            product | what was bought: the key of the dimension
            quantity | how many
            value = {value} | for how much, in its currency
            currency | that currency; none: the base currency
            at | when (UTC)
            on = CAST(r."at" AS DATE) | that day (UTC)
            """,
            value=_VALUE,
        ),
        _live("purchase"),
    ),
)  # fmt: skip
_DAYS = (
    f"SELECT CAST(created_at AS DATE) AS day FROM {ROWS}.deal UNION ALL SELECT CAST(closed_at AS DATE) FROM {ROWS}.deal"
    f' UNION ALL SELECT expected_close FROM {ROWS}.deal UNION ALL SELECT CAST("at" AS DATE) FROM {ROWS}.activity'
    f' UNION ALL SELECT CAST("at" AS DATE) FROM {ROWS}.stage_change UNION ALL SELECT CAST("at" AS DATE) FROM {ROWS}.purchase'
    f' UNION ALL SELECT CAST("at" AS DATE) FROM {ROWS}.campaign_member UNION ALL SELECT due_on FROM {ROWS}.activity'
)
DIMENSIONS = (
    StarTable(
        "date", "dimension", "a day, from the first that a fact names to the last",
        _columns(
            """
            date = r.day | the day: what the _on columns of the facts join
            year = CAST(year(r.day) AS BIGINT) | 2026
            quarter = year(r.day) || '-Q' || quarter(r.day) | 2026-Q3
            month = strftime(r.day, '%Y-%m') | 2026-08
            week = strftime(r.day, '%G-W%V') | 2026-W34, as ISO 8601 counts them
            weekday = CAST(isodow(r.day) AS BIGINT) | 1 is Monday
            """
        ),
        f"FROM (SELECT CAST(unnest(generate_series(MIN(day), MAX(day), INTERVAL 1 DAY)) AS DATE) AS day FROM ({_DAYS}) d) r",
    ),
    StarTable(
        "contact", "dimension", "a person",
        _columns(
            f"""
            contact_key = r.id | the number
            id = r.uid | the uid
            name | the name
            lifecycle | subscriber, lead, qualified, customer …
            lead_status | new, contacted, nurturing, converted …
            lead_score | the score
            source | where the person came from
            {_OWNED}
            created_on = CAST(r.created_at AS DATE) | the day of the record (UTC)
            custom | the custom fields, as JSON
            """
        ),
        _live("contact"),
    ),
    StarTable(
        "company", "dimension", "an organisation",
        _columns(
            f"""
            company_key = r.id | its number
            id = r.uid | its uid
            name | its name
            industry | its industry
            size | its size in employees, as 11-50
            country | its country, two letters
            region | its region
            type | prospect, customer, partner …
            parent_key = r.parent_id | the company it belongs to
            {_OWNED}
            created_on = CAST(r.created_at AS DATE) | the day of the record (UTC)
            custom | its custom fields, as JSON
            """
        ),
        _live("company"),
    ),
    StarTable(
        "owner", "dimension", "a user who owns records",
        _columns("owner_key = r.id | the number\n login | the login"),
        f"FROM {ROWS}.app_user r",
    ),
    StarTable(
        "product", "dimension", "something that was sold, or offered in a deal",
        _columns("product = r.name | its name"),
        f"FROM (SELECT product AS name FROM {ROWS}.purchase r WHERE r.deleted_at IS NULL UNION"
        f" SELECT {_ANY_CUSTOM} FROM {ROWS}.deal r WHERE r.deleted_at IS NULL) r WHERE r.name IS NOT NULL",
    ),
    StarTable(
        "campaign", "dimension", "a campaign",
        _columns(
            f"""
            campaign_key = r.id | its number
            id = r.uid | its uid
            name | its name
            kind | email, telesales, exhibition …
            status | draft, planned, active, paused, completed or canceled
            starts_on | its first day
            ends_on | its last day
            budget = {{budget}} | its budget, in its currency
            currency | that currency; none: the base currency
            {_OWNED}
            """,
            budget=_major("r.budget", "r.currency"),
        ),
        _live("campaign"),
    ),
    StarTable(
        "stage", "dimension", "a step of a pipeline",
        _columns(
            """
            stage_key = r.id | its number
            name | its name
            state = r.kind | open, won or lost
            position | its place in the pipeline
            probability | per cent
            forecast_category | omitted, pipeline, best_case, commit or closed
            pipeline = p.name | the pipeline
            """
        ),
        f"FROM {ROWS}.stage r JOIN {ROWS}.pipeline p ON p.id = r.pipeline_id",
    ),
)  # fmt: skip
STAR = (*FACTS, *DIMENSIONS)
