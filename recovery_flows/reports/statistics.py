"""The summary: each term of the identity, the rates with their formulas, how files ended."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Session

from models.entities.asset import Asset, Stage
from models.entities.catalogue import table_of
from models.entities.hold import LIVE_HOLDS, Hold, HoldState
from models.entities.ledger import RETURNED, TERMS, LedgerAccount, PostingRow
from models.entities.payout import Payout, PayoutState
from models.entities.recovery import CLOSED_RECOVERIES, Recovery, RecoveryState
from models.money import Money
from models.queries.cases.stopwatch import reported_and_sent
from models.queries.cases.views import TermLine
from models.queries.installation.clock import case_now
from recovery_flows.reports.rates import (
    Rate,
    held_to_returned_rate,
    interception_rate,
    over_freeze_rate,
    restitution_rate,
)
from recovery_flows.reports.time_to_first_order import Spread, elapsed_seconds, report_to_request

_P, _R, _A, _H = table_of(PostingRow), table_of(Recovery), table_of(Asset), table_of(Hold)
_Y = table_of(Payout)


@dataclass(frozen=True, slots=True)
class CurrencySummary:
    """The identity and the rates of all recoveries whose loss is in one currency."""

    currency: str
    reported: Money
    terms: tuple[TermLine, ...]
    ever_held: Money
    rates: tuple[Rate, ...]


@dataclass(frozen=True, slots=True)
class Summary:
    """All recoveries, by date of report, open and closed, as of case time `now`."""

    now: datetime
    currencies: tuple[CurrencySummary, ...]
    ends: tuple[tuple[str, int], ...]
    stages: tuple[tuple[Stage, int], ...]
    holds: tuple[tuple[str, int], ...]
    second_hop_holds: int
    lapsed_holds: int
    blocked: tuple[tuple[str, Rate], ...]
    """Per currency of the accounts, not of the losses: what live holds block there."""
    report_to_request: Spread


def summary(session: Session, wall: datetime) -> Summary:
    """Read the figures; every amount is the balance of a ledger account."""
    per_hold = _ever_held(session)
    sums: dict[str, dict[LedgerAccount, int]] = {}
    query = sa.select(_P.c.claim_currency, _P.c.account, sa.func.sum(_P.c.claim_minor)).group_by(
        _P.c.claim_currency, _P.c.account
    )
    for currency, account, minor in session.execute(query):
        sums.setdefault(currency, {})[LedgerAccount(account)] = int(minor)
    return Summary(
        now=case_now(session, wall),
        currencies=tuple(
            _currency(currency, sums[currency], per_hold.get(currency, 0))
            for currency in sorted(sums)
        ),
        ends=_ends(session),
        stages=_stages(session),
        holds=_holds(session),
        second_hop_holds=_second_hop(session),
        lapsed_holds=_count(session, _H.c.state == HoldState.LAPSED),
        blocked=_blocked(session),
        report_to_request=report_to_request(
            [elapsed_seconds(came, sent) for came, sent in reported_and_sent(session)]
        ),
    )


def _currency(
    currency: str, sums: dict[LedgerAccount, int], ever_held_minor: int
) -> CurrencySummary:
    reported = -sums.get(LedgerAccount.REPORTED, 0)
    from_holds = sums.get(LedgerAccount.RETURNED_HOLD, 0)
    returned = sum(sums.get(account, 0) for account in RETURNED)
    return CurrencySummary(
        currency=currency,
        reported=Money(reported, currency),
        terms=tuple(TermLine(t, Money(sums.get(t, 0), currency)) for t in TERMS),
        ever_held=Money(ever_held_minor, currency),
        rates=(
            interception_rate(ever_held_minor, reported),
            held_to_returned_rate(from_holds, ever_held_minor),
            restitution_rate(returned, reported),
        ),
    )


def _ever_held(session: Session) -> dict[str, int]:
    """Per currency the sum over recoveries of the highest (held now + returned from holds).

    The running sum follows the events, so a unit that was held at two accounts one after the
    other counts once.
    """
    held = (LedgerAccount.HELD, LedgerAccount.RETURNED_HOLD)
    query = (
        sa.select(
            _P.c.recovery_id, _P.c.claim_currency, _P.c.event_seq, sa.func.sum(_P.c.claim_minor)
        )
        .where(_P.c.account.in_(held))
        .group_by(_P.c.recovery_id, _P.c.claim_currency, _P.c.event_seq)
        .order_by(_P.c.recovery_id, _P.c.claim_currency, _P.c.event_seq)
    )
    now: dict[tuple[str, str], int] = {}
    highest: dict[tuple[str, str], int] = {}
    for recovery_id, currency, _, minor in session.execute(query):
        key = (recovery_id, currency)
        now[key] = now.get(key, 0) + int(minor)
        highest[key] = max(highest.get(key, 0), now[key])
    joined = set(
        session.execute(sa.select(_R.c.id).where(_R.c.state == RecoveryState.JOINED)).scalars()
    )
    totals: dict[str, int] = {}
    for (recovery_id, currency), minor in highest.items():
        if recovery_id not in joined:
            totals[currency] = totals.get(currency, 0) + minor
    return totals


def _ends(session: Session) -> tuple[tuple[str, int], ...]:
    query = sa.select(_R.c.state, sa.func.count()).group_by(_R.c.state)
    found = {RecoveryState(state): int(count) for state, count in session.execute(query)}
    return tuple((state.value, found[state]) for state in RecoveryState if state in found)


def _stages(session: Session) -> tuple[tuple[Stage, int], ...]:
    query = (
        sa.select(_R.c.stage, sa.func.count())
        .where(_R.c.state.not_in(CLOSED_RECOVERIES))
        .group_by(_R.c.stage)
    )
    found = {Stage(stage): int(count) for stage, count in session.execute(query)}
    return tuple((stage, found[stage]) for stage in Stage if stage in found)


def _holds(session: Session) -> tuple[tuple[str, int], ...]:
    query = sa.select(_H.c.kind, _H.c.state, sa.func.count()).group_by(_H.c.kind, _H.c.state)
    return tuple(
        (f"{kind} {state}", int(count)) for kind, state, count in sorted(session.execute(query))
    )


def _second_hop(session: Session) -> int:
    """Holds that took effect at an account that the victim did not pay directly."""
    query = (
        sa.select(sa.func.count(sa.distinct(_H.c.asset_id)))
        .join(_A, _A.c.id == _H.c.asset_id)
        .where(_A.c.depth >= 1, _H.c.acted_at.is_not(None))
    )
    return int(session.execute(query).scalar_one())


def _blocked(session: Session) -> tuple[tuple[str, Rate], ...]:
    """What live holds block, against the stolen money traced there that was not paid back yet."""
    paid = (
        sa.select(_Y.c.asset_id, sa.func.sum(_Y.c.debited_minor).label("minor"))
        .where(_Y.c.state == PayoutState.SETTLED)
        .group_by(_Y.c.asset_id)
        .subquery()
    )
    held = (
        sa.select(_H.c.asset_id, sa.func.sum(_H.c.held_minor).label("minor"))
        .where(_H.c.state.in_(LIVE_HOLDS))
        .group_by(_H.c.asset_id)
        .having(sa.func.sum(_H.c.held_minor) > 0)
        .subquery()
    )
    disputed = sa.func.sum(_A.c.traced_minor - sa.func.coalesce(paid.c.minor, 0))
    query = (
        sa.select(_A.c.currency, sa.func.sum(held.c.minor), disputed)
        .join(held, held.c.asset_id == _A.c.id)
        .outerjoin(paid, paid.c.asset_id == _A.c.id)
        .group_by(_A.c.currency)
        .order_by(_A.c.currency)
    )
    return tuple((c, over_freeze_rate(int(b), int(d))) for c, b, d in session.execute(query))


def _count(session: Session, where: sa.ColumnElement[bool]) -> int:
    return int(
        session.execute(sa.select(sa.func.count()).select_from(_H).where(where)).scalar_one()
    )
