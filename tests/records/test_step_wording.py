"""A next step is stored as codes with figures and worded when it is shown."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, strategies as st

from models import step_wording
from models.entities.discrepancy import DiscrepancyKind
from models.entities.recovery import RecoveryState
from models.money import Money
from models.queries.audit.verify import verify
from models.queries.cases.queue import worded
from models.step_wording import SENTENCES, Wording, say
from recovery_flows.approvals import figures as approval_subjects
from recovery_flows.approvals.kinds import ApprovalKind
from recovery_flows.cases.views.page import recovery_page
from recovery_flows.cases.views.queue import queue
from recovery_flows.reports.unattended import DEFAULT_PATIENCE
from tests.records.older import brought_up_to_date, taken_back

FIGURES = st.one_of(
    st.text(max_size=20), st.integers(), st.builds(Money, st.integers(), st.just("JPY"))
)


def test_what_stands_in_the_database_is_codes_and_figures_and_no_words(unit: Any) -> None:
    recovery_id = unit.traced()
    stored = str(unit.one("SELECT step_wording FROM recovery"))
    assert json.loads(stored) == [["wait_call", {"partner": "bank-home", "kind": "hold"}]]
    page = recovery_page(unit.database, unit.laws, recovery_id, unit.now)
    with unit.database.reading() as session:
        (line,) = queue(session, unit.now, DEFAULT_PATIENCE, 10).lines
    assert line.sentence == page.steps[0].sentence == "waiting for bank-home: hold"


@pytest.fixture
def worded_anew() -> Iterator[None]:
    """The words of a step are worked out once a process: here they change within one."""
    worded.cache_clear()
    yield
    worded.cache_clear()


@pytest.mark.usefixtures("worded_anew")
def test_other_words_are_shown_without_any_row_being_written(
    unit: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    unit.report(*unit.reports(1))
    before = unit.one("SELECT max(version) FROM recovery")
    monkeypatch.setattr(step_wording, "SENTENCES", {**SENTENCES, "accept": "take it on"})
    with unit.database.reading() as session:
        (line,) = queue(session, unit.now, DEFAULT_PATIENCE, 10).lines
    assert line.sentence == "take it on"
    assert unit.one("SELECT max(version) FROM recovery") == before


@given(st.sampled_from(sorted(SENTENCES)), st.dictionaries(st.text(max_size=5), FIGURES))
def test_a_wording_comes_back_from_the_database_as_it_went(code: str, figures: Any) -> None:
    wording = Wording(((code, tuple(figures.items())),))
    assert Wording.read(wording.stored()) == wording


def test_a_sentence_that_lacks_a_figure_is_a_mistake_of_the_program() -> None:
    with pytest.raises(KeyError, match="send_stop needs amount"):
        say("send_stop")
    with pytest.raises(KeyError):
        say("no such sentence")


def test_every_kind_of_approval_of_discrepancy_and_of_ending_has_its_words() -> None:
    ended = set(RecoveryState) - {RecoveryState.REPORTED, RecoveryState.OPEN}
    needed = {f"approve_{act}" for act in ApprovalKind} | {
        f"discrepancy_{k}" for k in DiscrepancyKind
    }
    assert needed | {f"ended_{state}" for state in ended} <= set(SENTENCES)


@pytest.fixture
def older(unit: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """A database one version before wordings, with a stop that waits for its confirmation."""
    recovery_id = unit.report(*unit.reports(1))[0]
    unit.accept(recovery_id)
    with monkeypatch.context() as patch:
        patch.setattr(approval_subjects, "_SPELLING", "as an older version spelled it")
        unit.order(recovery_id)
    path = taken_back(unit, tmp_path / "older.sqlite3", "0013")
    with closing(sqlite3.connect(path)) as raw:
        raw.execute("UPDATE recovery SET wake_at = NULL")
        raw.commit()
    unit.database.dispose()
    unit.database = brought_up_to_date(unit, path)
    yield unit, recovery_id
    unit.database.dispose()


def test_an_upgraded_database_shows_a_sentence_and_its_pending_approvals_are_asked_anew(
    older: Any, deciding: Any
) -> None:
    unit, recovery_id = older
    with unit.database.reading() as session:
        (line,) = queue(session, unit.now, DEFAULT_PATIENCE, 10).lines
    assert line.sentence == "approve"
    (before,) = unit.file(recovery_id).approvals
    assert deciding(unit) == [recovery_id]
    voided, anew = sorted(unit.file(recovery_id).approvals, key=lambda a: a.id != before.id)
    assert (voided.state, anew.state) == ("void", "pending")
    assert (anew.due_at, anew.post_hoc) == (before.due_at, True)
    with unit.database.reading() as session:
        (line,) = queue(session, unit.now, DEFAULT_PATIENCE, 10).lines
    assert line.sentence == "confirm the stop-payment of CNY 1,000.00"
    assert verify(unit.database) == ()


@pytest.fixture
def deciding() -> Any:
    """What the engine finds due is decided on, as a sweep does; returns which were due."""
    from recovery_flows.engine.context import Engine, Pace
    from recovery_flows.engine.decisions import decide, due_by_stage

    def _deciding(unit: Any) -> list[str]:
        engine = Engine(unit.database, unit.laws, Pace(), "test", lambda: unit.now)
        due = due_by_stage(engine)
        for ids in due.values():
            decide(engine, ids)
        return [i for ids in due.values() for i in ids]

    return _deciding
