"""Merges two recoveries that target the same account; no sum is counted twice."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import datetime

from models.case_file import CaseFile, TraceView
from models.entities.asset import Stage, reopened
from models.entities.call import CallRow
from models.entities.event import EntityKind
from models.entities.recovery import CLOSED_RECOVERIES, RecoveryState
from models.entities.request import RequestRow
from models.ids import derive_id, digest
from models.language.phrase import phrase, stored_phrase
from models.outcome import Outcome, Scalar, Transition
from recovery_flows.correspondence import call_validity
from recovery_flows.cross_border.sums.merged import came_to_the_other
from recovery_flows.errors import StepRefusedError
from recovery_flows.ledger.changeset import Changeset, applied
from recovery_flows.ledger.court_money import in_force
from recovery_flows.restitution import payouts
from recovery_flows.tracing import rule_choice

SIDE_BY_SIDE = stored_phrase("both traces side by side until the joined file is traced")
"""Why the trace of two files that were joined is in force."""


def order_of(one: CaseFile, other: CaseFile) -> tuple[CaseFile, CaseFile]:
    """(the file that stays, the file that joins it): the one reported first stays."""
    first = min(one, other, key=lambda f: (f.recovery.reported_at, f.recovery.id))
    return first, other if first is one else one


def join(
    stays: CaseFile, joins: CaseFile, now: datetime, traces_json: str, trace: TraceView
) -> tuple[Outcome, Changeset]:
    """Move everything of `joins` into `stays`: the leaving file's outcome, the staying progress.

    `trace` is both adopted traces side by side (their claims differ), `traces_json` its spelling.
    Raises StepRefusedError when one has ended, or while a bank may be paying a victim of either.
    """
    for file in (stays, joins):
        if payouts.is_on_its_way(file):
            raise StepRefusedError(
                phrase(
                    "{ref}: a bank was told to pay a victim: wait for its answer first",
                    ref=file.recovery.ref,
                )
            )
        if file.recovery.state in CLOSED_RECOVERIES:
            raise StepRefusedError(
                phrase(
                    "{ref} is {recovery_state}: it cannot join",
                    ref=file.recovery.ref,
                    recovery_state=file.recovery.state,
                )
            )
        if file.recovery.state is RecoveryState.REPORTED:
            raise StepRefusedError(
                phrase("{ref} is not accepted yet: accept it, then join", ref=file.recovery.ref)
            )
    if stays.recovery.currency != joins.recovery.currency:
        raise StepRefusedError(phrase("losses in two currencies cannot be one file"))
    same = {a.account_id: a for a in stays.assets}
    twin = {a.id: same[a.account_id].id for a in joins.assets if a.account_id in same}
    if any(in_force(joins, mine) and in_force(stays, theirs) for mine, theirs in twin.items()):
        raise StepRefusedError(
            phrase("a court's list is in force in both for one account: end one of them first")
        )
    void, joins = _void_choice(joins)
    moves = [*void, *_leave(stays, joins, twin)]
    leaving = Changeset(joins)
    leaving.correct()
    emptied = replace(
        leaving.file, claims=(), assets=(), holds=(), requests=(), allocations=(), payouts=(),
        approvals=(), calls=(), trace=None, multi_agency_requests=(), tasks=(),
        third_party_claims=(),
    )  # fmt: skip
    leaving.file = emptied
    values: dict[str, Scalar] = {"joined_into": stays.recovery.id, "trace_wanted": False}
    closing = Transition(
        EntityKind.RECOVERY, joins.recovery.id, "joined", joins.recovery.state, values,
        reason=stored_phrase("both files want the same account"),
    )  # fmt: skip
    leaving.apply(*_trace_left(joins), closing)
    outcome = Outcome((*moves, *leaving.moves))
    return outcome, _arrive(stays, joins, twin, now, traces_json, trace)


def _leave(stays: CaseFile, joins: CaseFile, twin: dict[str, str]) -> list[Transition]:
    """Move every row to the staying file; rows of an account in both move to its asset there."""
    to: dict[str, Scalar] = {"recovery_id": stays.recovery.id}
    moves = [
        Transition(
            EntityKind.ASSET,
            a.id,
            "closed",
            a.stage,
            reason=stored_phrase("the account is an asset of both files"),
        )
        for a in joins.assets
        if a.id in twin and a.stage is not Stage.CLOSED
    ]
    return moves + _handed_over(stays, joins, twin, to)


def _handed_over(
    stays: CaseFile, joins: CaseFile, twin: dict[str, str], to: dict[str, Scalar]
) -> list[Transition]:
    parts_there = _parts_there(stays)
    own = [a for a in joins.assets if a.id not in twin]
    moves = [Transition(EntityKind.ASSET, a.id, "moved", a.stage, to) for a in own]
    moves += [Transition(EntityKind.CLAIM, c.id, "moved", c.state, to) for c in joins.claims]
    for noun, rows in (
        (EntityKind.HOLD, joins.holds),
        (EntityKind.REQUEST, joins.requests),
        (EntityKind.ALLOCATION, joins.allocations),
        (EntityKind.PAYOUT, joins.payouts),
        (EntityKind.TASK, joins.tasks),
        (EntityKind.CALL, joins.calls),
    ):
        for row in rows:
            values = {**to, "asset_id": twin.get(row.asset_id, row.asset_id)}
            if isinstance(row, RequestRow):
                values["account_part"] = row.account_part + parts_there[str(values["asset_id"])]
            if isinstance(row, CallRow):
                values["subject_id"] = twin.get(row.subject_id, row.subject_id)
            moves.append(Transition(noun, row.id, "moved", row.state, values))
    moves += [Transition(EntityKind.APPROVAL, a.id, "moved", a.state, to) for a in joins.approvals]
    moves += [
        Transition(EntityKind.MULTI_AGENCY_REQUEST, row.id, "moved", row.state, to)
        for row in joins.multi_agency_requests
    ]
    for noun, others in (
        (EntityKind.OBJECTION, joins.objections),
        (EntityKind.VOLUNTARY_RETURN, joins.voluntary_returns),
        (EntityKind.INSTALMENT, joins.instalments),
        (EntityKind.COMPENSATION, joins.compensations),
        (EntityKind.UNCLAIMED_SHARE, joins.unclaimed),
        (EntityKind.CLAWBACK, joins.clawbacks),
        (EntityKind.COURT_SHARE, joins.court_shares),
        (EntityKind.VICTIM_MESSAGE, joins.victim_messages),
        (EntityKind.RECALL, joins.recalls),
        (EntityKind.RECALL_CREDIT, joins.recall_credits),
        (EntityKind.REQUEST_RECEIPT, joins.receipts),
        (EntityKind.REQUEST_MESSAGE, joins.messages),
    ):
        moves += [Transition(noun, row.id, "moved", row.state, to) for row in others]
    for kind, placed in (
        (EntityKind.DISCREPANCY, joins.discrepancies),
        (EntityKind.COURT_LIST, joins.court_lists),
        (EntityKind.THIRD_PARTY_CLAIM, joins.third_party_claims),
    ):
        for found in placed:
            values = {**to, "asset_id": twin.get(found.asset_id, found.asset_id)}
            moves.append(Transition(kind, found.id, "moved", found.state, values))
    return moves


def _parts_there(stays: CaseFile) -> Counter[str]:
    """The last part of each account that requests ask for: what others ask for is other money."""
    found: Counter[str] = Counter()
    for request in stays.requests:
        found[request.asset_id] = max(found[request.asset_id], request.account_part)
    return found


def _void_choice(joins: CaseFile) -> tuple[list[Transition], CaseFile]:
    """Void a tracing rule requested in the leaving file: the staying file's rule applies."""
    leaving = Changeset(joins)
    rule_choice.void_choice(
        leaving, stored_phrase("the file is joined: the rule of the other one stands")
    )
    return leaving.moves, leaving.file


def _trace_left(joins: CaseFile) -> list[Transition]:
    if joins.trace is None:
        return []
    return [Transition(EntityKind.TRACE, joins.trace.id, "replaced", "adopted")]


def _arrive(
    stays: CaseFile,
    joins: CaseFile,
    twin: dict[str, str],
    now: datetime,
    traces_json: str,
    trace: TraceView,
) -> Changeset:
    changes = Changeset(stays)
    changes.correct()
    changes.file = _united(changes.file, joins, twin)
    moves = _twin_moves(stays, joins)
    if stays.trace is not None:
        moves.append(Transition(EntityKind.TRACE, stays.trace.id, "replaced", "adopted"))
    adopted: dict[str, Scalar] = {
        "rule": trace.rule,
        "as_of": now,
        "result_digest": digest(traces_json),
        "result_json": traces_json,
    }
    moves.append(
        Transition(EntityKind.TRACE, trace.id, "adopted", None, adopted, reason=SIDE_BY_SIDE)
    )
    state = stays.recovery.state
    values: dict[str, Scalar] = {"trace_wanted": True}
    moves.append(Transition(EntityKind.RECOVERY, stays.recovery.id, "updated", state, values))
    changes.adopt(trace, *moves)
    if came := tuple(came_to_the_other(stays, joins, changes.file)):
        changes.apply(*came)
    call_validity.withdraw_freezes(changes, set(twin.values()))
    return changes


def _united(stays: CaseFile, joins: CaseFile, twin: dict[str, str]) -> CaseFile:
    """Both files' rows in one, as the moves of `_handed_over` leave them."""
    own = tuple(a for a in joins.assets if a.id not in twin)
    file = replace(
        stays,
        claims=(*stays.claims, *joins.claims),
        assets=(*stays.assets, *own),
        holds=(*stays.holds, *joins.holds),
        requests=(*stays.requests, *joins.requests),
        allocations=(*stays.allocations, *joins.allocations),
        payouts=(*stays.payouts, *joins.payouts),
        approvals=(*stays.approvals, *joins.approvals),
        calls=(*stays.calls, *joins.calls),
        multi_agency_requests=(*stays.multi_agency_requests, *joins.multi_agency_requests),
        tasks=(*stays.tasks, *joins.tasks),
        discrepancies=(*stays.discrepancies, *joins.discrepancies),
        objections=(*stays.objections, *joins.objections),
        voluntary_returns=(*stays.voluntary_returns, *joins.voluntary_returns),
        instalments=(*stays.instalments, *joins.instalments),
        compensations=(*stays.compensations, *joins.compensations),
        unclaimed=(*stays.unclaimed, *joins.unclaimed),
        clawbacks=(*stays.clawbacks, *joins.clawbacks),
        victim_messages=(*stays.victim_messages, *joins.victim_messages),
        third_party_claims=(*stays.third_party_claims, *joins.third_party_claims),
        court_lists=(*stays.court_lists, *joins.court_lists),
        court_shares=(*stays.court_shares, *joins.court_shares),
        recalls=(*stays.recalls, *joins.recalls),
        recall_credits=(*stays.recall_credits, *joins.recall_credits),
        receipts=(*stays.receipts, *joins.receipts),
        messages=(*stays.messages, *joins.messages),
        shared_with=(),
    )
    for move in _handed_over(stays, joins, twin, {"recovery_id": stays.recovery.id}):
        file = applied(file, move)
    return file


def _twin_moves(stays: CaseFile, joins: CaseFile) -> list[Transition]:
    """Merge accounts that are in both files: their money adds up; open if open in either."""
    theirs = {a.account_id: a for a in joins.assets}
    moves = []
    for asset in stays.assets:
        other = theirs.get(asset.account_id)
        if other is None:
            continue
        values: dict[str, Scalar] = {
            "traced_minor": asset.traced_minor + other.traced_minor,
            "traced_claim_minor": asset.traced_claim_minor + other.traced_claim_minor,
        }
        if asset.left_alone and not other.left_alone:
            values["left_alone"] = ""
        is_back = asset.stage is Stage.CLOSED and other.stage is not Stage.CLOSED
        event = reopened(asset) if is_back else "updated"
        moves.append(Transition(EntityKind.ASSET, asset.id, event, asset.stage, values))
    return moves


def merged_trace(stays: CaseFile, joins: CaseFile, now: datetime) -> TraceView:
    """Both adopted traces side by side; their claims differ, so nothing is counted twice."""
    parts = [f.trace for f in (stays, joins) if f.trace is not None]
    name = derive_id("trace", stays.recovery.id, joins.recovery.id, now.isoformat(), len(parts))
    return TraceView(
        id=name,
        rule=stays.recovery.tracing_rule,
        as_of=now,
        positions=tuple(p for t in parts for p in t.positions),
        gone=tuple(g for t in parts for g in t.gone),
        mixed=frozenset(a for t in parts for a in t.mixed),
    )
