"""The client side of the profile RBP/1: transport only; what the bytes mean is in `wire`."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from types import TracebackType
from typing import Self
from urllib.parse import quote, urlencode
from uuid import NAMESPACE_URL, UUID, uuid5

import httpx

from models.facts import FeedPage, RawAnswer, StatementFact
from models.ids import CallId, OfficerId, RecoveryId
from recovery_flows.bank import wire
from recovery_flows.bank.answers import check_answer, retry_wait_seconds
from recovery_flows.bank.limiter import Gate
from recovery_flows.bank.line import Authority, Line, call_headers
from recovery_flows.errors import (
    AnswerUnreadableError,
    OutcomeUnknownError,
    PartnerRefusedError,
    PartnerUnavailableError,
    RecoveryFlowsError,
    UnfitArgumentError,
)

BODY_BYTES_MAX = 5_000_000
PAGES_MAX = 1_000
FEED_PAGE_SIZE = 200
_FIRST_INSTANT = datetime(1970, 1, 1, tzinfo=UTC)
_NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)
_WHY: tuple[tuple[type[Exception], str], ...] = (
    (httpx.ConnectError, "it cannot be reached"),
    (httpx.ConnectTimeout, "it cannot be reached in time"),
    (httpx.PoolTimeout, "no connection was free"),
    (httpx.TimeoutException, "it did not answer in time"),
    (TimeoutError, "it did not answer in time"),
)


class _BodyTooLargeError(Exception):
    """An answer went past BODY_BYTES_MAX."""


def open_partner_bank(
    line: Line, standing: Authority, gate: Gate, request_id: Callable[[], UUID]
) -> PartnerBank:
    """A client for one partner, for use in one event loop.

    `standing` is the authority of reads that belong to no recovery; `request_id` is the dice.
    """
    # These loggers print URLs, and account numbers are in the paths.
    for name in ("httpx", "httpcore"):
        logging.getLogger(name).setLevel(logging.WARNING)
    return PartnerBank(line, standing, gate, request_id)


class PartnerBank:
    """One partner bank over HTTP; every method sends at most what its name says.

    Reads raise PartnerUnavailableError, PartnerRefusedError or AnswerUnreadableError; `send` also
    raises OutcomeUnknownError. Errors carry the answers received so far in `raw`.
    """

    def __init__(
        self, line: Line, standing: Authority, gate: Gate, request_id: Callable[[], UUID]
    ) -> None:
        self.partner = line.partner
        self._standing, self._gate, self._request_id = standing, gate, request_id
        self._origin, self._total_seconds = line.origin(), line.total_timeout_seconds
        self._http = line.open_http()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    async def capabilities(self) -> RawAnswer:
        """What the partner says of itself (read by `wire.parse_capabilities`)."""
        return await self._get("/v1/capabilities", None)

    async def balance(self, number: str, authority: Authority | None = None) -> RawAnswer:
        """What the account `number` shows now (read by `wire.parse_balance`)."""
        return await self._get(f"/v1/accounts/{_segment(number)}", authority)

    async def statement(
        self,
        number: str,
        since: datetime,
        until: datetime | None = None,
        authority: Authority | None = None,
    ) -> tuple[StatementFact, tuple[RawAnswer, ...]]:
        """All bookings of `number` with since <= at <= until (None: up to the bank's now)."""
        period = {"fromDate": wire.time_text(since, "since")}
        if until is not None:
            period["toDate"] = wire.time_text(until, "until")
            if until < since:
                raise UnfitArgumentError("until", "is before since")
        path = f"/v1/accounts/{_segment(number)}/transactions?{urlencode(period)}"
        answers = await self._pages(path, authority)
        with _keeping(answers):
            fact = wire.parse_statement([answer.body for answer in answers], self.partner)
            if fact.account.number != number:
                raise AnswerUnreadableError(
                    self.partner, "account.number", "is not the account that was asked for"
                )
        return fact, tuple(answers)

    async def events(self, since: datetime | None) -> tuple[FeedPage, tuple[RawAnswer, ...]]:
        """Everything changed strictly after `since` (None: ever), all pages, oldest first.

        A feed may lag: the caller asks again from some seconds before what was reached, and tells
        repeated deliveries by (id, revision).
        """
        after = wire.time_text(since or _FIRST_INSTANT, "since")
        query = urlencode({"modifiedAfter": after, "limit": FEED_PAGE_SIZE})
        answers = await self._pages(f"/v1/events?{query}", None)
        with _keeping(answers):
            page = wire.parse_feed([answer.body for answer in answers], self.partner)
        return page, tuple(answers)

    async def hold(self, bank_ref: str, authority: Authority | None = None) -> RawAnswer:
        """The hold with the bank's id `bank_ref` as it is now (read by `wire.parse_hold`)."""
        return await self._get(f"{wire.HOLDS_PATH}/{_segment(bank_ref)}", authority)

    async def payout(self, bank_ref: str, authority: Authority | None = None) -> RawAnswer:
        """The payout with the bank's id `bank_ref` as it is now (read by `wire.parse_payout`)."""
        return await self._get(f"{wire.PAYOUTS_PATH}/{_segment(bank_ref)}", authority)

    async def outcome(self, key: CallId, authority: Authority | None = None) -> RawAnswer | None:
        """What became of the call with `key` (read by `wire.parse_call`); None: never seen."""
        try:
            return await self._get(f"/v1/calls/{_segment(key)}", authority)
        except PartnerRefusedError as error:
            if (error.status, error.problem) == (404, "NotFound"):
                return None
            raise

    async def send(
        self,
        path: str,
        body: bytes,
        key: CallId,
        recovery: RecoveryId,
        requester: OfficerId,
        mandate: str,
    ) -> RawAnswer:
        """Send an order once; a retry is the same bytes under the same `key`.

        PartnerUnavailableError: nothing was done. OutcomeUnknownError: ask `outcome(key)` first.
        """
        if not path.startswith("/v1/"):
            raise UnfitArgumentError("path", "is not one of the profile")
        # The request id follows from the key, so that a retry after a crash still carries it.
        headers = call_headers(
            Authority(recovery, requester, mandate), uuid5(NAMESPACE_URL, key), key
        )
        request = self._http.build_request("POST", path, content=body, headers=headers)
        return await self._answer(request, key)

    async def _get(self, path: str, authority: Authority | None) -> RawAnswer:
        headers = call_headers(authority or self._standing, self._request_id())
        return await self._answer(self._http.build_request("GET", path, headers=headers), None)

    async def _pages(self, path: str, authority: Authority | None) -> list[RawAnswer]:
        answers: list[RawAnswer] = []
        seen: set[str] = set()
        with _keeping(answers):
            next_path: str | None = path
            while next_path is not None:
                if next_path in seen or len(seen) == PAGES_MAX:
                    raise AnswerUnreadableError(self.partner, "links.next", "leads round and round")
                seen.add(next_path)
                answers.append(await self._get(next_path, authority))
                next_path = self._next(next_path, answers[-1])
        return answers

    def _next(self, path: str, answer: RawAnswer) -> str | None:
        href = wire.next_link(answer.body, self.partner)
        if href is None:
            return None
        try:
            url = self._origin.join(path).join(href)
        except httpx.InvalidURL:
            raise AnswerUnreadableError(self.partner, "links.next", "is not a URL") from None
        # A link elsewhere would carry the token there.
        if (url.scheme, url.netloc) != (self._origin.scheme, self._origin.netloc):
            raise AnswerUnreadableError(self.partner, "links.next", "leads to another origin")
        return url.raw_path.decode("ascii")

    async def _answer(self, request: httpx.Request, key: CallId | None) -> RawAnswer:
        async with self._gate.passage():
            try:
                response, body = await self._exchange_again_if_dropped(request)
            except (httpx.RequestError, TimeoutError, _BodyTooLargeError) as error:
                failure = self._failure(error, key)
            else:
                return self._checked(response, body, key)
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
        body = bytearray()
        async with asyncio.timeout(self._total_seconds):
            response = await self._http.send(request, stream=True)
            try:
                async for chunk in response.aiter_raw():
                    body += chunk
                    if len(body) > BODY_BYTES_MAX:
                        raise _BodyTooLargeError
            finally:
                await response.aclose()
        return response, bytes(body)

    def _checked(self, response: httpx.Response, body: bytes, key: CallId | None) -> RawAnswer:
        media_type = response.headers.get("content-type", "").partition(";")[0].strip()
        answer = RawAnswer(response.status_code, body, media_type)
        wait = retry_wait_seconds(response.headers.get("retry-after"), response.headers.get("date"))
        try:
            return check_answer(self.partner, answer, key, wait)
        except PartnerUnavailableError:
            self._gate.close_for(wait or 0)
            raise

    def _failure(self, error: Exception, key: CallId | None) -> RecoveryFlowsError:
        if isinstance(error, _BodyTooLargeError):
            why = f"is larger than {BODY_BYTES_MAX} bytes"
            if key is None:
                return AnswerUnreadableError(self.partner, "body", why)
            return OutcomeUnknownError(self.partner, key, f"the answer {why}")
        why = next((text for kind, text in _WHY if isinstance(error, kind)), "it hung up")
        if key is None or isinstance(error, _NOT_SENT):
            return PartnerUnavailableError(self.partner, why)
        return OutcomeUnknownError(self.partner, key, why)


def _segment(text: str) -> str:
    return quote(text, safe="")


@contextmanager
def _keeping(answers: list[RawAnswer]) -> Iterator[None]:
    """Put the answers received so far on the error that ends the reading."""
    try:
        yield
    except (AnswerUnreadableError, PartnerRefusedError, PartnerUnavailableError) as error:
        error.raw = (*answers, *error.raw)
        raise
