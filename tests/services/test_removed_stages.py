"""A stage that was removed takes no deal along: whatever comes back later comes back to where it is seen."""

from __future__ import annotations

import pytest

from crmcli.context import AppContext, Flags
from crmcli.errors import Refused, Stale
from crmcli.services.pipelines import StageDraft
from crmcli.services.records import Changes, Query

LATER = "2026-11-22T12:00:00Z"


def add(app: AppContext, title: str, stage: str, **values: str) -> str:
    """A deal; its uid."""
    return str(app.deals.add(app.deals.draft({"title": title, "stage": stage, **values})).id)


def last(app: AppContext) -> str:
    """The number of the last change."""
    return str(next(iter(app.history.list())).number)


def stages(app: AppContext) -> dict[str, str]:
    """Where the deals are that are listed."""
    return {deal.title: deal.stage for deal in app.deals.list(Query())}


@pytest.mark.parametrize("deed", ["move", "edit", "remove", "remove_many", "move_many"])
def test_an_undo_into_a_removed_stage_is_refused(app: AppContext, deed: str) -> None:
    """It says how the stage comes back, and leaves everything as it is; once it is back, the undo works."""
    deal, other = add(app, "Acme", "proposal"), add(app, "Żubr", "proposal")
    match deed:
        case "move":
            app.deals.move(deal, "lead")
        case "edit":
            app.deals.edit(deal, app.deals.edit_draft(Changes({"stage": "lead"})))
        case "remove":
            app.deals.remove(deal)
        case "remove_many":
            app.deals.remove_where("stage = proposal")
        case _:
            app.deals.move_where("stage = proposal", "lead")
    done = last(app)
    app.pipelines.remove_stage(None, "proposal", move_to="qualified")
    removed, before = last(app), stages(app)
    with pytest.raises(Stale, match="Acme would be in stage proposal, which was removed since") as refused:
        app.history.undo(done)
    assert (f"crm undo {removed}", before) == (refused.value.hint, stages(app))
    app.history.undo(removed)
    app.history.undo(done)
    assert {"Acme": "proposal", "Żubr": "proposal"} == stages(app)
    assert other


def test_a_removal_is_not_done_again_with_a_deal_in_the_stage(app: AppContext) -> None:
    """Someone has put one there since it was taken back."""
    add(app, "Acme", "lead")
    app.pipelines.remove_stage(None, "proposal")
    app.history.undo(last(app))
    undone = last(app)
    number = app.deals.get(add(app, "Żubr", "proposal")).number
    with pytest.raises(Stale, match="stage proposal has deal #2 Żubr since") as refused:
        app.history.undo(undone)
    assert f"crm deal move {number} STAGE" == refused.value.hint
    assert {"Acme": "lead", "Żubr": "proposal"} == stages(app)


@pytest.mark.parametrize(("stage", "instead"), [("proposal", "qualified"), ("lead", "qualified"), ("later", "won")])
def test_a_deal_that_is_brought_back_goes_on_in_the_stage_before(
    app: AppContext, store_url: str, monkeypatch: pytest.MonkeyPatch, stage: str, instead: str
) -> None:
    """Of the same kind, else in the first of that kind; its history says why, and it was closed when it was."""
    app.pipelines.add_stage(None, StageDraft("later", kind="won"))
    deal = add(app, "Acme", "lead")
    if stage != "lead":
        app.deals.move(deal, stage)
    closed = app.deals.get(deal).closed_at
    monkeypatch.setenv("CRM_NOW", LATER)
    app = AppContext(Flags(store=store_url, quiet=True), origin="test")
    app.deals.remove(deal)
    app.pipelines.remove_stage(None, stage)
    app.deals.restore(deal)
    view = app.deals.show(deal)
    assert ({"Acme": instead}, closed) == (stages(app), view.record.closed_at)
    assert (instead, f"stage {stage} was removed") == (view.stage_history[-1].stage, view.stage_history[-1].note)


def test_a_deal_that_was_merged_away_comes_back_to_a_stage_that_is_there(app: AppContext) -> None:
    """So does the one that it comes from."""
    keeper, loser = add(app, "Acme", "proposal"), add(app, "Acme again", "negotiation")
    app.deals.merge(keeper, loser)
    app.pipelines.remove_stage(None, "proposal", move_to="qualified")
    app.pipelines.remove_stage(None, "negotiation", move_to="qualified")
    app.unmerging.unmerge(loser)
    assert {"Acme": "qualified", "Acme again": "qualified"} == stages(app)


def test_a_deal_of_a_removed_pipeline_does_not_come_back_alone(app: AppContext) -> None:
    """It says how the pipeline does."""
    app.pipelines.add("service", ["asked"], "helped", "cross")
    made = last(app)
    deal = add(app, "Repair", "asked", pipeline="service")
    app.deals.remove(deal)
    app.history.undo(made)
    with pytest.raises(Refused, match="pipeline service of deal #1 was removed") as refused:
        app.deals.restore(deal)
    assert f"crm undo {last(app)}" == refused.value.hint
    app.history.undo(last(app))
    app.deals.restore(deal)
    assert {"Repair": "asked"} == stages(app)


@pytest.mark.parametrize("way", ["move", "remove"])
def test_a_deal_that_goes_from_one_won_stage_to_another_was_won_when_it_was(
    app: AppContext, store_url: str, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    """By hand, and because the stage is removed."""
    app.pipelines.add_stage(None, StageDraft("signed", kind="won"))
    deal = add(app, "Acme", "lead")
    app.deals.move(deal, "signed")
    closed = app.deals.get(deal).closed_at
    monkeypatch.setenv("CRM_NOW", LATER)
    app = AppContext(Flags(store=store_url, quiet=True), origin="test")
    if way == "move":
        app.deals.move(deal, "won")
    else:
        app.pipelines.remove_stage(None, "signed", move_to="won")
    view = app.deals.get(deal)
    assert ("won", closed) == (view.stage, view.closed_at)
    app.deals.move(deal, "lead")
    assert app.deals.get(deal).closed_at is None
