"""What must hold of the sums of requests abroad while traces move and recoveries are merged.

By own SQL and the events: what was traced to an account at any time stands in its history.
"""

from __future__ import annotations

from fractions import Fraction

from tests.simulation.eyes import ViolationError
from tests.simulation.whose import Whose

_OUT = (
    "'sent','acknowledged','in_execution','postponed','conditional','needs_info','executed',"
    "'partially_executed'"
)
_OPEN = f"'draft','pending_approval','approved',{_OUT}"
_OF_MONEY = "wanted IN ('freeze', 'return')"
_COIN = 10
"""What a sum in another currency may differ by, in its smallest coins."""


class SumsOracle(Whose):
    """Nothing leaves for more than is traced; what is traced again is owned; nothing is lost."""

    def _sums_abroad(self) -> None:
        if self.abroad.plays and self.abroad.is_ruder:
            self._no_more_than_traced()
            self._traced_again()
            self._left_behind()

    # What leaves

    def _no_more_than_traced(self) -> None:
        """What was all traced on the day of its draft leaves for no more than is traced then."""
        rows = self._all(
            "SELECT e.seq, q.id, q.asset_id, q.requested_minor FROM event e JOIN call c ON c.id ="
            " e.subject_id JOIN request q ON q.id = c.subject_id WHERE e.noun = 'call' AND e.event"
            f" = 'sent' AND c.kind = 'request_abroad' AND q.{_OF_MONEY} AND e.seq > ?1 UNION ALL"
            " SELECT e.seq, q.id, q.asset_id, q.requested_minor FROM event e JOIN request q ON q.id"
            f" = e.subject_id WHERE e.event IN ('submitted', 'sent_by_hand') AND q.{_OF_MONEY} AND"
            " e.seq > ?1 ORDER BY 1",
            self._abroad_to.summed,
        )
        for seq, name, asset, asked in rows:
            self._abroad_to.summed = int(str(seq))
            drafted = self._all(
                "SELECT seq, json_extract(values_json, '$.asset_id') FROM event WHERE subject_id ="
                " ? AND event = 'drafted'", name,
            )[0]  # fmt: skip
            if drafted[1] != asset or self._has_parts(str(asset)) or self._left_before(name, seq):
                continue
            then = self._traced_at(str(asset), int(str(drafted[0])))
            now = self._traced_at(str(asset), int(str(seq)))
            if now < int(str(asked)) <= then:
                raise ViolationError("fell", f"{name} leaves for {asked}: {then} fell to {now}")

    def _left_before(self, name: object, seq: object) -> bool:
        """Whether an order may be there already: it is sent once more as it was."""
        query = (
            "SELECT 1 FROM event e JOIN call c ON c.id = e.subject_id WHERE c.subject_id = ? AND"
            " c.kind = 'request_abroad' AND e.noun = 'call' AND e.event = 'sent' AND e.seq < ?"
        )
        return bool(self._all(query, name, seq))

    def _has_parts(self, asset: str) -> bool:
        """Whether requests for several parts of an account share what is traced there."""
        query = "SELECT count(DISTINCT account_part) FROM request WHERE asset_id = ?"
        return int(str(self._all(query, asset)[0][0])) > 1

    # What is traced again

    def _traced_again(self) -> None:
        """What a version of less gave up and may be asked for again is its owner's, by its sum."""
        rows = self._all(
            "WITH RECURSIVE before(id, was) AS (SELECT id, replaces_id FROM request WHERE"
            " replaces_id <> '' UNION SELECT b.id, q.replaces_id FROM before b JOIN request q ON"
            " q.id = b.was WHERE q.replaces_id <> '') SELECT n.id, n.asset_id, n.recovery_id,"
            " max(o.requested_minor), n.requested_minor FROM before b JOIN request n ON n.id = b.id"
            " JOIN request o ON o.id = b.was JOIN recovery r ON r.id = n.recovery_id WHERE"
            f" r.state = 'open' AND n.route = 'people' AND n.{_OF_MONEY} AND n.state IN ({_OUT},"
            f" 'denied') AND NOT EXISTS (SELECT 1 FROM before x JOIN request l ON l.id = x.id"
            f" WHERE x.was = n.id AND l.state IN ({_OPEN})) GROUP BY n.id"
        )
        for name, asset, recovery, gave_up, own in rows:
            if int(str(gave_up)) <= int(str(own)) or self._has_parts(str(asset)):
                continue
            self._owns_again(str(name), str(asset), str(recovery), int(str(gave_up)))

    def _owns_again(self, name: str, asset: str, recovery: str, gave_up: int) -> None:
        asked = self._number_of(
            f"SELECT max(requested_minor) FROM request WHERE asset_id = ? AND {_OF_MONEY} AND"
            f" state IN ({_OPEN})", asset,
        )  # fmt: skip
        traced = self._number_of("SELECT traced_minor FROM asset WHERE id = ?", asset)
        found = self._all(
            "SELECT state, expected_minor, stated_minor FROM discrepancy WHERE subject_id = ? AND"
            " kind = 'traced_again'", name,
        )  # fmt: skip
        again = min(gave_up, traced) - asked
        if again <= 0 and any(row[0] == "open" for row in found):
            raise ViolationError("asked in vain", f"{name}: {traced} traced, {asked} are asked")
        if again <= _COIN or not self._room_for(recovery, asset, asked + again):
            return
        if not any(abs(int(str(more)) - again) <= _COIN for _, _, more in found):
            raise ViolationError("given up", f"{name}: {again} traced again are nobody's: {found}")

    def _room_for(self, recovery: str, asset: str, minor: int) -> bool:
        """Whether the loss has room for a sum of an account beside what came and all others ask."""
        traced, claim = self._all(
            "SELECT traced_minor, traced_claim_minor FROM asset WHERE id = ?", asset
        )[0]
        lost = self._number_of(
            "SELECT sum(upheld_minor) FROM claim WHERE recovery_id = ?", recovery
        )
        others = self._number_of(
            f"SELECT count(*) FROM request WHERE recovery_id = ? AND asset_id <> ? AND {_OF_MONEY}"
            f" AND state IN ({_OPEN})", recovery, asset,
        )  # fmt: skip
        came = self._number_of(
            "SELECT (SELECT count(*) FROM payout WHERE recovery_id = ?1 AND state IN"
            " ('instructed', 'settled')) + (SELECT count(*) FROM hold WHERE recovery_id = ?1 AND"
            " kind = 'custody') + (SELECT count(*) FROM recall_credit WHERE recovery_id = ?1)",
            recovery,
        )
        part = Fraction(minor * int(str(claim)), int(str(traced)))
        return not others and not came and part <= lost

    def _number_of(self, query: str, *given: object) -> int:
        return int(str(self._all(query, *given)[0][0] or 0))

    # What a merge leaves

    def _left_behind(self) -> None:
        """Nothing that waits for anybody stays with a recovery that was merged into another."""
        for table, state in (
            ("request", "1"), ("request_message", "1"), ("request_receipt", "1"), ("hold", "1"),
            ("call", "state IN ('planned', 'sent', 'unknown')"), ("claim", "1"),
            ("discrepancy", "state = 'open'"), ("approval", "state = 'pending'"),
        ):  # fmt: skip
            found = self._all(
                f"SELECT t.id FROM {table} t JOIN recovery r ON r.id = t.recovery_id WHERE r.state"
                f" = 'joined' AND t.{state}" if state != "1" else
                f"SELECT t.id FROM {table} t JOIN recovery r ON r.id = t.recovery_id WHERE r.state"
                " = 'joined'"
            )  # fmt: skip
            if found:
                raise ViolationError("left behind", f"{table} {found[0][0]} of a merged recovery")

    def told_at_rest(self) -> None:
        """At the end each body that had a request knows that it was withdrawn, or that it is done.

        By its own events: told by a person, or delivered over its connection, after that.
        """
        if not self.abroad.is_ruder:
            return
        rows = self._all(
            "SELECT q.id, q.state FROM request q JOIN recovery r ON r.id = q.recovery_id WHERE"
            " q.route = 'people' AND q.sent_at IS NOT NULL AND q.state IN ('withdrawn', 'executed',"
            " 'partially_executed') AND r.state LIKE 'closed%'"
        )
        for name, state in rows:
            known = self._all(
                "SELECT 1 FROM event WHERE subject_id = ?1 AND event IN ('told',"
                " 'notice_delivered') AND seq > (SELECT max(seq) FROM event WHERE subject_id = ?1"
                " AND event = ?2)", name, state,
            )  # fmt: skip
            if not known:
                raise ViolationError("untold", f"{name} is {state}, and its body was not told")
