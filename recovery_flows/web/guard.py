"""What every request has to pass before anything else: name, origin, launch token; and headers.

A page that is open in the same browser can reach every port of this machine, also under a name of
its own that resolves to it. So a request counts only under the names that this server was given,
and what changes anything or opens a terminal only from its own pages.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterable
from dataclasses import dataclass, field

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import cookie_parser
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

LAUNCH_COOKIE, SESSION_COOKIE = "recovery_launch", "recovery_session"
ENTRANCE = "/enter"
_REFUSED_CODE = 4403
_ALWAYS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; "
        "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # With `no-referrer` the browser itself would send `Origin: null` with the form.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}


@dataclass(frozen=True, slots=True)
class Place:
    """Under which names this server answers, from which pages, and by which launch token."""

    hosts: frozenset[str]
    origins: frozenset[str]
    token: str = field(repr=False)
    is_secure: bool = False


def place_at(address: str, own: Iterable[str], token: str) -> Place:
    """The place of a server that browsers reach at an address, and under `own` hosts beside it."""
    scheme, _, host = address.partition("://")
    hosts = {host.lower(), *own}
    origins = {f"{scheme}://{one}" for one in hosts}
    return Place(frozenset(hosts), frozenset(origins), token, is_secure=scheme == "https")


def cookies_of(headers: Headers) -> dict[str, str]:
    """The cookies of a request, as a browser sends them: those of others may hold anything."""
    found: dict[str, str] = {}
    for line in headers.getlist("cookie"):
        found |= cookie_parser(line)
    return found


class Guard:
    """Refuses what does not come by the unit's own address and pages, and marks every answer."""

    def __init__(self, app: ASGIApp, place: Place) -> None:
        self._app, self._place = app, place

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or refuse it."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return

        async def marked(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _ALWAYS.items():
                    headers.setdefault(name, value)
            await send(message)

        if wrong := self._why_not(scope):
            await _refuse(wrong, scope, receive, marked)
        else:
            await self._app(scope, receive, marked)

    def _why_not(self, scope: Scope) -> str:
        headers, place = Headers(scope=scope), self._place
        if [one.lower() for one in headers.getlist("host")] not in [[h] for h in place.hosts]:
            return "this server does not answer to that name"
        origins = headers.getlist("origin")
        changes = scope["type"] == "websocket" or scope["method"] not in ("GET", "HEAD")
        if (changes or origins) and not (len(origins) == 1 and origins[0] in place.origins):
            return "that came from a page of another origin"
        given = cookies_of(headers).get(LAUNCH_COOKIE, "")
        is_entering = scope["type"] == "http" and scope["path"] == ENTRANCE
        if not is_entering and not self.is_launched(given):
            return "open the address that `recovery web` printed when it was started"
        return ""

    def is_launched(self, given: str) -> bool:
        """Whether this is the launch token."""
        return is_token(self._place, given)


def is_token(place: Place, given: str) -> bool:
    """Whether this is the launch token, compared in equal time."""
    return hmac.compare_digest(given.encode("utf-8", "replace"), place.token.encode())


async def _refuse(why: str, scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.close", "code": _REFUSED_CODE, "reason": why})
        return
    await PlainTextResponse(f"{why}\n", status_code=403)(scope, receive, send)
