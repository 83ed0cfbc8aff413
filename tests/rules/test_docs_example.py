"""The worked recovery of docs/tracing.md: its table follows from the bookings it names."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from models.facts import LineKind
from recovery_flows.tracing.methods.catalogue import RuleName, trace_by
from recovery_flows.tracing.methods.types import Basis, Coverage, Opening, Source, Transfer

PAGE = Path(__file__).parents[2] / "docs" / "tracing.md"
START = datetime(2026, 3, 2, tzinfo=UTC)
END = START + timedelta(days=9)
BOOKED = re.compile(
    r"^\| \d Mar \d\d:\d\d \| (?P<what>[^|]+) \| (?P<amount>[^|]+) \|", re.MULTILINE
)


def minor(text: str) -> int:
    return int(re.sub(r"\D", "", text))


def bookings() -> list[Transfer]:
    """The account abroad as the page's table has it, after the payment out of the victim's."""
    text = PAGE.read_text(encoding="utf-8")
    found = [
        Transfer("loss", START, 0, "victim", "first", LineKind.TRANSFER,
                 4488530, "CNY", 4488530, "CNY")
    ]  # fmt: skip
    for number, row in enumerate(BOOKED.finditer(text), start=1):
        what, amount = row["what"].strip(" *"), minor(row["amount"])
        debit, currency, ends = amount, "GBP", (None, "abroad")
        if what == "the victim's money":
            debit, currency, ends = 3141971, "CNY", ("first", "abroad")
        elif "−" in row["amount"]:
            ends = ("abroad", "others" if what == "to others" else None)
        kind = LineKind(what) if what in set(LineKind) else LineKind.TRANSFER
        at = START + timedelta(hours=number)
        found.append(Transfer(f"t{number}", at, 0, *ends, kind, debit, currency, amount, "GBP"))
    return found


@pytest.mark.parametrize(
    ("rule", "name"),
    [
        (RuleName.FIFO, "first in, first out"),
        (RuleName.LIFO, "last in, first out"),
        (RuleName.PRO_RATA, "rolling pro rata"),
        (RuleName.LIBR, "lowest intermediate balance"),
        (RuleName.TAINTED_FIRST, "stolen money first, highest out"),
        (RuleName.TIHO, "stolen money first, highest out"),
    ],
)
def test_what_is_gone_under_each_rule_is_what_the_page_says(rule: RuleName, name: str) -> None:
    rows = bookings()
    assert [row.kind for row in rows].count(LineKind.TRANSFER) == 4
    trace = trace_by(
        rule, rows, [Source("loss", "V", 4488530)], [Opening("abroad", 64648, Basis.KNOWN)],
        [Coverage(account, START, END) for account in ("victim", "first", "abroad")], as_of=END,
    )  # fmt: skip
    said = re.search(rf"^\| {name} \|.*\| CNY ([\d,.]+) \|", PAGE.read_text("utf-8"), re.MULTILINE)
    assert said is not None
    assert sum(gone.claim_minor for gone in trace.gone) == minor(said[1])
