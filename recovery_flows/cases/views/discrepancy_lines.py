"""The open discrepancies of one recovery, worded for its page."""

from __future__ import annotations

from models.case_file import CaseFile
from models.entities.discrepancy import DiscrepancyRow
from models.language.phrase import phrase
from models.money import Money
from models.queries.cases.names import Names
from models.queries.cases.views import DiscrepancyLine
from recovery_flows.ledger import discrepancies


def discrepancy_lines(file: CaseFile, names: Names) -> tuple[DiscrepancyLine, ...]:
    """Those that nobody has looked into yet, the oldest first."""
    return tuple(_line(file, found, names) for found in discrepancies.open_ones(file))


def _line(file: CaseFile, found: DiscrepancyRow, names: Names) -> DiscrepancyLine:
    asset = next((a for a in file.assets if a.id == found.asset_id), None)
    return DiscrepancyLine(
        discrepancy_id=found.id,
        sentence=discrepancies.wording(found).phrase(),
        subject=phrase("{noun} {id}", noun=found.subject_noun, id=found.subject_id),
        found_at=found.found_at,
        expected=_money(found.expected_minor, found.expected_currency),
        stated=_money(found.stated_minor, found.stated_currency),
        bank=asset.partner_id if asset else "",
        account=names.account(asset.account_id) if asset else "",
    )


def _money(minor: int | None, currency: str) -> Money | None:
    return None if minor is None else Money(minor, currency)
