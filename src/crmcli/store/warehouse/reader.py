"""The reading door to the warehouse: the queries that the store answers, answered from the copy."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from crmcli.store.dialects.postgresql import Postgresql
from crmcli.store.reader import Reader
from crmcli.store.warehouse.engine import explained
from crmcli.store.warehouse.layout import ROWS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from crmcli.errors import CrmError
    from crmcli.store.dialects import Dialect, Row
    from crmcli.store.queries.condition import Condition

_CHUNK = 1000


def _moment(value: Any) -> str | None:  # noqa: ANN401
    return None if value is None else f"{value:%Y-%m-%dT%H:%M:%SZ}"


def _day(value: Any) -> str | None:  # noqa: ANN401
    return None if value is None else str(value.isoformat())


def _number(value: Any) -> float | None:  # noqa: ANN401
    return None if value is None else float(value)


_KEEPING: dict[str, Callable[[Any], object]] = {"TIMESTAMP": _moment, "DATE": _day, "DECIMAL": _number}


class Duckdb(Postgresql):
    """DuckDB speaks PostgreSQL's SQL; here is where it does not. It only reads."""

    name = "duckdb"

    def sql(self, text: str) -> str:
        """DuckDB takes ``?`` as it is."""
        return text

    def stream(self, connection: Any, text: str, params: Sequence[object]) -> Iterator[Row]:  # noqa: ANN401
        """The rows in chunks, times and dates as the store keeps them; each query has a cursor of its own."""
        cursor = connection.cursor()
        try:
            cursor.execute(f"SET schema = '{ROWS}'")
            cursor.execute(text, list(params))
            keep = _keeping(cursor.description or ())
            while rows := cursor.fetchmany(_CHUNK):
                yield from map(keep, rows) if keep else rows
        finally:
            cursor.close()

    def stream_long(self, connection: Any, text: str, params: Sequence[object]) -> Iterator[Row]:  # noqa: ANN401
        """The same: the engine hands them out as it goes."""
        return self.stream(connection, text, params)

    def interrupt(self, connection: Any) -> None:  # noqa: ANN401
        """DuckDB's own call for it."""
        connection.interrupt()

    def custom_value(self, alias: str) -> str:
        """By a pointer, so that a key may hold any character."""
        pointer = "'/' || replace(replace(CAST(? AS TEXT), '~', '~0'), '/', '~1')"
        return f"json_extract_string({alias}.custom, {pointer})"

    def shifted_day(self, moment: str, seconds: str) -> str:
        """Moments have no zone here: they are UTC."""
        return f"strftime({moment} + to_seconds({seconds}), '%Y-%m-%d')"

    def explain(self, error: BaseException, label: str) -> CrmError | None:  # noqa: ARG002
        """DuckDB's errors in the user's words."""
        return explained(error) if isinstance(error, Exception) else None


def copy_reader(connection: Any, label: str) -> Reader:  # noqa: ANN401
    """A reader of the store's tables as the warehouse has them."""
    return Reader(cast("Dialect", Duckdb()), connection, label)


def chosen(numbers: Sequence[int]) -> Condition:
    """The condition that the row ``r`` has one of these numbers, for any number of them: a bit for each there might be."""
    from crmcli.store.queries.condition import NOTHING, Condition

    if not numbers:
        return NOTHING
    bits = bytearray(max(numbers) // 8 + 1)
    for number in numbers:
        bits[number >> 3] |= 128 >> (number & 7)
    size = len(bits) * 8
    return Condition(
        f"CASE WHEN r.id < {size} THEN get_bit(CAST(? AS BIT), CAST(r.id AS INTEGER)) = 1 ELSE FALSE END",
        (bytes(bits),),
    )


def _keeping(description: Sequence[Any]) -> Callable[[Row], Row] | None:
    """What makes a row one as the store's reader gives it; None when it is one already."""
    keeps = [_KEEPING.get(str(column[1]).partition("(")[0]) for column in description]
    if not any(keeps):
        return None
    return lambda row: tuple([keep(value) if keep else value for keep, value in zip(keeps, row, strict=True)])
