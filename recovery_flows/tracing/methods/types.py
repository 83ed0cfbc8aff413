"""What goes into a trace and what comes out; account, transfer and claim ids are opaque strings."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from models.facts import LineKind
from models.measures.held_over_time import Held


class Basis(StrEnum):
    """How an opening balance is known: from a statement, as the least that fits, or not at all."""

    KNOWN = "known"
    INFERRED = "inferred"
    ZERO = "zero"


class DissipatedKind(StrEnum):
    """Where traced money left the accounts: the kinds of booking, and two that are not one."""

    CASH = "cash"
    CARD = "card"
    FEE = "fee"
    EXCHANGE = "exchange"
    PAYOUT = "payout"
    BANK_DEBT = "bank_debt"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Transfer:
    """One payment; `order` breaks ties of the same instant.

    `payer` is None for money from outside, `payee` for cash, fees and cards. Each account has one
    currency; debit and credit differ where the payment crosses currencies or a fee is taken out.
    """

    id: str
    at: datetime
    order: int
    payer: str | None
    payee: str | None
    kind: LineKind
    debit_minor: int
    debit_currency: str
    credit_minor: int
    credit_currency: str
    reverses: str = ""
    """Id of the payment that this one takes back."""


@dataclass(frozen=True, slots=True)
class Source:
    """The payment a claim is about; `claim_minor` is in the currency of the loss.

    `amount_minor` is what of the payment is claimed, in the currency that left; None: all of it.
    """

    transfer_id: str
    claim_id: str
    claim_minor: int
    amount_minor: int | None = None


@dataclass(frozen=True, slots=True)
class Opening:
    """What an account held before the first payment known of it (KNOWN: before its statement)."""

    account: str
    minor: int
    basis: Basis


@dataclass(frozen=True, slots=True)
class Coverage:
    """A stretch, both ends included, of which an account's statement is known."""

    account: str
    covers_from: datetime
    covers_to: datetime


@dataclass(frozen=True, slots=True)
class Position:
    """Traced money still in an account, one lot; `last_hop` is the payment that brought it."""

    account: str
    claim_id: str
    amount_minor: int
    claim_minor: int
    last_hop: int | None


@dataclass(frozen=True, slots=True)
class Dissipated:
    """Traced money that left through `account`, in that account's currency."""

    kind: DissipatedKind
    claim_id: str
    account: str
    transfer_id: str
    amount_minor: int
    claim_minor: int


@dataclass(frozen=True, slots=True)
class Hop:
    """One step of one claim's money; `parent` is the step before, None at the loss itself.

    `amount_minor` is what arrived, in the payee's currency (what left, where nothing arrives).
    """

    id: int
    transfer_id: str
    parent: int | None
    claim_id: str
    payer: str | None
    payee: str | None
    amount_minor: int
    claim_minor: int


@dataclass(frozen=True, slots=True)
class Shortage:
    """More left an account than was there by `minor`; `transfer_id` "" is before its statement."""

    account: str
    transfer_id: str
    minor: int


@dataclass(frozen=True, slots=True)
class Conflict:
    """Part of a claimed payment that was another claim's money already, and stays that claim's."""

    transfer_id: str
    claim_id: str
    holder_claim_id: str
    amount_minor: int
    claim_minor: int


@dataclass(frozen=True, slots=True)
class Trace:
    """Where the money of every claim is, by one rule; per claim nothing is lost or made.

    `frontier` are the accounts that hold traced money and whose statement must be asked for:
    there is none, the money came outside the time it covers, or money is known to have left since.
    """

    positions: tuple[Position, ...]
    gone: tuple[Dissipated, ...]
    hops: tuple[Hop, ...]
    frontier: frozenset[str]
    shortages: tuple[Shortage, ...]
    conflicts: tuple[Conflict, ...]
    is_exposure: bool = False
    """Amounts that touched stolen money (poison): they overlap, nothing may add them up."""


class TraceRule(Protocol):
    """The signature every rule has."""

    def __call__(
        self,
        transfers: Iterable[Transfer],
        sources: Iterable[Source],
        openings: Iterable[Opening],
        coverage: Iterable[Coverage],
        *,
        as_of: datetime,
        holds: Iterable[Held] = (),
    ) -> Trace: ...


class ConservationError(AssertionError):
    """A trace lost or made money: a fault of the program, never of the data."""


def check_conserved(trace: Trace, sources: Iterable[Source]) -> None:
    """Positions + gone + conflicts = sources, per claim, in the currency of the loss, exactly."""
    found: Counter[str] = Counter()
    parts: list[Position | Dissipated | Conflict] = [
        *trace.positions,
        *trace.gone,
        *trace.conflicts,
    ]
    for part in parts:
        found[part.claim_id] += part.claim_minor
    for source in sources:
        found[source.claim_id] -= source.claim_minor
    for claim_id, difference in found.items():
        if difference:
            raise ConservationError(f"claim {claim_id} is off by {difference} minor units")
