"""Whose money it is: title checks, traces and stops held against the banks' books. Own SQL."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from tests.simulation.bank import Bank
from tests.simulation.books import Hold, minor_of
from tests.simulation.eyes import Eyes, ViolationError

_AT_ONCE = timedelta(seconds=1)
"""A bank stamps the two halves of one change as far apart as this."""


@dataclass(frozen=True, slots=True)
class _Account:
    """One account of a recovery, as the files name it and as its bank does."""

    recovery: str
    asset: str
    name: str
    bank: str
    number: str


_ZONE = ZoneInfo("Asia/Shanghai")


class Whose(Eyes):
    """A title check is of these victims; no trace forgets what is held or paid; a freeze first."""

    def _whose(self) -> None:
        self._titles()
        self._traces()
        self._let_go_first()
        self._held_stays()

    # Title checks

    def _titles(self) -> None:
        """No division is drafted on a title check that other victims or other money came after."""
        rows = self._all(
            "SELECT e.seq, e.subject_id, a.asset_id, a.recovery_id, (SELECT max(t.seq) FROM event t"
            " WHERE t.subject_id = a.asset_id AND t.seq < e.seq AND"
            " json_extract(t.values_json, '$.title_checked_by') <> '') FROM event e JOIN allocation"
            " a ON a.id = e.subject_id WHERE e.noun = 'allocation' AND e.event = 'drafted'"
            " AND e.seq > ? ORDER BY e.seq",
            self._read_to.get("title", 0),
        )
        for seq, allocation, asset, recovery, checked in rows:
            self._read_to["title"] = int(str(seq))
            if checked is None:
                raise ViolationError("title", f"{allocation} is drafted, nobody checked the title")
            came = self._all(
                "SELECT e.subject_id, e.event FROM event e LEFT JOIN claim c ON c.id = e.subject_id"
                " WHERE e.seq > ?1 AND e.seq < ?2 AND (e.noun = 'claim' AND e.event IN ('filed',"
                " 'moved') AND c.recovery_id = ?3 AND c.state <> 'rejected' OR e.noun = 'asset' AND"
                " e.event = 'moved' AND e.subject_id = ?4) LIMIT 1",
                checked, seq, recovery, asset,
            )  # fmt: skip
            if came:
                raise ViolationError("title", f"{allocation} is drafted, since its check {came[0]}")
            then, now = (self._traced_at(str(asset), int(str(at))) for at in (checked, seq))
            if then != now:
                raise ViolationError(
                    "title", f"{allocation} is drafted of {now}, the title was checked of {then}"
                )

    def _traced_at(self, asset: str, seq: int) -> int:
        rows = self._all(
            "SELECT json_extract(values_json, '$.traced_minor') AS minor FROM event WHERE"
            " subject_id = ? AND seq <= ? AND minor IS NOT NULL ORDER BY seq DESC LIMIT 1",
            asset, seq,
        )  # fmt: skip
        return int(str(rows[0][0])) if rows else 0

    # Traces

    def _traces(self) -> None:
        """No trace comes in force that finds less at an account than its bank is paying back."""
        rows = self._all(
            "SELECT seq, recovery_id, values_json FROM event WHERE noun = 'trace' AND"
            " event = 'adopted' AND role = 'engine' AND seq > ? ORDER BY seq",
            self._read_to.get("trace", 0),
        )
        for seq, recovery, values in rows:
            self._read_to["trace"] = int(str(seq))
            before = self._all(
                "SELECT values_json FROM event WHERE noun = 'trace' AND event = 'adopted' AND"
                " recovery_id = ? AND seq < ? ORDER BY seq DESC LIMIT 1",
                recovery, seq,
            )  # fmt: skip
            old = _by_account(str(before[0][0])) if before else {}
            new = _by_account(str(values))
            for account, paid in self._given_back(str(recovery), self._read_to["trace"]):
                if new.get(account, 0) < min(paid, old.get(account, 0)):
                    raise ViolationError(
                        "trace", f"{recovery} finds {new.get(account, 0)} at {account}, of which"
                        f" {paid} are paid back or on their way",
                    )  # fmt: skip

    def _given_back(self, recovery: str, seq: int) -> Iterable[tuple[str, int]]:
        """By account: what of the loss had left by orders to pay, as far as no bank said no."""
        rows = self._all(
            "SELECT a.account_id, sum(CASE WHEN p.state = 'settled' THEN min(p.settled_minor,"
            " p.amount_minor) ELSE p.amount_minor END) FROM payout p JOIN asset a ON a.id ="
            " p.asset_id WHERE p.recovery_id = ?1 AND a.partner_id <> 'treasury' AND p.state IN"
            " ('instructed', 'settled') AND EXISTS (SELECT 1 FROM call c JOIN event s ON"
            " s.subject_id = c.id WHERE c.subject_id = p.id AND c.kind = 'payout' AND s.event ="
            " 'sent' AND s.seq < ?2) GROUP BY 1",
            recovery, seq,
        )  # fmt: skip
        return [(str(account), int(str(minor))) for account, minor in rows]

    # Stops

    def _let_go_first(self) -> None:
        """Nothing is let go as needless that is needed should an order not answered yet fail."""
        rows = self._all(
            "SELECT e.seq, h.id, h.asset_id, h.currency FROM event e JOIN call c ON c.id ="
            " e.subject_id JOIN approval p ON p.id = c.approval_id JOIN hold h ON h.id ="
            " c.subject_id WHERE e.noun = 'call' AND e.event = 'sent' AND c.kind = 'release'"
            " AND p.action = 'release' AND e.seq > ? AND NOT EXISTS (SELECT 1 FROM event u WHERE"
            " u.subject_id = h.id AND u.event LIKE '%unrelated') ORDER BY e.seq",
            self._read_to.get("release", 0),
        )
        for seq, hold, asset, currency in rows:
            self._read_to["release"] = int(str(seq))
            open_ones = self._all(
                "SELECT h.id, h.supersedes_id FROM hold h WHERE h.asset_id = ?1 AND h.id <> ?2 AND"
                " (SELECT e.new_state FROM event e WHERE e.subject_id = h.id AND e.noun = 'hold'"
                " AND e.seq < ?3 ORDER BY e.seq DESC LIMIT 1) = 'ordered'",
                asset, hold, seq,
            )  # fmt: skip
            if not open_ones:
                continue
            doubtful = {str(one[1]) for one in open_ones}
            kept = self._all(
                "SELECT p.hold_id, sum(p.asset_minor) FROM posting p JOIN hold h ON h.id ="
                " p.hold_id WHERE h.asset_id = ? AND h.id <> ? AND p.account IN ('held',"
                " 'memo_excess') AND p.asset_currency = ? AND p.event_seq <= ? GROUP BY 1",
                asset, hold, currency, seq,
            )  # fmt: skip
            sure = sum(int(str(minor)) for name, minor in kept if str(name) not in doubtful)
            needed = self._traced_at(str(asset), int(str(seq))) - self._left(str(asset))
            if sure < needed:
                raise ViolationError(
                    "let go first", f"{hold} is let go, {open_ones[0][0]} is not answered:"
                    f" {sure} of {needed} are kept without it",
                )  # fmt: skip

    def _left(self, asset: str) -> int:
        query = (
            "SELECT coalesce(sum(CASE WHEN state = 'settled' THEN debited_minor ELSE amount_minor"
            " END), 0) FROM payout WHERE asset_id = ? AND state IN ('instructed', 'settled')"
        )
        return int(str(self._all(query, asset)[0][0]))

    # Money that is held

    def _held_stays(self) -> None:
        """What was a victim's at a stop under any rule, and is held since, a trace finds there.

        As far as a statement has told of the account: before, others' traces find nothing there.
        """
        rows = self._all(
            "SELECT r.id, a.id, a.account_id, a.partner_id, c.tail, t.result_json FROM recovery r"
            " JOIN asset a ON a.recovery_id = r.id JOIN account c ON c.id = a.account_id JOIN trace"
            " t ON t.recovery_id = r.id AND t.state = 'adopted' WHERE r.state = 'open' AND"
            " r.trace_wanted = 0 AND (r.wake_at IS NULL OR r.wake_at > ?) AND a.currency = 'CNY'"
            " AND a.statement_to IS NOT NULL AND a.partner_id <> 'treasury'",
            f"{self._now():%Y-%m-%d %H:%M:%S.%f}",
        )
        for *names, result in rows:
            at = _Account(*map(str, names))
            found = _sums(json.loads(str(result))).get(at.name, 0)
            sure = self._surely_there(at)
            if found < sure:
                raise ViolationError(
                    "held", f"the trace of {at.recovery} finds {found} at {at.bank}:{at.number},"
                    f" {sure} of its victims are held there",
                )  # fmt: skip

    def _surely_there(self, at: _Account) -> int:
        bank = self.banks[at.bank]
        ours = {
            str(row[0]) for row in self._all("SELECT id FROM hold WHERE asset_id = ?", at.asset)
        }
        holds = [h for h in bank.holds.values() if h.order_ref in ours]
        paid = [p for p in bank.payouts.values() if bank.holds.get(p.hold_id) in holds]
        known = all(self._is_told(one.order_ref, one.revision) for one in (*holds, *paid))
        odd = any(h.told_currency or h.is_misquoted or h.restated for h in holds)
        if not known or odd or any(p.status == "RETURNED" for p in paid):
            return 0
        changes = [change for hold in holds for change in _changes(hold)]
        changes += [(p.booked, p.debited) for p in paid if p.booked is not None]
        since, least = _least(changes)
        return 0 if since is None else min(least, self._stolen_left(at, bank, since))

    def _stolen_left(self, at: _Account, bank: Bank, since: datetime) -> int:
        """What victims had paid in by then, were all that had left until then theirs.

        Of a booking whose file tells its day alone it is not known which came first that day.
        """
        claims = self._all(
            "SELECT external_ref, upheld_minor FROM claim WHERE recovery_id = ? AND state IN"
            " ('verified', 'paid')",
            at.recovery,
        )
        upheld: dict[str, int] = {}
        for external, minor in claims:
            ref = str(external).split("/")[1]
            upheld[ref] = upheld.get(ref, 0) + int(str(minor))
        of_days = self._all(
            "SELECT 1 FROM statement_line WHERE account_id = ? AND is_dated LIMIT 1", at.name
        )
        until = since.astimezone(_ZONE).replace(hour=23, minute=59) if of_days else since
        lines = bank.accounts[at.number].lines
        came = [line for line in lines if line.signed > 0 and line.at <= since]
        left = [line for line in lines if line.signed < 0 and line.at <= until]
        there = sum(min(x.signed, upheld.get(x.ref, 0)) for x in came)
        return max(0, there + sum(x.signed for x in left))


def _by_account(values: str) -> dict[str, int]:
    return _sums(json.loads(json.loads(values)["result_json"]))


def _sums(result: dict[str, list[list[object]]]) -> dict[str, int]:
    """By account: what of the loss a trace finds there, what was paid back from there included."""
    parts = [(str(p[0]), p[-1]) for p in result["positions"]]
    parts += [(str(g[1]), g[-1]) for g in result["gone"] if str(g[0]).lower() == "payout"]
    found: dict[str, int] = {}
    for account, minor in parts:
        found[account] = found.get(account, 0) + int(str(minor))
    return found


def _changes(hold: Hold) -> Iterable[tuple[datetime, int]]:
    """By how much a hold grew or shrank, when; an order that is only received holds nothing."""
    before = 0
    for at, told in (*hold.past, (hold.modified, hold.json())):
        held = 0 if told["status"] == "RECEIVED" else minor_of(told["amountHeld"])
        yield at, held - before
        before = held


def _least(changes: Iterable[tuple[datetime, int]]) -> tuple[datetime | None, int]:
    """Since when something is held, and the least that was held or paid out at any time since."""
    ordered = sorted(changes)
    level, least, since = 0, 0, None
    for number, (at, minor) in enumerate(ordered):
        level += minor
        if number + 1 < len(ordered) and ordered[number + 1][0] - at < _AT_ONCE:
            continue
        if since is None and level > 0:
            since, least = at, level
        least = min(least, level)
    return since, least
