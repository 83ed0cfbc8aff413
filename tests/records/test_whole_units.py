"""A unit of work is kept whole or not at all, whoever takes a failure in it for his own."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest
import sqlalchemy as sa

from models.engine import is_of_the_database, what_failed
from models.entities.account import Party
from models.entities.catalogue import table_of
from models.queries.audit.verify import verify
from models.sqlite import direct
from models.sqlite.plain_session import TransactionLostError
from models.store.accounts import ensure_party, party_id_of
from models.store.unit import Unit, savepoint, unit_of_work
from models.store.waiting_rows import TornUnitError

_PARTIES = table_of(Party)


def let_wait(work: Unit, name: str) -> None:
    """A person waits to be written, whether he is stored already or not."""
    work.absent.add(party_id_of(work, name, ""))
    ensure_party(work, name, "")


def ask(work: Unit) -> int:
    """A query before which the rows that wait are written."""
    return int(work.session.execute(sa.select(sa.func.count()).select_from(_PARTIES)).scalar_one())


@pytest.fixture
def stored(unit: Any) -> Any:
    """The unit, with one person."""
    with unit_of_work(unit.database) as work:
        let_wait(work, "known")
    return unit


def people(unit: Any) -> int:
    return int(unit.one("SELECT count(*) FROM party"))


def go_on_after_a_failure(work: Unit) -> None:
    """As a reader does that takes it for a bad row."""
    for name in ("new", "known", "after"):
        let_wait(work, name)
    with suppress(sa.exc.IntegrityError):
        ask(work)


def test_rows_that_could_be_written_in_part_only_are_not_committed_by_who_goes_on(
    stored: Any,
) -> None:
    with pytest.raises(TornUnitError), unit_of_work(stored.database) as work:
        go_on_after_a_failure(work)
    assert people(stored) == 1


def test_rows_that_could_be_written_in_part_only_are_undone_with_their_part(stored: Any) -> None:
    with unit_of_work(stored.database) as work:
        let_wait(work, "before")
        with suppress(sa.exc.IntegrityError), savepoint(work):
            for name in ("new", "known", "after"):
                let_wait(work, name)
            ask(work)
        let_wait(work, "later")
        assert ask(work) == 3
    assert people(stored) == 3
    assert not verify(stored.database)


def fill_the_disk(work: Unit) -> None:
    """Write until SQLite has no page left, as on a full disk."""
    own = direct.driver(work.session.connection())
    (pages,) = own.execute("PRAGMA page_count").fetchone()
    own.execute(f"PRAGMA max_page_count = {pages}")
    for number in range(10_000):
        let_wait(work, f"one more {number}" + "x" * 200)
        ask(work)


def write_on_after_a_full_disk(work: Unit) -> None:
    with suppress(sa.exc.DBAPIError):
        fill_the_disk(work)
    work.session.forget_waiting()
    direct.driver(work.session.connection()).rollback()  # SQLite does so itself, or not
    alone = {"id": "alone", "name_sealed": "", "contact_sealed": ""}
    work.session.execute(_PARTIES.insert(), alone)


def test_after_a_full_disk_nothing_is_written_in_a_transaction_that_is_no_more(stored: Any) -> None:
    with pytest.raises(TransactionLostError) as lost, unit_of_work(stored.database) as work:
        write_on_after_a_full_disk(work)
    assert people(stored) == 1
    assert is_of_the_database(lost.value)
    assert "undone" in what_failed(lost.value)


def test_a_failure_of_the_driver_itself_is_one_of_the_database(unit: Any) -> None:
    with unit.database.reading() as session:
        own = direct.driver(session.connection())
        own.execute("PRAGMA query_only = ON")
        with pytest.raises(Exception, match="readonly") as failed:
            own.execute("DELETE FROM party")
        own.execute("PRAGMA query_only = OFF")
    assert is_of_the_database(failed.value)
