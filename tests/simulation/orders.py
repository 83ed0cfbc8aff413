"""Orders on their way: none is forgotten by a join or recalled, none outlives what it rests on."""

from __future__ import annotations

from tests.simulation.eyes import Eyes, ViolationError

_THROUGH = "('settled', 'refused', 'returned', 'recalled', 'cancelled')"


class Orders(Eyes):
    """Looks at what happened to payouts after their order had left, or may have."""

    def _orders(self) -> None:
        self._joins()
        self._given_up()
        rows = self._all(
            "SELECT e.seq, e.event, e.subject_id FROM event e WHERE e.noun = 'payout'"
            " AND e.event IN ('moved', 'recalled') AND e.seq > ? ORDER BY e.seq",
            self._moved,
        )
        for seq, event, payout in rows:
            self._moved = int(str(seq))
            told = self._all(
                "SELECT e.event FROM event e JOIN call c ON c.id = e.subject_id WHERE c.kind ="
                " 'payout' AND c.subject_id = ?1 AND e.seq < ?2 AND EXISTS (SELECT 1 FROM event s"
                " WHERE s.subject_id = c.id AND s.event = 'sent' AND s.seq < ?2) AND NOT EXISTS"
                " (SELECT 1 FROM event p WHERE p.subject_id = ?1 AND p.seq < ?2 AND p.event IN"
                f" {_THROUGH}) AND e.event <> 'cancelled' ORDER BY e.seq",
                payout, seq,
            )  # fmt: skip
            words = [str(row[0]) for row in told]
            if words and words[-1] not in ("never_seen", "refused") and not _put_off(words):
                raise ViolationError(
                    "on its way", f"{payout} is {event}, its order may have left ({words[-1]})"
                )

    def _joins(self) -> None:
        """No recovery takes another one in while its own bank may be paying a victim."""
        rows = self._all(
            "SELECT e.seq, r.id, r.joined_into FROM event e JOIN recovery r ON r.id = e.recovery_id"
            " WHERE e.noun = 'recovery' AND e.event = 'joined' AND e.seq > ? ORDER BY e.seq",
            self._read_to.get("join", 0),
        )
        for seq, joins, stays in rows:
            self._read_to["join"] = int(str(seq))
            going = self._all(
                "SELECT p.id FROM payout p JOIN event s ON s.subject_id IN (SELECT c.id FROM call c"
                " WHERE c.subject_id = p.id AND c.kind = 'payout') AND s.event = 'sent' AND s.seq <"
                " ?2 WHERE p.recovery_id = ?1 AND NOT EXISTS (SELECT 1 FROM event t WHERE"
                f" t.subject_id = p.id AND t.seq < ?2 AND t.event IN {_THROUGH})",
                stays, seq,
            )  # fmt: skip
            left = [p for (p,) in going if not _put_off(self._attempts(str(p), int(str(seq))))]
            if left:
                raise ViolationError(
                    "on its way", f"{joins} joins {stays}, whose {left[0]} is on its way"
                )

    def _attempts(self, payout: str, until: int) -> list[str]:
        """What became of each attempt to order a payout, until an event."""
        rows = self._all(
            "SELECT e.event FROM event e JOIN call c ON c.id = e.subject_id WHERE c.kind = 'payout'"
            " AND c.subject_id = ? AND e.seq < ? AND e.event <> 'cancelled' ORDER BY e.seq",
            payout, until,
        )  # fmt: skip
        return [str(row[0]) for row in rows]

    def _given_up(self) -> None:
        """No freeze leaves to take over what a second person had released before: that is free."""
        rows = self._all(
            "SELECT e.seq, h.id, h.supersedes_id FROM event e JOIN call c ON c.id = e.subject_id"
            " JOIN hold h ON h.id = c.subject_id WHERE e.noun = 'call' AND e.event = 'sent' AND"
            " c.kind = 'hold' AND h.kind = 'freeze' AND h.supersedes_id <> '' AND e.seq > ?"
            " AND NOT EXISTS (SELECT 1 FROM event s WHERE s.subject_id = c.id AND s.event ="
            " 'sent' AND s.seq < e.seq) ORDER BY e.seq",
            self._read_to.get("given up", 0),
        )
        for seq, freeze, before in rows:
            self._read_to["given up"] = int(str(seq))
            found = self._all(
                "SELECT a.action FROM approval a JOIN event d ON d.subject_id = a.id WHERE"
                " a.subject_id = ?1 AND d.seq < ?2 AND (a.action = 'order_stop' AND d.event ="
                " 'denied' OR a.action = 'release' AND d.event = 'approved' AND EXISTS (SELECT 1"
                " FROM event u WHERE u.subject_id = ?1 AND u.event LIKE '%unrelated' AND"
                " u.seq < d.seq)) LIMIT 1",
                before, seq,
            )  # fmt: skip
            if found:
                raise ViolationError(
                    "given up", f"{freeze} takes {before} over, which is to be free ({found[0][0]})"
                )

    def _basis(self, payout: str, seq: int) -> None:
        """Between the drafting of a decision and its order no victim came, none was decided on."""
        changed = self._all(
            "SELECT k.event, k.subject_id FROM payout p JOIN event d ON d.subject_id ="
            " p.allocation_id AND d.event = 'drafted' JOIN event k ON k.seq > d.seq AND k.seq < ?2"
            " AND k.noun = 'claim' AND k.event IN ('verified', 'decided', 'moved') AND"
            " k.recovery_id = p.recovery_id WHERE p.id = ?1 LIMIT 1",
            payout, seq,
        )  # fmt: skip
        if changed:
            raise ViolationError("basis", f"{payout} left after {changed[0]}")

    def stale_approvals(self) -> None:
        """At rest nothing waits for a second person any more."""
        found = self._all(
            "SELECT id, action, subject_id FROM approval WHERE state = 'pending' LIMIT 1"
        )
        if found:
            raise ViolationError("stale", f"nobody can decide {found[0]}")


def _put_off(words: list[str]) -> bool:
    """Whether each attempt was put off by the bank before it read the order, none left open."""
    return words[-1] == "postponed" and not {"unknown", "never_seen"} & set(words)
