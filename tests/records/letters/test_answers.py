"""What a bank writes is typed, looked at by another person, and then taken like any answer."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from models.entities.hold import HoldKind, HoldState
from models.entities.officer import Role
from models.queries.audit.verify import verify
from models.step_wording import Wording
from models.store.documents import place_of
from models.store.unit import Actor
from recovery_flows.cases.views.pending_approvals import pending_approvals
from recovery_flows.correspondence.letters import answer_actions
from recovery_flows.errors import MisuseError, RefusedError, StepRefusedError
from recovery_flows.reports.ledger_check import ledger_check

SUPERVISOR = Actor("wu", Role.SUPERVISOR)


def sound(paper: Any) -> bool:
    with paper.unit.database.reading() as session:
        return not ledger_check(session).differences and verify(paper.unit.database) == ()


def test_nothing_takes_effect_before_the_second_look(stopped: Any) -> None:
    document = stopped.scan("held 900.00")
    approval = stopped.held("900.00", bank_ref="函〔2026〕1号")
    assert (stopped.hold().state, stopped.hold().held_minor) == (HoldState.ORDERED, 0)
    (line,) = pending_approvals(stopped.unit.database, stopped.unit.laws)
    figures = dict(line.figures)
    assert line.act == "letter_answer"
    assert (figures["the bank says"], figures["amount"]) == ("held", "CNY 900.00")
    assert figures["letter"] == "hold of CNY 1,000.00"
    assert (figures["acted at"], figures["typed by"]) == ("2026-03-02 11:30 CST", "chen")
    assert figures["document"].startswith("sha256 ")
    assert document.name not in str(line)
    stopped.look(approval)
    hold = stopped.hold()
    assert (hold.state, hold.held_minor) == (HoldState.STOPPED, 90_000)
    assert hold.bank_ref == "函〔2026〕1号"
    assert stopped.file().balances
    assert sound(stopped)


def test_who_typed_an_answer_cannot_take_the_second_look(stopped: Any) -> None:
    approval = stopped.held()
    with pytest.raises(StepRefusedError, match="a second person has to"):
        stopped.unit.case_officer(Actor("chen", Role.SUPERVISOR)).approve(approval)
    assert stopped.hold().state is HoldState.ORDERED
    assert stopped.asked().id == approval


def test_an_answer_sent_back_is_typed_again_and_says_so(stopped: Any) -> None:
    approval = stopped.held("100.00")
    stopped.unit.case_officer(SUPERVISOR).deny(approval, "the letter says 1,000.00")
    assert stopped.line("hold").stands == "answer returned"
    call_id = stopped.line("hold").call_id
    assert stopped.events(call_id)[-1] == "answer_returned"
    stopped.send("statement")
    stored = stopped.unit.one("SELECT step_wording FROM recovery")
    sentence = str(Wording.read(str(stored)))
    assert sentence.startswith("enter the answer of bank-home again: it was returned: stop-payment")
    stopped.yes()
    assert stopped.hold().held_minor == 100_000
    assert sound(stopped)


def test_an_answer_typed_twice_is_booked_once(stopped: Any) -> None:
    document, call_id = stopped.scan(), stopped.line("hold").call_id
    typed = {"state": "held", "amount": "1000.00", "acted_at": stopped.at(-0.5)}
    stopped.type_in(document=document, **typed)
    with pytest.raises(StepRefusedError, match="this very answer waits for its second look"):
        stopped.type_in(document=document, **typed)
    stopped.look()
    with pytest.raises(StepRefusedError, match="answered, cancelled or refused already"):
        answer_actions.enter_answer(stopped.unit.case_officer(), call_id, typed, document)
    assert stopped.events(call_id).count("answered") == 1
    assert stopped.hold().held_minor == 100_000


def test_another_answer_typed_before_the_look_takes_the_place_of_the_first(stopped: Any) -> None:
    first = stopped.held("900.00")
    second = stopped.held("800.00")
    with pytest.raises(StepRefusedError, match="is void already"):
        stopped.look(first)
    stopped.look(second)
    assert stopped.hold().held_minor == 80_000


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"amount": "0.00"}, "a bank that holds nothing has refused or released"),
        ({"amount": "-1.00"}, "below zero"),
        ({"amount": "12,50"}, "is not a plain decimal"),
        ({"acted_at": "2026-03-02T13:00"}, "cannot have acted in the future"),
        ({"acted_at": "2026-03-01T10:00"}, "cannot have acted before the order was made"),
        ({"acted_at": "noon"}, "is not a date and time such as"),
        ({"expires_at": "2026-03-02T11:00"}, "a hold ends after the bank acted"),
        ({"acted_at": ""}, "an answer held lacks --acted-at"),
        ({"reason": "NO_BALANCE"}, "an answer held takes no --reason"),
        ({"bank_ref": "x" * 81}, "takes 1 to 80 printable"),
        ({"bank_ref": "a\x1b[2J"}, "takes 1 to 80 printable"),
        ({"state": "frozen"}, "takes one of held, queued, acknowledged, refused"),
        ({"state": "settled"}, "takes one of"),
        ({"state": "refused", "amount": "", "acted_at": "", "reason": "BUSY"}, "NO_BALANCE"),
    ],
)
def test_an_answer_that_cannot_be_right_is_refused_with_its_figures(
    stopped: Any, fields: dict[str, str], told: str
) -> None:
    right = {"state": "held", "amount": "1000.00", "acted_at": "2026-03-02T11:30"}
    with pytest.raises((MisuseError, StepRefusedError), match=told.replace(".", r"\.")):
        stopped.type_in(**(right | fields))
    assert stopped.line("hold").stands == "waits for the answer"


def test_a_bank_that_writes_of_more_than_was_ordered_is_booked_as_it_writes_and_looked_into(
    stopped: Any,
) -> None:
    stopped.look(stopped.held("1000.01"))
    assert (stopped.hold().state, stopped.hold().held_minor) == (HoldState.STOPPED, 100_001)
    (found,) = stopped.file().discrepancies
    assert (found.kind, found.expected_minor, found.stated_minor) == (
        "amount_differs", 100_000, 100_001,
    )  # fmt: skip
    assert sound(stopped)


def test_a_document_that_is_none_of_the_banks_is_refused(stopped: Any, tmp_path: Path) -> None:
    own = tmp_path / "ours.txt"
    own.write_bytes(stopped.print().text)
    empty = tmp_path / "empty.pdf"
    empty.write_bytes(b" \n")
    right = {"state": "held", "amount": "1.00", "acted_at": stopped.at(-0.5)}
    for document, told in (
        (own, "is our own letter"),
        (empty, r"empty\.pdf is empty"),
        (tmp_path / "none.pdf", "No such file"),
    ):
        with pytest.raises((MisuseError, StepRefusedError), match=told):
            stopped.type_in(document=document, **right)


def test_an_answer_to_a_letter_that_was_never_sent_is_refused(paper: Any) -> None:
    paper.stop()
    with pytest.raises(StepRefusedError, match="has not been sent: enter that first"):
        paper.held()


def test_a_document_changed_behind_the_back_is_not_taken(stopped: Any) -> None:
    stopped.held()
    digest = stopped.unit.one("SELECT digest FROM document WHERE kind = 'letter answer'")
    sealed = stopped.unit.database.vault.seal_bytes(b"another letter", place_of(digest)).hex()
    stopped.unit.tamper(
        f"UPDATE document SET body_sealed = x'{sealed}' WHERE kind = 'letter answer'"
    )
    with pytest.raises(StepRefusedError, match="not what was kept"):
        stopped.look()
    assert stopped.hold().state is HoldState.ORDERED


def test_the_second_person_sees_the_document_itself(stopped: Any) -> None:
    document = stopped.scan("signed and sealed")
    stopped.type_in(document=document, state="queued")
    call_id = stopped.line("hold").call_id
    seen = answer_actions.answer_document(stopped.unit.case_officer(SUPERVISOR), call_id)
    assert seen == document.read_bytes()
    statement = stopped.line("statement").call_id
    with pytest.raises(MisuseError, match="no answer to the letter"):
        answer_actions.answer_document(stopped.unit.case_officer(SUPERVISOR), statement)


def test_nothing_there_is_nothing_there_and_the_account_is_watched(stopped: Any) -> None:
    stopped.yes(state="refused", reason="NO_BALANCE")
    assert stopped.hold().state is HoldState.NO_FUNDS
    stopped.decide()
    assert stopped.file().assets[0].watch == "on"
    for _ in range(3):
        stopped.unit.later(24 * 20)
        stopped.decide()
    assert [x.kind for x in stopped.lines()].count("balance") == 1
    stopped.send("balance")
    stopped.yes("balance", state="told", amount="250.00")
    stopped.decide()
    assert [h.requested_minor for h in stopped.file().holds if h.state is HoldState.DRAFT] == [
        25_000
    ]
    assert sound(stopped)


def test_in_line_behind_another_the_letter_stays_open_for_its_next_answer(stopped: Any) -> None:
    document = stopped.scan()
    stopped.type_in(document=document, state="queued", bank_ref="Q 1")
    stopped.look()
    assert stopped.hold().state is HoldState.QUEUED
    assert stopped.line("hold").stands == "waits for the answer"
    with pytest.raises(StepRefusedError, match="was taken already"):
        stopped.type_in(document=document, state="queued", bank_ref="Q 1")
    stopped.unit.later(24)
    stopped.yes(state="held", amount="400.00", acted_at=stopped.at(-1))
    assert stopped.hold().held_minor == 40_000
    assert sound(stopped)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"number": "9999000000000099"}, r"tells of ···· 0099, the letter asked for ···· 0001"),
        ({"opening": ""}, "states no opening balance"),
        ({"raw": b"not a statement"}, "is no statement that can be read"),
    ],
)
def test_a_statement_file_has_to_be_the_one_that_was_asked_for(
    stopped: Any, changes: dict[str, Any], told: str
) -> None:
    stopped.send("statement")
    raw = changes.pop("raw", None)
    path = stopped.statement(**changes)
    if raw is not None:
        path.write_bytes(raw)
    with pytest.raises(RefusedError, match=told):
        stopped.type_in("statement", path, state="told")


def test_a_statement_counts_after_the_second_look_and_is_traced(stopped: Any) -> None:
    stopped.yes()
    stopped.send("statement")
    stopped.unit.later(24)
    stopped.type_in("statement", stopped.statement(), state="told")
    (line,) = pending_approvals(stopped.unit.database, stopped.unit.laws)
    assert dict(line.figures)["covers"] == "2026-03-02 to 2026-03-03"
    assert stopped.unit.one("SELECT count(*) FROM statement") == 0
    assert "1 new bookings" in stopped.look()
    stopped.decide()
    assert stopped.file().assets[0].traced_minor == 100_000
    assert stopped.hold(HoldKind.FREEZE).state is HoldState.DRAFT
    assert sound(stopped)


def test_a_bank_that_will_not_tell_bookings_is_left_alone(stopped: Any) -> None:
    stopped.send("statement")
    stopped.yes("statement", state="refused", reason="NOT_OUR_ACCOUNT")
    assert stopped.file().assets[0].left_alone == "the bank refused its statement: NOT_OUR_ACCOUNT"
    stopped.decide()
    assert "statement" not in {x.kind for x in stopped.lines()}
