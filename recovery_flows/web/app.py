"""The server's routes: entrance, log-in, terminal, log-out."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractContextManager, asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Mount, Route, WebSocketRoute
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp
from starlette.websockets import WebSocket

from models.language.catalogue import Language
from models.language.phrase import as_phrase, phrase
from models.language.shown import in_language, language_shown
from recovery_flows.errors import RecoveryFlowsError, UnavailableError
from recovery_flows.service.door import Asked
from recovery_flows.web.guard import (
    ENTRANCE,
    LAUNCH_COOKIE,
    SESSION_COOKIE,
    Guard,
    Place,
    cookies_of,
    is_token,
)
from recovery_flows.web.language import language_of
from recovery_flows.web.pages import ENDED, log_in_page, terminal_page
from recovery_flows.web.sessions import Session, Sessions
from recovery_flows.web.source import source_of
from recovery_flows.web.terminal import run_terminal
from recovery_flows.web.unit_line import LogInFailedError, UnitLine

FORM_BYTES_MAX = 8_192
_LOG_INS_AT_ONCE = 4
_SWEEP_SECONDS = 1.0
_STATIC = Path(__file__).parent / "static"
# xterm.js puts its sizes and colours into style elements of its own making.
_TERMINAL_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self'; "
    "font-src 'self'; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; "
    "base-uri 'none'"
)
Check = Callable[[Asked], UnitLine]
"""Logs somebody in at the unit's service; takes a while."""


@dataclass(frozen=True, slots=True)
class Web:
    """What the routes share."""

    place: Place
    sessions: Sessions
    check: Check
    unit_name: str
    idle_minutes: int
    behind_proxy: bool
    at_once: asyncio.Semaphore


def web_app(
    place: Place,
    sessions: Sessions,
    check: Check,
    *,
    unit_name: str,
    idle_minutes: int,
    behind_proxy: bool = False,
) -> ASGIApp:
    """The application, behind its guard."""
    at_once = asyncio.Semaphore(_LOG_INS_AT_ONCE)
    web = Web(place, sessions, check, unit_name, idle_minutes, behind_proxy, at_once)
    routes = [
        Route(ENTRANCE, _with(web, _enter)),
        Route("/", _with(web, _start)),
        Route("/log-in", _with(web, _log_in), methods=["POST"]),
        Route("/log-out", _with(web, _log_out), methods=["POST"]),
        Route("/terminal", _with(web, _terminal)),
        WebSocketRoute("/terminal/line", partial(_line, web)),
        Mount("/static", StaticFiles(directory=_STATIC)),
    ]

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        sweeping = asyncio.create_task(_sweep(web))
        yield
        sweeping.cancel()
        sessions.end_all()

    return Guard(Starlette(routes=routes, lifespan=lifespan), place)


def _with(web: Web, answer: Callable[[Web, Request], Awaitable[Response]]) -> Any:  # noqa: ANN401
    """A route's function, which Starlette takes for a class unless it is one by `def`."""

    async def route(request: Request) -> Response:
        return await answer(web, request)

    return route


async def _sweep(web: Web) -> None:
    while True:
        await asyncio.sleep(_SWEEP_SECONDS)
        web.sessions.sweep()


async def _enter(web: Web, request: Request) -> Response:
    """The launch token becomes a cookie and leaves the address."""
    if not is_token(web.place, request.query_params.get("token", "")):
        raise HTTPException(403, "open the address that `recovery web` printed")
    answer = RedirectResponse("/", 303)
    _set_cookie(web, answer, LAUNCH_COOKIE, web.place.token)
    return answer


async def _start(web: Web, request: Request) -> Response:
    session = _session(web, request)
    if session is not None and not session.has_terminal:
        return RedirectResponse("/terminal", 303)
    note = ENDED.get(request.query_params.get("ended", ""), "")
    with _in_its_language(request):
        return HTMLResponse(log_in_page(web.unit_name, note=note))


async def _log_in(web: Web, request: Request) -> Response:
    if request.headers.get("content-type", "").partition(";")[0] != (
        "application/x-www-form-urlencoded"
    ):
        raise HTTPException(415, "a log-in comes from the form")
    typed = await _form(request)
    handle = typed.get("officer", "").strip()
    source = source_of(request, behind_proxy=web.behind_proxy)
    asked = Asked(handle, typed.get("password", ""), typed.get("code", ""), source)
    try:
        async with web.at_once:
            line = await asyncio.to_thread(web.check, asked)
        cookie = web.sessions.open(line)
    except RecoveryFlowsError as error:
        with _in_its_language(request):
            return _refused(web, error, handle)
    answer = RedirectResponse("/terminal", 303)
    _set_cookie(web, answer, SESSION_COOKIE, cookie)
    return answer


def _refused(web: Web, error: RecoveryFlowsError, handle: str) -> Response:
    headers, status = {}, 503 if isinstance(error, UnavailableError) else 401
    if isinstance(error, LogInFailedError) and error.wait_seconds:
        headers, status = {"Retry-After": str(error.wait_seconds)}, 429
    page = log_in_page(web.unit_name, refused=_why(error), handle=handle[:40])
    return HTMLResponse(page, status, headers)


def _why(error: RecoveryFlowsError) -> str:
    """Why, as a phrase; the unit's service speaks English, so its sentence is looked up here."""
    wait = error.wait_seconds if isinstance(error, LogInFailedError) else 0
    if wait and language_shown() is not Language.ENGLISH:
        return phrase("too many wrong tries: the next one is taken in {seconds} s", seconds=wait)
    return as_phrase(error.args[0])


def _in_its_language(request: Request) -> AbstractContextManager[None]:
    """Words are shown as the browser wants to have them."""
    return in_language(language_of(request.headers.get("accept-language", "")))


async def _form(request: Request) -> dict[str, str]:
    """The fields of a small form; HTTPException for a large or a strange one."""
    raw = b""
    async for piece in request.stream():
        raw += piece
        if len(raw) > FORM_BYTES_MAX:
            raise HTTPException(413, "that is too long")
    try:
        found = parse_qs(
            raw.decode("ascii"), keep_blank_values=True, max_num_fields=8, errors="replace"
        )
    except ValueError:
        raise HTTPException(400, "that is no form") from None
    return {name: values[-1] for name, values in found.items()}


async def _log_out(web: Web, request: Request) -> Response:
    session = _session(web, request)
    if session is not None:
        session.end("logged out")
        web.sessions.sweep()
    answer = RedirectResponse("/?ended=left", 303)
    answer.delete_cookie(SESSION_COOKIE, path="/")
    return answer


async def _terminal(web: Web, request: Request) -> Response:
    session = _session(web, request)
    if session is None or session.has_terminal:
        return RedirectResponse("/?ended=elsewhere" if session else "/", 303)
    with _in_its_language(request):
        page = terminal_page(web.unit_name, session.officer, web.idle_minutes)
    return HTMLResponse(page, headers={"Content-Security-Policy": _TERMINAL_POLICY})


async def _line(web: Web, page: WebSocket) -> None:
    """One terminal a session, once: a cookie that somebody else got opens no second one."""
    session = web.sessions.found(cookies_of(page.headers).get(SESSION_COOKIE, ""))
    if session is None or session.has_terminal:
        await page.accept()
        await page.close(4409 if session else 4000, "elsewhere" if session else "no session")
        return
    session.has_terminal = True
    await page.accept()
    await run_terminal(page, session, web.sessions)


def _session(web: Web, request: Request) -> Session | None:
    return web.sessions.found(cookies_of(request.headers).get(SESSION_COOKIE, ""))


def _set_cookie(web: Web, answer: Response, name: str, value: str) -> None:
    answer.set_cookie(
        name, value, path="/", httponly=True, samesite="strict", secure=web.place.is_secure
    )
