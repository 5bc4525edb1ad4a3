"""A row of a file as an entry: everything that a record of its noun can be given, read and checked, not yet linked."""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import zip_longest
from typing import TYPE_CHECKING, Any

from crmcli.domain.fields import DEAL, FIELDS, UID_PREFIX, Field, Kind
from crmcli.domain.frozen import NamedTuple
from crmcli.domain.money import named_currency
from crmcli.domain.names import begins_with_family, join_name, split_name, turned
from crmcli.domain.people import looks_like, name_from_email, read_email, read_website
from crmcli.domain.text import JsonText, fold, tidy, word_set
from crmcli.errors import BadValue
from crmcli.io.headers import priced_title
from crmcli.services.importing.cells import Cells, Said, whole
from crmcli.services.importing.mapping import Target
from crmcli.services.importing.plain_cells import plain_readers
from crmcli.services.importing.survey import MOMENTS, NONE

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from crmcli.domain.reading import InputRules
    from crmcli.domain.text import Matched
    from crmcli.domain.views import StageView
    from crmcli.io.table import Row
    from crmcli.services.importing.mapping import Columns
    from crmcli.services.importing.stages import Stages
    from crmcli.services.importing.summary import Summary
    from crmcli.services.importing.survey import Formats

_FIELDS: dict[str, dict[str, Field]] = {
    noun: {field.name: field for field in fields if not field.computed} for noun, fields in FIELDS.items()
}
_BY_STAGES = (Kind.STAGE, Kind.PIPELINE)
_MOMENTS = {name: Field(name, Kind.TIME, "a time that only an import can set", computed=True) for name in MOMENTS}
_CLOSE_DAY = Field("close_date", Kind.DATE, "the day an open deal should be closed", computed=True)
_LOST_REASON = next(field for field in DEAL if field.name == "lost_reason")
_NAME_PARTS = ("given", "middle", "family", "prefix", "suffix")
_USER_LENGTH = 100
# Words of a column's title that say that it holds a country.
_COUNTRY_WORDS = word_set("country държава страна kraj państwo land staat pays país pais")

_UID = re.compile(r"[a-z]{2}_[0-9A-HJKMNP-TV-Z]{26}")

Raw = dict[Target, list[str]]


class Party(NamedTuple):
    """A linked record as a row names it: by what is written, or by the fields of ``values``."""

    noun: str
    ref: str | None
    values: dict[str, Any]


class Entry(NamedTuple):
    """A row as a record to be: ``usual`` holds what a new record gets besides, an existing one does not."""

    line: int
    values: dict[str, Any]
    usual: dict[str, Any]
    custom: dict[str, object]
    parties: dict[str, tuple[Party, ...]]
    external_id: str | None = None
    created_at: datetime | None = None
    closed_at: datetime | None = None
    stage: StageView | None = None
    stage_named: bool = False  # by the row, rather than the first of its pipeline
    uid: str | None = None  # that it has here, or had in another store of ours
    external_source: str | None = None  # where the row says whose its number is


class Rows:
    """Reads the rows of one file."""

    def __init__(
        self,
        noun: str,
        columns: Columns,
        rules: InputRules,
        stages: Stages | None,
        summary: Summary,
        formats: Formats = NONE,
        *,
        makes: bool = True,
    ) -> None:
        """``makes`` says whether an entry may become a new record, which has to be called something."""
        self._makes = makes
        self.noun = noun
        self.columns = columns
        self.cells = Cells(rules, summary.note)
        self.forms = formats.forms
        self.stages = stages
        self.summary = summary
        targets = (*columns.targets.values(), *columns.defaults)
        self._nothing = columns.nothing
        self._pairs = tuple(columns.targets.items())
        self._moments = tuple(name for name in MOMENTS if Target(name) in targets)
        self._are_linked = any(target.link for target in targets)
        self._fields = {name: field for name, field in _FIELDS[noun].items() if field.kind not in _BY_STAGES}
        self._plain = plain_readers(self._fields)
        self._priced = self._titles_currencies()

    def entry(self, row: Row) -> Entry:
        """The row as an entry; raises BadValue or Refused for what can't be a record."""
        raw = self._raw(row.cells)
        if not raw:
            raise BadValue("row", "holds nothing")
        own, custom = _told_apart(raw)
        currency = named_currency(own.pop("currency")[0], self.cells.rules.currency) if "currency" in own else None
        moments: dict[str, Any] = {
            name: self.cells.one(_MOMENTS[name], own[name][0], self.forms.get(Target(name)))
            for name in self._moments
            if name in own
        }
        number = _number(self.noun, own)
        values, parties = self._values(raw, own, custom, currency)
        if self._are_linked:
            parties |= self._linked(raw, parties, custom)
        made = moments.get("created_at")
        entry = Entry(
            row.line,
            values,
            {},
            custom,
            parties,
            number.external_id,
            made,
            uid=number.uid,
            external_source=number.source,
        )
        return self._finished(entry, own, moments)

    def _titles_currencies(self) -> dict[str, str]:
        """The currency that a column's title names, by the field of amounts that it fills."""
        found = {}
        for header, target in self._pairs:
            field = None if target.link or target.custom else self._fields.get(target.name)
            if field and field.kind is Kind.MONEY and (priced := priced_title(header)):
                found[target.name] = named_currency(priced[1], self.cells.rules.currency)
        return found

    def _raw(self, cells: Mapping[str, str | tuple[str, ...]]) -> Raw:
        """The texts of a row by their targets, with the defaults where it has none."""
        raw: Raw = {}
        if self.columns.shape is not None:
            cells = self.columns.shape(cells)
        for header, target in self._pairs:
            cell = cells[header]
            for text in (cell.strip(),) if type(cell) is str else map(whole, cell):
                if text and text not in self._nothing:
                    raw.setdefault(target, []).append(text)
        if not raw:
            return raw
        for target, text in self.columns.defaults.items():
            raw.setdefault(target, [Said(text)])
        return raw

    def _values(
        self, raw: Raw, own: dict[str, list[str]], custom: dict[str, object], currency: str | None
    ) -> tuple[dict[str, Any], dict[str, tuple[Party, ...]]]:
        """The values of the record's own fields, and the records it is linked to."""
        values: dict[str, Any] = {}
        parties: dict[str, tuple[Party, ...]] = {}
        for name, texts in own.items():
            field = self._fields.get(name)
            if field is None:
                continue
            found = self._at_a_glance(name, texts) or self._closely(field, texts, raw, custom, currency)
            if field.kind is Kind.LINK:
                parties[name] = tuple(Party(field.noun, str(ref), {}) for ref in found)
            elif found:
                values[name] = found if field.many else found[0]
        return values, parties

    def _at_a_glance(self, name: str, texts: Sequence[str]) -> tuple[object, ...]:
        """The one value in the cells of a field, if they hold one as nearly all do; else nothing."""
        read = self._plain.get(name)
        return read(texts[0]) if read and len(texts) == 1 and type(texts[0]) is str else ()

    def _closely(
        self, field: Field, texts: Sequence[str], raw: Raw, custom: dict[str, object], currency: str | None
    ) -> tuple[object, ...]:
        """The values in the cells of a field; what is not ours but worth keeping goes beside them."""
        name = field.name
        country = _country(raw) if field.kind is Kind.PHONE and _are_local(texts) else None
        form = self.forms.get(Target(name)) if self.forms else None
        read = self.cells.read(field, texts, self._priced.get(name, currency), country, form)
        if read.originals:
            self._keep(field, read.originals, custom, country or self.cells.rules.country)
        return read.values if field.many or not read.values else (_checked(field, read.values[0]),)

    def _keep(
        self, field: Field, texts: Sequence[str], custom: dict[str, object], country: str | None, of: str = ""
    ) -> None:
        """Keep texts that can't be read beside the field, and say so; a number that lacks a country has a remedy."""
        key = f"{of}{(field.flag or field.name).replace('-', '_')}_original"
        custom[key] = "; ".join(texts)
        unknown = field.kind is Kind.PHONE and country is None and _are_local(texts)
        remedy = "; set phone.default_country to have them read" if unknown else ""
        self.summary.note(f"{field.name} kept as they are in {key}{remedy}")

    def _linked(
        self, raw: Raw, parties: dict[str, tuple[Party, ...]], custom: dict[str, object]
    ) -> dict[str, tuple[Party, ...]]:
        """The linked records with the fields that columns of their own give them."""
        found: dict[str, tuple[Party, ...]] = {}
        for link in dict.fromkeys(target.link for target in raw if target.link):
            texts = {target.name: cells for target, cells in raw.items() if target.link == link}
            numbers = [
                number for text in texts.pop("external_id", ()) for number in re.split(r"[;,\s]+", text) if number
            ]
            values = self._party_values(link, texts, raw, custom)
            name = link if link in _FIELDS[self.noun] else {"company": "companies", "contact": "contacts"}[link]
            first, *rest = parties.get(name) or (Party(link, None, {}),)
            named = (first._replace(values=values), *rest)
            if numbers:
                found[name] = _numbered(named, numbers if _FIELDS[self.noun][name].many else numbers[:1])
            elif first.ref is not None or values.get("emails") or values.get("websites") or values.get("name"):
                found[name] = named
        return found

    def _party_values(
        self, noun: str, texts: Mapping[str, list[str]], raw: Raw, custom: dict[str, object]
    ) -> dict[str, Any]:
        values: dict[str, Any] = {}
        for name, cells in texts.items():
            field = _FIELDS[noun].get(name)
            if field is not None and field.kind is not Kind.LINK:
                country = _country(raw) if field.kind is Kind.PHONE and _are_local(cells) else None
                read = self.cells.read(field, cells, None, country, self.forms.get(Target(name, noun)))
                if read.originals:
                    self._keep(field, read.originals, custom, country or self.cells.rules.country, f"{noun}_")
                if read.values:
                    values[name] = read.values if field.many else _checked(field, read.values[0])
        return values

    # -- what each noun adds

    def _finished(self, entry: Entry, own: dict[str, list[str]], moments: dict[str, Any]) -> Entry:
        if self.noun == "contact":
            return _named_contact(entry, own, self.cells.rules.locale, exact=self.columns.exact, makes=self._makes)
        if self.noun == "company":
            return _named_company(entry, makes=self._makes)
        if self.noun == "deal":
            return self._finished_deal(entry, own, moments)
        return _finished_activity(entry, moments, makes=self._makes)

    def _finished_deal(self, entry: Entry, own: dict[str, list[str]], moments: dict[str, Any]) -> Entry:
        wanted = {name: own[name][0] for name in ("pipeline", "stage") if name in own}
        assert self.stages is not None  # only deals need them
        stage, unknown = self.stages.chosen(wanted.get("pipeline"), wanted.get("stage"))
        if unknown:
            entry.custom["pipeline_original"] = unknown
            self.summary.note("unknown pipelines kept as they are in pipeline_original")
        entry = entry._replace(stage=stage, stage_named="stage" in wanted)
        closed = moments.get("closed_at") or moments.get("close_date")
        if closed is not None and stage.kind == "open":
            entry.values.setdefault("expected_close", self._close_day(own))
        elif closed is not None:
            entry = entry._replace(closed_at=self._closed(closed, entry.created_at))
        if stage.kind != "open" or entry.values.get("probability") == stage.probability:
            entry.values.pop("probability", None)  # the stage's own says the same
        if stage.kind == "lost" and "lost_reason" in own:
            entry.values.update(_lost(str(self.cells.one(_LOST_REASON, own["lost_reason"][0]))))
        return _titled(entry, makes=self._makes)

    def _close_day(self, own: Mapping[str, list[str]]) -> object:
        """The day as it is written: midnight elsewhere is not the day before here."""
        name = "closed_at" if "closed_at" in own else "close_date"
        return self.cells.one(_CLOSE_DAY, own[name][0], self.forms.get(Target(name)))

    def _closed(self, closed: datetime, created: datetime | None) -> datetime:
        """A bare closing date of the day on which the deal was made lies after that moment."""
        zone = self.cells.rules.now.tzinfo
        same_day = created is not None and created.astimezone(zone).date() == closed.astimezone(zone).date()
        return max(closed, created) if created is not None and same_day else closed


def _told_apart(raw: Raw) -> tuple[dict[str, list[str]], dict[str, object]]:
    """The texts of a row's own fields, and its custom fields; those of linked records are read from the row itself."""
    own: dict[str, list[str]] = {}
    custom: dict[str, object] = {}
    for target, texts in raw.items():
        if target.custom:
            custom[target.name] = _kept(texts)
        elif not target.link:
            own[target.name] = texts
    return own, custom


def _kept(texts: Sequence[str]) -> object:
    """The value of a custom field: text, unless its file says what else it is."""
    if type(texts[0]) is JsonText:
        import json

        return json.loads(texts[0])
    return tidy(texts[0] if len(texts) == 1 else "; ".join(texts))


class _Number(NamedTuple):
    """What a row says that the record is called here or elsewhere."""

    external_id: str | None = None
    uid: str | None = None
    source: str | None = None


def _number(noun: str, own: dict[str, list[str]]) -> _Number:
    """The record's names taken out of the row; beside our own uid, the one from elsewhere says whose it is."""
    external_id = tidy(own.pop("external_id")[0]) or None if "external_id" in own else None
    uid = _uid(noun, own.pop("id")[0].strip()) if "id" in own else None
    if uid is None:
        return _Number(external_id)
    source, colon, number = (external_id or "").partition(":")
    return _Number(number or None, uid, source if colon else None)


def _uid(noun: str, text: str) -> str | None:
    """A record's own uid, as this program wrote it."""
    if not text:
        return None
    if not _UID.fullmatch(text) or not text.startswith(UID_PREFIX[noun]):
        raise BadValue(
            "id", f"{text!r} is not the uid of a {noun}", hint=f"{UID_PREFIX[noun]}_… or --map to external_id"
        )
    return text


def _numbered(parties: Sequence[Party], numbers: Sequence[str]) -> tuple[Party, ...]:
    """Linked records with their numbers in the other system, one after the other."""
    nobody = Party(parties[0].noun, None, {})
    pairs = zip_longest(parties, numbers, fillvalue=None)
    return tuple(
        (party or nobody)._replace(values={**(party or nobody).values, **({"external_id": number} if number else {})})
        for party, number in pairs
    )


def _checked(field: Field, value: object) -> object:
    if field.kind is Kind.USER and len(str(value)) > _USER_LENGTH:
        raise BadValue(field.option, f"a user's name has at most {_USER_LENGTH} characters")
    return value


def _are_local(phones: Sequence[str]) -> bool:
    """Whether any number needs a country to be dialled."""
    return any("+" not in text for text in phones)


def _country(raw: Raw) -> str | None:
    """The country that a row names: in a field, in a column called so, or at the end of an address."""
    from crmcli.domain.countries import country_code

    by_title = (
        t for t in raw if (t.name == "country" if not t.custom else _COUNTRY_WORDS.intersection(t.name.split("_")))
    )
    for target in sorted(by_title, key=lambda target: target.custom):
        if code := country_code(raw[target][0]):
            return code
    for target, texts in raw.items():
        if target.name == "address" and (code := country_code(re.split(r"[\n,;]", texts[0].strip())[-1])):
            return code
    return None


def _named_contact(
    entry: Entry, own: Mapping[str, list[str]], locale: str | None, *, exact: bool, makes: bool
) -> Entry:
    """A person's name from its parts, else from the e-mail address; ``Doe, Jane`` is Jane Doe, unless names are exact."""
    parts = {name: tidy(own[name][0]) for name in _NAME_PARTS if name in own}
    locale = str(entry.values.get("locale") or locale or "") or None
    whole = entry.values.get("name")
    if whole is None and (parts.keys() & {"given", "middle", "family"}):
        entry.values["name"] = join_name(
            parts.get("given", ""), parts.get("middle", ""), parts.get("family", ""), locale
        )
    elif whole is not None and not parts.get("family") and not exact:
        _split_name(entry, str(whole), locale)
    if "name" in entry.values and parts.get("family"):
        entry.usual["given"] = " ".join(filter(None, (parts.get("given"), parts.get("middle")))) or None
        entry.usual.update({name: parts.get(name) for name in ("family", "prefix", "suffix")})
    if "name" not in entry.values:
        if not entry.values.get("emails"):
            if not makes:
                return entry
            raise BadValue("name", "is required", hint="a full name, a first or last name, or an e-mail address")
        entry.usual["name"] = name_from_email(entry.values["emails"][0].value)
    return entry


def _split_name(entry: Entry, whole: str, locale: str | None) -> None:
    """Take a whole name apart where the store, which knows no locale, would do it otherwise."""
    if "," in whole or "\uff0c" in whole:
        if (found := turned(whole, locale)) is not None:
            entry.values["name"], parts = found
            entry.usual.update(parts._asdict())
    elif begins_with_family(locale):
        entry.usual.update(split_name(whole, locale)._asdict())


def _named_company(entry: Entry, *, makes: bool) -> Entry:
    if "name" not in entry.values and makes:
        if not entry.values.get("websites"):
            raise BadValue("name", "is required", hint="a name or a website")
        entry.usual["name"] = entry.values["websites"][0].value
    for party in entry.parties.get("parent", ()):
        if party.ref and fold(party.ref) == fold(str(entry.values.get("name"))):
            raise BadValue("parent", f"{party.ref} can't belong to itself")
    return entry


def _titled(entry: Entry, *, makes: bool) -> Entry:
    """A deal without a title is called after its company and product, else by its number in the other system."""
    if "title" not in entry.values:
        company = next((name_of(party) for party in entry.parties.get("company", ())), None)
        product = entry.custom.get("product")
        title = " – ".join(str(part) for part in (company, product) if part)  # noqa: RUF001
        if not title and entry.external_id is None and makes:
            raise BadValue("title", "is required", hint="a title, a company, a product or an external id")
        entry.usual["title"] = title or entry.external_id or ""
    return entry


def name_of(party: Party) -> str:
    """What a linked record is called when a row is all that is known of it."""
    if party.values.get("name"):
        return str(party.values["name"])
    if party.ref and party.noun == "contact" and looks_like(party.ref) == "email":
        return name_from_email(read_email(party.ref).value)
    if party.ref:
        return party.ref
    if party.values.get("emails"):
        return name_from_email(party.values["emails"][0].value)
    if party.values.get("websites"):
        return str(party.values["websites"][0].value)
    return str(party.values["external_id"])


def addresses(party: Party, field: str) -> tuple[Any, ...]:
    """The e-mails or websites of a linked record, the one it is named by first."""
    given = tuple(party.values.get(field, ()))
    first = _address(field, party.ref) if party.ref else None
    return given if first is None else (first, *(value for value in given if value.key != first.key))


@lru_cache(8192)
def _address(field: str, ref: str) -> Matched | None:
    """The e-mail or website that a linked record is named by, if it is."""
    shape, read = ("email", read_email) if field == "emails" else ("website", read_website)
    if " " in ref or looks_like(ref) != shape:
        return None
    try:
        return read(ref)
    except BadValue:
        return None


def _lost(text: str) -> dict[str, Any]:
    """The reason of the list, or ``other`` with the words as a note."""
    from crmcli.domain.fields import LOST_REASONS

    wanted = fold(text).replace("_", " ").replace("-", " ")
    known = {"competitor": "competition", "lost to competitor": "competition"} | {fold(r): r for r in LOST_REASONS}
    reason = known.get(wanted)
    return {"lost_reason": reason, "lost_note": None} if reason else {"lost_reason": "other", "lost_note": text}


def _finished_activity(entry: Entry, moments: Mapping[str, Any], *, makes: bool) -> Entry:
    """A planned one's date is its deadline; the other date a row has is then when it was written down."""
    values = entry.values
    if makes and not values.keys() & {"type", "subject", "body", "at", "due"}:
        raise BadValue("subject", "is required", hint="a subject, a text or a date")
    planned = values.get("status") == "planned" or (values.get("type") == "task" and "status" not in values)
    if moments.get("done_at") is not None and not planned:
        values["done_at"] = moments["done_at"]
        entry.usual.setdefault("at", values["done_at"])
    if planned and "due" in values and "at" in values:
        entry = entry._replace(created_at=entry.created_at or values.pop("at"))
        values.pop("at", None)
    return entry


def keys_of(values: Mapping[str, Any], field: str) -> Iterable[str]:
    """The matching keys of a many-valued field."""
    return (value.key for value in values.get(field, ()))
