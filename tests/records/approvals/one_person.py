"""One person with both roles at a unit, and every way to decide alone what he has asked for."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from models.entities.approval import ApprovalRow
from models.entities.call import CallKind
from models.entities.catalogue import BY_NOUN, STATE_COLUMN, STATELESS
from models.entities.event import EntityKind
from models.entities.officer import Role
from models.outcome import Outcome, Transition
from models.store.people import appoint
from models.store.permissions import NotPermittedError
from models.store.record import record
from models.store.unit import ENGINE, Actor, unit_of_work
from recovery_flows.access.log_in import by_system_user
from recovery_flows.approvals.kinds import ApprovalKind
from recovery_flows.caller import system_user
from recovery_flows.engine.context import Engine, Pace
from recovery_flows.engine.decisions import decide
from recovery_flows.engine.outbox.preparation import prepare
from tests.records.conftest import OFFICER, Unit
from tui.app import RecoveryApp
from tui.screen_queries import Source

ALONE = "both"
_AS_OFFICER, _AS_SUPERVISOR = Actor(ALONE, Role.OFFICER), Actor(ALONE, Role.SUPERVISOR)
_K, _A = EntityKind, ApprovalKind


class AloneUnit(Unit):
    """A unit where whatever an officer does in a test is done by the one person."""

    def case_officer(self, actor: Actor = OFFICER) -> Any:
        return super().case_officer(_AS_OFFICER if actor == OFFICER else actor)


def with_one_person(unit: Unit) -> AloneUnit:
    """The same unit, in which this system user is an officer who has both roles."""
    with unit_of_work(unit.database) as work:
        roles = [Role.OFFICER, Role.SUPERVISOR]
        appoint(work, unit.start, ALONE, roles, os_user=system_user())
    return AloneUnit(unit.database, unit.laws, unit.folder, unit.now)


@dataclass(frozen=True, slots=True)
class Way:
    """What a yes does: the moves of the store, the SQL that would make them, the refusal of it.

    In the SQL `{id}` is what the approval is about and `{yes}` the approval.
    """

    what: str
    moves: tuple[tuple[EntityKind, str], ...]
    sql: tuple[str, ...] = ()
    sentence: str = "an approval is given by another person than who asked for it"


def _to(table: str, state: str) -> tuple[str, ...]:
    return (f"UPDATE {table} SET state = '{state}' WHERE id = '{{id}}'",)


_ORDERED = "a hold that takes two people is ordered after a second person has approved it"
_LET_GO = "a hold is let go after a second person has decided so"
_LEAVES = "an order over money leaves after a second person has decided it"
_PLANT = (
    "CREATE TEMP TABLE copy AS SELECT * FROM call LIMIT 1",
    "UPDATE copy SET id = 'mole', kind = 'release', state = 'planned'",
    "UPDATE copy SET subject_id = '{id}', approval_id = '{yes}'",
    "INSERT INTO call SELECT * FROM copy",
    "UPDATE call SET state = 'sent' WHERE id = 'mole'",
)
WAYS: Mapping[ApprovalKind, Way] = {
    _A.ORDER_STOP: Way("a stop leaves", ((_K.HOLD, "approved"),), _to("hold", "ordered"), _ORDERED),
    _A.FREEZE: Way("a freeze leaves", ((_K.HOLD, "approved"),), _to("hold", "ordered"), _ORDERED),
    _A.RELEASE: Way(
        "a hold is let go", ((_K.HOLD, "release_ordered"),), _to("hold", "release_pending"), _LET_GO
    ),
    _A.RELEASE_PART: Way("a hold shrinks", ((_K.HOLD, "part_ordered"),), _PLANT, _LEAVES),
    _A.COMPLAINT: Way("a hold shrinks", ((_K.HOLD, "part_ordered"),), _PLANT, _LEAVES),
    _A.RENEW: Way("a hold goes on", ((_K.HOLD, "renewal_ordered"),)),
    _A.REQUEST: Way(
        "a request leaves", ((_K.REQUEST, "approved"),),
        ("UPDATE request SET sent_by = 'both' WHERE id = '{id}'",),
        "a request is drafted, approved and sent by three people",
    ),
    _A.ASSURANCE: Way("another State is assured", ((_K.REQUEST, "assured"),)),
    _A.RETURN: Way(
        "victims are paid", ((_K.ALLOCATION, "approved"), (_K.PAYOUT, "instructed")),
        ("UPDATE payout SET state = 'instructed' WHERE allocation_id = '{id}'",),
        "a payout is ordered after a second person has approved its allocation",
    ),
    _A.CLOSE: Way("a recovery is closed", ((_K.RECOVERY, "closed_no_recovery"),)),
    _A.REFUSE_REPORT: Way("a report is refused", ((_K.RECOVERY, "rejected"),)),
    _A.TRACE_RULE: Way("money is traced otherwise", ((_K.RECOVERY, "rule_changed"),)),
    _A.MULTI_AGENCY_REQUEST: Way(
        "partners are asked together", ((_K.MULTI_AGENCY_REQUEST, "confirmed"),)
    ),
    _A.LETTER_ANSWER: Way("a typed answer of a bank counts", ()),
    _A.PAYEE: Way(
        "another payee", ((_K.CLAIM, "payee_changed"),),
        ("UPDATE claim SET payout_account_id = asked_account_id WHERE id = '{id}'",),
        "another payee takes the yes of a second person",
    ),
    _A.RECEIPT: Way(
        "money that came in counts", ((_K.HOLD, "receipt_confirmed"),), _to("hold", "frozen"),
        "money that came in counts after a second person has confirmed it",
    ),
    _A.COMPENSATION: Way(
        "a payer stands in for a victim", ((_K.COMPENSATION, "confirmed"),),
        _to("compensation", "confirmed"),
        "a payer stands in for a victim after a second person has seen the proof",
    ),
    _A.REFUND: Way(
        "a refund of the treasury counts", ((_K.UNCLAIMED_SHARE, "refund_confirmed"),),
        _to("unclaimed_share", "refunded"), "a refund counts after a second person has seen",
    ),
    _A.CLAWBACK: Way(
        "a payout is called back", ((_K.CLAWBACK, "approved"),), _to("clawback", "ordered"),
        "a clawback is ordered, and given up, by two people",
    ),
    _A.CLAWBACK_WRITE_OFF: Way(
        "a clawback is given up", ((_K.CLAWBACK, "write_off_confirmed"),),
        _to("clawback", "written_off"), "a clawback is ordered, and given up, by two people",
    ),
    _A.COURT_LIST: Way(
        "a court's list is followed", ((_K.COURT_LIST, "confirmed"),),
        _to("court_list", "in_force"),
        "a list of a court counts after a second person has held it against the paper",
    ),
    _A.COURT_LIST_END: Way(
        "a court's list is followed no more", ((_K.COURT_LIST, "ended"),),
        _to("court_list", "ended"), "a list of a court ends after a second person has confirmed it",
    ),
    _A.COURT_SET_ASIDE: Way(
        "a row of a court is paid to nobody", ((_K.COURT_SHARE, "set_aside"),),
        _to("court_share", "set_aside"),
        "a row of a court is set aside after a second person has confirmed it",
    ),
    _A.COURT_IDENTIFY: Way(
        "a row of a court is paid to a claim", ((_K.COURT_SHARE, "identified"),),
        ("UPDATE court_share SET state = 'named', claim_id = found_claim_id WHERE id = '{id}'",),
        "whose a row of a court is counts after a second person has confirmed it",
    ),
    _A.THIRD_PARTY_CLAIM: Way(
        "a third party gets held money", ((_K.THIRD_PARTY_CLAIM, "upheld"),),
        _to("third_party_claim", "upheld"),
        "a claim of a third party is decided, and its payment confirmed, by two people",
    ),
    _A.DAMAGES_PAYMENT: Way(
        "a payment for a wrong freeze counts", ((_K.THIRD_PARTY_CLAIM, "payment_confirmed"),),
        _to("third_party_claim", "paid"),
        "a claim of a third party is decided, and its payment confirmed, by two people",
    ),
    _A.RECALL: Way(
        "a recall is sent", ((_K.RECALL, "approved"),), _to("recall", "sent"),
        "a recall is sent after a second person has approved it",
    ),
    _A.RECALL_CREDIT: Way(
        "money of a recall counts", ((_K.RECALL_CREDIT, "confirmed"),),
        _to("recall_credit", "confirmed"),
        "money that came back counts after a second person has confirmed it",
    ),
    _A.RECALL_REVERSAL: Way(
        "money of a recall counts no more", ((_K.RECALL_CREDIT, "reversed"),),
        ("UPDATE recall_credit SET state = 'reversed', counted_minor = 0 WHERE id = '{id}'",),
        "money that came back counts until a second person has seen it taken back",
    ),
}  # fmt: skip


@contextmanager
def as_commands(unit: Any) -> Iterator[None]:
    """Commands find this unit by their settings."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RECOVERY_DATA_DIR", str(unit.folder / "data"))
        patch.setenv("RECOVERY_KEY_DIR", str(unit.folder / "keys"))
        patch.setenv("RECOVERY_DATABASE_URL", f"sqlite:///{unit.path}")
        yield


def by_store(unit: Any, recovery_id: str, asked: ApprovalRow, way: Way) -> list[str]:
    """Each move of a yes, recorded by the one person in either role and by the engine."""
    given = {"decided_by": ALONE, "decided_at": unit.now}
    yes = Transition(_K.APPROVAL, asked.id, "approved", asked.state, given)
    return [
        refused(unit, recovery_id, actor, move)
        for move in (yes, *_moves(unit, asked, way))
        for actor in (_AS_SUPERVISOR, _AS_OFFICER, ENGINE)
    ]


def _moves(unit: Any, asked: ApprovalRow, way: Way) -> Iterator[Transition]:
    for noun, event in way.moves:
        table = BY_NOUN[noun]
        of = table.c.allocation_id if noun is _K.PAYOUT else table.c.id
        wanted = (table.c.id,) if noun in STATELESS else (table.c.id, table.c[STATE_COLUMN[noun]])
        with unit.database.reading() as session:
            query = sa.select(*wanted).where(of == asked.subject_id)
            rows = session.execute(query).all()
        assert rows, f"there is no {noun} to try it with"
        yield from (Transition(noun, row[0], event, *row[1:]) for row in rows)


def refused(unit: Any, recovery_id: str, actor: Actor, *moves: Transition) -> str:
    """The sentence by which the store, or the database under it, refuses these moves."""
    with (
        pytest.raises((NotPermittedError, sa.exc.IntegrityError)) as error,
        unit_of_work(unit.database) as work,
    ):
        record(work, actor, unit.now, recovery_id, Outcome(moves=moves))
    return str(getattr(error.value, "orig", None) or error.value)


def by_sql(path: Path, *statements: str) -> str:
    """The sentence by which the database refuses statements of who leaves its triggers there."""
    with closing(sqlite3.connect(path)) as raw:
        for statement in statements[:-1]:
            raw.execute(statement)
        with pytest.raises(sqlite3.IntegrityError) as error:
            raw.execute(statements[-1])
        raw.rollback()
    return str(error.value)


def by_flow(unit: Any, recovery_id: str) -> list[str]:
    """What the engine would send after it has looked three times."""
    engine = Engine(unit.database, unit.laws, Pace(), "test", lambda: unit.now)
    for _ in range(3):
        decide(engine, [recovery_id])
    kinds = [CallKind.PAYOUT, CallKind.RELEASE, CallKind.REQUEST, CallKind.EXTEND]
    ready, _ = prepare(engine, kinds, "lease")
    return [one.call.subject_id for one in ready]


async def by_keys(unit: Any, *keys: str) -> list[str]:
    """What the approvals screen says when the one person presses each key; no dialog opens."""
    mine = by_system_user(unit.database, system_user())
    assert mine is not None
    source = Source(unit.database, unit.laws)
    app = RecoveryApp(source, mine, officers=(mine,), unit_name="", start_screen="approvals")
    said = []
    async with app.run_test(size=(120, 40)) as pilot:
        while "pending" not in _seen(app):
            await pilot.pause(0.02)
        in_front = app.screen
        for key in keys:
            await pilot.press(key)
            await pilot.pause()
            assert app.screen is in_front, f"{key} opened a dialog"
            said.append(" ".join(_seen(app).split()))
    return said


def _seen(app: RecoveryApp) -> str:
    return "\n".join(strip.text for strip in app.screen._compositor.render_strips())
