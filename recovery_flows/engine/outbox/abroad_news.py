"""What another State's body tells of a request: documents kept, then taken as people's entries."""

from __future__ import annotations

from datetime import datetime

from models.facts import RequestFact
from models.ids import canonical, digest_bytes
from models.queries.cases.letters import document_bytes
from models.store.documents import keep
from models.store.unit import Unit
from recovery_flows.cross_border import messages, over_connection
from recovery_flows.cross_border.request_edits import request_of
from recovery_flows.engine.context import Engine
from recovery_flows.ledger.changeset import Changeset

DOCUMENT_KIND = "answer from abroad"


def settle_request(
    unit: Unit, engine: Engine, changes: Changeset, request_id: str, fact: RequestFact,
    now: datetime, proof: str = "",
) -> None:  # fmt: skip
    """Take what is new of a request; `proof` is what came back when it was sent.

    Where its answer was lost and the feed tells of it first, what the feed tells is the proof.
    """
    wall_now = engine.wall_now()
    request = request_of(changes.file, request_id)
    channel = engine.channels[request.channel]
    if over_connection.is_dispatched(changes.file, request_id):
        told = canonical({"requestRef": fact.order_ref, "id": fact.partner_ref})
        proof = proof or keep(unit, told, "proof of sending", "application/json", wall_now)
        over_connection.sent(changes, request_id, fact.partner_ref, proof, channel, now)
    for name, at in fact.messages:
        if messages.is_awaited(changes.file, name):
            stated = canonical({"message": name, "at": at.isoformat()})
            kept = proof or keep(unit, stated, "proof of sending", "application/json", wall_now)
            heard = over_connection.counted_at(changes, request_id, at, f"message {name}", now)
            messages.delivered(changes, request_id, name, heard, kept, now)
    papers: dict[int, str] = {}
    for answer in fact.answers:
        if answer.number > request.answers_read:
            papers[answer.number] = keep(
                unit, answer.document, DOCUMENT_KIND, answer.media_type, wall_now
            )
        elif document_bytes(unit.session, unit.vault, digest_bytes(answer.document)) is None:
            over_connection.changed_answer(changes, request_id, answer.number, now)
    proofs = {
        receipt.kind: keep(
            unit,
            canonical({"request": request_id, "kind": receipt.kind, "at": receipt.at.isoformat()}),
            "delivery receipt", "application/json", wall_now,
        )
        for receipt in fact.receipts
    }  # fmt: skip
    over_connection.take_news(changes, request_id, fact, papers, proofs, channel, now)
