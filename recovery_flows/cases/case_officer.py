"""What an officer or a supervisor does to a recovery: read, decide, record, in one transaction."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from sqlmodel import Session

from models.case_file import CaseFile
from models.deconfliction_hits import Known
from models.entities.event import EntityKind
from models.entities.officer import Role
from models.entities.recovery import RecoveryState
from models.facts import AccountRef
from models.language.phrase import phrase
from models.money import Money
from models.outcome import Transition, Values
from models.queries.books.money import places
from models.queries.cases.approvals import recovery_of_approval
from models.queries.cases.case_files import load_file, load_files, trace_json
from models.queries.installation.officers import officers
from models.rights.sessions import is_hidden
from models.store.derived import Derived, write_derived
from models.store.notes import write_note
from models.store.record import record
from models.store.unit import Actor, Unit
from recovery_flows.access.acting_officer import ActingOfficer, check_version
from recovery_flows.access.restrictions import refuse_merging
from recovery_flows.approvals.kinds import kind_word
from recovery_flows.cases import (
    action_handlers,
    approval_effects,
    deconfliction_check as others,
    letter_effects,
    lifecycle,
    merge,
    next_steps,
)
from recovery_flows.cases.commit import commit_changes, derived_or_due
from recovery_flows.cases.milestones import officer_step
from recovery_flows.correspondence.free_text import UNDECIDED, Decided
from recovery_flows.errors import MisuseError, StepRefusedError
from recovery_flows.ledger.changeset import Changeset
from recovery_flows.restitution import payees
from recovery_flows.tracing import actions as tracing_actions
from recovery_flows.tracing.methods.catalogue import RULES


@dataclass(frozen=True, slots=True)
class CaseOfficer(ActingOfficer):
    """One identity at work on one database under the laws of the unit."""

    def commit(self, unit: Unit, actor: Actor, now: datetime, changes: Changeset) -> None:
        """Record everything that was decided, and what follows for the queue with it."""
        commit_changes(unit, actor, now, self.laws, changes)

    def derived(self, file: CaseFile, now: datetime) -> Derived:
        """What the queue shows of a recovery; where a rule fails, that the engine has to look."""
        return derived_or_due(file, now, self.laws)

    def advance(
        self,
        recovery_id: str,
        *,
        fields: Mapping[str, str] | None = None,
        case_number: str = "",
        seen_version: int | None = None,
        to: str = "",
        knowing: Known = False,
        decided: Decided = UNDECIDED,
        only_fills: bool = False,
    ) -> str:
        """Do the officer's first open step of a recovery; return one sentence of what was done.

        StepRefusedError, with the reason or the missing steps: there is none, the file has changed
        since version `seen_version`, another recovery has the account too and the person does not
        say `knowing`, or a text holds personal data that is not `decided` about. Where it
        `only_fills` a request, one that is complete is not submitted by it.
        """
        actor = self.actor(Role.OFFICER)
        with self.unit() as (unit, now):
            file = load_file(unit.session, recovery_id)
            check_version(unit.session, file, seen_version)
            step = officer_step(file, next_steps.steps(file, self.laws), to)
            if only_fills and step.action == next_steps.ActionKind.SUBMIT_REQUEST:
                step = replace(step, action=next_steps.ActionKind.COMPLETE_REQUEST)
            if step.action == next_steps.ActionKind.JOIN:
                return self._join(unit, now, actor, file, step.subject_id)
            found = others.check_step(unit.session, file, step, self.officer, knowing=knowing)
            changes = Changeset(file)
            given = action_handlers.ActionContext(
                actor=actor.id,
                now=now,
                laws=self.laws,
                fields=fields or {},
                decided=decided,
                case_number=case_number,
                places=places(unit.session, [c.payee_account_id for c in file.claims]),
                unit=unit,
            )
            done = action_handlers.do(changes, step, given)
            others.carry_reason(unit.session, changes, step.subject_id, found)
            self.commit(unit, actor, now, changes)
            return phrase("{ref}: {done}", ref=file.recovery.ref, done=done)

    def approve(self, approval_id: str, authority: str = "", *, knowing: Known = False) -> str:
        """Say yes to a pending approval: a second person, the same figures, or it is refused."""
        actor = self.actor(Role.SUPERVISOR)
        with self.unit() as (unit, now):
            changes = Changeset(self._file_of(unit, approval_id))
            found = others.check_release(unit, changes, approval_id, self.officer, knowing=knowing)
            approval_effects.approve(changes, approval_id, actor.id, authority, now, self.laws)
            others.carry_release(unit.session, changes, approval_id, found)
            wall_now = self.wall_now()
            letter = letter_effects.apply(unit, changes, approval_id, now, wall_now, self.laws)
            self.commit(unit, actor, now, changes)
            act = next(a.action for a in changes.file.approvals if a.id == approval_id)
            ref, more = changes.file.recovery.ref, ""
            if letter is not None:
                more = letter_effects.read_statement(unit, actor, now, self.laws, letter)
            return phrase("{ref}: {act} approved{more}", ref=ref, act=kind_word(act), more=more)

    def deny(self, approval_id: str, reason: str, *, knowing: Known = False) -> str:
        """Say no to a pending approval, with a reason."""
        actor = self.actor(Role.SUPERVISOR)
        with self.unit() as (unit, now):
            changes = Changeset(self._file_of(unit, approval_id))
            found = others.check_denial(unit, changes, approval_id, self.officer, knowing=knowing)
            approval_effects.deny(changes, approval_id, actor.id, reason, now)
            others.carry_release(unit.session, changes, approval_id, found)
            note = f"denied {approval_id}: {reason}"
            write_note(unit, actor, now, changes.file.recovery.id, note)
            self.commit(unit, actor, now, changes)
            return phrase("{ref}: approval denied", ref=changes.file.recovery.ref)

    def _file_of(self, unit: Unit, approval_id: str) -> CaseFile:
        recovery_id = recovery_of_approval(unit.session, approval_id)
        if recovery_id is None or is_hidden(unit.session, recovery_id):
            raise MisuseError(
                phrase(
                    "there is no approval {approval_id}: `recovery approve` lists them",
                    approval_id=approval_id,
                )
            )
        return load_file(unit.session, recovery_id)

    def note(self, recovery_id: str, text: str) -> str:
        """Write a note into a file; it is stored sealed."""
        if not text.strip():
            raise MisuseError(phrase("the note is empty: nothing was written"))
        actor = self.actor_in(Role.OFFICER, Role.SUPERVISOR)
        with self.unit() as (unit, now):
            file = load_file(unit.session, recovery_id)
            write_note(unit, actor, now, recovery_id, text)
            write_derived(unit, recovery_id, self.derived(file, now))
            return phrase("{ref}: note kept", ref=file.recovery.ref)

    def assign(self, recovery_id: str, handle: str) -> str:
        """Put another officer in charge of an open recovery; return who was before, or "".

        A supervisor assigns any; an officer hands over what is his and takes what nobody has.
        """
        actor = self.actor_in(Role.SUPERVISOR, Role.OFFICER)
        with self.unit() as (unit, now):
            file = load_file(unit.session, recovery_id)
            recovery, officer = file.recovery, officer_of(unit.session, handle)
            if recovery.state is not RecoveryState.OPEN:
                raise StepRefusedError(
                    phrase(
                        "it is {recovery_state}: only an open recovery is assigned",
                        recovery_state=recovery.state,
                    )
                )
            if recovery.owner_id == officer:
                raise StepRefusedError(phrase("{handle} is in charge already", handle=handle))
            if actor.role is Role.OFFICER and recovery.owner_id not in ("", actor.id):
                raise StepRefusedError(
                    phrase(
                        "{owner_id} is in charge: he hands it over, or a supervisor assigns",
                        owner_id=recovery.owner_id,
                    )
                )
            values: Values = {"owner_id": officer}
            changes = Changeset(file)
            changes.apply(
                Transition(EntityKind.RECOVERY, recovery.id, "assigned", recovery.state, values)
            )
            self.commit(unit, actor, now, changes)
            return recovery.owner_id

    def refuse_report(self, recovery_id: str, reason: str, seen_version: int | None = None) -> str:
        """Ask another person to refuse a report; the reason is kept encrypted as a note."""
        if not reason.strip():
            raise StepRefusedError(phrase("a refusal needs a reason: the victim is told it"))
        with self.editing(recovery_id, seen_version) as edit:
            why = edit.note("report to be refused", reason)
            lifecycle.ask_refusal(edit.changes, why, edit.actor.id, edit.now)
        return phrase("{ref}: refusal asked for; another person decides", ref=edit.ref)

    def reopen(self, recovery_id: str, reason: str) -> str:
        """Open a closed recovery or a refused report again; a supervisor's act with a reason."""
        if not reason.strip():
            raise StepRefusedError(phrase("opening again needs a reason"))
        actor = self.actor(Role.SUPERVISOR)
        with self.unit() as (unit, now):
            changes = Changeset(load_file(unit.session, recovery_id))
            lifecycle.reopen(changes, approval_effects.SEE_NOTE)
            write_note(unit, actor, now, recovery_id, f"opened again: {reason.strip()}")
            self.commit(unit, actor, now, changes)
            return phrase("{ref}: opened again", ref=changes.file.recovery.ref)

    def change_payee(
        self,
        recovery_id: str,
        claim_id: str,
        account: AccountRef,
        reason: str,
        seen_version: int | None = None,
    ) -> str:
        """Ask a second person for another account to pay a claim to; returns one sentence.

        MisuseError where neither `account` nor the register says whose account it is.
        """
        if not reason.strip():
            raise StepRefusedError(phrase("another payee account needs a reason"))
        with self.editing(recovery_id, seen_version) as edit:
            if claim_id not in {c.id for c in edit.file.claims}:
                raise MisuseError(
                    phrase(
                        "{edit_ref} has no claim {claim_id}", edit_ref=edit.ref, claim_id=claim_id
                    )
                )
            account_id = edit.account_of(account, "say whose account it is: --holder NAME")
            why = edit.note(f"payee of {claim_id}", reason)
            asked = payees.ask_payee(
                edit.changes, claim_id, account_id, why, edit.actor.id, edit.now
            )
        return phrase(
            "{ref}: another account for {claim_id} is asked for; nothing is paid to it until "
            "another person decides: {asked}",
            ref=edit.ref,
            claim_id=claim_id,
            asked=asked,
        )

    def choose_rule(
        self,
        recovery_id: str,
        rule: str,
        reason: str,
        among: str = "",
        seen_version: int | None = None,
    ) -> str:
        """Ask a second person for another tracing rule; the reason is kept sealed as a note."""
        named = tracing_actions.rule_of(rule)
        with self.editing(recovery_id, seen_version) as edit:
            moved_minor = tracing_actions.choose_rule(edit, named, among, reason)
        elsewhere = Money(moved_minor, edit.file.recovery.currency)
        return phrase(
            "{ref}: {label} asked for; {elsewhere} of the loss would lie elsewhere; another "
            "person approves it",
            ref=edit.ref,
            label=RULES[named].label,
            elsewhere=elsewhere,
        )

    def join(self, recovery_id: str, other_id: str) -> str:
        """Make two recoveries one file; the one reported first stays."""
        actor = self.actor(Role.OFFICER)
        with self.unit() as (unit, now):
            return self._join(unit, now, actor, load_file(unit.session, recovery_id), other_id)

    def _join(self, unit: Unit, now: datetime, actor: Actor, file: CaseFile, other_id: str) -> str:
        refuse_merging(unit.session, file.recovery.id, other_id)
        stays, joins = merge.order_of(file, load_file(unit.session, other_id))
        trace = merge.merged_trace(stays, joins, now)
        text = trace_json(trace.positions, trace.gone, trace.mixed)
        outcome, changes = merge.join(stays, joins, now, text, trace)
        record(unit, actor, now, joins.recovery.id, outcome)
        self.commit(unit, actor, now, changes)
        left = load_files(unit.session, [joins.recovery.id])[0]
        write_derived(unit, joins.recovery.id, self.derived(left, now))
        for sharer in load_files(unit.session, [r for _, r, _ in joins.shared_with]):
            write_derived(unit, sharer.recovery.id, self.derived(sharer, now))
        return phrase("{ref} joined {other}", ref=joins.recovery.ref, other=stays.recovery.ref)


def officer_of(session: Session, handle: str) -> str:
    """The id of somebody who can be in charge; MisuseError for nobody of that name and role."""
    found = next((one for one in officers(session) if one.handle == handle), None)
    if found is None or Role.OFFICER not in found.roles:
        raise MisuseError(
            phrase(
                "{handle!r} is nobody with the role officer: `recovery officer list` names them",
                handle=handle,
            )
        )
    return found.id
