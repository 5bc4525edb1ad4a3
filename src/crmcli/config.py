"""Settings: what can be set, where it is read from, and which files are trusted to run or reach anything.

flag > environment > nearest ``crm.toml`` > user's file > default.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from crmcli.domain.frozen import NamedTuple
from crmcli.domain.text import nearest
from crmcli.errors import BadValue, ConfigError, NotFound
from crmcli.paths import config_folder, data_folder, make_private, state_folder

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

FILE = "crm.toml"
DEFAULT_STAGES = ("lead", "qualified", "proposal", "negotiation", "won", "lost")
_EVENTS = ("add", "edit", "rm")
HOOKS = (
    *(f"{when}-{noun}-{event}" for when in ("pre", "post") for noun in ("contact", "company", "deal", "activity", "task")
      for event in _EVENTS),
    "pre-deal-stage-change", "post-deal-stage-change", "post-reminder",
)  # fmt: skip


class Setting(NamedTuple):
    """One setting: its dotted name, type, default and meaning; a guarded one counts only in a trusted file."""

    name: str
    type: type
    default: object
    about: str
    guarded: bool = False
    choices: tuple[str, ...] = ()


SETTINGS: tuple[Setting, ...] = (
    Setting("user", str, None, "who acts; default: the login name"),
    Setting("store.path", str, None, "SQLite file; default: crm.db in the user's data folder", guarded=True),
    Setting("store.url", str, None, "postgresql://… in place of a file", guarded=True),
    Setting("store.timeout", float, 10.0, "seconds to wait for another writer", guarded=True),
    Setting("defaults.format", str, None, "output format in place of table (terminal) and tsv (pipe)",
            choices=("table", "tsv", "csv", "json", "jsonl", "yaml", "markdown", "ids")),
    Setting("defaults.currency", str, "EUR", "currency of amounts that name none"),
    Setting("defaults.locale", str, None, "how dates and money look on a terminal, as bg_BG"),
    Setting("defaults.timezone", str, None, "IANA zone, as Europe/Sofia; default: the machine's"),
    Setting("phone.default_country", str, None, "country of phone numbers without a country code, as BG"),
    Setting("phone.display", str, "international", "how phone numbers are shown",
            choices=("international", "national", "e164")),
    Setting("pipeline.stages", list, list(DEFAULT_STAGES), "stages a new store starts with"),
    Setting("pipeline.won_stage", str, "won", "which of them is won"),
    Setting("pipeline.lost_stage", str, "lost", "which of them is lost"),
    *(Setting(f"hooks.{hook}", str, None, "command; the record comes as JSON on stdin", guarded=True) for hook in HOOKS),
    Setting("mail.addresses", list, [], "your own e-mail addresses: what is from one of them was sent by you"),
    Setting("smtp.host", str, None, "mail server", guarded=True),
    Setting("smtp.port", int, None, "its port", guarded=True),
    Setting("smtp.security", str, None, "none, starttls or tls", guarded=True, choices=("none", "starttls", "tls")),
    Setting("smtp.user", str, None, "login; the password comes from CRM_SMTP_PASSWORD or the keyring", guarded=True),
    Setting("smtp.from", str, None, "sender's address, as Acme <news@acme.com>", guarded=True),
    Setting("smtp.reply_to", str, None, "where answers go; default: to the sender", guarded=True),
    Setting("smtp.return_path", str, None,
            "address that returns mail, also for news+anything@acme.com; default: the sender's", guarded=True),
    Setting("smtp.timeout", float, 60.0, "seconds to wait for the mail server", guarded=True),
    Setting("smtp.max_messages", int, 500, "messages on one connection to it", guarded=True),
    Setting("dkim.key_file", str, None, "private key to sign messages with (pip install 'crmcli[dkim]')", guarded=True),
    Setting("dkim.selector", str, None, "its selector: the key is at SELECTOR._domainkey.DOMAIN", guarded=True),
    Setting("dkim.domain", str, None, "the domain that signs", guarded=True),
    Setting("marketing.require_consent", bool, default=False, about="send only to people who agreed to it"),
    Setting("marketing.frequency_cap", str, None,
            "messages to one person at most, of all campaigns that say nothing else, as 2/7d"),
    Setting("marketing.batch_pause", int, 10, "minutes between two batches of messages"),
    Setting("marketing.tracking_url", str, None,
            "page that counts and forwards: links become URL/c/TOKEN?u=…, a picture URL/o/TOKEN.gif is added",
            guarded=True),
    Setting("marketing.company", str, None, "your company's name, in the footer of messages"),
    Setting("marketing.address", str, None, "its postal address there"),
    Setting("marketing.unsubscribe_url", str, None,
            "page to leave the list by, as https://acme.com/leave/{token}; default: a mail", guarded=True),
    Setting("marketing.confirm_url", str, None,
            "page to confirm consent by, as https://acme.com/yes/{token}; crm consent request prints its link", guarded=True),
    Setting("marketing.returns", str, None,
            "where returned mail lies, for crm campaign collect: a box, or imap://USER@HOST/FOLDER", guarded=True),
    Setting("reminders.mail", bool, default=False,
            about="crm run due mails reminders to owners whose login is an e-mail address", guarded=True),
    Setting("warehouse.path", str, None, "DuckDB file of crm warehouse; default: beside the store's file, or in the data folder",
            guarded=True),
    Setting("reports.fiscal_year_start", int, 1,
            "month in which fiscal years begin (FY2026, this fiscal quarter); one is named after the year it ends in"),
    Setting("tui.screen", str, "board", "the screen that crm tui opens",
            choices=("today", "board", "contacts", "companies", "deals", "activity", "campaigns", "reports", "history")),
    Setting("tui.theme", str, None, "theme of the screens in place of the one chosen there last"),
    Setting("tui.plain", bool, default=False, about="screens without frames, colours and motion, for screen readers"),
)  # fmt: skip
_BY_NAME = {setting.name: setting for setting in SETTINGS}
ACCOUNTS = "smtp.accounts."  # [smtp.accounts.NAME] holds what another account has of its own
KEYS = "keys."  # [keys] holds one setting for each action of the screens, which know them


class Origin(NamedTuple):
    """A value and where it came from: ``default``, a file's path, or the environment variable or flag."""

    value: Any
    source: str


class Settings:
    """The settings in force, with the origin of each; ``warnings`` are for stderr."""

    def __init__(self, values: Mapping[str, Origin], warnings: tuple[str, ...], named: Path | None) -> None:
        self._values = values
        self.warnings = warnings
        self.named = named  # the file that --config or CRM_CONFIG names

    def __getitem__(self, name: str) -> Any:  # noqa: ANN401 - a setting has its own type
        return self.origin(name).value

    def origin(self, name: str) -> Origin:
        """The value of a setting and where it came from; raises NotFound for a name there is not."""
        return self._values.get(name) or Origin(setting_named(name).default, "default")

    @property
    def keys(self) -> dict[str, str]:
        """The keys of the screens that a file changes, by the action: ``board.filter``."""
        return {name.removeprefix(KEYS): each.value for name, each in self._values.items() if name.startswith(KEYS)}

    def hook(self, name: str) -> str | None:
        """The command of a hook, None when there is none."""
        found = self._values.get(f"hooks.{name}")
        return found.value if found else None


def setting_named(name: str) -> Setting:
    """The setting of that name; raises NotFound with the nearest one."""
    found = _BY_NAME.get(name) or _key_setting(name) or _account_setting(name)
    if found is None:
        near = nearest(name, list(_BY_NAME))
        raise NotFound(f"no setting {name}", hint=f"did you mean {near}?" if near else "crm config show")
    return found


def _key_setting(name: str) -> Setting | None:
    return Setting(name, str, None, "keys of an action of the screens, by commas") if name.startswith(KEYS) else None


def _account_setting(name: str) -> Setting | None:
    """``smtp.accounts.NAME.host``: what ``smtp.host`` is, for one account alone."""
    account, _, key = name.removeprefix(ACCOUNTS).partition(".")
    usual = _BY_NAME.get(f"smtp.{key}") if name.startswith(ACCOUNTS) and account else None
    return usual and usual._replace(name=name, default=None)


def load(named: str | None = None, folder: Path | None = None, environ: Mapping[str, str] = os.environ) -> Settings:
    """The settings in force in a folder; ``named`` is the file given by ``--config``."""
    named = named or environ.get("CRM_CONFIG") or None
    values: dict[str, Origin] = {}
    warnings: list[str] = []
    for path, trusted in _sources(named, folder):
        found, notes = _read(path, trusted=trusted)
        values |= found
        warnings += notes
    values |= _from_environment(environ)
    return Settings(values, tuple(warnings), Path(named).expanduser() if named else None)


def _sources(named: str | None, folder: Path | None) -> Iterator[tuple[Path, bool]]:
    """The files that count, the weakest first, and whether each is trusted to run or reach anything."""
    if named:
        path = Path(named).expanduser()
        if not path.is_file():
            raise ConfigError(f"no configuration file {path}", hint="check --config and CRM_CONFIG")
        yield path, True
        return
    own = user_file()
    if own.is_file():
        yield own, True
    near = nearest_file(folder)
    if near is not None and near != own:
        yield near, is_trusted(near)


def user_file() -> Path:
    """The user's own configuration file, whether it is there or not."""
    return config_folder() / FILE


def nearest_file(folder: Path | None = None) -> Path | None:
    """The nearest ``crm.toml`` from the folder up to the root."""
    try:
        here = (folder or Path.cwd()).absolute()
    except FileNotFoundError:
        return None
    return next((path for parent in (here, *here.parents) if (path := parent / FILE).is_file()), None)


def _read(path: Path, *, trusted: bool) -> tuple[dict[str, Origin], list[str]]:
    import tomllib

    try:
        text = path.read_text("utf-8")
        table = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: {str(error).splitlines()[0]}") from error
    except OSError as error:
        raise ConfigError(f"{path}: {error.strerror}") from error
    values: dict[str, Origin] = {}
    warnings: list[str] = []
    ignored: list[str] = []
    for name, value in _flat(table):
        setting = _BY_NAME.get(name) or _key_setting(name) or _account_setting(name)
        if setting is None:
            near = nearest(name, list(_BY_NAME))
            warnings.append(f"{path}: unknown setting {name}" + (f" (did you mean {near}?)" if near else ""))
        elif setting.guarded and not trusted:
            ignored.append(name)
        else:
            values[name] = Origin(_checked(setting, value, f"{path}:{_line_of(text, name)}"), str(path))
    if ignored:
        are = "is" if len(ignored) == 1 else "are"
        warnings.append(f"{path} is not trusted, so {', '.join(ignored)} {are} ignored (try: crm config trust)")
    return values, warnings


def _flat(table: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for key, value in table.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", value


def _line_of(text: str, name: str) -> int:
    """The line of a setting in a file, also as ``store.path = …`` and in ``[store]`` or an inline table."""
    group, _, key = name.rpartition(".")
    here, line_of_group = "", 1
    for number, line in enumerate(text.splitlines(), 1):
        bare = line.replace('"', "").replace("'", "").strip()
        if bare.startswith("["):
            here = bare.strip("[] ").partition("]")[0].strip()
            line_of_group = number if here == group else line_of_group
        left = bare.partition("=")[0].strip()
        if f"{here}.{left}".lstrip(".") == name:
            return number
        if not here and left == group:
            line_of_group = number
    return line_of_group if key else 1


def _checked(setting: Setting, value: object, where: str) -> object:
    wanted = (int, float) if setting.type is float else setting.type
    if not isinstance(value, wanted) or (isinstance(value, bool) and setting.type is not bool):
        names = {str: "text", list: "a list of texts", int: "a whole number", float: "a number", bool: "true or false"}
        hint = f'"{setting.name.removeprefix(KEYS)}" = "{_joined(value)}"' if setting.name.startswith(KEYS) else None
        raise ConfigError(f"{where}: {setting.name} must be {names[setting.type]}, not {value!r}", hint=hint)
    if setting.choices and value not in setting.choices:
        raise ConfigError(f"{where}: {setting.name} must be one of {', '.join(setting.choices)}, not {value!r}")
    if isinstance(value, list) and not all(isinstance(item, str) and item.strip() for item in value):
        raise ConfigError(f"{where}: {setting.name} must be a list of texts")
    read = _READERS.get(setting.name)
    if read is None:
        return value
    try:
        return read(value)
    except (BadValue, ValueError) as error:
        raise ConfigError(
            f"{where}: {setting.name}: {getattr(error, 'reason', None) or f'no such value {value!r}'}"
        ) from error


def _joined(value: object) -> str:
    return ",".join(map(str, value)) if isinstance(value, list) else str(value)


def _currency(value: Any) -> str:  # noqa: ANN401
    from crmcli.domain.money import read_currency

    return read_currency(value)


def _zone(value: Any) -> str:  # noqa: ANN401
    from crmcli.clock import zone_named

    zone_named(value)
    return str(value)


def _country(value: Any) -> str:  # noqa: ANN401
    code = str(value).strip().upper()
    if not (len(code) == 2 and code.isalpha() and code.isascii()):
        raise ValueError(value)
    return code


def _locale(value: Any) -> str:  # noqa: ANN401
    if not value.replace("_", "").replace("-", "").isalnum():
        raise ValueError(value)
    return str(value)


def _stages(value: Any) -> list[str]:  # noqa: ANN401
    from crmcli.domain.text import fold, tidy

    names = [tidy(name) for name in value]
    if not names:
        raise BadValue("pipeline.stages", "names no stage")
    for name in names:
        if len(name) > _LONGEST_STAGE or not name.isprintable() or any(c in _NOT_IN_STAGES for c in name):
            reason = f"a stage's name has 1 to {_LONGEST_STAGE} characters and no comma, quote or bracket, not {name!r}"
            raise BadValue("pipeline.stages", reason)
    folded = [fold(name) for name in names]
    twice = next((name for place, name in enumerate(names) if folded[place] in folded[:place]), None)
    if twice is not None:
        raise BadValue("pipeline.stages", f"names the stage {twice} twice")
    return names


def _month(value: Any) -> int:  # noqa: ANN401
    if not 1 <= value <= 12:
        raise BadValue("reports.fiscal_year_start", f"must be a month, 1 to 12, not {value}")
    return int(value)


def _addresses(value: Any) -> list[str]:  # noqa: ANN401
    from crmcli.domain.people import read_email

    return [read_email(address).value for address in value]


_LONGEST_STAGE = 100
_NOT_IN_STAGES = frozenset(',"[]{}')
# Each makes of a setting's value the form it is kept and used in; raises BadValue or ValueError.
_READERS: dict[str, Callable[[Any], object]] = {
    "defaults.currency": _currency,
    "defaults.timezone": _zone,
    "defaults.locale": _locale,
    "phone.default_country": _country,
    "pipeline.stages": _stages,
    "mail.addresses": _addresses,
    "reports.fiscal_year_start": _month,
}
_VARIABLES = {
    "CRM_USER": "user",
    "CRM_FORMAT": "defaults.format",
    "CRM_DB": "store.path",
    "CRM_STORE": "store.path",
    "CRM_CURRENCY": "defaults.currency",
    "CRM_LOCALE": "defaults.locale",
    "CRM_TIMEZONE": "defaults.timezone",
    "CRM_DEFAULT_COUNTRY": "phone.default_country",
    "CRM_TIMEOUT": "store.timeout",
}


def _from_environment(environ: Mapping[str, str]) -> dict[str, Origin]:
    return {
        name: Origin(_checked(_BY_NAME[name], _parsed(_BY_NAME[name], environ[variable]), variable), variable)
        for variable, name in _VARIABLES.items()
        if environ.get(variable)
    }


def store_location(settings: Settings) -> str:
    """The store's path or URL."""
    path, url = settings.origin("store.path"), settings.origin("store.url")
    if url.value and path.source not in ("CRM_STORE", "CRM_DB"):
        return str(url.value)
    return str(path.value or data_folder() / "crm.db")


# -- trust


def _trust_file() -> Path:
    return state_folder() / "trusted"


def _mark(path: Path) -> str:
    import hashlib

    return f"{hashlib.sha256(path.read_bytes()).hexdigest()} {path.resolve()}"


def is_trusted(path: Path) -> bool:
    """Whether the user has trusted this file with this very content."""
    try:
        return _mark(path) in _trust_file().read_text("utf-8").splitlines()
    except OSError:
        return False


def trust(path: Path) -> None:
    """Trust this file as it is now; another content will ask again."""
    _keep_marks([*_other_marks(path), _mark(path)])


def untrust(path: Path) -> bool:
    """Trust this file no longer; whether it was trusted, in whatever content."""
    others = _other_marks(path)
    known = len(others) != len(_marks())
    if known:
        _keep_marks(others)
    return known


def trusted_files() -> list[tuple[Path, bool]]:
    """The files that were trusted, and whether each still has the content that was."""
    paths = [Path(mark.partition(" ")[2]) for mark in _marks()]
    return [(path, is_trusted(path)) for path in paths]


def guarded_in(path: Path) -> list[str]:
    """The settings in a file that count only once it is trusted."""
    found, _ = _read(path, trusted=True)
    return [name for name in found if setting_named(name).guarded]


def _marks() -> list[str]:
    return _trust_file().read_text("utf-8").splitlines() if _trust_file().exists() else []


def _other_marks(path: Path) -> list[str]:
    return [mark for mark in _marks() if mark.partition(" ")[2] != str(path.resolve())]


def _keep_marks(marks: list[str]) -> None:
    make_private(state_folder())
    _trust_file().write_text("".join(f"{mark}\n" for mark in marks), "utf-8")


# -- writing


def put(path: Path, name: str, text: str) -> None:
    """Set one setting in a file, keeping everything else in it as it is; raises BadValue for a wrong value.

    A file that was trusted stays so: the change is the user's own.
    """
    import tomlkit
    from tomlkit.exceptions import ParseError

    setting = setting_named(name)
    try:
        value = _checked(setting, _parsed(setting, text), name)
    except ConfigError as error:
        raise BadValue(
            name, error.message.removeprefix(f"{name}: ").removeprefix(f"{name} ").removeprefix(f"{name}: ")
        ) from None
    path = path.resolve()  # a link into someone's dotfiles stays one
    trusted = path.exists() and is_trusted(path)
    try:
        document = tomlkit.parse(path.read_text("utf-8")) if path.exists() else tomlkit.document()
    except ParseError as error:
        raise ConfigError(f"{path}: {error}") from error
    table: Any = document
    *groups, key = _way_to(name)
    for group in groups:
        if group not in table:
            table[group] = tomlkit.table()
        table = table[group]
    table[key] = value
    try:
        make_private(path.parent)
        fresh = path.with_name(f".{path.name}.new")
        fresh.write_text(tomlkit.dumps(document), "utf-8")
        if path.exists():
            fresh.chmod(path.stat().st_mode)
        fresh.replace(path)
    except OSError as error:
        raise ConfigError(f"can't write {path}: {error.strerror}") from error
    if trusted:
        trust(path)


def _way_to(name: str) -> list[str]:
    """The tables that a setting stands in, and its key there: ``smtp``, ``accounts``, ``NAME``, ``host``."""
    if name.startswith(ACCOUNTS):
        account, _, key = name.removeprefix(ACCOUNTS).rpartition(".")
        return [*ACCOUNTS.split(".")[:-1], account, key]
    return name.split(".", 1)


def _parsed(setting: Setting, text: str) -> object:
    if setting.type is list:
        return _listed(text)
    if setting.type in (int, float):
        try:
            return setting.type(text)
        except ValueError:
            return text
    return text


def _listed(text: str) -> object:
    """The texts of ``a,b`` or of a list as TOML and JSON write it; a broken one as it stands, for the check to refuse."""
    if not text.lstrip().startswith("["):
        return [part.strip() for part in text.split(",")]
    import tomllib

    try:
        return tomllib.loads(f"list = {text}")["list"]
    except tomllib.TOMLDecodeError:
        return text
