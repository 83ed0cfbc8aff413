"""Money that moves by letter: paid out, let go, let go unasked; and requests to a bank abroad."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from models.entities.hold import HoldKind, HoldState
from models.entities.officer import Role
from models.entities.payout import PayoutState
from models.entities.request import RequestState
from models.money import Money
from models.queries.audit.verify import verify
from models.store.unit import Actor
from recovery_flows.correspondence.letters import (
    actions as letter_actions,
    answer_actions,
)
from recovery_flows.errors import MisuseError, StepRefusedError
from recovery_flows.freezing import actions as hold_actions
from recovery_flows.ledger.discrepancies import open_ones
from recovery_flows.ledger.outstanding_losses import owed_minor
from recovery_flows.reports.ledger_check import ledger_check

OFFICER = Actor("chen", Role.OFFICER)


def sound(paper: Any) -> bool:
    with paper.unit.database.reading() as session:
        return not ledger_check(session).differences and verify(paper.unit.database) == ()


def cny(text: str) -> Money:
    return Money.parse(text, "CNY")


@pytest.fixture
def paying(paper: Any) -> Any:
    """1,000.00 are frozen; the order to pay them back went by letter."""
    paper.frozen()
    for _ in range(3):
        if any(a.action == "return" for a in paper.file().approvals):
            break
        paper.unit.case_officer().advance(paper.recovery_id)
        paper.decide()
    paper.approve("return")
    paper.send("payout")
    paper.unit.later(3)
    return paper


def settled(paper: Any, **changes: str) -> dict[str, str]:
    right = {"state": "settled", "booking_ref": "B-7", "booked_at": paper.at(-1)}
    return right | changes


def test_a_payout_by_letter_reaches_the_victim_and_ends_the_hold(paying: Any) -> None:
    text = paying.print("payout").text.decode()
    assert paying.unit.accounts[0].number in text
    paying.yes("payout", **settled(paying))
    (payout,) = paying.file().payouts
    assert (payout.state, payout.debited_minor) == (PayoutState.SETTLED, 100_000)
    assert paying.hold(HoldKind.FREEZE).state is HoldState.DISPOSED
    paying.decide()
    assert paying.file().claims[0].state == "paid"
    assert paying.file().assets[0].stage == "closed"
    assert sound(paying)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"amount": "0.00"}, "a bank that paid nothing has refused"),
        ({"booking_ref": ""}, "an answer settled lacks --booking-ref"),
        ({"booked_at": "2026-04-01T10:00"}, "cannot have booked in the future"),
        ({"booked_at": "2026-03-01T10:00"}, "cannot have booked before the order was made"),
        ({"state": "held", "booking_ref": "", "booked_at": ""}, "settled, returned, refused"),
    ],
)
def test_a_payout_with_figures_that_cannot_be_is_refused(
    paying: Any, changes: dict[str, str], told: str
) -> None:
    with pytest.raises((MisuseError, StepRefusedError), match=told):
        paying.type_in("payout", **settled(paying, **changes))
    assert paying.file().payouts[0].state is PayoutState.INSTRUCTED


def test_a_payout_paid_short_by_letter_is_booked_as_written_and_the_rest_stays_owed(
    paying: Any,
) -> None:
    paying.yes("payout", **settled(paying, amount="400.00"))
    file = paying.file()
    (payout,) = file.payouts
    assert (payout.returned_minor, payout.debited_minor) == (40_000, 40_000)
    freeze = paying.hold(HoldKind.FREEZE)
    assert (freeze.held_minor, freeze.payouts_shown_minor) == (60_000, 40_000)
    assert owed_minor(file, file.claims[0]) == 60_000
    kinds = {(d.kind, d.expected_minor, d.stated_minor) for d in open_ones(file)}
    assert kinds == {("amount_differs", 100_000, 40_000)}
    paying.decide()
    assert paying.file().claims[0].state == "verified"
    assert [a.state for a in paying.file().allocations] == ["paid_in_part"]
    assert sound(paying)


def test_a_bank_that_writes_of_more_than_it_was_to_pay_is_booked_as_it_writes(paying: Any) -> None:
    paying.yes("payout", **settled(paying, amount="1000.01", debited="1000.01"))
    file = paying.file()
    (payout,) = file.payouts
    assert payout.settled_minor == 100_001
    assert {d.kind for d in open_ones(file)} == {"amount_differs"}
    assert paying.hold(HoldKind.FREEZE).state is HoldState.DISPOSED
    assert sound(paying)


def test_what_a_bank_took_and_did_not_credit_by_letter_stays_owed(paying: Any) -> None:
    paying.yes("payout", **settled(paying, amount="400.00", debited="1000.00"))
    file = paying.file()
    assert paying.hold(HoldKind.FREEZE).state is HoldState.DISPOSED
    assert owed_minor(file, file.claims[0]) == 60_000
    assert {d.kind for d in open_ones(file)} == {"amount_differs"}
    assert sound(paying)


def test_a_payout_that_the_bank_refuses_waits_for_another_account(paying: Any) -> None:
    paying.yes("payout", state="refused", reason="ACCOUNT_CLOSED")
    paying.decide()
    assert paying.file().payouts[0].state is PayoutState.REFUSED
    assert paying.hold(HoldKind.FREEZE).held_minor == 100_000
    assert sound(paying)


def test_a_payee_cannot_change_once_the_letter_is_out(paying: Any) -> None:
    claim = paying.file().claims[0].id
    with pytest.raises(StepRefusedError, match="was told to pay already"):
        paying.unit.case_officer().change_payee(
            paying.recovery_id, claim, paying.unit.accounts[2], "another account"
        )


def test_a_part_is_let_go_by_letter_and_the_rest_stays(paper: Any) -> None:
    freeze, acting = paper.frozen(), paper.unit.case_officer()
    hold_actions.release_part(
        acting, paper.recovery_id, freeze.id, cny("300.00"), "rent, not stolen"
    )
    paper.approve("release_part")
    assert paper.line("release").what == "release of CNY 300.00"
    assert "CNY 300.00" in paper.print("release").text.decode()
    paper.send("release")
    with pytest.raises(StepRefusedError, match=r"less than CNY 1,000\.00 is held"):
        paper.type_in("release", state="held", amount="1000.00")
    paper.yes("release", state="held", amount="700.00")
    now = paper.hold(HoldKind.FREEZE)
    assert (now.held_minor, now.releasing_minor, now.state) == (70_000, 0, HoldState.FROZEN)
    assert sound(paper)


@pytest.mark.parametrize(
    ("typed", "state"),
    [
        ({"state": "released"}, HoldState.RELEASED),
        ({"state": "refused", "reason": "COURT_ORDER"}, HoldState.FROZEN),
    ],
)
def test_a_whole_hold_is_let_go_by_letter_or_kept_where_the_bank_does_not(
    paper: Any, typed: dict[str, str], state: HoldState
) -> None:
    freeze, acting = paper.frozen(), paper.unit.case_officer()
    hold_actions.find_unrelated(acting, paper.recovery_id, freeze.id, "a salary")
    paper.approve("release")
    line = paper.send("release")
    assert line.due_at is not None
    assert line.due_at - paper.unit.now < timedelta(days=4)
    paper.yes("release", **typed)
    assert paper.hold(HoldKind.FREEZE).state is state
    assert sound(paper)


def test_word_that_a_bank_let_go_unasked_is_a_lapse_with_an_owner(paper: Any) -> None:
    freeze, acting = paper.frozen(), paper.unit.case_officer()
    document = paper.scan("we have let it go")
    answer_actions.record_bank_notice(
        acting, paper.recovery_id, freeze.id, {"state": "released"}, document
    )  # fmt: skip
    assert paper.hold(HoldKind.FREEZE).state is HoldState.FROZEN
    paper.look()
    assert paper.hold(HoldKind.FREEZE).state is HoldState.LAPSED
    assert "let_go_early" in paper.events(freeze.id)
    paper.decide()
    assert [h.supersedes_id for h in paper.file().holds if h.state is HoldState.DRAFT] == [
        freeze.id
    ]
    with pytest.raises(StepRefusedError, match="no word is taken on it"):
        answer_actions.record_bank_notice(acting, paper.recovery_id, freeze.id, {}, document)
    assert sound(paper)


def test_word_of_another_figure_is_taken_once_and_a_mistaken_one_dropped(paper: Any) -> None:
    freeze, acting = paper.frozen(), paper.unit.case_officer()
    less, document = {"state": "held", "amount": "600.00"}, paper.scan()
    answer_actions.record_bank_notice(acting, paper.recovery_id, freeze.id, less, document)
    paper.look()
    assert paper.hold(HoldKind.FREEZE).held_minor == 60_000
    with pytest.raises(StepRefusedError, match="was taken already"):
        answer_actions.record_bank_notice(acting, paper.recovery_id, freeze.id, less, document)
    answer_actions.record_bank_notice(acting, paper.recovery_id, freeze.id, less, paper.scan())
    word = paper.line("hold")
    letter_actions.cancel(acting, word.call_id, "it was about another file")
    assert paper.lines() == ()
    assert not [a for a in paper.file().approvals if a.state == "pending"]
    assert sound(paper)


def test_a_bank_with_an_interface_tells_by_it_alone(paper: Any, change_partner: Any) -> None:
    freeze, unit = paper.frozen(), paper.unit
    change_partner(
        unit.database, ("chen", "wu"), unit.now, "bank-home", name="Synthetic", regime="CN",
        currency="CNY", home=True, base_url="", token="synthetic-token",
    )  # fmt: skip
    with pytest.raises(StepRefusedError, match="its word comes through that"):
        answer_actions.record_bank_notice(
            unit.case_officer(), paper.recovery_id, freeze.id, {}, paper.scan()
        )


def test_an_order_cannot_be_dropped(stopped: Any) -> None:
    with pytest.raises(StepRefusedError, match="cannot be dropped"):
        letter_actions.cancel(stopped.unit.case_officer(), stopped.line("hold").call_id, "no")


def test_a_request_abroad_goes_by_letter_with_its_fields(stopped: Any, foreign: Any) -> None:
    paper, unit, recovery_id = stopped, stopped.unit, stopped.recovery_id
    paper.held("500.00")
    paper.look()
    paper.send("statement")
    came = unit.line(1, 100_000, ref="E1")
    went = replace(
        unit.line(2, -50_000, counter=foreign, at_hours=2), counter_amount=Money(5_500, "GBP")
    )
    unit.trace(recovery_id, unit.statement([came, went]))
    paper.decide()
    missing = paper.file().requests[0].missing.split(",")
    while paper.file().requests[0].state is RequestState.DRAFT:
        unit.case_officer().advance(recovery_id, fields=dict.fromkeys(missing, "as attached"))
    paper.approve("request")
    text = paper.print("request").text.decode()
    for told in ("REQUEST FROM ABROAD", "requesting authority:", foreign.number, "GBP 55.00"):
        assert told in text
    paper.send("request")
    assert paper.file().requests[0].state is RequestState.SENT
    unit.later(5)
    paper.yes("request", state="held", amount="50.00", acted_at=paper.at(-1))
    assert paper.file().requests[0].state is RequestState.PARTIALLY_EXECUTED
    assert sound(paper)
