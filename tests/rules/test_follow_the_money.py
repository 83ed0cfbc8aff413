"""Another program's published answers (follow-the-money, C. Mattsson, MIT), value by value.

Every deposit is a claim. LIFO is compared way by way (the list of payments and its amount), mixed
as rolling pro rata by deposit and withdrawal, to the millionth printed there. Their accounts
outside the boundary are "outside" here. Left out of the comparison: flows of inferred payments
(`i_…`), which are openings or corrections here and nobody's claim, and payments that touch no
account inside. Where their file has balances, a jump is a credit of the holder's own.
"""

import csv
from collections import Counter
from datetime import datetime
from pathlib import Path

import pytest

from models.facts import LineKind
from recovery_flows.tracing.methods.compare import edge_flows
from recovery_flows.tracing.methods.rules import lifo, pro_rata
from recovery_flows.tracing.methods.types import Coverage, Source, Trace, Transfer

PLACE = Path(__file__).parents[3] / "shared" / "samples" / "transfers" / "follow_the_money"
pytestmark = [
    pytest.mark.samples,
    pytest.mark.skipif(not PLACE.is_dir(), reason="../shared/samples is not there"),
]

MILLIONTHS = 1_000_000
ACCOUNT, NETWORK = frozenset({"XYZ"}), frozenset({"BBB", "CCC", "DDD", "EEE"})
ACCOUNT_COLUMNS = ["time", "type", "id", "from", "to", "amount", "from_balance", "to_balance"]
PAYMENT_COLUMNS = ["id", "from", "to", "time", "type", "amount", "fee"]
CATEGORY_COLUMNS = ["id", "from", "to", "time", "from_is", "to_is", "amount", "fee"]

Way = tuple[str, ...]

FILES = [
    ("1_base_functionality", "account_txns", "account", ACCOUNT_COLUMNS, ACCOUNT),
    ("1_base_functionality", "network_txns", "network", PAYMENT_COLUMNS, NETWORK),
    ("4_known_balances", "account_txns_bal", "account_balances", ACCOUNT_COLUMNS, ACCOUNT),
    ("4_known_balances", "account_txns_bal", "account_balances_nbal", ACCOUNT_COLUMNS, ACCOUNT),
    ("4_known_balances", "account_txns_bal", "account_balances_ninf", ACCOUNT_COLUMNS, ACCOUNT),
    ("4_known_balances", "account_txns_bal-", "account_missing", ACCOUNT_COLUMNS, ACCOUNT),
    ("4_known_balances", "account_txns_bal-", "account_missing_nbal", ACCOUNT_COLUMNS, ACCOUNT),
    ("4_known_balances", "account_txns_bal-", "account_missing_ninf", ACCOUNT_COLUMNS, ACCOUNT),
]
INCONSISTENT = [
    ("7_inconsistencies", f"network_txns_{data}", out, columns, NETWORK)
    for data, outs, columns in (
        ("a_otc", ("otc_a", "otc_a+"), CATEGORY_COLUMNS),
        ("otc", ("otc_i", "otc_i+", "otc_t"), PAYMENT_COLUMNS),
        ("inc", ("inc_i", "inc_i+", "inc_t"), PAYMENT_COLUMNS),
        ("t", ("prev",), PAYMENT_COLUMNS),
    )
    for out in outs
]
MIXED = [(*case, known) for case, known in zip(FILES, [20, 8, 42, 42, 42, 36, 36, 36], strict=True)]


def millionths(text: str) -> int:
    return round(float(text) * MILLIONTHS)


def payments(folder: str, name: str, columns: list[str], inside: frozenset[str]) -> list[Transfer]:
    """Their rows, and the holder's own credit wherever a balance jumps."""
    found: list[Transfer] = []
    held = 0
    with (PLACE / folder / f"{name}.csv").open(encoding="utf-8") as stream:
        for cells in csv.reader(stream):
            row = dict(zip(columns, cells, strict=False))
            at, minor = datetime.fromisoformat(f"{row['time']}+00:00"), millionths(row["amount"])
            ends = [row[side] if row[side] in inside else None for side in ("from", "to")]
            if ends == [None, None]:
                continue
            held += minor if ends[1] else -minor
            told = row.get("from_balance") or row.get("to_balance") or ""
            if told and millionths(told) != held:
                own = millionths(told) - held
                found.append(_payment(f"jump{len(found)}", at, len(found), (None, "XYZ"), own))
                held += own
            found.append(_payment(row["id"], at, len(found), (ends[0], ends[1]), minor))
    return found


def _payment(
    name: str, at: datetime, order: int, ends: tuple[str | None, str | None], minor: int
) -> Transfer:
    assert minor > 0
    kind = LineKind.TRANSFER if ends[1] else LineKind.CARD
    return Transfer(name, at, order, *ends, kind, minor, "USD", minor, "USD")


def traced(rule: str, transfers: list[Transfer], inside: frozenset[str]) -> Trace:
    deposits = [t for t in transfers if t.payer is None and not t.id.startswith("jump")]
    sources = [Source(t.id, t.id, t.debit_minor) for t in deposits]
    begins, ends = transfers[0].at, transfers[-1].at
    known = [Coverage(account, begins, ends) for account in inside]
    trace = {"lifo": lifo.trace, "mixed": pro_rata.trace}[rule]
    return trace(transfers, sources, [], known, as_of=ends)


def published(folder: str, out: str, rule: str) -> Counter[Way]:
    """Their flows that begin with a deposit and leave: the ids of the payments, and how much."""
    found: Counter[Way] = Counter()
    with (PLACE / folder / "output" / f"{out}_flows_{rule}.csv").open(encoding="utf-8") as stream:
        for row in csv.DictReader(stream):
            way = tuple(row["txn_IDs"].strip("[]").split(","))
            if len(way) > 1 and not any(name.startswith(("i_", "existing")) for name in way):
                found[way] += millionths(row["trj_amt"])
    return found


def ways_out(trace: Trace, transfers: list[Transfer]) -> Counter[Way]:
    """Our ways from a deposit to a payment that leaves."""
    leaving = {t.id for t in transfers if t.payee is None}
    found: Counter[Way] = Counter()
    for hop in trace.hops:
        if hop.transfer_id in leaving:
            way, at = [hop.transfer_id], hop.parent
            while at is not None:
                way.append(trace.hops[at].transfer_id)
                at = trace.hops[at].parent
            found[tuple(reversed(way))] += hop.amount_minor
    return found


@pytest.mark.parametrize(("folder", "name", "out", "columns", "inside"), [*FILES, *INCONSISTENT])
def test_lifo_takes_the_published_ways(
    folder: str, name: str, out: str, columns: list[str], inside: frozenset[str]
) -> None:
    transfers = payments(folder, name, columns, inside)
    expected = published(folder, out, "lifo")
    assert len(expected) >= 6
    assert ways_out(traced("lifo", transfers, inside), transfers) == expected


@pytest.mark.parametrize(("folder", "name", "out", "columns", "inside", "values"), MIXED)
def test_pro_rata_is_the_published_mix(
    folder: str, name: str, out: str, columns: list[str], inside: frozenset[str], values: int
) -> None:
    transfers = payments(folder, name, columns, inside)
    expected: Counter[tuple[str, str]] = Counter()
    for way, amount in published(folder, out, "mixed").items():
        expected[way[0], way[-1]] += amount
    leaving = {t.id for t in transfers if t.payee is None}
    found = {
        (flow.claim_id, flow.transfer_id): flow.amount_minor
        for flow in edge_flows(traced("mixed", transfers, inside))
        if flow.transfer_id in leaving
    }
    assert len(expected) == values
    assert found.keys() == expected.keys()
    # They round each way to the millionth, we the sum of the ways.
    assert all(abs(found[key] - expected[key]) <= 2 for key in expected)
