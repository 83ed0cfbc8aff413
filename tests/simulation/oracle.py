"""The oracle: all that must hold at any time, asked after every step of a history."""

from __future__ import annotations

from collections.abc import Iterator

from tests.simulation.eyes import ViolationError
from tests.simulation.words import Words

_CLOSED = (
    "closed_returned", "closed_partial", "closed_no_recovery", "rejected", "joined",
)  # fmt: skip


class Oracle(Words):
    """Looks at one history's database and banks; it shares no code with the rules."""

    def look(self) -> None:
        """Ask everything that must hold at any time; raises the first ViolationError."""
        self.checks += 1
        self._entries_balance()
        self._repeated_orders()
        self._holds()
        self._payouts()
        self._ledger_says_the_rows()
        self._identity()
        self._victims()
        self._releases()
        self._owners()
        self._troubles()
        self._words()

    # Victims

    def _victims(self) -> None:
        """Nobody gets more than min(reported, really paid) from banks, for one payment."""
        rows = self._all(
            "SELECT c.id, c.end_to_end_id, c.reported_minor, c.external_ref, p.id, p.asset_id"
            " FROM payout p JOIN claim c ON c.id = p.claim_id"
        )
        got: dict[str, int] = {}
        limit: dict[str, tuple[int, str]] = {}
        paid = {
            x.order_ref: x.paid
            for bank in self.banks.values()
            for x in bank.payouts.values()
            if x.status == "SETTLED" and x.paid_currency == x.currency
        }
        for claim, _, reported, external, payout, _ in rows:
            ref = str(external).split("/")[1]
            got[ref] = got.get(ref, 0) + paid.get(str(payout), 0)
            most = min(int(str(reported)), self.truth[ref])
            limit[ref] = (max(most, limit.get(ref, (0, ""))[0]), str(claim))
        for ref, minor in got.items():
            most, claim = limit[ref]
            if minor > most and not self._owned(claim):
                raise ViolationError(
                    "overpaid", f"payment {ref} of {most} got {minor} back ({claim})"
                )

    # Orders

    def _repeated_orders(self) -> None:
        for bank in self.banks.values():
            for ref in bank.repeated[self._repeats.get(bank.id, 0) :]:
                if not self._was_asked_again(ref):
                    raise ViolationError("repeated", f"{bank.id} got a refused order again: {ref}")
            self._repeats[bank.id] = len(bank.repeated)

    def _was_asked_again(self, ref: str) -> bool:
        """Whether an officer saw the refusal and ordered this one anew, or the payout's claim
        or payee changed meanwhile."""
        rows = self._all("SELECT drafted_by FROM hold WHERE id = ?", ref)
        seen = self._all(
            "SELECT 1 FROM event WHERE noun = 'hold' AND event = 'refusal_seen' LIMIT 1"
        )
        return bool(rows and seen)

    def _releases(self) -> None:
        """Nothing is let go while a claim of the file has a net loss, unless a person says so."""
        rows = self._all(
            "SELECT e.seq, c.subject_id, c.recovery_id, a.action, c.approval_id FROM event e"
            " JOIN call c ON c.id = e.subject_id JOIN approval a ON a.id = c.approval_id"
            " WHERE e.noun = 'call' AND e.event = 'sent' AND c.kind = 'release' AND e.seq > ?"
            " ORDER BY e.seq",
            self._released,
        )
        for seq, hold, recovery, action, _ in rows:
            self._released = int(str(seq))
            if action == "release":
                self._release(str(hold), str(recovery), int(str(seq)))

    def _release(self, hold: str, recovery: str, seq: int) -> None:
        unrelated = "SELECT 1 FROM event WHERE subject_id = ? AND event = 'found_unrelated'"
        if self._all(unrelated, hold):
            return
        held = self._all(
            "SELECT coalesce(sum(claim_minor), 0) FROM posting WHERE hold_id = ?"
            " AND account = 'held' AND event_seq <= ?",
            hold, seq,
        )[0][0]  # fmt: skip
        loss = self._net_loss(recovery)
        coins = self._all("SELECT currency FROM hold WHERE id = ?", hold)[0][0]
        least = 1 if coins == "CNY" else 10
        if int(str(held)) > 0 and loss >= least:
            raise ViolationError(
                "released", f"{hold} with {held} of the loss is let go, {loss} is still owed"
            )

    def _net_loss(self, recovery: str) -> int:
        """What is upheld of a recovery's claims and was not paid by a bank (or is on its way)."""
        claims = self._all(
            "SELECT id, upheld_minor, external_ref FROM claim WHERE recovery_id = ?"
            " AND state IN ('verified','paid')",
            recovery,
        )
        total = 0
        for claim, upheld, external in claims:
            rows = self._all("SELECT id, state FROM payout WHERE claim_id = ?", claim)
            paid = sum(self._paid_by_banks(str(payout)) for payout, _ in rows)
            most = min(int(str(upheld)), self.truth[str(external).split("/")[1]])
            total += max(0, most - paid)
        return total

    def _paid_by_banks(self, payout: str) -> int:
        for bank in self.banks.values():
            for one in bank.payouts.values():
                if one.order_ref == payout and one.status == "SETTLED":
                    return one.paid
        return 0

    # Owners and next steps

    def _owners(self) -> None:
        rows = self._all("SELECT id, state, owner_id, step_action FROM recovery")
        for name, state, owner, action in rows:
            if state == "open" and not owner:
                raise ViolationError("owner", f"{name} is open and nobody's")
            if state not in _CLOSED and (not action or action == "done"):
                raise ViolationError("dead end", f"{name} is {state} and has no next step")

    def _troubles(self) -> None:
        """No rule fails on what a bank or a person can do, and none leaves a file without a step.

        That the engine quarantines such a file keeps the others alive; it is a fault all the same.
        """
        rows = self._all(
            "SELECT recovery_id, kind, subject_noun, subject_id, detail FROM discrepancy"
            " WHERE kind IN ('processing_failed', 'no_next_step')"
        )
        for recovery, kind, noun, subject, detail in rows:
            if "has no reference of its bank" in str(detail):
                continue  # a person asks the bank's desk for it
            name = "quarantined" if kind == "processing_failed" else "dead end"
            raise ViolationError(name, f"{detail}: {noun} {subject} of {recovery}")

    def dead_ends(self) -> Iterator[str]:
        """Open recoveries whose next step is the engine's while nothing will ever wake it."""
        marks = ",".join("?" * len(_CLOSED))
        rows = self._all(
            "SELECT id, step_action, step_wording, wake_at, due_at FROM recovery"
            f" WHERE step_role = 'engine' AND state NOT IN ({marks})",
            *_CLOSED,
        )
        for name, action, sentence, wake, due in rows:
            if wake is None and due is None and not self._waits_for_a_bank(str(name)):
                yield f"{name}: {action}: {sentence}"

    def _waits_for_a_bank(self, recovery: str) -> bool:
        query = (
            "SELECT 1 FROM call WHERE recovery_id = ?1 AND state IN ('planned','sent','unknown')"
            " UNION ALL SELECT 1 FROM hold WHERE recovery_id = ?1 AND state IN"
            " ('ordered','queued','release_pending','disposal_pending')"
            " UNION ALL SELECT 1 FROM payout WHERE recovery_id = ?1 AND state = 'instructed'"
            " UNION ALL SELECT 1 FROM allocation WHERE recovery_id = ?1 AND state = 'notice'"
        )
        return bool(self._all(query, recovery))
