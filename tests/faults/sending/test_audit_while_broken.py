"""What the engine notes of the moment is no history: a bank that fails leaves the audit clean."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa

from models.entities.call import CallKind
from models.entities.event import EntityKind
from models.queries.audit.replay import UNCOVERED
from models.queries.audit.verify import verify
from models.store.calls import lease_calls
from models.store.partner_register import note_reconciled
from models.store.partners import note_breaker, note_contact, plan_poll
from models.store.unit import unit_of_work
from models.trouble import Trouble

OF_THE_MOMENT = {
    EntityKind.PARTNER: (
        "breaker_failures", "breaker_until", "last_error", "last_answer_at", "feed_due_at",
        "feed_interval_seconds",
    ),
    EntityKind.CALL: ("attempts", "retry_at", "last_error"),
}  # fmt: skip


def row(unit: Any, noun: EntityKind) -> Any:
    """The one row of a noun that has to do with the failing bank."""
    where = {EntityKind.PARTNER: "id = 'bank-home'", EntityKind.CALL: "kind = 'hold'"}[noun]
    with unit.database.reading() as session:
        return session.execute(sa.text(f"SELECT * FROM {noun} WHERE {where}")).mappings().one()


async def test_a_breaker_that_has_counted_leaves_the_history_intact(unit: Any) -> None:
    unit.stop()
    before = {noun: row(unit, noun) for noun in OF_THE_MOMENT}
    # Heard once, then gone: what is noted with an answer is noted too.
    unit.sandbox.plant({"call": "*", "kind": "rate_limited", "seconds": 1})
    await unit.sweep()
    unit.sandbox.plant({"call": "*", "kind": "down", "times": 99})
    for _ in range(6):
        await unit.sweep(after_seconds=70)
        unit.later(0.05)
    assert row(unit, EntityKind.PARTNER)["breaker_failures"] >= 5
    for noun, names in OF_THE_MOMENT.items():
        after = row(unit, noun)
        assert [n for n in names if after[n] == before[noun][n]] == []
        assert set(names) <= UNCOVERED[noun]
    assert verify(unit.database) == ()


async def test_whatever_is_noted_of_a_partner_or_a_call_leaves_the_history_intact(
    unit: Any,
) -> None:
    unit.stop()
    before = {noun: row(unit, noun) for noun in OF_THE_MOMENT}
    now, wall_now = unit.sandbox.now, unit.wall_now
    with unit_of_work(unit.database) as work:
        (call_id,) = lease_calls(work, "a-hand", [CallKind.HOLD], now, wall_now, 60, 9)
        note_breaker(work, "bank-home", 3, wall_now)
        note_contact(work, "bank-home", answered_at=wall_now, error="it hung up",
                     trouble=Trouble.HUNG_UP)  # fmt: skip
        plan_poll(work, "bank-home", due_at=wall_now, interval_seconds=77, reached=now,
                  read_at=now)  # fmt: skip
        note_reconciled(work, now, "bank-home", now, "")
    leased = row(unit, EntityKind.CALL)
    assert (leased["id"], leased["lease_owner"]) == (call_id, "a-hand")
    noted = row(unit, EntityKind.PARTNER)
    changed = {name for name, value in noted.items() if value != before[EntityKind.PARTNER][name]}
    assert changed == UNCOVERED[EntityKind.PARTNER]
    assert verify(unit.database) == ()


@pytest.mark.parametrize(
    ("noun", "column", "value"),
    [("partner", "base_url", "http://127.0.0.1:9"), ("call", "body_digest", "0")],
)
async def test_what_is_no_note_of_the_moment_is_found(
    unit: Any, noun: str, column: str, value: str
) -> None:
    unit.stop()
    await unit.sweep()
    with unit.database.engine.begin() as connection:
        named = {"value": value}
        connection.execute(sa.text(f"UPDATE {noun} SET {column} = :value"), named)
    assert (noun, True) in {(f.noun, column in f.sentence) for f in verify(unit.database)}
