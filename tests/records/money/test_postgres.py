"""One recovery on PostgreSQL, from its report to its receipts and a clawback.

On the server that `tests/one_postgres.py` finds; skipped where it finds none.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from itertools import product
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic import command

from models.case_file import in_order
from models.entities.catalogue import table_of
from models.entities.event import Event
from models.entities.payout import ClawbackGround
from models.entities.register_change import RegisterAct
from models.migrate import alembic_config, upgrade
from models.money import Money
from models.queries.audit.schema import schema_differences
from models.queries.audit.verify import verify
from models.queries.cases import queue_groups
from models.queries.cases.case_files import NoSuchRecoveryError, load_file
from models.queries.cases.deconfliction import elsewhere
from models.store.calls import mark_sent
from models.store.unit import unit_of_work
from recovery_flows.access.registers import decide
from recovery_flows.access.restrictions import ask_restriction
from recovery_flows.cases.clawbacks import actions
from recovery_flows.cases.trail.reading import TrailQuery, trail_page
from recovery_flows.cases.views.queue import QueueQuery, queue, whole_queue
from recovery_flows.partners.page import partner_pages
from recovery_flows.reports.ledger_check import ledger_check
from recovery_flows.reports.statistics import summary
from recovery_flows.reports.unattended import DEFAULT_PATIENCE
from recovery_flows.restitution.rounds import rounds_of
from tests.one_postgres import new_database, server_or_skip
from tests.records.conftest import OFFICER, SUPERVISOR, install, open_unit
from tests.records.money.unclaimed_case import bank_follows

pytest.importorskip("psycopg", reason="NOT SHOWN: the extra `postgres` is not installed")
TRIGGERS = {
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger'",
    "postgresql": "SELECT DISTINCT tgname FROM pg_trigger WHERE NOT tgisinternal",
}


@pytest.fixture(scope="module")
def server_url() -> Iterator[str]:
    with server_or_skip() as url:
        yield url


@pytest.fixture
def on_postgres(tmp_path: Path, laws: Any, server_url: str) -> Iterator[Any]:
    url = new_database(server_url, f"recovery_{os.getpid()}")
    install(tmp_path / "on-postgres", laws, url)
    opened = open_unit(tmp_path / "on-postgres", laws, url)
    yield opened
    opened.database.dispose()


def triggers(unit: Any) -> set[str]:
    with unit.database.engine.connect() as connection:
        rows = connection.exec_driver_sql(TRIGGERS[connection.dialect.name])
        return {str(row[0]) for row in rows}


def test_a_recovery_goes_from_report_to_receipt_and_its_guards_stand(
    on_postgres: Any, acting: Any, unit: Any
) -> None:
    assert triggers(on_postgres) == triggers(unit)
    unit = on_postgres
    acts = acting(unit)
    recovery_id = acts.pooled(3, 200_000, until="approved")
    for payout in unit.file(recovery_id).payouts:
        acts.settle(recovery_id, payout.id)
    bank_follows(unit, acts, recovery_id, 4)
    (one,) = rounds_of(unit.file(recovery_id))
    assert one.paid == Money(200_000, "CNY")
    paid = unit.file(recovery_id).payouts[0]
    back = Money(paid.amount_minor, "CNY")
    actions.order(
        unit.case_officer(), recovery_id, paid.id, back, ClawbackGround.WRONG_PAYEE, "a mistake"
    )
    for statement, sentence in (
        ("UPDATE payout SET amount_minor = 99999999", "within its pool"),
        ("UPDATE clawback SET state = 'ordered'", "by two people"),
        ("UPDATE event SET actor_id = 'x'", "append|only|history|changed"),
        ("UPDATE claim SET reported_minor = reported_minor + 1", "another loss is another claim"),
        ("UPDATE claim SET decided_minor = 1", "that another person upheld"),
        ("UPDATE claim SET upheld_minor = reported_minor + 1", "no more of a loss is upheld"),
        ("UPDATE approval SET asked_by = 'x'", "by another person than who asked"),
    ):
        with (
            unit.database.engine.begin() as raw,
            pytest.raises(sa.exc.DBAPIError, match=sentence),
        ):
            raw.execute(sa.text(statement))
    with unit.database.reading() as session:
        check, weeks = ledger_check(session), summary(session, unit.now).weeks
        assert (check.differences, check.miscounted) == ((), ())
        assert sum(weeks.holds) > 0
        assert max(money.minor for money in weeks.currencies[0].held) == 200_000
    assert verify(unit.database) == ()


def test_a_restricted_recovery_is_left_out_of_what_others_read_there_too(on_postgres: Any) -> None:
    unit = on_postgres
    first, second = unit.report(*unit.reports(2))
    unit.accept(first)
    unit.accept(second)
    change = ask_restriction(
        unit.case_officer(SUPERVISOR), second, RegisterAct.RESTRICT, ["chen"], "an insider"
    )
    decide(unit.case_officer(OFFICER), change, is_yes=True)
    for who, seen in (("wu", {first, second}), ("chen", {first, second}), ("zhao", {first})):
        with unit.database.seen_by(who).reading() as session:
            page = queue(session, unit.now, DEFAULT_PATIENCE, 20, QueueQuery(), unit.database.vault)
            assert {line.recovery_id for line in page.lines} == seen, who
            assert page.total == len(seen)
            assert sum(n for _, n in summary(session, unit.now).ends) == len(seen)
            assert load_file(session, first).shared_with[0][1] == second
            if who == "zhao":
                (hit,) = {one.owner for one in elsewhere(session, [first])[first]}
                assert hit == "wu"
                with pytest.raises(NoSuchRecoveryError):
                    load_file(session, second)
    with (
        unit.database.engine.begin() as raw,
        pytest.raises(sa.exc.DBAPIError, match="a second person has confirmed it"),
    ):
        raw.execute(sa.text("UPDATE restriction SET state = 'ended'"))
    assert verify(unit.database) == ()


def test_rows_of_a_file_are_read_in_the_order_in_which_steps_are_found(
    on_postgres: Any, acting: Any
) -> None:
    """A hold that is not ordered yet is read first, as on SQLite."""
    recovery = on_postgres.traced()
    acting(on_postgres).close_calls(recovery)
    acting(on_postgres).decide(recovery)
    file = on_postgres.file(recovery)
    assert [hold.ordered_at is None for hold in file.holds] == [True, False]
    assert in_order(file) == file


def test_how_partners_answered_is_counted_and_found_there_as_in_a_file(
    on_postgres: Any, acting: Any, unit: Any
) -> None:
    found = []
    for one in (unit, on_postgres):
        recovery_id = acting(one).pooled(3, 200_000, until="approved")
        with unit_of_work(one.database) as work:
            for call in one.file(recovery_id).calls:
                mark_sent(work, one.now, recovery_id, call.id, call.state)
        one.later(2)
        for payout, said in zip(
            one.file(recovery_id).payouts, ("SETTLED", "REFUSED"), strict=False
        ):
            acting(one).settle(recovery_id, payout.id, said, reason="AC04")
        with one.database.engine.begin() as connection:
            connection.execute(sa.text("UPDATE partner SET agreed_minutes = 1"))
        before = partners_of(one)
        with one.database.engine.begin() as connection:
            command.downgrade(alembic_config(connection), "0054")
        upgrade(one.database.engine)
        assert partners_of(one) == before
        found.append(before)
    assert found[0] == found[1]
    (bank,) = (page for page in found[0][0] if page.late)
    assert [(one.kind, one.minutes) for one in bank.breaches] == [("payout", 120)] * 2
    assert {one.kind for one in bank.overdue} == {"payout"}


def partners_of(unit: Any) -> list[Any]:
    """Each partner's page, with the late answers of eight weeks and with all of them."""
    with unit.database.reading() as session:
        assert ledger_check(session).miscounted == ()
        return [
            partner_pages(session, unit.database.vault, unit.laws, unit.now, whole=whole)
            for whole in (False, True)
        ]


@pytest.mark.parametrize("few", [1_000, 1])
def test_filters_and_orders_show_there_the_lines_that_are_printed(
    on_postgres: Any, few: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queue_groups, "_FEW", few)
    unit = on_postgres
    ids = unit.report(*unit.reports(9))
    for recovery_id in ids[:4]:
        unit.accept(recovery_id)
    unit.later(30)
    orders = ("", "ref", "stage", "loss", "victims", "turn", "next")
    looks = [QueueQuery(order_by=name, is_down=down) for name in orders for down in (False, True)]
    # Accepted ones have a case number; every one is of a bank, and shares its payee's account.
    shown = {
        "": 9,
        "syn-case": 4,
        "bank:slow": 9,
        "~r69": 1,
        "duplic": 9,
        "officer:-": 5,
        "held<1": 9,
    }
    vault = unit.database.vault
    for text, count in shown.items():
        for order in looks:
            look = replace(order, text=text, only_found=True)
            with unit.database.reading() as session:
                whole = tuple(whole_queue(session, unit.now, DEFAULT_PATIENCE, look, vault))
                last = replace(look, offset=count, at_id=whole[-1].recovery_id, follows=False)
                page = queue(session, unit.now, DEFAULT_PATIENCE, 4, last, vault)
            assert (page.total, page.found, len(whole)) == (count, count, count), look
            assert (page.lines, page.at_row) == (whole[-4:], count - 1), look


def test_the_audit_trail_is_read_there_by_each_term_from_either_end(
    on_postgres: Any, acting: Any
) -> None:
    unit = on_postgres
    acting(unit).pooled(2, 50_000, until="notice")
    events = table_of(Event)
    for text, oldest_first in product(
        ("", "officer:-engine kind:hold", "kind:approval since:2d", "until:2099-01-01 engine"),
        (False, True),
    ):
        with unit.database.reading() as session:
            page = trail_page(session, unit.now, TrailQuery(text, oldest_first), 7, None, "UTC")
            order = events.c.seq if oldest_first else events.c.seq.desc()
            seqs = session.execute(sa.select(events.c.seq).order_by(order).limit(7)).scalars()
            assert page.wrong == ()
            found = [line.seq for line in page.lines]
            assert found == sorted(found, reverse=not oldest_first)
            assert found
            assert text or found == list(seqs)
    with unit.database.seen_by("nobody").reading() as session:
        assert trail_page(session, unit.now, TrailQuery("kind:hold"), 7, None, "UTC").lines


_CHANGED_BY_HAND = {
    "the trigger event.event_no_delete is not there any more": (
        "DROP TRIGGER event_no_delete ON event"
    ),
    "the trigger posting.posting_no_update is another one than the program made": (
        "ALTER TABLE posting DISABLE TRIGGER posting_no_update"
    ),
    "the function mole() was added by hand": (
        "CREATE FUNCTION mole() RETURNS int LANGUAGE sql AS 'SELECT 1'"
    ),
    "the rule event.mole was added by hand": (
        "CREATE RULE mole AS ON DELETE TO event DO INSTEAD NOTHING"
    ),
    "the view mole was added by hand": "CREATE VIEW mole AS SELECT * FROM officer",
    "the table mole was added by hand": "CREATE TABLE mole (name TEXT)",
    "the table officer is another one than the program made": (
        "ALTER TABLE officer ADD COLUMN mole TEXT"
    ),
    "the index ix_event_subject is not there any more": "DROP INDEX ix_event_subject",
}


def test_a_part_of_the_schema_that_was_changed_by_hand_is_named_there_too(on_postgres: Any) -> None:
    assert verify(on_postgres.database) == ()
    for sentence, statement in _CHANGED_BY_HAND.items():
        with on_postgres.database.engine.connect() as raw, raw.begin() as undone:
            raw.exec_driver_sql(statement)
            found = [told for *_, told in schema_differences(raw, on_postgres.database.engine)]
            undone.rollback()
        assert found == [sentence]
    assert verify(on_postgres.database) == ()
