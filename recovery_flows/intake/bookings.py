"""What a statement file says as bookings that can be stored: days to instants, numbers to ids."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from models.facts import AccountRef, Direction
from models.language.phrase import error_sentence, phrase
from models.money import Money
from models.queries.books.accounts import Banks, partners_with
from models.store.accounts import AccountPlan, ensure_account
from models.store.statements.bookings import Booking, StatementRecord
from recovery_flows.errors import RefusedError
from recovery_flows.intake.budget import Limits
from recovery_flows.intake.statements.reading import read_bytes
from recovery_flows.intake.statements.shape import (
    End,
    Entry,
    Head,
    Item,
    Member,
    StatementRefusedError,
)

_DAY = timedelta(days=1)
_END_TO_END_LENGTH, _REFERENCE_LENGTH = 64, 80


@dataclass(frozen=True, slots=True)
class FileStatement:
    """One statement of a file; entries that are `pending`, `undated` or in another currency than
    the account's (`elsewhere`) are counted and left out.
    """

    head: Head
    entries: tuple[Entry, ...]
    end: End
    pending: int
    undated: int
    elsewhere: int = 0

    @property
    def currency(self) -> str:
        """The account's; "" where the file does not tell it at all."""
        return self.head.currency or next((e.amount.currency for e in self.entries), "")


@dataclass(frozen=True, slots=True)
class RefusedMember:
    """A file inside a zip of which nothing is taken, and why."""

    name: str
    why: str


def file_statements(items: Iterable[Item]) -> Iterator[FileStatement]:
    """A reader's items, statement by statement; files of a zip that are refused are left out."""
    for part in file_parts(items):
        if isinstance(part, FileStatement):
            yield part


def file_parts(items: Iterable[Item]) -> Iterator[FileStatement | RefusedMember]:
    """The same, with the files of a zip that are refused.

    Nothing of a file is given before it was read to its end: it may be refused there.
    """
    building = _Building()
    read: list[FileStatement] = []
    for item in items:
        if isinstance(item, Member):
            if item.refused:
                yield RefusedMember(item.name, item.refused)
            else:
                yield from read
            read = []
        elif (done := building.add(item)) is not None:
            read.append(done)
    yield from read


class _Building:
    """One statement, item by item."""

    def __init__(self) -> None:
        self._begin(None)

    def _begin(self, head: Head | None) -> None:
        self.head = head
        self.entries: list[Entry] = []
        self.pending = self.undated = self.elsewhere = 0

    def add(self, item: Head | Entry | End) -> FileStatement | None:
        """Add an item; the statement where it ends."""
        if isinstance(item, Head):
            self._begin(item)
        elif isinstance(item, Entry):
            self._entry(item)
        elif self.head is not None:
            return FileStatement(
                self.head, tuple(self.entries), item, self.pending, self.undated, self.elsewhere
            )
        return None

    def _entry(self, entry: Entry) -> None:
        own = self.head.currency if self.head is not None else ""
        if entry.is_pending:
            self.pending += 1
        elif entry.booked is None and entry.valued is None:
            self.undated += 1
        elif own and entry.amount.currency != own:
            self.elsewhere += 1
        else:
            self.entries.append(entry)


class Reading:
    """How one bank's files are understood: the time zone of its legal days, who is who."""

    def __init__(self, unit: AccountPlan, banks: Banks, zone: str, now: datetime) -> None:
        self.unit, self.banks, self.now = unit, banks, now
        self.zone = ZoneInfo(zone)
        self.unknown: set[str] = set()
        """Codes of other sides' banks that no partner is known by."""
        self._accounts: dict[tuple[str, str], str] = {}

    def statement(
        self, in_file: FileStatement, account_id: str, currency: str, number: int
    ) -> StatementRecord:
        """A statement to be stored; it covers a stretch only where its opening is stated."""
        bookings = tuple(
            self._booking(n, entry) for n, entry in enumerate(in_file.entries, start=1)
        )
        covered = self._covered(in_file, bookings)
        first, last = covered or _reach(bookings) or (self.now, self.now)
        opening, closing = in_file.head.opening, in_file.end.closing
        start = opening.minor if opening and covered else 0
        total = start + sum(_signed(b) for b in bookings)
        return StatementRecord(
            account_id=account_id,
            currency=currency,
            covers_from=first,
            covers_to=last,
            opening_minor=start,
            closing_minor=closing.minor if closing and covered else total,
            bookings=bookings,
            origin=in_file.head.format,
            is_complete=covered is not None,
            gap_minor=in_file.end.difference_minor or 0,
            number=number,
        )

    def _covered(
        self, in_file: FileStatement, bookings: tuple[Booking, ...]
    ) -> tuple[datetime, datetime] | None:
        """What the file says it covers, its bookings included; None without a stated opening."""
        head = in_file.head
        reach = _reach(bookings)
        if head.opening is None:
            return None
        begins = [self._start(head.covers_from)] if head.covers_from else []
        if not begins and not reach and head.opening.on:
            begins = [self._start(head.opening.on)]
        closed_on = in_file.end.closing.on if in_file.end.closing else None
        said = head.covers_to or closed_on
        ends = [self._end(said)] if said else []
        if reach:
            begins, ends = [*begins, reach[0]], [*ends, self._end_of(bookings)]
        if not begins or not ends or min(begins) > max(ends):
            return None
        return min(begins), max(
            min(max(ends), self.now), min(begins), reach[1] if reach else min(begins)
        )

    def _end_of(self, bookings: tuple[Booking, ...]) -> datetime:
        """The last booking; of one that tells its day only, the end of that day."""
        last = max(bookings, key=lambda b: b.at)
        return self._end(last.day) if last.is_dated else last.at

    def _start(self, on: date | datetime) -> datetime:
        if isinstance(on, datetime):
            return self._instant(on)
        return datetime.combine(on, time.min, tzinfo=self.zone).astimezone(UTC)

    def _end(self, on: date | datetime) -> datetime:
        if isinstance(on, datetime):
            return self._instant(on)
        return self._start(on + _DAY) - timedelta(microseconds=1)

    def _instant(self, at: datetime) -> datetime:
        """An instant; one without a zone is of the bank's legal time."""
        return (at if at.tzinfo else at.replace(tzinfo=self.zone)).astimezone(UTC)

    def _booking(self, number: int, entry: Entry) -> Booking:
        on = entry.booked or entry.valued
        if on is None:
            raise ValueError("an entry without any day reached the store")
        at = self._start(on)
        is_dated = not isinstance(on, datetime)
        other = entry.instructed
        return Booking(
            at=at,
            day=at.astimezone(self.zone).date(),
            is_dated=is_dated,
            seq=number,
            direction=entry.direction,
            kind=entry.kind,
            amount=entry.amount,
            counter_account=self._counter(entry),
            counter_amount=other if other and other.currency != entry.amount.currency else None,
            end_to_end_id=entry.end_to_end_id[:_END_TO_END_LENGTH],
            bank_reference=entry.bank_reference[:_REFERENCE_LENGTH],
            is_reversal=entry.is_reversal,
        )

    def _counter(self, entry: Entry) -> str:
        """The other side's account: at the bank that the file names, else where it is known."""
        key = (entry.counter_bank_id, entry.counter_number)
        if key not in self._accounts:
            self._accounts[key] = self._account(*key, entry.counter_holder)
        return self._accounts[key]

    def _account(self, code: str, number: str, holder: str) -> str:
        if not number:
            return ""
        bank = self.banks.by_code(code)
        if not bank:
            known = partners_with(self.unit.session, self.unit.vault, self.banks, number)
            bank = known[0] if len(known) == 1 else ""
        if not bank and code:
            self.unknown.add(code)
        return ensure_account(self.unit, AccountRef(bank, number, holder)) if bank else ""

    def warnings(self, in_file: FileStatement, statement: StatementRecord) -> Iterator[str]:
        """What a person should know of a statement; no number or name is in it."""
        yield from in_file.end.warnings
        if statement.gap_minor:
            gap = Money(statement.gap_minor, statement.currency)
            yield f"its balances do not add up: {gap} is not explained by its bookings"
        if not statement.is_complete and in_file.entries:
            yield "no opening balance is stated: its bookings are stored, no stretch is covered"
        if self.unknown:
            codes = ", ".join(sorted(self.unknown))
            yield f"no partner is known by {codes}: what was paid there is not followed yet"
        if in_file.undated:
            yield f"{in_file.undated} entries without any day were left out"
        if in_file.pending:
            yield f"{in_file.pending} entries are not booked yet and were left out"
        if in_file.elsewhere:
            yield (
                f"{in_file.elsewhere} entries in another currency than the account's were left "
                "out: ask the bank for the statement of that currency"
            )


def _reach(bookings: tuple[Booking, ...]) -> tuple[datetime, datetime] | None:
    times = [b.at for b in bookings]
    return (min(times), max(times)) if times else None


def _signed(booking: Booking) -> int:
    minor = booking.amount.minor
    return minor if booking.direction is Direction.CREDIT else -minor


def statements_in(raw: bytes, limits: Limits) -> Iterator[FileStatement]:
    """The statements of a file; RefusedError where it, or a file inside it, cannot be read."""
    try:
        for part in file_parts(read_bytes(raw, limits)):
            if isinstance(part, RefusedMember):
                raise RefusedError(
                    phrase(
                        "{name}, is no statement that can be read: {why}",
                        name=part.name,
                        why=part.why,
                    )
                )
            yield part
    except StatementRefusedError as error:
        raise RefusedError(
            phrase(
                "the file is no statement that can be read: {error}", error=error_sentence(error)
            )
        ) from error
