"""Messages out of templates: what goes in, what can't, and what a message looks like."""

from __future__ import annotations

from datetime import UTC, date, datetime
from email.message import EmailMessage
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcli.domain.recipients import Recipient
from crmcli.domain.template_words import FILTERS, VARIABLES, Occasion, Sender
from crmcli.domain.views import TemplateView
from crmcli.errors import TemplateFailed
from crmcli.services.rendering import Links, Rendered, Renderer, Surroundings
from crmcli.services.wording.language import faults_of

if TYPE_CHECKING:
    from collections.abc import Mapping

_NOW = datetime(2026, 11, 21, tzinfo=UTC)
_LINKS = Links("https://acme.com/leave/t0k3n?a=1&b=2")
_SENDER = Sender("Maria", "maria@acme.com", "Acme", "1 Main St\nSofia", "EUR")


def wording(**parts: Any) -> TemplateView:
    usual = {
        "id": "tp_1", "number": 7, "name": "hello", "locale": "", "locales": ("",), "subject": "Hello", "preheader": None,
        "text": None, "markdown": None, "html": None, "used_by": (), "created_at": _NOW, "updated_at": _NOW,
    }  # fmt: skip
    return TemplateView(**{**usual, **parts})


def person(**facts: Any) -> Recipient:
    usual = {
        "number": 1, "id": "ct_1", "name": "Jane Doe", "given_name": "Jane", "family_name": "Doe", "prefix": "", "title": "CEO",
        "email": "jane@x.com", "company": "X Ltd", "locale": "", "timezone": "", "custom": {},
    }  # fmt: skip
    return Recipient(**{**usual, **facts})


def renderer(*views: TemplateView, subject: str | None = None) -> Renderer:
    around = Surroundings(
        _SENDER, Occasion("Spring", "SPR", "leads", date(2026, 3, 1)), frozenset({"plan", "two words"}),
        lambda: date(2026, 11, 21),
    )  # fmt: skip
    return Renderer("hello", views, around, subject)


def rendered(source: str, part: str = "text", custom: Mapping[str, object] | None = None, **facts: Any) -> Rendered:
    return renderer(wording(**{part: source})).render(person(custom=custom or {}, **facts), _LINKS)


def text(source: str, **facts: Any) -> str:
    return rendered(source, **facts).text


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("{{ contact.name }}, {{ contact.title }} at {{ contact.company }}", "Jane Doe, CEO at X Ltd"),
        ("{{ contact | greeting }}", "Dear Jane"),
        ("{{ contact | greeting('formal') }}", "Dear Jane Doe"),
        ("{{ sender.name }} {{ sender.email }} {{ sender.company }}", "Maria maria@acme.com Acme"),
        ("{{ campaign.name }} {{ campaign.starts_on | date('short') }} {{ campaign.ends_on }}", "Spring 01/03/2026 "),
        ("{{ unsubscribe_url }}", "https://acme.com/leave/t0k3n?a=1&b=2"),
        ("{{ today }} {{ today | date }}", "2026-11-21 21 November 2026"),
        ("{{ 1200.5 | money }} {{ 3 | money('USD') }}", "€1,200.50 US$3.00"),
        ("{{ 12000.5 | number }} {{ 2.345 | round(1) }} {{ 2.5 | round }}", "12,000.5 2.3 2"),
        ("{{ contact.custom.plan | default('none') }}", "none"),
        ("{{ contact.custom['two words'] | default('none') }}", "none"),
        ("{% if contact.company %}yes{% else %}no{% endif %}", "yes"),
        ("{% for each in range(3) %}{{ loop.index }}{% endfor %}", "123"),
        (
            "{{ contact.name | upper }} {{ 'a b' | title }} {{ 'abcdefgh' | truncate(5, true, '…', 0) }}",
            "JANE DOE A B abcd…",
        ),
        ("{{ contact.email | urlencode }} {{ [1, 2] | join('-') }} {{ 'ab' | first }}", "jane%40x.com 1-2 a"),
        ("{{ 7 // 2 + 1 }} {{ 'a' ~ 1 }} {{ 1 if contact.title else 2 }}", "4 a1 1"),
        ("{% raw %}{{ x }}{% endraw %}", "{{ x }}"),
        ("{% if contact.company == 'X Ltd' and 'CE' in contact.title %}ok{% endif %}", "ok"),
        ("a\n{% if contact.company %}\nb\n{% endif %}\nc\n", "a\nb\nc\n"),
    ],
)
def test_what_a_template_can_say(source: str, expected: str) -> None:
    assert [] == faults_of(source, {"plan", "two words"})
    assert expected == text(source)


@pytest.mark.parametrize(
    ("locale", "expected"),
    [
        ("bg_BG", "Здравейте, Jane 21 ноември 2026 г. 1 200,50 €"),
        ("de_DE", "Hallo Jane 21. November 2026 1.200,50 €"),
        ("xx_XX", "Dear Jane 21 November 2026 €1,200.50"),
    ],
)
def test_greeting_date_and_money_by_locale(locale: str, expected: str) -> None:
    """As the person's country writes them; a locale that nobody knows is taken for English."""
    source = "{{ contact | greeting }} {{ today | date }} {{ 1200.5 | money }}"
    assert expected == text(source, locale=locale).replace("\xa0", " ").replace("\u202f", " ")


@pytest.mark.parametrize(
    "source",
    [
        "{{ contact.__class__ }}", "{{ contact['__class__'] }}", "{{ contact.name.__class__ }}", "{{ ''.__class__.__mro__ }}",
        "{{ contact | attr('held') }}", "{{ contact.held }}", "{{ contact.custom.__init__ }}", "{{ contact.custom.held }}",
        "{{ '%s' % contact }}", "{{ '%999999d' % 1 }}", "{{ '{0.__class__}'.format(contact) }}", "{{ '{}' | format(contact) }}",
        "{{ contact.name.format() }}", "{{ range.__globals__ }}", "{{ lipsum.__globals__ }}", "{{ cycler }}", "{{ self }}",
        "{{ self.__init__ }}", "{{ namespace() }}", "{{ joiner() }}", "{{ dict(a=1) }}", "{% import 'os' as os %}",
        "{% include '/etc/passwd' %}", "{% extends 'x' %}", "{% from 'x' import y %}", "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
        "{% set x = contact %}{{ x }}", "{% call x() %}{% endcall %}", "{% filter upper %}x{% endfilter %}",
        "{% with x = 1 %}{{ x }}{% endwith %}", "{% block b %}{% endblock %}", "{% autoescape false %}x{% endautoescape %}",
        "{{ contact.name | safe }}", "{{ contact.name | map('upper') }}", "{{ [contact] | map(attribute='__class__') | list }}",
        "{{ [contact] | join(',', attribute='__class__') }}", "{{ [contact] | join }}", "{{ contact ~ '' }}", "{{ contact | upper }}",
        "{{ contact }}", "{{ contact.custom }}", "{{ _locale }}", "{{ _budget }}", "{{ contact.name[0:2] }}",
        "{% for a in range(2) recursive %}{{ loop(range(2)) }}{% endfor %}", "{{ loop }}",
        "{% for a in range(1) %}{{ loop.__class__ }}{% endfor %}", "{% for a in range(1) %}{{ loop['_iterable'] }}{% endfor %}",
        "{{ 'a' * 1000000000 }}", "{{ 9 ** 9 ** 9 }}", "{{ 1 | round(999999999, 'ceil') }}", "{{ range(10**9) }}",
        "{% for a in range(100000) %}{{ a }}{% endfor %}", "{{ {'a': 1} }}",
        "{% for a in range(999) %}{% for b in range(999) %}{% for c in range(999) %}{% endfor %}{% endfor %}{% endfor %}",
        "{% for a in range(3) %}" * 4 + "{% endfor %}" * 4,
        "{{ (1).bit_length() }}", "{{ contact.email.encode().__len__() }}", "{{ ''['__class__'] }}", "{{ contact|greeting('rude') }}",
        "{{ 'x' | money }}", "{{ 'x' | date }}", "{{ 1e500 | number }}", "{{ nobody }}", "{{ contact.nobody.knows }}",
        "{{ contact.custom.nobody }}", "{{ 1 / 0 }}",
    ],
)  # fmt: skip
def test_no_way_out(source: str) -> None:
    """Nothing behind the documented values is reached, and nothing runs without end: the person is skipped with a reason."""
    with pytest.raises(TemplateFailed) as failed:
        rendered(source)
    assert failed.value.reason
    assert " object at 0x" not in failed.value.message


def test_brackets_in_brackets_are_refused_and_not_followed() -> None:
    for source in ("{{ " + "(" * 5000 + "1" + ")" * 5000 + " }}", "{% if 1 %}" * 500 + "{% endif %}" * 500):
        with pytest.raises(TemplateFailed):
            rendered(source)


def test_what_grows_too_long_is_refused() -> None:
    source = "{% for a in range(1000) %}" + "x" * 2000 + "{% endfor %}"
    with pytest.raises(TemplateFailed, match="grows beyond"):
        rendered(source)


@given(st.text(alphabet="{}%#|.()[]'\" \nacontctnamefril_", max_size=80))
def test_no_source_breaks_anything_but_itself(source: str) -> None:
    """Whatever is written, it is rendered or the template failed."""
    for part in ("text", "markdown", "html"):
        try:
            rendered(source, part)
        except TemplateFailed as failed:
            assert failed.reason  # noqa: PT017 - either way is right


@given(st.text(max_size=60))
def test_no_value_gets_out_of_its_place(name: str) -> None:
    """A subject is one line that a header can hold; in HTML a value is text."""
    view = wording(
        subject="Hi {{ contact.name }}", html="<p title='{{ contact.name }}'>[{{ contact.name }}]</p>", text="x"
    )
    made = renderer(view).render(person(name=name), _LINKS)
    assert 1 == len(made.subject.splitlines())
    message = EmailMessage()
    message["Subject"] = made.subject.encode("utf-8", "replace").decode()
    assert made.html is not None
    inside = made.html.partition("[")[2].rpartition("]")[0]
    assert not {"<", ">"} & set(inside)
    assert 1 == made.html.count("<p ")


def test_a_name_adds_no_header() -> None:
    made = renderer(wording(subject="Hi {{ contact.name }}", text="x")).render(
        person(name="Jane\r\nBcc: all@x.com\x85\u2028X"), _LINKS
    )
    assert "Hi Jane Bcc: all@x.com X" == made.subject


def test_a_value_is_no_markdown_and_no_html() -> None:
    name = "*x* [a](https://evil.com) <b>y</b> {{ contact.email }}"
    made = rendered("Hi {{ contact.name }}\n", "markdown", name=name)
    assert made.html is not None
    assert "Hi *x* [a](https://evil.com) &lt;b&gt;y&lt;/b&gt; {{ contact.email }}" in made.html
    assert f"Hi {name}" in made.text


@pytest.mark.parametrize("part", ["markdown", "html"])
@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("javascript:alert(1)", "#"), ("JaVa\nScript:alert(1)", "#"), ("data:text/html,<script>", "#"), ("vbscript:x", "#"),
        ("https://acme.com/a?b=c&d=e", "https://acme.com/a?b=c&amp;d=e"), ("mailto:a@b.com", "mailto:a@b.com"), ("/path:x", "/path:x"),
    ],
)  # fmt: skip
def test_a_link_from_data_runs_nothing(part: str, address: str, expected: str) -> None:
    source = {"markdown": "[x]({{ contact.custom.plan }})", "html": '<a href="{{ contact.custom.plan }}">x</a>'}[part]
    made = rendered(source, part, {"plan": address})
    assert made.html is not None
    assert f'href="{expected}"' in made.html


_LETTER = """# {{ contact | greeting }}

{% if contact.company %}
Greetings to {{ contact.company }}.
{% else %}
No company.
{% endif %}

{% for each in range(2) %}
- point {{ each }}
{% endfor %}

| a | b |
|---|---|
| {{ today | date }} | {{ 5 | money("EUR") }} |

Read [this](https://acme.com/a?b={{ contact.email | urlencode }}), <{{ campaign.objective }}>. <script>alert(1)</script>

![a chart](https://acme.com/c.png)
"""


def test_markdown_makes_a_page_for_mail_programs() -> None:
    """Tables no wider than 600 pixels, styles inlined, rules for the dark kept, the sender's address and the way out."""
    view = wording(markdown=_LETTER, preheader="For {{ contact.given_name }}")
    made = renderer(view).render(person(company=""), _LINKS)
    html = made.html or ""
    for expected in (
        "max-width: 600px", "@media (prefers-color-scheme: dark)", 'role="presentation"', "No company.", "1 Main St\nSofia",
        '<a href="https://acme.com/leave/t0k3n?a=1&amp;b=2"', ">Unsubscribe</a>", "display:none", "For Jane",
        '<a href="https://acme.com/a?b=jane%40x.com" style="', '<img src="https://acme.com/c.png" alt="a chart" style="',
        "&lt;script&gt;alert(1)&lt;/script&gt;", '<h1 style="', "<li>point 1</li>", "€5.00",
    ):  # fmt: skip
        assert expected in html
    assert "jzw" not in html
    assert "{%" not in html
    assert "Greetings" not in html
    assert "<p></p>" not in html


def test_a_text_is_always_there() -> None:
    """Made from the Markdown, with its links, its footer, and no holes where nothing was said."""
    made = rendered(_LETTER, "markdown", company="")
    assert (
        "Dear Jane\n\nNo company.\n\n- point 0\n\n- point 1\n\na   b\n21 November 2026   €5.00\n\n"
        "Read this <https://acme.com/a?b=jane%40x.com>, leads <leads>. <script>alert(1)</script>\n\na chart\n\n---\n\n"
        "Acme\n\n1 Main St\nSofia\n\nUnsubscribe <https://acme.com/leave/t0k3n?a=1&b=2>\n"
    ) == made.text


def test_a_text_of_its_own_is_left_as_it_is() -> None:
    made = renderer(wording(text="a\n\n\n\nb  \n", markdown="c")).render(person(), _LINKS)
    assert "a\n\n\n\nb  \n" == made.text


def test_html_of_ones_own_is_inlined_and_else_as_it_was() -> None:
    """Conditions may stand between rows of a table, comments for Outlook stay, nothing is fetched."""
    source = """<!DOCTYPE html><html><head><style>p { color: red } @media (max-width: 1px) { p { color: blue } }</style>
<link rel="stylesheet" href="file:///etc/passwd"><title>{{ campaign.name }}</title></head><body>
<!--[if mso]>{{ contact.given_name }}<![endif]-->
<table>{% for each in range(2) %}<tr><td {% if each %}class="x"{% endif %}>{{ each }}</td></tr>{% endfor %}</table>
<p>{{ contact.company | default("x > y") }}</p><a href='{{ unsubscribe_url }}'>out</a></body></html>"""
    html = rendered(source, "html", company="").html or ""
    assert '<p style="color: red;">x &gt; y</p>' in html
    assert "<!--[if mso]>Jane<![endif]-->" in html
    assert 2 == html.count("<tr>")
    assert html.index("<table>") < html.index("<tr>") < html.index("</table>")
    assert "@media" in html
    assert "<title>Spring</title>" in html
    assert "root:" not in html


def test_a_preheader_stands_first_in_html_of_ones_own() -> None:
    view = wording(html="<html><body class='x'><p>Hi</p></body></html>", preheader="Look {{ contact.name }}")
    html = renderer(view).render(person(name="<b>"), _LINKS).html or ""
    assert html.index("Look &lt;b&gt;") < html.index("<p>Hi")


def test_links_are_counted_when_that_is_wanted() -> None:
    """All but the one to unsubscribe; the picture stands at the end."""
    links = _LINKS._replace(tracked=lambda url: f"https://t.acme.com/?u={url}", pixel="https://t.acme.com/p?a=1&b=2")
    made = renderer(wording(markdown="[x](https://acme.com/a?b=1&c=2)")).render(person(), links)
    html = made.html or ""
    assert '<a href="https://t.acme.com/?u=https://acme.com/a?b=1&amp;c=2"' in html
    assert '<a href="https://acme.com/leave/t0k3n?a=1&amp;b=2"' in html
    assert '<img src="https://t.acme.com/p?a=1&amp;b=2" width="1" height="1" alt="" style="border:0"></body>' in html


def test_the_wording_is_the_persons_own() -> None:
    every = [wording(text="Hello", number=1), wording(text="Здравей", locale="bg", number=2)]
    found = [renderer(*every).render(person(locale=locale), _LINKS) for locale in ("bg_BG", "bg", "pl_PL", "")]
    assert [("Здравей", "bg", 2)] * 2 + [("Hello", "", 1)] * 2 == [
        (each.text, each.locale, each.template) for each in found
    ]


def test_without_a_wording_for_somebody_that_one_fails_alone() -> None:
    each = renderer(wording(text="a", locale="bg"), wording(text="b", locale="pl"))
    assert "b" == each.render(person(locale="pl_PL"), _LINKS).text
    with pytest.raises(TemplateFailed, match="no wording for de_DE, and none for everybody else"):
        each.render(person(locale="de_DE"), _LINKS)


def test_a_broken_language_breaks_no_other() -> None:
    each = renderer(wording(text="{% if %}", locale="bg"), wording(text="fine"))
    assert "fine" == each.render(person(locale="de"), _LINKS).text
    for _ in range(2):
        with pytest.raises(TemplateFailed, match=r"line 1"):
            each.render(person(locale="bg"), _LINKS)


def test_an_unknown_name_fails_only_where_it_is_needed() -> None:
    """At sending, somebody whom the branch does not concern gets the message."""
    each = renderer(wording(text="{% if contact.company %}{{ contact.nam }}{% else %}ok{% endif %}"))
    assert "ok" == each.render(person(company=""), _LINKS).text
    with pytest.raises(TemplateFailed, match=r"there is no contact\.nam"):
        each.render(person(), _LINKS)


def test_a_variant_has_a_subject_of_its_own() -> None:
    made = renderer(wording(text="x"), subject="B: {{ contact.given_name }}").render(person(), _LINKS)
    assert "B: Jane" == made.subject


def test_every_documented_word_works() -> None:
    """No variable or filter is told of that there is not, and each variable is known without fault."""
    for word in VARIABLES:
        source = "{{ " + word.name.replace("KEY", "plan") + " }}"
        assert [] == faults_of(source, {"plan"})
        rendered(source)
    operands = {"greeting": "contact", "date": "today", "money": "5", "number": "5", "round": "5", "int": "5"}
    for word in FILTERS:
        rendered("{{ " + operands.get(word.name, "'ab'") + f" | {word.name}" + " }}")
