"""Which fields a form has for each noun, and how they become a new record or the change of one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crmcli.domain.fields import find_field
from crmcli.domain.frozen import NamedTuple
from crmcli.errors import BadValue
from crmcli.services.completing import completed_by
from crmcli.services.records import Changes
from crmcli.tui.modals.fields import FormField, ids_of, split_list, text_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from crmcli.domain.fields import Field
    from crmcli.domain.reading import Raw
    from crmcli.render.locale import Locale

_ORDER = {
    "contact": ("name", "emails", "phones", "companies", "title", "tags", "owner", "lifecycle", "lead_status", "lead_score",
                "source", "note", "birthday", "anniversary", "address", "linkedin", "x", "bluesky", "telegram", "locale",
                "timezone"),
    "company": ("name", "websites", "phones", "industry", "size", "country", "region", "type", "tags", "owner",
                "annual_revenue", "parent", "note", "address"),
    "deal": ("title", "value", "company", "contacts", "stage", "expected_close", "next_step", "owner", "tags",
             "probability", "source", "campaign", "type", "pipeline"),
    "activity": ("type", "subject", "body", "at", "due", "contacts", "company", "deal", "duration", "outcome", "status",
                 "priority", "direction", "location", "owner", "tags", "campaign", "recurrence", "remind_before"),
}  # fmt: skip
_LABELS = {"expected_close": "close", "annual_revenue": "revenue", "remind_before": "remind before", "at": "when"}
_LONG = frozenset({"note", "body", "address"})
_DAY = "fri, 2w, 2027-01-31"
_EXAMPLES = {
    "emails": "jane@acme.example, …", "phones": "+359 2 123 4567", "companies": "name or website; a new one is added",
    "company": "name or website; a new one is added", "contacts": "e-mail or name", "contact": "e-mail or name",
    "value": "12500, 12.5k, 900 USD", "annual_revenue": "2.5m EUR", "expected_close": _DAY, "birthday": "1984-05-17",
    "due": "fri, tomorrow 9:00, +3d", "at": "now, or yesterday 15:00", "duration": "15m, 1h30m", "recurrence": "weekly",
    "remind_before": "30m", "tags": "vip, …", "websites": "acme.example", "probability": "from the stage",
    "title": "", "next_step": "what happens next", "locale": "bg_BG", "timezone": "Europe/Sofia",
}  # fmt: skip
MORE = "more"


class Typed(NamedTuple):
    """A form's texts taken apart: what is set, what lists gain and lose, what is emptied, and custom fields."""

    values: dict[str, str]
    add: dict[str, tuple[str, ...]]
    remove: dict[str, tuple[str, ...]]
    clear: list[str]
    set: list[str]
    unset: list[str]

    @property
    def changes(self) -> Changes:
        """The same, as an edit is told."""
        return Changes(*self)

    @property
    def is_empty(self) -> bool:
        """Whether nothing was changed."""
        return not any(self)


def record_fields(
    noun: str,
    view: Any | None,  # noqa: ANN401 - the noun's view
    locale: Locale,
    given: Mapping[str, str] | None = None,
) -> list[FormField]:
    """The fields of a form for a record of the noun, or for a new one with what is ``given``."""
    fields = [_form_field(noun, name, view, locale, given or {}) for name in _ORDER[noun]]
    custom = view.custom_fields if view is not None else {}
    fields += [
        FormField(f"custom.{key}", key, custom_text(value), completes=f"{noun}.custom.{key}")
        for key, value in custom.items()
    ]
    return [*fields, FormField(MORE, "custom field", example="key=value, …", many=True)]


def fields_named(noun: str, names: Sequence[str], view: Any | None, locale: Locale) -> list[FormField]:  # noqa: ANN401
    """Just these fields of a record, each of them required: what a stage asks for."""
    return [
        _form_field(noun, name, view, locale, {})._replace(required=True) for name in names if find_field(noun, name)
    ]


def _form_field(noun: str, name: str, view: Any | None, locale: Locale, given: Mapping[str, str]) -> FormField:  # noqa: ANN401
    field = find_field(noun, name)
    assert field is not None, name
    value = field_text(field, view, locale) if view is not None else given.get(name, "")
    example = _EXAMPLES.get(name, "")
    if name == "probability" and view is not None:
        example = f"{view.probability}, from the stage"
    return FormField(
        name,
        _LABELS.get(name, name.replace("_", " ")),
        value,
        example,
        choices=_choices(noun, field, value, is_new=view is None),
        field=(noun, name),
        completes=completed_by(field, noun),
        many=field.many,
        long=name in _LONG,
        required=field.required,
        proposed=view is None and name == "stage",
    )


def _choices(noun: str, field: Field, value: str, *, is_new: bool) -> tuple[str, ...]:
    if not field.choices:
        return ()
    always = (
        noun == "activity" and field.name in ("type", "priority", "status") and not (is_new and field.name == "status")
    )
    if field.name == "priority" and is_new and not value:
        return ("normal", *(choice for choice in field.choices if choice != "normal"))
    return field.choices if always else ("", *field.choices)


def field_text(field: Field, view: Any, locale: Locale) -> str:  # noqa: ANN401
    """A field of a view as the form shows it; a chance that comes from the stage is none of the deal's own."""
    if field.name == "probability" and view.probability_source != "manual":
        return ""
    return text_of(field, getattr(view, field.name), locale)


def custom_text(value: object) -> str:
    """A custom field as a form shows it: a text as it is, anything else as JSON."""
    if isinstance(value, str):
        return value
    import json

    return json.dumps(value, ensure_ascii=False)


# -- from the texts back


def new_record(values: Mapping[str, str], noun: str) -> tuple[dict[str, Raw], list[str]]:
    """The raw fields and the custom settings of a new record."""
    raw: dict[str, Raw] = {}
    for name, text in values.items():
        field = find_field(noun, name)
        if field is not None and text.strip():
            raw[name] = tuple(split_list(text)) if field.many else text
    return raw, _settings(values.get(MORE, ""))


def typed_changes(before: Mapping[str, str], values: Mapping[str, str], noun: str, view: Any) -> Typed:  # noqa: ANN401
    """What differs between what the form showed and what it holds now."""
    typed = Typed({}, {}, {}, [], _settings(values.get(MORE, "")), [])
    for name, text in values.items():
        field = find_field(noun, name)
        if name == MORE or text.strip() == before.get(name, "").strip():
            continue
        if field is None:
            _custom_change(typed, name.removeprefix("custom."), text, view)
        elif field.many:
            _list_change(typed, field, before.get(name, ""), text, getattr(view, name))
        elif text.strip():
            typed.values[name] = text
        else:
            typed.clear.append(name)
    return typed


def _custom_change(typed: Typed, key: str, text: str, view: Any) -> None:  # noqa: ANN401
    if not text.strip():
        typed.unset.append(key)
    elif isinstance(view.custom_fields.get(key), str):
        typed.set.append(f"{key}={text}")
    else:
        typed.set.append(_json_setting(key, text))


def _json_setting(key: str, text: str) -> str:
    """A value that was no text stays a number, a list … if it still is one."""
    import json

    try:
        json.loads(text)
    except ValueError:
        return f"{key}={text}"
    return f"json:{key}={text}"


def _list_change(typed: Typed, field: Field, before: str, text: str, held: Sequence[Any]) -> None:
    old, new = split_list(before), split_list(text)
    ids = ids_of(held)
    added = tuple(each for each in new if each not in old)
    gone = tuple(ids.get(each, each) for each in old if each not in new)
    if added:
        typed.add[field.name] = added
    if gone:
        typed.remove[field.name] = gone


def _settings(text: str) -> list[str]:
    settings = split_list(text)
    for setting in settings:
        if "=" not in setting:
            raise BadValue(MORE, f"{setting!r} is not key=value")
    return settings


def rebased(field: Field | None, before: str, mine: str, theirs: str) -> str:
    """A list as it was changed here, on top of what others made of it."""
    if field is None or not field.many:
        return mine
    from crmcli.tui.modals.fields import join_list

    old, new = split_list(before), split_list(mine)
    kept = [each for each in split_list(theirs) if each in new or each not in old]
    return join_list(dict.fromkeys((*kept, *(each for each in new if each not in old))))
