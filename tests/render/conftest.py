"""The golden files to hold a text against."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

GOLDEN = Path(__file__).parent / "golden"


@pytest.fixture
def golden() -> Callable[[str, str], None]:
    """Holds a text against the golden file of that name; UPDATE_GOLDEN=1 writes it anew, to be read with care."""

    def check(name: str, text: str) -> None:
        path = GOLDEN / name
        if os.environ.get("UPDATE_GOLDEN"):
            path.write_bytes(text.encode("utf-8", "backslashreplace"))
        assert path.read_bytes().decode("utf-8") == text.encode("utf-8", "backslashreplace").decode("utf-8")

    return check
