"""What runs out is kept on PostgreSQL too, and forgotten where a bank's channel is another."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import timedelta
from itertools import product
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from models.entities.partner import PartnerChannel
from models.queries.cases.approvals import pending_page, place_of_pending
from models.queries.cases.deadline_views import kept_deadlines
from models.queries.partners.register import open_calls
from models.store.rollups.spans import Span, numbers_in
from models.store.unit import unit_of_work
from models.urgency import Attention, Lane
from recovery_flows.access.registers import ask_partner, decide
from recovery_flows.cases.clocks.edition import todays
from recovery_flows.cases.clocks.files import deadlines_of_files
from recovery_flows.cases.clocks.keeping import fill, kept_wrong
from recovery_flows.cases.views.all_deadlines import all_entries
from recovery_flows.reports.ledger_check import ledger_check
from tests.one_postgres import new_database, server_or_skip
from tests.records.conftest import SUPERVISOR, install, open_unit

pytest.importorskip("psycopg", reason="NOT SHOWN: the extra `postgres` is not installed")


@pytest.fixture
def on_postgres(tmp_path: Path, laws: Any) -> Iterator[Any]:
    with server_or_skip() as server_url:
        url = new_database(server_url, f"deadlines_{os.getpid()}")
        install(tmp_path / "on-postgres", laws, url)
        opened = open_unit(tmp_path / "on-postgres", laws, url)
        yield opened
        opened.database.dispose()


def test_what_runs_out_is_kept_there_as_on_sqlite(on_postgres: Any) -> None:
    unit = on_postgres
    (recovery_id,) = unit.report(*unit.reports(1))
    unit.accept(recovery_id)
    unit.order(recovery_id)

    def notes(*, is_known: bool) -> list[str]:
        with unit.database.reading() as session:
            ((_, told),) = deadlines_of_files(session, [recovery_id], unit.laws)
            assert list(all_entries(session, unit.laws, None)) == told
            assert list(kept_wrong(session, unit.laws)) == []
            _, unknown = kept_deadlines(session, [recovery_id], todays(unit.laws))
            assert unknown == ([] if is_known else [recovery_id])
            return [str(one.clock.note) for one in told]

    assert "its letter has not been sent" not in notes(is_known=True)
    bank, values = unit.file(recovery_id).calls[0].partner_id, {"channel": PartnerChannel.LETTER}
    with unit_of_work(unit.database) as work:
        change = ask_partner(work, unit.case_officer(SUPERVISOR), bank, values, is_known=True)
    decide(unit.case_officer(), change, is_yes=True)
    assert "its letter has not been sent" in notes(is_known=False)
    fill(unit.database, unit.laws)
    assert "its letter has not been sent" in notes(is_known=True)


def test_counts_by_the_hour_and_pending_approvals_are_kept_there_too(on_postgres: Any) -> None:
    unit = on_postgres
    for number, recovery_id in enumerate(unit.report(*unit.reports(5))):
        if number:
            unit.accept(recovery_id)
            unit.case_officer().advance(recovery_id, knowing=True)
        unit.later(0.4)
    with unit.database.reading() as session:
        assert ledger_check(session).miscounted == ()
        for kind in (*Lane, Attention.UNOWNED, Attention.STALLED):
            for since in (None, unit.now - timedelta(hours=1.5), unit.now - timedelta(hours=1)):
                span = Span(kind, since, unit.now - timedelta(minutes=20))
                query = sa.select(sa.func.count()).where(span.condition)
                assert numbers_in(session, [span]) == [session.execute(query).scalar_one()]
        assert [one.count for one in open_calls(session)] != []
        for order_by, is_down in product(("", "ref", "act", "by"), (False, True)):
            listed = pending_page(session, 0, 9, order_by, is_down=is_down)
            places = [
                place_of_pending(session, one.approval_id, order_by, is_down=is_down)
                for one in listed
            ]
            assert places == [0, 1, 2, 3]
