"""How a hostile bank answers: the same bytes always, pages without an end, a drip, a hang-up."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import parse_qs, urlsplit

from bench.hostile_server import Serve, Visit, response
from bench.hostile_words import CAPABLE, packed, page, statement

_TOO_LARGE = packed({"type": "https://rbp.example/problems/ResponseTooLarge"}).encode()


@dataclass(frozen=True, slots=True)
class Case:
    """What is asked of the bank, how it answers, and whether that may be taken for an answer.

    `seconds` is how long it may take on the clock: what only waits costs nothing else. `changes`:
    it says something new of a hold of ours, and is kept for that.
    """

    ask: str
    serve: Serve
    is_read: bool = False
    seconds: float = 75
    changes: bool = False


def always(make: Callable[[], bytes], status: int = 200, *headers: str, kind: str = "") -> Serve:
    """The same answer to whatever comes; made once, at the first request."""
    made: list[bytes] = []

    async def serve(visit: Visit) -> None:
        if not made:
            made.append(response(make(), status, *headers, kind=kind or "application/json"))
        await visit.send(made[0])

    return serve


def pages(
    make: Callable[[int, str], bytes],
    pause: float = 0,
    headers: Callable[[int], tuple[str, ...]] = lambda _: (),
) -> Serve:
    """Page after page, each with a link to one that was not there yet."""

    async def serve(visit: Visit) -> None:
        await asyncio.sleep(pause)
        path, number = visit.target.partition("?")[0], visit.number
        body = make(number, f"{path}?page={number}")
        await visit.send(response(body, 200, *headers(number)))

    return serve


def then_forever(head: bytes, piece: bytes, pause: float) -> Serve:
    """A beginning, and then the same piece again and again."""

    async def serve(visit: Visit) -> None:
        await visit.send(head)
        while True:
            await visit.send(piece)
            await asyncio.sleep(pause)

    return serve


def then_hangs_up(*parts: bytes) -> Serve:
    """Bytes, and the end of the connection."""

    async def serve(visit: Visit) -> None:
        await visit.send(*parts)
        visit.writer.close()

    return serve


def halves(least_seconds: int) -> Serve:
    """Each period longer than so many seconds is too large; shorter ones are empty."""

    async def serve(visit: Visit) -> None:
        asked = parse_qs(urlsplit(visit.target).query)
        begin, end = (asked.get(name, [""])[0] for name in ("fromDate", "toDate"))
        if end and _seconds(begin, end) <= least_seconds:
            await visit.send(response(statement("", begin=begin, end=end)))
        else:
            await visit.send(response(_TOO_LARGE, 413, kind="application/problem+json"))

    return serve


def about_ours(make: Callable[[str], bytes]) -> Serve:
    """An answer about the hold of ours that the visitor told of."""
    made: list[bytes] = []

    async def serve(visit: Visit) -> None:
        if not made:
            made.append(response(make(visit.told)))
        await visit.send(made[0])

    return serve


def until_told(serve: Serve) -> Serve:
    """A good bank with nothing new, until the visitor has told what is his; then as the case is."""

    async def both(visit: Visit) -> None:
        if visit.target.startswith("/v1/capabilities"):
            await visit.send(response(packed(CAPABLE).encode()))
        elif visit.told:
            await serve(visit)
        else:
            await visit.send(response(page("")))

    return both


def _seconds(begin: str, end: str) -> float:
    return (datetime.fromisoformat(end) - datetime.fromisoformat(begin)).total_seconds()
