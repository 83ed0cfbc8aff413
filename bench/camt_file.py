"""A made-up camt.053.001.08 of any size: seeded, written as a stream, its balances true."""

from __future__ import annotations

import random
from datetime import date, timedelta
from pathlib import Path
from typing import BinaryIO

_NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"
_FIRST_DAY = date(2026, 3, 2)
_DAYS = 28
_OPENING_MINOR = 1_000_000
# The closing balance stands before the entries and is only known after them: a place to fill in.
_PLACE = b"<!--closing-->000000000000000.00"


def write_statement(path: Path, megabytes: int, seed: int = 7) -> int:
    """One statement of about that size; how many entries it holds.

    Every tenth entry is a batch of three payments, the others have one.
    """
    dice = random.Random(seed)  # noqa: S311 - made-up figures, no secret
    most, entries, balance = megabytes * 1_000_000, 0, _OPENING_MINOR
    with path.open("wb") as stream:
        stream.write(_head())
        while stream.tell() < most:
            text, minor = _entry(dice, entries)
            stream.write(text.encode())
            balance += minor
            entries += 1
        stream.write(b"</Stmt></BkToCstmrStmt></Document>\n")
        _fill_in(stream, balance)
    return entries


def _head() -> bytes:
    last = _FIRST_DAY + timedelta(days=_DAYS)
    start = f"""<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="{_NAMESPACE}"><BkToCstmrStmt><GrpHdr><MsgId>BENCH</MsgId>
<CreDtTm>{last}T06:00:00+01:00</CreDtTm></GrpHdr><Stmt><Id>BENCH-1</Id>
<FrToDt><FrDtTm>{_FIRST_DAY}T00:00:00+01:00</FrDtTm><ToDtTm>{last}T00:00:00+01:00</ToDtTm></FrToDt>
<Acct><Id><IBAN>XX00BENCH0000000001</IBAN></Id><Ccy>EUR</Ccy></Acct>
"""
    opening = _balance("OPBD", _FIRST_DAY, _euros(_OPENING_MINOR))
    return (start + opening + _balance("CLBD", last, _PLACE.decode())).encode()


def _balance(code: str, day: date, amount: str) -> str:
    return (
        f"<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp>"
        f'<Amt Ccy="EUR">{amount}</Amt><CdtDbtInd>CRDT</CdtDbtInd>'
        f"<Dt><Dt>{day}</Dt></Dt></Bal>\n"
    )


def _fill_in(stream: BinaryIO, minor: int) -> None:
    """Write the closing balance into its place; the sign of one below zero stands before it."""
    stream.flush()
    with Path(stream.name).open("r+b") as again:
        at = again.read(4_096).index(_PLACE)
        again.seek(at)
        again.write(_euros(minor).rjust(len(_PLACE)).encode())


def _entry(dice: random.Random, number: int) -> tuple[str, int]:
    """An entry in the shape of a bank's, and what it does to the balance."""
    parts = [dice.randrange(1, 500_000) for _ in range(3 if number % 10 == 0 else 1)]
    is_credit = dice.random() < 0.5
    side = "CRDT" if is_credit else "DBIT"
    day = _FIRST_DAY + timedelta(days=dice.randrange(_DAYS))
    details = "".join(_payment(dice, f"{number}-{i}", p, side) for i, p in enumerate(parts))
    text = f"""<Ntry><NtryRef>{number}</NtryRef><Amt Ccy="EUR">{_euros(sum(parts))}</Amt>
<CdtDbtInd>{side}</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>{day}</Dt></BookgDt>
<ValDt><Dt>{day}</Dt></ValDt><AcctSvcrRef>S{number:09}</AcctSvcrRef>
<BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>RCDT</Cd><SubFmlyCd>ESCT</SubFmlyCd></Fmly></Domn></BkTxCd>
<NtryDtls>{details}</NtryDtls></Ntry>
"""
    return text, sum(parts) if is_credit else -sum(parts)


def _payment(dice: random.Random, name: str, minor: int, side: str) -> str:
    other = "Dbtr" if side == "CRDT" else "Cdtr"
    account = f"XX{dice.randrange(10**16):016}"
    return f"""<TxDtls><Refs><AcctSvcrRef>S{name}</AcctSvcrRef>
<EndToEndId>E{name}</EndToEndId></Refs>
<Amt Ccy="EUR">{_euros(minor)}</Amt><CdtDbtInd>{side}</CdtDbtInd><RltdPties>
<{other}><Pty><Nm>Nobody {dice.randrange(10**6)}</Nm></Pty></{other}>
<{other}Acct><Id><IBAN>{account}</IBAN></Id></{other}Acct></RltdPties><RltdAgts><{other}Agt>
<FinInstnId><BICFI>BENCXX00</BICFI></FinInstnId></{other}Agt></RltdAgts>
<RmtInf><Ustrd>Made up for measuring, payment {name}</Ustrd></RmtInf></TxDtls>
"""


def _euros(minor: int) -> str:
    sign = "-" if minor < 0 else ""
    return f"{sign}{abs(minor) // 100}.{abs(minor) % 100:02}"
