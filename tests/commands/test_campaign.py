"""``crm campaign``: planned, found, changed, moved from state to state, and taken back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.conftest import Result

    Crm = Callable[..., Result]


def shown(crm: Crm, ref: object) -> Any:
    return crm("campaign", "show", ref, "--format", "json").json()


def test_all_that_a_plan_holds_comes_back(crm_on: Crm) -> None:
    crm_on("segment", "add", "vip", "--filter", "tag = vip")
    crm_on("segment", "add", "left", "--filter", "tag = left")
    crm_on("campaign", "add", "Year")
    uid = crm_on(
        "campaign", "add", "Пролет 春", "--kind", "newsletter", "--code", "K26", "--objective", "more friends",
        "--parent", "year", "--start", "2026-12-01", "--end", "2026-12-31", "--budget", "€1,000", "--expected-cost",
        "800", "--expected-revenue", "5k", "--expected-response", "2.5%", "--segment", "VIP", "--exclude", "left",
        "--goal", "responses=20", "--goal", "roi=150%", "--owner", "ana", "--send-at", "2026-12-01 9:00",
        "--per-minute", "30", "--per-hour", "500", "--window", "9-17 mon-fri", "--cap", "2/7d", "--batch", "100",
        "--ramp", "50,100/day", "--account", "main",
    ).uid  # fmt: skip
    assert uid.startswith("cp_")
    found = shown(crm_on, "k26")
    assert {
        "id": uid, "number": 2, "name": "Пролет 春", "code": "K26", "kind": "newsletter", "status": "draft",
        "starts_on": "2026-12-01", "ends_on": "2026-12-31", "send_at": "2026-12-01T09:00:00Z",
        "objective": "more friends", "owner": "ana", "budget": 1000, "expected_cost": 800, "expected_revenue": 5000,
        "currency": "EUR", "expected_response": 2.5, "members": 0, "template": None,
    }.items() <= found.items()  # fmt: skip
    assert "Year" == found["parent"]["name"]
    assert (["vip"], ["left"]) == ([s["name"] for s in found["segments"]], [s["name"] for s in found["excluded"]])
    assert [("responses", 20), ("roi", 1.5)] == [(goal["metric"], goal["target"]) for goal in found["goals"]]
    assert {
        "per_minute": "30", "per_hour": "500", "window": "09:00-17:00 mon-fri", "cap": "2/7d", "batch": "100",
        "ramp": "50,100/day", "account": "main",
    } == found["settings"]["pace"]  # fmt: skip


@pytest.mark.parametrize("ref", ["Spring", "SPRING", "1", "#1", "s26", "cp_"])
def test_a_campaign_goes_by_uid_number_name_and_code(crm: Crm, ref: str) -> None:
    uid = crm("campaign", "add", "Spring", "--code", "S26").uid
    assert uid == shown(crm, uid[:12] if ref == "cp_" else ref)["id"]


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (("show", "Sprng"), 3, "no campaign Sprng (did you mean Spring?)"),
        (("respond", "--code", "S27", "a@b.com"), 3, "no campaign has the code S27 (did you mean S26?)"),
        (("add", "spring"), 4, "there is a campaign Spring already (#1)"),
        (("add", "Other", "--code", "s26"), 4, "code s26 belongs to campaign #1 Spring"),
        (("add", " "), 2, "name: a name has 1 to 200 characters"),
        (("add", "X", "--kind", "emial"), 2, "did you mean email?"),
        (("add", "X", "--segment", "nobody"), 3, "no segment nobody"),
        (("add", "X", "--template", "none"), 3, "no template none"),
        (("add", "X", "--start", "2026-12-02", "--end", "2026-12-01"), 2, "end: 2026-12-01 lies before the start"),
        (("add", "X", "--goal", "reach"), 2, "goal: "),
        (("add", "X", "--budget", "-5"), 2, "budget: "),
        (("add", "X", "--expected-response", "120"), 2, "expected-response: "),
        (("add", "X", "--send-at", "someday"), 2, "send-at: "),
        (("edit", "Spring", "--parent", "Spring"), 2, "parent: "),
        (("edit", "Spring", "--status", "active"), 2, "crm campaign start"),
        (("edit", "Spring", "--clear", "name"), 2, "clear: "),
        (("list", "--sort", "nme"), 2, "did you mean name?"),
        (("list", "--kind", "mail"), 2, "kind: "),
        (("cost", "add", "Spring", "0"), 2, "amount: "),
        (("cost", "rm", "77"), 3, "no cost 77"),
        (("calendar", "--month", "2026"), 2, "month: "),
        (("restore", "Spring"), 5, "is not deleted"),
    ],
)
def test_what_is_wrong_is_said_in_a_line(crm: Crm, words: tuple[str, ...], code: int, message: str) -> None:
    crm("campaign", "add", "Spring", "--code", "S26")
    result = crm("campaign", *words)
    assert (code, "") == (result.code, result.stdout), result.stderr
    assert message in result.stderr
    assert 1 == len(result.stderr.splitlines())


def test_an_edit_changes_what_it_names_and_clears_what_it_is_told_to(crm_on: Crm) -> None:
    crm_on("campaign", "add", "Spring", "--budget", "100", "--goal", "reach=5", "--goal", "deals=2", "--window", "9-17",
           "--batch", "7", "--code", "S")  # fmt: skip
    crm_on("campaign", "edit", "Spring", "--name", "Autumn", "--goal", "reach=9", "--status", "planned", "--clear", "window",
           "--clear", "budget,code")  # fmt: skip
    found = shown(crm_on, "Autumn")
    assert {"budget": None, "currency": None, "code": None, "status": "planned"}.items() <= found.items()
    assert {"batch": "7"} == found["settings"]["pace"]
    assert {"reach": 9, "deals": 2} == {goal["metric"]: goal["target"] for goal in found["goals"]}
    crm_on("campaign", "edit", "Autumn", "--clear", "goal")
    assert [] == shown(crm_on, "Autumn")["goals"]


def test_a_change_that_changes_nothing_is_no_step(crm: Crm) -> None:
    crm("campaign", "add", "Spring", "--budget", "100")
    assert "nothing to change" in crm("campaign", "edit", "Spring", "--budget", "100").stderr


@pytest.mark.parametrize(
    ("steps", "status"),
    [
        (("start",), "active"),
        (("start", "pause"), "paused"),
        (("start", "pause", "resume"), "active"),
        (("start", "complete"), "completed"),
        (("start", "pause", "complete"), "completed"),
        (("cancel",), "canceled"),
        (("start", "pause", "cancel"), "canceled"),
    ],
)
def test_verbs_lead_from_state_to_state(crm: Crm, steps: tuple[str, ...], status: str) -> None:
    crm("campaign", "add", "Spring")
    for step in steps:
        assert 0 == crm("campaign", step, "Spring").code
    found = shown(crm, "Spring")
    assert status == found["status"]
    assert (found["ended_at"] is not None) == (status in ("completed", "canceled"))


@pytest.mark.parametrize(
    ("steps", "wrong", "said"),
    [
        ((), "pause", "is draft, so it can't be paused"),
        ((), "resume", "is draft, so it can't be resumed (try: crm campaign start 'Spring')"),
        ((), "complete", "is draft, so it can't be completed"),
        ((), "target", "is draft, so nobody is targeted"),
        (("start", "pause"), "start", "is paused, so it can't be started (try: crm campaign resume 'Spring')"),
        (("start", "complete"), "start", "is completed, so it can't be started"),
        (("cancel",), "resume", "is canceled, so it can't be resumed"),
        (("cancel",), "cancel", "is canceled, so it can't be canceled"),
    ],
)
def test_a_wrong_move_is_refused_and_says_the_state(crm: Crm, steps: tuple[str, ...], wrong: str, said: str) -> None:
    crm("campaign", "add", "Spring")
    for step in steps:
        crm("campaign", step, "Spring")
    result = crm("campaign", wrong, "Spring")
    assert 5 == result.code
    assert said in result.stderr


def test_a_campaign_that_only_a_deal_named_is_like_any_other(crm_on: Crm) -> None:
    crm_on("deal", "add", "Pilot", "--campaign", "Fair")
    assert {"name": "Fair", "kind": "other", "status": "active", "budget": None}.items() <= shown(
        crm_on, "fair"
    ).items()
    crm_on("campaign", "edit", "Fair", "--kind", "exhibition", "--code", "K26")
    crm_on("deal", "add", "Two", "--campaign", "k26")
    crm_on("task", "add", "Badges", "--campaign", "K26", "--due", "tomorrow")
    assert 1 == len(crm_on("campaign", "list", "--format", "ids").lines)
    assert ["Fair", "Fair"] == [deal["campaign"] for deal in crm_on("deal", "list", "--format", "json").json()]
    assert ["Badges"] == [task["subject"] for task in shown(crm_on, "Fair")["tasks"]]
    assert "Badges" in crm_on("today").stdout


def test_every_change_of_a_plan_is_in_its_history_and_can_be_taken_back(crm_on: Crm) -> None:
    crm_on("campaign", "add", "Spring", "--goal", "reach=5")
    crm_on("campaign", "edit", "Spring", "--name", "Autumn", "--goal", "reach=9", "--budget", "100")
    crm_on("campaign", "cost", "add", "Autumn", "25.50", "--note", "print")
    crm_on("campaign", "start", "Autumn")
    told = crm_on("history", "campaign:Autumn", "--format", "json").json()
    fields = {(c["field"], c["before"], c["after"]) for step in told for c in step["changes"]}
    assert {
        ("name", "Spring", "Autumn"), ("goals", None, "reach=9"), ("goals", "reach=5", None), ("status", "draft", "active"),
        ("costs", None, "25.50 EUR"), ("kind", None, "email"),
    } <= fields  # fmt: skip
    started, costed, edited, added = (step["number"] for step in told)
    crm_on("undo", started)
    assert "draft" == shown(crm_on, "Autumn")["status"]
    crm_on("undo", costed)
    assert [] == crm_on("campaign", "cost", "list", "--format", "json").json()
    crm_on("undo", edited)
    found = shown(crm_on, "Spring")
    assert (None, [5.0]) == (found["budget"], [goal["target"] for goal in found["goals"]])
    crm_on("undo", added)
    assert [] == crm_on("campaign", "list", "--format", "json").json()


def test_deleted_and_brought_back(crm_on: Crm) -> None:
    crm_on("campaign", "add", "Spring", "--code", "S")
    crm_on("campaign", "rm", "Spring")
    assert 3 == crm_on("campaign", "show", "Spring").code
    assert ["Spring"] == [c["name"] for c in crm_on("campaign", "list", "--deleted", "--format", "json").json()]
    crm_on("campaign", "add", "Summer", "--code", "S")
    refused = crm_on("campaign", "restore", "Spring")
    assert (4, True) == (refused.code, "code S belongs to campaign #2 Summer" in refused.stderr)
    crm_on("campaign", "edit", "Summer", "--clear", "code")
    assert 0 == crm_on("campaign", "restore", "Spring").code
    assert "Spring" == shown(crm_on, "S")["name"]


def test_a_clone_is_a_draft_without_dates_code_and_costs(crm_on: Crm) -> None:
    crm_on("segment", "add", "vip", "--filter", "tag = vip")
    crm_on("campaign", "add", "Spring", "--code", "S", "--start", "2026-01-01", "--budget", "100", "--segment", "vip",
           "--goal", "reach=5", "--cap", "1/7d", "--objective", "more")  # fmt: skip
    crm_on("campaign", "cost", "add", "Spring", "5")
    crm_on("campaign", "start", "Spring")
    crm_on("campaign", "clone", "Spring", "Autumn", "--budget", "200", "--goal", "deals=1")
    found = shown(crm_on, "Autumn")
    assert {
        "status": "draft", "code": None, "starts_on": None, "budget": 200, "objective": "more", "started_at": None,
        "settings": {"pace": {"cap": "1/7d"}},
    }.items() <= found.items()  # fmt: skip
    assert (["vip"], ["reach", "deals"]) == (
        [segment["name"] for segment in found["segments"]], [goal["metric"] for goal in found["goals"]],
    )  # fmt: skip
    assert [0] == [line["spent"] for line in found["costs"]]


def test_lists_are_narrowed_ordered_and_cut(crm_on: Crm) -> None:
    for name, kind, budget in (("A", "email", "10"), ("B", "exhibition", "30"), ("C", "email", "20")):
        crm_on("campaign", "add", name, "--kind", kind, "--budget", budget)
    crm_on("campaign", "add", "Part", "--parent", "B")

    def names(*words: object) -> list[str]:
        return [view["name"] for view in crm_on("campaign", "list", "--format", "json", *words).json()]

    assert ["A", "B", "C", "Part"] == names()
    assert ["C", "A"] == names("--kind", "email", "--sort", "budget", "--reverse", "--limit", "2")
    assert ["B"] == names("--filter", "budget > 20")
    assert ["Part"] == names("--parent", "B")
    assert ["B", "C"] == names("--limit", "2", "--offset", "1")
    assert [] == names("--status", "active", "--owner", "me")
    assert "A\t10 EUR" != crm_on("campaign", "list", "--fields", "name,budget", "--limit", "1").lines[1]
    assert ["name\tbudget", "A\t10"] == crm_on("campaign", "list", "--fields", "name,budget", "--limit", "1").lines


# -- what it costs


def test_costs_are_held_against_the_budget_and_never_added_across_currencies(crm_on: Crm) -> None:
    crm_on("campaign", "add", "Spring", "--budget", "1000")
    crm_on("campaign", "add", "Fair", "--budget", "500")
    number = crm_on("campaign", "cost", "add", "Spring", "250", "--note", "printing").uid
    crm_on("campaign", "cost", "add", "Spring", "100", "--state", "committed", "--on", "2026-11-01")
    crm_on("campaign", "cost", "add", "Spring", "50.5", "--state", "planned")
    crm_on("campaign", "cost", "add", "Fair", "300 USD")
    rows = crm_on("campaign", "budget", "--format", "json").json()
    figures = [
        (r["name"], r["currency"], r["budget"], r["planned"], r["committed"], r["spent"], r["left"]) for r in rows
    ]
    assert [
        ("Fair", "EUR", 500, 0, 0, 0, 500),
        ("Fair", "USD", None, 0, 0, 300, None),
        ("Spring", "EUR", 1000, 50.5, 100, 250, 650),
        ("in all", "EUR", 1500, 50.5, 100, 250, 1150),
        ("in all", "USD", None, 0, 0, 300, None),
    ] == figures
    assert rows[3]["campaign"] is None
    assert ["2026-11-01", "2026-11-21", "2026-11-21"] == [
        row["on"] for row in crm_on("campaign", "cost", "list", "Spring", "--format", "json").json()
    ]
    crm_on("campaign", "cost", "rm", number)
    assert [900] == [row["left"] for row in crm_on("campaign", "budget", "Spring", "--format", "json").json()]
    crm_on("undo")
    assert [650] == [row["left"] for row in crm_on("campaign", "budget", "Spring", "--format", "json").json()]


def test_what_was_planned_is_committed_and_then_spent(crm_on: Crm) -> None:
    crm_on("campaign", "add", "Spring", "--budget", "1000")
    number = crm_on("campaign", "cost", "add", "Spring", "200", "--state", "planned").uid
    crm_on("campaign", "cost", "edit", number, "--state", "committed")
    crm_on(
        "campaign",
        "cost",
        "edit",
        number,
        "--state",
        "spent",
        "--amount",
        "210.5",
        "--on",
        "2026-11-02",
        "--note",
        "paid",
    )
    (line,) = crm_on("campaign", "budget", "Spring", "--format", "json").json()
    assert (0, 0, 210.5, 789.5) == (line["planned"], line["committed"], line["spent"], line["left"])
    (cost,) = crm_on("campaign", "cost", "list", "--format", "json").json()
    assert {"state": "spent", "amount": 210.5, "on": "2026-11-02", "note": "paid"}.items() <= cost.items()
    assert "warning" in crm_on("campaign", "cost", "edit", number, "--amount", "1,500").stderr
    told = crm_on("history", "campaign:Spring", "--format", "json").json()
    changes = {(c["field"], c["before"], c["after"]) for step in told for c in step["changes"]}
    assert {("cost #1: state", "planned", "committed"), ("cost #1: amount", 200, 210.5)} <= changes


def test_past_its_budget_a_campaign_warns(crm: Crm) -> None:
    crm("campaign", "add", "Spring", "--budget", "100")
    assert "" == crm("campaign", "cost", "add", "Spring", "90").stderr
    planned = crm("campaign", "cost", "add", "Spring", "20", "--state", "planned")
    assert "warning: Spring will be 10 EUR past its budget of 100 as planned" in planned.stderr
    assert (
        "warning: Spring is 15.50 EUR past its budget of 100"
        in crm("campaign", "cost", "add", "Spring", "25.50").stderr
    )
    assert "warning: Spring is 15.50 EUR past" in crm("campaign", "budget").stderr


# -- the calendar


def test_the_calendar_lists_campaigns_sendings_and_tasks_of_a_month(crm_on: Crm) -> None:
    crm_on("campaign", "add", "Fair", "--start", "2026-10-20", "--end", "2026-11-03")
    crm_on("campaign", "add", "News", "--send-at", "2026-11-30 9:00", "--owner", "ana")
    crm_on("campaign", "add", "Later", "--start", "2026-12-01")
    crm_on("task", "add", "Badges", "--campaign", "Fair", "--due", "2026-11-02 14:00")
    rows = crm_on("campaign", "calendar", "--format", "json").json()
    assert [
        ("campaign", "2026-10-20", "2026-11-03", None, "Fair", "Fair"),
        ("send", "2026-11-30", "2026-11-30", "2026-11-30T09:00:00Z", "News", "send News"),
        ("task", "2026-11-02", "2026-11-02", "2026-11-02T14:00:00Z", "Fair", "Badges"),
    ] == [(r["kind"], r["starts_on"], r["ends_on"], r["at"], r["campaign"]["name"], r["name"]) for r in rows]
    assert ["Later"] == [
        r["name"] for r in crm_on("campaign", "calendar", "--month", "next month", "--format", "json").json()
    ]
    assert 2 == len(crm_on("campaign", "calendar", "--campaign", "Fair", "--format", "jsonl").lines)


def test_what_runs_without_an_end_lasts_until_today(crm: Crm) -> None:
    crm("campaign", "add", "References", "--start", "2026-10-26")
    days = ("campaign", "calendar", "--campaign", "References", "--month", "2026-10", "--format", "json")
    assert ["2026-10-26"] == [row["ends_on"] for row in crm(*days).json()]
    crm("campaign", "start", "References")
    (row,) = crm("campaign", "calendar", "--format", "json").json()
    assert ("2026-10-26", "2026-11-21") == (row["starts_on"], row["ends_on"])


def test_a_month_is_drawn_in_the_width_there_is(crm: Crm, monkeypatch: pytest.MonkeyPatch) -> None:
    crm("campaign", "add", "展会 Fair", "--start", "2026-11-10", "--end", "2026-11-12")
    crm("campaign", "start", "展会 Fair")
    crm("task", "add", "Order\x1b[31m badges", "--campaign", "展会 Fair", "--due", "2026-11-24")
    from rich.cells import cell_len

    drawn = crm("--no-color", "campaign", "calendar", tty=True).stdout
    assert "November 2026" in drawn
    assert "[21]" in drawn
    bar = next(line for line in drawn.splitlines() if "├ 展会 Fair" in line)
    assert (17, 3 * 17 - 1) == (cell_len(bar[: bar.index("├")]), cell_len(bar.strip()))
    assert "\x1b" not in drawn
    monkeypatch.setenv("COLUMNS", "50")
    narrow = crm("--no-color", "campaign", "calendar", tty=True).stdout
    assert "2026-11-24" in narrow
    assert max(map(cell_len, narrow.splitlines())) <= 50


def test_the_calendar_goes_out_as_icalendar(crm: Crm, tmp_path: Any) -> None:
    import icalendar

    crm("campaign", "add", "Fair, big", "--start", "2026-11-24", "--end", "2026-11-27", "--send-at", "2026-11-23 9:00")
    crm("task", "add", "Badges", "--campaign", "Fair, big", "--due", "2026-11-22")
    place = tmp_path / "fair.ics"
    assert "wrote" in crm("campaign", "calendar", "--ics", place).stderr
    assert 4 == crm("campaign", "calendar", "--ics", place).code
    assert place.read_text() == crm("campaign", "calendar", "--ics", "-").stdout.replace("\r\n", "\n")
    days = {}
    for part in icalendar.Calendar.from_ical(place.read_bytes()).subcomponents:
        days[str(part["SUMMARY"])] = [str(part[key].dt) for key in ("DTSTART", "DTEND", "DUE") if key in part]
    assert {
        "Fair, big": ["2026-11-24", "2026-11-28"], "send Fair, big": ["2026-11-23 09:00:00+00:00"], "Badges": ["2026-11-22"],
    } == days  # fmt: skip


# -- for people


def test_a_person_sees_the_plan_in_sections(crm: Crm) -> None:
    crm("contact", "add", "Jane", "--email", "j@x.com", "--tag", "vip")
    crm("segment", "add", "vip", "--filter", "tag = vip")
    crm(
        "campaign", "add", "Spring", "--segment", "vip", "--budget", "1000", "--goal", "responses=2", "--window", "9-17"
    )
    crm("campaign", "cost", "add", "Spring", "250")
    crm("task", "add", "Print", "--campaign", "Spring", "--due", "tomorrow")
    crm("campaign", "start", "Spring")
    crm("campaign", "respond", "Spring", "j@x.com")
    drawn = crm("--no-color", "campaign", "show", "Spring", tty=True).stdout
    for word in (
        "Spring, email, active",
        "window 09:00-17:00",
        "1,000 EUR",
        "750 EUR",
        "responses",
        "50",
        "responded",
        "Print",
    ):
        assert word in drawn
    assert "\x1b" not in drawn
    assert "Spring" in crm("campaign", "list", tty=True).stdout


@pytest.mark.parametrize(
    "words",
    ["campaign show Sp", "deal add x --campaign Sp", "log call x --campaign Sp", "task add x --campaign Sp",
     "activity edit 1 --campaign Sp", "campaign cost add Sp", "campaign respond Sp", "campaign calendar --campaign Sp"],
)  # fmt: skip
def test_names_are_offered_after_tab(crm: Crm, monkeypatch: pytest.MonkeyPatch, words: str) -> None:
    crm("campaign", "add", "Spring")
    monkeypatch.setenv("_CRM_COMPLETE", "complete_bash")
    monkeypatch.setenv("COMP_WORDS", f"crm {words}")
    monkeypatch.setenv("COMP_CWORD", str(len(words.split())))
    assert ["Spring"] == crm().lines


def test_what_is_logged_names_a_campaign_as_any_command_does(crm_on: Crm) -> None:
    """By number, code or uid; a name that was never heard is said to be new, and refused with --no-create."""
    uid = crm_on("campaign", "add", "Trade fair", "--code", "K26").uid
    for ref in ("1", "#1", "k26", "TRADE FAIR", uid):
        task = crm_on("task", "add", f"for {ref}", "--campaign", ref)
        assert (0, "") == (task.code, task.stderr)
    tasks: Any = crm_on("task", "list", "--format", "json").json()
    assert ["Trade fair"] * 5 == [task["campaign"] for task in tasks]
    new = crm_on("task", "add", "plan", "--campaign", "Autum")
    assert (0, "new campaign Autum\n") == (new.code, new.stderr)
    for words in (("Autumm", "--no-create"), ("99",), (f"{uid[:-4]}XXXX",)):
        assert 3 == crm_on("task", "add", "plan", "--campaign", *words).code
    names: Any = crm_on("campaign", "list", "--format", "json").json()
    assert ["Autum", "Trade fair"] == [one["name"] for one in names]


def test_a_code_can_be_read_aloud_at_a_stand(crm: Crm) -> None:
    """Nothing in it moves a cursor."""
    done = crm("campaign", "add", "Fair", "--code", "K\x1b[31m")
    assert (2, "crm: error: code: a code is one line, without control characters\n") == (done.code, done.stderr)
