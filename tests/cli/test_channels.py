"""`recovery channels`: advice on ways across a border, and one sentence for what is wrong."""

from __future__ import annotations

from typing import Any

import pytest

ASKED = (
    "channels", "--from", "CN", "--to", "GB", "--rail", "swift", "--amount", "52000.00",
    "--currency", "GBP", "--hours", "30",
)  # fmt: skip


def test_the_advice_names_open_channels_with_why_time_missing_and_approvals(run: Any) -> None:
    text = run(*ASKED).out
    for told in (
        "CN to GB: GBP 52,000.00 by swift, 1d 06h after the payment; wanted: freeze",
        "YES  igrip: INTERPOL I-GRIP stop-payment",
        "victim_country, beneficiary_bank, account",
        "central_authority_reference: CN_CONSENT_ABROAD",
        "no   us_kill_chain",
        "CN cannot ask by it",
    ):
        assert told in text


def test_the_advice_as_json_holds_each_reason_and_each_channel_once(run: Any) -> None:
    (answer,) = run(*ASKED, "--have", "account", "--json").json()["questions"]
    assert answer["question"]["amount"] == {"amount": "52000.00", "currency": "GBP"}
    codes = [c["channel"] for c in answer["channels"]]
    assert len(codes) == len(set(codes)) == 14
    igrip = next(c for c in answer["channels"] if c["channel"] == "igrip")
    assert igrip["eligible"]
    assert "account" not in igrip["missing"]
    assert all(set(r) == {"text", "speaks_for"} for r in igrip["reasons"])


def test_one_channel_is_shown_with_its_grounds_and_what_they_leave(run: Any) -> None:
    text = run("channels", "--channel", "eu_freeze").out
    for told in ("max_penalty_three_years", "INCOMPLETE", "cure and resend", "art 8(1)(c)", "12h"):
        assert told in text
    shown = run("channels", "--channel", "mla", "--json").json()
    assert {"DUAL_CRIM", "POSTPONED"} <= {g["code"] for g in shown["ground"]}


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        (("--from", "UK"), "--from 'UK' is no code of ISO 3166-1"),
        (("--to", "gb"), "--to 'gb' is no code"),
        (("--to", ""), "--to is missing"),
        (("--rail", "pigeon"), "--rail 'pigeon': there are sepa, sepa_instant, swift, other"),
        (("--amount", "12,5"), "--amount, --currency: "),
        (("--amount", "0.00"), "--amount '0.00': give a sum above zero"),
        (("--amount", "1.234"), "--amount, --currency: "),
        (("--currency", "XXZ"), "currency 'XXZ' is not in the list of ISO 4217"),
        (("--hours", "-1"), "--hours -1: whole hours since the payment, 0 to 100000"),
        (("--want", "gold"), "--want 'gold': there are freeze, information, evidence, return"),
        (("--have", "acount"), "--have 'acount': no channel asks for it"),
        (("--channel", "fax"), "--channel 'fax': there are carin, "),
    ],
)
def test_a_wrong_option_is_named_with_what_is_known(
    run: Any, changed: tuple[str, str], words: str
) -> None:
    said = run(*ASKED, *changed)
    assert said.code == 2
    assert words in said.sentence()


def test_nothing_given_asks_for_the_first_option(run: Any) -> None:
    said = run("channels", "--rail", "swift")
    assert (said.code, said.sentence()[:18]) == (2, "--from is missing:")


def test_a_recovery_without_money_abroad_says_so(run: Any, unit: Any) -> None:
    ref = unit.accepted()
    said = run("channels", ref)
    assert said.code == 3
    assert said.sentence() == f"{ref}: no money is traced to an account abroad"


def test_what_the_case_file_tells_is_not_given_by_hand(run: Any, unit: Any) -> None:
    said = run("channels", unit.accepted(), "--to", "GB", "--hours", "3")
    assert said.code == 2
    assert "--to, --hours: with a reference they are read from the case file" in said.sentence()


def test_a_reference_is_asked_for_from_its_case_file(run: Any, unit: Any) -> None:
    ref = unit.accepted()
    abroad = "home = 0, regime = 'GB', currency = 'GBP', traced_minor = 5500"
    unit.tamper(f"UPDATE asset SET {abroad}, partner_id = 'bank-abroad'")
    head, *lines = run("channels", ref, "--want", "freeze", "--have", "uetr").out.splitlines()
    assert head.startswith("CN to GB: GBP 55.00 by swift, ")
    missing = next(line for line in lines if "missing" in line)
    assert "uetr" not in missing
    assert "case_number" not in missing
    assert "original_message" in missing
    answer = run("channels", ref, "--rail", "sepa", "--json").json()
    (question,) = answer["questions"]
    assert question["question"]["rail"] == "sepa"
    assert answer["refused"] == []
