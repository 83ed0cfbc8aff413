"""What each kind of letter orders and asks to be answered, in words."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from models.entities.call import CallKind
from models.entities.hold import HoldKind
from recovery_flows.correspondence.documents.text import LetterFacts, Named, Order, instant_text

_REASONS = (
    "NO_BALANCE (nothing is there), ALREADY_FROZEN (by another authority), ACCOUNT_CLOSURE, "
    "NAME_MISMATCH, CANNOT_REFUND or OTHER"
)
_ACTED = "the moment at which you acted: date, time and time zone"
_OWN_REF = "your own reference of this measure"
_REFUSED = f"if you do not carry it out, why: {_REASONS}"
_BEFORE = "It takes the place of the measure that you keep under {before}."


def title(order: Order) -> str:
    """The line that says what a letter is."""
    if order.kind is CallKind.HOLD:
        return _HOLD_TITLES[order.hold_kind]
    return _TITLES[order.kind]


_HOLD_TITLES = {
    HoldKind.STOP: "Order to stop a payment",
    HoldKind.FREEZE: "Order to freeze money",
    HoldKind.QUEUE: "Order to freeze money behind an earlier measure",
    HoldKind.VOLUNTARY: "Order to hold money",
    HoldKind.CUSTODY: "Order about money of the unit's own account",
}
_TITLES = {
    CallKind.REQUEST: "Request from abroad to freeze money",
    CallKind.RELEASE: "Order to let money go",
    CallKind.EXTEND: "Order to prolong a freeze",
    CallKind.STATEMENT: "Order to tell the bookings of an account",
    CallKind.BALANCE: "Question about the balance of an account",
    CallKind.PAYOUT: "Order to pay out held money",
}


def opening(order: Order) -> Iterator[str]:
    """The sentences that order or ask."""
    if order.kind in (CallKind.HOLD, CallKind.REQUEST):
        yield _HOLD_OPENINGS[order.hold_kind]
        if order.before:
            yield _BEFORE.format(before=order.before)
        yield (
            "No more than this amount is to be blocked; the rest of the account stays free. If "
            "less is there, block what is there and tell us how much it is."
        )
    elif order.kind is CallKind.RELEASE:
        part = "the amount below, and keep the rest" if order.is_part else "all that you hold"
        yield f"Please release {part}. Nothing else on the account changes by this letter."
    else:
        yield _OPENINGS[order.kind]


_HOLD_OPENINGS = {
    HoldKind.STOP: "Please block the amount below on this account at once: no debit may reduce it.",
    HoldKind.FREEZE: "Please freeze the amount below on this account until the end named below.",
    HoldKind.QUEUE: (
        "Another authority's measure lies on this account. Please note ours behind it: it takes "
        "effect for the amount below when the earlier one ends."
    ),
    HoldKind.VOLUNTARY: "Please hold the amount below on this account.",
    HoldKind.CUSTODY: "Please keep the amount below on our account.",
}
_OPENINGS = {
    CallKind.EXTEND: "Please hold the frozen amount below until the new end named below.",
    CallKind.STATEMENT: (
        "Please send us every booking of the account below, from the first day named below to the "
        "end of the day on which you answer, with the opening and the closing balance, the other "
        "side of each payment (bank, account, name) and its reference."
    ),
    CallKind.BALANCE: (
        "The account below was empty when it was to be stopped. Please tell us what can be "
        "disposed of on it now. This letter blocks nothing."
    ),
    CallKind.PAYOUT: (
        "Please pay the amount below out of the money that you hold to the account of the "
        "entitled person. It is not to be charged with costs."
    ),
}


def rows(facts: LetterFacts) -> Iterator[Named]:
    """What the order is about, by name."""
    order = facts.order
    yield Named("Account number", order.account.number, is_personal=True)
    yield Named("Account holder", order.account.holder.strip() or "not known to us",
                is_personal=bool(order.account.holder))  # fmt: skip
    if order.amount is not None:
        yield Named("Amount", str(order.amount))
    yield Named("Term", order.term)
    if order.ends_at is not None:
        yield Named("Until", instant_text(order.ends_at, facts.zone))
    if order.since is not None:
        yield Named("Bookings from", instant_text(order.since, facts.zone))
    if order.payee is not None:
        yield Named("Pay to bank", order.payee_bank)
        yield Named("Pay to account", order.payee.number, is_personal=True)
        yield Named("Pay to", order.payee.holder.strip() or "its holder",
                    is_personal=bool(order.payee.holder))  # fmt: skip
        yield Named("Remittance text", order.remittance)
        yield Named("Decision", order.decision_ref)
    yield Named("Our order", order.order_ref)


def asks(order: Order) -> tuple[str, ...]:
    """What the bank is asked to answer, item by item."""
    if order.kind in (CallKind.HOLD, CallKind.REQUEST):
        return (
            "whether you hold the money, have noted the order in line, or refuse it",
            "the amount that you hold, to the last decimal",
            _ACTED,
            "until when you hold it, if that is sooner than ordered",
            _OWN_REF,
            _REFUSED,
        )
    return _ASKS[order.kind](order)


_ASKS: Mapping[CallKind, Callable[[Order], tuple[str, ...]]] = {
    CallKind.RELEASE: lambda order: (
        *(("the amount that you still hold",) if order.is_part else ("that nothing is held",)),
        _ACTED,
        "if you do not let it go, why",
    ),
    CallKind.EXTEND: lambda _: (
        "until when you hold it now", "the amount that you hold", "if you do not prolong it, why",
    ),
    CallKind.STATEMENT: lambda _: (
        "the bookings as a file: camt.053, MT940, OFX or the like; on paper only if you cannot",
        "if you cannot tell them, why",
    ),
    CallKind.BALANCE: lambda _: ("the amount that can be disposed of, and as of when",),
    CallKind.PAYOUT: lambda _: (
        "the day and time of the booking and your reference of it",
        "the amount that left the account, where it is in another currency",
        "if you do not pay, why",
    ),
}  # fmt: skip
