"""docs/restitution.md, its second half: court's lists, clawback, third parties, messages.

Each block of the page is what the program shows of an example that is played here.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from models.entities.ledger import LedgerAccount
from models.money import Money
from recovery_flows.cases.court_lists import actions as court_lists
from recovery_flows.cases.third_parties import actions as third_parties
from recovery_flows.cases.victims import actions as victims
from recovery_flows.cli.restitution.third_party import lines_of
from recovery_flows.ledger.outstanding_losses import owed_minor
from recovery_flows.restitution.rounds import REASONS, rounds_of
from recovery_flows.restitution.victims import news
from tests.records.money.test_clawback import come, order, paid, terms
from tests.records.money.test_court_several import give, two_held
from tests.records.money.test_restitution_page import PAGE, blocks
from tests.records.money.test_third_party import FAITH, books
from tests.records.money.test_third_party_limits import asked_of, claimed, yes
from tests.records.money.test_third_party_releases import answered

__all__ = ["paid", "two_held"]


def cny(minor: int) -> str:
    return str(Money(minor, "CNY"))


def same(name: str, lines: Iterable[str]) -> None:
    told = "".join(f"{line}\n" for line in lines)
    assert blocks()[name] == told, f"write into {PAGE.name}:\n```{name}\n{told}```"


def test_a_courts_list_over_two_accounts_gives_each_row_what_the_page_says(
    unit: Any, two_held: str
) -> None:
    order_of = court_lists.Order("(2026) Invented 01 No. 9", unit.start)
    done = give((unit.case_officer(), two_held), blocks()["court-rows"], order_of, dry_run=True)
    same(
        "court-lists",
        (
            f"account {place}: {one.held} held; line {row.line}: {row.by_court} by the court, "
            f"{row.by_rule} by the law's rule, {row.open} open, {row.result}"
            for place, one in enumerate(done, start=1)
            for row in one.rows
        ),
    )


def test_what_was_ordered_back_comes_and_is_owed_again_as_the_page_says(
    unit: Any, acts: Any, paid: str
) -> None:
    name = order(unit, paid, 16_666)
    unit.approve(paid)
    was = cny(terms(unit, paid)[LedgerAccount.RETURNED_HOLD])
    come(unit, acts, paid, name, 16_666, "B-1")
    after, file = terms(unit, paid), unit.file(paid)
    third = max(file.claims, key=lambda claim: claim.paid_at)
    (one,) = rounds_of(file)
    same(
        "clawback",
        (
            f"ordered back: {cny(file.clawbacks[0].amount_minor)}",
            f"returned:     {was} before, {cny(after[LedgerAccount.RETURNED_HOLD])} after",
            f"held:         {cny(after[LedgerAccount.HELD])}",
            f"still owed:   {cny(owed_minor(file, third))} to the third victim",
            *(f"round {one.number}:      {money} ({REASONS[reason]})"
              for reason, money in one.reserves.items()),
        ),
    )  # fmt: skip


def test_what_a_third_party_gets_in_two_parts_is_shown_as_on_the_page(unit: Any, acts: Any) -> None:
    recovery_id = acts.frozen(70_000)
    acts.close_calls(recovery_id)
    told: list[str] = []

    def shown(what: str) -> None:
        file = unit.file(recovery_id)
        (row,) = file.third_party_claims
        head, *rest = lines_of(file)
        names = (row.id, "CLAIM"), (row.hold_id or "-", "HOLD")
        found = [f"{what}: {head.split('  ', 1)[1]}", *(r for r in rest if "due" not in r)]
        for name, word in names:
            found = [line.replace(name, word) for line in found]
        told.extend(found)

    yes(unit, claimed(unit, recovery_id, FAITH, "200.00"))
    hold_id = unit.file(recovery_id).third_party_claims[0].hold_id
    shown("decided")
    answered(unit, acts, recovery_id, hold_id, 58_000)
    shown("a part came")
    name = unit.file(recovery_id).third_party_claims[0].id
    third_parties.decide(unit.case_officer(), recovery_id, name, "80.00", "the rest is his too")
    yes(unit, asked_of(unit, recovery_id, name))
    answered(unit, acts, recovery_id, hold_id, 50_000)
    shown("the rest came")
    found, file = books(unit, recovery_id), unit.file(recovery_id)
    told.append(f"books: {cny(found[LedgerAccount.THIRD_PARTY])} kept by third party, "
                f"{cny(owed_minor(file, file.claims[0]))} owed to the victim")  # fmt: skip
    same("third-party-parts", told)


def test_the_times_of_a_third_partys_claim_are_those_of_the_law(unit: Any) -> None:
    law = unit.laws["CN"]
    same(
        "third-party-times",
        (
            f"{law.rows[code].limit}  {code}  {law.rows[code].status}"
            for code in ("CN_THIRD_PARTY_CLAIM", "CN_FREEZE_DAMAGES", "CN_APPEAL")
        ),
    )


def test_whom_to_tell_what_by_when_is_as_on_the_page(unit: Any, acts: Any) -> None:
    recovery_id = acts.frozen(70_000)
    same(
        "messages",
        (
            f"{one.stage} since {one.since:%d %b %H:%M}, to be told by {one.due_at:%d %b %H:%M}"
            f" UTC under {one.law_row}"
            for one in news.due(unit.file(recovery_id), unit.laws)
        ),
    )
    victims.sent(unit.case_officer(), recovery_id, "", "en", "by telephone")
    assert news.due(unit.file(recovery_id), unit.laws) == ()
