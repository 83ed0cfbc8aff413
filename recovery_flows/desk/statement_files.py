"""Statement files into the case database: bytes kept first, each booking once, recoveries woken."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from models.engine import Database
from models.facts import AccountRef
from models.money import Money
from models.queries.accounts import (
    Banks,
    banks,
    currency_of,
    partners_with,
    recoveries_about,
)
from models.queries.files import load_file
from models.queries.money import booked_between
from models.queries.views import masked_account
from models.states import Noun
from models.store.accounts import ensure_account
from models.store.bookings import ToldStatement
from models.store.documents import keep
from models.store.partners import learn_code
from models.store.statements import record_told
from models.store.unit import Actor, Unit, unit_of_work
from recovery_flows.desk.reading import FileStatement, Reading, told_statements
from recovery_flows.desk.recording import conclude
from recovery_flows.errors import MisuseError, RefusedError
from recovery_flows.intake.statements.reading import read_stream
from recovery_flows.intake.statements.shape import Head, Item, StatementRefusedError
from recovery_flows.rules import answers
from recovery_flows.rules.freezing import Laws
from recovery_flows.rules.progress import Progress


@dataclass(frozen=True, slots=True)
class TakenStatement:
    """What one statement of a file added; no stretch is covered where no opening is stated."""

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
class TakenFile:
    """What a file added: its statements, the recoveries to be traced again, what a person reads."""

    document_digest: str
    statements: tuple[TakenStatement, ...]
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


def take_in(
    database: Database,
    actor: Actor,
    now: datetime,
    items: Iterable[Item],
    raw: bytes,
    bank: str,
    laws: Laws,
    media_type: str = "application/octet-stream",
) -> TakenFile:
    """Store a statement file; `bank` "" where its numbers are known at one partner each.

    The bytes are kept, sealed, before anything is read: of a refused file too. MisuseError where a
    bank has to be named, RefusedError where the file contradicts what is stored; whatever the
    reader raises goes through. In each of these cases nothing but the bytes is stored.
    """
    with unit_of_work(database) as unit:
        document = keep(unit, raw, "statement_file", media_type, now)
    parts = list(told_statements(items))
    with unit_of_work(database) as unit:
        return take_parts(unit, actor, now, parts, document, bank, laws)


def take_parts(
    unit: Unit,
    actor: Actor,
    now: datetime,
    parts: Iterable[FileStatement],
    document: str,
    bank: str,
    laws: Laws,
) -> TakenFile:
    """The same in a transaction that is open already, of a file whose bytes are kept."""
    intake = _Intake(unit, actor, now, laws, banks(unit.session), document)
    taken = [intake.take(told, bank) for told in parts]
    refs = intake.wake()
    return TakenFile(document, tuple(taken), tuple(refs), tuple(intake.warnings))


def statements_in(raw: bytes) -> Iterator[FileStatement]:
    """The statements of a file; RefusedError where it is none that can be read."""
    try:
        yield from told_statements(read_stream(io.BytesIO(raw)))
    except StatementRefusedError as error:
        raise RefusedError(f"the file is no statement that can be read: {error}") from error


class _Intake:
    """One file on its way in, in one transaction."""

    def __init__(
        self, unit: Unit, actor: Actor, now: datetime, laws: Laws, known: Banks, document: str
    ) -> None:
        self.unit, self.actor, self.now, self.laws = unit, actor, now, laws
        self.banks, self.document = known, document
        self.warnings: list[str] = []
        self.touched: dict[str, datetime | None] = {}
        self._numbers: dict[str, int] = {}

    def take(self, told: FileStatement, named: str) -> TakenStatement:
        """Store one statement of the file."""
        bank = self._bank(told.head, named)
        account = AccountRef(bank, told.head.number, told.head.holder)
        zone = self.laws[self.banks.place[bank].regime].time_zone
        reading = Reading(self.unit, self.banks, zone, self.now)
        currency = told.currency or self.banks.place[bank].currency
        account_id = ensure_account(self.unit, account, currency)
        label = masked_account(account.number[-4:])
        known = currency_of(self.unit.session, account_id)
        if known != currency:
            raise RefusedError(
                f"{label} at {bank} is an account in {known}, the file tells of one in {currency}: "
                "nothing was stored; give each currency its own account"
            )
        self._numbers[account_id] = self._numbers.get(account_id, 0) + 1
        statement = reading.statement(told, account_id, currency, self._numbers[account_id])
        return self._stored(told, statement, bank, label, zone, reading)

    def _stored(
        self, told: FileStatement, statement: ToldStatement, bank: str, label: str, zone: str,
        reading: Reading,
    ) -> TakenStatement:  # fmt: skip
        recorded = record_told(self.unit, self.actor, self.now, "", statement, self.document, zone)
        covers_to = statement.covers_to if statement.is_complete else None
        if recorded:
            before = self.touched.get(statement.account_id)
            ends = [at for at in (before, covers_to) if at is not None]
            self.touched[statement.account_id] = max(ends, default=None)
        told_so = [*reading.warnings(told, statement), *self._contradicted(statement)]
        self.warnings += [f"{label}: {text}" for text in told_so]
        return TakenStatement(
            account=label,
            bank=bank,
            currency=statement.currency,
            covers_from=statement.covers_from if statement.is_complete else None,
            covers_to=covers_to,
            lines_new=recorded.new_lines,
            lines_known=len(statement.bookings) - recorded.new_lines,
            pending=told.pending,
            gap_minor=statement.gap_minor,
        )

    def _contradicted(self, statement: ToldStatement) -> Iterator[str]:
        """Stored bookings of several sources that do not sum to what this statement says."""
        if not statement.is_complete or statement.gap_minor:
            return
        stored = booked_between(
            self.unit.session, statement.account_id, statement.covers_from, statement.covers_to
        )
        over = stored - (statement.closing_minor - statement.opening_minor)
        if over:
            yield (
                f"what is stored of these days is {Money(over, statement.currency)} beside its "
                "balances: a booking may be told twice, or missing here"
            )

    def _bank(self, head: Head, named: str) -> str:
        """The partner whose account this is; what the file says itself must not contradict it."""
        label, told = masked_account(head.number[-4:]), self.banks.by_code(head.bank_id)
        if not head.number:
            raise RefusedError("a statement in the file names no account: nothing was stored")
        if named and named not in self.banks.place:
            raise MisuseError(f"{named!r} is not a registered partner: `recovery partner list`")
        if named and told and told != named:
            raise MisuseError(f"the file says that {label} is at {told}, not at {named}")
        if named:
            self._learn(named, head.bank_id, is_known=bool(told))
            return named
        if told:
            return told
        known = partners_with(self.unit.session, self.unit.vault, self.banks, head.number)
        if len(known) != 1:
            where = f"at {', '.join(known)}" if known else "at no partner"
            raise MisuseError(f"{label} is known {where}: name its bank with --bank")
        return known[0]

    def _learn(self, bank: str, code: str, *, is_known: bool) -> None:
        """A file that a person gives as a bank's tells by which code other files name the bank."""
        if is_known or not code.strip() or "," in code:
            return
        learn_code(self.unit, self.actor, self.now, bank, code)
        self.banks = banks(self.unit.session)
        self.warnings.append(f"{bank} is known by the code {code.strip().upper()} from now on")

    def wake(self) -> list[str]:
        """Recoveries about an account that the file added to are traced again, at once."""
        wanted: dict[str, list[str]] = {}
        for account_id in self.touched:
            for recovery_id in recoveries_about(self.unit.session, account_id):
                wanted.setdefault(recovery_id, []).append(account_id)
        return [self._wake(recovery_id, accounts) for recovery_id, accounts in wanted.items()]

    def _wake(self, recovery_id: str, accounts: list[str]) -> str:
        progress = Progress(load_file(self.unit.session, recovery_id))
        recovery = progress.file.recovery
        for account_id in accounts:
            self._tell(progress, account_id, self.touched[account_id])
        answers.want_trace(progress)
        conclude(self.unit, self.actor, self.now, self.laws, progress)
        return recovery.ref

    @staticmethod
    def _tell(progress: Progress, account_id: str, covers_to: datetime | None) -> None:
        """To where an asset's or a victim's statement reaches now; never back."""
        if covers_to is None:
            return
        for asset in progress.file.assets:
            is_later = asset.statement_to is None or asset.statement_to < covers_to
            if asset.account_id == account_id and is_later:
                answers.take_statement(progress, Noun.ASSET, asset.id, covers_to)
        for claim in progress.file.claims:
            is_later = claim.statement_to is None or claim.statement_to < covers_to
            if claim.victim_account_id == account_id and is_later:
                answers.take_statement(progress, Noun.CLAIM, claim.id, covers_to)
