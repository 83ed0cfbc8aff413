"""Approvals as a second person sees them: with what other recoveries know of the same account."""

from __future__ import annotations

from dataclasses import replace

from models.elsewhere import Match
from models.engine import Database
from models.queries.approvals import pending_approvals
from models.queries.deconfliction import accounts_of, elsewhere
from models.queries.views import ApprovalLine, OfficerView
from recovery_flows.desk.deconflicting import also_lines
from recovery_flows.desk.registers import waiting_changes
from recovery_flows.rules.subjects import Act

_SENDS = frozenset({Act.ORDER_STOP, Act.FREEZE, Act.REQUEST})


def waiting_approvals(
    database: Database, viewer: OfficerView | None = None
) -> tuple[ApprovalLine, ...]:
    """What waits for a second person, the most urgent first; who else asks, where a yes sends."""
    lines = (*waiting_changes(database), *pending_approvals(database))
    asking = [line for line in lines if line.act in _SENDS]
    with database.reading() as session:
        found = elsewhere(session, sorted({line.recovery_id for line in asking}))
        account = accounts_of(session, [line.subject_id for line in asking])
    return tuple(
        replace(
            line,
            also=also_lines(
                (
                    one
                    for one in found.get(line.recovery_id, ())
                    if one.what is Match.PAYMENT or one.account_id == account.get(line.subject_id)
                ),
                viewer,
            ),
        )
        if line in asking
        else line
        for line in lines
    )
