"""What a court's list waits for: a row that names nobody known is its officer's to look into."""

from __future__ import annotations

from collections.abc import Iterator

from models.action_kinds import ActionKind
from models.case_file import CaseFile, Step
from models.entities.allocation import CourtListState, CourtShareState
from models.entities.officer import Role
from models.money import Money
from models.step_wording import say


def steps(file: CaseFile) -> Iterator[Step]:
    """Each row of a list in force of which nobody has found out whose it is."""
    lists = {c.id: c for c in file.court_lists if c.state is CourtListState.IN_FORCE}
    for row in file.court_shares:
        is_open = row.state is CourtShareState.UNKNOWN and file.pending(row.id) is None
        if row.list_id in lists and is_open:
            text = say(
                "court_row_unknown", line=row.line, amount=Money(row.amount_minor, row.currency)
            )
            asset_id = lists[row.list_id].asset_id
            yield Step(ActionKind.FOLLOW_COURT_LIST, Role.OFFICER, row.id, asset_id, None, text)
