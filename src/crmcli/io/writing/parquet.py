"""Parquet: typed columns for DuckDB, pandas and the like, written a batch of rows at a time."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any

from crmcli.domain.records import due_text, plain
from crmcli.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from typing import BinaryIO

    from crmcli.io.writing.columns import TypedColumn

_BATCH = 5_000
_AMOUNT = (24, 4)  # digits in all, and after the point: no currency has more


def write_parquet(file: BinaryIO, columns: Sequence[TypedColumn], records: Iterable[Any]) -> None:
    """Write the records; the schema depends on the columns alone, so that an empty file has it too."""
    pyarrow, parquet = _pyarrow()
    schema = pyarrow.schema([(column.name, _type(pyarrow, column.kind)) for column in columns])
    readings = [(column.get, _READINGS.get(column.kind)) for column in columns]
    coming = iter(records)
    with parquet.ParquetWriter(file, schema, compression="zstd") as writer:
        while batch := list(islice(coming, _BATCH)):
            values = [_values(get, read, batch) for get, read in readings]
            arrays = [pyarrow.array(each, kind.type) for each, kind in zip(values, schema, strict=True)]
            writer.write_batch(pyarrow.record_batch(arrays, schema=schema))


def _values(get: Callable[[Any], Any], read: Callable[[Any], Any] | None, batch: list[Any]) -> list[Any]:
    found = map(get, batch)
    return list(found) if read is None else [None if value is None else read(value) for value in found]


def _pyarrow() -> tuple[Any, Any]:
    try:
        import pyarrow as pa
        from pyarrow import parquet
    except ImportError as error:
        raise UsageError("parquet needs pyarrow", hint="pip install 'crmcli[parquet]'") from error
    return pa, parquet


def _type(pyarrow: Any, kind: str) -> Any:  # noqa: ANN401
    link = pyarrow.struct([("id", pyarrow.string()), ("name", pyarrow.string())])
    return {
        "integer": pyarrow.int64(),
        "number": pyarrow.float64(),
        "flag": pyarrow.bool_(),
        "date": pyarrow.date32(),
        "moment": pyarrow.timestamp("us", tz="UTC"),
        "money": pyarrow.decimal128(*_AMOUNT),
        "link": link,
        "texts": pyarrow.list_(pyarrow.string()),
        "links": pyarrow.list_(link),
    }.get(kind, pyarrow.string())


def _decimal(money: Any) -> Any:  # noqa: ANN401
    from decimal import Decimal

    return Decimal(money.plain)


def _json(value: object) -> str:
    import json

    return json.dumps(plain(value), ensure_ascii=False)


_READINGS: dict[str, Callable[[Any], Any]] = {
    "money": _decimal,
    "due": due_text,
    "link": lambda link: {"id": link.id, "name": link.name},
    "links": lambda links: [{"id": link.id, "name": link.name} for link in links],
    "json": _json,
    "custom": lambda value: value if isinstance(value, str) else _json(value),
}
