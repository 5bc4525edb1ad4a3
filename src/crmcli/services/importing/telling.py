"""How a row differs from the record that it meets, as it is told to the user."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crmcli.services.importing.preview import shown
from crmcli.services.importing.rows import name_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from crmcli.services.importing.changes import Difference
    from crmcli.services.importing.rows import Entry

_MOST = 3
Pairs = dict[str, tuple[object, object]]


def differences(entry: Entry, difference: Difference, view: Any) -> Pairs:  # noqa: ANN401 - the noun's view
    """Each field that differs: as the record has it, and as the row says."""
    edit = difference.edit
    found: Pairs = {name: (_text(getattr(view, name, None)), _text(value)) for name, value in edit.values.items()}
    for name, values in edit.add.items():
        found[name] = (_text(getattr(view, name, None)), _text(values))
    kept: Mapping[str, object] = getattr(view, "custom_fields", None) or {}
    found |= {f"custom.{key}": (kept.get(key), value) for key, value in edit.custom.items()}
    for name in difference.links:
        found[name] = (_text(getattr(view, name, None)), "; ".join(map(name_of, entry.parties.get(name, ()))) or None)
    if difference.stage and entry.stage is not None:
        found["stage"] = (view.stage, entry.stage.stage)
    if difference.closed:
        found["closed_at"] = (_text(getattr(view, "closed_at", None)), _text(entry.closed_at))
    if difference.external:
        found["external_id"] = (None, entry.external_id)
    return found


def in_words(pairs: Pairs) -> str:
    """The first few differences on one line."""
    told = [
        f"{name} {before or '–'} → {after or '–'}"  # noqa: RUF001
        for name, (before, after) in list(pairs.items())[:_MOST]
    ]
    return ", ".join(told) + (" …" if len(pairs) > _MOST else "")


def _text(value: Any) -> str | None:  # noqa: ANN401 - any field's value
    if value is None:
        return None
    if isinstance(value, tuple | list) and not hasattr(value, "_fields"):
        return "; ".join(filter(None, map(_text, value))) or None
    return str(getattr(value, "name", None) or shown(value))
