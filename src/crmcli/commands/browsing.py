"""A page handed to the user's browser."""

from __future__ import annotations

import tempfile
import webbrowser
from pathlib import Path

from crmcli.errors import Refused


def open_page(html: str) -> Path:
    """Write a page into a private file of its own and show it; the file, which stays for the browser to read.

    Raises:
        Refused: nothing here can show it; says where the file is.
    """
    # Made by the system with mode 0600. Scripts don't run in mails, so they don't in a preview either.
    with tempfile.NamedTemporaryFile(
        "w", encoding="utf-8", suffix=".html", prefix="crm-preview-", delete=False
    ) as file:
        file.write(html)
    path = Path(file.name)
    if not webbrowser.open(path.as_uri()):
        raise Refused(f"no browser can be opened; the page is {path}", hint="--html > page.html")
    return path
