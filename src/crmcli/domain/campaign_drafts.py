"""What a campaign is told, from texts to values: fields, goals, costs, and the segments it takes in and leaves out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmcli.domain.filter_fields import CAMPAIGN
from crmcli.domain.frozen import NamedTuple
from crmcli.domain.marketing import CAMPAIGN_STATES, COST_STATES, GOAL_METRICS
from crmcli.domain.money import Money, read_money, read_number
from crmcli.domain.naming import read_name
from crmcli.domain.reading import read_value
from crmcli.domain.text import fold, nearest, quoted
from crmcli.errors import BadValue

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from crmcli.domain.reading import InputRules

AMOUNTS = ("budget", "expected_cost", "expected_revenue")
# Fields that are read by themselves; money, segments, goals and settings depend on each other.
_PLAIN = ("kind", "status", "code", "objective", "starts_on", "ends_on", "send_at", "owner")
_FLAGS = {"starts_on": "start", "ends_on": "end"}
_LONGEST = 200
CLEARABLE = (
    "code", "objective", "parent", "start", "end", "send-at", "template", "segment", "exclude", "goal", "owner",
    "budget", "expected-cost", "expected-revenue", "expected-response", "per-minute", "per-hour", "window", "cap",
    "batch", "ramp", "account", "test",
)  # fmt: skip


class Audience(NamedTuple):
    """The uids of the segments that a campaign takes in, and of those that it leaves out."""

    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()

    @property
    def formula(self) -> str:
        """As it is kept: ``sg_A + sg_B - sg_C``."""
        return " + ".join(self.include) + "".join(f" - {uid}" for uid in self.exclude)

    def part(self, uid: str) -> str:
        """The formula of those of one segment that are not left out."""
        return uid + "".join(f" - {other}" for other in self.exclude)


def audience_of(formula: str) -> Audience:
    """The audience that is kept as a formula."""
    include, exclude, sign = list[str](), list[str](), "+"
    for word in formula.split():
        if word in "+-":
            sign = word
        else:
            (include if sign == "+" else exclude).append(word)
    return Audience(tuple(include), tuple(exclude))


def read_label(text: str) -> str:
    """A campaign's name."""
    return read_name(text, _LONGEST, "cp")


def read_plain(raw: Mapping[str, str | None], rules: InputRules) -> dict[str, object]:
    """The values of the fields that stand by themselves; those not given are left out."""
    known = {field.name: field for field in CAMPAIGN}
    found: dict[str, object] = {}
    for name in _PLAIN:
        text = raw.get(name)
        if text is not None:
            found[name] = read_value(known[name]._replace(flag=_FLAGS.get(name, "")), text, rules)
    if raw.get("code") is not None:
        if not str(found["code"]).isprintable():
            raise BadValue("code", "a code is one line, without control characters")
        found["code_key"] = fold(str(found["code"]))
    if raw.get("expected_response") is not None:
        found["expected_response"] = _percent(str(raw["expected_response"]))
    return found


def _percent(text: str) -> float:
    number = read_number(text, "expected-response")
    if not 0 <= number <= 100:
        raise BadValue("expected-response", f"{quoted(text)} is not between 0 and 100 per cent")
    return float(number)


def read_amounts(
    raw: Mapping[str, str | None], usual: str, locale: str | None, kept: Mapping[str, str] = {}
) -> dict[str, Money]:
    """The amounts given, all in one currency: the one that one of them names, else the ``usual`` one.

    ``kept`` are the currencies of the amounts that the campaign has already. Raises BadValue when they would differ.
    """
    texts = {name: text for name in AMOUNTS if (text := raw.get(name)) is not None}
    if not texts:
        return {}
    named = [_amount(name, text, usual, locale).currency for name, text in texts.items()]
    currency = next((code for code in named if code != usual), usual)
    found = {name: _amount(name, text, currency, locale) for name, text in texts.items()}
    others = {money.currency for money in found.values()} | {code for name, code in kept.items() if name not in found}
    if len(others) > 1:
        flag = next(iter(texts)).replace("_", "-")
        raise BadValue(flag, f"a campaign counts in one currency, not in {' and '.join(sorted(others))}")
    return found


def _amount(name: str, text: str, currency: str, locale: str | None) -> Money:
    return read_money(text, currency, name.replace("_", "-"), locale)


def read_goals(texts: Sequence[str], currency: str, locale: str | None) -> dict[str, float]:
    """Targets by metric from ``responses=20``, ``revenue=5k`` or ``roi=150%``; an empty target takes the goal away as 0."""
    goals: dict[str, float] = {}
    for text in texts:
        name, equals, value = (part.strip() for part in text.partition("="))
        metric = fold(name)
        if not equals or not value:
            raise BadValue("goal", f"{quoted(text)} is not METRIC=TARGET", hint="responses=20, revenue=5000, roi=150%")
        if metric not in GOAL_METRICS:
            near = nearest(metric, list(GOAL_METRICS))
            hint = f"did you mean {near}?" if near else f"one of {', '.join(GOAL_METRICS)}"
            raise BadValue("goal", f"{quoted(name)} is nothing that is counted", hint=hint)
        goals[metric] = _target(metric, value, currency, locale)
    return goals


def _target(metric: str, text: str, currency: str, locale: str | None) -> float:
    if metric == "revenue":
        money = read_money(text, currency, "goal", locale)
        if money.currency != currency:
            raise BadValue("goal", f"the campaign counts in {currency}, not in {money.currency}")
        return float(money.number)
    number = float(read_number(text, "goal"))
    if metric == "roi":
        return number / 100 if text.rstrip().endswith("%") else number
    if number <= 0 or number != int(number):
        raise BadValue("goal", f"{quoted(text)} is not a whole number above 0")
    return number


def show_goal(metric: str, target: float) -> str:
    """A goal as it is written."""
    return f"{metric}={round(target * 100, 1):g}%" if metric == "roi" else f"{metric}={target:g}"


def read_cost_state(text: str | None) -> str:
    """How far the spending of a cost is; spent unless said."""
    return one_of("state", text, COST_STATES) if text else "spent"


def one_of(flag: str, text: str, known: Sequence[str]) -> str:
    """The word of a list that is meant, however it is cased; raises BadValue naming the nearest."""
    wanted = fold(text).replace(" ", "_").replace("-", "_")
    if wanted in known:
        return wanted
    near = nearest(wanted, list(known))
    hint = f"did you mean {near}?" if near else f"one of {', '.join(known)}"
    raise BadValue(flag, f"{quoted(text)} is not one of them", hint=hint)


def refuse_unclearable(names: Collection[str]) -> None:
    """Raise BadValue for a field that there is not, or that a campaign always has."""
    for name in names:
        if name not in CLEARABLE:
            near = nearest(name, list(CLEARABLE))
            hint = f"did you mean {near}?" if near else f"one of {', '.join(CLEARABLE)}"
            raise BadValue("clear", f"{quoted(name)} can't be cleared", hint=hint)


def newest_state(old: str, text: str) -> str:
    """The state that an edit gives; raises BadValue where a verb of its own leads there."""
    state = one_of("status", text, CAMPAIGN_STATES)
    verbs = {"active": "start", "paused": "pause", "completed": "complete", "canceled": "cancel"}
    if state != old and (state not in ("draft", "planned") or old not in ("draft", "planned")):
        hint = f"crm campaign {verbs[state]}" if state in verbs else "crm campaign clone"
        raise BadValue("status", f"a campaign that is {old} is not made {state} by hand", hint=hint)
    return state
