"""A circuit breaker before each partner: after failures in a row nobody calls, then one tries."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from models.ids import PartnerId
from models.language.phrase import stored_phrase
from models.trouble import Trouble
from recovery_flows.errors import (
    OutcomeUnknownError,
    PartnerUnavailableError,
    RecoveryFlowsError,
)
from recovery_flows.partners.breaker_state import FAILURES_MAX, BreakerState, breaker_state

__all__ = ["FAILURES_MAX", "Breaker", "BreakerState", "breaker_state"]

_FIRST_WAIT_SECONDS = 2
_LONGEST_WAIT_SECONDS = 300
_TOO_MANY_REQUESTS = 429


class Breaker:
    """Counts failures in a row; FAILURES_MAX open it, each further one doubles the wait.

    `failures` and `open_until` (transport time) are all its memory: another process that starts
    from them goes on where this one was.
    """

    def __init__(
        self,
        partner: PartnerId,
        wall_now: Callable[[], datetime],
        failures: int = 0,
        open_until: datetime | None = None,
    ) -> None:
        self._partner, self._wall = partner, wall_now
        self.failures, self.open_until = failures, open_until
        self._trying = False

    @property
    def state(self) -> BreakerState:
        """What it is now."""
        return breaker_state(self.failures, self.open_until, self._wall())

    @contextmanager
    def passage(self) -> Iterator[None]:
        """Let one call through and learn from how it ends; PartnerUnavailableError while open."""
        tries = self._enter()
        try:
            yield
        except RecoveryFlowsError as error:
            if _is_failure(error):
                self._failed()
            else:
                self._succeeded()
            raise
        else:
            self._succeeded()
        finally:
            # A call that was cancelled tells nothing, but its turn to try is over.
            self._trying = self._trying and not tries

    def _enter(self) -> bool:
        state = self.state
        if state is BreakerState.CLOSED:
            return False
        if state is BreakerState.OPEN or self._trying:
            why = stored_phrase("it failed {failures} times in a row", failures=self.failures)
            raise PartnerUnavailableError(
                self._partner, why, self._wait_seconds(), trouble=Trouble.RESTING
            )
        self._trying = True
        return True

    def _wait_seconds(self) -> int:
        left = (self.open_until or self._wall()) - self._wall()
        return max(1, math.ceil(left.total_seconds()))

    def _succeeded(self) -> None:
        self.failures, self.open_until = 0, None

    def _failed(self) -> None:
        self.failures += 1
        beyond = self.failures - FAILURES_MAX
        if beyond >= 0:
            seconds = min(_FIRST_WAIT_SECONDS << min(beyond, 10), _LONGEST_WAIT_SECONDS)
            self.open_until = self._wall() + timedelta(seconds=seconds)


def _is_failure(error: RecoveryFlowsError) -> bool:
    """No answer, or a server's error; a bank that says "too many" is well."""
    if not isinstance(error, PartnerUnavailableError | OutcomeUnknownError):
        return False
    return not (error.raw and error.raw[-1].status_code == _TOO_MANY_REQUESTS)
