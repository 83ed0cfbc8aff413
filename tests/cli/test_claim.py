"""`recovery claim`: imported row by row, listed page by page, rejected by two, stepped in for."""

import csv
from pathlib import Path
from typing import Any

from tests.cli.conftest import report_row


def write(path: Path, *rows: dict[str, str]) -> str:
    with path.open("w", encoding="utf-8", newline="") as file:
        out = csv.DictWriter(file, rows[0])
        out.writeheader()
        out.writerows(rows)
    return str(path)


def test_a_file_of_claims_has_a_result_for_each_row(unit: Any, run: Any, tmp_path: Path) -> None:
    ref = unit.ordered()
    bad = report_row(4) | {"amount": "-1.00"}
    path = write(tmp_path / "c.csv", report_row(2), report_row(3, payee_bank="nobody"), bad)
    dry = run("claim", "import", ref, path, "--dry-run", "--json").json()
    said = run("claim", "import", ref, path, "--json").json()
    assert said["rows"] == dry["rows"]
    assert [(r["row"], r["result"]) for r in said["rows"]] == [
        (1, "unverified"), (2, "refused"), (3, "refused"),
    ]  # fmt: skip
    assert said["rows"][2]["why"] == "amount is negative"
    again = run("claim", "import", ref, path).out.splitlines()
    assert again[0] == f"row 1: duplicate: external_ref is in {ref} already"
    listed = run("claim", "list", ref, "--limit", "1", "--json").json()
    rest = run("claim", "list", ref, "--after", listed["after"], "--json").json()
    ids = [c["claim_id"] for c in (*listed["claims"], *rest["claims"])]
    assert (len(ids), len(set(ids)), rest["after"]) == (2, 2, "")
    assert "more: recovery claim list" in run("claim", "list", ref, "--limit", "1").out


def test_a_claim_is_rejected_by_two_people_and_can_be_appealed(unit: Any, run: Any) -> None:
    ref = unit.ordered()
    claim = unit.page(ref)["claims"][0]["claim_id"]
    said = run("claim", "reject", ref, claim, "--reason", "it was a purchase", "--as", "both")
    words = said.out.strip().split(": recovery ")[-1].split()
    assert words[:2] == ["objection", "decide"]
    assert run(*words, "--reason", "so it is", "--as", "both").code == 3
    assert run(*words, "--reason", "so it is", "--as", "chen").code == 0
    assert "you may appeal until" in run("victim", "status", ref).out


def test_a_payer_steps_in_with_its_proof_and_a_second_yes(
    unit: Any, run: Any, tmp_path: Path
) -> None:
    ref = unit.ordered()
    claim = unit.page(ref)["claims"][0]["claim_id"]
    letter = tmp_path / "letter.pdf"
    letter.write_bytes(b"an invented letter of an insurer")
    words = ["claim", "compensate", ref, claim, "--payer", "Synthetic Insurer", "--bank",
             "bank-slow", "--account", "9999000000000088", "--at", unit.now.isoformat(),
             "--as", "both"]  # fmt: skip
    none = run(*words, "--amount", "400.00", "--proof", str(tmp_path / "none"))
    assert (none.code, "cannot be read" in none.sentence()) == (2, True)
    much = run(*words, "--amount", "1000.01", "--proof", str(letter))
    assert (much.code, "to step in for" in much.sentence()) == (3, True)
    asked = run(*words, "--amount", "400.00", "--proof", str(letter)).out.split()[-1]
    assert run("approve", asked, "--as", "both").code == 3
    assert run("approve", asked, "--as", "chen").code == 0
    (line,) = run("claim", "list", ref, "--json").json()["claims"]
    assert line["compensated"] == {"amount": "400.00", "currency": "CNY"}
