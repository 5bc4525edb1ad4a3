"""Small dialogs: a list to pick from, a question, a failure; and that no two keys of a dialog clash."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from textual._context import visible_screen_stack
from textual.widgets import Label, OptionList

from crmcli.domain.fields import ACTIVITY_KINDS
from crmcli.errors import Refused
from crmcli.render.cells import width
from crmcli.tui.keys import dialogs
from crmcli.tui.modals.confirm import Confirm
from crmcli.tui.modals.failure import Failure
from crmcli.tui.modals.kind_picker import KindPicker
from crmcli.tui.modals.picker import Choice, Picker
from crmcli.tui.modals.pipelines import PipelinePicker
from crmcli.tui.widgets.behind import Behind
from tests.tui.dialogs import DialogApp, session_of, settle

if TYPE_CHECKING:
    from crmcli.tui.keys.key import Key

STAGES = [
    Choice("lead", about="10%"),
    Choice("won", "Won [b]now[/b]", "closed"),
    Choice("żółty", about="客户"),
    Choice("lost"),
]


@pytest.mark.parametrize(
    ("keys", "picked"),
    [
        (("enter",), "won"),
        (("down", "enter"), "żółty"),
        (("up", "enter"), "lead"),
        ((*"zol", "enter"), "żółty"),
        ((*"clo", "enter"), "won"),
        ((*"客", "enter"), "żółty"),
        ((*"lo", "down", "enter"), "lost"),
        ((*"nothing", "enter", "escape"), None),
        (("escape",), None),
    ],
)
async def test_a_list_is_narrowed_by_typing(store: str, keys: tuple[str, ...], picked: str | None) -> None:
    """Every word typed is in what is shown; the present one is marked and first at hand."""
    app = DialogApp(session_of(store), Picker("stage", STAGES, "won"))
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await pilot.press(*keys)
        await settle(pilot)
        assert app.answers == [picked]


@pytest.mark.parametrize("size", [(80, 24), (120, 36)])
async def test_kinds_stand_in_the_middle_with_all_their_words(store: str, size: tuple[int, int]) -> None:
    """As every dialog does; each kind is chosen by its own key."""
    app = DialogApp(session_of(store), KindPicker("log on Acme", [*ACTIVITY_KINDS, "form"]))
    async with app.run_test(size=size) as pilot:
        await settle(pilot)
        box = app.screen.query_one(".dialog").region
        assert abs(box.x - (size[0] - box.right)) <= 1
        assert abs(box.y - (size[1] - box.bottom)) <= 1
        keys = app.screen.query_one(".dialog-keys", Label)
        assert width(str(keys.content)) <= keys.content_size.width
        await pilot.press("m")
        await settle(pilot)
        assert app.answers == ["meeting"]


async def test_a_click_picks(store: str) -> None:
    """Where it is clicked."""
    app = DialogApp(session_of(store), PipelinePicker(["sales", "renewals"], "sales"))
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        listed = app.screen.query_one(OptionList)
        await pilot.click(offset=(listed.region.x + 3, listed.region.y + 1))
        await settle(pilot)
        assert app.answers == ["renewals"]


@pytest.mark.parametrize(
    ("keys", "answer"),
    [(("y",), True), (("enter",), True), (("n",), False), (("escape",), False), (("tab", "enter"), False)],
)
async def test_a_question_is_answered(store: str, keys: tuple[str, ...], answer: bool) -> None:
    """By keys, and by the button that has them."""
    app = DialogApp(session_of(store), Confirm("remove 3 contacts?", ["#1 Jane [b]Doe[/b]", "#2 张伟"]))
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await pilot.press(*keys)
        await settle(pilot)
        assert app.answers == [answer]


@pytest.mark.parametrize("key", ["escape", "enter", "space", "q"])
async def test_a_failure_is_closed_by_any_usual_key(store: str, key: str) -> None:
    """It tells, and nothing more."""
    app = DialogApp(
        session_of(store), Failure("no", Refused("stage won requires value", hint="crm deal edit 1 --value …"))
    )
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await pilot.press(key)
        await settle(pilot)
        assert app.answers == [None]


GROUPS = {name: keys for name, keys in vars(dialogs).items() if name.isupper() and not name.startswith("_")}


@pytest.mark.parametrize("name", sorted(GROUPS))
def test_no_key_of_a_dialog_does_two_things(name: str) -> None:
    """Each key once, each action with a name and an explanation."""
    keys: tuple[Key, ...] = GROUPS[name]
    all_keys = [each for key in keys for each in key.keys.split(",")]
    assert len(all_keys) == len(set(all_keys))
    assert len({key.id for key in keys}) == len(keys)
    assert all(key.about and key.label and key.section for key in keys)


async def test_each_dialog_is_drawn_before_the_screen_below_it(store: str) -> None:
    """However Textual counts: two that were drawn before each other would never come to an end."""
    under, above = Confirm("sure?"), Confirm("really?")
    app = DialogApp(session_of(store), under)
    async with app.run_test() as pilot:
        await settle(pilot)
        app.push_screen(above)
        await settle(pilot)
        for dialog, below in ((above, under), (under, app.screen_stack[0])):
            visible_screen_stack.set([above if dialog is under else under])
            drawn = dialog.render()
            assert isinstance(drawn, Behind)
            assert below is drawn._screen
