"""A unit whose mule's bank has no interface, and the acts of an officer with paper."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from models.entities.approval import ApprovalState
from models.entities.hold import HoldKind, HoldRow
from models.entities.officer import Role
from models.entities.partner import PartnerChannel
from models.facts import AccountRef
from models.queries.cases.letter_views import LetterLine
from models.store.partners import register
from models.store.unit import Actor, unit_of_work
from recovery_flows.correspondence.documents.text import Sender
from recovery_flows.correspondence.letters import (
    actions as letter_actions,
    answer_actions,
)
from recovery_flows.correspondence.letters.orders import Post
from recovery_flows.correspondence.letters.views import open_letters
from recovery_flows.engine.context import Engine, Pace
from recovery_flows.engine.decisions import decide
from recovery_flows.engine.outbox.bodies import path_and_body

POST = Post(Sender("Synthetic Unit", "1 Invented Street;Nowhere", "Answer Desk;fax 000"),
            path_and_body)  # fmt: skip
OFFICER, SUPERVISOR = Actor("chen", Role.OFFICER), Actor("wu", Role.SUPERVISOR)
_CAMT = "urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"


def statement(number: str, *, to: str, opening: str = "0.00", minor: int = 100_000) -> bytes:
    """A camt.053 in which so much came in on the second of March; invented."""
    amount = f"{minor // 100}.{minor % 100:02}"

    def balance(code: str, text: str) -> str:
        return (
            f"<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp><Amt Ccy='CNY'>{text}</Amt>"
            f"<CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2026-03-02</Dt></Dt></Bal>"
        )

    return (
        f"<Document xmlns='{_CAMT}'><BkToCstmrStmt><Stmt><Id>SYNTHETIC</Id>"
        f"<FrToDt><FrDtTm>2026-03-02T00:00:00+08:00</FrDtTm>"
        f"<ToDtTm>{to}T23:59:59+08:00</ToDtTm></FrToDt>"
        f"<Acct><Id><Othr><Id>{number}</Id></Othr></Id><Ccy>CNY</Ccy></Acct>"
        f"{balance('OPBD', opening) if opening else ''}{balance('CLBD', amount)}"
        f"<Ntry><Amt Ccy='CNY'>{amount}</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts>"
        f"<BookgDt><Dt>2026-03-02</Dt></BookgDt><NtryDtls><TxDtls><Refs><EndToEndId>E1</EndToEndId>"
        f"</Refs></TxDtls></NtryDtls></Ntry></Stmt></BkToCstmrStmt></Document>"
    ).encode()


@dataclass
class Paper:
    """What is done with letters in a unit; the engine's rules run without a network."""

    unit: Any
    folder: Path
    recovery_id: str = ""
    scans: int = 0
    post = POST

    def file(self) -> Any:
        return self.unit.file(self.recovery_id)

    def hold(self, kind: HoldKind = HoldKind.STOP) -> HoldRow:
        return [h for h in self.file().holds if h.kind is kind][-1]

    def events(self, subject_id: str) -> list[str]:
        query = f"SELECT group_concat(event) FROM event WHERE subject_id = '{subject_id}'"
        return str(self.unit.one(query)).split(",")

    def decide(self) -> None:
        """Let the engine's stages look at the recovery until they rest."""
        engine = Engine(self.unit.database, self.unit.laws, Pace(), "test", lambda: self.unit.now)
        while decide(engine, [self.recovery_id]):
            pass

    def lines(self) -> tuple[LetterLine, ...]:
        return open_letters(self.unit.database, self.unit.laws, self.recovery_id)

    def line(self, kind: str) -> LetterLine:
        return [x for x in self.lines() if x.kind == kind][-1]

    def print(self, kind: str = "hold") -> letter_actions.Printed:
        return letter_actions.print_letter(self.unit.case_officer(), POST, self.line(kind).call_id)

    def send(self, kind: str = "hold", how: str = "fax", at: str = "") -> LetterLine:
        line = self.line(kind)
        self.print(kind)
        letter_actions.record_sent(self.unit.case_officer(), line.call_id, how, at)
        return line

    def scan(self, text: str = "") -> Path:
        self.scans += 1
        path = self.folder / f"scan-{self.scans}.pdf"
        path.write_bytes(b"%PDF synthetic " + (text or str(self.scans)).encode())
        return path

    def statement(self, number: str = "", **changes: Any) -> Path:
        """The mule's statement to the end of the present day at its bank."""
        self.scans += 1
        to = (self.unit.now + timedelta(hours=8)).date().isoformat()
        path = self.folder / f"statement-{self.scans}.xml"
        number = number or self.unit.accounts[1].number
        path.write_bytes(statement(number, **({"to": to} | changes)))
        return path

    def at(self, hours: float = 0) -> str:
        return str((self.unit.now + timedelta(hours=hours)).isoformat())

    def type_in(self, kind: str = "hold", document: Path | None = None, **fields: str) -> str:
        """Type an answer in; return the approval that it waits for."""
        acting, call_id = self.unit.case_officer(), self.line(kind).call_id
        answer_actions.enter_answer(acting, call_id, fields, document or self.scan())
        return str(self.asked().id)

    def held(self, amount: str = "1000.00", **more: str) -> str:
        """The bank holds so much since half an hour."""
        return self.type_in(
            **({"state": "held", "amount": amount, "acted_at": self.at(-0.5)} | more)
        )

    def asked(self) -> Any:
        """The one answer that waits for its second look."""
        pending = [a for a in self.file().approvals if a.state is ApprovalState.PENDING]
        (found,) = (a for a in pending if a.action == "letter_answer")
        return found

    def yes(self, kind: str = "hold", **fields: str) -> None:
        """Type an answer in and have it looked at."""
        self.look(self.type_in(kind, **fields) if fields else self.held())

    def look(self, approval_id: str = "") -> str:
        named = approval_id or self.asked().id
        return str(self.unit.case_officer(SUPERVISOR).approve(named))

    def approve(self, action: str) -> None:
        pending = [a for a in self.file().approvals if a.state is ApprovalState.PENDING]
        (found,) = (a for a in pending if a.action == action)
        self.unit.case_officer(SUPERVISOR).approve(found.id)

    def stop(self) -> str:
        """The stop is ordered and confirmed; its letter is to be printed."""
        self.unit.accept(self.recovery_id)
        hold_id = str(self.unit.order(self.recovery_id))
        self.unit.approve(self.recovery_id)
        return hold_id

    def frozen(self) -> HoldRow:
        """Stopped, traced and frozen, every word of it by letter."""
        self.stop()
        self.send()
        self.unit.later(1)
        self.yes()
        self.send("statement")
        self.unit.later(24)
        self.look(self.type_in("statement", self.statement(), state="told"))
        self.decide()
        self.unit.case_officer().advance(self.recovery_id)
        self.approve("freeze")
        self.send()
        self.unit.later(1)
        self.yes()
        self.decide()
        return self.hold(HoldKind.FREEZE)


@pytest.fixture
def paper(unit: Any, tmp_path: Path) -> Paper:
    """The mule's bank and the one abroad are written to; a report was taken in."""
    with unit_of_work(unit.database) as work:
        for name, regime, currency in (("bank-home", "CN", "CNY"), ("bank-abroad", "GB", "GBP")):
            register(
                work, unit.now, name, name=f"Synthetic {name}", regime=regime,
                currency=currency, home=regime == "CN", base_url="",
                channel=PartnerChannel.LETTER,
            )  # fmt: skip
    (recovery_id,) = unit.report(*unit.reports(1))
    return Paper(unit, tmp_path, recovery_id)


@pytest.fixture
def stopped(paper: Paper) -> Paper:
    """The stop went by letter; the bank has not answered yet."""
    paper.stop()
    paper.send()
    paper.unit.later(1)
    return paper


@pytest.fixture
def foreign() -> AccountRef:
    return AccountRef("bank-abroad", "9999000000000044", "Synthetic Foreign")
