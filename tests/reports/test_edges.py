"""Where figures go wrong: hours around midnight, summer time, leap days, fiscal years, and money without rates."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from crmcli.context import AppContext, Flags
from tests.reports.asking import counted, report_of, rows_of, totals_of

if TYPE_CHECKING:
    from pathlib import Path

    from crmcli.store.session import UnitOfWork


def deal(
    uow: UnitOfWork, made: str, closed: str, value: int | None = 10_000, code: str | None = "EUR", kind: str = "won"
) -> None:
    """A closed deal; value in minor units."""
    from datetime import datetime

    from crmcli.domain.ids import new_uid
    from crmcli.store.models.deals import Deal, Stage

    stage = uow.find(Stage, kind=kind)[0]
    start, end = datetime.fromisoformat(made), datetime.fromisoformat(closed)
    uow.add(
        Deal(
            uid=new_uid("dl"), title="D", title_key="d", value=value, currency=code, pipeline_id=stage.pipeline_id,
            stage_id=stage.id or 0, stage_since=end, closed_at=end, created_at=start, updated_at=end,
        )
    )  # fmt: skip


@pytest.fixture
def sofia(store_url: str, monkeypatch: pytest.MonkeyPatch) -> AppContext:
    """A store whose user is two or three hours ahead of UTC."""
    monkeypatch.setenv("TZ", "Europe/Sofia")
    app = AppContext(Flags(store=store_url, quiet=True), origin="test")
    app.contacts.add(app.contacts.draft({"name": "Makes the store"}))
    return app


def won_by(app: AppContext, by: str, **words: Any) -> dict[str, int]:
    return {row[by]: row["won"] for row in rows_of(report_of(app, "won", by, **words))}


def test_a_deal_lies_in_its_local_month(sofia: AppContext) -> None:
    """Closed at half past eleven at night on the last of July, and an hour later: two months, by filter and by figure."""
    with sofia.desk.writing("test") as uow:
        deal(uow, "2026-07-01T09:00:00+00:00", "2026-07-31T20:30:00+00:00")
        deal(uow, "2026-07-01T09:00:00+00:00", "2026-07-31T21:30:00+00:00")
    assert won_by(sofia, "month") == {"2026-07": 1, "2026-08": 1}
    assert won_by(sofia, "month", period="2026-07") == {"2026-07": 1}
    assert won_by(sofia, "quarter") == {"2026-Q3": 2}
    report = report_of(sofia, "won", "month")
    assert [counted(sofia, drill) for drill in report.drill] == [1, 1]


def test_a_leap_day_and_the_ends_of_years(sofia: AppContext) -> None:
    """29 February has its month, New Year's Eve its year; weeks are those of ISO 8601."""
    with sofia.desk.writing("test") as uow:
        for closed in ("2024-02-29T21:59:59", "2024-02-29T22:00:00", "2024-12-31T21:59:59", "2024-12-31T22:00:00"):
            deal(uow, "2023-03-01T10:00:00+00:00", f"{closed}+00:00")
    assert won_by(sofia, "month") == {"2024-02": 1, "2024-03": 1, "2024-12": 1, "2025-01": 1}
    assert won_by(sofia, "year") == {"2024": 3, "2025": 1}
    assert won_by(sofia, "week") == {"2024-W09": 2, "2025-W01": 2}
    assert won_by(sofia, "month", period="2024-02-29") == {"2024-02": 1}


@pytest.mark.parametrize(
    ("made", "closed", "days"),
    [
        ("2026-03-28T10:00:00", "2026-03-30T09:00:00", 2.0),  # noon to noon; a night has one hour less
        ("2026-10-24T09:00:00", "2026-10-26T10:00:00", 2.0),  # and one has an hour more
        ("2026-03-29T00:30:00", "2026-03-29T01:30:00", 2 / 24),  # the hour that is left out
        ("2024-02-28T10:00:00", "2024-03-01T10:00:00", 2.0),  # over a leap day
        ("2026-07-02T10:00:00", "2026-07-01T10:00:00", None),  # closed before it was made
    ],
)
def test_days_are_those_of_the_wall(sofia: AppContext, made: str, closed: str, days: float | None) -> None:
    """Summer time makes no day longer."""
    with sofia.desk.writing("test") as uow:
        deal(uow, f"{made}+00:00", f"{closed}+00:00")
    (row,) = rows_of(report_of(sofia, "won"))
    (cycle,) = rows_of(report_of(sofia, "cycle"))
    assert (row["cycle_mean"], row["cycle_median"], cycle["mean"], cycle["p90"]) == (days,) * 4


def test_moments_far_apart(sofia: AppContext) -> None:
    """A date typed wrongly doesn't make a thousand years of empty months."""
    with sofia.desk.writing("test") as uow:
        deal(uow, "1999-12-31T10:00:00+00:00", "2026-01-31T22:30:00+00:00")
        deal(uow, "1900-12-31T10:00:00+00:00", "1901-01-31T22:30:00+00:00")
    found = {
        row["month"]: row["reached"] for row in rows_of(report_of(sofia, "funnel", "month")) if row["stage"] == "lead"
    }
    assert found == {}  # these have no history
    assert won_by(sofia, "month") == {"1901-02": 1, "2026-02": 1}
    assert [counted(sofia, drill) for drill in report_of(sofia, "won", "week").drill] == [1, 1]


def test_fiscal_years(sofia: AppContext) -> None:
    """A year that begins in April is named after the one in which it ends."""
    with sofia.desk.writing("test") as uow:
        deal(uow, "2026-01-01T10:00:00+00:00", "2026-03-31T20:59:59+00:00")
        deal(uow, "2026-01-01T10:00:00+00:00", "2026-03-31T21:00:00+00:00")
    app = AppContext(Flags(store=sofia.flags.store))
    desk = app.desk._replace(fiscal_start=4)
    from crmcli.reports.catalogue import answer
    from crmcli.reports.inquiry import Asked, Sources

    for by, expected in (("fiscal-year", ["FY2026", "FY2027"]), ("fiscal-quarter", ["FY2026-Q4", "FY2027-Q1"])):
        report = answer(Sources(desk, app.duplicates), Asked("won", by=by))
        assert [row[by] for row in rows_of(report)] == expected
        assert [counted(app, drill) for drill in report.drill] == [1, 1]


def test_money_of_many_currencies(sofia: AppContext) -> None:
    """By the rate of the day of closing; what has none is counted as a deal, named, and left out of the money."""
    from crmcli.store.models.analysis import ExchangeRate

    with sofia.desk.writing("test") as uow:
        for day, value in (("2026-01-01", 0.8), ("2026-02-01", 0.9)):
            uow.add(ExchangeRate(currency="USD", base="EUR", day=day, rate=value))
        deal(uow, "2025-01-01T10:00:00+00:00", "2026-01-15T10:00:00+00:00", 10_000, "USD")  # 80
        deal(uow, "2025-01-01T10:00:00+00:00", "2026-02-15T10:00:00+00:00", 10_000, "USD")  # 90
        deal(uow, "2025-01-01T10:00:00+00:00", "2025-12-15T10:00:00+00:00", 10_000, "USD")  # before any rate
        deal(uow, "2025-01-01T10:00:00+00:00", "2026-01-15T10:00:00+00:00", 30_000)
        deal(uow, "2025-01-01T10:00:00+00:00", "2026-01-15T10:00:00+00:00", 5_000, "CHF", "lost")
        deal(uow, "2025-01-01T10:00:00+00:00", "2026-01-15T10:00:00+00:00", None, None)
    report = report_of(sofia, "won")
    (row,) = rows_of(report)
    assert (row["won"], row["value"], row["average"], row["currency"]) == (5, 470, 117.5, "EUR")
    assert [note.split(" (")[0] for note in report.notes] == [
        "1 deal worth 50.00 CHF is left out of the money: no rate for CHF up to 2026-01-15",
        "1 deal worth 100.00 USD is left out of the money: no rate for USD up to 2025-12-15",
    ]
    rates = rows_of(report_of(sofia, "win-rate"))[0]
    assert (rates["win_rate"], rates["won_value"], rates["lost_value"], rates["win_rate_by_value"]) == (
        5 / 6,
        470,
        0,
        1.0,
    )
    (lost,) = report_of(sofia, "lost").notes
    assert lost.startswith("1 deal worth 50.00 CHF")


def test_what_is_all_in_one_other_currency_is_counted_in_it(sofia: AppContext) -> None:
    """Without any rate."""
    with sofia.desk.writing("test") as uow:
        deal(uow, "2025-01-01T10:00:00+00:00", "2026-01-15T10:00:00+00:00", 10_000, "CZK")
    report = report_of(sofia, "won")
    assert (report.currency, rows_of(report)[0]["value"], report.notes) == ("CZK", 100, ())


def test_a_deal_counts_in_each_segment_of_its_people(app: AppContext) -> None:
    """And once in the totals; who is in none is told apart, and every group can be looked into."""
    from crmcli.services.segments import Definition, People

    for name in ("Ana", "Bo", "Cy"):
        app.contacts.add(app.contacts.draft({"name": name}))
    app.segments.add("all of a kind", Definition(people=People(("Ana", "Bo"))))
    app.segments.add("with an o", Definition(filter="name ~= o"))
    for people, value in ((("Ana", "Bo"), "100"), (("Bo",), "20"), (("Cy",), "3"), ((), "4")):
        given = app.deals.add(app.deals.draft({"title": f"D{value}", "value": value, "contacts": people}))
        app.deals.win(given.id)
    report = report_of(app, "won", "segment")
    assert [(row["segment"], row["won"], row["value"]) for row in rows_of(report)] == [
        ("all of a kind", 2, 120), ("with an o", 2, 120), (None, 2, 7),
    ]  # fmt: skip
    assert (totals_of(report)["won"], totals_of(report)["value"], report.n) == (4, 127, 4)
    assert report.notes == ("a deal counts for each segment that one of its contacts is in; totals count it once",)
    assert [counted(app, drill) for drill in report.drill] == [2, 2, 2]
    by_person = report_of(app, "won", "contact")
    assert [(row["contact"], row["value"]) for row in rows_of(by_person)] == [
        ("Bo", 120),
        ("Ana", 100),
        (None, 4),
        ("Cy", 3),
    ]
    assert [counted(app, drill) for drill in by_person.drill] == [2, 1, 1, 1]


def test_stretches_of_the_calendar_stand_beside_those_of_the_other_period(crm_on: Any, tmp_path: Path) -> None:
    """January beside the January of the year before, whatever they are called."""
    lines = ["title,value,stage,created_at,closed_at"]
    lines += [
        f"D{n},100,won,2024-12-01,{day}"
        for n, day in enumerate(("2025-01-10", "2026-01-10", "2026-01-20", "2026-03-05"))
    ]
    (tmp_path / "deals.csv").write_text("\n".join(lines) + "\n", "utf-8")
    assert 0 == crm_on("import", "deals", "deals.csv").code
    found = crm_on(
        "report", "won", "--by", "month", "--period", "Q1-2026", "--compare", "year", "--format", "json"
    ).json()
    assert [("2026-01", 2, 1), ("2026-03", 1, 0)] == [(row["month"], row["won"], row["won_before"]) for row in found]
