"""Processes that are killed at a named point of a payment: `python -m …payments.child`.

One helper has everything loaded and forks a process for each order that it reads (a line of JSON),
so that a kill costs hundredths of a second. It answers each with the signal that ended the process,
or with 0 where the point was never reached, and the seconds of CPU that it cost.
"""

from __future__ import annotations

import asyncio
import gc
import json
import os
import signal
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
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
from recovery_flows.cli.composition import Installation, open_installation
from recovery_flows.engine import event_feed
from recovery_flows.engine.context import Engine, Pace
from recovery_flows.engine.outbox import dispatch, portion, preparation
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
    "booking": partial(_then_die, portion, "write_changes"),
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


def play(opened: Installation, given: Mapping[str, Any]) -> None:
    """Come to the point and die there; whatever ends otherwise never reached it."""
    point = given["point"]
    {**DESK, **OUTBOX, **FEED}[point]()
    if point in DESK:
        _act(opened, given, given["role"], given["act"], given["words"])
    else:
        asyncio.run(_engine(_hands(opened, given), reads_feed=point in FEED))
    if point in ("decided", "booked", "feed booked"):
        die()


def warm(opened: Installation, given: Mapping[str, Any]) -> None:
    """A whole try without a death, in the helper: what it forks has each statement ready."""
    _act(opened, given, Role.SUPERVISOR, "approve", [given["warm"]])
    asyncio.run(_engine(_hands(opened, given), reads_feed=True))


def _act(
    opened: Installation, given: Mapping[str, Any], role: str, act: str, words: Sequence[str]
) -> None:
    now = datetime.fromisoformat(given["wall_now"])
    who = by_system_user(opened.database, f"the-{role}")
    acts.ACTS[act](CaseOfficer(opened.database, opened.laws, who, lambda: now), *words)


def _hands(opened: Installation, given: Mapping[str, Any]) -> Engine:
    now = datetime.fromisoformat(given["wall_now"])
    pace = Pace(timeout_seconds=given["patience"], poll_seconds=60)
    return Engine(opened.database, opened.laws, pace, "killed", lambda: now)


async def _engine(engine: Engine, *, reads_feed: bool) -> None:
    await dispatch.send_due(engine, [CallKind.PAYOUT])
    if reads_feed:
        await event_feed.poll(engine, HOME)


def _opened(folder: str) -> Installation:
    opened = open_installation(Path(folder))
    return replace(opened, laws=short_notice(opened.laws))


def _forked(opened: Installation, given: Mapping[str, Any]) -> int:
    child = os.fork()
    if not child:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        play(opened, given)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    return os.WTERMSIG(status) if os.WIFSIGNALED(status) else -os.WEXITSTATUS(status)


def main() -> None:
    """Do what each line says, until there are none: a process forked for it, or here (`warm`)."""
    known: dict[str, Installation] = {}
    for line in sys.stdin:
        before, given, told = _cpu_seconds(), json.loads(line), 0
        opened = known.get(given["folder"]) or _opened(given["folder"])
        known[given["folder"]] = opened
        # What is forked opens connections of its own, and signs after what is in the file then.
        heads = HeadFile(opened.settings.key_dir)
        opened = replace(opened, whole=replace(opened.whole, heads=heads))
        if "warm" in given:
            warm(opened, given)
            gc.collect()
            gc.freeze()
        else:
            told = _forked(opened, given)
        opened.database.dispose()
        sys.stdout.write(f"{told} {_cpu_seconds() - before:.3f}\n")
        sys.stdout.flush()


def _cpu_seconds() -> float:
    """What this process and those that it forked have used."""
    used = os.times()
    return used.user + used.system + used.children_user + used.children_system


if __name__ == "__main__":
    main()
