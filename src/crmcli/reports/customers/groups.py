"""Customers told apart: by what they are themselves (owner, region, segment …), or by what they bought (product, campaign …)."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from crmcli.domain.frozen import NamedTuple
from crmcli.domain.metrics import total
from crmcli.reports.bought import customers_drill, people_drill, whole_drill
from crmcli.reports.deal_drill import DealDrill
from crmcli.reports.drill import together
from crmcli.reports.questions import CUSTOMER_GROUPS
from crmcli.reports.report import Chart, Report, ReportColumn
from crmcli.store.queries.groups import Group
from crmcli.store.queries.purchases_by import customer_trait, own_values, shares

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

    from crmcli.reports.customers.buying import Buying
    from crmcli.reports.inquiry import Inquiry
    from crmcli.reports.report import Drill
    from crmcli.store.queries.purchases_by import Trait

NO_GROUP = "—"
_MOST_BARS = 20
Label = str | None
KnownT = TypeVar("KnownT")
Parts = list[tuple[Label, dict[str, KnownT]]]  # what is known of the customers of each group, in order


class Groups(NamedTuple):
    """Customers, by their keys, with the groups that they are in.

    ``own`` are the groups of who says it themselves; ``amounts`` what each customer bought of each group of purchases, in minor
    units, None where no money is known. ``keys`` are the store's keys of the groups of purchases by their labels.
    """

    trait: Trait
    own: Mapping[str, tuple[str, ...]]
    amounts: Mapping[str, Mapping[Label, int | None]]
    keys: Mapping[Label, object]

    @property
    def name(self) -> str:
        """What the column is called."""
        return self.trait.name

    def of(self, customer: str) -> tuple[Label, ...]:
        """The groups of a customer; who bought of several is in each, and in none where nothing at all is known."""
        if customer in self.own:
            return self.own[customer]
        return tuple(label for label in self.amounts.get(customer, ()) if label) or (None,)

    def divided(self, customers: Iterable[str]) -> dict[Label, list[str]]:
        """The customers of each group."""
        found: dict[Label, list[str]] = {}
        for customer in customers:
            for label in self.of(customer):
                found.setdefault(label, []).append(customer)
        return found

    def paid(self, customer: str) -> Mapping[Label, int | None]:
        """What a customer paid for each group: a purchase is of its customer's own groups, or else of its own."""
        amounts = self.amounts[customer]
        return dict.fromkeys(self.own[customer], total(amounts.values())) if customer in self.own else amounts

    def notes(self, customers: Collection[str]) -> tuple[str, ...]:
        """The note that customers are in several groups."""
        several = sum(len(self.of(customer)) > 1 for customer in customers)
        if not several:
            return ()
        who = "1 customer is" if several == 1 else f"{several} customers are"
        return (f"{who} in several groups and counted in each with all they bought; totals count everybody once",)

    def column(self, *figures: ReportColumn) -> ReportColumn:
        """The column that names the groups, by a name that none of the figures has."""
        name = f"custom.{self.name}" if self.name in {each.name for each in figures} else self.name
        return ReportColumn(
            name, name.replace("-", " "), "text", 0, f"what customers are told apart by: {self._told()}"
        )

    def _told(self) -> str:
        """Where it is known from."""
        if self.trait.is_of_segments:
            return "the segments that they, or who works there, are in"
        own = "the person's own"
        if self.trait.company is not None:
            own = "the customer's own, or for a person that of the company"
        ways = (own if self.trait.is_own else "", "that of what they bought" if self.trait.bought else "")
        return ", else ".join(filter(None, ways)) or "nothing that purchases say"


def own_way(inquiry: Inquiry, ways: Sequence[str]) -> str | None:
    """Which of its own ways to tell apart a report is asked for, the first unless another is named; None for groups of customers."""
    by = (inquiry.by or ways[0]).strip().lower().replace("_", "-")
    return by if by in ways else None


def groups_of(found: Buying, own_ways: Sequence[str]) -> Groups:
    """The groups that are asked for; raises UsageError listing those there are, and the report's own ways."""
    asked = found.found
    trait = customer_trait(found.reader, found.desk, asked.view, found.inquiry.by or "", own_ways)
    group = trait.bought or Group("")
    amounts: dict[str, dict[Label, int | None]] = {}
    keys: dict[Label, object] = {}
    for customer, key, amount in shares(found.reader, asked.view, trait.bought, asked.span, asked.where):
        label = group.label(key)
        amounts.setdefault(customer, {})[label] = amount
        keys[label] = key
    return Groups(trait, own_values(found.reader, found.desk, trait), amounts, keys)


def grouped(
    found: Buying,
    name: str,
    title: str,
    columns: tuple[ReportColumn, ...],
    known: Mapping[str, KnownT],
    figures: Callable[[Mapping[str, KnownT]], tuple[object, ...]],
    weight: Callable[[Mapping[str, KnownT]], float],
    cells: Callable[[Mapping[str, KnownT]], Mapping[str, Drill | None]] = lambda _: {},
) -> tuple[Report, Parts[KnownT]]:
    """A report of a row for each group, the weightiest first, and what is ``known`` of the customers of each row.

    ``figures`` are those of some customers, in the order of ``columns``; ``cells`` what is behind some of them, beside the
    customers. Raises UsageError for what customers can't be told apart by.
    """
    groups = groups_of(found, CUSTOMER_GROUPS[name])
    weighed = by_weight(groups.divided(known), lambda some: weight({each: known[each] for each in some}))
    parts = [(label, {each: known[each] for each in some}) for label, some in weighed]
    report = Report(
        name, f"{title} by {groups.name}", (groups.column(*columns), *columns),
        tuple((label, *figures(part)) for label, part in parts),
        (None, *figures(known)) if len(parts) > 1 else None,
        drill=tuple(found.drill(list(part)) for _, part in parts),
        cells=tuple({"customers": themselves(found, part), **cells(part)} for _, part in parts),
        notes=groups.notes(known),
    )  # fmt: skip
    return report, parts


def by_weight(
    divided: Mapping[Label, list[str]], weight: Callable[[list[str]], float]
) -> list[tuple[Label, list[str]]]:
    """The groups, the weightiest first, of equal ones by name and those of none last."""
    return sorted(divided.items(), key=lambda item: (-weight(item[1]), item[0] is None, item[0] or ""))


def themselves(found: Buying, customers: Iterable[str]) -> Drill | None:
    """The customers as records; of who is only named in a log, the purchases."""
    return people_drill(found.found, [found.names[customer] for customer in customers])


def bars(figures: Sequence[tuple[Label, float | None]], unit: str, title: str) -> Chart | None:
    """A bar for each group; None where there is nothing to compare."""
    shown = figures[:_MOST_BARS]
    labels = tuple(label or NO_GROUP for label, _ in shown)
    return Chart("bar", labels, tuple(value for _, value in shown), unit, title) if len(shown) > 1 else None


class Paid:
    """The purchases that a group consists of, where a purchase is of one group: its customer's own, or else its own."""

    def __init__(self, found: Buying, groups: Groups) -> None:
        self._found, self._groups = found, groups
        self._of_purchases = [key for key in groups.amounts if key not in groups.own]
        bought = groups.trait.bought or Group("")
        self._drills = DealDrill(found.desk, found.reader, bought, groups.keys.values())

    def of(self, label: Label) -> Drill | None:
        """The purchases of a group."""
        found, own = self._found, self._groups.own
        whole = [key for key in self._groups.amounts if label is not None and label in own.get(key, ())]
        return together((found.drill(whole) if whole else None, self._bought(label)))

    def _bought(self, label: Label) -> Drill | None:
        """Of those who say nothing themselves, what was bought of the group."""
        found = self._found.found
        some = [key for key in self._of_purchases if label in self._groups.amounts[key]]
        if not some:
            return None
        key = self._groups.keys[label]
        customers = (
            [] if len(self._of_purchases) == len(self._groups.amounts) else [self._found.names[each] for each in some]
        )
        if self._drills.is_clear(key):
            condition = self._drills.condition(key)
            return customers_drill(found, customers, condition) if customers else whole_drill(found, condition)
        among = customers_drill(found, customers) or whole_drill(found)
        return together(self._drills.to(key, each.filter) for each in (among, *among.more))
