"""Files reports as recoveries with one claim each."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

import sqlalchemy as sa

from models.entities.account import Account
from models.entities.asset import Stage
from models.entities.catalogue import table_of
from models.entities.claim import Claim
from models.entities.event import EntityKind
from models.entities.installation import Counter
from models.entities.ledger import LedgerAccount
from models.entities.officer import Officer, Role
from models.entities.partner import Partner, PartnerKind
from models.entities.recovery import Recovery
from models.facts import ReportFact
from models.ids import derive_id
from models.outcome import Outcome, Posting, Transition
from models.prepared import reading
from models.step_wording import say
from models.store.accounts import account_id_of, ensure_account, ensure_party
from models.store.record import record
from models.store.reports.ahead import ReportsAhead, chunks, look_ahead
from models.store.reports.known import Payment, same_payment
from models.store.unit import Actor, Unit

_C, _R, _OFFICERS = table_of(Claim), table_of(Recovery), table_of(Officer)
_ACCOUNTS = table_of(Account)
_COUNTERS, _PARTNERS = table_of(Counter), table_of(Partner)


@dataclass(slots=True)
class IntakeSummary:
    """Result of an import: new recoveries (ids), reports known already, rows refused."""

    filed: list[str] = field(default_factory=list)
    known: int = 0
    refused: list[tuple[int, str, str]] = field(default_factory=list)
    unread: dict[str, int] = field(default_factory=dict)
    """Columns that no reader looks at, and in how many rows each says something."""


def file_reports(
    unit: Unit,
    actor: Actor,
    now: datetime,
    regime: str,
    reports: Iterable[ReportFact],
    *,
    another_payment: bool = False,
) -> IntakeSummary:
    """File reports; one that was filed before adds nothing, an unknown bank is refused by row.

    A payment that another report told of already is refused by row too, unless a person has
    decided that it is another one.
    """
    summary = IntakeSummary()
    query = sa.select(_PARTNERS.c.id, _PARTNERS.c.currency).where(
        _PARTNERS.c.kind == PartnerKind.BANK
    )
    banks = {r.id: r.currency for r in unit.session.execute(query)}
    given = _Given(unit, actor, now, regime, banks, another_payment)
    with unit.session.gathering():
        for some in chunks(reports):
            known = look_ahead(unit, some)
            for report in some:
                _file_one(given, report, known, summary)
    return summary


@dataclass(frozen=True, slots=True)
class _Given:
    """What all reports of one import are filed with; `banks` are currencies by bank."""

    unit: Unit
    actor: Actor
    now: datetime
    regime: str
    banks: dict[str, str]
    another_payment: bool


def _file_one(
    given: _Given, report: ReportFact, known: ReportsAhead, summary: IntakeSummary
) -> None:
    unit, named = given.unit, (("victim_bank", report.victim_account.bank),
                               ("payee_bank", report.payee_account.bank))  # fmt: skip
    unknown = next(((name, bank) for name, bank in named if bank not in given.banks), None)
    if unknown:
        why = f"{unknown[1]!r} is not a registered partner"
        summary.refused.append((report.row, unknown[0], why))
        return
    if report.external_ref in known.refs:
        summary.known += 1
        return
    is_asked = not given.another_payment and known.may_be_paid(unit, report)
    if is_asked and (hits := same_payment(unit.session, payment_of(unit, report))):
        why = (
            f"is already reported as {hits[0].ref}; if it is another payment, "
            "enter it with `recovery stop --another-payment`"
        )
        summary.refused.append((report.row, "payment", why))
        return
    known.note(unit, report)
    summary.filed.append(_file(unit, given.actor, given.now, given.regime, report, given.banks))


def payment_of(unit: Unit, report: ReportFact) -> Payment:
    """The payment that a report is about, by the ids that its accounts have or would have."""
    amount = report.amount
    payer, payee = (
        account_id_of(unit, ref) for ref in (report.victim_account, report.payee_account)
    )
    return Payment(
        payer, payee, amount.minor, amount.currency, report.paid_at, report.end_to_end_id
    )


def _file(
    unit: Unit,
    actor: Actor,
    now: datetime,
    regime: str,
    report: ReportFact,
    banks: dict[str, str],
) -> str:
    recovery_id = derive_id("rec", report.external_ref)
    unit.last_seq[recovery_id] = 0
    claim_id = derive_id("claim", report.external_ref)
    victim, payee = report.victim_account, report.payee_account
    victim_account = ensure_account(unit, victim, banks[victim.bank])
    amount = report.amount
    recovery = Transition(
        EntityKind.RECOVERY, recovery_id, "reported", None,
        {
            "ref": _next_ref(unit, now),
            "regime": regime,
            "currency": amount.currency,
            "reported_at": report.reported_at,
            "method": report.method,
            "stage": Stage.FREEZING,
            "step_action": "accept",
            "step_role": Role.OFFICER,
            "step_subject": recovery_id,
            "step_wording": say("accept").stored(),
        },
    )  # fmt: skip
    claim = Transition(
        EntityKind.CLAIM, claim_id, "filed", None,
        {
            "external_ref": report.external_ref,
            "party_id": ensure_party(unit, report.victim_name, report.victim_contact),
            "victim_account_id": victim_account,
            "victim_partner_id": victim.bank,
            "payee_account_id": ensure_account(unit, payee, banks[payee.bank]),
            "payout_account_id": victim_account,
            "reported_minor": amount.minor,
            "currency": amount.currency,
            "end_to_end_id": report.end_to_end_id,
            "paid_at": report.paid_at,
            "reported_at": report.reported_at,
        },
        postings=_reported(claim_id, amount.minor, amount.currency),
    )  # fmt: skip
    record(unit, actor, now, recovery_id, Outcome((recovery, claim)))
    return recovery_id


def _reported(claim_id: str, minor: int, currency: str) -> tuple[Posting, ...]:
    return tuple(
        Posting(account, sign * minor, currency, sign * minor, currency, claim_id=claim_id)
        for account, sign in ((LedgerAccount.NOT_LOCATED, 1), (LedgerAccount.REPORTED, -1))
    )


def _next_ref(unit: Unit, now: datetime) -> str:
    """The next reference of the year; the counter is written once for all of the transaction."""
    name, session = f"recovery-{now.year}", unit.session
    if name not in unit.counted:
        found = session.execute(_COUNTED, {"of": name}).scalar()
        unit.counted[name] = found or 0
        if found is None:
            session.waiting.add(_COUNTERS, name, {"name": name, "value": 0})
    unit.counted[name] += 1
    session.waiting.set(_COUNTERS, name, {"value": unit.counted[name]})
    return f"R-{now.year}-{unit.counted[name]:04d}"


_COUNTED = reading(_COUNTERS.c.name, _COUNTERS.c.value)
