"""The store itself refuses what no person may do alone, and takes each thing in once."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlmodel import SQLModel

from models.case_file import CaseFile
from models.entities import catalogue
from models.entities.call import CallKind
from models.entities.catalogue import TRANSITIONS
from models.entities.event import EntityKind
from models.entities.hold import HoldKind
from models.entities.installation import Beat
from models.entities.ledger import LedgerAccount
from models.entities.officer import Role
from models.entities.recovery import RecoveryState
from models.outcome import CallIntent, Outcome, Posting, Transition
from models.rights.decisions import DECISIONS
from models.store.permissions import NotPermittedError
from models.store.record import UnbalancedEntryError, record
from models.store.reports.filing import file_reports
from models.store.unit import ENGINE, Actor, savepoint, unit_of_work
from models.store.waiting_rows import StaleFileError
from recovery_flows.cases.case_officer import StepRefusedError
from recovery_flows.freezing.actions import amend
from recovery_flows.ledger.changeset import Changeset

_BEATS = catalogue.table_of(Beat)
_BEAT = {"process_id": 1, "state": "working", "message": ""}
OFFICER, SUPERVISOR = Actor("chen", Role.OFFICER), Actor("wu", Role.SUPERVISOR)


class _OnPurposeError(Exception):
    """What a part of a transaction fails with."""


def written(unit: Any, actor: Actor, recovery_id: str, *moves: Transition) -> None:
    with unit_of_work(unit.database) as work:
        record(work, actor, unit.now, recovery_id, Outcome(moves))


@pytest.fixture
def asked(unit: Any) -> tuple[str, Any]:
    """A recovery with a stop that its officer asked to have confirmed."""
    (recovery_id,) = unit.report(*unit.reports(1))
    unit.accept(recovery_id)
    unit.order(recovery_id)
    (approval,) = unit.file(recovery_id).approvals
    return recovery_id, approval


@pytest.mark.parametrize("event", ["approved", "denied"])
def test_who_asked_cannot_decide_even_with_the_role(unit: Any, asked: Any, event: str) -> None:
    recovery_id, approval = asked

    def by(signed: str) -> Transition:
        return Transition(
            EntityKind.APPROVAL, approval.id, event, approval.state, {"decided_by": signed}
        )

    with pytest.raises(NotPermittedError, match="a second person has to"):
        written(unit, Actor("chen", Role.SUPERVISOR), recovery_id, by("chen"))
    with pytest.raises(NotPermittedError, match="names chen; wu acts, and signs for nobody"):
        written(unit, SUPERVISOR, recovery_id, by("chen"))
    assert unit.file(recovery_id).approvals == (approval,)
    written(unit, SUPERVISOR, recovery_id, by("wu"))
    assert unit.file(recovery_id).approvals[0].state == event


@pytest.mark.parametrize(("noun", "event"), sorted(DECISIONS))
def test_the_engine_can_never_decide(unit: Any, noun: EntityKind, event: str) -> None:
    state = next(state for state, name in TRANSITIONS[noun] if name == event)
    with pytest.raises(NotPermittedError, match="acts as engine"):
        written(unit, ENGINE, "", Transition(noun, "any", event, state))


def test_every_yes_and_no_of_a_person_is_a_decision() -> None:
    words = {"accepted", "rejected", "approved", "denied", "submitted", "confirmed", "instructed"}
    moves = {(noun, event) for noun, table in TRANSITIONS.items() for _, event in table}
    assert {m for m in moves if m[1] in words} <= set(DECISIONS)
    assert not any(Role.ENGINE in roles for roles in DECISIONS.values())


def test_an_officer_cannot_approve_and_a_supervisor_cannot_order(unit: Any, asked: Any) -> None:
    recovery_id, approval = asked
    yes = Transition(EntityKind.APPROVAL, approval.id, "approved", approval.state)
    with pytest.raises(NotPermittedError, match="takes the role supervisor"):
        written(unit, Actor("li", Role.OFFICER), recovery_id, yes)
    order = Transition(EntityKind.HOLD, "any", "ordered_first", "draft")
    with pytest.raises(NotPermittedError, match="takes the role officer"):
        written(unit, SUPERVISOR, recovery_id, order)


def test_a_decision_on_an_old_picture_is_refused_and_nothing_of_it_is_kept(unit: Any) -> None:
    (recovery_id,) = unit.report(*unit.reports(1))
    old: CaseFile = unit.file(recovery_id)
    for number, expected in ((1, None), (2, StaleFileError)):
        changes = Changeset(old)
        claim, recovery = old.claims[0], old.recovery
        values = {"case_number": f"SYN-{number}"}
        changes.apply(
            Transition(EntityKind.RECOVERY, recovery.id, "accepted", recovery.state, values),
            Transition(
                EntityKind.CLAIM, claim.id, "verified", claim.state, {"upheld_minor": number}
            ),
        )
        if expected is None:
            written(unit, OFFICER, recovery_id, *changes.moves)
        else:
            with pytest.raises(expected, match="review it and try again"):
                written(unit, OFFICER, recovery_id, *changes.moves)
    file = unit.file(recovery_id)
    assert (file.recovery.state, file.recovery.case_number) == (RecoveryState.OPEN, "SYN-1")
    assert file.claims[0].upheld_minor == 1


def test_an_entry_that_does_not_sum_up_is_never_written(unit: Any) -> None:
    (recovery_id,) = unit.report(*unit.reports(1))
    claim = unit.file(recovery_id).claims[0]
    events = unit.one("SELECT count(*) FROM event")
    leg = Posting(LedgerAccount.GONE, 1, "CNY", 1, "CNY")
    with pytest.raises(UnbalancedEntryError, match="does not sum to zero"):
        written(
            unit, ENGINE, recovery_id,
            Transition(EntityKind.CLAIM, claim.id, "updated", claim.state, postings=(leg,)),
        )  # fmt: skip
    assert unit.one("SELECT count(*) FROM event") == events


def test_what_fails_in_a_savepoint_leaves_nothing_and_what_follows_it_is_kept(unit: Any) -> None:
    with unit_of_work(unit.database) as work:
        for word, fails in (("before", False), ("failed", True), ("after", False)):
            with suppress(_OnPurposeError), savepoint(work):
                work.session.execute(_BEATS.insert(), {**_BEAT, "name": word, "beat_at": unit.now})
                if fails:
                    raise _OnPurposeError
    with unit.database.reading() as session:
        names = set(session.execute(sa.select(_BEATS.c.name)).scalars())
    assert {"before", "after"} <= names
    assert "failed" not in names


def test_the_same_reports_filed_twice_are_known_the_second_time(unit: Any) -> None:
    reports = unit.reports(3)
    assert len(unit.report(*reports, reports[0])) == 3
    with unit_of_work(unit.database) as work:
        again = file_reports(work, OFFICER, unit.now, "CN", reports)
    assert (again.filed, again.known, again.refused) == ([], 3, [])
    assert [unit.one(f"SELECT count(*) FROM {t}") for t in ("recovery", "claim")] == [3, 3]
    assert unit.one("SELECT sum(claim_minor) FROM posting WHERE account = 'reported'") == -300_000
    assert unit.one("SELECT max(ref) FROM recovery") == "R-2026-0003"


def test_a_call_is_planned_once(unit: Any, asked: Any) -> None:
    recovery_id, approval = asked
    before = unit.one("SELECT group_concat(id || state || planned_at) FROM call")
    call = next(c for c in unit.file(recovery_id).calls if c.kind is CallKind.HOLD)
    again = CallIntent(
        call.id, call.partner_id, call.kind, call.noun, call.subject_id, call.asset_id, approval.id
    )
    unit.later(1)
    with unit_of_work(unit.database) as work:
        record(work, ENGINE, unit.now, recovery_id, Outcome(calls=(again, again)))
    assert unit.one("SELECT group_concat(id || state || planned_at) FROM call") == before


# SQLite does not tell of an index on an expression: that of claims by their payment's reference.
@pytest.mark.filterwarnings("ignore:Skipped unsupported reflection of expression-based index")
def test_the_migrations_make_exactly_what_the_models_say(unit: Any) -> None:
    assert catalogue.BY_NOUN.keys() == set(EntityKind)
    with unit.database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, SQLModel.metadata) == []
        triggers = sa.text("SELECT count(*) FROM sqlite_master WHERE type = 'trigger'")
        assert connection.execute(triggers).scalar_one() == 72


def test_a_changed_sum_voids_what_was_asked_for_it(unit: Any) -> None:
    recovery_id = unit.traced()
    unit.advance_engine(recovery_id)
    unit.case_officer().advance(recovery_id)
    freeze = next(h for h in unit.file(recovery_id).holds if h.kind is HoldKind.FREEZE)
    (asked,) = [a for a in unit.file(recovery_id).approvals if a.subject_id == freeze.id]
    amend(unit.case_officer(), recovery_id, freeze.id, freeze.requested_minor - 1)
    file = unit.file(recovery_id)
    assert next(a.state for a in file.approvals if a.id == asked.id) == "void"
    assert file.hold(freeze.id).state == "draft"
    with pytest.raises(StepRefusedError, match="is void already"):
        unit.case_officer(SUPERVISOR).approve(asked.id)
    unit.case_officer().advance(recovery_id)
    unit.approve(recovery_id)
    assert unit.file(recovery_id).hold(freeze.id).state == "ordered"
