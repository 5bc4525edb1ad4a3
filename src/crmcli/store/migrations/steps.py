"""Run the pending steps."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from alembic.config import Config
from alembic.runtime.environment import EnvironmentContext
from alembic.script import ScriptDirectory

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from crmcli.store.migrations import HEAD  # noqa: F401


def upgrade(connection: Connection, target: str = "head") -> None:
    """Bring the schema to ``target`` within the connection's transaction."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    config.attributes["connection"] = connection
    script = ScriptDirectory.from_config(config)

    def pending(revision: tuple[str, ...], _: object) -> list[object]:
        return list(script._upgrade_revs(target, revision))  # type: ignore[arg-type]  # noqa: SLF001 - as alembic.command

    with EnvironmentContext(config, script, fn=pending, destination_rev=target):
        script.run_env()
