"""The client side of the profile RBP/1: transport only; what the bytes mean is in `wire`."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from types import TracebackType
from typing import Self
from urllib.parse import quote, urlencode
from uuid import NAMESPACE_URL, UUID, uuid5

from models.facts import FeedPage, RawAnswer, StatementFact
from models.ids import CallId
from models.language.phrase import stored_phrase
from recovery_flows.errors import (
    AnswerUnreadableError,
    PartnerRefusedError,
    PartnerUnavailableError,
    RecoveryFlowsError,
    UnfitArgumentError,
)
from recovery_flows.partners.rbp1 import feed_wire, paging, wire
from recovery_flows.partners.rbp1.answers import Meaning, meaning_of
from recovery_flows.partners.rbp1.breaker import Breaker
from recovery_flows.partners.rbp1.connection import Line
from recovery_flows.partners.rbp1.daily import daily_path
from recovery_flows.partners.rbp1.exchange import Exchange
from recovery_flows.partners.rbp1.limiter import Gate
from recovery_flows.partners.rbp1.orders import Authority, Flag, Limits

FEED_PAGE_SIZE = 200
_ORDERS = tuple(
    (re.compile(pattern), flag)
    for pattern, flag in (
        (r"/v1/holds", Flag.HOLD),
        (r"/v1/holds/[^/?#]+/extend", Flag.EXTEND),
        (r"/v1/holds/[^/?#]+/release", Flag.RELEASE),
        (r"/v1/payouts", Flag.PAYOUT),
        (r"/v1/tasks", Flag.TASK),
        (r"/v1/tasks/[^/?#]+/extend", Flag.TASK_EXTEND),
        (r"/v1/tasks/[^/?#]+/cancel", Flag.TASK_CANCEL),
        (r"/v1/requests(/[^/?#]+/messages)?", Flag.REQUEST),
    )
)
_STEP = timedelta(microseconds=1)
_FIRST_INSTANT = datetime(1970, 1, 1, tzinfo=UTC)


def open_partner_bank(
    line: Line,
    standing: Authority,
    gate: Gate,
    request_id: Callable[[], UUID],
    breaker: Breaker | None = None,
) -> PartnerBank:
    """A client for one partner, for use in one event loop.

    `standing` is the authority of reads that belong to no recovery; `request_id` is the dice.
    """
    for name in ("httpx", "httpcore"):  # they print URLs, and account numbers are in the paths
        logging.getLogger(name).setLevel(logging.WARNING)
    calm = breaker or Breaker(line.partner, line.case_now)
    return PartnerBank(line, standing, Exchange(line, gate, calm), request_id)


class PartnerBank:
    """One partner bank over HTTP; every method sends at most what its name says.

    Reads raise PartnerUnavailableError, PartnerRefusedError or AnswerUnreadableError; `send` also
    raises OutcomeUnknownError. Errors carry the answers received so far in `raw`.
    """

    def __init__(
        self, line: Line, standing: Authority, exchange: Exchange, request_id: Callable[[], UUID]
    ) -> None:
        self.partner, self.breaker = line.partner, exchange.breaker
        self._line, self._standing, self._request_id = line, standing, request_id
        self._origin, self._exchange = line.origin(), exchange
        self._capabilities: wire.Capabilities | None = None

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
        await self._exchange.aclose()

    async def capabilities(self) -> RawAnswer:
        """What the partner says of itself (read by `wire.parse_capabilities`)."""
        return await self._get("/v1/capabilities", None, Flag.FEED)

    async def learn(self) -> wire.Capabilities:
        """What the partner says of itself, asked once per line; its limits are kept from now on."""
        if self._capabilities is None:
            answers = [await self.capabilities()]
            with self._keeping(answers):
                told = wire.parse_capabilities(answers[0].body, self.partner)
            for operation, (per_minute, burst) in told.limits.items():
                self._exchange.gate.limit(operation, per_minute / 60, burst)
            self._capabilities = told
        return self._capabilities

    async def balance(self, number: str, authority: Authority | None = None) -> RawAnswer:
        """What the account `number` shows now (read by `wire.parse_balance`)."""
        path = f"/v1/accounts/{_segment(number)}"
        return await self._get(path, authority, Flag.ACCOUNT, Limits(number))

    async def statement(
        self,
        number: str,
        since: datetime,
        until: datetime | None = None,
        authority: Authority | None = None,
    ) -> tuple[StatementFact, tuple[RawAnswer, ...]]:
        """All bookings of `number` with since <= at <= until (None: up to the bank's now).

        A period that is too large for one answer is halved, and the halves are joined.
        """
        if until is not None and until < since:
            raise UnfitArgumentError("until", "is before since")
        answers: list[RawAnswer] = []
        budget = paging.of_statement(self.partner)
        with self._keeping(answers):
            fact = await self._statement(number, since, until, authority, answers, budget)
            return fact, tuple(answers)

    async def _statement(
        self,
        number: str,
        since: datetime,
        until: datetime | None,
        authority: Authority | None,
        answers: list[RawAnswer],
        budget: paging.Budget,
    ) -> StatementFact:
        """One period, or its halves; the raw answers are added to `answers`."""
        period = {"fromDate": wire.time_text(since, "since")}
        if until is not None:
            period["toDate"] = wire.time_text(until, "until")
        path = f"/v1/accounts/{_segment(number)}/transactions?{urlencode(period)}"
        try:
            pages = await self._pages(path, authority, Flag.TRANSACTIONS, budget, Limits(number))
        except PartnerRefusedError as error:
            end = until or self._line.case_now()
            if meaning_of(error.status, error.problem) is not Meaning.HALVE or end <= since + _STEP:
                raise
            middle = since + (end - since) / 2
            first = await self._statement(number, since, middle, authority, answers, budget)
            rest = await self._statement(number, middle + _STEP, until, authority, answers, budget)
            return wire.join_statements(first, rest, self.partner)
        answers += pages
        fact = await paging.parsed(wire.parse_statement, pages, self.partner)
        if fact.account.number != number:
            raise AnswerUnreadableError(self.partner, "account.number", wire.OTHER_ACCOUNT)
        return paging.covered(fact, until)

    async def events(self, since: datetime | None) -> tuple[FeedPage, tuple[RawAnswer, ...]]:
        """Everything changed strictly after `since` (None: ever), oldest first.

        A feed may lag: the caller asks again from some seconds before what was reached, and tells
        repeated deliveries by (id, revision). Pages that are too large are asked for in halves;
        what is more than one reading may cost is left for the next one, and told in `unread`.
        """
        after = wire.time_text(since or _FIRST_INSTANT, "since")
        limit, budget = FEED_PAGE_SIZE, paging.of_feed(self.partner)
        spent: RecoveryFlowsError | None = None
        while True:
            query = urlencode({"modifiedAfter": after, "limit": limit})
            try:
                answers = await self._pages(f"/v1/events?{query}", None, Flag.FEED, budget)
                break
            except PartnerRefusedError as error:
                if meaning_of(error.status, error.problem) is not Meaning.HALVE or limit == 1:
                    raise
                limit //= 2
            except (PartnerUnavailableError, AnswerUnreadableError) as error:
                if not budget.is_spent:
                    raise
                answers, spent = list(error.raw), error
                break
        with self._keeping(answers if spent is None else []):
            page = await paging.parsed(feed_wire.parse_feed, answers, self.partner)
            page = page if spent is None else paging.up_to_here(page, spent)
        if page.unread:
            self.forget()
        return page, tuple(answers)

    async def daily(self, first: date, last: date) -> RawAnswer:
        """The partner's own figures of its legal days (read by `daily.parse_daily`)."""
        return await self._get(daily_path(first, last), None, Flag.DAILY)

    def forget(self) -> None:
        """Ask for everything anew, whatever its ETag: what was read could not be used."""
        self._exchange.forget()

    async def hold(self, bank_ref: str, authority: Authority | None = None) -> RawAnswer:
        """The hold with the bank's id `bank_ref` as it is now (read by `wire.parse_hold`)."""
        return await self._get(f"{wire.HOLDS_PATH}/{_segment(bank_ref)}", authority, Flag.HOLD)

    async def payout(self, bank_ref: str, authority: Authority | None = None) -> RawAnswer:
        """The payout with the bank's id `bank_ref` as it is now (read by `wire.parse_payout`)."""
        path = f"{wire.PAYOUTS_PATH}/{_segment(bank_ref)}"
        return await self._get(path, authority, Flag.PAYOUT)

    async def outcome(self, key: CallId, authority: Authority | None = None) -> RawAnswer | None:
        """What became of the call with `key` (read by `wire.parse_call`); None: never seen."""
        try:
            return await self._get(f"/v1/calls/{_segment(key)}", authority, Flag.CALLS)
        except PartnerRefusedError as error:
            if (error.status, error.problem) == (404, "NotFound"):
                return None
            raise

    async def send(
        self, path: str, body: bytes, key: CallId, authority: Authority, limits: Limits
    ) -> RawAnswer:
        """Send an order once; a retry is the same bytes under the same `key`.

        PartnerUnavailableError: nothing was done. OutcomeUnknownError: ask `outcome(key)` first.
        """
        flag = _flag_of(path)
        # The request id follows from the key, so that a retry after a crash still carries it.
        request_id = uuid5(NAMESPACE_URL, key)
        headers = await self._exchange.headers(authority, request_id, (flag, limits), key, body)
        http = self._exchange.http
        request = http.build_request("POST", path, content=body, headers=headers)
        return await self._exchange.order(request, key, flag)

    async def _get(
        self,
        path: str,
        authority: Authority | None,
        flag: Flag,
        limits: Limits = Limits(),  # noqa: B008 - a frozen value
    ) -> RawAnswer:
        whose = authority or self._standing
        headers = await self._exchange.headers(whose, self._request_id(), (flag, limits))
        request = self._exchange.http.build_request("GET", path, headers=headers)
        return await self._exchange.read(request, flag)

    async def _pages(
        self,
        path: str,
        authority: Authority | None,
        flag: Flag,
        budget: paging.Budget,
        limits: Limits = Limits(),  # noqa: B008 - a frozen value
    ) -> list[RawAnswer]:
        """All pages of one part of a reading."""
        answers: list[RawAnswer] = []
        seen: set[str] = set()
        with self._keeping(answers):
            next_path: str | None = path
            async with budget.in_time():
                while next_path is not None:
                    if next_path in seen:
                        why = stored_phrase("leads round and round")
                        raise AnswerUnreadableError(self.partner, "links.next", why)
                    seen.add(next_path)
                    budget.ask()
                    answers.append(await self._get(next_path, authority, flag, limits))
                    budget.count(answers[-1])
                    next_path = paging.next_path(self._origin, next_path, answers[-1], self.partner)
        return answers

    @contextmanager
    def _keeping(self, answers: list[RawAnswer]) -> Iterator[None]:
        """Put the answers received so far on the error that ends the reading."""
        try:
            yield
        except (AnswerUnreadableError, PartnerRefusedError, PartnerUnavailableError) as error:
            error.raw = (*answers, *error.raw)
            if isinstance(error, AnswerUnreadableError):
                self.forget()
            raise


def _flag_of(path: str) -> Flag:
    for pattern, flag in _ORDERS:
        if pattern.fullmatch(path):
            return flag
    raise UnfitArgumentError("path", "is not one of the profile's orders")


def _segment(text: str) -> str:
    """A part of a path; one that would be a step in it is no part."""
    if text in ("", ".", ".."):
        raise UnfitArgumentError("reference", "is a step in a path")
    return quote(text, safe="")
