"""A sandbox bank's payouts: out of a hold, into the payee's account, once."""

from __future__ import annotations

from typing import Any


def test_a_payout_settles_out_of_the_hold_and_credits_the_payee(sandbox: Any) -> None:
    hold = sandbox.at(2).hold("h1", "500.00", **sandbox.freeze_until(900))
    payout = sandbox.at(3).post("/v1/payouts", sandbox.payout_body("p1", hold["id"], "200.00"), "k")
    told = payout.json()
    assert (payout.status_code, told["status"]) == (201, "SETTLED")
    assert (told["amount"], told["debited"]) == (told["debited"], told["amount"])
    assert told["bookedAt"] == "2026-03-02T03:00:00Z"
    after = sandbox.get(f"/v1/holds/{hold['id']}").json()
    assert (after["status"], after["amountHeld"]["amount"]) == ("HELD", "300.00")
    assert after["revision"] == hold["revision"] + 1
    assert sandbox.balance() == ("800.00", "300.00")
    assert sandbox.balance(sandbox.SLOW, sandbox.VICTIM) == ("280.00", "0.00")
    credit = sandbox.book(sandbox.SLOW, sandbox.VICTIM)["bookings"][-1]
    assert (credit["kind"], credit["endToEndId"], credit["creditDebit"]) == ("PAYOUT", "p1", "CRDT")
    assert sandbox.book()["bookings"][-1]["kind"] == "PAYOUT"


def test_a_hold_that_is_paid_out_whole_says_so(sandbox: Any) -> None:
    hold = sandbox.at(2).hold("h1", "500.00", **sandbox.freeze_until(900))
    sandbox.post("/v1/payouts", sandbox.payout_body("p1", hold["id"], "500.00"), "k")
    after = sandbox.get(f"/v1/holds/{hold['id']}").json()
    assert (after["status"], after["amountHeld"]["amount"]) == ("PAID_OUT", "0.00")
    assert sandbox.balance() == ("500.00", "0.00")


def test_a_payout_sent_twice_is_booked_once(sandbox: Any) -> None:
    hold = sandbox.at(2).hold("h1", "500.00", **sandbox.freeze_until(900))
    body = sandbox.payout_body("p1", hold["id"], "200.00")
    first = sandbox.post("/v1/payouts", body, "k")
    assert sandbox.post("/v1/payouts", body, "k").content == first.content
    assert sandbox.post("/v1/payouts", body, "another").status_code == 409
    assert sandbox.balance(sandbox.SLOW, sandbox.VICTIM) == ("280.00", "0.00")


def test_a_payout_above_the_hold_or_to_nobody_is_refused_and_moves_nothing(sandbox: Any) -> None:
    hold = sandbox.at(2).hold("h1", "500.00", **sandbox.freeze_until(900))
    above = sandbox.post("/v1/payouts", sandbox.payout_body("p1", hold["id"], "500.01"), "k1")
    nobody = {"bank": sandbox.SLOW, "number": "0000", "name": "Nobody"}
    lost = sandbox.payout_body("p2", hold["id"], "1.00", payee=nobody)
    lost_answer = sandbox.post("/v1/payouts", lost, "k2").json()
    pounds = {"currency": "GBP", "amount": "1.00"}
    odd = sandbox.payout_body("p3", hold["id"], "1.00") | {"amount": pounds}
    assert above.json()["rejectionReason"] == "NO_BALANCE"
    assert lost_answer["rejectionReason"] == "ACCOUNT_CLOSURE"
    assert sandbox.post("/v1/payouts", odd, "k3").json()["rejectionReason"] == "OTHER"
    assert sandbox.balance() == ("1000.00", "500.00")


def test_a_payout_waits_for_the_bank_and_is_refused_when_the_hold_has_ended(sandbox: Any) -> None:
    account = {"number": sandbox.VICTIM, "holderName": "Synthetic Victim"}
    hold = sandbox.at(2).hold("h1", "70.00", sandbox.SLOW, account=account)
    payee = {"bank": sandbox.HOME, "number": sandbox.MULE, "name": "Synthetic Mule"}
    bodies = [sandbox.payout_body(f"p{n}", hold["id"], "20.00", payee=payee) for n in (1, 2)]
    early = sandbox.at(40).post("/v1/payouts", bodies[0], "k1", sandbox.SLOW)
    assert (early.status_code, early.json()["status"]) == (202, "RECEIVED")
    path = f"/v1/payouts/{early.json()['id']}"
    assert sandbox.at(40.4).get(path, sandbox.SLOW).json()["status"] == "RECEIVED"
    settled = sandbox.at(40.6).get(path, sandbox.SLOW).json()
    assert (settled["status"], settled["bookedAt"]) == ("SETTLED", "2026-03-03T16:30:00Z")
    late = sandbox.at(50).post("/v1/payouts", bodies[1], "k2", sandbox.SLOW).json()
    refused = sandbox.at(51).get(f"/v1/payouts/{late['id']}", sandbox.SLOW).json()
    assert (refused["status"], refused["rejectionReason"]) == ("REFUSED", "NO_BALANCE")


def test_a_payout_across_currencies_debits_pounds_and_credits_yuan(sandbox: Any) -> None:
    account = {"number": sandbox.FOREIGN, "holderName": ""}
    pounds = {"currency": "GBP", "amount": "100.00"}
    changes = {"account": account, "requestRef": "R1", **sandbox.freeze_until(900)}
    body = sandbox.hold_body("h1", "1.00", **changes) | {"amount": pounds}
    hold = sandbox.at(2).post("/v1/holds", body, "h", sandbox.ABROAD).json()
    assert hold["amountHeld"] == pounds
    body = sandbox.payout_body("p1", hold["id"], "500.00")
    told = sandbox.post("/v1/payouts", body, "k", sandbox.ABROAD).json()
    # 500.00 / 9.20 = 54.3478…: the bank drops the fraction of a penny.
    assert told["debited"] == {"currency": "GBP", "amount": "54.34"}
    assert told["amount"] == {"currency": "CNY", "amount": "500.00"}
    assert sandbox.balance(sandbox.ABROAD, sandbox.FOREIGN) == ("45.66", "45.66")
    debit = sandbox.book(sandbox.ABROAD, sandbox.FOREIGN)["bookings"][-1]
    assert debit["counterAmount"] == {"currency": "CNY", "amount": "500.00"}
    credit = sandbox.book(sandbox.SLOW, sandbox.VICTIM)["bookings"][-1]
    assert (credit["amount"]["amount"], credit["counterAmount"]) == ("500.00", told["debited"])
