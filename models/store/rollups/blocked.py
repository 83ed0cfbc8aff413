"""What live holds block, against the stolen money at their accounts that is still open."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

import sqlalchemy as sa

from models.entities.asset import Asset
from models.entities.catalogue import table_of
from models.entities.hold import LIVE_HOLDS, Hold
from models.entities.ledger import LedgerAccount, PostingRow
from models.entities.payout import Payout, PayoutState
from models.prepared import looked_through

_A, _H, _Y, _P = table_of(Asset), table_of(Hold), table_of(Payout), table_of(PostingRow)
_IDS: sa.BindParameter[Any] = sa.bindparam("ids", expanding=True)
_MADE_GOOD = "made_good"
"""Detail of what came back beside the holds, by a recall or freely: no account owes it any more."""
_OPEN = (LedgerAccount.HELD, LedgerAccount.LOCATED)


def blocked_of(accounts: Iterable[Any]) -> Iterator[tuple[str, str, int, int]]:
    """Recovery, currency, what is blocked and what is disputed there, from rows of `BLOCKED`.

    Disputed is the stolen money traced to the account that was not paid back from it. What was made
    good in other ways leaves less of the loss open than was traced: then all accounts of the
    recovery together have only that, each in proportion.
    """
    by_recovery = defaultdict[str, list[Any]](list)
    for account in accounts:
        by_recovery[account.recovery_id].append(account)
    for recovery_id, there in by_recovery.items():
        blocked, disputed = Counter[str](), Counter[str]()
        of_loss = sum(_of_loss(one) for one in there)
        left = max(0, int(there[0].open))
        is_less = bool(there[0].made_good) and left < of_loss
        for one in there:
            blocked[one.currency] += int(one.held)
            minor = int(one.traced) - int(one.paid)
            disputed[one.currency] += minor * left // of_loss if is_less else minor
        for currency, minor in blocked.items():
            yield recovery_id, currency, minor, disputed[currency]


def _of_loss(account: Any) -> int:  # noqa: ANN401 - a row of columns
    """What is traced there and not paid back, in the currency of the loss."""
    traced, paid = int(account.traced), int(account.paid)
    return int(account.traced_claim) * max(0, traced - paid) // traced if traced > 0 else 0


def _query() -> sa.Select[Any]:
    """Each account of these recoveries with a live hold, and what of the loss is open still."""
    paid = (
        sa.select(_Y.c.asset_id, sa.func.sum(_Y.c.debited_minor).label("minor"))
        .where(_Y.c.recovery_id.in_(_IDS), looked_through(_Y.c.state) == PayoutState.SETTLED)
        .group_by(_Y.c.asset_id)
        .subquery()
    )
    held = (
        sa.select(_H.c.asset_id, sa.func.sum(_H.c.held_minor).label("minor"))
        .where(_H.c.recovery_id.in_(_IDS), looked_through(_H.c.state).in_(LIVE_HOLDS))
        .group_by(_H.c.asset_id)
        .having(sa.func.sum(_H.c.held_minor) > 0)
        .subquery()
    )
    made_good = sa.case((_P.c.detail == _MADE_GOOD, _P.c.claim_minor), else_=0)
    loss = (
        sa.select(
            _P.c.recovery_id, sa.func.sum(_P.c.claim_minor).label("open"),
            sa.func.sum(made_good).label("made_good"),
        )
        .where(_P.c.recovery_id.in_(_IDS), _P.c.account.in_(_OPEN))
        .group_by(_P.c.recovery_id)
        .subquery()
    )  # fmt: skip
    return (
        sa.select(
            _A.c.recovery_id, _A.c.currency, held.c.minor.label("held"),
            _A.c.traced_minor.label("traced"), _A.c.traced_claim_minor.label("traced_claim"),
            sa.func.coalesce(paid.c.minor, 0).label("paid"),
            sa.func.coalesce(loss.c.open, 0).label("open"),
            sa.func.coalesce(loss.c.made_good, 0).label("made_good"),
        )
        .join(held, held.c.asset_id == _A.c.id)
        .outerjoin(paid, paid.c.asset_id == _A.c.id)
        .outerjoin(loss, loss.c.recovery_id == _A.c.recovery_id)
        .where(_A.c.recovery_id.in_(_IDS))
    )  # fmt: skip


BLOCKED = _query()
