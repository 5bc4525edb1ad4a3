"""Where the warehouse of a store lies."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmcli.paths import data_folder

if TYPE_CHECKING:
    from pathlib import Path

    from crmcli.store.location import Location

_ENDING = ".warehouse.duckdb"


def place_of(location: Location) -> Path:
    """Beside the store's file; for a server in the user's data folder, told apart from others by where the server is."""
    if location.path is not None:
        store = location.path.expanduser().resolve()
        return store.with_name((store.stem if store.suffix == ".db" else store.name) + _ENDING)
    from hashlib import blake2b

    return data_folder() / (blake2b(location.label.encode(), digest_size=8).hexdigest() + _ENDING)
