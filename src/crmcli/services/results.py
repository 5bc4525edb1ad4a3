"""What came of campaigns: people by state, leads, the deals owed to them by a model of attribution, and money."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmcli.domain.attribution import MODELS, Touch, credit
from crmcli.domain.campaign_drafts import one_of
from crmcli.domain.campaign_results import Counts, Outcome, Part, in_all
from crmcli.domain.frozen import NamedTuple
from crmcli.store.queries.campaign_results import (
    GROUPS,
    Scope,
    converted,
    deal_rows,
    doubtful,
    groups_of,
    leads,
    planned_campaigns,
    spent,
    state_counts,
    touch_rows,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date, datetime

    from crmcli.services.desk import Desk
    from crmcli.store.queries.campaign_results import Bounds, DealRow, PlannedCampaign, TouchRow
    from crmcli.store.reader import Reader

BY = tuple(name for name in GROUPS if name)
Key = tuple[int, str | None]  # a campaign, and a group of its people


class Credit(NamedTuple):
    """A deal that is owed to a campaign, in whole or in part, and whom of its people the campaign had reached before."""

    campaign: int
    deal: DealRow
    part: Part
    contacts: tuple[int, ...]


def read_model(text: str | None) -> str:
    """The way of attributing deals that is meant; own unless said."""
    return one_of("attribution", text, MODELS) if text else "own"


def read_group(text: str | None) -> str:
    """What the people are told apart by; raises BadValue naming the nearest."""
    return one_of("by", text, BY) if text else ""


class Results:
    """What came of campaigns; a period counts what happened in it."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    def of_all(self, reader: Reader, model: str, bounds: Bounds = None) -> dict[int, Outcome]:
        """The outcome of every campaign."""
        found = self._outcomes(reader, Scope(None, bounds), model, planned_campaigns(reader))
        return {campaign: outcome for (campaign, _), outcome in found.items()}

    def of_one(self, reader: Reader, campaign: int, model: str, bounds: Bounds = None) -> Outcome:
        """The outcome of one campaign."""
        found = self._outcomes(reader, Scope(campaign, bounds), model, planned_campaigns(reader))
        return found.get((campaign, None), Outcome())

    def by_group(
        self, reader: Reader, campaign: int, by: str, model: str, bounds: Bounds = None
    ) -> tuple[Outcome, dict[str | None, Outcome]]:
        """The outcome of a campaign, and of each group of its people.

        A deal counts with the first of its people that the campaign had reached.
        """
        scope = Scope(campaign, bounds, by)
        found = self._outcomes(reader, scope, model, planned_campaigns(reader))
        money = spent(reader, scope, self._days(bounds)).get(campaign, [])
        return in_all(found.values(), tuple(money)), {group: outcome for (_, group), outcome in found.items()}

    # -- how it is counted

    def _outcomes(
        self, reader: Reader, scope: Scope, model: str, campaigns: Sequence[PlannedCampaign]
    ) -> dict[Key, Outcome]:
        owed = [each for each in self._owed(reader, scope, model) if scope.campaign in (None, each.campaign)]
        inside = _within(scope.bounds)
        made = [each for each in owed if inside(each.deal.created_at)]
        won = [each for each in owed if each.part.is_won and inside(each.deal.closed_at)]
        buyers = {*converted(reader, scope), *((each.campaign, who) for each in made for who in each.contacts)}
        new = leads(reader, scope, campaigns)
        groups = self._groups(
            reader, scope, {who for _, who in (*buyers, *new)} | {p for e in owed for p in e.contacts}
        )
        tallies = _Tallies()
        tallies.states(reader, scope)
        for campaign, contact in buyers:
            tallies.at(campaign, groups.get(contact)).buyers.append(contact)
        for campaign, contact in new:
            tallies.at(campaign, groups.get(contact)).new.append(contact)
        for each in made:
            tallies.at(each.campaign, _group(each, groups)).parts.append(each.part)
        for each in won:
            tallies.at(each.campaign, _group(each, groups)).won.append(each.part)
        money = {} if scope.by else spent(reader, scope, self._days(scope.bounds))
        for campaign in money:
            tallies.at(campaign, None)
        return {key: tally.outcome(tuple(money.get(key[0], ()))) for key, tally in tallies.by_key.items()}

    def _owed(self, reader: Reader, scope: Scope, model: str) -> Iterator[Credit]:
        touches: dict[int, list[TouchRow]] = {}
        for touch in touch_rows(reader, scope):
            touches.setdefault(touch.deal, []).append(touch)
        for deal in deal_rows(reader, scope):
            reached = touches.get(deal.number, ())
            # What reached several people of a deal at one moment, and is noted twice, is one touch.
            once = {Touch(each.campaign, each.at) for each in reached}
            for campaign, share in credit(model, deal.campaign, deal.created_at, once).items():
                part = Part(deal.number, share, deal.is_won, deal.minor, deal.currency or self.desk.currency)
                people = {each.contact for each in reached if each.campaign == campaign and each.contact is not None}
                yield Credit(campaign, deal, part, tuple(sorted(people)))

    def _groups(self, reader: Reader, scope: Scope, contacts: set[int]) -> dict[int, str | None]:
        return groups_of(reader, scope, sorted(contacts)) if scope.by else {}

    def _days(self, bounds: Bounds) -> tuple[str, str] | None:
        """The local days of a period, the last one excluded."""
        if bounds is None:
            return None
        from datetime import datetime

        zone = self.desk.clock.zone
        first, after = (datetime.fromisoformat(text) for text in bounds)
        ends = [each.date() if each.year in (1, 9999) else each.astimezone(zone).date() for each in (first, after)]
        return ends[0].isoformat(), ends[1].isoformat()


class _Tally:
    """What is counted of a campaign, or of a group of its people."""

    def __init__(self) -> None:
        self.states: dict[str, int] = {}
        self.in_doubt = 0
        self.buyers: list[int] = []
        self.new: list[int] = []
        self.parts: list[Part] = []
        self.won: list[Part] = []

    def outcome(self, money: tuple[object, ...]) -> Outcome:
        """The sum."""
        known = {**self.states, "converted": len(self.buyers), "in_doubt": self.in_doubt}
        counts = Counts(**{name: known.get(name, 0) for name in Counts._fields})
        people = (tuple(self.buyers), tuple(self.new))
        return Outcome(counts, len(self.new), tuple(self.parts), tuple(self.won), money, *people)  # type: ignore[arg-type]


class _Tallies:
    """A tally for each campaign and group."""

    def __init__(self) -> None:
        self.by_key: dict[Key, _Tally] = {}

    def at(self, campaign: int, group: str | None) -> _Tally:
        """The tally of a campaign's group."""
        return self.by_key.setdefault((campaign, group), _Tally())

    def states(self, reader: Reader, scope: Scope) -> None:
        """Count the people by state, and the messages in doubt."""
        for found in state_counts(reader, scope):
            self.at(found.campaign, found.group).states = dict(found.by_state)
        for campaign, group, number in doubtful(reader, scope):
            self.at(campaign, group).in_doubt = number


def _group(each: Credit, groups: dict[int, str | None]) -> str | None:
    return next((groups[who] for who in each.contacts if who in groups), None)


def _within(bounds: Bounds) -> _Inside:
    return _Inside(bounds)


class _Inside:
    """Whether a moment lies in a period; one that is missing lies in no period but in all time."""

    def __init__(self, bounds: Bounds) -> None:
        from datetime import datetime

        self._ends = tuple(datetime.fromisoformat(text) for text in bounds) if bounds else None

    def __call__(self, moment: datetime | None) -> bool:
        if self._ends is None:
            return True
        return moment is not None and self._ends[0] <= moment < self._ends[1]


def previous(campaigns: Sequence[PlannedCampaign], own: PlannedCampaign) -> PlannedCampaign | None:
    """The campaign before one: the last part of the same whole that began before, else the last one of its kind.

    Drafts, and what was called off, are passed over.
    """
    begun = began(own)
    if begun is None:
        return None
    before = [
        (start, each.number, each)
        for each in campaigns
        if each.number != own.number
        and each.status not in ("draft", "canceled")
        and (start := began(each)) is not None
        and (start, each.number) < (begun, own.number)
    ]
    siblings = [each for each in before if own.parent is not None and each[2].parent == own.parent]
    kin = siblings or [each for each in before if each[2].kind == own.kind]
    return max(kin)[2] if kin else None


def began(campaign: PlannedCampaign) -> date | None:
    """The day on which a campaign begins, as far as that is known."""
    moment = campaign.started_at or campaign.created_at
    return campaign.starts_on or (moment.date() if moment else None)
