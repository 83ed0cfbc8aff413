"""How long partners took to answer: counted by the writes, checked, and no order is read for it."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command

from models.entities.catalogue import table_of
from models.entities.installation import Tally
from models.entities.officer import Role
from models.entities.partner import Partner
from models.entities.register_change import RegisterAct
from models.measures.order_times import OrderKind
from models.migrate import alembic_config, upgrade
from models.queries.cases.case_files import load_file
from models.queries.partners.orders import _OF_DAY
from models.queries.partners.register import ChangedCountError
from models.store import calls
from models.store.registers import ask_change, confirm_change
from models.store.rollups.names import series_of
from models.store.rollups.orders_sent import series_of_answers
from models.store.rollups.tallies import whole_tally
from models.store.unit import Actor, unit_of_work
from recovery_flows.cases.pages.partner import written
from recovery_flows.cases.pages.renderings import plain_lines
from recovery_flows.partners.page import PartnerPage, partner_pages
from recovery_flows.reports.ledger_check import ledger_check
from tests.screens.conftest import LAWS, MULE, START, Unity

BANK = MULE.bank
_PARTNERS = table_of(Partner)


@pytest.fixture
def unity(tmp_path: Path) -> Iterator[Unity]:
    (folder := tmp_path / "unit").mkdir()
    made = Unity(folder)
    yield made
    made.database.dispose()


def page(unity: Unity, *, whole: bool = False, viewer: str = "") -> PartnerPage:
    database = unity.database.seen_by(viewer) if viewer else unity.database
    with database.reading() as session:
        vault = unity.database.vault
        (found,) = partner_pages(session, vault, LAWS, unity.now, BANK, whole=whole)
    return found


def agree(unity: Unity, minutes: int) -> None:
    with unity.database.engine.begin() as connection:
        connection.execute(sa.text(f"UPDATE partner SET agreed_minutes = {minutes}"))


def counts(unity: Unity) -> dict[str, int]:
    with unity.database.reading() as session:
        kept = whole_tally(session)
    return {name: value for name, value in kept.items() if name.startswith("took ")}


def stopped(unity: Unity, minor: int, minutes: int) -> str:
    """A report whose stop-payment the bank carried out so many minutes after it was sent."""
    recovery = unity.report(minor, ref=f"of {minor}")
    li = unity.case_officer("li")
    li.advance(recovery, case_number=f"{minor}")
    li.advance(recovery, knowing=True)
    with unit_of_work(unity.database) as unit:
        for call in load_file(unit.session, recovery).calls:
            calls.mark_sent(unit, unity.now, recovery, call.id, call.state)
    unity.move_clock(minutes=minutes)
    with unit_of_work(unity.database) as unit:
        for call in load_file(unit.session, recovery).calls:
            calls.settle(unit, unity.now, recovery, call.id, call.state, "answered")
    unity.hold(recovery)
    return recovery


def test_an_answer_is_counted_by_its_minutes_over_all_days_and_on_its_day(unity: Unity) -> None:
    for number, minutes in enumerate((7, 7, 90)):
        stopped(unity, 100_000 + number, minutes)
    day = unity.now.date()
    assert counts(unity) == {
        f"took {BANK} stop 7": 2, f"took {BANK} stop 90": 1,
        f"took {BANK} {day} stop 7": 2, f"took {BANK} {day} stop 90": 1,
    }  # fmt: skip
    found = page(unity)
    assert (found.ever.answered, found.lately.answered, found.weeks[-1]) == (3, 3, 7)
    unity.move_clock(weeks=8)
    later = page(unity)
    assert (later.ever.answered, later.lately.answered, later.weeks) == (3, 0, (None,) * 8)


def test_a_late_answer_of_these_weeks_is_told_an_older_one_is_counted(unity: Unity) -> None:
    agree(unity, 60)
    stopped(unity, 100_000, 61)
    unity.move_clock(weeks=9)
    stopped(unity, 100_001, 75)
    found = page(unity)
    assert (found.late, [one.minutes for one in found.breaches]) == (2, [75])
    assert [one.minutes for one in page(unity, whole=True).breaches] == [75, 61]
    text = "\n".join(plain_lines(written(found, "UTC")))
    assert "later than agreed: 2 orders" in text
    assert "and 1 more: --json has all" in text


def test_an_order_that_waits_is_open_and_no_count(unity: Unity) -> None:
    agree(unity, 60)
    recovery = unity.report(100_000)
    li = unity.case_officer("li")
    li.advance(recovery, case_number="1")
    li.advance(recovery, knowing=True)
    with unit_of_work(unity.database) as unit:
        for call in load_file(unit.session, recovery).calls:
            calls.mark_sent(unit, unity.now, recovery, call.id, call.state)
    assert counts(unity) == {}
    assert (page(unity).ever.open, page(unity).overdue) == (1, ())
    unity.move_clock(weeks=9)
    found = page(unity)
    assert (found.ever.open, found.lately.open) == (1, 0)
    assert [one.minutes for one in found.overdue] == [9 * 7 * 24 * 60]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ("value = value + 1", "stop 7' is kept as 2, the recoveries come to 1"),
        ("series = 'day'", "stop 7' is kept in the series 'day'"),
    ],
)
def test_a_count_of_answers_that_somebody_changed_is_named(
    unity: Unity, change: str, told: str
) -> None:
    stopped(unity, 100_000, 7)
    with unity.database.reading() as session:
        assert ledger_check(session).miscounted == ()
    with unity.database.engine.begin() as connection:
        connection.execute(sa.text(f"UPDATE tally SET {change} WHERE name = 'took {BANK} stop 7'"))
    with unity.database.reading() as session:
        (found,) = ledger_check(session).miscounted
    assert told in found


@pytest.mark.parametrize("to", [f"took {BANK} stop seven", f"took {BANK} blow 7", "took 7"])
def test_the_register_names_a_count_that_somebody_renamed(unity: Unity, to: str) -> None:
    stopped(unity, 100_000, 7)
    with unity.database.engine.begin() as connection:
        change = f"UPDATE tally SET name = '{to}' WHERE name = 'took {BANK} stop 7'"
        connection.execute(sa.text(change))
    with pytest.raises(ChangedCountError, match=f"the count '{to}' was changed by hand"):
        page(unity)


def test_a_database_of_the_version_before_has_its_answers_counted(unity: Unity) -> None:
    stopped(unity, 100_000, 7)
    engine = unity.database.engine
    before, shown = counts(unity), page(unity)
    with engine.begin() as connection:
        command.downgrade(alembic_config(connection), "0054")
        names = connection.execute(sa.text("SELECT name FROM tally")).scalars().all()
        figures = connection.execute(sa.text("SELECT figures FROM queue_entry")).scalars().all()
    assert names
    assert not [name for name in (*names, *figures) if "took" in name]
    upgrade(engine)
    assert (counts(unity), page(unity)) == (before, shown)
    with unity.database.reading() as session:
        assert ledger_check(session).miscounted == ()


def test_the_orders_of_a_day_are_found_by_their_day_and_not_by_all_of_their_partner(
    unity: Unity,
) -> None:
    text = str(_OF_DAY.compile(dialect=sa.dialects.sqlite.dialect()))
    plain = re.sub(r"__\[POSTCOMPILE_[^\]]+\]", "?, ?", text)
    with unity.database.engine.connect() as connection:
        raw = connection.connection.dbapi_connection
        assert raw is not None
        cursor = raw.cursor()
        cursor.execute(f"EXPLAIN QUERY PLAN {plain}", ["x"] * plain.count("?"))
        found = [row[3] for row in cursor.fetchall() if "ix_call_sent" in row[3]]
    assert len(found) == 3
    assert all("(partner_id=? AND sent_at>? AND sent_at<?)" in told for told in found)


def test_answers_count_on_in_a_recovery_that_had_sent_nothing_itself(unity: Unity) -> None:
    silent = unity.report(100_001)
    unity.case_officer("li").advance(silent, case_number="1")
    unity.move_clock(minutes=5)
    held = stopped(unity, 100_000, 7)
    before = counts(unity)
    unity.case_officer("li").join(silent, held)
    assert counts(unity) == before
    with unity.database.reading() as session:
        assert load_file(session, silent).holds


def restrict(unity: Unity, recovery: str) -> None:
    """Only the two who restrict it see it."""
    wang, zhao = Actor("wang", Role.SUPERVISOR), Actor("zhao", Role.SUPERVISOR)
    named = {"members": "zhao", "reason": "an insider"}
    with unit_of_work(unity.database) as unit:
        change = ask_change(unit, wang, unity.now, RegisterAct.RESTRICT, recovery, named)
        confirm_change(unit, zhao, unity.now, change)


@pytest.mark.parametrize("is_merged", [False, True])
def test_how_a_partner_answered_about_a_hidden_recovery_is_told_to_nobody_who_does_not_see_it(
    unity: Unity, *, is_merged: bool
) -> None:
    agree(unity, 60)
    first = unity.report(100_000)
    unity.case_officer("li").advance(first, case_number="0")
    unity.move_clock(minutes=5)
    secret = stopped(unity, 100_001, 75)
    if is_merged:
        unity.case_officer("li").join(first, secret)
        secret = first
    stopped(unity, 100_002, 7)
    restrict(unity, secret)
    seen, whole = page(unity, viewer="chen"), page(unity, viewer="chen", whole=True)
    assert (seen.ever.answered, seen.lately.answered, seen.late) == (1, 1, 0)
    assert (seen.breaches, whole.breaches, seen.weeks[-1]) == ((), (), 7)
    member = page(unity, viewer="zhao")
    assert (member.ever.answered, member.late) == (2, 1)
    assert [one.minutes for one in member.breaches] == [75]


def test_a_register_of_more_partners_than_a_question_may_name_is_read(unity: Unity) -> None:
    stopped(unity, 100_000, 7)
    with unity.database.engine.begin() as connection:
        one = dict(connection.execute(sa.select(_PARTNERS).limit(1)).mappings().one())
        others = [{**one, "id": f"bank-{number}"} for number in range(600)]
        connection.execute(_PARTNERS.insert(), others)
    engine = unity.database.engine
    engine.dispose()

    @sa.event.listens_for(engine, "connect")
    def _as_sqlite_is_built(connection: sqlite3.Connection, _record: object) -> None:
        connection.setlimit(sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER, 32_766)

    with unity.database.reading() as session:
        pages = partner_pages(session, unity.database.vault, LAWS, unity.now)
    assert len(pages) == 603
    assert {one.row.id for one in pages if one.ever.answered} == {BANK}


def test_the_longest_names_of_counts_fit_their_columns() -> None:
    longest = "b" * _PARTNERS.c.id.type.length
    names = [f"{series_of_answers(longest, START.date())} {kind} {10**9}" for kind in OrderKind]
    kept = table_of(Tally).c
    assert max(map(len, names)) <= kept.name.type.length
    assert {len(series_of(name)) for name in names} == {kept.series.type.length}
