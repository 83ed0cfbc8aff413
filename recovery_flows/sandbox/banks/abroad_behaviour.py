"""What a body of another State does with a request: its answers in their order, each with its time.

Everything here is invented; the grounds are codes of the channels' closed lists, chosen by the
sandbox itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from recovery_flows.sandbox.arithmetic import MINUTE_US
from recovery_flows.sandbox.states import FaultKind

KINDS = ("police", "central_authority", "fiu")
"""Kinds of partners that take requests."""
DAY_US = 24 * 60 * MINUTE_US
HOLD_DAYS = 90
"""So long a freeze abroad lasts here."""
AGAIN = "again"
"""The last answer is given once more, byte for byte."""
_SECOND_US = 1_000_000
_DAYS = {FaultKind.POSTPONES: 30, FaultKind.SETS_A_CONDITION: 10, FaultKind.ANSWERS_LATE: 60}
_GROUNDS: Mapping[str, Mapping[str, str]] = {
    "eu_freeze": {"refused": "DUAL_CRIM", "postponed": "INVESTIGATION"},
    "eu_confiscate": {"refused": "DUAL_CRIM", "postponed": "INVESTIGATION"},
    "eio": {"refused": "DUAL_CRIM"},
    "mla": {
        "refused": "NO_NEXUS", "postponed": "POSTPONED", "conditional": "CONDITIONAL",
        "needs_info": "INCOMPLETE",
    },
    "police_liaison": {"refused": "POLITICAL"},
}  # fmt: skip
_RECEIPTS: Mapping[str, tuple[str, ...]] = {
    "eu_freeze": ("submission_acceptance", "relay_acceptance", "delivery", "retrieval"),
    "eu_confiscate": ("submission_acceptance", "relay_acceptance", "delivery", "retrieval"),
}


@dataclass(frozen=True, slots=True)
class Planned:
    """One answer that is to come: so long after the request, and what it says."""

    after_us: int
    says: str


def plan(kind: FaultKind | None, answer_minutes: int, seconds: int | None) -> tuple[Planned, ...]:
    """The answers to one request; without a fault it is acknowledged and carried out in time.

    `seconds` is how long the fault's own wait lasts, None for its usual one.
    """
    first, second = answer_minutes * MINUTE_US // 2, answer_minutes * MINUTE_US
    acknowledged, executed = Planned(first, "acknowledged"), Planned(second, "executed")
    wait_us = wait(kind, seconds)
    match kind:
        case FaultKind.KEEPS_SILENT | FaultKind.NOT_DELIVERED:
            return ()
        case FaultKind.ASKS_FOR_MORE:
            return acknowledged, Planned(second, "needs_info")
        case FaultKind.REFUSES:
            return acknowledged, Planned(second, "refused")
        case FaultKind.EXECUTES_PART:
            return acknowledged, Planned(second, "partially_executed")
        case FaultKind.POSTPONES:
            return (
                acknowledged, Planned(second, "postponed"),
                Planned(second + wait_us + DAY_US, "executed"),
            )  # fmt: skip
        case FaultKind.SETS_A_CONDITION:
            return (
                acknowledged, Planned(second, "conditional"), Planned(second + wait_us, "executed"),
            )  # fmt: skip
        case FaultKind.ANSWERS_LATE:
            return acknowledged, Planned(second + wait_us, "executed")
        case FaultKind.ANSWERS_TWICE:
            return acknowledged, executed, Planned(second + DAY_US, AGAIN)
        case FaultKind.CONTRADICTS:
            return acknowledged, executed, Planned(second + DAY_US, "refused")
    return acknowledged, executed


def wait(kind: FaultKind | None, seconds: int | None) -> int:
    """The wait that a fault means, in microseconds; 0 for one that means none."""
    days = _DAYS.get(kind, 0) if kind is not None else 0
    if not days:
        return 0
    return days * DAY_US if seconds is None else seconds * _SECOND_US


def ground(channel: str, says: str, code: str | None) -> str | None:
    """The ground that goes with an answer: the planted one, or the sandbox's own choice."""
    if says not in ("refused", "postponed", "conditional", "needs_info"):
        return None
    return code or _GROUNDS.get(channel, {}).get(says)


def receipts(channel: str, kind: FaultKind | None) -> tuple[str, ...]:
    """The delivery receipts that come at once; none where the channel knows none."""
    usual = _RECEIPTS.get(channel, ())
    return (*usual[:1], "relay_failure") if usual and kind is FaultKind.NOT_DELIVERED else usual
