"""The profile RBP/1 in both directions: request bodies as bytes, answers as facts.

Parsing takes bytes and never a connection, so that the bytes can be kept first. Whatever does not
fit raises AnswerUnreadableError with the path of the field.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any, TypeVar
from urllib.parse import quote

from pydantic import BaseModel, ValidationError

from models.entities.hold import HoldKind
from models.facts import (
    AccountRef,
    BalanceFact,
    Direction,
    HoldFact,
    PayoutFact,
    RawAnswer,
    StatementFact,
    TaskFact,
)
from models.ids import CallId, HoldId, PartnerId, canonical
from models.language.phrase import stored_phrase
from models.money import Money
from recovery_flows.errors import AnswerUnreadableError, UnfitArgumentError
from recovery_flows.partners.rbp1 import feed_shapes, shapes
from recovery_flows.partners.rbp1.bounds import is_crowded, repeats_a_field

HOLDS_PATH = "/v1/holds"
PAYOUTS_PATH = "/v1/payouts"
OTHER_ACCOUNT = stored_phrase("is not the account that was asked for")
_Shaped = TypeVar("_Shaped", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a partner says of itself; `poll_seconds_min` bounds how often its feed is asked.

    `limits` are its token buckets by operation: calls a minute, and how many at once.
    """

    bank_id: PartnerId
    name: str
    jurisdiction: str
    currency: str
    poll_seconds_min: int
    limits: Mapping[str, tuple[int, int]] = field(default_factory=dict)


def release_path(bank_ref: str) -> str:
    """Where a release of the hold with the bank's id `bank_ref` is sent."""
    return f"{HOLDS_PATH}/{quote(bank_ref, safe='')}/release"


def extend_path(bank_ref: str) -> str:
    """Where the renewal of the hold with the bank's id `bank_ref` is sent."""
    return f"{HOLDS_PATH}/{quote(bank_ref, safe='')}/extend"


def extend_body(expires_at: datetime) -> bytes:
    """The order to hold until `expires_at` (aware), in place of the end that was set before."""
    return canonical({"expiresAt": time_text(expires_at, "expires_at")})


def time_text(at: datetime, argument: str) -> str:
    """An aware instant as the wire writes it (ISO 8601, UTC); UnfitArgumentError if naive."""
    if at.tzinfo is None:
        raise UnfitArgumentError(argument, "has no time zone")
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def hold_body(
    order_ref: HoldId,
    kind: HoldKind,
    account: AccountRef,
    amount: Money,
    mandate: str,
    *,
    expires_at: datetime | None = None,
    supersedes: str | None = None,
    request_ref: str | None = None,
) -> bytes:
    """The order to stop or freeze `amount`; `supersedes` is the bank's id of the hold taken over.

    Made once, saved, and sent byte-identically on every retry.
    """
    if kind is HoldKind.VOLUNTARY:
        raise UnfitArgumentError("kind", "is a voluntary hold: that is the bank's own, no order")
    return canonical(
        {
            "orderRef": order_ref,
            "kind": kind.value,
            "account": {"number": account.number, "holderName": account.holder},
            "amount": _money_json(amount, "amount"),
            "expiresAt": None if expires_at is None else time_text(expires_at, "expires_at"),
            "supersedes": supersedes,
            "mandate": mandate,
            "requestRef": request_ref,
        }
    )


def release_body(amount: Money, reason: str) -> bytes:
    """The order to release the sum decided on; zero gives up a rank behind another freeze."""
    if amount.minor < 0:
        raise UnfitArgumentError("amount", "is below zero")
    told = {"currency": amount.currency, "amount": amount.text()}
    return canonical({"amount": told, "reason": reason})


def payout_body(
    order_ref: str,
    hold_ref: str,
    amount: Money,
    payee: AccountRef,
    decision_ref: str,
    remittance: str,
) -> bytes:
    """The order to pay `amount` (payee's currency) out of the hold the bank calls `hold_ref`."""
    return canonical(
        {
            "orderRef": order_ref,
            "holdId": hold_ref,
            "amount": _money_json(amount, "amount"),
            "payee": {"bank": payee.bank, "number": payee.number, "name": payee.holder},
            "decisionRef": decision_ref,
            "remittance": remittance,
        }
    )


def parse_capabilities(raw: bytes, bank: PartnerId) -> Capabilities:
    """What the partner says of itself; AnswerUnreadableError if it speaks another profile."""
    shape = shaped(shapes.CapabilitiesShape, raw, bank)
    return Capabilities(
        PartnerId(shape.bank_id),
        shape.name,
        shape.jurisdiction,
        shape.currency,
        shape.min_poll_seconds,
        {name: (limit.per_minute, limit.burst) for name, limit in shape.limits.items()},
    )


def parse_balance(raw: bytes, bank: PartnerId, number: str = "") -> BalanceFact:
    """What an account shows: booked and held, in one currency; of `number`, where it is given."""
    answer = shaped(shapes.AccountAnswer, raw, bank)
    if number and answer.account.number != number:
        raise AnswerUnreadableError(bank, "account.number", OTHER_ACCOUNT)
    balance = answer.balance
    _same_currency(balance.booked, balance.held, "balance.held", bank)
    return BalanceFact(balance.booked, balance.held, balance.as_of)


def parse_hold(raw: bytes, bank: PartnerId) -> HoldFact:
    """A bank's word on one hold."""
    return shaped(shapes.HoldShape, raw, bank).fact()


def parse_payout(raw: bytes, bank: PartnerId) -> PayoutFact:
    """A bank's word on one payout."""
    return shaped(shapes.PayoutShape, raw, bank).fact()


def parse_task(raw: bytes, bank: PartnerId) -> TaskFact:
    """A partner's word on one task, with its answers and their documents."""
    return shaped(feed_shapes.TaskShape, raw, bank).fact()


def parse_call(raw: bytes, bank: PartnerId, key: CallId) -> RawAnswer | None:
    """The original answer to the call with `key`; None while the bank is still at it."""
    shape = shaped(shapes.CallShape, raw, bank)
    if shape.idempotency_key != key:
        raise AnswerUnreadableError(bank, "idempotencyKey", "is not the key that was asked for")
    if shape.status == "IN_PROGRESS":
        return None
    if shape.response_status is None:
        raise AnswerUnreadableError(bank, "responseStatus", "is missing from a call that is done")
    return RawAnswer(shape.response_status, canonical(shape.response), "application/json")


def parse_statement(pages: Sequence[bytes], bank: PartnerId) -> StatementFact:
    """The pages of one statement as one; it must be complete, in order, and sum up.

    AnswerUnreadableError if opening + credits - debits is not closing, if a booking sequence does
    not ascend, or if the pages tell of different accounts, periods or balances.
    """
    read = [shaped(shapes.StatementPage, raw, bank) for raw in pages]
    head = read[0]
    if any(page.response_details.status == "partial" for page in read):
        raise AnswerUnreadableError(
            bank, "responseDetails.status", "is partial: the rest is asked for by letter"
        )
    if any(_period(page) != _period(head) for page in read):
        raise AnswerUnreadableError(bank, "fromDate..closing", "differs from page to page")
    statement = StatementFact(
        account=AccountRef(bank, head.account.number),
        covers_from=head.from_date,
        covers_to=head.to_date,
        opening=head.opening,
        closing=head.closing,
        lines=tuple(line.fact() for page in read for line in page.transactions),
    )
    _check_sum(statement, head.account.currency, bank)
    return statement


def join_statements(first: StatementFact, rest: StatementFact, bank: PartnerId) -> StatementFact:
    """Two statements of one account, one after the other, as one; they must meet in a balance."""
    if first.account.number != rest.account.number or first.closing != rest.opening:
        raise AnswerUnreadableError(bank, "opening", "is not where the period before closed")
    return replace(
        first,
        covers_to=rest.covers_to,
        closing=rest.closing,
        lines=first.lines + rest.lines,
    )


def next_link(raw: bytes, bank: PartnerId) -> str | None:
    """The link to the page after this one, as the bank wrote it; None after the last."""
    page = fitted(shapes.Links, raw, bank)
    if page.has_more_elements is False:
        return None
    href = next((link.href for link in page.links if link.rel == "next"), None)
    if href is None and page.has_more_elements:
        raise AnswerUnreadableError(bank, "links", "lack the next page though there is more")
    return href


def shaped(shape: type[_Shaped], raw: bytes, bank: PartnerId) -> _Shaped:
    """Bytes as one of the profile's shapes; AnswerUnreadableError names the field that is not."""
    fits = fitted(shape, raw, bank)
    if repeats_a_field(raw):
        raise AnswerUnreadableError(bank, "the whole answer", "names a field twice")
    return fits


def fitted(shape: type[_Shaped], raw: bytes, bank: PartnerId) -> _Shaped:
    """The same where the bytes are our own, or a part of them is read before all of them are."""
    if is_crowded(raw):
        why = stored_phrase("is made of more parts than it has content")
        raise AnswerUnreadableError(bank, "the whole answer", why)
    try:
        return shape.model_validate_json(raw)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
    # Raised outside of the handler: the cause could quote what the bank sent.
    path = ".".join(map(str, first["loc"])) or "the whole answer"
    raise AnswerUnreadableError(bank, path, _reason(first["type"], first["msg"]))


def _reason(kind: str, message: str) -> str:
    if kind == "union_tag_invalid":  # pydantic's own message quotes the tag
        return stored_phrase("is of no kind that the profile knows")
    text = message.removeprefix("Value error, ")
    return text[0].lower() + text[1:]


def _money_json(money: Money, argument: str) -> dict[str, Any]:
    if money.minor <= 0:
        raise UnfitArgumentError(argument, "is not above zero")
    return {"currency": money.currency, "amount": money.text()}


def _same_currency(one: Money, other: Money, field: str, bank: PartnerId) -> None:
    if one.currency != other.currency:
        why = stored_phrase(
            "is in {told}, the account in {own}", told=other.currency, own=one.currency
        )
        raise AnswerUnreadableError(bank, field, why)


def _period(page: shapes.StatementPage) -> tuple[object, ...]:
    return (page.account, page.from_date, page.to_date, page.opening, page.closing)


def _check_sum(statement: StatementFact, currency: str, bank: PartnerId) -> None:
    for name, balance in (("opening", statement.opening), ("closing", statement.closing)):
        _same_currency(Money(0, currency), balance, name, bank)
    total = statement.opening
    for at, line in enumerate(statement.lines):
        _same_currency(total, line.amount, f"transactions.{at}.amount", bank)
        credit = line.direction is Direction.CREDIT
        total = total + line.amount if credit else total - line.amount
    for at, (before, after) in enumerate(pairwise(statement.lines), start=1):
        if after.seq <= before.seq:
            raise AnswerUnreadableError(bank, f"transactions.{at}.seq", "does not ascend")
    if total != statement.closing:
        raise AnswerUnreadableError(bank, "closing", "is not opening plus credits minus debits")
