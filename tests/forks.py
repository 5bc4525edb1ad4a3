"""`crm` for the shells of tests: each call is a process of its own, forked from one that has loaded the program.

A page of the how-to calls it a hundred times, and starting Python takes far longer than what most of the calls do. The
process has the caller's folder, environment and streams; only its modules are there already.
"""

from __future__ import annotations

import contextlib
import marshal
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

if TYPE_CHECKING:
    from collections.abc import Callable

# Runs without the site module, so that it takes no longer than `python -c 1`.
_CALL = """
import array, marshal, os, sys, _socket
call = _socket.socket(_socket.AF_UNIX, _socket.SOCK_STREAM)
call.connect(sys.argv[1])
call.sendmsg([b"."], [(_socket.SOL_SOCKET, _socket.SCM_RIGHTS, array.array("i", [0, 1, 2]))])
call.sendall(marshal.dumps((os.getcwd(), sys.argv[2:], dict(os.environ))))
call.shutdown(_socket.SHUT_WR)
answer = call.recv(1)
sys.exit(answer[0] if answer else "crm was killed")
"""
_LOOK_SECONDS = 5.0
_UNLOADED = ("crmcli.tui", "crmcli.__main__", "crmcli.store.migrations.")


class Forks:
    """The process that the others are forked from, until it is closed."""

    def __init__(self) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="crm-forks-"))
        place, client = self._folder / "calls", self._folder / "call.py"
        client.write_text(_CALL)
        self.call = [sys.executable, "-I", "-S", str(client), str(place)]
        self.command = " ".join(f'"{word}"' for word in self.call)
        root = Path(__file__).resolve().parents[1]
        self._process = subprocess.Popen([sys.executable, "-m", "tests.forks", str(place)], cwd=root)
        while not place.exists():
            assert self._process.poll() is None, "the process to fork from has ended"
            time.sleep(0.01)

    def close(self) -> None:
        """End it."""
        self._process.terminate()
        self._process.wait()
        shutil.rmtree(self._folder)


def serve(place: str) -> NoReturn:
    """Answer calls until whoever began this ends, were it by a kill."""
    parent = os.getppid()
    _load()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for them here
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as calls:
        calls.bind(f"{place}.new")
        calls.listen(64)
        calls.settimeout(_LOOK_SECONDS)
        Path(f"{place}.new").rename(place)
        while os.getppid() == parent:
            try:
                call, _ = calls.accept()
            except TimeoutError:
                continue
            if os.fork() == 0:
                calls.close()
                _answer(call)
            call.close()
    sys.exit(0)


def _load() -> None:
    import gc
    from importlib import import_module
    from pkgutil import walk_packages

    import crmcli

    for module in walk_packages(crmcli.__path__, "crmcli."):
        if not module.name.startswith(_UNLOADED):
            import_module(module.name)
    import_module("crmcli.store.migrations.steps")
    gc.freeze()


def _answer(call: socket.socket) -> NoReturn:
    """Be the program: take the caller's place, run, and tell the exit code."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    _, streams, _, _ = socket.recv_fds(call, 1, 3)
    folder, words, environment = marshal.loads(b"".join(iter(lambda: call.recv(65536), b"")))
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
        os.close(stream)
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    time.tzset()
    sys.argv = ["crm", *words]
    sys.stdin, sys.stdout, sys.stderr = _stream(0, "r"), _stream(1, "w"), _stream(2, "w")
    end = os._exit
    os._exit = _telling(call, end)  # type: ignore[assignment]
    from crmcli.__main__ import main

    code: Any = 0
    try:
        main()
    except SystemExit as ended:
        code = ended.code
    os._exit(int(code or 0))


def _stream(number: int, mode: str) -> Any:
    return open(number, mode, encoding="utf-8", errors="surrogateescape" if number < 2 else "backslashreplace")


def _telling(call: socket.socket, end: Callable[[int], NoReturn]) -> Callable[[int], NoReturn]:
    def leave(code: int) -> NoReturn:
        for stream in (sys.stdout, sys.stderr):
            with contextlib.suppress(OSError, ValueError, AttributeError):
                stream.flush()
        with contextlib.suppress(OSError):  # the caller has gone
            call.send(bytes([code & 255]))
        end(code)

    return leave


if __name__ == "__main__":
    serve(sys.argv[1])
