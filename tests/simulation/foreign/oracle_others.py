"""What must hold of third parties, of messages to victims and of offices asked at once."""

from __future__ import annotations

from models.queries.cases.letters import document_bytes
from tests.simulation.eyes import Eyes, ViolationError
from tests.simulation.foreign.offices import LIVE


class OthersOracle(Eyes):
    """No more than was upheld, no message twice or astray, nothing done after a no."""

    def _others(self) -> None:
        if not self.abroad.plays:
            return
        self._third_parties()
        self._messages()
        self._offices()
        self._from_abroad()

    # Third parties

    def _third_parties(self) -> None:
        """Two people decide; no more is released than they gave, nor of what victims are owed."""
        rows = self._all(
            "SELECT e.seq, t.id, t.ground, t.granted_minor, t.claimed_minor, t.asset_id FROM event"
            " e JOIN third_party_claim t ON t.id = e.subject_id WHERE e.noun ="
            " 'third_party_claim' AND e.event IN ('upheld', 'rejected', 'payment_confirmed') AND"
            " e.seq > ? ORDER BY e.seq",
            self._abroad_to.third,
        )
        for seq, name, ground, granted, claimed, asset in rows:
            self._abroad_to.third = int(str(seq))
            self._two_decide(str(name), int(str(seq)))
            if int(str(granted)) > int(str(claimed)):
                raise ViolationError("third party", f"{name}: {granted} given of {claimed}")
            if ground == "excess" and granted:
                self._keeps_what_is_owed(str(name), str(asset), int(str(granted)))
        self._released_for_them()

    def _two_decide(self, name: str, seq: int) -> None:
        asked = self._all(
            "SELECT actor_id FROM event WHERE subject_id = ? AND event IN ('upholding_asked',"
            " 'rejection_asked', 'payment_entered') AND seq < ? ORDER BY seq DESC LIMIT 1",
            name, seq,
        )  # fmt: skip
        said = self._all(
            "SELECT e.actor_id FROM event e JOIN approval a ON a.id = e.subject_id WHERE"
            " a.subject_id = ? AND e.event = 'approved' ORDER BY e.seq DESC LIMIT 1", name,
        )  # fmt: skip
        if not asked or not said or asked[0] == said[0]:
            raise ViolationError("one pair of eyes", f"{name} was decided by {asked} and {said}")

    def _keeps_what_is_owed(self, name: str, asset: str, granted: int) -> None:
        held = self._all(
            "SELECT coalesce(sum(held_minor), 0) FROM hold WHERE asset_id = ? AND state IN"
            " ('stopped','frozen','release_pending','disposal_pending')", asset,
        )[0][0]  # fmt: skip
        traced, recovery = self._all(
            "SELECT traced_minor, recovery_id FROM asset WHERE id = ?", asset
        )[0]
        if not self._all("SELECT 1 FROM trace WHERE recovery_id = ? LIMIT 1", recovery):
            return
        paid = self._all(
            "SELECT coalesce(sum(debited_minor), 0) FROM payout WHERE asset_id = ? AND state ="
            " 'settled'", asset,
        )[0][0]  # fmt: skip
        owed = max(0, int(str(traced)) - int(str(paid)))
        if int(str(held)) - granted < min(owed, int(str(held))):
            raise ViolationError(
                "third party", f"{name} gets {granted} of {held} held, victims are owed {owed}"
            )

    def _released_for_them(self) -> None:
        """What a bank was told to release for a claim is once what was upheld of it."""
        rows = self._all(
            "SELECT c.subject_id, c.approval_id, t.id, t.granted_minor, count(DISTINCT c.id) FROM"
            " call c JOIN approval a ON a.id = c.approval_id JOIN third_party_claim t ON t.id ="
            " a.subject_id WHERE c.kind = 'release' AND c.state = 'answered' GROUP BY t.id"
        )
        for hold, _, name, granted, count in rows:
            let_go = 0
            for bank in self.banks.values():
                released = [r for r in bank.releases if r[1] == hold]
                sums = [minor for _, _, minor in released if minor == granted]
                let_go = max(let_go, len(sums))
            if int(str(count)) > 1 and let_go > 1:
                others = self._all(
                    "SELECT count(*) FROM call WHERE subject_id = ? AND kind = 'release'", hold
                )[0][0]
                if let_go > int(str(others)) - 1:
                    raise ViolationError("third party", f"{name} was released {let_go} times")

    # Messages

    def _messages(self) -> None:
        """Nobody is told one stage twice, nor what is another's."""
        twice = self._all(
            "SELECT claim_id, stage, since, count(*) FROM victim_message GROUP BY 1, 2, 3 HAVING"
            " count(*) > 1"
        )
        if twice:
            raise ViolationError("message", f"{twice[0][0]} was told {twice[0][1]} twice")
        rows = self._all(
            "SELECT m.id, m.claim_id, m.text, m.recovery_id, m.sent_at, m.since FROM"
            " victim_message m WHERE m.rowid > ? ORDER BY m.rowid",
            self._abroad_to.messages,
        )
        for name, claim, text, recovery, sent, since in rows:
            self._abroad_to.messages += 1
            if str(since) > str(sent):
                raise ViolationError("message", f"{name} tells what was not there yet")
            others = self._all(
                "SELECT id, external_ref, end_to_end_id FROM claim WHERE id <> ?", claim
            )
            words = self._words_of(str(text))
            known = [str(one) for row in others for one in row if one and len(str(one)) > 3]
            known += [f"V{n}" for n in range(1, 4)] + ["Holder", "invented@example.org"]
            for one in known:
                if one in words:
                    raise ViolationError("message", f"{name} to {claim} of {recovery} holds {one}")

    def _words_of(self, digest: str) -> str:
        assert self.abroad.database is not None
        with self.abroad.database.reading() as session:
            raw = document_bytes(session, self.abroad.database.vault, digest)
        return "" if raw is None else raw.decode()

    # Offices

    def _offices(self) -> None:
        for office in self.abroad.offices.values():
            if len(office.posts) != len(set(office.posts)):
                twice = max(office.posts, key=office.posts.count)
                raise ViolationError("sent twice", f"{office.id} got {twice} more than once")
            for job in office.jobs.values():
                told = str(job.body)
                if any(f"Holder V{n}" in told for n in range(1, 4)):
                    raise ViolationError("personal data", f"{job.ref} names a victim")

    def offices_at_rest(self) -> None:
        """At the end nothing is done that was denied, unless its office will not stop."""
        for office in self.abroad.offices.values():
            for job in office.jobs.values():
                denied = self._all(
                    "SELECT l.state FROM task t JOIN linkage l ON l.id = t.linkage_id WHERE"
                    " t.id = ? AND l.state = 'denied'", job.ref,
                )  # fmt: skip
                known = self._all("SELECT state, reason FROM task WHERE id = ?", job.ref)[0]
                if denied and job.status in LIVE and job.story != "keeps":
                    raise ViolationError("denied", f"{job.ref} is {job.status} there: {known}")

    # From abroad

    def _from_abroad(self) -> None:
        """An answer to another State was given by one and confirmed by another person."""
        rows = self._all(
            "SELECT ref, state, answered_by, confirmed_by, owner_id, due_at FROM incoming_request"
        )
        for ref, state, answered, confirmed, owner, _ in rows:
            if not owner:
                raise ViolationError("owner", f"{ref} is {state} and nobody's")
            if state in ("answered", "refused") and confirmed in ("", answered):
                raise ViolationError("one pair of eyes", f"{ref} is {state} by {answered} alone")
