"""Officers and partners: who added whom is kept, secrets and tokens are never shown."""

from __future__ import annotations

from typing import Any

import pytest

from models.entities.catalogue import table_of
from models.entities.officer import Role
from models.entities.outside.authority import Authority
from models.store.partner_register import contacts_values
from models.store.partners import partner_values
from models.store.people import officer_values
from recovery_flows.access.change_figures import SHOWN_COLUMNS

_SECRET = "an invented secret of tests"
_BANK = ["--name", "Synthetic", "--regime", "CN", "--currency", "CNY"]


def test_an_officer_is_asked_for_by_a_supervisor_and_confirmed_by_another(
    run: Any, unit: Any
) -> None:
    said = run("officer", "add", "wu", "--os-user", "wu-of-tests", "--role", "supervisor",
               "--as", "chen", "--json")  # fmt: skip
    change = said.json()["change"]
    assert "wu" not in [o["handle"] for o in run("officer", "list", "--json").json()]
    listed = run("approve").out
    for told in (change, "appoint officer", "asked by chen", "wu-of-tests", "supervisor"):
        assert told in listed
    assert "a second person has to" in run("approve", change, "--as", "chen").sentence()
    assert run("approve", change).out == "wu may act now; asked for by chen\n"
    assert "wu" in [o["handle"] for o in run("officer", "list", "--json").json()]
    query = "SELECT group_concat(actor_id) FROM event WHERE subject_id = '{}'"
    assert unit.one(query.format(change)) == "chen,lin"
    assert unit.one(query.format("wu")) == "lin"
    assert run("approve", change).sentence() == f"{change} is approved already"
    assert run("audit", "verify").code == 0


def test_an_officer_alone_appoints_nobody(run: Any, unit: Any) -> None:
    before = unit.one("SELECT count(*) FROM officer")
    said = run("officer", "add", "wu", "--os-user", "wu-of-tests", "--role", "supervisor")
    assert said.code == 3
    assert said.sentence() == "this takes the role supervisor; lin has: officer"
    assert unit.one("SELECT count(*) FROM officer") == before


def test_who_is_both_officer_and_supervisor_does_not_confirm_the_own_change(
    run: Any, unit: Any
) -> None:
    del unit
    words = ("officer", "add", "wu", "--os-user", "wu-of-tests", "--as", "both", "--json")
    change = run(*words).json()["change"]
    said = run("approve", change, "--as", "both")
    assert said.code == 3
    assert "a second person has to" in said.sentence()


def test_a_denied_change_does_not_count(run: Any, unit: Any) -> None:
    words = ("officer", "add", "wu", "--os-user", "wu-of-tests", "--as", "chen", "--json")
    change = run(*words).json()["change"]
    said = run("approve", change, "--deny", "--reason", "nobody knows wu")
    assert said.out == "wu: the change that chen asked for was denied\n"
    assert unit.one("SELECT count(*) FROM officer WHERE id = 'wu'") == 0
    assert run("approve").out == "No approvals pending.\n"


@pytest.mark.parametrize(
    ("words", "stdin", "told"),
    [
        (["wu"], "", "name one"),
        (["wu", "--os-user", "x", "--secret-from-stdin"], _SECRET, "name one"),
        (["wu", "--secret-from-stdin"], "short", "at least 12 characters"),
        (["wu", "--secret-from-stdin"], "", "at least 12 characters"),
        (["chen", "--os-user", "x"], "", "there is an officer chen already"),
    ],
)
def test_an_officer_without_a_proper_binding_is_refused(
    run: Any, unit: Any, words: list[str], stdin: str, told: str
) -> None:
    before = unit.one("SELECT count(*) FROM register_change")
    said = run("officer", "add", *words, "--as", "chen", stdin=stdin)
    assert said.code == 2
    assert told in said.sentence()
    assert unit.one("SELECT count(*) FROM register_change") == before


def test_one_system_user_is_one_officer(run: Any, by_two: Any, unit: Any) -> None:
    del unit
    assert by_two("officer", "add", "wu", "--os-user", "wu-of-tests").code == 0
    said = run("officer", "add", "wang", "--os-user", "wu-of-tests", "--as", "chen")
    assert said.code == 2
    assert "is bound to wu already" in said.sentence()


def test_a_variable_does_not_make_another_user_of_you(
    run: Any, by_two: Any, unit: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    del unit
    words = ("officer", "add", "wu", "--os-user", "wu-of-tests", "--role", "supervisor")
    assert by_two(*words).code == 0
    for name in ("LOGNAME", "USER", "LNAME", "USERNAME"):
        monkeypatch.setenv(name, "wu-of-tests")
    said = run("officer", "add", "wang", "--os-user", "wang-of-tests")
    assert said.sentence() == "this takes the role supervisor; lin has: officer"


def test_a_stranger_adds_nobody(run: Any, unit: Any) -> None:
    unit.tamper("UPDATE officer SET os_user = 'somebody-else' WHERE handle = 'lin'")
    said = run("officer", "add", "wu", "--os-user", "wu-of-tests")
    assert said.code == 3
    assert "nobody is acting" in said.sentence()


def test_a_wrong_secret_and_an_unknown_handle_act_as_nobody(
    run: Any, unit: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    ref = unit.ordered()
    approval = unit.approval(ref)
    assert "no officer" in run("approve", approval, "--as", "nobody-known").sentence()
    monkeypatch.setenv("RECOVERY_SECURITY__SECRET", "a guess that is wrong")
    said = run("approve", approval, "--as", "chen")
    assert said.code == 3
    assert "does not fit" in said.sentence()
    assert unit.approval(ref) == approval


def test_partners_are_listed_without_their_tokens(run: Any, by_two: Any, unit: Any) -> None:
    del unit
    words = ["partner", "add", "bank-home", *_BANK, "--url", "http://127.0.0.1:9", "--home"]
    assert by_two(*words, "--token-from-stdin", stdin="another-token\n").code == 0
    listed = run("partner", "list")
    for told in ("bank-home", "bank-abroad", "CN", "GB", "api"):
        assert told in listed.out
    as_json = run("partner", "list", "--json")
    for told in ("GBP", "http://127.0.0.1:9"):
        assert told in as_json.out
    assert {p["id"] for p in as_json.json()} == {"bank-home", "bank-slow", "bank-abroad"}
    assert "another-token" not in listed.out + as_json.out


def test_one_person_does_not_re_point_a_banks_address(run: Any, unit: Any) -> None:
    words = ["partner", "add", "bank-home", *_BANK, "--home", "--token-from-stdin"]
    before = unit.one("SELECT base_url FROM partner WHERE id = 'bank-home'")
    for who in ("lin", "chen", "both"):
        said = run(*words, "--url", "https://mole.example", "--as", who, stdin="a-token\n")
        assert said.code == (3 if who == "lin" else 0)
    assert unit.one("SELECT base_url FROM partner WHERE id = 'bank-home'") == before
    assert run("audit", "verify").code == 0


def test_a_known_partners_new_address_is_shown_beside_the_old_one_and_takes_two(
    run: Any, unit: Any
) -> None:
    words = ["partner", "add", "bank-home", *_BANK, "--url", "https://bank.example", "--home"]
    asked = run(*words, "--token-from-stdin", "--as", "chen", "--json", stdin="another-token\n")
    listed = run("approve").out
    assert "https://bank.example (now: http://127.0.0.1:9)" in listed
    assert "none (now: synthetic-unit)" in listed
    assert "another-token" not in listed
    said = run("approve", asked.json()["change"])
    assert said.out == "bank-home is changed now; asked for by chen\n"
    query = "SELECT actor_id FROM event WHERE noun = 'partner' ORDER BY seq DESC LIMIT 1"
    assert unit.one(query) == "lin"


def test_a_change_is_void_when_its_partner_was_changed_meanwhile(
    run: Any, by_two: Any, unit: Any
) -> None:
    del unit
    words = ["partner", "add", "bank-home", *_BANK, "--home", "--client-id", "unit"]
    first = run(*words, "--url", "https://one.example", "--as", "chen", "--json").json()["change"]
    assert by_two(*words, "--url", "https://two.example").code == 0
    said = run("approve", first)
    assert said.code == 3
    assert "has changed since" in said.sentence()
    assert run("approve", first, "--deny", "--reason", "it is another now").code == 0


@pytest.mark.parametrize(
    ("partner", "changed", "told"),
    [
        ("bank-new", ["--url", "http://bank.example"], "base_url is not https"),
        ("bank-new", ["--url", "nonsense"], "base_url"),
        ("bank-new", ["--url", "https://bank.example", "--regime", "XX"], "no regime 'XX'"),
        ("bank-new", ["--url", "https://bank.example", "--currency", "yuan"], "ISO 4217"),
        ("bank new", ["--url", "https://bank.example"], "an id is"),
        ("bank-new", ["--url", "https://bank.example", "--name", " "], "a name has"),
    ],
)
def test_a_partner_that_cannot_be_called_is_refused(
    run: Any, unit: Any, partner: str, changed: list[str], told: str
) -> None:
    before = unit.one("SELECT count(*) FROM partner")
    said = run(
        "partner", "add", partner, *_BANK, *changed, "--token-from-stdin", "--as", "chen", stdin="t"
    )
    assert said.code == 2
    assert told in said.sentence()
    assert unit.one("SELECT count(*) FROM partner") == before


def test_an_empty_token_is_refused(run: Any, unit: Any) -> None:
    del unit
    words = ["partner", "add", "bank-new", *_BANK, "--url", "https://bank.example"]
    said = run(*words, "--token-from-stdin", "--as", "chen", stdin="\n")
    assert said.code == 2
    assert "token is empty" in said.sentence()


def test_where_letters_of_a_bank_go_takes_two_people(run: Any, by_two: Any, unit: Any) -> None:
    del unit
    words = ("partner", "add", "bank-home", *_BANK, "--home", "--channel", "letter")
    assert by_two(*words).code == 0
    contact = ("partner", "contact", "bank-home", "--address", "1 Mole Road")
    said = run(*contact)
    assert said.code == 3
    assert said.sentence() == "this takes the role supervisor; lin has: officer"
    asked = run(*contact, "--as", "chen")
    assert "1 Mole Road (now: none)" in run("approve").out
    assert run("approve", asked.out.split()[-1]).code == 0
    assert run("audit", "verify").code == 0


def test_a_change_of_the_registers_carries_nothing_that_is_not_shown(unit: Any) -> None:
    vault = unit.installation().database.vault
    carried = {
        *partner_values(
            vault, "bank-new", name="Synthetic", regime="CN", currency="CNY", home=True,
            base_url="https://bank.example", token="t", client_id="unit",
        ),
        *contacts_values(vault, "bank-new", {"address": "1 Street"}),
        *officer_values("wu", [Role.OFFICER], os_user="wu"),
        *set(table_of(Authority).c.keys()) - {"id", "state"},
    }  # fmt: skip
    assert carried == SHOWN_COLUMNS
