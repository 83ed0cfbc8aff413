"""What officers do of their own accord, besides what the queue asks them for."""

from __future__ import annotations

import io
import json
from datetime import timedelta
from typing import cast

from models.entities.claim import ObjectionKind
from models.entities.officer import Role
from models.facts import AccountRef
from models.money import Money
from models.store.unit import Actor
from recovery_flows.cases import objection_actions
from recovery_flows.cases.statement_files import storing as statement_files
from recovery_flows.cross_border import actions as request_actions
from recovery_flows.freezing import actions as hold_actions
from recovery_flows.intake.statements.reading import read_stream
from tests.simulation.desks import Desks
from tests.simulation.door import Door
from tests.simulation.place import OFFICERS
from tests.simulation.plan import FOREIGN, MULES, SPARE, VICTIMS

_OPEN_HOLDS = "('draft','pending_approval','stopped','frozen','queued')"
_OBJECTIONS = tuple(ObjectionKind)
_GROUNDS: dict[str, tuple[str, ...]] = {}  # the simulated banks name none of a channel's
_RULES = ("lifo", "pro_rata", "tainted_first", "poison", "libr", "fifo")


class Whims(Desks):
    """The odd acts of officers; each act is tried, and a refusal is told."""

    def odd(self, name: str, pick: float, doors: dict[str, Door]) -> None:
        """Something that an officer does of their own accord; `pick` (0 to 1) chooses what to."""
        if name in ("import", "import_part"):
            self._import(pick, doors, part=name == "import_part")
        elif name == "abroad_look":
            for at in (1 / 6, 4 / 6):  # the mule's account, and that abroad
                self._import(at + pick / 7, doors, part=False)
        elif name == "voluntary":
            self._voluntary(pick, doors)
        elif name == "restate":
            self._restate(pick, doors)
        else:
            getattr(self, f"_{name}")(pick)

    def _hold(self, states: str, pick: float) -> tuple[str, str, int, str, str] | None:
        query = (
            "SELECT h.recovery_id, h.id, h.requested_minor, h.currency, r.owner_id FROM hold h"
            f" JOIN recovery r ON r.id = h.recovery_id WHERE h.state IN {states} ORDER BY h.id"
        )
        return cast("tuple[str, str, int, str, str] | None", self._one(query, pick))

    def _amend(self, pick: float) -> None:
        if found := self._hold("('draft','pending_approval')", pick):
            recovery, hold, minor, _, owner = found
            changed = max(1, minor * 3 // (2 if pick > 0.5 else 4))
            acting = self._desk_of(owner)
            self._try(str(owner), f"amends {hold} to {changed}", lambda: hold_actions.amend(
                acting, recovery, hold, changed, "synthetic"))  # fmt: skip

    def _withdraw(self, pick: float) -> None:
        if found := self._hold(_OPEN_HOLDS, pick):
            recovery, hold, _, _, owner = found
            acting = self._desk_of(owner)
            self._try(str(owner), f"withdraws {hold}", lambda: hold_actions.withdraw(
                acting, recovery, hold, "synthetic"))  # fmt: skip

    def _part(self, pick: float) -> None:
        if found := self._hold("('stopped','frozen')", pick):
            recovery, hold, minor, currency, owner = found
            acting, part = self._desk_of(owner), Money(max(1, minor // 3), currency)
            self._try(str(owner), f"lets {part} of {hold} go", lambda: hold_actions.release_part(
                acting, recovery, hold, part, "synthetic"))  # fmt: skip

    def _complain(self, pick: float) -> None:
        if found := self._hold("('stopped','frozen')", pick):
            recovery, hold, minor, currency, owner = found
            acting, part = self._desk_of(owner), Money(max(1, minor // 2), currency)
            self._try(str(owner), f"takes a complaint about {hold}", lambda: hold_actions.complain(
                acting, recovery, hold, part, "synthetic"))  # fmt: skip

    def _unrelated(self, pick: float) -> None:
        if found := self._hold("('stopped','frozen')", pick):
            recovery, hold, _, _, owner = found
            acting = self._desk_of(owner)
            self._try(str(owner), f"finds {hold} unrelated", lambda: hold_actions.find_unrelated(
                acting, recovery, hold, "synthetic"))  # fmt: skip

    def _voluntary(self, pick: float, doors: dict[str, Door]) -> None:
        """A bank holds something of its own accord and telephones; an officer writes it down."""
        query = (
            "SELECT a.recovery_id, a.id, r.owner_id, a.partner_id, c.tail FROM asset a"
            " JOIN recovery r ON r.id = a.recovery_id JOIN account c ON c.id = a.account_id"
            " WHERE r.state = 'open' AND a.partner_id <> 'treasury' ORDER BY a.id"
        )
        if found := self._one(query, pick):
            recovery, asset, owner, partner, tail = map(str, found)
            hold = doors[partner].bank.hold_by_itself(tail, 50_00)
            if hold is None:
                return
            acting, now, told = self._desk_of(owner), self._wall(), f"{hold.held / 100:.2f}"
            self.voluntary[partner, f"{now:%Y-%m-%d %H:%M:%S.%f}"] = hold.id
            self._try(owner, f"records a voluntary hold at {asset}",
                lambda: hold_actions.record_voluntary(
                    acting, recovery, asset, told, now, hold.expires, "synthetic"))  # fmt: skip

    def _restate(self, pick: float, doors: dict[str, Door]) -> None:
        """A bank's feed tells otherwise of a hold in force, under no newer revision."""
        query = (
            "SELECT a.partner_id, h.id FROM hold h JOIN asset a ON a.id = h.asset_id WHERE"
            " h.state IN ('stopped', 'frozen') AND h.kind IN ('stop', 'freeze') ORDER BY h.id"
        )
        if found := self._one(query, pick):
            doors[str(found[0])].tell_otherwise(str(found[1]))

    def _again(self, pick: float) -> None:
        if found := self._hold("('rejected_by_bank')", pick):
            recovery, hold, _, _, owner = found
            acting = self._desk_of(owner)
            self._try(str(owner), f"orders {hold} again", lambda: hold_actions.order_again(
                acting, recovery, hold, "synthetic"))  # fmt: skip

    def _payee(self, pick: float) -> None:
        query = (
            "SELECT c.recovery_id, c.id, r.owner_id FROM claim c JOIN recovery r"
            " ON r.id = c.recovery_id WHERE r.state = 'open' ORDER BY c.id"
        )
        if found := self._one(query, pick):
            recovery, claim, owner = found
            acting = self._desk_of(owner)
            bank, number = SPARE[int(pick * 97) % len(SPARE)]
            account = AccountRef(bank, number, f"Holder {number}")
            self._try(str(owner), f"pays {claim} to {number}", lambda: acting.change_payee(
                str(recovery), str(claim), account, "synthetic"))  # fmt: skip

    def _rule(self, pick: float) -> None:
        if found := self._one("SELECT id, owner_id FROM recovery WHERE state = 'open'", pick):
            recovery, owner = found
            acting, rule = self._desk_of(owner), _RULES[int(pick * 97) % len(_RULES)]
            self._try(str(owner), f"asks for {rule}", lambda: acting.choose_rule(
                str(recovery), rule, "synthetic"))  # fmt: skip

    def _note(self, pick: float) -> None:
        if found := self._one("SELECT id, owner_id FROM recovery", pick):
            acting = self._desk_of(found[1])
            self._try("officer", "notes", lambda: acting.note(str(found[0]), "synthetic note"))

    def _object(self, pick: float) -> None:
        """A victim objects to a division, to a claim or its rows, or appeals a decision."""
        query = (
            "SELECT c.recovery_id, c.id, r.owner_id FROM claim c JOIN recovery r"
            " ON r.id = c.recovery_id WHERE r.state = 'open' ORDER BY c.id"
        )
        if found := self._one(query, pick):
            recovery, claim, owner = map(str, found)
            acting, kind = self._desk_of(owner), _OBJECTIONS[int(pick * 97) % len(_OBJECTIONS)]
            self._try(owner, f"objects, {kind} of {claim}", lambda: objection_actions.enter(
                acting, recovery, kind, claim, "synthetic"))  # fmt: skip

    def _resubmit(self, pick: float) -> None:
        """A request abroad that was refused is made once more, in a new version."""
        query = (
            "SELECT q.recovery_id, q.id, r.owner_id FROM request q JOIN recovery r"
            " ON r.id = q.recovery_id WHERE q.state IN ('refused', 'denied') ORDER BY q.id"
        )
        if found := self._one(query, pick):
            recovery, request, owner = map(str, found)
            acting = self._desk_of(owner)
            self._try(owner, f"asks again by {request}", lambda: request_actions.resubmit(
                acting, recovery, request, "synthetic", _GROUNDS))  # fmt: skip

    def _split_or_join(self, pick: float) -> None:
        query = (
            "SELECT a.recovery_id, b.recovery_id, r.owner_id FROM asset a JOIN asset b"
            " ON a.account_id = b.account_id AND a.recovery_id < b.recovery_id"
            " JOIN recovery r ON r.id = a.recovery_id ORDER BY 1, 2"
        )
        if found := self._one(query, pick):
            acting = self._desk_of(found[2])
            self._try(str(found[2]), "joins", lambda: acting.join(str(found[0]), str(found[1])))

    def _import(self, pick: float, doors: dict[str, Door], *, part: bool) -> None:
        """A statement file of a mule's (or a victim's) account comes in, whole or up to a day."""
        accounts = (*MULES, FOREIGN, VICTIMS[0])
        bank, number = accounts[int(pick * len(accounts))]
        until = self._wall() - timedelta(hours=12 if part else 0)
        dated = int(pick * 1000) % 2 == 0
        raw = json.dumps(doors[bank].statement_file(number, until, dated=dated)).encode()

        def take() -> str:
            taken = statement_files.store_file(
                self._place.database, Actor(OFFICERS[0], Role.OFFICER), self._wall(),
                read_stream(io.BytesIO(raw)), raw, bank, self._place.laws, "application/json",
            )  # fmt: skip
            return f"{taken.lines_new} new bookings, {taken.lines_known} known"

        self._try(OFFICERS[0], f"imports a statement of {bank}:{number}", take)
