"""Where a balance of a recovery's ledger lies, and its sums."""

from __future__ import annotations

from typing import NamedTuple

from models.entities.ledger import LedgerAccount


class Key(NamedTuple):
    """Where a balance lies."""

    account: LedgerAccount
    asset_id: str
    hold_id: str
    claim_id: str
    detail: str
    claim_currency: str
    asset_currency: str


class Sums(NamedTuple):
    """Minor units of the loss's currency and of the account's currency."""

    claim_minor: int
    asset_minor: int


def memo(account: LedgerAccount, currency: str, there: str, minor: int) -> tuple[Key, Sums]:
    """A leg outside of the identity: minor units of the currency `there`, no part of the claim."""
    return Key(account, "", "", "", "", currency, there), Sums(0, minor)
