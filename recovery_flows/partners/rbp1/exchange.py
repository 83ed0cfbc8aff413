"""One HTTP exchange with a partner: rate limit, circuit breaker, token, and failures by meaning."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from uuid import UUID

import httpx

from models.facts import RawAnswer
from models.ids import CallId
from models.language.phrase import Phrase, stored_phrase
from models.trouble import Trouble
from recovery_flows.errors import (
    AnswerUnreadableError,
    OutcomeUnknownError,
    PartnerUnavailableError,
    RecoveryFlowsError,
)
from recovery_flows.partners.rbp1.answers import check_answer, retry_wait_seconds
from recovery_flows.partners.rbp1.auth import Tokens
from recovery_flows.partners.rbp1.breaker import Breaker
from recovery_flows.partners.rbp1.connection import Line, call_headers
from recovery_flows.partners.rbp1.limiter import Gate
from recovery_flows.partners.rbp1.orders import Authority, Flag, Limits
from recovery_flows.partners.rbp1.transport import AnswerTooLargeError

BODY_BYTES_MAX = 5_000_000
_PIECES, _PIECE_BYTES = 1_000, 100
REMEMBERED_MAX = 256
_REMEMBERED_BYTES_MAX = 65_536
_NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)
_WHY: tuple[tuple[type[Exception], Phrase, Trouble], ...] = (
    (httpx.ConnectError, stored_phrase("it cannot be reached"), Trouble.UNREACHABLE),
    (
        httpx.ConnectTimeout,
        stored_phrase("it cannot be reached in time"),
        Trouble.UNREACHABLE,
    ),
    (httpx.PoolTimeout, stored_phrase("no connection was free"), Trouble.UNAVAILABLE),
    (httpx.TimeoutException, stored_phrase("it did not answer in time"), Trouble.SLOW),
    (TimeoutError, stored_phrase("it did not answer in time"), Trouble.SLOW),
    (AnswerTooLargeError, stored_phrase("its answer is too long"), Trouble.UNREADABLE),
)


class Exchange:
    """The connections to one partner; belongs to one event loop."""

    def __init__(self, line: Line, gate: Gate, breaker: Breaker) -> None:
        self.partner, self.gate, self.breaker = line.partner, gate, breaker
        self.http = line.open_http()
        self._line = line
        self._signing = ThreadPoolExecutor(1, f"sign-{line.partner}")
        self._total_seconds = line.total_timeout_seconds
        self._tokens: Tokens | None = None
        if line.signer is not None and line.client_id:
            self._tokens = Tokens(line.partner, line.client_id, line.base_url, line.signer)
        self._remembered: OrderedDict[str, tuple[str, RawAnswer]] = OrderedDict()

    async def headers(
        self,
        authority: Authority,
        request_id: UUID,
        what: tuple[Flag, Limits],
        key: CallId | None = None,
        body: bytes = b"",
    ) -> dict[str, str]:
        """What `call_headers` makes, signed beside the loop: each signature takes milliseconds."""
        make = partial(call_headers, self._line, authority, request_id, what, key, body)
        return await asyncio.get_running_loop().run_in_executor(self._signing, make)

    async def aclose(self) -> None:
        """Close the connections."""
        self._signing.shutdown(wait=False)
        await self.http.aclose()

    async def order(self, request: httpx.Request, key: CallId, flag: Flag) -> RawAnswer:
        """Send an order once; without an answer its outcome is unknown, unless it never left."""
        async with self.gate.passage(flag):
            with self.breaker.passage():
                response, body = await self._bytes(request, key)
                return self._checked(response, body, key)

    async def read(self, request: httpx.Request, flag: Flag) -> RawAnswer:
        """Read; an answer that has not changed since (304) comes from memory."""
        target = str(request.url)
        etag, before = self._remembered.get(target, ("", None))
        if etag:
            request.headers["If-None-Match"] = etag
        async with self.gate.passage(flag):
            with self.breaker.passage():
                response, body = await self._bytes(request, None)
                if response.status_code == httpx.codes.NOT_MODIFIED and before is not None:
                    return before
                answer = self._checked(response, body, None)
        self._remember(target, response.headers.get("etag", ""), answer)
        return answer

    def forget(self) -> None:
        """Drop an answer from memory that cannot be used, so that it is read again in full."""
        self._remembered.clear()

    def _remember(self, target: str, etag: str, answer: RawAnswer) -> None:
        self._remembered.pop(target, None)
        if etag and len(answer.body) <= _REMEMBERED_BYTES_MAX:
            self._remembered[target] = (etag, answer)
        if len(self._remembered) > REMEMBERED_MAX:
            self._remembered.popitem(last=False)

    async def _bytes(
        self, request: httpx.Request, key: CallId | None
    ) -> tuple[httpx.Response, bytes]:
        token = await self._authorize(request)
        response, body = await self._sent(request, key)
        if response.status_code == httpx.codes.UNAUTHORIZED and self._tokens is not None:
            # The token ended early at the bank's side, and nothing was done: once more, anew.
            await self._authorize(request, stale=token)
            response, body = await self._sent(request, key)
        return response, body

    async def _authorize(self, request: httpx.Request, stale: str = "") -> str:
        if self._tokens is None:
            return ""
        try:
            async with asyncio.timeout(self._total_seconds):
                token = await self._tokens.current(self.http, stale)
        except (httpx.RequestError, TimeoutError, AnswerTooLargeError) as error:
            why, trouble = _why(error)
            failure = PartnerUnavailableError(
                self.partner, stored_phrase("{why}, for a token", why=why), trouble=trouble
            )
        else:
            request.headers["Authorization"] = f"Bearer {token}"
            return token
        # Raised outside of the handler: httpx's texts can quote the form.
        raise failure

    async def _sent(
        self, request: httpx.Request, key: CallId | None
    ) -> tuple[httpx.Response, bytes]:
        try:
            return await self._exchange_again_if_dropped(request)
        except (httpx.RequestError, TimeoutError, AnswerTooLargeError) as error:
            failure = self._failure(error, key)
        # Raised outside of the handler: httpx's texts can quote headers and bodies.
        raise failure

    async def _exchange_again_if_dropped(
        self, request: httpx.Request
    ) -> tuple[httpx.Response, bytes]:
        try:
            return await self._exchange(request)
        except httpx.RemoteProtocolError:
            # A kept-alive connection that the server was just closing; only a read is repeated.
            if request.method != "GET":
                raise
        return await self._exchange(request)

    async def _exchange(self, request: httpx.Request) -> tuple[httpx.Response, bytes]:
        body, pieces = bytearray(), 0
        async with asyncio.timeout(self._total_seconds):
            response = await self.http.send(request, stream=True)
            try:
                async for chunk in response.aiter_raw():
                    body += chunk
                    pieces += 1
                    # Each piece costs as much as some hundred bytes of a long one.
                    if max(len(body), _PIECE_BYTES * (pieces - _PIECES)) > BODY_BYTES_MAX:
                        raise AnswerTooLargeError
            finally:
                await response.aclose()
        return response, bytes(body)

    def _checked(self, response: httpx.Response, body: bytes, key: CallId | None) -> RawAnswer:
        media_type = response.headers.get("content-type", "").partition(";")[0].strip()
        answer = RawAnswer(response.status_code, body, media_type)
        wait = retry_wait_seconds(response.headers.get("retry-after"), response.headers.get("date"))
        try:
            return check_answer(self.partner, answer, key, wait)
        except (PartnerUnavailableError, OutcomeUnknownError):
            self.gate.close_for(wait or 0)
            raise

    def _failure(self, error: Exception, key: CallId | None) -> RecoveryFlowsError:
        if isinstance(error, AnswerTooLargeError):
            why = stored_phrase(
                "is larger than {most} bytes, or comes in too many pieces", most=BODY_BYTES_MAX
            )
            if key is None:
                return AnswerUnreadableError(self.partner, "body", why)
            return OutcomeUnknownError(
                self.partner, key, stored_phrase("the answer {why}", why=why)
            )
        why, trouble = _why(error)
        if key is None or isinstance(error, _NOT_SENT):
            return PartnerUnavailableError(self.partner, why, trouble=trouble)
        return OutcomeUnknownError(self.partner, key, why)


def _why(error: Exception) -> tuple[Phrase, Trouble]:
    found = ((text, trouble) for kind, text, trouble in _WHY if isinstance(error, kind))
    return next(found, (stored_phrase("it hung up"), Trouble.HUNG_UP))
