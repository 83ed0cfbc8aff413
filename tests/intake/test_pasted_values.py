"""Sums and instants as people write them; any text at all, and what is accepted read again."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, strategies as st

from models.facts import AccountRef, ReportFact
from models.money import Money
from recovery_flows.intake.currencies import CURRENCIES
from recovery_flows.intake.pasted.amounts import read_sum
from recovery_flows.intake.pasted.labels import FIELD_OF
from recovery_flows.intake.pasted.report import Around, read_pasted
from recovery_flows.intake.pasted.times import read_instant_text
from recovery_flows.intake.refusals import CellRefusedError

NOW = datetime(2026, 3, 2, 5, 30, tzinfo=UTC)
BANKS = {"test-west": "test-west", "test-east": "test-east"}
AROUND = Around(NOW, NOW, "Asia/Shanghai", BANKS, "CNY")

SUMS = """
CNY 12,345.60     | 12345.60   CNY
12345.60元        | 12345.60   CNY
人民币 12345.60元  | 12345.60   CNY
¥12,345.60        | 12345.60   CNY
1 234 567.89 EUR  | 1234567.89 EUR
1'234.50 £        | 1234.50    GBP
rmb 7             | 7          CNY
5 US$             | 5          USD
HK$ 1,000         | 1000       HKD
1.2万元           | 12000      CNY
KWD 1,234.567     | 1234.567   KWD
JPY 98,000        | 98000      JPY
12345.60          | 12345.60
1,2345.60 CNY     ! can be read as two sums
1.234,56 EUR      ! can be read as two sums
12,34 EUR         ! can be read as two sums
1,234 KWD         ! can be read as two sums
12 34 CNY         ! can be read as two sums
-5 CNY            ! is negative
CNY 5 USD         ! is given twice
$5                ! is a dollar of an unnamed country
¥5 EUR            ! is given twice
about CNY 5       ! has words beside the figure
CNY 5 or 6        ! is not a sum
five              ! is not a sum
.50 CNY           ! is not a sum
1.2.3 CNY         ! is not a plain decimal
"""


@pytest.mark.parametrize("line", SUMS.strip().splitlines())
def test_a_sum_is_read_as_it_is_meant_or_refused(line: str) -> None:
    if "!" in line:
        text, _, why = (part.strip() for part in line.partition("!"))
        with pytest.raises(CellRefusedError) as refused:
            read_sum(text, "", "", "CNY")
        assert refused.value.why.startswith(why)
        return
    text, _, wanted = (part.strip() for part in line.partition("|"))
    number, code, _ = read_sum(text, "", "", "CNY")
    assert [number, code] == [*wanted.split(), ""][:2]


def test_the_sign_of_yen_and_yuan_needs_a_unit_that_counts_in_one_of_them() -> None:
    assert read_sum("¥98000", "", "", "JPY")[:2] == ("98000", "JPY")
    assert read_sum("¥98000", "", "JPY", "CNY")[:2] == ("98000", "JPY")
    with pytest.raises(CellRefusedError, match="yuan or yen"):
        read_sum("¥98000", "", "", "GBP")


@given(st.integers(1, 10**12), st.sampled_from(sorted(CURRENCIES)))
def test_a_sum_as_the_program_writes_it_is_read_back(minor: int, currency: str) -> None:
    money = Money(minor, currency)
    number, code, note = read_sum(str(money), "", "", "CNY")
    assert (Money.parse(number, code), note) == (money, "")


INSTANTS = """
2026-03-02 13:05             | 2026-03-02T05:05:00
2026-03-02T13:05:30+08:00    | 2026-03-02T05:05:30
2026-03-02T05:05:00Z         | 2026-03-02T05:05:00
2026-03-02 05:05 UTC         | 2026-03-02T05:05:00
2026-03-02 13:05 (GMT+8)     | 2026-03-02T05:05:00
2026/3/2 13:05               | 2026-03-02T05:05:00
2026年3月2日13时05分         | 2026-03-02T05:05:00
2026年3月2日 下午1:05        | 2026-03-02T05:05:00
2026年3月2日 上午12点05分    | 2026-03-01T16:05:00
2026-03-02 13:05 北京时间    | 2026-03-02T05:05:00
2 Mar 2026, 1:05 pm          | 2026-03-02T05:05:00
March 2, 2026 at 13:05:09    | 2026-03-02T05:05:09
today 13:05                  | 2026-03-02T05:05:00
昨天 13:05                   | 2026-03-01T05:05:00
02/03/2026 13:05             ! can be read as two days
3月2日 13:05                 ! has no year
2026-03-02                   ! has no time of day
13:05                        ! has no day
2026-02-30 13:05             ! is a date or time that does not exist
2026-03-02 25:05             ! is a date or time that does not exist
2026-03-02 13:05 CST         ! is no day and time
2 Mrz 2026 13:05             ! names no month
0001-01-01 00:00 +14:00      ! is a date or time that does not exist
just now                     ! is no day and time
"""


@pytest.mark.parametrize("line", INSTANTS.strip().splitlines())
def test_an_instant_is_read_as_it_is_meant_or_refused(line: str) -> None:
    if "!" in line:
        text, _, why = (part.strip() for part in line.partition("!"))
        with pytest.raises(CellRefusedError) as refused:
            read_instant_text(text, "paid_at", "Asia/Shanghai", NOW)
        assert refused.value.why.startswith(why)
        return
    text, _, wanted = (part.strip() for part in line.partition("|"))
    at, _ = read_instant_text(text, "paid_at", "Asia/Shanghai", NOW)
    assert at == datetime.fromisoformat(wanted).replace(tzinfo=UTC)


@pytest.mark.parametrize("text", ["2026-03-29 01:30", "2026-10-25 01:30"])
def test_an_hour_that_a_clock_skips_or_shows_twice_needs_its_zone(text: str) -> None:
    with pytest.raises(CellRefusedError, match="give its zone"):
        read_instant_text(text, "paid_at", "Europe/London", NOW)
    assert read_instant_text(f"{text}Z", "paid_at", "Europe/London", NOW)[0].hour == 1


_LABELS = st.sampled_from(sorted(FIELD_OF))
_SOME = st.sampled_from(
    ["A", "9999000000001111", "test-west", "test-east", "CNY 5.00", "5", "CNY", "9999 (test-east)",
     "2026-03-02 13:05", "\x00", "\u202e", "９９９９", "1,234", "", '"', "：", "x" * 300]
)  # fmt: skip
_LINES = st.lists(
    st.tuples(_LABELS, st.sampled_from([": ", "=", "\t", "："]), _SOME | st.text(max_size=30))
)
_MARKS = st.sampled_from(["\n", "\r\n", "\r", "; ", "，", "\n- "])


@given(st.text() | st.builds(lambda lines, mark: mark.join(map("".join, lines)), _LINES, _MARKS))
def test_no_text_raises_anything_and_what_is_accepted_reads_the_same_again(text: str) -> None:
    pasted = read_pasted(text, AROUND)
    assert (pasted.report is None) == bool(pasted.problems)
    if pasted.report is not None:
        assert read_pasted(as_lines(pasted.report), AROUND).report == pasted.report


_WORDS = st.text(st.characters(categories=("Lu", "Ll", "Lo"), exclude_characters="ー"), min_size=1)
_NAMES = _WORDS.filter(lambda text: text.isprintable() and not any("！" <= c <= "～" for c in text))
_NUMBERS = st.text("0123456789ABCXYZ", min_size=4, max_size=34)
_PAST = st.integers(0, 200_000_000).map(lambda s: NOW - timedelta(seconds=s + 1800))
_REPORTS = st.builds(
    lambda ref, name, victim, payee, holder, minor, paid, wait: ReportFact(
        row=1,
        external_ref=ref,
        victim_name=name,
        victim_contact="",
        victim_account=AccountRef("test-west", victim, name),
        payee_account=AccountRef("test-east", payee, holder),
        amount=Money(minor, "CNY"),
        paid_at=paid,
        reported_at=paid + timedelta(seconds=wait),
        method=holder[:20],
    ),
    _NUMBERS, _NAMES, _NUMBERS, _NUMBERS, _NAMES, st.integers(1, 10**14), _PAST,
    st.integers(0, 1700),
)  # fmt: skip


def cells(report: ReportFact) -> dict[str, str]:
    """A report as the columns of a complaint file."""
    return {
        "external_ref": report.external_ref,
        "victim_name": report.victim_name,
        "victim_contact": report.victim_contact,
        "victim_bank": report.victim_account.bank,
        "victim_account": report.victim_account.number,
        "payee_bank": report.payee_account.bank,
        "payee_account": report.payee_account.number,
        "payee_name": report.payee_account.holder,
        "amount": report.amount.text(),
        "currency": report.amount.currency,
        "paid_at": report.paid_at.isoformat(),
        "reported_at": report.reported_at.isoformat(),
        "end_to_end_id": report.end_to_end_id,
        "method": report.method,
    }


def as_lines(report: ReportFact) -> str:
    return "".join(f"{name}: {value}\n" for name, value in cells(report).items() if value)


def as_row(report: ReportFact) -> str:
    out = io.StringIO()
    csv.writer(out).writerows([cells(report).keys(), cells(report).values()])
    return out.getvalue()


@given(_REPORTS)
def test_lines_a_row_and_an_object_of_one_report_say_the_same(report: ReportFact) -> None:
    for text in (as_lines(report), as_row(report), json.dumps(cells(report))):
        pasted = read_pasted(text, AROUND)
        assert list(map(str, pasted.problems)) == []
        assert pasted.report == report
