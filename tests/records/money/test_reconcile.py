"""Our books held against the banks' own, over real HTTP: a cent apart is found."""

from __future__ import annotations

import socket
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from models.entities.call import CallKind
from models.entities.payout import PayoutState
from models.queries.audit.verify import verify
from models.sealing.sealed_place import SealedPlace
from recovery_flows.engine.context import Engine, Pace
from recovery_flows.engine.event_feed import poll
from recovery_flows.engine.legal_days import Wanted, reconcile_days
from recovery_flows.engine.outbox.dispatch import send_due
from recovery_flows.engine.reconciliation import Figure, Reconciliation, Verdict, reconcile
from recovery_flows.reports.ledger_check import ledger_check
from recovery_flows.sandbox.server import running
from recovery_flows.sandbox.worlds.world import Bank, World, WorldAccount, WorldTransfer, install

ORDERS = (CallKind.HOLD, CallKind.STATEMENT, CallKind.PAYOUT, CallKind.HOLD_QUERY)


@pytest.fixture
def sandbox_file(unit: Any, tmp_path: Path) -> Path:
    """The banks of the unit, where 1,000.00 reached the mule and 100.00 left in cash."""
    first, second, _ = unit.accounts
    victim, mule = (first.bank, first.number), (second.bank, second.number)
    pays = ((1, victim, mule, 100_000, "TRANSFER"), (2, mule, None, 10_000, "CASH"))
    world = World(
        banks=tuple(
            Bank(name, f"Synthetic {name}", law, cur, 0, 0) for name, law, cur in unit.banks
        ),
        accounts=tuple(
            WorldAccount(r.bank, r.number, r.holder, "CNY", 500_000 * (r == first))
            for r in unit.accounts
        ),
        transfers=tuple(
            WorldTransfer(
                n, unit.start + timedelta(hours=n), payer, payee, minor, "CNY", kind, f"E{n}"
            )
            for n, payer, payee, minor, kind in pays
        ),
        reports=(),
        rates=(),
        starts_at=unit.start,
        notes=(),
    )
    install(tmp_path / "sandbox.sqlite3", world)
    return tmp_path / "sandbox.sqlite3"


@pytest.fixture
def closed_port() -> int:
    """A port of the loopback where nobody listens."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
    return port


@pytest.fixture
def book(unit: Any, sandbox_file: Path, change_partner: Any) -> Iterator[Path]:
    """The banks' own book, served; our database knows where."""
    with running(sandbox_file, lambda: unit.now, sandbox_file.with_suffix(".json")) as rows:
        for row in rows:
            move_partner(unit, row, change_partner)
        yield sandbox_file


def move_partner(unit: Any, row: dict[str, str], change_partner: Any) -> None:
    change_partner(
        unit.database, ("chen", "wu"), unit.now, row["id"], name=row["name"],
        regime=row["jurisdiction"], currency=row["currency"], home=row["jurisdiction"] == "CN",
        base_url=row["url"], token=row["token"],
    )  # fmt: skip


@pytest.fixture
async def engine(unit: Any) -> AsyncIterator[Engine]:
    hands = Engine(unit.database, unit.laws, Pace(timeout_seconds=60), "test", lambda: unit.now)
    yield hands
    await hands.close()


@pytest.fixture
async def held(unit: Any, acts: Any, book: Path, engine: Engine) -> str:
    """1,000.00 arrived, 100.00 left in cash, the bank holds the other 900.00; traced."""
    del book
    (recovery_id,) = unit.report(*unit.reports(1))
    unit.accept(recovery_id)
    unit.order(recovery_id)
    unit.approve(recovery_id)
    await send_due(engine, ORDERS)
    acts.decide(recovery_id)
    acts.decide(recovery_id)
    return recovery_id


async def returned(unit: Any, acts: Any, engine: Engine, recovery_id: str) -> None:
    """The freeze follows, the return is decided, the bank pays."""
    unit.case_officer().advance(recovery_id)
    unit.approve(recovery_id)
    await send_due(engine, ORDERS)
    await poll(engine, "bank-home")
    for _ in range(6):
        acts.decide(recovery_id)
        await send_due(engine, ORDERS)
        if unit.file(recovery_id).payouts:
            break
        unit.case_officer().advance(recovery_id)
    unit.later(24 * 40)
    acts.decide(recovery_id)
    unit.case_officer().advance(recovery_id)
    unit.approve(recovery_id)
    await send_due(engine, ORDERS)
    await poll(engine, "bank-home")


def plant(book: Path, change: str) -> None:
    with closing(sqlite3.connect(book)) as raw, raw:
        assert raw.execute(change).rowcount == 1


def differing(result: Reconciliation) -> list[tuple[Figure, int]]:
    return [(line.figure, line.difference.minor) for line in result.differences if line.difference]


async def test_books_that_agree_have_no_difference(held: str, engine: Engine) -> None:
    result = await reconcile(engine)
    assert [(x.verdict, x.ours.minor, x.theirs) for x in result.lines if x.theirs] == [
        (Verdict.EQUAL, 90_000, result.lines[0].ours)
    ]
    assert (result.exit_code, result.lines[0].ref) == (0, "R-2026-0001")
    assert held


async def test_a_cent_less_at_the_bank_is_found(held: str, engine: Engine, book: Path) -> None:
    plant(book, "UPDATE hold SET held_minor = held_minor - 1")
    result = await reconcile(engine)
    assert differing(result) == [(Figure.HELD, 1)]
    assert result.exit_code == 5
    assert "ours CNY 900.00, theirs CNY 899.99" in result.differences[0].sentence
    assert held


async def test_what_was_returned_is_compared_too(
    unit: Any, acts: Any, held: str, engine: Engine, book: Path
) -> None:
    await returned(unit, acts, engine, held)
    assert [p.state for p in unit.file(held).payouts] == [PayoutState.SETTLED]
    result = await reconcile(engine)
    assert {x.figure for x in result.lines} == {Figure.HELD, Figure.RETURNED, Figure.DEBITED}
    assert {x.verdict for x in result.lines} == {Verdict.EQUAL}
    assert verify(unit.database) == ()
    with unit.database.reading() as session:
        assert ledger_check(session).differences == ()
    plant(book, "UPDATE payout SET amount_minor = amount_minor - 1")
    plant(book, "UPDATE payout SET debited_minor = debited_minor + 1")
    assert differing(await reconcile(engine)) == [(Figure.RETURNED, 1), (Figure.DEBITED, -1)]


async def test_a_hold_that_the_bank_does_not_know_is_a_difference(
    held: str, engine: Engine, book: Path
) -> None:
    plant(book, "UPDATE hold SET id = 'H-another'")
    (line,) = (await reconcile(engine)).differences
    assert line.difference is not None
    assert line.difference.minor == 90_000
    assert "the bank has none" in line.sentence
    assert held


async def test_a_bank_that_is_away_could_not_be_asked(
    unit: Any, held: str, engine: Engine, closed_port: int, change_partner: Any
) -> None:
    row = {"id": "bank-home", "name": "Synthetic", "jurisdiction": "CN", "currency": "CNY"}
    away = {"url": f"http://127.0.0.1:{closed_port}", "token": "t"}
    move_partner(unit, row | away, change_partner)
    result = await reconcile(engine)
    assert [line.verdict for line in result.lines] == [Verdict.NOT_ASKED]
    assert result.exit_code == 4
    assert "could not be asked: partner bank-home is not available" in result.lines[0].sentence
    assert held


async def test_a_partner_by_letter_is_not_asked_and_that_is_no_failure(
    unit: Any, held: str, engine: Engine
) -> None:
    unit.tamper("UPDATE partner SET channel = 'letter' WHERE id = 'bank-home'")
    result = await reconcile(engine)
    assert [line.verdict for line in result.lines] == [Verdict.BY_LETTER]
    assert (result.exit_code, result.by_letter[0].theirs) == (0, None)
    assert result.by_letter[0].sentence == "R-2026-0001 at bank-home by letter: not asked"
    days = await reconcile_days(engine, Wanted())
    assert days.partners[1].not_asked == "by letter: not asked"
    assert (days.exit_code, engine.calls_sent.get("reconcile", 0)) == (0, 0)
    assert held


async def test_bytes_and_answers_changed_behind_the_back_are_named(
    unit: Any, held: str, engine: Engine
) -> None:
    assert verify(unit.database) == ()
    call_id = str(unit.one("SELECT id FROM call WHERE kind = 'hold'"))
    sealed = unit.database.vault.seal("{}", SealedPlace("call", call_id, "body_sealed"))
    unit.tamper(
        f"UPDATE call SET body_sealed = '{sealed}' WHERE kind = 'hold'",
        "UPDATE document SET body_sealed = x'00' WHERE kind = 'hold answer'",
    )
    assert {f.noun for f in verify(unit.database)} == {"call", "document"}
    assert held
    assert engine.calls_sent
