"""Storing statement files; one that cannot be stored says why, the others go in."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from recovery_flows.caller import read_named
from recovery_flows.cli.options import opened
from recovery_flows.wording import counted

if TYPE_CHECKING:
    from datetime import datetime

    from models.store.unit import Actor
    from recovery_flows.cli.composition import Installation
    from recovery_flows.cli.intake.statement_read import FileRead


def store(found: list[FileRead], files: list[Path], bank: str, acting_as: str) -> None:
    """Store every file, its bytes first; MisuseError without a data folder or an officer."""
    from models.entities.officer import Role
    from models.queries.installation.clock import case_now
    from models.store.unit import Actor
    from recovery_flows.access.log_in import NobodyActsError
    from recovery_flows.clock import wall_clock

    with opened() as installation:
        officer = installation.officer(acting_as)
        if officer is None or Role.OFFICER not in officer.roles:
            raise NobodyActsError("taking in statements takes the role officer")
        with installation.database.reading() as session:
            now = case_now(session, wall_clock())
        actor = Actor(officer.id, Role.OFFICER)
        for one, path in zip(found, files, strict=True):
            _store_one(installation, actor, now, one, path, bank)


def _store_one(
    installation: Installation, actor: Actor, now: datetime, one: FileRead, path: Path, bank: str
) -> None:
    from recovery_flows.cases.statement_files.storing import store_file
    from recovery_flows.errors import RecoveryFlowsError
    from recovery_flows.intake.budget import BudgetSpentError
    from recovery_flows.intake.statements.reading import read_bytes
    from recovery_flows.intake.statements.shape import StatementRefusedError

    try:
        limits = installation.limits()
        raw = read_named(path, limits.file_bytes)
        limits.check_bytes(len(raw))
        taken = store_file(
            installation.database, actor, now, read_bytes(raw, limits), raw, bank,
            installation.laws,
        )  # fmt: skip
    except BudgetSpentError as error:
        one.refused = one.refused or f"it {error}"
    except OSError as error:
        one.refused = one.refused or f"it cannot be opened: {error.strerror}"
    except StatementRefusedError as error:
        one.refused = str(error)
    except RecoveryFlowsError as error:
        one.refused = f"not stored: {error}"
    else:
        new, known = counted(taken.lines_new, "new booking"), taken.lines_known
        woken = f"; to trace again: {', '.join(taken.recoveries)}" if taken.recoveries else ""
        one.stored = f"{new}, {known} known{woken}"
        one.warnings += [text for text in taken.warnings if text not in one.warnings]
