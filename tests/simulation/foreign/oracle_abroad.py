"""What must hold of requests abroad at any time, by own SQL: who sends, how much, by when."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from fractions import Fraction

from tests.simulation.eyes import ViolationError
from tests.simulation.foreign.oracle_bodies import BodiesOracle

_LIVE = (
    "'draft','pending_approval','approved','sent','acknowledged','in_execution','postponed',"
    "'conditional','needs_info','executed','partially_executed'"
)
_WAITS = "('sent', 'acknowledged', 'in_execution')"
_RECEIVED = "('stopped', 'frozen', 'release_pending', 'disposal_pending', 'disposed', 'released')"


class AbroadOracle(BodiesOracle):
    """Three people, the ceiling, no repetition, no silence."""

    def _abroad(self) -> None:
        if not self.abroad.plays:
            return
        self._left_abroad()
        self._stopped_clocks()
        self._waiting()
        self._at_the_bodies()
        self._contradictions()
        self._closed_abroad()

    # What left

    def _left_abroad(self) -> None:
        rows = self._all(
            "SELECT e.seq, e.event, e.actor_id, q.id, q.recovery_id, q.wanted FROM event e JOIN"
            " request q ON q.id = e.subject_id WHERE e.noun = 'request' AND e.event IN"
            " ('dispatched', 'sent_by_hand', 'submitted', 'drafted') AND q.route = 'people' AND"
            " e.seq > ? ORDER BY e.seq",
            self._abroad_to.left,
        )
        for seq, event, actor, name, recovery, _ in rows:
            self._abroad_to.left = int(str(seq))
            self._part_of_loss(str(name))
            if event in ("dispatched", "sent_by_hand"):
                self._note_what_came(str(name), str(recovery))
                self._three_people(int(str(seq)), str(actor), str(name))
                self._unchanged(str(name))
        # What asks for knowledge asks for no money, whatever came in and is asked for elsewhere.
        # A version of less raises nothing: what it is to end was out before it.
        of_money = [
            row for row in rows
            if row[5] in ("freeze", "return") and not self._asks_less(str(row[3]), int(str(row[0])))
        ]  # fmt: skip
        for recovery in {str(row[4]) for row in of_money if row[1] != "drafted"}:
            self._within_the_ceiling(str(recovery))

    def _asks_less(self, name: str, seq: int) -> bool:
        """Whether a version before it, open until this event, asks for more."""
        before = self._all(
            "WITH RECURSIVE before(id) AS (SELECT replaces_id FROM request WHERE id = ? UNION"
            " SELECT q.replaces_id FROM request q JOIN before b ON b.id = q.id) SELECT count(*)"
            " FROM before b JOIN request q ON q.id = b.id JOIN request mine ON mine.id = ? WHERE"
            f" q.requested_minor > mine.requested_minor AND (q.state IN ({_LIVE}) OR EXISTS (SELECT"
            " 1 FROM event e WHERE e.subject_id = q.id AND e.event LIKE 'replaced%' AND e.seq >"
            " ?))",
            name, name, seq,
        )  # fmt: skip
        return int(str(before[0][0])) > 0

    def _note_what_came(self, name: str, recovery: str) -> None:
        """What had come back from its account when a request left: only what comes later counts."""
        asset = self._all("SELECT asset_id FROM request WHERE id = ?", name)[0][0]
        self._abroad_to.came[name] = self._came(recovery).get(str(asset), 0)

    def _three_people(self, seq: int, actor: str, name: str) -> None:
        """Another person's yes lies between the draft and the sending, which a third one does."""
        submitted = self._all(
            "SELECT actor_id, seq FROM event WHERE subject_id = ? AND event = 'submitted' AND"
            " seq < ? ORDER BY seq DESC LIMIT 1", name, seq,
        )  # fmt: skip
        approved = self._all(
            "SELECT e.actor_id, e.seq FROM event e JOIN approval a ON a.id = e.subject_id WHERE"
            " a.subject_id = ? AND e.event = 'approved' AND e.seq < ? ORDER BY e.seq DESC LIMIT 1",
            name, seq,
        )  # fmt: skip
        people = {actor, *(str(row[0]) for row in (*submitted, *approved))}
        if len(people) != 3:
            raise ViolationError("three people", f"{name} left by {sorted(people)}")
        amended = self._all(
            "SELECT 1 FROM event WHERE subject_id = ? AND event = 'amended' AND seq BETWEEN ? AND"
            " ?", name, approved[0][1], seq,
        )  # fmt: skip
        missing = self._all("SELECT missing FROM request WHERE id = ?", name)[0][0]
        if amended or missing:
            raise ViolationError("gate", f"{name} left, changed since its yes or without {missing}")

    def _unchanged(self, name: str) -> None:
        """Nothing goes once more to the same body on the same facts after a refusal."""
        what = "SELECT asset_id, channel, authority, requested_minor, fields_digest, wanted"
        mine = self._all(f"{what} FROM request WHERE id = ?", name)[0]
        before = self._all(
            f"{what}, id, reason FROM request WHERE asset_id = ? AND channel = ? AND id <> ? AND"
            " state = 'refused'",
            mine[0], mine[1], name,
        )  # fmt: skip
        for row in before:
            if row[:6] == mine:
                raise ViolationError(
                    "repeated abroad", f"{name} says what {row[6]} said, refused as {row[7]}"
                )

    def _within_the_ceiling(self, recovery: str) -> None:
        """What came in everywhere and what is still asked stay within what was lost."""
        order = self._sum("SELECT sum(upheld_minor) FROM claim WHERE recovery_id = ?", recovery)
        came = self._came(recovery)
        asked: dict[str, Fraction] = {}
        rows = self._all(
            "SELECT id, asset_id, state, sent_by, requested_minor, executed_minor, route FROM"
            " request WHERE recovery_id = ? AND wanted IN ('freeze', 'return')"
            f" AND state IN ({_LIVE})",
            recovery,
        )
        for name, asset, state, sender, minor, reached, route in rows:
            still = self._part_of_loss(str(name))
            to_bank = route == "partner" and state == "executed"
            if to_bank or state == "partially_executed":
                got = self._stands(str(name)) if route == "partner" else int(str(reached))
                still = still * min(got, int(str(minor))) / int(str(minor))
            if sender or state not in ("draft", "pending_approval", "approved"):
                since = came.get(str(asset), 0) - self._abroad_to.came.get(str(name), 0)
                still -= max(0, since)
            asked[str(asset)] = max(asked.get(str(asset), Fraction(0)), still)
        open_ones = sum(asked.values())
        if open_ones and sum(came.values()) + open_ones > order:
            raise ViolationError(
                "ceiling", f"{recovery}: {sum(came.values())} came, {open_ones} asked, {order} lost"
            )

    def _stands(self, name: str) -> int:
        """What a bank holds under a request, by its own books, with what it paid out of that."""
        ours = {row[0] for row in self._all("SELECT id FROM hold WHERE request_id = ?", name)}
        return sum(
            hold.held + sum(
                one.debited for one in bank.payouts.values()
                if one.hold_id == hold.id and one.status == "SETTLED"
            )
            for bank in self.banks.values() for hold in bank.holds.values()
            if hold.order_ref in ours
        )  # fmt: skip

    def _part_of_loss(self, name: str) -> Fraction:
        """What of the loss a request asks for, by the last trace that found money there."""
        minor, currency, traced, claim, account, recovery = self._all(
            "SELECT q.requested_minor, q.currency, a.traced_minor, a.traced_claim_minor,"
            " a.account_id, q.recovery_id FROM request q JOIN asset a ON a.id = q.asset_id WHERE"
            " q.id = ?", name,
        )[0]  # fmt: skip
        known = self._abroad_to.parts
        if int(str(traced)) > 0:
            known[name] = Fraction(int(str(minor)) * int(str(claim)), int(str(traced)))
        elif name not in known:
            paid = self._sum(
                "SELECT sum(upheld_minor) FROM claim WHERE recovery_id = ? AND payee_account_id ="
                " ?", recovery, account,
            )  # fmt: skip
            return Fraction(int(str(minor)) if currency == "CNY" else paid)
        return known[name]

    def _came(self, recovery: str) -> dict[str, int]:
        """By account what came back of it, to the victims or to the unit; "" for no account."""
        found: dict[str, int] = {}
        for payout, asset in self._all(
            "SELECT p.id, p.asset_id FROM payout p JOIN asset a ON a.id = p.asset_id WHERE"
            " p.recovery_id = ? AND a.partner_id <> 'treasury' AND p.state = 'settled'", recovery,
        ):  # fmt: skip
            paid = sum(
                one.paid for bank in self.banks.values() for one in bank.payouts.values()
                if one.order_ref == payout and one.status == "SETTLED"
                and one.paid_currency == one.currency
            )  # fmt: skip
            elsewhere = self.chest.orders.not_with_victim(str(payout), self._now())
            found[str(asset)] = found.get(str(asset), 0) + max(0, paid - elsewhere)
        for minor, account in self._all(
            "SELECT k.counted_minor, c.payee_account_id FROM recall_credit k JOIN claim c ON c.id ="
            " k.claim_id WHERE k.recovery_id = ?", recovery,
        ):  # fmt: skip
            there = self._all(
                "SELECT id FROM asset WHERE recovery_id = ? AND account_id = ?", recovery, account
            )
            asset = str(there[0][0]) if there else ""
            found[asset] = found.get(asset, 0) + int(str(minor))
        for asset, minor in self._in_hand(recovery):
            found[asset] = found.get(asset, 0) + minor
        return found

    def _in_hand(self, recovery: str) -> Iterator[tuple[str, int]]:
        """What the unit has received, less what it gave back to its payer: that came to nobody.

        By the account that the body was asked about which sent it; "" for what no body sent.
        """
        sent_for = {one.booking: one.request for one in self.abroad.money}
        for hold, minor, state, booking in self._all(
            "SELECT id, requested_minor, state, bank_ref FROM hold WHERE recovery_id = ? AND kind ="
            f" 'custody' AND state IN {_RECEIVED}", recovery,
        ):  # fmt: skip
            payouts = self._all("SELECT id FROM payout WHERE hold_id = ?", hold)
            paid = sum(self.chest.paid.get(str(payout[0]), 0) for payout in payouts)
            of = "SELECT asset_id FROM request WHERE id = ? AND recovery_id = ?"
            asked = self._all(of, sent_for.get(str(booking), ""), recovery)
            came = min(paid, int(str(minor))) if state == "released" else int(str(minor))
            yield str(asked[0][0]) if asked else "", came

    def _sum(self, query: str, *given: object) -> int:
        return int(str(self._all(query, *given)[0][0] or 0))

    # Clocks and steps

    def _stopped_clocks(self) -> None:
        """While a body waits for us its clock stands; the next version goes on with the rest."""
        climbed = self._all(
            "SELECT e.subject_id FROM event e WHERE e.noun = 'request' AND e.event ="
            " 'reminder_due' AND e.old_state = 'needs_info' AND e.seq > ?",
            self._abroad_to.climbed,
        )
        if climbed:
            raise ViolationError("clock", f"{climbed[0][0]} climbs while the body waits for us")
        self._abroad_to.climbed = self._sum("SELECT max(seq) FROM event")
        rows = self._all(
            "SELECT n.id, n.sent_at, n.due_at, o.id FROM request n JOIN request o ON o.id ="
            " n.replaces_id WHERE o.state = 'replaced' AND n.state = 'sent'"
        )
        for name, sent, due, before in rows:
            left = self._left_when_asked(str(before))
            if left <= timedelta(0):
                continue
            rest = _at(due) - _at(sent) if due else None
            if rest is None or abs(rest - left) > timedelta(seconds=2):
                raise ViolationError("clock", f"{name} has {rest}, {left} were left")

    def _left_when_asked(self, name: str) -> timedelta:
        """How much of its clock a request had left when more was asked, by its own events."""
        due: datetime | None = None
        for event, at, text in self._all(
            "SELECT event, at, values_json FROM event WHERE subject_id = ? ORDER BY seq", name
        ):
            values = json.loads(str(text))
            if event == "needs_info":
                return due - _at(at) if due is not None else timedelta(0)
            if "due_at" in values:
                due = _at(values["due_at"]) if values["due_at"] else None
        return timedelta(0)

    def _waiting(self) -> None:
        """What a body has is somebody's, and has a day on which it is looked at again."""
        rows = self._all(
            "SELECT q.id, q.state, r.owner_id, q.due_at, q.rung, r.wake_at FROM request q JOIN"
            " recovery r ON r.id = q.recovery_id WHERE q.route = 'people' AND r.state = 'open' AND"
            f" q.state IN {_WAITS}"
        )
        for name, state, owner, due, rung, wake in rows:
            if not owner:
                raise ViolationError("owner", f"{name} is {state} and nobody's")
            if due is None and wake is None and not rung:
                raise ViolationError("never looked at", f"{name} is {state} and has no date")

    def _closed_abroad(self) -> None:
        rows = self._all(
            "SELECT q.id, q.state, r.state FROM request q JOIN recovery r ON r.id = q.recovery_id"
            " WHERE r.state LIKE 'closed%' AND (q.state IN ('sent','acknowledged','in_execution',"
            " 'postponed','conditional','needs_info') OR q.state IN ('executed',"
            " 'partially_executed') AND q.wanted = 'freeze' AND q.hold_ends_at > ?)",
            f"{self._now():%Y-%m-%d %H:%M:%S.%f}",
        )
        for name, state, closed in rows:
            raise ViolationError("closed abroad", f"{name} is {state}, its recovery {closed}")


def _at(text: object) -> datetime:
    found = datetime.fromisoformat(str(text))
    return found if found.tzinfo else found.replace(tzinfo=UTC)
