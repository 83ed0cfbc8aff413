"""What an installation is for, written into its history when it is made."""

from __future__ import annotations

from datetime import datetime

from models.entities.event import EntityKind
from models.entities.installation import InstallationKind
from models.outcome import Outcome, Transition
from models.store.record import record
from models.store.unit import ENGINE, Unit

THIS = "this"


def note_made(unit: Unit, now: datetime, kind: InstallationKind) -> None:
    """Mark a new installation as a unit's or as a demo; the mark cannot be changed afterwards."""
    event = "made_for_demo" if kind is InstallationKind.DEMO else "made"
    record(
        unit, ENGINE, now, "", Outcome((Transition(EntityKind.INSTALLATION, THIS, event, None),))
    )
