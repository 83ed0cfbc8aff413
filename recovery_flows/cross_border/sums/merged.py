"""What requests abroad have to know once the recovery that they were sent for is merged."""

from __future__ import annotations

from collections.abc import Iterator

from models.case_file import CaseFile
from models.entities.event import EntityKind
from models.outcome import Transition
from recovery_flows.cross_border import came_back, parts


def came_to_the_other(stays: CaseFile, joins: CaseFile, united: CaseFile) -> Iterator[Transition]:
    """Moves after which a merge changes nothing of what requests that have left still ask for.

    What came back from the account to the victims of one file is no part of what a request of the
    other asked for: it counts as what had come before that request left. `united` has both files.
    """
    after = parts.came_by_part(united)
    rows = {request.id: request for request in united.requests}
    for own in (stays, joins):
        before = parts.came_by_part(own)
        for request in own.requests:
            if not parts.has_left(request):
                continue
            row = rows[request.id]
            more = came_back.beside_other_parts(united, row, after)
            more -= came_back.beside_other_parts(own, request, before)
            if more:
                values = {"came_minor": row.came_minor + more}
                yield Transition(EntityKind.REQUEST, row.id, "account_merged", row.state, values)
