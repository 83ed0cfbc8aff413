"""`recovery`: one command for the unit; every error is one sentence and a documented exit code."""

from __future__ import annotations

import sys
import tempfile
import traceback

import typer

from recovery_flows.cli.output import complain

app = typer.Typer(
    name="recovery",
    help="Gets stolen money back: freezing, tracing, cross-border requests, restitution.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _load_commands() -> None:
    """Attach the groups; each imports what it needs only when it runs."""
    from recovery_flows.cli import commands

    commands.attach(app)


def main() -> None:
    """Run the command; exits with 0 to 5 as `--help` says, 130 when stopped."""
    from recovery_flows.errors import RecoveryFlowsError

    _load_commands()
    try:
        app()
    except SystemExit:
        # Before the clauses below, whose classes cost most of a second to import.
        raise
    except RecoveryFlowsError as error:
        complain(str(error))
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        complain("stopped")
        sys.exit(130)
    except _of_the_store() as error:
        complain(str(error.args[0]))
        sys.exit(3 if isinstance(error, _of_the_store()[:2]) else 2)
    except _busy() as error:
        complain(str(error))
        sys.exit(4)
    except Exception as error:  # noqa: BLE001 - the edge: a person gets a sentence, not a traceback
        complain(f"{_fault(error)}; what was committed is safe")
        sys.exit(1)


def _of_the_store() -> tuple[type[Exception], ...]:
    """Errors below the tree, refusals first; imported only when something was raised."""
    from models.engine import DatabaseMissingError
    from models.queries.files import NoSuchRecoveryError
    from models.store.permissions import NotPermittedError
    from models.store.record import StaleFileError
    from models.vault import VaultError

    return NotPermittedError, StaleFileError, DatabaseMissingError, NoSuchRecoveryError, VaultError


def _busy() -> type[Exception]:
    """The store cannot be written now; imported only when something was raised."""
    from models.engine import StoreBusyError

    return StoreBusyError


def _fault(error: Exception) -> str:
    """Keep the traceback in a file of the user's own, for the maintainers; say where it is."""
    with tempfile.NamedTemporaryFile(
        "w", prefix="recovery-fault-", suffix=".txt", delete=False, encoding="utf-8"
    ) as file:
        traceback.print_exception(error, file=file)
    return f"a fault of the program ({type(error).__name__}), described in {file.name}"


if __name__ == "__main__":
    main()
