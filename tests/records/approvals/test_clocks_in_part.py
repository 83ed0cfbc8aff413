"""The list of all deadlines reads a part of each file, and says of it what the whole file says."""

from __future__ import annotations

from operator import attrgetter
from typing import Any

import pytest

from models.queries.cases.case_files import load_file
from models.queries.partial_files import PartNotReadError, load_in_part
from recovery_flows.approvals.kinds import ApprovalKind
from recovery_flows.cases.clocks import files
from recovery_flows.cases.clocks.files import deadlines_of_files
from recovery_flows.cases.deadlines import running
from recovery_flows.cases.views.all_deadlines import all_entries


@pytest.mark.parametrize("kind", ApprovalKind, ids=str)
def test_a_file_in_part_has_the_deadlines_of_the_whole_file(case: Any) -> None:
    unit = case.unit
    with unit.database.reading() as session:
        whole = load_file(session, case.recovery_id)
        kept = list(all_entries(session, unit.laws, None))
        ((_, told),) = deadlines_of_files(session, [case.recovery_id], unit.laws)
    wanted = [(f"{c.subject_id} {c.what}", c.due_at, c.note) for c in running(whole, unit.laws)]
    for entries in (kept, told):
        found = [(e.line_id, e.clock.due_at, e.clock.note) for e in entries]
        assert [one for one in found if one in wanted] == wanted


def test_a_file_of_which_too_little_was_read_is_read_whole(
    asked: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    unit = asked(ApprovalKind.FREEZE).unit
    with unit.database.reading() as session:
        (recovery_id,) = {e.recovery_id for e in all_entries(session, unit.laws, None)}
        ((_, wanted),) = deadlines_of_files(session, [recovery_id], unit.laws)
        assert wanted
        monkeypatch.setattr(files, "CLOCK_PARTS", frozenset({"holds"}))
        ((_, told),) = deadlines_of_files(session, [recovery_id], unit.laws)
        assert told == wanted


def test_a_part_that_was_not_read_is_an_error_and_no_empty_list(unit: Any) -> None:
    recovery_id = unit.traced()
    with unit.database.reading() as session:
        (file,) = load_in_part(session, [recovery_id], ["assets"])
    assert file.assets
    for look in (bool, len, list, hash, lambda part: part == (), lambda part: part[0].id):
        with pytest.raises(PartNotReadError):
            look(file.claims)
    with pytest.raises(PartNotReadError):
        attrgetter("trace.positions")(file)
