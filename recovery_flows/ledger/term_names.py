"""What the terms of a recovery's sum are called."""

from __future__ import annotations

from collections.abc import Mapping

from models.entities.ledger import LedgerAccount

_WORDS: Mapping[LedgerAccount, str] = {
    LedgerAccount.RETURNED_HOLD: "returned",
    LedgerAccount.RETURNED_RECALL: "returned by recall",
    LedgerAccount.RETURNED_VOLUNTARY: "given back",
    LedgerAccount.RETURNED_TREASURY: "refunded by the treasury",
    LedgerAccount.TREASURY: "went to the treasury",
    LedgerAccount.THIRD_PARTY: "kept by third party",
}


def term_word(account: LedgerAccount) -> str:
    """A term in words, the same on screens, in commands and in what an approval binds."""
    return _WORDS.get(account, account.replace("_", " "))
