"""Processes that are killed at a named point of a payment: `python -m …payments.child`.

One helper has everything loaded and forks a process for each order that it reads (a line of JSON),
so that a kill costs hundredths of a second. It answers each with the signal that ended the process,
or with 0 where the point was never reached.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

import httpx

from models.entities.call import CallKind
from models.entities.officer import Role
from models.sealing.signed_heads import HeadFile
from models.store import unit as units
from recovery_flows.access.log_in import by_system_user
from recovery_flows.cases.case_officer import CaseOfficer
from recovery_flows.cli.composition import open_installation
from recovery_flows.engine import event_feed
from recovery_flows.engine.context import Engine, Pace
from recovery_flows.engine.outbox import dispatch, preparation, settlement
from tests.faults.sending.payments import acts
from tests.faults.sending.payments.acts import short_notice

HOME = "bank-home"


def die(*_: object, **__: object) -> Any:
    """What a power cut does."""
    os.kill(os.getpid(), signal.SIGKILL)


def _then_die(module: Any, name: str) -> None:
    """Whatever has this name does its work, and nothing after it is done."""
    does = getattr(module, name)

    def _last(*given: Any, **named: Any) -> None:
        does(*given, **named)
        die()

    setattr(module, name, _last)


def _instead(module: Any, name: str, do: Callable[..., Any] = die) -> None:
    setattr(module, name, do)


def _on_the_wire(event: str) -> None:
    """Dies when the connection has come so far with a payment order."""
    send = httpx.AsyncClient.send

    async def _trace(name: str, _: object) -> None:
        if name == event:
            die()

    async def _traced(self: httpx.AsyncClient, request: httpx.Request, **more: Any) -> Any:
        if request.method == "POST" and request.url.path == "/v1/payouts":
            request.extensions["trace"] = _trace
        return await send(self, request, **more)

    _instead(httpx.AsyncClient, "send", _traced)


DESK: Mapping[str, Callable[[], None]] = {
    "deciding": partial(_instead, units, "keep"),
    "decided, unsigned": partial(_instead, HeadFile, "sign"),
    "decided": lambda: None,
}
"""A person's yes: before its commit, before the head of the history is signed, after it."""
OUTBOX: Mapping[str, Callable[[], None]] = {
    "leased": partial(_instead, preparation, "_ReadAtOnce"),
    "marking as sent": partial(_then_die, preparation, "mark_sent"),
    "marked as sent": partial(_instead, Engine, "bank"),
    "request written": partial(_on_the_wire, "http11.send_request_body.complete"),
    "answer begun": partial(_on_the_wire, "http11.receive_response_headers.complete"),
    "answered": partial(_instead, dispatch, "settle_results"),
    "booking": partial(_then_die, settlement, "commit_changes"),
    "booked": lambda: None,
}
"""The order: before it is written, written and not sent, sent and not answered, and so on."""
FEED: Mapping[str, Callable[[], None]] = {
    "feed read": partial(_instead, event_feed, "_apply"),
    "feed booking": partial(_then_die, event_feed, "commit_changes"),
    "feed booked": lambda: None,
}
"""What the bank tells afterwards: read and not booked, booked and told to nobody."""
POINTS = (*DESK, *OUTBOX, *FEED)


def play(given: Mapping[str, Any]) -> None:
    """Come to the point and die there; whatever ends otherwise never reached it."""
    opened, point = open_installation(Path(given["folder"])), given["point"]
    laws, now = short_notice(opened.laws), datetime.fromisoformat(given["wall_now"])
    {**DESK, **OUTBOX, **FEED}[point]()
    if point in DESK:
        role = Role(given["role"])
        who = by_system_user(opened.database, f"the-{role}")
        acts.ACTS[given["act"]](
            CaseOfficer(opened.database, laws, who, lambda: now), *given["words"]
        )
    else:
        pace = Pace(timeout_seconds=given["patience"], poll_seconds=60)
        asyncio.run(_engine(Engine(opened.database, laws, pace, "killed", lambda: now), point))
    if point in ("decided", "booked", "feed booked"):
        die()


async def _engine(engine: Engine, point: str) -> None:
    await dispatch.send_due(engine, [CallKind.PAYOUT])
    if point in FEED:
        await event_feed.poll(engine, HOME)


def main() -> None:
    """Fork a process for each line, until there are none."""
    for line in sys.stdin:
        child = os.fork()
        if not child:
            os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
            play(json.loads(line))
            os._exit(0)
        _, status = os.waitpid(child, 0)
        told = os.WTERMSIG(status) if os.WIFSIGNALED(status) else -os.WEXITSTATUS(status)
        sys.stdout.write(f"{told}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
