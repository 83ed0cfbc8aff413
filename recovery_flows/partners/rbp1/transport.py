"""The bytes that come over a connection, counted before anything reads them.

What a body holds is bounded where it is read; interim answers, headers and the marks between the
pieces of a body are read below that, and a partner could send them for as long as time lasts.
"""

from __future__ import annotations

import ssl
from collections.abc import Iterable
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Any

import httpcore
import httpx

WIRE_BYTES_MAX = 7_000_000
"""What may come in answer to one request: the largest body, and what stands around its pieces."""


class AnswerTooLargeError(Exception):
    """An answer went past what one may hold."""


class BoundedTransport(httpx.AsyncHTTPTransport):
    """httpx's own transport over connections that end an answer which is too long."""

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
    """A jar that takes none: they would be kept for as long as the engine runs, and sent again."""
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
    """A stream that counts from each request on what comes in answer to it."""

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
