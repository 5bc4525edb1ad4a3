"""Goals (quotas): what a person, or all together, want to reach in a period."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmcli.domain.dates import Period
from crmcli.domain.money import Money, read_money, read_number
from crmcli.domain.quotas import attainment, read_metric
from crmcli.domain.text import fold, quoted, tidy
from crmcli.domain.views import QuotaView
from crmcli.errors import Ambiguous, BadValue, NotFound
from crmcli.store.queries.condition import Condition, both
from crmcli.store.queries.goals import goals, reached

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date

    from crmcli.domain.quotas import Metric
    from crmcli.services.desk import Desk
    from crmcli.store.queries.goals import KeptGoal, Reached
    from crmcli.store.reader import Reader

_LONGEST_NOTE = 1000
_MOST = 10**15
USUAL_PERIOD = "this quarter"

# Inside a class with a method named list, the builtin goes by this name.
Quotas = list[QuotaView]


class Goals:
    """The goals of a store."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    def list(self, period: str | None = None, *, owner: str | None = None, metric: str | None = None) -> Quotas:
        """The goals and how far each is reached; of a period those that lie in it wholly or in part. Raises BadValue."""
        parts = []
        if period is not None:
            days = self.days(period)
            parts.append(Condition("r.starts_on < ? AND r.ends_on >= ?", _texts(days)))
        if metric is not None:
            parts.append(Condition("r.metric = ?", (read_metric(metric).name,)))
        if owner is not None:
            parts.append(self._of_owner(owner))
        with self.desk.reading() as reader:
            return self._views(reader, goals(reader, both(*parts)))

    def set(
        self, metric: str, target: str, *, owner: str | None = None, period: str | None = None, note: str | None = None
    ) -> QuotaView:
        """Want so much of a metric in a period, in place of what was wanted of it there; raises BadValue."""
        from crmcli.domain.ids import new_uid
        from crmcli.store.models.analysis import Goal

        wanted, days = read_metric(metric), self.days(period or USUAL_PERIOD)
        amount, currency = self._target(wanted, target)
        last = _last(days)
        with self.desk.writing("goal set", _named(wanted.name, self._login(owner), days.label)) as uow:
            login = self._login(owner)
            whose = uow.user(login) if login else None
            found = uow.find(
                Goal, metric=wanted.name, owner_id=whose, starts_on=days.start, ends_on=last, deleted_at=None
            )
            row = found[0] if found else Goal(
                uid=new_uid("gl"), metric=wanted.name, owner_id=whose, starts_on=days.start, ends_on=last,
                target=amount, created_at=uow.now,
            )  # fmt: skip
            row.target, row.currency = amount, currency
            if note is not None:
                row.note = _note(note)
            uow.add(row)
            return self._views(uow.reader, goals(uow.reader, Condition("r.id = ?", (row.id,))))[0]

    def remove(self, ref: str) -> QuotaView:
        """Want it no more; what it was. Raises NotFound, or Ambiguous with the candidates."""
        from crmcli.store.models.analysis import Goal

        goal = self.find(ref)
        with self.desk.writing("goal rm", _named(goal.metric, goal.owner, goal.period)) as uow:
            uow.bury(uow.get(Goal, goal.number))
        return goal

    def find(self, ref: str) -> QuotaView:
        """The goal that a uid or its beginning, a number, or a metric that has only one goal names."""
        text = ref.strip()
        bare = text.removeprefix("#")
        where = Condition("r.metric = ?", ("_".join(text.lower().replace("-", " ").split()),))
        if bare.isdecimal() and len(bare) < 10:
            where = Condition("r.id = ?", (int(bare),))
        elif text.lower().startswith("gl_") and len(text) > len("gl_"):
            prefix = "gl_" + text[3:].upper()
            where = Condition("substr(r.uid, 1, ?) = ?", (len(prefix), prefix))
        with self.desk.reading() as reader:
            found = self._views(reader, goals(reader, where))
        if not found:
            raise NotFound(f"no goal {ref}", hint="crm goal list")
        if len(found) > 1:
            listed = "; ".join(f"#{goal.number} {_named(goal.metric, goal.owner, goal.period)}" for goal in found[:10])
            raise Ambiguous(f"{ref} names {len(found)} goals: {listed}", hint=f"crm goal rm {found[0].number}")
        return found[0]

    def days(self, period: str) -> Period:
        """The whole days that words name, in fiscal years too; raises BadValue."""
        from crmcli.domain.fiscal import read_fiscal
        from crmcli.domain.periods import read_period

        now = self.desk.clock.local()
        return read_fiscal(period, now, self.desk.fiscal_start) or read_period(period, now)

    def _login(self, owner: str | None) -> str | None:
        if owner is None:
            return None
        return self.desk.user if owner.strip().lower() == "me" else owner

    def _of_owner(self, owner: str) -> Condition:
        key = fold(self._login(owner) or "")
        return Condition("r.owner_id = (SELECT x.id FROM app_user x WHERE x.login_key = ?)", (key,))

    def _target(self, metric: Metric, text: str) -> tuple[float, str | None]:
        if metric.is_money:
            money = read_money(text, self.desk.currency, "target", self.desk.locale)
            amount, currency = float(money.minor), money.currency
        else:
            amount, currency = float(read_number(text, "target")), None
        if not 0 < amount <= _MOST:
            raise BadValue("target", f"{quoted(text)} is not above zero" if amount <= 0 else "is too large")
        return amount, currency

    def _views(self, reader: Reader, kept: Sequence[KeptGoal]) -> Quotas:
        known: dict[tuple[object, ...], Reached] = {}
        return [self._view(reader, goal, known) for goal in kept]

    def _view(self, reader: Reader, goal: KeptGoal, known: dict[tuple[object, ...], Reached]) -> QuotaView:
        key = (goal.metric, goal.starts_on, goal.ends_on, goal.currency)
        if key not in known:
            known[key] = reached_within(reader, self.desk, goal)
            self._say_unrated(goal, known[key])
        result = known[key]
        so_far = result.of(goal.owner_id) if result.currency == goal.currency else None
        today = self.desk.clock.local().date()
        stands = attainment(goal.target, so_far or 0, goal.starts_on, goal.ends_on, today)
        amount = _amounts(goal.currency)
        return QuotaView(
            goal.uid, goal.number, goal.metric, reader.user(goal.owner_id), _period(goal).label, goal.starts_on,
            goal.ends_on, goal.currency, amount(goal.target), None if so_far is None else amount(so_far),
            None if so_far is None else stands.share, None if so_far is None else amount(stands.gap),
            amount(stands.expected), None if so_far is None else stands.pace, goal.note,
        )  # fmt: skip

    def _say_unrated(self, goal: KeptGoal, result: Reached) -> None:
        if result.unrated or result.currency != goal.currency:
            self.desk.note(
                f"{goal.metric} {_period(goal).label}: amounts without a rate to {goal.currency} are not counted"
                " (crm rate set CODE RATE)"
            )


def reached_within(reader: Reader, desk: Desk, goal: KeptGoal) -> Reached:
    """What is reached in a goal's period of what it is about, by all."""
    from crmcli.domain.dates import zone_of
    from crmcli.domain.periods import utc_bounds
    from crmcli.domain.records import utc_text

    now = desk.clock.local()
    start, end = utc_bounds(_period(goal), now)
    bounds = (utc_text(start), utc_text(end))
    return reached(reader, read_metric(goal.metric), bounds, goal.currency, desk.currency, zone_of(now))


def _period(goal: KeptGoal) -> Period:
    from datetime import timedelta

    return Period(goal.starts_on, goal.ends_on + timedelta(days=1))


def _last(days: Period) -> date:
    from datetime import timedelta

    return days.end - timedelta(days=1)


def _texts(days: Period) -> tuple[str, str]:
    return days.end.isoformat(), days.start.isoformat()


def _amounts(currency: str | None) -> Callable[[float], Money | float]:
    """How an amount is shown: money in its currency, a whole number without decimals."""

    def amount(value: float) -> Money | float:
        if currency is not None:
            return Money(round(value), currency)
        return int(value) if value == int(value) else value

    return amount


def _named(metric: str, owner: str | None, period: str) -> str:
    return f"{metric} of {owner} for {period}" if owner else f"{metric} for {period}"


def _note(text: str) -> str | None:
    kept = tidy(text) or None
    if kept is not None and len(kept) > _LONGEST_NOTE:
        raise BadValue("note", f"is longer than {_LONGEST_NOTE} characters")
    return kept
