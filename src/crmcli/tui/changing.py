"""One field of many records, changed in one step that ``u`` takes back and ``.`` does again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crmcli.domain.fields import FIELDS, Kind, find_field
from crmcli.services.records import Changes
from crmcli.tui.modals.picker import Choice
from crmcli.tui.verbs import Verb, edited

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crmcli.tui.modals.form import FormField
    from crmcli.tui.session import Session
    from crmcli.tui.targets import Target
    from crmcli.tui.verbs import Answers

_CUSTOM = "custom."
# A stage has a verb of its own, and nobody shares a name, a number or an address with others.
_NOT_SHARED = (Kind.STAGE, Kind.PIPELINE, Kind.HANDLE, Kind.EMAIL, Kind.PHONE, Kind.WEBSITE)


def changeable(session: Session, noun: str) -> list[Choice]:
    """The fields that many records may be given the same value of."""
    own = [
        Choice(field.name, field.name.replace("_", " "), field.about)
        for field in FIELDS[noun]
        if not (field.computed or field.many or field.required or field.kind in _NOT_SHARED)
    ]
    keys = sorted(session.records(noun).custom_keys())
    return [*own, *(Choice(f"{_CUSTOM}{key}", key, "a field of your own") for key in keys)]


def changing(noun: str, name: str) -> Verb:
    """The verb that gives many records the same value of a field, or takes theirs away."""
    label = name.removeprefix(_CUSTOM).replace("_", " ")

    def fields(_session: Session, _targets: Sequence[Target]) -> Sequence[FormField]:
        return (_field(noun, name, label),)

    def act(session: Session, targets: Sequence[Target], answers: Answers, seen: Any = None) -> Any:  # noqa: ANN401
        return edited(session, targets, _changes(name, answers["value"].strip()), seen)

    return Verb(f"change {label} of", frozenset({noun}), act, f"{label} changed of {{}}", fields, minds=True)


def _field(noun: str, name: str, label: str) -> FormField:
    from crmcli.services.completing import completed_by
    from crmcli.tui.modals.form import FormField

    declared = find_field(noun, name)
    if declared is None:
        return FormField("value", label, example="nothing takes it away")
    return FormField(
        "value", label, example="nothing takes it away", choices=("", *declared.choices) if declared.choices else (),
        field=(noun, name), completes=completed_by(declared, noun),
    )  # fmt: skip


def _changes(name: str, value: str) -> Changes:
    if name.startswith(_CUSTOM):
        key = name.removeprefix(_CUSTOM)
        return Changes(set=[f"{key}={value}"]) if value else Changes(unset=[key])
    return Changes(values={name: value}) if value else Changes(clear=[name])
