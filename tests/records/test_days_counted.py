"""What is held by day, and holds by day: kept by the writes, checked, never scanned for."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic import command

from models.entities.officer import Role
from models.entities.register_change import RegisterAct
from models.facts import AccountRef, BankHoldState, Direction, HoldFact
from models.migrate import alembic_config, upgrade
from models.money import Money
from models.store.registers import ask_change, confirm_change
from models.store.rollups.tallies import whole_tally
from models.store.unit import Actor, Unit, unit_of_work
from recovery_flows.cases.pages.renderings import plain_lines
from recovery_flows.cases.pages.statistics import written
from recovery_flows.correspondence import answers
from recovery_flows.ledger.changeset import Changeset
from recovery_flows.reports.ledger_check import ledger_check
from recovery_flows.reports.statistics import summary
from tests.screens.conftest import LAWS, MULE, SECOND, VICTIM, Unity, line, traced_case


@pytest.fixture
def unity(tmp_path: Path) -> Iterator[Unity]:
    (folder := tmp_path / "unit").mkdir()
    made = Unity(folder)
    yield made
    made.database.dispose()


def _held(unity: Unity, viewer: str = "") -> dict[str, list[int]]:
    database = unity.database.seen_by(viewer) if viewer else unity.database
    with database.reading() as session:
        found = summary(session, datetime.now(UTC))
    return {one.currency: [m.minor for m in one.held] for one in found.weeks.currencies}


def _holds(unity: Unity, minor: int, payee: AccountRef) -> str:
    """A report whose money is there whole, and held whole."""
    recovery = unity.report(minor, ref=f"of {minor}", payee=payee)
    li, paid = unity.case_officer("li"), unity.now - timedelta(hours=1)
    li.advance(recovery, case_number=f"{minor}")
    li.advance(recovery)
    unity.hold(recovery)
    credit = line(1, paid, Direction.CREDIT, minor, VICTIM, reference=f"Eof {minor}")
    unity.statement(recovery, payee, credit)
    return recovery


def _corrects(unity: Unity, recovery: str, minor: int) -> None:
    """The bank says that it holds only so much."""

    def take(unit: Unit, changes: Changeset) -> None:
        del unit
        hold = next(one for one in changes.file.holds if one.held_minor)
        fact = HoldFact(
            bank_ref=f"B-{hold.id}", revision=2, order_ref=hold.id, state=BankHoldState.HELD,
            acted_at=hold.acted_at, expires_at=None, held=Money(minor, hold.currency),
            requested=Money(hold.requested_minor, hold.currency), modified_at=unity.now,
        )  # fmt: skip
        answers.apply_hold_fact(changes, hold.id, fact, LAWS, unity.now)

    unity.change(recovery, take)


def test_the_held_sum_of_each_day_is_the_ledgers_and_goes_back_from_now(unity: Unity) -> None:
    unity.move_clock(days=60)
    first = _holds(unity, 4_000_000, MULE)
    unity.move_clock(days=1, hours=17)  # 23:00 of UTC: a day is one of UTC
    _holds(unity, 2_000_000, SECOND)
    assert _held(unity)["CNY"][-3:] == [0, 4_000_000, 6_000_000]
    unity.move_clock(days=3)
    _corrects(unity, first, 1_000_000)
    assert _held(unity)["CNY"][-6:] == [0, 4_000_000, 6_000_000, 6_000_000, 6_000_000, 3_000_000]
    with unity.database.reading() as session:
        found = summary(session, datetime.now(UTC))
        assert ledger_check(session).miscounted == ()
    now = next(t.amount for t in found.currencies[0].terms if t.account == "held")
    assert found.weeks.currencies[0].held[-1] == now
    assert sum(found.weeks.holds) == 2
    page = "\n".join(plain_lines(written(found, "UTC")))
    assert "Eight weeks, by days of UTC: CNY 30,000.00 held now, most on" in page
    assert f"{found.weeks.days[-1]}: held CNY: CNY 30,000.00" in page
    assert "█" not in page


def test_a_day_on_which_what_is_hidden_makes_up_for_the_rest_is_not_lost(unity: Unity) -> None:
    unity.move_clock(days=60)
    seen = _holds(unity, 4_000_000, MULE)
    unity.move_clock(days=1)
    _corrects(unity, seen, 1_000_000)
    hidden = _holds(unity, 3_000_000, SECOND)
    assert _held(unity)["CNY"][-3:] == [0, 4_000_000, 4_000_000]
    named = {"members": "zhao", "reason": "an insider"}
    with unit_of_work(unity.database) as unit:
        wang, zhao = Actor("wang", Role.SUPERVISOR), Actor("zhao", Role.SUPERVISOR)
        change = ask_change(unit, wang, unity.now, RegisterAct.RESTRICT, hidden, named)
        confirm_change(unit, zhao, unity.now, change)
    assert _held(unity, "somebody else")["CNY"][-3:] == [0, 4_000_000, 1_000_000]


def test_a_count_of_a_day_that_somebody_changed_is_named(unity: Unity) -> None:
    traced_case(unity)
    with unity.database.reading() as session:
        assert ledger_check(session).miscounted == ()
        names = [name for name in whole_tally(session) if name.startswith("day ")]
    assert [name.split()[:3] for name in names if "held" in name] == [["day", "held", "CNY"]]
    with unity.database.engine.begin() as connection:
        connection.execute(
            sa.text("UPDATE tally SET value = value + 1 WHERE name LIKE 'day held%'")
        )
    with unity.database.reading() as session:
        (told,) = ledger_check(session).miscounted
    assert "the count 'day held CNY 2026-03-02' is kept as" in told


def test_what_is_read_for_eight_weeks_does_not_grow_with_recoveries(
    unity: Unity,
) -> None:
    counted: list[Any] = []

    def count(*given: Any) -> None:
        counted.append(given[2])

    sa.event.listen(unity.database.engine, "before_cursor_execute", count)
    sizes = []
    for number in range(3):
        traced_case(unity) if number == 0 else unity.report(100_000 + number)
        counted.clear()
        with unity.database.reading() as session:
            summary(session, datetime.now(UTC))
        sizes.append(len(counted))
        assert not any("FROM posting" in text or "FROM event" in text for text in counted)
    assert len(set(sizes)) == 1


def test_a_database_of_the_version_before_is_counted_at_its_upgrade(unity: Unity) -> None:
    traced_case(unity)
    engine = unity.database.engine
    before = _held(unity)
    with engine.begin() as connection:
        command.downgrade(alembic_config(connection), "0051")
    with engine.connect() as connection:
        names = connection.execute(sa.text("SELECT name FROM tally")).scalars().all()
    assert not [name for name in names if name.startswith("day ")]
    upgrade(engine)
    assert _held(unity) == before
    with unity.database.reading() as session:
        assert ledger_check(session).miscounted == ()
