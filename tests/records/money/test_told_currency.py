"""An account that is told in another currency than it is recorded in is looked into."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from models.entities.event import EntityKind
from models.money import Money
from recovery_flows.cases.next_steps import ActionKind, steps
from recovery_flows.ledger import discrepancies


def test_a_statement_in_another_currency_than_its_account_is_looked_into(
    unit: Any, acts: Any
) -> None:
    recovery_id = acts.frozen()
    told = unit.statement([], to_hours=24 * 9)
    yen = replace(told, opening=Money(0, "JPY"), closing=Money(5_000, "JPY"))
    unit.trace(recovery_id, yen)
    file = unit.file(recovery_id)
    (found,) = discrepancies.open_ones(file)
    assert (found.kind, found.subject_noun, found.asset_id) == (
        "account_currency", EntityKind.ASSET, file.assets[0].id,
    )  # fmt: skip
    assert str(discrepancies.sentence(found)) == (
        "the bank states JPY 5,000 on an account that is recorded in another currency:"
        " it is recorded in CNY"
    )
    assert steps(file, unit.laws)[0].action == ActionKind.RESOLVE_DISCREPANCY
    unit.trace(recovery_id, replace(yen, covers_to=unit.now))
    assert len(unit.file(recovery_id).discrepancies) == 1
