"""What an order token says: who ordered what, of which account, up to how much, until when.

Field names are those of the Norwegian *extraditionOrder* (DSOP) where it has one. Ids never names;
an account is named by a digest that only a bank that knows its number can compare.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from models.ids import CallId, OfficerId, PartnerId, RecoveryId
from models.money import Money

TOKEN_TYPE = "rbp-order-1"  # noqa: S105 - a name, no secret
ORDER_LIFE = timedelta(hours=24)


class Flag(StrEnum):
    """What an order allows; a bank refuses an endpoint that is not named (ACC-011)."""

    FEED = "events"
    ACCOUNT = "accountDetails"
    TRANSACTIONS = "transactions"
    HOLD = "holds"
    EXTEND = "extensions"
    RELEASE = "releases"
    PAYOUT = "payouts"
    CALLS = "calls"
    TASK = "tasks"
    TASK_EXTEND = "taskExtensions"
    TASK_CANCEL = "taskCancels"
    DAILY = "daily"
    REQUEST = "requests"


@dataclass(frozen=True, slots=True)
class Approval:
    """Who approved, in which role, when; ids."""

    by: str
    role: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Limits:
    """What an order may touch: the account `number` and, for money, at most so much of it.

    The order of a task names its subject in place of an account.
    """

    number: str = field(default="", repr=False)
    amount: Money | None = None


@dataclass(frozen=True, slots=True)
class Authority:
    """Under whose authority a call is made; `requester` is an id, `mandate` the legal text."""

    recovery: RecoveryId
    requester: OfficerId
    mandate: str
    approval: Approval | None = None


def order_claims(
    authority: Authority,
    at: datetime,
    partner: PartnerId,
    request_id: UUID,
    flag: Flag,
    limits: Limits,
    key: CallId | None,
) -> dict[str, object]:
    """The claims of one call's order token; bound to its bank, its request and its key."""
    claims: dict[str, object] = {
        "extraditionOrderID": str(request_id),
        "version": 1,
        "aud": partner,
        "caseID": authority.recovery,
        "requesterID": authority.requester,
        "mandate": authority.mandate,
        "iat": _seconds(at),
        "exp": _seconds(at + ORDER_LIFE),
        "flags": [str(flag)],
    }
    if key is not None:
        claims["idempotencyKey"] = key
    if authority.approval is not None:
        claims["approval"] = {
            "approvedByID": authority.approval.by,
            "approvedByRole": authority.approval.role,
            "approvalTimestamp": authority.approval.at.isoformat(),
        }
    if limits.number:
        claims["accountDigest"] = account_digest(partner, limits.number)
    if limits.amount is not None:
        money = limits.amount
        claims["maxAmount"] = {"currency": money.currency, "amount": money.text()}
    return claims


def account_digest(partner: PartnerId, number: str) -> str:
    """SHA-256 (hex) of a bank's id and an account number, which only that bank can guess back."""
    return hashlib.sha256(f"{partner}\n{number}".encode()).hexdigest()


def _seconds(at: datetime) -> int:
    return int(at.timestamp())
