"""Answers that show a resource: whether they are about what was asked, and what is new of it."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from models.entities.call import CallKind
from models.entities.discrepancy import DiscrepancyKind
from models.ids import PartnerId
from models.language.phrase import stored_phrase
from models.store.unit import Unit
from recovery_flows.cross_border import messages
from recovery_flows.engine.context import Engine
from recovery_flows.engine.outbox.abroad_news import settle_request
from recovery_flows.engine.outbox.task_documents import settle_task
from recovery_flows.errors import AnswerUnreadableError
from recovery_flows.ledger import bank_contradictions
from recovery_flows.ledger.changeset import Changeset
from recovery_flows.partners.rbp1 import request_wire, wire

if TYPE_CHECKING:
    from recovery_flows.engine.outbox.results import Result


def settle_resource(
    unit: Unit, engine: Engine, now: datetime, changes: Changeset, result: Result, digest: str
) -> None:
    """A task, or a request to another State's body, as its partner has it now."""
    call, raw = result.call, result.raw[0].body
    if call.kind is CallKind.ABROAD:
        there = request_wire.parse_request(raw, PartnerId(call.partner_id))
        belongs(changes, result, now, there.order_ref)
        settle_request(unit, engine, changes, call.subject_id, there, now, digest)
        return
    if call.kind is CallKind.MESSAGE:
        there = request_wire.parse_request(raw, PartnerId(call.partner_id))
        message = messages.message_of(changes.file, call.subject_id)
        belongs(changes, result, now, there.order_ref, message.request_id)
        if message.id not in dict(there.messages):
            why = stored_phrase("does not name the message that it answers")
            raise AnswerUnreadableError(PartnerId(call.partner_id), "messages", why)
        settle_request(unit, engine, changes, message.request_id, there, now, digest)
        return
    told = wire.parse_task(raw, PartnerId(call.partner_id))
    belongs(changes, result, now, told.order_ref)
    settle_task(unit, changes, call.subject_id, told, now, engine.wall_now())


def belongs(
    changes: Changeset, result: Result, now: datetime, order_ref: str, expected: str = ""
) -> None:
    """An answer that is about something else than was asked is not taken, and a person looks."""
    call = result.call
    if order_ref == (expected or call.subject_id):
        return
    about = bank_contradictions.About(call.noun, call.subject_id, call.asset_id)
    kind = DiscrepancyKind.WRONG_REFERENCE
    detail = stored_phrase("the answer to {call} names another order", call=call.id)
    bank_contradictions.find(changes, kind, about, now, detail=detail, mark=call.id)
    why = stored_phrase("is not that of the order")
    raise AnswerUnreadableError(PartnerId(call.partner_id), "orderRef", why)
