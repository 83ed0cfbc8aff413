"""Two banks' camt files about one case: the payment that both show is one, and it is followed."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from typing import Any

import pytest

from models.entities.officer import Role
from models.queries.audit.verify import verify
from models.store.unit import Actor
from recovery_flows.cases.statement_files.storing import StoredFile, store_file
from recovery_flows.errors import RefusedError
from recovery_flows.intake.statements.reading import read_stream
from recovery_flows.reports.ledger_check import ledger_check
from recovery_flows.tracing.inputs import gather

OFFICER = Actor("chen", Role.OFFICER)
BANKS = {"bank-home": "SYNTCNBHXXX", "bank-slow": "SYNTCNBSXXX"}
NEXT = "9999000000000031"
_NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"


def agent(side: str, bank: str) -> str:
    return f"<{side}Agt><FinInstnId><BICFI>{BANKS[bank]}</BICFI></FinInstnId></{side}Agt>"


def booking(amount: str, side: str, reference: str, other: str, bank: str, code: str = "") -> str:
    """A booked entry; `side` is CRDT or DBIT, `other` the account at the other side."""
    who = "Dbtr" if side == "CRDT" else "Cdtr"
    ids = f"<Id><Othr><Id>{other}</Id></Othr></Id>"
    return f"""
    <Ntry><Amt Ccy="CNY">{amount}</Amt><CdtDbtInd>{side}</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts>
      <BookgDt><Dt>2026-03-02</Dt></BookgDt><AcctSvcrRef>{code}{reference}</AcctSvcrRef>
      <NtryDtls><TxDtls><Refs><EndToEndId>{reference}</EndToEndId></Refs>
        <Amt Ccy="CNY">{amount}</Amt><CdtDbtInd>{side}</CdtDbtInd>
        <RltdPties><{who}Acct>{ids}</{who}Acct></RltdPties>
        <RltdAgts>{agent(who, bank)}</RltdAgts></TxDtls></NtryDtls></Ntry>"""


def balance(code: str, amount: str) -> str:
    return f"""<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp><Amt Ccy="CNY">{amount}</Amt>
      <CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2026-03-02</Dt></Dt></Bal>"""


def statement(number: str, bank: str, opening: str, closing: str, *bookings: str) -> bytes:
    """A camt.053 of the second of March, invented."""
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="{_NAMESPACE}"><BkToCstmrStmt><Stmt><Id>SYNTHETIC</Id>
  <FrToDt><FrDtTm>2026-03-02T00:00:00+08:00</FrDtTm><ToDtTm>2026-03-02T23:59:59+08:00</ToDtTm></FrToDt>
  <Acct><Id>{f"<Othr><Id>{number}</Id></Othr>" if number else ""}</Id><Ccy>CNY</Ccy>
    <Svcr><FinInstnId><BICFI>{BANKS[bank]}</BICFI></FinInstnId></Svcr></Acct>
  {balance("OPBD", opening)}{balance("CLBD", closing)}{"".join(bookings)}
</Stmt></BkToCstmrStmt></Document>""".encode()


def take(unit: Any, raw: bytes, bank: str = "") -> StoredFile:
    items = read_stream(io.BytesIO(raw))
    return store_file(
        unit.database, OFFICER, unit.now, items, raw, bank, unit.laws, "application/xml"
    )


def files(unit: Any) -> tuple[bytes, bytes]:
    """1,000.00 came to the mule; 900.00 went on, as both banks tell."""
    victim, mule, _ = unit.accounts
    came = booking("1000.00", "CRDT", "E1", victim.number, "bank-slow", "H")
    on = booking("900.00", "DBIT", "E2", NEXT, "bank-slow", "H")
    arrived = booking("900.00", "CRDT", "E2", mule.number, "bank-home", "S")
    return (
        statement(mule.number, "bank-home", "0.00", "100.00", came, on),
        statement(NEXT, "bank-slow", "50.00", "950.00", arrived),
    )


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_one_payment_in_two_camt_files_is_one_transfer_in_either_order(
    unit: Any, acts: Any, order: tuple[int, int]
) -> None:
    (recovery_id,) = unit.report(*unit.reports(1))
    unit.accept(recovery_id)
    unit.now = datetime(2026, 3, 3, tzinfo=UTC)
    both, banks = files(unit), tuple(BANKS)
    assert [take(unit, both[n], banks[n]).lines_new for n in order] == [(2, 1)[n] for n in order]
    again = [take(unit, both[n]) for n in order]
    assert [t.lines_new for t in again] == [0, 0]
    acts.decide(recovery_id)
    with unit.database.reading() as session:
        given = gather(session, unit.file(recovery_id))
        report = ledger_check(session)
    assert sorted(t.debit_minor for t in given.transfers) == [90_000, 100_000]
    assert [a.traced_minor for a in unit.file(recovery_id).assets] == [10_000, 90_000]
    assert (verify(unit.database), report.differences) == ((), ())


def test_a_statement_without_an_account_is_refused(unit: Any) -> None:
    unit.now = datetime(2026, 3, 3, tzinfo=UTC)
    with pytest.raises(RefusedError, match="names no account"):
        take(unit, statement("", "bank-home", "0.00", "0.00"), "bank-home")
    assert unit.one("SELECT count(*) FROM document") == 1
