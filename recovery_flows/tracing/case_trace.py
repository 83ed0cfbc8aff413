"""Tracing one recovery from the statements that are stored: read, trace, adopt."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlmodel import Session

from models.case_file import CaseFile, DissipatedPart, Position, TraceView
from models.entities.event import EntityKind
from models.entities.recovery import RecoveryRow
from models.ids import derive_id, digest
from models.language.phrase import phrase
from models.outcome import Scalar, Transition
from models.queries.books.changed_bookings import changed_bookings
from models.queries.books.money import places, statement_currencies
from models.queries.cases.case_files import trace_json
from models.queries.cases.letters import is_call
from models.sealing.vault import Vault
from recovery_flows.errors import DisagreementError
from recovery_flows.law.regime import Regimes
from recovery_flows.ledger import bank_contradictions, claim_limits
from recovery_flows.ledger.changeset import Changeset
from recovery_flows.ledger.postings import CONFLICT
from recovery_flows.tracing import contradictions, onward_accounts, trace_requests
from recovery_flows.tracing.inputs import TraceInputs, gather
from recovery_flows.tracing.methods.catalogue import RuleName, trace_by
from recovery_flows.tracing.methods.two_parts import Among
from recovery_flows.tracing.methods.types import Trace


class BookingsChangedError(DisagreementError):
    """Bookings that a trace would rest on were changed by hand: nothing is traced with them."""

    def __init__(self, sentence: str) -> None:
        super().__init__(
            phrase(
                "{sentence}: it was changed by hand, see `recovery audit verify`", sentence=sentence
            )
        )


def trace_file(
    session: Session, vault: Vault, changes: Changeset, now: datetime, laws: Regimes
) -> None:
    """Trace a recovery under its chosen rule from all stored bookings, and adopt the result.

    One that contradicts what was paid back or is being paid is not adopted, but owned by a person.
    Raises BookingsChangedError where the bookings are not those that were stored.
    """
    file = changes.file
    told = statement_currencies(session, {a.account_id for a in file.assets})
    bank_contradictions.compare_currencies(changes, told, now)
    given = gather(session, file)
    for sentence in changed_bookings(session, vault, file.recovery.id, given.accounts):
        raise BookingsChangedError(sentence)
    trace = traced(file.recovery, given, now)
    view, text = _view(file, trace, now, mixed_accounts(given, now))
    if contradictions.refuse(changes, view, now, digest(text)):
        return
    known_places = places(session, {p.account_id for p in view.positions})
    covered_to = {s.account_id: s.covers_to for s in given.spans}
    stale = frozenset(a for a in trace.frontier if covered_to.get(a, now) < now)
    limited = tuple(claim_limits.moves(file, given.booked))
    onward_accounts.adopt(
        changes, now, laws, view, text, known_places, depths(trace), stale, limited, given.untold
    )
    claim_limits.record(changes, given.booked, given.unbooked, now)
    _note_files(changes, {a: covered_to[a] for a in given.from_files - stale if a in covered_to})
    trace_requests.follow_by_letter(changes, now, lambda name: is_call(session, name))


def _note_files(changes: Changeset, covered_to: Mapping[str, datetime]) -> None:
    """An account found now may have been told by a file before: its statement is in already."""
    for asset in changes.file.assets:
        reaches = covered_to.get(asset.account_id)
        if asset.statement_to is None and reaches is not None:
            values: dict[str, Scalar] = {"statement_to": reaches}
            changes.apply(Transition(EntityKind.ASSET, asset.id, "updated", asset.stage, values))


def traced(recovery: RecoveryRow, given: TraceInputs, now: datetime) -> Trace:
    """The trace under the rule in force for a recovery."""
    return trace_under(RuleName(recovery.tracing_rule), given, now, recovery.tracing_among)


def trace_under(rule: RuleName, given: TraceInputs, now: datetime, among: str = "") -> Trace:
    """The trace under any rule, of what is known at `now`; `among` "" is the usual one."""
    trace = trace_by(
        rule, given.transfers, given.sources, given.openings, given.coverage,
        as_of=now, among=Among(among or Among.FIFO), holds=given.holds,
    )  # fmt: skip
    return given.purses.together(trace)


_LADDER = (RuleName.FIFO, RuleName.LIFO, RuleName.PRO_RATA)
"""By these the ladder tells whether times say whose money it is: where all of them agree."""


def mixed_accounts(given: TraceInputs, now: datetime) -> frozenset[str]:
    """Accounts of whose money the rules of the ladder do not all name the same victims.

    Source: CBRC and MPS Provisions on returning frozen funds (2016) art 8(2); the test is this
    project's reading of it.
    """
    if len({source.claim_id for source in given.sources}) < 2:
        return frozenset()
    found = [_whose(trace_under(rule, given, now)) for rule in _LADDER]
    accounts = {account for whose in found for account in whose}
    return frozenset(a for a in accounts if len({whose.get(a, frozenset()) for whose in found}) > 1)


def _whose(trace: Trace) -> dict[str, frozenset[str]]:
    """The claims whose money each account holds."""
    claims: dict[str, set[str]] = {}
    for position in trace.positions:
        if position.amount_minor:
            claims.setdefault(position.account, set()).add(position.claim_id)
    return {account: frozenset(here) for account, here in claims.items()}


def rule_text(recovery: RecoveryRow) -> str:
    """The rule in force as an adopted trace spells it."""
    among = recovery.tracing_among
    return f"{recovery.tracing_rule}/{among}" if among else recovery.tracing_rule


def _view(
    file: CaseFile, trace: Trace, now: datetime, mixed: frozenset[str]
) -> tuple[TraceView, str]:
    sums: dict[tuple[str, str], list[int]] = {}
    for position in trace.positions:
        both = sums.setdefault((position.account, position.claim_id), [0, 0])
        both[0] += position.amount_minor
        both[1] += position.claim_minor
    positions = tuple(
        Position(account, claim, amount, minor)
        for (account, claim), (amount, minor) in sorted(sums.items())
    )
    gone: dict[tuple[str, str, str], list[int]] = {}
    parts: list[tuple[str, str, Any]] = [(str(g.kind), g.account, g) for g in trace.gone]
    parts += [(CONFLICT, "", c) for c in trace.conflicts]
    for kind, account, part in parts:
        both = gone.setdefault((kind, account, part.claim_id), [0, 0])
        both[0] += part.amount_minor
        both[1] += part.claim_minor
    ended = tuple(
        DissipatedPart(kind, account, claim, amount, minor)
        for (kind, account, claim), (amount, minor) in sorted(gone.items())
    )
    text = trace_json(positions, ended, mixed)
    rule = rule_text(file.recovery)
    # After the one before: within an instant a recovery may come back to what it was traced as.
    before = file.trace.id if file.trace else ""
    name = derive_id("trace", file.recovery.id, now.isoformat(), rule, text, before)
    return TraceView(name, rule, now, positions, ended, mixed), text


def depths(trace: Trace) -> dict[str, int]:
    """How many payments each account is from the victim's own, at the least."""
    depth_of_hop: dict[int, int] = {}
    depths: dict[str, int] = {}
    for hop in trace.hops:
        parent = -1 if hop.parent is None else depth_of_hop.get(hop.parent, 0)
        depth_of_hop[hop.id] = parent + 1
        if hop.payee is not None:
            depths[hop.payee] = min(depths.get(hop.payee, parent + 1), parent + 1)
    return depths
