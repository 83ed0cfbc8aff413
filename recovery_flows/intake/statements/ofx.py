"""OFX 1 (tags without ends) and OFX 2 (XML) bank and card statements, read by one tokenizer.

Both are a stream of `<TAG>value`; an aggregate opens without a value and ends with `</TAG>`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from html import unescape

from models.facts import Direction, LineKind
from models.language.phrase import phrase
from models.money import Money
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
    FIRST_YEAR,
    LAST_YEAR,
    minor_of,
    number_of,
    real_id,
    with_point,
)

_TOKEN = re.compile(r"<(/?)([A-Za-z0-9._]+)>([^<]*)")
_STAMP = re.compile(
    r"(?P<day>\d{8})(?P<time>\d{6})?(?:\.\d+)?\s*(?:\[(?P<zone>[+-]?\d+(?:\.\d+)?)(?::\w*)?\])?$"
)
_VERSION = re.compile(r"VERSION[:=]\"?(\d{3})")
_CHARSET = re.compile(rb"CHARSET:(?:ISO-)?(8859-1|1252|UTF-8|NONE)", re.IGNORECASE)
_KINDS = {
    "ATM": LineKind.CASH, "CASH": LineKind.CASH, "POS": LineKind.CARD, "FEE": LineKind.FEE,
    "SRVCHG": LineKind.FEE,
}  # fmt: skip
_NAME_MAX = 40
_ONCE_IN_HEAD, _ONCE_IN_BALANCE = frozenset({"CURDEF"}), frozenset({"BALAMT"})
_ONCE_IN_BOOKING = frozenset({"TRNAMT", "FITID", "DTPOSTED"})
_READ_OF_HEAD = frozenset(
    {"CURDEF", "DTSTART", "DTEND", "ACCTID", "BANKID", "BALAMT", "DTASOF"}
)  # fmt: skip
_READ_OF_BOOKING = frozenset(
    {"TRNAMT", "DTPOSTED", "TRNTYPE", "DTAVAIL", "FITID", "REFNUM", "ACCTID", "BANKID", "NAME",
     "MEMO", "CURSYM"}
)  # fmt: skip
_STATEMENTS = ("STMTRS", "CCSTMTRS")


def looks_like(start: bytes) -> bool:
    """Whether a file's first bytes are OFX."""
    return b"OFXHEADER" in start or b"<OFX>" in start.upper()


def read(data: bytes) -> Iterator[Item]:
    """The statements of a file; StatementRefusedError where there is none."""
    if re.search(rb"<!(DOCTYPE|ENTITY)", data, re.IGNORECASE):
        raise StatementRefusedError(
            phrase("a DOCTYPE is refused: ask the bank for a file without one"), 1
        )
    text = _text(data)
    version = _VERSION.search(text)
    found = 0
    for name, start, body in _aggregates(text, _STATEMENTS):
        found += 1
        yield from _statement(name, start, body, version[1] if version else "")
    if not found:
        invested = phrase("investments are in this OFX file: bank and card statements are read")
        none = phrase("no account is in this OFX file: bank and card statements are read")
        raise StatementRefusedError(invested if "<INVSTMTRS>" in text else none)


def _text(data: bytes) -> str:
    charset = _CHARSET.search(data[:2000])
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        is_latin = charset is not None and charset[1] == b"8859-1"
        return data.decode("latin-1" if is_latin else "cp1252", errors="replace")


def _aggregates(text: str, names: tuple[str, ...]) -> Iterator[tuple[str, int, str]]:
    """(name, line, content) of every aggregate of these names."""
    for name in names:
        line, counted = 1, 0
        for found in re.finditer(rf"<{name}>(.*?)(?:</{name}>|(?=<{name}>)|\Z)", text, re.DOTALL):
            line += text.count("\n", counted, found.start())
            counted = found.start()
            yield name, line, found[1]


class _Said(dict[str, str]):
    """The first value of every tag that has one; `times` counts them all.

    StatementRefusedError for a tag of `once` with two values that differ.
    """

    def __init__(self, body: str, line: int, once: frozenset[str]) -> None:
        super().__init__()
        self.times: Counter[str] = Counter()
        self.is_in_another_currency = False
        for token in _TOKEN.finditer(body):
            value = unescape(token[3]).strip()
            tag = token[2].upper()
            if not token[1] and value:
                if tag in once and self.get(tag, value) != value:
                    raise StatementRefusedError(
                        phrase("there are two {tag} that differ", tag=tag), line
                    )
                self.times[tag] += 1
                self.setdefault(tag, value)
            elif tag == "CURRENCY":
                self.is_in_another_currency = True

    def unread(self, read: frozenset[str]) -> Counter[str]:
        """Tags that are not among those `read`, and further values of those that are."""
        left = {tag: count - (tag in read) for tag, count in self.times.items()}
        return Counter({tag[:_NAME_MAX]: count for tag, count in left.items() if count})


def _statement(name: str, line: int, body: str, version: str) -> Iterator[Item]:
    rows = list(_aggregates(body, ("STMTTRN",)))
    head_text = re.sub(r"<STMTTRN>.*?(</STMTTRN>|(?=<STMTTRN>)|\Z)", "", body, flags=re.DOTALL)
    said, warnings = _Said(head_text, line, _ONCE_IN_HEAD), []
    unread = said.unread(_READ_OF_HEAD)
    currency = said.get("CURDEF", "")
    if not currency:
        raise StatementRefusedError(
            phrase("the statement does not tell its currency (CURDEF)"), line
        )
    begins, ends = (_moment(said.get(tag, "")) for tag in ("DTSTART", "DTEND"))
    for tag, moment in (("DTSTART", begins), ("DTEND", ends)):
        if moment is None and said.get(tag):
            warnings.append(f"{tag} is no day that can be told for sure")
    yield Head(
        Format.OFX, version, "", number_of(said.get("ACCTID")), said.get("BANKID", ""), "",
        currency, begins, ends, None,
    )  # fmt: skip
    for _, start, row in rows:
        booking = _Said(row, line + start - 1, _ONCE_IN_BOOKING)
        entry, notes = _entry(booking, currency, line + start - 1)
        warnings += notes
        unread.update(booking.unread(_READ_OF_BOOKING))
        yield entry
    closing = _closing(head_text, currency)
    told = tuple(sorted(unread.items()))
    yield End(closing, len(rows), None, tuple(warnings), len(rows), told)
    del name


def _closing(body: str, currency: str) -> Balance | None:
    for _, line, ledger in _aggregates(body, ("LEDGERBAL",)):
        said = _Said(ledger, line, _ONCE_IN_BALANCE)
        if said.get("BALAMT"):
            minor, _ = minor_of(with_point(said["BALAMT"], currency, line), currency, line)
            return Balance(minor, currency, _moment(said.get("DTASOF", "")))
    return None


def _entry(said: _Said, usual: str, line: int) -> tuple[Entry, list[str]]:
    if "TRNAMT" not in said:
        raise StatementRefusedError(phrase("a booking has no amount (TRNAMT)"), line)
    # CURRENCY: the amount is in that currency; ORIGCURRENCY tells only what it was before.
    if said.is_in_another_currency and said.get("CURSYM", usual) != usual:
        raise StatementRefusedError(
            phrase(
                "a booking is in {other}, the statement in {usual} (CURRENCY): ask for it in "
                "the account's currency", other=said["CURSYM"][:3], usual=usual), line,
        )  # fmt: skip
    minor, warning = minor_of(with_point(said["TRNAMT"], usual, line), usual, line)
    posted = _moment(said.get("DTPOSTED", ""))
    notes = [f"line {line}: {warning}"] if warning else []
    if posted is None:
        notes.append(f"line {line}: DTPOSTED is no day that can be told for sure")
    kind = _KINDS.get(said.get("TRNTYPE", "").upper(), LineKind.TRANSFER)
    entry = Entry(
        direction=Direction.CREDIT if minor >= 0 else Direction.DEBIT,
        amount=Money(abs(minor), usual),
        booked=posted,
        valued=_moment(said.get("DTAVAIL", "")),
        kind=kind,
        is_pending=False,
        is_reversal=False,
        bank_reference=real_id(said.get("FITID")),
        end_to_end_id=real_id(said.get("REFNUM")),
        uetr="",
        return_code="",
        instructed=None,
        counter_number=number_of(said.get("ACCTID")),
        counter_bank_id=said.get("BANKID", ""),
        counter_holder=said.get("NAME", ""),
        text=said.get("MEMO", ""),
        place=f"line {line}",
    )
    return entry, notes


def _moment(text: str) -> date | datetime | None:
    """YYYYMMDD with or without time and zone; without a zone it is the day; None if unclear."""
    found = _STAMP.match(text.strip())
    if found is None:
        return None
    try:
        day = datetime.strptime(found["day"], "%Y%m%d").replace(tzinfo=UTC)
        if not found["time"] or found["zone"] is None:
            return day.date() if FIRST_YEAR <= day.year <= LAST_YEAR else None
        clock = datetime.strptime(found["day"] + found["time"], "%Y%m%d%H%M%S").replace(tzinfo=UTC)
        hours, _, part = found["zone"].partition(".")
        sign = -1 if hours.startswith("-") else 1
        behind = timedelta(hours=int(hours), minutes=sign * 60 * int(part or 0) / 10 ** len(part))
        at = clock - behind
    except (ValueError, OverflowError):
        return None
    return at if FIRST_YEAR <= at.year <= LAST_YEAR else None
