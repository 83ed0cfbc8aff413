"""What may be written into a request abroad: only what is asked, no personal data in free text."""

from __future__ import annotations

import json
from typing import Any

import pytest

from models.entities.request import RequestState
from models.facts import AccountRef
from models.queries.cases.requests import fields_place, names_known, sealed_fields
from recovery_flows.cross_border.channels import Help
from recovery_flows.cross_border.file_questions import questions_of
from recovery_flows.engine.context import Engine, Pace
from recovery_flows.engine.decisions import decide
from recovery_flows.errors import StepRefusedError

FOREIGN = AccountRef("bank-abroad", "9999000000000077", "Synthetic Holder Abroad")


@pytest.fixture
def drafted(unit: Any) -> Any:
    """A recovery with half its money at a bank abroad, and the draft of its request."""
    (recovery_id,) = unit.report(*unit.reports(1))
    unit.accept(recovery_id)
    hold_id = unit.order(recovery_id)
    unit.approve(recovery_id)
    unit.bank_says(recovery_id, hold_id, 50_000)
    came = unit.line(1, 100_000, at_hours=1, ref="E1")
    left = unit.line(2, -50_000, counter=FOREIGN, at_hours=2)
    unit.trace(recovery_id, unit.statement([came, left]))
    engine = Engine(unit.database, unit.laws, Pace(), "test", lambda: unit.now)
    decide(engine, [recovery_id])
    unit.case_officer().advance(
        recovery_id
    )  # the freeze at home is submitted before the request is due
    return unit, recovery_id


def _fill(drafted: Any, **fields: str) -> str:
    unit, recovery_id = drafted
    return str(unit.case_officer().advance(recovery_id, fields=fields))


def _request(drafted: Any) -> Any:
    unit, recovery_id = drafted
    return unit.file(recovery_id).requests[0]


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("his card is 6222020200112233445", "number (…3445)"),
        ("reachable at +86 138 0013 8000", "number (…8000)"),
        ("write to someone@example.org", "mail address (….org)"),
        ("paid by Invented Victim 1 in person", "name (I**)"),
        ("held by synthetic holder abroad", "name (S**)"),
    ],
)
def test_personal_data_planted_in_free_text_is_refused_with_the_rule_and_kept_nowhere(
    drafted: Any, text: str, what: str
) -> None:
    before = _request(drafted)
    with pytest.raises(StepRefusedError) as refused:
        _fill(drafted, facts=text)
    said = str(refused.value)
    assert f"the field facts holds a {what}" in said
    assert "CN_PERSONAL_DATA_ABROAD (Personal Information Protection Law (2021), art 36" in said
    assert text not in said
    assert _request(drafted) == before


def test_a_field_that_nobody_asks_for_is_refused_and_named(drafted: Any) -> None:
    with pytest.raises(StepRefusedError, match=r"asks for no field 'shoe_size'.*it asks for requ"):
        _fill(drafted, shoe_size="44")


def test_the_same_data_in_the_field_made_for_it_is_taken(drafted: Any) -> None:
    _fill(drafted, persons="Synthetic Holder Abroad, 11010519491231002X")
    assert "persons" not in _request(drafted).missing.split(",")


def test_a_request_without_the_approvals_is_not_complete_and_the_rule_of_each_is_cited(
    drafted: Any,
) -> None:
    references = {"central_authority_reference", "personal_data_export_reference"}
    others = set(_request(drafted).missing.split(",")) - references
    _fill(drafted, **dict.fromkeys(sorted(others), "as attached"))
    assert set(_request(drafted).missing.split(",")) == references
    with pytest.raises(StepRefusedError, match="central_authority_reference"):
        _fill(drafted)
    _fill(drafted, **dict.fromkeys(sorted(references), "SYN-1"))
    _fill(drafted)
    assert _request(drafted).state is RequestState.PENDING_APPROVAL


def test_names_that_a_recovery_knows_are_its_victims_and_the_holders_of_its_accounts(
    drafted: Any,
) -> None:
    unit, recovery_id = drafted
    with unit.database.reading() as session:
        known = names_known(session, unit.database.vault, unit.file(recovery_id))
    assert {"Invented Victim 1", "Synthetic Holder Abroad"} <= set(known)


def test_what_is_kept_of_a_request_holds_only_what_the_law_asks_for(drafted: Any) -> None:
    unit, _recovery_id = drafted
    request = _request(drafted)
    with unit.database.reading() as session:
        text = unit.database.vault.open(
            sealed_fields(session, request.id), fields_place(request.id)
        )
    asked = unit.laws["CN"].required_fields("mla")
    assert set(json.loads(text)) <= set(asked)


def test_the_case_file_asks_the_adviser_for_each_account_abroad(drafted: Any) -> None:
    unit, recovery_id = drafted
    file = unit.file(recovery_id)
    (asset,) = (a for a in file.assets if not a.home)
    filled = {asset.id: {"mla": frozenset({"persons", "central_authority_reference"})}}
    law = unit.laws["CN"]
    (question,) = questions_of(file, "swift", Help.FREEZE, unit.now, filled, law)
    assert (question.from_state, question.to_state) == ("CN", "GB")
    assert question.amount.minor == asset.traced_minor > 0
    assert question.paid_at == file.claims[0].paid_at
    assert {"persons", "account", "case_number", "facts"} <= question.have
    assert "measure_law" not in question.have
    assert "central_authority_reference" not in question.have
    assert question.recorded == filled[asset.id]
