"""What a recovery's documents are made from, read in one transaction."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Session

from models.case_file import CaseFile
from models.engine import Database
from models.entities.allocation import AllocationRow, AllocationState
from models.entities.catalogue import table_of
from models.entities.event import Event
from models.entities.payout import PayoutRow, PayoutState
from models.language.phrase import phrase
from models.queries.books.money import places
from models.queries.cases.case_files import load_file
from models.queries.cases.claims import statement_papers
from models.queries.cases.names import names_of
from models.queries.installation.clock import case_now
from models.queries.partners.bank_names import bank_names
from recovery_flows.correspondence.documents.text import Sender
from recovery_flows.correspondence.returns import claimants, compose, other_ways
from recovery_flows.correspondence.returns.application import application
from recovery_flows.correspondence.returns.approval_report import report
from recovery_flows.correspondence.returns.compose import Facts, Repeat
from recovery_flows.correspondence.returns.fact_sheet import fact_sheet
from recovery_flows.correspondence.returns.flow_table import flow
from recovery_flows.correspondence.returns.page import Document
from recovery_flows.correspondence.returns.wording import Wording, wording
from recovery_flows.errors import MisuseError
from recovery_flows.law.regime import Regimes
from recovery_flows.restitution.allocation import is_round
from recovery_flows.tracing.hops import hops_of
from recovery_flows.tracing.views import HopView

KINDS = ("application", "flow", "report", "notice", "decision", "receipt")
"""The papers of a return, in the order in which they are needed."""
_OF_DIVISIONS: Mapping[str, Callable[[Facts, AllocationRow, Wording], Document]] = {
    "application": application,
    "report": report,
    "notice": compose.notice,
    "decision": compose.decision,
}
PAPERS = ("application", "report", "notice", "decision", "receipt", *claimants.KINDS)
"""What is written at once of a recovery, so that its return can be decided and told."""
FACT_SHEET = "fact-sheet"
"""For a court, about an account's holder: only where it is asked for by name."""
ALL_KINDS = (*KINDS, FACT_SHEET, *other_ways.KINDS, *claimants.KINDS)
_EVENTS = table_of(Event)


def documents_of(
    database: Database,
    laws: Regimes,
    recovery_id: str,
    sender: Sender,
    wall_now: datetime,
    language: str,
    kinds: tuple[str, ...] = KINDS,
    repeats: Callable[[Session, str], Mapping[str, tuple[Repeat, ...]]] | None = None,
) -> tuple[Document, ...]:
    """Every document of these kinds that a recovery gives; MisuseError for an unknown kind.

    `repeats` finds what a fact sheet may tell its reader of other recoveries.

    Applications, reports for approval, notices and decisions of divisions that are not void,
    receipts of payments that banks have booked, the way of the money.
    """
    unknown = [kind for kind in kinds if kind not in ALL_KINDS]
    if unknown:
        known = ", ".join(ALL_KINDS)
        raise MisuseError(
            phrase(
                "there is no document {told!r}; there are: {known}", told=unknown[0], known=known
            )
        )
    words = wording(language)
    with database.reading() as session:
        facts = _facts(session, database, laws, recovery_id, sender, wall_now)
        if repeats is not None and FACT_SHEET in kinds:
            facts = replace(facts, repeats=repeats(session, recovery_id))
        made: list[Document] = []
        for kind in kinds:
            if kind == "flow":
                made.append(flow(facts, _ways(session, facts), words))
            elif kind in other_ways.KINDS:
                made += other_ways.papers(facts, kind, words)
            elif kind in claimants.KINDS:
                made += claimants.papers(facts, kind, words)
            elif kind == FACT_SHEET:
                made += [fact_sheet(facts, a, words) for a in facts.file.assets if not a.is_custody]
            elif kind == "receipt":
                made += [compose.receipt(facts, p, words) for p in _settled(facts.file)]
            else:
                make = _OF_DIVISIONS[kind]
                made += [make(facts, a, words) for a in facts.file.allocations if _tells(a, kind)]
    return tuple(made)


def _facts(
    session: Session,
    database: Database,
    laws: Regimes,
    recovery_id: str,
    sender: Sender,
    wall_now: datetime,
) -> Facts:
    file = load_file(session, recovery_id)
    accounts = {a.account_id for a in file.assets} | {p.payee_account_id for p in file.payouts}
    accounts |= {a for c in file.claims for a in (c.victim_account_id, c.payee_account_id)}
    called = {bank.id: bank.name for bank in bank_names(session)}
    there = {a: called.get(place.partner_id, "") for a, place in places(session, accounts).items()}
    last = session.execute(
        sa.select(_EVENTS.c.seq, _EVENTS.c.digest)
        .where(_EVENTS.c.recovery_id == recovery_id)
        .order_by(_EVENTS.c.seq.desc())
        .limit(1)
    ).one()
    return Facts(
        file=file,
        names=names_of(session, database.vault, [file], accounts),
        banks=there,
        law=laws[file.recovery.regime],
        sender=sender,
        now=case_now(session, wall_now),
        seq=last.seq,
        digest=last.digest,
        partners=called,
        statements=statement_papers(session, accounts),
    )


def _ways(session: Session, facts: Facts) -> dict[str, tuple[HopView, ...]]:
    recovery = facts.file.recovery
    return {
        claim.id: hops_of(session, recovery.id, recovery.tracing_rule, claim.id, facts.now)
        for claim in facts.file.claims
    }


def _settled(file: CaseFile) -> Iterator[PayoutRow]:
    """What victims got; what went to the treasury has no receipt of theirs."""
    return (p for p in file.payouts if p.state is PayoutState.SETTLED and not p.unclaimed_id)


def _tells(allocation: AllocationRow, kind: str) -> bool:
    """Whether a division gives that document: a notice only where one was published."""
    if allocation.state is AllocationState.VOID or not is_round(allocation):
        return False
    return kind != "notice" or allocation.notice_from is not None
