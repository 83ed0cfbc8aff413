"""`recovery`: one command for the unit; every error is one sentence and a documented exit code.

Imports nothing that a command is made of: what the service of a unit runs needs none of it here.
"""

from __future__ import annotations

import os
import sys


def main() -> None:
    """Run the command; exits with 0 to 5 as `--help` says, 130 when stopped.

    Where the environment names the service of a unit, it runs there on this terminal.
    """
    from recovery_flows.service.client import is_for_service, run_there, service_socket

    there = service_socket()
    if there is not None and is_for_service(sys.argv[1:]):
        sys.exit(run_there(there, sys.argv[1:]))
    # Whatever a command writes is for this user alone, also what a library writes for it.
    os.umask(0o077)
    # Pydantic would read about every installed package to find plugins, of which there are none.
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    _run_here()


def _run_here() -> None:
    from recovery_flows.caller import name_officer
    from recovery_flows.collecting import collect_seldom, end_at_once

    collect_seldom()
    end_at_once()
    from recovery_flows.cli.commands import command_for
    from recovery_flows.cli.running import run_here

    name_officer("")
    run_here(command_for(sys.argv[1:]))


if __name__ == "__main__":
    main()
