"""Planted misbehaviour: each kind over HTTP, and that it survives a restart."""

from __future__ import annotations

import threading
from typing import Any

import httpx
import pytest

HOLDS = "POST /v1/holds"


def test_a_bank_that_fails_twice_is_fine_the_third_time(sandbox: Any) -> None:
    sandbox.at(2).plant({"call": HOLDS, "kind": "error_500", "times": 2})
    body = sandbox.hold_body("h1", "300.00")
    answers = [sandbox.post("/v1/holds", body, "key-1").status_code for _ in range(3)]
    assert answers == [500, 500, 201]
    assert sandbox.balance() == ("1000.00", "300.00")


def test_a_limited_caller_is_told_when_to_come_back(sandbox: Any) -> None:
    sandbox.plant({"call": "GET /v1/accounts/{number}", "kind": "rate_limited", "seconds": 7})
    answer = sandbox.get(f"/v1/accounts/{sandbox.MULE}")
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "7")
    assert answer.json()["title"] == "RateLimited"
    assert sandbox.get(f"/v1/accounts/{sandbox.MULE}").status_code == 200


def test_an_answer_lost_after_acting_can_be_asked_for_by_key(sandbox: Any) -> None:
    sandbox.at(2).plant({"call": HOLDS, "kind": "timeout_after_acting", "times": 1})
    body = sandbox.hold_body("h1", "300.00")
    with pytest.raises(httpx.RemoteProtocolError):
        sandbox.post("/v1/holds", body, "key-1")
    call = sandbox.get("/v1/calls/key-1").json()
    assert (call["status"], call["response"]["status"]) == ("DONE", "HELD")
    assert sandbox.post("/v1/holds", body, "key-1").json() == call["response"]
    assert sandbox.balance() == ("1000.00", "300.00")


def test_an_answer_can_be_kept_back_past_the_patience_of_the_caller(sandbox: Any) -> None:
    sandbox.at(2).late("key-1", {"call": HOLDS, "kind": "timeout_after_acting", "seconds": 30})
    assert sandbox.get("/v1/calls/key-1").json()["status"] == "DONE"
    assert sandbox.balance() == ("1000.00", "300.00")


def test_a_bank_that_is_down_answers_no_call_at_all(sandbox: Any) -> None:
    sandbox.at(2).plant({"kind": "down", "times": 2})
    for path in ("/v1/capabilities", "/v1/events"):
        with pytest.raises(httpx.RemoteProtocolError):
            sandbox.get(path)
    assert sandbox.get("/v1/capabilities").status_code == 200
    assert sandbox.get("/v1/capabilities", sandbox.SLOW).status_code == 200


def test_a_bank_holds_only_the_planted_part(sandbox: Any) -> None:
    sandbox.at(2).plant({"call": HOLDS, "kind": "partial", "amount": "32.50"})
    assert sandbox.hold("h1", "100.00")["amountHeld"]["amount"] == "32.50"
    sandbox.plant({"call": HOLDS, "kind": "partial"})
    half = sandbox.hold("h2", "100.00")
    assert (half["status"], half["amountHeld"]["amount"]) == ("PARTIALLY_HELD", "50.00")
    assert sandbox.hold("h3", "100.00")["status"] == "HELD"


def test_a_slow_bank_says_that_it_is_busy_with_a_key(sandbox: Any) -> None:
    sandbox.at(2).late("key-1", {"call": HOLDS, "kind": "slow", "seconds": 30})
    assert sandbox.get("/v1/calls/key-1").json()["status"] == "IN_PROGRESS"
    busy = sandbox.post("/v1/holds", sandbox.hold_body("h1", "300.00"), "key-1")
    assert (busy.status_code, busy.json()["title"]) == (409, "RequestInProgress")
    assert sandbox.balance() == ("1000.00", "0.00")


def test_a_slow_bank_acts_once_whether_its_answer_was_waited_for_or_not(sandbox: Any) -> None:
    sandbox.at(2).late("key-1", {"call": HOLDS, "kind": "slow", "seconds": 1})
    assert _until_answered(sandbox, sandbox.hold_body("h1", "300.00"))["status"] == "HELD"
    assert sandbox.balance() == ("1000.00", "300.00")


def test_a_sandbox_that_ends_while_a_slow_bank_is_asked_says_nothing_of_it(
    sandbox: Any, caplog: pytest.LogCaptureFixture
) -> None:
    sandbox.at(2).late("key-1", {"call": HOLDS, "kind": "slow", "seconds": 30})
    assert sandbox.get("/v1/calls/key-1").json()["status"] == "IN_PROGRESS"
    sandbox.end()
    assert [r.message for r in caplog.records if r.levelname in ("ERROR", "CRITICAL")] == []


def _until_answered(sandbox: Any, body: Any) -> Any:
    while (answer := sandbox.post("/v1/holds", body, "key-1")).status_code == 409:
        threading.Event().wait(0.03)
    assert answer.status_code == 201
    return answer.json()


def test_faults_and_addresses_survive_a_restart(sandbox: Any) -> None:
    sandbox.at(2).plant({"call": HOLDS, "kind": "error_500", "times": 3})
    body = sandbox.hold_body("h1", "300.00")
    assert sandbox.post("/v1/holds", body, "key-1").status_code == 500
    before = {bank: row["url"] for bank, row in sandbox.banks.items()}
    sandbox.end()
    sandbox.start()
    assert {bank: row["url"] for bank, row in sandbox.banks.items()} == before
    answers = [sandbox.post("/v1/holds", body, "key-1").status_code for _ in range(3)]
    assert answers == [500, 500, 201]


def test_cleared_faults_are_gone(sandbox: Any) -> None:
    sandbox.plant({"kind": "down", "times": 9})
    url = sandbox.banks[sandbox.HOME]["url"] + "/sandbox/faults"
    assert httpx.get(url).json()[0]["times"] == 9
    assert httpx.delete(url).json() == []
    assert sandbox.get("/v1/capabilities").status_code == 200


@pytest.mark.parametrize(
    "row",
    [
        {"kind": "grumpy"},
        {"kind": "down", "times": 0},
        {"kind": "partial", "amount": "1.234"},
        {"kind": "down", "color": "red"},
    ],
)
def test_a_fault_that_cannot_be_read_is_not_planted(sandbox: Any, row: dict[str, Any]) -> None:
    url = sandbox.banks[sandbox.HOME]["url"] + "/sandbox/faults"
    assert httpx.post(url, json=[row]).status_code == 400
    assert httpx.get(url).json() == []
