"""Whatever is changed behind the program's back is named, and by its name."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from models.facts import ReportFact
from models.money import Money
from models.queries.audit.verify import Finding, FindingKind, verify
from models.sealing.vault import Vault
from models.store.record import digest_of

OFFICER_NOTE = "an invented remark about an invented person"
OF_RECOVERY = ("claim", "hold", "approval", "call", "trace", "note")


def only(findings: tuple[Finding, ...]) -> Finding:
    assert len(findings) == 1, [f.sentence for f in findings]
    return findings[0]


@pytest.fixture(scope="session")
def told(
    installed: Path, copied: Any, second_report: ReportFact, tmp_path_factory: Any
) -> dict[str, Any]:
    """Three recoveries: the first is stopped in part, traced and noted on; the others wait."""
    folder = tmp_path_factory.mktemp("told") / "unit"
    unit = copied(installed, folder)
    first = unit.traced()
    unit.case_officer().note(first, OFFICER_NOTE)
    (second,) = unit.report(second_report)
    another = {"external_ref": "SYN-9", "end_to_end_id": "E9", "amount": Money(9, "CNY")}
    (third,) = unit.report(ReportFact(**_fields(second_report) | another))
    unit.database.dispose()
    return {"folder": folder, "first": first, "second": second, "third": third}


@pytest.fixture
def case(told: dict[str, Any], copied: Any, tmp_path: Path) -> Iterator[Any]:
    unit = copied(told["folder"], tmp_path / "unit")
    unit.first, unit.second, unit.third = told["first"], told["second"], told["third"]
    yield unit
    unit.database.dispose()


def _fields(report: ReportFact) -> dict[str, Any]:
    return {name: getattr(report, name) for name in ReportFact.__slots__}


def test_an_untouched_history_is_intact(case: Any) -> None:
    assert case.one("SELECT count(*) FROM event") >= 30
    assert verify(case.database) == ()


@pytest.mark.parametrize("table", ["event", "posting"])
@pytest.mark.parametrize("verb", ["UPDATE {} SET recovery_id = ''", "DELETE FROM {}"])
def test_the_database_itself_refuses_to_change_history(case: Any, table: str, verb: str) -> None:
    with (
        closing(sqlite3.connect(case.path)) as raw,
        pytest.raises(sqlite3.IntegrityError, match="append-only"),
    ):
        raw.execute(verb.format(table))


@pytest.mark.parametrize(
    "change",
    [
        "actor_id = 'somebody'",
        "at = '2026-03-02 03:00:01.000000'",
        "at = 'yesterday'",
        "reason = 'x'",
        "role = 'nobody'",
        "values_json = '{'",
        "legal_basis = legal_basis || ' '",
    ],
)
def test_a_changed_byte_in_an_event_is_named(case: Any, change: str) -> None:
    case.tamper(f"UPDATE event SET {change} WHERE seq = 9")
    found = next(f for f in verify(case.database) if f.seq == 9)
    assert found.kind is FindingKind.CHANGED_EVENT
    assert found.ref == "R-2026-0001"
    assert found.sentence.startswith("event 9 (")


def test_a_removed_last_event_is_named(case: Any) -> None:
    last = case.one("SELECT max(seq) FROM event")
    case.tamper(
        f"DELETE FROM posting WHERE event_seq = {last}", f"DELETE FROM event WHERE seq = {last}"
    )
    findings = verify(case.database)
    gone = next(f for f in findings if f.seq == last)
    assert gone.kind is FindingKind.REMOVED_EVENT
    assert "is not there any more" in gone.sentence
    assert any(f.kind is FindingKind.CHANGED_ROW and f.noun == "claim" for f in findings)


def test_a_removed_middle_event_is_named(case: Any) -> None:
    seq = case.one("SELECT seq FROM event WHERE noun = 'hold' AND event = 'ordered_first'")
    case.tamper(f"DELETE FROM event WHERE seq = {seq}")
    findings = verify(case.database)
    assert findings[0].kind is FindingKind.MISSING_EVENT
    assert findings[0].sentence == f"event {seq} is missing"
    rows = {f.subject_id for f in findings if f.kind is FindingKind.CHANGED_ROW}
    assert rows == {case.one("SELECT id FROM hold")}


def test_a_removed_recovery_is_named_by_reference_and_id(case: Any) -> None:
    for recovery in (case.second, case.first):
        tables = [t for t in OF_RECOVERY if case.one(_count(t, recovery))]
        case.tamper(
            f"DELETE FROM posting WHERE recovery_id = '{recovery}'",
            f"DELETE FROM event WHERE recovery_id = '{recovery}'",
            *(f"DELETE FROM {t} WHERE recovery_id = '{recovery}'" for t in tables),
            f"DELETE FROM recovery WHERE id = '{recovery}'",
        )
        removed = [f for f in verify(case.database) if f.kind is FindingKind.REMOVED_RECOVERY]
        assert {recovery} <= {f.recovery_id for f in removed}
        assert {"R-2026-0001", "R-2026-0002"} & {f.ref for f in removed}


def _count(table: str, recovery: str) -> str:
    return f"SELECT count(*) FROM {table} WHERE recovery_id = '{recovery}'"


def test_the_last_recovery_removed_without_a_gap_is_named(case: Any) -> None:
    case.tamper(
        *(f"DELETE FROM {t} WHERE recovery_id = '{case.third}'" for t in ("posting", "event")),
        f"DELETE FROM claim WHERE recovery_id = '{case.third}'",
        f"DELETE FROM recovery WHERE id = '{case.third}'",
        "UPDATE counter SET value = 2",
    )
    findings = verify(case.database)
    kinds = {f.kind for f in findings if f.noun != "counter"}
    assert {FindingKind.REMOVED_RECOVERY, FindingKind.REMOVED_EVENT} == kinds
    assert case.third in {f.recovery_id for f in findings}


def test_one_changed_cent_in_a_posting_is_named(case: Any) -> None:
    seq = case.one("SELECT max(event_seq) FROM posting WHERE account = 'held'")
    case.tamper(
        "UPDATE posting SET claim_minor = claim_minor + 1 "
        f"WHERE event_seq = {seq} AND account = 'held'"
    )
    found = only(verify(case.database))
    assert (found.kind, found.seq) == (FindingKind.CHANGED_ENTRY, seq)
    assert found.sentence.endswith("claim CNY is off by 1")


def test_postings_changed_so_that_they_still_balance_are_named(case: Any) -> None:
    seq = case.one("SELECT max(event_seq) FROM posting WHERE account = 'held'")
    case.tamper(f"UPDATE posting SET account = 'gone' WHERE event_seq = {seq} AND account = 'held'")
    found = only(verify(case.database))
    assert (found.kind, found.seq) == (FindingKind.CHANGED_EVENT, seq)
    assert "or its entry of" in found.sentence


def test_a_posting_put_under_another_recovery_is_named(case: Any) -> None:
    seq = case.one("SELECT max(event_seq) FROM posting WHERE account = 'held'")
    case.tamper(f"UPDATE posting SET recovery_id = '{case.third}' WHERE event_seq = {seq}")
    assert only(verify(case.database)).kind is FindingKind.CHANGED_ENTRY


def test_a_posting_of_no_event_is_named(case: Any) -> None:
    columns = "leg, recovery_id, account, asset_id, hold_id, claim_id, detail, claim_minor, "
    columns += "claim_currency, asset_minor, asset_currency"
    for seq in (4, 9_999):
        case.tamper(
            f"INSERT INTO posting (event_seq, {columns}) SELECT {seq}, {columns} FROM posting "
            "WHERE account = 'held' LIMIT 1"
        )
    findings = verify(case.database)
    assert {(f.kind, f.seq) for f in findings} == {
        (FindingKind.CHANGED_ENTRY, 4),
        (FindingKind.STRAY_POSTING, 9_999),
    }


@pytest.mark.parametrize(
    ("table", "change", "said"),
    [
        ("hold", "state = 'released'", "state of the hold {} is released and its events say stopp"),
        ("hold", "state = 'nonsense'", "state of the hold {} is nonsense and its events say stopp"),
        ("hold", "held_minor = held_minor - 1", "is 69999 and its events say 70000"),
        ("hold", "expires_at = 'never'", "is unreadable never and its events say 2026-03-04T03"),
        ("claim", "reported_minor = 1", "reported_minor of the claim {} is 1 and its events say"),
        ("claim", "statement_to = '2026-01-01 00:00:00'", "and its events say None"),
        ("claim", "payout_account_id = 'acct-other'", "is not what its events say"),
        ("asset", "stage = 'closed'", "stage of the asset {} is closed"),
        ("approval", "decided_by = 'chen'", "decided_by of the approval"),
        ("note", "fingerprint = ''", "fingerprint of the note"),
        ("note", "text_sealed = ''", "text_sealed of the note"),
        ("trace", "result_json = '{}'", "result_json of the trace"),
        ("partner", "base_url = 'https://elsewhere.example'", "base_url of the partner"),
        ("officer", "roles = 'officer,supervisor'", "roles of the officer"),
        ("recovery", "state = 'closed_returned'", "state of the recovery {} is closed_returned"),
    ],
)
def test_a_changed_column_is_named(case: Any, table: str, change: str, said: str) -> None:
    row = case.one(f"SELECT id FROM {table} ORDER BY rowid")
    case.tamper(f"UPDATE {table} SET {change} WHERE id = '{row}'")
    found = only(verify(case.database))
    assert (found.kind, found.noun, found.subject_id) == (FindingKind.CHANGED_ROW, table, row)
    assert said.replace("{}", row) in found.sentence


def test_the_name_of_a_finding_never_quotes_sealed_or_free_text(case: Any) -> None:
    case.tamper(f"UPDATE note SET text_sealed = '{OFFICER_NOTE}'")
    assert OFFICER_NOTE not in only(verify(case.database)).sentence


def test_a_row_without_events_and_events_without_a_row_are_named(case: Any) -> None:
    made = "id, handle, roles, os_user, secret_hash, state"
    case.tamper(
        f"INSERT INTO officer ({made}) VALUES ('mole', 'mole', 'supervisor', 'mole', '', 'active')",
        "DELETE FROM note",
    )
    made_by_none, removed = sorted(verify(case.database), key=lambda f: f.noun, reverse=True)
    assert made_by_none.sentence == "the officer mole was made by no event"
    assert (removed.noun, removed.sentence[-14:]) == ("note", "it was removed")


def test_an_event_added_by_hand_is_named_even_where_it_fits_its_own_digest(case: Any) -> None:
    columns = "recovery_id, at, actor_id, role, noun, subject_id, event, old_state, new_state, "
    columns += "values_json, reason, legal_basis"
    with closing(sqlite3.connect(case.path)) as raw:
        raw.row_factory = sqlite3.Row
        last = dict(raw.execute("SELECT * FROM event ORDER BY seq DESC LIMIT 1").fetchone())
    row = {name: last[name] for name in columns.split(", ")} | {
        "seq": last["seq"] + 1,
        "recovery_seq": last["recovery_seq"] + 1,
        "previous_digest": last["digest"],
        "event": "updated",
    }
    row["digest"] = digest_of(Vault.create(case.folder / "another key"), row, [])
    with closing(sqlite3.connect(case.path)) as raw, raw:
        marks = ", ".join(f":{name}" for name in row)
        raw.execute(f"INSERT INTO event ({', '.join(row)}) VALUES ({marks})", row)
    found = only(verify(case.database))
    assert (found.kind, found.seq) == (FindingKind.FOREIGN_EVENT, last["seq"] + 1)
    case.case_officer().note(case.first, "history goes on after it")
    found = only(verify(case.database))
    assert (found.kind, found.seq) == (FindingKind.CHANGED_EVENT, last["seq"] + 1)


def test_a_number_or_a_name_put_in_place_of_another_is_named(case: Any) -> None:
    mine, other = "tail = '0001'", "tail = '0002'"
    case.tamper(
        f"UPDATE account SET number_sealed = (SELECT number_sealed FROM account WHERE {mine}) "
        f"WHERE {other}",
        "UPDATE party SET name_sealed = 'bm90IHNlYWxlZCB3aXRoIG91ciBrZXk='",
    )
    findings = verify(case.database)
    assert {f.kind for f in findings} == {FindingKind.CHANGED_EVIDENCE}
    assert {f.noun for f in findings} == {"account", "party"}


def test_a_changed_and_a_removed_booking_are_named(case: Any) -> None:
    case.tamper("UPDATE statement_line SET amount_minor = 9999 WHERE seq = 2")
    assert only(verify(case.database)).noun == "statement_line"
    case.tamper("DELETE FROM statement_line WHERE seq = 2")
    of_statement, of_table = verify(case.database)
    assert of_statement.sentence.startswith("of the 2 bookings of the statement")
    assert of_table.sentence.endswith("has 1 rows and 2 were counted: some were removed")


def test_a_head_changed_or_taken_out_of_the_middle_is_named(case: Any) -> None:
    path = case.database.heads.path
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(lines[:3] + lines[4:]))
    found = only(verify(case.database))
    assert found.kind is FindingKind.CHANGED_HEAD
    told = "line 4 of heads.jsonl does not follow the one before: lines were taken out"
    assert found.sentence == told
    forged = json.loads(lines[3]) | {"seq": 1}
    path.write_bytes(b"".join([*lines[:3], json.dumps(forged).encode() + b"\n", *lines[4:]]))
    assert any("line 4 of heads.jsonl has no good signature" in f.sentence
               for f in verify(case.database))  # fmt: skip
    path.write_bytes(b"")
    assert "no signed head" in only(verify(case.database)).sentence


def test_a_whole_history_written_anew_without_the_key_is_named(case: Any) -> None:
    seqs = case.one("SELECT max(seq) FROM event")
    case.tamper("UPDATE event SET digest = previous_digest, previous_digest = digest")
    changed = {f.seq for f in verify(case.database) if f.kind is FindingKind.CHANGED_EVENT}
    assert changed == set(range(1, seqs + 1))


def test_commits_of_two_processes_at_once_leave_one_chain_of_heads(case: Any) -> None:
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda n: case.case_officer().note(case.first, f"note {n}"), range(20)))
    assert verify(case.database) == ()
