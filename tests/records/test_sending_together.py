"""Many orders prepared, and many answers settled: few statements, whatever their number."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from models.entities.call import CallKind
from models.facts import AccountRef, RawAnswer
from models.queries.audit.verify import verify
from models.queries.cases.work import partner
from models.store import pacing
from models.store.partners import plan_poll, poll_by
from models.store.unit import unit_of_work
from recovery_flows.engine.context import Engine, Pace
from recovery_flows.engine.outbox.preparation import Ready, prepare
from recovery_flows.engine.outbox.results import Result
from recovery_flows.engine.outbox.settlement import settle_results
from tests.records.test_deciding_together import counted

_LEASE = "test/1"
_STOPPED = "SELECT count(*) FROM hold WHERE state = 'stopped'"


@pytest.fixture(autouse=True)
def _unhurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """The lock is kept until a portion is written, however slow the machine is."""
    monkeypatch.setattr(pacing, "HOLD_SECONDS", 60)


def _answered(unit: Any, ready: Ready) -> Result:
    """What a bank says that holds all it was asked to hold."""
    order, now = json.loads(ready.body), unit.now.isoformat().replace("+00:00", "Z")
    told = {
        "type": "hold", "id": f"B-{ready.call.id}", "revision": 1, "orderRef": order["orderRef"],
        "kind": order["kind"], "status": "HELD", "account": {"number": ready.limits.number},
        "amountRequested": order["amount"], "amountHeld": order["amount"], "actedAt": now,
        "expiresAt": None, "rejectionReason": None, "lastModified": now,
    }  # fmt: skip
    raw = RawAnswer(200, json.dumps(told).encode(), "application/json")
    return Result(ready.call, "answered", (raw,))


@pytest.mark.parametrize("count", [4, 14])
def test_orders_and_answers_cost_no_more_statements_for_many_recoveries_than_for_few(
    unit: Any, count: int
) -> None:
    """Each answer planned the feed by a question, which had the rows of all before it written."""
    for number, fact in enumerate(unit.reports(count)):
        bank = unit.banks[number % 2][0]
        mule = AccountRef(bank, f"9999{number:012d}", "Synthetic Mule")
        (recovery_id,) = unit.report(replace(fact, payee_account=mule))
        unit.accept(recovery_id)
        unit.order(recovery_id)
    engine = Engine(unit.database, unit.laws, Pace(), "test", lambda: unit.now)
    with counted(unit.database) as prepared:
        ready, handled = prepare(engine, [CallKind.HOLD], _LEASE)
    assert handled == len(ready) == count
    assert len(prepared) <= 110, "\n".join(prepared)
    with counted(unit.database) as settled:
        settle_results(engine, [_answered(unit, one) for one in ready], _LEASE)
    assert unit.one(_STOPPED) == count
    assert len(settled) <= 70, "\n".join(settled)
    assert verify(unit.database) == ()


@pytest.mark.parametrize("planned", [None, 5, 40])
def test_a_feed_is_read_by_the_earliest_instant_that_an_order_asks_for(
    unit: Any, planned: int | None
) -> None:
    """One statement says it, also where nothing is planned and several orders ask at once."""
    bank, now = unit.banks[0][0], unit.now
    due_at = None if planned is None else now + timedelta(seconds=planned)
    with unit_of_work(unit.database) as work:
        plan_poll(work, bank, due_at=due_at, interval_seconds=60)
        for seconds in (30, 20, 25):
            poll_by(work, bank, now + timedelta(seconds=seconds))
    with unit.database.reading() as session:
        line = partner(session, unit.database.vault, bank)
    assert line.feed_due_at == now + timedelta(seconds=min(planned or 20, 20))
    assert line.feed_interval_seconds == 0
    assert verify(unit.database) == ()
