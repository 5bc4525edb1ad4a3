"""The user's own commands around a change: what they are told, what they can refuse, and who may name them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from crmcli.services import hooks

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.conftest import Result

    Crm = Callable[..., Result]
    Hook = Callable[..., Path]


@pytest.fixture
def hook(home: Path, tmp_path: Path) -> Hook:
    """Set hooks in the user's own file; each call of one is told, a line each, in the file that is given back."""
    said = tmp_path / "said"
    said.touch()

    def put(*names: str, then: str = "true") -> Path:
        folder = home / ".config" / "crmcli"
        folder.mkdir(parents=True, exist_ok=True)
        command = f"(printf '%s ' $CRM_HOOK; cat; echo) >> {said}; {then}"
        lines = [f"{name} = {json.dumps(command)}" for name in names]
        (folder / "crm.toml").write_text("[hooks]\n" + "\n".join(lines) + "\n", "utf-8")
        return said

    return put


def _heard(said: Path) -> list[tuple[str, dict[str, object]]]:
    """The hooks that ran, in order, each with the record it was given."""
    return [
        (line.partition(" ")[0], json.loads(line.partition(" ")[2])) for line in said.read_text("utf-8").splitlines()
    ]


def test_a_hook_is_given_the_record(crm_on: Crm, hook: Hook) -> None:
    """As the JSON that `show` would print, before it is stored and after; Unicode as it is."""
    said = hook("pre-contact-add", "post-contact-add")
    uid = crm_on("contact", "add", "Łukasz Żak", "--email", "l@x.com", "--set", "сегмент=smb").uid
    heard = _heard(said)
    assert ["pre-contact-add", "post-contact-add"] == [name for name, _ in heard]
    for _, record in heard:
        assert (uid, "Łukasz Żak", ["l@x.com"]) == (record["id"], record["name"], record["emails"])
        assert {"сегмент": "smb"} == record["custom_fields"]


def test_a_pre_hook_can_refuse(crm_on: Crm, hook: Hook) -> None:
    """Exit 5, its last words in the one line, nothing stored and no post-hook run."""
    said = hook("pre-contact-add", "post-contact-add", then="echo thinking >&2; echo not on my watch >&2; exit 3")
    found = crm_on("-q", "contact", "add", "Ewa", "--company", "Nowa")
    assert (5, "", "crm: error: hook pre-contact-add refused: not on my watch\n") == found
    assert ["pre-contact-add"] == [name for name, _ in _heard(said)]
    for noun in ("contact", "company"):
        assert [] == crm_on(noun, "list", "--format", "json").json()
    assert [] == crm_on("history", "--format", "json").json()


def test_a_post_hook_can_only_warn(crm_on: Crm, hook: Hook) -> None:
    """What was stored stays; the exit code is that of the command."""
    hook("post-contact-add", then="exit 7")
    found = crm_on("contact", "add", "Ewa")
    assert 0 == found.code
    assert "crm: warning: hook post-contact-add failed: exit 7\n" == found.stderr
    assert 1 == len(crm_on("contact", "list", "--format", "ids").lines)


def test_a_hook_has_only_so_long(crm: Crm, hook: Hook, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """It is ended with everything it started, and counts as failed."""
    assert 10 == hooks.SECONDS
    monkeypatch.setattr(hooks, "SECONDS", 0.2)
    hook("pre-contact-add", then=f"sleep 30; touch {tmp_path}/late")
    found = crm("contact", "add", "Ewa")
    assert (5, "", "crm: error: hook pre-contact-add refused: no answer within 0.2 s\n") == found
    assert not (tmp_path / "late").exists()
    assert [] == crm("contact", "list", "--format", "json").json()


@pytest.mark.parametrize(
    ("words", "names"),
    [
        (("contact", "edit", "j@x.com", "--title", "CTO"), ["pre-contact-edit", "post-contact-edit"]),
        (("contact", "rm", "j@x.com"), ["pre-contact-rm", "post-contact-rm"]),
        (("company", "add", "Nowa"), ["pre-company-add", "post-company-add"]),
        (("company", "edit", "Acme", "--country", "PL"), ["pre-company-edit", "post-company-edit"]),
        (("company", "rm", "Acme"), ["pre-company-rm", "post-company-rm"]),
        (("deal", "add", "Big"), ["pre-deal-add", "post-deal-add"]),
        (("deal", "edit", "Pilot", "--next-step", "call"), ["pre-deal-edit", "post-deal-edit"]),
        (("deal", "rm", "Pilot"), ["pre-deal-rm", "post-deal-rm"]),
        (("deal", "move", "Pilot", "proposal"), ["pre-deal-stage-change", "post-deal-stage-change"]),
        (("deal", "win", "Pilot"), ["pre-deal-stage-change", "post-deal-stage-change"]),
        (("deal", "lose", "Pilot", "--reason", "price"), ["pre-deal-stage-change", "post-deal-stage-change"]),
        (("deal", "edit", "Pilot", "--stage", "proposal"),
         ["pre-deal-edit", "pre-deal-stage-change", "post-deal-edit", "post-deal-stage-change"]),
        (("log", "call", "Prices", "--contact", "j@x.com"), ["pre-activity-add", "post-activity-add"]),
        (("log", "call", "Prices", "--contact", "j@x.com", "--next", "offer"),
         ["pre-activity-add", "pre-task-add", "post-activity-add", "post-task-add"]),
        (("task", "add", "Call"), ["pre-task-add", "post-task-add"]),
        (("task", "edit", "2", "--priority", "high"), ["pre-task-edit", "post-task-edit"]),
        (("task", "done", "2"), ["pre-task-edit", "post-task-edit"]),
        (("task", "rm", "2"), ["pre-task-rm", "post-task-rm"]),
        (("activity", "edit", "1", "--outcome", "fine"), ["pre-activity-edit", "post-activity-edit"]),
        (("activity", "rm", "1"), ["pre-activity-rm", "post-activity-rm"]),
    ],
    ids=lambda value: " ".join(value[:2]) if isinstance(value, tuple) else "",
)  # fmt: skip
def test_each_change_has_its_hooks(crm: Crm, hook: Hook, words: tuple[str, ...], names: list[str]) -> None:
    """A task's are not an activity's; a move of a deal is a stage change however it is made."""
    for setup in (
        ("contact", "add", "Jane", "--email", "j@x.com", "--company", "Acme"),
        ("deal", "add", "Pilot", "--value", "1k"),
        ("log", "call", "First", "--contact", "j@x.com"),
        ("task", "add", "Second"),
    ):
        assert 0 == crm(*setup).code
    from crmcli.config import HOOKS

    said = hook(*HOOKS)
    done = crm(*words)
    assert 0 == done.code, done.stderr
    assert names == [name for name, _ in _heard(said)]


def test_a_bulk_change_runs_its_hooks_for_each_and_one_refusal_stops_all(crm: Crm, hook: Hook) -> None:
    """As it is one step to undo, it is one to refuse."""
    for name in ("Ewa", "Ola", "Iga"):
        crm("contact", "add", name)
    said = hook("pre-contact-edit", then=f"tail -n1 {hook()} | grep -vq Ola")
    found = crm("contact", "edit", "--where", "owner = maria", "--title", "CTO", "--yes")
    assert (5, "") == (found.code, found.stdout)
    assert ["Ewa", "Ola"] == [record["name"] for _, record in _heard(said)]
    assert [] == crm("contact", "list", "--filter", "title = CTO", "--format", "json").json()


def test_a_hook_knows_the_store_and_who_acts(crm: Crm, hook: Hook, tmp_path: Path) -> None:
    """So that it can ask `crm` about the very same records."""
    note = tmp_path / "note"
    hook("post-contact-add", then=f'echo "$CRM_HOOK $CRM_DB $CRM_STORE $CRM_USER" > {note}')
    crm("--as", "boris", "contact", "add", "Ewa")
    place = tmp_path / "crm.db"
    assert f"post-contact-add {place} {place} boris\n" == note.read_text()


@pytest.mark.parametrize("command", ["true", "exec 0<&-; true", "head -c 10 >/dev/null"])
def test_a_hook_need_not_listen(crm: Crm, home: Path, command: str) -> None:
    """Also when the record is longer than a pipe holds."""
    folder = home / ".config" / "crmcli"
    folder.mkdir(parents=True)
    (folder / "crm.toml").write_text(f"[hooks]\npre-contact-add = {json.dumps(command)}\n")
    assert 0 == crm("contact", "add", "Ewa", "--note", "x" * 300_000).code


def test_a_hook_in_a_parent_folder_runs_only_when_trusted(
    crm: Crm, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A cloned folder can't run commands; trust is for the very content, and ends with it."""
    ran = tmp_path / "ran"
    file = tmp_path / "crm.toml"
    file.write_text(f'[hooks]\npost-contact-add = "touch {ran}"\n')
    below = tmp_path / "deep" / "down"
    below.mkdir(parents=True)
    monkeypatch.chdir(below)

    found = crm("contact", "add", "Ewa")
    assert 0 == found.code
    assert (
        f"crm: warning: {file} is not trusted, so hooks.post-contact-add is ignored (try: crm config trust)\n"
        == found.stderr
    )
    assert not ran.exists()

    assert 0 == crm("config", "trust").code
    assert "" == crm("contact", "add", "Ola").stderr
    assert ran.exists()

    ran.unlink()
    file.write_text(file.read_text() + "# changed\n")
    assert "is not trusted" in crm("contact", "add", "Iga").stderr
    assert not ran.exists()


def test_a_hook_in_a_file_named_by_flag_or_variable_runs(
    crm: Crm, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever names the file means it."""
    ran = tmp_path / "ran"
    file = tmp_path / "mine.toml"
    file.write_text(f'[hooks]\npost-contact-add = "echo >> {ran}"\n')
    crm("--config", str(file), "contact", "add", "Ewa")
    monkeypatch.setenv("CRM_CONFIG", str(file))
    crm("contact", "add", "Ola")
    assert 2 == len(ran.read_text().splitlines())
