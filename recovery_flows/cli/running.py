"""The edge of a command: every error becomes one sentence and a documented exit code."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Any, NoReturn

from recovery_flows.cli.output import complain

if TYPE_CHECKING:
    import asyncio


def run_here(run: Callable[..., Any]) -> None:
    """Run a command in this process; an error becomes a sentence and an exit code."""
    from recovery_flows.errors import RecoveryFlowsError

    try:
        run()
    except SystemExit:
        # Before the clauses below, whose classes cost most of a second to import.
        raise
    except RecoveryFlowsError as error:
        complain(str(error))
        _end(error.exit_code)
    except KeyboardInterrupt:
        complain("stopped")
        sys.exit(130)
    except _of_the_store() as error:
        complain(str(error.args[0]))
        _end(3 if isinstance(error, _of_the_store()[:2]) else 2)
    except Exception as error:  # noqa: BLE001 - the edge: a person gets a sentence, not a traceback
        _end(_unexpected(error))
    except BaseException as error:
        if not is_termination(error):
            raise
        complain("stopped")
        sys.exit(128 + signal.SIGTERM)


def is_termination(error: BaseException) -> bool:
    """Whether this is SIGTERM, as Prefect raises it in a process that runs a flow."""
    prefect = sys.modules.get("prefect.exceptions")
    return prefect is not None and isinstance(error, prefect.TerminationSignal)


def report_unless_ended(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """What a task failed with is told, but not of one that was taken away because all of it ends.

    A sweep in which a flow runs finds Prefect's client closed then.
    """
    if "asyncio.run() shutdown" not in str(context.get("message")):
        loop.default_exception_handler(context)


def _end(code: int) -> NoReturn:
    wait_for_reader()
    sys.exit(code)


def wait_for_reader() -> None:
    """Leave what was said on the page of a browser, whose terminal ends with this command."""
    from recovery_flows.caller import entered_officer

    if entered_officer() and sys.stdin.isatty():
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
        with suppress(EOFError, OSError, KeyboardInterrupt):
            input("\nPress Enter to go to the log-in: ")


def _of_the_store() -> tuple[type[Exception], ...]:
    """Errors below the tree, refusals first; imported only when something was raised."""
    from models.engine import DatabaseMissingError
    from models.queries.cases.case_files import NoSuchRecoveryError
    from models.sealing.vault import VaultError
    from models.store.permissions import NotPermittedError
    from models.store.waiting_rows import StaleFileError

    return NotPermittedError, StaleFileError, DatabaseMissingError, NoSuchRecoveryError, VaultError


def _unexpected(error: Exception) -> int:
    """Say what nobody expected; return the exit code, 4 where the disk or the database is away."""
    from models.engine import what_failed

    if away := what_failed(error):
        complain(away)
        _drop_what_cannot_be_written()
        return 4
    complain(f"a fault of the program ({type(error).__name__}){_kept(error)}")
    return 1


def _drop_what_cannot_be_written() -> None:
    """Python would try it once more when it ends, complain again, and end with another code."""
    try:
        sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _kept(error: Exception) -> str:
    """Keep a report for the maintainers in the data folder; say where it is."""
    from config.settings import load_settings
    from recovery_flows.cli.fault_report import keep_fault

    try:
        path = keep_fault(error, load_settings().data_dir)
    except (OSError, ValueError):
        return "; what was committed is safe"
    return f", described in {path}; what was committed is safe"
