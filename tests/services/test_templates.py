"""Templates that campaigns use, as other services ask for them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from crmcli.domain.reading import read_draft
from crmcli.domain.recipients import Recipient
from crmcli.domain.template_drafts import TemplateDraft
from crmcli.domain.template_words import Occasion
from crmcli.errors import NotFound, Refused
from crmcli.services.rendering import Links

if TYPE_CHECKING:
    from crmcli.context import AppContext

_JANE = Recipient(1, "ct_1", "Jane Doe", "Jane", "Doe", "", "", "jane@x.com", "", "bg_BG", "", {})


def use(app: AppContext, template: int, status: str = "planned") -> None:
    """Have a campaign use a template."""
    from crmcli.domain.ids import new_uid
    from crmcli.store.models.campaigns import Campaign

    with app.desk.writing("campaign add", "Spring") as uow:
        uow.add(Campaign(uid=new_uid("cp"), name="Spring", name_key="spring", status=status, template_id=template))


def test_a_template_in_use_stays(app: AppContext) -> None:
    """One language of it may go while another is left; when the campaign is over, all may."""
    view = app.templates.add("hello", TemplateDraft(subject="Hi", text="x"))
    app.templates.add("hello", TemplateDraft(subject="Hi", text="y"), "bg")
    use(app, view.number)
    assert ("Spring",) == app.templates.get("hello").used_by
    with pytest.raises(Refused, match="template hello is used by Spring"):
        app.templates.remove("hello")
    assert ["bg"] == [each.locale for each in app.templates.remove("hello", "bg")]
    with pytest.raises(Refused):
        app.templates.remove(view.id)
    assert [""] == [each.locale for each in app.templates.find("hello")]


def test_a_template_of_a_campaign_that_is_over_may_go(app: AppContext) -> None:
    view = app.templates.add("hello", TemplateDraft(subject="Hi", text="x"))
    use(app, view.number, "completed")
    assert 1 == len(app.templates.remove("hello"))
    with pytest.raises(NotFound):
        app.templates.renderer(view.number)


def test_a_campaign_holds_a_number_and_gets_all_languages(app: AppContext) -> None:
    """Also when the wording of that very number was taken away."""
    first = app.templates.add("hello", TemplateDraft(subject="Hi {{ campaign.name }}", text="English"))
    second = app.templates.add("hello", TemplateDraft(subject="Здравей", text="Български"), "bg")
    app.templates.edit("hello", TemplateDraft(), name="greetings")
    app.templates.add("greetings", TemplateDraft(subject="Cześć", text="Polski"), "pl")
    app.templates.remove(first.id)
    renderer = app.templates.renderer(first.number, occasion=Occasion("Spring"))
    made = renderer.render(_JANE, Links("https://acme.com/leave"))
    assert ("Здравей", "Български", None, "bg", second.number) == made


def test_custom_fields_that_a_person_lacks_are_empty(app: AppContext) -> None:
    app.contacts.add(read_draft("contact", {"name": "Ana"}, app.desk.rules, {"plan": "gold"}))
    app.templates.add("hello", TemplateDraft(subject="Hi", text="[{{ contact.custom.plan }}]"))
    assert "[]" == app.templates.renderer("hello").render(_JANE, Links("x")).text
    gold = _JANE._replace(custom={"plan": "gold"})
    assert "[gold]" == app.templates.renderer("hello").render(gold, Links("x")).text


def test_whose_language_is_missing_is_told(app: AppContext) -> None:
    for number, locale in enumerate(("bg_BG", "bg_BG", "pl_PL", "de_DE")):
        app.contacts.add(read_draft("contact", {"name": f"P{number}", "locale": locale}, app.desk.rules))
    parts = TemplateDraft(subject="Hi", text="{{ unsubscribe_url }} {{ sender.address }}")
    for locale in ("", "de"):
        app.templates.add("hello", parts, locale)
    found = [each for each in app.templates.check("hello") if each.severity == "info"]
    assert ["no wording of their own for people in bg_BG (2), pl_PL (1)"] == [each.finding for each in found]
