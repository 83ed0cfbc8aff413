"""Tasks on the wire: strict reading of answers; a signed order that a partner holds to its word."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from models.entities.multi_agency import TaskKind
from models.facts import PartnerTaskState, TaskFact
from models.ids import CallId, OfficerId, PartnerId, RecoveryId, canonical
from recovery_flows.errors import AnswerUnreadableError, PartnerRefusedError, UnfitArgumentError
from recovery_flows.partners.rbp1 import feed_wire, task_wire, wire
from recovery_flows.partners.rbp1.client import PartnerBank
from recovery_flows.partners.rbp1.connection import Line
from recovery_flows.partners.rbp1.limiter import Gate
from recovery_flows.partners.rbp1.orders import Authority, Limits

A = PartnerId("bank-a")
AT = datetime(2026, 3, 2, tzinfo=UTC)
SUBJECT = "6222000011112222"
ASKS = Authority(RecoveryId("rec-1"), OfficerId("officer-1"), "synthetic mandate")
Changed = Callable[[Any, str, Any], bytes]


def answer(number: int, status: str, text: str = "a letter") -> dict[str, Any]:
    raw = text.encode()
    return {
        "number": number,
        "at": "2026-03-02T10:00:00+08:00",
        "status": status,
        "document": base64.b64encode(raw).decode(),
        "sha256": hashlib.sha256(raw).hexdigest(),
        "mediaType": "text/plain",
    }


TASK = {
    "type": "task",
    "id": "T-1",
    "revision": 2,
    "taskRef": "task-1",
    "kind": "preserve",
    "status": "PRESERVED",
    "preservedUntil": "2026-06-01T00:00:00Z",
    "refusalReason": None,
    "answers": [answer(1, "RECEIVED"), answer(2, "PRESERVED")],
    "lastModified": "2026-03-02T02:00:00Z",
}


def test_a_task_is_read_with_each_answer_and_its_document_and_comes_in_the_feed() -> None:
    feed = feed_wire.parse_feed([canonical({"items": [TASK], "hasMoreElements": False})], A)
    (fact,) = feed.items
    assert fact == wire.parse_task(canonical(TASK), A)
    assert isinstance(fact, TaskFact)
    assert (fact.order_ref, fact.state) == ("task-1", PartnerTaskState.PRESERVED)
    assert [a.number for a in fact.answers] == [1, 2]
    assert fact.answers[0].document == b"a letter"
    assert fact.answers[0].at == AT + timedelta(hours=2)
    assert "letter" not in repr(fact)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("status", "HELD"),
        ("revision", "2"),
        ("preservedUntil", None),
        ("preservedUntil", "2026-06-01"),
        ("answers", [answer(2, "PRESERVED")]),
        ("answers", [answer(1, "RECEIVED"), answer(1, "DONE")]),
        ("answers", [answer(1, "RECEIVED") | {"sha256": "0" * 64}]),
        ("answers", [answer(1, "RECEIVED") | {"document": "no base64 !"}]),
        ("answers", [answer(1, "RECEIVED") | {"mediaType": "text plain"}]),
        ("refusalReason", f"because of {SUBJECT}"),
        ("taskRef", "a b"),
    ],
)
def test_what_does_not_fit_is_named_and_never_quoted(path: str, value: Any) -> None:
    with pytest.raises(AnswerUnreadableError) as refused:
        wire.parse_task(canonical({**TASK, path: value}), A)
    assert SUBJECT not in str(refused.value)


def body(ref: str = "task-1") -> bytes:
    subject = {"type": "bank_account", "value": SUBJECT}
    return task_wire.task_body(ref, TaskKind.WARN, subject, "a law", AT + timedelta(days=1), None)


def test_an_instant_without_a_zone_is_told_to_nobody() -> None:
    with pytest.raises(UnfitArgumentError, match="preserve_until"):
        task_wire.task_extend_body(datetime(2026, 3, 1))  # noqa: DTZ001


@pytest.fixture
def bank(sandbox: Any, open_bank: Callable[..., PartnerBank]) -> PartnerBank:
    row = sandbox.rows[A]
    line = Line(
        A, row["url"], client_id=row["client_id"], signer=sandbox.signer, case_now=sandbox.clock
    )
    return open_bank(line, Gate(A))


async def test_an_order_goes_for_the_subject_that_it_was_signed_for_and_no_other(
    bank: PartnerBank,
) -> None:
    path, key = task_wire.TASKS_PATH, CallId("key-1")
    with pytest.raises(PartnerRefusedError, match="EndpointNotInOrder"):
        await bank.send(path, body(), key, ASKS, Limits("another"))
    taken = wire.parse_task((await bank.send(path, body(), key, ASKS, Limits(SUBJECT))).body, A)
    assert taken.order_ref == "task-1"
    again = await bank.send(path, body(), key, ASKS, Limits(SUBJECT))
    assert wire.parse_task(again.body, A).partner_ref == taken.partner_ref
    cancel = task_wire.task_cancel_path(taken.partner_ref)
    raw = task_wire.task_cancel_body("not needed")
    with pytest.raises(PartnerRefusedError, match="EndpointNotInOrder"):
        await bank.send(cancel, raw, CallId("key-2"), ASKS, Limits("another"))
    gone = await bank.send(cancel, raw, CallId("key-3"), ASKS, Limits(SUBJECT))
    assert wire.parse_task(gone.body, A).state is PartnerTaskState.CANCELLED


async def test_a_partner_refuses_what_is_not_its_to_do_or_malformed(bank: PartnerBank) -> None:
    subject = {"type": "bank_account", "value": SUBJECT}
    end = AT + timedelta(days=1)
    wrong = [
        task_wire.task_body("t-1", TaskKind.SUSPEND, subject, "a law", end, None),
        task_wire.task_body("t-2", TaskKind.WARN, subject, "a law", end, end),
        task_wire.task_body("t-3", TaskKind.WARN, subject, "", end, None),
    ]
    for number, raw in enumerate(wrong):
        with pytest.raises(PartnerRefusedError, match="BadRequest"):
            await bank.send("/v1/tasks", raw, CallId(f"k-{number}"), ASKS, Limits(SUBJECT))
