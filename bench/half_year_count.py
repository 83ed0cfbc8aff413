"""What a played half-year is asked at its end, from both sides' books."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from models.entities.catalogue import table_of
from models.entities.hold import LIVE_HOLDS, Hold, HoldState
from models.queries.audit.verify import verify
from recovery_flows.engine.legal_days import Wanted, reconcile_days
from recovery_flows.engine.reconciliation import reconcile
from recovery_flows.reports.ledger_check import ledger_check

if TYPE_CHECKING:
    from bench.half_year_play import Play

_H = table_of(Hold)
_ENDED_AT_BANK = ("RELEASED", "EXPIRED", "CANCELLED", "REFUSED")


@dataclass
class Findings:
    """Figures to read, and flaws: whatever should not be."""

    figures: dict[str, object] = field(default_factory=dict)
    flaws: dict[str, list[str]] = field(default_factory=dict)

    @property
    def all_hold(self) -> bool:
        """Whether nothing is flawed."""
        return not any(self.flaws.values())

    def lines(self) -> Iterator[tuple[str, object]]:
        """Figures, then each thing that must be zero, with its count."""
        yield from self.figures.items()
        yield from ((name, len(found)) for name, found in self.flaws.items())


async def count(play: Play, book: Path) -> Findings:
    """Hold the unit's books against the banks' and against its own history."""
    found = Findings()
    with play.database.reading() as session:
        holds = [dict(row._mapping) for row in session.execute(sa.select(_H))]  # noqa: SLF001
        events = session.execute(
            sa.text("SELECT subject_id, event, at FROM event WHERE noun = 'hold' ORDER BY seq")
        ).all()
        open_steps = session.execute(
            sa.text("SELECT count(*) FROM recovery WHERE owner_id = '' AND state = 'open'")
        ).scalar()
        differences = ledger_check(session).differences
    with closing(sqlite3.connect(book)) as db:
        rows = db.execute("SELECT order_ref, status, held_minor FROM hold")
        at_bank = {order_ref: (status, held_minor) for order_ref, status, held_minor in rows}
        calls = db.execute("SELECT target, key FROM call").fetchall()
    names = Counter(event for _, event, _ in events)
    states = Counter(str(h["state"]) for h in holds)
    found.figures |= {
        "holds": len(holds),
        "in force at the end": states["frozen"] + states["stopped"],
        "renewals at the banks": names["renewed"],
        "reminders, escalations": f"{names['reminded']}, {names['escalated']}",
        "lapses by the clock, all as events": names["lapsed"],
        "let go by mistake": len(play.mistakes),
        "complaints": names["complained"],
        "calls that the banks carried out": len(calls),
        "reads of a feed": sum(map(len, play.polls.values())),
    }
    found.flaws["silent lapses"] = [*_silent(holds, at_bank), *_unexplained(holds, events)]
    found.flaws["mistakes not found by the first poll after them"] = [*_found_late(play, events)]
    found.flaws["orders carried out twice"] = [*_twice(holds, calls, at_bank)]
    found.flaws["recoveries without an owner"] = ["some"] * int(open_steps or 0)
    found.flaws["differences in the ledger"] = [str(d) for d in differences]
    found.flaws["breaks in the history"] = [str(b) for b in verify(play.database)]
    reconciled = await reconcile(play.engine)
    days = await reconcile_days(play.engine, Wanted())
    found.figures["figures of legal days compared"] = sum(len(p.lines) for p in days.partners)
    found.flaws["figures of legal days that differ"] = [
        x.sentence for p in days.partners for x in p.differences
    ] + [p.not_asked for p in days.partners if p.failed]
    found.figures["figures equal at the banks"] = len(reconciled.lines)
    found.flaws["figures that differ at a bank"] = [
        line.sentence for line in (*reconciled.differences, *reconciled.not_asked)
    ]
    return found


def _silent(holds: list[dict[str, Any]], at_bank: dict[str, tuple[str, int]]) -> Iterator[str]:
    """In force here, and not at the bank."""
    for hold in holds:
        if hold["state"] in LIVE_HOLDS and hold["held_minor"]:
            status, held_minor = at_bank[hold["id"]]
            if status in _ENDED_AT_BANK or held_minor != hold["held_minor"]:
                yield f"{hold['id']}: {hold['held_minor']} here, {status} {held_minor} there"


def _unexplained(holds: list[dict[str, Any]], events: Any) -> Iterator[str]:  # noqa: ANN401
    """Lapsed here without the event that says so."""
    told = {subject for subject, event, _ in events if event in ("lapsed", "let_go_early")}
    for hold in holds:
        if hold["state"] is HoldState.LAPSED and hold["id"] not in told:
            yield f"{hold['id']} lapsed without an event"


def _found_late(play: Play, events: Any) -> Iterator[str]:  # noqa: ANN401
    seen: dict[str, datetime] = {}
    for subject, event, at in events:
        if event in ("let_go_early", "lapsed", "released"):
            seen[subject] = datetime.fromisoformat(at) if isinstance(at, str) else at
    for hold_id, partner_id, made_at in play.mistakes:
        first = next((at for at in play.polls[partner_id] if at >= made_at), None)
        found_at = seen.get(hold_id)
        if found_at is not None and found_at.tzinfo is None:
            found_at = found_at.replace(tzinfo=made_at.tzinfo)
        if found_at is None or first is None or found_at > first:
            yield f"{hold_id} at {partner_id}: made {made_at}, polled {first}, found {found_at}"


def _twice(
    holds: list[dict[str, Any]], calls: list[tuple[str, str]], at_bank: dict[str, tuple[str, int]]
) -> Iterator[str]:
    """Keys are unique at a bank, so two effects would be two keys for one purpose."""
    extended = sum(target.endswith("/extend") for target, _ in calls)
    renewed = sum(hold["renewals"] for hold in holds)
    if extended != renewed:
        yield f"{extended} renewals at the banks, {renewed} here"
    ordered = sum(target == "/v1/holds" for target, _ in calls)
    if ordered != len(at_bank):
        yield f"{ordered} orders carried out for {len(at_bank)} holds"
    unknown = set(at_bank) - {hold["id"] for hold in holds}
    yield from (f"{ref} is held and nobody here ordered it" for ref in sorted(unknown))
