"""Results of flows are never read from where Prefect's API says that they are stored.

A state tells its result's place and how to read it, pickle among the ways: whoever can set a state
would have code of his run here. Our flows keep no results, so that nothing honest is lost.
"""

from __future__ import annotations

from typing import Any, NoReturn

import prefect.results
from prefect.results import ResultStore


class StoredResultError(RuntimeError):
    """A state told that its result is stored somewhere; it was not read."""


async def _refuse(cls: type[ResultStore], metadata: Any) -> NoReturn:  # noqa: ANN401 - of Prefect
    del cls, metadata
    raise StoredResultError("a run's state names a stored result, which is not read")


def _nowhere() -> None:
    """No block of the server keeps results."""


def refuse_stored_results() -> None:
    """From now on no stored result is read in this process, and no run asks where to store one.

    Each flow run would ask the server for that, and the engine would stand still meanwhile.
    """
    ResultStore._from_metadata = classmethod(_refuse)  # type: ignore[method-assign,assignment]  # noqa: SLF001
    prefect.results._read_server_default_result_storage_block_id = _nowhere  # noqa: SLF001
