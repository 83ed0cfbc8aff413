"""What officers do with payments called back, and with shares that did not reach their payees.

What really came back, was taken back or was refunded stands in the chest; the papers that officers
hand in are made of it, and now and then of a mistake, which the second person sees.
"""

from __future__ import annotations

import zlib
from functools import cache, partial
from uuid import UUID

from models.facts import AccountRef
from models.money import Money
from recovery_flows.cases.case_officer import CaseOfficer
from recovery_flows.cases.unclaimed import actions as unclaimed_actions
from recovery_flows.cli.case.channels import border_channels, state_groups
from recovery_flows.recalls import actions, answer_actions
from tests.recall_messages import answered, returned
from tests.simulation.chest import STATE
from tests.simulation.desks import Desks

_PAPER = b"%PDF synthetic proof"
ANSWERS = ("ACCR", "RJCR", "PDCR", "whole", "whole", "half", "coin", "twice", "by_statement")
_WENT_OUT = (
    "SELECT k.recovery_id, k.id, r.owner_id, k.uetr, k.requested_minor FROM recall k JOIN recovery"
    " r ON r.id = k.recovery_id WHERE k.sent_at IS NOT NULL ORDER BY k.id"
)


@cache
def _channels() -> actions.Channels:
    return border_channels(state_groups())


class CalledBack(Desks):
    """Recalls and their answers, reversals; announcements, payees who are late, refunds."""

    # Recalls

    def _recall(self, pick: float) -> None:
        query = (
            "SELECT c.recovery_id, c.id, r.owner_id FROM claim c JOIN recovery r ON"
            " r.id = c.recovery_id WHERE r.state = 'open' AND c.state IN ('verified', 'paid')"
            " ORDER BY c.id"
        )
        if found := self._one(query, pick):
            recovery, claim, owner = map(str, found)
            uetr = str(UUID(int=zlib.crc32(claim.encode()) << 70, version=4))
            given = actions.Given(
                channel="swift_recall", claim_id=claim, uetr=uetr, original_message="M-1",
                instruction_id="I-1",
            )  # fmt: skip
            desk = self._desk_of(owner)
            self._try(owner, f"calls the payment of {claim} back", lambda: actions.draft(
                desk, recovery, given, _channels(), "Synthetic Unit"))  # fmt: skip

    def _recall_told(self, pick: float) -> None:
        """A bank answers or pays; it may pay a coin less, or tell of one return twice."""
        if not (found := self._one(_WENT_OUT, pick)):
            return
        recovery, recall, owner, uetr, requested = found
        minor, kind = int(str(requested)), ANSWERS[int(pick * 997) % len(ANSWERS)]
        desk, name = self._desk_of(owner), f"{recall}: {kind}"
        if len(kind) == 4 and kind.isupper():
            self._hand_in(desk, str(owner), name, answered(kind, uetr=str(uetr)))
            return
        came = {"half": minor // 2 or 1, "coin": max(1, minor - 1)}.get(kind, minor)
        booking = f"RTR-{len(self.chest.recalled) + 1}"
        self.chest.recalled[booking] = (str(recall), came)
        told = returned(
            _spelled(came), booking=booking, uetr=str(uetr), original=_spelled(minor),
            day=f"{self._wall():%Y-%m-%d}", costs="0.01" if kind == "coin" else "",
        )  # fmt: skip
        if kind != "by_statement":
            self._hand_in(desk, str(owner), name, told)
        if kind in ("twice", "by_statement"):
            # The same money under the statement's name, entered as if it had come besides.
            other = booking if kind == "by_statement" else f"S{booking}"
            given = answer_actions.Received(
                booking=other, amount=Money(came, "CNY"), received_at=self._wall(), paper=_PAPER,
                is_further=True,
            )  # fmt: skip
            act = partial(answer_actions.receive, desk, str(recovery), str(recall), given)
            self._try(str(owner), f"enters {other} of {recall}", act)

    def _hand_in(self, desk: CaseOfficer, who: str, name: str, raw: bytes) -> None:
        self._try(who, f"hands in {name}", lambda: answer_actions.take_message(
            desk, raw, "answer.xml", _channels()))  # fmt: skip

    def _recall_reversed(self, pick: float) -> None:
        """The bank takes a return back; one time in four the officer has misread its letter."""
        query = (
            "SELECT m.recovery_id, m.recall_id, r.owner_id, m.booking FROM recall_credit m JOIN"
            " recovery r ON r.id = m.recovery_id WHERE m.state = 'confirmed' ORDER BY m.id"
        )
        if found := self._one(query, pick):
            recovery, recall, owner, booking = map(str, found)
            if int(pick * 997) % 4:
                self.chest.reversed.add(booking)
            act = partial(
                actions.reversed_by_bank, self._desk_of(owner), recovery, recall, booking,
                self._wall(), _PAPER,
            )  # fmt: skip
            self._try(owner, f"enters that {booking} of {recall} was reversed", act)

    def is_true_return(self, credit: str) -> bool:
        """Whether money came as a return says, which the second person holds against its proof."""
        query = "SELECT booking, amount_minor, recall_id FROM recall_credit WHERE id = ?"
        booking, minor, recall = self._eyes.execute(query, [credit]).fetchone()
        return self.chest.recalled.get(booking) == (recall, minor)

    def is_true_reversal(self, credit: str) -> bool:
        """Whether its bank has taken it back."""
        query = "SELECT booking FROM recall_credit WHERE id = ?"
        return self._eyes.execute(query, [credit]).fetchone()[0] in self.chest.reversed

    # Unclaimed shares

    def _unclaimed(self, pick: float) -> None:
        query = (
            "SELECT p.recovery_id, p.id, r.owner_id FROM payout p JOIN recovery r ON"
            " r.id = p.recovery_id WHERE p.state IN ('refused', 'returned') ORDER BY p.id"
        )
        if found := self._one(query, pick):
            recovery, payout, owner = map(str, found)
            self._try(owner, f"announces {payout}", lambda: unclaimed_actions.announce(
                self._desk_of(owner), recovery, payout, "synthetic"))  # fmt: skip

    def _come_forward(self, pick: float) -> None:
        if found := self._share("('announced', 'term_ended')", pick):
            recovery, share, owner = map(str, found[:3])
            self._try(owner, f"hears of the payee of {share}", lambda: unclaimed_actions.claimed(
                self._desk_of(owner), recovery, share, "synthetic"))  # fmt: skip

    def _refund(self, pick: float) -> None:
        """The treasury pays a late payee all or a part; an officer may enter half as much again."""
        if found := self._share("('treasury')", pick):
            recovery, share, owner, amount = found
            minor = max(1, int(str(amount)) // (1 + int(pick * 997) % 2))
            self.chest.refunded.setdefault(str(share), minor)
            entered = minor * 3 // 2 if pick > 0.7 else minor
            act = partial(
                unclaimed_actions.refund, self._desk_of(owner), str(recovery), str(share),
                Money(entered, "CNY"), self._wall(), _PAPER,
            )  # fmt: skip
            self._try(str(owner), f"enters {entered / 100:.2f} refunded of {share}", act)

    def _share(self, states: str, pick: float) -> tuple[object, ...] | None:
        return self._one(
            "SELECT u.recovery_id, u.id, r.owner_id, u.amount_minor FROM unclaimed_share u JOIN"
            f" recovery r ON r.id = u.recovery_id WHERE u.state IN {states} ORDER BY u.id",
            pick,
        )

    def is_true_refund(self, share: str) -> bool:
        """Whether the treasury has paid what was entered."""
        query = "SELECT refunded_minor FROM unclaimed_share WHERE id = ?"
        return self._eyes.execute(query, [share]).fetchone()[0] == self.chest.refunded.get(share)

    # Steps

    def followed(self, recovery: str, action: str, subject: str, who: str) -> bool | None:
        """Do a step of a recall or a share; None where the step is no such one."""
        desk = self._desk_of(who)
        if action == "send_recall":
            return self._sent(desk, recovery, subject, who)
        if action == "follow_recall":
            return self._chased_or_ended(desk, recovery, subject, who)
        if action == "follow_unclaimed":
            into = AccountRef(*STATE, "State treasury")
            act = partial(unclaimed_actions.transfer, desk, recovery, subject, into)
            return self._try(who, f"sends {subject} to the treasury", act)
        return None

    def _sent(self, desk: CaseOfficer, recovery: str, recall: str, who: str) -> bool:
        """Hand it to the victim's bank; what is not to be sent any more is ended."""
        act = partial(actions.sent, desk, recovery, recall, "synthetic", _channels())
        end = partial(actions.end, desk, recovery, recall, "synthetic")
        return self._try(who, f"sends {recall}", act) or self._try(who, f"ends {recall}", end)

    def _chased_or_ended(self, desk: CaseOfficer, recovery: str, recall: str, who: str) -> bool:
        chased = "SELECT 1 FROM event WHERE subject_id = ? AND event = 'chased'"
        state = self._eyes.execute("SELECT state FROM recall WHERE id = ?", [recall]).fetchone()[0]
        if state in ("unanswered", "unpaid") and not self._eyes.execute(
            chased, [recall]
        ).fetchone():  # fmt: skip
            act = partial(actions.chase, desk, recovery, recall, "synthetic", _channels())
            return self._try(who, f"chases {recall}", act)
        act = partial(actions.end, desk, recovery, recall, "synthetic")
        return self._try(who, f"ends {recall}", act)


def _spelled(minor: int) -> str:
    return f"{minor // 100}.{minor % 100:02}"
