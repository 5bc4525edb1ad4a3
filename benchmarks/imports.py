"""How fast a file is imported, taken back and brought back, and how much memory that takes."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

CRM = str(Path(sys.executable).with_name("crm"))


def timed(words: list[str], environment: dict[str, str]) -> float:
    """Seconds of one command; its answer is shown."""
    start = time.perf_counter()
    subprocess.run([CRM, *words], env=environment, check=True)
    return time.perf_counter() - start


def main() -> None:
    """Import FILE as NOUN into a fresh store (or CRM_DB), then again, then undo, then redo."""
    path, noun, *options = sys.argv[1:]
    with Path(path).open("rb") as file:
        rows = sum(1 for _ in file) - 1
    with tempfile.TemporaryDirectory() as folder:
        environment = {"CRM_DB": str(Path(folder) / "crm.db"), **os.environ}
        for label, words in (
            ("import", ["import", noun, path, *options]),
            ("import again", ["import", noun, path, *options]),
            ("undo", ["undo"]),
            ("redo", ["undo"]),
        ):
            seconds = timed(words, environment)
            peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
            sys.stdout.write(
                f"{label:>14}: {seconds:6.2f} s, {rows / seconds:9,.0f} rows/s, peak so far {peak:.0f} MB\n"
            )


if __name__ == "__main__":
    main()
