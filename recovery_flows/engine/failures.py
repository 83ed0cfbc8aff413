"""What may fail for one recovery alone, and how it is said without anything personal."""

from __future__ import annotations

import traceback
from pathlib import Path
from typing import Self

from models.engine import is_of_the_database, what_failed
from recovery_flows.errors import DisagreementError, RecoveryFlowsError, UnavailableError

_OURS = ("models.", "recovery_flows.")
_SENTENCE_LENGTH = 240


class RestlessError(RecoveryFlowsError):
    """A recovery was due again and again at one instant: a rule never comes to rest."""

    def __init__(self, times: int) -> None:
        super().__init__(f"it was due again {times} times at one instant: it never comes to rest")


class ClockBrokenError(DisagreementError):
    """Case time was changed by hand: nothing is decided by it until a person has looked."""

    def __init__(self, sentence: str) -> None:
        super().__init__(f"{sentence}: nothing is decided; `recovery audit verify` tells more")


class WorkFailedError(RecoveryFlowsError):
    """The engine's own work failed as a whole, such as for want of the database; tried again."""

    retryable = True
    exit_code = 4

    def __init__(self, error: BaseException) -> None:
        self.error = error
        super().__init__(sentence(error))


class PrefectAwayError(UnavailableError):
    """A flow could not be run by Prefect; the work itself was not at fault."""

    def __init__(self, error: BaseException) -> None:
        super().__init__(f"Prefect does not run the flows: {sentence(error)}")


class Failure:
    """Work about one recovery: what fails in its block is noted and stops no other.

    What is wrong with the database or this process as a whole goes through, since it is no fault
    of this recovery: the engine pauses and tries all of it again.
    """

    error: Exception | None = None
    """What went wrong; None where nothing did."""

    def __bool__(self) -> bool:
        return self.error is not None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> bool:
        if not isinstance(error, Exception) or isinstance(error, MemoryError):
            return False
        if is_of_the_database(error):
            return False
        self.error = error
        return True


# A class, since it is entered many times for each recovery: a generator costs five times as much.
alone = Failure
"""`with alone() as failure:` around work about one recovery."""


def sentence(error: BaseException) -> str:
    """One line that holds no personal data: our own errors' sentences, of others only the place.

    Errors of this program hold ids and codes by design; the text of any other may quote a value. Of
    a database or a disk that cannot be used the reason is told: it is one of a fixed list.
    """
    of_the_machine = what_failed(error)
    if of_the_machine:
        return of_the_machine[:_SENTENCE_LENGTH]
    if type(error).__module__.startswith(_OURS):
        text = str(error.args[0]) if error.args else type(error).__name__
        return text[:_SENTENCE_LENGTH]
    frames = traceback.extract_tb(error.__traceback__)
    where = next((f"{Path(f.filename).stem}.{f.name}:{f.lineno}" for f in reversed(frames)), "")
    return f"{type(error).__name__} in {where}" if where else type(error).__name__
