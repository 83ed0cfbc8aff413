"""What goes wrong is chosen by a file or by a seed; a seed's run can be repeated."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import httpx
import pytest
import typer
from typer.testing import CliRunner

from recovery_flows.cli import commands
from recovery_flows.sandbox.faults import catalogue as fault_catalogue
from recovery_flows.sandbox.faults.by_seed import Dice, set_dice, throw
from recovery_flows.sandbox.scenario import choose
from recovery_flows.sandbox.worlds.world import open_book


@contextmanager
def opened(sandbox: Any) -> Iterator[Any]:
    db = open_book(sandbox.path)
    yield db
    db.close()


def thrown(db: Any, bank: str, seed: int, calls: list[str], percent: int = 30) -> list[Any]:
    """What goes wrong with these calls, the dice thrown anew from the first."""
    set_dice(db, bank, None)
    set_dice(db, bank, Dice(seed, percent))
    return [throw(db, bank, call) for call in calls]


CALLS = ["POST /v1/holds", "GET /v1/events", "GET /v1/accounts/1/transactions"] * 60


def test_the_same_seed_goes_wrong_in_the_same_calls_and_another_in_others(sandbox: Any) -> None:
    with opened(sandbox) as db:
        first = thrown(db, sandbox.HOME, 7, CALLS)
        assert first == thrown(db, sandbox.HOME, 7, CALLS)
        assert first != thrown(db, sandbox.HOME, 8, CALLS)
        assert first != thrown(db, sandbox.SLOW, 7, CALLS)


def test_what_other_calls_come_between_changes_nothing(sandbox: Any) -> None:
    holds = [call for call in CALLS if call.startswith("POST")]
    with opened(sandbox) as db:
        among = thrown(db, sandbox.HOME, 7, CALLS)
        alone = thrown(db, sandbox.HOME, 7, holds)
    assert [t for call, t in zip(CALLS, among, strict=True) if call in holds] == alone


def test_about_as_many_calls_go_wrong_as_wanted_and_only_as_they_can(sandbox: Any) -> None:
    calls = ["POST /v1/holds/H1/release", "GET /v1/accounts/1"] * 300
    with opened(sandbox) as db:
        found = thrown(db, sandbox.HOME, 7, calls, percent=30)
    wrong = [(call, t[0]) for call, t in zip(calls, found, strict=True) if t is not None]
    assert 120 <= len(wrong) <= 240
    assert all(fault_catalogue.means_something(kind, call) for call, kind in wrong)
    release = {kind for call, kind in wrong if call.startswith("POST")}
    assert release == {
        k for k in fault_catalogue.KINDS if fault_catalogue.means_something(k, calls[0])
    }


def test_dice_are_set_over_http_and_go_on_after_a_restart(sandbox: Any) -> None:
    url = sandbox.banks[sandbox.HOME]["url"]
    row = {"seed": 7, "percent": 90, "seconds": 0}
    assert httpx.post(f"{url}/sandbox/dice", json=row).json() == row
    seen = [outcome(sandbox) for _ in range(6)]
    sandbox.end()
    sandbox.start()
    seen += [outcome(sandbox) for _ in range(6)]
    with opened(sandbox) as db:
        again = thrown(db, sandbox.HOME, 7, ["GET /v1/capabilities"] * 12, percent=90)
    assert [kind is None for kind in seen] == [t is None for t in again]
    url = sandbox.banks[sandbox.HOME]["url"]
    assert httpx.delete(f"{url}/sandbox/dice").json() is None


def outcome(sandbox: Any) -> str | None:
    """What was wrong with one call, as the witness counts it."""
    before = met(sandbox)
    with suppress(httpx.HTTPError):
        sandbox.get("/v1/capabilities")
    new = met(sandbox) - before
    return new.pop()[0] if new else None


def met(sandbox: Any) -> set[tuple[str, int]]:
    return {(r["kind"], r["times"]) for r in sandbox.get("/sandbox/faults/met").json()}


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ({"percent": 5}, "dice need a seed"),
        ({"seed": -1}, "seed is a whole number of at least 0"),
        ({"seed": True}, "seed is a whole number of at least 0"),
        ({"seed": 1, "percent": 0}, "from 1 to 90 in 100 calls can go wrong"),
        ({"seed": 1, "rate": 3}, "dice have no field 'rate'"),
    ],
)
def test_dice_that_cannot_be_read_are_not_set(sandbox: Any, row: Any, said: str) -> None:
    url = sandbox.banks[sandbox.HOME]["url"] + "/sandbox/dice"
    answer = httpx.post(url, json=row)
    assert (answer.status_code, answer.json()["detail"]) == (400, said)
    assert httpx.get(url).json() is None


def test_a_file_of_faults_names_its_banks_and_is_planted_once(sandbox: Any, tmp_path: Path) -> None:
    file = tmp_path / "faults.json"
    file.write_text(json.dumps([{"bank": sandbox.SLOW, "kind": "down"}]))
    with opened(sandbox) as db:
        assert choose(db, str(file)) == "1 planted"
        assert choose(db, str(file)) == "1 planted"
        assert choose(db, "") == "1 planted"
    with pytest.raises(httpx.RemoteProtocolError):
        sandbox.get("/v1/capabilities", sandbox.SLOW)
    assert sandbox.get("/v1/capabilities", sandbox.SLOW).status_code == 200


def test_a_seed_is_for_every_bank_and_ends_with_the_next_choice(sandbox: Any) -> None:
    with opened(sandbox) as db:
        assert choose(db, "seed:7:20") == "by seed 7: 20 in 100 calls go wrong"
        for bank in sandbox.banks:
            told = sandbox.get("/sandbox/dice", bank).json()
            assert told == {"seed": 7, "percent": 20, "seconds": None}
        page = sandbox.get("/").text
        assert "by seed 7: 20 in 100 calls go wrong" in page
        assert choose(db, "") == "none: every bank behaves"
    assert sandbox.get("/sandbox/dice").json() is None


def test_the_page_of_a_bank_says_what_goes_wrong_and_what_has(sandbox: Any) -> None:
    assert sandbox.get("/").text.count("<li>nothing</li>") == 2
    sandbox.plant({"call": fault_catalogue.FEED, "kind": "error_500", "times": 2})
    sandbox.get("/v1/events")
    page = sandbox.get("/").text
    assert "error_500 × 1 in GET /v1/events" in page.partition("Gone wrong")[0]
    assert "error_500 × 1 in GET /v1/events" in page.partition("Gone wrong")[2]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"{", "it is not JSON (line 1: Expecting property name enclosed in double quotes)"),
        (b"\xff\xfe", "it is no text in UTF-8"),
        (b'"down"', "faults are a JSON list of objects"),
        (b'[{"kind": "down"}]', "a fault in a file names its bank"),
        (b'[{"bank": "nobody", "kind": "down"}]', "there is no bank 'nobody' in this sandbox"),
        (b'[{"bank": "bank-home", "kind": "grumpy"}]', "there is no kind of fault 'grumpy'"),
        (
            b'[{"bank": "bank-home", "kind": "partial", "call": "GET /v1/events"}]',
            "partial means nothing for the call 'GET /v1/events'",
        ),
        (b'[{"bank": "bank-home", "kind": "down", "times": "2"}]', "times is a whole number"),
        (b'{"seed": "x"}', "seed is a whole number of at least 0"),
        (b"[" * 100_000, "it is nested too deep"),
    ],
)
def test_a_file_that_cannot_be_read_is_one_sentence_and_changes_nothing(
    sandbox: Any, tmp_path: Path, content: bytes, said: str
) -> None:
    file = tmp_path / "faults.json"
    file.write_bytes(content)
    sandbox.plant({"kind": "down"})
    with (
        opened(sandbox) as db,
        pytest.raises(ValueError, match=r"^faults file .*faults\.json: ") as caught,
    ):
        choose(db, str(file))
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)
    assert [f["kind"] for f in sandbox.planted()] == ["down"]


BAD_SEEDS = ["seed:", "seed:x", "seed:1:2:3", "seed:-1", "seed:1:0", "seed:1:91", "seed:\u0663"]


@pytest.mark.parametrize("text", [*BAD_SEEDS, f"seed:{10**20}", f"seed:{2**63}"])
def test_a_seed_that_cannot_be_read_is_one_sentence(sandbox: Any, text: str) -> None:
    with opened(sandbox) as db, pytest.raises(ValueError, match=r"seed|calls can go wrong"):
        choose(db, text)


def test_a_file_that_is_not_there_is_named(sandbox: Any, tmp_path: Path) -> None:
    with opened(sandbox) as db, pytest.raises(ValueError, match="No such file"):
        choose(db, str(tmp_path / "none.json"))


def test_the_page_and_the_help_tell_every_kind_of_fault() -> None:
    page = (Path(__file__).parents[2] / "docs" / "sandbox.md").read_text(encoding="utf-8")
    app = typer.Typer()
    commands.attach(app)
    told = " ".join(CliRunner().invoke(app, ["sandbox", "--help"]).output.split())
    for kind, of in fault_catalogue.KINDS.items():
        calls = ", ".join(fault_catalogue.FORMS[call] for call in of.calls) or "any"
        assert f"| `{kind}` | {of.does} | {calls} | {of.waits} | {of.of} |" in page
        assert f"{kind}: {of.does}." in told
    assert all(f"{word} `{form}`" in page for form, word in fault_catalogue.FORMS.items())
