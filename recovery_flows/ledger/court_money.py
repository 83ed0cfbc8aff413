"""Held money that a court's list has given to somebody whom nobody has found yet."""

from __future__ import annotations

from collections.abc import Sequence

from models.case_file import CaseFile
from models.entities.allocation import (
    CourtListRow,
    CourtListState,
    CourtShareRow,
    CourtShareState,
)


def in_force(file: CaseFile, asset_id: str) -> CourtListRow | None:
    """The court's list that decides about an account now."""
    lists = (c for c in file.court_lists if c.state is CourtListState.IN_FORCE)
    return next((c for c in lists if c.asset_id == asset_id), None)


def shares_of(file: CaseFile, found: CourtListRow) -> Sequence[CourtShareRow]:
    """The rows of a list that are to be followed: what was set aside is not."""
    mine = (row for row in file.court_shares if row.list_id == found.id)
    return [row for row in mine if row.state is not CourtShareState.SET_ASIDE]


def unknown_minor(file: CaseFile, asset_id: str) -> int:
    """What of an account is kept for rows that name nobody known, in the loss's currency."""
    found = in_force(file, asset_id)
    rows = shares_of(file, found) if found else ()
    return sum(r.amount_minor for r in rows if r.state is CourtShareState.UNKNOWN)
