"""Address books: Google Contacts, Outlook, Apple Contacts, and the connections of LinkedIn."""

from __future__ import annotations

from crmcli.io.presets.preset import Preset
from crmcli.io.presets.shaping import blanked, dated, joined, labelled, named, paired, profiles, ungrouped

_GOOGLE_SITES = "Website 1 - Value, Website 2 - Value, Website 3 - Value, Website 4 - Value"
_GOOGLE_KINDS = ("E-mail", "Phone", "Address", "Organization", "Website", "Event", "Relation", "Custom Field", "IM")

GOOGLE = Preset(
    "google-contacts",
    "Google Contacts, of either header",
    "contact",
    (
        "Given Name, Family Name, Group Membership",
        "First Name, Last Name, Organization Name, Labels",
        "First Name, Last Name, File As, Labels",
        "Given Name, Family Name, E-mail 1 - Value",
    ),
    {
        "emails": "E-mail - Value",
        "phones": "Phone - Value",
        "given": "Given Name, First Name",
        "middle": "Additional Name, Middle Name",
        "family": "Family Name, Last Name",
        "prefix": "Name Prefix",
        "suffix": "Name Suffix",
        "companies": "Organization Name, Organization - Name",
        "title": "Organization Title, Organization - Title",
        "custom.department": "Organization Department, Organization - Department",
        "address": "Address - Formatted",
        "tags": "Labels, Group Membership",
        "note": "Notes",
        "custom.nickname": "Nickname",
        "custom.occupation": "Occupation",
        "-": ", ".join(
            (
                "Photo, File As, Sensitivity, Priority, Mileage, Directory Server",
                *(f"{kind} - {word}" for kind in _GOOGLE_KINDS for word in ("Label", "Type")),
                "Address - Street, Address - City, Address - PO Box, Address - Region, Address - Postal Code",
                "Address - Country, Address - Extended Address",
                "Website - Value, Event - Value, Relation - Value, Custom Field - Value",
            )
        ),
    },
    "google",
    (
        paired("E-mail", "Phone"),
        ungrouped("Labels, Group Membership"),
        profiles(_GOOGLE_SITES),
        named("Event", {"anniversary": "anniversary", "birthday": "birthday"}),
        named("Relation", {}),
        named("Custom Field", {}),
    ),
)

_WORK_STREETS = "Business Street, Business Street 2, Business Street 3, Straße geschäftlich, Rue (bureau)"
_HOME_STREETS = "Home Street, Home Street 2, Home Street 3, Straße privat, Rue (domicile)"
_OTHER_STREETS = "Other Street, Other Street 2, Other Street 3, Weitere Straße, Rue (autre)"
_WORK_PHONES = """Business Phone, Business Phone 2, Company Main Phone, Telefon geschäftlich, Telefon geschäftlich 2,
    Telefon Firma, Téléphone (bureau), Téléphone 2 (bureau), Téléphone société"""
_HOME_PHONES = """Home Phone, Home Phone 2, Telefon privat, Telefon privat 2, Téléphone (domicile),
    Téléphone 2 (domicile)"""
_MOBILES = "Mobile Phone, Mobiltelefon, Tél. mobile"
_OTHER_PHONES = """Other Phone, Primary Phone, Car Phone, Assistant's Phone, Weiteres Telefon, Haupttelefon, Autotelefon,
    Téléphone (autre), Téléphone principal, Téléphone (voiture)"""

OUTLOOK = Preset(
    "outlook",
    "Outlook and Outlook.com, in English, German or French",
    "contact",
    (
        "First Name, Last Name, E-mail Address, Business Phone",
        "First Name, Last Name, E-mail Address, E-mail 2 Address",
        "First Name, Last Name, Business Street, Home Street",
        "Vorname, Nachname, E-Mail-Adresse, Telefon geschäftlich",
        "Vorname, Nachname, Straße geschäftlich, Straße privat",
        "Prénom, Nom, Adresse de messagerie",
    ),
    {
        "given": "First Name, Vorname, Prénom",
        "middle": "Middle Name, Weitere Vornamen, Deuxième prénom",
        "family": "Last Name, Nachname, Nom",
        "prefix": "Title, Anrede, Titre",
        "suffix": "Suffix, Suffixe",
        "companies": "Company, Firma, Société",
        "title": "Job Title, Position, Titre1",
        "custom.department": "Department, Abteilung, Service",
        "emails": """E-mail Address, E-mail 2 Address, E-mail 3 Address, E-Mail-Adresse, E-Mail 2: Adresse,
            E-Mail 3: Adresse, Adresse de messagerie, Adresse de messagerie 2, Adresse de messagerie 3""",
        "phones": f"{_WORK_PHONES}, {_HOME_PHONES}, {_MOBILES}, {_OTHER_PHONES}",
        "custom.fax": "Business Fax, Fax geschäftlich, Télécopie (bureau)",
        "custom.city": "Business City, Ort geschäftlich, Ville (bureau)",
        "custom.country": "Business Country/Region, Land/Region geschäftlich, Pays/Région (bureau)",
        "birthday": "Birthday, Geburtstag, Anniversaire",
        "anniversary": "Anniversary, Jahrestag, Anniversaire de mariage ou fête",
        "note": "Notes, Notizen",
        "tags": "Categories, Kategorien, Catégories",
        "-": f"""{_WORK_STREETS}, {_HOME_STREETS}, {_OTHER_STREETS}, Business State, Business Postal Code, Home City,
            Home State, Home Postal Code, Home Country/Region, Other City, Other State, Other Postal Code,
            Other Country/Region, Region geschäftlich, Postleitzahl geschäftlich, Ort privat, Region privat,
            Postleitzahl privat, Land/Region privat, Weiterer Ort, Weitere Region, Weitere Postleitzahl,
            Weiteres Land/Region, Dép/Région (bureau), Code postal (bureau), Ville (domicile), Dép/Région (domicile),
            Code postal (domicile), Pays/Région (domicile), Web Page, Personal Web Page, Webseite, Page Web,
            E-mail Type, E-mail Display Name, E-mail 2 Type, E-mail 2 Display Name, E-mail 3 Type,
            E-mail 3 Display Name, E-Mail-Typ, E-Mail: Angezeigter Name, E-Mail 2: Typ, E-Mail 2: Angezeigter Name,
            E-Mail 3: Typ, E-Mail 3: Angezeigter Name, Type de messagerie,
            Nom complet de l'adresse de messagerie, Initials, Initialen, Initiales, Priority, Priorität, Priorité,
            Private, Privat, Privé, Sensitivity, Vertraulichkeit, Critère de diffusion, Mileage, Reisekilometer""",
    },
    "outlook",
    (
        blanked("0/0/00", "Birthday, Anniversary"),
        blanked("0.0.00", "Geburtstag, Jahrestag"),
        blanked("00/00/00", "Anniversaire, Anniversaire de mariage ou fête"),
        blanked("Unspecified", "Gender"),
        labelled(work=_WORK_PHONES, home=_HOME_PHONES, mobile=_MOBILES),
        joined(
            "address",
            _WORK_STREETS,
            "Business Postal Code, Business City, Postleitzahl geschäftlich, Ort geschäftlich, Code postal (bureau), "
            "Ville (bureau)",
            "Business State, Region geschäftlich, Dép/Région (bureau)",
            "Business Country/Region, Land/Region geschäftlich, Pays/Région (bureau)",
        ),
        joined(
            "address",
            _HOME_STREETS,
            "Home Postal Code, Home City, Postleitzahl privat, Ort privat, Code postal (domicile), Ville (domicile)",
            "Home State, Region privat, Dép/Région (domicile)",
            "Home Country/Region, Land/Region privat, Pays/Région (domicile)",
            spare="custom.home_address",
        ),
        joined(
            "address",
            _OTHER_STREETS,
            "Other Postal Code, Other City, Weitere Postleitzahl, Weiterer Ort",
            "Other State, Weitere Region",
            "Other Country/Region, Weiteres Land/Region",
            spare="custom.other_address",
        ),
        profiles("Web Page, Personal Web Page, Webseite, Page Web"),
    ),
)

APPLE = Preset("apple", "Apple Contacts and iCloud, as cards", "contact", (), format="vcard")

LINKEDIN = Preset(
    "linkedin",
    "LinkedIn connections",
    "contact",
    ("First Name, Last Name, Company, Position, Connected On",),
    {
        "given": "First Name",
        "family": "Last Name",
        "linkedin": "URL",
        "emails": "Email Address",
        "companies": "Company",
        "title": "Position",
        "custom.connected_on": "Connected On",
    },
    "linkedin",
    (dated("Connected On", "%d %b %Y", "%b %d, %Y", "%m/%d/%y, %I:%M %p"),),
)

ALL = (GOOGLE, OUTLOOK, APPLE, LINKEDIN)
