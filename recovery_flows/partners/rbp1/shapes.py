"""The profile's JSON as strict shapes: unknown fields are ignored, known ones fit or are refused.

Field names are the wire's in camel case. No message quotes what a partner sent.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import (
    BaseModel,
    ConfigDict,
    FailFast,
    Field,
    JsonValue,
    StringConstraints,
)
from pydantic.alias_generators import to_camel

from models.facts import (
    AccountRef,
    BankHoldState,
    BankPayoutState,
    Direction,
    HoldFact,
    LineFact,
    LineKind,
    PayoutFact,
)
from recovery_flows.partners.rbp1.bounds import (
    LINES_MAX,
    WHOLE_MAX,
    Amount,
    Balance,
    Code,
    Currency,
    Instant,
    Ref,
    Whole,
)

_DIRECTIONS = {"CRDT": Direction.CREDIT, "DBIT": Direction.DEBIT}


class RejectionReason(StrEnum):
    """Why a bank refuses a hold."""

    NO_BALANCE = "NO_BALANCE"
    ACCOUNT_CLOSURE = "ACCOUNT_CLOSURE"
    CANNOT_REFUND = "CANNOT_REFUND"
    NAME_MISMATCH = "NAME_MISMATCH"
    ALREADY_FROZEN = "ALREADY_FROZEN"
    OTHER = "OTHER"


class _Shape(BaseModel):
    model_config = ConfigDict(
        extra="ignore",
        strict=True,
        frozen=True,
        hide_input_in_errors=True,
        alias_generator=to_camel,
    )


class Link(_Shape):
    """A link of an answer, such as the next page."""

    rel: str
    href: str


class Links(_Shape):
    """What paging needs of any page; `has_more_elements` is the feed's word only."""

    links: Annotated[tuple[Link, ...], Field(max_length=100), FailFast()] = ()
    has_more_elements: bool | None = None


class ResponseDetails(_Shape):
    """Whether an answer is complete."""

    status: Literal["complete", "partial"]


class LimitShape(_Shape):
    """One token bucket of a bank: so many calls a minute after so many at once."""

    per_minute: Annotated[int, Field(ge=1, le=WHOLE_MAX)]
    burst: Annotated[int, Field(ge=1, le=WHOLE_MAX)] = 1


class CapabilitiesShape(_Shape):
    """What a bank says of itself."""

    profile: Literal["RBP/1"]
    bank_id: Ref
    name: str
    jurisdiction: Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]
    currency: Currency
    min_poll_seconds: Annotated[int, Field(ge=0, le=604_800)]
    limits: Annotated[dict[str, LimitShape], Field(max_length=100)] = {}


class AccountShape(_Shape):
    """An account as the wire names it."""

    number: Annotated[str, StringConstraints(min_length=1, max_length=128)]
    currency: Currency


class BalanceShape(_Shape):
    """Booked and held money at an instant."""

    booked: Balance
    held: Amount
    as_of: Instant


class AccountAnswer(_Shape):
    """An account with its balance."""

    account: AccountShape
    balance: BalanceShape


class CounterpartyShape(_Shape):
    """The other side of a booking."""

    bank: str
    number: str
    holder_name: str = ""

    def account(self) -> AccountRef:
        """The other side as our value."""
        return AccountRef(self.bank, self.number, self.holder_name)


class TransactionShape(_Shape):
    """One booking; what there is none of is null or empty, never left out.

    A bank that renames a field would else be read as one whose payments all go nowhere.
    """

    seq: Whole
    booked_at: Instant
    credit_debit: Literal["CRDT", "DBIT"]
    amount: Amount
    kind: Literal["TRANSFER", "CASH", "CARD", "FEE", "EXCHANGE", "PAYOUT"]
    counterparty: CounterpartyShape | None
    counter_amount: Amount | None
    end_to_end_id: str

    def fact(self) -> LineFact:
        """This booking as our value."""
        other = self.counterparty
        return LineFact(
            booked_at=self.booked_at,
            seq=self.seq,
            direction=_DIRECTIONS[self.credit_debit],
            amount=self.amount,
            kind=LineKind[self.kind],
            counter=None if other is None else other.account(),
            counter_amount=self.counter_amount,
            end_to_end_id=self.end_to_end_id,
        )


class StatementPage(_Shape):
    """One page of a statement."""

    response_details: ResponseDetails
    account: AccountShape
    from_date: Instant
    to_date: Instant
    opening: Balance
    closing: Balance
    transactions: Annotated[tuple[TransactionShape, ...], Field(max_length=LINES_MAX), FailFast()]


class HoldShape(_Shape):
    """A hold as the bank keeps it."""

    type: Literal["hold"]
    id: Ref
    revision: Whole
    order_ref: Ref
    status: BankHoldState
    amount_requested: Amount
    amount_held: Amount
    acted_at: Instant | None
    expires_at: Instant | None
    rejection_reason: RejectionReason | None
    last_modified: Instant

    def fact(self) -> HoldFact:
        """This hold as our value."""
        return HoldFact(
            bank_ref=self.id,
            revision=self.revision,
            order_ref=self.order_ref,
            state=self.status,
            requested=self.amount_requested,
            held=self.amount_held,
            acted_at=self.acted_at,
            expires_at=self.expires_at,
            modified_at=self.last_modified,
            reason=self.rejection_reason or "",
        )


class PayoutShape(_Shape):
    """A payout as the bank keeps it."""

    type: Literal["payout"]
    id: Ref
    revision: Whole
    order_ref: Ref
    status: BankPayoutState
    amount: Amount
    debited: Amount | None
    booked_at: Instant | None
    booking_ref: str
    rejection_reason: Code | None
    last_modified: Instant

    def fact(self) -> PayoutFact:
        """This payout as our value."""
        return PayoutFact(
            bank_ref=self.id,
            revision=self.revision,
            order_ref=self.order_ref,
            state=self.status,
            amount=self.amount,
            debited=self.debited,
            booked_at=self.booked_at,
            booking_ref=self.booking_ref,
            modified_at=self.last_modified,
            reason=self.rejection_reason or "",
        )


class CallShape(_Shape):
    """What became of a call with a key."""

    idempotency_key: str
    status: Literal["DONE", "IN_PROGRESS"]
    response_status: Annotated[int, Field(ge=100, le=599)] | None = None
    response: JsonValue = None
