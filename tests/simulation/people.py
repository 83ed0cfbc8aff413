"""Officers and a supervisor: they act through the desk, as the screens and the commands do."""

from __future__ import annotations

import io
import json
import sqlite3
from collections.abc import Callable
from datetime import datetime, timedelta

from models.entities.officer import Role
from models.facts import AccountRef, ReportFact
from models.money import Money
from models.store.intake import file_reports
from models.store.unit import Actor, unit_of_work
from recovery_flows.access.log_in import by_system_user
from recovery_flows.cases import discrepancy_actions
from recovery_flows.cases.case_officer import CaseOfficer
from recovery_flows.cases.report_and_stop import stop_at_once
from recovery_flows.cases.statement_files import storing as statement_files
from recovery_flows.errors import RecoveryFlowsError
from recovery_flows.freezing import actions as hold_actions
from recovery_flows.intake.statements.reading import read_stream
from tests.simulation.door import Door
from tests.simulation.place import OFFICERS, SUPERVISOR, Place
from tests.simulation.plan import FOREIGN, MULES, SPARE, VICTIMS, Report

_NEEDED = (
    "requesting_authority", "central_authority_reference", "personal_data_export_reference",
    "persons", "applicable_law", "wanted_by", "basis", "property_title_proof",
    "institution_address", "order_copy", "measure_law", "interested_persons_law",
)  # fmt: skip
REQUEST_FIELDS = dict.fromkeys(_NEEDED, "synthetic")
_STEPS_MAX, _OPEN_HOLDS = 12, "('draft','pending_approval','stopped','frozen','queued')"
_RULES = ("lifo", "pro_rata", "tainted_first", "poison", "libr", "fifo")

Say = Callable[[str], None]


class People:
    """Who sits at the desks; `refused` counts acts to which the program said no."""

    def __init__(
        self, place: Place, wall: Callable[[], datetime], eyes: sqlite3.Connection, say: Say
    ) -> None:
        self._place, self._wall, self._eyes, self._say = place, wall, eyes, say
        db, names = place.database, (*OFFICERS, SUPERVISOR)
        self._desks = {n: CaseOfficer(db, place.laws, by_system_user(db, n), wall) for n in names}
        self.acts = self.refused = 0
        self.voluntary: dict[tuple[str, str], str] = {}
        self.last_refusal: dict[str, str] = {}

    def _try(self, who: str, what: str, act: Callable[[], object]) -> bool:
        """Do an act; a refusal is told. Whatever else is raised is a fault of the program."""
        self.acts += 1
        try:
            said = act()
        except RecoveryFlowsError as error:
            self.refused += 1
            self.last_refusal[who] = str(error)
            self._say(f"{who} {what}: refused: {error}")
            return False
        self._say(f"{who} {what}: {said}")
        return True

    # Reports

    def report(self, report: Report, paid: ReportFact) -> None:
        """Take in what a victim says, as a row of a file or pasted with a stop at once."""
        who = OFFICERS[report.officer]
        if report.pasted:
            desk = self._desks[who]
            number = f"SYN-{report.ref}"
            self._try(
                who, f"pastes the report of {report.ref}",
                lambda: stop_at_once(desk, paid, number, knowing=True).sentence,
            )  # fmt: skip
            return

        def filed() -> str:
            with unit_of_work(self._place.database) as unit:
                actor = Actor(who, Role.OFFICER)
                found = file_reports(unit, actor, self._wall(), "CN", [paid])
            return f"filed {len(found.filed)}, known {found.known}"

        self._try(who, f"files the report of {report.ref}", filed)

    # Steps

    def officers(self, how: str) -> int:
        """Do what the queue asks officers for: all of it, one step, or nothing."""
        done, stuck = 0, set[str]()
        while how != "none":
            rows = [r for r in self._queue() if r[0] not in stuck]
            if not rows:
                break
            for recovery_id, action, subject, owner in rows:
                if self._step(recovery_id, action, subject, owner or OFFICERS[0]):
                    done += 1
                else:
                    stuck.add(recovery_id)
                if how == "one" or done >= _STEPS_MAX:
                    return done
                if action == "join":
                    break  # the other recovery's step has changed as well
        return done

    def _queue(self) -> list[tuple[str, str, str, str]]:
        query = (
            "SELECT id, step_action, step_subject, owner_id FROM recovery"
            " WHERE step_role = 'officer' ORDER BY due_at IS NULL, due_at, id"
        )
        return self._eyes.execute(query).fetchall()

    def _step(self, recovery_id: str, action: str, subject: str, owner: str) -> bool:
        who = owner if owner in self._desks else OFFICERS[0]
        desk = self._desks[who]
        if action == "resolve_discrepancy" and self._name_at_bank(recovery_id, subject, who):
            return True
        if action == "resolve_discrepancy":
            act = lambda: discrepancy_actions.resolve(desk, recovery_id, subject, "synthetic look")  # noqa: E731
        else:
            act = lambda: desk.advance(  # noqa: E731
                recovery_id, fields=REQUEST_FIELDS, case_number="SYN-1", knowing=True
            )
        return self._try(who, action, act)

    def _name_at_bank(self, recovery_id: str, subject: str, who: str) -> bool:
        """Where the discrepancy is that the bank's reference lacks: ask its desk, enter it.

        The desk knows which one is meant by the time of its call.
        """
        query = (
            "SELECT h.id, h.asset_id, h.acted_at FROM discrepancy d LEFT JOIN call c"
            " ON c.id = d.subject_id JOIN hold h ON h.id IN (d.subject_id, c.subject_id)"
            " WHERE d.id = ? AND d.detail LIKE '%has no reference%' AND h.bank_ref = ''"
        )
        found = self._eyes.execute(query, [subject]).fetchone()
        if found is None:
            return False
        hold, asset, since = found
        name = self.voluntary.get((asset, since), "none-known")
        return self._try(who, f"names {hold} {name}", lambda: hold_actions.name_at_bank(
            self._desks[who], recovery_id, hold, name, "synthetic"))  # fmt: skip

    def supervisor(self, how: str) -> int:
        """Say yes (or no) to what waits for a second person."""
        if how == "none":
            return 0
        query = "SELECT id FROM approval WHERE state = 'pending' ORDER BY asked_at, id"
        desk, done = self._desks[SUPERVISOR], 0
        for (name,) in self._eyes.execute(query).fetchall():
            act = (
                (lambda name=name: desk.approve(name, "county head, synthetic"))
                if how == "yes"
                else (lambda name=name: desk.deny(name, "not convinced"))
            )
            done += self._try(SUPERVISOR, how, act)
        return done

    # Odd acts

    def odd(self, name: str, pick: float, doors: dict[str, Door]) -> None:
        """Something that an officer does of their own accord; `pick` (0 to 1) chooses what to."""
        if name in ("import", "import_part"):
            self._import(pick, doors, part=name == "import_part")
        elif name == "voluntary":
            self._voluntary(pick, doors)
        else:
            getattr(self, f"_{name}")(pick)

    def _one(self, query: str, pick: float) -> tuple[object, ...] | None:
        rows = self._eyes.execute(query).fetchall()
        return rows[int(pick * len(rows))] if rows else None

    def _hold(self, states: str, pick: float) -> tuple[str, str, int, str, str] | None:
        query = (
            "SELECT h.recovery_id, h.id, h.requested_minor, h.currency, r.owner_id FROM hold h"
            f" JOIN recovery r ON r.id = h.recovery_id WHERE h.state IN {states} ORDER BY h.id"
        )
        return self._one(query, pick)  # type: ignore[return-value]

    def _desk_of(self, owner: object) -> CaseOfficer:
        return self._desks[str(owner) if owner in self._desks else OFFICERS[0]]

    def _amend(self, pick: float) -> None:
        if found := self._hold("('draft','pending_approval')", pick):
            recovery, hold, minor, _, owner = found
            changed = max(1, minor * 3 // (2 if pick > 0.5 else 4))
            desk = self._desk_of(owner)
            self._try(str(owner), f"amends {hold} to {changed}", lambda: hold_actions.amend(
                desk, recovery, hold, changed, "synthetic"))  # fmt: skip

    def _withdraw(self, pick: float) -> None:
        if found := self._hold(_OPEN_HOLDS, pick):
            recovery, hold, _, _, owner = found
            desk = self._desk_of(owner)
            self._try(str(owner), f"withdraws {hold}", lambda: hold_actions.withdraw(
                desk, recovery, hold, "synthetic"))  # fmt: skip

    def _part(self, pick: float) -> None:
        if found := self._hold("('stopped','frozen')", pick):
            recovery, hold, minor, currency, owner = found
            desk, part = self._desk_of(owner), Money(max(1, minor // 3), currency)
            self._try(str(owner), f"lets {part} of {hold} go", lambda: hold_actions.release_part(
                desk, recovery, hold, part, "synthetic"))  # fmt: skip

    def _complain(self, pick: float) -> None:
        if found := self._hold("('stopped','frozen')", pick):
            recovery, hold, minor, currency, owner = found
            desk, part = self._desk_of(owner), Money(max(1, minor // 2), currency)
            self._try(str(owner), f"takes a complaint about {hold}", lambda: hold_actions.complain(
                desk, recovery, hold, part, "synthetic"))  # fmt: skip

    def _unrelated(self, pick: float) -> None:
        if found := self._hold("('stopped','frozen')", pick):
            recovery, hold, _, _, owner = found
            desk = self._desk_of(owner)
            self._try(str(owner), f"finds {hold} unrelated", lambda: hold_actions.find_unrelated(
                desk, recovery, hold, "synthetic"))  # fmt: skip

    def _voluntary(self, pick: float, doors: dict[str, Door]) -> None:
        """A bank holds something of its own accord and telephones; an officer writes it down."""
        query = (
            "SELECT a.recovery_id, a.id, r.owner_id, a.partner_id, c.tail FROM asset a"
            " JOIN recovery r ON r.id = a.recovery_id JOIN account c ON c.id = a.account_id"
            " WHERE r.state = 'open' ORDER BY a.id"
        )
        if found := self._one(query, pick):
            recovery, asset, owner, partner, tail = map(str, found)
            hold = doors[partner].bank.hold_by_itself(tail, 50_00)
            if hold is None:
                return
            desk, now, told = self._desk_of(owner), self._wall(), f"{hold.held / 100:.2f}"
            self.voluntary[asset, f"{now:%Y-%m-%d %H:%M:%S.%f}"] = hold.id
            self._try(owner, f"records a voluntary hold at {asset}",
                lambda: hold_actions.record_voluntary(
                    desk, recovery, asset, told, now, hold.expires, "synthetic"))  # fmt: skip

    def _again(self, pick: float) -> None:
        if found := self._hold("('rejected_by_bank')", pick):
            recovery, hold, _, _, owner = found
            desk = self._desk_of(owner)
            self._try(str(owner), f"orders {hold} again", lambda: hold_actions.order_again(
                desk, recovery, hold, "synthetic"))  # fmt: skip

    def _payee(self, pick: float) -> None:
        query = (
            "SELECT c.recovery_id, c.id, r.owner_id FROM claim c JOIN recovery r"
            " ON r.id = c.recovery_id WHERE r.state = 'open' ORDER BY c.id"
        )
        if found := self._one(query, pick):
            recovery, claim, owner = found
            desk = self._desk_of(owner)
            bank, number = SPARE[int(pick * 97) % len(SPARE)]
            account = AccountRef(bank, number, f"Holder {number}")
            self._try(str(owner), f"pays {claim} to {number}", lambda: desk.change_payee(
                str(recovery), str(claim), account, "synthetic"))  # fmt: skip

    def _rule(self, pick: float) -> None:
        if found := self._one("SELECT id, owner_id FROM recovery WHERE state = 'open'", pick):
            recovery, owner = found
            desk, rule = self._desk_of(owner), _RULES[int(pick * 97) % len(_RULES)]
            self._try(str(owner), f"asks for {rule}", lambda: desk.choose_rule(
                str(recovery), rule, "synthetic"))  # fmt: skip

    def _note(self, pick: float) -> None:
        if found := self._one("SELECT id, owner_id FROM recovery", pick):
            desk = self._desk_of(found[1])
            self._try("officer", "notes", lambda: desk.note(str(found[0]), "synthetic note"))

    def _late_line(self, pick: float) -> None:
        """Something that happens at a bank; the history books it."""

    def _split_or_join(self, pick: float) -> None:
        query = (
            "SELECT a.recovery_id, b.recovery_id, r.owner_id FROM asset a JOIN asset b"
            " ON a.account_id = b.account_id AND a.recovery_id < b.recovery_id"
            " JOIN recovery r ON r.id = a.recovery_id ORDER BY 1, 2"
        )
        if found := self._one(query, pick):
            desk = self._desk_of(found[2])
            self._try(str(found[2]), "joins", lambda: desk.join(str(found[0]), str(found[1])))

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
