"""An amount is read in one way or refused, whatever the file; a fast reader reads the same."""

from __future__ import annotations

import contextlib
import gc
import io
import json
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, strategies as st

from models.facts import Direction
from recovery_flows.intake.statements.reading import read_stream
from recovery_flows.intake.statements.shape import End, Entry, StatementRefusedError
from recovery_flows.tracing.transfers.files import in_order, read_transfers
from recovery_flows.tracing.transfers.mapping import PLAIN
from recovery_flows.tracing.transfers.quick import quick_table, table_of
from recovery_flows.tracing.transfers.rows import FileRefusedError

CAMT = (
    '<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt><Stmt>'
    "<Id>S</Id><Acct><Id><IBAN>DE00TEST0000000001</IBAN></Id><Ccy>{ccy}</Ccy></Acct><Ntry>"
    '<Amt Ccy="{ccy}">{amount}</Amt>{more}<CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts>'
    "<BookgDt><Dt>2026-03-02</Dt></BookgDt></Ntry></Stmt></BkToCstmrStmt></Document>"
)
OFX = (
    "OFXHEADER:100\n\n<OFX><BANKMSGSRSV1><STMTTRNRS><STMTRS><CURDEF>{ccy}<BANKACCTFROM>"
    "<ACCTID>1</BANKACCTFROM><BANKTRANLIST><STMTTRN><TRNTYPE>CREDIT<DTPOSTED>20260302"
    "<TRNAMT>{amount}<FITID>F1</STMTTRN></BANKTRANLIST></STMTRS></STMTTRNRS></BANKMSGSRSV1></OFX>"
)


def json_of(amount: object, currency: str = "EUR", **more: Any) -> str:
    row = {"transactionAmount": {"currency": currency, "amount": amount}}
    account = {"iban": "DE00TEST0000000001", "currency": currency}
    return json.dumps({"account": account, "transactions": {"booked": [row]}, **more})


def read(text: str | bytes) -> list[Any]:
    return list(read_stream(io.BytesIO(text if isinstance(text, bytes) else text.encode())))


def minor(text: str | bytes) -> int:
    (entry,) = (item for item in read(text) if isinstance(item, Entry))
    return entry.amount.minor if entry.direction is Direction.CREDIT else -entry.amount.minor


def refusal(text: str | bytes) -> str:
    with pytest.raises(StatementRefusedError) as caught:
        read(text)
    return str(caught.value)


@pytest.mark.parametrize(
    "amount", ["1_000.00", "١٢.٣٤", "1E5", "1e999999999", "0x10", "1,000.00", "Infinity", "", "-"]
)
def test_a_camt_amount_is_a_plain_decimal(amount: str) -> None:
    assert "no amount of money" in refusal(CAMT.format(ccy="EUR", amount=amount, more=""))


def test_of_two_amounts_of_an_entry_none_is_taken() -> None:
    more = '<Amt Ccy="EUR">2.00</Amt>'
    assert "two Amt in one place" in refusal(CAMT.format(ccy="EUR", amount="1.00", more=more))


@pytest.mark.parametrize(
    ("amount", "currency"),
    [
        ("1,234", "USD"),
        ("1,000", "EUR"),
        ("1,23,456", "EUR"),
        ("1.2.3", "EUR"),
        ("1,234,567", "EUR"),
    ],
)
def test_a_comma_that_could_part_thousands_is_not_guessed_at(amount: str, currency: str) -> None:
    assert "can be read in two ways" in refusal(OFX.format(ccy=currency, amount=amount))
    assert "can be read in two ways" in refusal(json_of(amount, currency))


@pytest.mark.parametrize(
    ("amount", "currency", "found"),
    [
        ("1,23", "EUR", 123), ("-1.234,50", "EUR", -123_450), ("1,234.50", "EUR", 123_450),
        ("+1 006.60", "EUR", 100_660), ("1,250", "KWD", 1_250), ("12", "JPY", 12),
    ],
)  # fmt: skip
def test_what_can_be_read_in_one_way_is_read(amount: str, currency: str, found: int) -> None:
    assert minor(OFX.format(ccy=currency, amount=amount)) == found
    assert minor(json_of(amount, currency)) == found


def test_an_amount_that_is_rounded_is_told_in_every_format() -> None:
    for text in (json_of("1.005"), OFX.format(ccy="EUR", amount="1.005")):
        (end,) = (item for item in read(text) if isinstance(item, End))
        assert "1.005 was rounded" in " ".join(end.warnings)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ('{"transactions":{"booked":5}}', "booked in the JSON is no list"),
        (json_of("1.00", balances=[1]), "a balance in the JSON is no object"),
        (json_of("1.00", balances=5), "balances in the JSON is no list"),
        (json_of(["1.00"]), "neither a number nor a text"),
        (json_of("9" * 30), "no amount of money"),
        (
            '{"account":{"iban":"a"},"account":{"iban":"b"},"transactions":{"booked":[]}}',
            "the JSON tells 'account' twice in one place",
        ),
        ('{"account":{"iban":"\\ud800"},"transactions":{"booked":[]}}', "half a character"),
        ('{"account":{"iban":"a"},"transactions":{"booked":[NaN]}}', "is no number"),
        ("[" * 100_000, "JSON"),
    ],
)
def test_an_odd_shape_is_refused_with_its_place(text: str, why: str) -> None:
    assert why in refusal(text)


def test_each_account_of_a_json_is_read() -> None:
    one, two = (json.loads(json_of(amount)) for amount in ("1.00", "2.00"))
    found = read(json.dumps({"first": one, "second": two}))
    assert [item.amount.minor for item in found if isinstance(item, Entry)] == [100, 200]


@pytest.mark.parametrize("number", ["1e999999999", "1" * 400_000, "-1E-999999999"])
def test_a_number_of_ninety_bytes_costs_no_more_than_its_bytes(number: str) -> None:
    text = json_of("@").replace('"@"', number)
    begun = time.thread_time()
    assert "no amount of money" in refusal(text)
    assert time.thread_time() - begun < 1


@pytest.mark.parametrize(
    "head",
    [
        b'<?xml version="1.0"?>' + b" " * 200_000 + b"<!DOCTYPE Document []>",
        b'<?xml version="1.0"?><!--' + b"x" * 100_000 + b"--><!DOCTYPE Document>",
    ],
)
def test_a_doctype_is_refused_behind_any_padding(head: bytes) -> None:
    body = CAMT.format(ccy="EUR", amount="1.00", more="")
    assert "a DOCTYPE is refused" in refusal(head + body.encode())


def test_a_doctype_is_refused_in_any_encoding() -> None:
    text = '<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE Document [<!ENTITY a "1.00">]>'
    body = CAMT.format(ccy="EUR", amount="&a;", more="")
    assert "a DOCTYPE is refused" in refusal((text + body).encode("utf-16"))


@pytest.mark.parametrize("name", ["Ntry", "TxDtls", "Stmt", "Bal", "NtryDtls", "Acct"])
def test_a_part_of_a_statement_that_is_the_whole_document_is_refused(name: str) -> None:
    text = f"<{name}><Amt Ccy='EUR'>1.00</Amt><CdtDbtInd>CRDT</CdtDbtInd></{name}>"
    assert "in no statement" in refusal(text) or "there is no statement" in refusal(text)


def seconds_of(text: str) -> float:
    gc.disable()  # what other tests left behind is no reader's time
    try:
        begun = time.thread_time()
        with contextlib.suppress(StatementRefusedError):
            read(text)
        return time.thread_time() - begun
    finally:
        gc.enable()


GROWING = {
    "ofx of bookings": lambda n: OFX.replace("<STMTTRN>", "<STMTTRN>\n" * n),
    "ofx of tags": lambda n: OFX.format(ccy="EUR", amount="1.00") + "<A>1\n" * n,
    "mt940 of texts": lambda n: (
        ":20:S\n:25:1\n:60F:C260302EUR1,00\n:61:2603020302C1,00NTRF\n" + ":86:123?20x?21y\n" * n
    ),
    "mt940 of lines": lambda n: (
        ":20:S\n:25:1\n:60F:C260302EUR1,00\n:61:2603020302C1,00NTRF\n:86:" + "?20x\n" * n
    ),
    "camt of nothings": lambda n: CAMT.format(ccy="EUR", amount="1.00", more="<AddtlInfInd/>" * n),
}


@pytest.mark.parametrize("name", GROWING)
def test_a_file_four_times_as_long_takes_no_more_than_about_four_times_as_long(name: str) -> None:
    small, large = 20_000, 80_000
    ratios = []
    for _ in range(4):
        first = min(seconds_of(GROWING[name](small)) for _ in range(2))
        ratios.append(seconds_of(GROWING[name](large)) / max(first, 0.005))
        if ratios[-1] < 9:
            return
    # What grows with the square takes sixteen times as long.
    assert min(ratios) < 12


HEADER = "id,time,from,to,amount,currency\n"


def both(tmp_path: Path, rows: str) -> None:
    """The quick reader says what the row-by-row reader says, or gives up."""
    path = tmp_path / "t.csv"
    path.write_text(HEADER + rows, encoding="utf-8")
    quick = quick_table([path], PLAIN)
    try:
        slow = table_of(in_order(read_transfers(path)))
    except FileRefusedError:
        assert quick is None
        return
    if quick is not None:
        assert quick.rows.rows() == slow.rows.rows()


@pytest.mark.parametrize(
    ("when", "amount", "currency"),
    [
        ("2026-03-02T10:00:00Z", "12.34.56", "CNY"),
        ("2026-03-02T10:00:00Z", "1.234.567", "KWD"),
        ("2026-03-02T10:00:60Z", "12.34", "CNY"),
        ("2026-3-2", "12.34", "CNY"),
        ("2026-03-02T10:00:00Z", "١٢", "CNY"),
        ("٢٠٢٦", "12.34", "CNY"),
        ("+5", "12.34", "CNY"),
    ],
)
def test_what_only_the_quick_reader_would_take_is_left_to_the_other(
    tmp_path: Path, when: str, amount: str, currency: str
) -> None:
    first = f"t1,2026-03-02T09:00:00Z,a,b,1.00,{currency}\n"
    both(tmp_path, f"{first}t2,{when},a,b,{amount},{currency}\n")
    both(tmp_path, f"t2,{when},a,b,{amount},{currency}\n")


@given(
    rows=st.lists(
        st.tuples(
            st.sampled_from(["2026-03-02", "2026-03-02T10:00:00Z", "5", "17", "x", "2026-1-1"]),
            st.from_regex(r"[0-9]{1,4}(\.[0-9]{0,3}){0,2}[ e+]?", fullmatch=True),
            st.sampled_from(["CNY", "KWD", "JPY", "cny", ""]),
        ),
        min_size=1,
        max_size=4,
    )
)
def test_both_readers_of_transfers_agree_or_the_quick_one_gives_up(
    rows: list[tuple[str, str, str]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    text = "".join(f"t{n},{w},a,b,{a},{c}\n" for n, (w, a, c) in enumerate(rows))
    both(tmp_path_factory.getbasetemp(), text)
