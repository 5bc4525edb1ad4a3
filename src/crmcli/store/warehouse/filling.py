"""Rows of the store into the tables of the warehouse, by the ten thousand, as whole columns."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any

from crmcli.store.queries.condition import Condition, both
from crmcli.store.warehouse.layout import ROWS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from crmcli.store.dialects import Row
    from crmcli.store.reader import Reader
    from crmcli.store.warehouse.layout import Table

_AT_ONCE = 50_000  # rows in memory
_ASKED = 5_000  # numbers named in one question


def make(connection: Any, table: Table) -> None:  # noqa: ANN401
    """The empty table."""
    columns = ", ".join(f'"{column.name}" {column.type}' for column in table.columns)
    connection.execute(f"CREATE TABLE {ROWS}.{table.name} ({columns})")


def whole(reader: Reader, table: Table) -> Iterator[Row]:
    """All rows of a table that are kept."""
    return _kept(reader, table, table.chosen)


def numbered(reader: Reader, table: Table, numbers: Sequence[int]) -> Iterator[Row]:
    """The rows of these numbers, as far as there are such."""
    for start in range(0, len(numbers), _ASKED):
        among, params = reader.dialect.among(numbers[start : start + _ASKED])
        yield from _kept(reader, table, Condition(f"id {among}", tuple(params)))


def above(reader: Reader, table: Table, number: int) -> Iterator[Row]:
    """The rows with higher numbers than this one that are kept."""
    return _kept(reader, table, both(Condition("id > ?", (number,)), table.chosen))


def _kept(reader: Reader, table: Table, where: Condition) -> Iterator[Row]:
    """The rows; of those about one field only what they say of it."""
    rows = reader.stream(f"SELECT {table.listed} FROM {table.name} WHERE {where.sql}", where.params)
    if not table.about:
        return rows
    is_part = [column.kind == "j" for column in table.columns]
    return (
        tuple(_part(value, table.about) if part else value for part, value in zip(is_part, row, strict=True))
        for row in rows
    )


def _part(text: str | None, key: str) -> str | None:
    """What a JSON object says of one key."""
    import json

    found = json.loads(text) if text else {}
    return json.dumps({key: found[key]}) if key in found else None


def put(connection: Any, table: Table, rows: Iterable[Row], advance: Callable[[int], None]) -> int:  # noqa: ANN401
    """Insert rows, in constant memory; tells how many there were."""
    import pyarrow as pa

    kinds = {"i": pa.int64(), "f": pa.float64()}
    types = [kinds.get(column.kind, pa.string()) for column in table.columns]
    names = [column.name for column in table.columns]
    picked = ", ".join(
        f'TRY_CAST("{each.name}" AS {each.type})' if each.kind in "md" else f'"{each.name}"' for each in table.columns
    )
    statement = f"INSERT INTO {ROWS}.{table.name} SELECT {picked} FROM batch"
    stream, count = iter(rows), 0
    while chunk := list(islice(stream, _AT_ONCE)):
        arrays = [pa.array(values, kind) for values, kind in zip(zip(*chunk, strict=True), types, strict=True)]
        connection.register("batch", pa.RecordBatch.from_arrays(arrays, names=names))
        connection.execute(statement)
        connection.unregister("batch")
        count += len(chunk)
        advance(len(chunk))
    return count


def drop(connection: Any, table: Table, numbers: Sequence[int]) -> None:  # noqa: ANN401
    """Take the rows of these numbers out, those that are there."""
    import pyarrow as pa

    connection.register("gone", pa.table({"id": pa.array(numbers, pa.int64())}))
    connection.execute(f"DELETE FROM {ROWS}.{table.name} WHERE id IN (SELECT id FROM gone)")
    connection.unregister("gone")
