"""The steps of a sequence as people write them, one a line: ``mail hello``, ``wait 3d``, ``task call them in 1d``, ``if … else stop``."""

from __future__ import annotations

import re

from crmcli.domain.durations import read_duration, show_duration
from crmcli.domain.frozen import NamedTuple
from crmcli.domain.marketing import STEP_KINDS
from crmcli.domain.text import nearest, tidy
from crmcli.errors import BadValue, UsageError

OTHERWISE = ("stop", "skip")
MOST_STEPS = 100
_LONGEST_SUBJECT = 200
_HINT = "mail TEMPLATE, wait 3d, task call them in 1d, if FILTER else stop"
_WORDS = ("mail", "wait", "task", "if")
# Far above any number of a step, so that who goes through a sequence again is mailed again.
_TURN = 1_000_000


class StepDraft(NamedTuple):
    """A step: a mail of a template, a task due after some minutes, a wait of some minutes, or a condition on the person."""

    kind: str
    template: str | None = None
    subject: str | None = None
    minutes: int | None = None
    filter: str | None = None
    otherwise: str | None = None


class StepTold(NamedTuple):
    """What flags say of a step; None is what was not told."""

    template: str | None = None
    within: str | None = None
    otherwise: str | None = None


def read_steps(text: str) -> tuple[StepDraft, ...]:
    """The steps of a file; empty lines and those that begin with # are passed over. Raises BadValue naming the line."""
    steps = []
    for number, line in enumerate(text.splitlines(), 1):
        words = line.strip()
        if not words or words.startswith("#"):
            continue
        try:
            steps.append(read_step(words))
        except BadValue as error:
            raise BadValue("steps", f"line {number}: {error.reason}", hint=error.hint) from error
    if not steps:
        raise BadValue("steps", "there is no step", hint=_HINT)
    if len(steps) > MOST_STEPS:
        raise BadValue("steps", f"a sequence has at most {MOST_STEPS} steps")
    return tuple(steps)


def read_step(line: str) -> StepDraft:
    """One step as a line of a file has it; raises BadValue."""
    word, _, rest = line.strip().partition(" ")
    rest = rest.strip()
    if word == "if":
        found = re.fullmatch(r"(.*?)(?:\s+else\s+(stop|skip))?", f" {rest}", re.DOTALL)
        filter_ = found[1] if found else rest
        if re.search(r"\selse(\s|$)", re.sub(r'"(?:[^"\\]|\\.)*"', '""', filter_)):
            raise BadValue("otherwise", "after else stands stop or skip", hint="if tag = vip else stop")
        return _condition(filter_, (found[2] if found else None) or "stop")
    if word == "task":
        subject, within = _task_words(rest)
        return _task(subject, within)
    if word == "wait":
        return _wait(rest)
    if word == "mail":
        return _mail(rest)
    near = nearest(word, list(_WORDS))
    raise BadValue("step", f"{word[:40]!r} is no step", hint=f"did you mean {near}?" if near else _HINT)


def told_step(kind: str, text: str, told: StepTold) -> StepDraft:
    """The step that a command line names by its kind, a text and flags; raises UsageError for a flag of another kind."""
    if kind == "if":
        kind = "condition"
    if kind not in STEP_KINDS:
        near = nearest(kind, [*STEP_KINDS, "if"])
        raise BadValue("kind", f"{kind[:40]!r} is no kind of step", hint=f"did you mean {near}?" if near else _HINT)
    _refuse_flags(kind, told)
    if kind == "mail":
        return _mail(told.template or text)
    if kind == "wait":
        return _wait(text)
    if kind == "condition":
        return _condition(text, told.otherwise or "stop")
    return _task(text, told.within)


def changed_step(step: StepDraft, text: str | None, told: StepTold) -> StepDraft:
    """A step with what a command line says anew."""
    _refuse_flags(step.kind, told)
    if step.kind == "mail":
        return _mail(told.template or text or step.template or "")
    if step.kind == "wait":
        return step if text is None else _wait(text)
    if step.kind == "condition":
        return _condition(step.filter or "" if text is None else text, told.otherwise or step.otherwise or "stop")
    changed = _task(text if text is not None else step.subject or "", told.within)
    return changed if told.within is not None else changed._replace(minutes=step.minutes)


def show_step(step: StepDraft) -> str:
    """The step as ``read_step`` takes it."""
    if step.kind == "mail":
        return f"mail {step.template}"
    if step.kind == "wait":
        return f"wait {show_duration(step.minutes or 0)}"
    if step.kind == "condition":
        return f"if {' '.join((step.filter or '').split())} else {step.otherwise}"
    within = f" in {show_duration(step.minutes)}" if step.minutes else ""
    subject = step.subject or ""
    if _task_words(f"{subject}{within}") != (subject, show_duration(step.minutes) if step.minutes else None):
        subject = '"' + subject.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return f"task {subject}{within}"


def message_step(step: int, turn: int) -> int:
    """What the ledger of messages calls a step for those who were in the sequence so often before."""
    return turn * _TURN + step


def _mail(template: str) -> StepDraft:
    if not template:
        raise BadValue("template", "a mail needs a template", hint="mail hello")
    return StepDraft("mail", template=template)


def _wait(text: str) -> StepDraft:
    minutes = read_duration(text, "wait") if text else 0
    if not minutes:
        raise BadValue("wait", "a wait takes some time", hint="wait 3d")
    return StepDraft("wait", minutes=minutes)


def _condition(text: str, otherwise: str) -> StepDraft:
    if not text.strip():
        raise BadValue("filter", "a condition needs a filter", hint="if tag = vip else stop")
    if otherwise not in OTHERWISE:
        raise BadValue("otherwise", f"{otherwise[:40]!r} is neither stop nor skip")
    return StepDraft("condition", filter=text.strip(), otherwise=otherwise)


def _task(subject: str, within: str | None) -> StepDraft:
    words = tidy(subject)
    if not words or len(words) > _LONGEST_SUBJECT:
        raise BadValue(
            "task", f"what is to be done has 1 to {_LONGEST_SUBJECT} characters", hint='task "call them" in 2d'
        )
    return StepDraft("task", subject=words, minutes=read_duration(within, "in") if within else 0)


def _task_words(text: str) -> tuple[str, str | None]:
    """What is to be done, and the length of time after the last ``in``, where it is one."""
    quoted = re.fullmatch(r'"((?:[^"\\]|\\.)*)"(?:\s+in\s+(.+))?', text)
    if quoted is not None:
        return re.sub(r"\\(.)", r"\1", quoted[1]), quoted[2]
    found = re.fullmatch(r"(.+)\s+in\s+(.+?)", text)
    if found is None:
        return text, None
    try:
        read_duration(found[2])
    except BadValue:
        return text, None
    return found[1], found[2]


def _refuse_flags(kind: str, told: StepTold) -> None:
    own = {"mail": "template", "task": "within", "condition": "otherwise"}.get(kind)
    for name, value in zip(told._fields, told, strict=True):
        if value is not None and name != own:
            flag = {"within": "in"}.get(name, name)
            raise UsageError(f"--{flag} does not go with a step of kind {kind}", hint=_HINT)
