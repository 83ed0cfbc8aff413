"""Other recoveries in which money was paid into the same account, as a fact sheet may tell of them.

Its reference is told to whom it may be: its owner, and supervisors. Others read that there is one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from sqlmodel import Session

from models.deconfliction_hits import Match
from models.entities.officer import Role
from models.queries.cases.deconfliction import elsewhere, reported_at
from models.queries.installation.officers import OfficerView
from recovery_flows.cases.deconfliction import may_see
from recovery_flows.correspondence.returns.compose import Repeat


def repeats(
    session: Session, recovery_id: str, viewer: OfficerView | None
) -> Mapping[str, tuple[Repeat, ...]]:
    """By account, the other recoveries that follow it, the earliest report first."""
    roles = viewer.roles if viewer else frozenset[Role]()
    officer_id = viewer.id if viewer else ""
    found = elsewhere(session, [recovery_id]).get(recovery_id, ())
    hits = {(h.account_id, h.recovery_id): h for h in found if h.what is Match.ACCOUNT}
    days = reported_at(session, (h.recovery_id for h in hits.values() if h.recovery_id))
    told: dict[str, list[Repeat]] = defaultdict(list)
    seen = sorted(
        (h for h in hits.values() if not h.is_restricted),
        key=lambda h: (days[h.recovery_id], h.recovery_id),
    )
    for hit in (*seen, *(h for h in hits.values() if h.is_restricted)):
        is_told = may_see(hit, officer_id, roles)
        ref, at = (hit.ref, days[hit.recovery_id]) if is_told else ("", None)
        told[hit.account_id].append(Repeat(ref, at, is_open=hit.is_open))
    return {account_id: tuple(rows) for account_id, rows in told.items()}
