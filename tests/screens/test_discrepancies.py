"""What contradicts the records stands first and in red; `n` and a reason resolve it."""

from __future__ import annotations

from typing import Any

import pytest

from models.case_file import CaseFile
from models.entities.discrepancy import DiscrepancyKind
from models.entities.event import EntityKind
from models.entities.officer import Role
from models.entities.recovery import RecoveryState
from models.money import Money
from models.outcome import Outcome, Transition
from models.queries.cases.case_files import load_file
from models.store.record import record
from models.store.unit import ENGINE, Actor, unit_of_work
from recovery_flows.cases.commit import commit_changes
from recovery_flows.ledger import discrepancies
from recovery_flows.ledger.changeset import Changeset
from tests.by_hand import without_money_guards
from tests.screens.conftest import LAWS
from tests.screens.test_keys import type_fast

SENTENCE = "the bank states CNY 400.00 for a payout of CNY 800.00"


def file_of(unity: Any, recovery_id: str) -> CaseFile:
    with unity.database.reading() as session:
        return load_file(session, recovery_id)


def found(unity: Any, recovery_id: str, mark: str = "1") -> None:
    """A bank says that it paid another sum than was ordered."""
    with unit_of_work(unity.database) as unit:
        changes = Changeset(load_file(unit.session, recovery_id))
        asset = changes.file.assets[0].id if changes.file.assets else ""
        discrepancies.find(
            changes, DiscrepancyKind.AMOUNT_DIFFERS, EntityKind.PAYOUT, "payout-x", unity.now,
            asset_id=asset, expected=Money(80_000, "CNY"), stated=Money(40_000, "CNY"), mark=mark,
        )  # fmt: skip
        commit_changes(unit, ENGINE, unity.now, LAWS, changes)


@pytest.fixture
def disputed(unity: Any) -> str:
    """One of three recoveries, not the youngest, not the most urgent by any clock."""
    recovery = str(unity.report(300_000, ref="disputed"))
    unity.case_officer("li").advance(recovery, case_number="1")
    unity.move_clock(hours=2)
    unity.report(100_000, ref="fresh")
    found(unity, recovery)
    return recovery


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_a_discrepancy_is_first_and_red_on_queue_and_page_and_n_with_a_reason_resolves_it(
    unity: Any, disputed: str, wait: Any, size: tuple[int, int]
) -> None:
    app = unity.app("li")
    async with app.run_test(size=size) as pilot:
        text = await wait(pilot, app, "≠ 1 discrepancy", "R-2026-0002")
        rows = [x for x in text.splitlines() if "R-2026-000" in x and "CNY" in x]
        assert ["R-2026-0001" in row for row in rows][:2] == [True, False]
        assert "≠ the bank" in rows[0]
        await type_fast(app, "enter")
        await wait(pilot, app, "Discrepancies", f"≠ {SENTENCE}", "n look into it", "test-east")
        await type_fast(app, "n")
        await wait(
            pilot, app, "Resolve the discrepancy?", "our records", "CNY 800.00", "stated",
            "CNY 400.00", "Stored encrypted; cannot be edited.",
        )  # fmt: skip
        await type_fast(app, "enter")
        await wait(pilot, app, "✕ say what was found out")
        await type_fast(app, *"asked", "enter")
        await wait(pilot, app, "✓ R-2026-0001: discrepancy resolved")
        text = await wait(pilot, app, "n send the stop-payment")
        assert "Discrepancies" not in text
    (row,) = file_of(unity, disputed).discrepancies
    assert row.resolved_by == unity.officer("li").id


async def test_a_reason_typed_before_the_discrepancy_could_be_seen_resolves_nothing(
    unity: Any, disputed: str, wait: Any
) -> None:
    app = unity.app("li")
    async with app.run_test(size=(80, 24)) as pilot:
        await wait(pilot, app, "≠ 1 discrepancy")
        for key in ("n", "x", "enter"):
            app.simulate_key(key)
        await wait(pilot, app, "Resolve the discrepancy?", "2 keys typed before this question")
    assert discrepancies.open_ones(file_of(unity, disputed))


async def test_a_discrepancy_of_a_closed_recovery_is_in_the_queue_until_it_is_resolved(
    unity: Any, wait: Any
) -> None:
    recovery = unity.report(300_000)
    unity.case_officer("li").advance(recovery, case_number="1")
    with unit_of_work(unity.database) as unit:
        closing = Transition(
            EntityKind.RECOVERY, recovery, "closed_no_recovery", RecoveryState.OPEN
        )
        who = Actor("wang", Role.SUPERVISOR)
        with without_money_guards(unit.session):
            record(unit, who, unity.now, recovery, Outcome((closing,)))
    found(unity, recovery)
    app = unity.app("li")
    async with app.run_test(size=(120, 40)) as pilot:
        await wait(pilot, app, "0 open recoveries  1 closed  ≠ 1 discrepancy", f"≠ {SENTENCE}")
        await type_fast(app, "n")
        await wait(pilot, app, "Resolve the discrepancy?")
        await type_fast(app, *"seen", "enter")
        await wait(pilot, app, "No open recovery")


@pytest.mark.usefixtures("disputed")
async def test_a_filter_and_an_order_of_ones_own_do_not_hide_or_move_a_discrepancy(
    unity: Any, wait: Any, look: Any
) -> None:
    app = unity.app("li")
    async with app.run_test(size=(120, 40)) as pilot:
        await wait(pilot, app, "≠ 1 discrepancy")
        await type_fast(app, "slash", *"1,000.00", "enter", "s", "s", "s")
        await wait(pilot, app, "loss▴", "≠ 1 discrepancy is always shown")
        rows = [x for x in look(app).splitlines() if "R-2026-000" in x and "CNY" in x]
        assert "R-2026-0001" in rows[0]
