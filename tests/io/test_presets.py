"""Exports of known systems: told by their titles, and their cells brought into form."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from crmcli.domain.text import Labelled
from crmcli.io.headers import CUSTOM, resolve_target
from crmcli.io.opening import open_table
from crmcli.io.presets import fits, presets, recognised, shaping
from crmcli.io.presets.preset import listed

if TYPE_CHECKING:
    from pathlib import Path

    from crmcli.io.presets.preset import Cells, Step

# Header rows as those systems write them.
HEADERS = {
    "google-contacts": [
        (
            "First Name, Middle Name, Last Name, Phonetic First Name, Name Prefix, Name Suffix, Nickname, File As, "
            "Organization Name, Organization Title, Organization Department, Birthday, Notes, Photo, Labels, "
            "E-mail 1 - Label, E-mail 1 - Value, Phone 1 - Label, Phone 1 - Value"
        ),
        (
            "Name, Given Name, Additional Name, Family Name, Yomi Name, Birthday, Gender, Notes, Group Membership, "
            "E-mail 1 - Type, E-mail 1 - Value, Phone 1 - Type, Phone 1 - Value, Organization 1 - Name"
        ),
    ],
    "outlook": [
        (
            "First Name, Middle Name, Last Name, Title, Suffix, Nickname, E-mail Address, E-mail 2 Address, Home Phone, "
            "Business Phone, Mobile Phone, Job Title, Department, Company, Business Street, Business City, Home Street"
        ),
        (
            "Anrede, Vorname, Weitere Vornamen, Nachname, Suffix, Firma, Abteilung, Position, Straße geschäftlich, "
            "Ort geschäftlich, Straße privat, Telefon geschäftlich, Mobiltelefon, E-Mail-Adresse, Notizen"
        ),
        (
            "Titre, Prénom, Deuxième prénom, Nom, Suffixe, Société, Service, Titre1, Rue (bureau), Ville (bureau), "
            "Téléphone (bureau), Tél. mobile, Adresse de messagerie"
        ),
    ],
    "linkedin": ["First Name, Last Name, URL, Email Address, Company, Position, Connected On"],
    "hubspot-contacts": [
        (
            "Record ID, First Name, Last Name, Email, Phone Number, Contact owner, Primary Associated Company ID, "
            "Associated Company, Last Activity Date, Lead Status, Marketing contact status, Create Date, "
            "Associated Company IDs"
        )
    ],
    "hubspot-companies": [
        (
            "Record ID, Company name, Company owner, Create Date, Phone Number, Last Activity Date, City, "
            "Country/Region, Industry, Associated Contact, Associated Contact IDs"
        )
    ],
    "hubspot-deals": [
        (
            "Record ID, Deal Name, Deal Stage, Close Date, Deal owner, Amount, Pipeline, Associated Contact IDs, "
            "Associated Contact, Associated Company IDs, Associated Company"
        )
    ],
    "hubspot-notes": ["Record ID, Note body, Activity date, Activity assigned to, Associated Contact IDs"],
    "hubspot-tickets": ["Ticket ID, Ticket name, Pipeline, Ticket status, Create date, Priority, Ticket owner, Source"],
    "salesforce-contacts": [
        (
            "Salutation, First Name, Last Name, Title, Account Name, Mailing Street, Mailing City, Phone, Mobile, Email, "
            "Contact Owner"
        ),
        "ID, ISDELETED, MASTERRECORDID, ACCOUNTID, LASTNAME, FIRSTNAME, SALUTATION, MAILINGSTREET, PHONE, EMAIL, TITLE",
    ],
    "salesforce-accounts": [
        "Account Owner, Account Name, Account Site, Billing State/Province, Type, Last Activity, Billing City",
        "ID, ISDELETED, NAME, TYPE, PARENTID, BILLINGSTREET, BILLINGCITY, PHONE, WEBSITE, INDUSTRY, ANNUALREVENUE",
    ],
    "salesforce-opportunities": [
        (
            "Opportunity Owner, Account Name, Opportunity Name, Stage, Fiscal Period, Amount, Probability (%), Age, "
            "Close Date, Created Date, Next Step, Lead Source, Type"
        ),
        "ID, ISDELETED, ACCOUNTID, NAME, DESCRIPTION, STAGENAME, AMOUNT, PROBABILITY, CLOSEDATE, TYPE, NEXTSTEP",
    ],
    "salesforce-leads": [
        "Lead Owner, First Name, Last Name, Title, Company / Account, Email, Lead Source, Lead Status, Street, Rating",
        "ID, LASTNAME, FIRSTNAME, COMPANY, STREET, CITY, PHONE, EMAIL, LEADSOURCE, STATUS, ISCONVERTED",
    ],
    "salesforce-activities": [
        "Subject, Date, Assigned, Contact, Company / Account, Opportunity, Priority, Status, Task",
        "ID, WHOID, WHATID, SUBJECT, ACTIVITYDATE, STATUS, PRIORITY, OWNERID, DESCRIPTION",
    ],
    "pipedrive-people": [
        "Person - Name, Person - Label, Person - Organization, Person - Email - Work, Person - Phone - Work, Person - Owner",
        "Name, Label, Organization, Email - Work, Email - Home, Phone - Work, Phone - Mobile, Closed deals, Open deals",
    ],
    "pipedrive-organizations": [
        "Organization - Name, Organization - Label, Organization - Address, Organization - People"
    ],
    "pipedrive-deals": [
        (
            "Deal - Title, Deal - Value, Deal - Currency of Value, Deal - Organization, Deal - Contact person, Deal - Stage, "
            "Deal - Status, Deal - Owner, Deal - Expected close date, Deal - Lost reason"
        ),
        "ID, Title, Value, Currency, Organization, Contact person, Expected close date, Owner, Stage, Status",
    ],
    "pipedrive-activities": [
        (
            "Activity - Subject, Activity - Type, Activity - Due date, Activity - Due time, Activity - Done, Activity - Note, "
            "Activity - Deal, Activity - Contact person"
        )
    ],
    "zoho-contacts": [
        (
            "Record Id, Contact Owner.id, Contact Owner, Lead Source, First Name, Last Name, Account Name.id, Account Name, "
            "Email, Title, Phone, Mobile, Created Time, Mailing Street, Mailing City, Tag"
        )
    ],
    "zoho-accounts": [
        "Record Id, Account Owner.id, Account Owner, Account Name, Phone, Website, Parent Account, Employees"
    ],
    "zoho-deals": [
        "Record Id, Deal Owner.id, Deal Owner, Amount, Deal Name, Closing Date, Account Name.id, Account Name, Stage, Type"
    ],
    "zoho-leads": ["Record Id, Lead Owner.id, Lead Owner, Company, First Name, Last Name, Email, Phone, Lead Status"],
    "mailchimp": [
        (
            "Email Address, First Name, Last Name, Address, Phone Number, MEMBER_RATING, OPTIN_TIME, OPTIN_IP, CONFIRM_TIME, "
            "CONFIRM_IP, LATITUDE, LONGITUDE, GMTOFF, DSTOFF, TIMEZONE, CC, REGION, LAST_CHANGED, LEID, EUID, NOTES, TAGS"
        )
    ],
    "brevo": ["CONTACT ID, EMAIL, FIRSTNAME, LASTNAME, SMS, WHATSAPP, LANDLINE_NUMBER, JOB_TITLE, ADDED_TIME"],
    "activecampaign": ["Contact ID, Email, First Name, Last Name, Phone, Account Name, Tags, Date Created, IP Address"],
    "listmonk": ["uuid, email, name, attributes, status, created_at, updated_at"],
    "crm-contacts": ["id, number, name, emails, phones, companies, title, tags, custom_fields, created_at, created_by"],
    "crm-companies": ["id, number, name, websites, phones, industry, size, annual_revenue, custom_fields, created_at"],
    "crm-deals": ["id, number, title, value, currency, stage, stage_kind, pipeline, custom_fields, created_at"],
    "crm-activities": ["id, number, type, subject, body, contacts, company, status, custom_fields, created_at"],
}


@pytest.mark.parametrize(("name", "headers"), [(name, row) for name, rows in HEADERS.items() for row in rows])
def test_an_export_is_told_by_its_titles(name: str, headers: str) -> None:
    """Also among the exports of all nouns."""
    preset = recognised(headers.split(", "))
    assert name == (preset and preset.name)


def test_every_preset_but_those_told_by_their_format_has_a_header_here() -> None:
    """So that none goes untried."""
    assert set(HEADERS) == {preset.name for preset in presets().values() if not preset.format}


@pytest.mark.parametrize(
    ("name", "signature"), [(p.name, signature) for p in presets().values() for signature in p.signatures]
)
def test_a_signature_is_that_of_no_other(name: str, signature: str) -> None:
    """Of the same noun."""
    preset = recognised(listed(signature), presets()[name].noun)
    assert name == (preset and preset.name)


@pytest.mark.parametrize(
    "headers",
    [
        "Name, E-mail, Phone",
        "First Name, Last Name, Company, Email",
        "Title, Value, Stage",
        "id, name, email",
        "Record ID",
    ],
)
def test_a_plain_file_is_nobody_s_export(headers: str) -> None:
    """A likeness is not enough."""
    assert recognised(headers.split(", ")) is None


@pytest.mark.parametrize("preset", presets().values(), ids=lambda preset: preset.name)
def test_a_preset_sends_columns_only_where_they_can_go(preset: Any) -> None:
    """To fields that the noun has, named as they are."""
    targets = [*preset.fields, *preset.defaults, *(into for step in preset.steps for into in step.into)]
    named = [target for target in targets if target not in ("-", f"{CUSTOM}LABEL")]
    assert named == [resolve_target(preset.noun, target) for target in named]


@pytest.mark.parametrize("preset", presets().values(), ids=lambda preset: preset.name)
def test_a_preset_names_each_title_once(preset: Any) -> None:
    """A title in two places would go to one of them by chance."""
    titles = [title for several in preset.fields.values() for title in listed(several)]
    assert sorted(set(titles)) == sorted(titles)


def test_cards_are_an_address_book_whatever_their_titles(tmp_path: Path) -> None:
    """The preset for Apple says no more than the format does."""
    card = tmp_path / "a.vcf"
    card.write_text("BEGIN:VCARD\nVERSION:3.0\nFN:Ann\nEND:VCARD\n")
    with open_table(card) as table:
        assert (True, False) == (fits(presets()["apple"], table), fits(presets()["hubspot-deals"], table))


# --- steps -------------------------------------------------------------------------------------------------------------


def made(step: Step, cells: dict[str, Any]) -> tuple[Cells, Cells]:
    """The cells after a step, and those it makes besides."""
    titles = cells if step.titles == ("*",) else step.titles
    changed, more = dict(cells), {}
    change = step.make({title: title for title in titles if title in cells})
    assert change is not None
    change(changed, more)
    return changed, more


def labels(cell: Any) -> list[tuple[str, str]]:
    """Texts with their labels."""
    return [(str(text), text.label if isinstance(text, Labelled) else "") for text in cell]


def test_labels_beside_values() -> None:
    """A star marks the preferred one, and three colons part several in one cell."""
    cells, _ = made(
        shaping.paired("E-mail", "Phone"),
        {
            "E-mail 1 - Type": "* Work", "E-mail 1 - Value": "a@x.com ::: b@x.com", "Phone 1 - Label": "", "Phone 1 - Value":
            "1", "Website 1 - Type": "Home", "Website 1 - Value": "x.com",
        },
    )  # fmt: skip
    assert [("a@x.com", "Work"), ("b@x.com", "Work")] == labels(cells["E-mail 1 - Value"])
    assert ("1",) == cells["Phone 1 - Value"]
    assert cells["Website 1 - Value"] == "x.com"


def test_labels_by_title() -> None:
    """What is empty stays so."""
    cells, _ = made(
        shaping.labelled(work="Business Phone", home="Home Phone"), {"Business Phone": "1", "Home Phone": " "}
    )
    assert [("1", "work")] == labels(cells["Business Phone"])
    assert cells["Home Phone"] == " "


@pytest.mark.parametrize(
    ("step", "cells", "changed", "more"),
    [
        (
            shaping.joined("address", "Street, Street 2", "Zip, City", "Land", spare="custom.home"),
            {"Street": "Long St 1", "Street 2": "\nfloor 2", "City": "Rome", "Zip": "00100", "Land": ""},
            {},
            {"address": "Long St 1 floor 2, 00100 Rome"},
        ),
        (shaping.joined("address", "Street", "City"), {"Street": "", "City": ""}, {}, {}),
        (
            shaping.profiles("Site"),
            {"Site": "https://www.linkedin.com/in/ann ::: http://ann.com ::: t.me/ann"},
            {},
            {"linkedin": "https://www.linkedin.com/in/ann", "custom.website": "http://ann.com", "telegram": "t.me/ann"},
        ),
        (
            shaping.named("Event", {"anniversary": "anniversary"}),
            {
                "Event 1 - Label": "Anniversary", "Event 1 - Value": "2001-02-03", "Event 2 - Label": "* First Sale",
                "Event 2 - Value": " --05-06",
            },
            {},
            {"anniversary": "2001-02-03", "custom.first_sale": "05-06"},
        ),
        (
            shaping.renamed("Source", {"phone": "call"}, keep="custom.from"),
            {"Source": "PHONE"},
            {"Source": "call"},
            {"custom.from": "PHONE"},
        ),
        (shaping.renamed("Source", {"phone": "call"}), {"Source": "Fax"}, {"Source": "Fax"}, {}),
        (
            shaping.closed("Status", "Stage"),
            {"Status": "Won", "Stage": "Demo"},
            {"Stage": "closed won"},
            {"custom.last_stage": "Demo"},
        ),
        (shaping.closed("Status", "Stage"), {"Status": "Open", "Stage": "Demo"}, {"Stage": "Demo"}, {}),
        (shaping.blanked("0/0/00", "Birthday"), {"Birthday": "0/0/00"}, {"Birthday": ""}, {}),
        (shaping.instead("A", "B", "C"), {"A": "", "B": " ", "C": "c"}, {"A": "c"}, {}),
        (shaping.instead("A", "B", empty="other"), {"A": "other", "B": ""}, {"A": "other"}, {}),
        (shaping.instead("A", "B", empty="other"), {"A": "other", "B": "b"}, {"A": "b"}, {}),
        (shaping.dated("On", "%d %b %Y"), {"On": "05 Mar 2024"}, {"On": "2024-03-05"}, {}),
        (shaping.dated("On", "%d %b %Y"), {"On": "some day"}, {"On": "some day"}, {}),
        (shaping.unquoted("Tags"), {"Tags": '"VIP","Fair, 2024","say ""hi"""'}, {"Tags": ("VIP", "Fair, 2024", 'say "hi"')}, {}),
        (shaping.unquoted("Tags"), {"Tags": "VIP, Fair"}, {"Tags": "VIP, Fair"}, {}),
        (
            shaping.ungrouped("Labels"),
            {"Labels": "* My Contacts ::: Friends ::: * Other Contacts ::: *"},
            {"Labels": ("Friends",)},
            {},
        ),
        (
            shaping.unpacked("attributes"),
            {"attributes": '{"City": "Rome", "n": 5, "ok": true, "none": null, "deep": {"a": [1]}}'},
            {},
            {"custom.city": "Rome", "custom.n": "5", "custom.ok": "true", "custom.none": "", "custom.deep": '{"a": [1]}'},
        ),
        (shaping.unpacked("attributes"), {"attributes": "no json"}, {}, {"custom.attributes": "no json"}),
        (shaping.unpacked("attributes"), {"attributes": "[1]"}, {}, {"custom.attributes": "[1]"}),
        (shaping.unpacked("c", exact=True), {"c": '{"My Key": "v"}'}, {}, {"custom.My Key": "v"}),
        (shaping.sized("Employees"), {"Employees": "1,200"}, {}, {"size": "1000+"}),
        (shaping.sized("Employees"), {"Employees": "50"}, {}, {"size": "11-50"}),
        (shaping.sized("Employees"), {"Employees": "many"}, {}, {}),
        (shaping.priced("a", "b"), {"a": "5", "b": "USD"}, {"a": "5 USD"}, {}),
        (shaping.unless("p", "from", "stage"), {"p": "10", "from": "stage"}, {"p": ""}, {}),
        (shaping.unless("p", "from", "stage"), {"p": "10", "from": "manual"}, {"p": "10"}, {}),
        (shaping.marked("ID", "ticket"), {"ID": "12"}, {"ID": "ticket-12"}, {}),
        (shaping.marked("ID", "ticket"), {"ID": "T-12"}, {"ID": "T-12"}, {}),
        (shaping.sorted_ids("WhatId"), {"WhatId": "006A"}, {}, {"deal.external_id": "006A"}),
        (shaping.sorted_ids("WhatId"), {"WhatId": "500A"}, {}, {"custom.whatid": "500A"}),
        (shaping.sorted_ids("WhatId"), {"WhatId": ""}, {}, {}),
        (shaping.several("IDs"), {"IDs": "1; 2"}, {"IDs": ("1", "2")}, {}),
        (shaping.several("IDs"), {"IDs": "1"}, {"IDs": "1"}, {}),
        (shaping.moment("Day", "Hour", "due"), {"Day": "2024-05-06", "Hour": "14:30"}, {}, {"due": "2024-05-06 14:30"}),
        (shaping.unguarded(), {"a": "'+359", "b": "'hi", "c": "''=1"}, {"a": "+359", "b": "'hi", "c": "'=1"}, {}),
        (shaping.gathered("company", "company, company.name"), {"company.name": "Acme"}, {}, {"company": "Acme"}),
        (shaping.named_members("people"), {"people": '[{"id": "1", "name": "Ann"}]'}, {"people": ("Ann",)}, {}),
    ],
)  # fmt: skip
def test_a_step_changes_cells_and_makes_others(
    step: Step, cells: dict[str, Any], changed: dict[str, Any], more: dict[str, Any]
) -> None:
    """What it does not speak of stays as it is."""
    assert (cells | changed, more) == made(step, cells)
