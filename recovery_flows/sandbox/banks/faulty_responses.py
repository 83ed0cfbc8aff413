"""Faults in a response on its way out; the bank's own book stays right."""

from __future__ import annotations

import base64
import json
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from recovery_flows.sandbox.arithmetic import minor_of, text_of
from recovery_flows.sandbox.banks.abroad import older as older_request
from recovery_flows.sandbox.banks.payouts import Payout
from recovery_flows.sandbox.banks.resources import hold_json, payout_json
from recovery_flows.sandbox.faults.plan import Fault
from recovery_flows.sandbox.rows import Hold
from recovery_flows.sandbox.states import FaultKind

# The first of these that an answer has is renamed, left out, or put as a text, by turns.
_RENAMED = ("counterparty", "amountHeld", "debited", "booked", "response", "minPollSeconds")
_LEFT_OUT = ("closing", "expiresAt", "bookedAt", "asOf", "status", "hasMoreElements", "currency")
_RETYPED = ("seq", "revision", "number", "idempotencyKey", "minPollSeconds", "hasMoreElements")
_FALLBACK = ("items", "lastModified")
_FIGURES = ("amountHeld", "debited", "closing", "booked")
_AGAIN = "again=1"


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer as it was about to go out, and what it answered; `currency` is the bank's."""

    db: sqlite3.Connection
    currency: str
    target: str
    body: dict[str, Any]


def bends(fault: Fault | None) -> bool:
    """Whether the fault changes what is said; such an answer goes out whole, never as a 304."""
    return fault is not None and fault.kind in _BENDERS


def bent(
    db: sqlite3.Connection, currency: str, fault: Fault, request: Request, response: Response
) -> Response:
    """The answer with the fault in it. Its ETag stays: a bank's may well be a revision."""
    query = f"?{request.url.query}" if request.url.query else ""
    target = request.url.path + query
    answer = Answer(db, currency, target, json.loads(bytes(response.body)))
    _BENDERS[fault.kind](answer, fault)
    content = json.dumps(answer.body, ensure_ascii=False, separators=(",", ":"))
    headers = {k: v for k, v in response.headers.items() if k != "content-length"}
    return Response(content, response.status_code, headers)


def _change_schema(answer: Answer, fault: Fault) -> None:
    names = (_RETYPED, _RENAMED, _LEFT_OUT)[fault.times % 3]
    found = list(_objects(answer.body))
    name = next(n for n in (*names, *_FALLBACK, *answer.body) if any(n in one for one in found))
    for one in found:
        if name not in one:
            continue
        value = one.pop(name)
        if names is _RENAMED:
            one[f"{name}V2"] = value
        elif names is _RETYPED:
            one[name] = [value]


def _miss_by_a_cent(answer: Answer, fault: Fault) -> None:
    del fault
    for one in _objects(answer.body):
        money = next((one[name] for name in _FIGURES if isinstance(one.get(name), dict)), None)
        if money is not None:
            minor = minor_of(money["amount"], money["currency"])
            money["amount"] = text_of(minor - 1 if minor else 1, money["currency"])


def _show_empty(answer: Answer, fault: Fault) -> None:
    del fault
    if "balance" in answer.body:
        answer.body["balance"]["booked"] = dict(answer.body["balance"]["held"])


def _repeat(answer: Answer, fault: Fault) -> None:
    del fault
    name = "items" if "items" in answer.body else "transactions"
    answer.body[name] = answer.body[name] * 2
    if answer.body[name] and _AGAIN not in answer.target:
        mark = "&" if "?" in answer.target else "?"
        answer.body["links"] = [{"rel": "next", "href": f"{answer.target}{mark}{_AGAIN}"}]
        if name == "items":
            answer.body["hasMoreElements"] = True


def _disorder(answer: Answer, fault: Fault) -> None:
    del fault
    if "transactions" in answer.body:
        answer.body["transactions"].reverse()
    elif "items" in answer.body:
        newest_first = reversed(answer.body["items"])
        answer.body["items"] = [one for item in newest_first for one in _with_older(answer, item)]
    else:
        older = _older(answer, answer.body)
        if older is not None:
            answer.body.clear()
            answer.body.update(older)


def _with_older(answer: Answer, item: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield item
    older = _older(answer, item)
    if older is not None:
        yield older


def _older(answer: Answer, item: dict[str, Any]) -> dict[str, Any] | None:
    """The revision before this one, from the bank's own memory."""
    if item["type"] == "task":
        return _older_task(item)
    if item["type"] == "request":
        return older_request(item)
    table = "hold_before" if item["type"] == "hold" else "payout_before"
    row = answer.db.execute(
        f"SELECT * FROM {table} WHERE id = ? AND revision < ?",  # noqa: S608 - ours
        [item["id"], item["revision"]],
    ).fetchone()
    if row is None:
        return None
    return hold_json(Hold(*row)) if item["type"] == "hold" else _payout(answer, row)


def _older_task(item: dict[str, Any]) -> dict[str, Any] | None:
    """A task without its last answer; every answer is a revision, whose document tells its term."""
    *answers, _ = item["answers"]
    if not answers:
        return None
    before = json.loads(base64.b64decode(answers[-1]["document"]))
    return {
        **item,
        "revision": item["revision"] - 1,
        "status": answers[-1]["status"],
        "preservedUntil": before["preservedUntil"],
        "refusalReason": before["refusalReason"],
        "answers": answers,
        "lastModified": answers[-1]["at"],
    }


def _payout(answer: Answer, row: sqlite3.Row) -> dict[str, Any]:
    return payout_json(Payout(*row), answer.currency)


def _objects(value: object) -> Iterator[dict[str, Any]]:
    """Every JSON object in a value, the outer ones first."""
    if isinstance(value, dict):
        yield value
        value = list(value.values())
    if isinstance(value, list):
        for one in value:
            yield from _objects(one)


_BENDERS: dict[FaultKind, Callable[[Answer, Fault], None]] = {
    FaultKind.SCHEMA_CHANGE: _change_schema,
    FaultKind.REPEATED: _repeat,
    FaultKind.OUT_OF_ORDER: _disorder,
    FaultKind.OFF_BY_A_CENT: _miss_by_a_cent,
    FaultKind.NO_MONEY: _show_empty,
}
