"""`recovery`: one command for the unit; every error is one sentence and a documented exit code."""

from __future__ import annotations

import sys

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
    """Run the command; exit 0 done, 2 misuse, 3 refused, 4 unavailable, 5 disagreement."""
    from models.engine import DatabaseMissingError
    from models.queries.files import NoSuchRecoveryError
    from models.store.permissions import NotPermittedError
    from models.store.record import StaleFileError
    from models.vault import VaultError
    from recovery_flows.errors import RecoveryFlowsError

    _load_commands()
    try:
        app()
    except RecoveryFlowsError as error:
        complain(str(error))
        sys.exit(error.exit_code)
    except (DatabaseMissingError, NoSuchRecoveryError, VaultError) as error:
        complain(str(error.args[0]))
        sys.exit(2)
    except (NotPermittedError, StaleFileError) as error:
        complain(str(error))
        sys.exit(3)
    except KeyboardInterrupt:
        complain("stopped")
        sys.exit(130)


if __name__ == "__main__":
    main()
