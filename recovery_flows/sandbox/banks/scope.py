"""What a call touches at a bank: the endpoint, account and sum that an order must cover."""

from __future__ import annotations

import re
import sqlite3

from starlette.requests import Request

from recovery_flows.sandbox.banks.authorization import Scope
from recovery_flows.sandbox.banks.holds import find_hold
from recovery_flows.sandbox.banks.tasks import find_task
from recovery_flows.sandbox.banks.wire import Json, json_object, money
from recovery_flows.sandbox.states import HoldKind

_FLAGS = tuple(
    (method, re.compile(path), flag)
    for method, path, flag in (
        ("GET", r"/v1/(events|capabilities)", "events"),
        ("GET", r"/v1/daily", "daily"),
        ("GET", r"/v1/accounts/[^/]+", "accountDetails"),
        ("GET", r"/v1/accounts/[^/]+/transactions", "transactions"),
        ("GET", r"/v1/holds/[^/]+", "holds"),
        ("GET", r"/v1/payouts/[^/]+", "payouts"),
        ("GET", r"/v1/calls/[^/]+", "calls"),
        ("POST", r"/v1/holds", "holds"),
        ("POST", r"/v1/holds/[^/]+/extend", "extensions"),
        ("POST", r"/v1/holds/[^/]+/release", "releases"),
        ("POST", r"/v1/payouts", "payouts"),
        ("GET", r"/v1/tasks/[^/]+", "tasks"),
        ("POST", r"/v1/tasks", "tasks"),
        ("POST", r"/v1/tasks/[^/]+/extend", "taskExtensions"),
        ("POST", r"/v1/tasks/[^/]+/cancel", "taskCancels"),
        ("GET", r"/v1/requests/[^/]+", "requests"),
        ("POST", r"/v1/requests", "requests"),
        ("POST", r"/v1/requests/[^/]+/messages", "requests"),
    )
)


def scope_of(db: sqlite3.Connection, bank: str, request: Request, raw: bytes) -> Scope:
    """What `request` touches; 400 for an order whose account or money cannot be read."""
    flag = _flag(request)
    if request.method == "GET":
        return Scope(flag, request.path_params.get("number"), None, needs_approval=False)
    body = json_object(raw)
    if flag == "holds":
        account = body.get("account")
        number = account.get("number") if isinstance(account, dict) else None
        # A stop may be sent first and confirmed afterwards; a freeze never.
        is_stop = body.get("kind") == HoldKind.STOP
        return Scope(flag, number or "", money(body, "amount"), needs_approval=not is_stop)
    if flag.startswith("task"):
        # Tasks may be sent first and confirmed afterwards, as stops may.
        return Scope(flag, _subject(db, bank, request, body), None, needs_approval=False)
    if flag == "requests":
        # A message about a request says no new sum: its order names the request alone.
        asked = None if "messageRef" in body else money(body, "amount")
        return Scope(flag, str(body.get("requestRef")), asked, needs_approval=True)
    hold_id = body.get("holdId") if flag == "payouts" else request.path_params.get("id")
    hold = find_hold(db, bank, str(hold_id))
    number = None if hold is None else hold.number
    return Scope(flag, number, _moved(flag, body), needs_approval=flag != "extensions")


def _subject(db: sqlite3.Connection, bank: str, request: Request, body: Json) -> str | None:
    """What a task is about: the order has to name just that."""
    if "id" in request.path_params:
        task = find_task(db, bank, request.path_params["id"])
        return None if task is None else task.subject
    subject = body.get("subject")
    value = subject.get("value") if isinstance(subject, dict) else None
    return value if isinstance(value, str) else ""


def _moved(flag: str, body: Json) -> tuple[int, str] | None:
    return money(body, "amount") if flag == "payouts" or body.get("amount") else None


def _flag(request: Request) -> str:
    for method, path, flag in _FLAGS:
        # The path as routed: a number with a slash in it stays one segment in the raw path.
        raw_path = request.scope["raw_path"].decode("ascii").partition("?")[0]
        if method == request.method and path.fullmatch(raw_path):
            return flag
    return "none"
