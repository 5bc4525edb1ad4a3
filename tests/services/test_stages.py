"""Which stage is meant, whether a deal may go there, and what the move leaves behind."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from crmcli.domain.views import StageView
from crmcli.errors import BadValue, HookRefused, NotFound, Refused
from crmcli.services.records import Changes
from crmcli.services.stages import first_of_kind, pipeline_key, refuse_missing, stage_named, stages_of

if TYPE_CHECKING:
    from crmcli.context import AppContext


def stage(name: str, position: int, kind: str = "open", required: tuple[str, ...] = ()) -> StageView:
    return StageView(position, "sales", name, position, kind, 10, None, "pipeline", required)


STAGES = [stage("Lead", 0), stage("Żółty", 1, required=("value",)), stage("offer", 2, required=("contacts",)),
          stage("won", 3, "won"), stage("lost", 4, "lost", ("lost_reason",))]  # fmt: skip


class Deal:
    """As much of a deal as the rule looks at."""

    number = 7

    def __init__(self, **fields: Any) -> None:
        self.__dict__.update(value=None, contacts=(), lost_reason=None)
        self.__dict__.update(fields)


@pytest.mark.parametrize("name", ["Żółty", "zolty", " ŻÓŁTY "])
def test_a_stage_is_named_regardless_of_case_and_accents(name: str) -> None:
    assert stage_named(STAGES, name).stage == "Żółty"


def test_an_unknown_stage_names_the_pipeline_and_what_there_is() -> None:
    with pytest.raises(NotFound, match="no stage 'xyz' in pipeline sales") as caught:
        stage_named(STAGES, "xyz")
    assert caught.value.hint == "one of Lead, Żółty, offer, won, lost"
    with pytest.raises(NotFound) as caught:
        stage_named(STAGES, "ofer")
    assert caught.value.hint == "did you mean offer?"


def test_first_of_kind() -> None:
    assert [first_of_kind(STAGES, kind).stage for kind in ("open", "won", "lost")] == ["Lead", "won", "lost"]
    with pytest.raises(Refused, match="has no won stage"):
        first_of_kind(STAGES[:2], "won")


@pytest.mark.parametrize(
    ("target", "here", "fields", "missing"),
    [
        (0, -1, {}, None),
        (1, 0, {}, "value"),
        (1, 0, {"value": 1}, None),
        (2, 0, {"contacts": ("x",)}, "value"),
        (2, 1, {"contacts": ("x",)}, None),
        (2, 1, {}, "contacts"),
        (3, 0, {"value": 1}, "contacts"),
        (3, 2, {}, None),
        (4, 0, {}, "lost_reason"),
        (4, 0, {"lost_reason": "price"}, None),
        (0, 2, {}, None),
    ],
)
def test_a_stage_asks_for_its_fields_and_for_those_on_the_way(
    target: int, here: int, fields: dict[str, object], missing: str | None
) -> None:
    if missing is None:
        assert refuse_missing(Deal(**fields), STAGES, STAGES[target], here) is None  # type: ignore[func-returns-value]
    else:
        with pytest.raises(Refused, match=f"requires {missing}") as caught:
            refuse_missing(Deal(**fields), STAGES, STAGES[target], here)
        assert "crm deal edit 7" in str(caught.value.hint)


def test_the_default_pipeline_is_the_first_and_names_are_folded(app: AppContext) -> None:
    app.pipelines.add("Ещё", ["а"], "won", "lost")
    with app.desk.reading() as reader:
        assert pipeline_key(reader, None) == "sales"
        assert [s.stage for s in stages_of(reader, pipeline_key(reader, "ЕЩЁ"))] == ["а", "won", "lost"]
        with pytest.raises(NotFound, match="no pipeline slaes") as caught:
            pipeline_key(reader, "slaes")
    assert caught.value.hint == "did you mean sales?"


def add(app: AppContext, **fields: Any) -> Any:
    return app.deals.add(app.deals.draft({"title": "Pilot", **fields}))


def change(app: AppContext, **fields: Any) -> Any:
    return app.deals.edit("1", app.deals.edit_draft(Changes(fields)))


def stays(app: AppContext) -> list[tuple[str, str | None, str | None]]:
    return [(visit.stage, visit.by, visit.note) for visit in app.deals.show("1").stage_history]


def test_every_way_of_moving_leaves_one_line_in_the_history(app: AppContext) -> None:
    add(app)
    app.deals.move("1", "qualified", note="  asked  ")
    change(app, stage="proposal")
    change(app, stage="proposal", source="fair")
    app.deals.move_where("number = 1", "negotiation", note="bulk")
    app.deals.win("1")
    app.deals.reopen("1", note="they called")
    app.deals.lose("1", "price", note="too dear")
    user = app.user
    assert [
        ("lead", user, None), ("qualified", user, "asked"), ("proposal", user, None), ("negotiation", user, "bulk"),
        ("won", user, None), ("negotiation", user, "they called"), ("lost", user, "too dear"),
    ] == stays(app)  # fmt: skip


def test_a_refused_move_leaves_no_line(app: AppContext) -> None:
    add(app)
    for attempt in (
        lambda: app.deals.move("1", "lead"),
        lambda: app.deals.reopen("1"),
        lambda: app.deals.move("1", "bogus"),
    ):
        with pytest.raises((Refused, NotFound)):
            attempt()
    assert len(stays(app)) == 1


def test_undo_takes_the_line_back(app: AppContext) -> None:
    add(app, probability="35")
    app.deals.lose("1", "price")
    app.history.undo()
    deal = app.deals.get("1")
    assert (deal.stage, deal.closed_at, deal.lost_reason, deal.probability) == ("lead", None, None, 35)
    assert len(stays(app)) == 1


def test_a_move_is_never_before_the_last_one_nor_ahead(app: AppContext) -> None:
    add(app)
    for at in ("2020-01-01", "tomorrow"):
        with pytest.raises(BadValue) as caught:
            app.deals.win("1", at=at)
        assert caught.value.field == "at"
    assert len(stays(app)) == 1


def test_a_closed_deal_goes_straight_to_the_other_end(app: AppContext) -> None:
    add(app, stage="won")
    assert None is not app.deals.get("1").closed_at
    lost = app.deals.lose("1", "other", note="never paid")
    assert (lost.stage, lost.lost_reason, lost.lost_note) == ("lost", "other", "never paid")
    assert app.deals.reopen("1").stage == "lead"


@pytest.mark.parametrize("how", ["move", "edit", "bulk", "win", "lose"])
def test_the_stage_hook_refuses_every_way_of_moving(app: AppContext, how: str) -> None:
    add(app)
    app.desk.hooks._command_of = lambda name: "exit 3" if name == "pre-deal-stage-change" else None  # type: ignore[method-assign]
    ways = {
        "move": lambda: app.deals.move("1", "qualified"),
        "edit": lambda: change(app, stage="qualified"),
        "bulk": lambda: app.deals.move_where("number = 1", "qualified"),
        "win": lambda: app.deals.win("1"),
        "lose": lambda: app.deals.lose("1", "price"),
    }
    with pytest.raises(HookRefused, match="pre-deal-stage-change"):
        ways[how]()
    assert len(stays(app)) == 1
    assert change(app, source="fair").source == "fair"
