"""A report into a file, from a form that stays open until the file is written."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from crmcli.errors import BadValue, Conflict, UsageError
from crmcli.render.report_files import ENDINGS, kind_of, write_report

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from crmcli.render.table import Screen as Paper
    from crmcli.reports.report import Report
    from crmcli.tui.session import Session

__all__ = ["ENDINGS", "ReportFile"]

_WIDE = 120  # cells of a line of text


class ReportFile:
    """What is to be written; a file that is there already is replaced only when that was asked for twice."""

    def __init__(self, session: Session, report: Report, paper: Callable[[int], Paper]) -> None:
        self._session = session
        self._report = report
        self._paper = paper
        self._warned = ""

    def write(self, values: Mapping[str, str]) -> None:
        """Write it; raises CrmError for a name that tells of no kind of file, and the first time for one that is there."""
        name = values["file"].strip()
        try:
            kind_of(name)
        except UsageError as error:
            raise BadValue("file", f"a name that ends in {ENDINGS}") from error
        path = Path(name).expanduser()
        if path.is_file() and self._warned != name:
            self._warned = name
            raise Conflict(f"{path.name} is there already", hint="save again to replace it")
        note = self._session.desk.note
        write_report(str(path), self._report, self._paper(_WIDE), warn=note)
        note(f"written to {path}")
