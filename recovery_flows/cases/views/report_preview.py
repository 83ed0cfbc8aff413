"""Looking at a pasted report: what is wrong with it, and the exact message that would leave."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlmodel import Session

from models.case_file import CaseFile
from models.deconfliction_hits import AlsoLine
from models.facts import ReportFact
from models.language.phrase import phrase
from models.money import Money
from models.queries.cases.views import masked_name
from models.queries.installation.clock import case_now
from models.queries.installation.officers import OfficerView
from models.queries.partners.bank_names import BankName, bank_names, by_name
from models.sealing.vault import Vault
from models.store.reports.known import stored_holder
from recovery_flows.cases import emergency_stop
from recovery_flows.cases.deconfliction_check import also_lines
from recovery_flows.cases.report_and_stop import (
    account_id,
    known_sentence,
    law_of_new_files,
    others_than,
    recognised,
    reported_sentence,
    shared_with,
)
from recovery_flows.errors import StepRefusedError
from recovery_flows.intake.pasted.report import Around, Pasted, read_pasted
from recovery_flows.law.regime import Regimes
from recovery_flows.law.rows import Status
from recovery_flows.ledger.changeset import Changeset

_CASE_NUMBER_LENGTH = 64


@dataclass(frozen=True, slots=True)
class StopMessage:
    """The stop-payment as the bank will read it, and under which law it leaves.

    `number` and `holder` are personal data, shown to whoever typed them. Where the account is
    stored under another name, that one leaves: `holder` is it, masked, `is_stored_name` true.
    """

    bank: str
    bank_name: str
    order_ref: str
    number: str = field(repr=False)
    holder: str = field(repr=False)
    amount: Money
    mandate: str
    status: Status
    confirmed_until: datetime | None
    is_stored_name: bool = False


@dataclass(frozen=True, slots=True)
class Checked:
    """A pasted report as it stands now, and what sending it would do.

    `message` is None while there are problems, where nothing may be done (`refusal`: it is known),
    or where nothing can be sent first: `instead` then says what is done and what comes next.
    `already` says that another report told of this payment: it takes a decision that it is another
    one. `known_id` is the recovery that has the report or the payment.
    """

    now: datetime
    time_zone: str
    pasted: Pasted = field(repr=False)
    case_number: str
    message: StopMessage | None = None
    instead: str = ""
    refusal: str = ""
    also: tuple[AlsoLine, ...] = ()
    already: str = ""
    known_id: str = ""

    @property
    def why_not(self) -> str:
        """Why the desk would not take it as it is; "" where it would."""
        if self.pasted.report is None:
            return self.pasted.problems[0].sentence
        if self.refusal:
            return self.refusal
        return "" if self.case_number else phrase("case number is missing: write `case: NUMBER`")


def check_report(
    session: Session,
    vault: Vault,
    laws: Regimes,
    viewer: OfficerView | None,
    text: str,
    wall_now: datetime,
    *,
    received_at: datetime | None = None,
    case_number: str = "",
) -> Checked:
    """Check a pasted report without doing anything; `received_at` is when its text came."""
    now = case_now(session, wall_now)
    banks = bank_names(session)
    law = law_of_new_files(laws, banks)
    zone = laws[law].time_zone
    pasted = read_pasted(text, _around(now, received_at or now, zone, banks))
    checked = Checked(now, zone, pasted, case_number.strip() or _own_number(pasted))
    if pasted.report is None:
        return checked
    report, known, same = recognised(session, vault, pasted.report)
    if known is not None:
        return replace(checked, refusal=known_sentence(known, viewer), known_id=known.recovery_id)
    if same:
        told = reported_sentence(same, viewer)
        checked = replace(checked, already=told, known_id=same[0].recovery_id)
    found = others_than(same, shared_with(session, vault, report))
    checked = replace(checked, also=also_lines(found, viewer))
    checked = _planned(checked, report, vault, laws, law, banks)
    stored = stored_holder(session, vault, account_id(vault, report.payee_account))
    if checked.message is None or stored in ("", report.payee_account.holder):
        return checked
    message = replace(checked.message, holder=masked_name(stored), is_stored_name=True)
    return replace(checked, message=message)


def _around(now: datetime, received_at: datetime, zone: str, banks: list[BankName]) -> Around:
    home = {bank.place.currency for bank in banks if bank.place.home}
    currency = home.pop() if len(home) == 1 else ""
    return Around(now, min(received_at, now), zone, by_name(banks), currency)


def _own_number(pasted: Pasted) -> str:
    """The case number of the text, else the report's own: the case may have none yet."""
    reference = pasted.report.external_ref if pasted.report else ""
    return pasted.case_number or reference[:_CASE_NUMBER_LENGTH]


def _planned(
    checked: Checked,
    report: ReportFact,
    vault: Vault,
    laws: Regimes,
    law: str,
    banks: list[BankName],
) -> Checked:
    """The message that the rules would send now, without a row being written."""
    victim, payee = report.victim_account, report.payee_account
    accounts = (account_id(vault, victim), account_id(vault, payee))
    file = emergency_stop.not_filed_yet(
        report.external_ref, law, report.amount, accounts, victim.bank, report.paid_at,
        report.reported_at,
    )  # fmt: skip
    changes = Changeset(file)
    bank = next(bank for bank in banks if bank.id == payee.bank)
    places = {accounts[1]: bank.place}
    try:
        sent = emergency_stop.stop_first(
            changes, "?", checked.case_number or "?", checked.now, laws, places
        )
    except StepRefusedError as refusal:
        return replace(checked, refusal=refusal.args[0])
    if not sent.hold_id:
        instead = phrase(
            "{why_not}; the report is accepted, and next: {next_step}",
            why_not=sent.why_not,
            next_step=sent.next_step,
        )
        return replace(checked, instead=instead)
    return replace(checked, message=_message(changes.file, sent.hold_id, report, bank, laws))


def _message(
    file: CaseFile, hold_id: str, report: ReportFact, bank: BankName, laws: Regimes
) -> StopMessage:
    hold = file.hold(hold_id)
    row = laws[bank.place.regime].row(hold.law_row)
    return StopMessage(
        bank=bank.id,
        bank_name=bank.name,
        order_ref=hold_id,
        number=report.payee_account.number,
        holder=report.payee_account.holder,
        amount=Money(hold.requested_minor, hold.currency),
        mandate=f"{row.instrument}, {row.article}",
        status=row.status,
        confirmed_until=emergency_stop.confirmation_of(file, hold_id).due_at,
    )
