"""A recovery with half its money abroad, and three people who draft, approve and send."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from models.case_file import Step
from models.entities.officer import Role
from models.entities.request import RequestRow
from models.facts import AccountRef
from models.ids import digest_bytes
from models.money import Money
from models.queries.audit.verify import verify
from models.store.unit import Actor
from recovery_flows.cases.next_steps import steps
from recovery_flows.correspondence.abroad import actions as letters, drafting
from recovery_flows.correspondence.documents.text import Sender
from recovery_flows.cross_border import actions
from recovery_flows.cross_border.answers import Answer
from recovery_flows.engine.context import Engine, Pace
from recovery_flows.engine.decisions import decide
from recovery_flows.reports.ledger_check import ledger_check
from tests.recall_messages import CHANNELS

FOREIGN = AccountRef("bank-abroad", "9999000000000077", "Synthetic Holder Abroad")
SENDER = Sender("Synthetic Unit", is_synthetic=True)
LI = Actor("li", Role.OFFICER)
VALUES = {
    "signed_on": "2026-03-02",
    "order_final_on": "2026-02-02",
    "authority_email": "desk@unit.invalid",
}
APPROVALS = ("central_authority_reference", "personal_data_export_reference")


@dataclass
class Abroad:
    """What people do with one recovery's requests, by their own acts."""

    unit: Any
    recovery_id: str

    def new(self, channel: str = "igrip", **given: Any) -> str:
        fields = dict.fromkeys(APPROVALS, "SYN-1")
        if channel == "igrip":
            fields["beneficiary_bank"] = "Synthetic Bank Abroad"
        asked = {"channel": channel, "authority": "Synthetic NCB", "fields": fields, **given}
        (made,) = drafting.draft(
            self.unit.case_officer(), self.recovery_id, drafting.Given(**asked), CHANNELS
        )
        return made

    def fill(self, name: str, **fields: str) -> None:
        self.unit.case_officer().advance(self.recovery_id, to=name, fields=fields, only_fills=True)

    def submit(self, name: str) -> None:
        self.unit.case_officer().advance(self.recovery_id, to=name)

    def sent(self, name: str, actor: Actor = LI, translation: bytes = b"") -> str:
        return letters.sent(
            self.unit.case_officer(actor), self.recovery_id, name, "over I-24/7", b"proof",
            translation, SENDER, CHANNELS,
        )  # fmt: skip

    def out(self, channel: str = "igrip", **given: Any) -> str:
        """A request that was drafted, approved and sent."""
        name = self.new(channel, **given)
        missing = self.row(name).missing
        if missing:
            fields = {name: VALUES.get(name, "as attached") for name in missing.split(",")}
            self.unit.case_officer().advance(self.recovery_id, to=name, fields=fields)
        self.submit(name)
        self.unit.approve(self.recovery_id)
        self.sent(name)
        return name

    def says(self, name: str, says: str, **more: Any) -> str:
        paper = f"{name} {says} {self.unit.now} {more}".encode()
        if "amount" in more:
            more["amount"] = Money.parse(more["amount"], "GBP")
        answer = Answer(says=says, document=digest_bytes(paper), **more)
        return actions.answer(
            self.unit.case_officer(), self.recovery_id, name, answer, paper, CHANNELS
        )

    def row(self, name: str) -> RequestRow:
        return next(r for r in self.unit.file(self.recovery_id).requests if r.id == name)

    def decide(self) -> None:
        engine = Engine(self.unit.database, self.unit.laws, Pace(), "test", lambda: self.unit.now)
        decide(engine, [self.recovery_id])

    def later(self, **length: float) -> None:
        self.unit.later(timedelta(**length).total_seconds() / 3600)
        self.decide()

    def all_steps(self) -> list[Step]:
        return list(steps(self.unit.file(self.recovery_id), self.unit.laws))

    def steps(self, name: str) -> list[str]:
        return [s.sentence for s in self.all_steps() if s.subject_id == name]

    def at(self, **length: float) -> datetime:
        moment: datetime = self.unit.now + timedelta(**length)
        return moment

    def sound(self) -> None:
        with self.unit.database.reading() as session:
            assert ledger_check(session).differences == ()
        assert verify(self.unit.database) == ()
