"""Lists of courts and orders to give money back: own SQL, held against the papers themselves."""

from __future__ import annotations

from tests.simulation.eyes import ViolationError
from tests.simulation.late import Late

_TWO = (
    "EXISTS (SELECT 1 FROM approval v WHERE v.subject_id = {} AND v.action = '{}' AND v.state ="
    " 'approved' AND v.decided_by <> '' AND v.decided_by <> v.asked_by)"
)
_CAME = (
    "(SELECT coalesce(sum(h.requested_minor), 0) FROM hold h WHERE h.return_id = k.id AND h.kind ="
    " 'custody' AND h.state NOT IN ('pending_approval', 'denied', 'cancelled'))"
)
_BACK = (
    f"CASE WHEN k.ground = 'wrong_payee' AND k.state = 'written_off' THEN k.amount_minor"
    f" ELSE min(k.amount_minor, {_CAME}) END"
)
"""What of an order is with its payee's victim no more: it came, or a stranger has it for good."""
_LISTS = (
    "SELECT c.id FROM court_list c, court_list mine WHERE mine.id = ?1 AND c.asset_id ="
    " mine.asset_id AND (c.id = mine.id OR c.entered_at < mine.entered_at)"
)


class Decreed(Late):
    """A court's rows are followed or somebody's; what is ordered back counts once it came."""

    def _by_order(self) -> None:
        if self._all("SELECT EXISTS (SELECT 1 FROM court_list)")[0][0]:
            self._lists()
            self._left_by_a_list()
        if self._all("SELECT EXISTS (SELECT 1 FROM clawback)")[0][0]:
            self._demands()
            self._with_whom()

    # Lists

    def _lists(self) -> None:
        """A list counts as it stands on paper, by two people, alone for its account."""
        rows = self._all(
            "SELECT c.id, c.state, c.asset_id, c.reference,"
            f" {_TWO.format('c.id', 'court_list')} FROM court_list c"
            " WHERE c.state IN ('in_force', 'replaced', 'ended')"
        )
        in_force: set[object] = set()
        for name, state, asset, reference, is_seen in rows:
            if not is_seen:
                raise ViolationError("one pair of eyes", f"the court's list {name} counts")
            paper = self.chest.orders.lists[str(reference)]
            typed = self._all(
                "SELECT amount_minor FROM court_share WHERE list_id = ? ORDER BY line", name
            )
            if [minor for _, minor in paper] != [row[0] for row in typed]:
                raise ViolationError("court", f"{name} has {typed}, on paper are {paper}")
            if state == "in_force" and asset in in_force:
                raise ViolationError("court", f"two lists are in force for {asset}")
            in_force |= {asset} if state == "in_force" else set()

    def _left_by_a_list(self) -> None:
        """Nothing leaves by a list that has ended, nor more than a row gives; what is nobody's
        stays.
        """
        rows = self._all(
            "SELECT e.seq, p.id, p.asset_id, p.claim_id, p.amount_minor, a.court_list_id"
            " FROM event e JOIN call c ON c.id = e.subject_id JOIN payout p ON p.id = c.subject_id"
            " JOIN allocation a ON a.id = p.allocation_id WHERE e.noun = 'call' AND e.event ="
            " 'sent' AND c.kind = 'payout' AND p.unclaimed_id = '' AND e.seq > ? AND NOT EXISTS"
            " (SELECT 1 FROM event b WHERE b.subject_id = c.id AND b.event = 'sent' AND b.seq <"
            " e.seq) ORDER BY e.seq",
            self._decreed,
        )
        for seq, payout, asset, claim, amount, by in rows:
            self._decreed = int(str(seq))
            if any(self._owned(str(one)) for one in (payout, asset, claim)):
                continue
            if by:
                self._by_its_row(self._decreed, str(payout), str(claim), int(str(amount)), str(by))
            self._kept_for_nobody(self._decreed, str(payout), str(asset), int(str(amount)))

    def _by_its_row(self, seq: int, payout: str, claim: str, amount: int, by: str) -> None:
        ended = self._all(
            "SELECT event FROM event WHERE subject_id = ? AND event IN ('ended', 'replaced')"
            " AND seq < ?",
            by, seq,
        )  # fmt: skip
        if ended:
            raise ViolationError("court", f"{payout} left by {by}, which was {ended[0][0]}")
        given = self._given_by_lists(by, claim, without=payout)
        most = self._all(
            "SELECT coalesce(sum(amount_minor), 0) FROM court_share WHERE list_id = ? AND"
            " claim_id = ? AND state = 'named'",
            by, claim,
        )[0][0]  # fmt: skip
        if given + amount > int(str(most)):
            raise ViolationError(
                "court", f"{payout} of {amount}: {claim} has {most} by {by}, {given} are given"
            )

    def _given_by_lists(self, name: str, claim: str, *, without: str = "") -> int:
        """What a list and those of its account before it gave to a claim, or are giving."""
        rows = self._all(
            "SELECT p.id, p.state, p.amount_minor, p.settled_minor, p.clawed_minor FROM payout p"
            f" JOIN allocation a ON a.id = p.allocation_id WHERE a.court_list_id IN ({_LISTS})"
            " AND p.claim_id = ?2 AND p.id <> ?3 AND p.unclaimed_id = ''",
            name, claim, without,
        )  # fmt: skip
        total = 0
        for _, state, amount, settled, clawed in rows:
            if state == "instructed":
                total += int(str(amount))
            elif state == "settled":
                total += max(0, int(str(settled)) - int(str(clawed)))
        return total

    def _kept_for_nobody(self, seq: int, payout: str, asset: str, amount: int) -> None:
        """What a court gave to somebody whom nobody has found is not paid to others."""
        unknown = self._all(
            "SELECT coalesce(sum(s.amount_minor), 0) FROM court_share s JOIN court_list c ON"
            " c.id = s.list_id WHERE c.asset_id = ? AND c.state = 'in_force' AND s.state ="
            " 'unknown'",
            asset,
        )[0][0]
        if not unknown or self._all(
            "SELECT 1 FROM asset WHERE id = ? AND currency <> 'CNY'", asset
        ):
            return
        held = self._all(
            "SELECT coalesce(sum(claim_minor), 0) FROM posting WHERE account = 'held' AND"
            " asset_id = ? AND event_seq <= ?",
            asset, seq,
        )[0][0]  # fmt: skip
        going = self._all(
            "SELECT coalesce(sum(amount_minor), 0) FROM payout WHERE asset_id = ? AND id <> ? AND"
            " state = 'instructed'",
            asset, payout,
        )[0][0]  # fmt: skip
        if int(str(held)) - int(str(going)) - int(str(unknown)) < amount:
            raise ViolationError(
                "court", f"{payout} of {amount} left, {unknown} of {held} are for nobody known"
            )

    # What is ordered back

    def _demands(self) -> None:
        """Two people order it, and give it up; what counts as received has come."""
        rows = self._all(
            f"SELECT k.id, k.state, k.amount_minor, {_CAME}, {_TWO.format('k.id', 'clawback')},"
            f" {_TWO.format('k.id', 'clawback_write_off')} FROM clawback k"
            " WHERE k.state NOT IN ('asked', 'denied')"
        )
        for name, state, amount, came, is_ordered, is_given_up in rows:
            demand = self.chest.orders.demands[str(name)]
            if not is_ordered or (state == "written_off" and not is_given_up):
                raise ViolationError("one pair of eyes", f"{name} is {state}")
            if not demand.is_true:
                raise ViolationError("clawback", f"{name} is {state}, and was a mistake")
            if int(str(came)) > demand.came(self._now()):
                raise ViolationError(
                    "clawback", f"{came} count of {name}, {demand.came(self._now())} came"
                )
            if state == "received" and int(str(came)) < int(str(amount)):
                raise ViolationError("clawback", f"{name} is received, {came} of {amount} came")

    def _with_whom(self) -> None:
        """Each payout says what of it is with its victim no more, once the engine was there."""
        rows = self._all(
            "SELECT p.id, p.settled_minor, p.clawed_minor, p.state, r.wake_at IS NULL OR"
            f" r.wake_at > ?, sum({_BACK}) FROM clawback k JOIN payout p ON p.id = k.payout_id"
            " JOIN recovery r ON r.id = p.recovery_id WHERE k.state NOT IN ('asked', 'denied')"
            " GROUP BY p.id",
            f"{self._now():%Y-%m-%d %H:%M:%S.%f}",
        )
        for payout, settled, clawed, state, is_quiet, back in rows:
            most, least = int(str(back)), min(int(str(back)), int(str(settled)))
            is_due = state == "settled" and is_quiet and int(str(clawed)) < least
            if int(str(clawed)) > most or is_due:
                raise ViolationError(
                    "clawback", f"{payout} ({state}) of {settled}: {clawed} is gone, {back} should"
                )

    def back_of(self, payout: str) -> int:
        """What of a payout counts as given back, or as with a stranger for good."""
        rows = self._all(
            f"SELECT coalesce(sum({_BACK}), 0) FROM clawback k WHERE k.payout_id = ? AND k.state"
            " NOT IN ('asked', 'denied')",
            payout,
        )
        return int(str(rows[0][0]))

    # At rest

    def decreed_at_rest(self) -> None:
        """Each row of a list in force is paid, or its victim whole, or somebody looked.

        No demand is open.
        """
        waits = self._all(
            "SELECT id, state FROM clawback WHERE state IN ('asked', 'ordered', 'overdue',"
            " 'write_off_asked') UNION ALL SELECT s.id, s.state FROM court_share s JOIN court_list"
            " c ON c.id = s.list_id WHERE c.state = 'in_force' AND s.state = 'unknown' LIMIT 1"
        )
        if waits:
            raise ViolationError("dead end", f"{waits[0][0]} is {waits[0][1]} at rest")
        rows = self._all(
            "SELECT s.id, s.claim_id, s.amount_minor, c.id, c.asset_id FROM court_share s JOIN"
            " court_list c ON c.id = s.list_id WHERE c.state = 'in_force' AND s.state = 'named'"
        )
        for row, claim, amount, name, asset in rows:
            reported = self._all("SELECT reported_minor FROM claim WHERE id = ?", claim)[0][0]
            if int(str(amount)) > int(str(reported)) and not self._owned(str(row)):
                raise ViolationError("court", f"{row} of {amount} is above {claim}, nobody looks")
            given = self._given_by_lists(str(name), str(claim)) + self._kept(str(name), str(claim))
            if given >= int(str(amount)) or self._is_whole(str(claim)):
                continue
            if not any(self._owned(str(one)) for one in (row, claim, name, asset)):
                raise ViolationError(
                    "court", f"{row} of {amount} to {claim}: {given} were given, nobody looks"
                )

    def _is_whole(self, claim: str) -> bool:
        """Whether what a victim got by any way, and kept, comes to what is upheld of his claim."""
        upheld, state = self._all("SELECT upheld_minor, state FROM claim WHERE id = ?", claim)[0]
        rows = self._all("SELECT id FROM payout WHERE claim_id = ?", claim)
        got = sum(max(0, self.paid_of(str(row[0])) - self.back_of(str(row[0]))) for row in rows)
        query = "SELECT coalesce(sum(counted_minor), 0) FROM recall_credit WHERE claim_id = ?"
        got += int(str(self._all(query, claim)[0][0]))
        return state in ("verified", "paid") and got >= int(str(upheld))

    def _kept(self, name: str, claim: str) -> int:
        """What is kept for a payee who did not get his share by these lists, or went on."""
        rows = self._all(
            "SELECT coalesce(sum(u.amount_minor), 0) FROM unclaimed_share u JOIN payout p ON"
            " p.id = u.payout_id JOIN allocation a ON a.id = p.allocation_id WHERE"
            f" a.court_list_id IN ({_LISTS}) AND p.claim_id = ?2 AND u.state NOT IN"
            " ('claimed', 'paid')",
            name, claim,
        )  # fmt: skip
        return int(str(rows[0][0]))
