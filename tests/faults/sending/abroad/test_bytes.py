"""The bytes that each body got, read again: nothing in them that two people have not approved."""

from __future__ import annotations

import hashlib
import json
import re
import sqlite3
from contextlib import closing
from typing import Any

import pytest
import sqlalchemy as sa

from models.queries.cases.requests import opened_fields
from models.queries.cases.work import calls_by_id
from models.queries.privacy.disclosures import disclosures_of
from recovery_flows.correspondence.abroad.actions import facts_of
from recovery_flows.correspondence.abroad.letter import MARK, preview
from recovery_flows.errors import StepRefusedError
from tests.faults.sending.abroad.bodies import (
    APPROVALS,
    BODY_OF,
    DISPATCHER,
    SENDER,
    Asked,
    leaves,
)
from tests.recall_messages import CHANNELS

NAME, CONTACT = "Synthetic Victim", "invented-1@example.org"
VICTIM_ACCOUNT = "9999000000000002"
PLANTED = {
    "a name that the recovery knows": "paid by Synthetic Victim, who reported it",
    "a telephone number": "call +86 138 0013 8000 for more",
    "an ID number": "born by ID 11010519491231002X",
    "an account that the recovery knows": f"out of {VICTIM_ACCOUNT}",
    "a contact that the recovery knows": f"written by {CONTACT}",
}
ASKED_FOR = [("igrip", "freeze"), ("mla", "return"), ("eu_freeze", "freeze"),
             ("egmont", "information")]  # fmt: skip
ENVELOPE = {
    "requestRef", "channel", "wanted", "version", "replaces", "amount.currency", "amount.amount",
    "authority", "language", "legalBasis", "letter",
}  # fmt: skip


def approved_fields(asked: Asked, name: str) -> dict[str, str]:
    """What two people approved, by the figures that bound them; the account's number for its id."""
    unit = asked.unit
    with unit.database.reading() as session:
        fields = opened_fields(session, unit.database.vault, name)
    if fields.get("account") == asked.unit.file().asset(asked.row(name).asset_id).account_id:
        fields["account"] = unit.sandbox.FOREIGN
    return {key: text for key, text in fields.items() if text}


def previewed(asked: Asked, name: str) -> list[str]:
    unit = asked.unit
    facts = facts_of(
        unit.database, unit.installation.laws, unit.recovery_id, name, SENDER, unit.wall_now,
        CHANNELS,
    )  # fmt: skip
    return list(preview(facts, "en"))


@pytest.mark.parametrize(("channel", "wanted"), ASKED_FOR)
async def test_no_outgoing_byte_holds_a_field_that_was_not_approved(
    asked: Asked, channel: str, wanted: str
) -> None:
    name = await asked.out(channel, wanted=wanted)
    ((headers, body),) = asked.got(BODY_OF[channel])
    told = leaves(body)
    names = {path for path, _ in told}
    fields = {p.removeprefix("fields."): text for p, text in told if p.startswith("fields.")}
    assert {p for p in names if not p.startswith("fields.")} == ENVELOPE
    assert fields == approved_fields(asked, name)
    unasked = (NAME, CONTACT, VICTIM_ACCOUNT, "Synthetic Mule Abroad")
    for where in (body.decode(), json.dumps(headers)):
        assert [text for text in unasked if text in where] == []
    letter = json.loads(body)["letter"]
    shown = set(re.findall(r"^\| (?:[^|]+) \| ([^|]*) \|$", letter, re.MULTILINE))
    allowed = {*fields.values(), "content", "not stated", "---"}
    head_only = {row for row in shown if row not in allowed}
    for row in head_only:
        assert not any(text in row for text in unasked)


@pytest.mark.parametrize(("channel", "wanted"), ASKED_FOR)
@pytest.mark.parametrize("kind", PLANTED)
async def test_what_is_planted_in_a_text_is_refused_by_the_gate_or_marked_in_the_preview(
    asked: Asked, channel: str, wanted: str, kind: str
) -> None:
    field = {"igrip": "reference", "egmont": "purpose"}.get(channel, "facts")
    fields = {**dict.fromkeys(APPROVALS, "SYN-1"), field: PLANTED[kind]}
    if field == "facts" or kind != "a telephone number":
        with pytest.raises(StepRefusedError, match=r"CN_PERSONAL_DATA_ABROAD"):
            asked.new(channel, wanted=wanted, fields=fields)
        assert asked.unit.file().requests[1:] == ()
    else:
        name = asked.new(channel, wanted=wanted, fields=fields)
        marked = [line for line in previewed(asked, name) if line.startswith(MARK)]
        assert any(PLANTED[kind] in line for line in marked)
    assert asked.got(BODY_OF[channel]) == []


async def test_the_preview_marks_the_account_number_and_the_report_says_who_let_it_leave(
    asked: Asked,
) -> None:
    name = await asked.out("mla", wanted="return")
    unit = asked.unit
    marked = [line for line in previewed(asked, name) if line.startswith(MARK)]
    assert any(unit.sandbox.FOREIGN in line for line in marked)
    with unit.database.reading() as session:
        lines = disclosures_of(session, unit.database.vault, unit.recovery_id)
    (line,) = (x for x in lines if x.to == BODY_OF["mla"])
    assert (line.by, line.approved_by) == (DISPATCHER, "the-supervisor")
    assert line.fields == "request_abroad: all its fields, its letter"


async def test_a_translation_names_nobody_whom_the_approved_letter_does_not_name(
    asked: Asked,
) -> None:
    name = asked.approved("eu_freeze", language="fr")
    with pytest.raises(StepRefusedError, match="--translation holds a"):
        asked.dispatch(name, translation=f"Traduction: {NAME}".encode())
    asked.dispatch(name, translation="Traduction en français".encode())
    await asked.unit.sweep()
    ((_, body),) = asked.got(BODY_OF["eu_freeze"])
    assert json.loads(body)["letter"].endswith("Traduction en français")


def all_recoveries(unit: Any) -> list[str]:
    with unit.database.reading() as session:
        return list(session.execute(sa.text("SELECT id FROM recovery")).scalars())


async def test_a_bank_got_the_bytes_that_are_kept_and_they_name_its_own_account_only(
    asked: Asked,
) -> None:
    """Its own book has the digest of what it got; those bytes are the ones that were kept here."""
    unit = asked.unit
    (unit.recovery_id,) = (i for i in all_recoveries(unit) if i != unit.recovery_id)
    unit.stop()
    await unit.sweep()
    with closing(sqlite3.connect(unit.sandbox.path)) as db:
        got = dict(db.execute("SELECT key, digest FROM call WHERE bank = ?", [unit.sandbox.HOME]))
    with unit.database.reading() as session:
        sent = calls_by_id(session, unit.database.vault, list(got))
    assert [call.kind for call in sent] == ["hold"]
    for call in sent:
        assert hashlib.sha256(call.body).hexdigest() == got[call.id]
        texts = dict(leaves(call.body))
        assert texts["account.number"] == unit.sandbox.MULE
        for text in (NAME, CONTACT, VICTIM_ACCOUNT):
            assert text not in call.body.decode()
