"""Copies of the store: on request, and before anything risky."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from crmcli.errors import NotFound, StoreUnreachable, UsageError
from crmcli.paths import data_folder, make_private

if TYPE_CHECKING:
    from crmcli.store.store import Store


def automatic_backup(store: Store, why: str) -> Path:
    """A copy beside the store (for a server: in the user's data folder), named after the reason and the time."""
    stamp = store.clock.now().strftime("%Y%m%dT%H%M%SZ")
    if path := store.location.path:
        target = path.with_name(f"{path.name}.{why}-{stamp}.bak")
    else:
        target = make_private(data_folder() / "backups") / f"postgresql.{why}-{stamp}.zip"
    unique = target
    for number in range(2, 1000):
        if not unique.exists():
            break
        unique = target.with_name(f"{target.stem}-{number}{target.suffix}")
    return backup(store, unique)


def backup(store: Store, target: Path) -> Path:
    """A whole copy of the store in a new file of mode 0600, while others go on writing."""
    if not store.dialect.exists(store.location):
        raise NotFound(f"there is no store at {store.location.label} to back up")
    if target.exists():
        raise UsageError(f"{target} is there already", hint="name a new file")
    try:
        store.dialect.backup(store.location, target)
    except OSError as error:
        raise StoreUnreachable(f"can't write {target}: {error.strerror or error}") from error
    return target


def restore(store: Store, source: Path) -> Path | None:
    """Make the store what the backup is; the path of the copy that was taken of it first, None when there was none."""
    if not source.is_file():
        raise NotFound(f"there is no backup {source}")
    kept = automatic_backup(store, "before-restore") if store.dialect.exists(store.location) else None
    store.dialect.restore(store.location, source)
    return kept
