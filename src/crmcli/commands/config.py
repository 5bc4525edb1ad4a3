"""``crm config``: what is set, where it comes from, and which files may run or reach anything."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from crmcli.commands.shape import Fields, Noun, app_of, is_machine, split
from crmcli.config import (
    FILE,
    SETTINGS,
    Origin,
    guarded_in,
    is_trusted,
    nearest_file,
    put,
    setting_named,
    trust,
    trusted_files,
    untrust,
    user_file,
)
from crmcli.domain.views import SettingView
from crmcli.errors import NotFound, UsageError

if TYPE_CHECKING:
    from crmcli.context import AppContext

app = Noun("Settings: crm.toml, environment and flags.", no_args_is_help=True)


def names(incomplete: str) -> list[str]:
    """The settings that begin with what was typed."""
    return [setting.name for setting in SETTINGS if setting.name.startswith(incomplete)]


Name = Annotated[str, typer.Argument(metavar="NAME", help="as defaults.currency", autocompletion=names)]
File = Annotated[str | None, typer.Argument(metavar="[FILE]", help=f"the nearest {FILE} unless named")]


@app.verb(examples=["crm config show", "crm config show --format json"])
def show(ctx: typer.Context, fields: Fields = None) -> None:
    """Every setting with its value and where it comes from."""
    context = app_of(ctx)
    views = []
    for setting in SETTINGS:
        value, origin = _in_force(context, setting.name)
        views.append(SettingView(setting.name, _without_password(setting.name, value), origin, setting.about))
    if context.output.format == "table" and fields is None:
        views = _folded(views)
    context.output.many("setting", views, split(fields))


def _folded(views: list[SettingView]) -> list[SettingView]:
    """The settings with the hooks that are not set on one line, for a person to see the others."""
    idle = [view for view in views if view.name.startswith("hooks.") and view.value is None]
    if not idle:
        return views
    others = "hooks.* (the others)" if any(v.name.startswith("hooks.") and v not in idle for v in views) else "hooks.*"
    kept = [view for view in views if view not in idle[1:]]
    return [view._replace(name=others) if view is idle[0] else view for view in kept]


@app.verb(examples=["crm config get defaults.currency"])
def get(ctx: typer.Context, name: Name) -> None:
    """The value of one setting."""
    context = app_of(ctx)
    value, origin = _in_force(context, setting_named(name).name)
    if is_machine(ctx):
        context.output.value({"name": name, "value": value, "origin": origin})
    else:
        context.output.text(", ".join(value) if isinstance(value, list) else "" if value is None else str(value))


@app.verb("set", examples=["crm config set defaults.currency PLN", "crm config set user maria --here"])
def set_(
    ctx: typer.Context,
    name: Name,
    value: Annotated[str, typer.Argument(metavar="VALUE", help="its value; a list is separated by commas")],
    user: Annotated[bool, typer.Option("--user", help="In your own file (the default).")] = False,
    here: Annotated[bool, typer.Option("--here", help=f"In {FILE} in this folder.")] = False,
) -> None:
    """Set one setting in a file. Everything else in it stays as it is."""
    context = app_of(ctx)
    if user and here:
        raise UsageError("give --user or --here, not both")
    named = context.settings.named
    path = Path.cwd() / FILE if here else user_file() if user or named is None else named
    put(path, name, value)
    context.output.note(f"set {name} in {path}")
    if here and setting_named(name).guarded and not is_trusted(path):
        context.output.warn(f"{name} counts only when {path} is trusted (try: crm config trust)")


@app.verb(examples=["crm config path"])
def path(ctx: typer.Context) -> None:
    """Where your own settings file is. It need not be there yet."""
    context = app_of(ctx)
    context.output.text(str(context.settings.named or user_file()))
    near = None if context.settings.named else nearest_file()
    if near is not None and near != user_file():
        context.output.note(f"in force here as well: {near}{'' if is_trusted(near) else ' (not trusted)'}")


@app.verb("trust", examples=["crm config trust", "crm config trust ./crm.toml", "crm config trust --list"])
def trust_(
    ctx: typer.Context,
    file: File = None,
    list_: Annotated[bool, typer.Option("--list", help="Show the files that are trusted.")] = False,
) -> None:
    """Let a file run hooks and name a store or mail server. Its content must stay what it is now."""
    if list_:
        for known, unchanged in trusted_files():
            app_of(ctx).output.text(str(known) if unchanged else f"{known} (changed since: no longer trusted)")
        return
    found = _file(file)
    guarded = guarded_in(found)
    trust(found)  # before the settings are read, which would warn that it isn't trusted
    app_of(ctx).output.note(f"trusted {found}: {', '.join(guarded) or 'nothing in it needs trust'}")


@app.verb("untrust", examples=["crm config untrust ./crm.toml"])
def untrust_(ctx: typer.Context, file: File = None) -> None:
    """Trust a file no longer."""
    found = Path(file).expanduser() if file else _file(None)
    if not untrust(found):
        raise NotFound(f"{found} was not trusted", hint="crm config trust --list")
    app_of(ctx).output.note(f"{found} is no longer trusted")


def _file(named: str | None) -> Path:
    found = Path(named).expanduser() if named else nearest_file()
    if found is None or not found.is_file():
        raise NotFound(f"no file {named}" if named else f"no {FILE} from here up", hint="crm config trust FILE")
    return found


def _in_force(context: AppContext, name: str) -> Origin:
    """A setting as this very command sees it: its flags above everything else."""
    flags: dict[str, tuple[Any, str]] = {
        "user": (context.flags.user, "--as"),
        "store.path": (context.flags.store, "--store"),
        "defaults.format": (context.flags.format, "--format"),
    }
    value, flag = flags.get(name, (None, ""))
    return Origin(value, flag) if value is not None else context.settings.origin(name)


def _without_password(name: str, value: object) -> object:
    if name not in ("store.path", "store.url") or not isinstance(value, str):
        return value
    from crmcli.store.location import Location

    return Location(None, value).label if "://" in value else value
