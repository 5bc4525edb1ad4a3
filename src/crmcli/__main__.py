"""`python -m crmcli` and the `crm` script."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the program; the version is answered without loading any of it."""
    if sys.argv[1:] == ["--version"]:
        from crmcli import __version__

        sys.stdout.write(f"crm {__version__}\n")
        return
    import gc

    # Importing makes many objects and no garbage; the usual threshold would look for some a hundred times.
    gc.set_threshold(200_000, 20, 20)
    try:
        from crmcli.cli import main as run

        run()
    except KeyboardInterrupt:  # before or after the command itself, which answers for its own
        sys.stderr.write("crm: error: interrupted\n")
        _leave(130)
    except SystemExit as ended:
        _leave(ended.code)


def _leave(code: int | str | None) -> None:
    """End the process at once: taking its modules apart one by one would cost a reading command a tenth of its time."""
    import os
    import threading

    if not isinstance(code, int) or threading.active_count() > 1:
        sys.exit(code)
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except (
        OSError,
        ValueError,
        AttributeError,
    ):  # closed, or its reader gone: the boundary has said what there is to say
        pass
    os._exit(code)


if __name__ == "__main__":
    main()
