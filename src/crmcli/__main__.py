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
    gc.set_threshold(50_000, 20, 20)
    try:
        from crmcli.cli import main as run

        run()
    except KeyboardInterrupt:  # before or after the command itself, which answers for its own
        sys.stderr.write("crm: error: interrupted\n")
        sys.exit(130)


if __name__ == "__main__":
    main()
