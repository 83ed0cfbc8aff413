"""What came in everywhere and what is open stay within the loss: no stricter, no laxer.

The oracle here keeps its own books of what each request may still bring; it uses no rule of the
program.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from fractions import Fraction

import pytest
from hypothesis import given, settings, strategies as st

from models.case_file import CaseFile
from models.entities.ledger import LedgerAccount
from models.entities.request import RequestRow, RequestState
from models.facts import AccountRef
from models.money import Money
from recovery_flows.cases import money_actions
from recovery_flows.correspondence.abroad import message_actions
from recovery_flows.cross_border import ceiling, guard
from recovery_flows.errors import StepRefusedError
from tests.recall_messages import CHANNELS
from tests.records.abroad.abroad_case import SENDER, Abroad
from tests.records.abroad.test_announced_money import announce
from tests.records.abroad.test_board import agrees

OURS = AccountRef("treasury", "9999000000000088", "Synthetic Unit")
LOSS = 100_000
TRACED = {"a": (333, 1_000), "b": (30_000, 45_000), "c": (7, 50_000)}
"""By account: what is traced there in its currency, and which part of the loss that is."""

_AFTER = {
    "execute": RequestState.EXECUTED, "withdraw": RequestState.WITHDRAWN,
    "lapse": RequestState.EXPIRED,
}  # fmt: skip


@dataclass
class Kept:
    """What the oracle knows of one request."""

    account: str
    asked: int
    state: RequestState = RequestState.DRAFT
    reached: int = 0
    came: int = 0
    came_before: int = 0

    def may_bring(self) -> Fraction:
        ended = (RequestState.EXPIRED, RequestState.WITHDRAWN)
        if self.state in ended:
            return Fraction(0)
        there, of_loss = TRACED[self.account]
        sums = self.reached if self.state is RequestState.PARTIALLY_EXECUTED else self.asked
        return max(Fraction(0), Fraction(sums * of_loss, there) - self.came)


@dataclass
class Books:
    """All requests and receipts, as the oracle keeps them and as the file has them."""

    file: CaseFile
    row: RequestRow
    kept: list[Kept] = field(default_factory=list)
    from_account: dict[str, int] = field(default_factory=lambda: dict.fromkeys(TRACED, 0))
    from_elsewhere: int = 0

    def do(self, what: str, account: str, minor: int) -> None:
        there = [k for k in self.kept if k.account == account]
        sent = [k for k in there if k.state is not RequestState.DRAFT]
        if what == "draft":
            self.kept.append(Kept(account, minor))
        elif what == "send":
            self._send([k for k in there if k.state is RequestState.DRAFT])
        elif what == "comes":
            self.from_account[account] += minor
            for one in sent:
                one.came += minor
        elif what == "elsewhere":
            self.from_elsewhere += minor
        elif what == "part":
            self._carry_out_a_part(sent, minor)
        elif sent:
            sent[0].state = _AFTER[what]

    def _send(self, drafts: list[Kept]) -> None:
        for one in drafts:
            one.state = RequestState.SENT
            shown = ceiling.dispatched(self.file_now(), self.row_of(one, "x"))
            one.came_before = int(str(shown["came_minor"]))

    def _carry_out_a_part(self, sent: list[Kept], minor: int) -> None:
        for one in sent:
            if one.state is RequestState.SENT and one.asked > 1:
                one.state = RequestState.PARTIALLY_EXECUTED
                one.reached = 1 + minor % (one.asked - 1)

    def is_within(self) -> bool:
        """Whether all that came and all that may still come stay within the loss."""
        most: dict[str, Fraction] = {}
        for one in self.kept:
            most[one.account] = max(most.get(one.account, Fraction(0)), one.may_bring())
        came = min(LOSS, sum(self.from_account.values()) + self.from_elsewhere)
        return came + sum(most.values()) <= LOSS

    def row_of(self, one: Kept, name: str) -> RequestRow:
        return replace(
            self.row, id=name, asset_id=one.account, requested_minor=one.asked, state=one.state,
            executed_minor=one.reached, came_minor=one.came_before,
            supported_minor=min(one.asked, TRACED[one.account][0]),
            sent_by="" if one.state is RequestState.DRAFT else "li",
        )  # fmt: skip

    def file_now(self) -> CaseFile:
        (asset,) = (a for a in self.file.assets if a.id == self.row.asset_id)
        home = tuple(a for a in self.file.assets if a.id != asset.id)
        abroad = tuple(
            replace(asset, id=n, account_id=n, traced_minor=there, traced_claim_minor=of_loss)
            for n, (there, of_loss) in TRACED.items()
        )
        balance = self.file.balances[0]
        received = [
            replace(balance, account=LedgerAccount.RETURNED_HOLD, asset_id=n, claim_minor=minor)
            for n, minor in self.from_account.items()
        ]
        other = replace(
            balance, account=LedgerAccount.RETURNED_HOLD, asset_id=home[0].id,
            claim_minor=self.from_elsewhere,
        )  # fmt: skip
        rows = tuple(self.row_of(one, f"r{n}") for n, one in enumerate(self.kept))
        return replace(
            self.file, assets=(*home, *abroad), requests=rows, balances=(*received, other)
        )


ACTS = st.lists(
    st.tuples(
        st.sampled_from(
            ("draft", "draft", "draft", "send", "part", "execute", "withdraw", "lapse", "comes",
             "elsewhere")
        ),
        st.sampled_from(sorted(TRACED)),
        st.one_of(st.integers(1, 400), st.integers(1, 40_000)),
    ),
    max_size=25,
)  # fmt: skip


def test_a_request_is_refused_exactly_where_it_would_pass_the_loss(abroad: Abroad) -> None:
    name = abroad.new()
    file = abroad.unit.file(abroad.recovery_id)
    row = next(r for r in file.requests if r.id == name)

    @settings(max_examples=300, deadline=None)
    @given(ACTS)
    def holds(acts: list[tuple[str, str, int]]) -> None:
        books = Books(file, row)
        for act in acts:
            books.do(*act)
            now = books.file_now()
            if now.requests and books.is_within():
                guard.check(now, now.requests[-1])
            elif now.requests:
                with pytest.raises(StepRefusedError):
                    guard.check(now, now.requests[-1])

    holds()


def test_thirds_of_a_loss_in_another_currency_are_asked_for_to_the_last_of_them(
    abroad: Abroad,
) -> None:
    """Three parts of 3.33… each are ten: each rounded up by itself they were refused as twelve."""
    name = abroad.new()
    file = abroad.unit.file(abroad.recovery_id)
    row = next(r for r in file.requests if r.id == name)
    asset = file.asset(row.asset_id)
    thirds = [
        replace(asset, id=f"third-{n}", traced_minor=3, traced_claim_minor=LOSS) for n in range(3)
    ]
    rows = [replace(row, id=f"r{n}", asset_id=f"third-{n}", requested_minor=1) for n in range(3)]
    full = replace(file, assets=(*file.assets, *thirds), requests=tuple(rows))
    guard.check(full, rows[0])
    assert ceiling.ceiling(full).left.minor == 0


def test_what_a_body_did_not_reach_may_be_asked_for_elsewhere(abroad: Abroad) -> None:
    name = abroad.out()
    before = ceiling.ceiling(abroad.unit.file(abroad.recovery_id)).left
    abroad.says(name, "partially_executed", amount="300.00", until=abroad.at(days=30))
    after = ceiling.ceiling(abroad.unit.file(abroad.recovery_id)).left
    assert after.minor - before.minor == 20_000


def test_money_that_its_body_announced_is_received_and_no_more_asked_for(
    treasury: None, abroad: Abroad
) -> None:
    """It counted twice, as received and as still open: what another State has was not asked for."""
    del treasury
    unit, rid = abroad.unit, abroad.recovery_id
    name = abroad.out("eu_confiscate", wanted="return")
    abroad.says(name, "executed")
    message_actions.notify(unit.case_officer(), rid, name, "by mail", SENDER, CHANNELS)
    assert agrees(abroad) == [("executed", "theirs")]
    announce(abroad, name, "RET-1", 50_000)
    came = money_actions.Incoming(OURS, "RET-1", Money(48_500, "CNY"), unit.now, b"invented slip")
    money_actions.receive(unit.case_officer(), rid, came)
    unit.approve(rid)
    assert agrees(abroad) == [("executed", "ours")], "its body is told of money in the unit's hand"
    found = ceiling.ceiling(unit.file(rid))
    assert (found.received.minor, found.asked.minor, found.left.minor) == (48_500, 1_500, 50_000)
