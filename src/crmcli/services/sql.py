"""Questions in SQL, over the views that the store promises."""

from __future__ import annotations

import re
from itertools import chain, islice
from typing import TYPE_CHECKING

from crmcli.domain.text import nearest, word_set
from crmcli.errors import Refused, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crmcli.services.desk import Desk

_COMMENT = re.compile(r"\s+|--[^\n]*(?:\n|\Z)|/\*.*?\*/", re.DOTALL)
_READS = ("select", "with", "values")
_ACTS = word_set(
    "insert update delete merge drop create alter attach detach pragma vacuum begin commit rollback savepoint release explain copy "
    "set reset grant revoke truncate call do execute prepare lock listen notify load reindex analyze replace declare fetch show"
)
_UNKNOWN = re.compile(r'(table|relation|column):? "?([\w.]+)"?')
_PLAIN = (int, float, str, type(None))


class Sql:
    """The use case of ``crm sql``."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    def select(self, text: str, seconds: float) -> tuple[list[str], Iterator[tuple[object, ...]]]:
        """The columns of a SELECT and its rows, as they come: numbers, texts and None.

        Raises Refused for any other statement and for one that takes longer than ``seconds``, UsageError for one that
        can't be read. Over a missing store nothing is there and nothing is made.
        """
        text = text.strip().rstrip(";")
        word = _first_word(text)
        if not word:
            raise UsageError("sql: there is no statement", hint="crm sql 'select count(*) from v_contact'")
        if word not in _READS:
            if word not in _ACTS and (near := nearest(word, list(_READS))):
                raise UsageError(f"sql: {word!r} begins no statement", hint=f"{near} …")
            raise Refused(f"{word.upper()} is not answered here: only SELECT, which changes nothing")
        store = self.desk.store
        if not self.desk.has_store:
            return [], iter(())
        if not store.is_current():
            store.reader().close()  # brings the views along
        try:
            columns, rows = store.dialect.ask(store.location, text, seconds)
            first = list(islice(rows, 1))  # what goes wrong at once does so before anything is answered
        except UsageError as error:
            raise UsageError(error.message, hint=_known_name(error.message)) from error
        return _distinct(columns), (tuple(map(_plain, row)) for row in chain(first, rows))


def _known_name(message: str) -> str | None:
    """The view or column most like the one that the engine does not know."""
    from crmcli.store.views import VIEWS

    found = _UNKNOWN.search(message)
    if not found:
        return None
    views = [view.name for view in VIEWS]
    columns = list(dict.fromkeys(name for view in VIEWS for name, _, _ in view.columns))
    near = nearest(found[2].rpartition(".")[2], views if found[1] in ("table", "relation") else columns)
    return f"{near}? crm sql lists the views" if near else "crm sql lists the views"


def _first_word(text: str) -> str:
    place = 0
    while found := _COMMENT.match(text, place):
        place = found.end()
    word = re.match(r"\(*\s*([A-Za-z]+)", text[place:])
    return word[1].lower() if word else text[place : place + 10]


def _distinct(columns: list[str]) -> list[str]:
    """The names, a second ``name`` called ``name_2``: a JSON object has each key once."""
    seen: dict[str, int] = {}
    names = []
    for name in columns:
        seen[name] = seen.get(name, 0) + 1
        names.append(name if seen[name] == 1 else f"{name}_{seen[name]}")
    return names


def _plain(value: object) -> object:
    if type(value) in _PLAIN:
        return value
    if isinstance(value, bool):
        return int(value)  # as the other engine has it
    return value.hex() if isinstance(value, bytes) else str(value)
