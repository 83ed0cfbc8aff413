"""The same bookings as camt, JSON, OFX and MT940: whatever the bank's format, one truth."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any

from bench.fuzz.dice import Dice
from models.facts import Direction
from models.money import Money
from recovery_flows.intake.statements.reading import read_bytes
from recovery_flows.intake.statements.shape import End, Entry, Item

_DAY = date(2026, 3, 2)


def bookings(dice: Dice) -> bytes:
    """Some bookings of one account as JSON of our own: direction, minor units, day, reference."""
    rows = [
        [dice.chance(2), dice.randrange(10 ** dice.randrange(1, 14)), dice.randrange(28),
         f"E2E{number}", f"REF{dice.randrange(10**6)}"]
        for number in range(1 + dice.few(6))
    ]  # fmt: skip
    currency = dice.of(("EUR", "JPY", "KWD", "CNY"))
    return json.dumps(
        {"currency": currency, "opening": dice.randrange(10**9), "rows": rows}
    ).encode()


def difference(data: bytes) -> str:
    """What one format says otherwise than the bookings themselves; "" where all agree."""
    told = json.loads(data)
    wanted = [
        (Direction.CREDIT if is_credit or not minor else Direction.DEBIT, minor, told["currency"],
         _DAY + timedelta(days=day), reference)
        for is_credit, minor, day, _, reference in told["rows"]
    ]  # fmt: skip
    for name, write in _WRITERS.items():
        items = list(read_bytes(write(told).encode()))
        found = [_key(item) for item in items if isinstance(item, Entry)]
        if found != wanted:
            return f"{name} says {found}, the bookings are {wanted}"
        if any(why := _end(item) for item in items):
            return f"{name}: {why}"
    return ""


def _key(entry: Entry) -> tuple[Any, ...]:
    direction = entry.direction if entry.amount.minor else Direction.CREDIT
    return direction, entry.amount.minor, entry.amount.currency, entry.booked, entry.bank_reference


def _end(item: Item) -> str:
    if not isinstance(item, End):
        return ""
    return " ".join(item.warnings) or ("balances differ" if item.difference_minor else "")


def _text(told: dict[str, Any], minor: int) -> str:
    return Money(minor, told["currency"]).text()


def _signed(told: dict[str, Any], is_credit: object, minor: int) -> str:
    return _text(told, minor if is_credit else -minor)


def _closing(told: dict[str, Any]) -> int:
    return int(told["opening"]) + sum(row[1] if row[0] else -row[1] for row in told["rows"])


def _camt(told: dict[str, Any]) -> str:
    code = told["currency"]
    entries = "".join(
        f'<Ntry><Amt Ccy="{code}">{_text(told, minor)}</Amt>{_indicator(credit)}'
        f"<Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>{_DAY + timedelta(days=day)}</Dt></BookgDt>"
        f"<AcctSvcrRef>{reference}</AcctSvcrRef><NtryDtls><TxDtls><Refs><EndToEndId>{end}</EndToEndId>"
        "</Refs></TxDtls></NtryDtls></Ntry>"
        for credit, minor, day, end, reference in told["rows"]
    )
    balances = "".join(
        f'<Bal><Tp><CdOrPrtry><Cd>{kind}</Cd></CdOrPrtry></Tp><Amt Ccy="{code}">'
        f"{_text(told, abs(minor))}</Amt>{_indicator(minor >= 0)}</Bal>"
        for kind, minor in (("OPBD", told["opening"]), ("CLBD", _closing(told)))
    )
    return (
        '<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt><Stmt>'
        f"<Id>S</Id><Acct><Id><IBAN>DE00TEST0000000001</IBAN></Id><Ccy>{code}</Ccy></Acct>"
        f"{balances}{entries}</Stmt></BkToCstmrStmt></Document>"
    )


def _indicator(is_credit: object) -> str:
    return f"<CdtDbtInd>{'CRDT' if is_credit else 'DBIT'}</CdtDbtInd>"


def _json(told: dict[str, Any]) -> str:
    code = told["currency"]
    rows = [
        {"transactionAmount": {"currency": code, "amount": _signed(told, credit, minor)},
         "bookingDate": str(_DAY + timedelta(days=day)), "endToEndId": end,
         "transactionId": reference}
        for credit, minor, day, end, reference in told["rows"]
    ]  # fmt: skip
    balances = [
        {"balanceType": kind, "balanceAmount": {"currency": code, "amount": _text(told, minor)}}
        for kind, minor in (("openingBooked", told["opening"]), ("closingBooked", _closing(told)))
    ]
    account = {"iban": "DE00TEST0000000001", "currency": code}
    body = {"account": account, "balances": balances, "transactions": {"booked": rows}}
    return json.dumps(body)


def _ofx(told: dict[str, Any]) -> str:
    rows = "".join(
        f"<STMTTRN><TRNTYPE>OTHER<DTPOSTED>{_DAY + timedelta(days=day):%Y%m%d}"
        f"<TRNAMT>{_signed(told, credit, minor)}<FITID>{reference}<REFNUM>{end}</STMTTRN>"
        for credit, minor, day, end, reference in told["rows"]
    )
    return (
        f"OFXHEADER:100\n\n<OFX><STMTRS><CURDEF>{told['currency']}<BANKACCTFROM><ACCTID>1"
        f"</BANKACCTFROM><BANKTRANLIST>{rows}</BANKTRANLIST></STMTRS></OFX>"
    )


def _mt940(told: dict[str, Any]) -> str:
    def balance(minor: int) -> str:
        text = _text(told, abs(minor)).replace(".", ",")
        return f"{'C' if minor >= 0 else 'D'}260302{told['currency']}{text}"

    lines = [":20:S", ":25:DE00TEST0000000001", f":60F:{balance(told['opening'])}"]
    for credit, minor, day, end, reference in told["rows"]:
        on = _DAY + timedelta(days=day)
        text = _text(told, minor).replace(".", ",")
        comma = text if "," in text else f"{text},"
        lines.append(f":61:{on:%y%m%d%m%d}{'C' if credit else 'D'}{comma}NTRF{end}//{reference}")
    return "\r\n".join([*lines, f":62F:{balance(_closing(told))}", "-"])


_WRITERS = {"camt": _camt, "JSON": _json, "OFX": _ofx, "MT940": _mt940}
