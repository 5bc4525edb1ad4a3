"""The tables of the star as Parquet files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crmcli.store.warehouse.engine import explained

if TYPE_CHECKING:
    from pathlib import Path


def write(connection: Any, table: str, folder: Path) -> tuple[int, str]:  # noqa: ANN401
    """Write a table into the folder; how many rows, and the file. It is there whole or not at all."""
    target = folder / f"{table}.parquet"
    half = folder / f".{table}.parquet.half"
    quoted = str(half).replace("'", "''")
    try:
        sql = f"COPY (SELECT * FROM main.\"{table}\") TO '{quoted}' (FORMAT PARQUET, COMPRESSION ZSTD)"
        (count,) = connection.execute(sql).fetchone()
        half.replace(target)
    except Exception as error:
        raise explained(error) or error from error
    finally:
        half.unlink(missing_ok=True)
    return int(count), str(target)
