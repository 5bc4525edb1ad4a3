"""Views to render, and a day to render them on."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime, timedelta
from typing import Any

from crmcli.domain.money import Money
from crmcli.domain.views import (
    ActivityView,
    CompanyPicture,
    CompanyView,
    ContactPicture,
    ContactView,
    DealPicture,
    DealView,
    Due,
    Link,
    StageVisit,
)
from crmcli.render.locale import Locale
from crmcli.render.output import Output

NOW = datetime(2026, 11, 21, 20, 19, tzinfo=UTC)


def _view(shape: Any, given: dict[str, object], defaults: dict[str, object]) -> Any:
    empty: dict[str, object] = dict.fromkeys(shape._fields)
    common = {"created_at": NOW, "updated_at": NOW, "custom_fields": {}, "tags": ()}
    common = {name: value for name, value in common.items() if name in shape._fields}
    return shape(**{**empty, **common, **defaults, **given})


def make_contact(number: int = 1, name: str = "Jane Doe", **given: object) -> ContactView:
    uid = f"ct_{number:026d}"
    defaults = {"id": uid, "number": number, "name": name, "emails": (), "phones": (), "companies": ()}
    return _view(ContactView, given, defaults)


def make_company(number: int = 1, name: str = "Acme", **given: object) -> CompanyView:
    defaults = {"id": f"co_{number:026d}", "number": number, "name": name, "websites": (), "phones": ()}
    return _view(CompanyView, given, defaults)


def make_deal(number: int = 1, title: str = "Website", **given: object) -> DealView:
    defaults = {
        "id": f"dl_{number:026d}", "number": number, "title": title, "value": Money(1250050, "EUR"), "currency": "EUR",
        "stage": "proposal", "stage_kind": "open", "pipeline": "sales", "probability": 50,
        "probability_source": "stage", "weighted": Money(625025, "EUR"), "contacts": (), "rotting": False,
    }  # fmt: skip
    return _view(DealView, given, defaults)


def make_activity(number: int = 1, subject: str = "Discussed pricing", **given: object) -> ActivityView:
    defaults = {
        "id": f"ac_{number:026d}", "number": number, "type": "call", "subject": subject, "contacts": (), "at": NOW,
        "status": "done", "priority": "normal",
    }  # fmt: skip
    return _view(ActivityView, given, defaults)


def world_contacts() -> list[ContactView]:
    """People whose names and notes are what a renderer meets in the world."""
    return [
        make_contact(
            1, "Jane Doe", emails=("jane@acme.com", "j@acme.pl"), phones=("+359888123456",), title="CTO",
            companies=(Link("co_1", "Acme"), Link("co_2", "Beta")), tags=("vip", "eu"), lifecycle="customer",
            birthday=date(1980, 1, 2), custom_fields={"segment": "gold", "seats": 5}, owner="maria",
            last_activity=NOW - timedelta(days=3), next_task=Due(date(2026, 11, 20)),
        ),
        make_contact(2, "Zażółć Gęślą-Jaźń", note='said "yes", then | left', next_task=Due(date(2026, 11, 22), NOW)),
        make_contact(3, "Жана Иванова", title="директор", owner="мария"),
        make_contact(4, "王小明", companies=(Link("co_3", "北京公司"),)),
        make_contact(5, "محمد علي\u202egnp.exe", lead_score=7),
        make_contact(6, "[bold red]x[/] \x1b]0;pwned\x07\x9b2J", note="one\r\ntwo\tthree"),
        make_contact(7, "=HYPERLINK(1)", title="-5", note="@SUM(A1)"),
        make_contact(8, "family 👨‍👩‍👧 🎉", note="half \ud83d"),
    ]  # fmt: skip


def deal_picture() -> DealPicture:
    planned = make_activity(
        2,
        "send offer",
        type="task",
        status="planned",
        due=Due(date(2026, 11, 20)),
        contacts=(Link("ct_1", "Jane Doe"),),
    )
    past = make_activity(1, contacts=(Link("ct_1", "Jane Doe"),), duration=90, outcome="send offer")
    visits = (
        StageVisit("lead", NOW - timedelta(days=13), None, 3.254),
        StageVisit("proposal", NOW - timedelta(days=10), "maria", 10.0, "asked for a price"),
    )
    deal = make_deal(rotting=True, expected_close=date(2026, 11, 1), company=Link("co_1", "Acme"), tags=("eu",))
    return DealPicture(deal, visits, planned, (planned, past))


def contact_picture() -> ContactPicture:
    around = deal_picture()
    won = make_deal(2, "Old site", stage="won", stage_kind="won", probability=100)
    note = "met at a fair\n[red]not markup[/]\x1b[31m"
    contact = world_contacts()[0]._replace(note=note)
    return ContactPicture(contact, (around.record, won), around.next_step, around.timeline)


def company_picture() -> CompanyPicture:
    around = deal_picture()
    company = make_company(
        annual_revenue=Money(500_000_000, "EUR"), websites=("acme.com",), parent=Link("co_9", "Group")
    )
    return CompanyPicture(company, (world_contacts()[0],), (around.record,), around.next_step, around.timeline)


class Rendered(Output):
    """An Output on two strings."""

    def __init__(self, form: str | None = None, *, stdin: str = "", **options: Any) -> None:
        options = {"is_terminal": False, "width": 100, "color": False, "locale": Locale(UTC), **options}
        super().__init__(
            io.StringIO(newline=""), io.StringIO(), format=form, now=lambda: NOW, stdin=io.StringIO(stdin), **options
        )

    @property
    def out(self) -> str:
        return self.stdout.getvalue()  # type: ignore[attr-defined,no-any-return]

    @property
    def err(self) -> str:
        return self.diagnostics.stderr.getvalue()  # type: ignore[attr-defined,no-any-return]
