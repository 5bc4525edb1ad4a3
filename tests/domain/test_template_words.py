"""Locales of wordings, drafts, subjects, and links that lead nowhere."""

from __future__ import annotations

import pytest

from crmcli.domain.link_syntax import link_fault
from crmcli.domain.return_addresses import read_returned, unsubscribe_link
from crmcli.domain.subject_lines import subject_faults
from crmcli.domain.template_drafts import TemplateDraft, read_locale, read_parts, read_template_name
from crmcli.domain.template_words import chosen_locale
from crmcli.errors import BadValue


@pytest.mark.parametrize(
    ("wanted", "there", "expected"),
    [
        ("bg_BG", ("", "bg", "bg_BG"), "bg_BG"),
        ("bg_BG", ("", "bg"), "bg"),
        ("bg-bg", ("bg_BG", "pl"), "bg_BG"),
        ("bg", ("", "bg_BG", "pl"), "bg_BG"),
        ("de_AT", ("", "de_DE"), "de_DE"),
        ("de_AT", ("", "de_CH", "de_DE"), ""),
        ("bg_BG", ("", "pl"), ""),
        ("bg_BG", ("pl",), "pl"),
        ("bg_BG", ("pl", "de"), None),
        ("", ("", "bg"), ""),
        ("", ("de", "pl"), None),
        ("zh_Hant_TW", ("", "zh", "zh_Hant"), "zh_Hant"),
    ],
)
def test_which_language_somebody_gets(wanted: str, there: tuple[str, ...], expected: str | None) -> None:
    assert expected == chosen_locale(wanted, there)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("bg-bg", "bg_BG"),
        ("BG", "bg"),
        ("zh-hant-tw", "zh_Hant_TW"),
        ("de_DE.UTF-8", "de_DE"),
        ("", ""),
        ("default", ""),
    ],
)
def test_locales_are_kept_in_one_spelling(text: str, expected: str) -> None:
    assert expected == read_locale(text)


@pytest.mark.parametrize("text", ["b", "english", "b1", "bg_!", "бг", "bg_BULGARIAN1"])
def test_what_is_no_locale_is_refused(text: str) -> None:
    with pytest.raises(BadValue, match="is no locale"):
        read_locale(text)


def test_parts_are_read() -> None:
    draft = read_parts(TemplateDraft(subject="  Two\r\nlines ", text="\ufeffone\r\ntwo\rthree", markdown="  \n"))
    assert TemplateDraft(subject="Two lines", text="one\ntwo\nthree", markdown="") == draft


@pytest.mark.parametrize(
    "draft",
    [
        TemplateDraft(subject="x" * 501),
        TemplateDraft(text="x" * 500_001),
        TemplateDraft(text="a\0b"),
        TemplateDraft(markdown="x", html="<p>x</p>"),
    ],
)
def test_bad_parts_are_refused(draft: TemplateDraft) -> None:
    with pytest.raises(BadValue):
        read_parts(draft)


@pytest.mark.parametrize("name", ["", " ", "tp_x", "x" * 101, "a\nb"])
def test_bad_names_are_refused(name: str) -> None:
    with pytest.raises(BadValue):
        read_template_name(name)


@pytest.mark.parametrize(
    "address",
    [
        "https://acme.com", "http://acme.com/a?b=c#d", "https://аcme.бг/път", "mailto:a@b.bg?subject=x", "tel:+35921234",
        "sms:+1555", "#offer", "https://user@acme.com:8080/x", "https://acme.com/a%20b", "https://acme.com/a(b)",
        "https://93.184.216.34/x", "https://[2606:4700::1111]/x", "https://acme.com/%7Euser",
    ],
)  # fmt: skip
def test_links_that_may_work(address: str) -> None:
    assert link_fault(address) is None


@pytest.mark.parametrize(
    ("address", "fault"),
    [
        ("", "nowhere"), ("#", "nowhere"), ("  ", "nowhere"), ("http:/x", "two slashes"), ("https:acme.com", "two slashes"),
        ("https:///acme.com", "two slashes"), ("acme.com/x", "https://"), ("/offer", "https://"), ("www.acme.com", "https://"),
        ("https://acme.com/a b", "space"), ("javascript:alert(1)", "javascript"), ("data:text/html,x", "data"),
        ("file:///etc/passwd", "file"), ("https://localhost/x", "localhost"), ("http://127.0.0.1:8000", "127.0.0.1"),
        ("https://example.com/x", "placeholder"), ("https://www.example.org", "placeholder"), ("https://acme.test", "placeholder"),
        ("https://yourdomain.com", "placeholder"), ("https://acme", "is no host"), ("https://https://acme.com", "twice"),
        ("https://acme.com/(x", "bracket"), ("https://[::1", "bracket"), ("https://acme.com:port/", "no address"),
        ("mailto:jane", "names no address"), ("tel:abc", "names no number"), ("https://acme.com/100%", "no escape"),
        ("https://", "names no host"),
    ],
)  # fmt: skip
def test_links_that_lead_nowhere(address: str, fault: str) -> None:
    assert fault in (link_fault(address) or "")


@pytest.mark.parametrize(
    ("subject", "fault"),
    [
        ("", "is empty"), ("RE: your order", "reply"), ("Fwd: news", "reply"), ("AW: Angebot", "reply"), ("Отг: оферта", "reply"),
        ("BUY NOW and SAVE BIG", "capitals"), ("КУПИ ВЕДНАГА", "capitals"), ("Great news!!!", "!!!"), ("Earn $$$", "!!!"),
        ("🎉🎉🎉 party", "emoji"), ("x" * 79, "cut it at 78"),
    ],
)  # fmt: skip
def test_subjects_that_look_like_spam(subject: str, fault: str) -> None:
    assert [True] == [fault in problem for _, problem, _ in subject_faults(subject)]


@pytest.mark.parametrize(
    "subject",
    ["News from Acme", "CRM tips", "Regarding your visit", "Пролетни новини 🌱", "新年快乐", "Save 20% today!"],
)
def test_subjects_without_fault(subject: str) -> None:
    assert [] == list(subject_faults(subject))


def test_the_link_to_leave_by() -> None:
    """A page with the token in it, or at its end, else a mail whose address is ours to read."""
    token = "a1b2c3d4e5f6a7b8"
    assert f"https://acme.com/leave/{token}" == unsubscribe_link("https://acme.com/leave/{token}", "", token)
    assert f"https://acme.com/leave?l=bg&token={token}" == unsubscribe_link("https://acme.com/leave?l=bg", "", token)
    mail = unsubscribe_link("", "news@acme.com", token)
    assert f"mailto:news+u-{token}@acme.com?subject=unsubscribe" == mail
    found = read_returned(mail.partition(":")[2].partition("?")[0])
    assert found is not None
    assert ("unsubscribe", token) == found
