"""The engine of the warehouse, loaded when it is first asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crmcli.errors import StoreError, StoreUnreachable, UsageError

if TYPE_CHECKING:
    from pathlib import Path

# Nothing is ever fetched from the network, and a build takes no more memory than this; whole numbers divide as in the stores.
_MAGIC = b"DUCK"  # after a checksum of eight bytes
_SETTINGS = {"autoinstall_known_extensions": "false", "memory_limit": "1GB", "integer_division": "true"}


class NotInWarehouse(StoreError):
    """The question is about something that only the store knows."""


def reading(path: Path) -> Any:  # noqa: ANN401 - a connection of an engine that may not be installed
    """A connection that can only read; raises UsageError without the engine, StoreError for what is no warehouse."""
    engine = _bare()
    try:
        return engine.connect(str(path), read_only=True, config=_SETTINGS)
    except engine.Error as error:
        raise _unopened(path, error) from error


def writing(path: Path) -> Any:  # noqa: ANN401
    """A connection that writes the file, which may be new."""
    try:
        import duckdb
        import pyarrow as pa  # noqa: F401 - rows come in through it
    except ImportError as error:
        raise missing() from error
    try:
        return duckdb.connect(str(path), config={**_SETTINGS, "temp_directory": str(path.parent)})
    except duckdb.Error as error:
        raise _unopened(path, error) from error


def _bare() -> Any:  # noqa: ANN401
    """The engine without the package around it, which takes three times as long to load and is only needed to write."""
    try:
        import _duckdb
    except ImportError:
        try:
            import duckdb
        except ImportError as error:
            raise missing() from error
        return duckdb
    return _duckdb


def is_there() -> bool:
    """Whether the engine is installed."""
    from importlib.util import find_spec

    return find_spec("duckdb") is not None


def missing() -> UsageError:
    """The refusal where the engine is not installed."""
    return UsageError("the warehouse needs duckdb", hint="pip install 'crmcli[analytics]'")


def explained(error: Exception) -> StoreError | None:
    """The engine's exception as one of ours; None when it is not the engine's."""
    engine = _bare()
    if not isinstance(error, engine.Error):
        return None
    text = str(error).strip().splitlines()[0]
    if isinstance(error, engine.ProgrammingError | engine.DataError | engine.NotSupportedError):
        return NotInWarehouse(f"the warehouse can't tell: {text}")
    return StoreError(f"warehouse: {text}", hint="crm warehouse refresh --full")


def _unopened(path: Path, error: Exception) -> StoreError:
    text = str(error).strip().splitlines()[0]
    if "lock" in text:
        return StoreUnreachable(f"{path} is open for writing elsewhere", hint="close the program that has it open")
    remedy = (
        "crm warehouse refresh --full" if is_of_engine(path) else "crm config set warehouse.path FILE, or move it away"
    )
    return StoreError(f"{path} is not a warehouse: {text}", hint=remedy)


def is_of_engine(path: Path) -> bool:
    """Whether a file is empty, or begins as the engine's files do."""
    try:
        with path.open("rb") as file:
            head = file.read(12)
    except OSError:
        return False
    return not head or head[8:] == _MAGIC
