"""Sequences: who comes in, what is done to whom and when, and who is stopped; on both engines, with the clock moved on by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.conftest import Result

    Run = Callable[..., Result]

STEPS = 'mail hello\nwait 3d\nif tag != cold else stop\ntask "call them" in 1d\nwait 2d\nmail hello\n'


class World:
    """A store with people and a template, a folder for mail, and a clock that can be set."""

    def __init__(self, run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.run = run
        self.folder = folder
        self._patch = monkeypatch

    def __call__(self, *words: object, code: int = 0, stdin: str | None = None) -> Result:
        """A command line that ends as expected."""
        done = self.run(*words, stdin=stdin)
        assert code == done.code, done.stderr
        return done

    def at(self, moment: str) -> None:
        """Set the clock."""
        self._patch.setenv("CRM_NOW", f"2026-{moment}:00Z")

    def due(self, code: int = 0) -> Any:
        """Run what is due; what it says."""
        import json

        return json.loads(self("run", "due", "--outbox", self.folder, "--format", "json", code=code).stdout)

    def moved(self, **expected: int) -> None:
        """Run what is due, and compare the counts of the only sequence, those of zero left out."""
        counted = [{k: v for k, v in each.items() if isinstance(v, int) and v} for each in self.due()["sequences"]]
        assert ([expected] if expected else []) == counted

    def standing(self, name: str = "Welcome") -> dict[str, tuple[str, int | None, str | None]]:
        """Status, next step and reason by person."""
        rows: Any = self("sequence", "members", name, "--format", "json").json()
        return {row["contact"]["name"]: (row["status"], row["step"], row["reason"]) for row in rows}

    @property
    def mails(self) -> int:
        """How many messages were written."""
        return len(list(self.folder.glob("*.eml")))


def furnished(run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    """Jane and Bob, who have addresses, and Нона, who has none."""
    config = folder / "crm.toml"
    config.write_text('[smtp]\nfrom = "Acme <news@acme.com>"\n', "utf-8")
    monkeypatch.setenv("CRM_CONFIG", str(config))
    world = World(run, folder / "out", monkeypatch)
    world("contact", "add", "Jane", "--email", "jane@x.com", "--tag", "vip")
    world("contact", "add", "Bob", "--email", "bob@x.com")
    world("contact", "add", "Нона")
    world(
        "template", "add", "hello", "--subject", "Hi {{ contact.name }}", "--text", "-", stdin="x {{ unsubscribe_url }}"
    )
    return world


@pytest.fixture
def world(crm: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    """On SQLite: for what does not depend on the engine."""
    return furnished(crm, tmp_path, monkeypatch)


@pytest.fixture
def worlds(crm_on: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    """On both engines."""
    return furnished(crm_on, tmp_path, monkeypatch)


def sequence(world: World, *flags: object, steps: str = STEPS) -> None:
    """The sequence that all is about."""
    world("sequence", "add", "Welcome", "--steps", "-", *flags, stdin=steps)


def test_a_way_from_beginning_to_end(worlds: World) -> None:
    """Each step in its time: mail, wait, condition, task, wait, mail; a run in between does nothing."""
    sequence(worlds)
    worlds("sequence", "enrol", "Welcome", "jane@x.com", "bob@x.com")
    worlds("tag", "contact:Bob", "cold")
    worlds.moved(sent=2)
    worlds.moved()
    assert {"Jane": ("active", 3, None), "Bob": ("active", 3, None)} == worlds.standing()
    worlds.at("11-24T11:59")
    worlds.moved()
    worlds.at("11-24T12:00")
    worlds.moved(stopped=1, tasks=1)
    assert {"Jane": ("active", 6, None), "Bob": ("stopped", None, "not tag != cold")} == worlds.standing()
    tasks: Any = worlds("task", "list", "--format", "json").json()
    assert [("call them", "2026-11-25", "Welcome", ["Jane"])] == [
        (task["subject"], task["due"], task["campaign"], [who["name"] for who in task["contacts"]]) for task in tasks
    ]
    worlds.at("11-26T12:00")
    worlds.moved(sent=1, finished=1)
    assert ("finished", None, None) == worlds.standing()["Jane"]
    assert 3 == worlds.mails


def test_who_cant_be_mailed_is_stopped_with_the_reason(worlds: World) -> None:
    """No address, one that is suppressed, and an opt-out that comes while somebody waits."""
    sequence(worlds, steps="task call\nmail hello\nwait 1d\nmail hello\n")
    worlds("sequence", "enrol", "Welcome", "Нона", "jane@x.com", "bob@x.com")
    worlds.moved(tasks=3, sent=2, stopped=1)
    assert ("stopped", None, "no address") == worlds.standing()["Нона"]
    worlds("suppress", "add", "bob@x.com")
    worlds("consent", "withdraw", "jane@x.com")
    worlds.moved(stopped=2)
    assert {"suppressed", "opted out"} == {reason for _, _, reason in worlds.standing().values()} - {"no address"}


def test_what_stops_somebody(worlds: World) -> None:
    """An answer by any way, being gone, and by hand; what came before and what we do ourselves stops nobody."""
    names = ("Mail", "Call", "Response", "Gone", "Hand", "Nothing")
    for name in names:
        worlds("contact", "add", name)
    worlds("log", "email", "older", "--direction", "in", "--contact", "Nothing", "--at", "2026-11-01")
    sequence(worlds, steps="wait 3d\n")
    worlds("sequence", "enrol", "Welcome", *names)
    worlds("log", "email", "to you", "--direction", "out", "--contact", "Nothing")
    worlds.moved()
    worlds("log", "email", "thanks", "--direction", "in", "--contact", "Mail")
    worlds("log", "call", "asked for it", "--direction", "in", "--contact", "Call")
    worlds("campaign", "respond", "Welcome", "Response")
    worlds("contact", "rm", "Gone")
    worlds("sequence", "stop", "Welcome", "Hand", "--reason", "not now")
    worlds.moved(stopped=4)
    assert {
        "Mail": "replied", "Call": "call from them", "Response": "responded", "Gone": "contact deleted", "Hand": "not now",
        "Nothing": None,
    } == {name: reason for name, (_, _, reason) in worlds.standing().items()}  # fmt: skip


def test_an_answer_stops_nobody_where_it_shall_not(world: World) -> None:
    """--no-stop-on-reply."""
    sequence(world, "--no-stop-on-reply")
    world("sequence", "enrol", "Welcome", "Jane")
    world("log", "email", "thanks", "--direction", "in", "--contact", "Jane")
    world.moved(sent=1)


def test_a_segment_brings_people_in_once(worlds: World) -> None:
    """Who is in it now and who comes later; who was in the sequence before is not taken in again."""
    worlds("segment", "add", "vips", "--filter", "tag = vip")
    sequence(worlds, "--segment", "vips", steps="task call\n")
    worlds.moved(entered=1, tasks=1, finished=1)
    worlds("tag", "contact:Bob", "vip")
    worlds.moved(entered=1, tasks=1, finished=1)
    worlds.moved()


def test_a_deal_brings_its_people_in(worlds: World) -> None:
    """Deals that come to the stage from now on, each person once, and the deal's closing stops them."""
    for title in ("Old", "New", "Other"):
        worlds("deal", "add", title, "--contact", "Jane", "--contact", "Bob", "--value", "100")
    worlds("deal", "move", "Old", "proposal")
    worlds.at("11-21T13:00")
    sequence(worlds, "--stage", "proposal", "--again", steps="wait 1d\ntask call\n")
    worlds.moved()
    worlds("deal", "move", "New", "proposal")
    worlds.moved(entered=2)
    rows: Any = worlds("sequence", "members", "Welcome", "--format", "json").json()
    assert ["New", "New"] == [row["deal"]["name"] for row in rows]
    worlds.at("11-21T14:00")
    worlds("deal", "win", "New")
    worlds.moved(stopped=2)
    assert {"deal won"} == {reason for _, _, reason in worlds.standing().values()}
    worlds("deal", "move", "Other", "proposal")
    worlds.moved(entered=2)


def test_a_won_deal_can_begin_one(worlds: World) -> None:
    """A sequence that begins with the closing of a deal is not stopped by it."""
    sequence(worlds, "--stage", "won", steps="wait 1d\ntask thank them\n")
    worlds("deal", "add", "New", "--contact", "Jane", "--value", "100")
    worlds("deal", "win", "New")
    worlds.moved(entered=1)
    worlds.at("11-22T12:00")
    worlds.moved(tasks=1, finished=1)


def test_enrolled_twice_at_once_is_nobody(worlds: World) -> None:
    """On the way it is refused, through it only with --again, and then the mails come again."""
    sequence(worlds, steps="mail hello\n")
    worlds("sequence", "enrol", "Welcome", "jane@x.com")
    assert "on the way" in worlds("sequence", "enrol", "Welcome", "jane@x.com", code=5).stderr
    worlds.moved(sent=1, finished=1)
    assert "--again" in worlds("sequence", "enrol", "Welcome", "jane@x.com", code=5).stderr
    worlds("sequence", "enrol", "Welcome", "jane@x.com", "--again")
    worlds.moved(sent=1, finished=1)
    assert 2 == worlds.mails


def test_a_condition_that_skips_leaves_one_step_out(world: World) -> None:
    """Only the next step."""
    sequence(world, steps="if tag = vip else skip\ntask one\ntask two\n")
    world("sequence", "enrol", "Welcome", "Jane", "Bob")
    world.moved(tasks=3, finished=2)


def test_a_frequency_cap_puts_off(world: World) -> None:
    """Who has had enough messages waits and is not stopped."""
    sequence(world, steps="mail hello\nmail hello\n")
    world("campaign", "edit", "Welcome", "--cap", "1/2d")
    world("sequence", "enrol", "Welcome", "Jane")
    world.moved(sent=1, waiting=1)
    assert {"Jane": ("active", 2, "frequency cap")} == world.standing()
    world.at("11-23T13:00")
    world.moved(sent=1, finished=1)


def test_a_window_puts_off(world: World) -> None:
    """Mails wait for their hours; the tasks before them don't."""
    sequence(world, steps="task call\nmail hello\n")
    world("campaign", "edit", "Welcome", "--window", "15:00-17:00")
    world("sequence", "enrol", "Welcome", "Jane")
    world.moved(tasks=1, waiting=1)
    world.at("11-21T15:00")
    world.moved(sent=1, finished=1)


def test_steps_changed_under_way(world: World) -> None:
    """Who is at a step that goes away goes on behind it, however the others are moved; edits keep people in place."""
    sequence(world, steps="task one\nwait 1d\ntask two\ntask three\n")
    world("sequence", "enrol", "Welcome", "Jane")
    world.moved(tasks=1)
    world("sequence", "step", "rm", "Welcome", "2")
    world("sequence", "step", "add", "Welcome", "wait", "1h", "--at", "1")
    world("sequence", "step", "move", "Welcome", "1", "4")
    assert {"Jane": ("active", 2, None)} == world.standing()
    world.at("11-22T12:00")
    world.moved(tasks=2)
    world("sequence", "edit", "Welcome", "--steps", "-", stdin="task one\ntask two\ntask three\nwait 1h\ntask four\n")
    assert {"Jane": ("active", 5, None)} == world.standing()
    world.at("11-22T13:00")
    world.moved(tasks=1, finished=1)


def test_a_paused_one_stands_still(world: World) -> None:
    """Nobody comes in or moves until it goes on; a campaign that is paused holds it as well."""
    world("segment", "add", "vips", "--filter", "tag = vip")
    sequence(world, "--segment", "vips", steps="task call\n")
    world("sequence", "pause", "Welcome")
    world.moved()
    world("sequence", "resume", "Welcome")
    world("campaign", "pause", "Welcome")
    world.moved()
    world("sequence", "resume", "Welcome")
    world.moved(entered=1, tasks=1, finished=1)


def test_one_that_is_broken_stops_no_other(world: World) -> None:
    """Exit code 7 and what is wrong; the other one is moved."""
    world("campaign", "add", "Spring")
    sequence(world, steps='if campaign("Spring").status = opened else stop\ntask call\n')
    world("sequence", "add", "Zebra", "--steps", "-", stdin="task call\n")
    for name in ("Welcome", "Zebra"):
        world("sequence", "enrol", name, "Jane")
    world("campaign", "rm", "Spring")
    done = world.due(code=7)
    assert ["Welcome"] == [error["name"] for error in done["errors"]]
    assert [("Zebra", 1)] == [(each["name"], each["tasks"]) for each in done["sequences"]]
    assert {"Jane": ("active", 1, None)} == world.standing()


def test_what_it_needs_stays(world: World) -> None:
    """A segment, a template, a stage and a campaign that a sequence uses are not taken away."""
    world("segment", "add", "vips", "--filter", "tag = vip")
    sequence(world, "--stage", "proposal", steps="if segment = vips else stop\nmail hello\n")
    for words in (
        ("segment", "rm", "vips"),
        ("template", "rm", "hello"),
        ("pipeline", "stage-rm", "proposal"),
        ("campaign", "rm", "Welcome"),
    ):
        assert "Welcome" in world(*words, code=5).stderr
    world("segment", "edit", "vips", "--name", "dear ones")
    assert 'if segment = "dear ones" else stop' in world("sequence", "show", "Welcome", "--steps").stdout


def test_no_mail_server_is_told_and_the_rest_done(world: World) -> None:
    """Mails stay due until there is one."""
    sequence(world, steps="task call\nmail hello\n")
    world("sequence", "add", "Zebra", "--steps", "-", stdin="task call\n")
    for name in ("Welcome", "Zebra"):
        world("sequence", "enrol", name, "Jane")
    done = world("run", "due", code=7)
    assert "sequence Welcome: no mail server is set" in done.stderr
    assert {"Jane": ("finished", None, None)} == world.standing("Zebra")
    assert {"Jane": ("active", 2, None)} == world.standing()
    world.moved(sent=1, finished=1)


def test_a_merge_takes_the_way_along(worlds: World) -> None:
    """Who was two people goes on as one, and gets each mail once."""
    sequence(worlds, steps="mail hello\nwait 1d\nmail hello\n")
    worlds("sequence", "enrol", "Welcome", "Jane", "Bob")
    worlds.moved(sent=2)
    worlds("contact", "merge", "Jane", "Bob")
    worlds.at("11-22T12:00")
    worlds.moved(sent=1, finished=1)
    assert 3 == worlds.mails


def test_undo_takes_plans_back(world: World) -> None:
    """A step, a change and the sequence itself; history says what was done."""
    sequence(world)
    world("sequence", "step", "add", "Welcome", "wait", "1d")
    sets: Any = world("history", "--limit", "1", "--format", "json").json()
    added = sets[0]["number"]
    world("sequence", "step", "edit", "Welcome", "2", "5d")
    shown = world("history", "sequence:Welcome", "--format", "json").stdout
    assert "wait 5d: minutes" in shown
    world("undo")
    assert "wait 3d" in world("sequence", "show", "Welcome", "--steps").stdout
    world("undo", added)
    assert STEPS.replace('"', "") == world("sequence", "show", "Welcome", "--steps").stdout
    world("sequence", "rm", "Welcome")
    world("sequence", "show", "Welcome", code=3)
    world("undo")
    assert "active" == world("sequence", "show", "Welcome", "--format", "json").json()["status"]  # type: ignore[index,call-overload]


def test_what_a_dry_run_foresees(world: World) -> None:
    """Up to the next mail or wait, through tasks and conditions, and nothing is done."""
    steps = "wait 1d\nif tag = vip else skip\ntask call\nif name != Нона else stop\nif email = jane@x.com else skip\nmail hello\n"
    world("sequence", "add", "Welcome", "--steps", "-", stdin=steps)
    world("sequence", "enrol", "Welcome", "Jane", "Bob", "Нона")
    world.due()
    world.at("11-24T12:00")
    foreseen: Any = world("run", "due", "--dry-run", "--format", "json").json()
    (found,) = foreseen["sequences"]
    assert {"stopped": 1, "finished": 1, "tasks": 1, "sent": 1} == {
        name: count for name, count in found.items() if isinstance(count, int) and count
    }
    assert 0 == world.mails
    world.moved(stopped=1, finished=2, tasks=1, sent=1)
