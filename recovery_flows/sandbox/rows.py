"""Rows of the sandbox's tables as values."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class Hold:
    """One row of the table `hold`, in its order of columns; `due_us` is its next own move.

    `account_id` is 0 until the bank has found the account.
    """

    id: str
    bank: str
    order_ref: str
    kind: str
    number: str
    holder: str
    currency: str
    requested_minor: int
    cap_minor: int | None
    supersedes: str | None
    status: str
    revision: int
    account_id: int
    held_minor: int
    received_us: int
    acted_us: int | None
    expires_us: int | None
    due_us: int | None
    modified_us: int
    reason: str | None
