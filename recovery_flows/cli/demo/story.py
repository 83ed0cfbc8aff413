"""The story of the demo, made from events: one line each, or one for each working hour."""

from __future__ import annotations

import json
from collections import Counter
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session

from models.entities.catalogue import BY_NOUN, table_of
from models.entities.event import EntityKind, Event
from models.entities.recovery import Recovery
from models.money import Money
from recovery_flows.cli.composition import Installation
from recovery_flows.cli.demo.folder import read_plan
from recovery_flows.cli.output import say

_EVENTS, _RECOVERIES = table_of(Event), table_of(Recovery)

_TOLD = {
    (EntityKind.HOLD, "ordered_first"): "stop-payment sent first",
    (EntityKind.HOLD, "stopped"): "bank stopped the money",
    (EntityKind.HOLD, "no_funds"): "bank: no money left there",
    (EntityKind.HOLD, "refused"): "bank refused the hold",
    (EntityKind.HOLD, "frozen"): "money frozen",
    (EntityKind.HOLD, "lapsed"): "A HOLD LAPSED",
    (EntityKind.HOLD, "released"): "rest released",
    (EntityKind.REQUEST, "sent"): "cross-border request sent",
    (EntityKind.REQUEST, "sent_by_hand"): "request sent to the police abroad by a third person",
    (EntityKind.REQUEST, "option_chosen"): "what was wanting is cured: its next version",
    (EntityKind.REQUEST, "told"): "the other side is told",
    (EntityKind.REQUEST, "executed"): "request executed abroad",
    (EntityKind.REQUEST, "partially_executed"): "request executed in part abroad",
    (EntityKind.REQUEST, "refused"): "request refused abroad",
    (EntityKind.ASSET, "found_abroad"): "money traced to an account abroad",
    (EntityKind.RECOVERY, "joined"): "joined into an older recovery",
    (EntityKind.ALLOCATION, "notice_published"): "restitution notice published",
    (EntityKind.OBJECTION, "entered"): "A VICTIM OBJECTS",
    (EntityKind.OBJECTION, "upheld"): "objection upheld by a second person: a new round begins",
    (EntityKind.OBJECTION, "rejected"): "objection rejected by a second person",
    (EntityKind.ALLOCATION, "voided"): "distribution ended before it was paid",
    (EntityKind.ALLOCATION, "approved"): "return decision approved by a second person",
    (EntityKind.PAYOUT, "settled"): "VICTIM PAID",
    (EntityKind.PAYOUT, "refused"): "bank refused a payout",
    (EntityKind.VOLUNTARY_RETURN, "invited"): "account holder invited to give the money back",
    (EntityKind.VOLUNTARY_RETURN, "promised"): "account holder promises, part by part",
    (EntityKind.VOLUNTARY_RETURN, "all_received"): "all that was promised has come in",
    (EntityKind.INSTALMENT, "overdue"): "A PROMISED PART IS OVERDUE",
    (EntityKind.INSTALMENT, "reminded"): "account holder reminded",
    (EntityKind.HOLD, "receipt_confirmed"): "MONEY GIVEN BACK, confirmed by a second person",
    (EntityKind.THIRD_PARTY_CLAIM, "filed"): "A THIRD PARTY CLAIMS a part of the held money",
    (EntityKind.THIRD_PARTY_CLAIM, "upheld"): "third party's claim decided by a second person",
    (EntityKind.THIRD_PARTY_CLAIM, "released"): "bank released it to the third party",
    (EntityKind.COURT_LIST, "confirmed"): "a court's list is followed, by a second person's yes",
    (EntityKind.VICTIM_MESSAGE, "sent"): "victim told how far it is",
    (EntityKind.RECALL, "sent"): "payment called back from bank to bank",
    (EntityKind.RECALL, "bank_accepted"): "bank accepts the recall: a promise, no money yet",
    (EntityKind.RECALL, "bank_rejected"): "bank refuses the recall",
    (EntityKind.RECALL_CREDIT, "confirmed"): "MONEY BACK BY A RECALL",
    (
        EntityKind.MULTI_AGENCY_REQUEST,
        "started",
    ): "multi-agency request started: one incident, all partners at once",
    (EntityKind.MULTI_AGENCY_REQUEST, "ended"): "multi-agency request ended",
    (EntityKind.TASK, "done"): "task done",
    (EntityKind.TASK, "preserved"): "data preserved",
    (EntityKind.TASK, "refused"): "TASK REFUSED",
    (EntityKind.TASK, "renewed"): "data preserved for another term",
    (EntityKind.TASK, "expired"): "A PRESERVATION ENDED",
    (EntityKind.RECOVERY, "closed_returned"): "closed: all of the loss returned",
    (EntityKind.RECOVERY, "closed_partial"): "closed: a part of the loss returned",
    (EntityKind.RECOVERY, "closed_no_recovery"): "closed: nothing recovered",
}
_WITHOUT_SUM = (
    "option_chosen",
    "told",
    "released",
    "lapsed",
    "invited",
    "bank_accepted",
    "bank_rejected",
)
_AMOUNT = {
    EntityKind.HOLD: ("requested_minor", "currency"),
    EntityKind.PAYOUT: ("amount_minor", "currency"),
    EntityKind.REQUEST: ("requested_minor", "currency"),
    EntityKind.RECALL: ("requested_minor", "currency"),
    EntityKind.VOLUNTARY_RETURN: ("promised_minor", "currency"),
    EntityKind.INSTALMENT: ("amount_minor", "currency"),
    EntityKind.RECALL_CREDIT: ("amount_minor", "currency"),
    EntityKind.ALLOCATION: ("pool_minor", "currency"),
    EntityKind.COURT_LIST: ("total_minor", "currency"),
    EntityKind.THIRD_PARTY_CLAIM: ("claimed_minor", "currency"),
}


class Story:
    """Tells events once; in a large world it counts them per desk hour instead."""

    def __init__(self, installation: Installation) -> None:
        self._installation = installation
        self._every_event = read_plan(installation.data_dir).every_event
        self._seen = self._last_seq()

    def tell(self, at: datetime, text: str) -> None:
        """One line of the story."""
        say(f"  {at:%Y-%m-%d %H:%M}  {text}")

    def unfold(self) -> None:
        """Tell what was recorded since the last time."""
        with self._installation.database.reading() as session:
            rows = session.execute(
                sa.select(_EVENTS, _RECOVERIES.c.ref)
                .join(_RECOVERIES, _RECOVERIES.c.id == _EVENTS.c.recovery_id, isouter=True)
                .where(_EVENTS.c.seq > self._seen)
                .order_by(_EVENTS.c.seq)
            ).all()
            told = [row for row in rows if (row.noun, row.event) in _TOLD]
            amounts = {row.seq: self._amount(session, row) for row in told if self._every_event}
        if rows:
            self._seen = rows[-1].seq
        if self._every_event:
            for row in told:
                text = f"{row.ref}  {_TOLD[row.noun, row.event]}{amounts[row.seq]}"
                self.tell(row.at, text + (f" ({row.reason})" if row.reason else ""))
        elif told:
            counts = Counter(_TOLD[row.noun, row.event] for row in told)
            text = " · ".join(f"{what}: {count}" for what, count in counts.most_common(6))
            self.tell(told[-1].at, text)

    def _amount(self, session: Session, row: sa.Row[Any]) -> str:
        """The sum the event is about: what it says is held, else what was asked or decided."""
        if row.noun == EntityKind.TASK:
            return self._task(session, row.subject_id)
        columns = _AMOUNT.get(row.noun)
        is_theirs = row.noun == EntityKind.THIRD_PARTY_CLAIM
        if columns is None or (row.event in _WITHOUT_SUM and not is_theirs):
            return ""
        table = BY_NOUN[row.noun]
        asked, currency = session.execute(
            sa.select(table.c[columns[0]], table.c[columns[1]]).where(table.c.id == row.subject_id)
        ).one()
        values = json.loads(row.values_json)
        told = ("held_minor", "executed_minor", "released_minor")
        minor = next((values[name] for name in told if name in values), asked)
        return f"  {Money(minor, currency)}{self._round(session, row)}"

    def _round(self, session: Session, row: sa.Row[Any]) -> str:
        """Of a distribution that began anew, which round it is."""
        if row.noun != EntityKind.ALLOCATION:
            return ""
        table = BY_NOUN[EntityKind.ALLOCATION]
        query = sa.select(table.c.round_number).where(table.c.id == row.subject_id)
        number = session.execute(query).scalar_one()
        return f" (round {number})" if number > 1 else ""

    def _task(self, session: Session, task_id: str) -> str:
        tasks = BY_NOUN[EntityKind.TASK]
        query = sa.select(tasks.c.kind, tasks.c.partner_id).where(tasks.c.id == task_id)
        kind, partner = session.execute(query).one()
        return f"  {kind.replace('_', ' ')} at {partner}"

    def _last_seq(self) -> int:
        with self._installation.database.reading() as session:
            return int(session.execute(sa.select(sa.func.max(_EVENTS.c.seq))).scalar() or 0)
