"""Limits the bytes of an answer before anything parses them.

The length of a body is checked where it is read. Interim answers, headers and chunk sizes are
parsed below that, and a partner could send them without end.
"""

from __future__ import annotations

import ssl
from collections.abc import Iterable
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Any

import httpcore
import httpx

WIRE_BYTES_MAX = 7_000_000
"""The limit for one answer: the largest body, with room for headers and chunk sizes."""


class AnswerTooLargeError(Exception):
    """An answer was longer than the limit."""


class BoundedTransport(httpx.AsyncHTTPTransport):
    """httpx's transport over connections that end an answer which is too long."""

    def __init__(self, context: ssl.SSLContext | None, limits: httpx.Limits) -> None:
        super().__init__(verify=context or False, trust_env=False, limits=limits)
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=context,
            max_connections=limits.max_connections,
            max_keepalive_connections=limits.max_keepalive_connections,
            keepalive_expiry=limits.keepalive_expiry,
            network_backend=_Backend(),
        )


def no_cookies() -> CookieJar:
    """A cookie jar that accepts none: the engine would keep and resend them as long as it runs."""
    return CookieJar(DefaultCookiePolicy(allowed_domains=()))


class _Backend(httpcore.AnyIOBackend):
    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - httpcore's own name
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        stream = await super().connect_tcp(host, port, timeout, local_address, socket_options)
        return _Counted(stream)


class _Counted(httpcore.AsyncNetworkStream):
    """A stream that counts, from each request on, the bytes of its answer."""

    def __init__(self, stream: httpcore.AsyncNetworkStream) -> None:
        self._stream, self._come = stream, 0

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ASYNC109
        data = await self._stream.read(max_bytes, timeout)
        self._come += len(data)
        if self._come > WIRE_BYTES_MAX:
            raise AnswerTooLargeError
        return data

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ASYNC109
        self._come = 0
        await self._stream.write(buffer, timeout)

    async def aclose(self) -> None:
        await self._stream.aclose()

    async def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ASYNC109
    ) -> httpcore.AsyncNetworkStream:
        return _Counted(await self._stream.start_tls(ssl_context, server_hostname, timeout))

    def get_extra_info(self, info: str) -> Any:  # noqa: ANN401 - httpcore's own
        return self._stream.get_extra_info(info)
