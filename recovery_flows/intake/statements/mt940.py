"""MT940 and MT942: statements of tagged lines, as banks really send them.

Read by our own patterns: the library at hand raises on files that are clear (a statement number of
zeros, a counterparty's account as reference) and by default takes a reversed credit for a credit.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

from models.facts import Direction
from models.language.phrase import phrase
from recovery_flows.intake.statements.mt940_entry import balance_of, entry_of
from recovery_flows.intake.statements.shape import (
    Balance,
    End,
    Format,
    Head,
    Item,
    StatementRefusedError,
)
from recovery_flows.intake.statements.values import number_of

_TAG = re.compile(r"^:(\d{2}[A-Z]?|NS):(.*)$")
_LOOKS = re.compile(rb"^:(20|25P?|28C?|34F|60[FM]|61|62[FM]|86):", re.MULTILINE)
_CURRENCY_OF_BALANCE = re.compile(r"\s*[CD]\d{6}([A-Z]{3})")
_READ = frozenset(
    {"20", "25", "25P", "60F", "60M", "61", "62F", "62M", "86", "NS", "34F", "13", "13D"}
)
_CURRENCY_AT_END = re.compile(r"[^A-Z]([A-Z]{3})$")


@dataclass
class Tag:
    """One tag with all its lines; `line` is where it begins, from 1."""

    name: str
    lines: list[str]
    line: int

    @cached_property
    def text(self) -> str:
        """All lines of it."""
        return "\n".join(self.lines)


@dataclass(slots=True)
class _Message:
    tags: list[Tag] = field(default_factory=list)
    unread: Counter[str] = field(default_factory=Counter)
    """What is in no tag, or in one that is not looked at."""

    def first(self, *names: str) -> Tag | None:
        return next((tag for tag in self.tags if tag.name in names), None)

    def last(self, *names: str) -> Tag | None:
        return next((tag for tag in reversed(self.tags) if tag.name in names), None)


def looks_like(start: bytes) -> bool:
    """Whether a file's first bytes hold lines of tags."""
    return _LOOKS.search(start.replace(b"\r", b"\n")) is not None


def read(data: bytes) -> Iterator[Item]:
    """The statements of a file; StatementRefusedError where there is none or a line is unclear."""
    found = 0
    for message in _messages(_text(data)):
        if message.first("60F", "60M", "61", "62F", "62M", "34F") is None:
            continue
        found += 1
        yield from _statement(message)
    if not found:
        raise StatementRefusedError(
            phrase("there is neither a balance (:60F:) nor a booking (:61:) in it")
        )


def _text(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("latin-1").removeprefix("\xef\xbb\xbf")


def _messages(text: str) -> Iterator[_Message]:
    message, tag = _Message(), None
    for number, raw in enumerate(re.split(r"\r\n|\n|\r", text), start=1):
        line = raw.lstrip("\x01\x02\x03\x1a\ufeff").rstrip()
        found = _TAG.match(line.rpartition("{4:")[2] if line.startswith("{") else line)
        if found:
            if found[1] == "20" and message.tags:
                yield message
                message = _Message()
            tag = Tag(found[1], [found[2]], number)
            message.tags.append(tag)
        elif line == "-" or line.startswith(("-}", "{")):
            tag = None
        elif tag is not None:
            tag.lines.append(line)
        elif line:
            message.unread["lines in no tag"] += 1
    if message.tags:
        yield message


def _statement(message: _Message) -> Iterator[Item]:
    currency = _currency(message)
    opening = _balance(message.first("60F", "60M"), currency)
    closing = _balance(message.last("62F", "62M"), currency)
    _check_unique_tags(message)
    is_942 = message.first("34F", "13", "13D") is not None and opening is None
    yield _head(message, currency, opening, closing, is_942=is_942)
    total = entries = 0
    warnings: list[str] = [] if message.first("20") else ["the statement has no reference (:20:)"]
    for booking, details in _bookings(message):
        entry, notes = entry_of(booking.text, booking.line, details, currency, message.unread)
        warnings += notes
        entries += 1
        total += entry.amount.minor if entry.direction is Direction.CREDIT else -entry.amount.minor
        yield entry
    difference = None
    if opening is not None and closing is not None and opening.currency == closing.currency:
        difference = closing.minor - opening.minor - total
    for tag in message.tags:
        if tag.name not in _READ:
            message.unread[f":{tag.name}:"] += 1
    unread = tuple(sorted(message.unread.items()))
    yield End(closing, entries, difference, tuple(warnings), entries, unread)


def _check_unique_tags(message: _Message) -> None:
    """Of two accounts, or two opening or closing balances, nobody could say which one is meant."""
    for name in ("25", "60F", "62F"):
        told = [tag for tag in message.tags if tag.name == name]
        if len({tag.text.strip() for tag in told}) > 1:
            raise StatementRefusedError(
                phrase(
                    "a statement has two :{name}: that differ: ask the bank which one holds",
                    name=name,
                ),
                told[1].line,
            )


def _head(
    message: _Message,
    currency: str,
    opening: Balance | None,
    closing: Balance | None,
    *,
    is_942: bool,
) -> Head:
    account = message.first("25", "25P")
    bank, _, number = (account.text.split("\n")[0] if account else "").rpartition("/")
    if _CURRENCY_AT_END.search(number):
        number = number[:-3]
    name = message.first("20")
    return Head(
        format=Format.MT942 if is_942 else Format.MT940,
        version="",
        statement_id=name.text.strip() if name else "",
        number=number_of(number),
        bank_id=bank.strip(),
        holder="",
        currency=currency,
        covers_from=opening.on if opening else None,
        covers_to=closing.on if closing else None,
        opening=opening,
    )


def _currency(message: _Message) -> str:
    for tag in message.tags:
        told = _CURRENCY_OF_BALANCE.match(tag.text) if tag.name[:2] in ("60", "62") else None
        if told:
            return told[1]
    floor = message.first("34F")
    if floor is not None:
        return floor.text[:3]
    account = message.first("25", "25P")
    told = _CURRENCY_AT_END.search(account.text.split("\n")[0]) if account else None
    if told:
        return told[1]
    booking = message.first("61")
    raise StatementRefusedError(
        phrase("no balance and no account tells the currency: ask for the whole statement"),
        booking.line if booking else message.tags[0].line,
    )


def _balance(tag: Tag | None, currency: str) -> Balance | None:
    return None if tag is None else balance_of(tag.text, tag.line, currency)


def _bookings(message: _Message) -> Iterator[tuple[Tag, str]]:
    """Each booking with the text behind it: what follows the closing balance is not its text."""
    booking: Tag | None = None
    details: list[str] = []
    for tag in message.tags:
        if tag.name in ("86", "NS"):
            if booking is None:
                message.unread[f":{tag.name}: of no booking"] += 1
            details.append(tag.text)
            continue
        if booking is not None:
            yield booking, "\n".join(details)
        booking, details = (tag, []) if tag.name == "61" else (None, [])
    if booking is not None:
        yield booking, "\n".join(details)
