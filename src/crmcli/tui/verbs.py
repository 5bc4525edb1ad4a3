"""What can be done with records from any screen: what a verb asks, what it then does, and what it says.

A verb is done again by ``.`` with the answers it had, to whatever record is at the cursor by then.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crmcli.domain.frozen import NamedTuple
from crmcli.domain.text import fold
from crmcli.domain.views import DealView
from crmcli.errors import Lacking, Refused
from crmcli.services.deal_moves import Along, Step
from crmcli.services.records import Changes
from crmcli.tui.targets import numbers_of, told

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from crmcli.domain.drafts import Edit
    from crmcli.tui.modals.form import FormField
    from crmcli.tui.session import Session
    from crmcli.tui.targets import Target

    Answers = Mapping[str, str]

NOUNS = frozenset({"contact", "company", "deal", "activity"})
_ABOUT = NOUNS | {"campaign"}
_ABOUT_ONE = frozenset(
    {"company", "deal", "activity", "campaign"}
)  # an activity is about several people, and one of these
_WORKED_ON = frozenset({"contact", "company", "deal"})
MOVES = frozenset({"stage", "win", "lose"})
_ABOUT_MOVES = frozenset({"stage", "reason", "note"})  # what else is answered is what a stage asks for


class Verb(NamedTuple):
    """One verb: its name, the nouns it goes with, what it does, what it says, and what it asks before (None: nothing).

    It works on several records in one undo step; of the nouns ``alone`` on one only. One that ``minds`` overwrites a field:
    what it does takes what was ``seen`` when it was asked for, and raises Stale where others were quicker.
    """

    name: str
    nouns: frozenset[str]
    act: Callable[..., Any]  # with the session, the targets and the answers
    said: str
    fields: Callable[[Session, Sequence[Target]], Sequence[FormField]] | None = None
    alone: frozenset[str] = frozenset()
    minds: bool = False


def refuse_mixed(targets: Sequence[Target]) -> None:
    """Raise Refused where the records are not all of one kind."""
    if len({target.noun for target in targets}) > 1:
        raise Refused("what is marked is of different kinds", hint="mark only contacts, or only deals …")


def refuse_unfit(verb: Verb, targets: Sequence[Target]) -> None:
    """Raise Refused where a verb can't work on these records."""
    refuse_mixed(targets)
    nouns = {target.noun for target in targets}
    if not nouns <= verb.nouns:
        raise Refused(f"{verb.name} is not for {told(targets)}")
    if len(targets) > 1 and nouns & verb.alone:
        raise Refused(f"{verb.name} works on one record at a time", hint="esc takes the marks off")


def seen_now(session: Session, targets: Sequence[Target]) -> Any:  # noqa: ANN401
    """What a verb is handed on that minds what others do: the record as it is, of several the last change of the store."""
    return session.records(targets[0].noun).get(targets[0].id) if len(targets) == 1 else session.watch.revision()[0]


def remembered(verb: Verb, answers: Answers) -> dict[str, str]:
    """The answers that hold for other records, too: what a deal lacked is that deal's."""
    return {name: text for name, text in answers.items() if verb.name not in MOVES or name in _ABOUT_MOVES}


def shown(session: Session, verb: Verb, targets: Sequence[Target]) -> Sequence[Target]:
    """The targets as they are when it is asked what is to be done: deals to be moved are read where the screen has them not.

    Of many that are marked, those that were never on the screen were not seen.
    """
    if verb.name not in MOVES:
        return targets

    def read(target: Target) -> Target:
        is_unseen = target.view is None and len(targets) > 1
        known = is_unseen or isinstance(target.view, DealView)
        return target if known else target._replace(view=session.deals.get(target.id))

    return [read(target) for target in targets]


# -- what each asks


def _tag_fields(_session: Session, _targets: Sequence[Target]) -> Sequence[FormField]:
    from crmcli.tui.modals.form import FormField

    return (FormField("tags", "tags", example="vip, -old", completes="tag", many=True, required=True),)


def _owner_fields(session: Session, _targets: Sequence[Target]) -> Sequence[FormField]:
    from crmcli.tui.modals.form import FormField

    return (FormField("owner", "owner", session.desk.user, completes="owner", required=True, proposed=True),)


def _stage_fields(session: Session, targets: Sequence[Target]) -> Sequence[FormField]:
    from crmcli.tui.modals.form import FormField

    pipeline = getattr(targets[0].view, "pipeline", None)
    names = tuple(stage.stage for stage in session.pipelines.list() if pipeline in (None, stage.pipeline))
    return (
        FormField("stage", "stage", getattr(targets[0].view, "stage", names[0]), choices=names),
        FormField("note", "note", example="why"),
    )


def _lost_fields(_session: Session, _targets: Sequence[Target]) -> Sequence[FormField]:
    from crmcli.domain.fields import LOST_REASONS
    from crmcli.tui.modals.form import FormField

    return (
        FormField("reason", "reason", LOST_REASONS[0], choices=LOST_REASONS),
        FormField("note", "note", example="in your own words"),
    )


def lacking_fields(session: Session, error: Lacking) -> Sequence[FormField]:
    """What a stage asks for: the fields that deals lack, and why they are lost."""
    from crmcli.tui.modals.record_fields import fields_named

    asked = fields_named("deal", error.fields, None, session.locale)
    return (*_lost_fields(session, ()), *asked) if "reason" in error.fields else asked


def _snooze_fields(_session: Session, _targets: Sequence[Target]) -> Sequence[FormField]:
    from crmcli.tui.modals.form import FormField

    days = "fri, next week, +3d"
    return (FormField("until", "until", "tomorrow", days, field=("activity", "due"), required=True, proposed=True),)


def _log_fields(_session: Session, targets: Sequence[Target]) -> Sequence[FormField]:
    from crmcli.tui.modals.record_form import log_fields

    return (*log_fields(), *_with_whom(targets))


def _task_fields(_session: Session, targets: Sequence[Target]) -> Sequence[FormField]:
    from crmcli.tui.modals.record_form import task_fields

    return (*task_fields(), *_with_whom(targets))


def _with_whom(targets: Sequence[Target]) -> Sequence[FormField]:
    """A campaign says nothing of the people it was done with."""
    from crmcli.tui.modals.form import FormField

    if targets[0].noun != "campaign":
        return ()
    return (FormField("contacts", "with", example="Jane Doe, new@x.com", completes="contact", many=True),)


# -- what each does


def _tag(session: Session, targets: Sequence[Target], answers: Answers) -> Any:  # noqa: ANN401
    words = [word for part in answers["tags"].split(",") if (word := part.strip())]
    taken = [word[1:].strip() for word in words if word.startswith("-")]
    given = [word for word in words if not word.startswith("-")]
    changes = Changes(add={"tags": given} if given else {}, remove={"tags": taken} if taken else {})
    return edited(session, targets, changes)


def _assign(session: Session, targets: Sequence[Target], answers: Answers, seen: Any = None) -> Any:  # noqa: ANN401
    owner = answers["owner"].strip()
    return edited(session, targets, Changes(values={"owner": owner}) if owner else Changes(clear=["owner"]), seen)


def edited(session: Session, targets: Sequence[Target], changes: Changes, seen: Any = None) -> Any:  # noqa: ANN401
    """Change the records alike; ``seen`` is what ``seen_now`` said when it was asked for."""
    records = session.records(targets[0].noun)
    edit = records.edit_draft(changes)
    if len(targets) == 1:
        return records.edit(targets[0].id, edit, seen=seen)
    return records.edit_where(numbers_of(targets), edit, telling=False, since=seen)


def _remove(session: Session, targets: Sequence[Target], _answers: Answers) -> Any:  # noqa: ANN401
    records = session.records(targets[0].noun)
    if len(targets) == 1:
        return records.remove(targets[0].id)
    return records.remove_where(numbers_of(targets), telling=False)


def _to_stage(session: Session, targets: Sequence[Target], answers: Answers) -> Any:  # noqa: ANN401
    stage = answers["stage"]
    lost = (each for each in session.pipelines.list() if each.kind == "lost")
    if "reason" not in answers and any(fold(each.stage) == fold(stage) for each in lost):
        raise Lacking("a loss has a reason", stage, ("reason",))
    return _moved(session, targets, answers, stage=stage)


def _win(session: Session, targets: Sequence[Target], answers: Answers) -> Any:  # noqa: ANN401
    return _moved(session, targets, answers, kind="won")


def _lose(session: Session, targets: Sequence[Target], answers: Answers) -> Any:  # noqa: ANN401
    return _moved(session, targets, answers, stage=answers.get("stage"), kind="lost")


def _moved(
    session: Session, targets: Sequence[Target], answers: Answers, *, stage: str | None = None, kind: str = ""
) -> Any:  # noqa: ANN401
    steps = [step_of(session, target, stage, kind) for target in targets]
    along = Along(None, filled(session, answers), answers.get("reason"), answers.get("note", "").strip() or None)
    moved = session.deals.move_each(steps, along)
    return moved[0] if len(moved) == 1 else moved


def step_of(session: Session, target: Target, stage: str | None, kind: str = "") -> Step:
    """A deal on its way from where it is shown, or from where it was left here, which may not be shown yet."""
    seen = target.view.stage if isinstance(target.view, DealView) else None
    return Step(target.id, stage, seen, session.left.get(target.id), kind)


def filled(session: Session, answers: Answers) -> Edit | None:
    """What was answered to a stage that asks for fields."""
    from crmcli.tui.modals.record_fields import new_record

    raw, _ = new_record({name: text for name, text in answers.items() if name not in _ABOUT_MOVES}, "deal")
    many = {name: value for name, value in raw.items() if isinstance(value, tuple)}
    one = {name: value for name, value in raw.items() if name not in many}
    return session.deals.edit_draft(Changes(values=one, add=many)) if raw else None


def _done(session: Session, targets: Sequence[Target], _answers: Answers) -> Any:  # noqa: ANN401
    return session.tasks.done_all([target.id for target in targets])


def _snooze(session: Session, targets: Sequence[Target], answers: Answers) -> Any:  # noqa: ANN401
    if len(targets) == 1:
        return session.activities.snooze(targets[0].id, answers["until"])
    return session.activities.snooze_where(numbers_of(targets), answers["until"])


def _log(session: Session, targets: Sequence[Target], answers: Answers) -> Any:  # noqa: ANN401
    given = _given(answers)
    follow_up, due = given.pop("next", None), given.pop("due", None)
    return session.activities.log({**given, **_links(session, targets)}, follow_up=follow_up, due=due)[0]


def _task(session: Session, targets: Sequence[Target], answers: Answers) -> Any:  # noqa: ANN401
    given = _given(answers)
    draft = session.activities.draft({**given, "type": "task", **_links(session, targets)})
    return session.activities.add(draft)


def _given(answers: Answers) -> dict[str, Any]:
    """What was answered; people one by one."""
    from crmcli.tui.modals.fields import split_list

    given: dict[str, Any] = {name: text for name, text in answers.items() if text.strip()}
    if "contacts" in given:
        given["contacts"] = tuple(split_list(given["contacts"]))
    return given


def _links(session: Session, targets: Sequence[Target]) -> dict[str, Any]:
    """What an activity about these records is linked to; one about an activity goes where that one is linked."""
    target = targets[0]
    if target.noun == "contact":
        return {"contacts": tuple(each.id for each in targets)}
    if target.noun == "campaign":
        return {"campaign": target.name}
    if target.noun != "activity":
        return {target.noun: target.id}
    view = session.activities.get(target.id)
    links: dict[str, Any] = {"contacts": tuple(link.id for link in view.contacts)} if view.contacts else {}
    return links | {name: link.id for name in ("company", "deal") if (link := getattr(view, name)) is not None}


VERBS = {
    verb.name: verb
    for verb in (
        Verb("log", _ABOUT, _log, "logged on {}", _log_fields, alone=_ABOUT_ONE),
        Verb("task", _ABOUT, _task, "task planned for {}", _task_fields, alone=_ABOUT_ONE),
        Verb("tag", NOUNS, _tag, "tagged {}", _tag_fields),
        Verb("assign", NOUNS, _assign, "assigned {}", _owner_fields, minds=True),
        Verb("remove", NOUNS, _remove, "removed {}; u brings it back"),
        Verb("stage", frozenset({"deal"}), _to_stage, "moved {}", _stage_fields),
        Verb("win", frozenset({"deal"}), _win, "won {}"),
        Verb("lose", frozenset({"deal"}), _lose, "lost {}", _lost_fields),
        Verb("done", frozenset({"activity"}), _done, "done: {}"),
        Verb("snooze", frozenset({"activity"}), _snooze, "put off {}", _snooze_fields),
    )
}
