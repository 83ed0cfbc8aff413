"""The tables of moves of what belongs to the installation: its registers, its mark, its clock."""

from __future__ import annotations

from collections.abc import Mapping

from models.entities.register_states import ClockState, InstallationKind
from models.entities.states import ApprovalState

_Table = Mapping[tuple[str | None, str], str]
_V, _C, _I = ApprovalState, ClockState, InstallationKind

PARTNER_MOVES: _Table = {
    (None, "registered"): "active",
    ("active", "updated"): "active",
    ("active", "agreed"): "active",
    ("active", "contacts_set"): "active",
    ("active", "contacts_shown"): "active",
    ("active", "disagreed"): "active",
    ("active", "reconciled"): "active",
}
OFFICER_MOVES: _Table = {(None, "appointed"): "active", ("active", "dismissed"): "dismissed"}
CHANGE_MOVES: _Table = {
    (None, "asked"): _V.PENDING,
    (_V.PENDING, "approved"): _V.APPROVED,
    (_V.PENDING, "denied"): _V.DENIED,
}
INSTALLATION_MOVES: _Table = {
    (None, "made"): _I.UNIT,
    (None, "made_for_demo"): _I.DEMO,
}
CLOCK_MOVES: _Table = {
    (None, "set"): _C.STANDING,
    (_C.STANDING, "advanced"): _C.STANDING,
}
