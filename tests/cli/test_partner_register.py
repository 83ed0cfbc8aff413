"""The register of partners by its commands: agreed and actual times, contacts, the line's state."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from models.entities.call import Call, CallKind
from models.entities.catalogue import table_of
from models.entities.hold import HoldState
from models.facts import BankHoldState, HoldFact
from models.money import Money
from models.queries.cases.case_files import load_file
from models.store import calls, partners
from models.store.unit import ENGINE, unit_of_work
from models.trouble import Trouble
from recovery_flows.cases.commit import commit_changes
from recovery_flows.cli.intake.complaints import import_reports
from recovery_flows.cli.table import width_of
from recovery_flows.correspondence import answers
from recovery_flows.ledger.changeset import Changeset

# The sixth is the median, the eleventh is p90, the last three are above the 60 agreed.
MINUTES = (5, 12, 20, 30, 38, 41, 44, 50, 58, 75, 188, 240)
BANK = "bank-home"
CONTACTS = {"desk": "Synthetic Night Desk", "phone": "+86 10 5555 0123"}


def answered(unit: Any, recovery_id: str, minutes: int) -> None:
    """The stop of a recovery is sent now, and the bank acts so many minutes later."""
    installation = unit.installation()
    with unit_of_work(installation.database) as work:
        changes = Changeset(load_file(work.session, recovery_id))
        (call,) = (c for c in changes.file.calls if c.kind is CallKind.HOLD)
        calls.mark_sent(work, unit.now, recovery_id, call.id, call.state)
        (hold,) = (h for h in changes.file.holds if h.state is HoldState.ORDERED)
        asked = Money(hold.requested_minor, hold.currency)
        acted_at = unit.now + timedelta(minutes=minutes)
        fact = HoldFact(
            f"B-{hold.id}", 1, hold.id, BankHoldState.HELD, asked, asked, acted_at, None, acted_at
        )
        answers.apply_hold_fact(changes, hold.id, fact, installation.laws, acted_at)
        commit_changes(work, ENGINE, acted_at, installation.laws, changes)


def stops(unit: Any) -> list[str]:
    """Twelve recoveries, each with a stop that was answered, and one that was not yet."""
    rows = [unit.row(n, payee_account=f"99990000001{n:05d}") for n in range(1, 14)]
    installation = unit.installation()
    filed = import_reports(installation, unit.file_of(*rows), "", "CN").filed
    for recovery_id in filed:
        for _ in range(2):
            installation.case_officer().advance(recovery_id, case_number="SYN-CASE-1")
    for recovery_id, minutes in zip(filed, MINUTES, strict=False):
        answered(unit, recovery_id, minutes)
    with unit_of_work(installation.database) as work:
        for call in load_file(work.session, filed[-1]).calls:
            calls.mark_sent(work, unit.now, filed[-1], call.id, call.state)
    unit.later(6)
    return [str(unit.page(recovery_id)["ref"]) for recovery_id in filed]


def test_a_partner_is_shown_with_what_it_agreed_to_and_how_it_answered(run: Any, unit: Any) -> None:
    refs = stops(unit)
    words = ["--minutes", "60", "--agreement", "MoU 12/2026"]
    assert run("partner", "agree", BANK, *words).out == (
        "bank-home: answers within 60 min, as agreed in MoU 12/2026\n"
    )
    said = run("partner", "show", BANK).out
    for told in ("answers within 60 min (MoU 12/2026)", "41 min", "188 min", "1 open",
                 "later than agreed: 3", "waits longer: 1", "nine of ten took no longer",
                 "from the first sending of an order to the bank's own time"):  # fmt: skip
        assert told in said
    assert [ref for ref in refs if f"{ref} stop" in said.split("waits")[0]] == refs[9:12]
    shown = run("partner", "show", BANK, "--json").json()
    assert shown["ever"] | {"undated": 0} == {
        "answered": 12, "p50": 41, "p90": 188, "open": 1, "undated": 0
    }  # fmt: skip
    assert sorted(late["minutes"] for late in shown["breaches"]) == [75, 188, 240]
    (listed,) = (p for p in run("partner", "list", "--json").json() if p["id"] == BANK)
    assert (listed["p50_minutes"], listed["p90_minutes"], listed["breaches"]) == (41, 188, 3)


def test_a_call_that_was_sent_again_is_measured_from_its_first_sending(run: Any, unit: Any) -> None:
    unit.ordered()
    unit.sweep()  # nobody listens there: it is tried, and tried again
    first = unit.one("SELECT sent_at FROM call WHERE kind = 'hold'")
    unit.later(1)
    with unit_of_work(unit.installation().database) as work:
        work.session.execute(sa.update(table_of(Call)).values(retry_at=None))
    unit.sweep()
    assert unit.one("SELECT attempts FROM call WHERE kind = 'hold'") == 2
    assert unit.one("SELECT sent_at FROM call WHERE kind = 'hold'") == first
    said = run("partner", "show", BANK).out
    assert "last error   partner bank-home is not available: it cannot be reached" in said
    assert "look at the network and at its address" in said
    assert "2, the oldest a " in said


def test_the_list_stays_within_eighty_cells_and_says_what_is_wrong(run: Any, unit: Any) -> None:
    with unit_of_work(unit.installation().database) as work:
        partners.note_contact(
            work,
            BANK,
            error="partner bank-home refused: TokenInvalid (HTTP 401)",
            trouble=Trouble.UNAUTHORIZED,
        )
        partners.note_breaker(work, BANK, 7, unit.now + timedelta(days=20_000))
    lines = run("partner", "list").out.splitlines()
    assert all(width_of(line) <= 80 for line in lines)
    assert "breaker" in lines[0]
    assert " api " in lines[1]
    (home,) = (line for line in lines if line.startswith(BANK))
    assert " open " in home
    assert "  partner bank-home refused: TokenInvalid (HTTP 401)" in lines
    assert "compare the client id or the token" in " ".join(lines)
    # The breaker is of the moment: no event carries it, and the history is whole all the same.
    assert run("audit", "verify").code == 0


def test_contacts_are_sealed_masked_and_shown_for_a_reason_that_is_kept(
    run: Any, unit: Any
) -> None:
    said = run("partner", "contact", BANK, "--from-stdin", stdin=json.dumps(CONTACTS))
    assert said.out == "bank-home: contacts kept, sealed (desk, phone)\n"
    run("partner", "contact", BANK, "--email", "night@bank.example")
    masked = run("partner", "show", BANK)
    assert "S··  ···· 23  n··@··" in masked.out
    assert "5555" not in masked.out + run("partner", "show", BANK, "--json").out
    clear = run("partner", "show", BANK, "--reveal", "its answer is late", "--as", "chen")
    assert "Synthetic Night Desk  +86 10 5555 0123  night@bank.example" in clear.out
    assert "once, last to chen" in run("partner", "show", BANK).out
    about = "FROM event WHERE noun = 'partner' AND event LIKE 'contacts%'"
    assert unit.one(f"SELECT count(*) {about}") == 3
    assert unit.one(f"SELECT actor_id {about} ORDER BY seq DESC") == "chen"
    everything = unit.one(f"SELECT group_concat(values_json || reason) {about}")
    assert not any(word in everything for word in ("5555", "Night", "late", "@"))
    assert run("audit", "verify").code == 0


@pytest.mark.parametrize(
    ("words", "stdin", "code", "told"),
    [
        (["agree", BANK, "--minutes", "60"], "", 2, "name the agreement"),
        (["agree", BANK, "--minutes", "-5", "--agreement", "M"], "", 2, "1 to 129,600 minutes"),
        (["agree", "nobody", "--minutes", "5", "--agreement", "M"], "", 2, "no partner 'nobody'"),
        (["agree", BANK, "--minutes", "5", "--agreement", "M", "--as", "chen"], "", 3, "officer"),
        (["contact", BANK], "", 2, "none is given"),
        (["contact", BANK, "--phone", "none"], "", 2, "a phone number has digits"),
        (["contact", BANK, "--email", "x"], "", 2, "an e-mail address is like"),
        (["contact", BANK, "--desk", "a\x1b[31m"], "", 2, "no control characters"),
        (["contact", BANK, "--from-stdin"], "[]", 2, "no JSON object"),
        (["contact", BANK, "--from-stdin"], '{"fax": "1"}', 2, "'fax' is none of them"),
        (["contact", BANK, "--from-stdin", "--desk", "x"], "{}", 2, "not from both"),
        (["show", "nobody"], "", 2, "no partner 'nobody'"),
        (["show", BANK, "--reveal", " "], "", 2, "for a reason"),
        (["show", BANK, "--reveal", "why not"], "", 2, "has no contacts"),
    ],
)
def test_what_cannot_be_entered_or_shown_is_refused_in_one_sentence(
    run: Any, unit: Any, words: list[str], stdin: str, code: int, told: str
) -> None:
    before = unit.one("SELECT count(*) FROM event")
    said = run("partner", *words, stdin=stdin)
    assert (said.code, told in said.sentence()) == (code, True)
    assert unit.one("SELECT count(*) FROM event") == before


def test_days_are_compared_by_the_command_and_a_cent_ends_it_with_a_disagreement(
    run: Any, unit: Any, banks: None
) -> None:
    del banks
    unit.ordered()
    unit.sweep()
    unit.later(24)
    said = run("reconcile", "--days")
    assert (said.code, "0 different" in said.out) == (0, True)
    assert "bank-home: 1 day from 2026-03-02 to 2026-03-02 (Asia/Shanghai): 4 equal" in said.out
    unit.tamper("UPDATE posting SET asset_minor = asset_minor + 1 WHERE rowid = "
                "(SELECT max(rowid) FROM posting WHERE hold_id != '')")  # fmt: skip
    apart = run("reconcile", "--days", "--partner", BANK, "--from", "2026-03-02", "--json")
    body = json.loads(apart.out)
    assert (apart.code, body["exit_code"]) == (5, 5)
    assert body["partners"][0]["first_difference"] == "2026-03-02"
    assert run("reconcile", "--from", "2026-03-02").code == 2
    assert "is no day" in run("reconcile", "--days", "--to", "20260302").sentence()


@pytest.mark.usefixtures("unit")
def test_our_public_key_is_printed_as_a_file_that_a_bank_can_read(run: Any) -> None:
    (key,) = run("partner", "key").json()["keys"]
    assert (key["kty"], key["use"], "d" in key) == ("RSA", "sig", False)


def test_a_count_that_somebody_renamed_is_told_in_a_sentence(run: Any, unit: Any) -> None:
    stops(unit)
    with unit.installation().database.engine.begin() as connection:
        change = "UPDATE tally SET name = 'took bank-home stop x' WHERE name LIKE 'took % stop 41'"
        connection.execute(sa.text(f"{change} AND series = 'took bank-home'"))
    said = run("partner", "list")
    assert (said.code, said.out) == (5, "")
    assert "the count 'took bank-home stop x' was changed by hand" in said.err
    assert "took bank-home stop x" in run("ledger", "check").out
