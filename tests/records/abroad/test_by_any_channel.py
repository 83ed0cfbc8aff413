"""A request by any channel: complete, by three people, answered, cured, side by side."""

from __future__ import annotations

from typing import Any

import pytest

from models.queries.privacy.disclosures import disclosures_of
from models.store.unit import Actor
from recovery_flows.cases.views.page import recovery_page
from recovery_flows.correspondence.abroad import actions as letters, message_actions
from recovery_flows.correspondence.abroad.actions import facts_of
from recovery_flows.correspondence.abroad.letter import letter, preview
from recovery_flows.correspondence.free_text import Decided
from recovery_flows.correspondence.returns.page import as_markdown
from recovery_flows.errors import MisuseError, StepRefusedError
from tests.recall_messages import CHANNELS
from tests.records.abroad.abroad_case import APPROVALS, LI, SENDER, Abroad


def test_a_request_that_lacks_the_beneficiary_bank_is_refused_with_that_fields_name(
    abroad: Abroad,
) -> None:
    name = abroad.new(fields=dict.fromkeys(APPROVALS, "SYN-1"))
    assert abroad.row(name).missing == "beneficiary_bank"
    with pytest.raises(StepRefusedError, match="the request lacks beneficiary_bank"):
        abroad.submit(name)
    abroad.unit.case_officer().advance(
        abroad.recovery_id, to=name, fields={"beneficiary_bank": "Synthetic Bank Abroad"}
    )
    assert abroad.row(name).missing == ""
    abroad.submit(name)
    abroad.unit.approve(abroad.recovery_id)
    for actor, why in ((Actor("chen", LI.role), "submitted"), (Actor("wu", LI.role), "approved")):
        with pytest.raises(StepRefusedError, match=f"you have {why}.*a third person sends it"):
            abroad.sent(name, actor)
    abroad.sent(name)
    assert abroad.row(name).state == "sent"
    abroad.sound()


def test_a_certificate_names_the_section_of_each_field_and_takes_only_what_fits(
    abroad: Abroad,
) -> None:
    name = abroad.new("eu_freeze", fields={})
    with pytest.raises(StepRefusedError, match=r"persons \(section C\)"):
        abroad.submit(name)
    set_ = abroad.unit.case_officer().advance
    for fields, why in (
        ({"amount": "499.00"}, r"amount is not 500\.00"),
        ({"signed_on": "soon"}, "signed_on is no day"),
        ({"shoe_size": "44"}, "asks for no field 'shoe_size'"),
        ({"list_offence_number": "33"}, "no number of the list"),
        ({"facts": "reachable at +86 138 0013 8000"}, "lets out only the personal data"),
    ):
        with pytest.raises(StepRefusedError, match=why):
            set_(abroad.recovery_id, to=name, fields=fields)


def test_the_letter_is_previewed_with_personal_data_marked_in_both_languages(abroad: Any) -> None:
    name = abroad.new(language="fr")
    unit = abroad.unit
    facts = facts_of(unit.database, unit.laws, abroad.recovery_id, name, SENDER, unit.now, CHANNELS)
    lines = list(preview(facts, "en"))
    marked = [line for line in lines if line.startswith("▌")]
    assert marked == ["▌ | account | 9999000000000077 |"]
    assert any("Stop-payment request between police" in line for line in lines)
    assert "警方止付请求" in as_markdown(letter(facts, "zh"))
    abroad.submit(name)
    unit.approve(abroad.recovery_id)
    with pytest.raises(MisuseError, match="reads 'fr': give the --translation"):
        abroad.sent(name)
    abroad.sent(name, translation=b"en francais")
    assert abroad.row(name).state == "sent"


def test_more_is_asked_the_clock_stops_and_the_next_version_goes_on_with_what_was_left(
    abroad: Abroad,
) -> None:
    first = abroad.out("eu_freeze")
    assert abroad.row(first).law_row == "EU_FREEZE_DECIDE"
    abroad.later(hours=10)
    abroad.says(first, "needs_info")
    assert (abroad.row(first).due_at, abroad.row(first).left_seconds) == (None, 38 * 3600)
    abroad.later(hours=100)
    fields = {"stage_of_investigation": "indictment"}
    abroad.unit.case_officer().advance(abroad.recovery_id, to=first, fields=fields)
    second = max(abroad.unit.file(abroad.recovery_id).requests, key=lambda r: r.version)
    assert (second.version, second.replaces_id, abroad.row(first).state) == (2, first, "replaced")
    abroad.submit(second.id)
    abroad.unit.approve(abroad.recovery_id)
    abroad.sent(second.id)
    assert abroad.row(second.id).due_at == abroad.at(hours=38)
    abroad.says(second.id, "recognised")
    assert abroad.row(second.id).law_row == "EU_FREEZE_EXECUTE"
    abroad.says(second.id, "executed", until=abroad.at(days=60))
    assert abroad.row(second.id).executed_minor == 50_000
    abroad.sound()


def test_who_is_not_in_charge_reads_no_letter_and_a_draft_becomes_no_file(abroad: Abroad) -> None:
    name, unit = abroad.new(), abroad.unit
    with pytest.raises(StepRefusedError, match="its letter is written once it is approved"):
        letters.check_approved(abroad.row(name))
    with pytest.raises(StepRefusedError, match="the officer in charge or a supervisor"):
        letters.record_reveal(unit.case_officer(LI), abroad.recovery_id, name)
    letters.record_reveal(unit.case_officer(), abroad.recovery_id, name)
    abroad.submit(name)
    unit.approve(abroad.recovery_id)
    letters.check_approved(abroad.row(name))
    abroad.sent(name)
    with unit.database.reading() as session:
        lines = disclosures_of(session, unit.database.vault, abroad.recovery_id)
    told = [(x.by, x.to, x.fields, x.approved_by) for x in lines if x.subject_id == name]
    assert told == [
        ("chen", "chen", "letter abroad: all its fields", ""),
        ("li", "Synthetic NCB", "request abroad by igrip: all its fields", "wu"),
    ]


def test_the_page_of_a_recovery_masks_what_names_a_person_and_texts_that_were_let_stand(
    abroad: Abroad,
) -> None:
    unit, text = abroad.unit, "reachable at +86 138 0013 8000"
    fields = {**dict.fromkeys(APPROVALS, "SYN-1"), "persons": "Synthetic Holder", "facts": text}
    decided = Decided(kept={"facts": "the bank has to call there"})
    abroad.new("mla", fields=fields, decided=decided)
    page = recovery_page(unit.database, unit.laws, abroad.recovery_id, unit.now)
    shown = {name: value for one in page.requests for name, value in one.fields}
    masked = {name for name, value in shown.items() if value == "given (personal)"}
    assert masked == {"account", "facts", "persons"}
    assert shown["central_authority_reference"] == "SYN-1"


@pytest.mark.parametrize("authority", ["Desk \x1b[2J", "x" * 121, "ask +86 138 0013 8000"])
def test_an_address_holds_no_control_characters_and_no_person(
    abroad: Abroad, authority: str
) -> None:
    with pytest.raises((MisuseError, StepRefusedError), match=r"--authority (has|holds)"):
        abroad.new(authority=authority)


def test_two_channels_ask_side_by_side_and_one_channel_asks_once(abroad: Abroad) -> None:
    abroad.out()
    abroad.new("mla", wanted="return")
    with pytest.raises(StepRefusedError, match="under way by igrip"):
        abroad.new()
    with pytest.raises(MisuseError, match="recovery recall draft"):
        abroad.new("swift_recall")
    with pytest.raises(MisuseError, match="igrip gives freeze, not 'return'"):
        abroad.new(wanted="return")


def test_a_condition_is_met_by_two_people_or_declined(abroad: Abroad) -> None:
    name = abroad.out("mla", wanted="return")
    with pytest.raises(MisuseError, match="--ground is missing: mla knows CONDITIONAL"):
        abroad.says(name, "conditional")
    abroad.says(name, "conditional", ground="CONDITIONAL")
    acting, rid = abroad.unit.case_officer(), abroad.recovery_id
    message_actions.assure(acting, rid, name, "no use for another purpose", SENDER, CHANNELS)
    with pytest.raises(StepRefusedError, match="waits for a second person already"):
        message_actions.assure(acting, rid, name, "no use for another purpose", SENDER, CHANNELS)
    (asked,) = [a for a in abroad.unit.file(rid).approvals if a.state == "pending"]
    abroad.unit.case_officer(Actor("wu", "supervisor")).deny(asked.id, "too much")
    assert abroad.row(name).state == "conditional"
    message_actions.assure(acting, rid, name, "no use for another purpose", SENDER, CHANNELS)
    abroad.unit.approve(rid)
    assert abroad.row(name).state == "acknowledged"
    assert "tell the other side now" in message_actions.withdraw(
        acting, rid, name, "not needed any more", SENDER, CHANNELS
    )
    assert abroad.steps(name) == ["tell Synthetic NCB: at once, that the request is withdrawn"]
    message_actions.notify(acting, rid, name, "by fax", SENDER, CHANNELS)
    assert abroad.steps(name) == []
    abroad.sound()
