"""What customers are told apart by: what they themselves are, or else what is known of what they bought."""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn

from crmcli.domain.frozen import NamedTuple
from crmcli.store.queries.condition import EVERYTHING, Condition
from crmcli.store.queries.groups import PRODUCT, Group, deal_groups, no_such_group
from crmcli.store.queries.purchases import purchases_within
from crmcli.store.queries.refs import custom_keys

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from crmcli.store.queries.groups import Asker
    from crmcli.store.queries.purchases import PurchaseView, Span
    from crmcli.store.queries.segments import Segment
    from crmcli.store.reader import Reader

_LOGIN = "(SELECT u.login FROM app_user u WHERE u.id = r.owner_id)"
_OF_COMPANIES = {
    "owner": _LOGIN, "company": "r.name", "region": "r.region", "country": "r.country", "industry": "r.industry",
    "size": "r.size",
}  # fmt: skip
_OF_CONTACTS = {"owner": _LOGIN, "source": "r.source"}
_OF_DEALS = ("owner", PRODUCT, "source", "campaign", "pipeline")
_OF_LOGS = {PRODUCT: "NULLIF(r.product, '')", "source": "NULLIF(r.source, '')"}
SEGMENT = "segment"
_SEGMENTS = (SEGMENT, f"contact.{SEGMENT}")
_NAMES = (
    "owner", "company", PRODUCT, "source", "region", SEGMENT, "campaign", "pipeline", "country", "industry", "size",
)  # fmt: skip
_LOGGED = " FROM purchase r"


class Trait(NamedTuple):
    """What customers are told apart by: SQL over a company ``r`` and a contact ``r``, and the grouping of what was bought.

    ``name`` is the column's name.
    """

    name: str
    company: Condition | None = None
    contact: Condition | None = None
    bought: Group | None = None

    @property
    def is_of_segments(self) -> bool:
        """Whether customers are told apart by the segments that they are in."""
        return self.name in _SEGMENTS

    @property
    def is_own(self) -> bool:
        """Whether customers can have it themselves."""
        return self.is_of_segments or self.company is not None or self.contact is not None


def customer_trait(reader: Reader, desk: Asker, view: PurchaseView, by: str, also: Sequence[str] = ()) -> Trait:
    """The trait that a user names; raises UsageError listing those there are, and what there is ``also``."""
    wanted = by.strip().lower().replace("_", "-")
    if wanted in _SEGMENTS:
        return Trait(wanted)
    if wanted in _NAMES:
        company, contact = (_plain(fields.get(wanted)) for fields in (_OF_COMPANIES, _OF_CONTACTS))
        return Trait(wanted, company, contact, _bought(reader, desk, view, wanted))
    return _custom(reader, desk, view, by.strip()) or _refused(reader, by, also)


def _refused(reader: Reader, by: str, also: Sequence[str]) -> NoReturn:
    raise no_such_group("customers", by, list(dict.fromkeys((*also, *customer_group_names(reader)))))


def _plain(sql: str | None) -> Condition | None:
    return Condition(sql) if sql else None


def _bought(reader: Reader, desk: Asker, view: PurchaseView, wanted: str) -> Group | None:
    """The grouping of what was bought, where purchases have such a thing."""
    if view.noun == "deal":
        return deal_groups(reader, desk, wanted) if wanted in _OF_DEALS else None
    return Group(wanted, _OF_LOGS[wanted], noun="purchase", source=_LOGGED) if wanted in _OF_LOGS else None


def _custom(reader: Reader, desk: Asker, view: PurchaseView, by: str) -> Trait | None:
    """By a custom field of companies, of people or of won deals, or by any field of the company."""
    known = custom_keys(reader)
    link, _, key = by.partition(".")
    if link == "company" and key in _OF_COMPANIES:
        return Trait(by, Condition(_OF_COMPANIES[key]))
    if link == "company" and key in known["company"]:
        return Trait(by, Condition(reader.dialect.custom_value("r"), (key,)))
    for name in (by, key if link == "custom" else ""):
        if name and any(name in known[noun] for noun in ("company", "contact", "deal")):
            company, contact = (
                Condition(reader.dialect.custom_value("r"), (name,)) if name in known[noun] else None
                for noun in ("company", "contact")
            )
            has_bought = view.noun == "deal" and name in known["deal"]
            return Trait(by, company, contact, deal_groups(reader, desk, f"custom.{name}") if has_bought else None)
    return None


def customer_group_names(reader: Reader) -> list[str]:
    """What customers can be told apart by, the custom fields last."""
    known = custom_keys(reader)
    own = sorted((known["company"] | known["contact"] | known["deal"]) - {PRODUCT})
    return [*_NAMES, *(f"custom.{key}" if key in _NAMES else key for key in own)]


def own_values(reader: Reader, desk: Asker, trait: Trait) -> dict[str, tuple[str, ...]]:
    """What companies and people are themselves, by their uids; those of whom it is not known are left out.

    A person of whom it is not known is what the company is where the person works.
    """
    if not trait.is_of_segments:
        own = _own(trait)
        return {uid: (label,) for uid, label in reader.rows(own.sql, own.params)}
    found: dict[str, tuple[str, ...]] = {}
    for each, where in desk.segments(reader):
        members = _members(each, where)
        for uid, _ in reader.stream(members.sql, members.params):
            found[uid] = (*found.get(uid, ()), each.name)
    return found


def log_groups(reader: Reader, desk: Asker, view: PurchaseView, by: str, also: Sequence[str] = ()) -> Group:
    """The grouping of the lines ``r`` of a log by what their customers are told apart by, as in the reports about them.

    Raises UsageError listing what there is, and what there is ``also``.
    """
    trait = customer_trait(reader, desk, view, by, also)
    part = trait.bought or Group("")
    if not trait.is_own:
        return Group(trait.name, part.sql, part.params, noun="purchase", source=_LOGGED)
    alias = '"own {}"'.format(trait.name.replace('"', '""'))
    names: dict[object, str] | None = None
    if trait.is_of_segments:
        held = desk.segments(reader)
        names = {each.number: each.name for each, _ in held}
        own = _any_of([_members(*each) for each in held])
    else:
        own = _own(trait)
    joins = Condition(f" LEFT JOIN ({own.sql}) {alias} ON {alias}.uid = {view.key}", own.params)
    sql = f"{alias}.label" if trait.is_of_segments else f"COALESCE({alias}.label, {part.sql})"
    return Group(
        trait.name, sql, part.params, joins, names, is_shared=trait.is_of_segments, noun="purchase", source=_LOGGED
    )


def _own(trait: Trait) -> Condition:
    """Uid and label of the companies and people that are something themselves; of a person, else that of the first company."""
    companies, people = _labelled("company", trait.company), _labelled("contact", trait.contact)
    works = (
        "SELECT c.uid, v.label, row_number() OVER (PARTITION BY l.contact_id ORDER BY l.position, l.id) AS place"
        " FROM contact_company l JOIN contact c ON c.id = l.contact_id AND c.deleted_at IS NULL"
        f" JOIN company o ON o.id = l.company_id AND o.deleted_at IS NULL JOIN ({companies.sql}) v ON v.uid = o.uid"
        f" WHERE l.ended_on IS NULL AND c.uid NOT IN (SELECT p.uid FROM ({people.sql}) p)"
    )
    first = Condition(f"SELECT w.uid, w.label FROM ({works}) w WHERE w.place = 1", (*companies.params, *people.params))
    return _any_of([companies, people, *([first] if trait.company is not None else [])])


def _labelled(noun: str, value: Condition | None) -> Condition:
    """Uid and label of the records that have a value."""
    if value is None:
        return Condition("SELECT r.uid, CAST(NULL AS TEXT) AS label FROM company r WHERE 1 = 0")
    inner = f"SELECT r.uid, {value.sql} AS label FROM {noun} r WHERE r.deleted_at IS NULL"
    return Condition(f"SELECT t.uid, t.label FROM ({inner}) t WHERE COALESCE(t.label, '') <> ''", value.params)


def _members(segment: Segment, where: Condition) -> Condition:
    """The uid of each person in a segment, and of each company of who works there, with the segment's number."""
    people = f"FROM contact r WHERE r.deleted_at IS NULL AND ({where.sql})"
    sql = (
        f"SELECT r.uid, {segment.number} AS label {people} UNION SELECT o.uid, {segment.number} FROM contact_company l"
        " JOIN company o ON o.id = l.company_id AND o.deleted_at IS NULL"
        f" WHERE l.ended_on IS NULL AND l.contact_id IN (SELECT r.id {people})"
    )
    return Condition(sql, (*where.params, *where.params))


def _any_of(queries: Sequence[Condition]) -> Condition:
    """The rows of all of these."""
    if not queries:
        return Condition("SELECT r.uid, CAST(NULL AS INTEGER) AS label FROM contact r WHERE 1 = 0")
    sql = " UNION ALL ".join(f"SELECT * FROM ({each.sql}) q" for each in queries)
    return Condition(sql, tuple(param for each in queries for param in each.params))


def shares(
    reader: Reader, view: PurchaseView, group: Group | None, span: Span = None, where: Condition = EVERYTHING
) -> Iterator[tuple[str, object, int | None]]:
    """Customer's key, group's key and the amount of what the customer bought of that group, by customer.

    Without a grouping all that a customer bought is of one group, whose key is None. The amount is None where no money is known.
    """
    inner, part = purchases_within(view, span, where), group or Group("")
    sql = (
        "SELECT t.customer_key, t.part, SUM(t.amount) FROM"
        f" (SELECT {view.key} AS customer_key, {part.sql} AS part, {view.worth.sql} AS amount{inner.sql}) t"
        " WHERE t.customer_key IS NOT NULL GROUP BY t.customer_key, t.part ORDER BY t.customer_key"
    )
    for key, value, amount in reader.stream(sql, (*part.params, *view.worth.params, *inner.params)):
        yield key, None if value == "" else value, None if amount is None else round(amount)
