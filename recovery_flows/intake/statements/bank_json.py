"""Transactions as banks give them to other programs: Berlin Group's JSON, and our own profile's.

The sign of an amount tells the direction, as the standard has it: below zero it left the account.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from models.facts import Direction, LineKind
from models.language.phrase import phrase
from models.money import Money
from recovery_flows.intake.budget import Limits
from recovery_flows.intake.statements.json_document import document_of
from recovery_flows.intake.statements.shape import (
    Balance,
    End,
    Entry,
    Format,
    Head,
    Item,
    StatementRefusedError,
)
from recovery_flows.intake.statements.values import (
    day_or_instant,
    minor_of,
    number_of,
    real_id,
    with_point,
)

_MOST_DEPTH = 6
_READ_OF_BODY = frozenset({"account", "transactions", "balances", "_links"})
_READ_OF_LIST = frozenset({"booked", "pending", "_links"})
_READ_OF_ACCOUNT = frozenset({"iban", "bban", "pan", "name", "currency"})
_READ_OF_ROW = frozenset(
    {"transactionAmount", "bookingDate", "valueDate", "bankTransactionCode", "transactionId",
     "entryReference", "endToEndId", "remittanceInformationUnstructured",
     "remittanceInformationUnstructuredArray"}
    | {f"{side}{what}" for side in ("debtor", "creditor") for what in ("Account", "Agent", "Name")}
)  # fmt: skip
_WRAPPED = re.compile(rb"(?:<|\\u003[cC])(?:\?xml|Document)|:20:|\{1:")
_DEFAULT = Limits()
_OTHER = {
    "accounts": phrase("a list of accounts"), "consentId": phrase("a consent"),
    "consentStatus": phrase("a consent"), "access": phrase("a consent"),
    "balances": phrase("balances only"), "scaStatus": phrase("an authorisation"),
    "authorisationId": phrase("an authorisation"),
}  # fmt: skip


def looks_like(start: bytes) -> bool:
    """Whether a file's first bytes are JSON."""
    bare = start.removeprefix(b"\xef\xbb\xbf").lstrip()
    # `{1:` opens a SWIFT message.
    return bare[:1] in (b"{", b"[") and not bare.startswith(b"{1:")


def read(data: bytes, limits: Limits = _DEFAULT) -> Iterator[Item]:
    """Each account of the file; StatementRefusedError where it holds no transactions.

    Numbers stay the texts that they are: a number may be too long to be one.
    """
    for body in _bodies(document_of(data, limits)):
        yield from _statement(body)


def inner_text(data: bytes, limits: Limits = _DEFAULT) -> str:
    """A whole statement that a bank put into JSON as text; "" where there is none."""
    if not _WRAPPED.search(data):
        return ""
    try:
        return _text_inside(document_of(data, limits), 0)
    except StatementRefusedError:
        return ""  # said again, with all that is wrong, when it is read as a statement


def _text_inside(value: object, depth: int) -> str:
    if isinstance(value, str):
        return value if value.lstrip().startswith(("<?xml", "<Document", ":20:", "{1:")) else ""
    if depth == _MOST_DEPTH:
        return ""
    inside = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return next((text for v in inside if (text := _text_inside(v, depth + 1))), "")


def _bodies(value: object) -> list[Mapping[str, Any]]:
    """The objects that hold `transactions`, wherever they are wrapped."""
    if not isinstance(value, dict):
        raise StatementRefusedError(phrase("this JSON is no object with transactions in it"))
    found = list(_bodies_in(value, 0))
    if not found:
        told = next(
            (what for name, what in _OTHER.items() if name in value), phrase("something else")
        )
        raise StatementRefusedError(
            phrase("this JSON is {told}: a statement has transactions", told=told)
        )
    return found


def _bodies_in(value: Mapping[str, Any], depth: int) -> Iterator[Mapping[str, Any]]:
    if _holds_bookings(value.get("transactions")):
        yield value
    elif depth < _MOST_DEPTH:
        for inner in value.values():
            if isinstance(inner, dict):
                yield from _bodies_in(inner, depth + 1)


def _holds_bookings(given: object) -> bool:
    if isinstance(given, list):
        return all(isinstance(row, dict) and "transactionAmount" in row for row in given)
    return isinstance(given, dict) and not given.keys().isdisjoint(("booked", "pending"))


def _statement(body: Mapping[str, Any]) -> Iterator[Item]:
    account = body["account"] if isinstance(body.get("account"), dict) else {}
    number = number_of(_account_number(account))
    given = body["transactions"]
    booked = given if isinstance(given, list) else _list(given, "booked")
    pending = [] if isinstance(given, list) else _list(given, "pending")
    if not booked and not pending and not number:
        raise StatementRefusedError(phrase("there are no transactions and no account in this JSON"))
    currency = str(account.get("currency") or "") or _currency_of([*booked, *pending])
    closing = _balance(body, "closingBooked")
    opening = _balance(body, "openingBooked")
    yield Head(
        Format.BANK_JSON, "", "", number, "", str(account.get("name") or ""), currency,
        None, None, opening,
    )  # fmt: skip
    total = 0
    warnings: list[str] = []
    entries = [_entry(row, n, warnings, is_pending=False) for n, row in enumerate(booked, 1)]
    entries += [_entry(row, n, warnings, is_pending=True) for n, row in enumerate(pending, 1)]
    for entry in entries:
        if not entry.is_pending and entry.amount.currency == currency:
            minor = entry.amount.minor
            total += minor if entry.direction is Direction.CREDIT else -minor
        yield entry
    difference = closing.minor - opening.minor - total if opening and closing else None
    if _has_more(body):
        warnings.append("there are more pages behind this one")
    unread = tuple(sorted(_unread(body).items()))
    yield End(closing, len(entries), difference, tuple(warnings), len(entries), unread)


def _unread(body: Mapping[str, Any]) -> Counter[str]:
    """What of an account is not looked at, by path, counted."""
    given = body["transactions"]
    lists = [given] if isinstance(given, list) else [_list(given, n) for n in ("booked", "pending")]
    names = (name for rows in lists for row in rows for name in row.keys() - _READ_OF_ROW)
    found = Counter(f"transaction.{name[:40]}" for name in names)
    if isinstance(given, dict):
        for name, value in given.items():
            if name not in _READ_OF_LIST:
                found[f"transactions.{name[:40]}"] += len(value) if isinstance(value, list) else 1
    account = body.get("account")
    if isinstance(account, dict):
        found.update(f"account.{name[:40]}" for name in account.keys() - _READ_OF_ACCOUNT)
    found.update(name[:40] for name in body.keys() - _READ_OF_BODY)
    for balance in _list(body, "balances"):
        if balance.get("balanceType") not in ("openingBooked", "closingBooked"):
            found[f"balance {str(balance.get('balanceType'))[:40]}"] += 1
    return found


def _list(place: Mapping[str, Any], name: str) -> list[Any]:
    given = place.get(name)
    if given is not None and not isinstance(given, list):
        raise StatementRefusedError(phrase("{name} in the JSON is no list", name=name))
    return given or []


def _has_more(body: Mapping[str, Any]) -> bool:
    given = body["transactions"]
    places = [body, given] if isinstance(given, dict) else [body]
    links = (place.get("_links") for place in places)
    return any(isinstance(link, dict) and "next" in link for link in links)


def _currency_of(rows: list[Any]) -> str:
    amounts = (row.get("transactionAmount") for row in rows if isinstance(row, dict))
    return next((str(a.get("currency", "")) for a in amounts if isinstance(a, dict)), "")


def _account_number(account: object) -> str:
    if not isinstance(account, dict):
        return ""
    return str(account.get("iban") or account.get("bban") or account.get("pan") or "")


def _balance(body: Mapping[str, Any], kind: str) -> Balance | None:
    for balance in _list(body, "balances"):
        if not isinstance(balance, dict):
            raise StatementRefusedError(phrase("a balance in the JSON is no object"))
        amount = balance.get("balanceAmount") or balance.get("amount")
        if balance.get("balanceType") != kind:
            continue
        if isinstance(amount, dict):
            currency = str(amount.get("currency", ""))
            minor, _ = minor_of(_number(amount), currency)
            return Balance(minor, currency, day_or_instant(str(balance.get("referenceDate", ""))))
    return None


def _number(amount: Mapping[str, Any]) -> str:
    value = amount.get("amount", amount.get("content", ""))
    if not isinstance(value, str):
        raise StatementRefusedError(phrase("an amount in the JSON is neither a number nor a text"))
    return with_point(value, str(amount.get("currency", "")))


def _entry(row: object, number: int, warnings: list[str], *, is_pending: bool) -> Entry:
    place = f"{'pending' if is_pending else 'booked'} {number}"
    if not isinstance(row, dict) or not isinstance(row.get("transactionAmount"), dict):
        raise StatementRefusedError(
            phrase("transaction {place} has no transactionAmount", place=place)
        )
    amount = row["transactionAmount"]
    currency = str(amount.get("currency", ""))
    minor, warning = minor_of(_number(amount), currency)
    if warning:
        warnings.append(f"{place}: {warning}")
    direction = Direction.DEBIT if minor < 0 else Direction.CREDIT
    side = "debtor" if direction is Direction.CREDIT else "creditor"
    array = _list(row, "remittanceInformationUnstructuredArray")
    text = row.get("remittanceInformationUnstructured") or " ".join(map(str, array))
    return Entry(
        direction=direction,
        amount=Money(abs(minor), currency),
        booked=day_or_instant(str(row.get("bookingDate") or "")),
        valued=day_or_instant(str(row.get("valueDate") or "")),
        kind=_kind(str(row.get("bankTransactionCode") or "")),
        is_pending=is_pending,
        is_reversal=False,
        bank_reference=real_id(str(row.get("transactionId") or row.get("entryReference") or "")),
        end_to_end_id=real_id(str(row.get("endToEndId") or "")),
        uetr="",
        return_code="",
        instructed=None,
        counter_number=number_of(_account_number(row.get(f"{side}Account"))),
        counter_bank_id=str(row.get(f"{side}Agent") or ""),
        counter_holder=str(row.get(f"{side}Name") or ""),
        text=str(text or ""),
        place=place,
    )


def _kind(code: str) -> LineKind:
    if code.endswith(("CWDL", "CDPT")):
        return LineKind.CASH
    if "-CCRD-" in code:
        return LineKind.CARD
    return LineKind.FEE if code.endswith(("CHRG", "FEES", "COMM")) else LineKind.TRANSFER
