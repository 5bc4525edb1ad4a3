"""The titles that columns go by, in the words of the programs and languages people come from: a table, and nothing else."""

# ruff: noqa: RUF001 - letters of two alphabets look alike
from __future__ import annotations

# Words that may stand before a title without changing it: "Deal Owner" is the owner of a deal.
NOUN_WORDS: dict[str, tuple[str, ...]] = {
    "contact": ("contact", "person", "lead", "customer", "client", "member", "subscriber"),
    "company": ("company", "account", "organization", "organisation", "customer", "client", "firm", "business"),
    "deal": ("deal", "opportunity"),
    "activity": ("activity", "task", "event", "engagement"),
}

_OWNER = """owner, owner name, owner email, assigned to, assignee, assigned user, responsible, account owner,
    account manager, sales agent, sales rep, sales representative, salesperson, salesman, rep, agent, record owner,
    отговорник, ответственный, opiekun, zuständig, responsable, търговец, менеджър, менеджер, ответственное лицо,
    handlowiec, osoba odpowiedzialna, właściciel, betreuer, verantwortlich, verantwortlicher, zustaendig,
    bearbeiter, besitzer, propriétaire, commercial, chargé d'affaires, encargado, propietario, comercial, vendedor"""
_CREATED = """created at, create date, created date, date created, created on, created, creation date, created
    time, add time, date added, added on, added, добавен, добавен на, дата на създаване, създаден на, създадена на,
    дата создания, создано, создан, дата добавления, utworzono, data utworzenia, data dodania, angelegt am, erstellt
    am, erstellt, erstellungsdatum, anlagedatum, créé le, date de création, date d'ajout, creado el, fecha de
    creación, fecha de alta"""
_TAGS = """tags, tag, labels, label, categories, groups, group membership, keywords, етикети, теги, метки,
    etykiety, schlagworte, étiquettes, etiquetas, тагове, групи, категории, група, група клиенти, группы, метка,
    группа, категория, tagi, grupy, kategorie, grupa, schlagwörter, schlagwoerter, gruppen, kategorien, gruppe,
    étiquette, groupes, catégories, catégorie, mots-clés, etiqueta, grupos, grupo, categorías, categoría"""
_NOTE = """note, notes, comments, comment, remarks, remark, description, about, background, бележки, бележка,
    заметки, примечание, комментарий, notatki, uwagi, notizen, bemerkung, remarques, commentaire, notas,
    comentarios, коментар, коментари, забележка, забележки, описание, заметка, примечания, комментарии, uwaga,
    notatka, komentarz, komentarze, opis, bemerkungen, notiz, kommentar, kommentare, anmerkung, anmerkungen,
    beschreibung, remarque, commentaires, notes internes, observations, description libre, observaciones,
    comentario, nota, descripción"""
_PHONES = """phone, phones, phone number, phone numbers, mobile, mobile phone, mobile number, mobile phone number,
    cell, cell phone, cellphone, cell number, telephone, telephone number, tel, tel no, work phone, work phone
    number, business phone, office phone, direct phone, direct line, home phone, home phone number, other phone,
    primary phone, main phone, company main phone, phone value, phone work, phone mobile, phone home, phone other,
    whatsapp, gsm, телефон, телефонен номер, телефоны, мобилен, мобилен телефон, мобильный, мобильный телефон, номер
    телефона, тел, telefon, numer telefonu, nr telefonu, telefon komórkowy, komórka, telefonnummer, handy,
    handynummer, mobil, mobiltelefon, rufnummer, téléphone, numéro de téléphone, tél, portable, téléphone portable,
    teléfono, número de teléfono, móvil, teléfono móvil, celular, phone no, mob, mob no, mobile no, mob phone, ph,
    office tel, work tel, home tel, моб, моб тел, gsm номер, мобилен номер, служебен телефон, домашен телефон,
    стационарен телефон, тел номер, тел №, контактен телефон, телефон за връзка, моб телефон, сотовый, сот тел, раб
    тел, рабочий телефон, дом тел, домашний телефон, мобильный номер, контактный телефон, nr tel, nr telefonu
    komórkowego, tel kom, kom, tel komórkowy, telefon służbowy, telefon stacjonarny, telefon domowy, tel służbowy,
    telefon kontaktowy, mobilnr, mobilnummer, mobilfunk, mobilfunknummer, telnr, tel nr, telefonnr, telefon
    geschäftlich, telefon privat, festnetz, diensttelefon, telefon büro, tél portable, tél mobile, tél fixe, tél
    bureau, tél pro, téléphone mobile, téléphone fixe, téléphone professionnel, téléphone bureau, téléphone
    domicile, mobile pro, numéro de portable, n de téléphone, n° tél, tel móvil, tel fijo, teléfono fijo, teléfono
    de contacto, teléfono trabajo, teléfono oficina, n de teléfono, nº de teléfono, tlf, tfno, cel"""
_EMAILS = """email, emails, e-mail address, email addresses, mail, mail address, work email, business email,
    company email, personal email, home email, other email, primary email, secondary email, email value, email work,
    email home, email other, имейл, имейл адрес, ел поща, електронна поща, эл почта, почта, электронная почта, адрес
    электронной почты, емейл, poczta, adres email, poczta elektroniczna, e-mail-adresse, mailadresse, courriel,
    adresse email, adresse électronique, adresse mail, mél, correo, correo electrónico, dirección de correo
    electrónico, e-mail addr, email addr, mail id, email id, ел адрес, електронен адрес, e-mail адрес, мейл, имейли,
    служебен имейл, эл адрес, e-mail клиента, имэйл, рабочая почта, адрес e-mail, e-mail służbowy, email służbowy,
    mejl, poczta e-mail, adres poczty elektronicznej, e-mail-adr, emailadr, email-adressen, e-mail geschäftlich,
    e-mail privat, mail-adresse, adresse courriel, adr e-mail, e-mail professionnel, email pro, mail pro, adresses
    e-mail, courrier électronique, dirección de correo, dirección de e-mail, correo-e, correo de contacto, correo
    del contacto, email de contacto, mail de contacto"""
_ADDRESS = """address, full address, street address, street, postal address, mailing address, billing address,
    address formatted, address street, mailing street, billing street, business street, home address, business
    address, address line, адрес, adres, ulica, adresse, anschrift, straße, rue, dirección, domicilio, адрес за
    кореспонденция, пощенски адрес, адрес на фирмата, улица, ул, почтовый адрес, адрес доставки, фактический адрес,
    юридический адрес, adres pocztowy, adres korespondencyjny, ul, adres firmy, postanschrift, postadresse,
    firmenanschrift, strasse, str, straße und hausnummer, adresse postale, adresse complète, dirección postal,
    calle, domicilio fiscal"""
_COMPANY_NAME = """company, company name, organization, organization name, organisation, organisation name,
    account, account name, associated company, associated company name, firm, employer, business name, firma, фирма,
    име на фирма, компания, название компании, организация, дружество, предприятие, nazwa firmy, przedsiębiorstwo,
    firmenname, unternehmen, société, entreprise, nom de la société, nom de l'entreprise, empresa, compañía, nombre
    de la empresa, име на фирмата, наименование на фирмата, организация клиент, работодател, месторабота,
    наименование организации, наименование компании, название организации, место работы, работодатель, контрагент,
    spółka, organizacja, kontrahent, pracodawca, zakład, betrieb, arbeitgeber, firma name, name der firma,
    unternehmensname, nom de l'organisation, raison sociale, employeur, sté, organización, compañia, razón social,
    nombre empresa"""
_COMPANY_SITE = """company domain name, company domain, associated company domain, associated company domain name,
    account domain, company website, account website, organization website, company url"""
_CLIENT_NAME = "customer, customer name, client, client name, клиент, klient, kunde, cliente"
_CONTACT_EMAIL = """contact email, contact email address, associated contact email, primary contact email, person
    email, email, email address, attendee email, customer email, client email"""
_CONTACT_NAME = """contact name, contact full name, primary contact name, associated contact name, person name,
    attendee name"""
_CONTACTS = """contact, contacts, primary contact, associated contact, associated contacts, contact person, person,
    people, attendees, participants, лице за контакт, контакт, контактное лицо, osoba kontaktowa, ansprechpartner,
    contacto, interlocuteur, контактно лице, лице за връзка, участници, участник, контакты, участники, kontakt,
    osoba, osoby kontaktowe, uczestnicy, ansprechperson, kontaktperson, teilnehmer, personne de contact, contact
    principal, persona de contacto, participantes, asistentes"""
# noun → target → the titles that mean it, the likeliest first: of two columns for one value the earlier title wins.
TITLES: dict[str, dict[str, str]] = {
    "contact": {
        "name": """full name, name, contact name, display name, contact, person, име и фамилия, имена, пълно име,
            фио, полное имя, имя и фамилия, imię i nazwisko, nazwisko i imię, vollständiger name, vor- und nachname,
            nom complet, nom et prénom, prénom et nom, nombre completo, nombre y apellidos, име, имя, nombre, nom,
            име презиме фамилия, трите имена, име на клиента, фамилия имя отчество, ф и о, имя клиента, контактное
            лицо, лице за контакт, nazwa, imie i nazwisko klienta, nazwisko imię, osoba kontaktowa, name vorname,
            vorname nachname, vor und zuname, ansprechpartner, nom prénom, prénom nom, contacto, persona de
            contacto, apellidos y nombre, клиент, klient, kunde, client, cliente, контакт, kontakt""",
        "given": """first name, given name, forename, firstname, собствено име, imię, vorname, prénom, nombre de
            pila, първо име, имя собственное, pierwsze imię, rufname, prenoms, primer nombre""",
        "middle": """middle name, additional name, middle initial, презиме, отчество, drugie imię, segundo nombre,
            бащино име, zweiter vorname, weitere vornamen, deuxième prénom""",
        "family": """last name, surname, family name, second name, фамилия, фамилно име, nazwisko, nachname,
            familienname, zuname, nom de famille, apellidos, apellido, презиме и фамилия, nazwisko rodowe, nom
            usuel, primer apellido""",
        "prefix": """name prefix, prefix, salutation, honorific, title of courtesy, courtesy title, anrede,
            civilité, обръщение, обращение, zwrot grzecznościowy, tytuł, titel, tratamiento""",
        "suffix": "name suffix, suffix",
        "emails": _EMAILS,
        "phones": _PHONES,
        "companies": f"{_COMPANY_NAME}, current company",
        "company.external_id": "company id, company uid, company external id, organization id, organisation id, account id, "
        "associated company id, associated company ids, firm id, id на фирма, id компании, id firmy, firmen id, id empresa",
        "company.websites": _COMPANY_SITE,
        "company.industry": "industry, company industry",
        "title": """job title, title, position, role, organization title, current position, job, function,
            designation, occupation, длъжност, позиция, должность, stanowisko, funktion, berufsbezeichnung,
            jobtitel, fonction, poste, cargo, puesto, роля, професия, профессия, роль, rola, funkcja, tytuł
            zawodowy, beruf, stelle, rolle, tätigkeit, intitulé du poste, métier, rôle, rol, profesión""",
        "linkedin": """linkedin, linkedin url, linkedin profile, linkedin profile url, linkedin handle, person
            linkedin url, linkedin bio""",
        "x": "x, twitter, twitter handle, twitter username, twitter url, twitter profile, x handle, x twitter, x url",
        "bluesky": "bluesky, bluesky handle, bluesky url, bsky",
        "telegram": "telegram, telegram handle, telegram username, telegram url",
        "birthday": """birthday, birth date, date of birth, dob, рожден ден, дата на раждане, день рождения, дата
            рождения, data urodzenia, urodziny, geburtstag, geburtsdatum, date de naissance, anniversaire, fecha de
            nacimiento, cumpleaños, роден на, рождена дата, д р, др, ur, data ur, geb, geb datum, geboren am, né le,
            née le, nacimiento, f nacimiento""",
        "anniversary": """anniversary, wedding anniversary, годишнина, годовщина, rocznica, jahrestag,
            hochzeitstag, aniversario""",
        "address": _ADDRESS,
        "lifecycle": "lifecycle, lifecycle stage",
        "lead_status": "lead status",
        "lead_score": "lead score, score, hubspot score",
        "source": """source, lead source, original source, traffic source, източник, источник, źródło, quelle,
            fuente, източник на контакта, канал, откъде ни знае, источник лида, źródło kontaktu, herkunft,
            leadquelle, origine, provenance, source du contact, origen, procedencia""",
        "locale": "locale, language code, language, preferred language, език, язык, język, sprache, langue, idioma",
        "timezone": """timezone, time zone, часова зона, часовой пояс, strefa czasowa, zeitzone, fuseau horaire,
            zona horaria""",
        "note": _NOTE,
        "tags": _TAGS,
        "owner": _OWNER,
        "external_id": "contact id, record id, id, external id, object id, uid, uuid, vid, contact record id",
        "created_at": _CREATED,
    },
    "company": {
        "name": f"""company name, name, {_COMPANY_NAME}, {_CLIENT_NAME}, legal name, име, наименование, название,
            nazwa, nom, raison sociale, nombre, razón social""",
        "websites": f"""website, websites, website url, url, web, web site, web page, web address, homepage, home
            page, site, domain, domain name, domains, website value, {_COMPANY_SITE}, уебсайт, сайт, веб-сайт,
            strona internetowa, strona www, www, webseite, internetseite, site web, site internet, sitio web, página
            web, интернет страница, уеб страница, уеб сайт, интернет адрес, web-сайт, адрес сайта, веб-страница,
            strona, adres www, witryna, domena, homepage url, internet, internetadresse, domäne, domaine, adresse
            web, page web, página, dominio""",
        "phones": _PHONES,
        "industry": """industry, sector, industry sector, vertical, branch of industry, отрасъл, бранш, отрасль,
            сфера деятельности, branża, branche, secteur, secteur d'activité, sector de actividad, industria,
            сектор, дейност, индустрия, направление, деятельность, вид деятельности, sektor, industrie,
            wirtschaftszweig, domaine d'activité, activité, actividad, rubro""",
        "size": """size, company size, employee range, size range, company size range, размер, размер на фирмата,
            размер компании, wielkość, wielkość firmy, größe, firmengröße, unternehmensgröße, taille, taille de
            l'entreprise, effectif, tamaño, tamaño de la empresa""",
        "annual_revenue": """annual revenue, revenue, yearly revenue, turnover, annual turnover, sales revenue,
            оборот, выручка, przychody, jahresumsatz, umsatz, chiffre d'affaires, ingresos, годишен оборот, приходи,
            годовой оборот, obrót, roczny obrót, przychód, umsatz pro jahr, ca annuel, ca, facturación, facturación
            anual, volumen de negocio""",
        "country": """country, country region, country territory, country name, billing country, hq country,
            mailing country, business country, address country, държава, страна, kraj, land, pays, país, держава,
            państwo, staat, país región""",
        "region": """region, state region, state, state province, province, county, billing state, billing state
            province, address region, област, регион, województwo, bundesland, région, provincia, край, регион или
            област, район, województwo region, kanton, département, comunidad autónoma, estado, comunidad, región""",
        "address": f"{_ADDRESS}, headquarters",
        "parent": """parent, parent company, parent account, parent organization, parent company name, parent
            account name, subsidiary of, holding, майчина фирма, материнская компания, головная компания, spółka
            matka, firma macierzysta, muttergesellschaft, konzern, société mère, maison mère, empresa matriz, matriz""",
        "type": """type, company type, account type, relationship, тип, вид, тип компании, тип клиента, вид клиент,
            typ, typ klienta, rodzaj, art, kundentyp, kundenart, type de client, type d'entreprise, tipo, tipo de
            cliente""",
        "note": _NOTE,
        "tags": _TAGS,
        "owner": _OWNER,
        "external_id": "company id, record id, account id, id, external id, object id, uid, uuid, account number",
        "created_at": _CREATED,
    },
    "deal": {
        "title": """deal name, opportunity name, title, name, deal title, opportunity title, deal, opportunity,
            subject, сделка, название сделки, название, наименование, име на сделка, nazwa szansy, nazwa, auftrag,
            opportunité, affaire, oportunidad, negocio, име на сделката, заглавие, предмет, оферта, проект,
            заголовок, тема, сделка название, наименование сделки, szansa sprzedaży, szansa, tytuł, transakcja,
            projekt, oferta, verkaufschance, geschäft, titel, bezeichnung, angebot, opportunité commerciale, nom de
            l'affaire, intitulé, titre, nom, libellé, título, nombre del negocio, nombre de la oportunidad, trato,
            nombre""",
        "value": """value, amount, close value, deal value, deal amount, opportunity amount, total, total value,
            total amount, amount total, deal size, price, стойност, сума, сумма, бюджет, wartość, kwota, wert,
            betrag, montant, valeur, valor, importe, monto, цена, обща стойност, стойност без ддс, размер, сумма
            сделки, цена сделки, стоимость, wartość netto, wartość szansy, cena, suma, auftragswert, angebotswert,
            umsatz, summe, preis, volumen, montant ht, montant total, prix, ca prévu, precio, importe total, valor
            total, cuantía""",
        "currency": """currency, currency code, currency iso code, deal currency code, валута, валюта, waluta,
            währung, waehrung, devise, moneda, divisa""",
        "stage": """deal stage, stage, stage name, sales stage, pipeline stage, opportunity stage, status, етап,
            этап, стадия, статус, etap, phase, étape, etapa, фаза, стадий, этап сделки, стадия сделки, фаза на
            сделката, faza, etap sprzedaży, stufe, verkaufsphase, stadium, statut, phase de vente, étape de vente,
            estado, fase, fase de venta, etapa de venta""",
        "pipeline": """pipeline, pipeline name, sales pipeline, funnel, фуния, воронка, воронка продаж, lejek,
            lejek sprzedaży, verkaufstrichter, entonnoir, embudo, embudo de ventas""",
        "contacts": _CONTACTS,
        "contact.external_id": "contact id, contact uid, contact external id, person id, associated contact id, "
        "associated contact ids, id на контакт, id контакта, id kontaktu, kontakt id",
        "contact.emails": _CONTACT_EMAIL,
        "contact.name": _CONTACT_NAME,
        "contact.phones": "contact phone, contact phone number, person phone, phone, phone number, mobile",
        "company": f"{_COMPANY_NAME}, {_CLIENT_NAME}",
        "company.external_id": "company id, company uid, company external id, organization id, organisation id, account id, "
        "associated company id, associated company ids, firm id, id на фирма, id компании, id firmy, firmen id, id empresa",
        "company.websites": _COMPANY_SITE,
        "expected_close": """expected close, expected close date, estimated close date, estimated close, expected
            closing, expected closing date, forecast close date, forecast close, target close date, очаквано
            приключване, очаквана дата, дата на очаквано приключване, прогнозна дата, очаквано затваряне, ожидаемая
            дата закрытия, предполагаемая дата закрытия, планируемая дата закрытия, przewidywane zamknięcie,
            oczekiwana data zamknięcia, planowane zamknięcie, data zamknięcia planowana, erwarteter abschluss,
            erwartetes abschlussdatum, voraussichtlicher abschluss, date de clôture prévue, clôture prévue, date
            prévisionnelle, cierre previsto, fecha de cierre prevista, fecha prevista de cierre, cierre estimado""",
        "close_date": """close date, closing date, closed date, date closed, дата на приключване, дата закрытия,
            data zamknięcia, abschlussdatum, date de clôture, fecha de cierre, дата на затваряне, затворена на, дата
            сделки, zamknięto, abschluss, abgeschlossen am, clôture, date de signature, cierre""",
        "closed_at": "closed at, closed on, actual close date, actual closing date, won time, won date, lost time",
        "probability": """probability, win probability, probability percent, close probability, chance, confidence,
            likelihood, deal probability, вероятност, вероятность, prawdopodobieństwo, wahrscheinlichkeit,
            probabilité, probabilidad, шанс, вероятность сделки, szansa procentowa, szansa %,
            abschlusswahrscheinlichkeit, chance de gain, certeza""",
        "source": """source, lead source, deal source, original source, traffic source, източник, источник, źródło,
            quelle, herkunft, origine, provenance, origen, fuente, канал, канал продаж, kanał""",
        "campaign": """campaign, campaign name, primary campaign, primary campaign source, кампания, kampania,
            kampagne, campagne, campaña""",
        "next_step": """next step, next steps, next action, следваща стъпка, следващо действие, следующий шаг,
            следующее действие, następny krok, kolejny krok, nächster schritt, naechster schritt, prochaine étape,
            prochaine action, próximo paso, siguiente paso, próxima acción""",
        "type": """type, deal type, opportunity type, тип, тип сделки, вид сделка, вид, typ, rodzaj, art, tipo,
            type d'affaire""",
        "lost_reason": """lost reason, closed lost reason, loss reason, reason lost, reason for loss, причина за
            загуба, причина отказа, причина проигрыша, powód przegranej, powód utraty, verlustgrund,
            ablehnungsgrund, raison de la perte, motif de perte, motivo de pérdida, razón de pérdida""",
        "tags": _TAGS,
        "owner": _OWNER,
        "external_id": "deal id, opportunity id, record id, id, external id, object id, uid, uuid",
        "created_at": f"{_CREATED}, engage date, open date, opened date, date opened, deal created",
    },
    "activity": {
        "type": """activity type, type, kind, interaction type, engagement type, channel, вид, тип, typ, tipo, вид
            дейност, тип дейност, дейност, тип активности, вид активности, rodzaj, typ aktywności, art,
            aktivitätsart, typ der aktivität, type d'activité, type de contact, tipo de actividad""",
        "subject": """subject, title, subject line, summary, call meeting title subject, meeting title, call title,
            task title, event name, task name, name, тема, относно, temat, betreff, objet, sujet, asunto, заглавие,
            предмет, название, заголовок, tytuł, titel, titre, intitulé, título""",
        "body": f"""body, notes description, text, content, details, message, note body, текст, съдържание,
            содержание, treść, tekst, inhalt, nachricht, texte, contenu, message envoyé, texto, contenido, mensaje,
            {_NOTE}""",
        "contacts": f"{_CONTACTS}, {_CLIENT_NAME}, related to, with, who",
        "contact.external_id": "contact id, contact uid, contact external id, person id, associated contact id, "
        "associated contact ids, id на контакт, id контакта, id kontaktu, kontakt id",
        "contact.emails": _CONTACT_EMAIL,
        "contact.name": _CONTACT_NAME,
        "contact.phones": "contact phone, contact phone number, person phone, phone, phone number, mobile",
        "company": _COMPANY_NAME,
        "company.external_id": "company id, company uid, company external id, organization id, organisation id, account id, "
        "associated company id, associated company ids, firm id, id на фирма, id компании, id firmy, firmen id, id empresa",
        "company.websites": _COMPANY_SITE,
        "deal": """deal, deal name, opportunity, opportunity name, associated deal, associated deal name, сделка,
            сделки, szansa, szansa sprzedaży, transakcja, verkaufschance, geschäft, affaire, opportunité,
            oportunidad, negocio, trato""",
        "deal.external_id": "deal id, deal uid, deal external id, opportunity id, associated deal id, associated deal ids",
        "campaign": "campaign, campaign name, кампания, kampania, kampagne, campagne, campaña",
        "at": """activity date, date, at, date time, datetime, timestamp, time, when, occurred at, start, start
            time, start date, start date time, meeting date, call date, дата, data, datum, fecha, дата и час, кога,
            час, дата и время, время, когда, data i godzina, kiedy, termin spotkania, datum und uhrzeit, zeitpunkt,
            wann, date et heure, quand, fecha y hora, cuándo""",
        "due": """due, due date, task due date, deadline, due at, срок, краен срок, срок до, срок исполнения,
            дедлайн, крайний срок, termin, termin wykonania, termin realizacji, fällig, fällig am, faellig am,
            fälligkeit, fälligkeitsdatum, frist, échéance, date d'échéance, date limite, vencimiento, fecha de
            vencimiento, fecha límite, plazo""",
        "duration": """duration, duration minutes, duration min, minutes, length, продължителност, времетраене,
            минути, длительность, продолжительность, czas trwania, minuty, dauer, dauer min, minuten, durée, durée
            min, duración, minutos""",
        "direction": "direction, call direction, email direction, посока, направление, kierunek, richtung",
        "status": """status, state, task status, activity status, статус, състояние, состояние, stan, zustand,
            statut, état, estado""",
        "outcome": """outcome, result, call outcome, meeting outcome, disposition, call result, резултат,
            результат, wynik, rezultat, ergebnis, résultat, resultado""",
        "priority": """priority, task priority, importance, приоритет, priorytet, priorität, priorité, prioridad,
            prioritaet, важност, важность, ważność, wichtigkeit, importancia""",
        "location": """location, place, where, meeting location, място, место, miejsce, ort, lieu, lugar, адрес на
            срещата, место встречи, lokalizacja, miejsce spotkania, treffpunkt, endroit, ubicación""",
        "recurrence": "recurrence, rrule, repeat, repeats",
        "remind_before": "remind before, reminder minutes",
        "tags": _TAGS,
        "owner": f"""{_OWNER}, user, logged by, потребител, изпълнител, пользователь, исполнитель, użytkownik,
            wykonawca, benutzer, mitarbeiter, utilisateur, usuario, agente""",
        "external_id": "activity id, record id, id, external id, object id, uid, uuid, engagement id, task id",
        "created_at": _CREATED,
        "done_at": """done at, completed at, completed date, completion date, completed on, date completed,
            приключено на, завършено на, дата завершения, выполнено, zakończono, data zakończenia, erledigt am,
            abgeschlossen am, terminé le, fait le, completado el, terminado el""",
    },
}

# Titles that mean one thing here and another there: what they could be.
UNCLEAR: dict[str, dict[str, str]] = {
    "contact": {
        "kontakt": "a name or a company",
        "контакт": "a name or a company",
        "client": "a name or a company",
        "klient": "a name or a company",
        "kunde": "a name or a company",
        "клиент": "a name or a company",
        "cliente": "a name or a company",
        "anniversaire": "a birthday or an anniversary",
    },
    "company": {"branche": "an industry or a branch office", "filiale": "a parent or a branch office"},
    "deal": {
        "status": "a stage, or whether it is open",
        "date": "a day of closing or of making",
        "kontakt": "a person or a company",
        "контакт": "a person or a company",
    },
    "activity": {
        "kontakt": "a person or a company",
        "контакт": "a person or a company",
        "client": "a person or a company",
        "customer": "a person or a company",
        "клиент": "a person or a company",
        "klient": "a person or a company",
        "kunde": "a person or a company",
        "cliente": "a person or a company",
    },
}
