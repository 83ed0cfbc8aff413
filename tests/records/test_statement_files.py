"""Statement files: bytes kept first, each booking once whoever told it, recoveries woken."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from models.entities.officer import Role
from models.facts import Direction, LineFact, LineKind
from models.ids import digest_bytes
from models.money import Money
from models.queries.audit.verify import verify
from models.store.documents import keep
from models.store.statements.statements import record_statement
from models.store.unit import ENGINE, Actor, unit_of_work
from recovery_flows.cases.statement_files.storing import StoredFile, store_file
from recovery_flows.errors import MisuseError, RefusedError
from recovery_flows.intake.statements.shape import (
    Balance,
    End,
    Entry,
    Format,
    Head,
    Item,
    StatementRefusedError,
)

DAY = date(2026, 3, 2)
OFFICER = Actor("chen", Role.OFFICER)
HOME, SLOW = "bank-home", "bank-slow"
CODE, SLOW_CODE = "SYNTCNBHXXX", "SYNTCNBS"


def entry(minor: int, on: date | datetime | None = DAY, **changes: Any) -> Entry:
    """A booking of a file: a credit above zero, a debit below."""
    told: dict[str, Any] = {
        "direction": Direction.CREDIT if minor > 0 else Direction.DEBIT,
        "amount": Money(abs(minor), "CNY"),
        "booked": on,
        "valued": None,
        "kind": LineKind.TRANSFER,
        "is_pending": False,
        "is_reversal": False,
        "bank_reference": "",
        "end_to_end_id": "",
        "uetr": "",
        "return_code": "",
        "instructed": None,
        "counter_number": "",
        "counter_bank_id": "",
        "counter_holder": "",
        "text": "",
        "place": "line 1",
    }
    return Entry(**(told | changes))


def file_of(unit: Any, entries: Sequence[Entry], **changes: Any) -> list[Item]:
    """A statement of the mule's account in items, opening at zero and adding up."""
    total = sum(e.amount.minor * (1 if e.direction is Direction.CREDIT else -1) for e in entries)
    told: dict[str, Any] = {
        "format": Format.CAMT053,
        "version": "08",
        "statement_id": "S1",
        "number": unit.accounts[1].number,
        "bank_id": "",
        "holder": "",
        "currency": "CNY",
        "covers_from": DAY,
        "covers_to": DAY,
        "opening": Balance(0, "CNY", DAY),
    }
    gap = changes.pop("gap", None)
    head = Head(**(told | changes))
    return [head, *entries, End(Balance(total, "CNY", DAY), len(entries), gap, ())]


def take(unit: Any, items: Any, raw: bytes = b"<one/>", bank: str = HOME) -> StoredFile:
    unit.now = max(unit.now, datetime(2026, 3, 3, tzinfo=UTC))
    return store_file(unit.database, OFFICER, unit.now, items, raw, bank, unit.laws)


def count(unit: Any, table: str = "statement_line") -> object:
    return unit.one(f"SELECT count(*) FROM {table}")


def api(unit: Any, *lines: LineFact, name: str = "api") -> int:
    zones = {code: law.time_zone for code, law in unit.laws.items()}
    with unit_of_work(unit.database) as work:
        fact = unit.statement(list(lines))
        document = keep(work, name.encode(), "statement answer", "application/json", unit.now)
        return record_statement(work, ENGINE, unit.now, "", fact, document, zones)[1]


def test_the_same_file_twice_adds_nothing(unit: Any) -> None:
    items = file_of(unit, [entry(100, bank_reference="R1"), entry(-40, bank_reference="R2")])
    first = take(unit, items)
    events = count(unit, "event")
    again = take(unit, items)
    assert (first.lines_new, again.lines_new, again.lines_known) == (2, 0, 2)
    assert (count(unit), count(unit, "statement"), count(unit, "event")) == (2, 1, events)


def test_overlapping_statements_add_only_what_is_new(unit: Any) -> None:
    first, second, third = (entry(n, end_to_end_id=f"E{n}") for n in (100, 200, 300))
    take(unit, file_of(unit, [first, second]))
    later = take(unit, file_of(unit, [second, third]), b"<two/>")
    assert (later.lines_new, later.lines_known, count(unit)) == (1, 1, 3)


def test_identical_twins_on_one_day_stay_two(unit: Any) -> None:
    take(unit, file_of(unit, [entry(500), entry(500)]))
    assert count(unit) == 2
    assert take(unit, file_of(unit, [entry(500), entry(500)]), b"<two/>").lines_new == 0
    assert take(unit, file_of(unit, [entry(500)] * 3), b"<three/>").lines_new == 1
    assert verify(unit.database) == ()


def test_a_booking_known_from_the_bank_is_the_same_in_a_file(unit: Any) -> None:
    assert api(unit, unit.line(1, 500, ref="E1"), unit.line(2, -200, counter=None)) == 2
    told = [entry(500, end_to_end_id="E1"), entry(-200, kind=LineKind.CASH, bank_reference="R9")]
    assert take(unit, file_of(unit, told)).lines_new == 0
    assert verify(unit.database) == ()


def test_a_booking_known_from_a_file_is_the_same_from_the_bank(unit: Any) -> None:
    take(unit, file_of(unit, [entry(500, end_to_end_id="E1"), entry(-200, kind=LineKind.CASH)]))
    assert api(unit, unit.line(1, 500, ref="E1"), unit.line(2, -200, counter=None)) == 0
    assert count(unit) == 2
    assert verify(unit.database) == ()


@pytest.mark.parametrize(
    "other",
    [
        {"end_to_end_id": "E2"},
        {"on": DAY + timedelta(days=1)},
        {"minor": 501},
        {"minor": -500},
    ],
)
def test_what_differs_in_id_day_amount_or_side_is_another_booking(
    unit: Any, other: dict[str, Any]
) -> None:
    api(unit, unit.line(1, 500, ref="E1"))
    told = entry(**({"minor": 500, "on": DAY, "end_to_end_id": "E1"} | other))
    assert take(unit, file_of(unit, [told])).lines_new == 1


def test_two_references_of_one_bank_are_two_bookings(unit: Any) -> None:
    take(unit, file_of(unit, [entry(500, bank_reference="R1")]))
    assert take(unit, file_of(unit, [entry(500, bank_reference="R2")]), b"<two/>").lines_new == 1


def test_a_day_is_stored_as_its_legal_start_in_the_banks_zone(unit: Any) -> None:
    take(unit, file_of(unit, [entry(500), entry(-100)]))
    stored = unit.one("SELECT group_concat(booked_at || ' ' || seq, '; ') FROM statement_line")
    # The second of March begins in Shanghai eight hours before it begins in UTC.
    assert stored == "2026-03-01 16:00:00.000000 1; 2026-03-01 16:00:00.000000 2"


def test_pending_entries_are_counted_and_not_stored(unit: Any) -> None:
    items = file_of(unit, [entry(500), entry(-100, is_pending=True)])
    (statement,) = take(unit, items).statements
    assert (statement.pending, statement.lines_new, count(unit)) == (1, 1, 1)


def test_without_a_stated_opening_no_stretch_is_covered(unit: Any) -> None:
    taken = take(unit, file_of(unit, [entry(500)], opening=None))
    assert taken.statements[0].covers_from is None
    assert "no opening balance" in taken.warnings[0]
    assert unit.one("SELECT is_complete FROM statement") == 0


def test_a_gap_in_the_balances_is_told_and_in_the_history_and_not_mended(unit: Any) -> None:
    taken = take(unit, file_of(unit, [entry(500)], gap=-7))
    (warning,) = taken.warnings
    assert warning.startswith("···· 0001: its balances do not add up: CNY -0.07")
    values = str(unit.one("SELECT values_json FROM event WHERE noun = 'statement'"))
    assert '"gap_minor":-7' in values
    assert count(unit) == 1
    assert verify(unit.database) == ()


def test_the_bytes_of_a_refused_file_are_kept_and_nothing_else(unit: Any) -> None:
    def breaks_off() -> Iterator[Item]:
        yield from file_of(unit, [entry(500)])[:2]
        raise StatementRefusedError("it ends in the middle", 7)

    with pytest.raises(StatementRefusedError):
        take(unit, breaks_off(), b"half a file")
    assert (count(unit), count(unit, "statement")) == (0, 0)
    assert unit.one("SELECT digest FROM document") == digest_bytes(b"half a file")
    assert b"half a file" not in unit.path.read_bytes()


def test_a_bank_may_be_left_out_where_the_number_is_known_at_one_partner(unit: Any) -> None:
    with pytest.raises(MisuseError, match="at no partner: name its bank with --bank"):
        take(unit, file_of(unit, [entry(500)]), bank="")
    assert count(unit, "account") == 0
    take(unit, file_of(unit, [entry(500)]))
    assert take(unit, file_of(unit, [entry(600)]), b"<two/>", bank="").lines_new == 1
    take(unit, file_of(unit, [entry(500)]), b"<three/>", bank=SLOW)
    with pytest.raises(MisuseError, match="bank-home, bank-slow: name"):
        take(unit, file_of(unit, [entry(700)]), b"<four/>", bank="")


def test_a_file_that_names_another_bank_than_was_given_is_refused(unit: Any) -> None:
    taken = take(unit, file_of(unit, [entry(500)], bank_id=CODE))
    assert taken.warnings == (f"{HOME} is known by the code {CODE} from now on",)
    with pytest.raises(MisuseError, match="is at bank-home, not at bank-slow"):
        take(unit, file_of(unit, [entry(500)], bank_id=CODE[:8]), b"<two/>", bank=SLOW)
    with pytest.raises(MisuseError, match="not a registered partner"):
        take(unit, file_of(unit, [entry(500)]), b"<two/>", bank="bank-of-nowhere")
    assert verify(unit.database) == ()


def test_an_account_in_another_currency_than_known_is_refused(unit: Any) -> None:
    take(unit, file_of(unit, [entry(500)]))
    pounds = entry(500, amount=Money(500, "GBP"))
    with pytest.raises(RefusedError, match="an account in CNY, the file tells of one in GBP"):
        take(unit, file_of(unit, [pounds], currency="GBP", opening=None), b"<two/>")


def test_no_sentence_and_no_value_shows_an_account_number(unit: Any) -> None:
    taken = take(unit, file_of(unit, [entry(500, counter_number=unit.accounts[0].number)], gap=3))
    said = repr(taken) + repr(taken.statements)
    assert not any(account.number in said for account in unit.accounts)


def test_bookings_told_twice_in_disguise_are_named(unit: Any) -> None:
    """The bank tells a payer's reference that its file leaves out: nothing says that it is one."""
    api(unit, unit.line(1, 500, ref="E1"))
    (warning,) = take(unit, file_of(unit, [entry(500)])).warnings
    assert "differ by CNY 5.00 from its balances: a booking may be stored twice" in warning


def test_the_other_side_tells_that_a_booking_without_reference_is_the_same(unit: Any) -> None:
    api(unit, unit.line(1, 500, ref="E1"))
    known = entry(500, counter_number=unit.accounts[0].number, counter_bank_id=SLOW)
    assert take(unit, file_of(unit, [known])).lines_new == 0
