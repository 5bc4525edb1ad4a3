"""Where the program keeps things: the platform's folders, made private when first used."""

from __future__ import annotations

import os
from pathlib import Path

APP = "crmcli"


def data_folder() -> Path:
    """The user's data folder for the program."""
    return _platform("XDG_DATA_HOME", "user_data_path")


def config_folder() -> Path:
    """The user's configuration folder for the program."""
    return _platform("XDG_CONFIG_HOME", "user_config_path")


def state_folder() -> Path:
    """The user's folder for logs and trust marks."""
    return _platform("XDG_STATE_HOME", "user_state_path")


def _platform(variable: str, member: str) -> Path:
    # On Linux the XDG variables say it all; platformdirs, which knows the other platforms, costs a bare Python start.
    if os.name == "posix" and os.uname().sysname == "Linux":
        base = os.environ.get(variable, "")
        default = {"XDG_DATA_HOME": ".local/share", "XDG_CONFIG_HOME": ".config", "XDG_STATE_HOME": ".local/state"}
        root = Path(base) if os.path.isabs(base) else Path.home() / default[variable]  # noqa: PTH117
        return root / APP
    import platformdirs

    return Path(getattr(platformdirs, member)(APP, appauthor=False))


def make_private(folder: Path) -> Path:
    """The folder, made with mode 0700 if it was not there."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder
