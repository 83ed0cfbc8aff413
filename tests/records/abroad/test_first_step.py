"""What is first among equals is the same for whoever decides and for whoever reads it later.

Seed 90001746: the queue showed one draft, and `recovery advance` filled in another.
"""

from __future__ import annotations

import random
from dataclasses import fields, replace

import sqlalchemy as sa

from models.case_file import ORDERED_BY, CaseFile, in_order
from models.queries.file_parts import _PARTS
from recovery_flows.cases.next_steps import steps
from tests.records.abroad.abroad_case import Abroad

CHANNELS = (
    ("mla", "freeze"), ("igrip", "freeze"), ("police_liaison", "information"), ("eio", "evidence"),
    ("eu_freeze", "freeze"), ("egmont", "information"),
)  # fmt: skip


def drafted(abroad: Abroad) -> CaseFile:
    for channel, wanted in CHANNELS:
        abroad.new(channel, amount="10.00", wanted=wanted)
    file: CaseFile = abroad.unit.file(abroad.recovery_id)
    return file


def test_the_step_that_the_queue_shows_is_the_one_that_is_done(abroad: Abroad) -> None:
    for channel, wanted in CHANNELS:
        abroad.new(channel, amount="10.00", wanted=wanted)
        first = steps(abroad.unit.file(abroad.recovery_id), abroad.unit.laws)[0]
        with abroad.unit.database.reading() as session:
            shown = session.execute(sa.text("SELECT step_action, step_subject FROM recovery")).one()
        assert tuple(shown) == (first.action, first.subject_id)


def test_the_steps_of_a_file_do_not_depend_on_the_order_of_its_rows(abroad: Abroad) -> None:
    file = drafted(abroad)
    expected = steps(file, abroad.unit.laws)
    dice = random.Random(1)  # noqa: S311 - a story
    for _ in range(20):
        mixed = replace(file, **{
            name: tuple(dice.sample(getattr(file, name), len(getattr(file, name))))
            for name in ORDERED_BY
        })  # fmt: skip
        assert in_order(mixed) == file
        assert steps(mixed, abroad.unit.laws) == expected


def test_each_kind_of_row_of_a_file_has_its_place() -> None:
    read = {part.name for part in _PARTS} - {"recovery", "calls"}
    assert set(ORDERED_BY) == read
    assert read <= {field.name for field in fields(CaseFile)}
