"""What an entry would change in a record that is there already."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crmcli.domain.drafts import Edit
from crmcli.domain.fields import FIELDS, NETWORKS
from crmcli.domain.frozen import NamedTuple
from crmcli.domain.records import utc_text
from crmcli.domain.text import fold
from crmcli.services.importing.precedence import APPEND, FILL, REPLACE

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from crmcli.services.importing.directory import Links
    from crmcli.services.importing.precedence import Precedence
    from crmcli.services.importing.rows import Entry
    from crmcli.store.queries.keys import Kept
    from crmcli.store.session import UnitOfWork

_COLUMN = {"company": "company_id", "deal": "deal_id", "parent": "parent_id"}


class Difference(NamedTuple):
    """What would change: an edit of fields, links not yet resolved, the stage, the number in the other system."""

    edit: Edit
    links: Links
    stage: bool = False
    closed: bool = False
    external: bool = False

    @property
    def is_nothing(self) -> bool:
        """Whether the record is already as the row says."""
        return not (any(self.edit[1:]) or self.links or self.stage or self.closed or self.external)


class Comparer:
    """Compares entries with what is kept; knows the users and campaigns by number."""

    def __init__(self, uow: UnitOfWork, noun: str, precedence: Precedence) -> None:
        self._uow = uow
        self._noun = noun
        self._precedence = precedence
        self._fields = {field.name: field for field in FIELDS[noun]}
        self._users: dict[str, int] = dict(uow.reader.rows("SELECT login_key, id FROM app_user"))
        self._campaigns: dict[str, int] = dict(
            uow.reader.rows(
                "SELECT code_key, id FROM campaign WHERE deleted_at IS NULL AND code_key IS NOT NULL"
                " UNION ALL SELECT name_key, id FROM campaign WHERE deleted_at IS NULL"
            )
        )

    def difference(self, entry: Entry, kept: Kept, links: Links) -> Difference:
        """What the entry would change by the rules of its fields; a row that says nothing of a field leaves it."""
        values: dict[str, Any] = {}
        add: dict[str, tuple[Any, ...]] = {}
        remove: dict[str, tuple[Any, ...]] = {}
        for name, value in entry.values.items():
            rule = self._precedence.of(name)
            if name in kept.parts and name not in NETWORKS:
                have = kept.parts[name]
                if rule == FILL and have:
                    continue
                missing = tuple(each for each in value if _key(name, each) not in have)
                add |= {name: missing} if missing else {}
                remove |= _surplus(name, [_key(name, each) for each in value], have) if rule == REPLACE else {}
            elif rule is None or rule == REPLACE:
                values |= {name: value} if self._differs(name, value, kept) else {}
            else:
                values |= self._by_rule(rule, name, value, kept)
        stage = entry.stage is not None and entry.stage_named and kept.columns["stage_id"] != entry.stage.number
        closed = entry.closed_at is not None and not stage and kept.columns["closed_at"] != utc_text(entry.closed_at)
        external = entry.external_id is not None and kept.columns["external_id"] is None
        new, gone = self._links(links, kept)
        edit = Edit(self._noun, values, add, remove | gone, (), self._custom(entry.custom, kept.custom))
        return Difference(edit, new, stage, closed and entry.stage_named, external)

    def _by_rule(self, rule: str, name: str, value: Any, kept: Kept) -> dict[str, Any]:  # noqa: ANN401
        """A field of one value that is only filled, or a text that is added to."""
        if self._is_empty(name, value, kept):
            return {name: value}
        return {name: text} if rule == APPEND and (text := _grown(kept.columns[name], value)) is not None else {}

    def _is_empty(self, name: str, value: Any, kept: Kept) -> bool:  # noqa: ANN401
        if name in NETWORKS and self._noun == "contact":
            return not kept.parts[name]
        columns = [f"{name}_id"] if name in ("owner", "campaign") else list(self._columns(name, value))
        return all(kept.columns[column] in (None, "") for column in columns)

    def _custom(self, custom: Mapping[str, object], kept: Mapping[str, object]) -> dict[str, object]:
        found: dict[str, object] = {}
        for key, value in custom.items():
            rule = self._precedence.of_custom(key)
            if rule == APPEND and kept.get(key) not in (None, ""):
                text = _grown(kept[key], value)
                found |= {} if text is None else {key: text}
            elif kept.get(key) != value and (rule != FILL or kept.get(key) in (None, "")):
                found[key] = value
        return found

    def _links(self, links: Links, kept: Kept) -> tuple[Links, dict[str, tuple[Any, ...]]]:
        """The links that the record does not have, and those that it would no longer have."""
        found: Links = {}
        gone: dict[str, tuple[Any, ...]] = {}
        for name, targets in links.items():
            rule = self._precedence.of(name)
            have = (kept.parts.get(name) if name not in _COLUMN else [kept.columns[_COLUMN[name]]]) or []
            if rule == FILL and any(number is not None for number in have):
                continue
            new = tuple(target for target in targets if not isinstance(target, int) or target not in have)
            found |= {name: new} if new else {}
            if rule == REPLACE and name not in _COLUMN:
                gone |= _surplus(name, (*targets, *kept.parts.get(f"former_{name}", ())), have)
        return found, gone

    def _differs(self, name: str, value: Any, kept: Kept) -> bool:  # noqa: ANN401
        if name == "owner":
            return kept.columns["owner_id"] is None or kept.columns["owner_id"] != self._users.get(fold(value))
        if name == "campaign":
            return kept.columns["campaign_id"] is None or kept.columns["campaign_id"] != self._campaigns.get(
                fold(value)
            )
        if name in NETWORKS and self._noun == "contact":
            return value.key not in kept.parts[name]
        return any(kept.columns[column] != now for column, now in self._columns(name, value).items())

    def _columns(self, name: str, value: Any) -> Mapping[str, object]:  # noqa: ANN401
        from crmcli.store.bulk import plain_columns

        found = plain_columns(self._noun, name, value, self._uow)
        return {"name": found["name"]} if name == "name" else found  # its parts follow from it


def _key(name: str, value: Any) -> object:  # noqa: ANN401
    return fold(value) if name == "tags" else value.key


def _surplus(name: str, wanted: Sequence[object], have: Sequence[object]) -> dict[str, tuple[Any, ...]]:
    """What the record has of a field and the row does not name."""
    extra = tuple(each for each in have if each not in wanted)
    return {name: extra} if extra else {}


def _grown(before: object, more: object) -> str | None:
    """The text with more on a line of its own; None when it says that already."""
    text, addition = str(before), str(more)
    return None if addition in text else f"{text.rstrip()}\n{addition}"
