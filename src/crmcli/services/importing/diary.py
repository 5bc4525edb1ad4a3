"""What an import would do, record by record: new ones by name, changed ones field by field."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crmcli.domain.frozen import NamedTuple
from crmcli.domain.records import as_record

if TYPE_CHECKING:
    from collections.abc import Mapping

    from crmcli.services.importing.summary import Summary
    from crmcli.services.records import Records
    from crmcli.store.reader import Reader

MOST_CHANGES = 1_000  # more are counted, and left out of the list
# What follows from any change, or is not the row's doing.
_ASIDE = frozenset({"id", "number", "created_at", "created_by", "updated_at", "updated_by", "custom_fields"})


class Change(NamedTuple):
    """What would become of a row: the record's uid and number if it is there already, and each field before and after."""

    line: int
    action: str  # create, update or skip
    id: str | None
    number: int | None
    name: str
    fields: Mapping[str, tuple[object, object]]

    def record(self) -> dict[str, object]:
        """The change as a JSON object."""
        fields = {name: {"from": before, "to": after} for name, (before, after) in self.fields.items()}
        return {**self._asdict(), "fields": fields}


class Diary:
    """Writes down the first changes of an import, and counts the others."""

    def __init__(self, reader: Reader, service: Records, summary: Summary) -> None:
        self._reader = reader
        self._service = service
        self._summary = summary

    def made(self, line: int, values: Mapping[str, Any]) -> None:
        """A new record."""
        name = values.get("name") or values.get("title") or values.get("subject") or values.get("body") or ""
        self._keep(Change(line, "create", None, None, str(name), {}))

    def look(self, number: int) -> Any:  # noqa: ANN401 - the noun's view
        """The record as it is before a change; None when no more changes are written down."""
        return self._service.view(self._reader, number) if self._has_room() else None

    def changed(self, line: int, number: int, before: Any) -> None:  # noqa: ANN401
        """A changed record, with what ``look`` gave before."""
        if before is None:
            self._summary.changes_left_out += 1
            return
        after = self._service.view(self._reader, number)
        old, new = _flat(before), _flat(after)
        fields = {name: (old.get(name), new.get(name)) for name in {**old, **new} if old.get(name) != new.get(name)}
        name = getattr(before, "name", None) or getattr(before, "title", None) or getattr(before, "subject", None)
        self._keep(Change(line, "update", before.id, number, str(name or ""), fields))

    def skipped(self, line: int, view: Any, fields: Mapping[str, tuple[object, object]]) -> None:  # noqa: ANN401
        """A record that is there already and stays as it is, with the fields of which the row says otherwise."""
        name = getattr(view, "name", None) or getattr(view, "title", None) or getattr(view, "subject", None)
        self._keep(Change(line, "skip", view.id, view.number, str(name or ""), fields))

    def _keep(self, change: Change) -> None:
        if self._has_room():
            self._summary.changes.append(change)
        else:
            self._summary.changes_left_out += 1

    def _has_room(self) -> bool:
        return len(self._summary.changes) < MOST_CHANGES


def _flat(view: Any) -> dict[str, object]:  # noqa: ANN401
    """A record's fields, its custom fields beside them."""
    record = as_record(view)
    custom: Any = record.get("custom_fields") or {}
    return {name: value for name, value in record.items() if name not in _ASIDE} | {
        f"custom.{key}": value for key, value in custom.items()
    }
