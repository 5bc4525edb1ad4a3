"""``crm contact``: people."""

from __future__ import annotations

from crmcli.commands.shape import Noun
from crmcli.commands.verbs import Subject, add_verb, edit_verb, list_verb, merge_verb, rm_verbs, show_verb

app = Noun("People.", no_args_is_help=True)
_CONTACT = Subject(app, "contact", "a person", "people", "uid, number, e-mail, phone, handle or name")

add_verb(
    _CONTACT,
    [
        'crm contact add "Jane Doe" --email jane@acme.com --phone "+359 88 123 4567" --company Acme --tag vip',
        'crm contact add "Łukasz Żak" --linkedin https://www.linkedin.com/in/lukaszzak --set segment=smb',
    ],
)
list_verb(
    _CONTACT,
    ("tags", "companies", "deals", "owner", "lifecycle", "created_at"),
    ["crm contact list --tag vip --company Acme", "crm contact list --filter 'last_activity < -30d' --sort name"],
)
show_verb(
    _CONTACT,
    "The whole picture of a person. The fields, open deals, next step, timeline.",
    ["crm contact show jane@acme.com", 'crm contact show "+359 88 123 4567" --format json'],
)
edit_verb(
    _CONTACT,
    [
        "crm contact edit jane@acme.com --title CTO --add-email jane@home.net",
        "crm contact edit --where 'owner = ana' --owner boris",
    ],
)
rm_verbs(
    _CONTACT,
    {
        "rm": ["crm contact rm jane@acme.com", "crm contact rm --where 'lifecycle = former' --yes"],
        "restore": ['crm contact restore "Jane Doe"'],
    },
)
merge_verb(_CONTACT, ["crm contact merge jane@acme.com 17"])
