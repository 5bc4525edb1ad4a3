"""Matching: names in disguise, evidence for and against, and how well doubles are found on people made up for it."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcli.domain import blocking
from crmcli.domain.company_names import firm_name
from crmcli.domain.email_folding import folded_email, is_role, registered_domain, site_domain, work_domain
from crmcli.domain.matching import DEFAULT_THRESHOLD, Score, firm_score, person_score
from crmcli.domain.nicknames import may_be_one
from crmcli.domain.profiles import KeptFirm, KeptPerson, crowds_of, firm_of, person_of
from crmcli.domain.transliteration import sound, sounds, words


def person(name: str, number: int = 1, **more: Any) -> KeptPerson:
    return KeptPerson(
        number, f"ct_{number}", name, None, None, more.pop("birthday", None), more.pop("address", None), **more
    )


def people(one: KeptPerson, other: KeptPerson, crowds: dict[str, int] | None = None) -> Score:
    return person_score(person_of(one), person_of(other), crowds or {})


def firms(one: str, other: str, **more: Any) -> Score:
    made = [firm_of(KeptFirm(n, f"co_{n}", name, None, None, None)) for n, name in ((1, one), (2, other))]
    return firm_score(made[0]._replace(**more), made[1]._replace(**more), {})


# -- names


@pytest.mark.parametrize(
    "spellings",
    [
        "Щербакова Shcherbakova Ščerbakova Shterbakova", "Цветан Tsvetan Cvetan", "Юлия Yulia Julia Iuliya",
        "Дмитрий Dmitry Dmitriy Dmitrij Dmitri", "Фёдор Федор Fyodor Fedor", "Христо Hristo Christo", "Жуков Zhukov Žukov",
        "Алексеев Alekseev Alexeyev Alexeev", "Елена Elena Yelena", "Хасан Khasan Hasan", "Müller Mueller Muller",
        "Димитър Dimitar", "Людмила Lyudmila Ludmila", "Татьяна Tatyana Tatiana", "Ковач Kovač Kovach Kowacz", "Ольга Olga",
        "Χρήστος Christos", "Ющенко Yushchenko", "Łukasz Lukasz", "Ђорђе Đorđe",
    ],
)  # fmt: skip
def test_one_name_sounds_alike_however_it_is_spelled(spellings: str) -> None:
    assert 1 == len({tuple(sounds(spelling)) for spelling in spellings.split()})


@pytest.mark.parametrize("names", ["Ivan Jana", "Петров Петрова", "Anna Ana-Maria", "Lee Li"])
def test_other_names_do_not(names: str) -> None:
    one, other = names.split()
    assert sounds(one) != sounds(other)


@given(st.text(max_size=20))
def test_any_text_has_a_sound_without_marks_and_spaces(text: str) -> None:
    assert [] == [key for key in map(sound, words(text)) if not key or " " in key]


@pytest.mark.parametrize(
    ("one", "other"),
    [("Bob", "Robert"), ("Саша", "Александр"), ("Sasha", "Александра"), ("Kasia", "Katarzyna"), ("Pepe", "José"),
     ("Гошо", "Георги"), ("Hans", "Johannes"), ("Peggy", "Margaret"), ("Миша", "Михаил"), ("Nacho", "Nacho"), ("Fritz", "Friedrich")],
)  # fmt: skip
def test_nicknames(one: str, other: str) -> None:
    first, second = sounds(one)[0], sounds(other)[0]
    assert first == second or may_be_one(first, second)


@pytest.mark.parametrize(("one", "other"), [("Bob", "Jane"), ("Иван", "Петър"), ("Maria", "Margaret")])
def test_not_nicknames(one: str, other: str) -> None:
    assert not may_be_one(sounds(one)[0], sounds(other)[0])


@pytest.mark.parametrize(
    "names",
    [
        ("ООО «Ромашка»", "Romashka Ltd.", "Ромашка, ООО", "romashka llc"),
        ("Acme GmbH & Co. KG", "ACME", "The Acme Group, Inc.", "Acme Sp. z o.o.", "Acme s.r.o.", "Acme S.A."),
        ("Жито ЕООД", "Zhito OOD", "Жито АД"),
        ("株式会社日立", "日立株式会社", "日立"),
        ("Acme Soft", "AcmeSoft Kft.", "Acme-Soft Oy"),
        ("Złoty Kłos sp. z o. o.", "Zloty Klos"),
    ],
)
def test_a_company_has_one_key_whatever_its_form(names: tuple[str, ...]) -> None:
    assert 1 == len({firm_name(name).key for name in names})


@pytest.mark.parametrize("name", ["Ltd", "S.A.", "ООО"])
def test_a_name_that_is_nothing_but_a_form_is_a_name(name: str) -> None:
    assert (True, None) == (bool(firm_name(name).key), firm_name(name).form)


# -- addresses


@pytest.mark.parametrize(
    ("address", "folded"),
    [("jane.doe+x@gmail.com", "janedoe@gmail.com"), ("jane.doe@googlemail.com", "janedoe@gmail.com"),
     ("jane.doe+x@acme.com", "jane.doe@acme.com"), ("+x@acme.com", "+x@acme.com")],
)  # fmt: skip
def test_addresses_of_one_mailbox(address: str, folded: str) -> None:
    assert folded == folded_email(address)


@pytest.mark.parametrize(
    ("host", "domain"),
    [
        ("mail.acme.co.uk", "acme.co.uk"),
        ("acme.de", "acme.de"),
        ("shop.acme.de", "acme.de"),
        ("localhost", "localhost"),
    ],
)
def test_the_part_of_a_host_that_is_owned(host: str, domain: str) -> None:
    assert domain == registered_domain(host)


def test_free_mail_and_platforms_say_nothing_of_an_employer() -> None:
    assert (None, "acme.com") == (work_domain("j@gmail.com"), work_domain("j@mail.acme.com"))
    assert ("facebook.com/acme", "acme.com") == (site_domain("facebook.com/acme"), site_domain("shop.acme.com/en"))
    assert (True, False) == (is_role("info@acme.com"), is_role("jane@acme.com"))


# -- evidence

AT_ACME = ((7, "Acme"),)


@pytest.mark.parametrize(
    ("one", "other", "reasons"),
    [
        (person("Jane Doe", companies=AT_ACME), person("Doe, Jane", companies=AT_ACME), ("same name", "same company")),
        (person("Jane Doe", emails=["j.d@gmail.com"]), person("Jane Doe", emails=["jd+a@gmail.com"]), ("same e-mail", "same name")),
        (person("Bob Smith", phones=["+4930901820"]), person("Robert Smith", phones=["+4930901820"]), ("same phone", "nickname")),
        (person("Bob Smith", phones=["+4930901820"]), person("Bob Smith", spare=["+49 30 901820"]), ("same phone", "same name")),
        (
            person("Иван Петров", companies=AT_ACME), person("Petrov Ivan", companies=AT_ACME),
            ("same name in another script", "same company"),
        ),
        (person("J. Doe", phones=["+4930901820"]), person("Jane Doe", phones=["+4930901820"]), ("same phone", "same initial")),
        (person("Jane Doe", handles=["x:jd"]), person("Jane Doe", handles=["x:jd"]), ("same handle", "same name")),
        (person("王小明", companies=AT_ACME), person("王小明", companies=AT_ACME), ("same name", "same company")),
        (person("Jane Doe", birthday="1980-02-03"), person("Jane Doe", birthday="1980-02-03"), ("same name", "same birthday")),
        (
            person("Jane Doe", address="Hauptstr. 7, Berlin"), person("Jane Doe", address="Hauptstraße 7 Berlin"),
            ("same name", "similar address"),
        ),
        (
            person("Anna Kowalska", companies=AT_ACME), person("Anna Nowak-Kowalska", companies=AT_ACME),
            ("similar name 81 %", "same company"),
        ),
        (
            person("Jane Harrington", emails=["jane@acme.com"], companies=AT_ACME),
            person("Jane Harington", companies=AT_ACME), ("similar name 96 %", "same company"),
        ),
    ],
)  # fmt: skip
def test_one_person(one: KeptPerson, other: KeptPerson, reasons: tuple[str, ...]) -> None:
    score = people(one, other)
    assert score.value >= DEFAULT_THRESHOLD
    assert reasons == score.reasons
    assert score == people(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (person("Jane Doe", phones=["+4930901820"]), person("John Doe", phones=["+4930901820"])),  # a household
        (person("Jane Doe", birthday="1980-01-01"), person("Jane Doe", birthday="1990-05-05")),
        (person("Jane Doe", companies=AT_ACME), person("Jane Doe", companies=((8, "Beta"),))),  # a namesake
        (person("Jane Doe", companies=AT_ACME), person("Joan Roe", companies=AT_ACME)),
        (person("Ivan Petrov", phones=["+4930901820"]), person("Maria Petrova", phones=["+4930901820"])),
        (person("Jane Doe", emails=["info@acme.com"]), person("John Roe", emails=["info+x@acme.com"])),
        (person("Jane Doe", emails=["jane@acme.com"]), person("Janet Doe", emails=["janet@acme.com"])),
        (person("Jane", companies=AT_ACME), person("Jane", companies=AT_ACME)),
        (person("Jane Doe", handles=["x:jd"]), person("Jane Doe", handles=["x:jane"])),
        (person("Alex Ivanov", companies=AT_ACME), person("Maria Ivanova", companies=AT_ACME)),
    ],
)
def test_two_people(one: KeptPerson, other: KeptPerson) -> None:
    assert people(one, other).value < DEFAULT_THRESHOLD


def test_a_phone_that_many_share_counts_little() -> None:
    one, other = person("J. Doe", phones=["+4930901820"]), person("Jane Doe", phones=["+4930901820"])
    assert people(one, other).value > people(one, other, {"+4930901820": 40}).value
    assert "same phone as 39 others" in people(one, other, {"+4930901820": 40}).reasons


def test_a_common_name_is_weaker() -> None:
    pair = person("Ivan Petrov", 1), person("Ivan Petrov", 2)
    crowd = crowds_of([person_of(person("Ivan Petrov", n)) for n in range(8)])
    assert people(*pair).value >= DEFAULT_THRESHOLD > people(*pair, crowd).value


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Acme", "Acme GmbH"),
        ("ООО Ромашка", "Romashka"),
        ("Acme Soft", "AcmeSoft"),
        ("Złoty Kłos", "Zloty Klos sp. z o.o."),
    ],
)
def test_one_company(one: str, other: str) -> None:
    assert firms(one, other).value >= DEFAULT_THRESHOLD


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Acme GmbH", "Acme AG"),
        ("Store 12", "Store 14"),
        ("Acme", "Acme Immobilien"),
        ("Acme", "Beta"),
        ("Acme Bau", "Acme Trade"),
    ],
)
def test_two_companies(one: str, other: str) -> None:
    assert firms(one, other).value < DEFAULT_THRESHOLD


def test_companies_of_one_domain_or_one_house() -> None:
    assert firms("Acme", "Acme Shop", domains=("acme.com",)).value >= DEFAULT_THRESHOLD
    assert firms("Acme", "Beta", phones=("+4930901820",)).value < DEFAULT_THRESHOLD
    assert firms("Acme", "Acme", parent=1).value < DEFAULT_THRESHOLD


@given(
    st.lists(
        st.sampled_from(["Jane Doe", "J. Doe", "Doe Jane", "Иван", "", "王小明", "O'Brien, Pat", "x"]),
        min_size=2,
        max_size=2,
    )
)
def test_scores_are_chances_and_symmetrical(names: list[str]) -> None:
    one, other = person(names[0] or "?"), person(names[1] or "!", 2)
    score = people(one, other)
    assert 0 <= score.value < 1
    assert score.value == people(other, one).value


# -- which pairs are compared


def test_every_pair_is_given_once_and_large_files_are_cut() -> None:
    namesakes = [person_of(person("Ivan Petrov", n, emails=[f"a{n}@x{n}.de"])) for n in range(500)]
    found = [(one.number, other.number) for one, other in blocking.people(namesakes)]
    assert len(found) == len(set(found)) < 500 * (blocking.WINDOW + 1)
    assert all(one < other for one, other in found)


@pytest.mark.parametrize(("noun", "precision", "recall"), [("contact", 0.93, 0.93), ("company", 0.95, 0.9)])
def test_doubles_are_told_from_look_alikes(noun: str, precision: float, recall: float) -> None:
    """On people and companies made up with the usual carelessness, at the threshold that is the default."""
    sys.path.insert(0, str(Path(__file__).parents[2] / "benchmarks"))
    try:
        from matching import labelled, quality, scores
    finally:
        sys.path.pop(0)
    profiles, truth = labelled(noun, 400, 3)
    found = list(scores(noun, profiles))
    right, reached, _ = quality(found, truth, DEFAULT_THRESHOLD)
    assert right >= precision
    assert reached >= recall
