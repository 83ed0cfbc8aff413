"""`recovery stop` and what else warns, marks and measures on the command line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

TEXT = """report: SYN-1
victim: Synthetic Victim
from account: 9999000000000002 (bank-slow)
to account: 9999000000000001 (Synthetic bank-home)
payee: Synthetic Mule
amount: CNY 1,000.00
time: 2026-03-02 09:01
uetr: E1
"""
AGAIN = TEXT.replace("SYN-1", "SYN-2").replace("09:01", "09:02").replace("uetr: E1\n", "")
OTHER = AGAIN.replace("1,000.00", "1,500.00")
ABROAD = TEXT.replace("Synthetic bank-home", "bank-abroad")


ORDERED = "stop-payment of CNY 1,000.00 ordered at bank-home; another person confirms it within 2h"


def write(unit: Any, text: str) -> str:
    path: Path = unit.folder / "report.txt"
    path.write_text(text, encoding="utf-8")
    return str(path)


@pytest.mark.usefixtures("unit")
def test_one_command_takes_a_report_to_an_ordered_stop(run: Any) -> None:
    said = run("stop", "-", stdin=TEXT)
    assert said.code == 0, said.err
    assert said.out.splitlines() == [
        "time: time of Asia/Shanghai",
        "reported: not in the text: when it came in",
        f"R-2026-0001: {ORDERED}; accepted under case number SYN-1",
        "no engine is running: start `recovery engine`, or add --now to send in this process",
    ]
    page = run("show", "R-2026-0001", "--json").json()
    assert (page["owner"], page["case_number"], page["stage"]) == ("lin", "SYN-1", "freezing")
    assert page["assets"][0]["holds"][0]["state"] == "ordered"
    again = run("stop", "-", stdin=TEXT)
    assert again.code == 3
    assert "received before: it is in R-2026-0001, yours; nothing is done" in again.sentence()


def test_the_case_number_of_the_command_wins_and_json_tells_everything(unit: Any, run: Any) -> None:
    done = run("stop", write(unit, TEXT), "--case", "2026-77", "--json").json()
    assert done["ref"] == "R-2026-0001"
    assert done["hold_id"].startswith("hold-")
    assert done["confirmed_until"] == "2026-03-02T05:00:00+00:00"
    assert done["engine_alive"] is False
    assert run("show", done["ref"], "--json").json()["case_number"] == "2026-77"


def test_a_dry_run_shows_the_message_and_writes_nothing(unit: Any, run: Any) -> None:
    path = write(unit, TEXT)
    said = run("stop", path, "--dry-run")
    assert said.code == 0
    assert "stop-payment of CNY 1,000.00 at bank-home, order hold-" in said.out
    assert "(confirmed), to be confirmed by 2026-03-02 13:00" in said.out
    seen = run("stop", path, "--dry-run", "--json").json()
    assert seen["message"]["number"] == "9999000000000001"
    assert run("list", "--json").json()["lines"] == []


BAD = [
    ("", 2, "the text is empty: paste a report"),
    ("victim: A", 2, "from bank is missing: write `from bank: NAME`"),
    (TEXT.replace("1,000.00", "1.000,00"), 2, "amount can be read as two sums"),
    (TEXT.replace("bank-slow", "bank of nowhere"), 2, "from bank is not a registered partner"),
    (TEXT.replace("09:01", "23:01"), 2, "time lies in the future"),
    (TEXT + "victim: Another\n", 2, "the text tells of several victims"),
    (TEXT.replace("report: SYN-1\n", ""), 2, "case number is missing"),
    ("\x00\x01\x02", 2, "victim is missing"),
]


def test_a_bad_text_is_one_sentence_and_a_code_and_leaves_nothing_behind(
    unit: Any, run: Any
) -> None:
    for text, code, says in BAD:
        said = run("stop", write(unit, text))
        assert said.code == code
        assert says in said.sentence()
        assert "9999" not in said.err
    assert unit.one("SELECT count(*) FROM recovery") == 0


def test_a_file_that_is_not_there_or_no_text_is_refused(unit: Any, run: Any) -> None:
    assert "cannot be read" in run("stop", str(unit.folder / "none.txt")).sentence()
    path = unit.folder / "utf16.txt"
    path.write_bytes(TEXT.encode("utf-16"))
    said = run("stop", str(path))
    assert (said.code, said.sentence()) == (2, f"{path} is not a text in UTF-8")


def test_problems_are_a_list_for_programs(unit: Any, run: Any) -> None:
    said = run("stop", write(unit, "victim: A\n"), "--json")
    assert said.code == 2
    problems = {p["field"]: p for p in json.loads(said.out)["problems"]}
    assert problems["amount"]["why"] == "is missing"
    assert problems["amount"]["mend"] == "write `amount: CNY 12345.60`"


def test_an_account_abroad_is_accepted_and_the_command_says_that_nothing_was_sent(
    unit: Any, run: Any
) -> None:
    said = run("stop", write(unit, ABROAD))
    assert said.code == 3
    assert "R-2026-0001: no stop was sent: bank-abroad is abroad (GB)" in said.out
    assert "accepted under case number SYN-1, next: processing" in said.out
    assert run("show", "R-2026-0001", "--json").json()["state"] == "open"


def test_without_a_bank_at_home_the_command_says_what_to_register(
    unit: Any, run: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RECOVERY_DATA_DIR", str(unit.folder / "empty"))
    two = ("--officer", "lin", "--supervisor", "chen", "--supervisor-os-user", "chen-of-tests")
    assert run("init", *two).code == 0
    said = run("stop", "-", stdin=TEXT)
    assert (said.code, "no bank at home is registered yet" in said.sentence()) == (2, True)


@pytest.mark.usefixtures("unit")
def test_a_supervisor_cannot_send_a_stop(run: Any) -> None:
    said = run("stop", "-", "--as", "chen", stdin=TEXT)
    assert said.code == 3
    assert said.sentence() == "this takes the role officer; chen has: supervisor"


@pytest.mark.usefixtures("unit")
def test_the_same_payment_again_is_already_reported_and_takes_a_decision(run: Any) -> None:
    assert run("stop", "-", stdin=TEXT).code == 0
    shown = run("stop", "-", "--dry-run", stdin=AGAIN)
    assert shown.code == 3
    assert "! this payment is already reported as R-2026-0001: yours" in shown.out
    refused = run("stop", "-", "--as", "both", "--allow-duplicate", stdin=AGAIN)
    assert refused.code == 3
    assert refused.sentence() == (
        "this payment is already reported as R-2026-0001: ask lin; nothing was done; if it is "
        "another payment, say so (`--another-payment`)"
    )
    assert len(run("list", "--json").json()["lines"]) == 1
    assert run("stop", "-", "--another-payment", stdin=AGAIN).code == 0
    events = run("show", "R-2026-0002", "--json").json()["events"]
    (accepted,) = [e for e in events if e["event"] == "accepted"]
    assert accepted["reason"] == "decided to be another payment than that of R-2026-0001"


@pytest.mark.usefixtures("unit")
def test_a_shared_account_takes_knowing_on_both_commands_and_lists_mark_it(run: Any) -> None:
    assert run("stop", "-", stdin=TEXT).code == 0
    refused = run("stop", "-", "--as", "both", stdin=OTHER)
    assert refused.code == 3
    assert "the account is also in R-2026-0001: ask lin" in refused.sentence()
    assert run("stop", "-", "--as", "both", "--allow-duplicate", stdin=OTHER).code == 0
    page = run("show", "R-2026-0002", "--as", "lin", "--json").json()
    assert [also["sentence"] for also in page["also"]] == [
        "the account is also in R-2026-0001: yours"
    ]
    assert "∩ duplicate subject" in run("show", "R-2026-0002").out
    lines = run("list", "--json").json()["lines"]
    assert [line["shared"] for line in lines] == [True, True]
    waits = run("approve", "--as", "chen", "--json").json()
    assert waits[1]["also"][0]["ref"] == "R-2026-0001"
    assert (
        "∩ duplicate subject  the account is also in R-2026-0002: ask both"
        in run("approve", "--as", "chen").out
    )
    assert run("list").out.count("∩ ") == 2


def test_advance_is_refused_with_code_3_unless_it_is_known(unit: Any, run: Any) -> None:
    first, second = unit.reported(2)
    for ref in (first, second):
        assert run("advance", ref, "--case-number", "1").code == 0
    assert run("advance", first).code == 3
    assert "is also in R-2026-0002: yours" in run("advance", first).sentence()
    assert run("advance", first, "--allow-duplicate").code == 0
    events = run("show", first, "--json").json()["events"]
    (left,) = [e for e in events if e["event"] == "ordered_first"]
    assert left["reason"] == "sent knowing that 1 other recovery (of lin) had it too"


def test_a_filter_of_the_list_hides_nothing_that_nobody_moves(unit: Any, run: Any) -> None:
    unit.reported(2)
    unit.later(2)
    page = run("list", "--stage", "restitution", "--json").json()
    assert [line["attention"] for line in page["lines"]] == ["unowned", "unowned"]
    assert page["attention_count"] == 2
    said = run("list", "--stage", "restitution").out
    assert said.count("▲ unassigned 2 h 00 min ∩ accept the report") == 2
    assert "2 open recoveries  0 closed  ▲ 2 stalled" in said


def test_the_settings_say_how_long_is_too_long(
    unit: Any, run: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    unit.reported(1)
    monkeypatch.setenv("RECOVERY_SCREEN__UNOWNED_MINUTES", "0")
    assert run("list", "--json").json()["attention_count"] == 1
    monkeypatch.setenv("RECOVERY_SCREEN__UNOWNED_MINUTES", "600")
    unit.later(9)
    assert run("list", "--json").json()["attention_count"] == 0
    monkeypatch.setenv("RECOVERY_SCREEN__STALLED_HOURS", "0")
    said = run("list")
    assert (said.code, "stalled_hours" in said.sentence()) == (2, True)


@pytest.mark.usefixtures("banks")
def test_the_stop_reaches_the_bank_as_it_was_shown_and_the_watch_stops(unit: Any, run: Any) -> None:
    path = write(unit, TEXT)
    message = run("stop", path, "--dry-run", "--json").json()["message"]
    assert run("stop", path).code == 0
    unit.later(1 / 60)
    unit.sweep()
    page = run("show", "R-2026-0001", "--json").json()
    assert (page["first_sent"], page["first_sent_at"]) == ("stop", "2026-03-02T03:01:00+00:00")
    assert (
        "reported 2026-03-02 11:00:00 CST, stop sent after 1 min" in run("show", "R-2026-0001").out
    )
    rates = run("report", "rates", "--json").json()["report_to_request"]
    assert (rates["count"], rates["p50_seconds"], rates["p90_seconds"]) == (1, 60, 60)
    assert "median (1 case)           1 min" in run("report", "rates").out
    (stop,) = [h for h in page["assets"][0]["holds"] if h["kind"] == "stop"]
    assert stop["hold_id"] == message["order_ref"]
    assert stop["held"] == {"amount": "900.00", "currency": "CNY"}
