"""Three system users on one unit: two officers and a stranger, none of whom reads its files.

Takes root, which alone can be several users; the same on one's own user is `test_serve.py`.
"""

from __future__ import annotations

import csv
import os
import re
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.cli.served import Served, served, user

ADA, BEN, EVE = 64_101, 64_102, 64_103
"""System users that no machine has."""

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="only root can be several users")


@pytest.fixture(scope="module")
def unit() -> Iterator[Served]:
    """Served to ada, its officer, and ben, its supervisor."""
    with served(user(ADA), user(BEN)) as made:
        asked = made.call(*register("bank-a"), uid=BEN)
        change = re.findall(r"change-\w+", asked.out)[0]
        assert made.call("approve", change, uid=ADA).code == 0
        yield made


def register(bank: str) -> tuple[str, ...]:
    """What a supervisor types to ask for a bank."""
    return (
        "partner", "add", bank, "--name", bank, "--regime", "CN", "--currency", "CNY",
        "--home", "--url", "http://127.0.0.1:9", "--client-id", "our-unit",
    )  # fmt: skip


@pytest.fixture
def home() -> Iterator[Path]:
    """A folder of ada's that nobody else may look into."""
    with tempfile.TemporaryDirectory(prefix="ada-") as place:
        os.chown(place, ADA, ADA)
        yield Path(place)


def of_ada(path: Path, raw: str) -> Path:
    path.write_text(raw, encoding="utf-8")
    os.chown(path, ADA, ADA)
    path.chmod(0o600)
    return path


def test_nobody_but_the_service_reads_database_or_keys(unit: Served) -> None:
    for folder in ("data", "data-keys"):
        assert (unit.folder / folder).stat().st_mode & 0o077 == 0
        assert (unit.folder / folder).stat().st_uid == os.geteuid()


def test_who_is_bound_to_no_officer_is_refused_and_told_how_to_become_one(unit: Served) -> None:
    said = unit.call("list", uid=EVE)
    assert (said.code, said.out) == (3, "")
    assert f"`recovery officer add HANDLE --os-user uid-{EVE}`" in said.err


def test_two_people_register_a_bank_and_neither_alone(unit: Served) -> None:
    line = register("bank-b")
    assert unit.call(*line, uid=ADA).code == 3
    asked = unit.call(*line, uid=BEN)
    change = re.findall(r"change-\w+", asked.out)[0]
    assert unit.call("approve", change, uid=BEN).code == 3
    assert "bank-b" not in unit.call("partner", "list", uid=ADA).out
    assert unit.call("approve", change, uid=ADA).code == 0
    assert "bank-b" in unit.call("partner", "list", uid=ADA).out


def test_a_file_is_read_with_the_callers_rights_and_no_others(
    unit: Served, home: Path, complaint: dict[str, str]
) -> None:
    mine = of_ada(home / "reports.csv", _as_csv(complaint))
    line = ("intake", "reports", str(mine), "--regime", "CN")
    theirs = unit.call(*line, uid=BEN)
    assert theirs.code != 0
    said = unit.call("intake", "reports", "reports.csv", "--regime", "CN", uid=ADA, cwd=home)
    assert said.code == 0, said.err
    key = next((unit.folder / "data-keys").glob("*.key"))
    stolen = unit.call("intake", "statement", str(key), "--bank", "bank-a", uid=ADA)
    assert stolen.code != 0
    assert "ermission denied" in stolen.out + stolen.err


def test_a_file_that_is_made_belongs_to_its_caller_and_to_nobody_else(
    unit: Served, home: Path, complaint: dict[str, str]
) -> None:
    complaint["external_ref"] = "SYN-2"
    mine = of_ada(home / "reports.csv", _as_csv(complaint))
    assert unit.call("intake", "reports", str(mine), "--regime", "CN", uid=ADA).code == 0
    ref = re.findall(r"R-\d{4}-\d{4}", unit.call("list", uid=ADA).out)[0]
    said = unit.call("trace", ref, "--out", "graph.csv", uid=ADA, cwd=home)
    assert said.code == 0, said.err
    made = (home / "graph.csv").stat()
    assert (made.st_uid, made.st_mode & 0o777) == (ADA, 0o600)
    elsewhere = unit.call("trace", ref, "--out", str(unit.folder / "data" / "x.csv"), uid=ADA)
    assert elsewhere.code != 0
    assert not (unit.folder / "data" / "x.csv").exists()


@pytest.mark.parametrize(
    "line",
    [
        "bundle verify {}", "-- bundle verify {}", "trace --transfers={} --sources={}",
        "trace --transfers {} --sources {}", "allocate --pool 1 --claims {}",
        "intake transfers {} --to x", "sandbox", "demo", "init", "engine", "serve", "",
    ],
)  # fmt: skip
def test_a_program_of_his_own_gets_no_command_that_opens_files_by_itself(
    unit: Served, line: str
) -> None:
    secret = unit.folder / "data-keys" / "heads.jsonl"
    assert secret.exists()
    said = unit.call(*line.format(secret, secret).split(), uid=ADA)
    assert (said.code, said.out) == (2, "")
    assert "runs where it is typed" in said.err


def test_nobody_acts_by_the_settings_of_the_unit(unit: Served) -> None:
    # The settings say that ben acts, by whose secret: `served` puts them where the service is.
    asked = unit.call(*register("bank-c"), uid=ADA)
    assert (asked.code, asked.out) == (3, "")
    said = unit.call(*register("bank-c"), "--as", "cleo", uid=ADA)
    assert said.code == 3
    assert "change-" not in said.out


def _as_csv(row: dict[str, str]) -> str:
    import io

    text = io.StringIO()
    writer = csv.DictWriter(text, fieldnames=list(row))
    writer.writeheader()
    writer.writerow(row)
    return text.getvalue()


@pytest.fixture
def complaint() -> dict[str, Any]:
    """One report as `intake reports --template` prints it."""
    from recovery_flows.cli.intake.complaints import COLUMNS

    row = {name: example for name, (_, example) in COLUMNS.items()}
    return {**row, "victim_bank": "bank-a", "payee_bank": "bank-a"}
