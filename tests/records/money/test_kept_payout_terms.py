"""A payout's term into a year whose calendar is not published is not kept: it may move."""

from __future__ import annotations

from typing import Any

import pytest

from recovery_flows.cases.clocks.files import deadlines_of_files
from recovery_flows.cases.clocks.keeping import fill
from recovery_flows.cases.views.all_deadlines import all_entries
from recovery_flows.law import terms

KNOWN = "SELECT deadlines IS NOT NULL FROM queue_entry"


def test_it_is_told_by_the_file_until_the_calendar_is_there(
    unit: Any, acting: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    acts = acting(unit)
    with monkeypatch.context() as patch:
        patch.setattr(terms, "_published_to", {"CN": 2000, "GB": 2000}.get)
        recovery_id = acts.pooled(3, 200_000, until="approved")
        fill(unit.database, unit.laws)
        assert not unit.one(KNOWN)
    fill(unit.database, unit.laws)
    assert unit.one(KNOWN)
    with unit.database.reading() as session:
        found = list(all_entries(session, unit.laws, None))
        ((_, told),) = deadlines_of_files(session, [recovery_id], unit.laws)
    assert "CN_BANK_RETURN" in [one.clock.law_row for one in found]
    assert found == told
