"""Hostile answers that are wrong as bytes, on the way, or from page to page."""

from __future__ import annotations

import gzip
from collections.abc import Callable

from bench.hostile_kit import Case, always, pages, then_forever, then_hangs_up
from bench.hostile_words import PAGE_BYTES, filled, hold, packed, page

_CHUNKED = (
    b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n"
)
_HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n"
_COOKIES = tuple(f"set-cookie: c{n}={'x' * 900}" for n in range(90))


def _other_cookies(number: int) -> tuple[str, ...]:
    return tuple(f"set-cookie: c{number}-{n}={'x' * 900}" for n in range(90))


def _one(**changes: object) -> Callable[[], bytes]:
    return lambda: page(packed(hold(**changes)))  # type: ignore[arg-type]


BYTES: dict[str, Case] = {
    "invalid UTF-8": Case("feed", always(lambda: page("").replace(b"[]", b'["\xff\xfe"]', 1))),
    "half a character": Case("feed", always(_one(id="\ud800"))),
    "a reference of 4.9 MB": Case("feed", always(_one(id="x" * PAGE_BYTES)), is_read=True),
    "a field twice in a hold": Case(
        "hold",
        always(lambda: packed(hold()).replace(
            '"revision":2', '"amountHeld":{"currency":"CNY","amount":"900.00"},"revision":2'
        ).encode()),
    ),
    "a field twice in an item of the feed": Case(
        "feed",
        always(lambda: page(packed(hold()).replace(
            '"revision":2', '"amountHeld":{"currency":"CNY","amount":"900.00"},"revision":2'
        ))),
    ),
    "HTML with status 200": Case(
        "feed", always(lambda: b"<html>" + b"<p>" * 1_600_000, kind="text/html")
    ),
    "HTML with status 502": Case(
        "feed", always(lambda: b"<html>" + b"<p>" * 1_600_000, 502, kind="text/html")
    ),
    "5 MB of blanks": Case("feed", always(lambda: b" " * PAGE_BYTES)),
    "a gzip bomb": Case(
        "feed",
        always(lambda: gzip.compress(b"\0" * 1_000_000_000, 1), 200, "content-encoding: gzip"),
    ),
    "problem text of 4.9 MB": Case(
        "hold",
        always(
            lambda: packed({"type": "x/NotFound", "detail": "x" * PAGE_BYTES}).encode(), 404
        ),
    ),
    "HTML as the answer to an order": Case(
        "order", always(lambda: b"<html>" * 800_000, 200, kind="text/html"), is_read=True
    ),
}  # fmt: skip

TRANSPORT: dict[str, Case] = {
    "a body without an end": Case("feed", then_forever(_HEAD + b"\r\n", b"x" * 65_536, 0)),
    "a byte a second": Case("feed", then_forever(_HEAD + b"\r\n", b"x", 1)),
    "a header a second": Case("feed", then_forever(_HEAD, b"a: b\r\n", 1)),
    "headers without an end": Case("feed", then_forever(_HEAD, b"a: b\r\n" * 1_000, 0)),
    "a header of 10 MB": Case("feed", then_hangs_up(_HEAD, b"a: " + b"b" * 10_000_000)),
    "100 Continue without an end": Case(
        "feed", then_forever(b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 1_000, 0)
    ),
    "100 Continue without an end, for a token": Case(
        "token", then_forever(b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 1_000, 0)
    ),
    "5 MB in pieces of a byte": Case(
        "feed", then_forever(_CHUNKED, b"1\r\nx\r\n" * 10_000, 0)
    ),
    "pieces of a byte with 60 KB of extension": Case(
        "feed", then_forever(_CHUNKED, b"1;" + b"a" * 60_000 + b"\r\nx\r\n", 0)
    ),
    "content-length too long": Case(
        "feed", then_hangs_up(_HEAD, b"content-length: 100\r\n\r\n{}")
    ),
    "content-length too short": Case(
        "feed", always(lambda: page(""), 200, "content-length: 5")
    ),
    "content-length of 10^30": Case(
        "feed", then_hangs_up(_HEAD, b"content-length: 1" + b"0" * 30 + b"\r\n\r\n{}")
    ),
    "content-length below zero": Case(
        "feed", then_hangs_up(_HEAD, b"content-length: -1\r\n\r\n{}")
    ),
    "bytes that are no HTTP": Case("feed", then_hangs_up(b"\0" * 1_000_000)),
    "nothing at all": Case("feed", then_forever(b"", b"", 1)),
    "hangs up at once": Case("feed", then_hangs_up(b"")),
    "a drip as the answer to an order": Case("order", then_forever(_HEAD + b"\r\n", b"x", 1)),
    "a redirect to itself": Case(
        "feed", always(lambda: b"", 302, "location: /v1/events")
    ),
    "a redirect elsewhere, to an order": Case(
        "order", always(lambda: b"", 307, "location: http://127.0.0.2:9/")
    ),
}  # fmt: skip

PAGES: dict[str, Case] = {
    "empty pages without an end": Case(
        "feed", pages(lambda n, following: page("", following))  # noqa: ARG005
    ),
    "pages of 4.9 MB without an end": Case(
        "feed",
        pages(lambda n, following: page(filled(f'"{"x" * 1_000}"'), following)),  # noqa: ARG005
    ),
    "a page every three seconds without an end": Case(
        "feed", pages(lambda n, following: page("", following), 3), seconds=310  # noqa: ARG005
    ),
    "90 KB of cookies with each of a thousand pages": Case(
        "feed", pages(lambda n, following: page("", following), 0, lambda _: _COOKIES)  # noqa: ARG005
    ),
    "other cookies with each of a thousand pages": Case(
        "feed", pages(lambda n, following: page("", following), 0, _other_cookies)  # noqa: ARG005
    ),
    "a next link to another host": Case(
        "feed", always(lambda: page("", "http://169.254.169.254/v1/events"))
    ),
    "a next link out of the profile": Case("feed", always(lambda: page("", "/sandbox/book"))),
    "a next link to itself": Case("feed", always(lambda: page("", "/v1/events?a=b"))),
}  # fmt: skip
