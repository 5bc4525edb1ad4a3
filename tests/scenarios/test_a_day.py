"""A salesperson's day through the installed program: a process for each command, one SQLite file."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from pathlib import Path


class Day:
    """Runs `crm` as a user would."""

    def __init__(self, folder: Path, program: str) -> None:
        self.program = shlex.split(program)
        self.environment = {**os.environ, "CRM_DB": str(folder / "day.db"), "CRM_NOW": "2026-11-23T08:30:00Z"}

    def crm(self, *words: str, code: int = 0) -> subprocess.CompletedProcess[str]:
        """A command's answer, which must end with this exit code."""
        done = subprocess.run(
            [*self.program, *words], capture_output=True, text=True, encoding="utf-8",
            env=self.environment, stdin=subprocess.DEVNULL, check=False,
        )  # fmt: skip
        assert code == done.returncode, done.stderr
        return done

    def add(self, *words: str) -> str:
        """The uid of what was added."""
        return self.crm(*words).stdout.strip()

    def json(self, *words: str) -> Any:
        """A command's answer as JSON."""
        return json.loads(self.crm(*words, "--format", "json").stdout)

    def later(self, moment: str) -> None:
        """Let it be later."""
        self.environment["CRM_NOW"] = moment


@pytest.fixture
def day(tmp_path: Path, quick_crm: str) -> Day:
    """A Monday morning with an empty store."""
    return Day(tmp_path, quick_crm)


def test_a_day(day: Day) -> None:
    """Cards in, deals on their way, calls logged, one deal won, one mistake taken back, and the report at the end."""
    jane = day.add("contact", "add", "Jane Doe", "--email", "jane@acme.example", "--company", "Acme", "--tag", "fair")
    day.add(
        "contact", "add", "Łukasz Żak", "--email", "lukasz@klos.example", "--company", "Złoty Kłos", "--tag", "fair"
    )
    day.add("contact", "add", "Мария Георгиева", "--email", "maria@zhito.example", "--company", "Жито")
    assert sorted(c["name"] for c in day.json("company", "list")) == ["Acme", "Złoty Kłos", "Жито"]

    ovens = day.add(
        "deal", "add", "Ovens", "--value", "48k", "--contact", "jane@acme.example", "--expected-close", "+20d"
    )
    day.add("deal", "add", "Mixer", "--value", "12500", "--contact", "lukasz@klos.example")
    assert "Acme" == day.json("deal", "show", ovens)["company"]["name"]

    day.crm(
        "log", "call", "Wants two ovens", "--contact", jane, "--deal", "Ovens", "--duration", "15m",
        "--next", "Send the offer", "--due", "today",
    )  # fmt: skip
    today = day.json("today")
    assert [item["what"] for item in today if item["group"] == "today"] == ["Send the offer"]
    assert [item["what"] for item in today if item["group"] == "no next step"] == ["Mixer"]

    day.crm("task", "done", "Send the offer")
    day.crm("deal", "move", "Ovens", "proposal")
    assert [item for item in day.json("today") if item["group"] == "today"] == []

    day.later("2026-11-23T16:00:00Z")
    day.crm("deal", "win", "Ovens", "--note", "signed")
    assert [visit["stage"] for visit in day.json("deal", "show", "Ovens")["stage_history"]] == [
        "lead",
        "proposal",
        "won",
    ]

    day.crm("deal", "lose", "Mixer", "--reason", "price")
    day.crm("undo")
    totals = {row["stage"]: (row["count"], row["value"]) for row in day.json("pipeline")}
    assert {k: totals[k] for k in ("lead", "won", "lost")} == {"lead": (1, 12500), "won": (1, 48000), "lost": (0, 0)}

    won = day.json("report", "won", "--period", "this month")
    assert 48000 == sum(row["value"] for row in won)


def test_a_mistake_costs_nothing(day: Day) -> None:
    """Every kind of change can be taken back, the last one first, and the store is sound afterwards."""
    day.add("contact", "add", "Jane Doe", "--email", "jane@acme.example", "--company", "Acme")
    before = day.json("contact", "show", "jane@acme.example")
    for words in (
        ("contact", "edit", "Jane Doe", "--title", "CEO"),
        ("contact", "rm", "Jane Doe"),
        ("tag", "Jane Doe", "vip"),
        ("log", "call", "Hello", "--contact", "Jane Doe"),
        ("deal", "add", "Pilot", "--contact", "Jane Doe"),
    ):
        day.crm(*words)
        day.crm("undo")
    after = day.json("contact", "show", "jane@acme.example")
    moving = ("updated_at", "updated_by")
    assert {k: v for k, v in before.items() if k not in moving} == {k: v for k, v in after.items() if k not in moving}
    assert 0 == day.crm("store", "check").returncode


def test_what_goes_wrong_says_so(day: Day) -> None:
    """One line on stderr, nothing on stdout, and the exit code of its kind."""
    day.add("contact", "add", "Jane Doe", "--email", "jane@acme.example")
    for words, code in (
        (("contact", "show", "nobody@acme.example"), 3),
        (("contact", "add", "J.", "--email", "JANE@acme.example"), 4),
        (("deal", "add", "Pilot", "--value", "lots"), 2),
        (("contact", "list", "--filter", "nmae = x"), 2),
        (("deal", "lose", "Pilot", "--reason", "price"), 3),
    ):
        done = day.crm(*words, code=code)
        assert "" == done.stdout
        assert done.stderr.startswith("crm: error: ")
        assert "Traceback" not in done.stderr


def test_a_pipe_that_closes_is_no_error(day: Day) -> None:
    """`crm … | head -1` ends quietly."""
    for number in range(30):
        day.add("contact", "add", f"Person {number}") if number < 3 else None
    script = f'"{sys.executable}" -m crmcli contact list | head -n 1; exit "${{PIPESTATUS[0]}}"'
    done = subprocess.run(["bash", "-c", script], capture_output=True, text=True, env=day.environment, check=False)
    assert (0, "") == (done.returncode, done.stderr)
