"""What officers do by order: lists of courts carried out, payouts called back from their payees."""

from __future__ import annotations

import random
import zlib
from functools import partial
from pathlib import Path

from models.entities.payout import ClawbackGround
from models.facts import AccountRef
from models.money import Money
from recovery_flows.cases import money_actions
from recovery_flows.cases.clawbacks import actions as clawback_actions
from recovery_flows.cases.court_lists import actions as court_actions
from recovery_flows.intake.budget import Limits
from tests.simulation.chest import OURS, TREASURY
from tests.simulation.desks import Desks
from tests.simulation.ordered import TOO_MUCH, WRONG_PAYEE, Demand, Part

_OURS = AccountRef(TREASURY, OURS, "Synthetic Unit")
_SLIP = b"%PDF synthetic slip of money that was ordered back"
_FILE, _LIMITS = Path("list.csv"), Limits()
_KINDS = ("right", "right", "right", "half", "one", "above", "nobody", "nobody", "beyond")
_HELD = (
    "SELECT p.recovery_id, p.asset_id, r.owner_id, sum(p.claim_minor) AS held FROM posting p JOIN"
    " recovery r ON r.id = p.recovery_id JOIN asset a ON a.id = p.asset_id WHERE p.account = 'held'"
    " AND r.state = 'open' AND a.partner_id <> 'treasury' AND a.recovery_id = p.recovery_id"
    " GROUP BY 1, 2 HAVING held > 0 ORDER BY 2"
)
_ROWS = (
    "SELECT s.recovery_id, s.id, r.owner_id FROM court_share s JOIN court_list c ON c.id ="
    " s.list_id JOIN recovery r ON r.id = s.recovery_id WHERE s.state = 'unknown' AND c.state"
    " IN ('asked', 'in_force') ORDER BY s.id"
)


class ByOrder(Desks):
    """Courts' lists and their rows; orders to give money back, what comes of them, write-offs."""

    # Lists of courts

    def _court_list_nobody(self, pick: float) -> None:
        """A court's list that names somebody whom nobody knows."""
        self._court_list(pick, "nobody")

    def _court_list(self, pick: float, kind: str = "") -> None:
        """A court decides who gets what of an account; an officer may misread a sum of it."""
        if not (found := self._one(_HELD, pick)):
            return
        recovery, asset, owner, held = found
        dice = random.Random(f"list {pick}")  # noqa: S311 - a story, no secret
        before = self._denied(str(asset))
        if before and dice.random() < 0.5:
            reference, rows = before, self.chest.orders.lists[before]
        else:
            reference = f"SYN-{len(self.chest.orders.lists) + 1}"
            rows = self._decided(str(recovery), int(str(held)), dice, kind)
            self.chest.orders.lists[reference] = rows
        typed = list(rows)
        if dice.random() < 0.25:
            typed[0] = (typed[0][0], typed[0][1] // 2 + 1)
        raw = "".join(f"{claim or 'X-' + str(n)},{_spelled(minor)}\n"
                      for n, (claim, minor) in enumerate(typed))  # fmt: skip
        order = court_actions.Order(reference, self._wall(), str(asset))

        def enter() -> str:
            done = court_actions.import_list(
                self._desk_of(owner), str(recovery), _FILE, f"claim,amount\n{raw}".encode(), order,
                _LIMITS,
            )  # fmt: skip
            return f"{len(done.rows)} rows, {done.approval}"

        told = ", ".join(f"{claim or 'nobody'} {minor}" for claim, minor in typed)
        self._try(str(owner), f"enters the list {reference} of {asset}: {told}", enter)

    def _denied(self, asset: str) -> str:
        query = "SELECT reference FROM court_list WHERE asset_id = ? AND state = 'denied'"
        row = self._eyes.execute(query, [asset]).fetchone()
        return str(row[0]) if row else ""

    def _decided(
        self, recovery: str, held: int, dice: random.Random, wanted: str
    ) -> tuple[tuple[str, int], ...]:
        """The rows on the court's paper."""
        query = (
            "SELECT id, CASE WHEN upheld_minor > 0 THEN upheld_minor ELSE reported_minor END"
            " FROM claim WHERE recovery_id = ? ORDER BY id"
        )
        claims = [(str(c), int(str(m))) for c, m in self._eyes.execute(query, [recovery])]
        dice.shuffle(claims)
        kind, left, rows = wanted or dice.choice(_KINDS), held, list[tuple[str, int]]()
        if kind == "nobody":
            minor = max(1, held // dice.choice((2, 5)))
            rows, left = [("", minor)], left - minor
            claims = claims[dice.choice((0, 1)) :]  # it may be a victim's, under another name
        for claim, loss in claims[: 1 if kind == "one" else None]:
            minor = loss if kind == "beyond" else min(loss, max(0, left))
            left -= minor
            minor = minor // 2 if kind == "half" else minor
            if minor:
                rows.append((claim, minor))
        if kind in ("above", "beyond") and rows:
            rows[0] = (rows[0][0], rows[0][1] * 3 // 2)
        return tuple(rows) or ((claims[0][0], 1),)

    def is_true_list(self, name: str) -> bool:
        """Whether the rows that were entered are those of the court's paper."""
        query = (
            "SELECT c.reference, s.claim_id, s.amount_minor FROM court_list c JOIN court_share s"
            " ON s.list_id = c.id WHERE c.id = ? ORDER BY s.line"
        )
        rows = self._eyes.execute(query, [name]).fetchall()
        paper = self.chest.orders.lists[rows[0][0]]
        return len(rows) == len(paper) and all(
            minor == row[2] and claim in ("", row[1])
            for row, (claim, minor) in zip(rows, paper, strict=True)
        )

    def _court_identify(self, pick: float) -> None:
        if found := self._one(_ROWS, pick):
            recovery, row, owner = map(str, found)
            self._identified(recovery, row, owner)

    def _court_end(self, pick: float) -> None:
        query = (
            "SELECT c.recovery_id, c.id, r.owner_id FROM court_list c JOIN recovery r ON"
            " r.id = c.recovery_id WHERE c.state = 'in_force' ORDER BY c.id"
        )
        if found := self._one(query, pick):
            recovery, name, owner = map(str, found)
            self._try(owner, f"hears that {name} was withdrawn", lambda: court_actions.end(
                self._desk_of(owner), recovery, name, "synthetic"))  # fmt: skip

    def _identified(self, recovery: str, row: str, who: str) -> bool:
        """Find out whose a row is: every other one is a claim's, else nobody's here."""
        dice = zlib.crc32(row.encode())
        claims = self._eyes.execute(
            "SELECT id FROM claim WHERE recovery_id = ? ORDER BY id", [recovery]
        ).fetchall()
        claim = str(claims[dice // 2 % len(claims)][0]) if dice % 2 and claims else ""
        for name in dict.fromkeys((claim, "")):
            act = partial(
                court_actions.identify, self._desk_of(who), recovery, row, name, "synthetic"
            )
            if self._try(who, f"finds {row} to be of {name or 'nobody'}", act):
                return True
        return False

    # Money that is ordered back

    def _clawback(self, pick: float) -> None:
        """A payout went to a stranger, or was too much; one time in four that is a mistake."""
        query = (
            "SELECT p.recovery_id, p.id, r.owner_id, p.settled_minor FROM payout p JOIN recovery r"
            " ON r.id = p.recovery_id WHERE p.state = 'settled' AND p.unclaimed_id = '' AND"
            " p.settled_currency = p.currency AND (r.state = 'open' OR r.state LIKE 'closed%')"
            " ORDER BY p.id"
        )
        if not (found := self._one(query, pick)):
            return
        recovery, payout, owner, paid = found
        dice = random.Random(f"clawback {pick}")  # noqa: S311 - a story, no secret
        minor = max(1, int(str(paid)) // dice.choice((1, 1, 2, 3)))
        ground = dice.choice((WRONG_PAYEE, WRONG_PAYEE, TOO_MUCH))
        act = partial(
            clawback_actions.order, self._desk_of(owner), str(recovery), str(payout),
            Money(minor, "CNY"), ClawbackGround(ground), "synthetic",
        )  # fmt: skip
        if self._try(str(owner), f"orders {minor} of {payout} back as {ground}", act):
            asked = "SELECT id FROM clawback WHERE payout_id = ? AND state = 'asked' ORDER BY id"
            name = next(
                str(row[0])
                for row in self._eyes.execute(asked, [payout])
                if row[0] not in self.chest.orders.demands
            )
            demand = Demand(str(payout), minor, ground, is_true=dice.random() < 0.75)
            self.chest.orders.demand(name, demand, self._wall())

    def _clawback_remind(self, pick: float) -> None:
        if found := self._open_demand(pick):
            recovery, name, owner = map(str, found)
            self._try(owner, f"reminds of {name}", lambda: clawback_actions.remind(
                self._desk_of(owner), recovery, name, "synthetic"))  # fmt: skip

    def _clawback_write_off(self, pick: float) -> None:
        if found := self._open_demand(pick):
            recovery, name, owner = map(str, found)
            self._try(owner, f"writes {name} off", lambda: clawback_actions.write_off(
                self._desk_of(owner), recovery, name, "synthetic"))  # fmt: skip

    def _open_demand(self, pick: float) -> tuple[object, ...] | None:
        return self._one(
            "SELECT k.recovery_id, k.id, r.owner_id FROM clawback k JOIN recovery r ON"
            " r.id = k.recovery_id WHERE k.state IN ('ordered', 'overdue') ORDER BY k.id",
            pick,
        )

    def is_true_demand(self, name: str) -> bool:
        """Whether the payout was wrong, as its papers say."""
        return self.chest.orders.demands[name].is_true

    def enter_what_came(self) -> int:
        """Enter each part that payees have given back; one in five is read wrong at first."""
        done = 0
        for name, demand in self.chest.orders.demands.items():
            for part in demand.parts:
                if part.at <= self._wall() and not self._is_entered(part.booking):
                    done += self._enter(name, part)
        return done

    def _is_entered(self, booking: str) -> bool:
        query = (
            "SELECT 1 FROM hold WHERE bank_ref = ? AND kind = 'custody'"
            " AND state NOT IN ('denied', 'cancelled')"
        )
        return self._eyes.execute(query, [booking]).fetchone() is not None

    def _enter(self, name: str, part: Part) -> bool:
        query = (
            "SELECT k.recovery_id, r.owner_id FROM clawback k JOIN recovery r ON r.id ="
            " k.recovery_id WHERE k.id = ? AND k.state NOT IN ('asked', 'denied') AND"
            " (r.state = 'open' OR r.state LIKE 'closed%')"
        )
        found = self._eyes.execute(query, [name]).fetchone()
        if found is None:
            return False
        recovery, owner = map(str, found)
        is_first = part.booking not in self.chest.credits
        self.chest.credits[part.booking] = part.minor
        is_wrong = is_first and zlib.crc32(part.booking.encode()) % 5 == 0
        minor = part.minor + 1 if is_wrong else part.minor
        incoming = money_actions.Incoming(
            _OURS, part.booking, Money(minor, "CNY"), self._wall(), _SLIP, name
        )
        act = partial(money_actions.receive, self._desk_of(owner), recovery, incoming)
        return self._try(owner, f"enters {minor} of {part.minor} that came by {name}", act)

    # Steps

    def by_order(self, recovery: str, action: str, subject: str, who: str) -> bool | None:
        """Do a step of a list or a demand; None where the step is no such one."""
        if action == "follow_court_list":
            return self._identified(recovery, subject, who)
        if action == "join":
            return self._ended_before_joining(recovery, who)
        if action != "follow_clawback":
            return None
        reminded = "SELECT 1 FROM event WHERE subject_id = ? AND event = 'reminded'"
        act = partial(clawback_actions.remind, self._desk_of(who), recovery, subject, "synthetic")
        if self._eyes.execute(reminded, [subject]).fetchone():
            act = partial(
                clawback_actions.write_off, self._desk_of(who), recovery, subject, "synthetic"
            )
        return self._try(who, f"follows {subject}", act)

    def _ended_before_joining(self, recovery: str, who: str) -> bool | None:
        """Of two courts' lists for one account one is ended: two recoveries join only then."""
        twins = (
            "SELECT mine.id FROM court_list mine JOIN asset a ON a.id = mine.asset_id JOIN asset b"
            " ON b.account_id = a.account_id AND b.id <> a.id JOIN court_list other ON"
            " other.asset_id = b.id WHERE mine.recovery_id = ? AND mine.state = 'in_force' AND"
            " other.state = 'in_force' AND NOT EXISTS (SELECT 1 FROM approval v WHERE v.state ="
            " 'pending' AND v.subject_id IN (mine.id, other.id))"
        )
        found = self._eyes.execute(twins, [recovery]).fetchone()
        if found is None:
            return None
        act = partial(court_actions.end, self._desk_of(who), recovery, found[0], "synthetic")
        return self._try(who, f"ends {found[0]}, one list for one account", act)


def _spelled(minor: int) -> str:
    return f"{minor // 100}.{minor % 100:02}"
