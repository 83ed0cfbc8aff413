"""The kinds of row that a recovery's file is made of, each with its query."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import fields
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, SQLModel

from models.case_file import ORDERED_BY
from models.entities import allocation, payout
from models.entities.approval import Approval, ApprovalRow
from models.entities.asset import Asset, AssetRow
from models.entities.call import Call, CallRow, CallState
from models.entities.catalogue import table_of
from models.entities.claim import (
    Claim,
    ClaimRow,
    Compensation,
    CompensationRow,
    Objection,
    ObjectionRow,
)
from models.entities.discrepancy import Discrepancy, DiscrepancyRow
from models.entities.hold import Hold, HoldRow
from models.entities.multi_agency import MultiAgencyRequest, MultiAgencyRequestRow, Task, TaskRow
from models.entities.outside import (
    request_message as abroad,
    third_party_claim as third,
    victim_message as message,
)
from models.entities.recall import Recall, RecallCredit, RecallCreditRow, RecallRow
from models.entities.recovery import Recovery, RecoveryRow
from models.entities.request import ReceiptRow, Request, RequestReceipt, RequestRow
from models.entities.trace import Trace
from models.entities.voluntary_return import Instalment, InstalmentRow, ReturnRow, VoluntaryReturn
from models.snapshots import filler
from models.sqlite.answers import unnamed

_CALL = table_of(Call)
_IDS: sa.BindParameter[Any] = sa.bindparam("ids", expanding=True)


Parts = dict[str, Mapping[str, list[Any]]]


def read_parts(
    session: Session, ids: list[str], wanted: Collection[str] | None = None
) -> tuple[Parts, bool]:
    """The rows of these recoveries, by the name of their part, then by recovery; any trace of them?

    With `wanted` only these parts are read, and none else is there. Raises what stored garbage
    raises on its way into a row.
    """
    if wanted is not None:
        return {p.name: p.read(session, ids) for p in _PARTS if p.name in wanted}, False
    there = _with_rows(session, ids) if len(ids) <= _FEW else None
    asked = [p for p in _PARTS if there is None or p in _PARTS[:_ALWAYS] or p.name in there]
    parts: Parts = {part.name: _NONE for part in _PARTS}
    parts |= {part.name: part.read(session, ids) for part in asked}
    return parts, there is None or _TRACES in there


class _Part:
    """One kind of row of a file: its query, built once, and what its rows become."""

    def __init__(
        self,
        name: str,
        model: type[SQLModel],
        kind: type[Any],
        order: str = "",
        where: sa.ColumnElement[bool] | None = None,
    ) -> None:
        table = table_of(model)
        owner = table.c.id if model is Recovery else table.c.recovery_id
        self.name, self.kind = name, kind
        self._fill = filler(kind)
        names = [f.name for f in fields(kind)]
        self.owner = owner
        query = sa.select(owner.label("owner_"), *(table.c[n] for n in names))
        first = table.c[order or ORDERED_BY.get(name, "id")]
        # What has no value yet, such as a draft, is read first on PostgreSQL too.
        query = query.where(owner.in_(_IDS)).order_by(sa.nulls_first(first), table.c.id)
        self._query = query if where is None else query.where(where)

    def read(self, session: Session, ids: list[str]) -> dict[str, list[Any]]:
        found: dict[str, list[Any]] = defaultdict(list)
        fill = self._fill
        for row in unnamed(session.execute(self._query, {"ids": ids})):
            found[row[0]].append(fill(row[1:]))
        return found


_OPEN_OR_REFUSED = _CALL.c.state.not_in((CallState.ANSWERED, CallState.CANCELLED))
_PARTS = (
    _Part("recovery", Recovery, RecoveryRow),
    _Part("claims", Claim, ClaimRow),
    _Part("assets", Asset, AssetRow),
    _Part("holds", Hold, HoldRow),
    _Part("requests", Request, RequestRow),
    _Part("allocations", allocation.Allocation, allocation.AllocationRow),
    _Part("court_lists", allocation.CourtList, allocation.CourtListRow),
    _Part("court_shares", allocation.CourtShare, allocation.CourtShareRow),
    _Part("payouts", payout.Payout, payout.PayoutRow),
    _Part("approvals", Approval, ApprovalRow),
    _Part("calls", Call, CallRow, "planned_at", _OPEN_OR_REFUSED),
    _Part("multi_agency_requests", MultiAgencyRequest, MultiAgencyRequestRow),
    _Part("tasks", Task, TaskRow),
    _Part("discrepancies", Discrepancy, DiscrepancyRow),
    _Part("objections", Objection, ObjectionRow),
    _Part("voluntary_returns", VoluntaryReturn, ReturnRow),
    _Part("instalments", Instalment, InstalmentRow),
    _Part("compensations", Compensation, CompensationRow),
    _Part("unclaimed", payout.UnclaimedShare, payout.UnclaimedRow),
    _Part("clawbacks", payout.Clawback, payout.ClawbackRow),
    _Part("third_party_claims", third.ThirdPartyClaim, third.ThirdPartyRow),
    _Part("victim_messages", message.VictimMessage, message.VictimMessageRow),
    _Part("recalls", Recall, RecallRow),
    _Part("recall_credits", RecallCredit, RecallCreditRow),
    _Part("receipts", RequestReceipt, ReceiptRow),
    _Part("messages", abroad.RequestMessage, abroad.RequestMessageRow),
)


KINDS: tuple[type[Any], ...] = tuple(part.kind for part in _PARTS)
"""What rows become: classes of which a row is its fields, and nothing else happens to it."""
_FEW, _ALWAYS, _TRACES = 4, 3, "traces"
_NONE: Mapping[str, list[Any]] = {}


def _with_rows_query() -> sa.CompoundSelect[Any]:
    """Which kinds of row there are: few recoveries have more than a third of them."""
    owners = [(part.name, part.owner) for part in _PARTS[_ALWAYS:]]
    owners.append((_TRACES, table_of(Trace).c.recovery_id))
    return sa.union_all(
        *(
            sa.select(sa.literal_column(f"'{name}'").label("name")).where(
                sa.exists().where(owner.in_(_IDS))
            )
            for name, owner in owners
        )
    )


_WITH_ROWS = _with_rows_query()


def _with_rows(session: Session, ids: list[str]) -> set[str]:
    """The kinds of row that these few recoveries have: one question instead of one for each."""
    return set(session.execute(_WITH_ROWS, {"ids": ids}).scalars())
