"""What sets the rules apart beyond the published examples (those are in test_tracing_golden).

One line is one payment `from to amount`, `*` marks a payment that a claim is about (the claimant is
its payer). `open` says what an account held before.
"""

from datetime import UTC, datetime, timedelta

from models.facts import LineKind
from recovery_flows.tracing.methods.catalogue import RULES, Among, RuleName, Standing, trace_by
from recovery_flows.tracing.methods.types import Basis, Coverage, Opening, Source, Trace, Transfer

START = datetime(2026, 3, 2, tzinfo=UTC)
END = START + timedelta(days=400)


def run(rule: RuleName, table: str, among: Among = Among.FIFO) -> Trace:
    transfers, sources, openings, payers = [], [], [], set()
    for number, line in enumerate(row.split() for row in table.strip().splitlines()):
        if line[0] == "open":
            openings.append(Opening(line[1], cents(line[2]), Basis.INFERRED))
            continue
        payer, payee, minor = line[0], line[1], cents(line[2].removeprefix("*"))
        name, at = f"t{number:03}", START + timedelta(hours=number)
        transfers.append(
            Transfer(name, at, 0, payer, payee, LineKind.TRANSFER, minor, "GBP", minor, "GBP")
        )
        payers.add(payer)
        if line[2].startswith("*"):
            sources.append(Source(name, payer, minor))
    coverage = [Coverage(payer, START, END) for payer in sorted(payers)]
    return trace_by(rule, transfers, sources, openings, coverage, as_of=END, among=among)


def cents(text: str) -> int:
    whole, _, part = text.partition(".")
    return int(whole) * 100 + int(part.ljust(2, "0"))


def in_account(trace: Trace, account: str) -> dict[str, str]:
    sums: dict[str, int] = {}
    for position in trace.positions:
        if position.account == account:
            sums[position.claim_id] = sums.get(position.claim_id, 0) + position.claim_minor
    return {claim: f"{minor / 100:.2f}" for claim, minor in sorted(sums.items()) if minor}


def test_among_victims_own_money_first_divides_by_age_or_in_equal_shares() -> None:
    table = "open M 50\nA M *100\nB M *100\nM X 150"
    assert in_account(run(RuleName.LIBR, table), "X") == {"A": "100.00"}
    equal = run(RuleName.LIBR, table, Among.PRO_RATA)
    assert in_account(equal, "X") == {"A": "50.00", "B": "50.00"}


def test_a_late_own_deposit_never_refills_a_claim() -> None:
    table = "V M *100\nM X 90\nown M 500\nM Y 500"
    assert in_account(run(RuleName.LIBR, table), "M") == {"V": "10.00"}


def test_highest_out_takes_the_stolen_money_by_the_largest_payment_of_an_instant() -> None:
    at = START + timedelta(hours=5)
    transfers = [
        Transfer("a", START, 0, "V", "M", LineKind.TRANSFER, 1000, "GBP", 1000, "GBP"),
        *[
            Transfer(name, at, n, "M", name, LineKind.TRANSFER, minor, "GBP", minor, "GBP")
            for n, (name, minor) in enumerate((("X", 300), ("Y", 900), ("Z", 400)))
        ],
    ]
    found = trace_by(
        RuleName.TIHO, transfers, [Source("a", "V", 1000)],
        [Opening("M", 900, Basis.INFERRED)], [Coverage("M", START, END)], as_of=END,
    )  # fmt: skip
    assert in_account(found, "Y") == {"V": "9.00"}
    assert in_account(found, "Z") == {"V": "1.00"}
    assert in_account(found, "X") == {}


def test_only_rules_of_courts_may_be_adopted_and_each_names_its_source() -> None:
    standing = {name: info.standing for name, info in RULES.items()}
    assert [n for n in RuleName if standing[n] is Standing.RULE] == [
        RuleName.FIFO, RuleName.LIFO, RuleName.PRO_RATA, RuleName.LIBR,
    ]  # fmt: skip
    assert standing[RuleName.POISON] is Standing.EXPOSURE
    assert all(info.source for info in RULES.values())
