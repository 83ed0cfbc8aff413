"""What holds, postings, approvals and calls of recoveries come to, by the names of the counts."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session

from models.entities.approval import Approval, ApprovalState
from models.entities.asset import Asset
from models.entities.call import OPEN_CALLS, Call
from models.entities.catalogue import table_of
from models.entities.claim import Claim
from models.entities.hold import LIVE_HOLDS, Hold, HoldKind, HoldState
from models.entities.ledger import LedgerAccount, PostingRow
from models.entities.recovery import Recovery, RecoveryState
from models.prepared import looked_through
from models.sqlite.answers import unnamed
from models.store.rollups.blocked import BLOCKED, blocked_of
from models.store.rollups.days import held_days, hold_days
from models.store.rollups.names import OPEN_CALLS_OF, PENDING, SECOND_HOP

_R, _C, _P = table_of(Recovery), table_of(Claim), table_of(PostingRow)
_A, _H, _APPROVALS = table_of(Asset), table_of(Hold), table_of(Approval)
_CALLS = table_of(Call)
_IDS: sa.BindParameter[Any] = sa.bindparam("ids", expanding=True)
_ACCOUNTS = {str(account): account for account in LedgerAccount}
_HOLD_KINDS = {str(kind): kind for kind in HoldKind}
_HOLD_STATES = {str(state): state for state in HoldState}
_EVER_HELD = (LedgerAccount.HELD, LedgerAccount.RETURNED_HOLD, LedgerAccount.TREASURY)
_BANK = "bank"
_RECEIVED = "received"
"""Detail of what the unit holds itself of money that was given back: no bank was asked for it."""


def sums_of(
    session: Session, ids: Sequence[str]
) -> tuple[defaultdict[str, Counter[str]], defaultdict[str, set[str]], defaultdict[str, set[str]]]:
    """What rows of each recovery add to the tally; the states of its holds, and its banks.

    An account, kind or state that there is not is a LookupError: somebody wrote it by hand.
    """
    found = defaultdict[str, Counter[str]](Counter)
    given = {"ids": list(ids)}
    states, banks = defaultdict[str, set[str]](set), defaultdict[str, set[str]](set)
    held, with_holds = set[str](), set[str]()
    for what, of, first, second, minor in unnamed(session.execute(_SUMS, given)):
        if what == "ledger":
            account = _ACCOUNTS[second]
            found[of][f"ledger {first} {account}"] = int(minor)
            if account in _EVER_HELD:
                held.add(of)
        elif what == "hold":
            state = _HOLD_STATES[second]
            found[of][f"hold {_HOLD_KINDS[first]} {state}"] = int(minor)
            states[of].add(state)
            if state in LIVE_HOLDS:
                with_holds.add(of)
        elif what == _BANK:
            banks[of].add(first)
        else:
            found[of][" ".join(part for part in (what, first, second) if part)] = int(minor)
    for of, currency, minor in _among(session, _EVER, held):
        found[of][f"ever held {currency}"] = int(minor)
    for of, currency, blocked, disputed in blocked_of(_among(session, BLOCKED, with_holds)):
        found[of][f"blocked {currency}"] = blocked
        found[of][f"disputed there {currency}"] = disputed
    return found, states, banks


def named_in(names: Collection[str]) -> str:
    """Names between line breaks, in which each is found whole."""
    return "\n".join(("", *sorted(names), "")) if names else ""


def _among(session: Session, query: sa.Select[Any], ids: set[str]) -> Sequence[Any]:
    """Rows of a query about these recoveries; it is not asked where there are none."""
    return session.execute(query, {"ids": sorted(ids)}).all() if ids else ()


def _ever() -> sa.Select[Any]:
    """The highest (held now + returned from holds) by the order of events.

    A unit that was held at two accounts one after the other counts once; what was joined into
    another recovery is counted there.
    """
    step = (
        sa.select(
            _P.c.recovery_id, _P.c.claim_currency, _P.c.event_seq,
            sa.func.sum(_P.c.claim_minor).label("minor"),
        )
        .join(_R, _R.c.id == _P.c.recovery_id)
        .where(
            _P.c.recovery_id.in_(_IDS), _P.c.account.in_(_EVER_HELD), _P.c.detail != _RECEIVED,
            _R.c.state != RecoveryState.JOINED,
        )
        .group_by(_P.c.recovery_id, _P.c.claim_currency, _P.c.event_seq)
        .subquery()
    )  # fmt: skip
    whose = (step.c.recovery_id, step.c.claim_currency)
    run = sa.func.sum(step.c.minor).over(partition_by=whose, order_by=step.c.event_seq)
    now = sa.select(*whose, run.label("minor")).subquery()
    return sa.select(now.c.recovery_id, now.c.claim_currency, sa.func.max(now.c.minor)).group_by(
        now.c.recovery_id, now.c.claim_currency
    )


def _sums() -> sa.CompoundSelect[Any]:
    """Sums and counts by what they are of, in one question, since each write asks for them all."""
    hops = (_A.c.id == _H.c.asset_id, _A.c.depth >= 1, _H.c.acted_at.is_not(None))
    accounts = sa.func.count(sa.distinct(_H.c.asset_id))
    pending = looked_through(_APPROVALS.c.state) == ApprovalState.PENDING
    open_calls = looked_through(_CALLS.c.state).in_(OPEN_CALLS)
    return sa.union_all(
        _sum("ledger", (_P.c.claim_currency, _P.c.account), sa.func.sum(_P.c.claim_minor)),
        _sum("hold", (_H.c.kind, _H.c.state), sa.func.count()),
        _sum(SECOND_HOP, (), accounts).where(*hops),
        _sum(PENDING, (), sa.func.count(_APPROVALS.c.id)).where(pending),
        _sum(OPEN_CALLS_OF, (_CALLS.c.partner_id,), sa.func.count()).where(open_calls),
        held_days(_IDS), hold_days(_IDS),
        _of_bank(_A.c.recovery_id, _A.c.partner_id),
        _of_bank(_C.c.recovery_id, _C.c.victim_partner_id),
    )  # fmt: skip


def _of_bank(of: sa.Column[Any], bank: sa.Column[Any]) -> sa.Select[Any]:
    """The banks of accounts or victims of each recovery."""
    what, nothing = (sa.literal_column(text, sa.String) for text in (f"'{_BANK}'", "''"))
    named, none = sa.type_coerce(bank, sa.String), sa.literal_column("0", sa.Integer)
    return sa.select(what, of, named, nothing, none).where(of.in_(_IDS))


def _sum(what: str, by: tuple[sa.Column[Any], ...], minor: sa.ColumnElement[Any]) -> sa.Select[Any]:
    """One kind of sum of each recovery, by up to two columns."""
    tables = {"ledger": _P, PENDING: _APPROVALS, OPEN_CALLS_OF: _CALLS}
    of = tables.get(what, _H).c.recovery_id
    named = [sa.type_coerce(column, sa.String) for column in by]
    nothing: list[Any] = [sa.literal_column("''")] * (2 - len(by))
    query = sa.select(sa.literal_column(f"'{what}'"), of, *named, *nothing, minor)
    return query.where(of.in_(_IDS)).group_by(of, *named)


# Built once: each write asks these, and building costs more than asking.
_EVER, _SUMS = _ever(), _sums()
