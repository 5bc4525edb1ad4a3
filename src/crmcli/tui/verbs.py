"""What can be done with records from any screen: what a verb asks, what it then does, and what it says.

A verb is done again by ``.`` with the answers it had, to whatever record is at the cursor by then.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crmcli.domain.frozen import NamedTuple
from crmcli.errors import Refused
from crmcli.services.records import Changes
from crmcli.tui.targets import numbers_of, told

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

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


class Verb(NamedTuple):
    """One verb: its name, the nouns it goes with, what it does, what it says, and what it asks before (None: nothing).

    It works on several records in one undo step; of the nouns ``alone`` on one only.
    """

    name: str
    nouns: frozenset[str]
    act: Callable[[Session, Sequence[Target], Answers], Any]
    said: str
    fields: Callable[[Session, Sequence[Target]], Sequence[FormField]] | None = None
    alone: frozenset[str] = frozenset()


def refuse_unfit(verb: Verb, targets: Sequence[Target]) -> None:
    """Raise Refused where a verb can't work on these records."""
    nouns = {target.noun for target in targets}
    if len(nouns) > 1:
        raise Refused("what is marked is of different kinds", hint="mark only contacts, or only deals …")
    if not nouns <= verb.nouns:
        raise Refused(f"{verb.name} is not for {told(targets)}")
    if len(targets) > 1 and nouns & verb.alone:
        raise Refused(f"{verb.name} works on one record at a time", hint="esc takes the marks off")


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
    return _edited(session, targets, changes)


def _assign(session: Session, targets: Sequence[Target], answers: Answers) -> Any:  # noqa: ANN401
    owner = answers["owner"].strip()
    return _edited(session, targets, Changes(values={"owner": owner}) if owner else Changes(clear=["owner"]))


def _edited(session: Session, targets: Sequence[Target], changes: Changes) -> Any:  # noqa: ANN401
    records = session.records(targets[0].noun)
    edit = records.edit_draft(changes)
    if len(targets) == 1:
        return records.edit(targets[0].id, edit)
    return records.edit_where(numbers_of(targets), edit, telling=False)


def _remove(session: Session, targets: Sequence[Target], _answers: Answers) -> Any:  # noqa: ANN401
    records = session.records(targets[0].noun)
    if len(targets) == 1:
        return records.remove(targets[0].id)
    return records.remove_where(numbers_of(targets), telling=False)


def _to_stage(session: Session, targets: Sequence[Target], answers: Answers) -> Any:  # noqa: ANN401
    note = answers.get("note", "").strip() or None
    if len(targets) == 1:
        return session.deals.move(targets[0].id, answers["stage"], note=note)
    return session.deals.move_where(numbers_of(targets), answers["stage"], note=note)


def _win(session: Session, targets: Sequence[Target], _answers: Answers) -> Any:  # noqa: ANN401
    if len(targets) == 1:
        return session.deals.win(targets[0].id)
    return session.deals.win_where(numbers_of(targets))


def _lose(session: Session, targets: Sequence[Target], answers: Answers) -> Any:  # noqa: ANN401
    note = answers.get("note", "").strip() or None
    if len(targets) == 1:
        return session.deals.lose(targets[0].id, answers["reason"], note=note, stage=answers.get("stage"))
    return session.deals.lose_where(numbers_of(targets), answers["reason"], note=note)


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
        Verb("assign", NOUNS, _assign, "assigned {}", _owner_fields),
        Verb("remove", NOUNS, _remove, "removed {}; u brings it back"),
        Verb("stage", frozenset({"deal"}), _to_stage, "moved {}", _stage_fields),
        Verb("win", frozenset({"deal"}), _win, "won {}"),
        Verb("lose", frozenset({"deal"}), _lose, "lost {}", _lost_fields),
        Verb("done", frozenset({"activity"}), _done, "done: {}"),
        Verb("snooze", frozenset({"activity"}), _snooze, "put off {}", _snooze_fields),
    )
}
