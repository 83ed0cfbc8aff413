"""Answers with a fault in them, over HTTP: what is said is wrong, the book stays right."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from models.ids import CallId, PartnerId
from recovery_flows.errors import AnswerUnreadableError
from recovery_flows.partners.rbp1 import feed_wire, wire
from recovery_flows.sandbox.banks import service
from recovery_flows.sandbox.faults import catalogue as fault_catalogue

BANK = PartnerId("bank-home")
HOLD = "H8c71d1f6a2b2bf0d2b8f7d1"


def statement(raw: bytes) -> object:
    return wire.parse_statement([raw], BANK)


def feed(raw: bytes) -> object:
    """Items that cannot be read are told beside those that can."""
    page = feed_wire.parse_feed([raw], BANK)
    if page.unread:
        raise AnswerUnreadableError(BANK, "items", page.unread[0])
    return page


READERS: dict[str, Callable[[bytes], object]] = {
    fault_catalogue.HOLD: lambda raw: wire.parse_hold(raw, BANK),
    fault_catalogue.RELEASE: lambda raw: wire.parse_hold(raw, BANK),
    fault_catalogue.EXTEND: lambda raw: wire.parse_hold(raw, BANK),
    fault_catalogue.PAYOUT: lambda raw: wire.parse_payout(raw, BANK),
    fault_catalogue.FEED: feed,
    fault_catalogue.BALANCE: lambda raw: wire.parse_balance(raw, BANK),
    fault_catalogue.STATEMENT: statement,
    fault_catalogue.READ_HOLD: lambda raw: wire.parse_hold(raw, BANK),
    fault_catalogue.READ_PAYOUT: lambda raw: wire.parse_payout(raw, BANK),
    fault_catalogue.CAPABILITIES: lambda raw: wire.parse_capabilities(raw, BANK),
}


def told_by_key(raw: bytes) -> object:
    past = wire.parse_call(raw, BANK, CallId("key-h1"))
    assert past is not None
    return wire.parse_hold(past.body, BANK)


def caller(sandbox: Any, form: str) -> Callable[[], Any]:
    """Makes the same call of this form again and again."""
    hold = sandbox.at(2).hold("h1", "500.00", **sandbox.freeze_until(900))["id"]
    pay = sandbox.payout_body("p1", hold, "1.00")
    payout = sandbox.post("/v1/payouts", pay, "key-p1").json()["id"]
    own = form.partition(" ")[2].format(id=hold, key="key-h1", number=sandbox.MULE)
    if form == fault_catalogue.READ_PAYOUT:
        own = f"/v1/payouts/{payout}"
    if form == fault_catalogue.STATEMENT:
        own += "?fromDate=2026-03-02T00:00:00Z&toDate=2026-03-02T02:00:00Z"
    bodies = {
        fault_catalogue.HOLD: sandbox.hold_body("h1", "500.00", **sandbox.freeze_until(900)),
        fault_catalogue.RELEASE: {
            "amount": {"currency": "CNY", "amount": "10.00"},
            "reason": "part",
        },
        fault_catalogue.EXTEND: {"expiresAt": "2026-06-01T00:00:00Z"},
        fault_catalogue.PAYOUT: pay,
    }
    keys = {fault_catalogue.HOLD: "key-h1", fault_catalogue.PAYOUT: "key-p1"}
    if form in bodies:
        return lambda: sandbox.post(own, bodies[form], keys.get(form, "key-x"))
    return lambda: sandbox.get(own)


# Other partners are asked for these: test_sandbox_tasks, test_sandbox_requests.
@pytest.mark.parametrize(
    "form", [f for f in fault_catalogue.FORMS if "/tasks" not in f and "/requests" not in f]
)
def test_an_answer_in_another_schema_is_refused_whichever_field_it_is(
    sandbox: Any, form: str
) -> None:
    call, read = caller(sandbox, form), READERS.get(form, told_by_key)
    right = call()
    read(right.content)
    sandbox.plant({"call": form, "kind": "schema_change", "times": 3})
    seen = {right.content}
    for _ in range(3):
        answer = call()
        assert answer.status_code == right.status_code
        with pytest.raises(AnswerUnreadableError):
            read(answer.content)
        seen.add(answer.content)
    assert len(seen) == 4
    assert call().content == right.content


def test_a_feed_that_repeats_itself_tells_everything_twice_over_two_pages(sandbox: Any) -> None:
    for ref in ("h1", "h2"):
        sandbox.at(2).hold(ref, "10.00")
    sandbox.plant({"call": fault_catalogue.FEED, "kind": "repeated"})
    first = sandbox.get("/v1/events?limit=5").json()
    assert first["hasMoreElements"]
    second = sandbox.get(first["links"][0]["href"]).json()
    ids = [item["id"] for item in second["items"]]
    assert [item["id"] for item in first["items"]] == ids * 2
    assert (len(ids), second["hasMoreElements"]) == (2, False)


def test_a_feed_out_of_order_tells_the_older_revision_after_the_newer_one(sandbox: Any) -> None:
    for ref in ("h1", "h2"):
        sandbox.at(2).hold(ref, "10.00")
    sandbox.plant({"call": fault_catalogue.FEED, "kind": "out_of_order"})
    told = [(i["orderRef"], i["revision"], i["status"]) for i in items(sandbox)]
    right = [(i["orderRef"], i["revision"], i["status"]) for i in items(sandbox)]
    newest_first = [ref for ref, _, _ in reversed(right)]
    assert [ref for ref, _, _ in told] == [ref for ref in newest_first for _ in range(2)]
    assert [(r, s) for _, r, s in told] == [(2, "HELD"), (1, "RECEIVED")] * 2


def items(sandbox: Any) -> Any:
    return sandbox.get("/v1/events").json()["items"]


def test_an_order_answered_out_of_order_has_the_word_before_the_last(sandbox: Any) -> None:
    sandbox.plant({"call": fault_catalogue.HOLD, "kind": "out_of_order"})
    assert sandbox.at(2).hold("h1", "10.00")["status"] == "RECEIVED"
    assert sandbox.get("/v1/calls/key-h1").json()["response"]["status"] == "HELD"
    assert sandbox.balance() == ("1000.00", "10.00")


def test_what_is_said_is_a_cent_off_and_the_book_is_right(sandbox: Any) -> None:
    sandbox.plant({"call": fault_catalogue.HOLD, "kind": "off_by_a_cent"})
    assert sandbox.at(2).hold("h1", "10.00")["amountHeld"]["amount"] == "9.99"
    assert sandbox.book()["holds"][0]["amountHeld"]["amount"] == "10.00"


def test_an_account_looks_empty_and_the_next_time_the_money_is_there(sandbox: Any) -> None:
    sandbox.at(2).plant({"call": fault_catalogue.BALANCE, "kind": "no_money"})
    assert sandbox.balance() == ("0.00", "0.00")
    assert sandbox.balance() == ("1000.00", "0.00")


def test_a_bank_that_is_closed_answers_nobody_until_it_opens(
    sandbox: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    seconds = 1000.0
    monkeypatch.setattr(service, "time", SimpleNamespace(monotonic=lambda: seconds))
    sandbox.plant({"call": fault_catalogue.FEED, "kind": "closed", "seconds": 1})
    for path in ("/v1/events", "/v1/capabilities"):
        answer = sandbox.get(path)
        told = (answer.status_code, answer.json()["title"], answer.headers["Retry-After"])
        assert told == (503, "ServiceUnavailable", "1")
    assert sandbox.get("/v1/capabilities", sandbox.SLOW).status_code == 200
    seconds += 1
    assert sandbox.get("/v1/events").status_code == 200


@pytest.mark.parametrize(
    ("kind", "states"),
    [
        ("no_money", ["REFUSED NO_BALANCE", "REFUSED NO_BALANCE"]),
        ("wrong_name", ["REFUSED NAME_MISMATCH", "REFUSED NAME_MISMATCH"]),
        ("lapses_early", ["HELD None", "EXPIRED None"]),
        ("let_go", ["RELEASED None", "RELEASED None"]),
    ],
)
def test_a_slow_bank_goes_wrong_once_it_acts(sandbox: Any, kind: str, states: list[str]) -> None:
    account = {"number": sandbox.VICTIM, "holderName": "Synthetic Victim"}
    sandbox.at(2).plant({"call": fault_catalogue.HOLD, "kind": kind}, bank=sandbox.SLOW)
    body = sandbox.hold_body("h1", "10.00", account=account)
    hold = sandbox.post("/v1/holds", body, "k", sandbox.SLOW).json()
    assert hold["status"] == "RECEIVED"
    told = []
    # A stop is for 48 hours: a quarter of them is over in hour 15.
    for hours in (3, 15):
        now = sandbox.at(hours).get(f"/v1/holds/{hold['id']}", sandbox.SLOW).json()
        told.append(f"{now['status']} {now['rejectionReason']}")
    assert told == states


@pytest.mark.parametrize(
    ("bank", "account", "holder", "there", "arrives"),
    [
        ("bank-home", "9999000000000001", "Synthetic Mule", "bank-slow", "1000.00"),
        ("bank-abroad", "9999000000000003", "Synthetic Mule Abroad", "bank-home", "920.00"),
    ],
)
def test_money_that_has_moved_on_is_booked_at_both_banks(
    sandbox: Any, bank: str, account: str, holder: str, there: str, arrives: str
) -> None:
    sandbox.at(2).plant({"call": fault_catalogue.HOLD, "kind": "moved_on"}, bank=bank)
    currency = "GBP" if bank == "bank-abroad" else "CNY"
    order = {
        "account": {"number": account, "holderName": holder},
        "amount": {"currency": currency, "amount": "10.00"},
        "requestRef": "request-1",
    }
    body = sandbox.hold_body("h1", "10.00") | order
    assert sandbox.post("/v1/holds", body, "key-h1", bank).status_code == 201
    (hold,) = sandbox.book(bank, account)["holds"]
    assert (hold["status"], hold["rejectionReason"]) == ("REFUSED", "NO_BALANCE")
    last = sandbox.book(bank, account)["bookings"][-1]
    assert (last["creditDebit"], last["kind"], last["counterparty"]["bank"]) == (
        ("DBIT", "TRANSFER", there)
    )
    went = last["counterparty"]["number"]
    (arrived,) = sandbox.book(there, went)["bookings"]
    assert (arrived["creditDebit"], arrived["amount"]["amount"]) == ("CRDT", arrives)
    assert sandbox.balance(bank, account)[0] == "0.00"


def test_money_that_is_held_cannot_move_on(sandbox: Any) -> None:
    stop = sandbox.at(2).hold("h1", "300.00")
    sandbox.plant({"call": fault_catalogue.HOLD, "kind": "moved_on"})
    freeze = sandbox.hold("h2", "300.00", supersedes=stop["id"], **sandbox.freeze_until(99))
    assert (freeze["status"], sandbox.balance()) == ("HELD", ("300.00", "300.00"))
