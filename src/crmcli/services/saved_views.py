"""Saved views: a list's filter, order and columns under a name that everyone who works on the store knows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crmcli.domain.fields import FIELDS, PLURAL, find_field
from crmcli.domain.records import record_fields
from crmcli.domain.text import fold, nearest, tidy
from crmcli.errors import Ambiguous, BadValue, NotFound, UsageError
from crmcli.store.queries.saved_views import saved_views

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from crmcli.domain.views import SavedView
    from crmcli.services.desk import Desk
    from crmcli.store.reader import Reader

_LONGEST = 100

# Inside a class with a method named list, the builtin goes by this name.
Views = list["SavedView"]


class SavedViews:
    """The views of the lists."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    def list(self, noun: str | None = None) -> Views:
        """The saved views of a noun's list, or of all lists, by name."""
        with self.desk.reading() as reader:
            return saved_views(reader, None if noun is None else known_noun(noun))

    def find(self, noun: str | None, name: str) -> SavedView:
        """The view of that name; raises NotFound naming the nearest, Ambiguous when several lists have one."""
        wanted = None if noun is None else known_noun(noun)
        with self.desk.reading() as reader:
            return _named(saved_views(reader, wanted), wanted, name)

    def save(
        self,
        noun: str,
        name: str,
        *,
        filter: str = "",  # noqa: A002 - what a view calls it
        sort: str = "",
        reverse: bool = False,
        columns: Sequence[str] = (),
    ) -> SavedView:
        """Keep a view under a name, in place of the one that has it; the view as it is kept.

        Raises FilterError, or BadValue for a field or column that there is not.
        """
        import json

        from crmcli.domain.ids import new_uid
        from crmcli.store.models.screens import SavedView as Row

        wanted, label = known_noun(noun), _label(name)
        with self.desk.writing("view save", label) as uow:
            kept: dict[str, Any] = {
                "name": label,
                "filter": filter.strip(),
                "sort": _sortable(wanted, sort) if sort else "",
                "reverse": int(reverse),
                "columns": json.dumps(self._columns(uow.reader, wanted, columns), ensure_ascii=False),
                "owner_id": uow.user_id,
            }
            self.desk.condition(uow.reader, wanted, filter.strip())
            found = uow.find(Row, noun=wanted, name_key=fold(label), deleted_at=None)
            if found:
                for column, value in kept.items():
                    setattr(found[0], column, value)
            else:
                uow.add(Row(uid=new_uid("vw"), noun=wanted, name_key=fold(label), **kept))
            uow.flush()
            return _named(saved_views(uow.reader, wanted), wanted, label)

    def remove(self, noun: str | None, name: str) -> SavedView:
        """Take a view away; what it was."""
        from crmcli.store.models.screens import SavedView as Row

        view = self.find(noun, name)
        with self.desk.writing("view rm", view.name) as uow:
            uow.bury(uow.get(Row, view.number))
        return view

    def _columns(self, reader: Reader, noun: str, names: Sequence[str]) -> Sequence[str]:
        from crmcli.store.queries.refs import custom_keys

        custom = custom_keys(reader).get(noun, frozenset())
        return [_column(noun, name, custom) for name in names]


def known_noun(name: str) -> str:
    """The noun that has lists, also by its plural; raises UsageError."""
    wanted = fold(name)
    found = {**{noun: noun for noun in FIELDS}, **{PLURAL[noun]: noun for noun in FIELDS}}.get(wanted)
    if found is None:
        near = nearest(wanted, list(FIELDS))
        hint = f"did you mean {near}?" if near else f"one of {', '.join(FIELDS)}"
        raise UsageError(f"no list of {name!r}", hint=hint)
    return found


def _named(views: Views, noun: str | None, name: str) -> SavedView:
    found = [view for view in views if fold(view.name) == fold(name)]
    if len(found) > 1:
        places = " and ".join(PLURAL[view.noun] for view in found)
        raise Ambiguous(f"{places} have a view {found[0].name}", hint=f"--noun {found[0].noun}")
    if not found:
        names = [view.name for view in views]
        near = nearest(name, names)
        hint = f"did you mean {near}?" if near else f"there are: {', '.join(names)}" if names else "crm view save NAME"
        raise NotFound(f"no view {name}{f' of {PLURAL[noun]}' if noun else ''}", hint=hint)
    return found[0]


def _label(name: str) -> str:
    kept = tidy(name)
    if not kept or len(kept) > _LONGEST:
        raise BadValue("name", f"a name has 1 to {_LONGEST} characters")
    return kept


def _sortable(noun: str, name: str) -> str:
    field = find_field(noun, name)
    if field is None:
        raise _unknown("sort", noun, name, [each.name for each in FIELDS[noun]])
    return field.name


def _column(noun: str, name: str, custom: Collection[str]) -> str:
    known = record_fields(noun)
    wanted = name.strip()
    if wanted in known or wanted in custom or wanted.startswith("custom."):
        return wanted
    field = find_field(noun, wanted)
    if field is None or field.name not in known:
        raise _unknown("fields", noun, wanted, [*known, *sorted(custom)])
    return field.name


def _unknown(flag: str, noun: str, name: str, known: Sequence[str]) -> BadValue:
    near = nearest(name, list(known))
    hint = f"did you mean {near}?" if near else f"one of {', '.join(known)}"
    return BadValue(flag, f"{PLURAL[noun]} have no field {name!r}", hint=hint)
