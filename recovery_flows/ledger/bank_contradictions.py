"""What a bank states against our records, recorded once as a discrepancy of what it is about."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from models.entities.discrepancy import DiscrepancyKind
from models.entities.event import EntityKind
from models.entities.hold import HoldRow
from models.entities.payout import PayoutRow
from models.language.phrase import stored_phrase
from models.money import Money
from recovery_flows.ledger import discrepancies
from recovery_flows.ledger.changeset import Changeset


@dataclass(frozen=True, slots=True)
class About:
    """What a statement of a bank is about, as a discrepancy names it."""

    noun: EntityKind
    id: str
    asset_id: str
    claim_id: str = ""

    @classmethod
    def hold(cls, hold: HoldRow) -> About:
        """About one hold."""
        return cls(EntityKind.HOLD, hold.id, hold.asset_id)

    @classmethod
    def payout(cls, payout: PayoutRow) -> About:
        """About one payout: its account and its claim wait for the look."""
        return cls(EntityKind.PAYOUT, payout.id, payout.asset_id, payout.claim_id)


def find(
    changes: Changeset,
    kind: DiscrepancyKind,
    about: About,
    now: datetime,
    *,
    detail: str = "",
    mark: str = "",
) -> None:
    """Record a disagreement that is no matter of sums."""
    discrepancies.find(
        changes, kind, about.noun, about.id, now, asset_id=about.asset_id,
        claim_id=about.claim_id, detail=detail, mark=mark,
    )  # fmt: skip


def compare(
    changes: Changeset, about: About, expected: Money, said: Money, now: datetime, what: str
) -> None:
    """Record that a bank states another sum than our records, or one in another currency."""
    if said == expected:
        return
    other = said.currency != expected.currency
    kind = DiscrepancyKind.CURRENCY_DIFFERS if other else DiscrepancyKind.AMOUNT_DIFFERS
    discrepancies.find(
        changes, kind, about.noun, about.id, now,
        asset_id=about.asset_id, claim_id=about.claim_id, expected=expected, stated=said,
        detail=what, mark=f"{what} {said.minor} {said.currency}",
    )  # fmt: skip


def compare_currencies(
    changes: Changeset, told: Iterable[tuple[str, Money]], now: datetime
) -> None:
    """An account's statement, or its balance, in another currency than the account is kept in."""
    for account_id, said in told:
        for asset in changes.file.assets:
            if asset.account_id == account_id and asset.currency != said.currency:
                discrepancies.find(
                    changes, DiscrepancyKind.ACCOUNT_CURRENCY, EntityKind.ASSET, asset.id, now,
                    asset_id=asset.id, stated=said, mark=said.currency,
                    detail=stored_phrase(
                        "it is recorded in {currency}", currency=asset.currency
                    ),
                )  # fmt: skip


def contradicts(
    changes: Changeset, about: About, was: str, said: str, revision: int, now: datetime
) -> None:
    """Record that a partner states another outcome than the one that was recorded."""
    detail = stored_phrase("recorded as {was}, stated now as {said}", was=was, said=said)
    find(
        changes, DiscrepancyKind.CONTRADICTS_OUTCOME, about, now, detail=detail, mark=str(revision)
    )


def renamed(changes: Changeset, about: About, to: str, before: str, now: datetime) -> None:
    """Record that a bank calls what it reports on by another reference than before."""
    detail = stored_phrase(
        "the bank calls it {to}, and has called it {before}", to=to,
        before=before,
    )  # fmt: skip
    find(changes, DiscrepancyKind.WRONG_REFERENCE, about, now, detail=detail, mark=to)


def reported_on(
    changes: Changeset, about: About, noun: EntityKind, partners: tuple[str, str], now: datetime
) -> None:
    """Record that a partner reports as a `noun` on what another partner has, or is no such thing.

    `partners` are the one that reports and the one that was told of it.
    """
    partner, owner = partners
    detail = stored_phrase(
        "{partner} reports on it as a {noun}; it is a {kind} at {owner}",
        partner=partner, noun=noun, kind=about.noun, owner=owner,
    )  # fmt: skip
    kind = DiscrepancyKind.WRONG_REFERENCE
    find(changes, kind, about, now, detail=detail, mark=f"{partner} {noun}")


def older_answer(changes: Changeset, hold: HoldRow, revision: int, now: datetime) -> None:
    """Record that a bank that was asked what it holds answers with less than it stated before."""
    detail = stored_phrase(
        "asked what it holds its bank answers with revision {revision}, an older one",
            revision=revision,
    )  # fmt: skip
    kind, mark = DiscrepancyKind.CONTRADICTS_OUTCOME, f"asked {revision}"
    find(changes, kind, About.hold(hold), now, detail=detail, mark=mark)
