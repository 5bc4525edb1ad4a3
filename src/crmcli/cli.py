"""The composition root: the tree of commands, the global options, and the one place where errors become exit codes."""

from __future__ import annotations

import errno
import os
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperCommand, TyperGroup

from crmcli import __version__
from crmcli.commands.registry import ENTRIES
from crmcli.context import AppContext, Flags
from crmcli.errors import CrmError, ExitCode, Interrupted, StoreError, UsageError
from crmcli.render.diagnostics import Diagnostics

if TYPE_CHECKING:
    from collections.abc import MutableMapping, Sequence

    from crmcli.store.store import Store


class Root(TyperGroup):
    """The top of the tree: imports a noun only when it is used, and is the error boundary."""

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ANN401, ARG002
        """Every noun, from the registry."""
        return list(ENTRIES)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:  # noqa: ANN401, ARG002
        """The noun's command, its module imported now."""
        if cmd_name in ENTRIES and cmd_name not in self.commands:
            self.commands[cmd_name] = _command(cmd_name)
        return self.commands.get(cmd_name)

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:  # noqa: ANN401
        """The command that the words name; an unknown one is answered with the nearest, ``help`` is ``--help``."""
        if args[:1] == ["help"]:
            if not args[1:]:
                typer.echo(ctx.get_help())
                raise typer.Exit
            args = [*args[1:], "--help"]
        if args and args[0] not in ENTRIES and not args[0].startswith("-"):
            from crmcli.domain.text import nearest

            near = nearest(args[0], list(ENTRIES))
            raise UsageError(f"no command {args[0]!r}", hint=f"did you mean crm {near}?" if near else "crm --help")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: Any, formatter: Any) -> None:  # noqa: ANN401, ARG002
        """The nouns by section, their modules left alone."""
        sections: dict[str, list[tuple[str, str]]] = {}
        for name, entry in ENTRIES.items():
            sections.setdefault(entry.section, []).append((name, entry.about))
        for section, rows in sections.items():
            with formatter.section(section):
                formatter.write_dl([(f"{name:<12}", about) for name, about in rows])

    def shell_complete(self, ctx: Any, incomplete: str) -> list[Any]:  # noqa: ANN401
        """Nouns from the registry, then the global options."""
        from typer._click.shell_completion import CompletionItem

        found = [CompletionItem(name, help=e.about) for name, e in ENTRIES.items() if name.startswith(incomplete)]
        return found + TyperCommand.shell_complete(self, ctx, incomplete)

    def _main_shell_completion(
        self, ctx_args: MutableMapping[str, Any], prog_name: str, complete_var: str | None = None
    ) -> None:
        """Answer the shell after TAB; whatever goes wrong, the user's prompt stays clean."""
        if not os.environ.get(complete_var or f"_{prog_name}_COMPLETE".replace("-", "_").upper()):
            return
        from crmcli.commands.completing import answering

        with answering():
            super()._main_shell_completion(ctx_args, prog_name, complete_var)

    def main(self, args: Sequence[str] | None = None, *rest: Any, standalone_mode: bool = True, **extra: Any) -> Any:  # noqa: ANN401
        """Run and exit with the code that the error tree gives."""
        words = list(sys.argv[1:] if args is None else args)
        if sys.stderr is None:  # a program started with a stream closed has none
            sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115 - a device, open until the end
        code = self._guarded(words, *rest, **extra)
        if standalone_mode:
            sys.exit(int(code or 0))
        return code

    def _guarded(self, words: list[str], *rest: Any, **extra: Any) -> int:  # noqa: ANN401
        try:
            if sys.stdout is None:
                raise StoreError("can't write the answer: standard output is closed")
            try:
                code = super().main(words or ["--help"], *rest, **{**extra, "standalone_mode": False})
                sys.stdout.flush()
            except BrokenPipeError:
                _close_stdout()
                return 0
            except OSError as error:
                _close_stdout()
                raise _unwritten(error) or error from error
            if code == ExitCode.INTERRUPTED:
                _report(Interrupted("interrupted; nothing was changed"), words)
            return code if isinstance(code, int) else 0
        except CrmError as error:
            return _report(error, words)
        except (typer.exceptions.TyperException, typer.Abort) as error:
            return _report(_usage(error, words), words)
        except Exception as error:  # noqa: BLE001 - the boundary: whatever it is, the user gets one line
            return _report_bug(error, words)

    def invoke(self, ctx: Any) -> Any:  # noqa: ANN401
        """Run the command; the store's own errors come out in the user's words, and a closed pipe as itself."""
        try:
            answer = super().invoke(ctx)
            sys.stdout.flush()
        except BrokenPipeError:
            _close_stdout()
            return 0
        except (CrmError, typer.Exit, typer.Abort, typer.exceptions.TyperException):
            raise
        except KeyboardInterrupt as stop:
            raise _interrupted(_store_of(ctx)) from stop
        except Exception as error:
            store = _store_of(ctx)
            found = (store.explain(error) if store else None) or _unwritten(error, store.committed if store else None)
            if isinstance(error, OSError) and found:
                _close_stdout()
            raise found or error from error
        return answer


root = typer.Typer(
    cls=Root, add_completion=False, rich_markup_mode=None, context_settings={"help_option_names": ["-h", "--help"]}
)


def _show_version(value: bool) -> None:
    if value:
        typer.echo(f"crm {__version__}")
        raise typer.Exit


@root.callback()
def _options(
    ctx: typer.Context,
    store: Annotated[
        str | None,
        typer.Option(
            "--store", "--db", metavar="PATH|URL", help="A SQLite file or postgresql://… [env: CRM_STORE, CRM_DB]"
        ),
    ] = None,
    config: Annotated[
        str | None, typer.Option("--config", metavar="PATH", help="Settings file [env: CRM_CONFIG]")
    ] = None,
    format_: Annotated[
        str | None,
        typer.Option(
            "--format",
            "-o",
            metavar="FORMAT",
            help="table, tsv, csv, json, jsonl, yaml, markdown or ids [env: CRM_FORMAT]",
        ),
    ] = None,
    user: Annotated[str | None, typer.Option("--as", metavar="USER", help="Who acts [env: CRM_USER]")] = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No notes on stderr.")] = False,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="More on stderr.")] = False,
    no_color: Annotated[bool, typer.Option("--no-color", help="No colour [env: NO_COLOR]")] = False,
    _version: Annotated[
        bool, typer.Option("--version", is_eager=True, callback=_show_version, help="The version.")
    ] = False,
) -> None:
    """The CRM that lives in your terminal.

    \b
      crm demo                                    an example store to try things on
      crm contact add "Jane Doe" --email jane@acme.com --company Acme
      crm deal add "Acme pilot" --value 12.5k --contact jane@acme.com
      crm log call "Discussed pricing" --contact jane@acme.com --next "send offer" --due fri
      crm today                                   what needs me now
      crm tui                                     the same on screens
    """  # noqa: D301 - Click's own mark against re-wrapping
    ctx.obj = AppContext(Flags(store, config, format_, user, quiet, verbose, no_color))


def _command(name: str) -> Any:  # noqa: ANN401
    if name == "tui":
        return typer.main.get_command(_tui_app())
    from importlib import import_module

    entry = ENTRIES[name]
    command = getattr(import_module(f"crmcli.commands.{entry.module}"), entry.attribute).build()
    command.name = name
    return command


def _screens(incomplete: str) -> list[str]:
    from crmcli.config import setting_named

    names = setting_named("tui.screen").choices
    return [name for name in names if name.startswith(incomplete)]


def _tui_app() -> typer.Typer:
    app = typer.Typer(add_completion=False, rich_markup_mode=None)

    @app.command(
        help="The screens: today, the board, people, deals, reports … Press ? there for the keys.",
        epilog=(
            "\b\nExamples:\n  crm tui\n  crm tui today\n  crm tui --pipeline renewals --filter 'owner = me'\n"
            "  crm tui contacts --filter 'tag = vip'\n"
            "  crm tui --keys\n  crm tui --serve"
        ),
    )
    def tui(
        ctx: typer.Context,
        screen: Annotated[
            str | None,
            typer.Argument(
                metavar="[SCREEN]", help="Open this screen; default: that of tui.screen.", autocompletion=_screens
            ),
        ] = None,
        pipeline: Annotated[str | None, typer.Option("--pipeline", metavar="NAME", help="Open this pipeline.")] = None,
        filter_: Annotated[
            str | None, typer.Option("--filter", metavar="FILTER", help="Show only what it selects on that screen.")
        ] = None,
        plain: Annotated[
            bool, typer.Option("--plain", help="No frames, colours or motion, for screen readers.")
        ] = False,
        keys: Annotated[bool, typer.Option("--keys", help="Print every key and leave.")] = False,
        serve: Annotated[bool, typer.Option("--serve", help="Open in the browser, on this machine alone.")] = False,
        port: Annotated[int, typer.Option("--port", metavar="N", help="Port for --serve; default: a free one.")] = 0,
    ) -> None:
        from crmcli.tui.start import Wish, start

        start(ctx.obj, Wish(screen, pipeline, filter_, plain, keys, serve, port))

    return app


# -- errors


def _store_of(ctx: typer.Context) -> Store | None:
    """The store that the command has used, None when it has not got so far."""
    return ctx.obj.__dict__.get("store") if isinstance(ctx.obj, AppContext) else None


def _interrupted(store: Store | None) -> Interrupted:
    done = store.committed if store else None
    if done is None:
        return Interrupted("interrupted; nothing was changed")
    return Interrupted(f"interrupted after change #{done} was stored", hint=f"crm undo {done}")


def _unwritten(error: Exception, committed: int | None = None) -> CrmError | None:
    """A full disk or quota under the answer, or a stream that can't be written; None for anything else."""
    known = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO, errno.EBADF)
    if not isinstance(error, OSError) or error.errno not in known:
        return None
    message = f"can't write {error.filename or 'the answer'}: {(error.strerror or str(error)).lower()}"
    if committed is None:
        return StoreError(message)
    return StoreError(f"{message}; change #{committed} was stored", hint=f"crm undo {committed} takes it back")


def _usage(error: Exception, words: list[str]) -> CrmError:
    if isinstance(error, typer.Abort):
        return Interrupted("interrupted; nothing was changed")
    message = error.format_message() if isinstance(error, typer.exceptions.TyperException) else str(error)
    context = getattr(error, "ctx", None)
    if context is not None and type(error).__name__ == "NoArgsIsHelpError":
        return UsageError(f"what should {context.command_path} do?", hint=f"{context.command_path} --help")
    text = " ".join(message.split()).rstrip(".")
    if (first := _put_first(error, words)) is not None:
        return UsageError(f"{getattr(error, 'option_name', '')} goes before the noun", hint=first)
    hint = f"{context.command_path} --help" if context else "crm --help"
    return UsageError(text[:1].lower() + text[1:], hint=hint)


_GLOBAL = {"--store": True, "--db": True, "--config": True, "--as": True, "--quiet": False, "-q": False,
           "--verbose": False, "-v": False, "--no-color": False, "--version": False}  # fmt: skip


def _put_first(error: Exception, words: list[str]) -> str | None:
    """The command line with a global option that stands too late moved to where it belongs; None for another error."""
    option = getattr(error, "option_name", None)
    if type(error).__name__ != "NoSuchOption" or option not in _GLOBAL:
        return None
    from shlex import join

    at = next((at for at, word in enumerate(words) if word.partition("=")[0] == option), None)
    if at is None:
        return f"crm {option} …"
    end = at + (2 if _GLOBAL[option] and "=" not in words[at] else 1)
    return join(["crm", *words[at:end], *words[:at], *words[end:]])


def _report(error: CrmError, words: list[str]) -> int:
    if os.environ.get("CRM_DEBUG") == "1":
        import traceback

        traceback.print_exception(error)
    _diagnostics(words).error(error)
    return int(error.exit_code)


def _report_bug(error: Exception, words: list[str]) -> int:
    if os.environ.get("CRM_DEBUG") == "1":
        raise error
    log = _write_log(error, words)
    where = f"; please report it with {log}" if log else ""
    _diagnostics(words).error(CrmError(f"unexpected failure: {type(error).__name__}: {error}{where}"))
    return int(ExitCode.BUG)


def _write_log(error: Exception, words: list[str]) -> str | None:
    import traceback
    from datetime import UTC, datetime

    from crmcli.paths import make_private, state_folder

    try:
        path = make_private(state_folder()) / f"crash-{datetime.now(UTC):%Y%m%dT%H%M%S}.log"
        text = "".join(traceback.format_exception(error))
        # The words typed may hold a customer's data: only the command's own words are kept.
        path.write_text(f"crm {__version__}, Python {sys.version}\ncommand: {' '.join(words[:2])}\n\n{text}", "utf-8")
        path.chmod(0o600)
    except OSError:
        return None
    return str(path)


def _diagnostics(words: list[str]) -> Diagnostics:
    wanted = _format_asked(words) or os.environ.get("CRM_FORMAT")
    color = sys.stderr.isatty() and "NO_COLOR" not in os.environ and "--no-color" not in words
    return Diagnostics(sys.stderr, as_json=wanted in ("json", "jsonl"), color=color)


def _format_asked(words: list[str]) -> str | None:
    """The format among words that could not all be read, also as ``-ojson`` and ``-qo json``."""
    wanted = None
    for at, word in enumerate(words):
        name, equals, value = word.partition("=")
        short = word.lstrip("-").lstrip("qv") if word[:1] == "-" and word[:2] != "--" else ""
        if name == "--format":
            wanted = value if equals else "".join(words[at + 1 : at + 2])
        elif short[:1] == "o":
            wanted = short[1:] or "".join(words[at + 1 : at + 2])
    return wanted


def _close_stdout() -> None:
    """Whoever read our output is gone, or it can't be written; let the interpreter's last flush go nowhere."""
    with suppress(OSError, AttributeError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def main() -> None:
    """The ``crm`` command."""
    typer.main.get_command(root)(prog_name="crm")
