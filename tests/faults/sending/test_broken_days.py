"""Days on which something is not as it was: what was decided, who looked, what a bank says."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx
import pytest

from models.entities.approval import ApprovalState
from models.entities.call import CallState
from models.entities.hold import HoldKind, HoldState
from models.entities.ledger import LedgerAccount
from models.entities.payout import PayoutState
from models.facts import AccountRef
from models.queries.audit.verify import verify
from recovery_flows.cli.sandbox_process import register_banks
from recovery_flows.errors import MisuseError, StepRefusedError
from recovery_flows.freezing.actions import amend
from recovery_flows.reports.ledger_check import ledger_check


def assert_proofs_hold(unit: Any) -> None:
    with unit.database.reading() as session:
        assert ledger_check(session).differences == ()
    assert verify(unit.database) == ()


def approval(unit: Any, action: str) -> Any:
    """The approval that was asked for last for this act."""
    return [a for a in unit.file().approvals if a.action == action][-1]


def other_account(unit: Any) -> AccountRef:
    return AccountRef(unit.sandbox.SLOW, unit.sandbox.BUSY, "Synthetic Shop")


async def test_a_payee_changed_after_the_yes_and_before_the_sending_is_not_paid(unit: Any) -> None:
    await unit.until("return")
    unit.approve()
    (payout,) = unit.file().payouts
    (claim,) = unit.file().claims
    assert payout.state is PayoutState.INSTRUCTED
    unit.case_officer().change_payee(
        unit.recovery_id, claim.id, other_account(unit), "account was closed"
    )
    assert approval(unit, "return").state is ApprovalState.VOID
    await unit.sweep()
    assert unit.sandbox.book()["payouts"] == []
    assert unit.call_events("payout") == ["planned", "cancelled"]
    assert unit.file().payouts[0].state is PayoutState.PREPARED

    unit.case_officer("supervisor").approve(approval(unit, "payee").id)
    await unit.until("return")
    assert unit.sandbox.book()["payouts"] == []
    unit.approve()
    await unit.sweep()
    paid = unit.sandbox.book(unit.sandbox.SLOW, unit.sandbox.BUSY)["bookings"]
    assert [b["amount"]["amount"] for b in paid if b["kind"] == "PAYOUT"] == ["800.00"]
    assert_proofs_hold(unit)


async def test_a_payee_changed_while_the_yes_is_asked_for_takes_the_question_back(
    unit: Any,
) -> None:
    await unit.until("return")
    asked = approval(unit, "return")
    (claim,) = unit.file().claims
    unit.case_officer().change_payee(
        unit.recovery_id, claim.id, other_account(unit), "account was closed"
    )
    with pytest.raises(StepRefusedError, match="void already"):
        unit.case_officer("supervisor").approve(asked.id)
    await unit.sweep()
    assert unit.sandbox.book()["payouts"] == []
    assert unit.call_events("payout") == []


async def test_a_payee_cannot_be_changed_once_the_bank_was_told_to_pay(unit: Any) -> None:
    await unit.until("return")
    unit.approve()
    unit.sandbox.plant({"call": "POST /v1/payouts", "kind": "error_500"})
    await unit.sweep()
    (claim,) = unit.file().claims
    with pytest.raises(StepRefusedError, match="told to pay already"):
        unit.case_officer().change_payee(unit.recovery_id, claim.id, other_account(unit), "closed")
    await unit.sweep(after_seconds=2)
    assert [p.state for p in unit.file().payouts] == [PayoutState.SETTLED]


async def test_a_hold_amended_before_the_yes_is_ordered_with_the_new_sum_or_not_at_all(
    unit: Any,
) -> None:
    await unit.until("freeze")
    freeze, asked = unit.hold(HoldKind.FREEZE), approval(unit, "freeze")
    amend(unit.case_officer(), unit.recovery_id, freeze.id, 80_100, "by order of the court")
    with pytest.raises(StepRefusedError, match="void already"):
        unit.case_officer("supervisor").approve(asked.id)
    await unit.sweep()
    assert [h["kind"] for h in unit.sandbox.book()["holds"]] == ["stop"]

    await unit.until("freeze")
    unit.approve()
    await unit.sweep()
    ordered = {h["kind"]: h["amountRequested"]["amount"] for h in unit.sandbox.book()["holds"]}
    assert ordered == {"stop": "800.00", "freeze": "801.00"}
    with pytest.raises(StepRefusedError, match="its sum is fixed"):
        amend(unit.case_officer(), unit.recovery_id, freeze.id, 40_000)
    assert_proofs_hold(unit)


async def test_a_jump_is_refused_by_naming_each_step_that_is_missing(unit: Any) -> None:
    before = unit.file()
    with pytest.raises(StepRefusedError) as refused:
        unit.case_officer().advance(unit.recovery_id, to="returned", case_number="SYN-CASE-1")
    said = str(refused.value)
    order = ("accept the report", "stop-payment", "statement", "freeze", "title", "payout booked")
    places = [said.find(word) for word in order]
    assert -1 not in places
    assert places == sorted(places)
    assert said.startswith(f"{before.recovery.ref} cannot go to returned yet; missing: ")
    assert "closing" not in said
    assert unit.file() == before

    unit.stop()
    await unit.sweep()
    with pytest.raises(StepRefusedError) as refused:
        unit.case_officer().advance(unit.recovery_id, to="returned")
    assert "accept the report" not in str(refused.value)
    assert "submit the freeze" in str(refused.value)
    with pytest.raises(MisuseError, match="'paid' is no milestone"):
        unit.case_officer().advance(unit.recovery_id, to="paid")


async def test_of_two_desks_that_saw_the_same_file_the_second_to_save_is_refused(unit: Any) -> None:
    await unit.until("freeze")
    seen = unit.page().version
    freeze = unit.hold(HoldKind.FREEZE)
    amend(unit.case_officer(), unit.recovery_id, freeze.id, 80_100, "by order", seen=seen)
    changed = unit.file()
    with pytest.raises(StepRefusedError, match=f"version {seen}, now {unit.page().version}"):
        amend(unit.case_officer(), unit.recovery_id, freeze.id, 80_200, "by order", seen=seen)
    with pytest.raises(StepRefusedError, match="review it and try again"):
        unit.case_officer().advance(unit.recovery_id, seen_version=seen)
    assert unit.file() == changed
    unit.case_officer().advance(unit.recovery_id, seen_version=unit.page().version)


class _CrookedBank(BaseHTTPRequestHandler):
    """Passes everything on to the real sandbox bank; `bend` changes what comes back."""

    origin = ""
    bent = ""

    def _pass_on(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        headers = {k: v for k, v in self.headers.items() if k.lower() != "host"}
        answer = httpx.request(self.command, self.origin + self.path, headers=headers, content=body)
        payload = answer.content
        if self.bent == "closing" and "/transactions" in self.path:
            statement = answer.json()
            statement["closing"]["amount"] = "999.99"
            payload = json.dumps(statement).encode()
        elif self.bent == "garbled" and self.command == "POST":
            payload = payload[: len(payload) // 2]
        self.send_response(answer.status_code)
        self.send_header("Content-Type", answer.headers["content-type"])
        self.send_header("Content-Length", str(len(payload)))
        self.end_headers()
        self.wfile.write(payload)

    do_GET = do_POST = _pass_on  # noqa: N815 - the names are http.server's

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        del format, args


@pytest.fixture
def crooked(unit: Any) -> Iterator[type[_CrookedBank]]:
    """The home bank, reached through a server that can bend its answers."""
    row = unit.sandbox.banks[unit.sandbox.HOME]
    handler = type("Crooked", (_CrookedBank,), {"origin": row["url"]})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{server.server_address[1]}"
        register_banks(unit.database, [{**row, "url": url}], "CN")
        yield handler
        server.shutdown()


async def test_a_statement_that_does_not_add_up_is_named_and_nothing_of_it_is_kept(
    unit: Any, crooked: type[_CrookedBank]
) -> None:
    crooked.bent = "closing"
    unit.stop()
    await unit.sweep()
    (call,) = unit.file().calls
    assert (call.kind, call.state) == ("statement", CallState.UNKNOWN)
    assert "closing" in call.last_error
    assert call.last_error in " ".join(step.sentence for step in unit.page().steps)
    assert unit.file().trace is None
    assert unit.file().assets[0].statement_to is None
    with unit.database.reading() as session:
        for table in ("statement", "statement_line"):
            rows = session.connection().exec_driver_sql(f"SELECT COUNT(*) FROM {table}")
            assert rows.scalar_one() == 0
        kept = "SELECT COUNT(*) FROM document WHERE kind = 'statement answer'"
        assert session.connection().exec_driver_sql(kept).scalar_one() == 1
    # The stop does not wait for the statement, and the money is safe in the meantime.
    assert unit.hold().state is HoldState.STOPPED
    assert_proofs_hold(unit)

    crooked.bent = ""
    await unit.sweep(after_seconds=5)
    assert unit.file().trace is not None
    located = sum(b.claim_minor for b in unit.file().balances if b.account is LedgerAccount.HELD)
    assert located == 80_000
    assert_proofs_hold(unit)


async def test_an_answer_cut_in_half_after_the_bank_acted_does_not_order_twice(
    unit: Any, crooked: type[_CrookedBank]
) -> None:
    crooked.bent = "garbled"
    unit.stop()
    await unit.sweep()
    (call,) = (c for c in unit.file().calls if c.kind == "hold")
    assert call.state is CallState.UNKNOWN
    assert "does not fit the profile" in call.last_error
    await unit.sweep(after_seconds=2)
    assert len(unit.sandbox.book()["holds"]) == 1
    assert unit.hold().state is HoldState.STOPPED
    assert unit.call_events("hold")[-3:] == ["sent", "unknown", "answered"]
    assert_proofs_hold(unit)
