"""Exports of other systems, and our own, through the command line without a mapping."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.conftest import Result

NOUNS = {"company": "companies", "contact": "contacts", "deal": "deals", "activity": "activities"}


def filled(crm: Callable[..., Result]) -> None:
    """A store with a record of each noun that has something in most fields."""
    crm("company", "add", "Beta", "--website", "beta.com")
    crm(
        "company", "add", "Acme", "--parent", "Beta", "--annual-revenue", "5000.50 USD", "--size", "11-50", "--tag", "x"
    )
    crm(
        "contact", "add", "Jane Doe", "--email", "j@x.com", "--email", "k@x.com", "--company", "Acme", "--company",
        "Beta", "--tag", "a", "--tag", "b c", "--set", "My Key=v", "--phone", "+359888123456", "--linkedin", "janedoe",
        "--note", "=1+1", "--birthday", "1990-02-03", "--lifecycle", "customer",
    )  # fmt: skip
    crm(
        "deal",
        "add",
        "Pilot",
        "--company",
        "Acme",
        "--contact",
        "j@x.com",
        "--value",
        "100.5 USD",
        "--stage",
        "qualified",
    )
    crm("deal", "add", "Lost one", "--company", "Acme", "--contact", "j@x.com", "--probability", "33")
    crm("deal", "lose", "Lost one", "--reason", "other", "--note", "moved away")
    assert crm("log", "call", "hello", "--contact", "j@x.com", "--deal", "Pilot", "--duration", "5m").code == 0


def told(record: dict[str, Any]) -> dict[str, Any]:
    """A record as an import can give it back: what only the store knows left out."""
    left_out = {"number", "updated_at", "updated_by", "last_activity", "next_task", "rotting", "companies", "contacts"}
    links = {"company", "deal", "parent"}
    kept = {name: value for name, value in record.items() if name not in left_out | links}
    named = {name: [each["name"] for each in record[name]] for name in ("companies", "contacts") if record.get(name)}
    return kept | named | {name: record[name]["name"] for name in links if record.get(name)}


@pytest.mark.parametrize("form", ["csv", "json", "jsonl"])
def test_our_own_lists_fill_an_empty_store_and_change_nothing_in_the_same_one(
    crm: Callable[..., Result], form: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each record keeps its uid, and is known by it."""
    filled(crm)
    before = {}
    for noun in NOUNS:
        before[noun] = crm(noun, "list", "--format", "json").json()
        (tmp_path / f"{noun}.{form}").write_text(crm(noun, "list", "--format", form).stdout)
    for noun, many in NOUNS.items():
        again = crm("import", many, tmp_path / f"{noun}.{form}", "--update", "--report", "json")
        assert {"updated": 0, "created": 0} == {k: again.json()[k] for k in ("updated", "created")}, again.stdout
    monkeypatch.setenv("CRM_DB", str(tmp_path / "new.db"))
    for noun, many in NOUNS.items():
        crm("import", many, tmp_path / f"{noun}.{form}", "--update", "--report", "json").json()
        after = crm(noun, "list", "--format", "json").json()
        key = lambda record: record["id"]  # noqa: E731
        assert list(map(told, sorted(before[noun], key=key))) == list(map(told, sorted(after, key=key)))


UID = "ct_01J8ZV000000000000000000AB"
OURS = f"id,number,name,emails,companies,created_at,external_id\n{UID},7,Ann,a@x.com,,2024-05-06T07:08:09Z,hubspot:12\n"


def test_a_record_of_ours_keeps_its_uid_and_its_number_elsewhere(crm_on: Callable[..., Result], tmp_path: Path) -> None:
    """On both engines; it is found by that uid, and one that was deleted is made anew under another."""
    (tmp_path / "ours.csv").write_text(OURS)
    told = [crm_on("import", "contacts", "ours.csv", "--update", "--report", "json").json() for _ in range(2)]
    assert [(1, 0), (0, 1)] == [(each["created"], each["unchanged"]) for each in told]
    (person,) = crm_on("contact", "list", "--format", "json").json()
    assert (UID, "hubspot:12", "2024-05-06T07:08:09Z") == (person["id"], person["external_id"], person["created_at"])
    (tmp_path / "ours.csv").write_text(OURS.replace("Ann", "Eve").replace("a@x.com", "e@x.com"))
    assert crm_on("import", "contacts", "ours.csv", "--update", "--report", "json").json()["updated"] == 1
    crm_on("contact", "rm", UID, "--yes")
    assert crm_on("import", "contacts", "ours.csv", "--report", "json").json()["created"] == 1
    (again,) = crm_on("contact", "list", "--format", "json").json()
    assert again["id"] not in ("", UID)


def test_another_program_s_id_is_no_uid(crm: Callable[..., Result], tmp_path: Path) -> None:
    """It says where such ids go."""
    (tmp_path / "ours.csv").write_text(OURS.replace(UID, "77"))
    result = crm("import", "contacts", "ours.csv")
    assert result.code == 2
    assert "id: '77' is not the uid of a contact (ct_… or --map to external_id)" in result.stderr


# --- other systems, each with a small file ----------------------------------------------------------------------------


def imported(crm: Callable[..., Result], tmp_path: Path, many: str, content: str, *words: str) -> tuple[Any, Result]:
    """The records of an imported file as JSON, and what the import answered."""
    file = tmp_path / "file.csv"
    file.write_text(content)
    result = crm("import", many, file, *words)
    assert result.code == 0, result.stderr
    noun = next(noun for noun, plural in NOUNS.items() if plural == many)
    return crm(noun, "list", "--sort", "number", "--format", "json").json(), result


GOOGLE = (
    "First Name,Last Name,Organization Name,Organization Title,Birthday,Notes,Photo,Labels,E-mail 1 - Label,"
    "E-mail 1 - Value,E-mail 2 - Label,E-mail 2 - Value,Phone 1 - Label,Phone 1 - Value,Address 1 - Label,"
    "Address 1 - Formatted,Website 1 - Label,Website 1 - Value,Event 1 - Label,Event 1 - Value,Custom Field 1 - Label,"
    "Custom Field 1 - Value\n"
    'Мария,Илиева,Acme,CEO,1990-02-03,hi,http://photo,* My Contacts ::: VIP,* Work,m@x.bg ::: mi@x.bg,Home,h@x.bg,Mobile,'
    '+359888123456,Home,"Long St 1\nSofia",Profile,https://linkedin.com/in/maria,Anniversary,2015-06-07,Shoe Size,38\n'
)  # fmt: skip


def test_google_contacts(crm: Callable[..., Result], tmp_path: Path) -> None:
    """Several addresses in a cell, labels, events and fields of one's own."""
    (person,), result = imported(crm, tmp_path, "contacts", GOOGLE)
    assert (
        "recognised Google Contacts, of either header (--preset google-contacts; --preset none to switch off)"
        in result.stderr
    )
    assert "Website 1 - Value → linkedin, x, bluesky, telegram or custom.website" in result.stderr
    assert {
        "name": "Мария Илиева", "title": "CEO", "birthday": "1990-02-03", "anniversary": "2015-06-07", "note": "hi",
        "tags": ["VIP"], "linkedin": "maria", "address": "Long St 1\nSofia", "custom_fields": {"shoe_size": "38"},
        "emails": ["m@x.bg", "mi@x.bg", "h@x.bg"],
    }.items() <= person.items()  # fmt: skip


def test_outlook(crm: Callable[..., Result], tmp_path: Path) -> None:
    """Addresses are put together, the work one first, and dates that are none are nothing."""
    (person,), _ = imported(
        crm, tmp_path, "contacts",
        "Title,First Name,Last Name,Company,E-mail Address,E-mail 2 Address,Business Phone,Home Phone,Business Street,"
        "Business City,Business Postal Code,Business Country/Region,Home Street,Home City,Birthday,Anniversary,Gender,"
        "Categories,Web Page\n"
        "Dr.,Ann,Lee,Acme,a@x.com,b@x.com,+12025550101,+12025550102,Main St 1,Berlin,10115,Germany,Side St 2,Bonn,0/0/00,"
        "0/0/00,Unspecified,Red;Blue,http://ann.com\n",
    )  # fmt: skip
    assert {
        "name": "Ann Lee", "emails": ["a@x.com", "b@x.com"], "address": "Main St 1, 10115 Berlin, Germany",
        "birthday": None, "anniversary": None, "tags": ["Blue", "Red"],
        "custom_fields": {
            "city": "Berlin", "country": "Germany", "home_address": "Side St 2, Bonn", "website": "http://ann.com",
        },
    }.items() <= person.items()  # fmt: skip
    assert ["Acme"] == [company["name"] for company in person["companies"]]


def test_outlook_in_german(crm: Callable[..., Result], tmp_path: Path) -> None:
    """The same under German titles."""
    (person,), result = imported(
        crm, tmp_path, "contacts",
        "Anrede,Vorname,Nachname,Firma,Position,Straße geschäftlich,Postleitzahl geschäftlich,Ort geschäftlich,"
        "Straße privat,Telefon geschäftlich,Mobiltelefon,E-Mail-Adresse,Geburtstag\n"
        "Frau,Eva,Groß,Müller GmbH,Chefin,Hauptstr. 5,80331,München,,+4989123456,+4915112345678,eva@x.de,0.0.00\n",
    )  # fmt: skip
    assert "recognised Outlook" in result.stderr
    assert ("Eva Groß", "Chefin", "Hauptstr. 5, 80331 München", 2) == (
        person["name"], person["title"], person["address"], len(person["phones"]),
    )  # fmt: skip


def test_linkedin_connections(crm: Callable[..., Result], tmp_path: Path) -> None:
    """Below notes, with days of its own form."""
    (person,), _ = imported(
        crm, tmp_path, "contacts",
        'Notes:\n"When exporting your connection data, you may notice that some of the email addresses are missing."\n\n'
        "First Name,Last Name,URL,Email Address,Company,Position,Connected On\n"
        "Ann,Lee,https://www.linkedin.com/in/annlee,,Acme,CTO,05 Mar 2024\n",
    )  # fmt: skip
    assert ("annlee", "CTO", {"connected_on": "2024-03-05"}) == (
        person["linkedin"], person["title"], person["custom_fields"],
    )  # fmt: skip


def test_hubspot_files_find_each_other_by_their_ids(crm: Callable[..., Result], tmp_path: Path) -> None:
    """One source for all of them; several ids in a cell."""
    imported(
        crm, tmp_path, "companies",
        "Record ID,Company name,Company owner,Company Domain Name,Number of Employees\n7,Acme,ann,acme.com,60\n",
    )  # fmt: skip
    imported(
        crm, tmp_path, "contacts",
        "Record ID,First Name,Last Name,Email,Contact owner,Lead Status,Associated Company IDs\n"
        "1,Ann,Lee,a@x.com,ann,New,7\n2,Bob,Ray,b@x.com,ann,New,7;9\n",
    )  # fmt: skip
    (deal,), _ = imported(
        crm, tmp_path, "deals",
        "Record ID,Deal Name,Deal Stage,Amount,Associated Contact IDs,Associated Company IDs\n"
        "5,Pilot,Presentation Scheduled,1200,1;2,7\n",
    )  # fmt: skip
    assert ("proposal", "Acme", ["Ann Lee", "Bob Ray"]) == (
        deal["stage"], deal["company"]["name"], sorted(each["name"] for each in deal["contacts"]),
    )  # fmt: skip
    (note, ticket), result = imported(
        crm, tmp_path, "activities",
        "Ticket ID,Ticket name,Ticket description,Pipeline,Ticket status,Create date,Priority,Ticket owner,Source,"
        "Associated Contact IDs\n5,It broke,badly,Support,New,2024-05-06,High,ann,Phone,1\n"
        "6,It works,,Support,Closed,2024-05-07,Low,ann,,1\n",
    )  # fmt: skip
    assert "recognised HubSpot tickets" in result.stderr
    assert ("call", "in", "It broke", "badly", "hubspot:ticket-5", ["Ann Lee"]) == (
        note["type"], note["direction"], note["subject"], note["body"], note["external_id"],
        [each["name"] for each in note["contacts"]],
    )  # fmt: skip
    assert note["custom_fields"] == {
        "ticket_status": "New", "ticket_priority": "High", "ticket_pipeline": "Support", "ticket_source": "Phone",
    }  # fmt: skip
    assert ticket["type"] == "note"


def test_a_salesforce_report_with_its_footer(crm: Callable[..., Result], tmp_path: Path) -> None:
    """What is no record is left out, and said."""
    deals, result = imported(
        crm, tmp_path, "deals",
        '"Opportunity Owner","Account Name","Opportunity Name","Stage","Amount","Close Date"\n'
        '"Ann","Acme","Big one","Negotiation/Review","12,000.50","2030-05-06"\n'
        '"Ann","Acme","Small one","Closed Won","10","2020-05-06"\n'
        '"Confidential Information - Do Not Distribute"\n'
        '"Copyright (c) 2000-2026 salesforce.com, inc. All rights reserved."\n'
        '"Generated By:  Ann Lee  5/6/2026 3:04 PM"\n',
    )  # fmt: skip
    assert [("Big one", "negotiation", 12000.5), ("Small one", "won", 10)] == [
        (each["title"], each["stage"], each["value"]) for each in deals
    ]
    assert "3 lines of a report's footer" in result.stderr


def test_links_by_numbers_that_nobody_has_cost_no_row(crm: Callable[..., Result], tmp_path: Path) -> None:
    """The number stays as text, and the same file again makes the link once the company is there."""
    deals = "ID,ACCOUNTID,NAME,STAGENAME,CLOSEDATE\n006A,001A,Pilot,Prospecting,2030-01-02\n"
    (deal,), result = imported(crm, tmp_path, "deals", deals)
    assert (None, {"company_external_id": "001A"}) == (deal["company"], deal["custom_fields"])
    assert "companies are not there and kept as they are in company_external_id" in result.stderr
    imported(crm, tmp_path, "companies", "ID,NAME,PARENTID,BILLINGCITY\n001A,Acme,,Rome\n")
    (deal,), _ = imported(crm, tmp_path, "deals", deals, "--update")
    assert deal["company"]["name"] == "Acme"


def test_pipedrive_deals_are_won_whatever_their_stage(crm: Callable[..., Result], tmp_path: Path) -> None:
    """Where it was left is kept beside."""
    deals, _ = imported(
        crm, tmp_path, "deals",
        "Deal - Title,Deal - Value,Deal - Currency of Value,Deal - Organization,Deal - Contact person,Deal - Stage,"
        "Deal - Status,Deal - Won time,Person - Email\n"
        "Pilot,100,USD,Acme,Ann Lee,Proposal Made,Won,2024-05-06 10:00:00,a@x.com\n"
        "Next,200,USD,Acme,Ann Lee,Demo Scheduled,Open,,a@x.com\n",
    )  # fmt: skip
    assert [("won", "2024-05-06T10:00:00Z", {"last_stage": "Proposal Made"}), ("qualified", None, {})] == [
        (each["stage"], each["closed_at"], each["custom_fields"]) for each in deals
    ]


def test_zoho_records_are_linked_by_their_ids(crm: Callable[..., Result], tmp_path: Path) -> None:
    """zcrm_ numbers, in the order in which Zoho's files depend on each other."""
    imported(crm, tmp_path, "companies", "Record Id,Account Owner,Account Name,Employees\nzcrm_1,Ann,Acme,8\n")
    (person,), _ = imported(
        crm, tmp_path, "contacts",
        "Record Id,Contact Owner.id,Contact Owner,First Name,Last Name,Account Name.id,Account Name,Email,Tag\n"
        "zcrm_2,zcrm_9,Ann,Bob,Ray,zcrm_1,Acme,b@x.com,VIP\n",
    )  # fmt: skip
    assert ("zoho:zcrm_2", ["VIP"], ["Acme"]) == (
        person["external_id"], person["tags"], [each["name"] for each in person["companies"]],
    )  # fmt: skip
    assert [("Acme", "1-10")] == [(c["name"], c["size"]) for c in crm("company", "list", "--format", "json").json()]


@pytest.mark.parametrize(
    ("content", "wanted"),
    [
        (
            (
                "Email Address,First Name,Last Name,MEMBER_RATING,OPTIN_TIME,OPTIN_IP,LEID,EUID,NOTES,TAGS\n"
                'a@x.com,Ann,Lee,3,2024-05-06 07:08:09,1.2.3.4,11,e1,met,"""VIP"",""Fair 2024"""\n'
            ),
            {"tags": ["Fair 2024", "VIP"], "external_id": "mailchimp:e1", "note": "met"},
        ),
        (
            (
                "CONTACT ID;EMAIL;FIRSTNAME;LASTNAME;SMS;ADDED_TIME;MODIFIED_TIME\n"
                "12;a@x.com;Ann;Lee;+359888123456;2024-05-06 07:08:09;2024-05-07 07:08:09\n"
            ),
            {"external_id": "brevo:12", "phones": ["+359 88 812 3456"], "custom_fields": {}},
        ),
        (
            (
                "Contact ID,Email,First Name,Last Name,Account Name,Tags,Date Created,IP Address\n"
                'a1,a@x.com,Ann,Lee,Acme,"vip, fair",2024-05-06 07:08:09,1.2.3.4\n'
            ),
            {"external_id": "activecampaign:a1", "tags": ["fair", "vip"], "custom_fields": {"ip_address": "1.2.3.4"}},
        ),
        (
            (
                "uuid,email,name,attributes,status,created_at,updated_at\n"
                'u1,a@x.com,Ann Lee,"{""city"": ""Rome"", ""age"": 5}",blocklisted,2024-05-06T07:08:09Z,2024-05-06T07:08:09Z\n'
            ),
            {"external_id": "listmonk:u1", "tags": ["blocklisted"], "custom_fields": {"city": "Rome", "age": "5"}},
        ),
    ],
    ids=["mailchimp", "brevo", "activecampaign", "listmonk"],
)
def test_newsletter_programs(crm: Callable[..., Result], tmp_path: Path, content: str, wanted: dict[str, Any]) -> None:
    """Their members as people."""
    (person,), _ = imported(crm, tmp_path, "contacts", content)
    assert {"name": "Ann Lee", "emails": ["a@x.com"], **wanted}.items() <= person.items()


def test_the_same_export_again_changes_nothing(crm_on: Callable[..., Result], tmp_path: Path) -> None:
    """On both engines, what steps make included."""
    imported(crm_on, tmp_path, "contacts", GOOGLE)
    again = crm_on("import", "contacts", tmp_path / "file.csv", "--update", "--report", "json").json()
    assert (0, 0, 1) == (again["created"], again["updated"], again["unchanged"])
    assert again["preset"] == "google-contacts"


def test_a_preset_can_be_named_and_switched_off(crm: Callable[..., Result], tmp_path: Path) -> None:
    """By its name, by its family's, and not at all."""
    (tmp_path / "g.csv").write_text(GOOGLE)
    for name in ("google-contacts", "google"):
        assert crm("import", "contacts", "g.csv", "--preset", name, "--report", "json", "--dry-run").json()[
            "preset"
        ] == ("google-contacts")
    off = crm("import", "contacts", "g.csv", "--preset", "none", "--dry-run")
    assert "recognised" not in off.stderr
    assert "Photo → custom.photo" in off.stderr


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (
            ("contacts", "--preset", "hubspt-contacts"),
            2,
            "there is no 'hubspt-contacts' (did you mean hubspot-contacts?)",
        ),
        (("contacts", "--preset", "hubspot-deals"), 2, "is for deals (try: crm import deals --preset hubspot-deals)"),
        (("deals", "--preset", "hubspot"), 2, "does not look like HubSpot deals"),
        (("contacts", "--preset", "apple"), 2, "does not look like Apple"),
        (("contacts", "--save-map", "google"), 2, "'google' is a preset that there is already"),
        (("contacts", "--save-map", "../x"), 2, "'../x' is not a name"),
    ],
)
def test_presets_that_do_not_fit(
    crm: Callable[..., Result], tmp_path: Path, words: tuple[str, ...], code: int, message: str
) -> None:
    """Each says what would."""
    (tmp_path / "n.csv").write_text("Navn\nAnn\n")
    noun, *rest = words
    result = crm("import", noun, "n.csv", *rest)
    assert (code, "") == (result.code, result.stdout)
    assert message in result.stderr
    assert crm("contact", "list", "--format", "ids").stdout == ""


def test_another_noun_s_export_is_doubted(crm: Callable[..., Result], tmp_path: Path) -> None:
    """The command that would be right is said."""
    (tmp_path / "c.csv").write_text("Company ID,Company Name,Company Domain Name,Email\n1,Acme,acme.com,a@acme.com\n")
    result = crm("import", "contacts", "c.csv", "--dry-run")
    assert "it looks like HubSpot companies (crm import companies)" in result.stderr


# --- maps that the user keeps -------------------------------------------------------------------------------------------

FAIR = "Wer;Firma;Am\nann@x.com;Acme;03/04/1990\nbob@x.com;Beta;13/04/1990\n"


def test_a_map_is_kept_and_used_again(crm: Callable[..., Result], tmp_path: Path, home: Path) -> None:
    """With everything that an unattended run of the next file needs."""
    (tmp_path / "fair.csv").write_text(FAIR)
    kept = crm(
        "import", "contacts", "fair.csv", "--save-map", "fair", "--map", "Am=birthday", "--date-format", "%d/%m/%Y",
        "--source", "fair", "--default", "source=fair=x", "--mode", "upsert", "--key", "email", "--skip-errors", "--dry-run",
    )  # fmt: skip
    assert kept.code == 0, kept.stderr
    place = home / ".config/crmcli/maps/fair.toml"
    assert (0o600, 0o700) == (place.stat().st_mode & 0o777, place.parent.stat().st_mode & 0o777)
    (tmp_path / "next.csv").write_text(FAIR.replace("ann", "eve").replace("13/04", "99/99"))
    result = crm("import", "contacts", "next.csv", "--preset", "fair", "--report", "json")
    assert result.code == 7
    assert {"mode": "upsert", "created": 1, "rejected_count": 1}.items() <= json.loads(result.stdout).items()
    (person,) = crm("contact", "list", "--format", "json").json()
    assert {"emails": ["eve@x.com"], "birthday": "1990-04-03", "source": "fair=x"}.items() <= person.items()
    assert "fair\tcontacts\tyour own map of 3 columns" in crm("import", "presets").lines


def test_what_the_user_says_goes_before_the_map(crm: Callable[..., Result], tmp_path: Path) -> None:
    """One column and one setting are other than kept, the rest is as it was."""
    (tmp_path / "fair.csv").write_text(FAIR)
    crm("import", "contacts", "fair.csv", "--save-map", "fair", "--source", "a", "--dry-run")
    result = crm(
        "import", "contacts", "fair.csv", "--preset", "fair", "--map", "Firma=note", "--source", "b", "--report", "json"
    )
    assert result.json()["source"] == "b"
    assert {"Wer": "emails", "Firma": "note", "Am": "custom.am"} == result.json()["mapping"]


def test_a_map_on_top_of_a_preset_keeps_its_steps(crm: Callable[..., Result], tmp_path: Path) -> None:
    """Labels and links of the known system are read as before."""
    (tmp_path / "g.csv").write_text(GOOGLE)
    crm("import", "contacts", "g.csv", "--save-map", "mine", "--map", "Notes=-", "--dry-run")
    assert crm("import", "contacts", "g.csv", "--preset", "mine").code == 0
    (person,) = crm("contact", "list", "--format", "json").json()
    assert (None, ["VIP"], "maria") == (person["note"], person["tags"], person["linkedin"])


def test_a_map_names_the_columns_that_a_file_lacks(crm: Callable[..., Result], tmp_path: Path) -> None:
    """All of them, before anything is read."""
    (tmp_path / "fair.csv").write_text(FAIR)
    crm("import", "contacts", "fair.csv", "--save-map", "fair", "--dry-run")
    (tmp_path / "other.csv").write_text("Wer;Name\nann@x.com;Ann\n")
    result = crm("import", "contacts", "other.csv", "--preset", "fair")
    assert result.code == 2
    assert "fair wants columns that the file does not have: 'Firma', 'Am' (the columns are: Wer, Name)" in result.stderr
    result = crm("import", "deals", "fair.csv", "--preset", "fair")
    assert "fair is a map for contacts, not for deals" in result.stderr


@pytest.mark.parametrize(
    "text", ['noun = "cat"', "noun = ", 'noun = "contact"\nhooks = true', 'noun = "contact"\n[columns]\nA = 5', "\xff"]
)
def test_a_map_that_is_none_is_an_error(crm: Callable[..., Result], tmp_path: Path, home: Path, text: str) -> None:
    """Its file is named."""
    folder = home / ".config/crmcli/maps"
    folder.mkdir(parents=True)
    (folder / "bad.toml").write_bytes(text.encode("latin-1"))
    (tmp_path / "p.csv").write_text("A\nAnn\n")
    result = crm("import", "contacts", "p.csv", "--preset", "bad")
    assert (2, "") == (result.code, result.stdout)
    assert "maps/bad.toml" in result.stderr


# --- real files ---------------------------------------------------------------------------------------------------------

REAL = [
    ("contacts", "google/new_header_other_contacts.csv", 5, "google-contacts"),
    ("contacts", "google/old_header_linkedout.csv", 3, "google-contacts"),
    ("companies", "hubspot_like/hubspot_companies.csv", 200, "hubspot-companies"),
    ("contacts", "hubspot_like/hubspot_contacts.csv", 950, "hubspot-contacts"),
    ("deals", "hubspot_like/hubspot_deals.csv", 500, "hubspot-deals"),
    ("activities", "hubspot_like/hubspot_activities.csv", 2000, "hubspot-notes"),
    ("activities", "hubspot_like/hubspot_tickets.csv", 300, "hubspot-tickets"),
    ("deals", "salesforce/dataloader_opportunityData.csv", 38, "salesforce-opportunities"),
    ("companies", "northwind/customers.csv", 91, None),
    ("contacts", "northwind/customers.csv", 91, None),
    ("contacts", "northwind/employees.csv", 9, None),
    ("companies", "northwind/suppliers.csv", 29, None),
    ("companies", "northwind/shippers.csv", 3, None),
    ("companies", "crm_maven/accounts.csv", 85, None),
]


@pytest.mark.parametrize(("many", "name", "count", "preset"), REAL)
def test_a_real_file_needs_no_mapping(
    crm: Callable[..., Result], shared: Path, many: str, name: str, count: int, preset: str | None
) -> None:
    """Every row becomes a record."""
    told = crm("import", many, shared / name, "--report", "json").json()
    assert (preset, count, []) == (told["preset"], told["created"], told["rejected"])


def test_a_real_hubspot_account_moves_in(crm: Callable[..., Result], shared: Path) -> None:
    """Its files are one account: links go by domain and address, and make no company or person twice."""
    folder = shared / "hubspot_like"
    for many, name in (
        ("companies", "companies"), ("contacts", "contacts"), ("deals", "deals"), ("activities", "tickets"),
        ("activities", "activities"),
    ):  # fmt: skip
        assert crm("import", many, folder / f"hubspot_{name}.csv", "--quiet").code == 0
    assert (200, 950, 500, 2300) == tuple(len(crm(noun, "list", "--format", "ids").lines) for noun in NOUNS)
    (ticket,) = crm(
        "activity", "list", "--filter", 'subject = "Iterate user-centric schemas"', "--format", "json"
    ).json()
    assert ("social", "oscar.martinez@example.com", "Waiting on us") == (
        ticket["type"], ticket["owner"], ticket["custom_fields"]["ticket_status"],
    )  # fmt: skip
    assert ["josephwilson@example.org"] == crm(
        "contact", "show", ticket["contacts"][0]["id"], "--format", "json"
    ).json()["emails"]
