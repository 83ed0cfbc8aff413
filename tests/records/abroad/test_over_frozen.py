"""What a body has frozen beyond what is still wanted is shown, told, and given back by its word."""

from __future__ import annotations

from dataclasses import replace

from models.entities.claim import ObjectionKind
from models.entities.hold import HoldState
from models.entities.ledger import LedgerAccount
from models.entities.request import RequestState
from models.money import Money
from recovery_flows.cases import objection_actions
from recovery_flows.cases.pages.recovery import written as recovery_written
from recovery_flows.cases.pages.request_page import written
from recovery_flows.cases.views.page import recovery_page
from recovery_flows.cases.views.request_view import request_view
from recovery_flows.cli.page_text import page_lines
from recovery_flows.correspondence.abroad import message_actions
from recovery_flows.cross_border import ceiling
from recovery_flows.cross_border.doable import acts_of
from tests.recall_messages import CHANNELS, answered, drafted, returned, sent, take
from tests.records.abroad.abroad_case import SENDER, Abroad
from tests.records.conftest import SUPERVISOR


def shown(abroad: Abroad, name: str) -> list[str]:
    unit = abroad.unit
    view = request_view(
        unit.database, unit.laws, CHANNELS, abroad.recovery_id, name, SENDER, unit.now
    )
    return [text.strip() for text in page_lines(written(view)) if "over-frozen" in text]


def on_screen_two(abroad: Abroad) -> list[str]:
    """What the recovery's own page says of it, with who is in charge."""
    unit = abroad.unit
    page = recovery_page(unit.database, unit.laws, abroad.recovery_id, unit.now)
    told = page_lines(recovery_written(page, unit.laws, "UTC"))
    return [text.strip() for text in told if "over-frozen" in text]


def recalled(abroad: Abroad, amount: str) -> None:
    """So much comes back by a recall, and two people have looked at it."""
    unit, rid = abroad.unit, abroad.recovery_id
    drafted(unit, rid)
    unit.approve(rid)
    sent(unit, rid)
    take(unit, answered("ACCR"))
    take(unit, returned(amount))
    unit.approve(rid)


def owned(abroad: Abroad) -> list[str]:
    file = abroad.unit.file(abroad.recovery_id)
    return [d.kind for d in file.discrepancies if d.subject_noun == "request"]


def test_a_whole_freeze_after_the_victims_got_a_part_is_told_and_then_is_less(
    abroad: Abroad,
) -> None:
    unit, rid = abroad.unit, abroad.recovery_id
    name = abroad.out()
    abroad.says(name, "executed", until=abroad.at(days=30))
    message_actions.notify(unit.case_officer(), rid, name, "by mail", SENDER, CHANNELS)
    assert shown(abroad, name) == []
    recalled(abroad, "700.00")
    assert ceiling.over_frozen(unit.file(rid), abroad.row(name)) == Money(20_000, "GBP")
    assert shown(abroad, name) == ["! over-frozen GBP 200.00  it does not know yet what came in"]
    assert on_screen_two(abroad) == [
        "! over-frozen GBP 200.00  it does not know yet what came in  chen"
    ]
    step, _ = abroad.steps(name)
    assert step == (
        "tell Synthetic NCB that GBP 200.00 of its freeze is wanted no more: money came in "
        "elsewhere, how much is still wanted"
    )
    message_actions.notify(unit.case_officer(), rid, name, "by mail", SENDER, CHANNELS)
    assert shown(abroad, name) == [
        "! over-frozen GBP 200.00  `answer` records what it keeps by now"
    ]
    abroad.says(name, "partially_executed", amount="300.00", until=abroad.at(days=30))
    assert shown(abroad, name) == on_screen_two(abroad) == []
    assert owned(abroad) == [], "that it keeps less by now contradicts nothing"
    abroad.decide()
    abroad.sound()


def test_a_freeze_of_which_nothing_is_wanted_any_more_is_withdrawn_before_a_closing(
    abroad: Abroad,
) -> None:
    """The step was a closing, which the freeze that stands refused until its last day."""
    unit, rid = abroad.unit, abroad.recovery_id
    name = abroad.out()
    abroad.says(name, "executed", until=abroad.at(days=30))
    message_actions.notify(unit.case_officer(), rid, name, "by mail", SENDER, CHANNELS)
    assert abroad.steps(name) == ["Synthetic NCB freezes until 2026-04-01"]
    recalled(abroad, "1000.00")
    message_actions.notify(unit.case_officer(), rid, name, "by mail", SENDER, CHANNELS)
    assert abroad.steps(name)[0] == (
        "withdraw the request to Synthetic NCB: its freeze stands and none of it is wanted any more"
    )
    assert acts_of(unit.file(rid), abroad.row(name))[0] == "withdraw"
    message_actions.withdraw(unit.case_officer(), rid, name, "all came back", SENDER, CHANNELS)
    (step,) = abroad.steps(name)
    assert step.startswith("tell Synthetic NCB: at once, that the request is withdrawn")


def test_a_body_that_lets_go_of_what_is_still_wanted_contradicts_what_was_recorded(
    abroad: Abroad,
) -> None:
    name = abroad.out()
    abroad.says(name, "executed", until=abroad.at(days=30))
    abroad.says(name, "partially_executed", amount="300.00", until=abroad.at(days=30))
    assert owned(abroad) == ["contradicts_outcome"]


def test_a_body_that_freezes_more_than_it_was_asked_for_has_an_owner(abroad: Abroad) -> None:
    name = abroad.out()
    abroad.says(name, "executed", amount="900.00", until=abroad.at(days=30))
    assert shown(abroad, name) == [
        "! over-frozen GBP 400.00  `answer` records what it keeps by now"
    ]
    assert owned(abroad) == ["reached_more"]
    assert any(
        "a request asked for GBP 500.00, and the other side has reached GBP 900.00" in step.sentence
        for step in abroad.all_steps()
    )


def test_what_was_paid_out_of_a_freeze_is_frozen_no_more(abroad: Abroad) -> None:
    name = abroad.out()
    abroad.says(name, "executed", until=abroad.at(days=30))
    file, row = abroad.unit.file(abroad.recovery_id), abroad.row(name)
    paid = replace(
        file.balances[0], account=LedgerAccount.RETURNED_HOLD, asset_id=row.asset_id,
        claim_minor=30_000,
    )  # fmt: skip
    after = replace(file, balances=(*file.balances, paid))
    assert ceiling.still_wanted(after, row) == Money(20_000, "GBP")
    assert ceiling.over_frozen(after, row).minor == 0


def test_a_bank_s_freeze_by_our_request_counts_as_far_as_the_bank_holds(abroad: Abroad) -> None:
    """A request that a bank carried out in part asked for nothing, whatever the bank held."""
    abroad.decide()
    file = abroad.unit.file(abroad.recovery_id)
    (row,) = file.requests
    hold = replace(
        file.holds[0], id="hold-there", asset_id=row.asset_id, request_id=row.id,
        held_minor=20_000, requested_minor=50_000, currency="GBP", state=HoldState.FROZEN,
    )  # fmt: skip
    part = replace(row, state=RequestState.PARTIALLY_EXECUTED)
    held = replace(file, requests=(part,), holds=(*file.holds, hold))
    assert ceiling.ceiling(held).asked == Money(20_000, "CNY")
    assert ceiling.over_frozen(held, part).minor == 0
    # Stated in another currency, nobody knows how much of it the bank keeps (seed 91003223).
    odd = replace(hold, held_minor=0, foreign_minor=9_000, foreign_currency="JPY")
    stated = replace(held, holds=(*file.holds, odd))
    assert ceiling.ceiling(stated).asked == Money(50_000, "CNY")
    came = replace(
        file.balances[0], account=LedgerAccount.RETURNED_RECALL, asset_id="", claim_minor=95_000
    )
    paid = replace(held, balances=(*file.balances, came))
    assert ceiling.over_frozen(paid, part) == Money(15_000, "GBP")
    ended = replace(paid, holds=file.holds)
    assert ceiling.ceiling(ended).asked.minor == 0


def test_a_recall_takes_first_what_the_request_does_not_ask_for(abroad: Abroad) -> None:
    """A freeze is not paid out by it: half of what is traced there is frozen, and stays wanted."""
    unit, rid = abroad.unit, abroad.recovery_id
    name = abroad.out(amount="250.00")
    abroad.says(name, "executed", until=abroad.at(days=30))
    recalled(abroad, "300.00")
    file, row = unit.file(rid), abroad.row(name)
    account = file.asset(row.asset_id).account_id
    there = replace(
        file, claims=tuple(replace(claim, payee_account_id=account) for claim in file.claims)
    )
    assert file.asset(row.asset_id).traced_claim_minor == 50_000
    assert ceiling.still_wanted(there, row) == Money(20_000, "GBP"), "50 of it were frozen money"
    assert ceiling.over_frozen(there, row).minor == 0
    found = ceiling.ceiling(there)
    assert (found.received.minor, found.asked.minor) == (30_000, 20_000)


def test_a_freeze_stands_while_it_is_open_what_is_owed(abroad: Abroad) -> None:
    """Its withdrawal was offered while an objection could make the loss larger again."""
    unit, rid = abroad.unit, abroad.recovery_id
    name = abroad.out()
    abroad.says(name, "executed", until=abroad.at(days=30))
    recalled(abroad, "1000.00")
    message_actions.notify(unit.case_officer(), rid, name, "by mail", SENDER, CHANNELS)
    message_actions.notify(unit.case_officer(), rid, name, "by mail", SENDER, CHANNELS)
    assert ceiling.stands_needless(unit.file(rid), abroad.row(name))
    (claim,) = unit.file(rid).claims
    objection_actions.enter(unit.case_officer(), rid, ObjectionKind.CLAIM, claim.id, "synthetic")
    assert abroad.steps(name) == ["Synthetic NCB freezes until 2026-04-01"]
    assert acts_of(unit.file(rid), abroad.row(name))[0] != "withdraw"
    (objection,) = unit.file(rid).objections
    supervisor = unit.case_officer(SUPERVISOR)
    objection_actions.decide(supervisor, rid, objection.id, "synthetic", is_upheld=False)
    assert "none of it is wanted any more" in abroad.steps(name)[0]
