"""The over-freezing ratio: what was made good beside the holds is not disputed any more."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import command

from models.engine import Database
from models.migrate import alembic_config, upgrade
from recovery_flows.reports.statistics import summary
from tests.recall_messages import answered, drafted, returned, sent, take
from tests.records.abroad.abroad_case import Abroad

_DISPUTED = "disputed there CNY"


def ratio(abroad: Abroad) -> tuple[int, int]:
    """Blocked and disputed at home, in minor units."""
    with abroad.unit.database.reading() as session:
        found = dict(summary(session, abroad.unit.now).blocked)
    return found["CNY"].numerator_minor, found["CNY"].denominator_minor


def recalled(abroad: Abroad, amount: str) -> None:
    """A bank brings back what was called back; a second person confirms it."""
    drafted(abroad.unit, abroad.recovery_id)
    abroad.unit.approve(abroad.recovery_id)
    sent(abroad.unit, abroad.recovery_id)
    take(abroad.unit, answered("ACCR"))
    take(abroad.unit, returned(amount))
    abroad.unit.approve(abroad.recovery_id)


def test_what_a_recall_made_good_beyond_what_is_free_is_not_disputed_where_it_is_blocked(
    abroad: Abroad,
) -> None:
    """CNY 1,000.00 lost, half held at home, half abroad; CNY 700.00 come back by a recall."""
    assert ratio(abroad) == (50_000, 50_000)
    recalled(abroad, "700.00")
    assert ratio(abroad) == (50_000, 30_000), "only CNY 300.00 are owed of the 500.00 held"


def test_what_comes_back_of_money_that_is_not_held_changes_nothing_where_it_is(
    abroad: Abroad,
) -> None:
    recalled(abroad, "400.00")
    assert ratio(abroad) == (50_000, 50_000)


def kept(database: Database) -> list[int]:
    """The tally of it, and the same among the recovery's own figures."""
    with database.reading() as session:
        tally = session.execute(
            sa.text("SELECT value FROM tally WHERE name = :name"), {"name": _DISPUTED}
        )
        return [int(value) for (value,) in tally.all()]


def test_a_folder_of_the_version_before_is_counted_anew_at_its_upgrade(abroad: Abroad) -> None:
    recalled(abroad, "700.00")
    database = abroad.unit.database
    with database.engine.begin() as connection:
        command.downgrade(alembic_config(connection), "0056")
        counted = {"name": _DISPUTED, "figure": f'"{_DISPUTED}":50000'}
        connection.execute(sa.text("UPDATE tally SET value = 50000 WHERE name = :name"), counted)
        connection.execute(
            sa.text("UPDATE queue_entry SET figures = replace(figures, :right, :figure)"),
            {**counted, "right": f'"{_DISPUTED}":30000'},
        )
    assert (ratio(abroad), kept(database)) == ((50_000, 50_000), [50_000])
    upgrade(database.engine)
    assert (ratio(abroad), kept(database)) == ((50_000, 30_000), [30_000])
