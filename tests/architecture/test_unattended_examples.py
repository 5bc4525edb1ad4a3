"""What the how-to gives to cron and systemd is sound, and its command lines do what they say."""

from __future__ import annotations

import configparser
import os
import re
import shutil
import signal
import subprocess
import time
from typing import TYPE_CHECKING

import pytest

from tests.architecture.blocks import Shell, blocks_of

if TYPE_CHECKING:
    from pathlib import Path

PAGE = "docs/how-to/unattended.md"
NAMED = {block.words[0]: block.text for block in blocks_of(PAGE) if block.language == "text" and block.words}
UNITS = {name: text for name, text in NAMED.items() if name.endswith((".service", ".timer"))}
CRON = NAMED.get("crontab", "").splitlines()
# Minute to weekday, then what the shell runs; to cron a bare % would end the line.
CRON_LINE = re.compile(r"((?:[\d*/,-]+ ){5})(\$HOME/\.local/bin/crm [^%]+)")


@pytest.fixture
def home(tmp_path: Path) -> Shell:
    """A reader's home with the program where pip puts it, a night's export and a drop folder."""
    folder = tmp_path / "machine"
    folder.mkdir()
    shell = Shell(folder)
    place = folder / "reader"
    for name in (".local/bin", "exports", "drop"):
        (place / name).mkdir(parents=True)
    (place / ".local" / "bin" / "crm").symlink_to(folder / "bin" / "crm")
    (place / "exports" / "leads.csv").write_text("Name,Email\nJane,jane@x.com\nBad,nope\n")
    (place / "drop" / "people.csv").write_text("Name,Email\nOla,ola@x.com\n")
    return shell


def exec_start(name: str, home: str) -> str:
    """The command line of a service, as systemd would run it."""
    return _read(name)["Service"]["ExecStart"].replace("%h", home)


def _read(name: str) -> configparser.ConfigParser:
    parser = configparser.ConfigParser(interpolation=None, strict=True)
    parser.optionxform = str  # type: ignore[assignment, method-assign]
    parser.read_string(UNITS[name])
    return parser


@pytest.mark.parametrize("name", ["crm-import.service", "crm-import.timer", "crm-drop.service"])
def test_a_unit_is_sound(name: str, tmp_path: Path) -> None:
    """Its sections are those of its kind; where systemd is at hand, it says so itself."""
    kind = "Timer" if name.endswith(".timer") else "Service"
    unit = _read(name)
    assert {"Unit", kind} <= set(unit.sections()) <= {"Unit", kind, "Install"}
    assert unit["Unit"]["Description"]
    if kind == "Timer":
        assert unit["Timer"]["OnCalendar"] == "*-*-* 02:15:00"
        assert name.replace(".timer", ".service") in UNITS
    if shutil.which("systemd-analyze"):
        for other, text in UNITS.items():
            (tmp_path / other).write_text(text.replace("%h/.local/bin/crm", "/bin/true"))
        words = ["systemd-analyze", "--user", "--man=no", "verify", str(tmp_path / name)]
        surroundings = {**os.environ, "XDG_RUNTIME_DIR": str(tmp_path)}
        verified = subprocess.run(words, env=surroundings, capture_output=True, text=True, check=False)
        assert (verified.returncode, verified.stderr) == (0, "")


def test_the_nightly_service_runs(home: Shell) -> None:
    """The good row is stored, the bad one lies in its file, exit 7."""
    place = home.environment["HOME"]
    done = home.run(exec_start("crm-import.service", place))
    assert done.returncode == 7, done.stdout
    assert '"created": 1' in done.stdout
    assert "Bad,nope,3," in home.run("cat ~/exports/bad.csv").stdout


def test_the_drop_service_runs_until_it_is_stopped(home: Shell) -> None:
    """It reads what lies there; systemd's signal ends it with 0."""
    place = home.environment["HOME"]
    words = exec_start("crm-drop.service", place).split()
    with subprocess.Popen(words, env=home.environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as service:
        for _ in range(900):
            if home.run("test -f ~/drop/done/people.csv").returncode == 0:
                break
            time.sleep(0.1)
        service.send_signal(signal.SIGTERM)
        assert service.wait(timeout=90) == 0
    assert home.run("test -f ~/drop/done/people.csv").returncode == 0


def test_the_lines_for_cron_are_in_its_form() -> None:
    """Five fields and a command."""
    assert len(CRON) == 2
    assert [line for line in CRON if not CRON_LINE.fullmatch(line)] == []


@pytest.mark.parametrize(("number", "code", "file"), [(0, 7, "exports/bad.csv"), (1, 0, "drop/done/people.csv")])
def test_a_line_for_cron_runs(home: Shell, number: int, code: int, file: str) -> None:
    """As the shell of cron would run it: nothing is said but what goes to the log."""
    found = CRON_LINE.fullmatch(CRON[number])
    assert found
    done = subprocess.run(
        ["/bin/sh", "-c", found[2]], env=home.environment, capture_output=True, text=True, check=False, timeout=60
    )
    assert (done.returncode, done.stdout) == (code, ""), done.stderr
    assert home.run(f"test -s ~/{file} && test -s ~/exports/log.jsonl").returncode == 0
