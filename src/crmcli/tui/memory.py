"""What the screens remember from one sitting to the next: theme, density, columns, what is folded away."""

from __future__ import annotations

import json
import threading
from contextlib import suppress
from tempfile import NamedTemporaryFile
from typing import TYPE_CHECKING, Any

from crmcli.paths import make_private

if TYPE_CHECKING:
    from pathlib import Path

FILE = "tui.json"


class Memory:
    """A small file in the user's state folder; what can't be read or written is done without."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / FILE
        self._kept: dict[str, Any] = self._read()
        self._lock = threading.Lock()

    def get(self, name: str, default: Any = None) -> Any:  # noqa: ANN401 - what was put there
        """What was remembered under a name."""
        return self._kept.get(name, default)

    def put(self, name: str, value: Any) -> None:  # noqa: ANN401 - anything JSON can hold
        """Remember something; ``keep`` writes it down."""
        self._kept[name] = value

    def keep(self) -> None:
        """Write it down, whole or not at all; from any thread, the last one writes the last state."""
        with self._lock:
            part: Path | None = None
            try:
                folder = make_private(self._path.parent)
                with NamedTemporaryFile("w", dir=folder, prefix=f".{FILE}.", delete=False, encoding="utf-8") as file:
                    part = folder / file.name
                    json.dump(dict(self._kept), file)  # a copy: more may be remembered meanwhile
                part.replace(self._path)
            except OSError:
                if part is not None:
                    with suppress(OSError):
                        part.unlink(missing_ok=True)

    def _read(self) -> dict[str, Any]:
        try:
            found = json.loads(self._path.read_text("utf-8"))
        except (OSError, ValueError):
            return {}
        return found if isinstance(found, dict) else {}
