"""Forms: what is said while one types, what is stored, and what happens when two change the same."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from textual.screen import ModalScreen
from textual.widgets import Input, Select, Static, TextArea

from crmcli.context import AppContext, Flags
from crmcli.domain.fields import FIELDS
from crmcli.services.records import Changes
from crmcli.tui.modals.conflict import ConflictDialog
from crmcli.tui.modals.fields import FormField, join_list, part_at, split_list
from crmcli.tui.modals.form import Form
from crmcli.tui.modals.record_fields import record_fields
from crmcli.tui.modals.record_form import RecordForm, log_fields, task_fields
from crmcli.tui.verbs import VERBS
from crmcli.tui.widgets.choice_list import ChoiceHead
from tests.tui.dialogs import DialogApp, session_of, settle

if TYPE_CHECKING:
    from collections.abc import Mapping

    from textual.pilot import Pilot

    from crmcli.domain.views import ContactView, DealView
    from crmcli.tui.session import Session

SIZES = [(80, 24), (120, 36)]


def shown(form: Form[object], name: str) -> tuple[str, str]:
    """What is said beside a field, and below it."""
    row = form.rows[name]
    note = str(row.note.content) if row.note is not None and row.has_class("-told") else ""
    return note, str(row.error.content) if row.error is not None and row.error.display else ""


def said(form: Form[object]) -> str:
    """The line above the buttons."""
    return str(form.query_one(".dialog-error", Static).content)


def jane(session: Session) -> ContactView:
    """A contact with a bit of everything."""
    contacts = session.contacts
    raw = {"name": "Jane Doe", "emails": ("doe@acme.example",), "phones": ("+359 2 123 4567",), "companies": ("Acme, Inc.", "Initech"),
           "tags": ("vip",), "note": "likes *tea*", "birthday": "1984-05-17", "title": "Head"}  # fmt: skip
    view: ContactView = contacts.add(contacts.draft(raw, ["Region=North", "json:Score=12.5"]))
    return view


def as_ana(store: str) -> AppContext:
    """The same store in another's hands."""
    return AppContext(Flags(store=store, quiet=True, user="ana"), origin="test")


async def fill(pilot: Pilot[None], form: Form[object], **texts: str) -> None:
    """Put texts into fields as if they were pasted, and wait until they are looked at."""
    for name, text in texts.items():
        control = form.rows[name].control
        if isinstance(control, TextArea):
            control.load_text(text)
        else:
            control.value = text
    await settle(pilot)


# -- lists on one line


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("", []), ("a", ["a"]), ("a, b", ["a", "b"]), ("a,,b, a", ["a", "b"]), ("a\nb", ["a", "b"]),
        ('"Acme, Inc.", Initech', ["Acme, Inc.", "Initech"]), ('12" pipe', ['12" pipe']), ("Łódź, 北京", ["Łódź", "北京"]),
    ],
)  # fmt: skip
def test_several_values_on_one_line(text: str, values: list[str]) -> None:
    """Commas and lines part them, quotes keep a comma."""
    assert split_list(text) == values
    assert split_list(join_list(values)) == values


@pytest.mark.parametrize(
    ("text", "cursor", "part"), [("a, bc", 5, "bc"), ("a, bc", 1, "a"), ("ab", 1, "ab"), ("a, ", 3, ""), ("", 0, "")]
)
def test_the_value_at_the_cursor(text: str, cursor: int, part: str) -> None:
    """Which of several values is being typed."""
    start, end = part_at(text, cursor)
    assert text[start:end] == part


@pytest.mark.parametrize("noun", sorted(FIELDS))
def test_every_field_that_can_be_set_is_in_the_form(noun: str, store: str) -> None:
    """But the currency, which is typed with the amount."""
    session = session_of(store)
    names = {field.name for field in record_fields(noun, None, session.locale)}
    wanted = {field.name for field in FIELDS[noun] if not field.computed} - {"currency"}
    assert names - {"more"} == wanted


# -- while one types


@pytest.mark.parametrize(
    ("name", "text", "note", "error"),
    [
        ("birthday", "17 may 1984", "→ Thu 17 May 1984, 42 years ago", ""),
        ("birthday", "fri", "", "✗ 2026-11-27 lies in the future"),
        ("phones", "02 123 4567", "", "✗"),
        ("phones", "+359 2 123 4567, +359888123456", "→ +359 2 123 4567, +359 88 812 3456", ""),
        ("emails", "jane@@x", "", '✗ "jane@@x" is not an e-mail address: there is more than one @'),
        ("emails", "a@b.example, c@d.example", "", ""),
        ("lead_score", "many", "", "✗ 'many' is not a whole number"),
        ("name", "  ", "", "✗ is required"),
        ("companies", "Acme, Nowhere Ltd", "→ new company", ""),
        ("tags", "vip, new", "", ""),
    ],
)
async def test_what_is_meant_and_what_is_wrong_is_said_at_once(
    store: str, name: str, text: str, note: str, error: str
) -> None:
    """Beside the field, and below it with a mark."""
    session = session_of(store)
    form = RecordForm(session, "contact")
    app = DialogApp(session, form)
    async with app.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        await fill(pilot, form, **{name: text})
        meant, wrong = shown(form, name)
        assert meant == note
        assert wrong.startswith(error)
        assert bool(wrong) is bool(error)


@pytest.mark.parametrize(
    ("name", "text", "note"),
    [
        ("expected_close", "fri", "→ Fri 27 Nov 2026, in 6 days"),
        ("expected_close", "tomorrow", "→ Sun 22 Nov 2026, tomorrow"),
        ("value", "12.5k", "→ 12,500 EUR"),
        ("value", "900 usd", "→ 900 USD"),
        ("contacts", "jane@acme.example", "→ jane"),
        ("contacts", "new@acme.example", "→ new contact"),
    ],
)
async def test_words_are_shown_as_what_they_mean(store: str, name: str, text: str, note: str) -> None:
    """Dates, money and people of a deal."""
    session = session_of(store)
    form = RecordForm(session, "deal")
    app = DialogApp(session, form)
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await fill(pilot, form, **{name: text})
        assert shown(form, name) == (note, "")


@pytest.mark.parametrize(
    ("locale", "date", "money"),
    [
        ("bg_BG", "→ пт 27.11.2026 г., in 6 days", "→ 12\xa0500,00\xa0€"),
        ("de_DE", "→ Fr. 27.11.2026, in 6 days", "→ 12.500,00\xa0€"),
    ],
)
async def test_previews_in_the_users_locale(
    store: str, monkeypatch: pytest.MonkeyPatch, locale: str, date: str, money: str
) -> None:
    """As the user's country writes them."""
    monkeypatch.setenv("CRM_LOCALE", locale)
    session = session_of(store)
    form = RecordForm(session, "deal")
    app = DialogApp(session, form)
    async with app.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        await fill(pilot, form, expected_close="fri", value="12.5k")
        meant = shown(form, "expected_close")[0], shown(form, "value")[0]
        assert [text.replace("\u202f", " ") for text in meant] == [date, money]


async def test_a_length_and_a_time_of_a_task(store: str) -> None:
    """How long, and when with its hour."""
    session = session_of(store)
    form = RecordForm(session, "activity", None, {"type": "task"})
    app = DialogApp(session, form)
    async with app.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        await fill(pilot, form, due="tomorrow 9:00", duration="90", recurrence="weekly")
        assert shown(form, "due")[0] == "→ Sun 22 Nov 2026 09:00, tomorrow"
        assert shown(form, "duration")[0] == "→ 1 h 30 min"
        assert "FREQ=WEEKLY" in shown(form, "recurrence")[0]


@pytest.mark.parametrize("size", SIZES)
async def test_people_and_companies_are_completed_and_the_list_is_never_cut_off(
    store: str, size: tuple[int, int]
) -> None:
    """The list stands below or above its line, whole on the screen, also for the last field."""
    session = session_of(store)
    form = RecordForm(session, "deal")
    app = DialogApp(session, form)
    async with app.run_test(size=size) as pilot:
        await settle(pilot)
        for name, typed, expected in (("company", "zub", "Żubr Logistyka"), ("pipeline", "s", "sales")):
            form.rows[name].control.focus()
            await pilot.press(*typed)
            await settle(pilot)
            line = form.rows[name]._line
            assert line is not None
            assert [item.text for item in line.items] == [expected]
            region = line._list.region
            assert region.height == 3
            assert app.screen.region.contains_region(region)
            await pilot.press("down", "enter")
            assert form.rows[name].text == expected
            assert not line.is_open


async def test_one_of_several_values_is_completed(store: str) -> None:
    """Only the one at the cursor is replaced."""
    session = session_of(store)
    view = jane(session)
    form = RecordForm(session, "contact", view)
    app = DialogApp(session, form)
    async with app.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        form.rows["companies"].control.focus()
        await pilot.press("end", *", zu")
        await settle(pilot)
        await pilot.press("down", "tab")
        assert form.rows["companies"].text == '"Acme, Inc.", Initech, Żubr Logistyka'


# -- storing


async def test_only_what_was_changed_is_stored(store: str) -> None:
    """Lists gain and lose, texts are set and emptied, custom fields keep their kind, all else stays."""
    session = session_of(store)
    before = jane(session)
    form = RecordForm(session, "contact", before)
    app = DialogApp(session, form)
    async with app.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        await fill(
            pilot, form, title="Director", birthday="", tags="vip, big", emails="jane@new.example, doe@acme.example",
            companies="Initech", note="likes\n\ncoffee", **{"custom.Region": "", "custom.Score": "13", "more": "Shoe size=38"},
        )  # fmt: skip
        form.rows["lifecycle"].control.value = "customer"
        await pilot.press("ctrl+s")
        await settle(pilot)
        after: ContactView = session.contacts.get(before.id)
    assert app.answers[0].result == after
    assert (after.title, after.birthday, after.tags, after.note) == (
        "Director",
        None,
        ("big", "vip"),
        "likes\n\ncoffee",
    )
    assert set(after.emails) == {"doe@acme.example", "jane@new.example"}
    assert [company.name for company in after.companies] == ["Initech"]
    assert (after.lifecycle, after.custom_fields) == ("customer", {"Score": 13, "Shoe size": "38"})
    assert (after.name, after.phones, after.owner) == (before.name, before.phones, before.owner)


async def test_nothing_changed_is_nothing_stored(store: str) -> None:
    """No change set is made of it."""
    session = session_of(store)
    view = jane(session)
    app = DialogApp(session, RecordForm(session, "contact", view))
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        count = len(list(session.history.list(None)))
        await pilot.press("ctrl+s")
        await settle(pilot)
        assert app.answers[0].result == view
        assert len(list(session.history.list(None))) == count


@pytest.mark.parametrize(
    ("noun", "texts"),
    [
        (
            "contact",
            {"name": "Zofia Żak", "emails": "zofia@x.example, z@y.example", "more": 'Region=North, "Likes=a, b"'},
        ),
        (
            "company",
            {"name": "Zenith", "websites": "zenith.example", "annual_revenue": "2.5m eur", "country": "Poland"},
        ),
        (
            "deal",
            {"title": "Lamps", "value": "12.5k", "company": "Zenith", "contacts": "z@y.example", "stage": "qualified"},
        ),
        (
            "activity",
            {"body": "spoke of lamps", "contacts": "jane@acme.example", "at": "yesterday 15:00", "duration": "15m"},
        ),
        ("activity", {"subject": "send it", "due": "mon", "priority": "high"}),
    ],
)
async def test_a_new_record_of_any_noun(store: str, noun: str, texts: Mapping[str, str]) -> None:
    """What was typed is in the store."""
    session = session_of(store)
    form = RecordForm(session, noun, None, {"type": "task"} if "due" in texts else None)
    app = DialogApp(session, form)
    async with app.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        await fill(pilot, form, **texts)
        await pilot.press("ctrl+s")
        await settle(pilot)
        assert (said(form), len(app.answers)) == ("", 1) if not app.answers else True
        view = app.answers[0].result
    for name in ("name", "title", "body", "subject", "priority", "stage"):
        if name in texts:
            assert getattr(view, name) == texts[name]
    if noun == "contact":
        assert view.custom_fields == {"Region": "North", "Likes": "a, b"}
        assert view.emails == ("zofia@x.example", "z@y.example")
    if "due" in texts:
        assert view.type == "task"


async def test_a_required_field_is_asked_for_before_anything_is_stored(store: str) -> None:
    """The form stays, and the keys are in that field."""
    session = session_of(store)
    form = RecordForm(session, "company")
    app = DialogApp(session, form)
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await fill(pilot, form, country="Poland")
        form.rows["country"].control.focus()
        await pilot.press("enter")
        await settle(pilot)
        assert said(form) == "✗ name is required"
        assert app.focused is form.rows["name"].control
        assert not app.answers


async def test_what_is_only_proposed_gives_way_to_what_is_typed(store: str) -> None:
    """A day and an owner; what a record holds is gone on with."""
    for verb, keys, wanted in (("snooze", "fri", "fri"), ("assign", "ana", "ana")):
        session = session_of(store)
        form = Form(verb, VERBS[verb].fields(session, ()), dict)  # type: ignore[misc]
        app = DialogApp(session, form)
        async with app.run_test(size=(80, 24)) as pilot:
            await settle(pilot)
            await pilot.press(*keys)
            assert [row.text for row in form.rows.values()] == [wanted]
    session = session_of(store)
    edited = RecordForm(session, "deal", session.deals.get("Acme pilot"))
    app = DialogApp(session, edited)
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await pilot.press("!")
        assert edited.rows["title"].text == "Acme pilot!"


async def test_one_of_several_is_chosen_by_its_letters(store: str) -> None:
    """Without unfolding the list; what begins with none of them changes nothing."""
    session = session_of(store)
    form = Form("lose", VERBS["lose"].fields(session, ()), dict)  # type: ignore[misc]
    app = DialogApp(session, form)
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        assert form.rows["reason"].text == "price"
        await pilot.press(*"no r")
        await settle(pilot)
        assert form.rows["reason"].text == "no response"
        form.rows["reason"].control._typed_at = 0.0
        await pilot.press("z")
        assert form.rows["reason"].text == "no response"


async def test_what_is_mended_is_not_complained_of(store: str) -> None:
    """The line above the buttons is about what is wrong now."""
    session = session_of(store)
    form = RecordForm(session, "contact")
    app = DialogApp(session, form)
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await pilot.press("ctrl+s")
        await settle(pilot)
        assert said(form) == "✗ name is required"
        await pilot.press("Z")
        await settle(pilot)
        assert said(form) == ""


async def test_the_store_says_what_is_wrong_and_what_was_typed_stays(store: str) -> None:
    """An e-mail of another is refused, in the user's words."""
    session = session_of(store)
    jane(session)
    form = RecordForm(session, "contact")
    app = DialogApp(session, form)
    async with app.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        await fill(pilot, form, name="[b]Other[/b]", emails="doe@acme.example")
        await pilot.press("ctrl+s")
        await settle(pilot)
        assert "belongs to contact" in said(form)
        assert form.rows["name"].text == "[b]Other[/b]"
        await fill(pilot, form, emails="nope")
        await pilot.press("ctrl+s")
        await settle(pilot)
        assert app.focused is form.rows["emails"].control
        assert shown(form, "emails")[1].startswith("✗")


async def test_a_stage_asks_for_its_fields(store: str) -> None:
    """Those that it requires, and those of the stages on the way, are marked and wanted."""
    session = session_of(store)
    context = AppContext(Flags(store=store, quiet=True), origin="test")
    from tests.conftest import run

    assert (
        run(
            "--db", store, "pipeline", "stage-edit", "proposal", "--require", "expected_close", "--require", "contacts"
        ).code
        == 0
    )
    deal: DealView = context.deals.get("Acme pilot")
    form = RecordForm(session, "deal", context.deals.get("Склад София"))
    app = DialogApp(session, form)
    async with app.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        assert deal.stage == "lead"
        assert not form.rows["expected_close"].is_required
        await fill(pilot, form, stage="negotiation")
        assert form.rows["expected_close"].is_required
        assert shown(form, "expected_close") == ("", "✗ is required")
        await pilot.press("ctrl+s")
        await settle(pilot)
        assert not app.answers
        assert app.focused in (form.rows["expected_close"].control, form.rows["contacts"].control)
        await fill(pilot, form, expected_close="fri", contacts="buyer@sofia.example")
        await pilot.press("ctrl+s")
        await settle(pilot)
        assert app.answers[0].result.stage == "negotiation"
        assert app.answers[0].notes


async def test_a_stage_that_is_not_there_is_marked(store: str) -> None:
    """With those that are."""
    session = session_of(store)
    form = RecordForm(session, "deal")
    app = DialogApp(session, form)
    async with app.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        await fill(pilot, form, stage="prposal")
        assert shown(form, "stage")[1].startswith("✗ no stage 'prposal'; there are lead, qualified")


# -- two at once


@pytest.mark.parametrize("keys", [("t", "m", "enter"), ("down", "up", "space", "enter")])
async def test_both_values_are_shown_and_the_user_decides(store: str, keys: tuple[str, ...]) -> None:
    """Theirs for the one, mine for the other; what only they changed stays theirs, lists are put together."""
    session = session_of(store)
    deal: DealView = session.deals.get("Acme pilot")
    form = RecordForm(session, "deal", deal)
    app = DialogApp(session, form)
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        deals = as_ana(store).deals
        deals.edit(
            deal.id,
            deals.edit_draft(
                Changes({"title": "Their title", "value": "15000", "source": "web"}, {"tags": ("theirs",)})
            ),
        )
        await fill(pilot, form, title="My title", value="13000", next_step="call", tags="mine")
        await pilot.press("ctrl+s")
        await settle(pilot)
        assert isinstance(app.screen, ConflictDialog)
        texts = [str(each.content) for each in app.screen.query(".conflict-side").results(Static)]
        assert texts == ["◉ mine\nMy title", "◌ theirs\nTheir title", "◉ mine\n13000", "◌ theirs\n15000 EUR"]
        await pilot.press(*keys)
        await settle(pilot)
        after: DealView = session.deals.get(deal.id)
    assert len(app.answers) == 1
    assert (after.title, after.value and after.value.plain) == ("Their title", "13000")
    assert (after.source, after.next_step, after.tags) == ("web", "call", ("mine", "theirs"))


async def test_a_form_on_what_another_deleted_says_who_did(store: str) -> None:
    """And how it comes back; what was typed stays, and is stored once it is there again."""
    session = session_of(store)
    deal = session.deals.get("Acme pilot")
    form = RecordForm(session, "deal", deal)
    app = DialogApp(session, form)
    async with app.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        as_ana(store).deals.remove(deal.id)
        await fill(pilot, form, title="My title")
        await pilot.press("ctrl+s")
        await settle(pilot)
        assert f"deal #{deal.number} Acme pilot was deleted by ana" in said(form)
        assert f"crm deal restore {deal.number}" in said(form)
        as_ana(store).deals.restore(deal.id)
        await pilot.press("ctrl+s")
        await settle(pilot)
    assert "My title" == session.deals.get(deal.id).title


async def test_back_to_the_form_stores_nothing(store: str) -> None:
    """And loses nothing."""
    session = session_of(store)
    deal = session.deals.get("Acme pilot")
    form = RecordForm(session, "deal", deal)
    app = DialogApp(session, form)
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        deals = as_ana(store).deals
        deals.edit(deal.id, deals.edit_draft(Changes({"title": "Their title"})))
        await fill(pilot, form, title="My title")
        await pilot.press("ctrl+s")
        await settle(pilot)
        await pilot.press("escape")
        await settle(pilot)
        assert app.screen is form
        assert form.rows["title"].text == "My title"
        assert session.deals.get(deal.id).title == "Their title"
        await pilot.press("ctrl+s")
        await settle(pilot)
        await pilot.click("#mine")
        await pilot.press("enter")
        await settle(pilot)
        assert session.deals.get(deal.id).title == "My title"


# -- long texts


async def test_markdown_is_previewed_and_written_on(store: str) -> None:
    """The same key shows it and goes back."""
    session = session_of(store)
    form = RecordForm(session, "contact", jane(session))
    app = DialogApp(session, form)
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        row = form.rows["note"]
        row.control.focus()
        await pilot.press("ctrl+o")
        await settle(pilot)
        assert row.has_class("-preview")
        assert [type(each).__name__ for each in row.query("Markdown")] == ["Markdown"]
        await pilot.press("ctrl+o")
        await pilot.pause()
        assert app.focused is row.control
        await pilot.press("end", *"!", "tab")
        assert row.text == "likes *tea*!"
        assert app.focused is not row.control


EDITOR = """#!/bin/sh
stat -c %a "$2" > {folder}/mode; echo "$1" > {folder}/flag; cat "$2" > {folder}/was; echo "$2" > {folder}/name
printf 'written\\nelsewhere; $(touch {folder}/hacked)\\n' > "$2"
"""


async def test_a_long_text_is_written_in_the_users_editor(
    store: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Started without a shell, on a private file that is gone afterwards."""
    from contextlib import nullcontext

    script = tmp_path / "my editor"
    script.write_text(EDITOR.format(folder=tmp_path))
    script.chmod(0o755)
    monkeypatch.setenv("VISUAL", f"'{script}' '--wait; touch {tmp_path}/hacked'")
    session = session_of(store)
    form = RecordForm(session, "contact", jane(session))
    app = DialogApp(session, form)
    async with app.run_test(size=(80, 24)) as pilot:
        monkeypatch.setattr(app, "suspend", nullcontext)
        await settle(pilot)
        form.rows["note"].control.focus()
        await pilot.press("ctrl+e")
        await settle(pilot)
        assert form.rows["note"].text == f"written\nelsewhere; $(touch {tmp_path}/hacked)"
    assert (tmp_path / "mode").read_text().strip() == "600"
    assert (tmp_path / "was").read_text() == "likes *tea*"
    assert (tmp_path / "flag").read_text().startswith("--wait; touch")
    assert not (tmp_path / "hacked").exists()
    assert not Path((tmp_path / "name").read_text().strip()).exists()


@pytest.mark.parametrize(
    ("editor", "words"), [("false", "ended with 1"), ("/nowhere/at-all", "no editor"), ("'", "can't read")]
)
async def test_an_editor_that_fails_leaves_the_text(
    store: str, monkeypatch: pytest.MonkeyPatch, editor: str, words: str
) -> None:
    """And the form says why."""
    from contextlib import nullcontext

    monkeypatch.setenv("VISUAL", editor)
    session = session_of(store)
    form = RecordForm(session, "contact", jane(session))
    app = DialogApp(session, form)
    async with app.run_test(size=(80, 24)) as pilot:
        monkeypatch.setattr(app, "suspend", nullcontext)
        await settle(pilot)
        form.rows["note"].control.focus()
        await pilot.press("ctrl+e")
        await settle(pilot)
        assert form.rows["note"].text == "likes *tea*"
        assert [words in each.message for each in app._notifications] == [True]


# -- the small forms


async def test_small_forms_are_made_of_the_same_fields(store: str) -> None:
    """Labels to put on and take off, picked reasons, a day to put something off to."""
    session = session_of(store)
    stored: list[dict[str, str]] = []
    fields = (
        FormField("tags", "tags", completes="tag", many=True, required=True),
        FormField("reason", "reason", choices=("price", "other")),
        FormField("until", "until", "tomorrow", field=("activity", "due"), required=True),
    )
    app = DialogApp(session, form := Form("a few", fields, lambda values: stored.append(dict(values))))
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        assert shown(form, "until")[0] == "→ Sun 22 Nov 2026, tomorrow"
        assert isinstance(form.rows["reason"].control, Select)
        await pilot.press(*"vip, -old", "tab", "down", "down", "enter", "ctrl+s")
        await settle(pilot)
    assert stored == [{"tags": "vip, -old", "reason": "other", "until": "tomorrow"}]


@pytest.mark.parametrize("fields", [log_fields(), task_fields()])
async def test_logging_and_planning_ask_little(store: str, fields: tuple[FormField, ...]) -> None:
    """They open, with the keys in the first field, and are closed by escape."""
    session = session_of(store)
    app = DialogApp(session, form := Form("quick", fields, dict))
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        assert isinstance(app.focused, Input)
        assert set(form.values()) == {field.name for field in fields}
        await pilot.press("escape")
        await settle(pilot)
    assert app.answers == [None]


async def test_stored_while_another_screen_is_before_it_the_form_closes_after_that_one(store: str) -> None:
    """The other one stays open; the form neither stays behind nor brings the program down."""
    let_go = threading.Event()
    form = Form("new", [FormField("name", "name", "Jane")], lambda _: let_go.wait(20))
    app, other = DialogApp(session_of(store), form), ModalScreen[None]()
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await pilot.press("ctrl+s")
        await app.push_screen(other)
        let_go.set()
        await settle(pilot)
        assert (app.screen, app.answers) == (other, [])
        other.dismiss()
        await settle(pilot)
        assert form not in app.screen_stack
        assert [True] == [answer.result for answer in app.answers]


def test_a_choice_without_its_words_keeps_what_is_chosen() -> None:
    """A form that is closed as it opens has taken them away already."""
    head = ChoiceHead("none")
    head.update("mail")
    assert "mail" == head.label
