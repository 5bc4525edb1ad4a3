"""Column titles into fields: which field of a noun a header means, in the words of the programs people come from.

A header is matched by its letters and digits alone (``E-mail Address``, ``email_address``, ``EmailAddress``), against
the words listed here and nothing else: a title that is not listed becomes a custom field, it is never guessed at.

A target is a field's name (``emails``), a field of a linked record (``company.websites``), a custom field
(``custom.product``) or one of IMPORTED, which only an import can set.
"""

from __future__ import annotations

import unicodedata
from functools import cache
from typing import TYPE_CHECKING

from crmcli.domain.fields import FIELDS, Field, find_field
from crmcli.domain.frozen import NamedTuple
from crmcli.domain.text import fold, nearest
from crmcli.errors import BadValue

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

CUSTOM = "custom."
IGNORED = ("-", "ignore")

# What an import sets besides the fields a command sets.
_RECORD_IMPORTED = {"external_id": "id in the system it came from", "created_at": "when it was made there"}
IMPORTED: dict[str, dict[str, str]] = {
    "contact": {
        "given": "given name",
        "middle": "middle name",
        "family": "family name",
        "prefix": "what stands before the name, as Dr.",
        "suffix": "what stands after the name, as Jr.",
        **_RECORD_IMPORTED,
    },
    "company": _RECORD_IMPORTED,
    "deal": {
        "close_date": "when it was closed, or for an open deal when it should be",
        "closed_at": "when it was won or lost",
        "lost_reason": "why it was lost",
        **_RECORD_IMPORTED,
    },
    "activity": {"done_at": "when it was done", **_RECORD_IMPORTED},
}
# Linked records whose fields a row can name, by the word before the dot.
LINKED: dict[str, tuple[str, ...]] = {
    "contact": ("company",),
    "company": (),
    "deal": ("company", "contact"),
    "activity": ("company", "contact", "deal"),
}

# Words that may stand before a title without changing it: "Deal Owner" is the owner of a deal.
_NOUN_WORDS: dict[str, tuple[str, ...]] = {
    "contact": ("contact", "person", "lead", "customer", "client", "member", "subscriber"),
    "company": ("company", "account", "organization", "organisation", "customer", "client", "firm", "business"),
    "deal": ("deal", "opportunity"),
    "activity": ("activity", "task", "event", "engagement"),
}
_OWNER = """owner, owner name, owner email, assigned to, assignee, assigned user, responsible, account owner,
    account manager, sales agent, sales rep, sales representative, salesperson, salesman, rep, agent, record owner,
    отговорник, ответственный, opiekun, zuständig, responsable"""
_CREATED = """created at, create date, created date, date created, created on, created, creation date, created time,
    add time, date added, added on, added"""
_TAGS = """tags, tag, labels, label, categories, groups, group membership, keywords, етикети, теги, метки, etykiety,
    schlagworte, étiquettes, etiquetas"""
_NOTE = """note, notes, comments, comment, remarks, remark, description, about, background, бележки, бележка, заметки,
    примечание, комментарий, notatki, uwagi, notizen, bemerkung, remarques, commentaire, notas, comentarios"""
_PHONES = """phone, phones, phone number, phone numbers, mobile, mobile phone, mobile number, mobile phone number, cell,
    cell phone, cellphone, cell number, telephone, telephone number, tel, tel no, work phone, work phone number,
    business phone, office phone, direct phone, direct line, home phone, home phone number, other phone, primary phone,
    main phone, company main phone, phone value, phone work, phone mobile, phone home, phone other, whatsapp, gsm,
    телефон, телефонен номер, телефоны, мобилен, мобилен телефон, мобильный, мобильный телефон, номер телефона, тел,
    telefon, numer telefonu, nr telefonu, telefon komórkowy, komórka, telefonnummer, handy, handynummer, mobil,
    mobiltelefon, rufnummer, téléphone, numéro de téléphone, tél, portable, téléphone portable, teléfono,
    número de teléfono, móvil, teléfono móvil, celular"""
_EMAILS = """email, emails, e-mail address, email addresses, mail, mail address, work email, business email,
    company email, personal email, home email, other email, primary email, secondary email, email value, email work,
    email home, email other, имейл, имейл адрес, ел поща, електронна поща, эл почта, почта, электронная почта,
    адрес электронной почты, емейл, poczta, adres email, poczta elektroniczna, e-mail-adresse, mailadresse, courriel,
    adresse email, adresse électronique, adresse mail, mél, correo, correo electrónico,
    dirección de correo electrónico"""
_ADDRESS = """address, full address, street address, street, postal address, mailing address, billing address,
    address formatted, address street, mailing street, billing street, business street, home address, business address,
    address line, адрес, adres, ulica, adresse, anschrift, straße, rue, dirección, domicilio"""
_COMPANY_NAME = """company, company name, organization, organization name, organisation, organisation name, account,
    account name, associated company, associated company name, firm, employer, business name, firma, фирма,
    име на фирма, компания, название компании, организация, дружество, предприятие, nazwa firmy, przedsiębiorstwo,
    firmenname, unternehmen, société, entreprise, nom de la société, nom de l'entreprise, empresa, compañía,
    nombre de la empresa"""
_COMPANY_SITE = """company domain name, company domain, associated company domain, associated company domain name,
    account domain, company website, account website, organization website, company url"""
_CLIENT_NAME = "customer, customer name, client, client name, клиент, klient, kunde, cliente"
_CONTACT_EMAIL = """contact email, contact email address, associated contact email, primary contact email, person email,
    email, email address, attendee email, customer email, client email"""
_CONTACT_NAME = """contact name, contact full name, primary contact name, associated contact name, person name,
    attendee name"""
_CONTACTS = """contact, contacts, primary contact, associated contact, associated contacts, contact person, person,
    people, attendees, participants, лице за контакт, контакт, контактное лицо, osoba kontaktowa, ansprechpartner,
    contacto, interlocuteur"""

# noun → target → the titles that mean it, the likeliest first: of two columns for one value the earlier title wins.
TITLES: dict[str, dict[str, str]] = {
    "contact": {
        "name": """full name, name, contact name, display name, contact, person, име и фамилия, имена, пълно име, фио,
            полное имя, имя и фамилия, imię i nazwisko, nazwisko i imię, vollständiger name, vor- und nachname,
            nom complet, nom et prénom, prénom et nom, nombre completo, nombre y apellidos, име, имя, nombre, nom""",
        "given": """first name, given name, forename, firstname, собствено име, imię, vorname, prénom,
            nombre de pila""",
        "middle": "middle name, additional name, middle initial, презиме, отчество, drugie imię, segundo nombre",
        "family": """last name, surname, family name, second name, фамилия, фамилно име, nazwisko, nachname,
            familienname, zuname, nom de famille, apellidos, apellido""",
        "prefix": "name prefix, prefix, salutation, honorific, title of courtesy, courtesy title, anrede, civilité",
        "suffix": "name suffix, suffix",
        "emails": _EMAILS,
        "phones": _PHONES,
        "companies": f"{_COMPANY_NAME}, current company",
        "company.websites": _COMPANY_SITE,
        "company.industry": "industry, company industry",
        "title": """job title, title, position, role, organization title, current position, job, function, designation,
            occupation, длъжност, позиция, должность, stanowisko, funktion, berufsbezeichnung, jobtitel, fonction,
            poste, cargo, puesto""",
        "linkedin": """linkedin, linkedin url, linkedin profile, linkedin profile url, linkedin handle,
            person linkedin url, linkedin bio""",
        "x": "x, twitter, twitter handle, twitter username, twitter url, twitter profile, x handle, x twitter, x url",
        "bluesky": "bluesky, bluesky handle, bluesky url, bsky",
        "telegram": "telegram, telegram handle, telegram username, telegram url",
        "birthday": """birthday, birth date, date of birth, dob, рожден ден, дата на раждане, день рождения,
            дата рождения, data urodzenia, urodziny, geburtstag, geburtsdatum, date de naissance, anniversaire,
            fecha de nacimiento, cumpleaños""",
        "anniversary": "anniversary, wedding anniversary",
        "address": _ADDRESS,
        "lifecycle": "lifecycle, lifecycle stage",
        "lead_status": "lead status",
        "lead_score": "lead score, score, hubspot score",
        "source": "source, lead source, original source, traffic source, източник, источник, źródło, quelle, fuente",
        "locale": "locale, language code",
        "timezone": "timezone, time zone",
        "note": _NOTE,
        "tags": _TAGS,
        "owner": _OWNER,
        "external_id": "contact id, record id, id, external id, object id, uid, uuid, vid, contact record id",
        "created_at": _CREATED,
    },
    "company": {
        "name": f"""company name, name, {_COMPANY_NAME}, {_CLIENT_NAME}, legal name, име, наименование, название,
            nazwa, nom, raison sociale, nombre, razón social""",
        "websites": f"""website, websites, website url, url, web, web site, web page, web address, homepage, home page,
            site, domain, domain name, domains, website value, {_COMPANY_SITE}, уебсайт, сайт, веб-сайт,
            strona internetowa, strona www, www, webseite, internetseite, site web, site internet, sitio web,
            página web""",
        "phones": _PHONES,
        "industry": """industry, sector, industry sector, vertical, branch of industry, отрасъл, бранш, отрасль, сфера
            деятельности, branża, branche, secteur, secteur d'activité, sector de actividad, industria""",
        "size": "size, company size, employee range, size range, company size range",
        "annual_revenue": """annual revenue, revenue, yearly revenue, turnover, annual turnover, sales revenue, оборот,
            выручка, przychody, jahresumsatz, umsatz, chiffre d'affaires, ingresos""",
        "country": """country, country region, country territory, country name, billing country, hq country,
            mailing country, business country, address country, държава, страна, kraj, land, pays, país""",
        "region": """region, state region, state, state province, province, county, billing state,
            billing state province, address region, област, регион, województwo, bundesland, région, provincia""",
        "address": f"{_ADDRESS}, headquarters",
        "parent": """parent, parent company, parent account, parent organization, parent company name,
            parent account name, subsidiary of, holding""",
        "type": "type, company type, account type, relationship",
        "note": _NOTE,
        "tags": _TAGS,
        "owner": _OWNER,
        "external_id": "company id, record id, account id, id, external id, object id, uid, uuid, account number",
        "created_at": _CREATED,
    },
    "deal": {
        "title": """deal name, opportunity name, title, name, deal title, opportunity title, deal, opportunity, subject,
            сделка, название сделки, название, наименование, име на сделка, nazwa szansy, nazwa, auftrag,
            opportunité, affaire, oportunidad, negocio""",
        "value": """value, amount, close value, deal value, deal amount, opportunity amount, total, total value,
            total amount, amount total, deal size, price, стойност, сума, сумма, бюджет, wartość, kwota, wert, betrag,
            montant, valeur, valor, importe, monto""",
        "currency": "currency, currency code, currency iso code, deal currency code, валута, валюта, waluta, währung, "
        "devise, moneda, divisa",
        "stage": """deal stage, stage, stage name, sales stage, pipeline stage, opportunity stage, status, етап, этап,
            стадия, статус, etap, phase, étape, etapa""",
        "pipeline": "pipeline, pipeline name, sales pipeline, funnel, фуния, воронка, lejek",
        "contacts": _CONTACTS,
        "contact.emails": _CONTACT_EMAIL,
        "contact.name": _CONTACT_NAME,
        "contact.phones": "contact phone, contact phone number, person phone, phone, phone number, mobile",
        "company": f"{_COMPANY_NAME}, {_CLIENT_NAME}",
        "company.websites": _COMPANY_SITE,
        "expected_close": """expected close, expected close date, estimated close date, estimated close,
            expected closing, expected closing date, forecast close date, forecast close, target close date,
            очаквано приключване""",
        "close_date": "close date, closing date, closed date, date closed, дата на приключване, дата закрытия, "
        "data zamknięcia, abschlussdatum, date de clôture, fecha de cierre",
        "closed_at": "closed at, closed on, actual close date, actual closing date, won time, won date, lost time",
        "probability": """probability, win probability, probability percent, close probability, chance, confidence,
            likelihood, deal probability, вероятност, вероятность, prawdopodobieństwo, wahrscheinlichkeit, probabilité,
            probabilidad""",
        "source": "source, lead source, deal source, original source, traffic source, източник, источник, źródło",
        "campaign": "campaign, campaign name, primary campaign, primary campaign source, кампания, kampania, kampagne",
        "next_step": "next step, next steps, next action, следваща стъпка, следующий шаг, następny krok",
        "type": "type, deal type, opportunity type",
        "lost_reason": "lost reason, closed lost reason, loss reason, reason lost, reason for loss",
        "tags": _TAGS,
        "owner": _OWNER,
        "external_id": "deal id, opportunity id, record id, id, external id, object id, uid, uuid",
        "created_at": f"{_CREATED}, engage date, open date, opened date, date opened, deal created",
    },
    "activity": {
        "type": "activity type, type, kind, interaction type, engagement type, channel, вид, тип, typ, tipo",
        "subject": """subject, title, subject line, summary, call meeting title subject, meeting title, call title,
            task title, event name, task name, name, тема, относно, temat, betreff, objet, sujet, asunto""",
        "body": f"body, notes description, text, content, details, message, note body, {_NOTE}",
        "contacts": f"{_CONTACTS}, {_CLIENT_NAME}, related to, with, who",
        "contact.emails": _CONTACT_EMAIL,
        "contact.name": _CONTACT_NAME,
        "contact.phones": "contact phone, contact phone number, person phone, phone, phone number, mobile",
        "company": _COMPANY_NAME,
        "company.websites": _COMPANY_SITE,
        "deal": "deal, deal name, opportunity, opportunity name, associated deal, associated deal name, сделка",
        "campaign": "campaign, campaign name, кампания",
        "at": """activity date, date, at, date time, datetime, timestamp, time, when, occurred at, start, start time,
            start date, start date time, meeting date, call date, дата, data, datum, fecha""",
        "due": "due, due date, task due date, deadline, due at, срок, termin, échéance, vencimiento",
        "duration": "duration, duration minutes, duration min, minutes, length",
        "direction": "direction, call direction, email direction",
        "status": "status, state, task status, activity status",
        "outcome": "outcome, result, call outcome, meeting outcome, disposition, call result, резултат, результат",
        "priority": "priority, task priority, importance, приоритет, priorytet, priorität, priorité, prioridad",
        "location": "location, place, where, meeting location, място, место, miejsce, ort, lieu, lugar",
        "recurrence": "recurrence, rrule, repeat, repeats",
        "remind_before": "remind before, reminder minutes",
        "tags": _TAGS,
        "owner": f"{_OWNER}, user, logged by",
        "external_id": "activity id, record id, id, external id, object id, uid, uuid, engagement id, task id",
        "created_at": _CREATED,
        "done_at": "done at, completed at, completed date, completion date, completed on, date completed",
    },
}
# A lone "Имя" holds the whole name, beside "Фамилия" only the first; "Nom" beside "Prénom" only the last.
_GIVEN_BESIDE_FAMILY = ("име", "имя", "nombre")
_FAMILY_BESIDE_GIVEN = {"name": "vorname", "nom": "prénom"}


class _Match(NamedTuple):
    """What a header means, and how surely: the lowest ``rank`` has the field."""

    target: str
    rank: tuple[int, int]


def match_headers(noun: str, headers: Sequence[str]) -> dict[str, str]:
    """Each header's target; those whose meaning is unknown or taken by a likelier column become custom fields."""
    found = {header: match for header in headers if (match := _match(noun, header))}
    targets = {header: match.target for header, match in found.items()}
    if noun == "contact":
        _tell_names_apart(targets)
    _lift_contacts(targets)
    winners = _winners(noun, targets, {header: match.rank for header, match in found.items()})
    _drop_loose_links(winners)
    return _with_custom(headers, winners)


def apply_mapping(
    headers: Sequence[str], matched: Mapping[str, str], overrides: Mapping[str, str], *, noun: str
) -> dict[str, str]:
    """The targets after the user's ``COLUMN=FIELD`` words; a column sent to ``-`` or ``ignore`` is left out.

    A column that loses its field to an override becomes a custom field. Raises BadValue for an unknown column or
    field, and for two columns sent to one field that holds one value.
    """
    chosen: dict[str, str | None] = {}
    for column, field in overrides.items():
        header, target = _find_column(headers, column), resolve_target(noun, field)
        rival = next((h for h, t in chosen.items() if t and t == target and not _is_many(noun, t)), None)
        if rival is not None:
            raise BadValue("map", f"{rival!r} and {header!r} both go to {target}, which holds one value")
        chosen[header] = target
    taken = {target for target in chosen.values() if target and not _is_many(noun, target)}
    kept = {h: t for h, t in matched.items() if h not in chosen and t not in taken}
    dropped = {header for header, target in chosen.items() if target is None}
    placed = kept | {header: target for header, target in chosen.items() if target}
    return _with_custom([header for header in headers if header not in dropped], placed)


def resolve_target(noun: str, text: str, *, flag: str = "map") -> str | None:
    """The target a user means by ``email``, ``company.name`` or ``custom.KEY``; None for ``-`` and ``ignore``.

    Raises BadValue, blaming ``flag``, for a field that ``noun`` does not have.
    """
    name = text.strip()
    if name.lower() in IGNORED:
        return None
    if name.lower().startswith(CUSTOM) and name[len(CUSTOM) :].strip():
        return CUSTOM + custom_key(name[len(CUSTOM) :])
    link, dot, last = name.lower().partition(".")
    if dot and link == noun:
        return _field_name(noun, last, flag)
    if dot and link in LINKED[noun]:
        return f"{link}.{_field_name(link, last, flag, before=f'{link}.')}"
    return _field_name(noun, name, flag)


def custom_key(header: str) -> str:
    """The header as a custom field's key: case folded, every run of anything but letters and digits one ``_``."""
    text = unicodedata.normalize("NFC", header).casefold()
    spread = "".join(c if c.isalnum() or unicodedata.category(c)[0] == "M" else " " for c in text)
    return "_".join(spread.split()) or "column"


def targets_of(noun: str) -> tuple[str, ...]:
    """Every target an import of ``noun`` can fill, but for linked records' fields and custom fields."""
    return tuple(field.name for field in FIELDS[noun] if not field.computed) + tuple(IMPORTED[noun])


def _field_name(noun: str, word: str, flag: str, *, before: str = "") -> str:
    """The name of the field that the word means; ``before`` is what leads to it in the hint of an error."""
    wanted = word.strip().lower().replace("-", "_")
    field = find_field(noun, wanted)
    if field and not field.computed:
        return field.name
    if wanted in IMPORTED[noun]:
        return wanted
    if field:
        raise BadValue(flag, f"{field.name} is worked out, it cannot be imported")
    close = nearest(wanted, [*targets_of(noun), *(f.flag for f in FIELDS[noun] if f.flag)])
    hint = f"did you mean {before}{close}?" if close else f"there are: {', '.join(targets_of(noun))}."
    raise BadValue(flag, f"{noun} has no field {word.strip()!r}", hint=f"{hint} {CUSTOM}KEY makes a custom field")


def _find_column(headers: Sequence[str], column: str) -> str:
    if column in headers:
        return column
    alike = [header for header in headers if _letters(header) == _letters(column)]
    if len(alike) == 1:
        return alike[0]
    reason = f"{column!r} may be {' or '.join(map(repr, alike))}" if alike else f"there is no column {column!r}"
    raise BadValue("map", reason, hint=f"the columns are: {', '.join(headers)}")


def _letters(text: str) -> str:
    """What two spellings of a title have in common: its letters and digits, folded."""
    return "".join(c for c in fold(text) if c.isalnum())


@cache
def _titles(noun: str) -> dict[str, _Match]:
    """Every title that means a field of ``noun``, by its letters; a title listed twice means the first."""
    titles: dict[str, _Match] = {}
    for target, words in TITLES[noun].items():
        # A field's own name always means it, if no likelier title is there.
        spellings = words.split(",") if "." in target else [*words.split(","), target]
        for rank, title in enumerate(map(_letters, spellings)):
            titles.setdefault(title, _Match(target, (0, rank)))
    return titles


def _match(noun: str, header: str) -> _Match | None:
    """The target of a header: as it stands, without the noun before it, or without the number in it."""
    letters = _letters(header)
    unnumbered = "".join(c for c in letters if not c.isdecimal())
    for doubt, spelling in enumerate((letters, unnumbered if len(unnumbered) > 2 else "")):
        match = _titles(noun).get(spelling) or _match_after_noun(noun, spelling)
        if match:
            return _Match(match.target, (2 * doubt + match.rank[0], match.rank[1]))
    return None


def _match_after_noun(noun: str, letters: str) -> _Match | None:
    for word in _NOUN_WORDS[noun]:
        match = _titles(noun).get(letters.removeprefix(word)) if letters.startswith(word) else None
        if match and "." not in match.target:
            return _Match(match.target, (1, match.rank[1]))
    for word in _NOUN_WORDS["company"] if noun != "company" else ():
        match = _titles("company").get(letters.removeprefix(word)) if letters.startswith(word) else None
        if match and match.target not in ("name", "owner", "parent", *_RECORD_IMPORTED):
            return _Match(f"company.{match.target}", (1, match.rank[1]))
    return None


def _tell_names_apart(targets: dict[str, str]) -> None:
    """Turns a column for whole names into one for given or family names where its neighbours say so."""
    by_letters = {_letters(header): header for header, target in targets.items() if target in ("name", "given")}
    if "family" in targets.values():
        for word in _GIVEN_BESIDE_FAMILY:
            if (header := by_letters.get(_letters(word))) is not None:
                targets[header] = "given"
        return
    for word, beside in _FAMILY_BESIDE_GIVEN.items():
        if word in by_letters and _letters(beside) in by_letters:
            targets[by_letters[word]] = "family"


def _lift_contacts(targets: dict[str, str]) -> None:
    """Makes a person's e-mail, else name, the link to them where no column is: one person, however many columns."""
    present = set(targets.values())
    if "contacts" in present:
        return
    chosen = next((target for target in ("contact.emails", "contact.name") if target in present), None)
    for header, target in targets.items():
        if target == chosen:
            targets[header] = "contacts"


def _winners(noun: str, targets: Mapping[str, str], ranks: Mapping[str, tuple[int, int]]) -> dict[str, str]:
    """The targets without the columns that lose a field of one value to a likelier column."""
    best: dict[str, str] = {}
    for header, target in targets.items():
        if target not in best or ranks[header] < ranks[best[target]]:
            best[target] = header
    return {h: t for h, t in targets.items() if best[t] == h or _is_many(noun, t)}


def _drop_loose_links(targets: dict[str, str]) -> None:
    """Takes out fields of a linked record that no column of the row names."""
    present = set(targets.values())
    named = {
        "company": present & {"company", "companies", "company.websites"},
        "contact": present & {"contacts"},
    }
    for header, target in list(targets.items()):
        link, dot, _ = target.partition(".")
        if dot and not named[link]:
            del targets[header]


def _is_many(noun: str, target: str) -> bool:
    link, dot, last = target.partition(".")
    field: Field | None = find_field(link, last) if dot and link in FIELDS else find_field(noun, target)
    return field is not None and field.many


def _with_custom(headers: Sequence[str], targets: Mapping[str, str]) -> dict[str, str]:
    """A target for every header, in the order of the file: those without one become custom fields of their own."""
    used = set(targets.values())
    complete: dict[str, str] = {}
    for header in headers:
        target = targets.get(header)
        if target is None:
            target = _free(CUSTOM + custom_key(header), used)
            used.add(target)
        complete[header] = target
    return complete


def _free(target: str, used: set[str]) -> str:
    name, count = target, 1
    while name in used:
        count += 1
        name = f"{target}_{count}"
    return name
