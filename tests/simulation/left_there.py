"""Money of victims that nobody held: a stop ran out unfrozen, or was not tried again. Own SQL."""

from __future__ import annotations

from datetime import datetime

from tests.simulation.eyes import Eyes, ViolationError

_LEAST = 1_000
"""What is below ten yuan is nobody's concern here."""
_GIVEN_UP = (
    "EXISTS (SELECT 1 FROM event g WHERE g.subject_id IN (SELECT x.id FROM hold x WHERE x.asset_id"
    " = a.id) AND g.event IN ('found_unrelated', 'part_ordered', 'denied', 'release_ordered',"
    " 'complained')) OR EXISTS (SELECT 1 FROM approval p JOIN hold x ON x.id = p.subject_id WHERE"
    " x.asset_id = a.id AND p.state = 'denied')"
)
"""A person decided against a hold on the account, or for letting something of it go."""
_REPORTED = (
    "SELECT 1 FROM event v JOIN claim c ON c.id = v.subject_id WHERE v.noun = 'claim' AND v.event"
    " = 'verified' AND c.payee_account_id = a.account_id AND c.recovery_id = a.recovery_id AND"
    " c.state IN ('verified', 'paid') AND c.currency = a.currency AND v.at < h.acted_at"
)
_TOLD = (
    'SELECT 1 FROM event s WHERE s.subject_id = a.id AND s.values_json LIKE \'%"statement_to":"%\''
    " AND s.at < h.expires_at"
)
_FROZEN = (
    "SELECT 1 FROM event f JOIN hold x ON x.id = f.subject_id WHERE x.asset_id = a.id AND x.kind IN"
    " ('freeze', 'queue') AND f.event = 'drafted' AND f.at < h.expires_at"
)
_LOOKED = (
    "SELECT 1 FROM event e WHERE e.recovery_id = h.recovery_id AND e.role = 'engine' AND e.noun <>"
    " 'call' AND e.at < h.expires_at AND julianday(e.at) - julianday(h.acted_at) >"
    " 0.6 * (julianday(h.expires_at) - julianday(h.acted_at))"
)

_UNANSWERED = (
    "SELECT 1 FROM event u WHERE u.subject_id = h.id AND u.event = 'escalated' AND u.reason LIKE"
    " '%the bank has not answered%' AND u.at < h.expires_at"
)
"""Its bank could not be reached: nobody knew that it held the money, and a supervisor was told."""
_LET_GO_KNOWING = (
    "SELECT 1 FROM event e JOIN approval p ON p.id = e.subject_id JOIN hold x ON x.id ="
    " p.subject_id JOIN asset y ON y.id = x.asset_id WHERE e.noun = 'approval' AND e.event IN"
    " ('approved', 'denied') AND e.reason LIKE '%released knowing %' AND y.account_id ="
    " a.account_id AND"
    " y.recovery_id <> a.recovery_id AND EXISTS (SELECT 1 FROM event c WHERE c.recovery_id ="
    " a.recovery_id AND c.noun = 'recovery' AND c.event LIKE 'closed%' AND c.seq < e.seq)"
)
"""It had been closed when the money was let go, and who decided that knew what it had lost."""


_CLOCKS_APART_DAYS = 0.01


class LeftThere(Eyes):
    """Asked at rest: what was stopped is frozen in time, and what came free is stopped again."""

    def held_at_rest(self) -> None:
        """No stop ran out on reported money without a freeze, nor was money left that was free.

        And what had left an account before its bank looked was followed by a later statement.
        """
        self._ran_out()
        self._came_free()
        self._followed()

    def _ran_out(self) -> None:
        rows = self._all(
            "SELECT h.id, h.acted_at, h.expires_at FROM hold h JOIN asset a ON a.id = h.asset_id"
            " WHERE h.kind = 'stop' AND h.state = 'lapsed' AND a.home AND (a.left_alone = '' OR"
            f" a.left_alone LIKE 'the bank refused%') AND EXISTS ({_REPORTED}) AND NOT EXISTS"
            f" ({_TOLD}) AND NOT EXISTS ({_FROZEN}) AND EXISTS ({_LOOKED}) AND NOT ({_GIVEN_UP})"
            f" AND NOT EXISTS ({_UNANSWERED})"
        )
        for hold, acted, ends in rows:
            hours = (_instant(ends) - _instant(acted)).total_seconds() / 3600
            if hours > 1:
                raise ViolationError("ran out", f"{hold} of {hours:.0f} h ended on {ends} unfrozen")

    def _came_free(self) -> None:
        rows = self._all(
            "SELECT a.id, a.partner_id, a.traced_minor - coalesce((SELECT sum(x.held_minor) FROM"
            " hold x WHERE x.asset_id = a.id AND x.state IN ('stopped', 'frozen')), 0) - coalesce("
            "(SELECT sum(p.settled_minor) FROM payout p WHERE p.asset_id = a.id AND p.state ="
            " 'settled'), 0), h.id FROM hold h JOIN asset a ON a.id = h.asset_id WHERE h.kind ="
            " 'stop' AND h.state = 'no_funds' AND a.home AND a.left_alone = '' AND a.watch <>"
            " 'over' AND NOT EXISTS (SELECT 1 FROM hold f WHERE f.supersedes_id = h.id AND f.state"
            f" <> 'cancelled') AND NOT ({_GIVEN_UP}) AND NOT EXISTS ({_LET_GO_KNOWING})"
        )
        for asset, bank, lacking, stop in rows:
            if self.banks[str(bank)].told["hold:none"]:
                continue  # it has said that there was nothing, and there was
            there = next(
                (h for h in self.banks[str(bank)].holds.values() if h.order_ref == stop), None
            )
            free = self.banks[str(bank)].available(there.number) if there else 0
            if min(free, int(str(lacking))) >= _LEAST:
                raise ViolationError("left there", f"{lacking} of {asset} lack, {free} are free")

    def _followed(self) -> None:
        rows = self._all(
            "SELECT h.id, (SELECT max(t.covers_to) FROM statement t WHERE t.account_id ="
            " a.account_id) told, min(h.bank_said_at, n.at) looked FROM hold h JOIN asset a ON"
            " a.id = h.asset_id JOIN event n ON n.subject_id = h.id AND n.event = 'no_funds' WHERE"
            " h.kind = 'stop' AND h.state = 'no_funds' AND h.supersedes_id = '' AND a.home AND"
            " a.left_alone = '' AND (told IS NULL OR julianday(told) < julianday(looked)"
            f" - {_CLOCKS_APART_DAYS})"
        )
        for stop, told, looked in rows:
            raise ViolationError(
                "not followed", f"{stop} found nothing at {looked}, told to {told}"
            )


def _instant(text: object) -> datetime:
    return datetime.fromisoformat(str(text))
