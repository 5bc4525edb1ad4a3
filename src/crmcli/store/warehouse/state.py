"""What a warehouse says of itself: how it is laid out, when it was made, and how far into the store's history it goes."""

from __future__ import annotations

from hashlib import blake2b
from typing import TYPE_CHECKING, Any

from crmcli.domain.frozen import NamedTuple
from crmcli.store.migrations import HEAD
from crmcli.store.warehouse.engine import explained
from crmcli.store.warehouse.layout import ROWS, TABLES
from crmcli.store.warehouse.mark import Mark

if TYPE_CHECKING:
    from datetime import datetime


class State(NamedTuple):
    """The layout's fingerprint, the moment (UTC) of the last refresh, and the store as it was then."""

    shape: str
    at: str
    mark: Mark


def shape() -> str:
    """What differs between two layouts, and between two schemas of the store."""
    from crmcli.store.warehouse.star import STAR

    return blake2b(repr((HEAD, TABLES, STAR)).encode(), digest_size=8).hexdigest()


def read_state(connection: Any) -> State | None:  # noqa: ANN401
    """What the warehouse says; None when it is none, or of another layout."""
    try:
        kept: dict[str, str] = dict(connection.execute(f"SELECT name, value FROM {ROWS}.state").fetchall())
    except Exception as error:
        if explained(error) is None:
            raise
        return None
    names = [name for name in Mark._fields if name != "uid"]
    if kept.get("shape") != shape() or not {"at", "uid", *names} <= kept.keys():
        return None
    mark = Mark(uid=kept["uid"], **{name: int(kept[name]) for name in names})
    return State(kept["shape"], kept["at"], mark)


def write_state(connection: Any, mark: Mark, at: datetime) -> None:  # noqa: ANN401
    """Have the warehouse say how far it goes."""
    connection.execute(f"CREATE OR REPLACE TABLE {ROWS}.state (name VARCHAR, value VARCHAR)")
    said = {"shape": shape(), "at": f"{at:%Y-%m-%dT%H:%M:%SZ}", **mark._asdict()}
    connection.executemany(f"INSERT INTO {ROWS}.state VALUES (?, ?)", [[name, str(v)] for name, v in said.items()])
