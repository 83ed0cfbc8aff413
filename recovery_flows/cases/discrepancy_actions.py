"""Looking at discrepancies: the open ones of the unit, and what a person says of one."""

from __future__ import annotations

from models.case_file import CaseFile
from models.entities.call import CallState
from models.entities.discrepancy import DiscrepancyKind
from models.entities.event import EntityKind
from models.language.phrase import phrase
from models.store.calls import try_at_once
from models.store.unit import Unit
from recovery_flows.cases.case_officer import CaseOfficer
from recovery_flows.ledger import discrepancies


def resolve(
    acting: CaseOfficer, recovery_id: str, named: str, reason: str, seen_version: int | None = None
) -> str:
    """Say of a discrepancy that it was looked at and why it may rest; the reason is a note.

    Raises MisuseError without a reason, a refusal where the discrepancy is not open.
    """
    with acting.editing(recovery_id, seen_version) as edit:
        discrepancies.resolve(edit.changes, named, edit.actor.id, edit.now)
        _release(edit.unit, edit.file, named)
        edit.note(f"discrepancy {named}", reason)
    return phrase("{ref}: discrepancy resolved", ref=edit.ref)


def _release(unit: Unit, file: CaseFile, named: str) -> None:
    """A call that was put off because it failed, or was held back, is tried again at once."""
    found = next(d for d in file.discrepancies if d.id == named)
    if found.kind is DiscrepancyKind.PROCESSING_FAILED and found.subject_noun is EntityKind.CALL:
        try_at_once(unit, found.subject_id)
    elif found.kind is DiscrepancyKind.HISTORY_BROKEN:
        for call in file.calls:
            if call.state is CallState.PLANNED:
                try_at_once(unit, call.id)
