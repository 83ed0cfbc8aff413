"""Channels across a border as data: every file loads, every row has its source, bad ones do not."""

from __future__ import annotations

import copy
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from config.channels import channel_codes, read_channel, read_data_classes, read_states
from config.regimes import read_regime, regime_codes
from recovery_flows.cross_border.channels import Channel, Help, load_channel, load_groups
from recovery_flows.law.regime import load_regime
from recovery_flows.law.rows import SourceText
from recovery_flows.law.terms import due_at

GROUPS = load_groups(read_states())
CHANNELS = {code: load_channel(code, read_channel(code), GROUPS) for code in channel_codes()}
LAWS = {code: load_regime(read_regime(code)) for code in regime_codes()}


@pytest.mark.parametrize("code", channel_codes())
def test_every_clock_and_ground_of_a_channel_has_its_own_article_and_status(code: str) -> None:
    channel, table = CHANNELS[code], read_channel(code)
    assert channel.field
    assert all(row["article"] and row["status"] for row in table.get("clock", []))
    assert all(row["article"] and row["status"] for row in table.get("ground", []))
    for row in (channel, *channel.clock, *channel.ground):
        assert row.instrument
        assert row.article
    assert all(ground.options for ground in channel.ground)


def test_what_is_written_from_memory_is_not_marked_as_confirmed() -> None:
    rows = [row for channel in CHANNELS.values() for row in (channel, *channel.clock)]
    remembered = [row for row in rows if "memory" in row.note]
    assert {row.status for row in remembered} == {"unverified"}
    assert len(remembered) > 3
    confirmed = [g for c in CHANNELS.values() for g in c.ground if g.status == "confirmed"]
    assert {g.source_text for g in confirmed} <= set(SourceText)


def test_every_field_of_a_request_has_one_class_of_data() -> None:
    classes = LAWS["CN"].data_classes
    asked = {f.name for channel in CHANNELS.values() for f in channel.field}
    asked |= {f for law in LAWS.values() for c in law.channels.values() for f in c.required_fields}
    asked |= {r.reference_field for law in LAWS.values() for r in law.disclosures.values()}
    assert sorted(asked - set(classes)) == []
    assert sorted(set(classes) - asked) == []


def test_rules_of_disclosure_name_only_classes_and_recipients_there_are() -> None:
    recipients = {channel.recipient for channel in CHANNELS.values()}
    for law in LAWS.values():
        for rule in law.disclosures.values():
            assert set(rule.classes) <= set(read_data_classes())
            assert set(rule.recipients) <= recipients


def test_what_a_law_refuses_on_leaves_options_in_the_channel() -> None:
    known = {ground.code for ground in CHANNELS["mla"].ground}
    assert set(LAWS["CN"].grounds) <= known


def test_both_certificates_have_their_sections_and_closed_lists() -> None:
    freeze, confiscate = CHANNELS["eu_freeze"], CHANNELS["eu_confiscate"]
    sections = "".join(dict.fromkeys(f.section for f in freeze.field))
    assert sections == "ABCDEFGHIJKLMOP"
    assert "".join(dict.fromkeys(f.section for f in confiscate.field)) == "ABCDEFGHIJKLMN"
    assert _count(freeze) == {"refusal": 6, "impossible": 5, "postponement": 3}
    assert _count(confiscate) == {"refusal": 8, "postponement": 4}


def _count(channel: Channel) -> dict[str, int]:
    kinds = [str(ground.kind) for ground in channel.ground]
    return {kind: kinds.count(kind) for kind in dict.fromkeys(kinds)}


CLOCK_ENDS = [
    ("epoc", "EPOC_EMERGENCY", "2026-09-01 10:00", "2026-09-01 18:00"),
    ("epoc", "EPOC_OBJECTION", "2026-09-01 10:00", "2026-09-05 10:00"),
    ("epoc", "EPOC_PRODUCE", "2026-09-01 10:00", "2026-09-12 00:00"),
    ("epoc", "EPOC_OUR_REPLY", "2026-09-01 10:00", "2026-09-07 00:00"),
    ("epoc_pr", "EPOC_PR_KEEP", "2026-09-01 10:00", "2026-11-01 00:00"),
    ("eu_freeze", "EU_FREEZE_DECIDE", "2026-09-01 10:00", "2026-09-03 10:00"),
    ("eu_confiscate", "EU_CONF_DECIDE", "2026-09-01 10:00", "2026-10-17 00:00"),
    ("us_kill_chain", "US_FFKC_WINDOW", "2026-09-01 10:00", "2026-09-04 10:00"),
    ("eu_freeze", "EU_FREEZE_EXECUTE", "2026-09-01 10:00", "2026-09-03 10:00"),
    ("eio", "EU_EIO_DECIDE", "2026-09-01 10:00", "2026-10-02 00:00"),
    ("eio", "EU_EIO_EXECUTE", "2026-09-01 10:00", "2026-12-01 00:00"),
    ("epoc_pr", "EPOC_PR_EXTEND", "2026-11-01 00:00", "2026-12-02 00:00"),
    ("epoc_pr", "EPOC_PR_OUR_REPLY", "2026-09-01 10:00", "2026-09-07 00:00"),
    ("mla", "CN_MLA_IN_EVIDENCE", "2026-11-30 10:00", "2027-03-01 00:00"),
    # TARGET is closed on Good Friday and Easter Monday.
    ("sepa_recall", "SEPA_RECALL_ANSWER", "2026-03-30 10:00", "2026-04-22 22:00"),
    ("sepa_recall", "SEPA_RECALL_MONEY", "2026-03-30 10:00", "2026-04-08 22:00"),
    ("sepa_recall", "SEPA_RECALL_EXPIRY", "2026-03-30 10:00", "2026-06-28 22:00"),
    ("sepa_recall", "SEPA_RECALL_FRAUD", "2026-01-31 10:00", "2027-02-28 23:00"),
    ("swift_recall", "SWIFT_RECALL_ANSWER", "2026-11-27 10:00", "2026-12-12 00:00"),
    ("swift_recall", "SWIFT_RECALL_MONEY", "2026-11-27 10:00", "2026-12-05 00:00"),
    ("swift_recall", "SWIFT_RECALL_EXPIRY", "2026-11-27 10:00", "2027-02-26 00:00"),
]


def test_every_clock_of_every_channel_stands_in_the_table() -> None:
    there = {(code, clock.code) for code, of in CHANNELS.items() for clock in of.clock}
    assert there == {row[:2] for row in CLOCK_ENDS}


@pytest.mark.parametrize(("channel", "clock", "start", "due"), CLOCK_ENDS)
def test_a_clock_of_a_channel_ends_when_its_text_says(
    channel: str, clock: str, start: str, due: str
) -> None:
    row = next(c for c in CHANNELS[channel].clock if c.code == clock)
    found = due_at(row.limit, _at(start), CHANNELS[channel])
    assert found == _at(due)


def _at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def test_receipts_stand_in_their_order_of_force_and_silence_has_its_time() -> None:
    receipts = CHANNELS["eu_freeze"].receipts
    assert receipts is not None
    assert receipts.order == (
        "submission_acceptance", "submission_rejection", "relay_acceptance", "relay_failure",
        "relay_rejection", "delivery", "non_delivery", "retrieval", "non_retrieval",
    )  # fmt: skip
    silence = {name: str(limit) for name, limit in receipts.silence.items()}
    assert silence == {"relay_acceptance": "12h", "delivery": "24h", "retrieval": "36h"}
    assert set(receipts.negative) < set(receipts.order)


def test_a_field_may_belong_to_one_kind_of_help_only() -> None:
    mla = CHANNELS["mla"]
    assert "order_copy" in mla.required_fields(Help.RETURN)
    assert "order_copy" not in mla.required_fields(Help.EVIDENCE)


Spoil = Callable[[dict[str, Any]], object]


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda t: t.pop("sender"), "eu_freeze.toml: sender: Field required"),
        (lambda t: t.update(colour="red"), "eu_freeze.toml: colour: Extra inputs"),
        (lambda t: t["clock"][0].pop("article"), r"eu_freeze.toml: clock\.0\.article: Field req"),
        (lambda t: t["ground"][2].pop("status"), r"eu_freeze.toml: ground\.2\.status: Field req"),
        (lambda t: t["ground"][0].update(options=[]), r"ground\.0\.options: Tuple should have"),
        (lambda t: t["ground"][0].update(options=["pray"]), r"ground\.0\.options\.0: Input should"),
        (lambda t: t["clock"][0].update(limit="2 days"), r"clock\.0\.limit: .*'2 days'"),
        (lambda t: t["clock"][0].update(limit="3wd"), "calendar: a clock counts banking days"),
        (lambda t: t.update(help=["win"]), r"help\.0: Input should be"),
        (lambda t: t.update(minimum="1.234 EUR"), "minimum: "),
        (lambda t: t.update(to_states="narnia"), "states: 'narnia' is neither"),
        (lambda t: t.update(to_states=["FR", "UK"]), "states: 'UK' is neither"),
        (lambda t: t["field"].append(t["field"][0]), "field: issuing_state is there twice"),
        (lambda t: t["ground"].append(t["ground"][0]), "ground: NE_BIS is there twice"),
        (lambda t: t.update(code="other"), "code: 'other' is not the name of the file"),
    ],
)
def test_a_spoiled_channel_is_refused_with_file_and_key(spoil: Spoil, words: str) -> None:
    table = copy.deepcopy(read_channel("eu_freeze"))
    spoil(table)
    with pytest.raises(ValueError, match=words):
        load_channel("eu_freeze", table, GROUPS)


def test_a_group_of_states_with_a_wrong_code_is_named() -> None:
    states = read_states()
    states["sepa"]["members"] = "DE FRA"
    with pytest.raises(ValueError, match=r"states.toml: sepa\.members"):
        load_groups(states)


def test_the_groups_hold_only_states_there_are() -> None:
    every = GROUPS["iso_3166"].members
    assert len(every) == 249
    assert all(group.members <= every for group in GROUPS.values())
    assert len(GROUPS["eu_1805"].members) == 25
    assert {"DK", "IE"}.isdisjoint(GROUPS["eu_1805"].members)


def test_an_unknown_channel_names_those_there_are() -> None:
    with pytest.raises(LookupError, match="igrip, mla"):
        read_channel("pigeon")
