"""A bank that is written to: it has a sandbox book, and nobody of ours may call it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from models.entities.approval import ApprovalState
from models.entities.officer import Role
from models.entities.partner import PartnerChannel
from models.queries.cases.letter_views import LetterLine
from models.store.partners import learn_code
from models.store.unit import ENGINE, unit_of_work
from recovery_flows.correspondence.documents.text import Sender
from recovery_flows.correspondence.letters import (
    actions as letters,
    answer_actions,
)
from recovery_flows.correspondence.letters.next_steps import LetterAction
from recovery_flows.correspondence.letters.orders import Post
from recovery_flows.correspondence.letters.views import open_letters
from recovery_flows.engine.outbox.bodies import path_and_body
from recovery_flows.sandbox.worlds.world import Bank, World, WorldAccount, WorldTransfer

START_HOURS = 3
CODES = {"bank-home": "SYNTCNBHXXX", "bank-slow": "SYNTCNBSXXX"}
SECOND = "9999000000000007"
SENDER = Sender(
    "Synthetic Unit", "1 Invented Street;Nowhere", "Answer Desk;fax 000", is_synthetic=True
)
POST = Post(SENDER, path_and_body)
_CAMT = "urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"


@pytest.fixture
def world() -> World:
    """The victim's 800.00 reach the mule at the bank by letter; 300.00 go on to an API bank."""
    start = datetime.fromisoformat("2026-03-02T00:00:00+00:00")
    mule, victim = ("bank-home", "9999000000000001"), ("bank-slow", "9999000000000002")
    second = ("bank-slow", SECOND)
    moves = ((1, victim, mule, 80_000), (2, mule, second, 30_000))
    return World(
        banks=tuple(Bank(name, f"Synthetic {name}", "CN", "CNY", 0, 0) for name in CODES),
        accounts=(
            WorldAccount(*mule, "Synthetic Mule", "CNY", 20_000),
            WorldAccount(*victim, "Synthetic Victim", "CNY", 180_000),
            WorldAccount(*second, "Synthetic Second", "CNY", 0),
        ),
        transfers=tuple(
            WorldTransfer(
                n, start + timedelta(hours=n), payer, payee, minor, "CNY", "TRANSFER", f"E{n}"
            )
            for n, payer, payee, minor in moves
        ),
        reports=(),
        rates=(),
        starts_at=start,
        notes=(),
    )


def camt(number: str, opening: str, closing: str, *bookings: str, to: str = "2026-03-02") -> bytes:
    """A camt.053 of the bank by letter, invented."""

    def balance(code: str, amount: str) -> str:
        return (
            f"<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp><Amt Ccy='CNY'>{amount}</Amt>"
            f"<CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2026-03-02</Dt></Dt></Bal>"
        )

    return (
        f"<Document xmlns='{_CAMT}'><BkToCstmrStmt><Stmt><Id>SYNTHETIC</Id>"
        f"<FrToDt><FrDtTm>2026-03-02T00:00:00+08:00</FrDtTm>"
        f"<ToDtTm>{to}T23:59:59+08:00</ToDtTm></FrToDt>"
        f"<Acct><Id><Othr><Id>{number}</Id></Othr></Id><Ccy>CNY</Ccy></Acct>"
        f"{balance('OPBD', opening) if opening else ''}{balance('CLBD', closing)}"
        f"{''.join(bookings)}</Stmt></BkToCstmrStmt></Document>"
    ).encode()


def booking(amount: str, side: str, reference: str, other: str) -> str:
    who = "Dbtr" if side == "CRDT" else "Cdtr"
    agent = f"<FinInstnId><BICFI>{CODES['bank-slow']}</BICFI></FinInstnId>"
    return (
        f"<Ntry><Amt Ccy='CNY'>{amount}</Amt><CdtDbtInd>{side}</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts>"
        f"<BookgDt><Dt>2026-03-02</Dt></BookgDt><AcctSvcrRef>H{reference}</AcctSvcrRef>"
        f"<NtryDtls><TxDtls><Refs><EndToEndId>{reference}</EndToEndId></Refs>"
        f"<Amt Ccy='CNY'>{amount}</Amt><CdtDbtInd>{side}</CdtDbtInd><RltdPties><{who}Acct><Id>"
        f"<Othr><Id>{other}</Id></Othr></Id></{who}Acct></RltdPties>"
        f"<RltdAgts><{who}Agt>{agent}</{who}Agt></RltdAgts></TxDtls></NtryDtls></Ntry>"
    )


@dataclass
class Paper:
    """The bank by letter and the officer who writes to it; the unit is at work beside them."""

    unit: Any
    folder: Path
    answered: int = 0

    def letters(self) -> tuple[LetterLine, ...]:
        return open_letters(self.unit.database, self.unit.installation.laws)

    def letter(self, kind: str) -> LetterLine:
        (found,) = (line for line in self.letters() if line.kind == kind)
        return found

    def print(self, kind: str) -> letters.Printed:
        acting = self.unit.case_officer()
        return letters.print_letter(acting, POST, self.letter(kind).call_id)

    def send(self, kind: str, at: str = "") -> LetterLine:
        """Print a letter and enter that it went by fax."""
        line = self.letter(kind)
        if line.stands == "to be printed":
            self.print(kind)
        letters.record_sent(self.unit.case_officer(), line.call_id, "fax", at)
        return line

    def scan(self, text: str = "") -> Path:
        """A bank's letter as a file; each one is another."""
        self.answered += 1
        path = self.folder / f"answer-{self.answered}.pdf"
        path.write_bytes(b"%PDF synthetic letter " + (text or str(self.answered)).encode())
        return path

    def type_in(self, kind: str, document: Path | None = None, **fields: str) -> str:
        """Type in an answer; return the approval that it waits for."""
        line, acting = self.letter(kind), self.unit.case_officer()
        answer_actions.enter_answer(acting, line.call_id, fields, document or self.scan())
        return str(self.pending().id)

    def pending(self) -> Any:
        (found,) = (
            a
            for a in self.unit.file().approvals
            if a.state is ApprovalState.PENDING and a.action == "letter_answer"
        )
        return found

    def look(self) -> str:
        """The supervisor holds it against the document and says yes."""
        return str(self.unit.case_officer(Role.SUPERVISOR).approve(self.pending().id))

    def now(self, hours: float = 0) -> str:
        at: datetime = self.unit.sandbox.now + timedelta(hours=hours)
        return at.isoformat()

    def statement(self) -> Path:
        """The mule's account as its bank tells it on request, to the end of the present day."""
        to = (self.unit.sandbox.now + timedelta(hours=8)).date().isoformat()
        came = booking("800.00", "CRDT", "E1", self.unit.sandbox.VICTIM)
        on = booking("300.00", "DBIT", "E2", SECOND)
        path = self.folder / f"statement-{to}.xml"
        path.write_bytes(camt(self.unit.sandbox.MULE, "200.00", "700.00", came, on, to=to))
        return path

    def answer(self, line: LetterLine) -> None:
        """What this bank answers when nothing is wrong; the second look follows."""
        acted = self.now(-0.5)
        if line.kind == "statement":
            self.type_in(line.kind, self.statement(), state="told")
        elif line.kind == "payout":
            self.type_in(line.kind, state="settled", booking_ref="B-1", booked_at=acted)
        elif line.kind == "release":
            self.type_in(line.kind, state="released", acted_at=acted)
        else:
            self.type_in(
                line.kind, state="held", amount="700.00", acted_at=acted, bank_ref="函〔2026〕1号"
            )

    async def play(self, until: Any) -> None:
        """Everybody does what is next, until something is true."""
        for _ in range(150):
            self.unit.later(0.1)
            await self.unit.sweep()
            if until():
                return
            step = self.unit.page().steps[0]
            pending = [a for a in self.unit.file().approvals if a.state is ApprovalState.PENDING]
            if pending:
                self.unit.approve()
            elif step.action in set(LetterAction):
                self._do(step)
            elif step.role is Role.OFFICER:
                self.unit.advance()
            else:
                self.unit.later(6)
        raise AssertionError(f"never came to it; next: {self.unit.page().steps[0]}")

    def _do(self, step: Any) -> None:
        (line,) = (x for x in self.letters() if x.call_id == step.subject_id)
        if step.action == LetterAction.ANSWER:
            self.unit.later(1)
            self.answer(line)
        else:
            self.send(line.kind)


@pytest.fixture
def paper(unit: Any, tmp_path: Path, change_partner: Any) -> Paper:
    """The mule's bank has no interface: it is registered so after the sandbox told of it."""
    two = ("the-officer", "the-supervisor")
    change_partner(
        unit.database, two, unit.sandbox.now, "bank-home", name="Synthetic Paper Bank",
        regime="CN", currency="CNY", home=True, base_url="", channel=PartnerChannel.LETTER,
    )  # fmt: skip
    with unit_of_work(unit.database) as work:
        learn_code(work, ENGINE, unit.sandbox.now, "bank-slow", CODES["bank-slow"])
    return Paper(unit, tmp_path)


@pytest.fixture
def stopped(paper: Paper) -> Paper:
    """The stop went by letter and is confirmed; the bank has not answered."""
    paper.unit.stop()
    paper.send("hold")
    return paper
