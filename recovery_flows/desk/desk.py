"""The desk: a person's act is read, decided and recorded in one transaction."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime

from models.engine import Database
from models.facts import AccountRef
from models.file import RecoveryFile, Step
from models.money import Money
from models.queries.approvals import recovery_of_approval
from models.queries.clock import case_now
from models.queries.files import NoSuchRecoveryError, load_file, load_files, trace_json
from models.queries.known_reports import stored_holder
from models.queries.money import places
from models.states import RecoveryState, Role
from models.store.accounts import ensure_account
from models.store.derived import write_derived
from models.store.notes import write_note
from models.store.permissions import NotPermittedError
from models.store.record import StaleFileError, record
from models.store.unit import Actor, Unit, unit_of_work
from recovery_flows.desk import asking, doing, letter_effects
from recovery_flows.desk.clock import wall_clock
from recovery_flows.desk.deconflicting import carry_reason, check_step
from recovery_flows.desk.log_in import Identity, NobodyActsError, is_authentic
from recovery_flows.desk.recording import conclude, derived_or_due
from recovery_flows.errors import MisuseError
from recovery_flows.intake.budget import Limits
from recovery_flows.rules import approving, joining, milestones, payees, steps
from recovery_flows.rules.acts import StepRefusedError
from recovery_flows.rules.freezing import Laws
from recovery_flows.rules.progress import Progress
from recovery_flows.rules.tracing.rules import RULES

WallClock = Callable[[], datetime]


@contextmanager
def as_refusal() -> Iterator[None]:
    """Turn what the store refuses into one of the program's own errors, same sentence."""
    try:
        yield
    except (StaleFileError, NotPermittedError) as error:
        raise StepRefusedError(str(error)) from error
    except NoSuchRecoveryError as error:
        raise MisuseError(str(error.args[0])) from error


@dataclass(frozen=True, slots=True)
class Desk:
    """One identity at work on one database under the laws of the unit."""

    database: Database
    laws: Laws
    officer: Identity | None
    wall: WallClock = wall_clock
    limits: Limits = field(default_factory=Limits)

    def actor(self, role: Role) -> Actor:
        """Who acts in this role; NobodyActsError if nobody does or the role is not theirs."""
        if self.officer is None:
            raise NobodyActsError(
                "nobody is acting: this user is bound to no officer (see `recovery officer add`)"
            )
        if not is_authentic(self.officer, self.database.vault):
            raise NobodyActsError(f"{self.officer.handle} has not logged in: nothing was done")
        if role not in self.officer.roles:
            has = ", ".join(sorted(self.officer.roles))
            raise NobodyActsError(f"this takes the role {role}; {self.officer.handle} has: {has}")
        return Actor(self.officer.id, role)

    @contextmanager
    def unit(self) -> Iterator[tuple[Unit, datetime]]:
        """One transaction and its case time; what the store refuses comes out as a refusal."""
        with as_refusal(), unit_of_work(self.database) as unit:
            yield unit, case_now(unit.session, self.wall())

    def advance(
        self,
        recovery_id: str,
        *,
        fields: Mapping[str, str] | None = None,
        case_number: str = "",
        seen_version: int | None = None,
        to: str = "",
        knowing: bool = False,
    ) -> str:
        """Do the officer's first open step of a recovery; return one sentence of what was done.

        Raises StepRefusedError, with the reason or the missing steps, when there is none, when the
        file has changed since version `seen_version`, or when something would be sent about an
        account that another recovery has too and the person does not say `knowing`.
        """
        actor = self.actor(Role.OFFICER)
        with self.unit() as (unit, now):
            file = load_file(unit.session, recovery_id)
            _check_version(file, seen_version)
            step = _officer_step(file, steps.steps(file, self.laws), to)
            if step.action == steps.Action.JOIN:
                return self._join(unit, now, actor, file, step.subject_id)
            found = check_step(unit.session, file, step, self.officer, knowing=knowing)
            progress = Progress(file)
            given = doing.Given(
                actor=actor.id,
                now=now,
                laws=self.laws,
                fields=fields or {},
                case_number=case_number,
                vault=unit.vault,
                places=places(unit.session, [c.payee_account_id for c in file.claims]),
                session=unit.session,
            )
            done = doing.do(progress, step, given)
            carry_reason(progress, step.subject_id, found)
            conclude(unit, actor, now, self.laws, progress)
            return f"{file.recovery.ref}: {done}"

    def approve(self, approval_id: str, authority: str = "") -> str:
        """Say yes to a pending approval: a second person, the same figures, or it is refused."""
        actor = self.actor(Role.SUPERVISOR)
        with self.unit() as (unit, now):
            progress = Progress(self._file_of(unit, approval_id))
            approving.approve(progress, approval_id, actor.id, authority, now, self.laws)
            letter = letter_effects.take(unit, progress, approval_id, now, self.wall(), self.laws)
            conclude(unit, actor, now, self.laws, progress)
            act = next(a.action for a in progress.file.approvals if a.id == approval_id)
            done = f"{progress.file.recovery.ref}: {act} approved"
            if letter is not None:
                done += letter_effects.read_statement(unit, actor, now, self.laws, letter)
            return done

    def deny(self, approval_id: str, reason: str) -> str:
        """Say no to a pending approval, with a reason."""
        actor = self.actor(Role.SUPERVISOR)
        with self.unit() as (unit, now):
            progress = Progress(self._file_of(unit, approval_id))
            approving.deny(progress, approval_id, actor.id, reason, now)
            write_note(
                unit, actor, now, progress.file.recovery.id, f"denied {approval_id}: {reason}"
            )
            conclude(unit, actor, now, self.laws, progress)
            return f"{progress.file.recovery.ref}: approval denied"

    def _file_of(self, unit: Unit, approval_id: str) -> RecoveryFile:
        recovery_id = recovery_of_approval(unit.session, approval_id)
        if recovery_id is None:
            raise MisuseError(f"there is no approval {approval_id}: `recovery approve` lists them")
        return load_file(unit.session, recovery_id)

    def note(self, recovery_id: str, text: str) -> str:
        """Write a note into a file; it is stored sealed."""
        if not text.strip():
            raise MisuseError("the note is empty: nothing was written")
        roles = self.officer.roles if self.officer else frozenset()
        actor = self.actor(Role.OFFICER if Role.OFFICER in roles else Role.SUPERVISOR)
        with self.unit() as (unit, now):
            file = load_file(unit.session, recovery_id)
            write_note(unit, actor, now, recovery_id, text)
            write_derived(unit, recovery_id, derived_or_due(file, now, self.laws))
            return f"{file.recovery.ref}: note kept"

    @contextmanager
    def editing(
        self, recovery_id: str, seen_version: int | None
    ) -> Iterator[tuple[Unit, Progress]]:
        """An officer's change to a file: what the body decides is recorded when it ends."""
        actor = self.actor(Role.OFFICER)
        with self.unit() as (unit, now):
            file = load_file(unit.session, recovery_id)
            _check_version(file, seen_version)
            progress = Progress(file)
            yield unit, progress
            conclude(unit, actor, now, self.laws, progress)

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
            raise StepRefusedError("another payee account needs a reason")
        with self.editing(recovery_id, seen_version) as (unit, progress):
            if claim_id not in {c.id for c in progress.file.claims}:
                raise MisuseError(f"{progress.file.recovery.ref} has no claim {claim_id}")
            account_id = ensure_account(unit, account, progress.file.recovery.currency)
            if not stored_holder(unit.session, unit.vault, account_id):
                raise MisuseError("say whose account it is: --holder NAME")
            now, actor = case_now(unit.session, self.wall()), self.actor(Role.OFFICER)
            text = f"payee of {claim_id}: {reason}"
            fingerprint = unit.vault.fingerprint(text)
            asked = payees.ask_payee(progress, claim_id, account_id, fingerprint, actor.id, now)
            write_note(unit, actor, now, recovery_id, text)
        return (
            f"{progress.file.recovery.ref}: another account for {claim_id} is asked for; nothing "
            f"is paid to it until another person decides: {asked}"
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
        named = asking.rule_of(rule)
        with self.editing(recovery_id, seen_version) as (unit, progress):
            now = case_now(unit.session, self.wall())
            moved_minor = asking.choose_rule(
                unit, progress, named, among, reason, self.actor(Role.OFFICER), now
            )
            recovery = progress.file.recovery
        elsewhere = Money(moved_minor, recovery.currency)
        return (
            f"{recovery.ref}: {RULES[named].label} asked for; {elsewhere} of the loss would lie "
            "elsewhere; another person approves it"
        )

    def join(self, recovery_id: str, other_id: str) -> str:
        """Make two recoveries one file; the one reported first stays."""
        actor = self.actor(Role.OFFICER)
        with self.unit() as (unit, now):
            return self._join(unit, now, actor, load_file(unit.session, recovery_id), other_id)

    def _join(
        self, unit: Unit, now: datetime, actor: Actor, file: RecoveryFile, other_id: str
    ) -> str:
        stays, joins = joining.order_of(file, load_file(unit.session, other_id))
        trace = joining.merged_trace(stays, joins, now)
        text = trace_json(trace.positions, trace.gone)
        outcome, progress = joining.join(stays, joins, now, text, trace)
        record(unit, actor, now, joins.recovery.id, outcome)
        conclude(unit, actor, now, self.laws, progress)
        left = load_files(unit.session, [joins.recovery.id])[0]
        write_derived(unit, joins.recovery.id, derived_or_due(left, now, self.laws))
        for sharer in load_files(unit.session, [r for _, r, _ in joins.shared_with]):
            write_derived(unit, sharer.recovery.id, derived_or_due(sharer, now, self.laws))
        return f"{joins.recovery.ref} joined {stays.recovery.ref}"


def _check_version(file: RecoveryFile, seen_version: int | None) -> None:
    if seen_version is not None and seen_version != file.recovery.version:
        raise StepRefusedError(
            f"{file.recovery.ref} has changed since you looked (version {seen_version}, now "
            f"{file.recovery.version}): look again and decide anew"
        )


def _officer_step(file: RecoveryFile, open_steps: list[Step], to: str) -> Step:
    if to:
        if to not in milestones.milestones():
            known = ", ".join(milestones.milestones())
            raise MisuseError(f"--to {to!r} is no milestone; there are: {known}")
        missing = milestones.missing_steps(file, to)
        if len(missing) > 1:
            raise StepRefusedError(
                f"{file.recovery.ref} cannot go to {to} yet; missing: " + "; ".join(missing)
            )
    for step in open_steps:
        if step.role is Role.OFFICER:
            return step
    first = open_steps[0]
    if file.recovery.state not in (RecoveryState.OPEN, RecoveryState.REPORTED):
        raise StepRefusedError(f"{file.recovery.ref} is {first.sentence}")
    raise StepRefusedError(
        f"{file.recovery.ref} needs nothing from an officer now; next: {first.sentence} "
        f"({first.role})"
    )
