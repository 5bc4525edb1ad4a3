"""Campaigns: planned, changed, moved from state to state, and what came of each."""

from __future__ import annotations

from functools import partial
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from crmcli.domain.campaign_drafts import (
    AMOUNTS,
    Audience,
    audience_of,
    newest_state,
    read_amounts,
    read_goals,
    read_label,
    read_plain,
    refuse_unclearable,
)
from crmcli.domain.campaign_settings import (
    PACE_FIELDS,
    TRIAL_TEXTS,
    changed_pace,
    pace_of,
    read_trial,
    trial_of,
    with_decision,
    with_pace,
    with_trial,
)
from crmcli.domain.frozen import NamedTuple
from crmcli.domain.marketing import campaign_move
from crmcli.domain.text import fold, nearest
from crmcli.domain.views import CampaignPicture, GoalView
from crmcli.errors import BadValue, Duplicate, NotFound, Refused
from crmcli.services.budgets import budget_lines
from crmcli.services.experiments import trial_found, trial_view, views
from crmcli.services.overtaking import minding
from crmcli.services.pictures import TIMELINE
from crmcli.store.queries.activities import activities
from crmcli.store.queries.campaign_views import (
    Listing,
    by_number,
    campaign_named,
    campaigns,
    circular,
    names_of,
    segment_names,
    states,
    template_number,
)
from crmcli.store.queries.campaigns import campaign_totals
from crmcli.store.queries.common import Selection
from crmcli.store.queries.condition import Condition, both
from crmcli.store.queries.sequences import sequences_using
from crmcli.store.reader import marks

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from crmcli.domain.views import CampaignTotal, CampaignView
    from crmcli.services.desk import Desk
    from crmcli.store.models.campaigns import Campaign
    from crmcli.store.queries.refs import Found
    from crmcli.store.reader import Reader
    from crmcli.store.session import UnitOfWork

_ENDED = ("completed", "canceled")
_READ = {"start": "starts_on", "end": "ends_on", "segment": "segments", "exclude": "excluded", "goal": "goals"}
_OTHERS = {"start": "resume", "resume": "start"}

# Inside a class with a method named list, the builtin goes by this name.
Totals = list["CampaignTotal"]


class Told(NamedTuple):
    """What ``add`` or ``edit`` was told, as texts; what is None or empty was not told."""

    values: Mapping[str, str | None] = {}
    segments: Sequence[str] | None = None
    exclude: Sequence[str] | None = None
    goals: Sequence[str] = ()
    clear: Sequence[str] = ()


class Wanted(NamedTuple):
    """Which campaigns a list is to have: a filter's text, values of single fields, order and page."""

    filter: str | None = None
    kinds: Sequence[str] = ()
    statuses: Sequence[str] = ()
    owner: str | None = None
    parent: str | None = None
    sort: str | None = None
    reverse: bool = False
    limit: int | None = None
    offset: int = 0
    deleted: bool = False


class Campaigns:
    """What is planned to reach people, and what brought deals and activities."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    # -- reading

    def list(self) -> Totals:
        """Every campaign by name with its deals, their worth by currency, its activities and whom they reached."""
        with self.desk.reading() as reader:
            return campaign_totals(reader)

    @staticmethod
    def records_of(name: str) -> str:
        """The filter on deals and on activities that selects the records of a campaign."""
        escaped = name.replace("\\", "\\\\").replace('"', '\\"')
        return f'campaign = "{escaped}"'

    def all(self, wanted: Wanted = Wanted()) -> Iterator[CampaignView]:  # noqa: B008 - a value that nothing changes
        """The campaigns asked for, as they were planned, by name unless sorted."""
        with self.desk.reading() as reader:
            where = both(self.desk.condition(reader, "campaign", wanted.filter), *self._narrowed(reader, wanted))
            yield from campaigns(
                reader, Listing(where, wanted.sort, wanted.reverse, wanted.limit, wanted.offset, wanted.deleted)
            )

    def _narrowed(self, reader: Reader, wanted: Wanted) -> Iterator[Condition]:
        for column, values in (("kind", wanted.kinds), ("status", wanted.statuses)):
            if values:
                yield Condition(f"r.{column} IN ({marks(values)})", tuple(values))
        if wanted.owner is not None:
            login = fold(self.desk.user if wanted.owner == "me" else wanted.owner)
            yield Condition("r.owner_id = (SELECT u.id FROM app_user u WHERE u.login_key = ?)", (login,))
        if wanted.parent is not None:
            yield Condition("r.parent_id = ?", (campaign_named(reader, wanted.parent).number,))

    def find(self, ref: str, *, deleted: bool = False) -> Found:
        """The campaign that a uid, number, name or code means; raises NotFound naming the nearest."""
        with self.desk.reading() as reader:
            return campaign_named(reader, ref, deleted=deleted)

    def get(self, ref: str) -> CampaignView:
        """The campaign that a uid, number, name or code means, as it was planned."""
        with self.desk.reading() as reader:
            return by_number(reader, campaign_named(reader, ref).number)

    def show(self, ref: str) -> CampaignPicture:
        """A campaign with its costs, goals, members by state, variants and tasks."""
        with self.desk.reading() as reader:
            view = by_number(reader, campaign_named(reader, ref).number)
            found = trial_found(reader, view.number, self.desk.clock.now())
            tasks = Condition("r.campaign_id = ? AND r.kind = 'task'", (view.number,))
            return CampaignPicture(
                view._replace(goals=self._progress(reader, view)),
                budget_lines(reader, [view]),
                _in_order(states(reader, view.number)),
                views(found),
                trial_view(found),
                tuple(activities(reader, Selection(tasks, "due", limit=TIMELINE))),
            )

    def _progress(self, reader: Reader, view: CampaignView) -> tuple[GoalView, ...]:
        """Each goal with what is reached of it, as the report of the campaign has it."""
        if not view.goals:
            return ()
        from crmcli.domain.campaign_results import figures, goal_shares
        from crmcli.services.results import Results

        outcome = Results(self.desk).of_one(reader, view.number, "own")
        currency = view.currency or self.desk.currency
        goals = [(goal.metric, goal.target) for goal in view.goals]
        shares = goal_shares(goals, outcome, figures(outcome, currency), currency)
        return tuple(goal._replace(reached=share.actual) for goal, share in zip(view.goals, shares, strict=True))

    # -- planning

    def add(self, name: str, told: Told) -> CampaignView:
        """A new campaign, a draft unless told otherwise; raises Duplicate when its name or code is taken."""
        from crmcli.domain.ids import new_uid
        from crmcli.store.models.campaigns import Campaign

        label = read_label(name)
        with self.desk.writing("campaign add", label) as uow:
            _refuse_taken(uow.reader, "name", label)
            given = {"kind": "email", "status": "draft", "owner": self.desk.user} | _present(told.values)
            columns = self._columns(uow, told._replace(values=given), None)
            row = Campaign(
                uid=new_uid("cp"), name=label, name_key=fold(label), created_at=uow.now, updated_at=uow.now, **columns
            )
            number = uow.add(row).id or 0
            self._set_goals(uow, row, told.goals)
            uow.flush()
            return by_number(uow.reader, number)

    def edit(self, ref: str, told: Told, *, name: str | None = None, seen: CampaignView | None = None) -> CampaignView:
        """Change a campaign; its view.

        ``seen`` is the view that an editor showed when editing began: raises Stale, with the conflicts, when a field that
        is set was changed since by others.
        """
        refuse_unclearable(told.clear)
        found = self.find(ref)
        with self.desk.writing("campaign edit", found.name) as uow:
            now = partial(by_number, uow.reader, found.number)
            before = None if seen is None else _flat(seen)
            with minding("campaign", before, lambda: _flat(now()), _wanted(told, name)):
                self._edit_in(uow, found.number, told, name)
            return now()

    def _edit_in(self, uow: UnitOfWork, number: int, told: Told, name: str | None) -> None:
        from crmcli.store.models.campaigns import Campaign

        row = uow.get(Campaign, number)
        if name is not None:
            label = read_label(name)
            _refuse_taken(uow.reader, "name", label, number)
            row.name, row.name_key = label, fold(label)
        self._clear(uow, row, told.clear)
        values = _present(told.values)
        if "status" in values:
            values["status"] = newest_state(row.status, values["status"])
        for column, value in self._columns(uow, told._replace(values=values), row).items():
            setattr(row, column, value)
        _refuse_backwards(row)
        self._set_goals(uow, row, told.goals)
        if uow.has_changes:
            row.updated_at = uow.now
        uow.flush()

    def clone(self, ref: str, name: str, told: Told) -> CampaignView:
        """A draft like another campaign: its plan, audience, goals and variants, without its dates, costs and people."""
        from crmcli.store.models.campaigns import CampaignGoal, CampaignVariant

        found = self.find(ref)
        with self.desk.writing("campaign clone", read_label(name)) as uow:
            copy = self._copied(uow, found.number, read_label(name))
            for goal in uow.find(CampaignGoal, campaign_id=found.number, deleted_at=None):
                uow.session.add(CampaignGoal(campaign_id=copy.id or 0, metric=goal.metric, target=goal.target))
            for variant in uow.find(CampaignVariant, campaign_id=found.number, deleted_at=None):
                kept = variant.model_dump(include={"name", "name_key", "share", "template_id", "subject"})
                uow.session.add(CampaignVariant(campaign_id=copy.id or 0, **kept))
            uow.flush()
            for column, value in self._columns(uow, told, copy).items():
                setattr(copy, column, value)
            _refuse_backwards(copy)
            self._set_goals(uow, copy, told.goals)
            uow.flush()
            return by_number(uow.reader, copy.id or 0)

    def _copied(self, uow: UnitOfWork, number: int, label: str) -> Campaign:
        from crmcli.domain.ids import new_uid
        from crmcli.store.models.campaigns import Campaign

        _refuse_taken(uow.reader, "name", label)
        same = {
            "kind", "objective", "parent_id", "currency", "budget", "expected_cost", "expected_revenue",
            "expected_response", "audience", "template_id", "settings",
        }  # fmt: skip
        kept = uow.get(Campaign, number).model_dump(include=same)
        kept["settings"] = with_decision(kept["settings"], None)
        return uow.add(
            Campaign(
                uid=new_uid("cp"), name=label, name_key=fold(label), status="draft", owner_id=uow.user_id,
                created_at=uow.now, updated_at=uow.now, **kept,
            )
        )  # fmt: skip

    def remove(self, ref: str) -> CampaignView:
        """Delete a campaign; the view it had. Its deals and activities stay and keep its name."""
        from crmcli.store.models.campaigns import Campaign

        found = self.find(ref)
        with self.desk.writing("campaign rm", found.name) as uow:
            view = by_number(uow.reader, found.number)
            if used := sequences_using(uow.reader, "campaign_id", found.number):
                raise Refused(
                    f"campaign {found.name} is that of sequence {used[0]}", hint=f"crm sequence rm {used[0]!r}"
                )
            uow.bury(uow.get(Campaign, found.number))
            return view

    def restore(self, ref: str) -> CampaignView:
        """Bring a deleted campaign back; raises Duplicate when its name or code is another's by now."""
        from crmcli.store.models.campaigns import Campaign

        try:
            found = self.find(ref, deleted=True)
        except NotFound:
            live = self.find(ref)
            raise Refused(f"campaign #{live.number} {live.name} is not deleted") from None
        with self.desk.writing("campaign restore", found.name) as uow:
            row = uow.get(Campaign, found.number)
            _refuse_taken(uow.reader, "name", row.name)
            if row.code is not None:
                _refuse_taken(uow.reader, "code", row.code)
            row.deleted_at = row.deleted_in = None
            uow.flush()
            return by_number(uow.reader, found.number)

    # -- from state to state

    def move(self, verb: str, ref: str) -> CampaignView:
        """``pause``, ``resume``, ``complete`` or ``cancel`` a campaign; raises Refused, saying the state, when it can't be."""
        found = self.find(ref)
        with self.desk.writing(f"campaign {verb}", found.name) as uow:
            move_in(uow, found.number, verb)
            return by_number(uow.reader, found.number)

    # -- how the columns are filled

    def _columns(self, uow: UnitOfWork, told: Told, row: Campaign | None) -> dict[str, Any]:
        values = _present(told.values)
        columns: dict[str, Any] = read_plain(values, self.desk.rules)
        owner = columns.pop("owner", None)
        if owner is not None:
            columns["owner_id"] = uow.user(str(owner))
        if columns.get("code") is not None:
            _refuse_taken(uow.reader, "code", columns["code"], row.id if row else None)
        columns |= self._amount_columns(values, row)
        if "parent" in values:
            columns["parent_id"] = _parent(uow.reader, values["parent"], row.id if row else None)
        if "template" in values:
            columns["template_id"] = _template(uow.reader, values["template"])
        if told.segments is not None or told.exclude is not None:
            columns["audience"] = self._audience(uow.reader, told, row.audience if row else "")
        pace = {name: values[name] for name in PACE_FIELDS if name in values}
        if pace:
            settings = row.settings if row else "{}"
            columns["settings"] = with_pace(settings, changed_pace(pace_of(settings), pace))
        trial = {name: values[name] for name in TRIAL_TEXTS if name in values}
        if trial:
            settings = columns.get("settings", row.settings if row else "{}")
            metric, after, confidence, sample = (trial.get(name) for name in TRIAL_TEXTS)
            rule = read_trial(metric, after, confidence, trial_of(settings), sample)
            columns["settings"] = with_trial(settings, rule)
        _refuse_dates(columns)
        return columns

    def _amount_columns(self, values: Mapping[str, str], row: Campaign | None) -> dict[str, Any]:
        usual = row.currency if row is not None and row.currency else self.desk.currency
        kept = {name: usual for name in AMOUNTS if row is not None and getattr(row, name) is not None}
        amounts = read_amounts(values, usual, self.desk.locale, kept)
        columns: dict[str, Any] = {name: money.minor for name, money in amounts.items()}
        if amounts:
            columns["currency"] = next(iter(amounts.values())).currency
        return columns

    def _audience(self, reader: Reader, told: Told, kept: str) -> str:
        audience = audience_of(kept)
        include = audience.include if told.segments is None else _segments(reader, told.segments)
        exclude = audience.exclude if told.exclude is None else _segments(reader, told.exclude)
        both_ways = set(include) & set(exclude)
        if both_ways:
            name = segment_names(reader, both_ways)[both_ways.pop()]
            raise BadValue("exclude", f"segment {name} can't be both taken in and left out")
        return Audience(include, exclude).formula

    def _clear(self, uow: UnitOfWork, row: Campaign, names: Sequence[str]) -> None:
        from crmcli.store.models.campaigns import CampaignGoal

        audience = audience_of(row.audience)
        for name in names:
            field = _READ.get(name, name.replace("-", "_"))
            if field in PACE_FIELDS:
                row.settings = with_pace(row.settings, changed_pace(pace_of(row.settings), {field: ""}))
            elif field == "test":
                row.settings = with_trial(row.settings, None)
            elif field == "goals":
                for goal in uow.find(CampaignGoal, campaign_id=row.id, deleted_at=None):
                    uow.bury(goal)
            elif field in ("segments", "excluded"):
                part = "include" if field == "segments" else "exclude"
                audience = audience._replace(**{part: ()})
                row.audience = audience.formula
            else:
                setattr(row, _column(field), None)
                if field == "code":
                    row.code_key = None
        if all(getattr(row, name) is None for name in AMOUNTS):
            row.currency = None
        uow.flush()

    def _set_goals(self, uow: UnitOfWork, row: Campaign, texts: Sequence[str]) -> None:
        from crmcli.store.models.campaigns import CampaignGoal

        currency = row.currency or self.desk.currency
        wanted = read_goals(texts, currency, self.desk.locale)
        if "revenue" in wanted and row.currency is None:
            row.currency = currency
        for metric, target in wanted.items():
            kept = uow.find(CampaignGoal, campaign_id=row.id, metric=metric, deleted_at=None)
            if kept and kept[0].target == target:
                continue
            if kept:
                uow.bury(kept[0])
                uow.flush()
            uow.add(CampaignGoal(campaign_id=row.id or 0, metric=metric, target=target))


def move_in(uow: UnitOfWork, number: int, verb: str) -> None:
    """Take a campaign to the state where a verb leads, within a unit of work; raises Refused saying the state."""
    from crmcli.store.models.campaigns import Campaign

    row, move = uow.get(Campaign, number), campaign_move(verb)
    if row.status not in move.sources:
        other = _OTHERS.get(verb)
        hint = None
        if other and row.status in campaign_move(other).sources:
            hint = f"crm campaign {other} {row.name!r}"
        elif row.status in _ENDED:
            hint = f"crm campaign clone {row.name!r} NAME"
        raise Refused(f"campaign #{number} {row.name} is {row.status}, so it can't be {_PAST[verb]}", hint=hint)
    row.status, row.updated_at = move.target, uow.now
    if move.target == "active" and row.started_at is None:
        row.started_at = uow.now
    if move.target in _ENDED:
        row.ended_at = uow.now
    uow.flush()


_PAST = {"start": "started", "pause": "paused", "resume": "resumed", "complete": "completed", "cancel": "canceled"}


def _present(values: Mapping[str, str | None]) -> dict[str, str]:
    return {name: text for name, text in values.items() if text is not None}


def _flat(view: CampaignView) -> SimpleNamespace:
    """The campaign with its pace as fields of its own, as they are told."""
    pace = view.settings.get("pace")
    told = pace if isinstance(pace, dict) else {}
    return SimpleNamespace(**view._asdict(), **{name: told.get(name) for name in PACE_FIELDS}, updated_by=None)


def _wanted(told: Told, name: str | None) -> dict[str, object]:
    """The fields of a view that are to be something else, with what they are told to be."""
    cleared = (_READ.get(each, each.replace("-", "_")) for each in told.clear)
    given = {"name": name, "segments": told.segments, "excluded": told.exclude, "goals": told.goals or None}
    return {
        **dict.fromkeys(cleared),
        **_present(told.values),
        **{field: value for field, value in given.items() if value is not None},
    }


def _column(field: str) -> str:
    return f"{field}_id" if field in ("parent", "template", "owner") else field


def _refuse_taken(reader: Reader, field: str, text: str, own: int | None = None) -> None:
    """Raise Duplicate when another live campaign has this name or code."""
    sql = f"SELECT id, name FROM campaign WHERE deleted_at IS NULL AND {field}_key = ?"
    row = reader.row(sql, (fold(text),))
    if row is not None and row[0] != own:
        what = f"there is a campaign {row[1]} already (#{row[0]})"
        if field == "code":
            what = f"code {text} belongs to campaign #{row[0]} {row[1]}"
        raise Duplicate(what, hint=f"crm campaign edit {row[0]}")


def _refuse_dates(columns: Mapping[str, Any]) -> None:
    start, end = columns.get("starts_on"), columns.get("ends_on")
    if start is not None and end is not None and end < start:
        raise BadValue("end", f"{end} lies before the start, {start}")


def _refuse_backwards(row: Campaign) -> None:
    _refuse_dates({"starts_on": row.starts_on, "ends_on": row.ends_on})


def _parent(reader: Reader, ref: str, own: int | None) -> int:
    parent = campaign_named(reader, ref)
    if own is not None and circular(reader, own, parent.number):
        raise BadValue("parent", f"{parent.name} is a part of this campaign, or the campaign itself")
    return parent.number


def _template(reader: Reader, name: str) -> int:
    number = template_number(reader, name)
    if number is None:
        raise NotFound(f"no template {name}", hint=_meant(name, names_of(reader, "template"), "crm template add NAME"))
    return number


def _segments(reader: Reader, names: Sequence[str]) -> tuple[str, ...]:
    from crmcli.store.queries.segments import segment_named

    return tuple(dict.fromkeys(segment_named(reader, name).uid for name in names))


def _meant(name: str, known: list[str], otherwise: str) -> str:
    near = nearest(name, known)
    return f"did you mean {near}?" if near else f"there are: {', '.join(known[:10])}" if known else otherwise


def _in_order(counts: Mapping[str, int]) -> dict[str, object]:
    from crmcli.domain.marketing import MEMBER_STATES

    return {state: counts[state] for state in MEMBER_STATES if state in counts}
