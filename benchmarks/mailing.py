"""How many messages a second go out to a mail server beside us, and how much memory that takes.

    python benchmarks/mailing.py [PEOPLE] [TEMPLATE.html]

The server (aiosmtpd) is a process of its own and counts what it gets; the people are made by an import. The commit of each
message waits for the disk, so a look at how long that takes is printed as well.
"""

from __future__ import annotations

import asyncio
import json
import os
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

CRM = str(Path(sys.executable).with_name("crm"))
TEXT = "Dear {{ contact.given_name }},\n\nour spring offer is here.\n\n{{ unsubscribe_url }}\n"


def serve(port: int) -> None:
    """Take mail until stdin is closed; then say how many messages there were, and to how many addresses."""
    from aiosmtpd.smtp import SMTP

    boxes: dict[str, int] = {}

    class Desk:
        async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: ANN401, ARG002, N802
            for address in envelope.rcpt_tos:
                boxes[address] = boxes.get(address, 0) + 1
            return "250 taken"

    async def run() -> None:
        loop = asyncio.get_running_loop()
        server = await loop.create_server(lambda: SMTP(Desk(), hostname="bench", loop=loop), "127.0.0.1", port)
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        await loop.run_in_executor(None, sys.stdin.read)
        server.close()

    asyncio.run(run())
    sys.stdout.write(json.dumps([sum(boxes.values()), len(boxes)]))


def synced(folder: Path) -> float:
    """Milliseconds that a commit takes which waits for the disk: the median of some."""
    connection = sqlite3.connect(folder / "sync.db", isolation_level=None)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("CREATE TABLE t (x)")
    times = []
    for _ in range(200):
        start = time.perf_counter()
        connection.execute("INSERT INTO t VALUES ('x')")
        times.append(time.perf_counter() - start)
    return sorted(times)[100] * 1000


def prepare(folder: Path, people: int, html: str | None) -> dict[str, str]:
    """A store with so many people and a campaign to all of them; the environment to use it in."""
    environment = {
        **os.environ,
        "CRM_DB": str(folder / "crm.db"),
        "CRM_CONFIG": str(folder / "crm.toml"),
        "HOME": str(folder),
    }
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]
    (folder / "crm.toml").write_text(f'[smtp]\nhost = "127.0.0.1"\nport = {port}\nfrom = "Acme <news@acme.com>"\n')
    environment["CRM_BENCH_PORT"] = str(port)
    with (folder / "people.csv").open("w") as file:
        file.write("name,email\n")
        file.writelines(f"Jane Doe{number},jane{number}@example.com\n" for number in range(people))
    (folder / "hello.txt").write_text(TEXT)
    body = ["--html", html] if html else []
    for words in (
        ["import", "contacts", str(folder / "people.csv"), "--quiet"],
        ["segment", "add", "all", "--filter", "name is not empty", "--quiet"],
        [
            "template",
            "add",
            "hello",
            "--subject",
            "Hello {{ contact.given_name }}",
            "--text",
            str(folder / "hello.txt"),
            *body,
        ],
        ["campaign", "add", "Spring", "--segment", "all", "--template", "hello"],
        ["campaign", "start", "Spring", "--quiet"],
    ):
        subprocess.run([CRM, *words], env=environment, check=True, stdout=subprocess.DEVNULL)
    return environment


def main() -> None:
    """Make the people, start the server, send, and compare what went out with what came in."""
    if sys.argv[1:2] == ["--serve"]:
        serve(int(sys.argv[2]))
        return
    people, html = int((sys.argv[1:] or ["5000"])[0]), (sys.argv[2:] or [None])[0]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        environment = prepare(folder, people, html)
        words = [sys.executable, __file__, "--serve", environment["CRM_BENCH_PORT"]]
        with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:
            assert server.stdout is not None
            server.stdout.readline()
            before = synced(folder)
            start = time.perf_counter()
            sending = subprocess.Popen(
                [CRM, "campaign", "send", "Spring", "--yes"], env=environment, stdout=subprocess.PIPE
            )
            assert sending.stdout is not None
            said = sending.stdout.read()
            _, _, usage = os.wait4(sending.pid, 0)
            seconds = time.perf_counter() - start
            counted, _ = server.communicate("")
        taken, boxes = json.loads(counted)
        told = json.loads(said)
        sys.stdout.write(
            f"{people:,} people: {told['sent']:,} sent, {taken:,} taken by {boxes:,} mailboxes, {told['left']:,} left\n"
            f"{seconds:.1f} s, {told['sent'] / seconds:,.0f} messages/s, peak {usage.ru_maxrss / 1024:.0f} MB,"
            f" {(usage.ru_utime + usage.ru_stime) / people * 1000:.2f} ms of processor each,"
            f" a commit to disk takes {before:.2f} ms, load {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors\n"
        )


if __name__ == "__main__":
    main()
