"""A unit with one restricted recovery of unmistakable values, and what would betray it."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from typing import Any

from models.rights.hidden import shadowed
from recovery_flows.cli.intake.complaints import import_reports

MEMBERS, NOBODY_OF_IT, OTHER_SUPERVISOR = "both", "lin", "wu"
SECRET = "an invented secret of tests"
VICTIM, CONTACT, NUMBER = "Zanzibar Quux", "quux@zanzibar.example", "9999000077774321"
CASE, REPORT, PAYMENT = "CASE-QUUX-77", "SYN-QUUX-77", "E2E-QUUX-77"
PLANTED = (VICTIM, CONTACT, NUMBER, "···· 4321", CASE, REPORT, PAYMENT, "quux", "777,777", "777777")


@dataclass
class Restricted:
    """The restricted recovery, its neighbour that everybody sees, and what must not be told."""

    unit: Any
    ref: str
    seen: str
    recovery_id: str

    def rows(self) -> Iterator[tuple[str, dict[str, Any]]]:
        """Every stored row of the restricted recovery, by its table."""
        with closing(sqlite3.connect(self.unit.folder / "data" / "recovery.sqlite3")) as raw:
            raw.row_factory = sqlite3.Row
            for table, column in shadowed():
                query = f"SELECT * FROM {table.name} WHERE {column} = ?"
                for row in raw.execute(query, (self.recovery_id,)):
                    yield table.name, dict(row)

    def ids(self) -> dict[str, str]:
        """One id of each table that has a row of it."""
        return {table: str(row["id"]) for table, row in self.rows() if "id" in row}

    def telling(self) -> frozenset[str]:
        """What no output may hold for whoever does not see it."""
        ids = {str(row["id"]) for _, row in self.rows() if "id" in row}
        return frozenset({*PLANTED, self.ref, self.recovery_id, *ids})

    def told(self, text: str) -> list[str]:
        """Which of these a text holds."""
        return sorted(one for one in self.telling() if one.lower() in text.lower())


def restrict(run: Callable[..., Any], ref: str, *words: str, by: str = "both") -> None:
    """What one supervisor asks about who sees a recovery, another confirms."""
    asked = run("restrict", ref, *words, "--reason", "an inside job", "--as", by, "--json")
    assert asked.code == 0, asked.err
    confirmed = run("approve", asked.json()["change"], "--as", "chen")
    assert confirmed.code == 0, confirmed.err


def restricted(unit: Any, run: Callable[..., Any], by_two: Callable[..., Any]) -> Restricted:
    """Two recoveries that want one account, the second restricted to `both`; `wu` is another
    supervisor who has nothing to do with it.
    """
    added = by_two("officer", "add", OTHER_SUPERVISOR, "--role", "supervisor",
                   "--secret-from-stdin", stdin=SECRET)  # fmt: skip
    assert added.code == 0, added.err
    seen = unit.ordered()
    row = unit.row(
        7, external_ref=REPORT, victim_name=VICTIM, victim_contact=CONTACT, victim_account=NUMBER,
        amount="777777.77", end_to_end_id=PAYMENT,
    )  # fmt: skip
    (recovery_id,) = import_reports(unit.installation(), unit.file_of(row), "", "CN").filed
    ref = f"R-{seen[2:6]}-0002"
    for words in (
        ("accept", ref, "--case-number", CASE), ("advance", ref, "--allow-duplicate"),
        ("note", ref, "quux was here"),
    ):  # fmt: skip
        done = run(*words, "--as", MEMBERS)
        assert done.code == 0, (words, done.err)
    restrict(run, ref, "--member", MEMBERS)
    return Restricted(unit, ref, seen, recovery_id)
