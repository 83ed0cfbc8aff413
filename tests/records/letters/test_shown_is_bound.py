"""The sums of a letter are figures of the approval under which it goes."""

from __future__ import annotations

import re
from typing import Any

import pytest

from models.queries.cases.figures import shown
from models.queries.cases.names import names_of
from recovery_flows.approvals.figures import subject_of
from recovery_flows.approvals.kinds import ApprovalKind

SUM = re.compile(r"[A-Z]{3} [0-9][0-9,.]*[0-9]")


@pytest.mark.parametrize("kind", ["hold", "payout"])
def test_every_sum_that_a_letter_names_was_shown_to_who_approved_it(paper: Any, kind: str) -> None:
    paper.stop()
    if kind == "payout":
        paper.send()
        paper.unit.later(1)
        paper.yes()
        paper.send("statement")
        paper.unit.later(24)
        paper.look(paper.type_in("statement", paper.statement(), state="told"))
        paper.decide()
        paper.unit.case_officer().advance(paper.recovery_id)
        paper.approve("freeze")
        paper.send()
        paper.unit.later(1)
        paper.yes()
        paper.decide()
        while not any(a.action == "return" for a in paper.file().approvals):
            paper.unit.case_officer().advance(paper.recovery_id)
            paper.decide()
        paper.approve("return")
    file = paper.file()
    text = paper.print(kind).text.decode()
    call = next(c for c in file.calls if c.id == paper.line(kind).call_id)
    approval = next(a for a in file.approvals if a.id == call.approval_id)
    with paper.unit.database.reading() as session:
        names = names_of(session, paper.unit.database.vault, [file])
    figures = subject_of(file, ApprovalKind(approval.action), approval.subject_id).figures
    told = " ".join(text for _, text in shown(figures, names))
    sums = set(SUM.findall(text))
    assert sums
    assert sums <= set(SUM.findall(told))
