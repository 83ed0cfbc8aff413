"""What a sandbox bank tells: statements, the change feed, what became of a call."""

from __future__ import annotations

from typing import Any

import pytest


def test_the_bank_says_what_became_of_a_call(sandbox: Any) -> None:
    assert sandbox.get("/v1/calls/key-h1").status_code == 404
    hold = sandbox.at(2).hold("h1", "300.00")
    sandbox.post(f"/v1/holds/{hold['id']}/release", {"amount": None, "reason": "over"}, "r1")
    call = sandbox.get("/v1/calls/key-h1").json()
    assert call == {
        "idempotencyKey": "key-h1",
        "status": "DONE",
        "responseStatus": 201,
        "response": hold,
    }


def test_a_statement_gives_opening_bookings_and_closing_of_a_period(sandbox: Any) -> None:
    path = f"/v1/accounts/{sandbox.MULE}/transactions?fromDate=2026-03-02T00:30:00Z"
    told = sandbox.at(11).get(path).json()
    assert (told["opening"]["amount"], told["closing"]["amount"]) == ("200.00", "100.00")
    credit, debit = told["transactions"]
    assert (credit["creditDebit"], credit["amount"]["amount"]) == ("CRDT", "800.00")
    assert credit["counterparty"] == {
        "bank": sandbox.SLOW,
        "number": sandbox.VICTIM,
        "holderName": "Synthetic Victim",
    }
    assert (debit["seq"], debit["bookedAt"], debit["kind"]) == (
        2,
        "2026-03-02T10:00:00Z",
        "TRANSFER",
    )
    assert (told["toDate"], told["links"]) == ("2026-03-02T11:00:00Z", [])
    later = sandbox.get(path.replace("00:30", "05:00") + "&toDate=2026-03-02T09:00:00Z").json()
    assert (later["opening"]["amount"], later["transactions"]) == ("1000.00", [])
    assert later["toDate"] == "2026-03-02T09:00:00Z"


def test_a_payment_abroad_names_the_amount_on_the_other_side(sandbox: Any) -> None:
    path = f"/v1/accounts/{sandbox.FOREIGN}/transactions?fromDate=2026-03-02T00:00:00Z"
    line = sandbox.at(2).get(path, sandbox.ABROAD).json()["transactions"][0]
    assert line["amount"] == {"currency": "GBP", "amount": "100.00"}
    assert line["counterAmount"] == {"currency": "CNY", "amount": "920.00"}


def test_a_long_statement_is_paged_and_stays_that_of_the_first_page(sandbox: Any) -> None:
    path = f"/v1/accounts/{sandbox.BUSY}/transactions?fromDate=2026-03-02T00:00:00Z"
    first = sandbox.at(39).get(path, sandbox.SLOW).json()
    second = sandbox.at(60).get(first["links"][0]["href"], sandbox.SLOW).json()
    assert [len(page["transactions"]) for page in (first, second)] == [1000, 141]
    assert second["links"] == []
    assert first["closing"] == second["closing"] == {"currency": "CNY", "amount": "1.59"}
    assert first["opening"] == second["opening"]
    lines = [line["seq"] for page in (first, second) for line in page["transactions"]]
    assert lines == list(range(1, 1142))
    assert second["toDate"] == first["toDate"]


def test_the_feed_gives_each_resource_once_in_its_latest_state(sandbox: Any) -> None:
    for n in range(5):
        sandbox.at(2 + n / 100).hold(f"h{n}", "10.00", **sandbox.freeze_until(900))
    first_hold = sandbox.get("/v1/events?limit=1").json()["items"][0]
    payout = sandbox.payout_body("p1", first_hold["id"], "1.00")
    sandbox.at(3).post("/v1/payouts", payout, "k")
    items, href = [], "/v1/events?limit=2"
    while href:
        page = sandbox.get(href).json()
        assert page["hasMoreElements"] == bool(page["links"])
        items += page["items"]
        href = page["links"][0]["href"] if page["links"] else None
    assert [item["orderRef"] for item in items[:4]] == ["h1", "h2", "h3", "h4"]
    assert {item["orderRef"] for item in items[4:]} == {"h0", "p1"}
    order = [(item["lastModified"], item["id"]) for item in items]
    assert order == sorted(order)
    after = sandbox.get("/v1/events?modifiedAfter=" + items[3]["lastModified"]).json()
    assert {item["orderRef"] for item in after["items"]} == {"h0", "p1"}


def test_a_bank_shows_only_its_own_holds_and_accounts(sandbox: Any) -> None:
    hold = sandbox.at(2).hold("h1", "10.00")
    assert sandbox.get(f"/v1/holds/{hold['id']}", sandbox.SLOW).status_code == 404
    assert sandbox.get("/v1/calls/key-h1", sandbox.SLOW).status_code == 404
    assert sandbox.get(f"/v1/accounts/{sandbox.MULE}", sandbox.SLOW).status_code == 404
    assert sandbox.get("/v1/events", sandbox.SLOW).json()["items"] == []


@pytest.mark.parametrize(
    ("headers", "status", "title"),
    [
        ({"Authorization": "Bearer wrong"}, 401, "TokenInvalid"),
        ({"X-Request-ID": ""}, 400, "BadRequest"),
        ({"Legal-Mandate": ""}, 400, "BadRequest"),
    ],
)
def test_a_caller_without_token_or_mandate_sees_nothing(
    sandbox: Any, headers: dict[str, str], status: int, title: str
) -> None:
    answer = sandbox.get(f"/v1/accounts/{sandbox.MULE}", **headers)
    assert (answer.status_code, answer.json()["title"]) == (status, title)


def test_an_order_without_a_key_is_refused(sandbox: Any) -> None:
    answer = sandbox.at(2).post("/v1/holds", sandbox.hold_body("h1", "1.00"), "")
    assert (answer.status_code, answer.json()["title"]) == (400, "IdempotencyKeyMissing")


@pytest.mark.parametrize(
    "path", ["/v1/events?cursor=???", "/v1/events?limit=0", "/v1/events?limit=x"]
)
def test_a_place_that_this_bank_never_gave_is_a_bad_request(sandbox: Any, path: str) -> None:
    assert sandbox.get(path).status_code == 400


def test_the_front_page_says_that_it_is_synthetic(sandbox: Any) -> None:
    assert "synthetic" in sandbox.get("/").text
    assert sandbox.book()["synthetic"] is True
    capabilities = sandbox.get("/v1/capabilities").json()
    assert (capabilities["profile"], capabilities["bankId"]) == ("RBP/1", sandbox.HOME)


def test_a_clock_that_is_set_back_does_not_turn_the_bank_back(sandbox: Any) -> None:
    assert sandbox.at(11).balance()[0] == "100.00"
    asked = sandbox.at(5).get(f"/v1/accounts/{sandbox.MULE}").json()["balance"]
    assert (asked["booked"]["amount"], asked["asOf"]) == ("100.00", "2026-03-02T11:00:00Z")
