"""What `ledger check` compares, and with which source of its own."""

from __future__ import annotations

from enum import StrEnum


class Check(StrEnum):
    """What is compared; `SOURCES` says with what."""

    REPORTED = "reported"
    NOT_UPHELD = "not upheld"
    NOT_LOCATED = "not located"
    GONE = "gone"
    TRACED = "located, held or returned"
    HELD = "held, with excess"
    MADE_GOOD = "made good by what was received"
    RETURNED = "returned from holds"
    TREASURY = "went to the treasury, with refunds"
    REFUNDED = "refunded by the treasury"
    RECALLED = "returned by recalls"
    THIRD_PARTY = "kept by third parties"
    DAMAGES = "paid for wrong freezes"
    DEBITED = "debited from holds"
    UNSOURCED = "without a source"
    IDENTITY = "all terms together"
    BELOW_ZERO = "below zero"
    ENTRY = "sum of an entry"


SOURCES = {
    Check.REPORTED: "what the claims report",
    Check.NOT_UPHELD: "what was refused of the claims",
    Check.NOT_LOCATED: "the claims that the adopted trace does not find",
    Check.GONE: "what the adopted trace sees leave",
    Check.TRACED: "what the adopted trace finds at the account",
    Check.HELD: "what the bank holds",
    Check.MADE_GOOD: "what the unit holds of it or has paid on, and what was recalled",
    Check.RETURNED: "what the banks settled",
    Check.TREASURY: "what the banks settled to it",
    Check.REFUNDED: "what two people saw it pay",
    Check.RECALLED: "what came back and was confirmed",
    Check.THIRD_PARTY: "what two people left to them and banks released",
    Check.DAMAGES: "what two people saw paid",
    Check.DEBITED: "what the banks debited",
    Check.UNSOURCED: "nothing: no fact of this kind is recorded",
    Check.IDENTITY: "what is reported",
    Check.BELOW_ZERO: "nothing: no term is below zero",
    Check.ENTRY: "zero",
}
