"""Run the pending steps."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from alembic.config import Config
from alembic.runtime.environment import EnvironmentContext
from alembic.script import ScriptDirectory

from crmcli.store.migrations import HEAD
from crmcli.store.views import create_views, drop_views

if TYPE_CHECKING:
    from sqlalchemy import Connection


def pending(version: str) -> list[tuple[str, str]]:
    """The steps that lead from a version to the newest, each with what it adds."""
    script = _script(Config())
    steps = [step for step in script.walk_revisions() if step.revision > version]
    return [(step.revision, step.doc) for step in reversed(steps)]


def _script(config: Config) -> ScriptDirectory:
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    return ScriptDirectory.from_config(config)


def upgrade(connection: Connection, target: str = "head") -> None:
    """Bring the schema to ``target`` within the connection's transaction."""
    config = Config()
    config.attributes["connection"] = connection
    script = _script(config)

    def ahead(revision: tuple[str, ...], _: object) -> list[object]:
        return list(script._upgrade_revs(target, revision))  # type: ignore[arg-type]  # noqa: SLF001 - as alembic.command

    for statement in drop_views():  # no step has to mind what reads its tables
        connection.exec_driver_sql(statement)
    with EnvironmentContext(config, script, fn=ahead, destination_rev=target):
        script.run_env()
    if target in ("head", HEAD):
        for statement in create_views(connection.dialect.name):
            connection.exec_driver_sql(statement)
