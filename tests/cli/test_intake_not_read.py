"""What of a file nobody reads is named, counted and kept; a bad part refuses itself alone."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from models.entities.catalogue import table_of
from models.entities.document import Document
from models.store.documents import place_of
from recovery_flows.cases.statement_files.unread_notes import KIND

FILES = Path(__file__).parents[1] / "data" / "statements"
_DOCUMENTS = table_of(Document)


def kept(unit: Any, kind: str) -> list[bytes]:
    """Documents of a kind, opened."""
    database = unit.installation().database
    with database.reading() as session:
        rows = session.execute(
            sa.select(_DOCUMENTS.c.digest, _DOCUMENTS.c.body_sealed).where(
                _DOCUMENTS.c.kind == kind
            )
        ).all()
    return [database.vault.open_bytes(body, place_of(digest)) for digest, body in rows]


def test_columns_of_a_complaint_file_that_nobody_reads_are_told_and_kept(
    run: Any, unit: Any
) -> None:
    rows = [unit.row(n) | {"age": str(n), "memo": "x" if n == 1 else ""} for n in (1, 2)]
    path = unit.file_of(*rows)
    said = run("intake", "reports", str(path))
    assert said.code == 0
    assert said.out.splitlines()[-1] == "not read: age 2 times, memo once"
    assert run("intake", "reports", str(path), "--json").json()["not_read"] == {
        "age": 2, "memo": 1,
    }  # fmt: skip
    assert kept(unit, "complaint_file") == [path.read_bytes()]
    (note,) = kept(unit, KIND)
    assert json.loads(note)["not_read"] == {"age": 2, "memo": 1}


MT940 = (
    ":20:S\r\n:25:TESTDEFF/99990001EUR\r\n:28C:1\r\n:60F:C260302EUR1,00\r\n"
    ":61:2603020302C1,00NTRFREF//B1\r\nmore\r\n:86:166?00text?20x?34888\r\n"
    ":62F:C260302EUR2,00\r\n:64:C260302EUR2,00\r\n"
)
JSON = json.dumps(
    {
        "account": {"iban": "DE00TEST1", "currency": "EUR", "status": "enabled"},
        "transactions": {
            "booked": [
                {"transactionAmount": {"currency": "EUR", "amount": "1.00"}, "checkId": "1",
                 "bookingDate": "2026-03-02"}
            ],
            "information": [{}, {}],
        },
        "balances": [
            {"balanceType": "expected", "balanceAmount": {"currency": "EUR", "amount": "1.00"}}
        ],
        "tppMessages": [],
    }
)  # fmt: skip
OFX = (
    "OFXHEADER:100\n\n<OFX><STMTRS><CURDEF>EUR<BANKACCTFROM><ACCTID>1<ACCTTYPE>CHECKING"
    "</BANKACCTFROM><BANKTRANLIST><STMTTRN><TRNTYPE>CREDIT<DTPOSTED>20260302<TRNAMT>1.00<FITID>F"
    "<CHECKNUM>7</STMTTRN></BANKTRANLIST></STMTRS></OFX>"
)
CAMT = (
    '<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt><Stmt>'
    "<Id>S</Id><CreDtTm>2026-03-03</CreDtTm><Acct><Id><IBAN>DE00TEST0000000001</IBAN></Id>"
    "<Ccy>EUR</Ccy><Tp><Cd>CACC</Cd></Tp></Acct><Bal><Tp><CdOrPrtry><Cd>ITBD</Cd></CdOrPrtry></Tp>"
    '<Amt Ccy="EUR">1.00</Amt></Bal><Ntry><Amt Ccy="EUR">1.00</Amt><CdtDbtInd>CRDT</CdtDbtInd>'
    "<BookgDt><Dt>2026-03-02</Dt></BookgDt><NtryDtls><Btch><NbOfTxs>1</NbOfTxs></Btch><TxDtls>"
    "<Purp><Cd>SALA</Cd></Purp><RmtInf><Ustrd>a</Ustrd><Ustrd>b</Ustrd></RmtInf></TxDtls>"
    "</NtryDtls></Ntry></Stmt></BkToCstmrStmt></Document>"
)


@pytest.mark.parametrize(
    ("name", "text", "names"),
    [
        ("a.sta", MT940, {":28C:": 1, ":64:": 1, ":86: ?00": 1, ":86: ?34": 1,
                          "the second line of :61:": 1}),
        ("a.json", JSON, {"account.status": 1, "balance expected": 1, "tppMessages": 1,
                          "transaction.checkId": 1, "transactions.information": 2}),
        ("a.ofx", OFX, {"ACCTTYPE": 1, "CHECKNUM": 1}),
        ("a.xml", CAMT, {"Acct/Tp/Cd": 1, "Bal ITBD": 1, "CreDtTm": 1, "Ntry/NtryDtls/Btch": 1,
                         "Ntry/NtryDtls/TxDtls/Purp/Cd": 1,
                         "Ntry/NtryDtls/TxDtls/RmtInf/Ustrd": 1}),
    ],
)  # fmt: skip
def test_what_a_reader_of_statements_does_not_look_at_is_named_and_counted(
    run: Any, tmp_path: Path, name: str, text: str, names: dict[str, int]
) -> None:
    (tmp_path / name).write_text(text)
    said = run("intake", "statement", str(tmp_path / name), "--dry-run", "--json")
    assert said.json()[0]["not_read"] == names
    line = next(
        line
        for line in run("intake", "statement", str(tmp_path / name), "--dry-run").out.splitlines()
        if "not read" in line
    )
    assert all(key in line for key in names)


def test_what_was_not_read_of_a_stored_statement_is_kept_beside_it(run: Any, unit: Any) -> None:
    path = unit.folder / "a.sta"
    path.write_bytes(MT940.encode())
    assert run("intake", "statement", str(path), "--bank", "bank-home").code == 0
    (note,) = kept(unit, KIND)
    assert json.loads(note)["not_read"][":64:"] == 1
    assert kept(unit, "statement_file") == [MT940.encode()]


def test_a_bad_file_of_a_zip_is_told_and_the_others_are_stored(run: Any, unit: Any) -> None:
    path = unit.folder / "two.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("good.sta", MT940)
        archive.writestr("bad.xml", "<Document>")
    said = run("intake", "statement", str(path), "--bank", "bank-home", "--json")
    assert said.code == 3
    (told,) = json.loads(said.out)
    assert told["stored"].startswith("1 new booking")
    assert told["refused"] is None
    (why,) = told["refused_inside"]
    assert why.startswith("file 2 in it, bad.xml: line 1, column ")
    assert unit.one("SELECT count(*) FROM statement_line") == 1


def test_columns_and_currencies_of_a_transfer_file_that_are_left_out_are_told(
    run: Any, tmp_path: Path
) -> None:
    (tmp_path / "m.toml").write_text(
        'time="t"\nfrom="a"\nto="b"\namount="m"\ncurrency="c"\nleave_out=["BTC"]\n'
    )
    (tmp_path / "t.csv").write_text("t,a,b,m,c,memo\n5,x,y,1,CNY,n\n6,x,y,2,BTC,n\n")
    words = ("intake", "transfers", str(tmp_path / "t.csv"), "--to", str(tmp_path / "k"))
    said = run(*words, "--mapping", str(tmp_path / "m.toml"))
    assert said.code == 0, said.err
    assert said.out.splitlines()[-2:] == [
        "columns not read: memo", "left out as the mapping says: 1 row in BTC",
    ]  # fmt: skip
