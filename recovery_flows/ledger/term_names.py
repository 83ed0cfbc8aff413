"""What the terms of a recovery's sum are called."""

from __future__ import annotations

from collections.abc import Mapping

from models.entities.ledger import LedgerAccount
from models.language.phrase import phrase

_WORDS: Mapping[LedgerAccount, str] = {
    LedgerAccount.RETURNED_HOLD: phrase("returned"),
    LedgerAccount.RETURNED_RECALL: phrase("returned by recall"),
    LedgerAccount.RETURNED_VOLUNTARY: phrase("given back"),
    LedgerAccount.RETURNED_TREASURY: phrase("refunded by the treasury"),
    LedgerAccount.TREASURY: phrase("went to the treasury"),
    LedgerAccount.THIRD_PARTY: phrase("kept by third party"),
    LedgerAccount.GONE: phrase("dissipated"),
}


def term_word(account: LedgerAccount) -> str:
    """A term in words, the same on screens, in commands and in what an approval binds."""
    return _WORDS.get(account, phrase(account.replace("_", " ")))
