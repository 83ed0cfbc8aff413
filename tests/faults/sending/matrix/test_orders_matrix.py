from __future__ import annotations
import time, asyncio
from itertools import product
from typing import Any
import pytest
import sqlalchemy as sa
from models.states import CallKind, HoldState, PayoutState
from recovery_flows.flows.reconcile import reconcile
from recovery_flows.sandbox.states import FaultKind
from recovery_flows.sandbox.kinds import KINDS, FORMS

FORM = {
    CallKind.HOLD: "POST /v1/holds",
    CallKind.REQUEST: "POST /v1/holds",
    CallKind.RELEASE: "POST /v1/holds/{id}/release",
    CallKind.EXTEND: "POST /v1/holds/{id}/extend",
    CallKind.PAYOUT: "POST /v1/payouts",
    CallKind.STATEMENT: "GET /v1/accounts/{number}/transactions",
    CallKind.BALANCE: "GET /v1/accounts/{number}",
    "feed": "GET /v1/events",
    "by_key": "GET /v1/calls/{key}",
}


async def settle(unit):
    for _ in range(40):
        await unit.sweep(after_seconds=130)
        file = unit.file()
        busy = [c for c in file.calls if c.state in ("planned", "sent", "unknown")]
        waits = [
            h
            for h in file.holds
            if h.state in ("ordered", "release_pending")
            or h.releasing_minor
            or h.renewal == "ordered"
        ] + [p for p in file.payouts if p.state == "instructed"]
        if not busy and not waits:
            break
        if busy:
            await asyncio.sleep(0.03)
        unit.later(0.3)
    unit.later(0.3)
    await unit.sweep()
    return busy, waits


@pytest.mark.parametrize(
    ("kind", "fault"),
    [(k, f) for k in FORM for f in FaultKind if not KINDS[f].calls or FORM[k] in KINDS[f].calls],
)
async def test_clean(about_to: Any, kind: str, fault) -> None:
    t = time.perf_counter()
    unit = await about_to(kind)
    more = {}
    if fault in ("rate_limited", "closed"):
        more = {"seconds": 0}
    if fault == "slow":
        more = {"seconds": 1}
    if fault in ("down",) and FORM[kind].startswith("GET"):
        more = {"times": 2}
    bank = unit.sandbox.ABROAD if kind == CallKind.REQUEST else unit.sandbox.HOME
    unit.sandbox.plant({"call": FORM[kind], "kind": fault, **more}, bank=bank)
    await unit.sweep()
    assert unit.sandbox.planted(bank) == [] or kind == "by_key"
    rest = await settle(unit)
    assert unit.sandbox.planted(bank) == []
    unit.assert_books_hold()
    found = await reconcile(unit.engine)
    print(
        "\n==",
        kind,
        fault,
        round(time.perf_counter() - t, 2),
        "recon",
        found.exit_code,
        [l.sentence for l in found.differences],
        [(h.state.value, h.kind.value, h.held_minor, h.reason) for h in unit.file().holds],
        [p.state.value for p in unit.file().payouts],
        [c.kind + ":" + c.state + c.last_error for c in unit.file().calls],
        rest,
    )
    for st in unit.page().steps[:3]:
        print("      ", st.sentence)
    for e in unit.page().events[:0]:
        print("      ", e)
