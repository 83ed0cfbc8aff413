"""A request abroad that is refused: the ground, what it leaves, the next version."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from config.channels import read_channel, read_states
from config.regimes import read_regime
from models.entities.asset import Stage
from models.entities.request import RequestState
from models.money import Money
from models.queries.audit.verify import verify
from recovery_flows.cross_border import actions
from recovery_flows.cross_border.channels import load_channel, load_groups
from recovery_flows.cross_border.file_questions import refused_requests
from recovery_flows.errors import MisuseError, StepRefusedError
from recovery_flows.law.regime import load_regime
from recovery_flows.reports.ledger_check import ledger_check

MLA = load_channel("mla", read_channel("mla"), load_groups(read_states()))
OF_THE_LAW = {c for c, g in load_regime(read_regime("CN")).grounds.items() if g.refuses}
GROUNDS = {ground.code: ground.options for ground in MLA.ground}


@pytest.fixture
def asked(stopped: Any, foreign: Any) -> Any:
    """A recovery by letter whose request abroad has been sent."""
    paper, unit = stopped, stopped.unit
    paper.held("500.00")
    paper.look()
    paper.send("statement")
    came = unit.line(1, 100_000, ref="E1")
    went = replace(
        unit.line(2, -50_000, counter=foreign, at_hours=2), counter_amount=Money(5_500, "GBP")
    )
    unit.trace(paper.recovery_id, unit.statement([came, went]))
    paper.decide()
    missing = _last(paper).missing.split(",")
    while _last(paper).state is RequestState.DRAFT:
        unit.case_officer().advance(paper.recovery_id, fields=dict.fromkeys(missing, "as attached"))
    _send(paper)
    return paper


def _send(paper: Any) -> None:
    paper.approve("request")
    paper.print("request")
    paper.send("request")
    assert _last(paper).state is RequestState.SENT


def _last(paper: Any) -> Any:
    """The request in its last version."""
    return max(paper.file().requests, key=lambda r: r.version)


def _sound(paper: Any) -> bool:
    with paper.unit.database.reading() as session:
        return not ledger_check(session).differences and verify(paper.unit.database) == ()


def _asset(paper: Any) -> Any:
    return paper.file().asset(_last(paper).asset_id)


def _again(paper: Any, request_id: str, reason: str = "another offence named") -> str:
    acting = paper.unit.case_officer()
    return actions.resubmit(acting, paper.recovery_id, request_id, reason, {"mla": MLA})


def test_a_request_refused_by_ground_keeps_its_code_and_is_asked_again_in_a_new_version(
    asked: Any,
) -> None:
    asked.yes("request", state="refused", reason="DUAL_CRIM")
    old = _last(asked)
    assert (old.state, old.reason) == (RequestState.REFUSED, "DUAL_CRIM")
    asked.decide()
    _again(asked, old.id)
    new = _last(asked)
    assert old in asked.file().requests
    assert (new.state, new.missing, new.requested_minor) == (RequestState.DRAFT, "", 5_500)
    assert _asset(asked).stage is Stage.CROSS_BORDER
    while _last(asked).state is RequestState.DRAFT:
        asked.unit.case_officer().advance(asked.recovery_id)
    _send(asked)
    asked.unit.later(5)
    asked.yes("request", state="held", amount="55.00", acted_at=asked.at(-1))
    states = {r.id: r.state for r in asked.file().requests}
    assert states == {old.id: RequestState.REFUSED, new.id: RequestState.EXECUTED}
    assert _sound(asked)


def test_a_partner_that_asks_for_more_is_answered_and_the_request_is_not_over(asked: Any) -> None:
    asked.yes("request", state="refused", reason="INCOMPLETE")
    assert (_last(asked).state, _last(asked).reason) == (RequestState.NEEDS_INFO, "INCOMPLETE")
    asked.decide()
    assert _asset(asked).stage is Stage.CROSS_BORDER
    acting = asked.unit.case_officer()
    while _last(asked).state in (RequestState.NEEDS_INFO, RequestState.DRAFT):
        acting.advance(asked.recovery_id, fields={"persons": "the holder, as the bank named him"})
    _send(asked)
    asked.unit.later(5)
    asked.yes("request", state="held", amount="55.00", acted_at=asked.at(-1))
    old, new = sorted(asked.file().requests, key=lambda r: r.version)
    assert (old.state, new.state) == (RequestState.REPLACED, RequestState.EXECUTED)
    assert (new.version, new.replaces_id) == (2, old.id)
    assert _sound(asked)


@pytest.mark.parametrize("code", sorted(OF_THE_LAW - {"INCOMPLETE"}))
def test_each_ground_leaves_a_new_version_or_says_what_else_it_leaves(
    asked: Any, code: str
) -> None:
    asked.yes("request", state="refused", reason=code)
    asked.decide()
    old = _last(asked)
    (told,) = refused_requests(asked.file(), {"mla": MLA})
    assert (told.request_id, told.ground, told.options) == (old.id, code, GROUNDS[code])
    if "cure_and_resend" in GROUNDS[code]:
        assert "drafted in the place of" in _again(asked, old.id)
        assert len(asked.file().requests) == 2
    else:
        first = GROUNDS[code][0].replace("_", " ")
        with pytest.raises(StepRefusedError, match=f"refused as {code}, which leaves: {first}"):
            _again(asked, old.id)
        assert len(asked.file().requests) == 1


def test_a_bank_that_is_no_authority_names_its_own_reasons_only(asked: Any) -> None:
    with pytest.raises(
        MisuseError, match=r"--reason takes one of NO_BALANCE.*NO_NEXUS.*not 'MOOD'"
    ):
        asked.yes("request", state="refused", reason="MOOD")


def test_what_is_under_way_or_unknown_is_not_asked_again(asked: Any) -> None:
    with pytest.raises(StepRefusedError, match="is sent: it was not refused"):
        _again(asked, _last(asked).id)
    with pytest.raises(MisuseError, match="has no request 'request-none'; there is request-"):
        _again(asked, "request-none")
    asked.yes("request", state="refused", reason="OTHER")
    asked.decide()
    old = _last(asked)
    with pytest.raises(MisuseError, match="takes a reason"):
        _again(asked, old.id, " ")
    _again(asked, old.id)
    with pytest.raises(StepRefusedError, match="another request for the account of"):
        _again(asked, old.id)
