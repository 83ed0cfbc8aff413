"""What people do with objections: one enters it with its reason, another decides it."""

from __future__ import annotations

from models.entities.claim import ObjectionKind
from models.entities.officer import Role
from models.language.phrase import phrase
from models.money import Money
from models.queries.cases.case_files import load_file
from models.store.notes import write_note
from recovery_flows.access.acting_officer import check_version
from recovery_flows.cases.case_officer import CaseOfficer
from recovery_flows.errors import MisuseError
from recovery_flows.ledger.changeset import Changeset
from recovery_flows.restitution import objections


def enter(
    acting: CaseOfficer,
    recovery_id: str,
    kind: ObjectionKind,
    claim_id: str,
    reason: str,
    seen_version: int | None = None,
) -> str:
    """Enter an objection; what was said is kept sealed as a note."""
    with acting.editing(recovery_id, seen_version) as edit:
        why = edit.note(f"objection to {kind} of {claim_id or 'the division'}", reason)
        name = objections.enter(
            edit.changes, kind, claim_id, edit.actor.id, why, edit.now, acting.laws
        )
        (found,) = [o for o in edit.file.objections if o.id == name]
    due = phrase(" by {at}", at=acting.instant_in_words(edit, found.due_at)) if found.due_at else ""
    return phrase(
        "{ref}: objection {name} entered; another person decides it{due}",
        ref=edit.ref,
        name=name,
        due=due,
    )


def decide(
    acting: CaseOfficer,
    recovery_id: str,
    objection_id: str,
    reason: str,
    *,
    is_upheld: bool,
    loss: Money | None = None,
    seen_version: int | None = None,
) -> str:
    """Decide an objection that another person has entered; the reason is kept sealed as a note."""
    if not reason.strip():
        raise MisuseError(phrase("say with --reason why it is decided so"))
    actor = acting.actor(Role.SUPERVISOR)
    with acting.unit() as (unit, now):
        file = load_file(unit.session, recovery_id)
        check_version(unit.session, file, seen_version)
        changes = Changeset(file)
        text = f"decision on objection {objection_id}: {reason.strip()}"
        objections.decide(
            changes, objection_id, is_upheld=is_upheld, loss=loss, actor=actor.id,
            reason=unit.vault.fingerprint(text), now=now, laws=acting.laws,
        )  # fmt: skip
        acting.commit(unit, actor, now, changes)
        write_note(unit, actor, now, recovery_id, text)
    ref = file.recovery.ref
    if is_upheld:
        return phrase("{ref}: objection upheld", ref=ref)
    return phrase("{ref}: objection rejected", ref=ref)
