"""What officers do with money that comes by other ways, and with a bank that writes letters."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import partial

from models.facts import AccountRef
from models.money import Money
from recovery_flows.cases import money_actions, objection_actions
from recovery_flows.cases.case_officer import CaseOfficer
from recovery_flows.correspondence.documents.text import Sender
from recovery_flows.correspondence.letters import actions as letter_actions, answer_actions
from recovery_flows.correspondence.letters.orders import Post
from recovery_flows.engine.outbox.bodies import path_and_body
from tests.simulation.chest import INSURERS, OURS, TREASURY
from tests.simulation.desks import Desks

POST = Post(Sender("Synthetic Unit", "1 Invented Street", "Answer Desk"), path_and_body)
_OURS = AccountRef(TREASURY, OURS, "Synthetic Unit")
_SLIP = b"%PDF synthetic slip"
_CLAIMS = (
    "SELECT c.recovery_id, c.id, r.owner_id, c.reported_minor, c.external_ref FROM claim c JOIN"
    " recovery r ON r.id = c.recovery_id WHERE r.state {} AND c.state IN ('verified', 'paid')"
    " ORDER BY c.id"
)


class OtherWays(Desks):
    """Invitations, promises, receipts, compensations, rejections; letters and their answers."""

    # Given back

    def _invite(self, pick: float) -> None:
        query = (
            "SELECT a.recovery_id, a.id, r.owner_id FROM asset a JOIN recovery r ON"
            " r.id = a.recovery_id WHERE r.state = 'open' AND a.partner_id <> 'treasury'"
            " ORDER BY a.id"
        )
        if found := self._one(query, pick):
            recovery, asset, owner = map(str, found)
            until = self._wall() + timedelta(days=10 + int(pick * 20))
            self._try(owner, f"invites the holder of {asset}", lambda: money_actions.invite(
                self._desk_of(owner), recovery, asset, "synthetic", until))  # fmt: skip

    def _promise(self, pick: float) -> None:
        query = (
            "SELECT v.recovery_id, v.id, r.owner_id FROM voluntary_return v JOIN recovery r ON"
            " r.id = v.recovery_id WHERE r.state = 'open' AND v.state <> 'ended' ORDER BY v.id"
        )
        if found := self._one(query, pick):
            recovery, name, owner = map(str, found)
            part = Money(100_00 + int(pick * 300_00), "CNY")
            parts = [(part, self._wall() + timedelta(days=20 * n)) for n in (1, 2)]
            self._try(owner, f"records a promise of {name}", lambda: money_actions.promise(
                self._desk_of(owner), recovery, name, parts, "synthetic"))  # fmt: skip

    def _receive(self, pick: float) -> None:
        """Money comes in on the unit's account; an officer may enter it twice, or another sum."""
        if not (found := self._one(_CLAIMS.format("= 'open' OR r.state LIKE 'closed%'"), pick)):
            return
        recovery, _, owner, reported, _ = found
        dice = int(pick * 997)
        booking = f"G{len(self.chest.credits) + 1}"
        came = max(1, int(str(reported)) * (1, 2, 4, 8)[dice % 4] // 4)
        self.chest.credits[booking] = came
        query = "SELECT id FROM voluntary_return WHERE recovery_id = ? AND state <> 'ended'"
        rows = self._eyes.execute(query, [recovery]).fetchall()
        to = str(rows[0][0]) if rows and dice % 3 else ""
        wrong = came * 3 // 2 if dice % 5 == 0 else came
        for name, minor in ((booking, wrong), (f" {booking} ", came)):
            incoming = money_actions.Incoming(
                _OURS, name, Money(minor, "CNY"), self._wall(), _SLIP, to
            )
            what = f"enters {minor / 100:.2f} of {came / 100:.2f} received as {name!r}"
            act = partial(money_actions.receive, self._desk_of(owner), str(recovery), incoming)
            self._try(str(owner), what, act)

    def is_true_receipt(self, hold: str) -> bool:
        """Whether a receipt says what the account's slip says, which the second person has."""
        query = "SELECT bank_ref, requested_minor FROM hold WHERE id = ?"
        booking, minor = self._eyes.execute(query, [hold]).fetchone()
        return self.chest.credits[booking] == minor

    # Paid by others, and rejected

    def _compensate(self, pick: float) -> None:
        """An insurer pays a victim a part of his loss, or all; an officer writes it down."""
        if not (found := self._one(_CLAIMS.format("= 'open'"), pick)):
            return
        recovery, claim, owner, reported, external = found
        dice = int(pick * 997)
        payer = INSURERS[dice % len(INSURERS)]
        minor = max(1, int(str(reported)) // (1, 2, 4)[dice % 3])
        account = AccountRef(*payer, f"Holder {payer[1]}")
        paper = f"%PDF synthetic {external}".encode()
        if self._try(str(owner), f"enters {minor / 100:.2f} paid to {claim} by {payer[1]}",
            lambda: money_actions.compensate(
                self._desk_of(owner), str(recovery), str(claim), account, Money(minor, "CNY"),
                self._wall(), paper)):  # fmt: skip
            key = str(claim), payer[1]
            self.chest.insured[key] = self.chest.insured.get(key, 0) + minor

    def _reject(self, pick: float) -> None:
        """A claim looks unfounded: another person may reject it, and its victim may appeal."""
        if found := self._one(_CLAIMS.format("= 'open'"), pick):
            recovery, claim, owner = map(str, found[:3])
            kind = objection_actions.ObjectionKind("claim")
            self._try(owner, f"asks for {claim} to be rejected", lambda: objection_actions.enter(
                self._desk_of(owner), recovery, kind, claim, "synthetic"))  # fmt: skip

    # Steps with paper

    def by_hand(self, recovery_id: str, action: str, subject: str, who: str) -> bool | None:
        """Do a step that takes paper or a decision; None where the step is no such one."""
        acts: dict[str, Callable[[CaseOfficer, str, str, str], bool]] = {
            "print_letter": self._print, "send_letter": self._send, "enter_answer": self._answer,
            "follow_return": self._follow,
        }  # fmt: skip
        if action not in acts:
            return None
        return acts[action](self._desk_of(who), recovery_id, subject, who)

    def _print(self, desk: CaseOfficer, recovery: str, call: str, who: str) -> bool:
        del recovery
        act = lambda: letter_actions.print_letter(desk, POST, call).call_id  # noqa: E731
        return self._try(who, "prints", act)

    def _send(self, desk: CaseOfficer, recovery: str, call: str, who: str) -> bool:
        del recovery
        sent = self._try(who, "sends", lambda: letter_actions.record_sent(desk, call, "fax"))
        if sent:
            query = (
                "SELECT c.subject_id, c.kind, coalesce(p.amount_minor, h.held_minor -"
                " h.releasing_minor, 0), h.state FROM call c LEFT JOIN payout p ON p.id ="
                " c.subject_id LEFT JOIN hold h ON h.id = c.subject_id WHERE c.id = ?"
            )
            subject, kind, minor, state = self._eyes.execute(query, [call]).fetchone()
            left = 0 if kind == "release" and state == "release_pending" else minor
            self.chest.take(call, subject, kind, left, self._wall())
        return sent

    def _answer(self, desk: CaseOfficer, recovery: str, call: str, who: str) -> bool:
        del recovery
        says = self.chest.answer(call, self._wall())
        if says is None:
            return False
        scan = self._place.path.with_name("scan.pdf")
        scan.write_bytes(f"%PDF synthetic {call} {says}".encode())
        act = lambda: answer_actions.enter_answer(desk, call, says, scan)  # noqa: E731
        return self._try(who, f"types in {says}", act)

    def _follow(self, desk: CaseOfficer, recovery: str, name: str, who: str) -> bool:
        """Remind once of what is late; whoever does not answer then is not waited for any more."""
        late = "SELECT 1 FROM instalment WHERE return_id = ? AND state = 'overdue'"
        before = "SELECT 1 FROM event e JOIN instalment i ON i.id = e.subject_id WHERE"
        before += " i.return_id = ? AND e.event = 'reminded'"
        if self._eyes.execute(late, [name]).fetchone() and not (
            self._eyes.execute(before, [name]).fetchone()
        ):
            act = lambda: money_actions.remind(desk, recovery, name, "synthetic")  # noqa: E731
            return self._try(who, f"reminds of {name}", act)
        act = lambda: money_actions.end(desk, recovery, name, "synthetic")  # noqa: E731
        return self._try(who, f"ends {name}", act)
