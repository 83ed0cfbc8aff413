"""What a sandbox bank tells of its days, from a history that its book keeps by itself."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import Any

import pytest

from recovery_flows.sandbox.worlds.world import open_book

PERIOD = "/v1/daily?fromDate=2026-03-02&toDate=2026-03-04"


def days(sandbox: Any, bank: str) -> list[tuple[str, str, int, str, int]]:
    told = sandbox.get(PERIOD, bank).json()["days"]
    return [
        (d["date"], d["amountHeld"]["amount"], d["holds"], d["paidOut"]["amount"], d["payouts"])
        for d in told
    ]


def test_each_day_tells_what_was_held_at_its_end_and_paid_out_in_it(sandbox: Any) -> None:
    stop = sandbox.at(2).hold("h1", "300.00")
    frozen = sandbox.freeze_until(2_000) | {"supersedes": stop["id"]}
    freeze = sandbox.at(15.5).hold("h2", "500.00", **frozen)
    sandbox.at(17).post("/v1/payouts", sandbox.payout_body("p1", freeze["id"], "120.00"), "k1")
    sandbox.at(40).post(f"/v1/holds/{freeze['id']}/release", {"amount": None, "reason": "x"}, "k2")
    sandbox.at(100)
    assert days(sandbox, sandbox.HOME) == [
        ("2026-03-02", "500.00", 1, "0.00", 0),
        ("2026-03-03", "380.00", 1, "120.00", 1),
        ("2026-03-04", "0.00", 0, "0.00", 0),
    ]
    assert sandbox.get(PERIOD).json()["timeZone"] == "Asia/Shanghai"
    assert sandbox.get(PERIOD, sandbox.ABROAD).json()["timeZone"] == "Europe/London"


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("fromDate=2026-03-02&toDate=2026-03-03", 422),
        ("fromDate=2026-03-03&toDate=2026-03-02", 400),
        ("fromDate=2025-01-01&toDate=2026-03-02", 400),
        ("fromDate=2026-03-02", 400),
    ],
)
def test_a_period_that_is_not_over_or_no_period_is_refused(
    sandbox: Any, query: str, status: int
) -> None:
    assert sandbox.at(30).get(f"/v1/daily?{query}").status_code == status


def test_an_older_file_keeps_its_history_from_its_next_opening_on(sandbox: Any) -> None:
    sandbox.at(2).hold("h1", "300.00")
    with closing(sqlite3.connect(sandbox.path)) as raw, raw:
        for name in ("hold_amount_first", "hold_amount_next"):
            raw.execute(f"DROP TRIGGER {name}")
        raw.execute("DROP TABLE hold_amount")
    with closing(open_book(sandbox.path)) as book:
        assert [row["held_minor"] for row in book.execute("SELECT * FROM hold_amount")] == [30_000]
    sandbox.at(100)
    assert [held for _, held, *_ in days(sandbox, sandbox.HOME)] == ["300.00", "300.00", "0.00"]
