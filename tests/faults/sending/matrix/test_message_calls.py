"""Every fault in a message about a request: the body has it once, and it counts as told."""

from __future__ import annotations

from typing import Any

from recovery_flows.correspondence.abroad import message_actions
from recovery_flows.sandbox.states import FaultKind
from tests.faults.sending.abroad.bodies import CHANNELS, POLICE, SENDER, Asked
from tests.faults.sending.abroad.spoken import assert_bytes_are_those_kept, messages


async def test_a_message_that_meets_a_fault_is_there_once_and_counts_as_told(
    play_out: Any, column: str, fault: FaultKind
) -> None:
    unit = await play_out(column, fault)
    assert unit.found == []
    asked = Asked(unit)
    (row,) = (r for r in unit.file().requests if r.carrier_id)
    if fault is FaultKind.NOT_ALLOWED:
        assert (messages(asked, row.id), row.told_at) == ([("withdrawn", "refused")], None)
        message_actions.notify(asked.acting(), unit.recovery_id, row.id, "", SENDER, CHANNELS)
        await unit.come_to_rest()
    assert [state for _, state in messages(asked, row.id)][-1] == "delivered"
    (there,) = asked.there(POLICE)
    assert len(there["messages"]) == 1
    (row,) = (r for r in unit.file().requests if r.carrier_id)
    assert row.told_at is not None
    assert_bytes_are_those_kept(asked, POLICE)
    unit.assert_books_hold()
