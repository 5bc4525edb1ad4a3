"""`crm store`: what it is, copies of it, and whether it is whole."""

from __future__ import annotations

import re
import shutil
from typing import TYPE_CHECKING

import pytest

from crmcli.store.migrations import HEAD

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.conftest import Result

    Crm = Callable[..., Result]


def test_info_says_what_the_store_is(crm_on: Crm) -> None:
    """As one object for a script."""
    crm_on("contact", "add", "Ewa", "--company", "Nowa")
    crm_on("deal", "add", "Big")
    facts = crm_on("store", "info", "--format", "json").json()
    assert {"contacts": 1, "companies": 1, "deals": 1, "activities": 0} == facts["counts"]
    assert (HEAD, HEAD) == (facts["schema"], facts["newest_schema"])
    assert {"number": 2, "at": "2026-11-21T12:00:00Z", "user": "maria", "command": "deal add"} == facts["last_change"]
    assert re.fullmatch(r"(sqlite|postgresql) \d+\..*", facts["engine"])
    assert facts["size"] > 10_000
    assert [] == facts["backups"]
    copy = crm_on("store", "backup").lines[0]
    assert [copy] == crm_on("store", "info", "--format", "json").json()["backups"]


def test_info_is_for_people_too(crm_on: Crm) -> None:
    """Lines of names and values."""
    crm_on("contact", "add", "Ewa")
    shown = crm_on("store", "info", tty=True).stdout
    for word in (
        "location",
        "engine",
        "schema",
        "size",
        "contacts",
        "last change",
        "#1 2026-11-21T12:00:00Z maria: contact add",
    ):
        assert word in shown
    assert "contacts\t1" in crm_on("store", "info").lines


def test_no_store_is_told_and_not_made(crm: Crm, tmp_path: Path) -> None:
    """A read creates nothing."""
    found = crm("store", "info", "--format", "json")
    assert (None, {}) == (found.json()["schema"], found.json()["counts"])
    assert "there is no store yet; the first write makes it (or: crm store init)\n" == found.stderr
    for words in (("store", "check"), ("store", "migrate"), ("store", "backup")):
        missing = crm(*words)
        assert (3, "") == (missing.code, missing.stdout)
    assert [] == list(tmp_path.glob("crm.db*"))


def test_init_makes_an_empty_store_once(crm: Crm, tmp_path: Path) -> None:
    """A second time is a conflict, and leaves what is there."""
    path = tmp_path / "crm.db"
    assert (0, f"{path}\n", "") == crm("store", "init")
    crm("contact", "add", "Ewa")
    assert (4, "", f"crm: error: there is a store at {path} already (try: crm store info)\n") == crm("store", "init")
    assert 1 == len(crm("contact", "list", "--format", "ids").lines)


def test_a_backup_is_restored(crm_on: Crm, tmp_path: Path) -> None:
    """Its path is all that is printed; what was there before the restore is kept."""
    crm_on("contact", "add", "Ewa")
    copy = tmp_path / "copies" / "monday.bak"
    assert (0, f"{copy}\n", "") == crm_on("store", "backup", str(copy))
    crm_on("contact", "add", "Ola")
    found = crm_on("store", "restore", str(copy), "--yes")
    assert (0, "") == (found.code, found.stdout)
    kept = re.fullmatch(rf"restored {copy}; what was there before is kept in (.*)\n", found.stderr)
    assert kept
    assert ["Ewa"] == [c["name"] for c in crm_on("contact", "list", "--format", "json").json()]
    assert 0 == crm_on("store", "check").code
    crm_on("store", "restore", kept[1], "--yes")
    assert 2 == len(crm_on("contact", "list", "--format", "ids").lines)


def test_a_backup_into_a_folder_gets_a_name(crm: Crm, tmp_path: Path) -> None:
    """With the time in it."""
    crm("contact", "add", "Ewa")
    folder = tmp_path / "copies"
    folder.mkdir()
    assert [str(folder / "crm.db.backup-20261121T120000Z.bak")] == crm("store", "backup", str(folder)).lines


def test_a_backup_overwrites_nothing(crm: Crm, tmp_path: Path) -> None:
    """Exit 2, the file as it was."""
    crm("contact", "add", "Ewa")
    mine = tmp_path / "mine"
    mine.write_text("mine")
    assert (2, "", f"crm: error: {mine} is there already (try: name a new file)\n") == crm("store", "backup", str(mine))
    assert "mine" == mine.read_text()


def test_a_restore_asks(crm: Crm, tmp_path: Path) -> None:
    """On a terminal; elsewhere it wants `--yes`."""
    crm("contact", "add", "Ewa")
    copy = crm("store", "backup").lines[0]
    crm("contact", "add", "Ola")
    refused = crm("store", "restore", copy)
    assert (2, "") == (refused.code, refused.stdout)
    assert "--yes" in refused.stderr
    assert "nothing was changed" in crm("store", "restore", copy, tty=True, stdin="n\n").stderr
    assert 2 == len(crm("contact", "list", "--format", "ids").lines)
    assert 0 == crm("store", "restore", copy, tty=True, stdin="y\n").code
    assert 1 == len(crm("contact", "list", "--format", "ids").lines)


@pytest.mark.parametrize(("content", "code"), [(None, 3), (b"", 6), (b"name\nEwa\n", 6)])
def test_what_is_no_backup_is_not_restored(crm_on: Crm, tmp_path: Path, content: bytes | None, code: int) -> None:
    """The store stays."""
    crm_on("contact", "add", "Ewa")
    file = tmp_path / "file"
    if content is not None:
        file.write_bytes(content)
    found = crm_on("store", "restore", str(file), "--yes")
    assert (code, "", 1) == (found.code, found.stdout, len(found.stderr.splitlines()))
    assert 1 == len(crm_on("contact", "list", "--format", "ids").lines)


def test_a_whole_store_checks_out(crm_on: Crm) -> None:
    """Exit 0, nothing on stdout but an empty list for who asked for JSON."""
    crm_on("contact", "add", "Ewa", "--company", "Nowa")
    found = crm_on("store", "check")
    assert (0, "") == (found.code, found.stdout)
    assert found.stderr.endswith("is whole: 2 records\n")
    assert [] == crm_on("store", "check", "--format", "json").json()


def test_what_is_wrong_is_listed_with_its_remedy(crm_on: Crm, store_url: str) -> None:
    """Exit 6, a row for each; `--fix` mends what can be mended."""
    crm_on("contact", "add", "Ewa")
    _sql(store_url, "DELETE FROM search_entry")
    found = crm_on("store", "check")
    assert (
        6,
        ["check\trecord\tproblem\tremedy", "search\tcontact #1\tis not in the index\tcrm store check --fix"],
    ) == (
        found.code,
        found.lines,
    )
    assert re.fullmatch(r"crm: error: 1 thing is wrong with .* \(try: crm store check --fix\)\n", found.stderr)
    fixed = crm_on("store", "check", "--fix")
    assert (0, "") == (fixed.code, fixed.stdout)
    assert "mended 1; the store as it was is kept in " in fixed.stderr
    assert 0 == crm_on("store", "check").code
    assert ["Ewa"] == [hit["name"] for hit in crm_on("search", "ewa", "--format", "json").json()]


def test_a_damaged_file_is_found(crm: Crm, tmp_path: Path) -> None:
    """By the engine's own check; the remedy is a backup."""
    for number in range(5):
        crm("contact", "add", f"Ewa {number}")
    path = tmp_path / "crm.db"
    whole = shutil.copy(path, tmp_path / "whole")
    content = bytearray(path.read_bytes())
    page = content.index(b"Ewa 3") // 4096 * 4096
    content[page : page + 100] = bytes(100)
    path.write_bytes(content)
    found = crm("store", "check", "--format", "json")
    assert 6 == found.code
    assert '"remedy": "crm store restore BACKUP"' in found.stdout
    assert 0 == crm("store", "restore", str(whole), "--yes").code
    assert 0 == crm("store", "check").code


def _sql(url: str, sql: str) -> None:
    from crmcli.store.engine import transaction
    from tests.store.conftest import opened

    with transaction(opened(url)) as connection:
        connection.exec_driver_sql(sql)
