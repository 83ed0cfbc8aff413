"""One booking (:61: with its :86:) and one balance of an MT940."""

from __future__ import annotations

import re
from collections import Counter
from datetime import date

from models.facts import Direction, LineKind
from models.language.phrase import phrase
from models.money import Money
from recovery_flows.intake.statements.shape import Balance, Entry, StatementRefusedError
from recovery_flows.intake.statements.values import minor_of, number_of, real_id

_BALANCE = re.compile(r"\s*([CD])(\d{6})([A-Z]{3})?\s*(-?[0-9.,]+)")
_BOOKING = re.compile(
    r"(?P<value>\d{6})(?P<entry>\d{4})?\s*(?P<sign>RC|RD|EC|ED|C|D)(?P<funds>[A-Z])?\s*"
    r"(?P<amount>-?[0-9]+(?:[.,][0-9]*)*)(?P<type>[NSF].{3})?(?P<reference>.*)"
)
_FIELD = re.compile(r"\?(\d{2})")
_KEYED = re.compile(r"EREF\+\s*(?P<id>\S+)")
_CREDITS = frozenset({"C", "RD", "EC"})
_FEES = frozenset({"CHG", "COM"})


def _amount(text: str, currency: str, line: int) -> tuple[int, str]:
    """The standard's comma before the decimals, or a point; never both, nor two of one."""
    if text.count(",") + text.count(".") > 1:
        raise StatementRefusedError(phrase("{text!r} is no amount of money", text=text[:40]), line)
    return minor_of(text.replace(",", "."), currency, line)


def balance_of(text: str, line: int, usual: str) -> Balance:
    """`C200101EUR444,29`: a debit balance is below zero; without a currency it is the `usual`."""
    found = _BALANCE.match(text)
    if found is None:
        raise StatementRefusedError(phrase("this balance is not like C200101EUR444,29"), line)
    currency = found[3] or usual
    minor, _ = _amount(found[4], currency, line)
    return Balance(minor if found[1] == "C" else -minor, currency, _day(found[2]))


def _day(text: str) -> date | None:
    try:
        return date(2000 + int(text[:2]), int(text[2:4]), int(text[4:6]))
    except ValueError:
        return None


def entry_of(
    text: str, line: int, details: str, currency: str, unread: Counter[str]
) -> tuple[Entry, list[str]]:
    """A booking; a reversed credit (RC) is a debit on the account, a reversed debit a credit.

    What of it is not looked at is counted in `unread`.
    """
    found = _BOOKING.match(text.lstrip())
    if found is None:
        raise StatementRefusedError(phrase("this booking is not like 2001010101D65,00NTRF"), line)
    minor, warning = _amount(found["amount"], currency, line)
    is_credit = (found["sign"] in _CREDITS) == (minor >= 0)
    valued = _day(found["value"])
    booked = _entry_day(found["value"], found["entry"]) or valued
    notes = [f"line {line}: {warning}"] if warning else []
    if valued is None:
        notes.append(f"line {line}: the value date is no day of the calendar")
    parts = _parts(details, unread)
    unread.update(["the second line of :61:"] if "\n" in text.strip() else [])
    reference, _, bank_reference = found["reference"].split("\n")[0].partition("//")
    keyed = _KEYED.search(parts["text"])
    entry = Entry(
        direction=Direction.CREDIT if is_credit else Direction.DEBIT,
        amount=Money(abs(minor), currency),
        booked=booked,
        valued=valued,
        kind=LineKind.FEE if (found["type"] or "")[1:] in _FEES else LineKind.TRANSFER,
        is_pending=found["sign"] in ("EC", "ED"),
        is_reversal=found["sign"] in ("RC", "RD"),
        bank_reference=real_id(bank_reference),
        end_to_end_id=real_id(keyed["id"]) if keyed else real_id(reference),
        uetr="",
        return_code="",
        instructed=None,
        counter_number=number_of(parts["account"]),
        counter_bank_id=parts["bank"].strip(),
        counter_holder=parts["name"].strip(),
        text=parts["text"].strip(),
        place=f"line {line}",
    )
    return entry, notes


def _entry_day(value: str, entry: str | None) -> date | None:
    """The entry's day has no year: it is the one nearest to the value date."""
    if not entry:
        return None
    year, month = 2000 + int(value[:2]), int(value[2:4])
    entered = int(entry[:2])
    year += (entered - month < -6) - (entered - month > 6)
    return _day(f"{year % 100:02}{entry}")


def _parts(details: str, unread: Counter[str]) -> dict[str, str]:
    """The structured text (?20 to ?33, ?38, ?60 to ?63), or the whole as text."""
    whole = details.replace("\n", "")
    if not re.match(r"\d{3}\?", whole):
        return {"text": details.replace("\n", " "), "account": "", "bank": "", "name": ""}
    found: dict[str, list[str]] = {"text": [], "account": [], "bank": [], "name": []}
    pieces = _FIELD.split(whole)
    for code, piece in zip(pieces[1::2], pieces[2::2], strict=True):
        number = int(code)
        if number == 30:
            found["bank"] = [piece]
        elif number == 31 or (number == 38 and piece):
            found["account"] = [piece]
        elif number in (32, 33):
            found["name"].append(piece)
        elif 20 <= number <= 29 or 60 <= number <= 63:
            found["text"].append(piece)
        elif piece:
            unread[f":86: ?{code}"] += 1
    return {name: "".join(pieces) for name, pieces in found.items()}
