"""Who may act and whom the unit talks to: a supervisor asks, another person confirms."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager

from sqlmodel import Session

from models.engine import Database
from models.entities.officer import Role
from models.entities.register_change import RESTRICTION_ACTS, RegisterAct
from models.language.phrase import phrase
from models.outcome import Values
from models.queries.cases.views import ApprovalLine
from models.queries.installation.authorities import entered_authorities
from models.queries.installation.clock import case_now
from models.queries.installation.officers import ids_in_charge, officers
from models.queries.installation.registers import (
    PendingChange,
    officer_to_dismiss,
    pending_change,
    pending_changes,
    ref_of,
    stored_values,
)
from models.rights.sessions import hidden_now, who_to_ask
from models.sealing.vault import Vault
from models.store.log_ins import forget_secrets, stored_log_in
from models.store.people import officer_values
from models.store.registers import (
    CHANGE,
    ChangeVoidError,
    ask_change,
    confirm_change,
    deny_change,
)
from models.store.unit import Actor, Unit
from recovery_flows.access.acting_officer import ActingOfficer
from recovery_flows.access.change_figures import SUBJECT, figures_of
from recovery_flows.access.restrictions import check_decision, check_still_seen, may_see_change
from recovery_flows.errors import MisuseError, StepRefusedError

REGISTER = "register"
_PEOPLE_MIN = 2
_DONE = {
    RegisterAct.APPOINT_OFFICER: phrase("{subject} may act now"),
    RegisterAct.DISMISS_OFFICER: phrase("{subject} may not act any more"),
    RegisterAct.REGISTER_PARTNER: phrase("{subject} is registered now"),
    RegisterAct.CHANGE_PARTNER: phrase("{subject} is changed now"),
    RegisterAct.ENTER_AUTHORITY: phrase("{subject} is in the directory now"),
    RegisterAct.CHANGE_AUTHORITY: phrase("{subject} is changed in the directory now"),
    RegisterAct.RESTRICT: phrase(
        "{subject} is restricted now: its members, its case officer and the two who agreed on it "
        "see it"
    ),
    RegisterAct.LIFT_RESTRICTION: phrase("{subject} is seen by everybody again"),
    RegisterAct.ADD_MEMBER: phrase("{subject} has one member more now"),
    RegisterAct.REMOVE_MEMBER: phrase("{subject} has one member less now"),
    RegisterAct.RESET_LOG_IN: phrase(
        "the log-in of {subject} is reset: only {subject} sets a new one, by `recovery officer "
        "login set` on the machine of the unit, as his system user, or with his secret where he "
        "has none"
    ),
}


def is_change(approval_id: str) -> bool:
    """Whether an approval's id is that of a change of the registers."""
    return approval_id.startswith(f"{CHANGE}-")


def ask_officer(
    acting: ActingOfficer,
    handle: str,
    roles: Iterable[Role],
    *,
    os_user: str = "",
    secret: str = "",
) -> str:
    """Ask for a new officer; return the id under which a second person confirms it."""
    values = officer_values(handle, roles, os_user=os_user, secret=secret)
    actor = acting.actor(Role.SUPERVISOR)
    with acting.unit() as (unit, now):
        return ask_change(unit, actor, now, RegisterAct.APPOINT_OFFICER, handle, values)


def ask_dismissal(acting: ActingOfficer, handle: str) -> str:
    """Ask for an officer to be dismissed; return the id under which a second person confirms it.

    StepRefusedError while recoveries are his, or where too few would be left to work.
    """
    actor = acting.actor(Role.SUPERVISOR)
    with acting.unit() as (unit, now):
        _check_dismissal(unit, handle)
        return ask_change(unit, actor, now, RegisterAct.DISMISS_OFFICER, handle, {})


def ask_log_in_reset(acting: ActingOfficer, handle: str) -> str:
    """Ask for an officer's log-in to be forgotten; the id under which another person confirms it.

    MisuseError where there is no such officer or he has none. He sets a new one himself.
    """
    actor = acting.actor(Role.SUPERVISOR)
    with acting.unit() as (unit, now):
        if handle not in {one.handle for one in officers(unit.session)}:
            raise MisuseError(
                phrase("there is no officer {handle!r}: `recovery officer list`", handle=handle)
            )
        if not stored_log_in(unit.session, unit.vault, handle).is_set:
            raise MisuseError(phrase("{handle} has no log-in to reset", handle=handle))
        act = RegisterAct.RESET_LOG_IN
        return ask_change(unit, actor, now, act, handle, {})


def _check_dismissal(unit: Unit, handle: str) -> None:
    staff = officers(unit.session)
    if handle not in {one.handle for one in staff}:
        raise MisuseError(
            phrase("there is no officer {handle!r}: `recovery officer list`", handle=handle)
        )
    left = [one for one in staff if one.handle != handle]
    if len(left) < _PEOPLE_MIN or not any(Role.SUPERVISOR in one.roles for one in left):
        raise StepRefusedError(phrase(
            "without {handle} there would not be two people, one of them a supervisor: appoint "
            "another first",
            handle=handle,
        ))  # fmt: skip
    has = ids_in_charge(unit.session, handle)
    unseen = who_to_ask(unit.session, has & hidden_now(unit.session))
    if open_now := len(has) - len(unseen):
        raise StepRefusedError(phrase(
            "{handle} is still in charge of open recoveries ({open_now}): first `recovery assign "
            "--all-of {handle} --to HANDLE`",
            handle=handle, open_now=open_now,
        ))  # fmt: skip
    if unseen:
        raise StepRefusedError(
            phrase(
                "{handle} is needed for a restricted recovery that you do not see: ask {named}",
                handle=handle,
                named=", ".join(sorted(set(unseen.values()))),
            )
        )
    check_still_seen(unit, handle)


def ask_partner(
    unit: Unit, acting: ActingOfficer, partner_id: str, values: Values, *, is_known: bool
) -> str:
    """Ask for a new partner, or for a known one's other address, credentials or law."""
    act = RegisterAct.CHANGE_PARTNER if is_known else RegisterAct.REGISTER_PARTNER
    now = case_now(unit.session, acting.wall_now())
    return ask_change(unit, acting.actor(Role.SUPERVISOR), now, act, partner_id, values)


def ask_authority(acting: ActingOfficer, authority_id: str, values: Values) -> str:
    """Ask for an authority's entry, new or changed; the id under which another confirms it."""
    actor = acting.actor(Role.SUPERVISOR)
    with acting.unit() as (unit, now):
        known = authority_id in entered_authorities(unit.session)
        act = RegisterAct.CHANGE_AUTHORITY if known else RegisterAct.ENTER_AUTHORITY
        return ask_change(unit, actor, now, act, authority_id, values)


def decide(acting: ActingOfficer, change_id: str, *, is_yes: bool, reason: str = "") -> str:
    """A second person's yes or no to a change; return one sentence of what was done.

    A no takes a reason, which is kept sealed.
    """
    if not is_yes and not reason.strip():
        raise StepRefusedError(phrase("a refusal needs a reason"))
    actor = _anybody(acting)
    with _as_refusal(), acting.unit() as (unit, now):
        change = pending_change(unit.session, unit.vault, change_id)
        if change is not None:
            check_decision(unit, change, acting, is_yes=is_yes)
        if officer_to_dismiss(unit.session, change_id) == actor.id:
            raise StepRefusedError(
                phrase(
                    "{actor_id} does not decide about {actor_id}: another person does",
                    actor_id=actor.id,
                )
            )
        if not is_yes:
            done = deny_change(unit, actor, now, change_id, reason.strip())
            what = named_subject(unit.session, done.act, done.subject_id)
            return phrase(
                "{subject}: the change that {officer} asked for was denied",
                subject=what,
                officer=done.asked_by,
            )
        if dismissed := officer_to_dismiss(unit.session, change_id):
            _check_dismissal(unit, dismissed)
        done = confirm_change(unit, actor, now, change_id)
        if done.act is RegisterAct.RESET_LOG_IN:
            forget_secrets(unit, done.subject_id)
        what = named_subject(unit.session, done.act, done.subject_id)
        is_now = phrase(_DONE[done.act], subject=what)
        return phrase("{done}; asked for by {officer}", done=is_now, officer=done.asked_by)


@contextmanager
def _as_refusal() -> Iterator[None]:
    try:
        yield
    except ChangeVoidError as error:
        raise StepRefusedError(error.args[0]) from error


def _anybody(acting: ActingOfficer) -> Actor:
    """Whoever has logged in, as a supervisor where they are one: two persons are enough here."""
    roles = acting.officer.roles if acting.officer else frozenset()
    return acting.actor(Role.SUPERVISOR if Role.SUPERVISOR in roles else Role.OFFICER)


def waiting_changes(database: Database) -> tuple[ApprovalLine, ...]:
    """Changes of the registers that wait for a second person, the oldest first."""
    with database.reading() as session:
        waiting = pending_changes(session, database.vault)
        found = [one for one in waiting if may_see_change(session, one, database.viewer)]
        before = [stored_values(session, change) for change in found]
        told = [named_subject(session, one.act, one.subject_id) for one in found]
    return tuple(
        _line(change, {**stored, SUBJECT: subject}, database.vault)
        for change, stored, subject in zip(found, before, told, strict=True)
    )


def named_subject(session: Session, act: RegisterAct, subject_id: str) -> str:
    """What a change is about, as people call it: of who sees a recovery, its reference."""
    return ref_of(session, subject_id) if act in RESTRICTION_ACTS else subject_id


def _line(change: PendingChange, before: Mapping[str, object], vault: Vault) -> ApprovalLine:
    return ApprovalLine(
        approval_id=change.id,
        recovery_id="",
        ref=REGISTER,
        act=change.act,
        subject_id=change.subject_id,
        asked_by=change.asked_by,
        asked_at=change.asked_at,
        due_at=None,
        post_hoc=False,
        figures=figures_of(change, before, vault),
        digest=change.digest,
    )
