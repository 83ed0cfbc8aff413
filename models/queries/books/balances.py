"""What each ledger account shows, and what its own source says: two sets of sums, no rule between.

The sources are the claims, the banks' holds, the banks' settlements and the adopted trace. Nothing
here knows how postings are made; `recovery_flows.reports.ledger_check` compares the two.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session

from models.entities.asset import Asset
from models.entities.catalogue import table_of
from models.entities.claim import Claim, ClaimState
from models.entities.hold import LIVE_HOLDS, Hold
from models.entities.ledger import LedgerAccount, PostingRow
from models.entities.outside.third_party_claim import (
    ThirdPartyClaim,
    ThirdPartyGround,
    ThirdPartyState,
)
from models.entities.payout import Payout, PayoutState, UnclaimedShare, UnclaimedState
from models.entities.recall import CreditState, RecallCredit
from models.entities.recovery import Recovery
from models.entities.trace import Trace
from models.prepared import looked_through

_P, _R, _C = table_of(PostingRow).c, table_of(Recovery).c, table_of(Claim).c
_H, _A, _T, _Y = table_of(Hold).c, table_of(Asset).c, table_of(Trace).c, table_of(Payout).c
_N = table_of(UnclaimedShare).c
_K = table_of(RecallCredit).c
_D = table_of(ThirdPartyClaim).c


@dataclass(frozen=True, slots=True)
class Stretch:
    """The recoveries whose ids lie after one and up to another; "" for no end.

    What names a recovery that is not there lies in a stretch like any other.
    """

    after: str = ""
    to: str = ""

    def has(self, of: sa.ColumnElement[str]) -> sa.ColumnElement[bool]:
        """Whether a row's recovery lies in it."""
        return sa.and_(of > self.after, of <= self.to) if self.to else of > self.after


def stretches(session: Session, size: int) -> Iterator[Stretch]:
    """All ids, in stretches of so many recoveries; the last one has no end."""
    last = ""
    while True:
        query = sa.select(_R.id).where(_R.id > last).order_by(_R.id).offset(size - 1).limit(1)
        to = session.execute(query).scalar()
        yield Stretch(last, to or "")
        if to is None:
            return
        last = to


@dataclass(frozen=True, slots=True)
class Sum:
    """Minor units of one account (or source) of one recovery.

    `claim_minor` is in the currency of the loss, `asset_minor` in that of the account where it
    lies; `place` is the id of that account (not of the asset), "" where it lies nowhere.
    """

    recovery_id: str
    account: LedgerAccount
    place: str
    hold_id: str
    detail: str
    claim_minor: int
    claim_currency: str
    asset_minor: int
    asset_currency: str


@dataclass(frozen=True, slots=True)
class ClaimSource:
    """What a claim says of itself: `lost_minor` is what is not (yet) refused of it."""

    recovery_id: str
    claim_id: str
    reported_minor: int
    lost_minor: int
    currency: str


@dataclass(frozen=True, slots=True)
class ThirdPartySource:
    """What a third party keeps of an account, or was paid because it was frozen wrongly."""

    recovery_id: str
    place: str
    minor: int
    currency: str
    is_payment: bool


@dataclass(frozen=True, slots=True)
class HoldSource:
    """What a bank holds under one of our orders, 0 when the hold is not in force."""

    recovery_id: str
    hold_id: str
    held_minor: int
    currency: str


@dataclass(frozen=True, slots=True)
class PayoutSource:
    """A settled payout as the bank says it: credited in the currency of the loss, and debited.

    `clawed` is what of it came back later by an order of its own, or a stranger has for good.
    `unclaimed_id` names the share that it took to the treasury, "" where it went to a victim.
    """

    recovery_id: str
    hold_id: str
    credited_minor: int
    currency: str
    debited_minor: int
    debited_currency: str
    unclaimed_id: str
    clawed_minor: int


@dataclass(frozen=True, slots=True)
class RecallSource:
    """What came back by recalls, in the currency of the loss."""

    recovery_id: str
    counted_minor: int
    currency: str


@dataclass(frozen=True, slots=True)
class TracePart:
    """Money that an adopted trace places (`kind` "") or sees leave as `kind`."""

    recovery_id: str
    kind: str
    place: str
    claim_id: str
    claim_minor: int


def refs_and_currencies(session: Session, stretch: Stretch) -> dict[str, tuple[str, str]]:
    """(reference, currency of the loss) of every recovery."""
    query = sa.select(_R.id, _R.ref, _R.currency).where(stretch.has(_R.id))
    return {row.id: (row.ref, row.currency) for row in session.execute(query).all()}


def ledger_sums(session: Session, stretch: Stretch) -> Iterator[Sum]:
    """Balances per recovery, account, place and hold; those of zero are left out."""
    claim, asset = sa.func.sum(_P.claim_minor), sa.func.sum(_P.asset_minor)
    place = sa.func.coalesce(_A.account_id, "")
    keys = (
        _P.recovery_id, _P.account, place, _P.hold_id, _P.detail, _P.claim_currency,
        _P.asset_currency,
    )  # fmt: skip
    query = (
        sa.select(*keys, claim, asset)
        .select_from(table_of(PostingRow).outerjoin(table_of(Asset), _A.id == _P.asset_id))
        .where(stretch.has(_P.recovery_id))
        .group_by(*keys)
        .having(sa.or_(claim != 0, asset != 0))
    )
    for row in session.execute(query).all():
        recovery_id, account, at, hold_id, detail, claim_cur, asset_cur, c, a = row
        kind = LedgerAccount(account)
        yield Sum(recovery_id, kind, at, hold_id, detail, int(c), claim_cur, int(a), asset_cur)


def off_balance(session: Session, stretch: Stretch) -> Iterator[tuple[int, str, str, int]]:
    """(event, recovery, side and currency, minor units) of entries that do not sum to zero."""
    for side, minor, currency in (
        ("claim", _P.claim_minor, _P.claim_currency),
        ("asset", _P.asset_minor, _P.asset_currency),
    ):
        total = sa.func.sum(minor)
        query = (
            sa.select(_P.event_seq, sa.func.min(_P.recovery_id), currency, total)
            .where(stretch.has(_P.recovery_id))
            .group_by(_P.event_seq, currency)
            .having(total != 0)
            .order_by(_P.event_seq)
        )
        for seq, recovery_id, code, off in session.execute(query).all():
            yield seq, recovery_id, f"{side} {code}", int(off)


def claim_sources(session: Session, stretch: Stretch) -> Iterator[ClaimSource]:
    """Every claim; one that nobody has looked at yet counts in full."""
    query = sa.select(
        _C.recovery_id, _C.id, _C.state, _C.reported_minor, _C.upheld_minor, _C.currency
    ).where(stretch.has(_C.recovery_id))
    for recovery_id, name, state, reported, upheld, currency in session.execute(query).all():
        lost = reported if state is ClaimState.FILED else upheld
        yield ClaimSource(recovery_id, name, reported, lost, currency)


def hold_sources(session: Session, stretch: Stretch) -> Iterator[HoldSource]:
    """Every hold with what the bank said it holds, where it is in force."""
    query = sa.select(
        _H.recovery_id, _H.id, _H.state, _H.held_minor, _H.currency, _H.foreign_minor,
        _H.foreign_currency,
    ).where(stretch.has(_H.recovery_id))  # fmt: skip
    for recovery_id, name, state, held, currency, foreign, other in session.execute(query).all():
        yield HoldSource(recovery_id, name, held if state in LIVE_HOLDS else 0, currency)
        if foreign:
            yield HoldSource(recovery_id, name, foreign if state in LIVE_HOLDS else 0, other)


def payout_sources(session: Session, stretch: Stretch) -> Iterator[PayoutSource]:
    """Every payout that a bank settled."""
    credited = sa.case(
        (_Y.settled_currency == _Y.currency, _Y.settled_minor),
        # Settled under a version that kept only our own order.
        (_Y.settled_currency == "", _Y.amount_minor),
        else_=0,
    )
    columns = (
        _Y.recovery_id, _Y.hold_id, credited, _Y.currency, _Y.debited_minor,
        _Y.debited_currency, _Y.unclaimed_id, _Y.clawed_minor,
    )  # fmt: skip
    query = sa.select(*columns).where(
        stretch.has(_Y.recovery_id), looked_through(_Y.state) == PayoutState.SETTLED
    )
    for row in session.execute(query).all():
        yield PayoutSource(*row)


def refund_sources(session: Session, stretch: Stretch) -> Iterator[tuple[str, str, int]]:
    """(recovery, currency, sum) of each refund by the treasury that two people have seen."""
    columns = _N.recovery_id, _N.currency, _N.refunded_minor
    query = sa.select(*columns).where(
        stretch.has(_N.recovery_id), looked_through(_N.state) == UnclaimedState.REFUNDED
    )
    for row in session.execute(query).all():
        yield row.recovery_id, row.currency, row.refunded_minor


def third_party_sources(session: Session, stretch: Stretch) -> Iterator[ThirdPartySource]:
    """What was left to third parties and released, and what they were paid for wrong freezes."""
    is_paid, is_released = _D.state == ThirdPartyState.PAID, _D.state == ThirdPartyState.RELEASED
    # A row of an earlier version says by its state alone that all that was granted is released.
    is_old = sa.and_(is_released, _D.released_minor == 0)
    minor_of = sa.case((sa.or_(is_paid, is_old), _D.granted_minor), else_=_D.released_minor)
    is_left = sa.and_(
        _D.ground == ThirdPartyGround.GOOD_FAITH, sa.or_(is_released, _D.released_minor > 0)
    )
    query = (
        sa.select(_D.recovery_id, _A.account_id, minor_of, _D.currency, _D.state)
        .join(table_of(Asset), _A.id == _D.asset_id)
        .where(stretch.has(_D.recovery_id), sa.or_(is_paid, is_left))
    )
    for of, place, minor, currency, state in session.execute(query).all():
        yield ThirdPartySource(of, place, int(minor), currency, state == ThirdPartyState.PAID)


def recall_sources(session: Session, stretch: Stretch) -> Iterator[RecallSource]:
    """What two people have confirmed to have come back by recalls, for each recovery."""
    total = sa.func.sum(_K.counted_minor)
    query = (
        sa.select(_K.recovery_id, total, _R.currency)
        .join(table_of(Recovery), _R.id == _K.recovery_id)
        .where(stretch.has(_K.recovery_id), looked_through(_K.state) == CreditState.CONFIRMED)
        .group_by(_K.recovery_id, _R.currency)
    )
    for recovery_id, minor, currency in session.execute(query).all():
        yield RecallSource(recovery_id, int(minor), currency)


def trace_parts(session: Session, stretch: Stretch) -> Iterator[TracePart]:
    """Every position and every loss of every adopted trace."""
    query = sa.select(_T.recovery_id, _T.result_json).where(
        stretch.has(_T.recovery_id), looked_through(_T.state) == "adopted"
    )
    for recovery_id, text in session.execute(query).all():
        body: dict[str, list[list[Any]]] = json.loads(text)
        for place, claim_id, _, minor in body["positions"]:
            yield TracePart(recovery_id, "", place, claim_id, minor)
        for kind, place, claim_id, _, minor in body["gone"]:
            yield TracePart(recovery_id, kind, place, claim_id, minor)


def asset_places(session: Session, stretch: Stretch) -> set[tuple[str, str]]:
    """(recovery, account) of everything that is an asset of a recovery."""
    query = sa.select(_A.recovery_id, _A.account_id).where(stretch.has(_A.recovery_id))
    return {(recovery_id, place) for recovery_id, place in session.execute(query).all()}
