"""Settling exchanges: raw bytes kept, facts taken, states moved, all in one transaction."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from models.entities.call import QUERIES, TASK_CALLS, CallKind, CallState
from models.entities.discrepancy import DiscrepancyKind
from models.entities.event import EntityKind
from models.ids import PartnerId, canonical
from models.language.phrase import stored_phrase
from models.store.calls import settle
from models.store.documents import keep
from models.store.pacing import Portions, rest_of_the_lock
from models.store.partners import note_breaker, note_contact, poll_by
from models.store.statements.statements import record_statement
from models.store.unit import ENGINE, Unit, savepoint
from models.trouble import Trouble
from recovery_flows.cases.quarantine import Work, went_through
from recovery_flows.correspondence import answers
from recovery_flows.cross_border import messages, over_connection
from recovery_flows.engine.context import Engine
from recovery_flows.engine.failures import alone, sentence
from recovery_flows.engine.outbox.portion import Portion, settling
from recovery_flows.engine.outbox.resources import belongs, settle_resource
from recovery_flows.engine.quarantine import note_failure
from recovery_flows.errors import AnswerUnreadableError
from recovery_flows.freezing import account_monitoring, release
from recovery_flows.ledger import bank_contradictions, hold_figures
from recovery_flows.ledger.changeset import Changeset
from recovery_flows.multi_agency import answers as task_answers
from recovery_flows.partners.rbp1 import wire
from recovery_flows.tracing import trace_requests

if TYPE_CHECKING:
    from recovery_flows.engine.outbox.results import Result

_SECOND_LONGEST = 6
_ANOTHER_STATE = "OperationInvalid"


def settle_results(engine: Engine, results: Iterable[Result], lease: str) -> None:
    """Record exchanges; each recovery that they touch stands for itself and is concluded once.

    A call whose lease is not `lease` any more was taken over meanwhile, and is settled by whoever
    has it now: the bank gives both the same answer. An answer that cannot be taken is quarantined:
    its bytes are kept, and the bank is asked again later.
    """
    by_recovery: dict[str, list[Result]] = {}
    for result in results:
        by_recovery.setdefault(result.call.recovery_id, []).append(result)
    rest = deque(by_recovery.values())
    portions = Portions(rest)
    while rest:
        tried = list(rest)
        with alone() as failure:
            _settle_some(engine, portions, lease)
        if failure.error is not None:
            rest.clear()
            rest.extend(tried)
            rest.extendleft(_settle_apart(engine, portions, lease))
        rest_of_the_lock(rest)


def _settle_some(engine: Engine, portions: Portions[list[Result]], lease: str) -> None:
    """Settle a portion in one transaction; where one fails nothing of it is written."""
    opened = settling(engine, portions, lease)
    with opened as (portion, groups), portion.unit.session.gathering():
        for group in groups:
            _settle_group(portion, portion.ours(group))
        portion.conclude()


def _settle_apart(
    engine: Engine, portions: Portions[list[Result]], lease: str
) -> list[list[Result]]:
    """Settle a portion, each recovery for itself; return what is to be tried one by one."""
    again: list[list[Result]] = []
    with settling(engine, portions, lease) as (portion, groups):
        for group in groups:
            again += _settle_alone(portion, portion.ours(group))
    return again


def _settle_alone(portion: Portion, group: list[Result]) -> list[list[Result]]:
    """Settle what one recovery was answered; return what is to be tried one by one."""
    with alone() as failure, savepoint(portion.unit):
        _settle_group(portion, group)
        portion.conclude()
        return []
    portion.forget()
    if len(group) > 1:
        return [[result] for result in group]
    if failure.error is not None:
        with savepoint(portion.unit):
            _settle_failed(portion.unit, portion.engine, group[0], failure.error)
    return []


def _settle_group(portion: Portion, group: list[Result]) -> None:
    if not group:
        return
    unit, engine, now, wall_now = portion.unit, portion.engine, portion.now, portion.wall_now
    changes = Changeset(portion.file(group[0].call.recovery_id))
    for result in group:
        _settle_one(unit, engine, now, wall_now, changes, result)
        _note(unit, result, wall_now)
    for partner_id in {r.call.partner_id for r in group}:
        remember_breaker(unit, engine, partner_id)
    _poll_soon(unit, group, now + timedelta(seconds=engine.pace.poll_seconds))
    portion.write(changes)
    for result in group:
        if result.fault is not None:
            note_failure(unit, engine, _work(result), result.fault)


def _settle_failed(unit: Unit, engine: Engine, result: Result, error: Exception) -> None:
    """Keep the bytes of an answer that cannot be taken; the call is in doubt and tried later."""
    call, now, wall_now = result.call, engine.now(), engine.wall_now()
    digests = _keep(unit, result, wall_now)
    state = _state_after_sending(result)
    event = "postponed" if state is CallState.UNKNOWN else "unknown"
    settle(
        unit, now, call.recovery_id, call.id, state, event,
        answer_digest=digests[0] if digests else "", reason=sentence(error),
    )  # fmt: skip
    _note(unit, result, wall_now)
    note_failure(unit, engine, _work(result), error)


def _work(result: Result) -> Work:
    call = result.call
    return Work(call.recovery_id, EntityKind.CALL, call.id, call.asset_id)


def _keep(unit: Unit, result: Result, wall_now: datetime) -> list[str]:
    kind = f"{result.call.kind} answer"
    return [keep(unit, raw.body, kind, raw.media_type, wall_now) for raw in result.raw]


def _settle_one(
    unit: Unit,
    engine: Engine,
    now: datetime,
    wall_now: datetime,
    changes: Changeset,
    result: Result,
) -> None:
    digests = _keep(unit, result, wall_now)
    event, reason = result.event, result.reason
    if event == "answered":
        try:
            _settle_answer(unit, engine, now, changes, result, digests)
        except AnswerUnreadableError as error:
            event, reason = "unknown", str(error)
    elif event == "refused":
        _refuse(changes, result, now)
    elif event == "postponed" and result.code:
        about = bank_contradictions.About(
            result.call.noun, result.call.subject_id, result.call.asset_id
        )
        kind = DiscrepancyKind.QUERY_REFUSED
        bank_contradictions.find(changes, kind, about, now, detail=reason, mark=result.call.id)
    state = _state_after_sending(result)
    if event == "unknown" and state is CallState.UNKNOWN:
        event = "postponed"
    settle(
        unit, now, result.call.recovery_id, result.call.id, state, event,
        answer_digest=digests[0] if digests else "",
        reason=reason,
        retry_at=_retry_at(engine, wall_now, result, event),
    )  # fmt: skip
    changes.settle_call(result.call.id, event)
    if event in ("answered", "refused"):
        went_through(changes, EntityKind.CALL, result.call.id, now)


def _refuse(changes: Changeset, result: Result, now: datetime) -> None:
    call = result.call
    if call.kind in TASK_CALLS:
        task_answers.apply_refusal(changes, call.kind, call.subject_id, result.code)
    elif call.kind is CallKind.ABROAD:
        over_connection.refused(changes, call.subject_id, result.code)
    elif call.kind is CallKind.MESSAGE:
        messages.refused(changes, call.subject_id, result.code)
    else:
        answers.apply_refusal(changes, call.kind, call.noun, call.subject_id, result.code, now)


def _state_after_sending(result: Result) -> CallState:
    in_doubt = result.call.state in (CallState.SENT, CallState.UNKNOWN)
    return CallState.UNKNOWN if in_doubt else CallState.SENT


def _retry_at(engine: Engine, wall_now: datetime, result: Result, event: str) -> datetime | None:
    if event in ("answered", "refused", "cancelled", "never_seen"):
        return None
    backoff = min(
        2 ** min(result.call.attempts, _SECOND_LONGEST), engine.pace.retry_ceiling_seconds
    )
    seconds = max(result.retry_after_seconds or 0, backoff if result.call.attempts else 1)
    return wall_now + timedelta(seconds=seconds)


def _settle_answer(
    unit: Unit,
    engine: Engine,
    now: datetime,
    changes: Changeset,
    result: Result,
    digests: list[str],
) -> None:
    call = result.call
    if result.statement is not None:
        recovery_id = changes.file.recovery.id
        wall_now = engine.wall_now()
        pages = keep(unit, canonical(digests), "statement pages", "application/json", wall_now)
        if result.stored is not None:
            result.stored.settle(unit, now, recovery_id, pages)
        else:
            zones = {code: law.time_zone for code, law in engine.laws.items()}
            record_statement(unit, ENGINE, now, recovery_id, result.statement, pages, zones)
        asked_at = next((c.planned_at for c in changes.file.calls if c.id == call.id), None)
        trace_requests.request_trace_to(
            changes, call.noun, call.subject_id, result.statement.covers_to, asked_at, now
        )
    elif call.kind is CallKind.BALANCE:
        seen = wire.parse_balance(result.raw[0].body, PartnerId(call.partner_id))
        available = seen.booked - seen.held
        account_monitoring.apply_balance(changes, call.subject_id, available, engine.laws, now)
    elif call.kind is CallKind.HOLD_QUERY:
        _apply_balance(engine, now, changes, result)
    elif call.kind is CallKind.PAYOUT:
        fact = wire.parse_payout(result.raw[0].body, PartnerId(call.partner_id))
        belongs(changes, result, now, fact.order_ref)
        answers.apply_payout_fact(changes, call.subject_id, fact, now)
    elif call.kind in TASK_CALLS or call.kind in (CallKind.ABROAD, CallKind.MESSAGE):
        settle_resource(unit, engine, now, changes, result, digests[0])
    else:
        answered = wire.parse_hold(result.raw[0].body, PartnerId(call.partner_id))
        if not hold_figures.is_the_banks_own(changes.file, call.subject_id, answered):
            belongs(changes, result, now, answered.order_ref)
        if call.kind is CallKind.REQUEST:
            answers.apply_request_sent(changes, call.subject_id, now)
        answers.apply_hold_fact(changes, call.subject_id, answered, engine.laws, now)
        if call.kind is CallKind.RELEASE:
            release.keep_remainder(changes, call.subject_id, answered)


def _apply_balance(engine: Engine, now: datetime, changes: Changeset, result: Result) -> None:
    """What a bank holds now; a payout that it was asked after counts as confirmed with it."""
    call = result.call
    hold = hold_figures.asked_about(changes.file, call.subject_id)
    told = wire.parse_hold(result.raw[0].body, PartnerId(call.partner_id))
    if not hold_figures.is_the_banks_own(changes.file, hold.id, told):
        belongs(changes, result, now, told.order_ref, hold.id)
    if told.revision < hold.bank_revision:
        bank_contradictions.older_answer(changes, hold, told.revision, now)
        why = stored_phrase("is older than what the bank stated before")
        raise AnswerUnreadableError(PartnerId(call.partner_id), "revision", why)
    changes.settle_call(call.id, "answered")
    answers.confirm_figure(changes, hold.id, told, engine.laws, now)


def remember_breaker(unit: Unit, engine: Engine, partner_id: str) -> None:
    """Write down how the breaker before a partner stands, for screens and the next engine."""
    breaker = engine.breaker_of(partner_id)
    if breaker is not None:
        note_breaker(unit, partner_id, breaker.failures, breaker.open_until)


def _poll_soon(unit: Unit, results: list[Result], soon: datetime) -> None:
    """An order was taken in, or met another state: the feed is read soon, however quiet it was."""
    ordered = {
        r.call.partner_id
        for r in results
        if (r.event == "answered" or r.code == _ANOTHER_STATE) and r.call.kind not in QUERIES
    }
    for partner_id in ordered:
        poll_by(unit, partner_id, soon)


def _note(unit: Unit, result: Result, wall_now: datetime) -> None:
    heard = bool(result.raw) or result.event in ("answered", "refused", "never_seen")
    is_well = result.event in ("answered", "never_seen")
    note_contact(
        unit, result.call.partner_id,
        answered_at=wall_now if heard else None,
        error="" if is_well else result.reason,
        trouble=Trouble.NONE if is_well else result.trouble,
    )  # fmt: skip
