"""Several deals through the stages at once, on both engines."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from crmcli.errors import BadValue, Refused, Stale
from crmcli.services.deal_moves import Along, Step
from crmcli.services.pipelines import StageDraft
from crmcli.services.records import Changes
from tests.once import once

if TYPE_CHECKING:
    from crmcli.context import AppContext


@pytest.fixture
@once
def three(app: AppContext) -> AppContext:
    """Three deals in three stages."""
    for title, stage in (("One", "lead"), ("Two", "qualified"), ("Three", "proposal")):
        app.deals.add(app.deals.draft({"title": title, "stage": stage}))
    return app


def stages(app: AppContext) -> list[str]:
    """The stages that they are in."""
    return [app.deals.get(title).stage for title in ("One", "Two", "Three")]


def edit(app: AppContext, **values: str) -> object:
    """An edit of these fields."""
    return app.deals.edit_draft(Changes(values=values))


def test_each_goes_to_a_stage_of_its_own_in_one_step(three: AppContext) -> None:
    """Whoever is there already stays; one undo takes all of it back."""
    before = next(three.history.list()).number
    views = three.deals.move_each([Step("One", "qualified"), Step("Two", "won"), Step("Three", "proposal")])
    assert [view.stage for view in views] == ["qualified", "won", "proposal"]
    assert next(three.history.list()).number == before + 1
    three.history.undo(next(three.history.list()).id)
    assert stages(three) == ["lead", "qualified", "proposal"]


def test_one_that_is_there_already_is_refused(three: AppContext) -> None:
    """Among several it only stays, and no hook hears that it moved; a deal goes to its pipeline's stage of a kind."""
    with pytest.raises(Refused, match="in lead already"):
        three.deals.move_each([Step("One", "lead")])
    three.deals.move_each([Step("Two", None, kind="won")])
    with pytest.raises(Refused, match="in won already"):
        three.deals.move_each([Step("Two", None, kind="won")])
    assert three.deals.events("stage-change", three.deals.get("Two"), three.deals.get("Two")) == ()


def test_where_its_mover_left_it_is_no_move_of_others(three: AppContext) -> None:
    """Whatever the screen still shows."""
    three.deals.move_each([Step("Two", "won", seen="lead", left="qualified")])
    with pytest.raises(Stale):
        three.deals.move_each([Step("Two", "lost", seen="lead", left="qualified")])
    assert stages(three)[1] == "won"


def test_one_that_was_moved_meanwhile_stops_them_all(three: AppContext) -> None:
    """And it says what was seen, what is, and what was wanted."""
    with pytest.raises(Stale) as caught:
        three.deals.move_each([Step("One", "won", "lead"), Step("Two", "won", "lead")])
    assert caught.value.conflicts[0][1:] == ("lead", "qualified", "won")
    assert stages(three) == ["lead", "qualified", "proposal"]


def test_what_is_missing_is_known_beforehand(three: AppContext) -> None:
    """Those of the stages on the way included, each once; a lost stage asks only for its own."""
    three.pipelines.edit_stage(None, "qualified", StageDraft(required=("source",)))
    three.pipelines.edit_stage(None, "proposal", StageDraft(required=("source", "type")))
    assert three.deals.missing([Step("One", "proposal"), Step("Two", "proposal")]) == ("source", "type")
    assert three.deals.missing([Step("One", "lost")]) == ()
    with pytest.raises(Refused, match="requires"):
        three.deals.move_each([Step("One", "proposal")])


def test_what_is_missing_is_filled_where_it_is_missing(three: AppContext) -> None:
    """Fields that a deal has stay as they are."""
    three.deals.edit("Two", edit(three, type="existing"))  # type: ignore[arg-type]
    three.pipelines.edit_stage(None, "proposal", StageDraft(required=("type",)))
    fill = edit(three, type="new")
    three.deals.move_each([Step("One", "proposal"), Step("Two", "proposal")], Along(fill=fill))  # type: ignore[arg-type]
    assert [three.deals.get(title).type for title in ("One", "Two")] == ["new", "existing"]
    assert stages(three) == ["proposal"] * 3


def test_an_edit_goes_with_the_move(three: AppContext) -> None:
    """Also for one that stays in its stage."""
    given = edit(three, owner="ana")
    three.deals.move_each([Step("One", "lead"), Step("Two", "proposal")], Along(edit=given))  # type: ignore[arg-type]
    assert [three.deals.get(title).owner for title in ("One", "Two")] == ["ana", "ana"]
    assert stages(three) == ["lead", "proposal", "proposal"]


def test_the_reason_is_kept_with_those_that_are_lost(three: AppContext) -> None:
    """And only with them; words of one's own are another reason."""
    three.deals.move_each([Step("One", "lost"), Step("Two", "won")], Along(reason="Too dear", note="by far"))
    views = [three.deals.get(title) for title in ("One", "Two")]
    assert [(view.lost_reason, view.lost_note) for view in views] == [("other", "Too dear; by far"), (None, None)]
    with pytest.raises(BadValue):
        three.deals.move_each([Step("Three", "lost")], Along(reason=" "))


def test_many_are_won_or_lost_in_one_step(three: AppContext) -> None:
    """Each in its own pipeline; those that are closed that way already are left alone."""
    names = ["One", "Two", "Three"]
    three.deals.win("Three")
    visits = three.deals.show("Three").stage_history
    three.deals.move_each([Step(name, None, kind="won") for name in names])
    assert (stages(three), three.deals.show("Three").stage_history) == (["won"] * 3, visits)
    along = Along(reason="price", note="  dear ")
    lost = three.deals.move_each([Step(name, None, kind="lost") for name in names], along)
    assert [(view.stage, view.lost_reason, view.lost_note) for view in lost] == [("lost", "price", "dear")] * 3
    three.history.undo(next(three.history.list()).id)
    assert stages(three) == ["won"] * 3


def test_the_board_is_current_until_something_is_written(three: AppContext) -> None:
    """By anyone."""
    from crmcli.services.board import Board

    board = Board(three.desk)
    picture = board.picture()
    assert board.is_current(picture)
    three.deals.move("One", "won")
    assert not board.is_current(picture)
