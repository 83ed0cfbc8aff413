"""The service's door for browsers: how a log-in is checked, and what runs after it."""

from __future__ import annotations

import os
from dataclasses import dataclass

from config.settings import Settings
from models.language.phrase import phrase
from recovery_flows.caller import name_of
from recovery_flows.service.door import Asked, Entry, Refusal

_LOG_INS = 8
"""Log-ins that may be under way beside the sessions."""
_SETS = {
    "": ("tui",),
    "password": ("officer", "login", "set"),
    "second-factor": ("officer", "login", "second-factor"),
}


@dataclass(frozen=True, slots=True)
class UnitDoor:
    """Open to the service's own user and to the one whom the settings name."""

    web_user: str
    most: int
    second_factor: bool

    def is_open_to(self, uid: int) -> bool:
        """Whether this system user runs `recovery web`."""
        return uid == os.geteuid() or bool(self.web_user and name_of(uid) == self.web_user)

    def enter(self, asked: Asked) -> Entry | Refusal:
        """Check a log-in against the unit's database; a refusal says nothing of what was wrong."""
        from recovery_flows.access.password_log_in import Typed, enter
        from recovery_flows.access.throttle import TooManyTriesError
        from recovery_flows.cli.options import opened
        from recovery_flows.clock import wall_clock
        from recovery_flows.errors import RecoveryFlowsError, RefusedError

        typed = Typed(asked.handle, asked.password, asked.code, asked.source)
        try:
            with opened() as installation:
                entered = enter(
                    installation.database, typed, wall_clock(), second_factor=self.second_factor
                )
        except TooManyTriesError as error:
            return Refusal(str(error), error.seconds)
        except RefusedError as error:
            return Refusal(str(error))
        except RecoveryFlowsError:
            return Refusal(phrase("the unit's database does not answer: try again later"))
        return Entry(entered.officer.handle, _SETS[entered.must_set], entered.officer.entry)


def door_of(settings: Settings) -> UnitDoor:
    """The door as the settings have it."""
    web = settings.web
    return UnitDoor(web.os_user, web.sessions_max + _LOG_INS, web.second_factor)
