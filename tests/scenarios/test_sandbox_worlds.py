"""The two worlds of the sandbox: what they hold and how they come out."""

from __future__ import annotations

import csv
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from recovery_flows.sandbox.banks.clearing import catch_up
from recovery_flows.sandbox.worlds.amlsim import amlsim_world
from recovery_flows.sandbox.worlds.synthetic import synthetic_world
from recovery_flows.sandbox.worlds.world import World, install, open_book, write_reports

AMLSIM = Path(__file__).parents[3] / "shared/samples/transfers/amlsim_20K_cycle200"


@pytest.fixture(scope="module")
def amlsim() -> World:
    if not AMLSIM.exists():
        pytest.skip(f"NOT RUN: the AMLSim sample is not at {AMLSIM}")
    return amlsim_world(AMLSIM)


@pytest.mark.samples
def test_amlsim_gives_745_reports_and_says_what_it_assumed(amlsim: World) -> None:
    assert len(amlsim.reports) == 745
    assert [bank.jurisdiction for bank in amlsim.banks] == ["CN"] * 4 + ["GB"]
    assert "was raised to the least" in amlsim.notes[1]
    lags = [
        datetime.fromisoformat(report.reported_at) - datetime.fromisoformat(report.paid_at)
        for report in amlsim.reports
    ]
    within = [sum(lag <= timedelta(hours=h) for lag in lags) / len(lags) for h in (3, 24, 72)]
    assert 0.27 < within[0] < 0.40
    assert 0.60 < within[1] < 0.74
    assert within[2] == 1


def test_a_limit_keeps_the_first_reports_and_all_transfers(tmp_path: Path) -> None:
    nodes = "nodeid,isFraud,init_balance,fraudStep\n0,0,9.00,-1\n1,1,0.00,1\n2,1,0.00,5\n"
    rows = "sourceNodeId,targetNodeId,value,time\n0,1,1.0,0\n0,1,2.5,1\n0,2,4.0,7\n0,1,8.0,9\n"
    (tmp_path / "nodes.csv").write_text(nodes)
    (tmp_path / "transactions.csv").write_text(rows)
    whole, few = amlsim_world(tmp_path), amlsim_world(tmp_path, limit=1)
    assert sorted(report.amount for report in whole.reports) == ["2.50", "4.00"]
    assert few.reports == whole.reports[:1]
    assert few.transfers == whole.transfers
    openings = [account.opening_minor for account in whole.accounts]
    assert openings == [1550, 0, 0]


@pytest.mark.parametrize(
    ("transactions", "message"),
    [
        ("sourceNodeId,targetNodeId,value,time\n0,1,ten,1\n", "line 2, column value"),
        ("sourceNodeId,targetNodeId,value,time\n0,7,10.0,1\n", "line 2, column targetNodeId"),
        ("sourceNodeId,targetNodeId,value,time\n0,1,1.0,1\n0,1\n", "line 3, column value"),
        ("source,target,value,time\n0,1,10.0,1\n", "line 1"),
        (None, "transactions.csv cannot be read"),
    ],
)
def test_a_bad_row_is_named_by_file_line_and_column(
    tmp_path: Path, transactions: str | None, message: str
) -> None:
    nodes = "nodeid,isFraud,init_balance,fraudStep\n0,0,1.00,-1\n1,1,1.00,1\n"
    (tmp_path / "nodes.csv").write_text(nodes)
    if transactions is not None:
        (tmp_path / "transactions.csv").write_text(transactions)
    with pytest.raises(ValueError, match=f"^transactions.csv.*{message}|^{message}"):
        amlsim_world(tmp_path)


def test_the_demo_world_has_24_reports_and_comes_out_the_same_each_time(tmp_path: Path) -> None:
    world = synthetic_world()
    assert world == synthetic_world()
    assert world != synthetic_world(seed=8)
    assert len(world.reports) == 24
    assert [(bank.jurisdiction, bank.kind) for bank in world.banks] == [
        *[("CN", "bank")] * 3, ("GB", "bank"),
        *[("CN", kind) for kind in ("telecom", "platform", "authority")],
        *[("GB", kind) for kind in ("police", "central_authority", "fiu")],
    ]  # fmt: skip
    assert all(16 <= len(account.number) <= 19 for account in world.accounts)
    assert len({(account.bank, account.number) for account in world.accounts}) == len(
        world.accounts
    )
    assert all(account.holder.startswith("Synthetic ") for account in world.accounts)
    write_reports(tmp_path / "reports.csv", world.reports)
    with (tmp_path / "reports.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert rows[0]["external_ref"] == world.reports[0].external_ref
    assert len(rows) == 24


def test_each_story_has_left_the_first_account_with_what_it_tells(tmp_path: Path) -> None:
    world = synthetic_world()
    install(tmp_path / "sandbox.sqlite3", world)
    left: dict[str, int] = {}
    with closing(open_book(tmp_path / "sandbox.sqlite3")) as db:
        for report in world.reports:
            catch_up(db, datetime.fromisoformat(report.reported_at))
            row = db.execute(
                "SELECT booked_minor FROM balance JOIN account a ON a.id = account_id"
                " WHERE bank = ? AND number = ?",
                [report.payee_bank, report.payee_account],
            ).fetchone()
            stolen_minor = int(report.amount.replace(".", ""))
            left[report.external_ref] = 100 * row[0] // stolen_minor
    within_the_hour = ("SYN-R001", "SYN-R002", "SYN-R003")
    assert all(left[ref] >= 100 for ref in within_the_hour)
    in_cash_or_fanned_out = ("SYN-R017", "SYN-R018", "SYN-R019", "SYN-R020")
    assert all(left[ref] == 0 for ref in in_cash_or_fanned_out)
    debit_to_come = ("SYN-R021", "SYN-R022")
    assert all(left[ref] >= 100 for ref in debit_to_come)
    collectors = [report.payee_account for report in world.reports]
    assert sorted(map(collectors.count, set(collectors)))[-2:] == [3, 4]
