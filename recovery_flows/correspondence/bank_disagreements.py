"""What a bank states against our records: each disagreement becomes a discrepancy, found once."""

from __future__ import annotations

from datetime import datetime

from models.case_file import CaseFile
from models.entities.asset import Stage, reopened
from models.entities.discrepancy import DiscrepancyKind
from models.entities.event import EntityKind
from models.entities.hold import HoldKind, HoldRow, HoldState
from models.entities.payout import PayoutRow, PayoutState
from models.entities.recovery import CLOSED_RECOVERIES, RecoveryState
from models.facts import BankHoldState, HoldFact, PayoutFact
from models.language.phrase import stored_phrase
from models.money import Money
from models.outcome import Transition
from recovery_flows.freezing import reductions
from recovery_flows.freezing.answer_table import HOLDING, NOT_HELD, OVER
from recovery_flows.ledger import bank_contradictions, discrepancies
from recovery_flows.ledger.bank_contradictions import About
from recovery_flows.ledger.changeset import Changeset
from recovery_flows.ledger.outstanding_losses import paid_minor
from recovery_flows.ledger.payout_parts import loss_minor
from recovery_flows.restitution.payout_answers import debited_of

_CLOSED = frozenset(
    {
        RecoveryState.CLOSED_RETURNED,
        RecoveryState.CLOSED_PARTIAL,
        RecoveryState.CLOSED_NO_RECOVERY,
    }
)


def compare_hold(changes: Changeset, before: HoldRow, fact: HoldFact, now: datetime) -> None:
    """What a bank states of a hold: the sum that was ordered, and no more than that held."""
    about = About.hold(before)
    ordered = Money(before.requested_minor, before.currency)
    if before.kind is not HoldKind.VOLUNTARY:
        bank_contradictions.compare(
            changes, about, ordered, fact.requested, now, stored_phrase("ordered")
        )
    other = fact.held.minor > 0 and fact.held.currency != ordered.currency
    if other or fact.held.minor > ordered.minor:
        bank_contradictions.compare(changes, about, ordered, fact.held, now, stored_phrase("held"))
    elif fact.state in (*NOT_HELD, BankHoldState.PAID_OUT) and fact.held.minor:
        none = Money(0, ordered.currency)
        bank_contradictions.compare(
            changes,
            about,
            none,
            fact.held,
            now,
            stored_phrase("held though {state}", state=fact.state),
        )


def compare_fall(
    changes: Changeset, before: CaseFile, hold: HoldRow, fact: HoldFact, now: datetime
) -> None:
    """A hold in force of which a bank states less than before, and no order of ours says why."""
    fell = reductions.unexplained(before, hold, fact)
    if fell is None or fact.state not in HOLDING or hold.state in OVER:
        return
    discrepancies.find(
        changes, DiscrepancyKind.HOLD_FELL, EntityKind.HOLD, hold.id, now, asset_id=hold.asset_id,
        expected=fell[0], stated=fell[1], mark=str(fact.revision),
    )  # fmt: skip


def compare_end(changes: Changeset, hold: HoldRow, fact: HoldFact, now: datetime) -> None:
    """A bank that holds longer than the law lets it: our clock ends the hold, a person asks why."""
    ours, theirs = hold.expires_at, fact.expires_at
    if hold.state in (HoldState.STOPPED, HoldState.FROZEN) and ours and theirs and theirs > ours:
        ends = f"{theirs:%Y-%m-%d %H:%M} UTC"
        detail = stored_phrase(
            "it says until {theirs}, the law ends it on {ours}", theirs=ends,
            ours=f"{ours:%Y-%m-%d %H:%M} UTC",
        )  # fmt: skip
        bank_contradictions.find(
            changes,
            DiscrepancyKind.HELD_BEYOND_TERM,
            About.hold(hold),
            now,
            detail=detail,
            mark=ends,
        )


def compare_payout(changes: Changeset, payout: PayoutRow, fact: PayoutFact, now: datetime) -> None:
    """What a bank states of a payout: the ordered sum credited, and the same sum debited for it."""
    about, ordered = About.payout(payout), Money(payout.amount_minor, payout.currency)
    hold = changes.file.hold(payout.hold_id)
    bank_contradictions.compare(
        changes, about, ordered, fact.amount, now, stored_phrase("credited")
    )
    after = next(p for p in changes.file.payouts if p.id == payout.id)
    if after.state is not PayoutState.SETTLED:
        return
    _compare_in_all(changes, payout, fact, now)
    debited = debited_of(hold, fact)
    if debited.currency != hold.currency or ordered.currency == hold.currency:
        expected = ordered if ordered.currency == hold.currency else Money(0, hold.currency)
        bank_contradictions.compare(
            changes, about, expected, debited, now, stored_phrase("debited")
        )
    elif not debited.minor:
        bank_contradictions.find(
            changes,
            DiscrepancyKind.AMOUNT_DIFFERS,
            about,
            now,
            detail=stored_phrase("no debit stated"),
            mark="debited",
        )


def _compare_in_all(changes: Changeset, payout: PayoutRow, fact: PayoutFact, now: datetime) -> None:
    """What was ordered was paid, and yet a victim has more than he lost: he was paid before."""
    ordered = Money(payout.amount_minor, payout.currency)
    if payout.state is not PayoutState.INSTRUCTED or fact.amount != ordered or payout.unclaimed_id:
        return
    claim = next(c for c in changes.file.claims if c.id == payout.claim_id)
    loss, paid = loss_minor(claim), paid_minor(changes.file, claim)
    if paid > loss:
        bank_contradictions.compare(
            changes, About.payout(payout), Money(loss, claim.currency),
            Money(paid, claim.currency), now,
            stored_phrase("paid in all"),
        )  # fmt: skip


def compare_restated(
    changes: Changeset,
    about: About,
    before: HoldRow | PayoutRow,
    fact: HoldFact | PayoutFact,
    said: str,
    now: datetime,
) -> None:
    """A bank that states something else under a revision that is not newer than the last.

    What it only tells once more, such as an older revision with its own older stamp, is no
    disagreement. The other statement is not booked: a person asks which of the two holds.
    """
    if fact.revision == before.bank_revision:
        is_other = bool(before.bank_said) and said != before.bank_said
    else:
        is_other = before.bank_said_at is not None and fact.modified_at > before.bank_said_at
    if is_other:
        detail = stored_phrase(
            "stated {was} under revision {before}, and {said} under revision {revision}",
            was=before.bank_said or "otherwise", before=before.bank_revision,
            said=said, revision=fact.revision,
        )  # fmt: skip
        kind, mark = DiscrepancyKind.CONTRADICTS_OUTCOME, f"{fact.revision} {said}"
        bank_contradictions.find(changes, kind, about, now, detail=detail, mark=mark)


def news_on_closed(
    changes: Changeset, about: About, said: str, revision: int, now: datetime
) -> None:
    """Record that something of a closed recovery has changed."""
    if changes.file.recovery.state in CLOSED_RECOVERIES:
        bank_contradictions.find(
            changes, DiscrepancyKind.NEWS_ON_CLOSED, about, now, detail=said, mark=str(revision)
        )


def reopen(changes: Changeset, asset_id: str, reason: str) -> None:
    """Money is held or owed again: its account and its recovery are open again."""
    recovery = changes.file.recovery
    if recovery.state in _CLOSED:
        changes.apply(
            Transition(EntityKind.RECOVERY, recovery.id, "reopened", recovery.state, reason=reason)
        )
    asset = changes.file.asset(asset_id)
    if asset.stage is Stage.CLOSED:
        changes.apply(
            Transition(EntityKind.ASSET, asset.id, reopened(asset), asset.stage, reason=reason)
        )
