"""The summary: each term of the identity, the rates with their formulas, how files ended."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

from sqlmodel import Session

from models.entities.asset import Stage
from models.entities.hold import HoldState
from models.entities.ledger import RETURNED, TERMS, LedgerAccount
from models.entities.recovery import RecoveryState
from models.money import Money
from models.queries.cases.views import TermLine
from models.queries.installation.clock import case_now
from models.queries.installation.restrictions import Unseen, unseen
from models.store.rollups.names import SECOND_HOP, SENT_COUNT
from models.store.rollups.rows import sent_at_rank
from models.store.rollups.tallies import tally
from recovery_flows.reports.eight_weeks import EightWeeks, eight_weeks
from recovery_flows.reports.rates import (
    Rate,
    held_to_returned_rate,
    interception_rate,
    over_freeze_rate,
    restitution_rate,
)
from recovery_flows.reports.time_to_first_order import Spread, report_to_request


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
    weeks: EightWeeks
    not_seen: Unseen = field(default_factory=Unseen)
    """Restricted recoveries that whoever looks does not see: they are in none of the figures."""


def summary(session: Session, wall_now: datetime) -> Summary:
    """Read the figures, which each write keeps; every amount is the balance of a ledger account."""
    sums = tally(session)
    now = case_now(session, wall_now)
    held = {code: sums.get(f"ledger {code} {LedgerAccount.HELD}", 0)
            for code in _currencies(sums, "ledger")}  # fmt: skip
    holds = {name: count for name, count in sums.items() if name.startswith("hold ")}
    return Summary(
        now=now,
        currencies=tuple(_currency(code, sums) for code in _currencies(sums, "ledger")),
        ends=tuple((s.value, sums[f"state {s}"]) for s in RecoveryState if f"state {s}" in sums),
        stages=tuple((s, sums[f"stage {s}"]) for s in Stage if f"stage {s}" in sums),
        holds=tuple((name.removeprefix("hold "), holds[name]) for name in sorted(holds)),
        second_hop_holds=sums.get(SECOND_HOP, 0),
        lapsed_holds=sum(n for name, n in holds.items() if name.endswith(f" {HoldState.LAPSED}")),
        blocked=tuple(
            (code, over_freeze_rate(sums[f"blocked {code}"], sums.get(f"disputed there {code}", 0)))
            for code in _currencies(sums, "blocked")
        ),
        report_to_request=report_to_request(
            sums.get(SENT_COUNT, 0), partial(sent_at_rank, session)
        ),
        weeks=eight_weeks(session, now, held),
        not_seen=unseen(session),
    )


def _currencies(sums: Mapping[str, int], kind: str) -> list[str]:
    """The currencies that counts of a kind are kept in."""
    return sorted({name.split()[1] for name in sums if name.startswith(f"{kind} ")})


def _currency(currency: str, kept: Mapping[str, int]) -> CurrencySummary:
    sums = {account: kept.get(f"ledger {currency} {account}", 0) for account in LedgerAccount}
    ever_held_minor = kept.get(f"ever held {currency}", 0)
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
