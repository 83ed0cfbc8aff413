"""What a bank says against what it said before, and whether each order had its yes."""

from __future__ import annotations

from tests.simulation.books import LIVE
from tests.simulation.eyes import Eyes, ViolationError

_CONTRADICTS = "contradicts_outcome"
_OUTCOMES = frozenset({"SETTLED", "REFUSED", "RETURNED"})
_ORDERS = "('hold', 'request', 'payout', 'release', 'extend')"


class Words(Eyes):
    """Contradictions are somebody's, news on what is closed too; nothing leaves without a yes."""

    def _words(self) -> None:
        self._another_outcome()
        self._restated()
        self._held_after_the_end()
        self._held_beyond_the_term()
        self._news_on_closed()
        self._orders_had_a_yes()

    def _another_outcome(self) -> None:
        """A payout that we took for refused or settled, and of which its bank says another now."""
        took = "SELECT 1 FROM event WHERE subject_id = ? AND event = ?"
        for bank in self.banks.values():
            for payout in bank.payouts.values():
                if payout.status not in _OUTCOMES:
                    continue
                before = {str(json["status"]) for _, json in payout.past} & _OUTCOMES
                known = [w for w in before if self._all(took, payout.order_ref, w.lower())]
                if any(was != payout.status for was in known) and self._is_told(
                    payout.order_ref, payout.revision
                ):
                    self._is_owned(payout.order_ref, _CONTRADICTS, f"{known}, now {payout.status}")

    def _restated(self) -> None:
        """Another statement under a revision that is not newer, once the feed was read past it."""
        read = "SELECT 1 FROM partner WHERE id = ? AND feed_reached_at >= ?"
        for bank in self.banks.values():
            for one in bank.resources():
                if one.restated is None or not self._is_told(one.order_ref, one.revision):
                    continue
                if self._all(read, bank.id, f"{one.restated[0]:%Y-%m-%d %H:%M:%S.%f}"):
                    self._is_owned(one.order_ref, _CONTRADICTS, "stated otherwise, not newer")

    def _held_after_the_end(self) -> None:
        ended = (
            "SELECT 1 FROM event WHERE subject_id = ? AND event IN"
            " ('released', 'refused', 'no_funds', 'let_go_early') LIMIT 1"
        )
        for bank in self.banks.values():
            for hold in bank.holds.values():
                over = any(j["status"] in ("RELEASED", "REFUSED", "EXPIRED") for _, j in hold.past)
                if hold.status not in LIVE or not over or not self._all(ended, hold.order_ref):
                    continue
                if self._is_told(hold.order_ref, hold.revision):
                    self._is_owned(hold.order_ref, _CONTRADICTS, "ended, and held again")

    def _held_beyond_the_term(self) -> None:
        ours = (
            "SELECT 1 FROM hold WHERE id = ? AND state IN ('stopped', 'frozen') AND expires_at < ?"
            " AND bank_revision = ?"
        )
        for bank in self.banks.values():
            for hold in bank.holds.values():
                if hold.status not in LIVE or hold.expires is None:
                    continue
                theirs = f"{hold.expires:%Y-%m-%d %H:%M:%S.%f}"
                if self._all(ours, hold.order_ref, theirs, hold.revision):
                    self._is_owned(hold.order_ref, "held_beyond_term", f"held until {theirs}")

    def _news_on_closed(self) -> None:
        rows = self._all(
            "SELECT e.subject_id, e.event, e.recovery_id FROM event e JOIN event c"
            " ON c.recovery_id = e.recovery_id AND c.noun = 'recovery' AND c.event LIKE 'closed%'"
            " AND c.seq < e.seq WHERE e.noun IN ('hold', 'payout') AND e.role = 'engine' AND"
            " e.event IN ('returned', 'refused', 'settled', 'stopped_late', 'frozen_late',"
            " 'let_go_early') AND NOT EXISTS (SELECT 1 FROM event r WHERE r.noun = 'recovery' AND"
            " r.recovery_id = e.recovery_id AND r.event = 'reopened' AND r.seq BETWEEN c.seq"
            " AND e.seq)"
        )
        for subject, event, recovery in rows:
            self._is_owned(str(subject), "news_on_closed", f"{event} after {recovery} was closed")

    def _is_owned(self, subject: str, kind: str, what: str) -> None:
        owned = "SELECT 1 FROM discrepancy WHERE subject_id = ? AND kind = ?"
        if not self._all(owned, subject, kind):
            raise ViolationError("unowned", f"{subject} ({what}): nobody looks")

    def _orders_had_a_yes(self) -> None:
        """At the instant that it left an order had its approval, or the law let it leave first.

        A release may take back a stop that was denied.
        """
        rows = self._all(
            "SELECT e.seq, c.id, c.kind, a.id, a.action, a.post_hoc FROM event e JOIN call c"
            " ON c.id = e.subject_id LEFT JOIN approval a ON a.id = c.approval_id"
            " WHERE e.noun = 'call' AND e.event = 'sent' AND e.seq > ?"
            f" AND c.kind IN {_ORDERS} ORDER BY e.seq",
            self._ordered,
        )  # fmt: skip
        for seq, call, kind, approval, action, post_hoc in rows:
            self._ordered = int(str(seq))
            last = self._all(
                "SELECT event FROM event WHERE noun = 'approval' AND subject_id = ? AND seq < ?"
                " AND event IN ('asked', 'asked_anew', 'approved', 'denied', 'voided')"
                " ORDER BY seq DESC LIMIT 1",
                approval, seq,
            )  # fmt: skip
            said = str(last[0][0]) if last else "none"
            taken_back = kind == "release" and action == "order_stop" and said == "denied"
            first = bool(post_hoc) and said in ("asked", "asked_anew")
            if said != "approved" and not taken_back and not first:
                raise ViolationError("no yes", f"{kind} {call} left with {said}")
