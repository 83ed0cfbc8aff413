"""States and kinds of what belongs to the installation: its mark, its clock, its registers."""

from __future__ import annotations

from enum import StrEnum


class InstallationKind(StrEnum):
    """What an installation is for: a unit's work, or a demo whose case time and people are made."""

    UNIT = "unit"
    DEMO = "demo"


class ClockState(StrEnum):
    """How case time goes where it does not follow the wall clock."""

    STANDING = "standing"


class RegisterAct(StrEnum):
    """What a second person confirms about the registers."""

    APPOINT_OFFICER = "appoint_officer"
    REGISTER_PARTNER = "register_partner"
    CHANGE_PARTNER = "change_partner"
