"""Rows of a file are filled slot by slot: that is right for classes that do nothing else."""

from __future__ import annotations

from dataclasses import MISSING, fields
from typing import Any

import pytest

from models.queries.cases.case_files import load_file
from models.queries.file_parts import KINDS


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: str(kind.__name__))
def test_a_row_is_its_fields_and_nothing_else_happens_when_it_is_made(kind: type[Any]) -> None:
    assert not hasattr(kind, "__post_init__")
    assert list(kind.__slots__) == [field.name for field in fields(kind)]


def test_a_file_that_is_read_equals_one_whose_rows_are_made_by_their_classes(unit: Any) -> None:
    file = unit.file(unit.traced())
    with unit.database.reading() as session:
        assert load_file(session, file.recovery.id) == file
    rows = [file.recovery, *file.claims, *file.assets, *file.holds, *file.approvals]
    assert len({type(row) for row in rows}) >= 4
    for row in rows:
        values = {field.name: getattr(row, field.name) for field in fields(row)}
        assert MISSING not in values.values()
        assert type(row)(**values) == row
        with pytest.raises(AttributeError):
            row.id = "another"
