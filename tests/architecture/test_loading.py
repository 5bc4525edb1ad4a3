"""What a command loads: names of modules in a process of its own, and no clock."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from crmcli.context import AppContext, Flags
from crmcli.domain.sequence_steps import read_steps
from crmcli.domain.template_drafts import TemplateDraft
from crmcli.services.demo import fill
from crmcli.services.segments import Definition
from crmcli.services.sequences import SequenceTold
from tests.architecture.blocks import commands, is_group

if TYPE_CHECKING:
    from pathlib import Path

HEAVY = ("sqlmodel", "sqlalchemy", "alembic", "pydantic", "textual")
SCIENCE = ("numpy", "scipy", "pandas", "duckdb", "pyarrow")
FITTED = {("report", "churn")}  # a model too, where enough customers bought again
NOT_HERE = {"report save", "report forget", "report send", "report clv"}  # they write, or fit a model with scipy
_LOADED = """
import os
import sys
os._exit = sys.exit  # the program ends its process at once; here it is asked first what it has loaded
sys.argv = ["crm", *sys.argv[1:]]
from crmcli.__main__ import main
try:
    main()
except SystemExit as stopped:
    code = int(stopped.code or 0)
else:
    code = 0
import json
sys.stdout.flush()
print("\\n\\x00" + json.dumps([code, sorted(sys.modules)]))
"""
READS = [
    ("contact", "list"),
    ("contact", "list", "--limit", "20", "--format", "table"),
    ("contact", "list", "--filter", "company.industry ~= food and last_activity < -3d"),
    ("contact", "list", "--format", "csv"),
    ("contact", "list", "--format", "json"),
    ("contact", "show", "elena.todorova@balkan-mlechni.example"),
    ("company", "list"),
    ("company", "show", "balkan-mlechni.example"),
    ("deal", "list"),
    ("deal", "list", "--filter", "value > 10k and owner = me"),
    ("deal", "show", "1"),
    ("activity", "list", "--limit", "5"),
    ("activity", "show", "1"),
    ("task", "list"),
    ("task", "show", "Send the weekly figures"),
    ("today",),
    ("today", "--format", "table"),
    ("search", "zerominski"),
    ("find", "Елена"),
    ("tag", "list"),
    ("view", "list"),
    ("goal", "list"),
    ("purchases", "list"),
    ("rate", "list"),
    ("report", "forecast"),
    ("report", "coverage"),
    ("report", "sales"),
    ("report", "response-times"),
    ("report", "leads"),
    ("report", "aging"),
    ("report", "slippage"),
    ("report", "dashboard"),
    ("report", "advice"),
    ("report", "funnel"),
    ("report", "conversion"),
    ("report", "velocity"),
    ("report", "time-in-stage"),
    ("report", "cycle"),
    ("report", "win-rate"),
    ("report", "loss-reasons"),
    ("report", "rfm"),
    ("report", "cohorts"),
    ("report", "churn"),
    ("report", "pareto"),
    ("report", "cross-sell"),
    ("report", "response"),
    ("report", "saved"),
    ("report", "run", "monday"),
    ("advise",),
    ("campaign", "list"),
    ("campaign", "show", "Spring webinar", "--format", "table"),
    ("campaign", "members", "Spring webinar"),
    ("campaign", "why", "Spring webinar", "elena.todorova@balkan-mlechni.example"),
    ("campaign", "variant", "list", "Spring webinar"),
    ("campaign", "report", "Spring webinar"),
    ("campaign", "cost", "list"),
    ("campaign", "budget"),
    ("campaign", "calendar", "--format", "table"),
    ("consent", "show", "elena.todorova@balkan-mlechni.example"),
    ("suppress", "list"),
    ("suppress", "check", "elena.todorova@balkan-mlechni.example"),
    ("template", "list"),
    ("sequence", "list"),
    ("template", "show", "hello"),
    ("template", "preview", "hello"),
    ("segment", "list"),
    ("segment", "show", "bakers", "--format", "table"),
    ("segment", "members", "bakers"),
    ("segment", "snapshots", "bakers"),
    ("sequence", "list"),
    ("sequence", "show", "Welcome", "--format", "table"),
    ("sequence", "members", "Welcome"),
    ("sequence", "step", "list", "Welcome"),
    ("sql", "select count(*) from v_deal"),
    ("pipeline",),
    ("pipeline", "list"),
    ("report", "pipeline"),
    ("report", "won"),
    ("report", "lost"),
    ("report", "activity"),
    ("report", "campaigns"),
    ("report", "stale"),
    ("report", "hygiene"),
    ("dupes",),
    ("dupes", "--type", "contact", "--format", "json"),
    ("history",),
    ("export", "contacts"),
    ("export", "deals", "--format", "jsonl", "--filter", "value > 10k"),
    ("export", "all"),
    ("config", "show"),
]


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example store."""
    place = tmp_path_factory.mktemp("example") / "demo.db"
    app = AppContext(Flags(store=str(place), user="maria"), origin="demo")
    fill(app.desk)
    app.templates.add("hello", TemplateDraft(subject="Hello", text="Hello"))
    app.members.respond("Spring webinar", ["elena.todorova@balkan-mlechni.example"])
    app.saved_reports.save("monday", "won", {"period": "2026"})
    app.segments.add("bakers", Definition(filter="company.industry ~= food"))
    app.sequences.add("Welcome", SequenceTold(segment="bakers", steps=read_steps("wait 3d\nmail hello")))
    return place


def loaded(*words: str, **environment: str) -> set[str]:
    """The modules that a command line has loaded when it is done."""
    done = subprocess.run(
        [sys.executable, "-c", _LOADED, *words], capture_output=True, text=True, encoding="utf-8", check=False,
        env={**os.environ, **environment}, stdin=subprocess.DEVNULL,
    )  # fmt: skip
    code, modules = json.loads(done.stdout.rpartition("\x00")[2])
    assert 0 == code, done.stderr
    return set(modules)


@pytest.mark.parametrize("words", READS, ids=" ".join)
def test_reads_load_nothing_heavy(example: Path, words: tuple[str, ...]) -> None:
    """A read goes through the reading door."""
    modules = loaded(*words, CRM_DB=str(example))
    assert "crmcli.store.reader" in modules or words[0] == "config"
    assert [] == [name for name in (*HEAVY, *(() if words in FITTED else SCIENCE)) if name in modules]


def test_every_reading_verb_is_tried() -> None:
    """A verb called list or show, and every report, stands in the table above."""
    tried = {" ".join(words[:count]) for words in READS for count in (2, 3)}
    verbs = [words.removeprefix("crm ") for words, command in commands() if not is_group(command)]
    wanted = [verb for verb in verbs if verb.split()[-1] in ("list", "show") or verb.startswith("report ")]
    assert [] == [verb for verb in wanted if verb not in tried | NOT_HERE]


@pytest.mark.parametrize("words", [("--help",), ("-h",)])
def test_help_imports_no_command(words: tuple[str, ...]) -> None:
    """The registry says enough."""
    commands = {name for name in loaded(*words) if name.startswith("crmcli.commands.")}
    assert {"crmcli.commands.registry"} == commands


def test_version_does_not_load_typer() -> None:
    """It is a constant."""
    modules = loaded("--version")
    assert [] == [name for name in (*HEAVY, "typer", "rich", "sqlite3", "crmcli.cli") if name in modules]


def test_a_noun_imports_no_other_noun(example: Path) -> None:
    """Only what is used is loaded."""
    modules = loaded("contact", "list", CRM_DB=str(example))
    assert [
        name for name in ("deal", "company", "log", "task", "import_", "report") if f"crmcli.commands.{name}" in modules
    ] == []


def test_completion_loads_nothing_heavy(example: Path) -> None:
    """TAB is a read too."""
    modules = loaded(
        CRM_DB=str(example), _CRM_COMPLETE="complete_bash", COMP_WORDS="crm contact show el", COMP_CWORD="3"
    )
    assert [] == [name for name in HEAVY if name in modules]
