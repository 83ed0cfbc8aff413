"""Sending once: leased, checked, marked, sent; after doubt the bank is asked by key first."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Awaitable, Iterator, Sequence
from contextlib import ExitStack, contextmanager

from models.entities.call import CallKind
from models.facts import RawAnswer
from models.ids import CallId
from models.language.phrase import error_sentence, stored_phrase
from models.trouble import Trouble
from recovery_flows.engine.context import Engine
from recovery_flows.engine.failures import alone, sentence
from recovery_flows.engine.outbox.large_statements import is_large, stored_before
from recovery_flows.engine.outbox.preparation import Ready, prepare
from recovery_flows.engine.outbox.results import Result
from recovery_flows.engine.outbox.settlement import settle_results
from recovery_flows.errors import (
    AnswerUnreadableError,
    OutcomeUnknownError,
    PartnerRefusedError,
    PartnerUnavailableError,
)
from recovery_flows.partners.rbp1 import wire
from recovery_flows.partners.rbp1.answers import check_answer
from recovery_flows.partners.rbp1.client import PartnerBank
from recovery_flows.partners.rbp1.orders import Authority


async def send_due(engine: Engine, kinds: Sequence[CallKind]) -> int:
    """Send a batch of due calls of these kinds; return how many were handled.

    What one partner answers is settled as soon as it has: a slow one holds up no other. A call that
    cannot be sent or settled is quarantined; the others go on.
    """
    lease = f"{engine.owner}/{secrets.token_hex(6)}"
    ready, handled = await asyncio.to_thread(prepare, engine, kinds, lease)
    by_partner: dict[str, list[Ready]] = {}
    for one in ready:
        by_partner.setdefault(one.call.partner_id, []).append(one)
    settling = _Settling(engine, lease)
    sending = (_send_to_partner(engine, *one, settling) for one in by_partner.items())
    await asyncio.gather(*sending)
    return handled


async def _send_to_partner(
    engine: Engine, partner_id: str, ready: list[Ready], settling: _Settling
) -> None:
    opening = asyncio.ensure_future(engine.bank(partner_id))
    results = await asyncio.gather(*(_exchange(engine, opening, r) for r in ready))
    await settling.add(results)


class _Settling:
    """Settles what has been answered, all that has come meanwhile at once.

    One writes at a time: many writers at once would only wait for the lock of the database. A
    statement that is stored in many transactions goes its own way, so that no answer waits for it.
    """

    def __init__(self, engine: Engine, lease: str) -> None:
        self._engine, self._lease = engine, lease
        self._one_at_a_time = asyncio.Lock()
        self._waiting: list[Result] = []

    async def add(self, results: Sequence[Result]) -> None:
        """Settle these; returns when they are settled."""
        large = [result for result in results if is_large(result)]
        self._waiting += (result for result in results if not is_large(result))
        if large:
            await asyncio.to_thread(_settle, self._engine, large, self._lease)
        async with self._one_at_a_time:
            some, self._waiting = self._waiting, []
            if some:
                await asyncio.to_thread(_settle, self._engine, some, self._lease)


def _settle(engine: Engine, results: Sequence[Result], lease: str) -> None:
    with ExitStack() as until_settled:
        stored = [stored_before(engine, result, until_settled) for result in results]
        settle_results(engine, stored, lease)


async def _exchange(engine: Engine, opening: Awaitable[PartnerBank], ready: Ready) -> Result:
    call = ready.call
    with alone() as failure:
        return await _exchange_with_bank(engine, opening, ready)
    # Of an order it is not known whether it left: the bank is asked by key before it is sent again.
    reason = sentence(failure.error) if failure.error else ""
    event = "postponed" if ready.in_doubt else "unknown"
    return Result(call, event, reason=reason, fault=failure.error)


async def _exchange_with_bank(
    engine: Engine, opening: Awaitable[PartnerBank], ready: Ready
) -> Result:
    call = ready.call
    try:
        bank = await opening
        engine.count_call(call.kind)
        authority, account = ready.authority, ready.limits.number
        if call.kind is CallKind.STATEMENT:
            statement, pages = await bank.statement(account, ready.since, ready.now, authority)
            return Result(call, "answered", pages, statement)
        if call.kind is CallKind.BALANCE:
            seen = await bank.balance(account, authority)
            with _keeping(bank, seen):
                wire.parse_balance(seen.body, bank.partner, account)
            return Result(call, "answered", (seen,))
        if call.kind is CallKind.HOLD_QUERY:
            shown = await bank.hold(ready.path, authority)
            with _keeping(bank, shown):
                wire.parse_hold(shown.body, bank.partner)
            return Result(call, "answered", (shown,))
        if ready.in_doubt:
            return await _ask_by_key(bank, ready, authority)
        answer = await bank.send(ready.path, ready.body, CallId(call.id), authority, ready.limits)
        return Result(call, "answered", (answer,))
    except PartnerUnavailableError as error:
        event = "postponed"
        return Result(
            call, event, error.raw, reason=str(error),
            retry_after_seconds=error.retry_after_seconds, trouble=error.trouble,
        )  # fmt: skip
    except OutcomeUnknownError as error:
        event = "postponed" if ready.in_doubt else "unknown"
        return Result(call, event, error.raw, reason=str(error), trouble=error.trouble)
    except PartnerRefusedError as error:
        return Result(
            call, "refused", error.raw, reason=str(error), code=error.problem,
            trouble=error.trouble,
        )  # fmt: skip
    except AnswerUnreadableError as error:
        event = "postponed" if ready.in_doubt else "unknown"
        return Result(call, event, error.raw, reason=str(error), trouble=error.trouble)


@contextmanager
def _keeping(bank: PartnerBank, answer: RawAnswer) -> Iterator[None]:
    """An answer that cannot be read goes with the error, and is not remembered for a 304."""
    try:
        yield
    except AnswerUnreadableError as error:
        bank.forget()
        error.raw = (answer,)
        raise


async def _ask_by_key(bank: PartnerBank, ready: Ready, authority: Authority) -> Result:
    """What became of a call whose answer was lost; never seen: it may be sent again, same bytes."""
    call = ready.call
    try:
        past = await bank.outcome(CallId(call.id), authority)
    except PartnerRefusedError as error:
        # A no to the question is no answer about the order: it stays in doubt.
        why = stored_phrase(
            "the bank does not say what became of it: {told}", told=error_sentence(error)
        )
        return Result(call, "postponed", error.raw, reason=why, code=error.problem)
    if past is None:
        return Result(
            call, "never_seen", reason=stored_phrase("the bank never saw it: it is sent again")
        )
    with _keeping(bank, past):
        answer = wire.parse_call(past.body, bank.partner, CallId(call.id))
    if answer is None:
        return Result(
            call, "postponed", (past,), reason=stored_phrase("the bank is still working on it"),
            trouble=Trouble.OUTCOME_UNKNOWN,
        )  # fmt: skip
    checked = check_answer(bank.partner, answer, CallId(call.id))
    return Result(call, "answered", (checked,))
