"""The user's own commands around a change: the record as JSON on stdin, ten seconds, an exit code that counts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmcli.errors import HookRefused

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from subprocess import CompletedProcess

SECONDS = 10


class Hooks:
    """Runs the configured hooks; ``command_of`` gives a hook's command, or None."""

    def __init__(
        self, command_of: Callable[[str], str | None], warn: Callable[[str], None], environment: Mapping[str, str]
    ) -> None:
        self._command_of = command_of
        self._warn = warn
        self._environment = environment

    def telling(self, warn: Callable[[str], None]) -> Hooks:
        """The same hooks with their warnings told to someone else, as to the board, which owns the terminal."""
        return Hooks(self._command_of, warn, self._environment)

    def hear_of(self, event: str) -> bool:
        """Whether any of them runs around it."""
        return any(self._command_of(f"{when}-{event}") is not None for when in ("pre", "post"))

    def before(self, event: str, record: Mapping[str, object]) -> None:
        """Run the pre-hook inside the transaction; raises HookRefused when it fails, so nothing is stored."""
        name = f"pre-{event}"
        failure = self._run(name, record)
        if failure:
            raise HookRefused(f"hook {name} refused: {failure}")

    def after(self, event: str, record: Mapping[str, object]) -> None:
        """Run the post-hook after the commit; a failing one is a warning."""
        name = f"post-{event}"
        failure = self._run(name, record)
        if failure:
            self._warn(f"hook {name} failed: {failure}")

    def _run(self, name: str, record: Mapping[str, object]) -> str | None:
        command = self._command_of(name)
        if command is None:
            return None
        import json
        import os
        import signal
        import subprocess

        text = json.dumps(record, ensure_ascii=False)
        environment = {**os.environ, **self._environment, "CRM_HOOK": name}
        # A session of its own, so that a hook that runs too long is ended with everything it started.
        process = subprocess.Popen(  # noqa: S602 - the user's own command line, from a trusted file only
            command, shell=True, text=True, env=environment, start_new_session=True, encoding="utf-8",
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, errors="replace",
        )  # fmt: skip
        try:
            output, errors = process.communicate(text, timeout=SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.communicate()
            return f"no answer within {SECONDS} s"
        except BaseException:
            os.killpg(process.pid, signal.SIGKILL)  # Ctrl-C reaches us, not the hook's own session
            raise
        return _failure(subprocess.CompletedProcess(command, process.returncode, output, errors))


def _failure(done: CompletedProcess[str]) -> str | None:
    if done.returncode == 0:
        return None
    said = (done.stderr.strip() or done.stdout.strip()).splitlines()
    return said[-1][:300] if said else f"exit {done.returncode}"
