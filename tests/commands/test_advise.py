"""``crm advise``: what each rule finds, with its reason and command; muting, and asking about one record."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.once import once

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.conftest import Result

    Crm = Callable[..., Result]


@pytest.fixture
@once
def busy(crm_on: Crm) -> Crm:
    """Deals that need something: late, with nothing planned, untouched; a campaign over budget; a pair of doubles."""
    crm = crm_on
    crm("company", "add", "Acme")
    crm("deal", "add", "Late", "--value", "10k", "--company", "Acme", "--expected-close", "2026-11-01")
    crm("task", "add", "call", "--deal", "Late", "--due", "tomorrow")
    crm("deal", "add", "Idle", "--value", "5k", "--stage", "proposal", "--expected-close", "2027-06-01")
    crm("deal", "add", "Fine", "--value", "90k", "--expected-close", "2027-06-01")
    crm("task", "add", "call", "--deal", "Fine", "--due", "tomorrow")
    crm("campaign", "add", "Fair", "--kind", "exhibition", "--budget", "1000")
    crm("campaign", "cost", "add", "Fair", "1250")
    crm("contact", "add", "Jane Doe", "--email", "jane.doe@gmail.com", "--company", "Acme")
    crm("contact", "add", "Doe, Jane", "--email", "janedoe+crm@gmail.com", "--company", "Acme")
    return crm


def advices(crm: Crm, *words: str) -> list[dict[str, Any]]:
    answer = crm("advise", *words, "--format", "json")
    assert 0 == answer.code, answer.stderr
    found: list[dict[str, Any]] = answer.json()  # type: ignore[assignment]
    return found


def test_what_is_found_comes_with_its_reason_and_command(busy: Crm) -> None:
    found = {each["rule"]: each for each in advices(busy)}
    scores = [(rule, each["score"]) for rule, each in found.items()]
    assert [("no-next-step", 0.9), ("slipping", 0.7), ("over-budget", 0.44), ("duplicates", 0.375)] == scores
    late = found["slipping"]
    assert ("deal #1 Late (Acme)", "should have closed 20 days ago", 1000) == (
        late["record"],
        late["reason"],
        late["stake"],
    )
    assert "crm deal edit 1 --expected-close '+30d'" == late["command"]
    assert ("deal #2 Idle", "nothing is planned (proposal)", 2500) == tuple(
        found["no-next-step"][key] for key in ("record", "reason", "stake")
    )
    assert "250 EUR over its budget of 1000 EUR" == found["over-budget"]["reason"]
    assert found["duplicates"]["command"].startswith("crm contact merge ")


def test_commands_of_advice_run_as_they_are(busy: Crm) -> None:
    """What is told to be done can be done, and is not told again."""
    import shlex

    command = next(each["command"] for each in advices(busy) if each["rule"] == "no-next-step")
    assert 0 == busy(*shlex.split(command)[1:]).code
    assert "no-next-step" not in {each["rule"] for each in advices(busy)}


def test_a_rule_is_muted_for_all_or_for_one_record_and_heard_again(busy: Crm) -> None:
    muted = busy("advise", "deal:1", "--mute", "slipping")
    assert "muted slipping about deal #1 (crm undo takes it back)" in muted.stderr
    assert "slipping" not in {each["rule"] for each in advices(busy)}
    busy("advise", "--unmute", "slipping", "deal:1")
    assert "slipping" in {each["rule"] for each in advices(busy)}
    busy("advise", "--mute", "over-budget", "--until", "2026-11-25")
    assert "over-budget" not in {each["rule"] for each in advices(busy)}
    rules = {each["rule"]: each for each in busy("advise", "--rules", "--format", "json").json()}  # type: ignore[union-attr, call-overload, index]
    assert ("yes", "2026-11-25") == (rules["over-budget"]["muted"], rules["over-budget"]["until"])  # type: ignore[index, call-overload]
    assert 0 == busy("undo").code
    assert "over-budget" in {each["rule"] for each in advices(busy)}


def test_it_can_be_asked_about_one_record(busy: Crm) -> None:
    """A company's deals are its own matter, a person's doubles theirs."""
    assert ["deal #1 Late (Acme)"] == [each["record"] for each in advices(busy, "Acme")]
    assert [] == advices(busy, "deal:3")


def test_with_nothing_to_do_it_says_so(crm: Crm) -> None:
    assert [] == advices(crm)
    assert 0 == crm("advise", tty=True).code


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--mute", "roting"], "did you mean rotting?"),
        (["--unmute", "rotting"], "rotting is not muted"),
        (["--until", "fri"], "--until goes with --mute"),
        (["nobody@acme.com"], "no record nobody@acme.com"),
    ],
)
def test_what_can_not_be_meant_is_refused(busy: Crm, words: list[str], said: str) -> None:
    refused = busy("advise", *words)
    assert refused.code in (2, 3)
    assert said in refused.stderr


def test_customers_who_fell_silent_and_what_they_may_want_are_told(crm_on: Crm, tmp_path: Path) -> None:
    """Against their own rhythm, with what they spend in a year at stake; and what others with the same have too."""
    lines = ["customer,date,product,amount", *(f"silent@acme.com,2026-0{month}-01,tea,100" for month in (1, 2, 3))]
    lines += [f"c{n}@acme.com,2026-11-10,{product},10" for n in range(6) for product in ("tea", "honey")]
    lines += [f"c{n}@acme.com,2026-11-10,salt,10" for n in range(6, 30)]
    (tmp_path / "log.csv").write_text("\n".join(lines) + "\n", "utf-8")
    for name in ("silent", *(f"c{n}" for n in range(30))):
        crm_on("contact", "add", name.title(), "--email", f"{name}@acme.com")
    assert 0 == crm_on("purchases", "import", "log.csv", "--source", "shop").code
    found = {each["rule"]: each for each in advices(crm_on, "--all")}
    silent = found["silent-customer"]
    assert ("contact #1 Silent", 300, "crm task add call --contact 1 --due tomorrow") == (
        silent["record"], silent["stake"], silent["command"]
    )  # fmt: skip
    assert silent["reason"].startswith("silent for 265 days, usually buys every 29.5 days")
    crm_on("advise", "--mute", "silent-customer")
    (offer,) = advices(crm_on, "silent@acme.com", "--all")
    assert ("cross-sell", "86% of those with tea have honey too") == (offer["rule"], offer["reason"])
    assert "crm deal add 'honey for Silent' --contact 1" == offer["command"]


def test_only_good_customers_are_missed_and_dear_offers_come_first(crm_on: Crm, tmp_path: Path) -> None:
    """Who spent less than most is let go; of sure offers those of the dearer product come first: confidence · mean price."""
    lines = ["customer,date,product,amount"]
    for who, amount in (("small", 1), ("big", 500)):
        lines += [f"{who}@acme.com,2026-0{month}-01,salt,{amount}" for month in range(1, 7)]
    for first, other, price, start in (("tea", "honey", 2, 0), ("cup", "jar", 90, 10)):
        lines += [f"c{n}@acme.com,2026-11-10,{first},20" for n in range(start, start + 10)]
        lines += [f"c{n}@acme.com,2026-11-10,{other},{price}" for n in range(start, start + 8)]
    (tmp_path / "log.csv").write_text("\n".join(lines) + "\n", "utf-8")
    assert 0 == crm_on("purchases", "import", "log.csv", "--source", "shop", "--create").code
    crm_on("advise", "--mute", "duplicates")
    found = advices(crm_on, "--all")
    assert ["big"] == [each["record"].split()[-1] for each in found if each["rule"] == "silent-customer"]
    offers = [(each["reason"], each["stake"]) for each in found if each["rule"] == "cross-sell"]
    assert [("80% of those with cup have jar too", 72)] * 2 + [
        ("80% of those with tea have honey too", 1.6)
    ] * 2 == offers


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--mute", "slipping", "--unmute", "rotting"], "--mute and --unmute are asked one at a time"),
        (["--rules", "--mute", "slipping"], "--rules and --mute are asked one at a time"),
        (["--mute", "slipping", "--until", "yesterday"], "until: 2026-11-20 is over"),
    ],
)
def test_a_mute_that_would_do_nothing_is_refused(busy: Crm, words: list[str], said: str) -> None:
    refused = busy("advise", *words)
    assert 2 == refused.code
    assert said in refused.stderr
    assert not any(rule["muted"] for rule in busy("advise", "--rules", "--format", "json").json())


def test_a_campaign_over_its_budget_leads_to_it(busy: Crm) -> None:
    (over,) = [each for each in advices(busy) if each["rule"] == "over-budget"]
    assert [over["id"]] == busy("report", "advice", "--drill", "--row", over["record"]).lines


def test_money_without_a_rate_leads_to_its_deals(crm: Crm) -> None:
    """Those of that currency that are worth anything, and no others."""
    usd = crm("deal", "add", "Abroad", "--value", "900 USD", "--format", "ids").stdout
    crm("deal", "add", "Unpriced", "--currency", "USD")
    crm("deal", "add", "Home", "--value", "5k")
    crm("deal", "win", "Abroad")
    (lacking,) = [each for each in advices(crm) if each["rule"] == "missing-rate"]
    assert "1 deal worth 900 USD can't be counted" == lacking["reason"]
    assert usd == crm("report", "advice", "--drill", "--row", lacking["record"]).stdout
