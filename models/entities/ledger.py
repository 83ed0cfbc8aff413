"""The books of a recovery: its accounts, and the postings that events carry."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import sqlalchemy as sa
from sqlmodel import Field

from models.columns import Currency, Minor, Rows, Text40, Text64, enum


class LedgerAccount(StrEnum):
    """Accounts of one recovery's ledger; the identity is `REPORTED` = the sum of `TERMS`."""

    REPORTED = "reported"
    HELD = "held"
    RETURNED_HOLD = "returned_hold"
    RETURNED_RECALL = "returned_recall"
    RETURNED_VOLUNTARY = "returned_voluntary"
    RETURNED_TREASURY = "returned_treasury"
    TREASURY = "treasury"
    THIRD_PARTY = "third_party"
    GONE = "gone"
    LOCATED = "located"
    NOT_LOCATED = "not_located"
    NOT_UPHELD = "not_upheld"
    MEMO_EXCESS = "memo_excess"
    MEMO_EXCHANGE = "memo_exchange"
    MEMO_COST = "memo_cost"
    MEMO_BANK = "memo_bank"
    MEMO_DAMAGES = "memo_damages"
    MEMO_PAYER = "memo_payer"


RETURNED = (
    LedgerAccount.RETURNED_HOLD,
    LedgerAccount.RETURNED_RECALL,
    LedgerAccount.RETURNED_VOLUNTARY,
    LedgerAccount.RETURNED_TREASURY,
)
TERMS = (
    LedgerAccount.HELD,
    *RETURNED,
    LedgerAccount.TREASURY,
    LedgerAccount.THIRD_PARTY,
    LedgerAccount.GONE,
    LedgerAccount.LOCATED,
    LedgerAccount.NOT_LOCATED,
    LedgerAccount.NOT_UPHELD,
)


class PostingRow(Rows, table=True):
    """One leg of the entry that event `event_seq` made."""

    __tablename__ = "posting"
    __table_args__ = (
        sa.Index("ix_posting_balance", "recovery_id", "account", "claim_currency", "claim_minor"),
    )

    event_seq: int = Field(primary_key=True, foreign_key="event.seq")
    leg: int = Field(primary_key=True)
    recovery_id: Text64
    account: Annotated[LedgerAccount, enum(LedgerAccount)]
    asset_id: Text64 = ""
    hold_id: Annotated[str, Field(max_length=64, index=True)] = ""
    claim_id: Text64 = ""
    detail: Text40 = ""
    claim_minor: Minor = 0
    claim_currency: Currency
    asset_minor: Minor = 0
    asset_currency: Currency
