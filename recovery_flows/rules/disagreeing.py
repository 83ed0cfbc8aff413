"""What a bank states against our records: each disagreement becomes a discrepancy, found once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from models.facts import BankHoldState, HoldFact, PayoutFact
from models.file import RecoveryFile
from models.money import Money
from models.moves import reopened
from models.outcome import Move
from models.rows import HoldRow, PayoutRow
from models.states import (
    CLOSED_RECOVERIES,
    DiscrepancyKind,
    HoldKind,
    HoldState,
    Noun,
    PayoutState,
    RecoveryState,
    Stage,
)
from recovery_flows.rules import discrepancies, hold_falls
from recovery_flows.rules.hold_cells import HOLDING, NOT_HELD, OVER
from recovery_flows.rules.payout_facts import debited_of
from recovery_flows.rules.progress import Progress

_CLOSED = frozenset(
    {
        RecoveryState.CLOSED_RETURNED,
        RecoveryState.CLOSED_PARTIAL,
        RecoveryState.CLOSED_NO_RECOVERY,
    }
)
_K = DiscrepancyKind


@dataclass(frozen=True, slots=True)
class About:
    """What a statement of a bank is about, as a discrepancy names it."""

    noun: Noun
    id: str
    asset_id: str
    claim_id: str = ""

    @classmethod
    def hold(cls, hold: HoldRow) -> About:
        """About one hold."""
        return cls(Noun.HOLD, hold.id, hold.asset_id)

    @classmethod
    def payout(cls, payout: PayoutRow) -> About:
        """About one payout: its account and its claim wait for the look."""
        return cls(Noun.PAYOUT, payout.id, payout.asset_id, payout.claim_id)


def find(
    progress: Progress,
    kind: DiscrepancyKind,
    about: About,
    now: datetime,
    *,
    detail: str = "",
    mark: str = "",
) -> None:
    """Record a disagreement that is no matter of sums."""
    discrepancies.find(
        progress, kind, about.noun, about.id, now, asset_id=about.asset_id,
        claim_id=about.claim_id, detail=detail, mark=mark,
    )  # fmt: skip


def compare(
    progress: Progress, about: About, expected: Money, said: Money, now: datetime, what: str
) -> None:
    """Record that a bank states another sum than our records, or one in another currency."""
    if said == expected:
        return
    other = said.currency != expected.currency
    discrepancies.find(
        progress, _K.CURRENCY_DIFFERS if other else _K.AMOUNT_DIFFERS, about.noun, about.id, now,
        asset_id=about.asset_id, claim_id=about.claim_id, expected=expected, stated=said,
        detail=what, mark=f"{what} {said.minor} {said.currency}",
    )  # fmt: skip


def compare_hold(progress: Progress, before: HoldRow, fact: HoldFact, now: datetime) -> None:
    """What a bank states of a hold: the sum that was ordered, and no more than that held."""
    about = About.hold(before)
    ordered = Money(before.requested_minor, before.currency)
    if before.kind is not HoldKind.VOLUNTARY:
        compare(progress, about, ordered, fact.requested, now, "ordered")
    other = fact.held.minor > 0 and fact.held.currency != ordered.currency
    if other or fact.held.minor > ordered.minor:
        compare(progress, about, ordered, fact.held, now, "held")
    elif fact.state in (*NOT_HELD, BankHoldState.PAID_OUT) and fact.held.minor:
        none = Money(0, ordered.currency)
        compare(progress, about, none, fact.held, now, f"held though {fact.state}")


def compare_fall(
    progress: Progress, before: RecoveryFile, hold: HoldRow, fact: HoldFact, now: datetime
) -> None:
    """A hold in force of which a bank states less than before, and no order of ours says why."""
    fell = hold_falls.unexplained(before, hold, fact)
    if fell is None or fact.state not in HOLDING or hold.state in OVER:
        return
    discrepancies.find(
        progress, _K.HOLD_FELL, Noun.HOLD, hold.id, now, asset_id=hold.asset_id,
        expected=fell[0], stated=fell[1], mark=str(fact.revision),
    )  # fmt: skip


def compare_end(progress: Progress, hold: HoldRow, fact: HoldFact, now: datetime) -> None:
    """A bank that holds longer than the law lets it: our clock ends the hold, a person asks why."""
    ours, theirs = hold.expires_at, fact.expires_at
    if hold.state in (HoldState.STOPPED, HoldState.FROZEN) and ours and theirs and theirs > ours:
        ends = f"{theirs:%Y-%m-%d %H:%M} UTC"
        detail = f"it says until {ends}, the law ends it on {ours:%Y-%m-%d %H:%M} UTC"
        find(progress, _K.HELD_BEYOND_TERM, About.hold(hold), now, detail=detail, mark=ends)


def compare_payout(progress: Progress, payout: PayoutRow, fact: PayoutFact, now: datetime) -> None:
    """What a bank states of a payout: the ordered sum credited, and the same sum debited for it."""
    about, ordered = About.payout(payout), Money(payout.amount_minor, payout.currency)
    hold = progress.file.hold(payout.hold_id)
    compare(progress, about, ordered, fact.amount, now, "credited")
    after = next(p for p in progress.file.payouts if p.id == payout.id)
    if after.state is not PayoutState.SETTLED:
        return
    debited = debited_of(hold, fact)
    if debited.currency != hold.currency or ordered.currency == hold.currency:
        expected = ordered if ordered.currency == hold.currency else Money(0, hold.currency)
        compare(progress, about, expected, debited, now, "debited")
    elif not debited.minor:
        find(progress, _K.AMOUNT_DIFFERS, about, now, detail="no debit stated", mark="debited")


def compare_currencies(
    progress: Progress, told: Iterable[tuple[str, Money]], now: datetime
) -> None:
    """An account's statement, or its balance, in another currency than the account is kept in."""
    for account_id, said in told:
        for asset in progress.file.assets:
            if asset.account_id == account_id and asset.currency != said.currency:
                discrepancies.find(
                    progress, _K.ACCOUNT_CURRENCY, Noun.ASSET, asset.id, now, asset_id=asset.id,
                    stated=said, detail=f"it is recorded in {asset.currency}", mark=said.currency,
                )  # fmt: skip


def contradicts(
    progress: Progress, about: About, was: str, said: str, revision: int, now: datetime
) -> None:
    """Record that a partner states another outcome than the one that was recorded."""
    detail = f"recorded as {was}, stated now as {said}"
    find(progress, _K.CONTRADICTS_OUTCOME, about, now, detail=detail, mark=str(revision))


def news_on_closed(
    progress: Progress, about: About, said: str, revision: int, now: datetime
) -> None:
    """Record that something of a closed recovery has changed."""
    if progress.file.recovery.state in CLOSED_RECOVERIES:
        find(progress, _K.NEWS_ON_CLOSED, about, now, detail=said, mark=str(revision))


def reopen(progress: Progress, asset_id: str, reason: str) -> None:
    """Money is held or owed again: its account and its recovery are open again."""
    recovery = progress.file.recovery
    if recovery.state in _CLOSED:
        progress.take(Move(Noun.RECOVERY, recovery.id, "reopened", recovery.state, reason=reason))
    asset = progress.file.asset(asset_id)
    if asset.stage is Stage.CLOSED:
        progress.take(Move(Noun.ASSET, asset.id, reopened(asset), asset.stage, reason=reason))
