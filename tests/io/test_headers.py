"""Column titles of the programs people come from, matched to fields without guessing."""

from __future__ import annotations

from pathlib import Path

import pytest

from crmcli.domain.fields import FIELDS
from crmcli.errors import BadValue
from crmcli.io.headers import (
    IMPORTED,
    LINKED,
    TITLES,
    apply_mapping,
    custom_key,
    match_headers,
    resolve_target,
    targets_of,
)
from crmcli.io.opening import open_table

SHARED = Path(__file__).resolve().parents[3] / "shared/data"


def target(noun: str, header: str) -> str:
    """What a single header means."""
    return match_headers(noun, [header])[header]


@pytest.mark.parametrize(
    ("noun", "headers", "wanted"),
    [
        ("contact", "Full Name, Contact Name, Name, name, FULL_NAME, Display Name, ФИО, Imię i nazwisko", "name"),
        ("contact", "First Name, Given Name, FirstName, first_name, Vorname, Prénom, Imię", "given"),
        ("contact", "Last name, Surname, Family Name, LASTNAME, Nachname, Nazwisko, Фамилия, Apellidos", "family"),
        ("contact", "E-mail Address, Email, E-mail, e_mail, Work Email, EMAIL, Имейл, Электронная почта", "emails"),
        ("contact", "E-mail 1 - Value, E-mail 2 - Value, Email 2, E-mail 3 Address, Email (2)", "emails"),
        ("contact", "Adres e-mail, E-Mail-Adresse, Courriel, Correo electrónico, Correo electronico", "emails"),
        ("contact", "Mobile, Mobile Phone, Tel, Tel., Phone Number, Phone 1 - Value, Business Phone 2", "phones"),
        ("contact", "Телефон, Мобилен телефон, Telefon komórkowy, Handy, Téléphone, Móvil, Komórka", "phones"),
        ("contact", "Organization, Organisation, Company, Company Name, Account Name, companyName", "companies"),
        ("contact", "Фирма, Компания, Nazwa firmy, Unternehmen, Société, Empresa, Дружество", "companies"),
        ("contact", "Job Title, Position, Role, Occupation, Title, contactTitle, Длъжност, Stanowisko", "title"),
        ("contact", "Contact Owner, Owner, Account Owner, Assigned To", "owner"),
        ("contact", "Tags, Labels, Group Membership, tag", "tags"),
        ("contact", "Notes, Note, Description, Comments, Бележки", "note"),
        ("contact", "Birthday, Date of Birth, birthDate, DOB, Рожден ден", "birthday"),
        ("contact", "Contact ID, Record ID, ID, id, customerID", "external_id"),
        ("contact", "LinkedIn, LinkedIn URL, linkedin_url", "linkedin"),
        ("contact", "Create Date, Created Date, CREATEDDATE, created_at", "created_at"),
        ("company", "Company Name, Name, Account, Account Name, Organization, Фирма, Firma", "name"),
        ("company", "Website, Domain, Company Domain Name, URL, homePage, Website 1 - Value, Сайт", "websites"),
        ("company", "Industry, Sector, Account Industry", "industry"),
        ("company", "Country, Country/Region, Държава, Kraj, Pays", "country"),
        ("company", "State/Region, Region, State/Province", "region"),
        ("company", "Annual Revenue, ANNUALREVENUE, Revenue", "annual_revenue"),
        ("company", "Size, Company Size", "size"),
        ("company", "Parent Company, subsidiary_of, Parent", "parent"),
        ("deal", "Deal Name, Opportunity Name, Opportunity, NAME, Title", "title"),
        ("deal", "Amount, Close Value, close_value, Value, Deal Value, Сума", "value"),
        ("deal", "Deal Stage, StageName, STAGENAME, Stage, deal_stage", "stage"),
        ("deal", "Probability (%), PROBABILITY, Probability", "probability"),
        ("deal", "Expected Close, Expected Close Date, expected_close, expected-close", "expected_close"),
        ("deal", "Close Date, close_date, CLOSEDATE", "close_date"),
        ("deal", "Engage Date, engage_date, Create Date, Created Date", "created_at"),
        ("deal", "Owner, Sales Agent, sales_agent, Deal Owner, Account Owner, Opportunity Owner", "owner"),
        ("deal", "opportunity_id, Deal ID, Record ID, ID, Opportunity ID", "external_id"),
        ("deal", "account, Account Name, Company, Customer", "company"),
        ("deal", "Associated Contact Email, Contact, Primary Contact, Contact Name, Contact Email", "contacts"),
        ("deal", "Associated Company Domain, Company Domain Name", "company.websites"),
        ("deal", "Next Step, NEXTSTEP", "next_step"),
        ("contact", "Company ID, Account ID, company_id, ACCOUNTID", "company.external_id"),
        ("deal", "Contact ID, person_id, Associated Contact IDs", "contact.external_id"),
        ("activity", "Deal ID, opportunity_id", "deal.external_id"),
        ("deal", "Closed Lost Reason, Lost Reason", "lost_reason"),
        ("activity", "Activity Type, Type, type", "type"),
        ("activity", "Activity Date, Date, at, Timestamp", "at"),
        ("activity", "Subject, Title, Call/Meeting Title/Subject", "subject"),
        ("activity", "Outcome, Call Outcome, Meeting Outcome", "outcome"),
        ("activity", "Notes/Description, Notes, Body, Description", "body"),
        ("activity", "Associated Contact Email, Contact, Contacts", "contacts"),
        ("activity", "Task Due Date, Due Date, due", "due"),
        ("activity", "Deal, Deal Name, Associated Deal", "deal"),
    ],
)
def test_a_title_alone_means_its_field(noun: str, headers: str, wanted: str) -> None:
    """Case, accents, punctuation, camel case and numbers make no difference."""
    found = {header: target(noun, header) for header in headers.split(", ")}
    assert dict.fromkeys(found, wanted) == found


@pytest.mark.parametrize("noun", TITLES)
def test_every_importable_field_has_titles_its_own_name_among_them(noun: str) -> None:
    """What our own export writes is understood, by name and by flag."""
    names = {name: name for name in targets_of(noun) if name != "id"}  # another program's, unless the file is ours
    flags = {f.flag: f.name for f in FIELDS[noun] if f.flag and not f.computed}
    words = {**names, **flags}
    assert words == {word: target(noun, word) for word in words}


@pytest.mark.parametrize("noun", TITLES)
def test_the_table_of_titles_names_only_targets_that_exist(noun: str) -> None:
    """A target that nothing can fill would be a slip of the pen."""
    assert list(TITLES[noun]) == [resolve_target(noun, name) for name in TITLES[noun]]


@pytest.mark.parametrize(
    ("noun", "header", "wanted"),
    [
        ("deal", "product", "custom.product"),
        ("deal", "Description", "custom.description"),
        ("contact", "Website", "custom.website"),
        ("contact", "Favourite Colour", "custom.favourite_colour"),
        ("contact", "Company Emial", "custom.company_emial"),
        ("contact", "Последно обаждане", "custom.последно_обаждане"),
        ("company", "Number of Employees", "custom.number_of_employees"),
        ("deal", "ORACLE_ID__C", "custom.oracle_id_c"),
        ("contact", "%", "custom.column"),
    ],
)
def test_an_unknown_title_becomes_a_custom_field(noun: str, header: str, wanted: str) -> None:
    """Nothing is guessed from likeness."""
    assert wanted == target(noun, header)


def test_custom_fields_of_alike_titles_are_kept_apart() -> None:
    """Two columns never end in one custom field."""
    headers = ["State/Region", "State Region", "state-region"]
    wanted = ["custom.state_region", "custom.state_region_2", "custom.state_region_3"]
    assert wanted == list(match_headers("contact", headers).values())


@pytest.mark.parametrize(
    ("header", "key"),
    [
        ("Close Reason", "close_reason"),
        ("Straße", "strasse"),
        ("हिन्दी नाम", "हिन्दी_नाम"),
        (" №5 -- a ", "5_a"),
        ("會社", "會社"),
    ],
)
def test_a_custom_key_is_tidy(header: str, key: str) -> None:
    """Letters of every script are kept, with their marks."""
    assert key == custom_key(header)


def test_of_two_columns_for_one_value_the_likelier_has_the_field() -> None:
    """The other is kept as a custom field; columns of a field of many all count."""
    assert match_headers("contact", ["Title", "Job Title"]) == {"Title": "custom.title", "Job Title": "title"}
    assert match_headers("contact", ["Address 1", "Address 2"]) == {
        "Address 1": "address",
        "Address 2": "custom.address_2",
    }
    assert match_headers("contact", ["Phone", "Phone (2)", "Mobile"]) == {
        "Phone": "phones",
        "Phone (2)": "phones",
        "Mobile": "phones",
    }
    assert match_headers("deal", ["Status", "Stage"]) == {"Status": "custom.status", "Stage": "stage"}


@pytest.mark.parametrize(
    ("headers", "targets"),
    [
        (["Имя", "Фамилия", "Отчество"], ["given", "family", "middle"]),
        (["Имя", "Телефон"], ["name", "phones"]),
        (["Име", "Фамилия"], ["given", "family"]),
        (["Nombre", "Apellidos"], ["given", "family"]),
        (["Name", "Vorname"], ["family", "given"]),
        (["Nom", "Prénom"], ["family", "given"]),
        (["Nom"], ["name"]),
        (["Name", "First Name", "Last Name"], ["name", "given", "family"]),
        (["Name", "Vorname", "Nachname"], ["name", "given", "family"]),
    ],
)
def test_names_are_told_apart_by_their_neighbours(headers: list[str], targets: list[str]) -> None:
    """The same word is a whole name alone and a part of one beside the other part."""
    assert targets == list(match_headers("contact", headers).values())


def test_fields_of_a_company_need_a_column_that_names_it() -> None:
    """Without one the row has no company that could have an industry."""
    assert match_headers("contact", ["Name", "Industry"]) == {"Name": "name", "Industry": "custom.industry"}
    assert match_headers("contact", ["Company", "Industry", "Company Phone"]) == {
        "Company": "companies",
        "Industry": "company.industry",
        "Company Phone": "company.phones",
    }


def test_a_person_beside_a_deal_is_one_person_however_many_columns() -> None:
    """One column is the link, the others describe who is linked."""
    assert match_headers("deal", ["Contact Name", "Contact Email"]) == {
        "Contact Name": "contact.name",
        "Contact Email": "contacts",
    }
    assert match_headers("deal", ["Contact", "Email", "Phone"]) == {
        "Contact": "contacts",
        "Email": "contact.emails",
        "Phone": "contact.phones",
    }
    assert match_headers("deal", ["Deal", "Phone"]) == {"Deal": "title", "Phone": "custom.phone"}


def test_the_maven_header_is_understood() -> None:
    """The closing date waits for the stage to say what it means."""
    headers = [
        "opportunity_id",
        "sales_agent",
        "product",
        "account",
        "deal_stage",
        "engage_date",
        "close_date",
        "close_value",
    ]
    wanted = ["external_id", "owner", "custom.product", "company", "stage", "created_at", "close_date", "value"]
    assert wanted == list(match_headers("deal", headers).values())


REAL = [
    ("deal", "crm_maven/sales_pipeline.csv", {"product"}),
    ("deal", "hubspot_like/hubspot_deals.csv", set()),
    (
        "contact",
        "hubspot_like/hubspot_contacts.csv",
        {"Last Modified Date", "Website URL", "City", "State/Region", "Postal Code", "Country"},
    ),
    (
        "company",
        "hubspot_like/hubspot_companies.csv",
        {"Last Modified Date", "Number of Employees", "City", "Postal Code"},
    ),
    ("activity", "hubspot_like/hubspot_activities.csv", {"Meeting Outcome"}),
    ("company", "northwind/customers.csv", {"contactName", "contactTitle", "city", "postalCode", "fax"}),
    ("contact", "northwind/customers.csv", {"city", "region", "postalCode", "country", "fax"}),
]


@pytest.mark.skipif(not SHARED.is_dir(), reason="the shared files are not here")
@pytest.mark.parametrize(("noun", "name", "custom"), REAL)
def test_real_headers_are_understood_but_for_a_few(noun: str, name: str, custom: set[str]) -> None:
    """Only what the model has no field for becomes custom."""
    with open_table(SHARED / name) as table:
        matched = match_headers(noun, table.headers)
    assert custom == {header for header, field in matched.items() if field.startswith("custom.")}


# --- the user's own words --------------------------------------------------------------------------------------------

HEADERS = ["Name", "E-mail", "Who", "City", "Notes"]


def mapped(**overrides: str) -> dict[str, str]:
    """HEADERS of a contact file after overrides."""
    return apply_mapping(HEADERS, match_headers("contact", HEADERS), overrides, noun="contact")


def test_without_overrides_nothing_changes() -> None:
    """Every column has a target, in the order of the file."""
    wanted = {"Name": "name", "E-mail": "emails", "Who": "custom.who", "City": "custom.city", "Notes": "note"}
    assert wanted == mapped()


@pytest.mark.parametrize(
    ("field", "wanted"),
    [
        ("company.name", "company.name"),
        ("company.website", "company.websites"),
        ("Company.Annual-Revenue", "company.annual_revenue"),
        ("company.external_id", "company.external_id"),
        ("company", "companies"),
        ("email", "emails"),
        ("contact.email", "emails"),
        ("lead-status", "lead_status"),
        ("given", "given"),
        ("created-at", "created_at"),
        ("custom.Nick Name", "custom.nick_name"),
    ],
)
def test_a_column_goes_where_it_is_sent(field: str, wanted: str) -> None:
    """Fields are named by name or flag, linked ones with a dot, custom ones by key."""
    assert wanted == mapped(Who=field)["Who"]


@pytest.mark.parametrize("word", ["-", "ignore", "IGNORE"])
def test_a_column_can_be_left_out(word: str) -> None:
    """It is not in the mapping any more."""
    assert {"Name", "E-mail", "Who", "City"} == set(mapped(Notes=word))


def test_a_column_is_found_in_another_spelling() -> None:
    """First as it stands, then by its letters."""
    assert mapped(EMAIL="custom.mail")["E-mail"] == "custom.mail"


def test_a_column_found_in_two_spellings_is_ambiguous() -> None:
    """As it stands it still works."""
    headers = ["E-mail", "e mail"]
    matched = match_headers("contact", headers)
    assert apply_mapping(headers, matched, {"e mail": "note"}, noun="contact")["e mail"] == "note"
    with pytest.raises(BadValue, match="map: 'EMAIL' may be 'E-mail' or 'e mail'"):
        apply_mapping(headers, matched, {"EMAIL": "note"}, noun="contact")


def test_an_override_takes_a_single_value_from_the_column_that_had_it() -> None:
    """The loser is kept as a custom field, a field of many takes both."""
    assert {"Name": "custom.name", "Who": "name"}.items() <= mapped(Who="name").items()
    assert {"E-mail": "emails", "Who": "emails"}.items() <= mapped(Who="email").items()


def test_two_columns_cannot_be_sent_to_one_value() -> None:
    """One of them would be lost."""
    with pytest.raises(BadValue, match="map: 'Who' and 'City' both go to title, which holds one value"):
        mapped(Who="title", City="title")


def test_an_unknown_column_lists_those_there_are() -> None:
    """The hint has them all."""
    with pytest.raises(BadValue, match="map: there is no column 'Town'") as caught:
        mapped(Town="title")
    assert caught.value.hint == "the columns are: Name, E-mail, Who, City, Notes"


@pytest.mark.parametrize(
    ("field", "message", "hint"),
    [
        ("emial", "map: contact has no field 'emial'", "did you mean email?"),
        ("company.web", "map: company has no field 'web'", "did you mean company.websites?"),
        ("deal.title", "map: contact has no field 'deal.title'", ""),
        ("", "map: contact has no field ''", "there are: name, emails,"),
        ("custom.", "map: contact has no field 'custom.'", ""),
        ("updated_at", "map: updated_at is worked out, it cannot be imported", None),
    ],
)
def test_an_unknown_field_suggests_the_nearest(field: str, message: str, hint: str | None) -> None:
    """A field that is worked out says so instead."""
    with pytest.raises(BadValue) as caught:
        mapped(Who=field)
    assert message == caught.value.message
    assert (hint is None) == (caught.value.hint is None)
    assert (caught.value.hint or "").startswith(hint or "")


def test_another_flag_can_be_blamed() -> None:
    """``--default`` names fields in the same words."""
    assert resolve_target("deal", "stage", flag="default") == "stage"
    with pytest.raises(BadValue, match="default: deal has no field 'bogus'"):
        resolve_target("deal", "bogus", flag="default")


def test_links_and_imported_fields_belong_to_nouns_that_exist() -> None:
    """Each noun that can be imported says what it links to and what only an import sets."""
    assert set(FIELDS) == set(TITLES) == set(IMPORTED) == set(LINKED)
    assert {link for links in LINKED.values() for link in links} <= set(FIELDS)


# --- the languages of our users --------------------------------------------------------------------------------------

LANGUAGES = {
    "contact": (
        "given, family, emails, phones, phones, companies, title, birthday, address, note, tags, owner, source",
        {
            "en": "First Name, Last Name, E-mail Addr., Tel. No., Mob. No., Company, Position, DOB, Address, Remarks, "
            "Labels, Assigned To, Lead Source",
            "bg": "Име, Фамилия, Ел. поща, Тел., Моб. тел., Фирма, Длъжност, Дата на раждане, Адрес, Забележка, "
            "Етикети, Отговорник, Източник",
            "ru": "Имя, Фамилия, Эл. почта, Раб. тел., Моб. тел., Компания, Должность, День рождения, Почтовый адрес, "
            "Комментарий, Теги, Ответственный, Источник",
            "pl": "Imię, Nazwisko, Adres e-mail, Nr tel., Tel. kom., Firma, Stanowisko, Data ur., Adres, Uwagi, "
            "Etykiety, Opiekun, Źródło",
            "pl plain": "Imie, Nazwisko, Adres email, Nr telefonu, Tel. komorkowy, Firma, Stanowisko, Data urodzenia, "
            "Adres, Uwagi, Etykiety, Opiekun, Zrodlo",
            "de": "Vorname, Nachname, E-Mail-Adr., Tel., Mobilnr., Firma, Funktion, Geburtsdatum, Anschrift, "
            "Bemerkungen, Schlagwörter, Zuständig, Quelle",
            "de plain": "Vorname, Nachname, Email, Telefonnr, Handy, Unternehmen, Position, Geb.-Datum, Strasse, "
            "Notiz, Schlagwoerter, Zustaendig, Herkunft",
            "fr": "Prénom, Nom, Courriel, Tél. fixe, Tél. portable, Société, Fonction, Date de naissance, "
            "Adresse postale, Commentaires, Étiquettes, Responsable, Origine",
            "fr plain": "Prenom, Nom, E-mail, Telephone, Portable, Entreprise, Poste, Date de naissance, Adresse, "
            "Remarques, Etiquettes, Commercial, Provenance",
            "es": "Nombre, Apellidos, Correo electrónico, Tel., Móvil, Empresa, Cargo, Fecha de nacimiento, "
            "Dirección, Notas, Etiquetas, Responsable, Origen",
            "es plain": "Nombre, Apellidos, Correo electronico, Tlf., Telefono movil, Compania, Puesto, Cumpleanos, "
            "Direccion, Observaciones, Etiquetas, Vendedor, Fuente",
        },
    ),
    "company": (
        "name, websites, phones, industry, annual_revenue, country, region, address, type, note, owner",
        {
            "en": "Company Name, Website, Phone No., Industry, Annual Revenue, Country, State, Address, Company Type, "
            "Notes, Account Manager",
            "bg": "Име на фирмата, Уеб сайт, Тел., Бранш, Годишен оборот, Държава, Област, Адрес, Тип, Бележки, Търговец",
            "ru": "Название компании, Сайт, Тел., Отрасль, Выручка, Страна, Регион, Юридический адрес, Тип, "
            "Примечание, Менеджер",
            "pl": "Nazwa firmy, Strona WWW, Nr tel., Branża, Roczny obrót, Kraj, Województwo, Adres, Rodzaj, Uwagi, Opiekun",
            "de": "Firmenname, Webseite, Tel.-Nr., Branche, Jahresumsatz, Land, Bundesland, Anschrift, Kundenart, "
            "Bemerkung, Betreuer",
            "fr": "Raison sociale, Site web, Tél., Secteur d'activité, Chiffre d'affaires, Pays, Région, Adresse, "
            "Type de client, Remarques, Commercial",
            "es": "Razón social, Página web, Tel., Sector, Facturación anual, País, Provincia, Dirección, "
            "Tipo de cliente, Observaciones, Comercial",
        },
    ),
    "deal": (
        "title, value, currency, stage, probability, company, contacts, expected_close, owner, next_step, lost_reason",
        {
            "en": "Deal Name, Amount, Currency, Stage, Probability (%), Account, Contact Person, Expected Close Date, "
            "Owner, Next Step, Lost Reason",
            "bg": "Име на сделката, Стойност, Валута, Етап, Вероятност (%), Фирма, Лице за контакт, Очаквано "
            "приключване, Отговорник, Следваща стъпка, Причина за загуба",
            "ru": "Название сделки, Сумма, Валюта, Стадия, Вероятность, Компания, Контактное лицо, Ожидаемая дата "
            "закрытия, Ответственный, Следующий шаг, Причина отказа",
            "pl": "Nazwa szansy, Wartość, Waluta, Etap, Prawdopodobieństwo, Firma, Osoba kontaktowa, Planowane "
            "zamknięcie, Handlowiec, Następny krok, Powód przegranej",
            "de": "Verkaufschance, Auftragswert, Währung, Phase, Wahrscheinlichkeit, Firma, Ansprechpartner, "
            "Erwarteter Abschluss, Zuständig, Nächster Schritt, Verlustgrund",
            "fr": "Affaire, Montant, Devise, Étape, Probabilité, Société, Interlocuteur, Date de clôture prévue, "
            "Responsable, Prochaine étape, Motif de perte",
            "es": "Oportunidad, Importe, Moneda, Etapa, Probabilidad, Empresa, Persona de contacto, Cierre previsto, "
            "Responsable, Próximo paso, Motivo de pérdida",
        },
    ),
    "activity": (
        "type, subject, body, contacts, company, deal, at, due, duration, status, priority, location, owner, outcome",
        {
            "en": "Type, Subject, Notes, Attendees, Company, Deal, Date, Due Date, Duration (min), Status, Priority, "
            "Location, Assigned To, Outcome",
            "bg": "Вид, Тема, Бележки, Участници, Фирма, Сделка, Дата, Краен срок, Продължителност, Статус, Приоритет, "
            "Място, Отговорник, Резултат",
            "ru": "Тип, Тема, Комментарий, Участники, Компания, Сделка, Дата и время, Срок, Длительность, Статус, "
            "Приоритет, Место, Исполнитель, Результат",
            "pl": "Rodzaj, Temat, Treść, Uczestnicy, Firma, Szansa sprzedaży, Data, Termin, Czas trwania, Status, "
            "Priorytet, Miejsce, Opiekun, Wynik",
            "de": "Art, Betreff, Inhalt, Teilnehmer, Firma, Verkaufschance, Datum, Fällig am, Dauer (Min.), Status, "
            "Priorität, Ort, Zuständig, Ergebnis",
            "fr": "Type d'activité, Objet, Contenu, Participants, Société, Affaire, Date, Échéance, Durée, Statut, "
            "Priorité, Lieu, Responsable, Résultat",
            "es": "Tipo, Asunto, Contenido, Participantes, Empresa, Oportunidad, Fecha, Fecha límite, Duración, Estado, "
            "Prioridad, Lugar, Responsable, Resultado",
        },
    ),
}


@pytest.mark.parametrize(
    ("noun", "row"), [(noun, language) for noun, (_, rows) in LANGUAGES.items() for language in rows], ids=str
)
def test_a_header_row_of_each_language_is_understood(noun: str, row: str) -> None:
    """With accents and without, spelled out and abbreviated."""
    wanted, rows = LANGUAGES[noun]
    headers = rows[row].split(", ")
    assert list(zip(headers, wanted.split(", "), strict=True)) == list(match_headers(noun, headers).items())
