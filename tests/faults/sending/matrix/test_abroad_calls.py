"""Every fault in a request to a body of another State: it has it once, and its answers come."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from models.entities.request import RequestRow
from recovery_flows.sandbox.states import FaultKind
from tests.faults.sending.abroad.bodies import POLICE, Asked

Outcome = Callable[[Any], Awaitable[None]]


def row_of(unit: Any) -> RequestRow:
    (row,) = (r for r in unit.file().requests if r.carrier_id)
    return row


async def _after(unit: Any, days: int = 0) -> RequestRow:
    """How it stands so much later; the body has it once, and nothing is open."""
    asked = Asked(unit)
    await asked.answered(1 + 24 * days)
    (there,) = asked.there(POLICE)
    assert there["requestRef"] == row_of(unit).id
    assert len({body for _, body in asked.got(POLICE)}) == 1
    unit.assert_books_hold()
    return row_of(unit)


def stands(state: str, *said: str, days: int = 0, owned: tuple[str, ...] = ()) -> Outcome:
    async def _check(unit: Any) -> None:
        row = await _after(unit, days)
        assert (row.state, row.answers_read) == (state, len(said))
        assert Asked(unit).said(POLICE) == [*said]
        assert tuple(kind for kind, _ in Asked(unit).owned()) == owned

    return _check


async def _refused(unit: Any) -> None:
    """It says why; a person dispatches it again, or sends it by hand."""
    row = row_of(unit)
    assert (row.state, row.sent_by, row.reason) == ("approved", "", "Forbidden")
    assert Asked(unit).there(POLICE) == []
    Asked(unit).dispatch(row.id)
    await unit.come_to_rest()
    await stands("executed", "acknowledged", "executed")(unit)


CLEAN = stands("executed", "acknowledged", "executed")
OTHERWISE: dict[FaultKind, Outcome] = {
    FaultKind.NOT_ALLOWED: _refused,
    FaultKind.ASKS_FOR_MORE: stands("needs_info", "acknowledged", "needs_info"),
    FaultKind.POSTPONES: stands("executed", "acknowledged", "postponed", "executed", days=32),
    FaultKind.SETS_A_CONDITION: stands(
        "executed", "acknowledged", "conditional", "executed", days=11
    ),
    FaultKind.REFUSES: stands("refused", "acknowledged", "refused"),
    FaultKind.EXECUTES_PART: stands("partially_executed", "acknowledged", "partially_executed"),
    FaultKind.ANSWERS_LATE: stands("executed", "acknowledged", "executed", days=61),
    FaultKind.ANSWERS_TWICE: stands("executed", "acknowledged", "executed", "executed", days=2),
    FaultKind.CONTRADICTS: stands(
        "executed", "acknowledged", "executed", "refused", days=2, owned=("contradicts_outcome",)
    ),
    FaultKind.KEEPS_SILENT: stands("sent", days=9),
    FaultKind.NOT_DELIVERED: stands("sent", days=9),
}


async def test_a_request_that_meets_a_fault_is_there_once_and_the_right_state_follows(
    play_out: Any, column: str, fault: FaultKind
) -> None:
    unit = await play_out(column, fault)
    assert unit.found == []
    await OTHERWISE.get(fault, CLEAN)(unit)
