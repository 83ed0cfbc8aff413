"""The first hour: a report is accepted and its stop-payment sent before a second approval."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from models.case_file import Balance, CaseFile, Place
from models.entities.approval import ApprovalRow
from models.entities.asset import AssetRow
from models.entities.claim import ClaimRow, ClaimState
from models.entities.hold import HoldKind, HoldRow, HoldState
from models.entities.ledger import LedgerAccount
from models.entities.officer import Role
from models.entities.recovery import RecoveryRow, RecoveryState
from models.ids import derive_id
from models.language.phrase import phrase
from models.money import Money
from recovery_flows import errors
from recovery_flows.cases import lifecycle, next_steps
from recovery_flows.freezing import submissions
from recovery_flows.law.regime import Regimes
from recovery_flows.law.rows import Measure
from recovery_flows.ledger.changeset import Changeset


@dataclass(frozen=True, slots=True)
class Sent:
    """What became of a report: the stop that leaves first, or why none does and what comes next."""

    hold_id: str = ""
    why_not: str = ""
    next_step: str = ""


def stop_first(
    changes: Changeset,
    owner: str,
    case_number: str,
    now: datetime,
    laws: Regimes,
    places: Mapping[str, Place],
) -> Sent:
    """Accept a report and send its stop-payment before anybody else has looked at it.

    Where the law or the bank does not allow that, the report is accepted all the same. Raises
    StepRefusedError where it was accepted before or no case number is given.
    """
    place = places[changes.file.claims[0].payee_account_id]
    if place.home and not laws[place.regime].has(Measure.STOP):
        raise errors.StepRefusedError(
            phrase(
                "the law {regime} knows no stop-payment: nothing was stored or sent",
                regime=place.regime,
            )
        )
    lifecycle.accept(changes, owner, case_number, laws, places)
    (asset,) = changes.file.assets
    hold = _drafted(changes.file, asset)
    why_not = _why_not(changes.file, asset, hold, laws)
    if hold is None or why_not:
        return Sent(why_not=why_not, next_step=_next_step(changes.file, laws))
    submissions.order_stop(changes, hold.id, owner, now, laws)
    return Sent(hold_id=hold.id)


def _drafted(file: CaseFile, asset: AssetRow) -> HoldRow | None:
    return next(
        (
            h
            for h in file.holds_of(asset.id)
            if h.kind is HoldKind.STOP and h.state is HoldState.DRAFT
        ),
        None,
    )


def _why_not(file: CaseFile, asset: AssetRow, hold: HoldRow | None, laws: Regimes) -> str:
    if not asset.home:
        return phrase(
            "{partner_id} is abroad ({regime}): no stop-payment can be sent there",
            partner_id=asset.partner_id,
            regime=asset.regime,
        )
    if not laws[asset.regime].has(Measure.CONFIRMATION):
        return phrase(
            "the law {regime} lets no stop-payment leave before another person has approved",
            regime=asset.regime,
        )
    if asset.currency != file.recovery.currency:
        return phrase(
            "the account is in {currency}, so that its part of the loss is not known yet",
            currency=asset.currency,
        )
    least = laws[asset.regime].minimum_worth(asset.currency)
    if hold is None or Money(hold.requested_minor, hold.currency) < least:
        return phrase("the sum is below {least}, which is the least worth holding", least=least)
    return ""


def _next_step(file: CaseFile, laws: Regimes) -> str:
    first = next_steps.first_step(file, laws)
    return (
        phrase("{sentence} ({role})", sentence=first.sentence, role=first.role)
        if first.role is not Role.ENGINE
        else first.sentence
    )


def confirmation_of(file: CaseFile, hold_id: str) -> ApprovalRow:
    """The confirmation that was asked for with a stop; StopIteration if none was."""
    return next(a for a in file.approvals if a.subject_id == hold_id and a.post_hoc)


def not_filed_yet(
    external_ref: str,
    regime: str,
    loss: Money,
    accounts: tuple[str, str],
    victim_bank: str,
    paid_at: datetime,
    reported_at: datetime,
) -> CaseFile:
    """The file that a report would be, with the ids that it would have: for a look beforehand.

    `accounts` are the ids of the victim's and the payee's account.
    """
    victim, payee = accounts
    recovery_id, claim_id = derive_id("rec", external_ref), derive_id("claim", external_ref)
    recovery = RecoveryRow(
        id=recovery_id, ref="", regime=regime, currency=loss.currency,
        state=RecoveryState.REPORTED, reported_at=reported_at,
    )  # fmt: skip
    claim = ClaimRow(
        id=claim_id, recovery_id=recovery_id, state=ClaimState.FILED, reported_minor=loss.minor,
        currency=loss.currency, victim_account_id=victim, victim_partner_id=victim_bank,
        payee_account_id=payee, payout_account_id=victim, paid_at=paid_at, reported_at=reported_at,
    )  # fmt: skip
    balances = tuple(
        Balance(account, "", "", claim_id, "", minor, loss.currency, minor, loss.currency)
        for account, minor in (
            (LedgerAccount.NOT_LOCATED, loss.minor), (LedgerAccount.REPORTED, -loss.minor),
        )
    )  # fmt: skip
    return CaseFile(
        recovery=recovery, claims=(claim,), assets=(), holds=(), requests=(), allocations=(),
        payouts=(), approvals=(), calls=(), trace=None, balances=balances, shared_with=(),
    )  # fmt: skip
