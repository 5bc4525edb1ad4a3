"""The steps of sequences as lines."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcli.domain.sequence_steps import (
    StepDraft,
    StepTold,
    changed_step,
    message_step,
    read_step,
    read_steps,
    show_step,
    told_step,
)
from crmcli.errors import BadValue, UsageError

LINES = {
    "mail hello": StepDraft("mail", template="hello"),
    "mail Добре дошли": StepDraft("mail", template="Добре дошли"),
    "wait 3d": StepDraft("wait", minutes=3 * 24 * 60),
    "wait 1h30m": StepDraft("wait", minutes=90),
    "task call them": StepDraft("task", subject="call them", minutes=0),
    "task call them in 1d": StepDraft("task", subject="call them", minutes=24 * 60),
    "task check in at the fair": StepDraft("task", subject="check in at the fair", minutes=0),
    'task "call in 2d"': StepDraft("task", subject="call in 2d", minutes=0),
    "task call in 2d in 1d": StepDraft("task", subject="call in 2d", minutes=24 * 60),
    "if tag = vip else stop": StepDraft("condition", filter="tag = vip", otherwise="stop"),
    "if last_activity < -30d else skip": StepDraft("condition", filter="last_activity < -30d", otherwise="skip"),
}


@pytest.mark.parametrize(("line", "step"), LINES.items())
def test_a_line_is_read_and_shown(line: str, step: StepDraft) -> None:
    """Each kind, there and back."""
    assert step == read_step(line)
    assert line == show_step(step)


def test_a_condition_stops_unless_told() -> None:
    """The last word may be left out, and else be a part of a value."""
    assert StepDraft("condition", filter="tag = vip", otherwise="stop") == read_step("if tag = vip")
    assert 'note ~= "or else we"' == read_step('if note ~= "or else we"').filter


@given(st.text(alphabet='ab "\\in3d', min_size=1, max_size=12), st.sampled_from([0, 60, 1440, 2890]))
def test_any_task_comes_back(subject: str, minutes: int) -> None:
    """Whatever words it has, also quotes and lengths of time."""
    try:
        step = told_step("task", subject, StepTold())._replace(minutes=minutes)
    except BadValue:
        return
    assert step == read_step(show_step(step))


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("male hello", "did you mean mail"), ("mail", "needs a template"), ("wait", "takes some time"),
        ("wait 0d", "takes some time"), ("wait long", "can't read"), ("task", "1 to 200"), ("if", "needs a filter"),
        ("if else stop", "needs a filter"), ("sms hello", "is no step"),
        ("if tag = vip else stopp", "else stands stop or skip"), ("if tag = vip else", "else stands stop or skip"),
    ],
)  # fmt: skip
def test_what_is_no_step(line: str, told: str) -> None:
    """The error says what is missing."""
    with pytest.raises(BadValue) as raised:
        read_step(line)
    assert told in f"{raised.value.message} {raised.value.advice}"


def test_a_file() -> None:
    """Empty lines and remarks are passed over; an error names its line."""
    assert ["mail", "wait"] == [step.kind for step in read_steps("# hi\n\nmail hello\n  wait 3d  \n")]
    with pytest.raises(BadValue, match="line 2: 'male' is no step"):
        read_steps("mail hello\nmale hello\n")
    with pytest.raises(BadValue, match="there is no step"):
        read_steps("\n# nothing\n")
    with pytest.raises(BadValue, match="at most 100"):
        read_steps("wait 1d\n" * 101)


def test_flags() -> None:
    """Each kind has its own, and another one is refused."""
    assert StepDraft("mail", template="hello") == told_step("mail", "", StepTold("hello"))
    assert StepDraft("task", subject="call", minutes=120) == told_step("task", "call", StepTold(within="2h"))
    with pytest.raises(UsageError, match="--in does not go with a step of kind mail"):
        told_step("mail", "", StepTold("hello", within="2h"))
    with pytest.raises(BadValue, match="neither stop nor skip"):
        told_step("condition", "tag = vip", StepTold(otherwise="jump"))
    with pytest.raises(BadValue, match="is no kind of step"):
        told_step("sms", "", StepTold())


@pytest.mark.parametrize(
    ("line", "text", "told", "shown"),
    [
        ("wait 3d", "5d", StepTold(), "wait 5d"),
        ("wait 3d", None, StepTold(), "wait 3d"),
        ("mail hello", None, StepTold("other"), "mail other"),
        ("mail hello", None, StepTold(), "mail hello"),
        ("task call in 1d", "write", StepTold(), "task write in 1d"),
        ("task call in 1d", None, StepTold(within="2d"), "task call in 2d"),
        ("if tag = vip else stop", None, StepTold(otherwise="skip"), "if tag = vip else skip"),
        ("if tag = vip else skip", "tag = hot", StepTold(), "if tag = hot else skip"),
    ],
)
def test_a_change_keeps_the_rest(line: str, text: str | None, told: StepTold, shown: str) -> None:
    """What is not told stays."""
    assert shown == show_step(changed_step(read_step(line), text, told))


def test_the_ledger_tells_turns_apart() -> None:
    """The same step of another turn is another message."""
    assert (7, 1_000_007) == (message_step(7, 0), message_step(7, 1))
