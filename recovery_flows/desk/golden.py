"""The golden-hour lane's act: a report is stored, accepted and stopped in one transaction."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from sqlmodel import Session

from models.elsewhere import Elsewhere
from models.facts import AccountRef, ReportFact
from models.file import Place, RecoveryFile
from models.money import Money
from models.queries.bank_names import BankName, bank_names
from models.queries.deconfliction import elsewhere_of
from models.queries.files import load_file
from models.queries.known_reports import known_report
from models.queries.money import told_by_files
from models.queries.views import OfficerView
from models.states import Role
from models.store.intake import file_reports
from models.vault import Vault
from recovery_flows.desk.deconflicting import also_lines, carry_reason, check
from recovery_flows.desk.desk import Desk
from recovery_flows.desk.recording import conclude
from recovery_flows.errors import MisuseError, RefusedError
from recovery_flows.rules import answers, deconfliction, golden
from recovery_flows.rules.freezing import Laws
from recovery_flows.rules.progress import Progress


class AlreadyKnownError(RefusedError):
    """The report was taken in before; nothing is done twice."""


@dataclass(frozen=True, slots=True)
class Stopped:
    """What was done: a recovery with its stop ordered, or accepted only (`hold_id` "")."""

    recovery_id: str
    ref: str
    hold_id: str
    confirmed_until: datetime | None
    sentence: str


def stop_at_once(
    desk: Desk, report: ReportFact, case_number: str, *, knowing: bool = False
) -> Stopped:
    """Store a report, accept it as the actor's own, and order its stop first: one transaction.

    AlreadyKnownError where it was taken in before, StepRefusedError where another recovery has the
    account too and the actor does not say `knowing`; in both cases nothing was done. Where no stop
    can be sent first the recovery is accepted and the sentence says what comes next.
    """
    actor = desk.actor(Role.OFFICER)
    with desk.unit() as (unit, now):
        session, vault = unit.session, unit.vault
        report = referenced(report, vault)
        known = known_as(session, vault, report)
        if known is not None:
            raise AlreadyKnownError(known_sentence(known, desk.officer))
        found = shared_with(session, vault, report)
        banks = bank_names(session)
        place = _place(banks, report)
        law = law_of_new_files(desk.laws, banks)
        summary = file_reports(unit, actor, now, law, [report])
        for _, name, why in summary.refused:
            raise MisuseError(f"{name.replace('_', ' ')} {why}: `recovery partner list`")
        progress = Progress(load_file(session, summary.filed[0]))
        check(progress.file.recovery.ref, found, desk.officer, knowing=knowing)
        places = {account_id(vault, report.payee_account): place}
        sent = golden.stop_first(progress, actor.id, case_number, now, desk.laws, places)
        if told_by_files(session, set(places)):
            answers.want_trace(progress)
        carry_reason(progress, sent.hold_id, found)
        conclude(unit, actor, now, desk.laws, progress)
        return _stopped(progress.file, sent, desk.laws)


def law_of_new_files(laws: Laws, banks: list[BankName]) -> str:
    """The law of reports taken in: that of the home banks; MisuseError where they have several."""
    home = {bank.place.regime for bank in banks if bank.place.home}
    if not home:
        raise MisuseError("no bank at home is registered yet: `recovery partner add` with --home")
    if len(home) != 1 or not home <= laws.keys():
        raise MisuseError(
            "the home partners do not tell the law of new files: use `recovery intake reports` "
            "with --regime"
        )
    return home.pop()


def _place(banks: list[BankName], report: ReportFact) -> Place:
    found = next((bank.place for bank in banks if bank.id == report.payee_account.bank), None)
    if found is None:
        raise MisuseError("payee bank is not a registered partner: `recovery partner list`")
    return found


def _stopped(file: RecoveryFile, sent: golden.Sent, laws: Laws) -> Stopped:
    recovery = file.recovery
    if not sent.hold_id:
        sentence = (
            f"{recovery.ref}: no stop was sent: {sent.why_not}; the report is accepted under case "
            f"number {recovery.case_number}, next: {sent.next_step}"
        )
        return Stopped(recovery.id, recovery.ref, "", None, sentence)
    hold, until = file.hold(sent.hold_id), golden.confirmation_of(file, sent.hold_id).due_at
    amount = Money(hold.requested_minor, hold.currency)
    asset = file.asset(hold.asset_id)
    sentence = (
        f"{recovery.ref}: stop-payment of {amount} ordered at {asset.partner_id}; another person "
        f"confirms it within {laws[asset.regime].confirmation.limit}; accepted under case number "
        f"{recovery.case_number}"
    )
    return Stopped(recovery.id, recovery.ref, hold.id, until, sentence)


def account_id(vault: Vault, ref: AccountRef) -> str:
    """The id of an account, stored or not."""
    return vault.keyed_id("acct", ref.bank, ref.number)


def shared_with(session: Session, vault: Vault, report: ReportFact) -> tuple[Elsewhere, ...]:
    """The recoveries that know the payee's account or the payment of a report not filed yet."""
    payee = account_id(vault, report.payee_account)
    return elsewhere_of(session, {payee}, report.end_to_end_id)


def referenced(report: ReportFact, vault: Vault) -> ReportFact:
    """A report without a reference gets one that its payment always gets: twice is once."""
    if report.external_ref:
        return report
    victim, payee = report.victim_account, report.payee_account
    name = vault.keyed_id(
        "report", victim.bank, victim.number, payee.bank, payee.number, str(report.amount),
        report.paid_at.isoformat(),
    )  # fmt: skip
    return replace(report, external_ref=name)


def known_as(session: Session, vault: Vault, report: ReportFact) -> Elsewhere | None:
    """The recovery that has this report, or this payment, already."""
    accounts = (account_id(vault, report.victim_account), account_id(vault, report.payee_account))
    amount = report.amount
    return known_report(
        session, report.external_ref, accounts, amount.minor, amount.currency, report.paid_at
    )


def known_sentence(known: Elsewhere, viewer: OfficerView | None) -> str:
    """That a report is known, and in which recovery, as far as this person may see that."""
    (line,) = also_lines([known], viewer)
    whose = deconfliction.whose(known, viewer.id if viewer else "")
    which = line.ref or "another recovery"
    return f"this report was taken in before: it is in {which}, {whose}; nothing is done twice"
