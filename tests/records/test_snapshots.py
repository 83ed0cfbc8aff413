"""Frozen rows made and changed by their slots, and answers that are remembered of one file."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, fields, replace

import pytest

from models.case_file import CaseFile, OfLastFile
from models.money import Money
from models.outcome import Transition
from models.queries.file_parts import KINDS
from models.snapshots import changed, filler


@pytest.mark.parametrize("kind", [*KINDS, CaseFile, Transition])
def test_a_row_changed_by_its_slots_is_the_one_that_its_class_makes(kind: type) -> None:
    row = filler(kind)(range(len(fields(kind))))
    for field in fields(kind):
        new = changed(row, **{field.name: "other"})
        assert type(new) is kind
        assert new == replace(row, **{field.name: "other"})
        assert getattr(row, field.name) != "other", "the row itself was changed"
    assert changed(row) == row
    with pytest.raises(FrozenInstanceError):
        setattr(changed(row), fields(kind)[0].name, 1)


def test_a_field_that_there_is_not_and_a_class_that_checks_itself_are_refused() -> None:
    with pytest.raises(TypeError, match="no amount"):
        changed(filler(Transition)(range(len(fields(Transition)))), amount=1)
    with pytest.raises(TypeError, match="checks it"):
        changed(Money(1, "CNY"), minor=2)


def test_only_the_same_file_under_the_same_law_is_remembered() -> None:
    known = OfLastFile[str]()
    first, second, laws = [1], [1], {"CN": 1}
    known.answers(first, laws)["what"] = "answer"
    assert known.answers(first, laws) == {"what": "answer"}
    assert known.answers(first, dict(laws)) == {}
    assert known.answers(second, laws) == {}
    assert known.answers(first, laws) == {}, "what came before is forgotten"
