"""Filters of the reports about customers: the same on logs of purchases and on won deals."""

from __future__ import annotations

import random
import shlex
import shutil
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from crmcli.context import AppContext, Flags
from crmcli.reports.questions import CUSTOMERS
from tests.conftest import run
from tests.reports.asking import counted, report_of, rows_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from crmcli.reports.questions import Question
    from crmcli.store.session import UnitOfWork
    from tests.conftest import Result

# Zoë works at Acme and at Żubr; Bob has no owner, and no company that has one.
LINES = (
    ("company", "add", "Acme", "--region", "East", "--owner", "ana", "--tag", "vip"),
    ("company", "add", "Żubr", "--owner", "boris"), ("company", "add", "Solo", "--owner", "maria"),
    ("contact", "add", "Zoë", "--company", "Acme", "--company", "Żubr"), ("contact", "add", "Bob", "--tag", "VIP"),
    ("contact", "add", "Eve", "--owner", "boris", "--company", "Acme"),
    ("contact", "edit", "Zoë", "--clear", "owner"), ("contact", "edit", "Bob", "--clear", "owner"),
    ("segment", "add", "Zs", "--filter", "name ~= z"), ("segment", "add", "others", "--filter", "name = Bob"),
    ("campaign", "add", "Spring"), ("campaign", "respond", "Spring", "Zoë", "Bob"), ("campaign", "add", "Autumn"),
    *(
        ("purchases", "add", who, "--amount", "10", "--date", f"2026-10-0{place}")
        for place, who in enumerate(("Acme", "Żubr", "Solo", "Zoë", "Bob", "Eve", "Nobody"), 1)
    ),
)  # fmt: skip


@pytest.mark.parametrize(
    ("filter_", "customers"),
    [
        ("owner = ana", "Acme Zoë"), ("owner = me", "Solo"), ("owner in (boris, maria)", "Eve Solo Żubr"),
        ("owner ~= bor", "Eve Żubr"), ("owner is empty", "Bob Nobody"), ("owner != ana", "Bob Eve Nobody Solo Żubr"),
        ("not owner = boris and owner is not empty", "Acme Solo Zoë"), ("tag = vip", "Acme Bob"),
        ("tag is empty", "Eve Nobody Solo Zoë Żubr"), ("segment = Zs", "Acme Zoë Żubr"),
        ("segment in (Zs, others)", "Acme Bob Zoë Żubr"), ("segment != Zs", "Bob Eve Nobody Solo"),
        ("campaign = Spring", "Acme Bob Zoë Żubr"), ("campaign is empty", "Eve Nobody Solo"),
        ("campaign = Spring and campaign.status = responded", "Acme Bob Zoë Żubr"), ("campaign = Autumn", ""),
        ("company.region = East", "Acme"), ("contact.owner = boris or company.owner = boris", "Eve Żubr"),
        ("contact.segment = Zs", "Zoë"),
    ],
)  # fmt: skip
def test_purchases_are_selected_by_what_their_customers_have(
    crm_after: Callable[..., Callable[..., Result]], filter_: str, customers: str
) -> None:
    """A company has its own owner, a person theirs or the company's; both have the segments of who works there."""
    crm_after(*LINES)
    app = AppContext(Flags(quiet=True), origin="test")
    report = report_of(app, "pareto", filter=filter_)
    assert customers.split() == sorted(row["customer"] for row in rows_of(report))
    assert [1] * len(report.rows) == [counted(app, drill) for drill in report.drill]


def test_groups_and_filters_mean_the_same_owner_and_segment(crm_after: Callable[..., Callable[..., Result]]) -> None:
    crm_after(*LINES)
    app = AppContext(Flags(quiet=True), origin="test")
    for by, path in (("owner", "owner"), ("contact.segment", "segment")):
        for row in rows_of(report_of(app, "rfm", by=by)):
            if row[by] is not None:
                assert row["customers"] == len(report_of(app, "rfm", filter=f'{path} = "{row[by]}"').rows), row


def test_a_field_that_purchases_lack_is_refused_with_those_there_are(
    crm_after: Callable[..., Callable[..., Result]],
) -> None:
    crm = crm_after(*LINES)
    refused = crm("report", "churn", "--filter", "stage = won")
    assert (2, True) == (refused.code, "purchase has no field 'stage'" in refused.stderr)
    assert all(name in refused.stderr for name in ("owner", "company", "contact", "segments", "campaigns", "tags"))
    near = crm("report", "churn", "--filter", "region = East")
    assert "did you mean 'company.region'" in near.stderr
    listed = crm("purchases", "list", "--sort", "segments")
    assert (2, "owner, tags, campaigns)") == (listed.code, listed.stderr.strip()[-23:])
    assert 0 == crm("purchases", "list", "--sort", "owner").code


@pytest.fixture(scope="module", params=["purchases", "deals"])
def trading(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, empty_sqlite: Path
) -> Iterator[str]:
    """Sixty who bought some times each, as a log or as deals, and a campaign that half of a hundred and twenty responded to."""
    folder = tmp_path_factory.mktemp("trading")
    store, path = str(shutil.copy(empty_sqlite, folder)), folder / "bought.csv"
    chance, day = random.Random(8), date(2026, 1, 1)
    bought = [
        (f"Firm {number}", day + timedelta(days=chance.randrange(300)), chance.randrange(10, 99), chance.choice(["tea", "cup"]))
        for number in range(60) for _ in range(chance.choice([1, 1, 2, 3, 5]))
    ]  # fmt: skip
    lines = [
        ("company", "add", "Firm 0"), ("segment", "add", "all", "--filter", "name ~= p"),
        ("campaign", "add", "Last year", "--kind", "email"),
    ]  # fmt: skip
    if request.param == "purchases":
        lines.append(("purchases", "import", str(path), "--source", "shop"))
        path.write_text(
            "Customer,Date,Amount,Product\n" + "".join(f"{who},{at},{sum_},{what}\n" for who, at, sum_, what in bought)
        )
    else:
        lines.append(("import", "deals", str(path)))
        path.write_text("Deal Name,Company,Create Date,Close Date,Amount,Stage,Product\n" + "".join(
            f"{place},{who},2025-12-01,{at},{sum_},won,{what}\n" for place, (who, at, sum_, what) in enumerate(bought)
        ))  # fmt: skip
    lines.append(("campaign", "add", "Spring mailing", "--kind", "email", "--segment", "all"))
    with pytest.MonkeyPatch.context() as patch:
        for name, value in {"CRM_NOW": "2026-11-21T12:00:00Z", "LOGNAME": "maria", "HOME": str(folder)}.items():
            patch.setenv(name, value)
        done = [run("--db", store, *words) for words in lines]
        assert [0] * len(lines) == [each.code for each in done], [each.stderr for each in done]
        with AppContext(Flags(store=store, quiet=True), origin="test").desk.writing("test") as uow:
            _responding(uow)
        yield store


def _responding(uow: UnitOfWork) -> None:
    from crmcli.domain.ids import new_uid
    from crmcli.store.models.campaigns import CampaignEvent, CampaignMember
    from crmcli.store.models.people import Contact

    at = datetime(2026, 3, 1, 9, tzinfo=UTC)
    for number in range(120):
        name = f"P{number}"
        person = uow.add(Contact(uid=new_uid("ct"), name=name, name_key=name.lower(), created_at=at, updated_at=at))
        member = uow.add(CampaignMember(campaign_id=1, contact_id=person.id or 0, status="sent", at=at))
        for status in ("sent", "responded")[: 1 + number % 2]:
            uow.session.add(CampaignEvent(campaign_id=1, member_id=member.id, status=status, at=at, source="test"))
    uow.flush()


@pytest.mark.parametrize("question", CUSTOMERS, ids=[question.name for question in CUSTOMERS])
def test_every_example_of_the_help_is_answered(
    trading: str, question: Question, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a log and on deals alike; and churn is asked of one's own customers there."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CRM_DB", trading)
    for example in question.examples:
        answered = run(*shlex.split(example)[1:])
        assert 0 == answered.code, (example, answered.stderr)
        assert answered.stdout.strip() or list(tmp_path.iterdir()), example
        assert "'owner = me'" not in example or len(answered.lines) > 1, example
