"""Recoveries that have ended and had traced money to an account, with what did not come back."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session

from models.deconfliction_hits import ClosedTrace, DeconflictionHit, Match, without_hidden
from models.entities.asset import Asset
from models.entities.catalogue import table_of
from models.entities.ledger import LedgerAccount, PostingRow
from models.entities.officer import Officer
from models.entities.recovery import Recovery, RecoveryState
from models.money import Money
from models.rights.sessions import hidden_now, of_all, who_to_ask

_A, _R, _O = table_of(Asset), table_of(Recovery), table_of(Officer)
_P = table_of(PostingRow)
_ENDED = (
    RecoveryState.CLOSED_RETURNED, RecoveryState.CLOSED_PARTIAL,
    RecoveryState.CLOSED_NO_RECOVERY,
)  # fmt: skip
_LOST = (
    LedgerAccount.HELD, LedgerAccount.LOCATED, LedgerAccount.GONE, LedgerAccount.NOT_LOCATED,
)  # fmt: skip


def closed_traces(
    session: Session, accounts: Collection[str], but: str = ""
) -> tuple[ClosedTrace, ...]:
    """Those that had traced money to these accounts and did not get all of it back, but for one.

    Of one that is hidden from whoever asks it is known that there is one, and whom to ask.
    """
    rows = of_all(session, _TRACED, {"accounts": list(accounts)})
    lost = [(row, min(row.traced, int(row.open or 0))) for row in rows if row.id != but]
    ask = who_to_ask(session, hidden_now(session))
    return tuple(
        ClosedTrace(shown, Money(minor, row.currency))
        for row, minor in lost
        if minor > 0
        for shown in without_hidden([_hit(row)], ask)
    )


def _hit(row: Any) -> DeconflictionHit:  # noqa: ANN401 - a row of the query
    return DeconflictionHit(
        what=Match.ACCOUNT, account_id=row.account_id, recovery_id=row.id, ref=row.ref,
        owner_id=row.owner_id, owner=row.handle or "", is_open=False,
    )  # fmt: skip


_TRACED = (
    sa.select(
        _A.c.account_id, _A.c.traced_claim_minor.label("traced"), _R.c.id, _R.c.ref,
        _R.c.currency, _R.c.owner_id, _O.c.handle,
        sa.select(sa.func.sum(_P.c.claim_minor))
        .where(_P.c.recovery_id == _R.c.id, _P.c.account.in_(_LOST))
        .scalar_subquery()
        .label("open"),
    )
    .join_from(_A, _R, _R.c.id == _A.c.recovery_id)
    .join(_O, _O.c.id == _R.c.owner_id, isouter=True)
    .where(
        _A.c.account_id.in_(sa.bindparam("accounts", expanding=True)),
        _A.c.traced_claim_minor > 0, _R.c.state.in_(_ENDED),
    )
    .order_by(_R.c.reported_at, _R.c.id)
)  # fmt: skip
