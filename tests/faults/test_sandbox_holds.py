"""A sandbox bank's holds, seen over HTTP and in its own book."""

from __future__ import annotations

from typing import Any

import pytest


def test_an_order_sent_twice_is_acted_on_once(sandbox: Any) -> None:
    sandbox.at(2)
    body = sandbox.hold_body("h1", "300.00")
    first = sandbox.post("/v1/holds", body, "key-1")
    again = sandbox.at(3).post("/v1/holds", body, "key-1")
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.content == first.content
    assert again.headers["Location"] == f"/v1/holds/{first.json()['id']}"
    assert sandbox.balance() == ("1000.00", "300.00")


def test_the_same_key_with_another_body_is_refused_and_does_nothing(sandbox: Any) -> None:
    sandbox.at(2)
    sandbox.post("/v1/holds", sandbox.hold_body("h1", "300.00"), "key-1")
    other = sandbox.post("/v1/holds", sandbox.hold_body("h1", "400.00"), "key-1")
    assert other.status_code == 422
    assert other.json()["type"] == "https://rbp.example/problems/IdempotencyKeyReused"
    assert other.headers["content-type"] == "application/problem+json"
    assert sandbox.balance() == ("1000.00", "300.00")


def test_a_hold_makes_the_bank_refuse_a_later_debit(sandbox: Any) -> None:
    sandbox.at(2).hold("h1", "300.00")
    book = sandbox.at(11).book()
    refused = [row for row in book["refusedDebits"] if row["number"] == sandbox.MULE]
    assert [(row["reason"], row["amount"]["amount"]) for row in refused] == [("held", "900.00")]
    assert sandbox.balance() == ("1000.00", "300.00")
    assert sandbox.balance(sandbox.SLOW, sandbox.VICTIM) == ("80.00", "0.00")


def test_without_a_hold_the_same_debit_goes_through(sandbox: Any) -> None:
    assert sandbox.at(11).balance() == ("100.00", "0.00")
    assert sandbox.balance(sandbox.SLOW, sandbox.VICTIM) == ("980.00", "0.00")


def test_a_bank_holds_what_there_is_when_less_is_there(sandbox: Any) -> None:
    hold = sandbox.at(2).hold("h1", "5000.00")
    assert hold["status"] == "PARTIALLY_HELD"
    assert hold["amountHeld"] == {"currency": "CNY", "amount": "1000.00"}
    assert hold["amountRequested"]["amount"] == "5000.00"
    assert hold["actedAt"] == "2026-03-02T02:00:00Z"
    assert hold["expiresAt"] == "2026-03-04T02:00:00Z"


@pytest.mark.parametrize(
    ("account", "reason"),
    [
        ({"number": "9999000000000001", "holderName": "Somebody Else"}, "NAME_MISMATCH"),
        ({"number": "0000000000000000", "holderName": "Synthetic Mule"}, "OTHER"),
    ],
)
def test_a_wrong_name_or_number_is_refused_before_money_is_looked_at(
    sandbox: Any, account: dict[str, str], reason: str
) -> None:
    hold = sandbox.at(2).hold("h1", "10.00", account=account)
    assert (hold["status"], hold["rejectionReason"]) == ("REFUSED", reason)
    assert sandbox.balance() == ("1000.00", "0.00")


def test_an_account_where_all_is_held_has_no_balance_for_another_order(sandbox: Any) -> None:
    sandbox.at(2).hold("h1", "700.00")
    second = sandbox.hold("h2", "700.00")
    third = sandbox.hold("h3", "700.00")
    assert (second["status"], second["amountHeld"]["amount"]) == ("PARTIALLY_HELD", "300.00")
    assert (third["status"], third["rejectionReason"]) == ("REFUSED", "NO_BALANCE")


def test_a_freeze_takes_over_what_the_stop_held_and_tops_up(sandbox: Any) -> None:
    stop = sandbox.at(2).hold("h1", "300.00")
    freeze = sandbox.at(3).hold("h2", "500.00", supersedes=stop["id"], **sandbox.freeze_until(2000))
    assert (freeze["status"], freeze["amountHeld"]["amount"]) == ("HELD", "500.00")
    before = sandbox.get(f"/v1/holds/{stop['id']}").json()
    assert (before["status"], before["amountHeld"]["amount"]) == ("CONVERTED", "0.00")
    assert sandbox.balance() == ("1000.00", "500.00")
    assert sandbox.at(55).balance() == ("1000.00", "500.00")


def test_a_freeze_gets_what_the_stop_kept_even_when_nothing_else_is_left(sandbox: Any) -> None:
    stop = sandbox.at(2).hold("h1", "1000.00")
    freeze = sandbox.hold("h2", "1000.00", supersedes=stop["id"], **sandbox.freeze_until(99))
    assert (freeze["status"], freeze["amountHeld"]["amount"]) == ("HELD", "1000.00")


def test_a_stop_that_ends_lets_the_money_go_at_that_instant(sandbox: Any) -> None:
    hold = sandbox.at(2).hold("h1", "1000.00")
    assert sandbox.at(49.9).balance() == ("1000.00", "1000.00")
    ended = sandbox.at(61).get(f"/v1/holds/{hold['id']}").json()
    assert (ended["status"], ended["lastModified"]) == ("EXPIRED", "2026-03-04T02:00:00Z")
    # The cash of hour 60 came after the end at hour 50, though both were caught up at once.
    assert sandbox.balance() == ("900.00", "0.00")


def test_a_slow_bank_acknowledges_first_and_acts_after_its_own_time(sandbox: Any) -> None:
    account = {"number": sandbox.VICTIM, "holderName": "synthetic  VICTIM"}
    body = sandbox.hold_body("h1", "50.00", account=account)
    answer = sandbox.at(2).post("/v1/holds", body, "key-1", sandbox.SLOW)
    path = f"/v1/holds/{answer.json()['id']}"
    assert (answer.status_code, answer.json()["status"]) == (202, "RECEIVED")
    after = [sandbox.at(2 + m / 60).get(path, sandbox.SLOW).json() for m in (4, 5, 9, 10)]
    assert [hold["status"] for hold in after] == [
        "RECEIVED",
        "ACKNOWLEDGED",
        "ACKNOWLEDGED",
        "HELD",
    ]
    assert [hold["revision"] for hold in after] == [1, 2, 2, 3]
    assert after[-1]["actedAt"] == "2026-03-02T02:10:00Z"


def test_a_part_can_be_released_and_the_rest_stays_held(sandbox: Any) -> None:
    hold = sandbox.at(2).hold("h1", "300.00")
    path = f"/v1/holds/{hold['id']}/release"
    part = {"amount": {"currency": "CNY", "amount": "120.00"}, "reason": "not stolen"}
    left = sandbox.post(path, part, "r1").json()
    assert (left["status"], left["amountHeld"]["amount"]) == ("HELD", "180.00")
    too_much = sandbox.post(path, part | {"amount": hold["amountHeld"]}, "r2")
    assert too_much.status_code == 409
    gone = sandbox.post(path, {"amount": None, "reason": "over"}, "r3").json()
    assert (gone["status"], gone["amountHeld"]["amount"]) == ("RELEASED", "0.00")
    assert sandbox.balance() == ("1000.00", "0.00")


def test_an_order_released_before_the_bank_acted_is_cancelled(sandbox: Any) -> None:
    account = {"number": sandbox.VICTIM, "holderName": ""}
    hold = sandbox.at(2).hold("h1", "50.00", sandbox.SLOW, account=account)
    path = f"/v1/holds/{hold['id']}/release"
    sandbox.post(path, {"amount": None, "reason": "withdrawn"}, "r1", sandbox.SLOW)
    later = sandbox.at(5).get(f"/v1/holds/{hold['id']}", sandbox.SLOW).json()
    assert later["status"] == "CANCELLED"
    assert sandbox.balance(sandbox.SLOW, sandbox.VICTIM) == ("80.00", "0.00")


def test_zero_takes_back_what_is_not_held_yet_and_lets_nothing_go(sandbox: Any) -> None:
    zero = {"amount": {"currency": "CNY", "amount": "0.00"}, "reason": "its place in line"}
    account = {"number": sandbox.VICTIM, "holderName": ""}
    waiting = sandbox.at(2).hold("h1", "50.00", sandbox.SLOW, account=account)
    sandbox.post(f"/v1/holds/{waiting['id']}/release", zero, "r1", sandbox.SLOW)
    later = sandbox.at(5).get(f"/v1/holds/{waiting['id']}", sandbox.SLOW).json()
    assert later["status"] == "CANCELLED"
    held = sandbox.hold("h2", "300.00")
    assert sandbox.post(f"/v1/holds/{held['id']}/release", zero, "r2").status_code == 409
    assert sandbox.balance() == ("1000.00", "300.00")


def test_a_foreign_hold_needs_the_request_it_executes(sandbox: Any) -> None:
    account = {"number": sandbox.FOREIGN, "holderName": "Synthetic Mule Abroad"}
    amount = {"currency": "GBP", "amount": "60.00"}
    body = sandbox.hold_body("h1", "0.01", account=account) | {"amount": amount}
    missing = sandbox.at(2).post("/v1/holds", body, "key-1", sandbox.ABROAD)
    assert (missing.status_code, missing.json()["title"]) == (403, "OrderMissing")
    given = sandbox.post("/v1/holds", body | {"requestRef": "R1"}, "key-1", sandbox.ABROAD)
    assert (given.json()["status"], given.json()["amountHeld"]) == ("HELD", amount)


@pytest.mark.parametrize(
    ("changes", "status", "title"),
    [
        ({"amount": {"currency": "CNY", "amount": "1.005"}}, 400, "BadRequest"),
        ({"amount": {"currency": "CNY", "amount": 1}}, 400, "BadRequest"),
        ({"kind": "seize"}, 400, "BadRequest"),
        ({"kind": "freeze"}, 400, "BadRequest"),
        ({"mandate": ""}, 400, "BadRequest"),
        ({"kind": "freeze", "expiresAt": "2026-03-02T01:00:00Z"}, 422, "PeriodExpired"),
        ({"kind": "freeze", "expiresAt": "2026-03-09T01:00:00"}, 400, "BadRequest"),
        ({"supersedes": "Hunknown"}, 409, "OperationInvalid"),
    ],
)
def test_an_order_that_cannot_be_read_leaves_no_trace(
    sandbox: Any, changes: dict[str, Any], status: int, title: str
) -> None:
    answer = sandbox.at(2).post("/v1/holds", sandbox.hold_body("h1", "1.00") | changes, "key-1")
    assert (answer.status_code, answer.json()["title"]) == (status, title)
    assert sandbox.get("/v1/calls/key-1").status_code == 404
    assert sandbox.book()["holds"] == []


def test_one_order_reference_is_ordered_once_whatever_the_key(sandbox: Any) -> None:
    body = sandbox.hold_body("h1", "100.00")
    sandbox.at(2).post("/v1/holds", body, "key-1")
    again = sandbox.post("/v1/holds", body, "key-2")
    assert (again.status_code, again.json()["title"]) == (409, "OperationInvalid")
    assert sandbox.balance() == ("1000.00", "100.00")
