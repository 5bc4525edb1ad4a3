"""`crm completion`, and what the shell is answered after TAB."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.conftest import Result

    Crm = Callable[..., Result]


@pytest.fixture
def tab(crm: Crm, monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[str]]:
    """What bash would be offered after these words; the last one is being typed."""

    def press(*words: str) -> list[str]:
        monkeypatch.setenv("_CRM_COMPLETE", "complete_bash")
        monkeypatch.setenv("COMP_WORDS", "crm " + " ".join(words))
        monkeypatch.setenv("COMP_CWORD", str(len(words)))
        found = crm()
        monkeypatch.delenv("_CRM_COMPLETE")
        assert (0, "") == (found.code, found.stderr)
        return found.stdout.split("\n")[:-1] if found.stdout.strip() else []

    return press


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_script_is_printed(crm: Crm, shell: str) -> None:
    """For the name `crm`, speaking our protocol."""
    found = crm("completion", shell)
    assert (0, "") == (found.code, found.stderr)
    assert f"complete_{shell}" in found.stdout
    assert "crm" in found.stdout


def test_an_unknown_shell_is_refused(crm: Crm) -> None:
    """Exit 2, naming those there are."""
    found = crm("completion", "tcsh")
    assert (2, "") == (found.code, found.stdout)
    assert "'bash', 'zsh', 'fish'" in found.stderr


@pytest.mark.parametrize(
    ("shell", "place", "start"),
    [("bash", ".local/share/bash-completion/completions/crm", ".bashrc"), ("zsh", ".zfunc/_crm", ".zshrc"),
     ("fish", ".config/fish/completions/crm.fish", None)],
)  # fmt: skip
def test_a_script_is_put_in_place(crm: Crm, home: Path, shell: str, place: str, start: str | None) -> None:
    """Once, however often it is asked for, and beside what was in the start file."""
    if start:
        (home / start).write_text("alias l=ls")
    for _ in range(2):
        assert (0, f"{home / place}\n") == crm("completion", shell, "--install")[:2]
    assert crm("completion", shell).stdout == (home / place).read_text()
    if start:
        lines = (home / start).read_text().splitlines()
        assert ("alias l=ls", 2) == (lines[0], len(lines))


@pytest.mark.skipif(shutil.which("bash") is None, reason="no bash here")
def test_bash_completes_with_the_script(crm: Crm, tmp_path: Path) -> None:
    """The very script, in the very shell."""
    crm("contact", "add", "Jane Doe")
    script = tmp_path / "crm.bash"
    script.write_text(crm("completion", "bash").stdout)
    program = tmp_path / "bin" / "crm"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec {sys.executable} -m crmcli "$@"\n')
    program.chmod(0o755)
    ask = f'source {script}; COMP_WORDS=(crm contact show Ja); COMP_CWORD=3; _crm_completion crm; printf "%s\\n" "${{COMPREPLY[@]}}"'
    environment = {**os.environ, "PATH": f"{program.parent}:{os.environ['PATH']}"}
    done = subprocess.run(["bash", "--norc", "-c", ask], env=environment, capture_output=True, text=True, check=True)
    assert ("Jane\\ Doe\n", "") == (done.stdout, done.stderr)


def test_nouns_are_completed(tab: Callable[..., list[str]]) -> None:
    """From the registry."""
    assert ["contact", "consent", "config"] == tab("con")


def test_nouns_are_completed_without_importing_their_commands(crm: Crm) -> None:
    """Nor anything that only a command needs."""
    ask = "import sys; from crmcli.cli import main\ntry: main()\nfinally: print(*sorted(sys.modules), file=sys.stderr)"
    environment = {**os.environ, "_CRM_COMPLETE": "complete_bash", "COMP_WORDS": "crm con", "COMP_CWORD": "1"}
    done = subprocess.run([sys.executable, "-c", ask], env=environment, capture_output=True, text=True, check=False)
    assert "contact\nconsent\nconfig\n" == done.stdout
    loaded = set(done.stderr.split())
    for name in (
        "crmcli.commands.contact",
        "crmcli.commands.config",
        "crmcli.store.store",
        "sqlite3",
        "rich",
        "sqlmodel",
    ):
        assert name not in loaded


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        (("deal", "move", "1", ""), ["lead", "qualified", "proposal", "negotiation", "won", "lost"]),
        (("deal", "move", "1", "pro"), ["proposal"]),
        (("contact", "show", "j"), ["j@x.com"]),
        (("contact", "show", "Jane"), ["Jane\\ Doe"]),
        (("contact", "list", "--tag", "v"), ["vip"]),
        (("contact", "list", "--company", "Ac"), ["Acme\\ \\&\\ Sons"]),
        (("deal", "show", "Pi"), ["Pilot"]),
        (("contact", "edit", "1", "--owner", "m"), ["me", "maria"]),
        (("config", "get", "defaults.c"), ["defaults.currency"]),
        (("completion", "z"), ["zsh"]),
        (("store", "re"), ["restore"]),
        (("contact", "edit", "1", "--lifecycle", "c"), ["customer", "champion"]),
        (("activity", "list", "--type", "m"), ["meeting"]),
        (("task", "add", "x", "--priority", "u"), ["urgent"]),
        (("log", "call", "x", "--direction", ""), ["in", "out"]),
        (("deal", "list", "--sort", "val"), ["value"]),
        (("task", "list", "--sort", "du"), ["due", "duration"]),
        (("contact", "list", "--fields", "name,na"), []),
        (("contact", "list", "--fields", "number,na"), ["number,name"]),
        (("tag", "list", "--fields", "con"), ["contacts"]),
        (("store", "check", "--fields", "re"), ["record", "remedy"]),
        (("pipeline", "list", "--fields", "pip"), ["pipeline"]),
        (("report", "forecast", "--by", "ca"), ["campaign", "category"]),
        (("report", "leads", "--by", "pl"), ["plan"]),
        (("report", "campaigns", "--by", "k"), ["kind"]),
        (("undo", ""), []),
    ],
)
def test_the_stores_own_words_are_completed(
    crm: Crm, tab: Callable[..., list[str]], words: tuple[str, ...], offered: list[str]
) -> None:
    """What would be split is escaped."""
    crm("contact", "add", "Jane Doe", "--email", "j@x.com", "--tag", "vip", "--company", "Acme & Sons")
    crm("deal", "add", "Pilot", "--set", "plan=gold")
    assert offered == tab(*words)


def test_a_deal_moves_within_its_pipeline(crm: Crm, tab: Callable[..., list[str]]) -> None:
    """So only its stages are offered; with a filter those of all pipelines."""
    crm("pipeline", "add", "renewals", "--stage", "due", "--stage", "won", "--stage", "lost")
    crm("deal", "add", "Renewal", "--pipeline", "renewals")
    assert ["due", "won", "lost"] == tab("deal", "move", "Renewal", "")
    assert ["due"] == tab("deal", "move", "1", "d")
    assert "proposal" in tab("deal", "move", "--where", "owner=me", "")
    assert [] == tab("deal", "move", "nobody", "")


def test_the_store_named_before_the_verb_is_asked(crm: Crm, tab: Callable[..., list[str]], tmp_path: Path) -> None:
    """As the command itself would."""
    other = str(tmp_path / "other.db")
    crm("--db", other, "contact", "add", "Ola", "--email", "ola@x.com")
    assert [] == tab("contact", "show", "ol")
    assert ["ola@x.com"] == tab("--db", other, "contact", "show", "ol")


@pytest.mark.parametrize("content", [b"", b"name\nEwa\n", b"SQLite format 3\0" + b"x" * 4096])
def test_a_broken_store_is_passed_over_in_silence(
    tab: Callable[..., list[str]], tmp_path: Path, content: bytes
) -> None:
    """Nobody wants an error in the middle of the line being typed."""
    (tmp_path / "crm.db").write_bytes(content)
    assert [] == tab("contact", "show", "j")
    assert content == (tmp_path / "crm.db").read_bytes()


def test_broken_settings_are_passed_over_in_silence(crm: Crm, tab: Callable[..., list[str]], tmp_path: Path) -> None:
    """So are warnings about them."""
    crm("contact", "add", "Jane", "--email", "j@x.com")
    (tmp_path / "crm.toml").write_text("[hooks]\npre-deal-add = 'x'\nnonsense = 1\n")
    assert ["j@x.com"] == tab("contact", "show", "j")
    (tmp_path / "crm.toml").write_text("user = [")
    assert [] == tab("contact", "show", "j")


def test_no_store_is_made(tab: Callable[..., list[str]], tmp_path: Path) -> None:
    """TAB is a read."""
    assert [] == tab("contact", "show", "j")
    assert [] == list(tmp_path.glob("crm.db*"))


def test_an_older_store_is_not_brought_forward(tab: Callable[..., list[str]], tmp_path: Path) -> None:
    """That is a command's business, which can say so."""
    from crmcli.store.engine import transaction
    from crmcli.store.migrations.steps import upgrade
    from tests.store.conftest import fill, opened

    store = opened(str(tmp_path / "crm.db"))
    with transaction(store) as connection:
        upgrade(connection, "0001")
        fill(connection)
    assert [] == tab("contact", "show", "l")
    assert "0001" == store.version()


def test_the_help_shows_one_way_to_complete(crm: Crm) -> None:
    """`crm completion`, not two options beside it."""
    shown = crm("--help").stdout
    assert "completion" in shown
    assert "--install-completion" not in shown
