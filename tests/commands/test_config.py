"""`crm config`: what is in force and why, what may be set where, and what a stranger's file may not do."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from crmcli.config import SETTINGS

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.conftest import Result

    Crm = Callable[..., Result]


@pytest.fixture
def own(home: Path) -> Path:
    """The user's own file, its folder made."""
    file = home / ".config" / "crmcli" / "crm.toml"
    file.parent.mkdir(parents=True)
    return file


def _origin(crm: Crm, name: str, *flags: str) -> tuple[object, str]:
    rows = crm(*flags, "config", "show", "--format", "json").json()
    return next((row["value"], row["origin"]) for row in rows if row["name"] == name)


def test_every_setting_is_shown_with_its_origin(crm: Crm) -> None:
    """In the order in which they are documented."""
    rows = crm("config", "show", "--format", "json").json()
    assert [setting.name for setting in SETTINGS] == [row["name"] for row in rows]
    assert all(row["about"] and row["origin"] for row in rows)


def test_a_nearer_word_counts_for_more(crm: Crm, own: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Flag, environment, nearest file, own file, default."""
    monkeypatch.chdir(tmp_path)
    assert (None, "default") == _origin(crm, "user")
    own.write_text('user = "own"\n')
    assert ("own", str(own)) == _origin(crm, "user")
    near = tmp_path / "crm.toml"
    near.write_text('user = "near"\n')
    assert ("near", str(near)) == _origin(crm, "user")
    monkeypatch.setenv("CRM_USER", "variable")
    assert ("variable", "CRM_USER") == _origin(crm, "user")
    assert ("flag", "--as") == _origin(crm, "user", "--as", "flag")
    crm("--as", "flag", "contact", "add", "Ewa")
    crm("contact", "add", "Ola")
    assert ["flag", "variable"] == [
        c["created_by"] for c in crm("contact", "list", "--sort", "number", "--format", "json").json()
    ]


def test_the_nearest_file_is_the_only_one_on_the_way_up(
    crm: Crm, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One farther up is not read."""
    deep = tmp_path / "a" / "b"
    deep.mkdir(parents=True)
    (tmp_path / "crm.toml").write_text('user = "far"\n[defaults]\ncurrency = "USD"\n')
    (tmp_path / "a" / "crm.toml").write_text('user = "near"\n')
    monkeypatch.chdir(deep)
    assert ("near", str(tmp_path / "a" / "crm.toml")) == _origin(crm, "user")
    assert ("EUR", "default") == _origin(crm, "defaults.currency")


def test_a_named_file_is_read_in_place_of_the_others(crm: Crm, own: Path, tmp_path: Path) -> None:
    """And it must be there."""
    own.write_text('user = "own"\n[defaults]\ncurrency = "USD"\n')
    named = tmp_path / "other.toml"
    named.write_text('[defaults]\ncurrency = "PLN"\n')
    assert ("PLN", str(named)) == _origin(crm, "defaults.currency", "--config", str(named))
    assert (None, "default") == _origin(crm, "user", "--config", str(named))
    found = crm("--config", str(tmp_path / "none.toml"), "config", "show")
    assert (2, "") == (found.code, found.stdout)
    assert "no configuration file" in found.stderr


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        ("user = 5\n", 1, "user must be text, not 5"),
        ("\n[defaults]\nlocale = 'bg'\ncurrency = true\n", 4, "defaults.currency must be text, not True"),
        ("[defaults]\ncurrency = 'XXY'\n", 2, "is not an ISO 4217 currency"),
        ("defaults.format = 'xml'\n", 1, "defaults.format must be one of table, tsv"),
        ("[store]\n# how long\ntimeout = 'long'\n", 3, "store.timeout must be a number, not 'long'"),
        ("[pipeline]\nstages = 'lead, won'\n", 2, "pipeline.stages must be a list of texts"),
        ("[pipeline]\nwon_stage = 'won'\nstages = [1]\n", 3, "pipeline.stages must be a list of texts"),
        ("[defaults]\ntimezone = 'Mars/Olympus'\n", 2, "no such value 'Mars/Olympus'"),
        ("\n[reports]\nfiscal_year_start = 13\n", 3, "reports.fiscal_year_start: must be a month, 1 to 12, not 13"),
        ('[keys]\n"record.log" = ["i", "l"]\n', 2, '(try: "record.log" = "i,l")'),
        ("[other]\ncurrency = 'x'\n[defaults]\ncurrency = 5\n", 4, "defaults.currency must be text"),
    ],
)
def test_a_wrong_type_names_file_and_line(crm: Crm, own: Path, text: str, line: int, reason: str) -> None:
    """Exit 2, before anything is done."""
    own.write_text(text)
    found = crm("contact", "add", "Ewa")
    assert (2, "") == (found.code, found.stdout)
    (said,) = found.stderr.splitlines()
    assert f"{own}:{line}: " in said
    assert reason in said


@pytest.mark.parametrize("text", ["user = \n", "[defaults\n", "\x00"])
def test_what_is_no_toml_is_an_error_naming_the_file(crm: Crm, own: Path, text: str) -> None:
    """With the place, as far as it is known."""
    own.write_text(text)
    found = crm("config", "show")
    assert (2, "", 1) == (found.code, found.stdout, len(found.stderr.splitlines()))
    assert f"{own}: " in found.stderr


def test_an_unknown_setting_is_a_warning_with_the_nearest_name(crm: Crm, own: Path) -> None:
    """The rest of the file counts."""
    own.write_text('[defaults]\ncurency = "PLN"\nformat = "json"\n')
    found = crm("contact", "list")
    assert (0, "[]\n") == (found.code, found.stdout)
    assert f"crm: warning: {own}: unknown setting defaults.curency (did you mean defaults.currency?)\n" == found.stderr


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [("defaults.currency", "pln", "PLN"), ("store.timeout", "2.5", "2.5"), ("pipeline.stages", "lead, won,lost", "lead, won, lost"),
     ("hooks.post-contact-add", "notify 'a b'", "notify 'a b'"), ("user", "Łucja", "Łucja")],
)  # fmt: skip
def test_what_is_set_is_what_one_gets(crm: Crm, own: Path, name: str, value: str, said: str) -> None:
    """In the user's own file unless told otherwise."""
    assert (0, "", f"set {name} in {own}\n") == crm("config", "set", name, value)
    got = crm("config", "get", name)
    assert (0, said.lower(), "") == (got.code, got.stdout.strip().lower(), got.stderr)
    assert str(own) == crm("config", "get", name, "--format", "json").json()["origin"]


def test_setting_keeps_the_rest_of_the_file(crm: Crm, own: Path) -> None:
    """Comments, order and a link to the file elsewhere."""
    kept = own.parent / "dotfiles.toml"
    kept.write_text('# mine\nuser = "maria"  # me\n\n[defaults]\ncurrency = "EUR"\n')
    own.symlink_to(kept)
    assert 0 == crm("config", "set", "defaults.currency", "PLN").code
    assert '# mine\nuser = "maria"  # me\n\n[defaults]\ncurrency = "PLN"\n' == kept.read_text()
    assert own.is_symlink()


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("set", "defaults.curency", "PLN"), 3, "no setting defaults.curency (did you mean defaults.currency?)"),
        (("get", "nonsense.at.all"), 3, "no setting nonsense.at.all"),
        (("set", "defaults.currency", "XXY"), 2, "defaults.currency: "),
        (("set", "store.timeout", "soon"), 2, "store.timeout: must be a number, not 'soon'"),
        (("set", "defaults.format", "xml"), 2, "defaults.format: must be one of"),
        (("set", "user", "x", "--user", "--here"), 2, "give --user or --here, not both"),
        (("set", "reports.fiscal_year_start", "13"), 2, "reports.fiscal_year_start: must be a month, 1 to 12, not 13"),
        (("set", "reports.fiscal_year_start", "0"), 2, "1 to 12, not 0"),
        (("trust", "none.toml"), 3, "no file none.toml"),
        (("trust",), 3, "no crm.toml from here up"),
        (("untrust", "none.toml"), 3, "none.toml was not trusted"),
    ],
)
def test_what_can_not_be_set_is_refused(crm: Crm, own: Path, words: tuple[str, ...], code: int, said: str) -> None:
    """Nothing is written."""
    found = crm("config", *words)
    assert (code, "") == (found.code, found.stdout)
    assert said in found.stderr
    assert not own.exists()


def test_a_file_here_is_set_when_asked_for(crm: Crm, own: Path, tmp_path: Path) -> None:
    """And says when it counts only once trusted."""
    assert 0 == crm("config", "set", "user", "ola", "--here").code
    assert 'user = "ola"\n' == (tmp_path / "crm.toml").read_text()
    found = crm("config", "set", "hooks.post-deal-add", "true", "--here")
    assert "hooks.post-deal-add counts only when" in found.stderr
    assert not own.exists()


def test_a_trusted_file_stays_trusted_when_its_owner_sets_something(crm: Crm, tmp_path: Path) -> None:
    """The change is the user's own."""
    crm("config", "set", "hooks.post-deal-add", "true", "--here")
    crm("config", "trust")
    assert "counts only" not in crm("config", "set", "hooks.pre-deal-add", "true", "--here").stderr
    assert ("true", str(tmp_path / "crm.toml")) == _origin(crm, "hooks.pre-deal-add")


@pytest.mark.parametrize(
    ("text", "name"),
    [('[store]\npath = "stolen.db"\n', "store.path"), ('[store]\nurl = "postgresql://evil/x"\n', "store.url"),
     ('[smtp]\nhost = "evil.example.org"\n', "smtp.host"), ('[hooks]\npre-deal-rm = "rm -rf x"\n', "hooks.pre-deal-rm")],
)  # fmt: skip
def test_a_strangers_file_can_not_run_or_reach_anything(
    crm: Crm, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, name: str
) -> None:
    """It is ignored with a warning until this very content is trusted."""
    file = tmp_path / "crm.toml"
    file.write_text(text)
    monkeypatch.delenv("CRM_DB")
    below = tmp_path / "below"
    below.mkdir()
    monkeypatch.chdir(below)
    assert (None, "default") == _origin(crm, name)
    assert f"{file} is not trusted, so {name} is ignored (try: crm config trust)" in crm("config", "path").stderr
    trusted = crm("config", "trust")
    assert (0, f"trusted {file}: {name}\n") == (trusted.code, trusted.stderr.splitlines(keepends=True)[-1])
    assert str(file) == _origin(crm, name)[1]
    assert [str(file)] == crm("config", "trust", "--list").lines
    file.write_text(text + "# and more\n")
    assert (None, "default") == _origin(crm, name)
    assert [f"{file} (changed since: no longer trusted)"] == crm("config", "trust", "--list").lines
    crm("config", "trust")
    assert str(file) == _origin(crm, name)[1]
    assert 0 == crm("config", "untrust").code
    assert (None, "default") == _origin(crm, name)


def test_trust_is_for_a_place_as_well_as_a_content(crm: Crm, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same words in another folder are someone else's."""
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "crm.toml").write_text('[smtp]\nhost = "mail"\n')
    crm("config", "trust", str(tmp_path / "one" / "crm.toml"))
    monkeypatch.chdir(tmp_path / "two")
    assert (None, "default") == _origin(crm, "smtp.host")


def test_the_path_is_the_users_own(crm: Crm, home: Path, tmp_path: Path) -> None:
    """Whether it is there or not; what else counts here goes to stderr."""
    path = home / ".config" / "crmcli" / "crm.toml"
    assert (0, f"{path}\n", "") == crm("config", "path")
    (tmp_path / "crm.toml").write_text('user = "x"\n')
    assert f"in force here as well: {tmp_path}/crm.toml (not trusted)\n" == crm("config", "path").stderr


def test_a_password_is_not_shown(crm: Crm, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither in the settings nor in an error."""
    monkeypatch.setenv("CRM_DB", "postgresql://maria:s3cret@127.0.0.1:1/crm")
    monkeypatch.setenv("CRM_TIMEOUT", "1")
    for words in (("config", "show"), ("contact", "list"), ("store", "info")):
        found = crm(*words)
        assert "s3cret" not in found.stdout + found.stderr
    assert "postgresql://maria@127.0.0.1:1/crm" in crm("config", "show").stdout


def test_the_currency_and_country_in_force_are_used(crm: Crm, own: Path) -> None:
    """Settings are not only shown."""
    own.write_text('[defaults]\ncurrency = "PLN"\n[phone]\ndefault_country = "PL"\n')
    crm("deal", "add", "Big", "--value", "5k")
    crm("contact", "add", "Ewa", "--phone", "601 234 567")
    assert "PLN" == crm("deal", "show", "Big", "--format", "json").json()["currency"]
    assert ["+48 601 234 567"] == crm("contact", "show", "Ewa", "--format", "json").json()["phones"]


def test_a_new_store_starts_with_the_stages_that_are_set(crm: Crm, own: Path) -> None:
    """Once; a store that is there keeps its own."""
    own.write_text('[pipeline]\nstages = ["cold", "warm", "sold", "gone"]\nwon_stage = "sold"\nlost_stage = "gone"\n')
    crm("deal", "add", "Big")
    kinds = [(row["stage"], row["kind"]) for row in crm("pipeline", "list", "--format", "json").json()]
    assert [("cold", "open"), ("warm", "open"), ("sold", "won"), ("gone", "lost")] == kinds


@pytest.mark.parametrize(
    ("variable", "name", "written", "kept"),
    [
        ("CRM_CURRENCY", "defaults.currency", "usd", "USD"),
        ("CRM_DEFAULT_COUNTRY", "phone.default_country", "bg", "BG"),
    ],
)
def test_codes_are_kept_in_capitals_wherever_they_come_from(
    crm: Crm, own: Path, monkeypatch: pytest.MonkeyPatch, variable: str, name: str, written: str, kept: str
) -> None:
    """From a file, by set, and from the environment."""
    group, _, key = name.partition(".")
    own.write_text(f'[{group}]\n{key} = "{written}"\n')
    assert [kept] == crm("config", "get", name).lines
    crm("config", "set", name, written)
    assert f'{key} = "{kept}"' in own.read_text()
    own.unlink()
    monkeypatch.setenv(variable, written)
    assert (kept, variable) == _origin(crm, name)


@pytest.mark.parametrize("value", ["new, won ,lost", '["new","won", "lost"]', "['new', 'won', 'lost']"])
def test_stages_are_set_as_words_or_as_a_list(crm: Crm, value: str) -> None:
    """As TOML and JSON write one."""
    assert 0 == crm("config", "set", "pipeline.stages", value).code
    assert ["new, won, lost"] == crm("config", "get", "pipeline.stages").lines


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ('["new"', "a list of texts"),
        ("[1]", "a list of texts"),
        ("[]", "names no stage"),
        ('new,"won"', "1 to 100 characters"),
        ("x" * 101, "1 to 100 characters"),
        ('["a,b"]', "no comma"),
        ("new,won,New", "names the stage New twice"),
    ],
)
def test_stages_that_could_not_be_are_refused(crm: Crm, own: Path, value: str, reason: str) -> None:
    """Exit 2, and nothing is written."""
    refused = crm("config", "set", "pipeline.stages", value)
    assert (2, "", False) == (refused.code, refused.stdout, own.exists())
    assert reason in refused.stderr


def test_hooks_that_are_not_set_take_one_line_on_a_terminal(crm: Crm, own: Path) -> None:
    """Machines get every one of them."""
    own.write_text('[hooks]\npost-deal-add = "true"\n')
    shown = [line.split()[0] for line in crm("config", "show", tty=True).lines if line.startswith("hooks.")]
    assert ["hooks.*", "hooks.post-deal-add"] == shown
    assert len(SETTINGS) + 1 == len(crm("config", "show", "--format", "tsv").lines)


def test_an_unknown_column_lists_those_there_are(crm: Crm) -> None:
    """In the order in which they are documented."""
    refused = crm("config", "show", "--fields", "bogus")
    assert (2, "") == (refused.code, refused.stdout)
    assert "name, value, origin, about" in refused.stderr


def test_a_kind_of_store_there_is_not(crm: Crm) -> None:
    """Is told by its scheme, never with its password; nothing is made of it."""
    refused = crm("--store", "mysql://ann:secret@host/db", "contact", "list")
    assert (2, "") == (refused.code, refused.stdout)
    assert "unknown kind of store mysql:// (try: a file, or postgresql://…)" in refused.stderr
    assert "secret" not in refused.stderr
    shown = crm("--store", "mysql://ann:secret@host/db", "config", "show")
    assert (0, False) == (shown.code, "secret" in shown.stdout)


def test_a_file_is_not_called_untrusted_by_the_command_that_trusts_it(
    crm: Callable[..., Result], tmp_path: Path
) -> None:
    """Before that, what is ignored is named, one or several."""
    file = tmp_path / "crm.toml"
    file.write_text("[hooks]\npre-deal-add = 'x'\n")
    assert "pre-deal-add is ignored" in crm("contact", "list").stderr
    file.write_text("[hooks]\npre-deal-add = 'x'\npost-deal-add = 'x'\n")
    assert "post-deal-add are ignored" in crm("contact", "list").stderr
    assert "not trusted" not in crm("config", "trust").stderr
    assert "" == crm("contact", "list").stderr
