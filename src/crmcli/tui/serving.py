"""The screens in a browser on this very machine: on loopback only, behind a random word in the address."""

from __future__ import annotations

import os
import secrets
import shlex
import socket
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from crmcli.errors import StoreError, UsageError

if TYPE_CHECKING:
    from crmcli.context import AppContext
    from crmcli.tui.start import Wish

_HOST = "127.0.0.1"
_TOKEN_BYTES = 24
# The page loads nothing from elsewhere, tells nobody its address, and no other page may frame it.
_HEADERS = {
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "X-Frame-Options": "DENY",
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; font-src 'self' data:;"
        " img-src 'self' data:; connect-src 'self' {sockets}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
}


def serve(context: AppContext, screen: str, wish: Wish) -> None:
    """Serve the screens until interrupted, a program of their own for each page that is open; the address goes to stdout.

    Raises:
        UsageError: the extra ``browser`` is not installed.
        StoreError: the port is taken.
    """
    server = _server()
    listening = _listen(wish.port)
    token = secrets.token_urlsafe(_TOKEN_BYTES)
    port = listening.getsockname()[1]
    # Through the environment, since a store's address may hold a password and command lines can be read by all.
    os.environ |= {"CRM_STORE": context.store_location, "CRM_USER": context.user}
    if context.flags.config:
        os.environ["CRM_CONFIG"] = context.flags.config
    context.output.text(f"http://{_HOST}:{port}/{token}/")
    context.output.note("anyone on this machine who knows the address can use it; ctrl+c ends it")
    server(_command(screen, wish), port, token).run(listening)


def _command(screen: str, wish: Wish) -> str:
    words = [sys.executable, "-m", "crmcli", "tui"]
    words += ["--pipeline", wish.pipeline] if wish.pipeline else []
    words += ["--filter", wish.filter] if wish.filter else []
    return shlex.join([*words, screen])


def _listen(port: int) -> socket.socket:
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((_HOST, port))
        listening.listen()
    except (OSError, OverflowError) as error:
        listening.close()
        reason = (getattr(error, "strerror", None) or str(error)).lower()
        raise StoreError(f"can't listen on port {port}: {reason}", hint="leave --port out for a free one") from error
    return listening


def _server() -> Any:  # noqa: ANN401 - a class of a library that is loaded only here
    try:
        from aiohttp import web
        from textual_serve.server import Server
    except ImportError as error:
        raise UsageError("--serve needs textual-serve", hint="pip install 'crmcli[browser]'") from error

    class LoopbackServer(Server):
        """Serves only who asks for this machine by its loopback name and knows the token."""

        def __init__(self, command: str, port: int, token: str) -> None:
            here = Path(__file__).parent / "web"
            super().__init__(command, _HOST, port, "crm", f"http://{_HOST}:{port}", templates_path=here)
            self._token = token
            self._own = f"{_HOST}:{port}"

        def run(self, listening: socket.socket) -> None:
            """Serve until interrupted."""
            web.run_app(self._guarded(), sock=listening, print=None, access_log=None, handle_signals=True)

        async def _guarded(self) -> web.Application:
            app = web.Application(middlewares=[self._guard()])
            app.add_subapp(f"/{self._token}/", await self._make_app())
            return app

        def _guard(self) -> Any:  # noqa: ANN401 - an aiohttp middleware
            @web.middleware
            async def guard(request: web.Request, handler: Any) -> web.StreamResponse:  # noqa: ANN401
                # A name that someone else's server gave this address, or a page of another site, has no business here.
                origin = request.headers.get("Origin")
                if request.host != self._own or origin not in (None, f"http://{self._own}"):
                    raise web.HTTPForbidden
                response: web.StreamResponse = await handler(request)
                if not response.prepared:
                    response.headers.update(
                        {name: text.format(sockets=f"ws://{self._own}") for name, text in _HEADERS.items()}
                    )
                return response

            return guard

        async def on_startup(self, app: web.Application) -> None:
            """Say nothing: the address was told already."""

    return LoopbackServer
