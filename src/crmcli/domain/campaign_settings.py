"""How a campaign sends and how it tries its variants: as people write it, as it is kept, as it is read.

Kept as JSON beside the campaign; every text that is kept is one that the reading functions here take.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from crmcli.domain.dates import WEEKDAYS, name_index
from crmcli.domain.durations import read_duration, show_duration
from crmcli.domain.frozen import NamedTuple
from crmcli.domain.text import nearest, quoted
from crmcli.errors import BadValue

if TYPE_CHECKING:
    from collections.abc import Mapping

TRIAL_METRICS = ("opened", "clicked", "replied", "responded", "converted")
CONFIDENCE = 0.95
USUAL_SAMPLE = 0.2
EVERY_DAY = tuple(range(7))

_MOST = 1_000_000
_DAY = 24 * 60
_PACE, _TRIAL, _DECIDED = "pace", "trial", "decided"


class Window(NamedTuple):
    """The part of the day in which people are written to, by their own clock; minutes of the day and weekdays."""

    start: int
    end: int
    days: tuple[int, ...] = EVERY_DAY

    def holds(self, weekday: int, minute: int) -> bool:
        """Whether the minute of a weekday (Monday is 0) lies in it."""
        return weekday in self.days and self.start <= minute < self.end


class Cap(NamedTuple):
    """So many messages at most to one person in so many days, of all campaigns together."""

    messages: int
    days: int


class Pace(NamedTuple):
    """How fast, when and through which account a campaign sends; None and empty are no rule."""

    per_minute: int | None = None
    per_hour: int | None = None
    window: Window | None = None
    cap: Cap | None = None
    batch: int | None = None
    ramp: tuple[int, ...] = ()
    account: str = ""

    def most_on(self, day: int) -> int | None:
        """How many may go out on a day of the warm-up, the first being 1; None is as many as one likes."""
        return self.ramp[day - 1] if 1 <= day <= len(self.ramp) else None


class Trial(NamedTuple):
    """How variants are tried against each other: by what, when the winner is named, and on which part of the people.

    Where no part is told it is the first ``after_count``, or a fifth where a time is set.
    """

    metric: str = "responded"
    after_count: int | None = None
    after_minutes: int | None = None
    confidence: float = CONFIDENCE
    sample: float | None = None

    @property
    def has_end(self) -> bool:
        """Whether a winner is named, so that the rest of the people wait for it."""
        return bool(self.after_count or self.after_minutes)

    def sampled_before(self, place: int) -> int:
        """How many of the first ``place`` people get a version; they are spread evenly over all."""
        if not self.has_end:
            return place
        if self.sample is None and self.after_count:
            return min(place, self.after_count)
        permille = round((USUAL_SAMPLE if self.sample is None else self.sample) * 1000)
        return -(-place * permille // 1000)  # rounded up, so that of few people there is one

    def samples(self, place: int) -> bool:
        """Whether who is at a place, from 0 on, gets a version, and does not wait for the winner."""
        return self.sampled_before(place + 1) > self.sampled_before(place)


class Decision(NamedTuple):
    """When the winner was named, UTC, by what, ``test`` or ``hand``, and the last event of the campaign before.

    What was sent later went to people who were not dealt out at random, and tells nothing about the versions.
    """

    at: str
    by: str
    event: int


PACE_FIELDS = ("per_minute", "per_hour", "window", "cap", "batch", "ramp", "account")
TRIAL_TEXTS = ("test", "after", "confidence", "sample")  # as they are told
TRIAL_FIELDS = ("metric", "after_count", "after_minutes", "confidence", "sample")


# -- what is kept


def pace_of(settings: str) -> Pace:
    """The sending rules in a campaign's settings."""
    return _pace(_kept(settings).get(_PACE, {}))


def trial_of(settings: str) -> Trial | None:
    """How the campaign tries its variants; None when it was not said."""
    kept = _kept(settings).get(_TRIAL)
    return Trial(**kept) if kept else None  # type: ignore[arg-type]


def with_pace(settings: str, pace: Pace) -> str:
    """The settings with these sending rules; everything else in them stays."""
    texts = {name: text for name, text in pace_texts(pace).items() if text}
    return _with(settings, _PACE, texts)


def with_trial(settings: str, trial: Trial | None) -> str:
    """The settings with this way of trying variants, or none."""
    return _with(settings, _TRIAL, {} if trial is None else dict(zip(TRIAL_FIELDS, trial, strict=True)))


def decision_of(settings: str) -> Decision | None:
    """When and by what the winner was named; None while it is not."""
    kept = _kept(settings).get(_DECIDED)
    return Decision(str(kept["at"]), str(kept["by"]), int(str(kept["event"]))) if kept else None


def with_decision(settings: str, decision: Decision | None) -> str:
    """The settings with the naming of a winner, or without."""
    return _with(settings, _DECIDED, {} if decision is None else decision._asdict())


def _kept(settings: str) -> dict[str, dict[str, object]]:
    import json

    found = json.loads(settings or "{}")
    return found if isinstance(found, dict) else {}


def _with(settings: str, part: str, values: Mapping[str, object]) -> str:
    import json

    kept = {name: value for name, value in _kept(settings).items() if name != part}
    if values:
        kept[part] = dict(values)
    return json.dumps(kept, ensure_ascii=False, sort_keys=True)


def _pace(texts: Mapping[str, object]) -> Pace:
    return changed_pace(Pace(), {name: str(text) for name, text in texts.items() if name in PACE_FIELDS})


# -- as people write it


def changed_pace(pace: Pace, texts: Mapping[str, str | None]) -> Pace:
    """The rules with those that are told, by field; an empty text takes a rule away, None leaves it.

    Raises BadValue naming the flag.
    """
    told = {name: text.strip() for name, text in texts.items() if text is not None}
    empty = Pace()
    read = {name: _read_field(name, text) if text else getattr(empty, name) for name, text in told.items()}
    return Pace._make(read.get(name, kept) for name, kept in zip(PACE_FIELDS, pace, strict=True))


def _read_field(name: str, text: str) -> Any:  # noqa: ANN401 - each rule has a shape of its own
    if name == "window":
        return read_window(text)
    if name == "cap":
        return read_cap(text)
    if name == "ramp":
        return read_ramp(text)
    if name == "account":
        return read_account(text)
    return read_count(text, name.replace("_", "-"))


def pace_texts(pace: Pace) -> dict[str, str]:
    """Every rule as it is written, by field; a rule that there is not is empty."""
    texts = {
        "window": show_window(pace.window) if pace.window else "",
        "cap": show_cap(pace.cap) if pace.cap else "",
        "ramp": show_ramp(pace.ramp) if pace.ramp else "",
        "account": pace.account,
    }
    for name in ("per_minute", "per_hour", "batch"):
        number = getattr(pace, name)
        texts[name] = "" if number is None else str(number)
    return {name: texts[name] for name in PACE_FIELDS}


def read_count(text: str, field: str) -> int:
    """A number of messages, at least one."""
    if not re.fullmatch(r"\d{1,7}", text) or not 1 <= int(text) <= _MOST:
        raise BadValue(field, f"{quoted(text)} is not a whole number from 1 to {_MOST:,}")
    return int(text)


def read_account(text: str) -> str:
    """The name of a mail account in the settings."""
    if not re.fullmatch(r"[\w.-]{1,60}", text):
        raise BadValue("account", f"{quoted(text)} is no name of an account", hint="one of [smtp.accounts] in crm.toml")
    return text


def read_window(text: str) -> Window:
    """``09:00-17:00 mon-fri``: hours of the day, and the weekdays unless it is every day."""
    found = re.fullmatch(r"\s*([\d:]+)\s*[-\u2013]\s*([\d:]+)\s*(.*?)\s*", text)
    start, end = (_minute(found[1]), _minute(found[2])) if found else (None, None)
    days = _weekdays(found[3]) if found else None
    if start is None or end is None or days is None:
        raise BadValue("window", f"can't read {quoted(text)} as hours of the day", hint="'09:00-17:00 mon-fri'")
    if start >= end:
        raise BadValue("window", "it ends before it begins", hint="'09:00-17:00 mon-fri'")
    return Window(start, end, days)


def show_window(window: Window) -> str:
    """The window as ``read_window`` takes it."""
    hours = "-".join(f"{minute // 60:02d}:{minute % 60:02d}" for minute in (window.start, window.end))
    return hours if window.days == EVERY_DAY else f"{hours} {_show_weekdays(window.days)}"


def _minute(text: str) -> int | None:
    found = re.fullmatch(r"(\d{1,2})(?::(\d{2}))?", text)
    minute = int(found[1]) * 60 + int(found[2] or 0) if found and int(found[2] or 0) < 60 else _DAY + 1
    return minute if minute <= _DAY else None


def _weekdays(text: str) -> tuple[int, ...] | None:
    """The weekdays named: ``mon-fri``, ``mon, wed``, ``sat-mon``; nothing is every day, None what can't be read."""
    days: set[int] = set()
    for piece in re.split(r"[,\s]+", text.casefold()) if text else ("mon-sun",):
        first, _, last = piece.partition("-")
        begin, end = name_index(first, WEEKDAYS), name_index(last or first, WEEKDAYS)
        if begin is None or end is None:
            return None
        days.update((begin + step) % 7 for step in range((end - begin) % 7 + 1))
    return tuple(sorted(days))


def _show_weekdays(days: tuple[int, ...]) -> str:
    if len(days) > 2 and days[-1] - days[0] == len(days) - 1:
        return f"{WEEKDAYS[days[0]][:3]}-{WEEKDAYS[days[-1]][:3]}"
    return ",".join(WEEKDAYS[day][:3] for day in days)


def read_cap(text: str) -> Cap:
    """``2/7d``: so many messages to one person in so many days or weeks."""
    found = re.fullmatch(r"\s*(\d{1,3})\s*/\s*(\d{0,3})\s*(d|days?|w|weeks?)\s*", text.casefold())
    days = int(found[2] or 1) * (7 if found[3].startswith("w") else 1) if found else 0
    if found is None or not int(found[1]) or not 1 <= days <= 366:
        raise BadValue("cap", f"can't read {quoted(text)} as messages in a time", hint="2/7d, 1/2w")
    return Cap(int(found[1]), days)


def show_cap(cap: Cap) -> str:
    """The cap as ``read_cap`` takes it."""
    return f"{cap.messages}/{cap.days}d"


def read_ramp(text: str) -> tuple[int, ...]:
    """``50,100,200/day``: how many go out on the first day, the second …; after the last there is no such limit."""
    steps, slash, unit = text.partition("/")
    if slash and unit.strip().casefold() not in ("d", "day"):
        raise BadValue("ramp", f"{quoted(unit)} is not a day", hint="50,100,200/day")
    pieces = [piece.strip() for piece in steps.split(",")]
    if len(pieces) > 90:
        raise BadValue("ramp", "a warm-up has at most 90 days")
    return tuple(read_count(piece, "ramp") for piece in pieces)


def show_ramp(ramp: tuple[int, ...]) -> str:
    """The warm-up as ``read_ramp`` takes it."""
    return f"{','.join(map(str, ramp))}/day"


# -- trying variants


def read_trial(
    metric: str | None, after: str | None, confidence: str | None, trial: Trial | None = None, sample: str | None = None
) -> Trial:
    """How variants are tried, from what is told and else as it was; ``after`` is a number of messages or a time.

    Raises BadValue naming the flag.
    """
    found = trial or Trial()
    if metric is not None:
        found = found._replace(metric=_trial_metric(metric))
    if after is not None:
        count, minutes = _after(after.strip())
        found = found._replace(after_count=count, after_minutes=minutes)
    if confidence is not None:
        found = found._replace(confidence=read_confidence(confidence))
    if sample is not None:
        found = found._replace(sample=read_sample(sample))
    return found


def _trial_metric(text: str) -> str:
    name = text.strip().casefold().removeprefix("metric=").strip()
    if name not in TRIAL_METRICS:
        near = nearest(name, list(TRIAL_METRICS))
        hint = f"did you mean {near}?" if near else f"one of {', '.join(TRIAL_METRICS)}"
        raise BadValue("test", f"{quoted(text)} is nothing that variants are compared by", hint=hint)
    return name


def _after(text: str) -> tuple[int | None, int | None]:
    if text.isdecimal():
        return read_count(text, "after"), None
    minutes = read_duration(text, "after")
    if not minutes:
        raise BadValue("after", "a winner needs some time", hint="1000, 24h, 3d")
    return None, minutes


def read_confidence(text: str) -> float:
    """How sure one wants to be: ``95%``, ``95`` or ``0.95``."""
    found = re.fullmatch(r"\s*(\d{1,3}(?:[.,]\d{1,4})?)\s*(%?)\s*", text)
    number = float(found[1].replace(",", ".")) if found else 0.0
    share = number / 100 if number > 1 or (found and found[2]) else number
    if not 0.5 <= share < 1:
        raise BadValue("confidence", f"{quoted(text)} is not between 50% and 100%", hint="95%")
    return share


def read_sample(text: str) -> float:
    """The part of the people that variants are tried on: ``20%``, ``20`` or ``0.2``."""
    found = re.fullmatch(r"\s*(\d{1,3}(?:[.,]\d{1,4})?)\s*(%?)\s*", text)
    number = float(found[1].replace(",", ".")) if found else 0.0
    share = number / 100 if number > 1 or (found and found[2]) else number
    if not 0.001 <= share <= 1:
        raise BadValue("sample", f"{quoted(text)} is not between 0.1% and 100%", hint="20%")
    return round(share, 3)


def show_trial(trial: Trial) -> str:
    """One line of how variants are tried: ``clicked, winner after 24h at 95 %``."""
    when = f"{trial.after_count} messages" if trial.after_count else ""
    when = when or (show_duration(trial.after_minutes) if trial.after_minutes else "")
    percent = f"{trial.confidence * 100:g} %"
    on = f" on {trial.sample * 100:g} % of the people" if trial.sample is not None else ""
    return f"{trial.metric}{on}, winner after {when} at {percent}" if when else f"{trial.metric}{on} at {percent}"
