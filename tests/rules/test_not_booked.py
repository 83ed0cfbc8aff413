"""The ledger is not asked where only what it reads nothing of has changed: so it must read none."""

from __future__ import annotations

import ast
import importlib
import inspect

from models.outcome import MARKS
from recovery_flows.ledger import changeset

_READERS = {"approvals", "pending", "discrepancies", "tasks", "multi_agency_requests"}
"""What of a case file tells of rows that count as not booked."""
_OF_DIVISIONS = "counted_before"
"""What stands beside the ledger's functions for divisions, and no entry asks."""


def _read_by(module: str, seen: dict[str, set[str]]) -> dict[str, set[str]]:
    """The attributes that a module and all of this program below it read, by module."""
    if module in seen or not module.startswith("recovery_flows."):
        return seen
    tree = ast.parse(inspect.getsource(importlib.import_module(module)))
    tree.body = [n for n in tree.body if getattr(n, "name", "") != _OF_DIVISIONS]
    seen[module] = {n.attr for n in ast.walk(tree) if isinstance(n, ast.Attribute)}
    seen[module] |= {n.id for n in ast.walk(tree) if isinstance(n, ast.Name)}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module:
            _read_by(node.module, seen)
    return seen


def test_an_entry_reads_nothing_of_what_changes_without_a_booking() -> None:
    seen = _read_by("recovery_flows.ledger.postings", {})
    assert len(seen) >= 5
    wrong = _READERS | {_OF_DIVISIONS}.union(*MARKS.values())
    assert {name: read & wrong for name, read in seen.items() if read & wrong} == {}


def test_each_kind_that_is_not_booked_has_rows_of_its_own_in_a_file() -> None:
    rows = {changeset._ROWS[kind][0] for kind in changeset._NOT_BOOKED}
    assert rows == _READERS - {"pending"}
