"""Contacts of a batch of rows, told by columns, for a store that knows none of them yet."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crmcli.domain.fields import NETWORKS
from crmcli.domain.frozen import NamedTuple
from crmcli.domain.names import split_name
from crmcli.domain.text import fold, word_set
from crmcli.services.importing.rows import addresses
from crmcli.store.loading import as_json, as_plain
from crmcli.store.search import fresh_entry

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from crmcli.services.importing.rows import Entry
    from crmcli.store.dialects import Dialect

_OWN = word_set(
    "title lifecycle lead_status lead_score source birthday anniversary locale timezone address note"
    " given family prefix suffix"
)
_PARTS = ("emails", "phones")


class Fresh(NamedTuple):
    """New contacts by columns: of their own table, of the tables beside it, the companies they name, their words.

    The rows beside say by ``place`` which contact of the batch they belong to. All of it is of plain types.
    """

    columns: dict[str, list[Any]]
    custom: list[str]
    beside: dict[str, dict[str, list[Any]]]
    companies: list[str | None]
    names: list[str]
    bodies: list[str]
    lines: list[int]

    def keys(self, table: str) -> list[str]:
        """By what these contacts are known, of one sort."""
        return self.beside[table]["key"]


def fresh(entries: Sequence[Entry], dialect: Dialect) -> Fresh | None:
    """The contacts that these entries would be if all were new; None when they have to be looked at one by one."""
    made = _Making(dialect)
    for entry in entries:
        if not made.add(entry):
            return None
    return made.done()


class _Making:
    """Columns that grow."""

    def __init__(self, dialect: Dialect) -> None:
        self._dialect = dialect
        self._rows: list[dict[str, Any]] = []
        self._custom: dict[str, None] = {}
        part = ("place", "position", "value", "key", "label")
        self._beside: dict[str, dict[str, list[Any]]] = {
            **{name: {column: [] for column in part} for name in _PARTS},
            "handles": {column: [] for column in ("place", "network", "value", "key")},
        }
        self._companies: list[str | None] = []
        self._names: list[str] = []
        self._bodies: list[str] = []
        self._lines: list[int] = []

    def add(self, entry: Entry) -> bool:
        """One more; False for one that the columns can't tell all of."""
        if entry[5:] != _NOTHING_ELSE or (entry.parties and not self._add_company(entry)):
            return False
        if not entry.parties:
            self._companies.append(None)
        custom = entry.custom
        if custom:
            if not all(type(value) is str for value in custom.values()):
                return False
            self._custom |= dict.fromkeys(custom)
        row: dict[str, Any] = {"custom": custom}
        if not self._add_values(row, {**entry.values, **entry.usual}):
            return False
        self._rows.append(row)
        self._lines.append(entry.line)
        return True

    def _add_company(self, entry: Entry) -> bool:
        """The one company, if a row names it by nothing but a name."""
        (name, parties), *others = entry.parties.items()
        if others or name != "companies" or len(parties) != 1:
            return False
        party = parties[0]
        if not party.ref or party.values or addresses(party, "websites"):
            return False
        self._companies.append(party.ref)
        return True

    def _add_values(self, row: dict[str, Any], values: Mapping[str, Any]) -> bool:
        place = len(self._rows)
        names: list[str] = []
        handles: list[str] = []
        phones: list[str] = []
        for name, value in values.items():
            if name in _OWN:
                row[name] = value
            elif name == "name":
                given, family, prefix, suffix = split_name(value)
                row.update(name=value, name_key=fold(value), given=given, family=family, prefix=prefix, suffix=suffix)
            elif name in _PARTS:
                self._add_parts(name, place, value)
                (names if name == "emails" else phones).extend([each.value for each in value])
            elif name in NETWORKS:
                self._add_handle(name, place, value)
                handles.append(value.value)
            else:
                return False
        if not names and not phones and not handles:
            return False  # nobody is known by a name alone
        row["id"] = 0
        entry = fresh_entry(self._dialect, "contact", row, names + handles, (), phones)
        self._names.append(entry.name)
        self._bodies.append(entry.body)
        return True

    def _add_parts(self, name: str, place: int, values: Sequence[Any]) -> None:
        part = self._beside[name]
        for position, value in enumerate(values):
            part["place"].append(place)
            part["position"].append(position)
            part["value"].append(value.value)
            part["key"].append(value.key)
            part["label"].append(value.label)

    def _add_handle(self, network: str, place: int, value: Any) -> None:  # noqa: ANN401
        part = self._beside["handles"]
        part["place"].append(place)
        part["network"].append(network)
        part["value"].append(value.value)
        part["key"].append(value.key)

    def done(self) -> Fresh | None:
        """All of them; None when two may be one."""
        networks = self._beside["handles"]
        keys = [self._beside[name]["key"] for name in _PARTS]
        keys.append([f"{network} {key}" for network, key in zip(networks["network"], networks["key"], strict=True)])
        if any(len(set(each)) < len(each) for each in keys):
            return None
        columns = {
            name: [as_plain(row.get(name)) for row in self._rows]
            for name in dict.fromkeys(name for row in self._rows for name in row)
            if name not in ("id", "custom")
        }
        columns["custom"] = [as_json(row["custom"]) for row in self._rows]
        custom, beside = list(self._custom), self._beside
        return Fresh(columns, custom, beside, self._companies, self._names, self._bodies, self._lines)


_NOTHING_ELSE: tuple[object, ...] = (None, None, None, None, False, None, None)
