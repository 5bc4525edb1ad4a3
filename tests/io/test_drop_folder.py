"""Files that are dropped into a folder: which are whole, and where they go."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from crmcli.errors import NotFound, StoreError, UsageError
from crmcli.io.drop_folder import DropFolder

if TYPE_CHECKING:
    from pathlib import Path

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


def test_only_regular_files_that_are_whole_are_seen(tmp_path: Path) -> None:
    """Links, pipes and folders are named as odd; what is hidden or on its way is not even that."""
    tmp_path = tmp_path / "drop"
    tmp_path.mkdir()
    (tmp_path / "a.csv").write_text("x")
    for name in (".hidden.csv", "b.csv.part", "c.tmp", "d.CRDOWNLOAD", "e.csv~", "done"):
        (tmp_path / name).mkdir() if name == "done" else (tmp_path / name).write_text("x")
    (tmp_path / "link.csv").symlink_to("/etc/passwd")
    (tmp_path / "sub").mkdir()
    os.mkfifo(tmp_path / "pipe.csv")
    found, odd = DropFolder(tmp_path).look()
    assert (list(found), odd) == (["a.csv"], ["link.csv", "pipe.csv", "sub"])


def test_a_file_that_grows_looks_otherwise(tmp_path: Path) -> None:
    """And so does another of the same name and size."""
    folder = DropFolder(tmp_path)
    (tmp_path / "a.csv").write_text("x")
    first, again = folder.look()[0], folder.look()[0]
    assert first == again
    with (tmp_path / "a.csv").open("a") as file:
        file.write("y")
    assert folder.look()[0] != first
    os.utime(tmp_path / "a.csv", ns=(5, 5))
    changed = folder.look()[0]
    (tmp_path / "new").write_text("xy")
    os.utime(tmp_path / "new", ns=(5, 5))
    (tmp_path / "new").replace(tmp_path / "a.csv")
    assert folder.look()[0] != changed


def test_a_move_never_takes_a_name_that_is_taken(tmp_path: Path) -> None:
    """The time goes before it, and then a number."""
    folder = DropFolder(tmp_path)
    for text in ("one", "two", "three", "four"):
        (tmp_path / "a.csv").write_text(text)
        folder.move("a.csv", "done", NOW)
    assert {path.name: path.read_text() for path in (tmp_path / "done").iterdir()} == {
        "a.csv": "one", "20261121T120000-a.csv": "two", "20261121T120000-2-a.csv": "three", "20261121T120000-3-a.csv": "four",
    }  # fmt: skip


def test_a_link_in_the_way_is_not_followed(tmp_path: Path) -> None:
    """Not as the folder of read files, and not as the name of one."""
    other = tmp_path / "other"
    other.mkdir()
    drop = tmp_path / "drop"
    (drop / "done").mkdir(parents=True)
    (drop / "done" / "a.csv").symlink_to(other / "planted")
    (drop / "a.csv").write_text("x")
    DropFolder(drop).move("a.csv", "done", NOW)
    assert list(other.iterdir()) == []
    (drop / "failed").symlink_to(other)
    with pytest.raises(UsageError, match="is not a folder of its own"):
        DropFolder(drop)


def test_what_is_no_folder(tmp_path: Path) -> None:
    """Is refused."""
    (tmp_path / "file").write_text("")
    with pytest.raises(NotFound):
        DropFolder(tmp_path / "none")
    with pytest.raises(UsageError):
        DropFolder(tmp_path / "file")


def test_what_is_gone_can_not_be_moved(tmp_path: Path) -> None:
    """The error names it."""
    with pytest.raises(StoreError, match=r"can't move .*gone\.csv"):
        DropFolder(tmp_path).move("gone.csv", "done", NOW)
