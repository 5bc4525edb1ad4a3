"""Records by the thousand: rows gathered in memory, written together and marked with their change set, not copied into it."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, update

from crmcli.domain.fields import NETWORKS, UID_PREFIX
from crmcli.domain.ids import new_uids
from crmcli.domain.text import fold, word_set
from crmcli.store.models.companies import Company
from crmcli.store.models.deals import StageChange
from crmcli.store.models.labels import Tagging
from crmcli.store.models.people import Contact, ContactCompany, ContactEmail, ContactHandle, ContactPhone
from crmcli.store.records import campaign, columns_of, parts_of, register_custom, root_model, tag_number
from crmcli.store.search import fresh_entry

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from contextlib import AbstractContextManager
    from datetime import datetime

    from sqlmodel import SQLModel

    from crmcli.store.search import Entry
    from crmcli.store.session import UnitOfWork

# After so many writes the planner is told how the tables have grown.
_TOLD = (2, 10, 50, 250)
_BESIDE: tuple[type[SQLModel], ...] = (ContactEmail, ContactPhone, ContactHandle, ContactCompany)
NOUNS = ("company", "contact", "deal", "activity")  # in the order in which one can point to another

# Fields that fill the one column of their name, as they are.
_PLAIN = {
    "contact": word_set(
        "title lifecycle lead_status lead_score source birthday anniversary locale timezone address note"
        " given family prefix suffix"
    ),
    "company": word_set("industry size country region address type note"),
    "deal": word_set("probability expected_close lost_reason lost_note source next_step type"),
    "activity": word_set("subject body direction status at done_at duration outcome priority location"),
}


class Bulk:
    """New records waiting to be written; each has its number at once, so that others can point to it."""

    def __init__(self, uow: UnitOfWork) -> None:
        self.uow = uow
        self._rows: dict[type[SQLModel], list[dict[str, Any]]] = defaultdict(list)
        self._stamp = {
            "created_by": uow.user_id, "updated_by": uow.user_id, "created_in": uow.number,
            "created_at": uow.now, "updated_at": uow.now,
        }  # fmt: skip
        self._models = {noun: root_model(noun) for noun in NOUNS}
        self._parts = {noun: parts_of(noun) for noun in NOUNS}
        self._new: dict[str, set[int]] = {noun: set() for noun in NOUNS}
        self._entries: list[Entry] = []
        self._custom: dict[str, dict[str, None]] = {noun: {} for noun in NOUNS}
        self._known_custom: dict[str, set[str]] = {noun: set() for noun in NOUNS}
        self.user = _Remembered(uow.user)
        self._flushes = 0
        self._grown: dict[str, None] = {}  # tables that got rows since the planner was told
        self._campaign = _Remembered(lambda name: campaign(uow, name))
        self._tag = _Remembered(lambda name: tag_number(uow, fold(name), name))

    def add(self, noun: str, values: Mapping[str, Any], custom: Mapping[str, object], own: Mapping[str, object]) -> int:
        """A new record from field values, custom fields and columns of ``own`` that no field fills; its number."""
        model, parts, plain = self._models[noun], self._parts[noun], _PLAIN[noun]
        number = self.uow.next_number(model)
        row: dict[str, Any] = {"id": number, "custom": custom}
        for name, value in values.items():
            if name in plain:
                row[name] = value
            elif name in parts:
                self._add_parts(noun, name, number, value)
            elif name == "tags":
                self._add_tags(noun, number, value)
            elif name in NETWORKS and noun == "contact":
                handle = {"contact_id": number, "network": name, "value": value.value, "key": value.key}
                self._append(ContactHandle, handle)
            else:
                row |= self._columns(noun, name, value)
        row.update(own)
        self._rows[model].append(row)
        self._new[noun].add(number)
        if custom:
            self._custom[noun] |= dict.fromkeys(custom)
        self._index(noun, row, values)
        return number

    def _index(self, noun: str, row: Mapping[str, Any], values: Mapping[str, Any]) -> None:
        """Have the record found: by what is known of it here, unless only the engine knows how it writes that down."""
        if not all(type(value) is str for value in row["custom"].values()):
            self.uow.touched(noun, (row["id"],))
            return
        names = [value.value for name in ("emails", "websites") for value in values.get(name, ())]
        if noun == "contact":
            names += [value.value for name, value in values.items() if name in NETWORKS]
        tags = sorted({self._tag(name): name for name in values.get("tags", ())}.items())
        phones = [phone.value for phone in values.get("phones", ())]
        dialect = self.uow.reader.dialect
        self._entries.append(fresh_entry(dialect, noun, row, names, [name for _, name in tags], phones))

    def _columns(self, noun: str, name: str, value: Any) -> dict[str, Any]:  # noqa: ANN401
        if name == "owner":
            return {"owner_id": self.user(value)}
        if name == "campaign":
            return {"campaign_id": self._campaign(value)}
        return columns_of(noun, name, value, self.uow)

    def _add_parts(self, noun: str, name: str, number: int, values: Iterable[Any]) -> None:
        part = self._parts[noun][name]
        for position, value in enumerate(values):
            self._append(part.model, {part.owner: number, "position": position, **part.columns(value)})

    def _add_tags(self, noun: str, number: int, names: Iterable[str]) -> None:
        for label in dict.fromkeys(map(self._tag, names)):
            self._append(Tagging, {"tag_id": label, "noun": noun, "record_id": number})

    def _append(self, model: type[SQLModel], row: dict[str, Any]) -> None:
        row["id"] = self.uow.next_number(model)
        self._rows[model].append(row)

    def moved(self, deal: int, from_stage: int | None, to_stage: int, at: datetime) -> None:
        """A line of a new deal's stage history."""
        move = {"deal_id": deal, "from_stage_id": from_stage, "to_stage_id": to_stage, "at": at, "by": self.uow.user_id}
        self._append(StageChange, move)

    def holds(self, noun: str, number: int) -> bool:
        """Whether the record is still waiting, so that a query does not find it."""
        return number in self._new[noun]

    def add_contacts(
        self,
        columns: Mapping[str, list[Any]],
        beside: Mapping[str, Mapping[str, list[Any]]],
        companies: Sequence[int | None],
        words: tuple[list[str], list[str]],
        custom: Iterable[str],
    ) -> Sequence[int]:
        """Write new contacts that are told by whole columns of plain types, after what waits; tells their numbers.

        The rows ``beside`` them, of e-mails, phones and handles, say by ``place`` whose they are; ``words`` are those of
        their names and of all else for the search index.
        """
        self._write_waiting()
        count = len(companies)
        numbers = self.uow.next_numbers(Contact, count)
        uids = new_uids(UID_PREFIX["contact"], count)
        owner = self.user(self.uow.actor.user)
        self.uow.fill(Contact, {"id": numbers, "uid": uids, **columns}, owner_id=owner, **self._stamp)
        places = [(place, company) for place, company in enumerate(companies) if company is not None]
        links = {"place": [place for place, _ in places], "company_id": [company for _, company in places]}
        models: list[type[SQLModel]] = [Contact]
        for model, part in zip(
            _BESIDE, (*map(beside.__getitem__, ("emails", "phones", "handles")), links), strict=True
        ):
            if part["place"]:
                owners = [numbers[place] for place in part["place"]]
                mine = {name: values for name, values in part.items() if name != "place"}
                ids = self.uow.next_numbers(model, len(owners))
                self.uow.fill(model, {"id": ids, "contact_id": owners, **mine})
                models.append(model)
        self.uow.index_many("contact", numbers, *words)
        self._custom["contact"] |= dict.fromkeys(custom)
        self.uow.marked += count
        self._grown |= dict.fromkeys(str(model.__tablename__) for model in models)
        self.flush()
        return numbers

    def flush(self) -> int:
        """Write what waits, and index it; how many records there were."""
        self._write_waiting()
        count = sum(map(len, self._new.values()))
        for noun, numbers in self._new.items():
            numbers.clear()
            fresh = self._custom[noun].keys() - self._known_custom[noun]
            if fresh:
                register_custom(self.uow, noun, [key for key in self._custom[noun] if key in fresh])
                self._known_custom[noun] |= fresh
        self._tell_planner(list(self._grown))
        self._grown.clear()
        self.uow.marked += count
        self.uow.index(self._entries)
        self._entries.clear()
        self.uow.reindex_now()
        return count

    def _write_waiting(self) -> None:
        self._grown |= dict.fromkeys(str(model.__tablename__) for model in self._rows)
        for noun, model in self._models.items():
            rows = self._rows.pop(model, [])
            for row, uid in zip(rows, new_uids(UID_PREFIX[noun], len(rows)), strict=True):
                row.setdefault("uid", uid)  # one that comes from another store of ours keeps its own
            self.uow.insert_many(model, rows, **self._stamp)
        while self._rows:
            self.uow.insert_many(*self._rows.popitem())

    def _tell_planner(self, tables: list[str]) -> None:
        self._flushes += 1
        statement = self.uow.reader.dialect.grown([*tables, "search_entry"])
        if tables and statement and self._flushes in _TOLD:
            self.uow.session.connection().exec_driver_sql(statement)

    def set_parents(self, parents: Mapping[int, int]) -> None:
        """Make companies that were added in bulk belong to others."""
        if parents:
            table: Any = Company.__table__  # type: ignore[attr-defined]
            statement = update(table).where(table.c.id == bindparam("child")).values(parent_id=bindparam("parent"))
            pairs = [{"child": child, "parent": parent} for child, parent in parents.items()]
            self.uow.session.connection().execute(statement, pairs)


class _Remembered:
    """The numbers of the few things that many records name."""

    def __init__(self, ask: Callable[[str], int]) -> None:
        self._ask = ask
        self._numbers: dict[str, int] = {}

    def __call__(self, name: str) -> int:
        found = self._numbers.get(name)
        if found is None:
            if len(self._numbers) > 10_000:
                self._numbers.clear()
            found = self._numbers[name] = self._ask(name)
        return found


def attempt(uow: UnitOfWork) -> AbstractContextManager[object]:
    """Changes that are all taken back when the ``with`` ends badly, while the unit of work goes on."""
    uow.settle_numbers()
    return uow.session.begin_nested()


def own_columns(noun: str) -> list[str]:
    """The names of a record's own columns but its number and custom fields."""
    return [column.name for column in root_model(noun).__table__.columns if column.name not in ("id", "custom")]


def plain_columns(noun: str, field: str, value: Any, uow: UnitOfWork) -> dict[str, object]:  # noqa: ANN401
    """The columns that a value fills, as the reader gives them: times and dates as text."""
    from datetime import date, datetime

    from crmcli.domain.records import utc_text

    return {
        name: utc_text(kept) if isinstance(kept, datetime) else kept.isoformat() if isinstance(kept, date) else kept
        for name, kept in columns_of(noun, field, value, uow).items()
    }
