"""Requests from abroad: registered with a clock, answered by two people, never past the gate."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from config.channels import channel_codes, read_channel, read_states
from models.entities.officer import Role
from models.facts import AccountRef
from models.queries.audit.verify import verify
from models.queries.partners.incoming import incoming_named
from models.queries.privacy.disclosures import disclosures_of
from models.store.permissions import NotPermittedError
from models.store.unit import Actor
from recovery_flows.access.log_in import NobodyActsError
from recovery_flows.cases.pages.incoming import written
from recovery_flows.cases.views.all_deadlines import all_entries, deadlines_view
from recovery_flows.cli.page_text import page_lines
from recovery_flows.correspondence.incoming import actions
from recovery_flows.correspondence.incoming.lifecycle import Given
from recovery_flows.correspondence.incoming.reading import incoming_view
from recovery_flows.cross_border.channels import load_channel, load_groups
from recovery_flows.errors import MisuseError, StepRefusedError

SUPERVISOR, CHEN_TOO = Actor("wu", Role.SUPERVISOR), Actor("chen", Role.SUPERVISOR)
GROUPS = load_groups(read_states())
CHANNELS = {code: load_channel(code, read_channel(code), GROUPS) for code in channel_codes()}
ASKED = Given(
    "FR", "Invented Tribunal", "FR-77/26", "mla", "evidence", "CN", "UNCAC, art 46",
    "bookings of the account for an invented trial", "bank-home", "9999000000000001",
)  # fmt: skip
FIELDS = {
    "facts": "the account was opened in March",
    "account": "9999000000000001",
    "central_authority_reference": "MoJ 2026/17",
    "personal_data_export_reference": "PIA 2026/4",
}


@pytest.mark.parametrize("number", ["9999000000000001", " 9999 0000 0000 0001"])
def test_the_number_finds_our_recovery_however_it_was_typed(unit: Any, number: str) -> None:
    unit.accept(unit.report(*unit.reports(1))[0])
    given = replace(ASKED, account=number)
    told = actions.register(unit.case_officer(), given, CHANNELS, GROUPS)
    assert "the account is in R-2026-0001" in told


MISFITS: tuple[tuple[dict[str, Any], str], ...] = (
    ({"from_state": "XX"}, "--from 'XX' is no code of ISO 3166-1"),
    ({"channel": "fax"}, "--channel 'fax': there are"),
    ({"channel": "eu_freeze"}, "eu_freeze is for|eu_freeze does not bind"),
    ({"basis": " "}, "--basis is missing"),
    ({"their_ref": "x" * 81}, "--their-ref has at most 80 characters"),
    ({"account": ""}, "--bank and --account go together"),
    ({"received_at": datetime(2031, 1, 1, tzinfo=UTC)}, "--received 2031.* is ahead"),
    ({"their_ref": "fr-77/26"}, "fr-77/26 of FR is here as I-2026-0001"),
)


@pytest.fixture
def asked(unit: Any) -> Any:
    unit.accept(unit.report(*unit.reports(1))[0])
    return unit, actions.register(unit.case_officer(), ASKED, CHANNELS, GROUPS)


def _row(unit: Any) -> Any:
    with unit.database.reading() as session:
        return incoming_named(session, "i-2026-0001")


def test_a_request_is_registered_with_the_clock_of_its_channel_and_our_recoveries_are_named(
    asked: Any,
) -> None:
    unit, told = asked
    row = _row(unit)
    assert told.startswith("I-2026-0001 registered: an answer is due by 2026-06-02 16:00 UTC")
    assert "the account is in R-2026-0001" in told
    assert (row.clock, row.owner_id) == ("CN_MLA_IN_EVIDENCE", "chen")
    view = deadlines_view(unit.database, unit.laws, unit.now)
    (line,) = (x for x in view.lines if not x.recovery_id)
    assert (line.ref, line.owner, line.clock.what) == ("I-2026-0001", "chen", "answer to FR")
    with unit.database.reading() as session:
        assert line in list(all_entries(session, unit.laws, None))
        page = incoming_view(session, unit.database.vault, "I-2026-0001", unit.now)
    text = "\n".join(page_lines(written(page, CHANNELS, "UTC")))
    for told in ("Invented Tribunal (FR)", "···· 0001 at bank-home", "art 379", "explain upward"):
        assert told in text
    assert "9999000000000001" not in text
    assert verify(unit.database) == ()


def test_what_does_not_fit_is_refused_in_a_sentence(asked: Any) -> None:
    unit, _ = asked
    for changes, sentence in MISFITS:
        given = replace(ASKED, **{"their_ref": "FR-78/26"} | changes)
        with pytest.raises((MisuseError, StepRefusedError), match=sentence):
            actions.register(unit.case_officer(), given, CHANNELS, GROUPS)
    assert unit.one("SELECT count(*) FROM incoming_request") == 1


def test_nothing_is_told_without_the_approvals_of_the_law_nor_personal_data_in_a_text(
    asked: Any,
) -> None:
    unit, _ = asked
    chen, ref = unit.case_officer(), "I-2026-0001"
    without = {n: text for n, text in FIELDS.items() if n != "central_authority_reference"}
    with pytest.raises(StepRefusedError, match=r"CN_CONSENT_ABROAD.*central_authority_reference="):
        actions.answer(chen, ref, without, CHANNELS)
    told = FIELDS | {"facts": "Invented Victim 1 paid into it"}
    with pytest.raises(StepRefusedError, match=r"the field facts holds a name \(I\*\*\)"):
        actions.answer(chen, ref, told, CHANNELS)
    with pytest.raises(MisuseError, match="'shoe_size': no class of data has it"):
        actions.answer(chen, ref, FIELDS | {"shoe_size": "44"}, CHANNELS)
    with pytest.raises(StepRefusedError, match="nothing leaves unconfirmed"):
        actions.answer_text(chen, ref)


def test_an_answer_leaves_when_another_person_confirms_exactly_what_was_shown(asked: Any) -> None:
    unit, _ = asked
    chen, wu, ref = unit.case_officer(), unit.case_officer(SUPERVISOR), "I-2026-0001"
    assert "receipt acknowledged" in actions.acknowledge(chen, ref)
    actions.answer(chen, ref, FIELDS, CHANNELS)
    first = _row(unit).answer_digest
    with pytest.raises((NotPermittedError, NobodyActsError, StepRefusedError)):
        actions.confirm(unit.case_officer(CHEN_TOO), ref, first)
    assert "given back to chen" in actions.deny(wu, ref, "the date is wrong")
    actions.answer(chen, ref, FIELDS | {"facts": "the account was opened in April"}, CHANNELS)
    with pytest.raises(StepRefusedError, match="not the one you saw"):
        actions.confirm(wu, ref, first)
    row, shown = actions.pending_answer(wu, ref)
    assert shown["facts"].endswith("April")
    actions.confirm(wu, ref, row.answer_digest[:12])
    text = actions.answer_text(chen, ref).decode()
    assert "Your reference: FR-77/26" in text
    assert "account: 9999000000000001" in text
    assert "MoJ" not in text
    assert "I-2026-0001" not in [
        x.ref for x in deadlines_view(unit.database, unit.laws, unit.now).lines
    ]
    recovery_id = unit.one("SELECT id FROM recovery")
    with unit.database.reading() as session:
        left = disclosures_of(session, unit.database.vault, recovery_id)
    assert [(x.kind, x.to, x.approved_by) for x in left] == [
        ("I-2026-0001 shown", "wu", "wu"),
        ("I-2026-0001 confirmed", "Invented Tribunal (FR)", "wu"),
        ("I-2026-0001 written_out", "Invented Tribunal (FR)", "wu"),
    ]
    with pytest.raises(StepRefusedError, match="is answered: it cannot be answer asked"):
        actions.answer(chen, ref, FIELDS, CHANNELS)
    assert verify(unit.database) == ()


def test_an_answer_about_persons_is_listed_by_the_recovery_that_it_names(asked: Any) -> None:
    unit, _ = asked
    chen, wu = unit.case_officer(), unit.case_officer(SUPERVISOR)
    blind = replace(ASKED, their_ref="FR-78/26", bank="", account="")
    actions.register(chen, blind, CHANNELS, GROUPS)
    ref = "I-2026-0002"
    with pytest.raises(StepRefusedError, match=r"I-2026-0002 names no account.*--about REF"):
        actions.answer(chen, ref, FIELDS, CHANNELS)
    told = FIELDS | {"facts": "Invented Victim 1 paid into it"}
    with pytest.raises(StepRefusedError, match=r"the field facts holds a name \(I\*\*\)"):
        actions.answer(chen, ref, told, CHANNELS, ["R-2026-0001"])
    actions.answer(chen, ref, FIELDS, CHANNELS, ["R-2026-0001"])
    row, _ = actions.pending_answer(wu, ref)
    actions.confirm(wu, ref, row.answer_digest)
    assert "R-2026-0001" not in actions.answer_text(chen, ref).decode()
    with unit.database.reading() as session:
        found = disclosures_of(
            session, unit.database.vault, str(unit.one("SELECT id FROM recovery"))
        )
    names = ", ".join(sorted(FIELDS))
    assert [(x.by, x.fields) for x in found] == [
        ("wu", f"answer to FR, I-2026-0002 shown: {names}"),
        ("chen", f"answer to FR, I-2026-0002 written out: {names}"),
    ]
    assert verify(unit.database) == ()


def test_the_account_that_a_victim_is_paid_back_to_is_found_too(asked: Any) -> None:
    unit, _ = asked
    recovery_id = str(unit.one("SELECT id FROM recovery"))
    (claim,) = unit.file(recovery_id).claims
    other = AccountRef("bank-slow", "9999000000000042", "Synthetic Victim")
    unit.case_officer().change_payee(recovery_id, claim.id, other, "the account was closed")
    unit.approve(recovery_id)
    given = replace(ASKED, their_ref="FR-79/26", bank=other.bank, account=other.number)
    told = actions.register(unit.case_officer(), given, CHANNELS, GROUPS)
    assert told.endswith("the account is in R-2026-0001")


def test_a_refusal_names_a_ground_of_the_channel_and_a_late_one_stays_with_its_officer(
    asked: Any,
) -> None:
    unit, _ = asked
    chen, ref = unit.case_officer(), "I-2026-0001"
    with pytest.raises(MisuseError, match="--ground 'NO': mla has DUAL_CRIM"):
        actions.refuse(chen, ref, "NO", "no offence here", CHANNELS)
    actions.refuse(chen, ref, "DUAL_CRIM", "no offence here", CHANNELS)
    unit.later(24 * 120, reached=False)
    (line,) = (
        x for x in deadlines_view(unit.database, unit.laws, unit.now).lines if not x.recovery_id
    )
    assert line.clock.due_at < unit.now - timedelta(days=1)
    assert (line.owner, line.clock.note) == ("chen", "refusal pending")
    actions.confirm(unit.case_officer(SUPERVISOR), ref, _row(unit).answer_digest)
    assert (_row(unit).state, _row(unit).ground) == ("refused", "DUAL_CRIM")
