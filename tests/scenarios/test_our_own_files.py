"""What one store exports another takes in, value for value."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Crm

FORMATS = ("csv", "tsv", "json", "jsonl", "xlsx", "parquet")
_OF_ITS_STORE = ("number", "created_at", "updated_at", "updated_by", "created_by")

_WORDS = [
    "NULL", "\\N", "'=x", "''=x", "=1+1", "+7", "@x", "-3", "Doe, Jane", "N23 ends with, comma", '"Bob" Smith', 'a "b"',
    "C:\\new\\table", "a\\", "\\\\x", "line\nbreak", "tab\there", "a\\\nb", "x; y", "a|b", "[1, 2]", '{"a": 1}', '"q"',
    "12.50", "true", "null", "007", "1e5", "Ж, 王", "# no", "A & B", "'quoted'", "PAR1", "#N/A!",
]  # fmt: skip
_TEXTS = st.sampled_from(_WORDS) | st.text(
    st.characters(min_codepoint=32, max_codepoint=0x2FF, exclude_categories=["Cc", "Cf", "Cs", "Zl", "Zp"]), min_size=1
).map(lambda text: f"x{text}y")
_VALUES = st.recursive(
    _TEXTS | st.booleans() | st.integers(-(10**14), 10**14) | st.sampled_from([12.5, -0.25, 1e-3, 2.0]),
    lambda inner: st.lists(inner | st.none(), max_size=3) | st.dictionaries(_TEXTS, inner | st.none(), max_size=3),
    max_leaves=5,
)
_PEOPLE = st.lists(
    st.fixed_dictionaries(
        {"name": _TEXTS.filter(lambda text: "\n" not in text)},
        optional={"title": _TEXTS, "note": _TEXTS, "address": _TEXTS, "custom": st.dictionaries(
            st.sampled_from(["num", "ok", "a.b", "two words", "NULL"]), _VALUES, max_size=3
        )},
    ),
    min_size=1,
    max_size=3,
)  # fmt: skip


def _add(crm: Crm, people: list[dict[str, Any]]) -> None:
    for person in people:
        flags = [f"--{name}={person[name]}" for name in ("title", "note", "address") if name in person]
        custom = [f"json:{key}={json.dumps(value)}" for key, value in person.get("custom", {}).items()]
        words = [word for setting in custom for word in ("--set", setting)]
        assert crm("contact", "add", *flags, *words, "--", person["name"]).code == 0


def _there(crm: Crm) -> list[dict[str, Any]]:
    """The contacts, without what belongs to their store."""
    listed = crm("contact", "list", "--format", "json", "--limit", "0").json()
    records = [{key: value for key, value in record.items() if key not in _OF_ITS_STORE} for record in listed]
    return sorted(records, key=lambda record: str(record["id"]))


@pytest.mark.parametrize("form", FORMATS)
@settings(max_examples=3, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(people=_PEOPLE)
def test_contacts_come_back_as_they_were(
    crm: Crm, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, form: str, people: list[dict[str, Any]]
) -> None:
    """Text that looks like something else is still that text, and a custom field has the kind of value that it had."""
    for name in ("a.db", "b.db"):
        for file in tmp_path.glob(f"{name}*"):
            file.unlink()
    monkeypatch.setenv("CRM_DB", str(tmp_path / "a.db"))
    _add(crm, people)
    before = _there(crm)
    file = tmp_path / f"out.{form}"
    assert crm("export", "contacts", "--output", str(file), "--force").code == 0
    again = crm("import", "contacts", str(file), "--mode", "upsert")
    assert (0, before) == (again.code, _there(crm)), again.stderr
    monkeypatch.setenv("CRM_DB", str(tmp_path / "b.db"))
    into = crm("import", "contacts", str(file))
    assert (0, before) == (into.code, _there(crm)), into.stderr


@pytest.mark.parametrize("form", FORMATS)
def test_an_export_changes_nothing_where_it_comes_from(crm: Crm, form: str) -> None:
    """All rows are unchanged, numbers and truths among them."""
    crm("contact", "add", "Jane Doe, PhD", "--email", "j@x.example", "--set", "json:num=12.50", "--set", "json:ok=true")
    crm("export", "contacts", "--output", f"v.{form}")
    report = crm("import", "contacts", f"v.{form}", "--mode", "upsert", "--report", "json").json()
    assert (0, 1) == (report["updated"], report["unchanged"])


@pytest.mark.parametrize(("file", "text", "title"), [
    ("a.json", '[{"name": "Jane", "title": "NULL"}]', "NULL"),
    ("a.jsonl", '{"name": "Jane", "title": "NULL"}\n', "NULL"),
    ("a.csv", "name,title\nJane,NULL\n", None),
])  # fmt: skip
def test_null_is_a_word_where_files_have_a_null_of_their_own(
    crm: Crm, tmp_path: Path, file: str, text: str, title: str | None
) -> None:
    """A CSV file has no other way to say that there is nothing, JSON has."""
    (tmp_path / file).write_text(text)
    crm("import", "contacts", str(tmp_path / file))
    assert title == crm("contact", "list", "--format", "json").json()[0]["title"]


def test_a_rejected_row_keeps_its_custom_fields(crm: Crm, tmp_path: Path) -> None:
    """They are in the file of rejected rows as they were in ours."""
    crm("contact", "add", "Jane", "--email", "j@x.example", "--set", "json:num=12.5")
    record = json.loads(crm("export", "contacts", "--format", "jsonl").stdout) | {"lifecycle": "", "birthday": "never"}
    (tmp_path / "v.jsonl").write_text(json.dumps(record))
    crm("import", "contacts", str(tmp_path / "v.jsonl"), "--skip-errors", "--rejects", str(tmp_path / "bad.csv"))
    assert '{""num"": 12.5}' in (tmp_path / "bad.csv").read_text()


@pytest.mark.parametrize("form", FORMATS)
def test_tasks_come_back_as_activities(crm: Crm, form: str) -> None:
    """The export of tasks is one of ours to ``import activities``."""
    crm("task", "add", "Call, Jane", "--due", "2026-12-01")
    crm("export", "tasks", "--output", f"t.{form}")
    read = crm("import", "activities", f"t.{form}", "--report", "json")
    assert "recognised our own activities and tasks" in read.stderr
    assert (0, 0) == (read.json()["created"], read.json()["updated"])


def test_importing_tasks_names_the_verb_that_does(crm: Crm) -> None:
    """It is no verb, for a task is an activity."""
    refused = crm("import", "tasks", "t.csv")
    assert (2, True) == (refused.code, "crm import activities" in refused.stderr)


def test_cards_say_what_they_have_no_place_for(crm: Crm) -> None:
    """One line with counts, and none where nothing is left out."""
    crm("contact", "add", "Jane", "--company", "A", "--company", "B", "--set", "k=v")
    crm("contact", "add", "Joe", "--set", "k=v")
    said = crm("export", "contacts", "--format", "vcard").stderr
    assert said == "cards have no place for the custom fields of 2 contacts, the second company of 1 contact\n"
    crm("contact", "add", "Jill")
    assert crm("export", "contacts", "--format", "vcard", "--filter", "name = Jill").stderr == ""


def test_parquet_of_others_is_read(crm: Crm, tmp_path: Path) -> None:
    """Numbers that pandas made fractions, decimals, days, moments to the nanosecond, objects, lists and bytes."""
    from datetime import date
    from decimal import Decimal

    import pyarrow as pa
    from pyarrow import parquet

    columns = {
        "name": pa.array(["Jane", None]),
        "email": pa.array(["j@x.example", "k@x.example"]),
        "lead_score": pa.array([7.0, float("nan")]),
        "birthday": pa.array([date(1990, 2, 3), None]),
        "seen": pa.array([1_700_000_000_123_456_789, None], pa.timestamp("ns", "UTC")),
        "worth": pa.array([Decimal("100.5000"), None], pa.decimal128(12, 4)),
        "address": pa.array([{"street": "Main St 1"}, None]),
        "tags": pa.array([["a", "b"], []]),
        "photo": pa.array([b"\xff\x00", None]),
    }
    parquet.write_table(pa.table(columns), tmp_path / "p.parquet")
    read = crm("import", "contacts", str(tmp_path / "p.parquet"))
    assert (0, True) == (read.code, "1 binary values left out" in read.stderr), read.stderr
    jane = next(one for one in crm("contact", "list", "--format", "json").json() if one["name"] == "Jane")
    assert (7, "1990-02-03", ["a", "b"]) == (jane["lead_score"], jane["birthday"], jane["tags"])
    assert ("100.5", "2023-11-14T22:13:20.123456+00:00") == (
        jane["custom_fields"]["worth"],
        jane["custom_fields"]["seen"],
    )


def test_broken_parquet_is_refused(crm: Crm, tmp_path: Path) -> None:
    """A file that was cut says so."""
    (tmp_path / "p.parquet").write_bytes(b"PAR1\x15\x04 and no more")
    refused = crm("import", "contacts", str(tmp_path / "p.parquet"))
    assert (2, True) == (refused.code, "cannot read" in refused.stderr and "as parquet" in refused.stderr)


def test_parquet_without_its_library_names_the_extra(crm: Crm, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is read when pyarrow is there."""
    (tmp_path / "p.parquet").write_bytes(b"PAR1\x15\x04")
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    refused = crm("import", "contacts", str(tmp_path / "p.parquet"))
    assert (2, True) == (refused.code, "pip install 'crmcli[parquet]'" in refused.stderr)
