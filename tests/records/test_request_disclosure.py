"""What may be written into a request abroad: only what is asked, no personal data in free text."""

from __future__ import annotations

import json
from functools import partial
from typing import Any

import pytest

from models.entities.request import RequestState
from models.facts import AccountRef
from models.queries.cases.requests import fields_place, sealed_fields
from models.queries.privacy.disclosures import disclosures_of
from models.queries.privacy.personal_data import known_data
from models.store.accounts import account_id_of, correct_holder
from models.store.unit import unit_of_work
from recovery_flows.correspondence.free_text import Decided
from recovery_flows.cross_border.channels import Help
from recovery_flows.cross_border.file_questions import questions_of
from recovery_flows.engine.context import Engine, Pace
from recovery_flows.engine.decisions import decide
from recovery_flows.errors import MisuseError, StepRefusedError

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


def _fields(drafted: Any) -> Any:
    unit, _recovery_id = drafted
    request = _request(drafted)
    with unit.database.reading() as session:
        sealed = sealed_fields(session, request.id)
    return json.loads(unit.database.vault.open(sealed, fields_place(request.id)))


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("his card is 6222020200112233445", "number (…3445)"),
        ("reachable at +86 138 0013 8000", "phone number (…8000)"),
        ("his ID is 11010519491231002X", "ID number (…002X)"),
        ("the account 9999000000000077 is his", "account (…0077)"),
        ("write to someone@example.org", "mail address (….org)"),
        ("paid by Invented Victim 1 in person", "name (I**)"),
        ("held by synthetic holder abroad", "name (s**)"),
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


def test_what_a_recovery_knows_are_victims_holders_accounts_and_contacts(drafted: Any) -> None:
    unit, recovery_id = drafted
    with unit.database.reading() as session:
        known = known_data(session, unit.database.vault, unit.file(recovery_id))
    assert {"Invented Victim 1", "Synthetic Holder Abroad"} <= set(known.names)
    assert {"9999000000000002", "9999000000000077"} <= set(known.accounts)
    assert known.contacts == ("invented-1@example.org",)


def test_who_is_in_charge_strikes_what_was_found_or_says_why_it_stays_and_that_is_recorded(
    drafted: Any,
) -> None:
    unit, recovery_id = drafted
    chen, text = unit.case_officer(), "paid by Invented Victim 1, +86 138 0013 8000"
    advance = partial(chen.advance, recovery_id, fields={"facts": text})
    advance(decided=Decided(struck=("facts",)))
    assert _fields(drafted)["facts"] == "paid by [name struck], [phone number struck]"
    with pytest.raises(StepRefusedError, match="the reason holds a name"):
        advance(decided=Decided(kept={"facts": "it is Invented Victim 1"}))
    with pytest.raises(MisuseError, match="a reason of 3 to 400 characters"):
        advance(decided=Decided(kept={"facts": ""}))
    with pytest.raises(MisuseError, match="'purpose' is decided about and not given"):
        advance(decided=Decided(struck=("purpose",)))
    assert unit.one("SELECT count(*) FROM disclosure") == 0
    advance(decided=Decided(kept={"facts": "the bank asks who paid"}))
    assert _fields(drafted)["facts"] == text
    with unit.database.reading() as session:
        (kept,) = disclosures_of(session, unit.database.vault, recovery_id)
    assert (kept.kind, kept.fields, kept.reason, kept.by) == (
        "kept_text", "facts: name, phone number", "the bank asks who paid", "chen",
    )  # fmt: skip


def test_a_name_that_the_recovery_learned_after_the_text_was_written_is_found_at_submission(
    drafted: Any,
) -> None:
    unit, recovery_id = drafted
    missing = _request(drafted).missing.split(",")
    _fill(drafted, **(dict.fromkeys(missing, "as attached") | {"facts": "told by Late Witness"}))
    with unit_of_work(unit.database) as work:
        correct_holder(work, account_id_of(work, FOREIGN), "Late Witness")
    with pytest.raises(StepRefusedError, match="the field facts holds a name"):
        unit.case_officer().advance(recovery_id)
    assert _request(drafted).state is RequestState.DRAFT


def test_a_text_that_was_let_stand_is_looked_at_again_once_a_name_in_it_is_known(
    drafted: Any,
) -> None:
    unit, recovery_id = drafted
    missing = _request(drafted).missing.split(",")
    fields = dict.fromkeys(missing, "as attached")
    fields["facts"] = "told by Late Witness, +86 138 0013 8000"
    kept = Decided(kept={"facts": "the bank asks who told it"})
    unit.case_officer().advance(recovery_id, fields=fields, decided=kept)
    with unit_of_work(unit.database) as work:
        correct_holder(work, account_id_of(work, FOREIGN), "Late Witness")
    with pytest.raises(StepRefusedError, match=r"the field facts holds a name \(L\*\*\)"):
        unit.case_officer().advance(recovery_id)
    assert _request(drafted).state is RequestState.DRAFT
    again = {"fields": {"facts": fields["facts"]}, "decided": kept}
    unit.case_officer().advance(recovery_id, **again)
    if _request(drafted).state is RequestState.DRAFT:
        unit.case_officer().advance(recovery_id)
    assert _request(drafted).state is RequestState.PENDING_APPROVAL


def test_what_is_kept_of_a_request_holds_only_what_the_law_asks_for(drafted: Any) -> None:
    unit, _recovery_id = drafted
    asked = unit.laws["CN"].required_fields("mla")
    assert set(_fields(drafted)) <= set(asked)


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
