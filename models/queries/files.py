"""Reading whole recovery files, many at a time, for rules to decide on."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import fields
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlmodel import Session, SQLModel

from models.file import (
    AllocationRow,
    ApprovalRow,
    AssetRow,
    Balance,
    CallRow,
    ClaimRow,
    GonePart,
    HoldRow,
    PayoutRow,
    Position,
    RecoveryFile,
    RecoveryRow,
    RequestRow,
    TraceView,
)
from models.hold import Hold, Request
from models.ids import canonical
from models.ledger import PostingRow
from models.officer import Approval
from models.partner import Call
from models.recovery import Asset, Claim, Recovery, Trace
from models.restitution import Allocation, Payout
from models.states import CLOSED_RECOVERIES, CallState, Stage
from models.tables import table_of

_RECOVERY, _ASSET, _TRACE = table_of(Recovery), table_of(Asset), table_of(Trace)
_POSTING, _CALL = table_of(PostingRow), table_of(Call)
_Row = TypeVar("_Row")
_ORDER = {Claim: "paid_at", Asset: "depth", Hold: "ordered_at", Approval: "asked_at"}


class NoSuchRecoveryError(LookupError):
    """The reference or id names no recovery."""

    def __init__(self, named: str) -> None:
        super().__init__(f"there is no recovery {named}: `recovery list` shows those there are")


def recovery_id_of(session: Session, named: str) -> str:
    """The id of a recovery given its reference (`R-2026-0001`) or its id."""
    found = session.execute(
        sa.select(_RECOVERY.c.id).where(
            sa.or_(_RECOVERY.c.ref == named.upper(), _RECOVERY.c.id == named)
        )
    ).scalar()
    if found is None:
        raise NoSuchRecoveryError(named)
    return str(found)


def load_file(session: Session, recovery_id: str) -> RecoveryFile:
    """One recovery's file; NoSuchRecoveryError if there is none."""
    files = load_files(session, [recovery_id])
    if not files:
        raise NoSuchRecoveryError(recovery_id)
    return files[0]


def load_files(session: Session, recovery_ids: Sequence[str]) -> list[RecoveryFile]:
    """The files of these recoveries, in the order asked, in about twelve queries."""
    ids = list(recovery_ids)
    recoveries = {r.id: r for r in _rows(session, Recovery, RecoveryRow, _RECOVERY.c.id.in_(ids))}
    parts: dict[type, dict[str, list[Any]]] = {
        model: _by_recovery(session, model, kind, ids)
        for model, kind in (
            (Claim, ClaimRow),
            (Asset, AssetRow),
            (Hold, HoldRow),
            (Request, RequestRow),
            (Allocation, AllocationRow),
            (Payout, PayoutRow),
            (Approval, ApprovalRow),
        )
    }
    done = (CallState.ANSWERED, CallState.CANCELLED)
    calls = _by_recovery(session, Call, CallRow, ids, _CALL.c.state.not_in(done))
    traces, balances = _traces(session, ids), _balances(session, ids)
    shared = _shared(session, ids)
    return [
        RecoveryFile(
            recovery=recoveries[i],
            claims=tuple(parts[Claim][i]),
            assets=tuple(parts[Asset][i]),
            holds=tuple(parts[Hold][i]),
            requests=tuple(parts[Request][i]),
            allocations=tuple(parts[Allocation][i]),
            payouts=tuple(parts[Payout][i]),
            approvals=tuple(parts[Approval][i]),
            calls=tuple(calls[i]),
            trace=traces.get(i),
            balances=tuple(balances[i]),
            shared_with=tuple(shared[i]),
        )
        for i in ids
        if i in recoveries
    ]


def _rows(
    session: Session, model: type[SQLModel], kind: type[_Row], where: sa.ColumnElement[bool]
) -> Iterable[_Row]:
    table = table_of(model)
    names = [f.name for f in fields(kind)]  # type: ignore[arg-type]
    order = [table.c[_ORDER[model]]] if model in _ORDER else []
    query = sa.select(*(table.c[n] for n in names)).where(where).order_by(*order, table.c.id)
    return [kind(**dict(zip(names, row, strict=True))) for row in session.execute(query)]


def _by_recovery(
    session: Session,
    model: type[SQLModel],
    kind: type[_Row],
    ids: list[str],
    extra: sa.ColumnElement[bool] | None = None,
) -> dict[str, list[_Row]]:
    table = table_of(model)
    names = [f.name for f in fields(kind)]  # type: ignore[arg-type]
    where = table.c.recovery_id.in_(ids)
    order = [table.c[_ORDER[model]]] if model in _ORDER else []
    query = (
        sa.select(table.c.recovery_id, *(table.c[n] for n in names))
        .where(where if extra is None else sa.and_(where, extra))
        .order_by(*order, table.c.id)
    )
    found: dict[str, list[_Row]] = defaultdict(list)
    for recovery_id, *values in session.execute(query):
        found[recovery_id].append(kind(**dict(zip(names, values, strict=True))))
    return found


def _traces(session: Session, ids: list[str]) -> dict[str, TraceView]:
    query = sa.select(_TRACE).where(_TRACE.c.recovery_id.in_(ids), _TRACE.c.state == "adopted")
    return {
        row.recovery_id: trace_view(row.id, row.rule, row.as_of, row.result_json)
        for row in session.execute(query)
    }


def trace_view(trace_id: str, rule: str, as_of: Any, result_json: str) -> TraceView:  # noqa: ANN401
    """Read back a stored trace result."""
    body = json.loads(result_json)
    return TraceView(
        trace_id,
        rule,
        as_of,
        tuple(Position(*p) for p in body["positions"]),
        tuple(GonePart(*g) for g in body["gone"]),
    )


def trace_json(positions: Iterable[Position], gone: Iterable[GonePart]) -> str:
    """Spell a trace result for storing: ids and amounts only."""
    body = {
        "positions": [[p.account_id, p.claim_id, p.amount_minor, p.claim_minor] for p in positions],
        "gone": [
            [str(g.kind), g.account_id, g.claim_id, g.amount_minor, g.claim_minor] for g in gone
        ],
    }
    return canonical(body).decode()


def _balances(session: Session, ids: list[str]) -> dict[str, list[Balance]]:
    p = _POSTING.c
    keys = (p.account, p.asset_id, p.hold_id, p.claim_id, p.detail)
    claim, asset = sa.func.sum(p.claim_minor), sa.func.sum(p.asset_minor)
    query = (
        sa.select(p.recovery_id, *keys, claim, p.claim_currency, asset, p.asset_currency)
        .where(p.recovery_id.in_(ids))
        .group_by(p.recovery_id, *keys, p.claim_currency, p.asset_currency)
        .having(sa.or_(claim != 0, asset != 0))
    )
    found: dict[str, list[Balance]] = defaultdict(list)
    for recovery_id, account, asset_id, hold_id, claim_id, detail, c, cc, a, ac in session.execute(
        query
    ):
        found[recovery_id].append(
            Balance(account, asset_id, hold_id, claim_id, detail, int(c), cc, int(a), ac)
        )
    return found


def _shared(session: Session, ids: list[str]) -> dict[str, list[tuple[str, str]]]:
    """Accounts that another open recovery wants too, with that recovery's id."""
    mine, other, theirs = _ASSET.alias("mine"), _ASSET.alias("other"), _RECOVERY.alias("theirs")
    query = (
        sa.select(mine.c.recovery_id, mine.c.account_id, other.c.recovery_id)
        .join(
            other,
            sa.and_(
                other.c.account_id == mine.c.account_id, other.c.recovery_id != mine.c.recovery_id
            ),
        )
        .join(theirs, theirs.c.id == other.c.recovery_id)
        .where(
            mine.c.recovery_id.in_(ids),
            mine.c.stage != Stage.CLOSED,
            other.c.stage != Stage.CLOSED,
            theirs.c.state.not_in(CLOSED_RECOVERIES),
        )
        .order_by(theirs.c.reported_at, theirs.c.id)
    )
    found: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for recovery_id, account_id, other_id in session.execute(query):
        found[recovery_id].append((account_id, other_id))
    return found
