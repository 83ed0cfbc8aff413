"""Facts: what the outside told us, parsed strictly; frozen, typed, no I/O.

Numbers, names and contacts here are personal data: the store encrypts them, nothing prints a fact.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from models.money import AnnouncedMoney, Money


class Direction(StrEnum):
    CREDIT = "credit"
    DEBIT = "debit"


class LineKind(StrEnum):
    """What a booking was; every kind but TRANSFER, HELD_PAYOUT and REVERSAL ends a path."""

    TRANSFER = "transfer"
    CASH = "cash"
    CARD = "card"
    FEE = "fee"
    EXCHANGE = "exchange"
    PAYOUT = "payout"


@dataclass(frozen=True, slots=True)
class AccountRef:
    """One account at one partner bank. `number` and `holder` are personal data."""

    bank: str
    number: str = field(repr=False)
    holder: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class ReportFact:
    """One victim's report of one payment, as a complaint file gave it (`row` counts from 1)."""

    row: int
    external_ref: str
    victim_name: str = field(repr=False)
    victim_contact: str = field(repr=False)
    victim_account: AccountRef
    payee_account: AccountRef
    amount: Money
    paid_at: datetime
    reported_at: datetime
    end_to_end_id: str = ""
    method: str = ""


@dataclass(frozen=True, slots=True)
class LineFact:
    """One booking of a statement, in the account's currency.

    `seq` is the bank's booking sequence within the account; `counter_amount` is the amount on the
    other side where that is in another currency.
    """

    booked_at: datetime
    seq: int
    direction: Direction
    amount: Money
    kind: LineKind
    counter: AccountRef | None = None
    counter_amount: Money | None = None
    end_to_end_id: str = ""


@dataclass(frozen=True, slots=True)
class StatementFact:
    """The bookings of one account in [covers_from, covers_to], complete and summing up."""

    account: AccountRef
    covers_from: datetime
    covers_to: datetime
    opening: Money
    closing: Money
    lines: tuple[LineFact, ...]


class BankHoldState(StrEnum):
    RECEIVED = "RECEIVED"
    ACKNOWLEDGED = "ACKNOWLEDGED"
    HELD = "HELD"
    PARTIALLY_HELD = "PARTIALLY_HELD"
    QUEUED = "QUEUED"
    REFUSED = "REFUSED"
    RELEASED = "RELEASED"
    EXPIRED = "EXPIRED"
    CONVERTED = "CONVERTED"
    PAID_OUT = "PAID_OUT"
    CANCELLED = "CANCELLED"


class BankPayoutState(StrEnum):
    RECEIVED = "RECEIVED"
    SETTLED = "SETTLED"
    REFUSED = "REFUSED"
    RETURNED = "RETURNED"


@dataclass(frozen=True, slots=True)
class HoldFact:
    """A bank's word on one hold. `order_ref` is our hold id; `held` is what it holds now."""

    bank_ref: str
    revision: int
    order_ref: str
    state: BankHoldState
    requested: Money
    held: Money
    acted_at: datetime | None
    expires_at: datetime | None
    modified_at: datetime
    reason: str = ""


@dataclass(frozen=True, slots=True)
class PayoutFact:
    """A bank's word on one payout. `order_ref` is our payout id; only SETTLED is money returned.

    `amount` is in the payee's currency; `debited` is what left the hold, in its own.
    """

    bank_ref: str
    revision: int
    order_ref: str
    state: BankPayoutState
    amount: Money
    debited: Money | None
    booked_at: datetime | None
    booking_ref: str
    modified_at: datetime
    reason: str = ""


class PartnerTaskState(StrEnum):
    RECEIVED = "RECEIVED"
    IN_PROGRESS = "IN_PROGRESS"
    DONE = "DONE"
    PRESERVED = "PRESERVED"
    REFUSED = "REFUSED"
    EXPIRED = "EXPIRED"
    CANCELLED = "CANCELLED"


@dataclass(frozen=True, slots=True)
class TaskAnswer:
    """One answer to a task, with the document that came with it, byte for byte."""

    number: int
    at: datetime
    state: PartnerTaskState
    document: bytes = field(repr=False)
    media_type: str


@dataclass(frozen=True, slots=True)
class TaskFact:
    """A partner's word on one task; `order_ref` is our task id, `answers` all of them so far."""

    partner_ref: str
    revision: int
    order_ref: str
    state: PartnerTaskState
    preserved_until: datetime | None
    modified_at: datetime
    answers: tuple[TaskAnswer, ...]
    reason: str = ""


@dataclass(frozen=True, slots=True)
class RequestAnswer:
    """One answer of another State's body, with its document, byte for byte; `says` is its word."""

    number: int
    at: datetime
    says: str
    ground: str
    amount: Money | None
    until: datetime | None
    review_at: datetime | None
    document: bytes = field(repr=False)
    media_type: str


@dataclass(frozen=True, slots=True)
class DeliveryReceipt:
    """A delivery receipt that the connection reports: its kind, and when it was made."""

    kind: str
    at: datetime


@dataclass(frozen=True, slots=True)
class RequestFact:
    """One request at another State's body; `messages` are ids of ours with when each came."""

    partner_ref: str
    revision: int
    order_ref: str
    modified_at: datetime
    answers: tuple[RequestAnswer, ...]
    receipts: tuple[DeliveryReceipt, ...]
    announced: tuple[AnnouncedMoney, ...] = ()
    messages: tuple[tuple[str, datetime], ...] = ()


FeedFact = HoldFact | PayoutFact | TaskFact | RequestFact


@dataclass(frozen=True, slots=True)
class FeedPage:
    """A stretch of a partner's change feed, oldest first, and the highest instant it reached.

    `unread` has a sentence for each item that cannot be read; it reaches no further than the first
    of them, so that they are asked for again.
    """

    items: tuple[FeedFact, ...]
    reached: datetime | None
    unread: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class BalanceFact:
    """What an account showed when asked: booked, and what of it the bank keeps held."""

    booked: Money
    held: Money
    as_of: datetime


@dataclass(frozen=True, slots=True)
class DayFact:
    """A bank's own figures of one of its legal days: held at its end, debited in it."""

    day: date
    held: Money
    holds: int
    paid_out: Money
    payouts: int


@dataclass(frozen=True, slots=True)
class RawAnswer:
    """The bytes a partner sent, kept before anything reads them."""

    status_code: int
    body: bytes = field(repr=False)
    media_type: str


class RecallVerdict(StrEnum):
    """What a bank says to a recall; PART: it will pay back a part."""

    ACCEPTED = "accepted"
    PART = "part"
    REJECTED = "rejected"
    PENDING = "pending"


@dataclass(frozen=True, slots=True)
class PaymentRefs:
    """By what a bank's message names the payment and the case; "" or nothing where it does not."""

    uetr: str
    end_to_end_id: str
    case_ids: tuple[str, ...]
    amount: Money | None


@dataclass(frozen=True, slots=True)
class RecallAnswerFact:
    """One answer of a camt.029: the verdict with the bank's reason code, "" for none."""

    refs: PaymentRefs
    verdict: RecallVerdict
    code: str


@dataclass(frozen=True, slots=True)
class ReturnFact:
    """One return of a pacs.004: what was settled, what the banks kept, the return's reference.

    `settled_on` is the day of settlement at its first instant, UTC.
    """

    refs: PaymentRefs
    amount: Money
    costs: Money | None
    booking: str
    settled_on: datetime
    code: str
