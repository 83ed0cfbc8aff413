"""Every fault in what other partners than banks are asked: to preserve, for longer, no more.

Each cell: one effect in the partner's own book, the right state here, nothing open, nothing lost.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import Any

from models.entities.call import CallKind
from models.entities.multi_agency import TaskKind, TaskState
from recovery_flows.multi_agency import actions as multi_agency_actions
from recovery_flows.sandbox.states import FaultKind
from tests.faults.sending.partners import PLATFORM, SITE, events, start, task, told

Outcome = Callable[[Any], Awaitable[None]]
KEPT = ("RECEIVED", "IN_PROGRESS", "PRESERVED")


def at_platform(unit: Any) -> list[str]:
    """Every word of the platform on the one task in its own book."""
    (there,) = told(unit, PLATFORM)
    return [answer["status"] for answer in there["answers"]]


def assert_every_word_is_here(unit: Any) -> None:
    """Each answer in the partner's book is an event of ours with its document's digest, once."""
    kept = task(unit, TaskKind.PRESERVE)
    (there,) = told(unit, PLATFORM)
    ours = [json.loads(e.values_json) for e in events(unit) if e.subject_id == kept.id]
    digests = [values["document"] for values in ours if "document" in values]
    assert digests == [answer["sha256"] for answer in there["answers"]]
    assert (kept.partner_ref, kept.answers) == (there["id"], len(digests))


async def preserved(unit: Any) -> None:
    kept = task(unit, TaskKind.PRESERVE)
    assert at_platform(unit) == [*KEPT]
    assert (kept.state, kept.reason) == (TaskState.PRESERVED, "")
    assert_ends_agree(unit)
    assert_every_word_is_here(unit)


def assert_ends_agree(unit: Any) -> None:
    (there,) = told(unit, PLATFORM)
    ends = task(unit, TaskKind.PRESERVE).expires_at.isoformat().replace("+00:00", "Z")
    assert there["preservedUntil"] == ends


async def prolonged(unit: Any) -> None:
    kept = task(unit, TaskKind.PRESERVE)
    assert at_platform(unit) == [*KEPT, "PRESERVED"]
    assert (kept.state, kept.renewals, kept.renewal) == (TaskState.PRESERVED, 1, "")
    assert_ends_agree(unit)
    assert_every_word_is_here(unit)


async def taken_back(unit: Any) -> None:
    assert at_platform(unit) == [*KEPT, "CANCELLED"]
    assert task(unit, TaskKind.PRESERVE).state is TaskState.CANCELLED
    assert_every_word_is_here(unit)


async def refused(unit: Any) -> None:
    """It says why; and what was refused does not stand: it can be asked for again."""
    assert told(unit, PLATFORM) == []
    kept = task(unit, TaskKind.PRESERVE)
    assert (kept.state, kept.reason) == (TaskState.REFUSED, "Forbidden")
    start(unit, SITE, partners=[PLATFORM])
    await unit.come_to_rest()
    there = {t["kind"]: t["status"] for t in told(unit, PLATFORM)}
    assert there == {"preserve": "PRESERVED", "take_down": "DONE"}
    unit.assert_books_hold()


async def prolonged_the_next_time(unit: Any) -> None:
    """Offered again with the next reminder of its end; who does not wait asks by a command."""
    kept = task(unit, TaskKind.PRESERVE)
    assert at_platform(unit) == [*KEPT]
    assert (kept.state, kept.renewal) == (TaskState.PRESERVED, "refused")
    assert "renew_preservation" not in {s.action for s in unit.page().steps}
    multi_agency_actions.renew(unit.case_officer(), unit.recovery_id, kept.id)
    await unit.come_to_rest()
    await prolonged(unit)


async def kept_on(unit: Any) -> None:
    """The partner would not take it back: it stands here as it stands there, with the reason."""
    kept = task(unit, TaskKind.PRESERVE)
    assert at_platform(unit) == [*KEPT]
    assert (kept.state, kept.reason) == (TaskState.PRESERVED, "Forbidden")
    assert_every_word_is_here(unit)


def gone(*words: str) -> Outcome:
    """What was preserved is not: found out within one watch, and the owner takes note of it."""

    async def _check(unit: Any) -> None:
        unit.later(7)
        await unit.come_to_rest()
        assert at_platform(unit) == [*words]
        assert task(unit, TaskKind.PRESERVE).state is TaskState.EXPIRED
        assert_every_word_is_here(unit)
        assert "see_expiry" in {s.action for s in unit.page().steps}
        unit.assert_books_hold()

    return _check


CLEAN: dict[str, Outcome] = {
    CallKind.TASK: preserved,
    CallKind.TASK_EXTEND: prolonged,
    CallKind.TASK_CANCEL: taken_back,
}
OTHERWISE: dict[tuple[str, FaultKind], Outcome] = {
    (CallKind.TASK, FaultKind.NOT_ALLOWED): refused,
    (CallKind.TASK, FaultKind.LAPSES_EARLY): gone(*KEPT, "EXPIRED"),
    (CallKind.TASK, FaultKind.LET_GO): gone(*KEPT, "CANCELLED"),
    (CallKind.TASK_EXTEND, FaultKind.NOT_ALLOWED): prolonged_the_next_time,
    (CallKind.TASK_EXTEND, FaultKind.LAPSES_EARLY): gone(*KEPT, "PRESERVED", "EXPIRED"),
    (CallKind.TASK_EXTEND, FaultKind.LET_GO): gone(*KEPT, "PRESERVED", "CANCELLED"),
    (CallKind.TASK_CANCEL, FaultKind.NOT_ALLOWED): kept_on,
}


async def test_a_call_that_meets_a_fault_has_one_effect_and_the_right_state_follows(
    play_out: Any, column: str, fault: FaultKind
) -> None:
    unit = await play_out(column, fault)
    assert unit.found == []
    await OTHERWISE.get((column, fault), CLEAN[column])(unit)
