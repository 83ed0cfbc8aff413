"""Whole worlds from the first report to the last payment, and the banks as witnesses of them."""

from __future__ import annotations

import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from models.case_file import CaseFile
from models.entities.allocation import AllocationState
from models.entities.call import OPEN_CALLS
from models.entities.catalogue import table_of
from models.entities.hold import LIVE_HOLDS
from models.entities.ledger import RETURNED, TERMS, LedgerAccount
from models.entities.payout import PayoutState
from models.entities.recovery import CLOSED_RECOVERIES
from models.entities.request import Request
from models.money import Money
from models.queries.audit.verify import verify
from models.queries.books.money import covered
from recovery_flows.cli.demo.figures import tell_ending
from recovery_flows.cli.demo.giving_back import TREASURY
from recovery_flows.clock import wall_clock
from recovery_flows.engine.reconciliation import Verdict, reconcile
from recovery_flows.reports.ledger_check import ledger_check
from recovery_flows.reports.statistics import Summary, summary
from tests.scenarios.first_in import Account, Holds, Paid, first_in_first_out

AMLSIM = Path(__file__).parents[3] / "shared/samples/transfers/amlsim_20K_cycle200"
AMLSIM_REPORTS = 25


def minor_of(money: dict[str, str]) -> int:
    return int(money["amount"].replace(".", ""))


def _payment(account: Account, line: Any) -> Paid:
    there = line["counterparty"] and (line["counterparty"]["bank"], line["counterparty"]["number"])
    here = minor_of(line["amount"])
    other = minor_of(line["counterAmount"]) if line["counterAmount"] else here
    at, reference, kind = line["bookedAt"], line["endToEndId"], line["kind"]
    if line["creditDebit"] == "DBIT":
        return Paid(at, reference, account, there, here, other, kind, kept=kind == "PAYOUT")
    return Paid(at, reference, there, account, other, here, kind, kept=False)


def _holds(played: Any, file: CaseFile, accounts: Iterable[Account]) -> list[Holds]:
    """What banks held for this file and for others, each time that it changed, as they kept it.

    What was paid out of a hold counts as held: it left by the bank's own hand.
    """
    ours = {hold.id for hold in file.holds}
    found: list[Holds] = []
    for account in accounts:
        changes: defaultdict[tuple[str, bool], int] = defaultdict(int)
        for hold in played.book(account)["holds"]:
            before = 0
            for at, minor in played.held_over_time(account[0], hold["id"]):
                changes[at, hold["orderRef"] in ours] += minor - before
                before = minor
        levels = {True: 0, False: 0}
        for (at, is_ours), change in sorted(changes.items()):
            levels[is_ours] += change
            if change:
                found.append(Holds(at, account, levels[is_ours], is_ours))
    return found


def known_payments(played: Any, file: CaseFile) -> list[Paid]:
    """The banks' bookings up to the end of each statement that the file's trace could read."""
    assert file.trace is not None
    wanted = {a.account_id for a in file.assets}
    asked = wanted | {c.victim_account_id for c in file.claims if c.statement_to is not None}
    with played.database.reading() as session:
        ends = {c.account_id: c.covers_to for c in covered(session, asked)}
    found: dict[str, Paid] = {}
    for account_id, end in ends.items():
        until, account = min(end, file.trace.as_of), played.account(account_id)
        for line in played.book(account)["bookings"]:
            paid = _payment(account, line)
            ours = account_id in wanted or paid.payee in map(played.account, wanted)
            # Both sides of one payment are one; the payer's side knows what was kept.
            new = line["creditDebit"] == "DBIT" or paid.reference not in found
            if datetime.fromisoformat(paid.at) <= until and ours and new:
                found[paid.reference] = paid
    # In both worlds references are numbered in the order of booking within an instant.
    return sorted(found.values())


def witnessed(played: Any, file: CaseFile) -> tuple[Counter[Any], Counter[Any]]:
    """The file's money by the test's own first-in-first-out over the banks' books."""
    payments = known_payments(played, file)
    stolen = {}
    for claim in file.claims:
        ends = played.account(claim.victim_account_id), played.account(claim.payee_account_id)
        paid = next(
            p
            for p in payments
            if (p.payer, p.payee, p.debit) == (*ends, claim.reported_minor)
            and claim.end_to_end_id in ("", p.reference)
        )
        stolen[paid.reference] = (claim.id, claim.upheld_minor)
    accounts = [played.account(a.account_id) for a in file.assets if a.statement_to is not None]
    opening = {a: minor_of(played.book(a)["opening"]) for a in accounts}
    return first_in_first_out(payments, opening, stolen, _holds(played, file, accounts))


def apart(left: Counter[Any], right: Counter[Any]) -> int:
    """The largest difference of any figure."""
    return max((abs(left[key] - right[key]) for key in left | right), default=0)


@pytest.fixture(
    scope="module", params=["synthetic", pytest.param("amlsim", marks=pytest.mark.samples)]
)
def played(
    request: pytest.FixtureRequest, play: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Any]:
    data = AMLSIM if request.param == "amlsim" else None
    if data is not None and not data.exists():
        pytest.skip(f"NOT RUN: the AMLSim sample is not at {AMLSIM}")
    limit = AMLSIM_REPORTS if data else None
    with play(tmp_path_factory.mktemp("world"), data, limit) as world:
        world.is_synthetic = data is None
        yield world


def figures(played: Any) -> Summary:
    with played.database.reading() as session:
        return summary(session, wall_clock())


def test_every_file_ends_and_nothing_is_left_open(played: Any) -> None:
    ends = dict(figures(played).ends)
    sys.stdout.write(f"ends of {sum(ends.values())} files: {ends}\n")
    assert {f.recovery.state for f in played.files} <= CLOSED_RECOVERIES
    assert not [c for f in played.files for c in f.calls if c.state in OPEN_CALLS]
    assert not [h for f in played.files for h in f.holds if h.state in LIVE_HOLDS]
    assert figures(played).lapsed_holds == 0


def test_what_was_reported_is_the_sum_of_its_terms_and_none_is_below_zero(played: Any) -> None:
    for currency in figures(played).currencies:
        assert currency.reported.minor == sum(t.amount.minor for t in currency.terms)
        assert min(t.amount.minor for t in currency.terms) >= 0
    for file in played.files:
        terms: Counter[LedgerAccount] = Counter()
        for balance in file.balances:
            terms[balance.account] += balance.claim_minor
        assert -terms[LedgerAccount.REPORTED] == sum(terms[t] for t in TERMS)
        assert min(terms[t] for t in TERMS) >= 0


async def test_all_three_proofs_hold(played: Any) -> None:
    with played.database.reading() as session:
        assert ledger_check(session).differences == ()
    assert verify(played.database) == ()
    engine = played.engine()
    result = await reconcile(engine)
    await engine.close()
    on_paper = {line.partner for line in result.by_letter}
    assert on_paper == ({TREASURY} if played.is_synthetic else set())
    others = {line.verdict for line in result.lines if line.partner not in on_paper}
    assert others == {Verdict.EQUAL}


def test_the_demo_ends_with_what_victims_have_back_and_three_commands(
    played: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    tell_ending(played.installation, ended=True)
    told = capsys.readouterr().out
    for sums in figures(played).currencies:
        returned = sum(term.amount.minor for term in sums.terms if term.account in RETURNED)
        back = Money(returned, sums.currency)
        assert f"Victims lost {sums.reported} and have {back} back: " in told
    assert told.count(f"RECOVERY_DATA_DIR={played.installation.data_dir} recovery ") == 3
    assert "The story goes on" not in told


def test_the_world_shows_each_kind_of_return(played: Any) -> None:
    told = figures(played)
    assert sum(t.amount.minor for c in told.currencies for t in c.terms if t.account in RETURNED)
    if not played.is_synthetic:
        return
    assert told.second_hop_holds >= 1
    assert max(len(victims) for victims in _paid_pro_rata(played)) >= 3
    with played.database.reading() as session:
        states = session.execute(sa.select(table_of(Request).c.state)).scalars().all()
    assert "partially_executed" in states


def _paid_pro_rata(played: Any) -> Iterator[set[str]]:
    for file in played.files:
        for allocation in file.allocations:
            if (allocation.method, allocation.state) == ("pro_rata", AllocationState.PAID):
                settled = (p for p in file.payouts_of(allocation.id) if p.state == "settled")
                yield {p.claim_id for p in settled}


def test_the_banks_own_books_credit_each_victim_what_our_ledger_calls_returned(played: Any) -> None:
    returned: Counter[str] = Counter()
    others: Counter[LedgerAccount] = Counter()
    ordered: dict[str, str] = {}
    payees: set[Account] = set()
    for file in played.files:
        for balance in file.balances:
            is_paid_out = balance.account is LedgerAccount.RETURNED_HOLD
            returned[balance.claim_id] += balance.claim_minor * is_paid_out
            others[LedgerAccount(balance.account)] += balance.claim_minor
        ordered |= {p.id: p.claim_id for p in file.payouts if p.state is PayoutState.SETTLED}
        payees |= {played.account(c.payout_account_id) for c in file.claims}
    credited: Counter[str] = Counter()
    for account in payees:
        for line in played.book(account)["bookings"]:
            if (line["creditDebit"], line["kind"]) == ("CRDT", "PAYOUT"):
                credited[ordered[line["endToEndId"]]] += minor_of(line["amount"])
    assert sum(credited.values()) > 0
    assert +credited == +returned
    # What came by a recall or through the treasury's letters is in no sandbox bank's payouts.
    by_other_ways = (LedgerAccount.RETURNED_RECALL, LedgerAccount.RETURNED_VOLUNTARY)
    assert all((others[account] > 0) is played.is_synthetic for account in by_other_ways)


def test_no_order_stands_twice_in_any_banks_book(played: Any) -> None:
    for noun in ("holds", "payouts"):
        refs = Counter(row["orderRef"] for bank in played.banks for row in played.page(bank)[noun])
        assert refs
        assert max(refs.values()) == 1


def test_the_demos_authority_is_told_of_two_incidents_and_of_nobody(played: Any) -> None:
    if played.is_synthetic:
        told = str(played.page("sandbox-authority")["tasks"]).casefold()
        assert told.count("'incident': {") == 2
        assert not [name for name in ("synthetic victim", "99990", "@") if name in told]


def test_first_in_first_out_over_the_banks_books_finds_what_the_adopted_trace_found(
    played: Any,
) -> None:
    traced = [file for file in played.own_files if file.trace is not None]
    assert len(traced) >= len(played.own_files) // 2
    assert any(len(file.claims) > 1 for file in traced) or not played.is_synthetic
    for file in traced:
        # Where a lot is split after an exchange, each part may be a cent to either side.
        exact = {a.currency for a in file.assets} == {file.recovery.currency}
        for mine, theirs in zip(witnessed(played, file), played.adopted(file), strict=True):
            assert apart(mine, theirs) <= (0 if exact else 1), file.recovery.ref


def test_the_first_lot_in_is_the_first_out_and_what_is_held_stays() -> None:
    a, b, c = ("x", "a"), ("x", "b"), ("x", "c")
    payments = (
        Paid("1", "stolen", None, a, 50, 50, "TRANSFER", kept=False),
        Paid("2", "on", a, b, 60, 60, "TRANSFER", kept=False),
        Paid("3", "paid out", b, c, 20, 20, "PAYOUT", kept=True),
        Paid("4", "cash", a, None, 5, 5, "CASH", kept=False),
        Paid("6", "rest", b, c, 45, 45, "TRANSFER", kept=False),
    )
    found, gone = first_in_first_out(
        payments, {a: 40}, {"stolen": ("claim", 50)}, [Holds("5", b, 15, ours=True)]
    )
    # Of 60 that came to b 20 are the claim's; 15 of them are held when 45 go on to c.
    assert found == {(a, "claim"): 25, (b, "claim"): 15, (c, "claim"): 5}
    assert gone == {("CASH", a, "claim"): 5}
