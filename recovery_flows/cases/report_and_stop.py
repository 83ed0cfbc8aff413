"""Stores a report, accepts it and sends its stop-payment, in one transaction."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from sqlmodel import Session

from models.case_file import CaseFile, Place
from models.deconfliction_hits import DeconflictionHit, Known
from models.entities.event import EntityKind
from models.entities.officer import Role
from models.facts import AccountRef, ReportFact
from models.language.phrase import phrase, stored_phrase
from models.money import Money
from models.queries.books.money import covered_by_files
from models.queries.cases.case_files import load_file
from models.queries.cases.deconfliction import hits_of
from models.queries.installation.officers import OfficerView
from models.queries.partners.bank_names import BankName, bank_names
from models.sealing.vault import Vault
from models.store.reports.filing import file_reports
from models.store.reports.known import Payment, known_report, same_payment
from recovery_flows.cases import deconfliction, emergency_stop
from recovery_flows.cases.case_officer import CaseOfficer
from recovery_flows.cases.commit import commit_changes
from recovery_flows.cases.deconfliction_check import carry_reason, check, for_all
from recovery_flows.errors import MisuseError, RefusedError
from recovery_flows.law.regime import Regimes
from recovery_flows.ledger.changeset import Changeset
from recovery_flows.tracing import trace_requests


class AlreadyKnownError(RefusedError):
    """The report was taken in before; nothing is done twice."""


class AlreadyReportedError(RefusedError):
    """Another report told of the same payment, and nobody decided that it is another one."""


@dataclass(frozen=True, slots=True)
class Stopped:
    """What was done: a recovery with its stop ordered, or accepted only (`hold_id` "")."""

    recovery_id: str
    ref: str
    hold_id: str
    confirmed_until: datetime | None
    sentence: str


def stop_at_once(
    acting: CaseOfficer,
    report: ReportFact,
    case_number: str,
    *,
    knowing: Known = False,
    another_payment: bool = False,
) -> Stopped:
    """Store a report, accept it as the actor's own, and order its stop first: one transaction.

    AlreadyKnownError where it was taken in before, AlreadyReportedError where its payment was and
    the actor does not decide that it is `another_payment`, StepRefusedError where another recovery
    has the account too and the actor does not say `knowing`; then nothing was done. Where no stop
    can be sent first the recovery is accepted and the sentence says what comes next.
    """
    actor = acting.actor(Role.OFFICER)
    with acting.unit() as (unit, now):
        session, vault = unit.session, unit.vault
        report, known, same = recognised(session, vault, report)
        if known is not None:
            raise AlreadyKnownError(known_sentence(known, acting.officer))
        if same and not another_payment:
            raise AlreadyReportedError(
                phrase(
                    "{sentence}; {decide}",
                    sentence=reported_sentence(same, acting.officer),
                    decide=DECIDE,
                )
            )
        found = shared_with(session, vault, report)
        others = others_than(same, found)
        banks = bank_names(session)
        place = _place(banks, report)
        law = law_of_new_files(acting.laws, banks)
        summary = file_reports(unit, actor, now, law, [report], another_payment=True)
        for _, name, why in summary.refused:
            raise MisuseError(
                phrase(
                    "{field} {why}: `recovery partner list`",
                    field=name.replace("_", " "),
                    why=why,
                )
            )
        changes = Changeset(load_file(session, summary.filed[0]))
        check(changes.file.recovery.ref, others, acting.officer, knowing=knowing)
        places = {account_id(vault, report.payee_account): place}
        sent = emergency_stop.stop_first(changes, actor.id, case_number, now, acting.laws, places)
        if covered_by_files(session, set(places)):
            trace_requests.request_trace(changes)
        carry_reason(session, changes, sent.hold_id, found)
        _carry_decision(changes, for_all(session, same))
        commit_changes(unit, actor, now, acting.laws, changes)
        return _stopped(changes.file, sent, acting.laws)


def law_of_new_files(laws: Regimes, banks: list[BankName]) -> str:
    """The law of reports taken in: that of the home banks; MisuseError where they have several."""
    home = {bank.place.regime for bank in banks if bank.place.home}
    if not home:
        raise MisuseError(
            phrase("no bank at home is registered yet: `recovery partner add` with --home")
        )
    if len(home) != 1 or not home <= laws.keys():
        raise MisuseError(
            phrase(
                "the home partners do not tell the law of new files: use `recovery intake "
                "reports` with --regime"
            )
        )
    return home.pop()


def _place(banks: list[BankName], report: ReportFact) -> Place:
    found = next((bank.place for bank in banks if bank.id == report.payee_account.bank), None)
    if found is None:
        raise MisuseError(phrase("payee bank is not a registered partner: `recovery partner list`"))
    return found


def _stopped(file: CaseFile, sent: emergency_stop.Sent, laws: Regimes) -> Stopped:
    recovery = file.recovery
    if not sent.hold_id:
        sentence = phrase(
            "{ref}: no stop was sent: {why_not}; the report is accepted under case "
            "number {case_number}, next: {next_step}",
            ref=recovery.ref,
            why_not=sent.why_not,
            case_number=recovery.case_number,
            next_step=sent.next_step,
        )
        return Stopped(recovery.id, recovery.ref, "", None, sentence)
    hold, until = file.hold(sent.hold_id), emergency_stop.confirmation_of(file, sent.hold_id).due_at
    amount = Money(hold.requested_minor, hold.currency)
    asset = file.asset(hold.asset_id)
    sentence = phrase(
        "{ref}: stop-payment of {amount} ordered at {partner_id}; another person "
        "confirms it within {limit}; accepted under case number {case_number}",
        ref=recovery.ref,
        amount=amount,
        partner_id=asset.partner_id,
        limit=laws[asset.regime].confirmation.limit,
        case_number=recovery.case_number,
    )
    return Stopped(recovery.id, recovery.ref, hold.id, until, sentence)


def account_id(vault: Vault, ref: AccountRef) -> str:
    """The id of an account, stored or not."""
    return vault.keyed_id("acct", ref.bank, ref.number)


def shared_with(session: Session, vault: Vault, report: ReportFact) -> tuple[DeconflictionHit, ...]:
    """The recoveries that know the payee's account or the payment of a report not filed yet."""
    payee = account_id(vault, report.payee_account)
    return hits_of(session, {payee}, report.end_to_end_id)


DECIDE = phrase("nothing was done; if it is another payment, say so (`--another-payment`)")


def recognised(
    session: Session, vault: Vault, report: ReportFact
) -> tuple[ReportFact, DeconflictionHit | None, tuple[DeconflictionHit, ...]]:
    """The report with a reference, the recovery that it is in already, those with its payment.

    A report without a reference gets one that its payment always gets: twice is once. Where its
    payment is known already the reference is that of another payment.
    """
    payment = Payment(
        account_id(vault, report.victim_account), account_id(vault, report.payee_account),
        report.amount.minor, report.amount.currency, report.paid_at, report.end_to_end_id,
    )  # fmt: skip
    same = same_payment(session, payment)
    if not report.external_ref:
        report = replace(report, external_ref=_own_reference(vault, report, len(same)))
    return report, known_report(session, report.external_ref), same


def _own_reference(vault: Vault, report: ReportFact, known: int) -> str:
    victim, payee = report.victim_account, report.payee_account
    return vault.keyed_id(
        "report", victim.bank, victim.number, payee.bank, payee.number, str(report.amount),
        report.paid_at.isoformat(), *([str(known)] if known else []),
    )  # fmt: skip


def reported_sentence(same: tuple[DeconflictionHit, ...], viewer: OfficerView | None) -> str:
    """That a payment is reported already, and where: whoever has the report may know that."""
    first = same[0]
    whose = deconfliction.whose(first, viewer.id if viewer else "", viewer.roles if viewer else ())
    ended = "" if first.is_open else phrase(", which has ended")
    more = phrase(" and {same} more", same=len(same) - 1) if len(same) > 1 else ""
    return phrase(
        "this payment is already reported as {ref}{more}{ended}: {whose}",
        ref=first.ref,
        more=more,
        ended=ended,
        whose=whose,
    )


def others_than(
    same: tuple[DeconflictionHit, ...], found: tuple[DeconflictionHit, ...]
) -> tuple[DeconflictionHit, ...]:
    """Those that know the account, without those that were told of as having the payment."""
    told = {one.recovery_id for one in same}
    return tuple(one for one in found if one.recovery_id not in told)


def _carry_decision(changes: Changeset, same: tuple[DeconflictionHit, ...]) -> None:
    """The event of accepting says that it was decided to be another payment."""
    if same:
        reason = stored_phrase("decided to be another payment than that of {ref}", ref=same[0].ref)
        changes.moves = [
            replace(m, reason=reason)
            if m.noun is EntityKind.RECOVERY and m.event == "accepted"
            else m
            for m in changes.moves
        ]


def known_sentence(known: DeconflictionHit, viewer: OfficerView | None) -> str:
    """That a report is known, and in which recovery: whoever has the report may know that."""
    whose = deconfliction.whose(known, viewer.id if viewer else "", viewer.roles if viewer else ())
    return phrase(
        "this report was received before: it is in {ref}, {whose}; nothing is done twice",
        ref=known.ref,
        whose=whose,
    )
