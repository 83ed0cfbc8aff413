"""Bodies of another State: what they take, what they answer and when, what they refuse."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from models.ids import PartnerId
from recovery_flows.errors import AnswerUnreadableError
from recovery_flows.partners.rbp1 import request_wire
from recovery_flows.sandbox.faults import catalogue as fault_catalogue
from recovery_flows.sandbox.worlds.world import World, open_book
from tests.faults.sending.abroad.bodies import AUTHORITY, FIU, POLICE, with_bodies


@pytest.fixture
def world(world: World) -> World:
    return with_bodies(world)


def request(ref: str = "q-1", **changes: Any) -> dict[str, Any]:
    return {
        "requestRef": ref, "channel": "igrip", "wanted": "freeze", "version": 1, "replaces": None,
        "amount": {"currency": "GBP", "amount": "100.00"}, "authority": "Synthetic NCB",
        "language": "en", "legalBasis": "request by igrip, version 1",
        "fields": {"account": "9999000000000003"}, "letter": "# A letter\n",
    } | changes  # fmt: skip


def test_a_request_is_received_acknowledged_and_carried_out_each_with_a_document(
    sandbox: Any,
) -> None:
    first = sandbox.post("/v1/requests", request(), "k-1", POLICE)
    assert (first.status_code, first.json()["status"]) == (202, "RECEIVED")
    path = first.headers["location"]
    sandbox.at(10 / 60)
    assert sandbox.get(path, POLICE).json()["status"] == "ACKNOWLEDGED"
    sandbox.at(20 / 60)
    done = sandbox.get(path, POLICE).json()
    assert [a["says"] for a in done["answers"]] == ["acknowledged", "executed"]
    letter = json.loads(base64.b64decode(done["answers"][-1]["document"]))
    assert (letter["synthetic"], letter["amount"]) == (True, "100.00")
    (item,) = sandbox.get("/v1/events", POLICE).json()["items"]
    assert item == done
    assert sandbox.post("/v1/requests", request(), "k-1", POLICE).json() == first.json()
    assert sandbox.post("/v1/requests", request(), "k-2", POLICE).status_code == 409


@pytest.mark.parametrize(
    ("body", "change", "why"),
    [
        (POLICE, {"channel": "mla"}, "channel 'mla' is none of a police"),
        (FIU, {"channel": "igrip"}, "channel 'igrip' is none of a fiu"),
        (AUTHORITY, {"channel": "eu_freeze", "victim": "A Name"}, "victim is missing, or no field"),
        (POLICE, {"fields": {"account": 7}}, "fields is not an object of texts"),
        (POLICE, {"version": 0}, "version is a whole number from 1 on"),
        (POLICE, {"letter": ""}, "letter"),
        (POLICE, {"amount": {"currency": "GBP", "amount": "1.001"}}, "amount"),
    ],
)
def test_what_is_not_asked_for_is_refused_with_the_field(
    sandbox: Any, body: str, change: dict[str, Any], why: str
) -> None:
    answer = sandbox.post("/v1/requests", request(**change), "k-1", body)
    assert answer.status_code == 400
    assert why in answer.json()["detail"]


def test_banks_take_no_requests_and_bodies_keep_no_accounts(sandbox: Any) -> None:
    assert sandbox.post("/v1/requests", request(), "k-1", sandbox.HOME).status_code == 404
    assert sandbox.get("/sandbox/received", sandbox.HOME).status_code == 404
    assert sandbox.post("/v1/holds", {}, "k-2", POLICE).status_code == 404
    refused = sandbox.post("/v1/tasks", {"subject": {}, "kind": "query"}, "k-3", POLICE)
    assert refused.json()["detail"] == "kind 'query' is nothing that a police does"


@pytest.mark.parametrize("call", [fault_catalogue.REQUEST, fault_catalogue.READ_REQUEST])
def test_an_answer_in_another_schema_is_refused_whichever_field_it_is(
    sandbox: Any, call: str
) -> None:
    path = sandbox.post("/v1/requests", request(), "k-0", POLICE).headers["location"]
    sandbox.plant({"call": call, "kind": "schema_change", "times": 3}, bank=POLICE)
    for n in range(3):
        if call == fault_catalogue.REQUEST:
            raw = sandbox.post("/v1/requests", request(f"q-s{n}"), f"k-s{n}", POLICE).content
        else:
            raw = sandbox.get(path, POLICE).content
        with pytest.raises(AnswerUnreadableError):
            request_wire.parse_request(raw, PartnerId(POLICE))
    right = sandbox.get(path, POLICE).content
    assert request_wire.parse_request(right, PartnerId(POLICE)).order_ref == "q-1"


def test_a_planted_ground_is_a_code_and_only_for_requests(sandbox: Any) -> None:
    url = sandbox.banks[POLICE]["url"] + "/sandbox/faults"
    rows = [{"call": fault_catalogue.REQUEST, "kind": "refuses", "code": "dual crim"}]
    answer = sandbox._client.post(url, json=rows)
    assert answer.json()["detail"] == "code is a ground such as 'DUAL_CRIM'"
    sandbox.plant({"call": fault_catalogue.REQUEST, "kind": "refuses", "code": "NE_BIS"}, bank=FIU)
    assert sandbox.planted(FIU)[0]["code"] == "NE_BIS"


def test_a_file_from_before_there_were_bodies_is_opened(sandbox: Any) -> None:
    sandbox.end()
    with open_book(sandbox.path) as db:
        db.execute("ALTER TABLE fault DROP COLUMN code")
        for table in ("request", "request_answer", "request_receipt", "received"):
            db.execute(f"DROP TABLE {table}")
    sandbox.start()
    assert sandbox.post("/v1/requests", request(), "k-1", POLICE).status_code == 202
    sandbox.plant({"call": fault_catalogue.REQUEST, "kind": "down"}, bank=POLICE)
