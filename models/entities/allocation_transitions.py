"""Moves of return decisions: drafted, noticed, approved, and what came of their payouts."""

from __future__ import annotations

from collections.abc import Mapping

from models.entities.states import AllocationState

_A = AllocationState


def _ends() -> dict[tuple[str | None, str], str]:
    """What came of a decision once its payouts are through; news of one of them may change it."""
    ends = (_A.PAID, _A.PAID_IN_PART, _A.NOT_PAID)
    return {
        (state, str(end)): end for state in (_A.APPROVED, *ends) for end in ends if end != state
    }


ALLOCATION_MOVES: Mapping[tuple[str | None, str], str] = {
    (None, "drafted"): _A.DRAFT,
    (_A.DRAFT, "notice_published"): _A.NOTICE,
    (_A.DRAFT, "submitted"): _A.PENDING_APPROVAL,
    (_A.DRAFT, "voided"): _A.VOID,
    (_A.NOTICE, "notice_ended"): _A.NOTICE_ENDED,
    (_A.NOTICE, "voided"): _A.VOID,
    (_A.NOTICE_ENDED, "submitted"): _A.PENDING_APPROVAL,
    (_A.NOTICE_ENDED, "voided"): _A.VOID,
    (_A.PENDING_APPROVAL, "approved"): _A.APPROVED,
    (_A.PENDING_APPROVAL, "denied"): _A.VOID,
    (_A.PENDING_APPROVAL, "voided"): _A.VOID,
    (_A.PENDING_APPROVAL, "amended"): _A.DRAFT,
    (_A.APPROVED, "amended"): _A.DRAFT,
    (_A.APPROVED, "voided"): _A.VOID,
    **_ends(),
}


UNDECIDED = frozenset(
    {
        AllocationState.DRAFT,
        AllocationState.NOTICE,
        AllocationState.NOTICE_ENDED,
        AllocationState.PENDING_APPROVAL,
    }
)
