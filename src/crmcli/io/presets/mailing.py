"""Programs that send newsletters: Mailchimp, Brevo, ActiveCampaign, listmonk."""

from __future__ import annotations

from crmcli.io.presets.preset import Preset
from crmcli.io.presets.shaping import labelled, renamed, unpacked, unquoted

MAILCHIMP = Preset(
    "mailchimp",
    "Mailchimp audience",
    "contact",
    ("Email Address, MEMBER_RATING, OPTIN_TIME", "Email Address, LEID, EUID", "Email Address, LAST_CHANGED, TAGS"),
    {
        "emails": "Email Address",
        "given": "First Name",
        "family": "Last Name",
        "external_id": "EUID",
        "phones": "Phone Number, SMS Phone Number",
        "companies": "Company",
        "timezone": "TIMEZONE",
        "note": "NOTES",
        "tags": "TAGS",
        "custom.country_code": "CC",
        "-": "LEID, LATITUDE, LONGITUDE, GMTOFF, DSTOFF",
    },
    "mailchimp",
    (unquoted("TAGS"),),
)
BREVO = Preset(
    "brevo",
    "Brevo (Sendinblue) contacts",
    "contact",
    ("CONTACT ID, EMAIL", "EMAIL, FIRSTNAME, LASTNAME, SMS", "EMAIL, ADDED_TIME, MODIFIED_TIME"),
    {
        "external_id": "CONTACT ID",
        "emails": "EMAIL",
        "given": "FIRSTNAME, FNAME, PRENOM",
        "family": "LASTNAME, LNAME, NOM",
        "phones": "SMS, WHATSAPP, LANDLINE_NUMBER",
        "companies": "COMPANY",
        "title": "JOB_TITLE",
        "timezone": "CONTACT_TIMEZONE",
        "created_at": "ADDED_TIME",
        "-": "MODIFIED_TIME",
    },
    "brevo",
    (labelled(mobile="SMS, WHATSAPP", work="LANDLINE_NUMBER"),),
)
ACTIVECAMPAIGN = Preset(
    "activecampaign",
    "ActiveCampaign contacts",
    "contact",
    (
        "Email, First Name, Last Name, Date Created, IP Address",
        "Email, First Name, Last Name, Tags, Subscription Date",
        "Contact ID, Email, First Name, Last Name, Date Created",
        "Email, First Name, Last Name, Tags, Lists",
    ),
    {
        "external_id": "Contact ID, ID",
        "emails": "Email",
        "companies": "Account, Account Name, Organization",
        "tags": "Tags",
        "created_at": "Date Created, Subscription Date",
        "lead_score": "Score",
        "custom.lists": "Lists",
        "-": "User Agent, Latitude, Longitude",
    },
    "activecampaign",
)
LISTMONK = Preset(
    "listmonk",
    "listmonk subscribers",
    "contact",
    ("uuid, email, name, attributes, status",),
    {
        "external_id": "uuid",
        "emails": "email",
        "name": "name",
        "tags": "status",
        "created_at": "created_at",
        "-": "attributes, updated_at",
    },
    "listmonk",
    (unpacked("attributes"), renamed("status", {"enabled": "", "disabled": "disabled", "blocklisted": "blocklisted"})),
)

ALL = (MAILCHIMP, BREVO, ACTIVECAMPAIGN, LISTMONK)
