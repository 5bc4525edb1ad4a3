"""How well duplicates are told from look-alikes, and how fast: people and companies whose doubles are known.

Half of the records have a double that was entered carelessly: a letter mistyped, the names in the other order, another
script, a nickname, an initial, an address left out, a new employer. The other half have look-alikes that are somebody else:
a household with one phone, a namesake at another company, colleagues of one family name, a subsidiary. The threshold that
``crm dupes`` has unless told otherwise is the one with the best mean F1 of both nouns.
"""
# ruff: noqa: RUF001 - names in many scripts are what this is about

from __future__ import annotations

import argparse
import csv
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from crmcli.domain import blocking
from crmcli.domain.matching import DEFAULT_THRESHOLD, firm_score, person_score
from crmcli.domain.profiles import KeptFirm, KeptPerson, crowds_of, firm_of, person_of
from crmcli.domain.text import fold

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

Truth = set[tuple[int, int]]

# Given names with how else the same person is called: nicknames and other scripts.
GIVEN = (
    ("Robert", "Bob", "Роберт"), ("William", "Bill", "Уильям"),
    ("Katherine", "Kate", "Катерина"), ("Michael", "Mike", "Михаил"),
    ("Aleksandr", "Sasha", "Александр"), ("Ekaterina", "Katya", "Екатерина"), ("Dmitri", "Dima", "Дмитрий"),
    ("Maria", "Masha", "Мария"),
    ("Georgi", "Gosho", "Георги"), ("Ivan", "Vanyo", "Иван"), ("Elena", "Lena", "Елена"), ("Stoyan", "Stoyan", "Стоян"),
    ("Katarzyna", "Kasia", "Катажина"), ("Małgorzata", "Gosia", "Малгожата"), ("Łukasz", "Łukasz", "Лукаш"),
    ("Krzysztof", "Krzys", "Кшиштоф"),
    ("Johannes", "Hans", "Йоханнес"), ("Jürgen", "Jürgen", "Юрген"), ("Friedrich", "Fritz", "Фридрих"),
    ("Ursula", "Uschi", "Урсула"),
    ("José", "Pepe", "Хосе"), ("Francisco", "Paco", "Франсиско"), ("Isabel", "Isabel", "Исабел"),
    ("Carmen", "Carmen", "Кармен"),
    ("Jean", "Jean", "Жан"), ("Élodie", "Élodie", "Елоди"), ("Thomas", "Tom", "Томас"),
    ("Margaret", "Peggy", "Маргарет"),
    ("Yulia", "Yulka", "Юлия"), ("Natalia", "Natasha", "Наталия"), ("Hristo", "Itso", "Христо"),
    ("Tsvetan", "Tsvetan", "Цветан"),
)  # fmt: skip
FAMILY = (
    ("Shcherbakov", "Щербаков"), ("Zhukov", "Жуков"), ("Petrov", "Петров"), ("Georgiev", "Георгиев"),
    ("Hadzhiev", "Хаджиев"),
    ("Tsvetkov", "Цветков"), ("Yordanov", "Йорданов"), ("Kowalczyk", "Ковалчик"), ("Wiśniewski", "Вишневски"),
    ("Zieliński", "Зелински"),
    ("Müller", "Мюллер"), ("Schröder", "Шрьодер"), ("Schneider", "Шнайдер"), ("Großmann", "Гросман"),
    ("García", "Гарсия"),
    ("Fernández", "Фернандес"), ("Martínez", "Мартинес"), ("Lefèvre", "Лефевр"), ("Dubois", "Дюбоа"),
    ("Moreau", "Моро"),
    ("Johnson", "Джонсън"), ("Harrington", "Харингтън"), ("Thompson", "Томпсън"), ("O'Brien", "О'Брайън"),
    ("Novák", "Новак"),
    ("Todorov", "Тодоров"), ("Nikolaev", "Николаев"), ("Lyubimov", "Любимов"), ("Chernyshev", "Чернышев"),
    ("Papadopoulos", "Пападопулос"),
    ("Haddad", "Хадад"), ("Lindqvist", "Линдквист"), ("Berglund", "Берглунд"), ("Rossi", "Роси"),
    ("Esposito", "Еспозито"),
    ("van der Berg", "ван дер Берг"), ("Karlsson", "Карлсон"), ("Oliveira", "Оливейра"), ("Szabó", "Сабо"),
    ("Horváth", "Хорват"),
)  # fmt: skip
# Enough family names that most people have few namesakes, as in life.
FAMILY += tuple(
    (f"{root}{middle}{end}", f"{written}{within}{last}")
    for root, written in (
        ("Bor", "Бор"), ("Kal", "Кал"), ("Mir", "Мир"), ("Stan", "Стан"), ("Vel", "Вел"), ("Grud", "Груд"),
        ("Lisz", "Лиш"), ("Tur", "Тур"), ("Zab", "Заб"), ("Pech", "Печ"), ("Dom", "Дом"), ("Rakh", "Рах"),
        ("Shum", "Шум"), ("Ost", "Ост"),
    )
    for middle, within in (
        ("an", "ан"), ("el", "ел"), ("ich", "ич"), ("od", "од"), ("ur", "ур"), ("esh", "еш"), ("om", "ом"),
        ("ak", "ак"), ("il", "ил"),
    )
    for end, last in (
        ("ov", "ов"), ("enko", "енко"), ("ski", "ски"), ("er", "ер"), ("ez", "ез"), ("son", "сон"),
        ("idis", "идис"), ("iev", "иев"),
    )
)  # fmt: skip
FIRM = (
    "Acme", "Northwind", "Zhito", "Romashka", "Balkan Mlechni", "Złoty Kłos", "Siemer Antriebe", "Kraftwerk Süd", "Boulangerie Martin",
    "Panadería Sol", "Blue Harbor", "Silver Oak", "Contoso", "Fabrikam", "Globex", "Initech", "Umbrella Foods", "Stark Metall",
    "Wayne Logistik", "Tsvetna Gradina", "Severstroy", "Yugtrans", "Chistota", "Nova Kniga", "Stara Zagora Beton", "Dunav Soft",
)  # fmt: skip
KIND = (
    "Systems",
    "Trade",
    "Consulting",
    "Foods",
    "Bau",
    "Energy",
    "Media",
    "Pharma",
    "Textil",
    "Transport",
    "Labs",
    "Print",
)
FORMS = (
    ("Ltd", "Limited"),
    ("GmbH", "G.m.b.H."),
    ("ООД", "OOD"),
    ("Sp. z o.o.", "sp. z o. o."),
    ("SARL", "S.A.R.L."),
    ("ООО", "OOO"),
    ("Inc.", "Inc"),
)
MAIL = ("gmail.com", "abv.bg", "wp.pl", "web.de", "yahoo.com", "mail.ru")
STREETS = ("ul. Vitosha", "Main Street", "Hauptstraße", "rue de la Paix", "Calle Mayor", "ul. Długa", "бул. България")


class People:
    """People, doubled and surrounded by look-alikes, and which pairs are one."""

    def __init__(self, seed: int) -> None:
        self.dice = random.Random(seed)  # noqa: S311 - a benchmark, not a secret
        self.kept: list[KeptPerson] = []
        self.doubles: Truth = set()

    def build(self, count: int) -> None:
        """So many people; of each two one has a double, the other a look-alike."""
        for place in range(count):
            person = self._person()
            self._add(person)
            self._double(person) if place % 2 else self._look_alike(person)

    def _add(self, person: KeptPerson) -> int:
        self.kept.append(person._replace(number=len(self.kept) + 1, uid=f"ct_{len(self.kept) + 1:026}"))
        return len(self.kept)

    def _person(self) -> KeptPerson:
        given, family = self.dice.choice(GIVEN)[0], self.dice.choice(FAMILY)[0]
        firm = self._firm()
        domain = f"firm{firm}.example"
        local = f"{fold(given)}.{fold(family).replace(' ', '').replace(chr(39), '')}"
        emails = [f"{local}@{domain}"] if self._often(0.6) else []
        if self._often(0.3):
            emails.append(f"{fold(given)}{self.dice.randrange(10_000)}@{self.dice.choice(MAIL)}")
        return KeptPerson(
            0, "", f"{given} {family}", given, family,
            self._birthday(50, 99) if self._often(0.3) else None,
            f"{self.dice.choice(STREETS)} {self.dice.randrange(1, 200)}" if self._often(0.3) else None,
            emails, [self._phone()] if self._often(0.5) else [],
            [f"linkedin:{local}{self.dice.randrange(999)}"] if self._often(0.2) else [],
            [(firm, f"Firm {firm}")] if self._often(0.7) else [],
        )  # fmt: skip

    def _birthday(self, first: int, after: int) -> str:
        return f"19{self.dice.randrange(first, after)}-{self.dice.randrange(1, 13):02}-{self.dice.randrange(1, 29):02}"

    def _firm(self) -> int:
        return self.dice.randrange(1, 4000)

    def _phone(self) -> str:
        return f"+35988{self.dice.randrange(10**7):07}"

    def _often(self, share: float) -> bool:
        return self.dice.random() < share

    # -- the same person, entered again

    def _double(self, person: KeptPerson) -> None:
        one = len(self.kept)
        self.doubles.add((one, self._add(self._careless(person))))

    def _careless(self, person: KeptPerson) -> KeptPerson:
        """Another spelling, and less or other knowledge; something that ties the two is always left."""
        given, family = self._spelled(str(person.given), str(person.family))
        name = f"{family} {given}" if self._often(0.15) else f"{given} {family}"
        emails, phones = self._other_addresses(person)
        double = person._replace(
            name=name, given=None, family=None, emails=emails, phones=phones,
            birthday=person.birthday if self._often(0.5) else None,
            address=self._reworded(person.address) if self._often(0.6) else None,
            handles=person.handles if self._often(0.5) else (),
            companies=person.companies if self._often(0.7) else (),
        )  # fmt: skip
        return double if _is_tied(person, double) else double._replace(phones=[*phones, self._shared_phone(person)])

    def _shared_phone(self, person: KeptPerson) -> str:
        if not person.phones:
            phone = self._phone()
            self.kept[-1] = self.kept[-1]._replace(phones=[phone])
            return phone
        return person.phones[0]

    def _spelled(self, given: str, family: str) -> tuple[str, str]:
        forms = next(forms for forms in GIVEN if forms[0] == given)
        scripts = next(scripts for scripts in FAMILY if scripts[0] == family)
        match self.dice.choices(("same", "plain", "slip", "nickname", "script", "initial"), (30, 15, 20, 12, 13, 10))[
            0
        ]:
            case "plain":
                return fold(given).title(), fold(family).title()
            case "slip":
                return (given, self._slip(family)) if self._often(0.6) else (self._slip(given), family)
            case "nickname":
                return forms[1], family
            case "script":
                return forms[2], scripts[1]
            case "initial":
                return f"{given[0]}.", family
            case _:
                return given, family

    def _slip(self, word: str) -> str:
        at = self.dice.randrange(1, len(word) - 1)
        match self.dice.randrange(4):
            case 0:
                return word[:at] + word[at + 1 :]
            case 1:
                return word[:at] + word[at] + word[at:]
            case 2:
                return word[:at] + word[at + 1 : at + 2] + word[at] + word[at + 2 :]
            case _:
                return word[:at] + self.dice.choice("aeioulnrst") + word[at + 1 :]

    def _other_addresses(self, person: KeptPerson) -> tuple[list[str], list[str]]:
        """No e-mail or phone can be entered twice as it is: a tag in it, another one, or kept as it came."""
        emails = []
        for email in person.emails:
            local, _, domain = email.partition("@")
            match self.dice.randrange(4):
                case 0:
                    emails.append(f"{local}+crm@{domain}")
                case 1:
                    emails.append(f"{local[0]}.{local.partition('.')[2] or local}@{domain}")
                case 2:
                    emails.append(f"{local}@{self.dice.choice(MAIL)}")
        return emails, list(person.phones) if self._often(0.5) else [self._phone()] if self._often(0.2) else []

    def _reworded(self, address: str | None) -> str | None:
        return address and address.replace("Street", "St").replace("straße", "strasse").replace("ul. ", "ul ")

    # -- somebody else

    def _look_alike(self, person: KeptPerson) -> None:
        other = self._person()
        while other.given == person.given or other.family == person.family:
            other = self._person()
        match self.dice.randrange(5):
            case 0:  # a household: one family name, one phone, one address
                found = other._replace(
                    family=person.family,
                    name=f"{other.given} {person.family}",
                    phones=person.phones,
                    address=person.address,
                )
            case 1:  # a namesake elsewhere
                company = [(self._firm(), "Elsewhere")]
                self.kept[-1] = self.kept[-1]._replace(companies=person.companies or [(9001, "Here")])
                found = other._replace(given=person.given, family=person.family, name=person.name, companies=company)
            case 2:  # colleagues of one family name
                found = other._replace(
                    family=person.family, name=f"{other.given} {person.family}", companies=person.companies
                )
            case 3:  # colleagues of one given name, on one switchboard
                found = other._replace(
                    given=person.given,
                    name=f"{person.given} {other.family}",
                    companies=person.companies,
                    phones=person.phones,
                )
            case _:  # father and child: one name, one home, two birthdays
                self.kept[-1] = self.kept[-1]._replace(birthday=self._birthday(40, 60))
                found = other._replace(
                    given=person.given,
                    family=person.family,
                    name=person.name,
                    address=person.address,
                    birthday=self._birthday(70, 99),
                )
        if (
            found.given == person.given
            and found.family == person.family
            and not (found.birthday and self.kept[-1].birthday)
            and found.companies == person.companies
        ):
            return  # which would be the same person after all
        self._add(found)


def _is_tied(one: KeptPerson, other: KeptPerson) -> bool:
    """Whether anything but the name says that two records are one."""
    mailboxes = {email.partition("@")[0].partition("+")[0] for email in one.emails}
    same_mail = any(email.partition("@")[0].partition("+")[0] in mailboxes for email in other.emails)
    same = (
        set(one.phones) & set(other.phones),
        set(one.companies) & set(other.companies),
        set(one.handles) & set(other.handles),
    )
    return same_mail or any(same) or bool(one.birthday and one.birthday == other.birthday)


class Firms:
    """Companies, doubled and surrounded by look-alikes, and which pairs are one."""

    def __init__(self, seed: int) -> None:
        self.dice = random.Random(seed)  # noqa: S311
        self.kept: list[KeptFirm] = []
        self.doubles: Truth = set()

    def build(self, count: int) -> None:
        """So many companies; of each two one has a double, the other a look-alike."""
        for place in range(count):
            firm = self._firm(place)
            one = self._add(firm)
            if place % 2:
                self.doubles.add((one, self._add(self._careless(firm))))
            else:
                self._add(self._look_alike(firm, one))

    def _add(self, firm: KeptFirm) -> int:
        self.kept.append(firm._replace(number=len(self.kept) + 1, uid=f"co_{len(self.kept) + 1:026}"))
        return len(self.kept)

    def _firm(self, place: int) -> KeptFirm:
        core = f"{FIRM[place % len(FIRM)]} {KIND[(place // len(FIRM)) % len(KIND)]}"
        if place >= len(FIRM) * len(KIND):
            core += f" {self.dice.choice(FAMILY)[0]}"
        form = self.dice.choice(FORMS)[0]
        sites = [f"{fold(core).replace(' ', '')}.example"] if self.dice.random() < 0.5 else []
        phones = [f"+3592{self.dice.randrange(10**7):07}"] if self.dice.random() < 0.5 else []
        address = f"{self.dice.choice(STREETS)} {self.dice.randrange(1, 200)}" if self.dice.random() < 0.4 else None
        return KeptFirm(
            0, "", f"{core} {form}", self.dice.choice(("BG", "DE", "PL", None)), address, None, sites, phones
        )

    def _careless(self, firm: KeptFirm) -> KeptFirm:
        core, form = self._parted(firm.name)
        match self.dice.randrange(6):
            case 0:
                name = core
            case 1:
                name = f"{core} {next(other for one, other in FORMS if one == form)}"
            case 2:
                name = f"{self._slip(core)} {form}"
            case 3:
                name = f"{core.replace(' ', '')} {form}"
            case 4:
                name = core.upper()
            case _:
                name = fold(core).title()
        sites = (
            [site.replace(".example", ".test") for site in firm.websites]
            if self.dice.random() < 0.5
            else [f"{site}/en" for site in firm.websites]
        )
        return firm._replace(
            name=name,
            websites=sites if self.dice.random() < 0.7 else (),
            phones=firm.phones if self.dice.random() < 0.6 else (),
            country=firm.country if self.dice.random() < 0.6 else None,
            address=firm.address if self.dice.random() < 0.6 else None,
        )

    def _slip(self, core: str) -> str:
        at = self.dice.randrange(1, len(core) - 1)
        return core[:at] + core[at + 1 :]

    def _look_alike(self, firm: KeptFirm, parent: int) -> KeptFirm:
        core, form = self._parted(firm.name)
        match self.dice.randrange(4):
            case 0:  # another trade of the same first name
                return firm._replace(name=f"{core.rpartition(' ')[0]} Immobilien {form}", websites=(), phones=())
            case 1:  # a subsidiary
                return firm._replace(name=f"{core} Service {form}", parent=parent, websites=())
            case 2:  # a branch with a number
                return firm._replace(name=f"{core} {self.dice.randrange(2, 90)}", websites=(), phones=())
            case _:  # one building, one switchboard
                return self._firm(self.dice.randrange(len(FIRM) * len(KIND), 10**6))._replace(
                    phones=firm.phones, address=firm.address
                )

    def _parted(self, name: str) -> tuple[str, str]:
        form = next(form for form, _ in FORMS if name.endswith(f" {form}"))
        return name.removesuffix(f" {form}"), form


def labelled(noun: str, count: int, seed: int) -> tuple[list[Any], Truth]:
    """The profiles of so many records with their doubles and look-alikes, and the pairs that are one."""
    made: People | Firms = People(seed) if noun == "contact" else Firms(seed)
    made.build(count)
    profile: Callable[[Any], Any] = person_of if noun == "contact" else firm_of
    return [profile(kept) for kept in made.kept], made.doubles


def scores(noun: str, profiles: list[Any]) -> Iterator[tuple[int, int, float]]:
    """Number, number and score of every pair that is compared."""
    crowds = crowds_of(profiles)
    pairs, compare = (blocking.people, person_score) if noun == "contact" else (blocking.firms, firm_score)
    for one, other in pairs(profiles):  # type: ignore[operator]
        yield one.number, other.number, compare(one, other, crowds).value  # type: ignore[operator]


def quality(found: list[tuple[int, int, float]], truth: Truth, threshold: float) -> tuple[float, float, float]:
    """Precision, recall and their harmonic mean at a threshold."""
    chosen = {(one, other) for one, other, score in found if score >= threshold}
    right = len(chosen & truth)
    precision = right / len(chosen) if chosen else 1.0
    recall = right / len(truth)
    return precision, recall, 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def timed_store(count: int, seed: int) -> None:
    """A store of so many people filled by import, and how long ``crm dupes`` takes over it."""
    made = People(seed)
    made.build(count // 2)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "people.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(("Name", "Email", "Phone", "Company", "Birthday", "Address"))
            for kept in made.kept:
                firm = kept.companies[0][1] if kept.companies else ""
                writer.writerow(
                    (kept.name, ";".join(kept.emails), ";".join(kept.phones), firm, kept.birthday, kept.address)
                )
        crm = str(Path(sys.executable).with_name("crm"))
        environment = {**os.environ, "CRM_DB": str(Path(folder) / "crm.db")}
        subprocess.run(
            [crm, "--quiet", "import", "contacts", str(path)], check=True, env=environment, stdout=subprocess.DEVNULL
        )
        start = time.perf_counter()
        done = subprocess.run(
            [crm, "dupes", "--type", "contact"], check=True, env=environment, capture_output=True, text=True
        )
        seconds = time.perf_counter() - start
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    pairs = len(done.stdout.splitlines()) - 1
    sys.stdout.write(
        f"crm dupes over {len(made.kept):,} people: {pairs:,} pairs in {seconds:.1f} s, peak {peak:.0f} MB (import included)\n"
    )


def main() -> None:
    """Print quality at several thresholds, then what was compared and how long it took."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--records", type=int, default=5000)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument(
        "--store", type=int, default=100_000, help="people in the store that crm dupes is timed over; 0 for none"
    )
    options = parser.parse_args()
    for noun in ("contact", "company"):
        profiles, truth = labelled(noun, options.records, options.seed)
        start = time.perf_counter()
        found = list(scores(noun, profiles))
        seconds = time.perf_counter() - start
        reached = len({(one, other) for one, other, _ in found} & truth) / len(truth)
        sys.stdout.write(
            f"{noun}: {len(profiles):,} records, {len(truth):,} doubles; {len(found):,} pairs compared in {seconds:.1f} s,"
        )
        sys.stdout.write(f" {reached:.1%} of the doubles among them\n  threshold  precision  recall      F1\n")
        for threshold in (0.5, 0.6, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95, 0.98):
            figures = quality(found, truth, threshold)
            mark = "  default" if threshold == DEFAULT_THRESHOLD else ""
            sys.stdout.write(f"  {threshold:9.2f}  {figures[0]:9.3f}  {figures[1]:6.3f}  {figures[2]:6.3f}{mark}\n")
    if options.store:
        timed_store(options.store, options.seed)
    sys.stdout.write(
        f"peak memory of this process {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB\n"
    )


if __name__ == "__main__":
    main()
