"""Compares a statement file with what is stored: what it would add, before anything is written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlmodel import Session

from models.entities.event import EntityKind
from models.facts import AccountRef
from models.language.phrase import phrase
from models.money import Money
from models.queries.books.accounts import banks, currency_of, partners_with, recoveries_about
from models.queries.books.money import booked_between
from models.queries.cases.case_files import load_whichever
from models.queries.cases.views import masked_account
from models.rights.sessions import hidden_now
from models.sealing.vault import Vault
from models.store.accounts import AccountPlan, ensure_account, write_learned, write_planned
from models.store.partners import learn_code
from models.store.statements.plan import PlannedStatement, plan_statement
from models.store.statements.statements import record_planned
from models.store.unit import Actor, Unit
from recovery_flows.cases.commit import commit_changes
from recovery_flows.errors import MisuseError, RefusedError
from recovery_flows.intake.bookings import FileStatement, Reading
from recovery_flows.intake.statements.shape import Head
from recovery_flows.law.regime import Regimes
from recovery_flows.ledger.changeset import Changeset
from recovery_flows.tracing import trace_requests


@dataclass(frozen=True, slots=True)
class StoredStatement:
    """What one statement of a file added; without an opening balance it covers no period."""

    account: str
    """Masked."""
    bank: str
    currency: str
    covers_from: datetime | None
    covers_to: datetime | None
    lines_new: int
    lines_known: int
    pending: int
    gap_minor: int


@dataclass(frozen=True, slots=True)
class StoredFile:
    """What a file added: its statements, recoveries to trace again, messages to read."""

    document_digest: str
    statements: tuple[StoredStatement, ...]
    recoveries: tuple[str, ...]
    """References, such as R-2026-0001."""
    warnings: tuple[str, ...]

    @property
    def lines_new(self) -> int:
        """Bookings that were not stored before."""
        return sum(s.lines_new for s in self.statements)

    @property
    def lines_known(self) -> int:
        """Bookings that were stored already, from a file or from the bank itself."""
        return sum(s.lines_known for s in self.statements)


@dataclass(slots=True)
class PlannedPart:
    """One statement of a file: what it adds, and the messages about it."""

    in_file: FileStatement
    planned: PlannedStatement
    bank: str
    label: str
    zone: str
    warnings: list[str]
    is_new: bool = field(default=False)

    @property
    def adds(self) -> bool:
        """Whether anything of it was not stored before."""
        return bool(self.planned.new or self.planned.fills or self.is_new)


class FilePlan:
    """A statement file, read and encrypted, with what it would add; it writes nothing."""

    def __init__(
        self, session: Session, vault: Vault, now: datetime, laws: Regimes, named: str
    ) -> None:
        self.session, self.vault = session, vault
        self.now, self.laws, self.named = now, laws, named
        self.banks = banks(session)
        self.accounts = AccountPlan(session, vault)
        self.parts: list[PlannedPart] = []
        self.learned: list[tuple[str, str]] = []
        """Codes by which the file names banks, as (bank, code)."""
        self.warnings: list[str] = []
        self._numbers: dict[str, int] = {}
        self._rows: dict[str, list[dict[str, object]]] = {}

    def add(self, in_file: FileStatement) -> None:
        """Compare one statement of the file with what is stored."""
        bank = self._bank(in_file.head)
        account = AccountRef(bank, in_file.head.number, in_file.head.holder)
        zone = self.laws[self.banks.place[bank].regime].time_zone
        reading = Reading(self.accounts, self.banks, zone, self.now)
        currency = in_file.currency or self.banks.place[bank].currency
        account_id = ensure_account(self.accounts, account, currency)
        label = masked_account(account.number[-4:])
        known = self.accounts.accounts[account_id] or currency_of(self.session, account_id)
        if known != currency:
            raise RefusedError(
                phrase(
                    "{label} at {bank} is an account in {known}, the file tells of one in "
                    "{currency}: nothing was stored; give each currency its own account",
                    label=label,
                    bank=bank,
                    known=known,
                    currency=currency,
                )
            )
        self._numbers[account_id] = self._numbers.get(account_id, 0) + 1
        statement = reading.statement(in_file, account_id, currency, self._numbers[account_id])
        before = self._rows.setdefault(account_id, [])
        planned = plan_statement(self.session, statement, zone, before)
        before += planned.new
        warnings = list(reading.warnings(in_file, statement))
        self.parts.append(PlannedPart(in_file, planned, bank, label, zone, warnings))

    @property
    def account_ids(self) -> frozenset[str]:
        """The accounts whose statements the file holds."""
        return frozenset(self._numbers)

    def _bank(self, head: Head) -> str:
        """The partner that keeps this account; MisuseError where the file names another."""
        named = self.named
        label, stated = masked_account(head.number[-4:]), self.banks.by_code(head.bank_id)
        if not head.number:
            raise RefusedError(
                phrase("a statement in the file names no account: nothing was stored")
            )
        if named and named not in self.banks.place:
            raise MisuseError(
                phrase(
                    "{named!r} is not a registered partner: `recovery partner list`", named=named
                )
            )
        if named and stated and stated != named:
            raise MisuseError(
                phrase(
                    "the file says that {label} is at {stated}, not at {named}",
                    label=label,
                    stated=stated,
                    named=named,
                )
            )
        if named:
            self._learn(named, head.bank_id, is_known=bool(stated))
            return named
        if stated:
            return stated
        known = partners_with(self.session, self.vault, self.banks, head.number)
        if len(known) != 1:
            at = phrase("at {banks}", banks=", ".join(known))
            where = at if known else phrase("at no partner")
            raise MisuseError(
                phrase(
                    "{label} is known {where}: name its bank with --bank", label=label, where=where
                )
            )
        return known[0]

    def _learn(self, bank: str, code: str, *, is_known: bool) -> None:
        """Learn the code by which files name a bank, from a file whose bank a person has named."""
        if is_known or not code.strip() or "," in code:
            return
        self.learned.append((bank, code))
        self.banks = self.banks.with_code(bank, code)
        self.warnings.append(f"{bank} is known by the code {code.strip().upper()} from now on")


def write_accounts(
    unit: Unit, rows: Sequence[dict[str, str]], news: Mapping[str, dict[str, str]]
) -> None:
    """Store the planned accounts, and what the file adds to known ones."""
    write_planned(unit, rows)
    for account_id, learned in news.items():
        write_learned(unit, account_id, learned)


def finish(
    unit: Unit, actor: Actor, now: datetime, plan: FilePlan, document: str, laws: Regimes
) -> list[str]:
    """Record each statement, and have the recoveries concerned traced again; their references.

    Accounts and bookings are stored already.
    """
    for bank, code in plan.learned:
        learn_code(unit, actor, now, bank, code)
    for part in plan.parts:
        part.is_new = record_planned(unit, actor, now, "", part.planned, document)
    touched: dict[str, datetime | None] = {}
    for part in plan.parts:
        statement = part.planned.statement
        if part.adds:
            covers_to = statement.covers_to if statement.is_complete else None
            ends = [at for at in (touched.get(statement.account_id), covers_to) if at is not None]
            touched[statement.account_id] = max(ends, default=None)
    return _wake(unit, actor, now, laws, touched)


def _wake(
    unit: Unit, actor: Actor, now: datetime, laws: Regimes, touched: Mapping[str, datetime | None]
) -> list[str]:
    """Have recoveries traced again at once that concern an account of the file."""
    wanted: dict[str, list[str]] = {}
    for account_id in touched:
        for recovery_id in recoveries_about(unit.session, account_id):
            wanted.setdefault(recovery_id, []).append(account_id)
    refs, hidden = [], hidden_now(unit.session)
    for recovery_id, accounts in wanted.items():
        changes = Changeset(load_whichever(unit.session, recovery_id))
        for account_id in accounts:
            _tell(changes, account_id, touched[account_id])
        trace_requests.request_trace(changes)
        commit_changes(unit, actor, now, laws, changes)
        if recovery_id not in hidden:
            refs.append(changes.file.recovery.ref)
    return refs


def _tell(changes: Changeset, account_id: str, covers_to: datetime | None) -> None:
    """Record how far an asset's or victim's statements reach; the instant never moves back."""
    if covers_to is None:
        return
    for asset in changes.file.assets:
        is_later = asset.statement_to is None or asset.statement_to < covers_to
        if asset.account_id == account_id and is_later:
            trace_requests.request_trace_to(changes, EntityKind.ASSET, asset.id, covers_to)
    for claim in changes.file.claims:
        is_later = claim.statement_to is None or claim.statement_to < covers_to
        if claim.victim_account_id == account_id and is_later:
            trace_requests.request_trace_to(changes, EntityKind.CLAIM, claim.id, covers_to)


def stored_file(session: Session, plan: FilePlan, document: str, refs: Sequence[str]) -> StoredFile:
    """The result that is reported for a stored file."""
    warnings = list(plan.warnings)
    for part in plan.parts:
        told_so = [*part.warnings, *_contradicted(session, part)]
        warnings += [f"{part.label}: {text}" for text in told_so]
    return StoredFile(document, tuple(_stored(p) for p in plan.parts), tuple(refs), tuple(warnings))


def _stored(part: PlannedPart) -> StoredStatement:
    statement = part.planned.statement
    return StoredStatement(
        account=part.label,
        bank=part.bank,
        currency=statement.currency,
        covers_from=statement.covers_from if statement.is_complete else None,
        covers_to=statement.covers_to if statement.is_complete else None,
        lines_new=len(part.planned.new),
        lines_known=len(statement.bookings) - len(part.planned.new),
        pending=part.in_file.pending,
        gap_minor=statement.gap_minor,
    )


def _contradicted(session: Session, part: PlannedPart) -> Iterator[str]:
    """A message where stored bookings do not sum to the balances of this statement."""
    statement = part.planned.statement
    if not statement.is_complete or statement.gap_minor:
        return
    stored = booked_between(
        session, statement.account_id, statement.covers_from, statement.covers_to
    )
    over = stored - (statement.closing_minor - statement.opening_minor)
    if over:
        yield (
            f"the stored bookings of these days differ by {Money(over, statement.currency)} from "
            "its balances: a booking may be stored twice, or missing here"
        )
