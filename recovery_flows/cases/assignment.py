"""Who is in charge of a recovery: one officer; handed over one by one or all at once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from models.entities.event import EntityKind
from models.entities.officer import Role
from models.entities.recovery import RecoveryState
from models.outcome import Transition
from models.queries.cases.case_files import load_file, recovery_id_of
from models.queries.installation.officers import OfficerView, in_charge, officers
from models.store.unit import Actor
from recovery_flows.access.acting_officer import as_refusal
from recovery_flows.cases.case_officer import CaseOfficer
from recovery_flows.errors import MisuseError, RecoveryFlowsError, StepRefusedError
from recovery_flows.ledger.changeset import Changeset

_PAGE = 500


@dataclass(frozen=True, slots=True)
class Assigned:
    """What became of one recovery: who had it before, or why nothing was changed."""

    ref: str
    before: str = ""
    refused: str = ""


def assign(acting: CaseOfficer, refs: Sequence[str], to: str) -> Iterator[Assigned]:
    """Put an officer in charge of each of these recoveries, each in its own transaction.

    A supervisor assigns any; an officer hands over what is his and takes what nobody has.
    MisuseError where there is no such officer, before anything is changed.
    """
    actor, officer = _actor(acting), _officer(acting, to)
    for ref in refs:
        try:
            yield _assign(acting, actor, ref, officer)
        except RecoveryFlowsError as error:
            yield Assigned(ref, refused=str(error))


def all_of(acting: CaseOfficer, handle: str) -> Iterator[str]:
    """The ids of all open recoveries that an officer is in charge of, page by page."""
    officer, after = _officer(acting, handle), ""
    while True:
        with acting.database.reading() as session:
            page = in_charge(session, officer.id, after, _PAGE)
        if not page:
            return
        yield from page
        after = page[-1]


def _assign(acting: CaseOfficer, actor: Actor, ref: str, officer: OfficerView) -> Assigned:
    with as_refusal(), acting.unit() as (unit, now):
        file = load_file(unit.session, recovery_id_of(unit.session, ref))
        recovery = file.recovery
        if recovery.state is not RecoveryState.OPEN:
            raise StepRefusedError(f"it is {recovery.state}: only an open recovery is assigned")
        if recovery.owner_id == officer.id:
            raise StepRefusedError(f"{officer.handle} is in charge already")
        if actor.role is Role.OFFICER and recovery.owner_id not in ("", actor.id):
            raise StepRefusedError(
                f"{recovery.owner_id} is in charge: he hands it over, or a supervisor assigns it"
            )
        changes = Changeset(file)
        changes.apply(
            Transition(
                EntityKind.RECOVERY, recovery.id, "assigned", recovery.state,
                {"owner_id": officer.id},
            )
        )  # fmt: skip
        acting.commit(unit, actor, now, changes)
        return Assigned(recovery.ref, before=recovery.owner_id)


def _actor(acting: CaseOfficer) -> Actor:
    roles = acting.officer.roles if acting.officer else frozenset()
    return acting.actor(Role.SUPERVISOR if Role.SUPERVISOR in roles else Role.OFFICER)


def _officer(acting: CaseOfficer, handle: str) -> OfficerView:
    with acting.database.reading() as session:
        found = next((one for one in officers(session) if one.handle == handle), None)
    if found is None or Role.OFFICER not in found.roles:
        raise MisuseError(
            f"{handle!r} is nobody with the role officer: `recovery officer list` names them"
        )
    return found
