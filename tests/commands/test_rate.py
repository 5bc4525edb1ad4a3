"""`crm rate`: what one currency is worth in another."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

ECB = "Date,USD,JPY,CYP,ISK,\n2026-01-05,1.25,160,N/A,N/A,\n2026-01-02,1.6,160,0.58,125,\n"
LIST = ("rate", "list", "--fields", "currency,base,day,rate", "--format", "csv")


def _file(text: str, name: str = "rates.csv") -> str:
    Path(name).write_text(text, encoding="utf-8")
    return name


def test_a_rate_is_set_changed_and_taken_away(crm_on: Callable[..., Any]) -> None:
    """Each in one step of undo; in place of the one of the same day."""
    assert crm_on("rate", "set", "usd", "0.5").stderr == "1 USD = 0.5 EUR\n"
    crm_on("rate", "set", "USD", "0,6", "--on", "2026-03-01")
    assert crm_on("rate", "set", "USD", "0.7", "--on", "2026-03-01").stderr == "1 USD = 0.7 EUR from 2026-03-01 on\n"
    crm_on("rate", "set", "GBP", "1.25", "--base", "USD", "--note", "by hand")
    assert crm_on(*LIST).lines[1:] == ["GBP,USD,,1.25", "USD,EUR,2026-03-01,0.7", "USD,EUR,,0.5"]
    assert crm_on("rate", "rm", "USD").code == 0
    assert crm_on("rate", "rm", "USD", "--on", "2025-01-01").code == 3
    crm_on("rate", "rm", "USD", "--all")
    assert crm_on(*LIST).lines[1:] == ["GBP,USD,,1.25"]
    numbers = [str(each["number"]) for each in crm_on("history", "--format", "json").json()]
    for place in (0, 1, 3):  # both deletions, and the change of a rate
        assert crm_on("undo", numbers[place]).code == 0
    assert crm_on(*LIST).lines[1:] == ["GBP,USD,,1.25", "USD,EUR,2026-03-01,0.6", "USD,EUR,,0.5"]
    said = crm_on("history", "--format", "json").json()
    assert [each["summary"] for each in said[-3:]] == [
        "1 USD = 0.7 EUR from 2026-03-01 on", "1 USD = 0.6 EUR from 2026-03-01 on", "1 USD = 0.5 EUR",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("USD", "0"), "rate: 0 is no rate"),
        (("USD", "--", "-1"), "rate: -1 is no rate"),
        (("USD", "nan"), 'rate: "nan" is not a number'),
        (("USD", "inf"), 'rate: "inf" is not a number'),
        (("USD", ""), 'rate: "" is not a number'),
        (("XXQ", "1"), 'currency: "XXQ" is not an ISO 4217 currency'),
        (("EUR", "1"), "currency: one EUR is one EUR"),
        (("USD", "1", "--on", "never"), "on: can't read 'never'"),
    ],
)
def test_what_is_no_rate_is_refused(crm: Callable[..., Any], words: tuple[str, ...], message: str) -> None:
    """With what is wrong about it."""
    done = crm("rate", "set", *words)
    assert done.code == 2
    assert done.stderr.startswith(f"crm: error: {message}")


def test_rates_are_read_as_a_central_bank_publishes_them(crm_on: Callable[..., Any]) -> None:
    """A day a line: 1 EUR is so much of each, so that one of each is its inverse; again it changes nothing."""
    done = crm_on("rate", "import", _file(ECB))
    assert done.stderr == "left out, no currencies: CYP\nrates in EUR: 5 read, 5 created\n"
    assert crm_on(*LIST).lines[1:] == [
        "ISK,EUR,2026-01-02,0.008", "JPY,EUR,2026-01-05,0.00625", "JPY,EUR,2026-01-02,0.00625",
        "USD,EUR,2026-01-05,0.8", "USD,EUR,2026-01-02,0.625",
    ]  # fmt: skip
    newer = _file(ECB.replace("1.25", "2"))
    assert crm_on("rate", "import", newer, "--dry-run").stderr.endswith(
        "would import EUR: 5 read, 1 updated, 4 unchanged\n"
    )
    assert crm_on("rate", "import", newer).stderr.endswith("rates in EUR: 5 read, 1 updated, 4 unchanged\n")
    crm_on("undo")
    crm_on("undo", "1")
    assert crm_on(*LIST).lines[1:] == []
    since = crm_on("rate", "import", newer, "--since", "2026-01-05", "--quote", "per-unit")
    assert (since.code, crm_on(*LIST).lines[1:]) == (0, ["JPY,EUR,2026-01-05,160.0", "USD,EUR,2026-01-05,2.0"])


def test_rates_in_another_base_must_say_which(crm: Callable[..., Any]) -> None:
    """A table with a column for the base currency itself is about another one."""
    crm("config", "set", "defaults.currency", "USD")
    refused = crm("rate", "import", _file(ECB))
    assert refused.code == 2
    assert (
        "USD is a column itself, so that the rates are in another currency (try: --base EUR for those" in refused.stderr
    )
    crm("rate", "import", _file(ECB), "--base", "EUR")
    assert len(crm(*LIST).lines) == 6


def test_a_rate_a_line_says_what_one_unit_is_worth(crm_on: Callable[..., Any]) -> None:
    """Without a day it counts whenever none says otherwise; a bad line is named, and costs all or itself."""
    text = (
        "Currency;Date;Rate\nUSD;;0,9\nUSD;2026-02-01;0,95\nGBP;2026-02-01;0\nEUR;2026-02-01;1\nUSD;2026-02-01;0,96\n"
    )
    whole = crm_on("rate", "import", _file(text))
    assert whole.code == 2
    assert "3 of 5 rates can't be imported; nothing was stored" in whole.stderr
    partly = crm_on("rate", "import", _file(text), "--skip-errors")
    assert partly.code == 7
    assert partly.stderr.splitlines()[-3:] == [
        "  line 4: rate: 0 is no rate", "  line 5: currency: EUR is what the rates are in",
        "  line 6: USD has a rate of 2026-02-01 on an earlier line",
    ]  # fmt: skip
    assert crm_on(*LIST).lines[1:] == ["USD,EUR,2026-02-01,0.95", "USD,EUR,,0.9"]
