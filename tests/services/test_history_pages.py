"""The change log a page at a time, and one change set however large."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from crmcli.context import AppContext
from crmcli.errors import NotFound
from tests.once import once

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.conftest import Result


@pytest.fixture
@once
def busy(app: AppContext) -> AppContext:
    """Six change sets: five of Maria's, one of Ana's."""
    for name in ("Jane", "Łukasz", "Ewa"):
        app.contacts.add(app.contacts.draft({"name": name}))
    ana = AppContext(app.flags._replace(user="ana"), origin="test")
    ana.contacts.edit("Ewa", ana.contacts.edit_draft(_titled("Boss")))
    app.contacts.remove("Jane")
    app.history.undo()
    return app


def _titled(title: str) -> object:
    from crmcli.services.records import Changes

    return Changes({"title": title})


def numbers(app: AppContext, *asked: object, **more: object) -> list[int]:
    return [found.number for found in app.history.page(*asked, **more)]  # type: ignore[arg-type]


def test_pages_follow_one_another(busy: AppContext) -> None:
    assert [6, 5, 4] == numbers(busy, 3)
    assert [3, 2] == numbers(busy, 2, before=4)
    assert [1] == numbers(busy, 10, before=2)
    assert list(busy.history.list(None, 4)) == list(busy.history.page(4))


def test_pages_are_narrowed(busy: AppContext) -> None:
    assert [4] == numbers(busy, 9, user="ana") == numbers(busy, 9, user="Ana")
    assert [6, 5, 3, 2, 1] == numbers(busy, 9, user="me")
    assert [] == numbers(busy, 9, user="nobody")
    assert [2] == numbers(busy, 9, text="lukasz ADD")
    assert [6, 5] == numbers(busy, 9, text="rm")
    assert [5] == numbers(busy, 9, before=6, text="rm")
    assert [2] == numbers(busy, 9, text=" #2 ")
    assert [] == numbers(busy, 9, text="#99") == numbers(busy, 9, before=2, text="#2")


def test_one_set_with_what_it_changed(busy: AppContext) -> None:
    found, count = busy.history.changes("4")
    assert ("ana", [("title", None, "Boss")], 1) == (
        found.user,
        [(c.field, c.before, c.after) for c in found.changes],
        count,
    )
    assert found == next(iter(busy.history.list("change:4")))
    with pytest.raises(NotFound):
        busy.history.changes("99")


def test_a_set_made_in_bulk_tells_its_first_records(
    crm_on: Callable[..., Result], tmp_path: Path, store_url: str
) -> None:
    from crmcli.context import Flags

    source = tmp_path / "people.csv"
    source.write_text("Name,Email\n" + "".join(f"P{n},p{n}@x.example\n" for n in range(30)), encoding="utf-8")
    assert 0 == crm_on("import", "contacts", source).code
    app = AppContext(Flags(store=store_url, quiet=True))
    found, count = app.history.changes("1", limit=4)
    assert (30, ["P0", "P1", "P2", "P3"], {("contact", "add", None)}) == (
        count, [c.name for c in found.changes], {(c.noun, c.action, c.field) for c in found.changes},
    )  # fmt: skip
    app.history.undo()
    taken, count = app.history.changes("2", limit=2)
    assert (30, [("P0", "remove"), ("P1", "remove")]) == (count, [(c.name, c.action) for c in taken.changes])


def test_only_the_first_changes_of_a_long_set(app: AppContext) -> None:
    for place in range(12):
        app.contacts.add(app.contacts.draft({"name": f"P{place}"}))
    app.contacts.edit_where("name ~= p", app.contacts.edit_draft(_titled("Boss")))  # type: ignore[arg-type]
    found, count = app.history.changes("13", limit=5)
    assert (12, 5) == (count, len(found.changes))
