"""A change set that is stored in several transactions."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from crmcli.store.checkpoints import finish, reach
from crmcli.store.models.companies import Company
from crmcli.store.queries.import_runs import half_imports

if TYPE_CHECKING:
    from crmcli.context import AppContext
    from crmcli.store.session import UnitOfWork


def add(uow: UnitOfWork, name: str) -> None:
    """A company."""
    from crmcli.domain.text import fold

    uow.add(Company(uid=f"co_{name}", name=name, name_key=fold(name), created_at=uow.now, updated_at=uow.now))


def names(app: AppContext) -> list[str]:
    """Of the companies that are there."""
    with app.desk.reading() as reader:
        return [name for (name,) in reader.rows("SELECT name FROM company WHERE deleted_at IS NULL ORDER BY id")]


def test_two_transactions_are_one_undo_step(app: AppContext) -> None:
    """One line in the history with all records, the later summary, and one undo."""
    with app.desk.writing("import", "half") as uow:
        add(uow, "A")
        add(uow, "B")
    number = app.store.committed
    assert number
    with app.desk.going_on("import", number) as uow:
        assert uow.number == number
        add(uow, "C")
        uow.summary = "whole"
    (view,) = app.history.list()
    assert (view.number, view.summary, view.records) == (number, "whole", 3)
    app.history.undo()
    assert [] == names(app)


def test_what_fails_later_leaves_what_was_stored(app: AppContext) -> None:
    """The first part stays, the second never was."""
    with app.desk.writing("import") as uow:
        add(uow, "A")
    number = app.store.committed
    assert number
    with suppress(ZeroDivisionError), app.desk.going_on("import", number) as uow:
        add(uow, "B")
        raise ZeroDivisionError
    assert ["A"] == names(app)
    (view,) = app.history.list()
    assert 1 == view.records


def test_what_stands_beside_records_is_no_undo_step(app: AppContext) -> None:
    """It is stored, and the history says nothing of it."""
    with app.desk.writing("import") as uow:
        add(uow, "A")
        reach(uow, "company:x", "f", 5)
    with app.desk.reading() as reader:
        (half,) = half_imports(reader, "company:x")
    assert (half.noun, half.source, half.rows, half.change, half.fingerprint) == ("company", "x", 5, 1, "f")
    with app.desk.writing("import") as uow:
        finish(uow, "company:x")
    with app.desk.reading() as reader:
        assert [] == list(half_imports(reader))
    assert [1] == [view.number for view in app.history.list()]


def test_undo_gives_a_half_import_up(app: AppContext) -> None:
    """Nothing goes on from rows that were taken back."""
    with app.desk.writing("import") as uow:
        add(uow, "A")
        reach(uow, "company:x", "f", 5)
    app.history.undo()
    with app.desk.reading() as reader:
        assert [] == list(half_imports(reader))
