"""Partners that keep no money: what they answer, in which steps, and what they refuse."""

from __future__ import annotations

import base64
import json
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from models.ids import PartnerId
from recovery_flows.errors import AnswerUnreadableError
from recovery_flows.partners.rbp1 import wire
from recovery_flows.sandbox.faults import catalogue as fault_catalogue
from recovery_flows.sandbox.worlds.world import World, install, open_book
from tests.faults.sending.partners import NUMBER, PLATFORM, TELECOM, with_partners


@pytest.fixture
def world(world: World) -> World:
    return with_partners(world)


def order(kind: str, ref: str = "t-1", **changes: Any) -> dict[str, Any]:
    body = {
        "taskRef": ref,
        "kind": kind,
        "subject": {"type": "number", "value": NUMBER},
        "reason": "FRAD",
        "legalBasis": "a law",
        "answerBy": "2026-03-03T00:00:00Z",
        "preserveUntil": "2026-05-31T00:00:00Z" if kind == "preserve" else None,
    }
    return body | changes


def test_a_task_is_received_worked_on_and_done_each_with_a_letter(sandbox: Any) -> None:
    first = sandbox.post("/v1/tasks", order("query"), "k-1", TELECOM)
    assert (first.status_code, first.json()["status"]) == (202, "RECEIVED")
    path = first.headers["location"]
    sandbox.at(10 / 60)
    assert sandbox.get(path, TELECOM).json()["status"] == "IN_PROGRESS"
    sandbox.at(20 / 60)
    done = sandbox.get(path, TELECOM).json()
    assert [a["status"] for a in done["answers"]] == ["RECEIVED", "IN_PROGRESS", "DONE"]
    letter = json.loads(base64.b64decode(done["answers"][-1]["document"]))
    assert (letter["synthetic"], letter["holder"]) == (True, "Synthetic Caller")
    (item,) = sandbox.get("/v1/events", TELECOM).json()["items"]
    assert item == done
    assert sandbox.post("/v1/tasks", order("query"), "k-1", TELECOM).json() == first.json()
    assert sandbox.post("/v1/tasks", order("query"), "k-2", TELECOM).status_code == 409


def test_what_is_preserved_ends_unless_it_is_prolonged(sandbox: Any) -> None:
    path = sandbox.post("/v1/tasks", order("preserve"), "k-1", TELECOM).headers["location"]
    sandbox.at(1)
    later = {"preserveUntil": "2026-08-29T00:00:00Z"}
    assert sandbox.post(f"{path}/extend", later, "k-2", TELECOM).json()["status"] == "PRESERVED"
    assert sandbox.post(f"{path}/extend", later, "k-3", TELECOM).status_code == 409
    past = {"preserveUntil": "2026-03-01T00:00:00Z"}
    assert sandbox.post(f"{path}/extend", past, "k-4", TELECOM).status_code == 422
    sandbox.at(24 * 100)
    assert sandbox.get(path, TELECOM).json()["status"] == "PRESERVED"
    sandbox.at(24 * 200)
    assert sandbox.get(path, TELECOM).json()["status"] == "EXPIRED"
    cancelled = sandbox.post(f"{path}/cancel", {"reason": "r"}, "k-5", TELECOM)
    assert cancelled.status_code == 409


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (order("take_down"), 400),
        (order("preserve", preserveUntil=None), 400),
        (order("suspend", preserveUntil="2026-05-31T00:00:00Z"), 400),
        (order("preserve", preserveUntil="2026-03-01T00:00:00Z"), 422),
        (order("query", subject="x"), 400),
        (order("query", subject={"type": "number"}), 400),
        (order("query", legalBasis=""), 400),
        (order("query", answerBy="soon"), 400),
    ],
)
def test_what_a_partner_cannot_do_or_read_is_refused(
    sandbox: Any, body: dict[str, Any], status: int
) -> None:
    answer = sandbox.post("/v1/tasks", body, "k-1", TELECOM)
    assert (answer.status_code, sandbox.get("/sandbox/book", TELECOM).json()["tasks"]) == (
        status, [],
    )  # fmt: skip


def test_only_a_bank_has_accounts_and_holds(sandbox: Any) -> None:
    for path in ("/v1/accounts/1", "/v1/holds/1", "/v1/payouts/1"):
        detail = sandbox.get(path, PLATFORM).json()["detail"]
        assert detail == "there is no such call here"
    assert sandbox.get("/v1/capabilities", PLATFORM).json()["kind"] == "platform"
    assert sandbox.get("/v1/capabilities").json()["kind"] == "bank"


def test_a_sandbox_from_before_there_were_others_than_banks_opens_as_banks(
    tmp_path: Path, world: World
) -> None:
    install(tmp_path / "old.sqlite3", world)
    with closing(open_book(tmp_path / "old.sqlite3")) as db:
        db.execute("ALTER TABLE bank DROP COLUMN kind")
        for table in ("task", "task_answer", "subject"):
            db.execute(f"DROP TABLE {table}")
    with closing(open_book(tmp_path / "old.sqlite3")) as db:
        assert {row[0] for row in db.execute("SELECT kind FROM bank")} == {"bank"}
        assert db.execute("SELECT COUNT(*) FROM task").fetchone()[0] == 0


@pytest.mark.parametrize("form", [form for form in fault_catalogue.FORMS if "/tasks" in form])
def test_an_answer_about_a_task_in_another_schema_is_refused_whichever_field_it_is(
    sandbox: Any, form: str
) -> None:
    path = sandbox.post("/v1/tasks", order("preserve"), "k-1", TELECOM).headers["location"]
    sandbox.at(1)
    own = form.partition(" ")[2].replace("/v1/tasks/{id}", path)
    body = {
        fault_catalogue.TASK: order("preserve"),
        fault_catalogue.TASK_EXTEND: {"preserveUntil": "2026-08-29T00:00:00Z"},
        fault_catalogue.TASK_CANCEL: {"reason": "a mistake"},
    }.get(form)

    def call() -> Any:
        if body is None:
            return sandbox.get(own, TELECOM)
        return sandbox.post(own, body, "k-1" if form == fault_catalogue.TASK else "k-2", TELECOM)

    right = call().content
    wire.parse_task(right, PartnerId(TELECOM))
    sandbox.plant({"call": form, "kind": "schema_change", "times": 3}, bank=TELECOM)
    seen = {call().content for _ in range(3)}
    assert len(seen - {right}) == 3
    for raw in seen:
        with pytest.raises(AnswerUnreadableError):
            wire.parse_task(raw, PartnerId(TELECOM))
    assert call().content == right


def test_an_answer_about_a_task_out_of_order_has_the_word_before_the_last(sandbox: Any) -> None:
    path = sandbox.post("/v1/tasks", order("preserve"), "k-1", TELECOM).headers["location"]
    before = sandbox.at(1).get(path, TELECOM).json()
    sandbox.plant({"call": fault_catalogue.TASK_EXTEND, "kind": "out_of_order"}, bank=TELECOM)
    later = {"preserveUntil": "2026-08-29T00:00:00Z"}
    assert sandbox.post(f"{path}/extend", later, "k-2", TELECOM).json() == before
    assert sandbox.get(path, TELECOM).json()["preservedUntil"] == later["preserveUntil"]


@pytest.mark.parametrize(("kind", "ends"), [("lapses_early", "EXPIRED"), ("let_go", "CANCELLED")])
def test_what_is_preserved_ends_early_where_it_was_planted(
    sandbox: Any, kind: str, ends: str
) -> None:
    sandbox.plant({"call": fault_catalogue.TASK, "kind": kind, "seconds": 3600}, bank=TELECOM)
    path = sandbox.post("/v1/tasks", order("preserve"), "k-1", TELECOM).headers["location"]
    assert sandbox.at(1).get(path, TELECOM).json()["status"] == "PRESERVED"
    assert sandbox.at(2).get(path, TELECOM).json()["status"] == ends
