"""Parquet as rows: the columns of each batch, objects in them under dotted names as in JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crmcli.errors import UsageError
from crmcli.io.json_cells import flat
from crmcli.io.json_stream import Number
from crmcli.io.records import flaw_of, legible
from crmcli.io.table import BadRow, Row, Table

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crmcli.io.json_cells import Cell
    from crmcli.io.opening import Reading
    from crmcli.io.source import Source

_BATCH = 1_000


def read(source: Source, reading: Reading) -> Table:
    """The rows of a file, a batch at a time; raises UsageError for one that is broken, and without pyarrow."""
    pyarrow, parquet = _pyarrow()
    size = source.file().seek(0, 2)
    try:
        file = parquet.ParquetFile(source.file())
    except (pyarrow.ArrowException, OSError) as error:
        raise _unreadable(source, error) from error
    rows = _Rows(source, pyarrow, file)
    return Table(
        rows.headers,
        iter(rows),
        position=lambda: size * rows.done // max(rows.count, 1),
        close=source.close,
        encoding=lambda: "utf-8",
        size=size,
        format=reading.format or "parquet",
        notes=lambda: {"binary values": rows.blobs} if rows.blobs else {},
    )


def _pyarrow() -> tuple[Any, Any]:
    try:
        import pyarrow as pa
        from pyarrow import parquet
    except ImportError as error:
        raise UsageError("parquet needs pyarrow", hint="pip install 'crmcli[parquet]'") from error
    return pa, parquet


def _unreadable(source: Source, error: Exception) -> UsageError:
    reason = " ".join(str(error).split())[:200]
    return UsageError(f"cannot read {source.name} as parquet: {reason}", hint="write it anew, or as CSV")


class _Rows:
    """The rows of a file; ``done`` and ``blobs`` count as far as it was read."""

    def __init__(self, source: Source, pyarrow: Any, file: Any) -> None:  # noqa: ANN401
        self.done = 0
        self.blobs = 0
        self.count = file.metadata.num_rows
        self.headers = tuple(_names(pyarrow, file.schema_arrow))
        self._source = source
        self._pyarrow = pyarrow
        self._file = file

    def __iter__(self) -> Iterator[Row | BadRow]:
        empty: dict[str, Cell] = dict.fromkeys(self.headers, "")
        for record in self._records():
            self.done += 1
            cells = flat({name: self._plain(value) for name, value in record.items()})
            texts = [text for cell in cells.values() for text in ((cell,) if isinstance(cell, str) else cell)]
            if flaw := flaw_of("".join(texts), "utf-8"):
                yield BadRow(self.done, flaw, legible(texts))
            else:
                yield Row(self.done, {name: cells.get(name, nothing) for name, nothing in empty.items()})

    def _records(self) -> Iterator[dict[str, Any]]:
        try:
            for batch in self._file.iter_batches(_BATCH):
                columns = [self._to_microseconds(column).to_pylist() for column in batch.columns]
                for values in zip(*columns, strict=True):
                    yield dict(zip(batch.schema.names, values, strict=True))
        except (self._pyarrow.ArrowException, OSError, UnicodeDecodeError) as error:
            raise _unreadable(self._source, error) from error

    def _to_microseconds(self, column: Any) -> Any:  # noqa: ANN401
        """The column with times as exact as Python has them."""
        kind = column.type
        if getattr(kind, "unit", "") != "ns":
            return column
        zone = {"tz": kind.tz} if hasattr(kind, "tz") else {}
        make = next(
            make
            for is_such, make in (
                (self._pyarrow.types.is_timestamp, self._pyarrow.timestamp),
                (self._pyarrow.types.is_time, self._pyarrow.time64),
                (self._pyarrow.types.is_duration, self._pyarrow.duration),
            )
            if is_such(kind)
        )
        return column.cast(make("us", **zone), safe=False)

    def _plain(self, value: Any) -> Any:  # noqa: ANN401
        """A value as JSON has it, its numbers without trailing zeros."""
        if value is None or isinstance(value, str | bool | int):
            return value
        if isinstance(value, bytes):
            self.blobs += 1
            return None
        if isinstance(value, dict):
            return {str(key): self._plain(inner) for key, inner in value.items()}
        if isinstance(value, list | tuple):
            return [self._plain(inner) for inner in value]
        return _number(value)


def _number(value: Any) -> object:  # noqa: ANN401
    from decimal import Decimal
    from math import isfinite

    if isinstance(value, float) and isfinite(value):
        return Number(str(int(value)) if value.is_integer() else repr(value))
    if isinstance(value, Decimal) and value.is_finite():
        return Number(format(value.normalize(), "f"))
    if isinstance(value, float | Decimal):
        return None
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


def _names(pyarrow: Any, fields: Any, prefix: str = "") -> Iterator[str]:  # noqa: ANN401
    """What the cells of a row are called."""
    for field in fields:
        if pyarrow.types.is_struct(field.type) and field.type.num_fields:
            yield from _names(
                pyarrow, [field.type.field(n) for n in range(field.type.num_fields)], f"{prefix}{field.name}."
            )
        else:
            yield f"{prefix}{field.name}"
