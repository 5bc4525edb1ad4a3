"""What an entry would change in a record that is there already."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crmcli.domain.drafts import Edit
from crmcli.domain.fields import FIELDS, NETWORKS
from crmcli.domain.frozen import NamedTuple
from crmcli.domain.records import utc_text
from crmcli.domain.text import fold

if TYPE_CHECKING:
    from collections.abc import Mapping

    from crmcli.services.importing.directory import Links
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

    def __init__(self, uow: UnitOfWork, noun: str) -> None:
        self._uow = uow
        self._noun = noun
        self._fields = {field.name: field for field in FIELDS[noun]}
        self._users: dict[str, int] = dict(uow.reader.rows("SELECT login_key, id FROM app_user"))
        self._campaigns: dict[str, int] = dict(
            uow.reader.rows("SELECT name_key, id FROM campaign WHERE deleted_at IS NULL")
        )

    def difference(self, entry: Entry, kept: Kept, links: Links) -> Difference:
        """What the entry would change; many-valued fields are only added to, and nothing is ever emptied."""
        values: dict[str, Any] = {}
        add: dict[str, tuple[Any, ...]] = {}
        for name, value in entry.values.items():
            if name in kept.parts and name not in NETWORKS:
                missing = tuple(each for each in value if _key(name, each) not in kept.parts[name])
                add |= {name: missing} if missing else {}
            elif self._differs(name, value, kept):
                values[name] = value
        custom = {key: value for key, value in entry.custom.items() if kept.custom.get(key) != value}
        stage = entry.stage is not None and entry.stage_named and kept.columns["stage_id"] != entry.stage.number
        closed = entry.closed_at is not None and not stage and kept.columns["closed_at"] != utc_text(entry.closed_at)
        external = entry.external_id is not None and kept.columns["external_id"] is None
        edit = Edit(self._noun, values, add, {}, (), custom)
        return Difference(edit, _new_links(links, kept), stage, closed and entry.stage_named, external)

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


def _new_links(links: Links, kept: Kept) -> Links:
    """The links that the record does not have."""
    found: Links = {}
    for name, targets in links.items():
        have = kept.parts.get(name) if name not in _COLUMN else [kept.columns[_COLUMN[name]]]
        new = tuple(target for target in targets if not isinstance(target, int) or target not in (have or ()))
        if new:
            found[name] = new
    return found
