"""HubSpot: contacts, companies, deals, tickets, and what was done."""

from __future__ import annotations

from crmcli.io.presets.preset import Preset
from crmcli.io.presets.shaping import instead, joined, labelled, marked, profiles, renamed, several, sized

_STREETS = "Street Address, Street Address 2"
_LAND = "State/Region, Country/Region, Country"
_LINKS = {
    "company.external_id": "Associated Company IDs, Associated Company IDs (Primary), Primary Associated Company ID",
    "contact.external_id": "Associated Contact IDs",
    "deal.external_id": "Associated Deal IDs",
}
_COMPANY = "Associated Company, Associated Company (Primary), Primary Company"
_IDS = "Associated Company IDs, Associated Contact IDs, Associated Deal IDs"
_OWNER_IDS = "Original Source Drill-Down 1, Original Source Drill-Down 2"
_STAGES = {
    "Appointment Scheduled": "lead",
    "Qualified to Buy": "qualified",
    "Presentation Scheduled": "proposal",
    "Decision Maker Bought-In": "negotiation",
    "Contract Sent": "negotiation",
}

CONTACTS = Preset(
    "hubspot-contacts",
    "HubSpot contacts",
    "contact",
    (
        "Record ID, First Name, Last Name, Contact Owner, Lead Status",
        "Record ID, First Name, Last Name, Lifecycle Stage",
        "Record ID, First Name, Last Name, Marketing contact status",
        "Contact ID, First Name, Last Name, Lifecycle Stage",
        "Record ID - Contact, First Name, Last Name, Email",
    ),
    {
        "external_id": "Record ID, Contact ID, Record ID - Contact",
        "emails": "Email, Additional email addresses, Work Email",
        "phones": "Phone Number, Mobile Phone Number",
        "companies": f"{_COMPANY}, Company Name",
        "company.external_id": _LINKS["company.external_id"],
        "company.websites": "Associated Company Domain, Email Domain of the Company",
        "lead_status": "Lead Status",
        "lead_score": "HubSpot Score",
        "source": "Original Source, Original Traffic Source, Lead Source",
        "custom.city": "City",
        "custom.region": "State/Region",
        "custom.country": "Country/Region, Country",
        "custom.deals": "Associated Deal",
        "-": f"{_STREETS}, Postal Code, Website URL, Associated Deal IDs, {_OWNER_IDS}",
    },
    "hubspot",
    (
        labelled(mobile="Mobile Phone Number"),
        joined("address", _STREETS, "Postal Code, City", "State/Region", "Country/Region, Country"),
        profiles("Website URL"),
        several("Associated Company IDs"),
    ),
)
COMPANIES = Preset(
    "hubspot-companies",
    "HubSpot companies",
    "company",
    (
        "Record ID, Company Name, Company Owner",
        "Company ID, Company Name, Company Domain Name",
        "Record ID, Company Name, Company Domain Name",
        "Record ID - Company, Company Name",
    ),
    {
        "external_id": "Record ID, Company ID, Record ID - Company",
        "name": "Company Name",
        "websites": "Company Domain Name, Website, Website URL",
        "phones": "Phone Number",
        "region": "State/Region",
        "country": "Country/Region, Country",
        "parent": "Parent Company",
        "note": "About Us, Description",
        "custom.number_of_employees": "Number of Employees",
        "custom.city": "City",
        "-": f"{_STREETS}, Postal Code, Associated Contact, {_IDS}, Associated Deal",
    },
    "hubspot",
    (joined("address", _STREETS, "Postal Code, City"), sized("Number of Employees")),
)
DEALS = Preset(
    "hubspot-deals",
    "HubSpot deals",
    "deal",
    ("Record ID, Deal Name, Deal Stage", "Deal ID, Deal Name, Deal Stage", "Record ID - Deal, Deal Name"),
    {
        "external_id": "Record ID, Deal ID, Record ID - Deal",
        "value": "Amount",
        "probability": "Deal probability",
        "lost_reason": "Closed Lost Reason",
        "company": _COMPANY,
        "contacts": "Associated Contact Email",
        "contact.name": "Associated Contact",
        "custom.amount_in_company_currency": "Amount in company currency",
        **{target: titles for target, titles in _LINKS.items() if target != "deal.external_id"},
    },
    "hubspot",
    (several("Associated Company IDs, Associated Contact IDs"),),
    stages=_STAGES,
)
NOTES = Preset(
    "hubspot-notes",
    "HubSpot notes, calls, meetings, e-mails and tasks",
    "activity",
    (
        "Activity ID, Activity Type, Activity Date",
        "Record ID, Note body",
        "Record ID, Activity date, Body preview",
        "Record ID, Call notes",
        "Record ID, Call Title",
        "Record ID, Meeting Name",
        "Record ID, Email subject",
        "Record ID, Task Title",
    ),
    {
        "external_id": "Record ID, Activity ID",
        "type": "Activity Type, Type, Engagement type",
        "subject": "Call/Meeting Title/Subject, Call Title, Meeting Name, Email Subject, Task Title",
        "body": "Note body, Notes/Description, Call notes, Meeting description, Email body, Task Notes, Body preview",
        "at": "Activity date, Meeting start time, Email send date",
        "due": "Task Due Date, Due date",
        "status": "Task Status",
        "outcome": "Call Outcome",
        "direction": "Call direction, Email direction",
        "duration": "Call duration (minutes)",
        "owner": "Activity Owner, Activity assigned to, Task assigned to",
        "contacts": "Associated Contact Email",
        "contact.name": "Associated Contact",
        "company": _COMPANY,
        "deal": "Associated Deal",
        "-": "Meeting Outcome",
        **_LINKS,
    },
    "hubspot",
    (instead("Call Outcome", "Meeting Outcome"), several(_IDS)),
    {"type": "note"},
)
TICKETS = Preset(
    "hubspot-tickets",
    "HubSpot tickets, as activities",
    "activity",
    (
        "Ticket ID, Ticket Name, Ticket Status",
        "Ticket ID, Ticket Name, Pipeline",
        "Record ID, Ticket Name, Ticket Status",
    ),
    {
        "external_id": "Ticket ID, Record ID",
        "subject": "Ticket Name",
        "body": "Ticket Description",
        "at": "Create Date",
        "type": "Ticket Source, Source",
        "owner": "Ticket Owner",
        "contacts": "Associated Contact Email",
        "contact.name": "Associated Contact",
        "company": _COMPANY,
        "company.websites": "Associated Company Domain",
        "custom.ticket_status": "Ticket Status",
        "custom.ticket_priority": "Ticket Priority, Priority",
        "custom.ticket_pipeline": "Pipeline",
        "custom.ticket_closed": "Close Date",
        "custom.ticket_last_activity": "Last Activity Date",
        **{target: titles for target, titles in _LINKS.items() if target != "deal.external_id"},
    },
    "hubspot",
    (
        marked("Ticket ID", "ticket"),
        marked("Record ID", "ticket"),
        *(
            renamed(
                title,
                {"phone": "call", "email": "email", "chat": "chat", "form": "web_form", "social media": "social"},
                keep="custom.ticket_source",
            )
            for title in ("Ticket Source", "Source")
        ),
        several("Associated Company IDs, Associated Contact IDs"),
    ),
    {"type": "note", "direction": "in"},
)

ALL = (CONTACTS, COMPANIES, DEALS, NOTES, TICKETS)
