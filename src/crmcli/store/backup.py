"""Copies of the store: on request, and before anything risky."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from crmcli.errors import NewerSchema, NotFound, StoreUnreachable, UsageError
from crmcli.paths import data_folder, make_private
from crmcli.store.migrations import HEAD

if TYPE_CHECKING:
    from pathlib import Path

    from crmcli.store.store import Store


def automatic_backup(store: Store, why: str, folder: Path | None = None) -> Path:
    """A copy beside the store (for a server: in the user's data folder), named after the reason and the time."""
    stamp = store.clock.now().strftime("%Y%m%dT%H%M%SZ")
    if path := store.location.path:
        target = (folder or path.parent) / f"{path.name}.{why}-{stamp}.bak"
    else:
        target = (folder or make_private(data_folder() / "backups")) / f"postgresql.{why}-{stamp}.zip"
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
        make_private(target.parent)
        store.dialect.backup(store.location, target)
    except OSError as error:
        with suppress(OSError):
            target.unlink()
        raise StoreUnreachable(f"can't write {target}: {error.strerror or error}") from error
    except BaseException:
        target.unlink(missing_ok=True)  # half a copy is none
        raise
    return target


def restore(store: Store, source: Path) -> Path | None:
    """Make the store what the backup is; the path of the copy that was taken of it first, None when there was none."""
    if not source.is_file():
        raise NotFound(f"there is no backup {source}")
    version = store.dialect.backup_version(source)
    if version > HEAD:
        raise NewerSchema(f"{source} has schema {version}, this program knows {HEAD}", hint="install the newer crmcli")
    kept = automatic_backup(store, "before-restore") if store.dialect.exists(store.location) else None
    store.dialect.restore(store, source, version)
    return kept


def backups(store: Store) -> list[Path]:
    """The automatic copies of the store, the newest first."""
    place = store.location.path
    folder = place.parent if place else data_folder() / "backups"
    beginning = f"{place.name}." if place else "postgresql."
    ending = ".bak" if place else ".zip"
    found = folder.glob(f"{_literal(beginning)}*{ending}") if folder.is_dir() else ()
    return sorted(found, key=lambda path: path.stat().st_mtime, reverse=True)


def _literal(name: str) -> str:
    import glob

    return glob.escape(name)
