"""Versions of a campaign tried against each other: who gets which, and which is better, as soon as a test can tell."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from crmcli.domain.campaign_drafts import read_label
from crmcli.domain.campaign_settings import Decision, Trial, decision_of, show_trial, trial_of, with_decision
from crmcli.domain.durations import show_duration
from crmcli.domain.frozen import NamedTuple
from crmcli.domain.proportions import Share, verdict
from crmcli.domain.records import utc_text
from crmcli.domain.text import fold, nearest
from crmcli.domain.views import ComparisonView, TrialView, VariantView
from crmcli.errors import BadValue, Duplicate, NotFound, Refused
from crmcli.store.queries.campaign_views import campaign_named, names_of, template_number
from crmcli.store.queries.common import moment
from crmcli.store.queries.experiments import last_event, progress, tried, waiting_for_winner

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from crmcli.domain.proportions import Verdict
    from crmcli.services.desk import Desk
    from crmcli.store.models.campaigns import CampaignVariant
    from crmcli.store.queries.experiments import Progress, Tried
    from crmcli.store.reader import Reader
    from crmcli.store.session import UnitOfWork

_MOST_SHARE = 1000


class Found(NamedTuple):
    """What can be said of a trial just now: its rule, the versions, what the test says, and whether it is time to say it."""

    rule: Trial
    versions: tuple[Tried, ...]
    verdict: Verdict
    decision: Decision | None
    is_due: bool
    waits: str  # for what, while it is not due
    decides_at: datetime | None

    @property
    def winner(self) -> str | None:
        """The version that was named, else the one that the test would name."""
        return next((each.name for each in self.versions if each.is_winner), self.verdict.winner)

    @property
    def is_open(self) -> bool:
        """Whether several versions are tried and none was named."""
        return len(_tried(self.versions)) > 1 and not any(each.is_winner for each in self.versions)

    @property
    def holds(self) -> bool:
        """Whether people wait for the winner."""
        return self.is_open and self.rule.has_end

    @property
    def names_now(self) -> bool:
        """Whether a sender would name the winner now."""
        return self.holds and self.is_due and self.verdict.winner is not None

    @property
    def words(self) -> str:
        """The outcome in a sentence."""
        named = next((each.name for each in self.versions if each.is_winner), None)
        if named is not None:
            by = "by the test" if self.decision and self.decision.by == "test" else "by hand"
            return f"{named} was chosen {by}"
        if self.verdict.winner is None:
            return "no difference yet"
        better = f"{self.verdict.winner} does better"
        return better if self.is_due else f"{better} so far; the winner is named {self.waits}"


class Held(NamedTuple):
    """Whether a sender keeps back those who wait for the winner, and what there is to say about it."""

    is_on: bool = False
    note: str = ""


class Told(NamedTuple):
    """What a version was told, as texts; None was not told, and the empty text takes away."""

    share: str | None = None
    template: str | None = None
    subject: str | None = None


class Experiments:
    """The versions of campaigns."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    # -- versions

    def versions(self, ref: str) -> tuple[VariantView, ...]:
        """The versions of a campaign, measured by what its trial is about."""
        with self.desk.reading() as reader:
            return views(trial_found(reader, campaign_named(reader, ref).number, self.desk.clock.now()))

    def add(self, ref: str, name: str, told: Told) -> VariantView:
        """One more version; raises Duplicate when there is one of that name, Refused once a winner was named."""
        from crmcli.store.models.campaigns import CampaignVariant

        label = read_label(name)
        with self.desk.reading() as reader:
            campaign = campaign_named(reader, ref)
        with self.desk.writing("campaign variant add", f"{campaign.name}: {label}") as uow:
            _refuse_decided(uow, campaign.number, campaign.name)
            if uow.find(CampaignVariant, campaign_id=campaign.number, name_key=fold(label), deleted_at=None):
                raise Duplicate(
                    f"{campaign.name} has a variant {label} already",
                    hint=f"crm campaign variant edit {campaign.name!r} {label!r}",
                )
            row = CampaignVariant(campaign_id=campaign.number, name=label, name_key=fold(label))
            self._set(uow, row, told)
            uow.add(row)
            return self._view(uow.reader, campaign.number, label)

    def edit(self, ref: str, name: str, told: Told, *, new_name: str | None = None) -> VariantView:
        """Change a version."""
        with self.desk.reading() as reader:
            campaign = campaign_named(reader, ref)
        with self.desk.writing("campaign variant edit", f"{campaign.name}: {name}") as uow:
            row = _version(uow, campaign.number, name)
            if new_name is not None:
                label = read_label(new_name)
                _refuse_other(uow, row, label)
                row.name, row.name_key = label, fold(label)
            self._set(uow, row, told)
            uow.flush()
            return self._view(uow.reader, campaign.number, row.name)

    def remove(self, ref: str, name: str) -> str:
        """Take a version away; its name. Who would have got it gets another."""
        with self.desk.reading() as reader:
            campaign = campaign_named(reader, ref)
        with self.desk.writing("campaign variant rm", f"{campaign.name}: {name}") as uow:
            row = _version(uow, campaign.number, name)
            uow.bury(row)
            uow.flush()
            return row.name

    def _set(self, uow: UnitOfWork, row: CampaignVariant, told: Told) -> None:
        if told.share is not None:
            row.share = _share(told.share)
        if told.template is not None:
            row.template_id = _template(uow.reader, told.template) if told.template else None
        if told.subject is not None:
            row.subject = told.subject.strip() or None
            if row.subject and not row.subject.isprintable():
                raise BadValue("subject", "a subject is one line")

    def _view(self, reader: Reader, campaign: int, name: str) -> VariantView:
        found = views(trial_found(reader, campaign, self.desk.clock.now()))
        return next(each for each in found if fold(each.name) == fold(name))

    # -- the winner

    def decide(self, ref: str, winner: str | None = None) -> str:
        """Name the winner, by the test or by hand; what was done, in a sentence.

        Raises:
            Refused: there is nothing to decide, it is not time yet, or there is no difference yet; ``winner`` decides all the same.
            NotFound: the campaign has no such version.
        """
        with self.desk.reading() as reader:
            campaign = campaign_named(reader, ref)
        with self.desk.writing("campaign decide", campaign.name) as uow:
            found = trial_found(uow.reader, campaign.number, self.desk.clock.now())
            if winner is None:
                _refuse_undecidable(campaign.name, found)
                name, by = str(found.verdict.winner), "test"
            else:
                name, by = _version(uow, campaign.number, winner).name, "hand"
            people = _name_winner(uow, campaign.number, name, by)
            uow.summary = f"{campaign.name}: {name}"
        return f"{found._replace(versions=_named(found.versions, name), decision=Decision('', by, 0)).words}{_rest(people)}"

    def settle(self, campaign: int) -> Held:
        """What a sender does first: name the winner if it is time and there is one, else deal out the versions."""
        from crmcli.store.targeting import deal_out

        with self.desk.reading() as reader:
            found = trial_found(reader, campaign, self.desk.clock.now())
        if not found.holds:
            return Held()
        if found.names_now and found.verdict.winner is not None:
            with self.desk.writing("campaign decide", found.verdict.winner) as uow:
                people = _name_winner(uow, campaign, found.verdict.winner, "test")
            return Held(note=f"{found.verdict.winner} was chosen by the test{_rest(people)}")
        with self.desk.writing("campaign send") as uow:
            deal_out(uow, campaign, found.rule)
            waiting = waiting_for_winner(uow.reader, campaign)
        return Held(is_on=True, note=_waiting(found, waiting))

    def decides_at(self, campaign: int) -> datetime | None:
        """When the winner is named, if a time was set and it lies ahead."""
        with self.desk.reading() as reader:
            found = trial_found(reader, campaign, self.desk.clock.now())
        return found.decides_at if found.holds and not found.is_due else None


# -- read


def trial_found(reader: Reader, campaign: int, now: datetime) -> Found:
    """What can be said of a campaign's versions just now; after a winner was named, by what was sent before."""
    settings = str(reader.value("SELECT settings FROM campaign WHERE id = ?", (campaign,)) or "{}")
    rule, decision = trial_of(settings) or Trial(), decision_of(settings)
    versions = tuple(tried(reader, campaign, rule.metric, decision.event if decision else None))
    said = verdict([Share(each.name, each.hits, each.n) for each in _tried(versions)], rule.confidence)
    far = progress(reader, campaign)
    return Found(rule, versions, said, decision, _is_due(rule, far, now), _until(rule, far), _decides_at(rule, far))


def views(found: Found) -> tuple[VariantView, ...]:
    """The versions with their rates."""
    return tuple(
        VariantView(
            each.name, each.share, each.template, each.subject, each.is_winner, each.members, each.hits, each.n,
            Share(each.name, each.hits, each.n).rate,
        )
        for each in found.versions
    )  # fmt: skip


def trial_view(found: Found) -> TrialView | None:
    """What ``campaign show`` says of the versions; None where there are not several."""
    if len(found.versions) < 2:
        return None
    named = next((each.name for each in found.versions if each.is_winner), None)
    return TrialView(
        found.rule.metric, found.rule.confidence, show_trial(found.rule), found.words, named, found.verdict.leader,
        moment(found.decision.at) if found.decision else None, found.decision.by if found.decision else None,
        found.is_due, tuple(ComparisonView(*each) for each in found.verdict.comparisons),
    )  # fmt: skip


def _tried(versions: Sequence[Tried]) -> list[Tried]:
    return [each for each in versions if each.share > 0]


def _is_due(rule: Trial, far: Progress, now: datetime) -> bool:
    """Whether it is time: so many were sent, or all of the sample, or so long ago the first one."""
    if not far.sent:
        return False
    at = _decides_at(rule, far)
    if at is not None:
        return now >= at
    return not rule.after_count or far.sent >= rule.after_count or not far.waiting


def _decides_at(rule: Trial, far: Progress) -> datetime | None:
    """When a winner can be named, counted from the first message; None where it is not for a time to say."""
    if not rule.after_minutes or far.first_at is None:
        return None
    return far.first_at + timedelta(minutes=rule.after_minutes)


def _until(rule: Trial, far: Progress) -> str:
    """For what the naming of the winner waits."""
    at = _decides_at(rule, far)
    if at is not None:
        return f"from {utc_text(at)} on"
    if rule.after_minutes:
        return f"{show_duration(rule.after_minutes)} after the first message"
    if rule.after_count:
        return f"after {rule.after_count:,} messages ({far.sent:,} so far)"
    return "once messages went out"


def _waiting(found: Found, people: int) -> str:
    """A sentence about those who wait for the winner, while it is time to know; else the empty text."""
    if not people:
        return ""
    who = "1 person waits" if people == 1 else f"{people:,} people wait"
    if found.is_due:
        lead = f"; --winner {found.verdict.leader!r} takes the leader" if found.verdict.leader else ""
        return f"no difference yet: {who} for the winner (crm campaign decide{lead})"
    return f"{who} for the winner, which is named {found.waits}"


# -- within a unit of work


def _name_winner(uow: UnitOfWork, campaign: int, name: str, by: str) -> int:
    """Mark the winner and give it to whom nothing was sent; how many people that is."""
    from crmcli.store.models.campaigns import Campaign, CampaignVariant
    from crmcli.store.targeting import give_all

    for row in uow.find(CampaignVariant, campaign_id=campaign, deleted_at=None):
        row.is_winner = int(row.name_key == fold(name))
    own = uow.get(Campaign, campaign)
    own.settings = with_decision(own.settings, Decision(utc_text(uow.now), by, last_event(uow.reader, campaign)))
    uow.flush()
    return give_all(uow, campaign, _version(uow, campaign, name).id or 0)


def _version(uow: UnitOfWork, campaign: int, name: str) -> CampaignVariant:
    from crmcli.store.models.campaigns import CampaignVariant

    rows = uow.find(CampaignVariant, campaign_id=campaign, deleted_at=None)
    found = next((row for row in rows if row.name_key == fold(name)), None)
    if found is None:
        known = [row.name for row in rows]
        near = nearest(name, known)
        hint = (
            f"did you mean {near}?"
            if near
            else f"there are: {', '.join(known)}"
            if known
            else "crm campaign variant add"
        )
        raise NotFound(f"no variant {name}", hint=hint)
    return found


def _named(versions: Sequence[Tried], name: str) -> tuple[Tried, ...]:
    return tuple(each._replace(is_winner=each.name == name) for each in versions)


def _rest(people: int) -> str:
    return f"; {people:,} more {'person gets' if people == 1 else 'people get'} it" if people else ""


def _refuse_undecidable(campaign: str, found: Found) -> None:
    if len(_tried(found.versions)) < 2:
        raise Refused(f"{campaign} has not several variants to choose from", hint="crm campaign variant add")
    if not found.is_open:
        raise Refused(f"the winner of {campaign} is {found.winner} already", hint="--winner names another")
    if not found.is_due:
        raise Refused(f"the winner of {campaign} is named {found.waits}", hint="--winner NAME takes one now")
    if found.verdict.winner is None:
        leader = found.verdict.leader
        raise Refused(
            f"no difference yet between the variants of {campaign}",
            hint=f"--winner {leader!r} takes the leader" if leader else "nobody got one yet",
        )


def _refuse_decided(uow: UnitOfWork, campaign: int, name: str) -> None:
    from crmcli.store.models.campaigns import CampaignVariant

    for row in uow.find(CampaignVariant, campaign_id=campaign, deleted_at=None, is_winner=1):
        raise Refused(f"the winner of {name} is {row.name} already", hint="crm campaign clone")


def _refuse_other(uow: UnitOfWork, row: CampaignVariant, label: str) -> None:
    from crmcli.store.models.campaigns import CampaignVariant

    same = uow.find(CampaignVariant, campaign_id=row.campaign_id, name_key=fold(label), deleted_at=None)
    if any(other.id != row.id for other in same):
        raise Duplicate(f"there is a variant {label} already")


def _share(text: str) -> int:
    if not text.strip().isdecimal() or not 0 <= int(text) <= _MOST_SHARE:
        raise BadValue(
            "share", f"{text} is not a whole number from 0 to {_MOST_SHARE:,}", hint="parts: 1 and 1 are halves"
        )
    return int(text)


def _template(reader: Reader, name: str) -> int:
    number = template_number(reader, name)
    if number is None:
        known = names_of(reader, "template")
        near = nearest(name, known)
        raise NotFound(f"no template {name}", hint=f"did you mean {near}?" if near else "crm template list")
    return number
