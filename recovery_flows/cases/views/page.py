"""One recovery on one page, built from its file: what the screen and `recovery show` show."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Session

from models.case_file import CaseFile, Step
from models.engine import Database
from models.entities.approval import ApprovalState
from models.entities.asset import AssetRow
from models.entities.call import CallKind
from models.entities.catalogue import table_of
from models.entities.hold import HoldRow
from models.entities.ledger import RETURNED, TERMS, LedgerAccount
from models.entities.officer import Role
from models.entities.payout import PayoutRow, PayoutState
from models.entities.recovery import Recovery
from models.language.phrase import phrase
from models.language.stored import read_back
from models.money import Money
from models.queries.cases.case_files import load_file
from models.queries.cases.deconfliction import elsewhere
from models.queries.cases.figures import shown
from models.queries.cases.history import events_of, notes_of
from models.queries.cases.names import Names, names_of
from models.queries.cases.requests import fields_place, sealed_fields
from models.queries.cases.stopwatch import first_sent
from models.queries.cases.views import (
    AllocationLine,
    AssetLine,
    ClaimLine,
    DeadlineLine,
    HoldLine,
    PayoutLine,
    RecoveryPage,
    RequestLine,
    TermLine,
)
from models.queries.installation.clock import case_now
from models.queries.installation.officers import OfficerView
from models.queries.installation.restrictions import view_of
from models.rights.sessions import hidden_now
from models.sealing.vault import Vault
from recovery_flows.approvals.step_figures import figures_of_step
from recovery_flows.cases import deadlines, next_steps
from recovery_flows.cases.deconfliction_check import also_lines
from recovery_flows.cases.views.discrepancy_lines import discrepancy_lines
from recovery_flows.cases.views.pending_approvals import approval_line, with_closed
from recovery_flows.cases.views.queue import idle_of
from recovery_flows.correspondence.letters.views import letters_of
from recovery_flows.correspondence.personal_texts import GIVEN, PersonalTexts
from recovery_flows.cross_border.ceiling import over_frozen, over_outcome
from recovery_flows.law.regime import Regimes
from recovery_flows.multi_agency.board import request_lines
from recovery_flows.reports.unattended import DEFAULT_PATIENCE, Patience

_RECOVERIES = table_of(Recovery)
_EVENTS_SHOWN = 10

_FIRST = {CallKind.HOLD: phrase("stop"), CallKind.REQUEST: phrase("request")}


def recovery_page(
    database: Database,
    laws: Regimes,
    recovery_id: str,
    wall_now: datetime,
    viewer: OfficerView | None = None,
    patience: Patience = DEFAULT_PATIENCE,
) -> RecoveryPage:
    """Everything about one recovery, names and numbers masked, as `viewer` may see it."""
    with database.reading() as session:
        file = load_file(session, recovery_id)
        names = names_of(session, database.vault, [file])
        page = _page(session, database.vault, file, names, laws, case_now(session, wall_now))
        red = idle_of(session, page.now, patience, recovery_id)
        there = elsewhere(session, [recovery_id]).get(recovery_id, ())
        sent = first_sent(session, recovery_id)
        return replace(
            page,
            first_sent_at=sent[0] if sent else None,
            first_sent=_FIRST[sent[1]] if sent else "",
            also=also_lines(there, viewer),
            approvals=with_closed(session, page.approvals, viewer),
            restriction=view_of(session, database.vault, recovery_id),
            attention=red.attention if red else "",
            idle_since=red.since if red else None,
        )


def _page(
    session: Session, vault: Vault, file: CaseFile, names: Names, laws: Regimes, now: datetime
) -> RecoveryPage:
    recovery = file.recovery
    method = session.execute(
        sa.select(_RECOVERIES.c.method).where(_RECOVERIES.c.id == recovery.id)
    ).scalar_one()
    hidden = hidden_now(session)
    todo = [
        replace(step, subject_id="") if step.subject_id in hidden else step
        for step in next_steps.steps(file, laws)
    ]
    zone = laws[recovery.regime].time_zone
    return RecoveryPage(
        now=now,
        recovery_id=recovery.id,
        ref=recovery.ref,
        version=recovery.version,
        regime=recovery.regime,
        state=recovery.state,
        stage=next_steps.stage_of(file),
        case_number=recovery.case_number,
        owner=recovery.owner_id,
        method=method,
        tracing_rule=recovery.tracing_rule,
        trace_as_of=file.trace.as_of if file.trace else None,
        reported_at=recovery.reported_at,
        loss=Money(sum(c.reported_minor for c in file.claims), recovery.currency),
        terms=tuple(_terms(file)),
        claims=tuple(_claims(file, names)),
        assets=tuple(_asset(file, a, names) for a in file.assets),
        clocks=tuple(_clocks(file, laws)),
        requests=tuple(_requests(session, vault, file, laws[file.recovery.regime].data_classes)),
        allocations=tuple(_allocations(file, names)),
        approvals=tuple(
            approval_line(file, a, names, zone)
            for a in file.approvals
            if a.state is ApprovalState.PENDING
        ),
        steps=tuple(todo),
        next_figures=_next_figures(file, todo, names, zone),
        events=tuple(events_of(session, recovery.id, _EVENTS_SHOWN)),
        notes=tuple(notes_of(session, vault, recovery.id)),
        multi_agency_requests=request_lines(session, file),
        letters=tuple(letters_of(file, laws)),
        discrepancies=discrepancy_lines(file, names),
    )


def _next_figures(
    file: CaseFile, todo: list[Step], names: Names, zone: str
) -> tuple[tuple[str, str], ...]:
    """The figures of the officer's next step; an approval that it asks for binds exactly these."""
    step = next((s for s in todo if s.role is Role.OFFICER), None)
    return shown(figures_of_step(file, step), names, zone) if step else ()


def _terms(file: CaseFile) -> list[TermLine]:
    sums: dict[LedgerAccount, int] = {}
    for balance in file.balances:
        account = LedgerAccount(balance.account)
        sums[account] = sums.get(account, 0) + balance.claim_minor
    currency = file.recovery.currency
    lines = [TermLine(account, Money(sums.get(account, 0), currency)) for account in TERMS]
    reported = Money(-sums.get(LedgerAccount.REPORTED, 0), currency)
    return [TermLine(LedgerAccount.REPORTED, reported), *lines]


def _claims(file: CaseFile, names: Names) -> list[ClaimLine]:
    returned: dict[str, int] = {}
    for balance in file.balances:
        if balance.account in RETURNED:
            returned[balance.claim_id] = returned.get(balance.claim_id, 0) + balance.claim_minor
    return [
        ClaimLine(
            claim_id=c.id,
            victim=names.victim(c.id),
            account=names.account(c.payout_account_id),
            state=c.state,
            reported=Money(c.reported_minor, c.currency),
            upheld=Money(c.upheld_minor, c.currency),
            returned=Money(returned.get(c.id, 0), c.currency),
        )
        for c in file.claims
    ]


def _asset(file: CaseFile, asset: AssetRow, names: Names) -> AssetLine:
    return AssetLine(
        asset_id=asset.id,
        bank=asset.partner_id,
        account=names.account(asset.account_id),
        regime=asset.regime,
        home=asset.home,
        stage=next_steps.asset_stage(file, asset),
        depth=asset.depth,
        traced=Money(asset.traced_minor, asset.currency),
        traced_claim=Money(asset.traced_claim_minor, file.recovery.currency),
        statement_to=asset.statement_to,
        note=read_back(asset.left_alone),
        holds=tuple(_hold(file, h) for h in file.holds_of(asset.id)),
        account_id=asset.account_id,
    )


def _hold(file: CaseFile, hold: HoldRow) -> HoldLine:
    paid = sum(
        p.debited_minor
        for p in file.payouts
        if p.hold_id == hold.id and p.state is PayoutState.SETTLED
    )
    return HoldLine(
        hold_id=hold.id,
        kind=hold.kind,
        state=hold.state,
        requested=Money(hold.requested_minor, hold.currency),
        held=Money(hold.held_minor, hold.currency),
        paid_out=Money(paid, hold.currency),
        expires_at=hold.expires_at,
        law_row=hold.law_row,
        reason=hold.reason,
    )


def _clocks(file: CaseFile, laws: Regimes) -> Iterator[DeadlineLine]:
    for clock in deadlines.running(file, laws):
        what: str = clock.what
        if clock.partner_id:
            what = phrase("{what} at {partner_id}", what=what, partner_id=clock.partner_id)
        yield DeadlineLine(
            what,
            clock.due_at,
            clock.regime,
            clock.law_row,
            clock.note,
            clock.escalated,
        )


def _requests(
    session: Session, vault: Vault, file: CaseFile, classes: Mapping[str, str]
) -> list[RequestLine]:
    """The fields of requests: masked where they hold personal data."""
    if not file.requests:
        return []
    lines: list[RequestLine] = []
    hidden = PersonalTexts.of(session, vault, file, classes)
    for request in file.requests:
        text = vault.open(sealed_fields(session, request.id), fields_place(request.id))
        fields: dict[str, str] = json.loads(text) if text else {}
        over = over_frozen(file, request)
        lines.append(
            RequestLine(
                request_id=request.id,
                asset_id=request.asset_id,
                partner=request.partner_id,
                channel=request.channel,
                state=request.state,
                requested=Money(request.requested_minor, request.currency),
                missing=tuple(name for name in request.missing.split(",") if name),
                fields=tuple(
                    (name, GIVEN if hidden.holds(name, text) else text)
                    for name, text in sorted(fields.items())
                ),
                reason=request.reason,
                over_frozen=over if over.minor else None,
                over_outcome=over_outcome(file, request),
            )
        )
    return lines


def _allocations(file: CaseFile, names: Names) -> list[AllocationLine]:
    return [
        AllocationLine(
            allocation_id=a.id,
            asset_id=a.asset_id,
            state=a.state,
            method=a.method,
            formula=a.formula,
            pool=Money(a.pool_minor, a.currency),
            notice_to=a.notice_to,
            payouts=tuple(payout_line(p, names) for p in file.payouts_of(a.id)),
        )
        for a in file.allocations
    ]


def payout_line(payout: PayoutRow, names: Names) -> PayoutLine:
    """One victim's part of an allocation, masked."""
    settled = None
    if payout.settled_currency:
        settled = Money(payout.settled_minor, payout.settled_currency)
    return PayoutLine(
        payout.claim_id, names.victim(payout.claim_id), names.account(payout.payee_account_id),
        Money(payout.amount_minor, payout.currency), payout.state, settled,
    )  # fmt: skip
