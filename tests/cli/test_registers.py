"""Officers and partners: who added whom is kept, secrets and tokens are never shown."""

from __future__ import annotations

from typing import Any

import pytest

_SECRET = "an invented secret of tests"
_BANK = ["--name", "Synthetic", "--regime", "CN", "--currency", "CNY"]


def test_an_officer_is_added_by_somebody_and_the_history_says_who(run: Any, unit: Any) -> None:
    said = run("officer", "add", "wu", "--os-user", "wu-of-tests", "--role", "supervisor")
    assert said.out == "wu may act as supervisor; added by lin\n"
    query = "SELECT actor_id FROM event WHERE noun = 'officer' AND subject_id = 'wu'"
    assert unit.one(query) == "lin"
    assert "wu" in [o["handle"] for o in run("officer", "list", "--json").json()]


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
    before = unit.one("SELECT count(*) FROM officer")
    said = run("officer", "add", *words, stdin=stdin)
    assert said.code == 2
    assert told in said.sentence()
    assert unit.one("SELECT count(*) FROM officer") == before


def test_one_system_user_is_one_officer(run: Any, unit: Any) -> None:
    del unit
    assert run("officer", "add", "wu", "--os-user", "wu-of-tests").code == 0
    said = run("officer", "add", "wang", "--os-user", "wu-of-tests")
    assert said.code == 2
    assert "is bound to wu already" in said.sentence()


def test_a_variable_does_not_make_another_user_of_you(
    run: Any, unit: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    del unit
    assert run("officer", "add", "wu", "--os-user", "wu-of-tests").code == 0
    for name in ("LOGNAME", "USER", "LNAME", "USERNAME"):
        monkeypatch.setenv(name, "wu-of-tests")
    assert "added by lin" in run("officer", "add", "wang", "--os-user", "wang-of-tests").out


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


def test_partners_are_listed_without_their_tokens(run: Any, unit: Any) -> None:
    del unit
    words = ["partner", "add", "bank-home", *_BANK, "--url", "http://127.0.0.1:9", "--home"]
    assert run(*words, "--token-from-stdin", stdin="another-token\n").code == 0
    listed = run("partner", "list")
    for told in ("bank-home", "bank-abroad", "CN", "GB", "api"):
        assert told in listed.out
    as_json = run("partner", "list", "--json")
    for told in ("GBP", "http://127.0.0.1:9"):
        assert told in as_json.out
    assert {p["id"] for p in as_json.json()} == {"bank-home", "bank-slow", "bank-abroad"}
    assert "another-token" not in listed.out + as_json.out


def test_a_known_partner_gets_a_new_address_and_the_history_says_by_whom(
    run: Any, unit: Any
) -> None:
    words = ["partner", "add", "bank-home", *_BANK, "--url", "https://bank.example"]
    said = run(*words, "--home", "--token-from-stdin", stdin="another-token\n")
    assert said.out.startswith("bank-home updated by lin")
    query = "SELECT actor_id FROM event WHERE noun = 'partner' ORDER BY seq DESC LIMIT 1"
    assert unit.one(query) == "lin"


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
    said = run("partner", "add", partner, *_BANK, *changed, "--token-from-stdin", stdin="t")
    assert said.code == 2
    assert told in said.sentence()
    assert unit.one("SELECT count(*) FROM partner") == before


def test_an_empty_token_is_refused(run: Any, unit: Any) -> None:
    del unit
    words = ["partner", "add", "bank-new", *_BANK, "--url", "https://bank.example"]
    said = run(*words, "--token-from-stdin", stdin="\n")
    assert said.code == 2
    assert "token is empty" in said.sentence()
