"""What a person sees of a trace: every rule beside the others, and one victim's way in full."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class RuleColumn:
    """One rule in the comparison.

    `standing` is "rule" (courts attribute by it), "lead" (where to look) or "exposure" (never
    added up). `moved` is the sensitivity: (assumption in words, minor units of the loss that lie
    elsewhere under it).
    """

    name: str
    label: str
    standing: str
    source: str
    adopted: bool
    moved: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class PlaceRow:
    """One account, or one way out of sight, with what lies there under each rule (loss currency).

    `values` follow the order of the columns. `held_minor`, `freezable_minor` are of the adopted
    rule; `freezable_minor` is the lesser of what is traced there and not held, and the last balance
    known, which is of `balance_on`. `ask` is a sentence where a statement must be asked for.
    """

    account_id: str
    label: str
    """Masked number, or the kind of way out ("cash", "fee", "conflict")."""
    bank: str
    depth: int
    is_gone: bool
    values: tuple[int, ...]
    held_minor: int
    freezable_minor: int
    balance_on: datetime | None
    is_frontier: bool
    ask: str
    returned_minor: int = 0
    """Of what was traced there, what was paid back to victims already (loss currency)."""


@dataclass(frozen=True, slots=True)
class ClaimLabel:
    """A victim's claim as it may be shown."""

    claim_id: str
    label: str
    upheld_minor: int


@dataclass(frozen=True, slots=True)
class TracePage:
    """One recovery's trace. All sums are minor units of `currency`, the currency of the loss."""

    recovery_id: str
    ref: str
    version: int
    currency: str
    as_of: datetime
    opening: str
    """The assumption about openings in words, with the number of accounts it is about."""
    rule: str
    rule_reason: str
    rule_chosen_by: str
    rule_approved_by: str
    rule_pending: str
    """The rule that waits for a second person; "" where none does."""
    columns: tuple[RuleColumn, ...]
    rows: tuple[PlaceRow, ...]
    claims: tuple[ClaimLabel, ...]
    shortages: tuple[str, ...]
    """One sentence each."""


@dataclass(frozen=True, slots=True)
class HopView:
    """One step of one victim's money, or under pro rata the flow along one payment.

    `depth` is for indenting; `lines` name the statement bookings behind the payment.
    """

    depth: int
    transfer_id: str
    at: datetime
    payer: str
    payee: str
    amount_minor: int
    amount_currency: str
    claim_minor: int
    lines: tuple[str, ...]
    ends: str
    """What became of it: "returned", "held", "in the account", "frontier", "" = went on, or a kind
    of way out."""
    account_ids: tuple[str, str] = ("", "")
    """The ids of payer and payee: two accounts can look alike when masked; "" for none."""
