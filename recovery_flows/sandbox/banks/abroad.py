"""Requests of our unit as a body of another State keeps them: received, answered, told again."""

from __future__ import annotations

import base64
import hashlib
import json
import sqlite3
from collections.abc import Iterable
from dataclasses import astuple, dataclass

from recovery_flows.sandbox.arithmetic import iso, text_of
from recovery_flows.sandbox.banks import abroad_behaviour as behaviour
from recovery_flows.sandbox.banks.abroad_messages import messages_json
from recovery_flows.sandbox.banks.holds import resource_id
from recovery_flows.sandbox.banks.resources import instant_json, money_json
from recovery_flows.sandbox.journal import Journal
from recovery_flows.sandbox.states import FaultKind

SCHEMA = """
CREATE TABLE IF NOT EXISTS request (
    id TEXT PRIMARY KEY, bank TEXT NOT NULL, order_ref TEXT NOT NULL, channel TEXT NOT NULL,
    wanted TEXT NOT NULL, minor INTEGER NOT NULL, currency TEXT NOT NULL, status TEXT NOT NULL,
    revision INTEGER NOT NULL, fault TEXT, code TEXT, seconds INTEGER, part_minor INTEGER,
    step INTEGER NOT NULL, received_us INTEGER NOT NULL, due_us INTEGER,
    modified_us INTEGER NOT NULL, UNIQUE (bank, order_ref)
) STRICT;
CREATE INDEX IF NOT EXISTS request_due ON request (due_us) WHERE due_us IS NOT NULL;
CREATE INDEX IF NOT EXISTS request_feed ON request (bank, modified_us, id);
CREATE TABLE IF NOT EXISTS request_answer (
    request TEXT NOT NULL, number INTEGER NOT NULL, at_us INTEGER NOT NULL, says TEXT NOT NULL,
    ground TEXT, minor INTEGER, until_us INTEGER, review_us INTEGER, document TEXT NOT NULL,
    PRIMARY KEY (request, number)
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS request_receipt (
    request TEXT NOT NULL, place INTEGER NOT NULL, kind TEXT NOT NULL, at_us INTEGER NOT NULL,
    PRIMARY KEY (request, place)
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS received (
    place INTEGER PRIMARY KEY, bank TEXT NOT NULL, target TEXT NOT NULL, headers TEXT NOT NULL,
    body BLOB NOT NULL
) STRICT
"""
"""Made when a file is opened, for files older than these tables are.

`received` is every order that came in, as its bytes were.
"""
RECEIVED = "RECEIVED"


@dataclass(slots=True)
class Request:
    """One row of the table `request`, in its order of columns."""

    id: str
    bank: str
    order_ref: str
    channel: str
    wanted: str
    minor: int
    currency: str
    status: str
    revision: int
    fault: str | None
    code: str | None
    seconds: int | None
    part_minor: int | None
    step: int
    received_us: int
    due_us: int | None
    modified_us: int

    @property
    def kind(self) -> FaultKind | None:
        """What is planted on it."""
        return None if self.fault is None else FaultKind(self.fault)


@dataclass(frozen=True, slots=True)
class RequestOrder:
    """A request as it came."""

    order_ref: str
    channel: str
    wanted: str
    minor: int
    currency: str


@dataclass(frozen=True, slots=True)
class Planted:
    """What will go wrong with a request: the fault, a ground, its wait, the part carried out."""

    kind: FaultKind | None = None
    code: str | None = None
    seconds: int | None = None
    part_minor: int | None = None


def find_request(db: sqlite3.Connection, bank: str, request_id: str) -> Request | None:
    """The request with this id at this body, or None."""
    row = db.execute(
        "SELECT * FROM request WHERE bank = ? AND id = ?", [bank, request_id]
    ).fetchone()
    return None if row is None else Request(*row)


def place(
    journal: Journal, bank: tuple[str, int], order: RequestOrder, planted: Planted, now_us: int
) -> Request:
    """Receive a request; `bank` is (id, answer minutes), 0 minutes: it acts at once."""
    bank_id, answer_minutes = bank
    request = Request(
        resource_id(bank_id, "request", order.order_ref), bank_id, order.order_ref, order.channel,
        order.wanted, order.minor, order.currency, RECEIVED, 1, planted.kind, planted.code,
        planted.seconds, planted.part_minor, 0, now_us, None, now_us,
    )  # fmt: skip
    request.due_us = _next_us(request, answer_minutes)
    marks = ",".join("?" * len(astuple(request)))
    journal.db.execute(f"INSERT INTO request VALUES ({marks})", astuple(request))  # noqa: S608 - marks
    kinds = behaviour.receipts(order.channel, planted.kind)
    rows = [(request.id, number, kind, now_us) for number, kind in enumerate(kinds, start=1)]
    journal.db.executemany("INSERT INTO request_receipt VALUES (?,?,?,?)", rows)
    while answer_minutes == 0 and request.due_us is not None and request.due_us <= now_us:
        _move(journal, request, 0, now_us)
    return request


def step(journal: Journal, bank: tuple[str, int], request_id: str, at_us: int) -> int | None:
    """Give the answer that is due at `at_us`; the instant of the next one, or None."""
    request = find_request(journal.db, bank[0], request_id)
    if request is None or request.due_us != at_us:
        return None
    _move(journal, request, bank[1], at_us)
    return request.due_us


def _next_us(request: Request, answer_minutes: int) -> int | None:
    planned = behaviour.plan(request.kind, answer_minutes, request.seconds)
    if request.step >= len(planned):
        return None
    return request.received_us + planned[request.step].after_us


def _move(journal: Journal, request: Request, answer_minutes: int, at_us: int) -> None:
    says = behaviour.plan(request.kind, answer_minutes, request.seconds)[request.step].says
    request.step += 1
    request.revision += 1
    request.modified_us = at_us
    request.due_us = _next_us(request, answer_minutes)
    if says == behaviour.AGAIN:
        journal.db.execute(
            "INSERT INTO request_answer SELECT request, ?1, ?2, says, ground, minor, until_us,"
            " review_us, document FROM request_answer WHERE request = ?3 AND number = ?1 - 1",
            [request.step, at_us, request.id],
        )
    else:
        request.status = says.upper()
        _answer(journal.db, request, says, at_us)
    journal.db.execute(
        "UPDATE request SET status = ?, revision = ?, step = ?, due_us = ?, modified_us = ?"
        " WHERE id = ?",
        [
            request.status, request.revision, request.step, request.due_us, at_us, request.id,
        ],
    )  # fmt: skip


def _answer(db: sqlite3.Connection, request: Request, says: str, at_us: int) -> None:
    ground = behaviour.ground(request.channel, says, request.code)
    minor = until_us = review_us = None
    if says == "executed":
        minor = request.minor
    elif says == "partially_executed":
        minor = request.minor // 2 if request.part_minor is None else request.part_minor
    if minor is not None and request.wanted == "freeze":
        until_us = at_us + behaviour.HOLD_DAYS * behaviour.DAY_US
    if says == "postponed":
        review_us = at_us + behaviour.wait(request.kind, request.seconds)
    document = json.dumps(
        {
            "synthetic": True,
            "request": request.id,
            "requestRef": request.order_ref,
            "answer": request.step,
            "at": iso(at_us),
            "says": says,
            "ground": ground,
            "amount": None if minor is None else text_of(minor, request.currency),
            "until": None if until_us is None else iso(until_us),
        },
        ensure_ascii=False,
        indent=1,
    )
    row = (request.id, request.step, at_us, says, ground, minor, until_us, review_us, document)
    db.execute("INSERT INTO request_answer VALUES (?,?,?,?,?,?,?,?,?)", row)


def request_json(db: sqlite3.Connection, request: Request) -> dict[str, object]:
    """A request resource."""
    answers = db.execute(
        "SELECT * FROM request_answer WHERE request = ? ORDER BY number", [request.id]
    )
    receipts = db.execute(
        "SELECT kind, at_us FROM request_receipt WHERE request = ? ORDER BY place", [request.id]
    )
    return {
        "type": "request",
        "id": request.id,
        "revision": request.revision,
        "requestRef": request.order_ref,
        "channel": request.channel,
        "status": request.status,
        "answers": [_answer_json(row, request.currency) for row in answers],
        "receipts": [{"kind": row["kind"], "at": iso(row["at_us"])} for row in receipts],
        "announced": _announced(db, request),
        "messages": messages_json(db, request.id),
        "lastModified": iso(request.modified_us),
    }


def _announced(db: sqlite3.Connection, request: Request) -> list[dict[str, object]]:
    """Money that this body says it has paid: what it was asked to return, once it has done so."""
    if request.wanted != "return":
        return []
    rows = db.execute(
        "SELECT at_us, max(minor) AS minor FROM request_answer WHERE request = ? AND says IN"
        " ('executed', 'partially_executed')",
        [request.id],
    )
    return [
        {
            "booking": f"RET-{request.id[-8:]}", "at": iso(row["at_us"]),
            "amount": money_json(row["minor"], request.currency),
        }
        for row in rows
        if row["minor"] is not None
    ]  # fmt: skip


def _answer_json(row: sqlite3.Row, currency: str) -> dict[str, object]:
    document = str(row["document"]).encode()
    minor = row["minor"]
    return {
        "number": row["number"],
        "at": iso(row["at_us"]),
        "says": row["says"],
        "ground": row["ground"],
        "amount": None if minor is None else money_json(minor, currency),
        "until": instant_json(row["until_us"]),
        "reviewAt": instant_json(row["review_us"]),
        "document": base64.b64encode(document).decode(),
        "sha256": hashlib.sha256(document).hexdigest(),
        "mediaType": "application/json",
    }


def older(item: dict[str, object]) -> dict[str, object] | None:
    """A request without its last answer; every answer is a revision."""
    answers = item["answers"]
    if not isinstance(answers, list) or not answers or not isinstance(item["revision"], int):
        return None
    return {**item, "revision": item["revision"] - 1, "answers": answers[:-1]}


def keep_received(
    db: sqlite3.Connection, bank: str, target: str, headers: Iterable[tuple[bytes, bytes]],
    raw: bytes,
) -> None:  # fmt: skip
    """Keep an order as its bytes were, headers and body."""
    told = json.dumps([[k.decode("latin-1"), v.decode("latin-1")] for k, v in headers])
    db.execute(
        "INSERT INTO received (bank, target, headers, body) VALUES (?,?,?,?)",
        [bank, target, told, raw],
    )
