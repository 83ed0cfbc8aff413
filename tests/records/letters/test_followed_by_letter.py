"""A bank that is written to finds nothing: what was asked for already is waited for."""

from __future__ import annotations

from typing import Any

import pytest

from models.entities.call import CallState
from models.entities.hold import HoldState


@pytest.fixture
def written_to(paper: Any) -> Any:
    """Both letters went together, a day ago; the bank has answered neither."""
    paper.stop()
    paper.send("hold")
    paper.send("statement")
    paper.unit.later(30)
    return paper


def empty(paper: Any) -> None:
    paper.yes("hold", state="refused", reason="NO_BALANCE")
    paper.decide()
    assert paper.hold().state is HoldState.NO_FUNDS


def told(paper: Any, **more: Any) -> None:
    paper.look(paper.type_in("statement", paper.statement(**more), state="told"))
    paper.decide()


def test_a_letter_that_is_out_is_not_written_twice(written_to: Any) -> None:
    empty(written_to)
    assert [c.state for c in written_to.file().calls] == [CallState.SENT]
    told(written_to)
    assert written_to.lines() == ()


@pytest.mark.parametrize("is_told_first", [True, False])
def test_a_statement_that_ends_before_the_answer_is_asked_for_once_more(
    written_to: Any, *, is_told_first: bool
) -> None:
    if is_told_first:
        told(written_to, to="2026-03-02")
        empty(written_to)
    else:
        empty(written_to)
        told(written_to, to="2026-03-02")
    assert written_to.line("statement").sent_at is None
    written_to.send("statement")
    told(written_to, to="2026-03-02")
    assert written_to.lines() == (), "of one stop it is asked once"


def test_an_account_that_the_trace_shows_empty_is_not_asked_about(written_to: Any) -> None:
    path = written_to.statement(to="2026-03-02")
    credit = path.read_text().split("<Ntry>")[1].split("</Ntry>")[0]
    debit = credit.replace("CRDT", "DBIT").replace("E1", "X1")
    text = path.read_text().replace("</Ntry>", f"</Ntry><Ntry>{debit}</Ntry>")
    head, _, tail = text.rpartition("1000.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Dt>")
    path.write_text(f"{head}0.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Dt>{tail}")
    written_to.look(written_to.type_in("statement", path, state="told"))
    written_to.decide()
    assert written_to.file().assets[0].traced_minor == 0
    empty(written_to)
    assert written_to.lines() == ()
