"""The demo's voluntary return: a holder promises two parts, is late with one, is reminded, pays.

What comes in is on the unit's own account at a treasury that takes orders on paper; Lin prints its
letters and types in what it answers.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial

from models.case_file import CaseFile
from models.entities.call import OPEN_CALLS, CallKind, CallRow
from models.entities.hold import HoldKind, HoldState
from models.entities.partner import PartnerChannel
from models.entities.voluntary_return import InstalmentState, ReturnRow, ReturnState
from models.facts import AccountRef
from models.money import Money
from models.queries.installation.clock import case_now
from models.store.partners import register
from models.store.unit import unit_of_work
from recovery_flows.cases import money_actions
from recovery_flows.cases.case_officer import CaseOfficer
from recovery_flows.cli.case.letter import post_of
from recovery_flows.cli.composition import Installation
from recovery_flows.cli.demo.due_acts import DueAct, do_due, file_of_report
from recovery_flows.cli.demo.folder import HOME, read_plan
from recovery_flows.clock import wall_clock
from recovery_flows.correspondence.letters import actions as letter_actions, answer_actions
from recovery_flows.restitution.voluntary import instalments_of

TREASURY = "sandbox-treasury"
OURS = AccountRef(TREASURY, "9999000000000077", "Synthetic Anti-Fraud Unit")
LETTERS = "letters"
_PARTS = (timedelta(days=10), timedelta(days=20))
_LATE = timedelta(days=4)
_SLIP = b"an invented slip of the treasury (synthetic)\n"


class GivingBack:
    """Lin invites a holder, records what he promises, reminds him, and enters what came in."""

    def __init__(self, installation: Installation, lin: CaseOfficer) -> None:
        self._installation, self._lin = installation, lin
        self._ref = read_plan(installation.data_dir).gives_back
        self.busy_until: datetime | None = None

    def act(self) -> int:
        """Do what is due now; how many acts that were."""
        self.busy_until = None
        if not self._ref:
            return 0
        file, now = file_of_report(self._installation, self._ref)
        done, self.busy_until = do_due(self._due(file, now) if file else (), now)
        return done

    def _due(self, file: CaseFile, now: datetime) -> Iterator[DueAct]:
        recovery_id = file.recovery.id
        for call in file.calls:
            if call.partner_id == TREASURY and call.state in OPEN_CALLS:
                yield now, partial(self._letter, call, now)
        if file.recovery.state != "open" or not file.assets:
            return
        if not file.voluntary_returns:
            yield now, lambda: self._invite(recovery_id, file.assets[0].id)
            return
        row = file.voluntary_returns[-1]
        if row.state in (ReturnState.INVITED, ReturnState.UNANSWERED):
            yield now, lambda: self._promise(file, row, now)
        elif row.state is ReturnState.PROMISED:
            yield from self._parts(file, row)

    def _invite(self, recovery_id: str, asset_id: str) -> None:
        with unit_of_work(self._installation.database) as unit:
            now = case_now(unit.session, wall_clock())
            register(
                unit, now, TREASURY, name="Sandbox Treasury", regime=HOME, currency="CNY",
                home=True, base_url="", token="", channel=PartnerChannel.LETTER,
            )  # fmt: skip
        money_actions.invite(
            self._lin, recovery_id, asset_id, "told at the interview (synthetic)", None
        )

    def _promise(self, file: CaseFile, row: ReturnRow, now: datetime) -> None:
        lost = sum(c.reported_minor for c in file.claims)
        half = lost // 2
        parts = [(half, now + _PARTS[0]), (lost - half, now + _PARTS[1])]
        told = [(Money(minor, row.currency), at) for minor, at in parts]
        said = "agreed at the interview (synthetic)"
        money_actions.promise(self._lin, file.recovery.id, row.id, told, said)

    def _parts(self, file: CaseFile, row: ReturnRow) -> Iterator[DueAct]:
        """The first part comes on its day, the second after a reminder."""
        entered = {
            h.bank_ref for h in file.holds
            if h.kind is HoldKind.CUSTODY and h.state is not HoldState.DENIED
        }  # fmt: skip
        for part in instalments_of(file, row.id):
            booking = f"SYN-BACK-{part.number}"
            if booking in entered or part.state is InstalmentState.MET:
                continue
            amount = Money(part.amount_minor, part.currency)
            if part.number == 1:
                at = part.due_at - timedelta(hours=6)
                yield at, partial(self._receive, file, row, amount, booking, at)
            elif part.state is InstalmentState.OVERDUE:
                yield (
                    part.due_at,
                    lambda: money_actions.remind(
                        self._lin, file.recovery.id, row.id, "by letter (synthetic)"
                    ),
                )
            elif part.state is InstalmentState.REMINDED:
                at = part.due_at + _LATE
                yield at, partial(self._receive, file, row, amount, booking, at)
            return

    def _receive(
        self, file: CaseFile, row: ReturnRow, amount: Money, booking: str, at: datetime
    ) -> None:
        came = money_actions.Incoming(OURS, booking, amount, at, _SLIP, row.id)
        money_actions.receive(self._lin, file.recovery.id, came)

    def _letter(self, call: CallRow, now: datetime) -> None:
        """A letter to the treasury is printed and sent, then what it answers is typed in."""
        if call.sent_at is None and not call.sent_how:
            letter_actions.print_letter(self._lin, post_of(self._installation), call.id)
            letter_actions.record_sent(self._lin, call.id, "courier 4711")
            return
        if call.answer_by or call.kind is not CallKind.PAYOUT:
            return
        folder = self._installation.data_dir / LETTERS
        folder.mkdir(mode=0o700, exist_ok=True)
        scan = folder / f"{call.id}.txt"
        scan.touch(mode=0o600)
        scan.write_bytes(b"paid as ordered (synthetic)\n")
        reference = f"T-{call.id[-8:]}"
        told = {"state": "settled", "booking_ref": reference, "booked_at": now.isoformat()}
        answer_actions.enter_answer(self._lin, call.id, told, scan)
