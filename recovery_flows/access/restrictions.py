"""Who sees a recovery: a supervisor asks to restrict it, another person confirms."""

from __future__ import annotations

from collections.abc import Iterable

from sqlmodel import Session

from models.case_file import CaseFile
from models.entities.officer import Role
from models.entities.recovery import RecoveryState
from models.entities.register_change import RESTRICTION_ACTS, RegisterAct
from models.language.phrase import Phrase, phrase
from models.queries.cases.case_files import load_file
from models.queries.installation.officers import officers
from models.queries.installation.registers import PendingChange, named_in
from models.queries.installation.restrictions import (
    RestrictionView,
    restrictions,
    saw_it,
    too_few,
    view_of,
)
from models.rights.sessions import hidden_now, who_to_ask
from models.store.registers import ask_change
from models.store.restrictions import restriction_of
from models.store.unit import Unit
from recovery_flows.access.acting_officer import ActingOfficer, given_reason
from recovery_flows.errors import MisuseError, StepRefusedError

_KEPT = phrase(
    "without {who} fewer than two people would see {ref}, or no supervisor, and nobody could lift "
    "its restriction: another is added first (`recovery restrict`)"
)
_ANOTHER = phrase("a restricted recovery")


def ask_restriction(
    acting: ActingOfficer, recovery_id: str, act: RegisterAct, members: Iterable[str], reason: str
) -> str:
    """Ask for a recovery to be restricted, or for who sees it to change; the id of the change.

    A supervisor asks with a reason, another person confirms. StepRefusedError where it cannot be:
    it is restricted already or not, was merged, or nobody could lift it afterwards. MisuseError
    for somebody who is no officer, no member, or sees it already.
    """
    actor, why = acting.actor(Role.SUPERVISOR), given_reason(reason)
    with acting.unit() as (unit, now):
        file = load_file(unit.session, recovery_id)
        ref, named = file.recovery.ref, tuple(dict.fromkeys(members))
        _check_known(unit.session, named)
        there = view_of(unit.session, unit.vault, recovery_id)
        if act is RegisterAct.RESTRICT:
            if there is not None:
                raise StepRefusedError(
                    phrase("{ref} is restricted already: --add, --remove or --lift", ref=ref)
                )
            _check_not_merged(file)
        elif there is None:
            raise StepRefusedError(phrase("{ref} is not restricted: everybody sees it", ref=ref))
        else:
            _check_change(unit.session, there, act, named)
        values = {"members": ",".join(named), "reason": why}
        return ask_change(unit, actor, now, act, recovery_id, values)


def _check_not_merged(file: CaseFile) -> None:
    """StepRefusedError where its victims are in another recovery, which everybody would see."""
    if file.recovery.state is RecoveryState.JOINED:
        raise StepRefusedError(
            phrase("{ref} was merged: restrict what it was merged into", ref=file.recovery.ref)
        )


def _kept(who: str, ref: str) -> Phrase:
    return phrase(_KEPT, who=who, ref=ref)


def _check_known(session: Session, named: Iterable[str]) -> None:
    known = {one.id for one in officers(session)}
    for name in named:
        if name not in known:
            raise MisuseError(
                phrase("there is no officer {name!r}: `recovery officer list`", name=name)
            )


def _check_change(
    session: Session, there: RestrictionView, act: RegisterAct, named: tuple[str, ...]
) -> None:
    if act is RegisterAct.ADD_MEMBER and (known := there.people & set(named)):
        raise MisuseError(
            phrase("{who} sees {ref} already", who=", ".join(sorted(known)), ref=there.ref)
        )
    if act is RegisterAct.REMOVE_MEMBER:
        if strange := set(named) - set(there.members):
            raise MisuseError(
                phrase("{who} is no member of {ref}", who=", ".join(sorted(strange)), ref=there.ref)
            )
        others = {there.owner, there.asked_by, there.confirmed_by}
        if too_few(session, there.people - (set(named) - others)):
            raise StepRefusedError(_kept(", ".join(named), there.ref))


def check_decision(
    unit: Unit, change: PendingChange, acting: ActingOfficer, *, is_yes: bool
) -> None:
    """StepRefusedError unless whoever acts may decide about who sees a recovery.

    That it is restricted is decided by a supervisor or one of its members to be; a change of it by
    who sees it, and only while people are left who could lift it. What was merged since it was
    asked for is not restricted by a yes.
    """
    if change.act not in RESTRICTION_ACTS:
        return
    if not _may_decide(unit.session, change, acting):
        raise StepRefusedError(
            phrase(
                "who sees a recovery is decided by a supervisor or a member of it: ask one of them"
            )
        )
    if change.act is RegisterAct.RESTRICT and is_yes:
        _check_not_merged(load_file(unit.session, change.subject_id))
    there = view_of(unit.session, unit.vault, change.subject_id)
    if there is not None:
        _check_change(unit.session, there, change.act, named_in(change))


def _may_decide(session: Session, change: PendingChange, acting: ActingOfficer) -> bool:
    who = acting.officer
    return who is not None and may_see_change(session, change, who.id)


def may_see_change(session: Session, change: PendingChange, viewer: str | None) -> bool:
    """Whether somebody is told of a change that waits: of who sees a recovery, not everybody is.

    None is the engine, which is told of all.
    """
    if change.act not in RESTRICTION_ACTS or viewer is None:
        return True
    if change.subject_id in hidden_now(session):
        return False
    is_named = viewer in (*named_in(change), change.asked_by)
    if is_named:
        return True
    if change.act is not RegisterAct.RESTRICT:  # it may have been lifted since
        is_restricted = restriction_of(session, change.subject_id) is not None
        return is_restricted or viewer in saw_it(session, change.subject_id)
    return any(o.id == viewer and Role.SUPERVISOR in o.roles for o in officers(session))


def refuse_merging(session: Session, recovery_id: str, other_id: str) -> None:
    """StepRefusedError where one of two is restricted: merged, its victim would be seen by others.

    The returns of both wait until it is lifted: who sees it knows of the account, too.
    """
    ask = who_to_ask(session, frozenset({recovery_id, other_id}))
    refuse_unseen(session, {recovery_id, other_id})
    if ask:
        raise StepRefusedError(
            phrase(
                "a restricted recovery is not merged: lift its restriction first "
                "(`recovery restrict REF --lift`)"
            )
        )


def refuse_unseen(session: Session, recovery_ids: Iterable[str]) -> None:
    """StepRefusedError where somebody decides about an account that a hidden recovery wants."""
    ask = who_to_ask(session, hidden_now(session) & frozenset(recovery_ids))
    if ask:
        raise StepRefusedError(
            phrase(
                "the other recovery that wants the account is restricted: ask {who}",
                who=", ".join(sorted(set(ask.values()))),
            )
        )


def check_still_seen(unit: Unit, leaving: str) -> None:
    """StepRefusedError where a restricted recovery would be left to too few if somebody goes."""
    hidden = hidden_now(unit.session)
    for one in restrictions(unit.session, unit.vault):
        if leaving in one.people and too_few(unit.session, one.people - {leaving}):
            ref = _ANOTHER if one.recovery_id in hidden else one.ref
            raise StepRefusedError(_kept(leaving, ref))
