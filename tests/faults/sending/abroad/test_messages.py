"""Notices, reminders and assurances to a body with a connection go out once, as they were kept."""

from __future__ import annotations

from dataclasses import replace

import pytest
import sqlalchemy as sa

from models.entities.officer import Role
from models.entities.outside.request_message import MessageKind
from models.money import Money
from models.queries.privacy.disclosures import disclosures_of
from recovery_flows.correspondence.abroad import actions as letters, message_actions
from recovery_flows.correspondence.abroad.letter import words_of
from recovery_flows.errors import MisuseError, StepRefusedError
from recovery_flows.sandbox.faults import catalogue as fault_catalogue
from tests.faults.sending.abroad.bodies import (
    AUTHORITY,
    BODY_OF,
    CHANNELS,
    POLICE,
    SENDER,
    Asked,
)
from tests.faults.sending.abroad.spoken import assert_bytes_are_those_kept, heard, messages, say

NAME, CONTACT, VICTIM_ACCOUNT = "Synthetic Victim", "victim@example.org", "9999000000000002"
DAY = 24


async def test_that_execution_was_noted_goes_over_the_connection_and_counts_when_it_is_there(
    asked: Asked,
) -> None:
    name = await asked.out()
    await asked.answered()
    told, *waits = asked.steps(name)
    assert told == f"tell Synthetic {POLICE}: that its execution was noted"
    assert [w.startswith(f"Synthetic {POLICE} freezes until ") for w in waits] == [True]
    assert say(asked, "notify", name).endswith(f"dispatched; the engine sends it to {POLICE}")
    assert asked.row(name).told_at is None
    assert asked.steps(name) == waits
    with pytest.raises(StepRefusedError, match="knows all that it has to know"):
        say(asked, "notify", name)
    await asked.unit.sweep()
    ((headers, body),) = heard(asked, POLICE)
    assert body["kind"] == "executed"
    reached = str(Money(asked.row(name).executed_minor, "GBP"))
    assert f"was executed for {reached}. Thank you. The money stays frozen until" in body["letter"]
    assert headers["requesterid"] == "the-officer"
    (there,) = asked.there(POLICE)
    assert [m["messageRef"] for m in there["messages"]] == [body["messageRef"]]
    (message,) = asked.unit.file().messages
    assert (message.state, bool(message.proof)) == ("delivered", True)
    assert message.delivered_at is not None
    assert asked.row(name).told_at is not None
    assert_bytes_are_those_kept(asked, POLICE)
    asked.unit.assert_books_hold()


async def test_who_withdraws_a_request_tells_the_body_by_the_same_act(asked: Asked) -> None:
    name = await asked.out()
    assert "withdrawn; notice of withdrawal dispatched" in say(
        asked, "withdraw", name, "the money came back"
    )
    assert asked.row(name).state == "withdrawn"
    await asked.unit.sweep()
    ((_, body),) = heard(asked, POLICE)
    assert body["kind"] == "withdrawn"
    assert "We withdraw our request" in body["letter"]
    assert asked.row(name).told_at is not None
    assert_bytes_are_those_kept(asked, POLICE)
    asked.unit.assert_books_hold()


async def test_that_it_is_withdrawn_is_told_also_where_the_body_has_acted_meanwhile(
    asked: Asked,
) -> None:
    name = await asked.out()
    say(asked, "withdraw", name, "the money came back")
    await asked.answered()
    assert [body["kind"] for _, body in heard(asked, POLICE)] == ["withdrawn"]
    assert asked.row(name).state == "executed"
    assert ("contradicts_outcome", "recorded as withdrawn, and the other side says executed") in (
        asked.owned()
    )
    asked.unit.assert_books_hold()


async def test_each_other_state_is_told_by_its_connection_how_much_is_still_wanted(
    asked: Asked, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = await asked.out("eu_freeze")
    monkeypatch.setattr("recovery_flows.cross_border.ceiling.received_minor", lambda _file: 10_000)
    assert "how much is still wanted" in asked.steps(name)[0]
    say(asked, "notify", name)
    await asked.unit.sweep()
    ((_, body),) = heard(asked, AUTHORITY)
    assert body["kind"] == "received"
    assert "came back to the victims elsewhere" in body["letter"]
    assert asked.row(name).told_minor == 10_000
    assert asked.row(name).told_at is None


async def test_the_ladder_polls_by_itself_then_a_person_sends_each_reminder(asked: Asked) -> None:
    asked.unit.sandbox.plant(
        {"call": fault_catalogue.REQUEST, "kind": "keeps_silent"}, bank=AUTHORITY
    )
    name = await asked.out("eu_freeze")
    await asked.answered(DAY * 1.1)
    assert (asked.row(name).rung, asked.row(name).rung_done) == (1, 1)
    assert [s for s in asked.steps(name) if "owes an answer" in s] == []
    await asked.answered(DAY * 0.8)
    assert "it is due soon" in asked.steps(name)[0]
    assert "reminder dispatched" in say(asked, "remind", name)
    with pytest.raises(StepRefusedError, match="on its way already"):
        say(asked, "remind", name)
    await asked.unit.sweep()
    assert asked.row(name).rung_done == 2
    await asked.answered(DAY * 0.3)
    assert "call the person in charge there" in asked.steps(name)[0]
    say(asked, "remind", name)
    await asked.unit.sweep()
    told = [body for _, body in heard(asked, AUTHORITY)]
    assert [body["kind"] for body in told] == ["reminder", "reminder"]
    assert "An answer is due by" in told[0]["letter"]
    assert "put it before the person in charge" in told[1]["letter"]
    assert asked.row(name).rung_done == 3
    assert_bytes_are_those_kept(asked, AUTHORITY)
    asked.unit.assert_books_hold()


async def test_a_connection_that_is_not_polled_leaves_the_look_to_a_person(asked: Asked) -> None:
    asked.unit.sandbox.plant(
        {"call": fault_catalogue.REQUEST, "kind": "keeps_silent"}, bank=AUTHORITY
    )
    name = await asked.out("eu_freeze")
    asked.unit.sandbox.plant(
        {"call": fault_catalogue.FEED, "kind": "down", "times": 50}, bank=AUTHORITY
    )
    await asked.answered(DAY * 1.1)
    assert (asked.row(name).rung, asked.row(name).rung_done) == (1, 0)
    assert "look where it stands" in asked.steps(name)[0]


async def test_an_assurance_is_sent_word_by_word_once_a_second_person_gives_it(
    asked: Asked,
) -> None:
    asked.unit.sandbox.plant(
        {"call": fault_catalogue.REQUEST, "kind": "sets_a_condition"}, bank=AUTHORITY
    )
    name = await asked.out("mla", wanted="return")
    await asked.answered()
    words = "It is used for the return to the victims of this case only."
    with pytest.raises(StepRefusedError, match="it holds a"):
        say(asked, "assure", name, f"{words} Paid by {NAME}.")
    say(asked, "assure", name, words)
    await asked.unit.sweep()
    assert heard(asked, AUTHORITY) == []
    assert messages(asked, name) == [("assurance", "draft")]
    asked.unit.approve()
    await asked.unit.sweep()
    ((headers, body),) = heard(asked, AUTHORITY)
    assert words in body["letter"]
    assert headers["requesterid"] != ""
    assert messages(asked, name) == [("assurance", "delivered")]
    assert_bytes_are_those_kept(asked, AUTHORITY)
    asked.unit.assert_books_hold()


async def test_an_assurance_that_is_denied_is_not_sent(asked: Asked) -> None:
    asked.unit.sandbox.plant(
        {"call": fault_catalogue.REQUEST, "kind": "sets_a_condition"}, bank=AUTHORITY
    )
    name = await asked.out("mla", wanted="return")
    await asked.answered()
    say(asked, "assure", name, "for this case only")
    (pending,) = (a for a in asked.unit.file().approvals if a.state == "pending")
    asked.unit.case_officer(Role.SUPERVISOR).deny(pending.id, "not in these words")
    await asked.answered()
    assert heard(asked, AUTHORITY) == []
    assert messages(asked, name) == [("assurance", "cancelled")]


async def test_a_request_that_went_by_hand_is_told_by_hand(asked: Asked) -> None:
    name = asked.approved(authority="NCB Elsewhere")
    unit = asked.unit
    letters.sent(
        asked.acting("the-third"), unit.recovery_id, name, "by post", b"proof", b"", SENDER,
        CHANNELS,
    )  # fmt: skip
    with pytest.raises(MisuseError, match="say with --how how it went"):
        say(asked, "remind", name)
    assert "reminded" in say(asked, "remind", name, "by post")
    assert unit.file().messages == ()


async def test_the_law_lets_nothing_about_a_request_leave_without_its_approvals(
    asked: Asked,
) -> None:
    name = await asked.out()
    acting = asked.acting()
    law = acting.laws["CN"]
    (rule,) = (r for r in law.disclosures.values() if r.code == "CN_CONSENT_ABROAD")
    later = replace(rule, code="SYN_NOTICES", reference_field="notice_reference")
    stricter = replace(law, disclosures={**law.disclosures, "SYN_NOTICES": later})
    strict = replace(acting, laws={**acting.laws, "CN": stricter})
    with pytest.raises(StepRefusedError, match=r"without notice_reference: SYN_NOTICES"):
        message_actions.remind(strict, asked.unit.recovery_id, name, "", SENDER, CHANNELS)
    assert messages(asked, name) == []


async def test_the_privacy_report_names_each_message_that_left(asked: Asked) -> None:
    name = await asked.out()
    say(asked, "remind", name)
    await asked.unit.sweep()
    unit = asked.unit
    with unit.database.reading() as session:
        lines = disclosures_of(session, unit.database.vault, unit.recovery_id)
    (line,) = (x for x in lines if x.fields.startswith("request_message"))
    assert (line.to, line.by, line.approved_by) == (
        BODY_OF["igrip"],
        "the-officer",
        "the-supervisor",
    )


def test_each_kind_of_message_has_its_words_in_both_languages() -> None:
    for language in ("en", "zh"):
        words = words_of(language)
        keys = {f"notice.{k}" for k in ("executed", "executed_open", "withdrawn", "received")}
        keys |= {"reminder.open", "reminder.due", "reminder.late", "assurance.text"}
        assert keys <= set(words.texts)
    assert {str(kind) for kind in MessageKind} == {
        "withdrawn", "executed", "received", "reminder", "assurance",
    }  # fmt: skip


async def test_the_database_keeps_a_receipt_row_of_each_message(asked: Asked) -> None:
    name = await asked.out()
    say(asked, "withdraw", name, "not needed")
    await asked.unit.sweep()
    query = "SELECT kind, state, delivered_at IS NOT NULL, proof <> '' FROM request_message"
    with asked.unit.database.reading() as session:
        rows = [tuple(row) for row in session.execute(sa.text(query))]
    assert rows == [("withdrawn", "delivered", 1, 1)]
