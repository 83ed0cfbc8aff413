"""What was wrong in the ledger is corrected by an event of its own, not by the next one."""

from __future__ import annotations

from typing import Any

import pytest

from models.entities.event import EntityKind
from models.entities.ledger import LedgerAccount
from models.queries.audit.verify import verify
from models.store.record import UnbalancedEntryError, record
from models.store.unit import ENGINE, unit_of_work
from recovery_flows.ledger.changeset import Changeset
from recovery_flows.reports.ledger_check import ledger_check

MOVE_REASON = "the ledger did not show what the records say"


def corrections(unit: Any) -> list[str]:
    with unit.database.reading() as session:
        rows = session.connection().exec_driver_sql(
            "SELECT reason FROM event WHERE event = 'ledger_corrected'"
        )
        return [str(reason) for (reason,) in rows]


def test_a_sound_ledger_is_never_corrected(unit: Any, acts: Any) -> None:
    recovery_id = acts.pooled(victims=2, held_minor=150_000, until="approved")
    for payout in unit.file(recovery_id).payouts:
        acts.settle(recovery_id, payout.id)
    acts.decide(recovery_id)
    acts.settle(recovery_id, unit.file(recovery_id).payouts[0].id, "RETURNED")
    acts.decide(recovery_id)
    assert corrections(unit) == []


def test_a_wrong_ledger_is_corrected_by_an_event_of_its_own(unit: Any, acts: Any) -> None:
    recovery_id = acts.pooled(victims=1, held_minor=100_000)
    unit.tamper("DELETE FROM posting WHERE account = 'held'", "UPDATE recovery SET version = 99")
    assert not [b for b in unit.file(recovery_id).balances if b.account is LedgerAccount.HELD]
    changes = Changeset(unit.file(recovery_id))
    changes.correct()
    (move,) = changes.moves
    assert (move.noun, move.event) == (EntityKind.RECOVERY, "ledger_corrected")
    assert move.reason == f"{MOVE_REASON}: held"
    assert {leg.account for leg in move.postings} == {LedgerAccount.HELD}
    # Only the held side was lost: the correction alone does not balance, and is refused.
    with pytest.raises(UnbalancedEntryError), unit_of_work(unit.database) as work:
        record(work, ENGINE, unit.now, recovery_id, changes.outcome())


def test_a_lost_entry_is_booked_again_apart_from_what_comes_next(unit: Any, acts: Any) -> None:
    recovery_id = acts.pooled(victims=1, held_minor=100_000)
    last = unit.one("SELECT max(event_seq) FROM posting")
    unit.tamper(f"DELETE FROM posting WHERE event_seq = {last}")
    acts.decide(recovery_id)
    unit.case_officer().advance(recovery_id)
    assert [r.split(":")[0] for r in corrections(unit)] == [MOVE_REASON]
    with unit.database.reading() as session:
        assert not ledger_check(session).differences
    # Who took the entry away is found all the same: its event's digest covers it.
    assert verify(unit.database) != ()


def test_within_one_currency_no_entry_has_a_contra_account(unit: Any, acts: Any) -> None:
    recovery_id = acts.pooled(victims=2, held_minor=150_000, until="approved")
    for payout in unit.file(recovery_id).payouts:
        acts.settle(recovery_id, payout.id)
    assert unit.one("SELECT count(*) FROM posting WHERE account = 'memo_exchange'") == 0
