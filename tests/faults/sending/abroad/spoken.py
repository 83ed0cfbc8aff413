"""What is said about a request over its body's connection, and what the body got of it."""

from __future__ import annotations

import json
from typing import Any

from models.entities.call import CallKind
from models.queries.cases.letters import document_bytes
from models.queries.cases.work import calls_by_id
from recovery_flows.correspondence.abroad import message_actions
from tests.faults.sending.abroad.bodies import (
    CHANNELS,
    SENDER,
    Asked,
)

NAME, CONTACT, VICTIM_ACCOUNT = "Synthetic Victim", "victim@example.org", "9999000000000002"
DAY = 24


def say(asked: Asked, act: str, name: str, text: str = "") -> str:
    deed = getattr(message_actions, act)
    told: str = deed(asked.acting(), asked.unit.recovery_id, name, text, SENDER, CHANNELS)
    return told


def heard(asked: Asked, body: str) -> list[tuple[dict[str, str], dict[str, Any]]]:
    """The messages that a body got: headers and the JSON of each, the first one first."""
    told = [(headers, json.loads(raw)) for headers, raw in asked.got(body)]
    return [(headers, body) for headers, body in told if "messageRef" in body]


def messages(asked: Asked, name: str) -> list[tuple[str, str]]:
    return [(m.kind, m.state) for m in asked.unit.file().messages if m.request_id == name]


def assert_bytes_are_those_kept(asked: Asked, body: str) -> None:
    """What the stand-in got is what the outbox kept, and its letter the one of the documents."""
    unit = asked.unit
    for headers, got in heard(asked, body):
        raw = next(r for _, r in asked.got(body) if got["messageRef"].encode() in r)
        key = headers["idempotency-key"]
        with unit.database.reading() as session:
            (call,) = calls_by_id(session, unit.database.vault, [key])
            row = next(m for m in unit.file().messages if m.id == got["messageRef"])
            letter = document_bytes(session, unit.database.vault, row.letter)
        assert (call.kind, call.body) == (CallKind.MESSAGE, raw)
        assert letter is not None
        assert got["letter"] == letter.decode()
        assert (got["kind"], got["requestRef"]) == (row.kind, row.request_id)
        for text in (NAME, CONTACT, VICTIM_ACCOUNT, unit.sandbox.FOREIGN):
            assert text not in raw.decode()
