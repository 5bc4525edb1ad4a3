"""``crm sql``: any question, the same answer on both engines, and nothing that could write."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.conftest import Result

    Crm = Callable[..., Result]


def test_a_question_over_the_views(crm_on: Crm) -> None:
    """Views have readable names, money in major units, and only live records."""
    crm_on("company", "add", "Acme", "--website", "acme.com")
    crm_on(
        "contact",
        "add",
        "Łukasz Żak",
        "--email",
        "l@zak.pl",
        "--email",
        "z@zak.pl",
        "--company",
        "Acme",
        "--tag",
        "vip",
    )
    crm_on("deal", "add", "Big", "--value", "1500 EUR", "--company", "Acme", "--contact", "l@zak.pl")
    crm_on("deal", "add", "Yen", "--value", "1500 JPY", "--stage", "won")
    crm_on("deal", "add", "Gone", "--value", "1 EUR")
    crm_on("deal", "rm", "Gone")
    found = crm_on(
        "sql",
        "select title, value, currency, stage, stage_kind, company from v_deal order by title",
        "--format",
        "json",
    )
    assert [
        {"title": "Big", "value": 1500.0, "currency": "EUR", "stage": "lead", "stage_kind": "open", "company": "Acme"},
        {"title": "Yen", "value": 1500.0, "currency": "JPY", "stage": "won", "stage_kind": "won", "company": None},
    ] == found.json()
    found = crm_on("sql", "select name, email, emails, companies, tags from v_contact", "--format", "csv")
    assert (
        'name,email,emails,companies,tags\nŁukasz Żak,l@zak.pl,"l@zak.pl, z@zak.pl",Acme,vip\n'
        == found.stdout.replace("\r", "")
    )


def test_the_line_of_the_manual(crm_on: Crm) -> None:
    """Counting by stage answers as CSV."""
    crm_on("deal", "add", "A")
    crm_on("deal", "add", "B")
    found = crm_on("sql", "select stage, count(*) as n from v_deal group by 1", "--format", "csv")
    assert (0, "stage,n\nlead,2\n") == (found.code, found.stdout.replace("\r", ""))


@pytest.mark.parametrize("name", ["v_contact", "v_company", "v_deal", "v_activity", "v_contact_email", "v_contact_phone",
    "v_contact_company", "v_deal_contact", "v_activity_contact", "v_stage_change", "v_stage", "v_tag", "v_history"])  # fmt: skip
def test_every_view_answers_with_its_columns(crm_on: Crm, name: str) -> None:
    """The columns are those that the list of views tells."""
    crm_on("contact", "add", "Jane", "--email", "j@x.com", "--company", "X", "--tag", "t")
    crm_on("log", "call", "hi", "--contact", "j@x.com")
    listed = {row["view"]: row["columns"] for row in crm_on("sql", "--format", "json").json()}
    found = crm_on("sql", f"select * from {name}", "--format", "csv")
    assert listed[name].replace(", ", ",") == found.lines[0]


@pytest.mark.parametrize(
    "statement",
    [
        "delete from contact",
        "update contact set name = 'x'",
        "with gone as (delete from contact returning *) select * from gone",
        "with x as (select 1) delete from contact",
        "select 1; delete from contact",
        "begin; delete from contact; commit",
        "drop view v_contact",
        "create table t (a int)",
        "attach database 'other.db' as o",
        "pragma query_only = off",
        "vacuum into 'copy.db'",
        "/* select */ insert into tag (name, key) values ('a', 'a')",
        "explain delete from contact",
        "select set_config('transaction_read_only', 'off', false)",
        "select nextval('contact_id_seq')",
        "select load_extension('x')",
        "select writefile('x.csv', 'y')",
        "copy contact to 'x.csv'",
    ],
)
def test_nothing_can_be_written(crm_on: Crm, statement: str) -> None:
    """Whatever the statement: an error of 2 or 5, and the store as it was."""
    crm_on("contact", "add", "Jane", "--tag", "t")
    before = crm_on("sql", "select * from v_contact", "--format", "json").stdout
    assert crm_on("sql", statement).code in (2, 5)
    assert before == crm_on("sql", "select * from v_contact", "--format", "json").stdout
    assert "n\n1\n" == crm_on("sql", "select count(*) as n from v_tag").stdout


def test_a_read_only_transaction_cannot_be_left(crm_on: Crm, store_url: str) -> None:
    """Not even by the setting that made it."""
    crm_on("contact", "add", "Jane")
    if store_url.startswith("postgresql"):
        found = crm_on("sql", "select set_config('transaction_read_only', 'off', true), nextval('contact_id_seq')")
        assert found.code in (2, 5)


def test_time_is_limited(crm_on: Crm) -> None:
    """A question without end is given up."""
    crm_on("contact", "add", "Jane")
    endless = "with recursive n(i) as (select 1 union all select i + 1 from n) select count(*) from n"
    found = crm_on("sql", endless, "--timeout", "0.2s")
    assert (5, "crm: error: the answer was not there after 0.2 s (try: --timeout 5m)\n") == (
        found.code,
        found.stderr,
    )


@pytest.mark.parametrize("statement", ["select", "select nothing from v_contact", "select * from nowhere", "", "  ; "])
def test_what_cannot_be_read_says_why(crm_on: Crm, statement: str) -> None:
    """The engine's words, exit 2."""
    crm_on("contact", "add", "Jane")
    found = crm_on("sql", statement)
    if "select" == statement and not found.code:
        return  # PostgreSQL answers it with a row of nothing
    assert (2, True) == (found.code, found.stderr.startswith("crm: error: sql: "))


@pytest.mark.parametrize(
    ("statement", "hint"),
    [
        ("select * from v_dael", "try: v_deal? crm sql lists the views"),
        ("select nam from v_contact", "try: name? crm sql lists the views"),
        ("selec 1", "try: select …"),
    ],
)
def test_a_slip_is_answered_with_the_nearest(crm_on: Crm, statement: str, hint: str) -> None:
    """As in filters; and nothing was answered before."""
    crm_on("contact", "add", "Jane")
    found = crm_on("sql", statement)
    assert (2, "", True) == (found.code, found.stdout, hint in found.stderr)


@pytest.mark.parametrize(
    "call",
    ["pg_read_file('/etc/passwd')", "\"pg_ls_dir\"('/')", "pg_terminate_backend/* */(1)", "pg_reload_conf --\n()",
     "set_config('role', 'none', true)", "U&\"pg\\005fls_dir\"('/')", "query_to_xml('select 1', true, true, '')",
     "lo_import('/etc/passwd')"],
)  # fmt: skip
def test_nothing_acts_on_the_server(crm_on: Crm, call: str) -> None:
    """Not even for the server's own keeper."""
    crm_on("contact", "add", "Jane")
    found = crm_on("sql", f"select {call}")
    assert (found.code, found.stdout) in ((2, ""), (5, ""))


def test_an_answer_has_bounds(crm: Crm) -> None:
    """One value can't take all memory."""
    crm("contact", "add", "Jane")
    assert 2 == crm("sql", "select zeroblob(900000000)").code
    assert 5_000_000 > len(crm("sql", "select printf('%900000000d', 1)").stdout)


def test_columns_of_one_name_are_told_apart(crm_on: Crm) -> None:
    """JSON has each key once."""
    crm_on("contact", "add", "Jane")
    assert [{"a": 1, "a_2": 2}] == crm_on("sql", "select 1 as a, 2 as a", "--format", "json").json()


def test_no_store_is_an_empty_one(crm: Crm) -> None:
    """Nothing is answered and nothing is made."""
    found = crm("sql", "select * from v_contact", "--format", "json")
    assert (0, []) == (found.code, found.json())
