"""Orders that a bank refused and gets again: only for something new. Own SQL."""

from __future__ import annotations

from tests.simulation.eyes import Eyes, ViolationError


class Repeated(Eyes):
    """Asked after every step of the orders that banks have had before."""

    def _repeated_orders(self) -> None:
        for bank in self.banks.values():
            for ref, refused in bank.repeated[self._repeats.get(bank.id, 0) :]:
                if not self._was_asked_again(ref, refused):
                    raise ViolationError("repeated", f"{bank.id} got a refused order again: {ref}")
            self._repeats[bank.id] = len(bank.repeated)

    def _was_asked_again(self, ref: str, refused: str) -> bool:
        """Whether the order rests on something else than the refused one, or a person looked.

        A hold is ordered on what the trace in force says, a payout on what a person found out
        about the one that was not paid: the officer's note of the refusal, or the discrepancy.
        What another recovery ordered for its own victim is no repetition.
        """
        born = "SELECT recovery_id FROM event WHERE subject_id = ? ORDER BY seq LIMIT 1"
        if self._all(born, ref) != self._all(born, refused):
            return True
        told = "SELECT max(seq) FROM event WHERE subject_id = ? AND event IN ('refused','no_funds')"
        since = self._all(told, refused)[0][0] or 0
        drafted = "SELECT min(seq) FROM event WHERE subject_id = ?"
        until = self._all(drafted, ref)[0][0]
        if int(str(until)) < int(str(since)):
            return True  # decided on by itself before anybody knew of the refusal
        if self._round_sum(ref) < self._round_sum(refused):
            return True  # a converted round that leaves a coin, of which this share lost nothing
        # A freeze is a draft of the engine until an officer, who has read the refusal, submits it.
        submitted = "SELECT max(seq) FROM event WHERE subject_id = ? AND event = 'submitted'"
        until = max(int(str(until)), int(str(self._all(submitted, ref)[0][0] or 0)))
        query = (
            "SELECT 1 FROM event WHERE seq > ?2 AND seq <= ?3 AND (subject_id = ?1 AND event ="
            " 'refusal_seen' OR noun = 'request' AND event IN ('drafted', 'submitted')"
            " AND role = 'officer' OR noun = 'trace' AND event = 'adopted' OR noun ="
            " 'discrepancy' AND event = 'resolved' AND subject_id IN (SELECT id FROM discrepancy"
            " WHERE subject_id = ?1 AND resolved_by <> '')) LIMIT 1"
        )
        return bool(self._all(query, refused, since, until))

    def _round_sum(self, payout: str) -> int:
        """What the whole round of a payout orders from its hold; 0 of an order that is none."""
        query = (
            "SELECT coalesce(sum(o.amount_minor), 0) FROM payout o JOIN payout p ON"
            " p.allocation_id = o.allocation_id AND p.hold_id = o.hold_id WHERE p.id = ?"
            " AND p.currency <> (SELECT currency FROM hold WHERE id = p.hold_id)"
        )
        return int(str(self._all(query, payout)[0][0]))
