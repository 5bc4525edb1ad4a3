"""The warehouse holds what the store holds: built whole, or brought up to date after whatever happened, on both engines."""

from __future__ import annotations

import json
import os
import random
import stat
import subprocess
import sys
import time
from operator import itemgetter
from typing import TYPE_CHECKING

import pytest

from crmcli.context import AppContext, Flags
from crmcli.errors import NotFound, Refused, StoreLocked, UsageError
from crmcli.services.alone import alone
from crmcli.services.warehouse import Warehouse
from crmcli.store.location import locate
from crmcli.store.warehouse import filling
from crmcli.store.warehouse.engine import is_there, reading
from crmcli.store.warehouse.layout import TABLES
from crmcli.store.warehouse.place import place_of
from crmcli.store.warehouse.reader import chosen, copy_reader

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.conftest import Result

    Run = Callable[..., Result]
    Dump = dict[str, list[tuple[object, ...]]]

# Looked for, not loaded: what is loaded before the tests begin is never let go, and the engine complains of that at the end.
pytestmark = pytest.mark.skipif(not is_there(), reason="needs duckdb")


def held(path: Path) -> Dump:
    """Every row that a warehouse holds."""
    connection = reading(path)
    try:
        reader = copy_reader(connection, str(path))
        return {table.name: reader.rows(f"SELECT {table.listed} FROM {table.name} ORDER BY id") for table in TABLES}
    finally:
        connection.close()


def in_store(app: AppContext) -> Dump:
    """The same rows as the store has them."""
    with app.desk.reading() as reader:
        return {table.name: sorted(filling.whole(reader, table), key=itemgetter(0)) for table in TABLES}


def plain(dump: Dump) -> Dump:
    """JSON by what it says: each engine spaces it in its own way."""
    return {
        name: [tuple(json.loads(v) if isinstance(v, str) and v[:1] == "{" else v for v in row) for row in rows]
        for name, rows in dump.items()
    }


def other(app: AppContext) -> AppContext:
    """Another process over the same store."""
    return AppContext(Flags(store=app.store_location, quiet=True), origin="test")


def fill(crm: Run) -> None:
    """A few records of everything."""
    crm("company", "add", "Acme", "--region", "West", "--country", "DE")
    crm("company", "add", "Łódź Works", "--region", "East")
    for n in range(1, 7):
        crm("contact", "add", f"Jane {n}", "--email", f"j{n}@x.com", "--company", "Acme" if n % 2 else "Łódź Works")
        crm("deal", "add", f"Deal {n}", "--value", f"{n}000", "--company", "Acme", "--set", f"product=P{n % 3}")
    crm("deal", "win", "Deal 1")
    crm("deal", "lose", "Deal 2", "--reason", "price")
    crm("log", "call", "Talked", "--deal", "Deal 3")
    crm("rate", "set", "USD", "0.9")


# What can happen to a store between two refreshes; {n} is a number that changes.
HAPPENS: dict[str, tuple[str, ...]] = {
    "add": ("deal", "add", "New {n}", "--value", "{n}00", "--company", "Acme"),
    "edit": ("deal", "edit", "Deal {k}", "--value", "{n}50"),
    "custom": ("deal", "edit", "Deal {k}", "--set", "channel=c{n}"),
    "expect": ("deal", "edit", "Deal {k}", "--expected-close", "2026-12-{n}", "--title", "Deal {k}"),
    "tag": ("tag", "deal:{k}", "t{n}"),
    "hire": ("contact", "edit", "j{k}@x.com", "--company", "Łódź Works"),
    "move": ("deal", "move", "Deal {k}", "proposal"),
    "win": ("deal", "win", "Deal {k}"),
    "lose": ("deal", "lose", "Deal {k}", "--reason", "price"),
    "log": ("log", "call", "Said {n}", "--deal", "Deal {k}"),
    "rename": ("company", "edit", "Acme", "--region", "Region {n}"),
    "stage": ("pipeline", "stage-edit", "proposal", "--probability", "{p}"),
    "rm": ("deal", "rm", "Deal {k}", "--yes"),
    "restore": ("deal", "restore", "Deal {k}"),
    "merge": ("contact", "merge", "j{k}@x.com", "j{l}@x.com"),
    "merge deals": ("deal", "merge", "Deal {k}", "Deal {l}"),
    "import": ("import", "deals", "-"),
    "import people": ("import", "contacts", "-"),
    "purchase": ("purchases", "add", "Acme", "--amount", "{n}", "--product", "P{k}"),
    "campaign": ("campaign", "add", "Camp {n}", "--budget", "{n}"),
    "cost": ("rate", "set", "CHF", "0.{n}"),
    "rm many": ("deal", "rm", "--where", "value > {k}500", "--yes"),
    "rm people": ("contact", "rm", "--where", "email = j{k}@x.com", "--yes"),
    "undo": ("undo",),
    "undo again": ("undo",),
}
ROWS = {
    "import": "title,value,stage,company\n" + "".join(f"Bulk {{n}}.{i},{i}00,won,Acme\n" for i in range(30)),
    "import people": "name,email,company\n" + "".join(f"Bulk {{n}} {i},b{{n}}.{i}@x.com,Acme\n" for i in range(30)),
}


def happen(crm: Run, name: str, dice: random.Random) -> Result:
    """One of these, with numbers by the dice; some can't be done just then, which is fine."""
    k, l_ = dice.sample(range(1, 7), 2)
    given = {"n": dice.randrange(10, 99), "k": k, "l": l_, "p": dice.randrange(10, 90)}
    text = ROWS.get(name)
    return crm(*(word.format(**given) for word in HAPPENS[name]), stdin=text.format(**given) if text else None)


def test_each_of_these_can_happen(crm: Run) -> None:
    """Otherwise the test below would try nothing."""
    dice = random.Random(3)
    fill(crm)
    for name in HAPPENS:
        assert any(happen(crm, name, dice).code == 0 for _ in range(12)), name


@pytest.mark.parametrize("seed", range(3))
def test_brought_up_to_date_it_holds_what_a_full_build_does(crm_on: Run, app: AppContext, seed: int) -> None:
    fill(crm_on)
    dice = random.Random(seed)
    app.warehouse.refresh()
    for _ in range(3):
        for name in dice.choices(list(HAPPENS), k=6):
            happen(crm_on, name, dice)
        built = app.warehouse.refresh()
        assert built is None or not built.is_full
        assert plain(in_store(app)) == plain(held(app.warehouse.path))
        assert app.warehouse.refresh() is None


@pytest.mark.parametrize("what", ["import", "import people"])
def test_what_was_made_in_bulk_and_taken_back_and_done_again(crm_on: Run, app: AppContext, what: str) -> None:
    fill(crm_on)
    app.warehouse.refresh()
    assert 0 == happen(crm_on, what, random.Random(1)).code
    for step in ("made", "undone", "done again"):
        built = app.warehouse.refresh()
        assert built is not None, step
        assert not built.is_full, step
        assert plain(in_store(app)) == plain(held(app.warehouse.path)), step
        crm_on("undo")


def test_a_change_set_that_goes_on_is_read_to_its_end(crm_on: Run, app: AppContext) -> None:
    fill(crm_on)
    from crmcli.store.models.deals import Deal

    with app.desk.writing("first part") as uow:
        uow.find(Deal, title="Deal 3")[0].value = 1
        number = uow.number
    app.warehouse.refresh()
    with app.desk.going_on("second part", number) as uow:
        uow.find(Deal, title="Deal 4")[0].value = 2
    assert app.warehouse.behind() == 1
    assert app.warehouse.refresh() is not None
    assert in_store(app)["deal"] == held(app.warehouse.path)["deal"]


def test_members_of_campaigns_whose_states_are_not_in_the_log(crm_on: Run, app: AppContext) -> None:
    fill(crm_on)
    crm_on("segment", "add", "all", "--filter", "email is not empty")
    crm_on("campaign", "add", "Fair", "--kind", "exhibition", "--segment", "all")
    assert 0 == crm_on("campaign", "start", "Fair").code
    app.warehouse.refresh()
    members = held(app.warehouse.path)["campaign_member"]
    assert 6 == len(members)
    assert 0 == crm_on("campaign", "respond", "Fair", "j1@x.com").code
    assert 0 == crm_on("contact", "merge", "j2@x.com", "j3@x.com").code
    app.warehouse.refresh()
    assert in_store(app)["campaign_member"] == held(app.warehouse.path)["campaign_member"] != members


# -- whole builds


def test_a_store_put_in_its_place_is_read_anew(crm: Run, tmp_path: Path) -> None:
    fill(crm)
    app = AppContext(Flags(store=str(tmp_path / "crm.db"), quiet=True))
    crm("store", "backup", tmp_path / "copy.bak")
    crm("deal", "rm", "Deal 5", "--yes")
    app.warehouse.refresh()
    assert 0 == crm("store", "restore", tmp_path / "copy.bak", "--yes").code
    assert app.warehouse.behind() is None
    crm("deal", "edit", "Deal 5", "--value", "7")
    built = app.warehouse.refresh()
    assert built is not None
    assert built.is_full
    assert plain(in_store(app)) == plain(held(app.warehouse.path))


def test_who_was_forgotten_is_nowhere(crm_on: Run, app: AppContext) -> None:
    fill(crm_on)
    app.warehouse.refresh()
    assert b"Jane 4" in app.warehouse.path.read_bytes()
    app.warehouse.close()
    told = crm_on("contact", "forget", "j4@x.com", "--confirm", "Jane 4")
    assert "the warehouse, which held a copy, was deleted" in told.stderr
    assert not app.warehouse.path.exists()
    app.warehouse.refresh()
    assert b"Jane 4" not in app.warehouse.path.read_bytes()


def test_one_made_before_somebody_was_forgotten_does_not_go_on(crm_on: Run, app: AppContext) -> None:
    fill(crm_on)
    app.warehouse.refresh()
    app.privacy.forget(app.privacy.named("j4@x.com"), "Jane 4")
    assert app.warehouse.behind() is None


def test_another_layout_is_built_anew(crm: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(crm)
    app = AppContext(Flags(store=str(tmp_path / "crm.db"), quiet=True))
    app.warehouse.refresh()
    app.warehouse.close()
    monkeypatch.setattr("crmcli.store.warehouse.state.HEAD", "9999")
    assert app.warehouse.behind() is None
    built = app.warehouse.refresh()
    assert built is not None
    assert built.is_full


def test_what_is_no_warehouse_is_left_alone(crm: Run, tmp_path: Path) -> None:
    """Whatever lies where the warehouse should: it is somebody's."""
    fill(crm)
    app = AppContext(Flags(store=str(tmp_path / "crm.db"), quiet=True))
    app.warehouse.path.write_bytes(b"not a database at all" * 1000)
    with pytest.raises(Refused):
        app.warehouse.refresh()
    assert app.warehouse.path.read_bytes() == b"not a database at all" * 1000


def test_without_a_store_there_is_nothing_to_copy(tmp_path: Path) -> None:
    app = AppContext(Flags(store=str(tmp_path / "none.db"), quiet=True))
    with pytest.raises(NotFound):
        app.warehouse.refresh()
    assert not list(tmp_path.glob("*none*"))


# -- the file


@pytest.mark.parametrize(
    ("store", "name"),
    [
        ("crm.db", "crm.warehouse.duckdb"),
        ("crm.sqlite", "crm.sqlite.warehouse.duckdb"),
        ("crm", "crm.warehouse.duckdb"),
    ],
)
def test_it_lies_beside_the_store(tmp_path: Path, store: str, name: str) -> None:
    assert tmp_path.resolve() / name == place_of(locate(str(tmp_path / store)))


def test_on_a_server_it_lies_in_the_data_folder_and_its_name_tells_no_password(home: Path) -> None:
    one, two, same = (
        place_of(locate(f"postgresql://maria:{secret}@host/{base}"))
        for secret, base in (("a", "crm"), ("a", "other"), ("b", "crm"))
    )
    assert one.parent == home / ".local/share/crmcli"
    assert one == same != two


def test_only_its_owner_can_read_it(crm: Run, tmp_path: Path) -> None:
    fill(crm)
    app = AppContext(Flags(store=str(tmp_path / "crm.db"), quiet=True))
    app.warehouse.refresh()
    crm("deal", "edit", "Deal 5", "--value", "7")
    app.warehouse.refresh()
    assert stat.S_IMODE(app.warehouse.path.stat().st_mode) == 0o600
    assert [] == [each.name for each in tmp_path.iterdir() if each.name.startswith(".crm.warehouse")]


def test_killed_at_any_moment_it_leaves_the_old_one_whole(crm: Run, tmp_path: Path) -> None:
    fill(crm)
    app = AppContext(Flags(store=str(tmp_path / "crm.db"), quiet=True))
    app.warehouse.refresh()
    app.warehouse.close()
    before = held(app.warehouse.path)
    for n, seconds in enumerate((0.3, 0.6, 0.9, 1.2)):
        crm("deal", "edit", "Deal 5", "--value", str(n + 10))
        words = [sys.executable, "-m", "crmcli", "--db", str(tmp_path / "crm.db"), "warehouse", "refresh", "--full"]
        process = subprocess.Popen(words, env={**os.environ}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(seconds)
        process.kill()
        process.wait()
        now = held(app.warehouse.path)
        assert now["contact"] == before["contact"]
        assert {row[0] for row in now["deal"]} == {row[0] for row in before["deal"]}
    app.warehouse.refresh()
    assert plain(in_store(app)) == plain(held(app.warehouse.path))
    assert [] == [each.name for each in tmp_path.iterdir() if each.name.startswith(".crm.warehouse")]


def test_a_second_refresh_waits_and_then_is_told(crm_on: Run, app: AppContext) -> None:
    fill(crm_on)
    second = other(app)
    second.store.timeout = 0.3
    with (
        alone(app.desk, "warehouse", "refresh"),
        pytest.raises(StoreLocked, match="refresh of the warehouse is running"),
    ):
        second.warehouse.refresh()
    assert second.warehouse.refresh() is not None


def test_whoever_reads_the_old_one_reads_on(crm: Run, tmp_path: Path) -> None:
    fill(crm)
    app = AppContext(Flags(store=str(tmp_path / "crm.db"), quiet=True))
    app.warehouse.refresh()
    connection = reading(app.warehouse.path)
    crm("deal", "rm", "Deal 5", "--yes")
    other(app).warehouse.refresh()
    assert (6,) == connection.execute("SELECT COUNT(*) FROM main.deal").fetchone()
    connection.close()
    assert 5 == app.warehouse.info().rows["deal"]


def test_without_the_engine_it_is_refused_with_its_extra(
    crm: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(crm)
    for name in ("duckdb", "_duckdb"):
        monkeypatch.setitem(sys.modules, name, None)
    monkeypatch.setattr("crmcli.store.warehouse.engine.is_there", lambda: False)
    app = AppContext(Flags(store=str(tmp_path / "crm.db"), quiet=True))
    with pytest.raises(UsageError) as refused:
        app.warehouse.refresh()
    assert refused.value.hint == "pip install 'crmcli[analytics]'"


@pytest.mark.parametrize("numbers", [[], [1], [7, 8], [3, 1000], list(range(0, 5000, 3))])
def test_any_set_of_numbers_is_a_condition(crm: Run, tmp_path: Path, numbers: list[int]) -> None:
    fill(crm)
    app = AppContext(Flags(store=str(tmp_path / "crm.db"), quiet=True))
    app.warehouse.refresh()
    where = chosen(numbers)
    connection = reading(app.warehouse.path)
    sql = f"SELECT r.id FROM range(6000) t(id), (SELECT t.id) r(id) WHERE {where.sql} ORDER BY 1"
    assert numbers == [number for (number,) in connection.execute(sql, list(where.params)).fetchall()]
    connection.close()


def test_its_place_can_be_set(crm: Run, tmp_path: Path) -> None:
    fill(crm)
    app = AppContext(Flags(store=str(tmp_path / "crm.db"), quiet=True))
    warehouse = Warehouse(app.desk, str(tmp_path / "deep" / "mine.duckdb"))
    warehouse.refresh()
    assert (tmp_path / "deep" / "mine.duckdb").is_file()
    assert warehouse.behind() == 0
