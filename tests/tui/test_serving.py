"""The screens in a browser: who may come in, and what they see."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import subprocess
import sys
import time
from base64 import b64decode
from contextlib import asynccontextmanager, contextmanager
from typing import TYPE_CHECKING, Any

import aiohttp
import pytest

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from pathlib import Path

CHROMIUM = next(
    (path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), None
)
_PATIENCE = 60  # seconds, for a busy machine


@contextmanager
def served(store: str, *words: str) -> Iterator[str]:
    """The address under which a ``crm tui --serve`` of its own process serves a store."""
    environment = {name: value for name, value in os.environ.items() if name != "TEXTUAL_DRIVER"}
    process = subprocess.Popen(
        [sys.executable, "-m", "crmcli", "--store", store, "tui", "--serve", *words],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment,
    )  # fmt: skip
    try:
        assert process.stdout is not None
        yield process.stdout.readline().strip()
    finally:
        process.terminate()
        process.communicate(timeout=_PATIENCE)


@pytest.fixture(scope="module")
def address(filled_store: Path) -> Iterator[str]:
    """The board over the store with deals, served."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CRM_NOW", "2026-11-21T12:00:00Z")
        with served(str(filled_store)) as found:
            yield found


async def status(address: str, **headers: str) -> int:
    """What a plain request is answered with."""
    async with aiohttp.ClientSession() as client, client.get(address, headers=headers) as response:
        return response.status


async def test_the_address_is_on_loopback_behind_a_long_random_word(address: str) -> None:
    """Nobody on the network reaches it, and nobody guesses it."""
    scheme, _, host, word, end = address.split("/")
    assert ("http:", "127.0.0.1", "", True) == (scheme, host.split(":")[0], end, len(word) >= 32)
    assert 200 == await status(address)


async def test_without_the_word_there_is_nothing(address: str) -> None:
    """Neither the root nor a wrong word tells anything."""
    root = "/".join(address.split("/")[:3])
    assert [404, 404, 404] == [await status(f"{root}/{path}") for path in ("", "ws", "x" * 32 + "/")]


async def test_another_name_for_this_machine_is_refused(address: str) -> None:
    """A foreign name that was made to point here gets nothing, even with the word."""
    assert 403 == await status(address, Host="evil.example")


async def test_a_page_of_another_site_cant_use_it(address: str) -> None:
    """A browser tells where a request comes from; only our own page may ask."""
    assert 403 == await status(f"{address}ws", Origin="http://evil.example")


async def test_the_page_loads_nothing_from_elsewhere(address: str) -> None:
    """No font, script or picture of another host, and the address is told to no one."""
    async with aiohttp.ClientSession() as client, client.get(address) as response:
        text, policy = await response.text(), response.headers["Content-Security-Policy"]
        referrer = response.headers["Referrer-Policy"]
    own = address.split("/")[2]
    assert [] == [part for part in text.split('"') if "://" in part and own not in part]
    assert ("no-referrer", True) == (referrer, policy.startswith("default-src 'none'"))


async def test_the_board_comes_through_the_socket(address: str) -> None:
    """What the browser draws is the very board."""
    seen = b""
    async with aiohttp.ClientSession() as client, client.ws_connect(f"{address}ws?width=120&height=36") as socket:
        async with asyncio.timeout(_PATIENCE):
            while b"Acme pilot" not in seen:
                message = await socket.receive()
                seen += message.data if isinstance(message.data, bytes) else b""
    assert b"Acme pilot" in seen


def test_a_taken_port_is_said_so(crm: Any, store: str) -> None:
    """Two can't listen on one port."""
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        result = crm("--store", store, "tui", "--serve", "--port", str(taken.getsockname()[1]))
    assert (6, True) == (result.code, "can't listen on port" in result.stderr)


# -- a real browser


class Page:
    """A page of a headless Chromium, driven through its debugging socket; ``received`` is what its terminal was sent."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._socket = socket
        self._number = 0
        self.received = b""

    async def ask(self, method: str, **params: Any) -> Any:
        """The result of one command."""
        self._number += 1
        number = self._number
        await self._socket.send_json({"id": number, "method": method, "params": params})
        while True:
            answer = json.loads((await self._socket.receive()).data)
            if answer.get("method") == "Network.webSocketFrameReceived":
                frame = answer["params"]["response"]
                self.received += b64decode(frame["payloadData"]) if frame["opcode"] == 2 else b""
            elif answer.get("id") == number:
                return answer["result"]

    async def value(self, script: str) -> Any:
        """What a line of JavaScript is worth there."""
        return (await self.ask("Runtime.evaluate", expression=script, returnByValue=True))["result"].get("value")

    async def press(self, key: str) -> None:
        """Press and let go of a key that types itself."""
        await self.value("document.querySelector('textarea').focus()")
        await self.ask("Input.dispatchKeyEvent", type="keyDown", text=key, key=key)
        await self.ask("Input.dispatchKeyEvent", type="keyUp", key=key)

    async def gets(self, wanted: str) -> bool:
        """Whether its terminal comes to be sent a text."""
        end = time.monotonic() + _PATIENCE
        while wanted.encode() not in self.received and time.monotonic() < end:
            await asyncio.sleep(0.1)
            await self.value("0")
        return wanted.encode() in self.received


@asynccontextmanager
async def chromium(address: str, folder: Path) -> AsyncIterator[Page]:
    """A page of a browser that shows an address."""
    assert CHROMIUM is not None
    process = await asyncio.create_subprocess_exec(
        CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
        "--disable-background-networking", "--disable-component-update", "--disable-sync", "--window-size=1400,900",
        f"--user-data-dir={folder}", "--remote-debugging-port=0", address,
        stderr=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    try:
        assert process.stderr is not None
        line = ""
        async with asyncio.timeout(_PATIENCE):
            while "ws://" not in line:
                line = (await process.stderr.readline()).decode()
        root = line.split("ws://")[1].split("/")[0]
        async with aiohttp.ClientSession() as client:
            pages: list[dict[str, str]] = []
            async with asyncio.timeout(_PATIENCE):
                while not pages:
                    async with client.get(f"http://{root}/json/list") as response:
                        pages = [page for page in await response.json(content_type=None) if page["type"] == "page"]
            async with client.ws_connect(pages[0]["webSocketDebuggerUrl"], max_msg_size=0) as socket:
                page = Page(socket)
                await page.ask("Network.enable")
                await page.ask("Page.reload")
                yield page
    finally:
        process.terminate()
        await process.wait()


@pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium here")
async def test_the_same_board_opens_in_a_browser_and_takes_keys(address: str, tmp_path: Path) -> None:
    """The cards are drawn; a key opens the help."""
    drawn = (
        "(c => c && c.getContext('2d').getImageData(0, 0, c.width, c.height).data.some(v => v))"
        "(document.querySelector('.xterm-text-layer'))"
    )
    async with chromium(address, tmp_path) as page:
        assert await page.gets("Acme pilot")
        assert await page.value(drawn)
        await page.press("?")
        assert await page.gets("moving around")
