"""What may leave now: calls leased, checked one by one, their bytes fixed, marked as sent."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

from models.case_file import CaseFile
from models.entities.call import OPEN_CALLS, QUERIES, CallKind, CallState
from models.entities.event import EntityKind
from models.language.phrase import stored_phrase
from models.queries.cases.case_files import files_by_id, load_file
from models.queries.cases.work import CallLine, account_refs, call_owner, calls_by_id
from models.store.calls import freeze_body, hold_back, lease_calls, mark_sent, settle
from models.store.pacing import Portions, for_a_while, rest_of_the_lock
from models.store.record import prefetch_events
from models.store.unit import ENGINE, Unit, savepoint, unit_of_work
from recovery_flows.cases.commit import commit_changes, derived
from recovery_flows.cases.quarantine import Work
from recovery_flows.correspondence import call_validity
from recovery_flows.correspondence.vouching import BROKEN, Vouched, note_broken
from recovery_flows.engine.context import Engine
from recovery_flows.engine.failures import alone
from recovery_flows.engine.outbox.bodies import authority_of, limits_of, path_and_body
from recovery_flows.engine.quarantine import note_failure
from recovery_flows.ledger import hold_figures
from recovery_flows.ledger.changeset import Changeset
from recovery_flows.partners.rbp1.orders import Authority, Limits

_LOOK_BACK = timedelta(days=30)
_LOOK_AGAIN = timedelta(minutes=10)
_BATCH_MAX = 100
_ASKED_ANEW = (CallKind.HOLD, CallKind.REQUEST, CallKind.RELEASE)


@dataclass(frozen=True, slots=True)
class Ready:
    """A call that may leave: what, where to, which bytes, and whether it is in doubt."""

    call: CallLine
    path: str = field(repr=False)
    body: bytes = field(repr=False)
    limits: Limits
    authority: Authority
    since: datetime
    now: datetime
    in_doubt: bool


def prepare(engine: Engine, kinds: Sequence[CallKind], lease: str) -> tuple[list[Ready], int]:
    """Lease due calls, drop those whose approval is not in force, fix bytes, mark them sent.

    Returns what is to leave and how many calls were handled. Each call stands for itself: one that
    cannot be prepared is quarantined. The write lock is held for short times only.
    """
    now, wall_now, pace = engine.now(), engine.wall_now(), engine.pace
    limit = min(pace.chunk_size, _BATCH_MAX)
    with unit_of_work(engine.database) as unit:
        ids = lease_calls(unit, lease, kinds, now, wall_now, pace.lease_seconds, limit)
    ready: list[Ready] = []
    rest = deque(ids)
    portions = Portions(rest)
    while rest:
        tried = list(rest)
        with alone() as failure:
            ready += _prepare_some(engine, portions, now)
        if failure.error is not None:
            rest.clear()
            rest.extend(tried)
            ready += _prepare_apart(engine, portions, now)
        rest_of_the_lock(rest)
    return ready, len(ids)


def _prepare_some(engine: Engine, portions: Portions[str], now: datetime) -> list[Ready]:
    """Prepare a portion in one transaction; where one fails nothing of it is written."""
    ready: list[Ready] = []
    with unit_of_work(engine.database) as unit, portions.next() as some:
        at_once = _ReadAtOnce(unit, engine, some)
        with unit.session.gathering():
            for call_id in for_a_while(some):
                ready += _prepare(unit, engine, call_id, now, at_once)
    return ready


def _prepare_apart(engine: Engine, portions: Portions[str], now: datetime) -> list[Ready]:
    """Prepare a portion, each call for itself."""
    ready: list[Ready] = []
    with unit_of_work(engine.database) as unit, portions.next() as some:
        at_once = _ReadAtOnce(unit, engine, some)
        for call_id in for_a_while(some):
            ready += _prepare_alone(unit, engine, call_id, now, at_once)
    return ready


class _ReadAtOnce:
    """The calls of one transaction with their files, in a few queries for all of them.

    What cannot be read so is read by itself, where it fails alone. Each is given once: what was
    done with it makes it old.
    """

    def __init__(self, unit: Unit, engine: Engine, call_ids: Iterable[str]) -> None:
        self._unit = unit
        self.vouched = Vouched(unit, engine.database)
        self._calls: dict[str, CallLine] = {}
        with alone():
            found = calls_by_id(unit.session, unit.vault, list(call_ids))
            self._calls = {call.id: call for call in found}
        orders = [call for call in self._calls.values() if _is_new_order(call)]
        with alone():
            self.vouched.check_together(
                sorted({c.recovery_id for c in orders}), sorted({c.partner_id for c in orders})
            )
        named = list(dict.fromkeys(c.recovery_id for c in self._calls.values()))
        self._files = files_by_id(unit.session, named)
        prefetch_events(unit, named)
        with alone():
            unit.opened = account_refs(unit.session, unit.vault, self._accounts())

    def _accounts(self) -> Iterator[str]:
        """The accounts of the holds that these calls are about."""
        for call in self._calls.values():
            file = self._files.get(call.recovery_id)
            if file is not None and call.noun is EntityKind.HOLD:
                yield from (a.account_id for a in file.assets if a.id == call.asset_id)

    def call(self, call_id: str) -> CallLine:
        """The call as it stands now."""
        known = self._calls.pop(call_id, None)
        if known is not None:
            return known
        (call,) = calls_by_id(self._unit.session, self._unit.vault, [call_id])
        return call

    def file(self, recovery_id: str) -> CaseFile:
        """The file as it stands now."""
        return self._files.pop(recovery_id, None) or load_file(self._unit.session, recovery_id)

    def forget(self) -> None:
        """Something was decided: other calls and files may not be as they were read."""
        self._calls.clear()
        self._files.clear()


def _is_new_order(call: CallLine) -> bool:
    return call.state is CallState.PLANNED and call.kind not in QUERIES


def _prepare_alone(
    unit: Unit, engine: Engine, call_id: str, now: datetime, at_once: _ReadAtOnce
) -> list[Ready]:
    with alone() as failure, savepoint(unit):
        return _prepare(unit, engine, call_id, now, at_once)
    at_once.forget()
    if failure.error is not None:
        recovery_id, asset_id = call_owner(unit.session, call_id)
        note_failure(
            unit, engine, Work(recovery_id, EntityKind.CALL, call_id, asset_id), failure.error
        )
    return []


def _prepare(
    unit: Unit, engine: Engine, call_id: str, now: datetime, at_once: _ReadAtOnce
) -> list[Ready]:
    call = at_once.call(call_id)
    file = at_once.file(call.recovery_id)
    if call.state not in OPEN_CALLS:
        return []  # taken back meanwhile, with another order of the same decision
    is_order = _is_new_order(call)
    broken = at_once.vouched.broken(call.recovery_id, call.partner_id) if is_order else ""
    if broken:
        # Looked at again later, for the records may be put right from a copy.
        hold_back(unit, [call.id], engine.wall_now() + _LOOK_AGAIN, BROKEN)
        note_broken(unit, file, broken, now, partial(derived, laws=engine.laws))
        at_once.forget()
        return []
    if not _may_leave(file, call):
        _withdraw(unit, engine, file, call, now)
        at_once.forget()
        return []
    kept = _kept_back(file, call)
    if kept:
        hold_back(unit, [call.id], engine.wall_now() + _LOOK_AGAIN, kept)
        return []
    return [_make_ready(unit, engine, file, call, now)]


def _may_leave(file: CaseFile, call: CallLine) -> bool:
    """A question may be asked under its stop; an order needs its approval, for these figures.

    What a bank may have already is followed to its end: the bank is asked what became of it. What
    it has put off stands as before its first attempt. An order to hold or to release that it has
    never seen leaves again only if it may still leave: one that arrives late all the same is told
    by the bank's feed.
    """
    if call.kind in _ASKED_ANEW and call.state is CallState.PLANNED:
        return call_validity.may_leave(file, call.kind, call.approval_id)
    return _may_have_left(call) or call_validity.may_leave(
        file, call.kind, call.approval_id, call.subject_id
    )


def _may_have_left(call: CallLine) -> bool:
    return call.may_have_arrived or call.state is not CallState.PLANNED


def _kept_back(file: CaseFile, call: CallLine) -> str:
    """Why an order that has not left is kept back for now, such as a trace that is due."""
    return "" if _may_have_left(call) else call_validity.waits(file, call.kind, call.subject_id)


def _withdraw(unit: Unit, engine: Engine, file: CaseFile, call: CallLine, now: datetime) -> None:
    """Cancel a call; what it was to order is open again, and the file goes on."""
    changes = Changeset(file)
    for row in file.calls:
        if row.id == call.id:
            call_validity.withdraw_call(changes, row)
    commit_changes(unit, ENGINE, now, engine.laws, changes)


def _make_ready(unit: Unit, engine: Engine, file: CaseFile, call: CallLine, now: datetime) -> Ready:
    path, body, digest = call.path, call.body, call.body_digest
    since = min(c.paid_at for c in file.claims) - _LOOK_BACK
    if not body and call.kind not in QUERIES:
        path, body = path_and_body(unit, file, call, engine.laws)
        digest = freeze_body(unit, call.id, path, body)
    if call.kind is CallKind.HOLD_QUERY:
        path = _bank_ref(file, call)
    in_doubt = call.state in (CallState.SENT, CallState.UNKNOWN)
    if call.state is CallState.SENT:
        reason = stored_phrase("the lease ended without an answer")
        settle(unit, now, call.recovery_id, call.id, call.state, "unknown", reason=reason)
    mark_sent(unit, now, call.recovery_id, call.id, call.state, (digest, call.sent_at))
    limits, authority = limits_of(unit, file, call), authority_of(file, call, engine.laws)
    return Ready(call, path, body, limits, authority, since, now, in_doubt)


def _bank_ref(file: CaseFile, call: CallLine) -> str:
    return hold_figures.asked_about(file, call.subject_id).bank_ref
