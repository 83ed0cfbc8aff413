"""The table in the documentation: each kind of approval, its figures, and that each is bound."""

from __future__ import annotations

import re
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

from models.figures import Figure, Masked, Payee, bound
from models.money import Money
from models.queries.cases.figures import shown
from models.queries.cases.names import names_of
from recovery_flows.approvals.figures import ApprovalSubject, subject_of
from recovery_flows.approvals.kinds import ApprovalKind
from tests.records.begun import takes_part

PAGE = Path(__file__).parents[3] / "docs/approvals.md"
# Ids and digests are of one set-up: its keys and times are in them.
OWN = re.compile(r"\b[0-9a-f]{16,20}\b|(?<=H-)[0-9a-f]{6}\b")
HEAD = """# What an approval shows and binds

One list of figures for each kind (`recovery_flows/approvals/figures.py`): every screen and
command shows it, the digest of the approval is over it. For this table each figure was changed in a
real file of the kind; `tests/records/approvals/test_table.py` makes it anew and compares.

| kind | figure | type | shown as | digest changes |
|---|---|---|---|---|
"""


def changed(figure: Figure) -> Figure:
    """The same figure with another content."""
    value: Any = figure.value
    if isinstance(value, Money):
        return replace(figure, value=Money(value.minor + 1, value.currency))
    if isinstance(value, str):
        return replace(figure, value=f"{value}x")
    if isinstance(value, Payee):
        return replace(figure, value=replace(value, account_id="account-of-another"))
    if isinstance(value, Masked):
        return replace(figure, value=replace(value, digest="of another subject"))
    if hasattr(value, "year"):
        return replace(figure, value=value.replace(year=value.year + 1))
    name = value.__slots__[-1]
    return replace(figure, value=replace(value, **{name: "another"}))


def row(subject: ApprovalSubject, at: int, names: Any, zone: str) -> str:
    figure = subject.figures[at]
    figures = tuple(changed(f) if i == at else f for i, f in enumerate(subject.figures))
    other = replace(subject, figures=figures)
    is_bound = other.digest != subject.digest and shown(figures, names) is not None
    lines = "; ".join(f"{label}: {text}" for label, text in shown([figure], names, zone))
    kind = bound(figure)[1]
    lines = OWN.sub("…", lines)
    return f"| {subject.act} | {figure.label} | {kind} | {lines} | {'yes' if is_bound else 'NO'} |"


def test_the_table_in_the_documentation_is_what_each_kind_shows_and_binds(
    kinds: Any, installed: Path, copied: Any, begun: Any, tmp_path: Path
) -> None:
    rows = []
    for act in ApprovalKind:
        unit = copied(installed, tmp_path / act)
        takes_part(unit, begun)
        case = kinds[act](unit)
        file = case.file()
        with unit.database.reading() as session:
            names = names_of(session, unit.database.vault, [file])
        subject = subject_of(file, act, case.pending(act).subject_id)
        zone = unit.laws["CN"].time_zone
        found = [row(subject, at, names, zone) for at in range(len(subject.figures))]
        # Tasks stand in the order of their ids, which are of one set-up too.
        rows += sorted(found) if act is ApprovalKind.MULTI_AGENCY_REQUEST else found
        unit.database.dispose()
        shutil.rmtree(tmp_path / act)
    made = HEAD + "\n".join(rows) + "\n"
    assert " NO |" not in made
    (tmp_path / "approvals.md").write_text(made, encoding="utf-8")
    assert PAGE.read_text(encoding="utf-8") == made, f"copy {tmp_path / 'approvals.md'}"
