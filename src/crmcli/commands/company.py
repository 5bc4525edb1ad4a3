"""``crm company``: organisations."""

from __future__ import annotations

from crmcli.commands.shape import Noun
from crmcli.commands.verbs import Subject, add_verb, edit_verb, list_verb, merge_verb, rm_verbs, show_verb

app = Noun("Organisations.", no_args_is_help=True)
_COMPANY = Subject(app, "company", "a company", "companies", "uid, number, website, phone or name")

add_verb(
    _COMPANY,
    [
        'crm company add "Acme GmbH" --website acme.com --industry saas --size 51-200 --country DE',
        'crm company add "Acme Labs" --parent "Acme GmbH" --annual-revenue 2.5m',
    ],
)
list_verb(
    _COMPANY,
    ("tags", "contacts", "deals", "owner", "industry", "country", "type", "created_at"),
    [
        "crm company list --industry saas --sort name",
        "crm company list --filter 'deal.stage = proposal and size != 1-10'",
    ],
)
show_verb(
    _COMPANY,
    "The whole picture of a company. The fields, people, open deals, next step, timeline.",
    ["crm company show acme.com", 'crm company show "Acme GmbH" --format json'],
)
edit_verb(
    _COMPANY,
    [
        "crm company edit acme.com --size 201-500 --add-website acme.io",
        "crm company edit --where 'country = Germany' --country DE --dry-run",
    ],
)
rm_verbs(
    _COMPANY,
    {
        "rm": ["crm company rm acme.com", "crm company rm --where 'tag = junk' --yes"],
        "restore": ['crm company restore "Acme GmbH"'],
    },
)
merge_verb(_COMPANY, ['crm company merge acme.com "Acme Inc"', "crm company merge 3 8 --keep name=B"])
