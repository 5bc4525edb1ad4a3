"""Templates, read: their wordings by name and language, what they are used for, and the people they are tried on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmcli.domain.frozen import NamedTuple
from crmcli.domain.recipients import Recipient
from crmcli.domain.views import TemplateView
from crmcli.store.queries.common import custom, sure_moment

if TYPE_CHECKING:
    from collections.abc import Iterable

    from crmcli.store.dialects import Row
    from crmcli.store.reader import Reader

_COLUMNS = (
    "t.uid, t.id, t.name, t.locale, t.subject, t.preheader, t.text, t.markdown, t.html, t.created_at, t.updated_at,"
    " t.name_key"
)
# What a template is used for while that is not over, by the names of templates.
_USES = (
    "SELECT t.name_key, c.name FROM campaign c JOIN template t ON t.id = c.template_id"
    " WHERE c.deleted_at IS NULL AND c.status NOT IN ('completed', 'canceled')"
    " UNION SELECT t.name_key, c.name FROM campaign_variant v JOIN campaign c ON c.id = v.campaign_id"
    " JOIN template t ON t.id = v.template_id"
    " WHERE v.deleted_at IS NULL AND c.deleted_at IS NULL AND c.status NOT IN ('completed', 'canceled')"
    " UNION SELECT t.name_key, q.name FROM sequence_step s JOIN sequence q ON q.id = s.sequence_id"
    " JOIN template t ON t.id = s.template_id"
    " WHERE s.deleted_at IS NULL AND q.deleted_at IS NULL AND q.status <> 'closed' ORDER BY 2"
)
_COMPANY = (
    "(SELECT o.name FROM contact_company l JOIN company o ON o.id = l.company_id WHERE l.contact_id = c.id"
    " AND l.ended_on IS NULL AND o.deleted_at IS NULL ORDER BY l.position, l.id LIMIT 1)"
)
_EMAIL = (
    "(SELECT e.value FROM contact_email e WHERE e.contact_id = c.id AND e.deleted_at IS NULL"
    " ORDER BY e.position, e.id LIMIT 1)"
)
_LATEST = 200  # contacts whose custom fields say what such a field may hold


class Spoken(NamedTuple):
    """A locale, and how many people have it."""

    locale: str
    people: int


def templates(reader: Reader, *, deleted: bool = False) -> list[TemplateView]:
    """All wordings that there are (or that were deleted), by name and language, what is for everybody first."""
    state = "IS NOT NULL" if deleted else "IS NULL"
    sql = f"SELECT {_COLUMNS} FROM template t WHERE t.deleted_at {state} ORDER BY t.name_key, t.locale, t.id"
    return _views(reader, reader.rows(sql))


def templates_named(reader: Reader, key: str) -> list[TemplateView]:
    """The wordings of the template of that folded name."""
    sql = f"SELECT {_COLUMNS} FROM template t WHERE t.deleted_at IS NULL AND t.name_key = ? ORDER BY t.locale"
    return _views(reader, reader.rows(sql, (key,)))


def name_of_template(reader: Reader, number: int) -> str | None:
    """The name of a template by the number of any of its wordings, also one that was deleted since."""
    found = reader.value("SELECT t.name FROM template t WHERE t.id = ?", (number,))
    return None if found is None else str(found)


def last_deleted(reader: Reader, key: str) -> list[int]:
    """The numbers of the wordings that were deleted last under that folded name, all in one step."""
    sql = (
        "SELECT t.id FROM template t WHERE t.deleted_at IS NOT NULL AND t.name_key = ? AND t.deleted_in ="
        " (SELECT MAX(x.deleted_in) FROM template x WHERE x.deleted_at IS NOT NULL AND x.name_key = ?) ORDER BY t.id"
    )
    return [number for (number,) in reader.rows(sql, (key, key))]


def _views(reader: Reader, rows: Iterable[Row]) -> list[TemplateView]:
    found = list(rows)
    if not found:
        return []
    locales: dict[str, list[str]] = {}
    uses: dict[str, list[str]] = {}
    for row in found:
        locales.setdefault(row[11], []).append(row[3])
    for key, name in reader.rows(_USES):
        uses.setdefault(key, []).append(name)
    return [
        TemplateView._make(
            (*row[:4], tuple(locales[row[11]]), *row[4:9], tuple(uses.get(row[11], ())), *map(sure_moment, row[9:11]))
        )
        for row in found
    ]


def recipient(reader: Reader, number: int) -> Recipient:
    """A contact as templates see it."""
    sql = (
        "SELECT c.id, c.uid, c.name, COALESCE(c.given, ''), COALESCE(c.family, ''), COALESCE(c.prefix, ''),"
        f" COALESCE(c.title, ''), COALESCE({_EMAIL}, ''), COALESCE({_COMPANY}, ''), COALESCE(c.locale, ''),"
        " COALESCE(c.timezone, ''), c.custom FROM contact c WHERE c.id = ?"
    )
    row = reader.row(sql, (number,))
    assert row is not None
    return Recipient._make((*row[:11], custom(row[11]), 0, None))


def custom_samples(reader: Reader) -> dict[str, object]:
    """Each custom field of contacts with something that one of the latest of them holds there; empty where none does."""
    keys = [key for (key,) in reader.rows("SELECT key FROM custom_field WHERE noun = 'contact' ORDER BY key")]
    samples: dict[str, object] = {}
    for (text,) in reader.rows(
        "SELECT c.custom FROM contact c WHERE c.deleted_at IS NULL ORDER BY c.id DESC LIMIT ?", (_LATEST,)
    ):
        samples = {**custom(text), **samples}
    return {key: samples.get(key, "") for key in keys}


def spoken(reader: Reader, key: str) -> list[Spoken]:
    """The locales of the people to whom a template goes; of all people while no campaign that uses it has members."""
    members = (
        "SELECT c.locale, COUNT(DISTINCT c.id) FROM campaign_member m JOIN contact c ON c.id = m.contact_id"
        " JOIN campaign p ON p.id = m.campaign_id JOIN template t ON t.id = p.template_id"
        " WHERE p.deleted_at IS NULL AND c.deleted_at IS NULL AND t.name_key = ? GROUP BY c.locale ORDER BY 1"
    )
    everybody = "SELECT c.locale, COUNT(*) FROM contact c WHERE c.deleted_at IS NULL GROUP BY c.locale ORDER BY 1"
    rows = reader.rows(members, (key,)) or reader.rows(everybody)
    return [Spoken(locale, people) for locale, people in rows if locale]
