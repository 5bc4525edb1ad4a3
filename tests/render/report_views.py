"""Charts and a report to be drawn, with names from outside in them."""

from __future__ import annotations

from datetime import UTC, date, datetime

from crmcli.domain.money import Money
from crmcli.render.locale import Locale
from crmcli.render.table import Screen
from crmcli.reports.report import Chart, Drill, Report, ReportColumn

NOW = datetime(2026, 11, 21, 20, 19, tzinfo=UTC)
PAPER = Screen(80, False, Locale(UTC), NOW)
SCRIPT = '<script>alert("1")</script>'
MONTHS = tuple(f"2026-{month:02}" for month in range(1, 13))
_GRID = tuple(
    tuple(None if row + column > 5 else 1.0 if column == 0 else 0.62 / (column + row * 0.3) for column in range(6))
    for row in range(6)
)
CHARTS = {
    "bar": Chart(
        "bar",
        ("王" * 30, "Acme \x1b[31m", "nothing known", "Złoty Kłos", SCRIPT),
        (12345.5, 300.0, None, 0.0, 6000.0),
        "EUR",
        "won by company",
    ),
    "below": Chart("bar", ("up", "down", "flat"), (0.3, -0.125, 0.0), "percent"),
    "funnel": Chart(
        "funnel", ("lead", "qualified", "proposal", "won"), (120.0, 76.0, 76.0, 1.0), "deals", "funnel of 2026"
    ),
    "line": Chart(
        "line", MONTHS, (12.0, 15.0, 14.0, 22.0, 30.0, 28.0, None, 35.0, 40.0, 38.0, 44.0, 51.0), "days", "sales cycle"
    ),
    "lines": Chart(
        "line",
        MONTHS,
        (12e3, 15e3, 14e3, 22e3, 30e3, 28e3, None, 35e3, 40e3, 38e3, 44e3, 51e3),
        "EUR",
        "won value",
        lines=(
            ("a year before", (1e4, 11e3, 9e3, 15e3, 2e4, 22e3, 23e3, 21e3, 26e3, 3e4, 29e3, 33e3)),
            ("目标", (25e3,) * 12),
        ),
    ),
    "heat": Chart(
        "heat", MONTHS[:6], unit="percent", title="retention", columns=tuple(f"month {n}" for n in range(6)), grid=_GRID
    ),
}
NOTE = "3 deals worth 12,000.00 CHF are left out of the money: no rate for CHF"
WON = Report(
    "won",
    "won deals by owner",
    (
        ReportColumn("owner", "owner"),
        ReportColumn("won", "won", "integer", meaning="deals won"),
        ReportColumn("value", "value", "money", meaning="Σ value of the won deals"),
        ReportColumn("win_rate", "win rate", "percent", meaning="won / (won + lost)"),
        ReportColumn("closed_at", "last", "date", 3),
    ),
    (
        (SCRIPT, 10, Money(20_850_000, "EUR"), 0.588, date(2026, 11, 3)),
        ("=1+1 & 'Kłos'", 3, Money(13_140_050, "EUR"), None, None),
        ("شركة\x1b]0;x\x07\ufffe", 4, None, 0.667, None),
    ),
    ("", 17, Money(33_990_050, "EUR"), 0.606, None),
    33,
    "2026",
    "EUR",
    "win rate = won / (won + lost)",
    {"r": 0.2426, "alpha": 4.4135, "n": 2357},
    CHARTS["bar"],
    (Drill("deal", "owner = a"), Drill("deal", "owner = b"), None),
    notes=(NOTE,),
)
FIGURES = Report(
    "figures",
    "key figures",
    (
        ReportColumn("kpi", "figure"),
        ReportColumn("value", "value", "figure", meaning="in the period"),
        ReportColumn("before", "before", "figure", 1),
        ReportColumn("change", "change", "percent"),
        ReportColumn("trend", "trend", "trend", 2),
        ReportColumn("unit", "unit", "unit"),
        ReportColumn("definition", "definition", "definition"),
    ),
    (
        (
            "won_value", Money(12_500_000, "EUR"), Money(9_800_000, "EUR"), 0.2755, (1, 4, 3, 6, 8, 9), "money",
            "worth of the deals won",
        ),
        ("win_rate", 0.61, 0.66, -0.05, (0.5, 0.6, None, 0.66, 0.61), "percent", "won / (won + lost)"),
        ("open_deals", 36, None, None, None, "integer", "deals open now"),
        ("cycle", 41.7, 44.0, -0.05, (5.0, 4.0, 3.0), "days", "days from made to won"),
    ),
    n=4,
    period="November 2026",
    currency="EUR",
    compared="October 2026",
)  # fmt: skip
BOARD = Report(
    "dashboard",
    "dashboard",
    FIGURES.columns,
    FIGURES.rows,
    n=4,
    parts=(
        FIGURES,
        WON,
        Report(
            "funnel",
            "funnel",
            (ReportColumn("stage", "stage"), ReportColumn("deals", "deals", "integer")),
            (("lead", 120), ("won", 1)),
            chart=CHARTS["funnel"],
        ),
    ),
)
