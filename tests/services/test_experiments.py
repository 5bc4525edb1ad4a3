"""Variants are dealt out to a sample, the rest wait, and the winner is named by the test or by hand."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.conftest import Result

    Run = Callable[..., Result]

PEOPLE = 40


@pytest.fixture
def crm(crm_on: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Forty people in a segment, a template, and a campaign with the variants A and B, on each engine."""
    config = tmp_path / "crm.toml"
    config.write_text('[smtp]\nfrom = "maria@acme.com"\n', "utf-8")
    monkeypatch.setenv("CRM_CONFIG", str(config))
    rows = "\n".join(f"P{n:02},p{n:02}@x.com" for n in range(PEOPLE))
    assert crm_on("import", "contacts", "-", stdin=f"name,email\n{rows}\n").code == 0
    text = "Dear {{ contact.name }}\n{{ unsubscribe_url }}\n"
    assert crm_on("template", "add", "hello", "--subject", "Hello", "--text", "-", stdin=text).code == 0
    assert crm_on("segment", "add", "all", "--filter", "name is not empty").code == 0
    assert crm_on("campaign", "add", "Spring", "--segment", "all", "--template", "hello").code == 0
    for name, subject in (("A", "Hello"), ("B", "Hi there")):
        assert crm_on("campaign", "variant", "add", "Spring", name, "--subject", subject).code == 0
    return crm_on


def tried(crm: Run, *flags: str) -> None:
    """Have the variants tried so."""
    assert crm("campaign", "edit", "Spring", *flags).code == 0


def sent(crm: Run, folder: Path) -> dict[str, Any]:
    """Send into a folder."""
    done = crm("campaign", "send", "Spring", "--yes", "--outbox", folder)
    assert done.code == 0, done.stderr
    return dict(json.loads(done.stdout)) | {"note": done.stderr}


def members(crm: Run) -> list[dict[str, Any]]:
    """The members as records."""
    return list(crm("campaign", "members", "Spring", "--format", "json").json())  # type: ignore[arg-type]


def dealt(crm: Run, status: str) -> dict[str | None, int]:
    """How many in a state have which variant."""
    return dict(Counter(each["variant"] for each in members(crm) if each["status"] == status))


def respond(crm: Run, variant: str, number: int) -> None:
    """So many of those who got a variant respond."""
    who = [each["email"] for each in members(crm) if each["variant"] == variant and each["status"] == "sent"][:number]
    assert crm("campaign", "respond", "Spring", *who).code == 0


def test_without_a_trial_everybody_gets_a_variant_by_its_share(crm: Run, tmp_path: Path) -> None:
    assert crm("campaign", "variant", "edit", "Spring", "B", "--share", "3").code == 0
    assert PEOPLE == sent(crm, tmp_path / "out")["sent"]
    assert {"A": 10, "B": 30} == dealt(crm, "sent")


def test_the_sample_is_sent_and_the_rest_gets_what_did_better(crm: Run, tmp_path: Path) -> None:
    """10 of 10 against 0 of 10 is p = 0.000008; the other 20 then get B."""
    tried(crm, "--test", "responded", "--after", "20")
    first = sent(crm, tmp_path / "out")
    assert (20, 20) == (first["sent"], first["left"])
    assert ({"A": 10, "B": 10}, {None: 20}) == (dealt(crm, "sent"), dealt(crm, "targeted"))
    respond(crm, "B", 10)
    rows: Any = crm("campaign", "send", "Spring", "--dry-run", "--format", "json").json()
    assert {("send", "B", "Hi there"): 20} == Counter((row["status"], row["variant"], row["subject"]) for row in rows)
    rest = sent(crm, tmp_path / "out")
    assert (20, 0) == (rest["sent"], rest["left"])
    assert "B was chosen by the test; 20 more people get it" in rest["note"]
    assert {"A": 10, "B": 20} == dealt(crm, "sent")
    subjects = Counter(
        line
        for path in (tmp_path / "out").glob("*.eml")
        for line in path.read_text().splitlines()
        if "Subject:" in line
    )
    assert {"Subject: Hello": 10, "Subject: Hi there": 30} == dict(subjects)


def test_what_the_rest_did_does_not_count_as_the_trial(crm: Run, tmp_path: Path) -> None:
    tried(crm, "--test", "responded", "--after", "20")
    sent(crm, tmp_path / "out")
    respond(crm, "B", 10)
    sent(crm, tmp_path / "out")
    variants: Any = crm("campaign", "variant", "list", "Spring", "--format", "json").json()
    assert [("A", 0, 10, 10, False), ("B", 10, 10, 30, True)] == [
        (each["name"], each["hits"], each["n"], each["members"], each["winner"]) for each in variants
    ]


def test_without_a_difference_people_wait_until_somebody_decides(crm: Run, tmp_path: Path) -> None:
    tried(crm, "--test", "responded", "--after", "20")
    sent(crm, tmp_path / "out")
    respond(crm, "A", 1)
    waiting = sent(crm, tmp_path / "out")
    assert (0, 20) == (waiting["sent"], waiting["left"])
    assert "no difference yet: 20 people wait for the winner" in waiting["note"]
    refused = crm("campaign", "decide", "Spring")
    assert (5, True) == (refused.code, "no difference yet" in refused.stderr)
    chosen = crm("campaign", "decide", "Spring", "--winner", "a")
    assert (0, "A was chosen by hand; 20 more people get it") == (chosen.code, chosen.stderr.strip())
    assert 20 == sent(crm, tmp_path / "out")["sent"]
    assert {"A": 29, "B": 10} == dealt(crm, "sent")


def test_a_time_is_waited_for(crm: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A fifth of forty people is tried on; a difference counts from two days after the first message on."""
    tried(crm, "--test", "responded", "--after", "2d")
    first = sent(crm, tmp_path / "out")
    assert (8, "2026-11-23T12:00:00Z") == (first["sent"], first["next_at"])
    respond(crm, "A", 4)
    assert "named from 2026-11-23T12:00:00Z on" in crm("campaign", "decide", "Spring").stderr
    assert 0 == sent(crm, tmp_path / "out")["sent"]
    monkeypatch.setenv("CRM_NOW", "2026-11-23T12:00:00Z")
    assert 32 == sent(crm, tmp_path / "out")["sent"]
    assert {"A": 32, "B": 4} == dealt(crm, "sent")


def test_a_dry_run_says_who_waits(crm: Run) -> None:
    tried(crm, "--test", "responded", "--after", "2d", "--sample", "50%")
    rows: Any = crm("campaign", "send", "Spring", "--dry-run", "--format", "json").json()
    assert {("send", ""): 20, ("later", "waits for the winner"): 20} == dict(
        Counter((row["status"], row["reason"]) for row in rows)
    )


def test_show_prints_both_with_the_interval_and_says_when_there_is_no_difference(crm: Run, tmp_path: Path) -> None:
    """1 of 10 against 0 of 10: Newcombe's interval of the difference is -0.1894 to 0.4042, and p = 0.3049."""
    tried(crm, "--test", "responded", "--after", "20")
    sent(crm, tmp_path / "out")
    respond(crm, "A", 1)
    shown = crm("campaign", "show", "Spring", tty=True)
    assert "no difference yet" in shown.stdout
    assert "A - B: +10.0 points, -18.9 to +40.4; p = 0.305" in shown.stdout
    picture: Any = crm("campaign", "show", "Spring", "--format", "json").json()
    test = picture["test"]
    assert ("no difference yet", None, "A", 0.95, True) == (
        test["verdict"], test["winner"], test["leader"], test["confidence"], test["is_due"],
    )  # fmt: skip
    assert [(1, 10, 0.1), (0, 10, 0.0)] == [(each["hits"], each["n"], each["rate"]) for each in picture["variants"]]


def test_a_decision_is_undone_with_its_campaign(crm: Run, tmp_path: Path) -> None:
    tried(crm, "--test", "responded", "--after", "20")
    sent(crm, tmp_path / "out")
    assert crm("campaign", "decide", "Spring", "--winner", "B").code == 0
    assert crm("undo").code == 0
    assert 0 == sent(crm, tmp_path / "out")["sent"]
    assert {None: 20} == dealt(crm, "targeted")


def test_a_clone_starts_its_trial_anew(crm: Run, tmp_path: Path) -> None:
    tried(crm, "--test", "responded", "--after", "20")
    sent(crm, tmp_path / "out")
    assert crm("campaign", "decide", "Spring", "--winner", "B").code == 0
    assert crm("campaign", "clone", "Spring", "Autumn").code == 0
    test = crm("campaign", "show", "Autumn", "--format", "json").json()["test"]  # type: ignore[index]
    assert (None, None, "no difference yet") == (test["winner"], test["decided_by"], test["verdict"])


def test_who_comes_in_after_the_winner_gets_it(crm: Run, tmp_path: Path) -> None:
    tried(crm, "--test", "responded", "--after", "20")
    sent(crm, tmp_path / "out")
    assert crm("campaign", "decide", "Spring", "--winner", "B").code == 0
    assert crm("contact", "add", "Late", "--email", "late@x.com").code == 0
    assert crm("campaign", "target", "Spring").code == 0
    assert "B" == next(each["variant"] for each in members(crm) if each["email"] == "late@x.com")


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("variant", "add", "Spring", "a"), 4, "has a variant a already"),
        (("variant", "add", "Spring", "C", "--template", "helo"), 3, "did you mean hello?"),
        (("variant", "add", "Spring", "C", "--share", "-1"), 2, "share"),
        (("variant", "edit", "Spring", "C"), 3, "there are: A, B"),
        (("variant", "edit", "Spring", "A", "--name", "b"), 4, "there is a variant b already"),
        (("decide", "Spring", "--winner", "Z"), 3, "no variant Z"),
        (("decide", "Spring"), 5, "named once messages went out"),
        (("edit", "Spring", "--test", "clickd"), 2, "did you mean clicked?"),
        (("edit", "Spring", "--after", "soon"), 2, "after"),
        (("edit", "Spring", "--sample", "0"), 2, "sample"),
    ],
)
def test_what_can_not_be_is_refused(crm: Run, words: tuple[str, ...], code: int, said: str) -> None:
    done = crm("campaign", *words)
    assert (code, True) == (done.code, said in done.stderr), done.stderr


def test_clicks_that_nobody_counts_are_warned_of(crm: Run) -> None:
    assert "nobody counts who opens and clicks" in crm("campaign", "edit", "Spring", "--test", "clicked").stderr
    assert "nobody counts" not in crm("campaign", "edit", "Spring", "--test", "replied").stderr


def test_variants_go_and_come_back(crm: Run) -> None:
    assert crm("campaign", "variant", "rm", "Spring", "B").code == 0
    assert 1 == len(crm("campaign", "variant", "list", "Spring", "--format", "json").json())  # type: ignore[arg-type]
    assert crm("undo").code == 0
    assert 2 == len(crm("campaign", "variant", "list", "Spring", "--format", "json").json())  # type: ignore[arg-type]
