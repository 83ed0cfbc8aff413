"""`recovery intake transfers`: files of payments, numbered and ordered once for any trace."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from recovery_flows.cli.limits import settings_limits
from recovery_flows.cli.options import AsJson, ColumnNames
from recovery_flows.cli.output import say_json
from recovery_flows.cli.table import tell
from recovery_flows.wording import counted


def transfers(
    files: Annotated[list[Path], typer.Argument(help="CSV files of one set of columns.")],
    *,
    to: Annotated[Path, typer.Option(help="Folder for `recovery trace --transfers FOLDER`.")],
    mapping: ColumnNames = "plain",
    as_json: AsJson = False,
) -> None:
    """Read transfer files into a folder that traces read at once."""
    from recovery_flows.errors import MisuseError
    from recovery_flows.tracing.kernel.available import is_available
    from recovery_flows.tracing.transfers.mapping import mapping_named

    if not is_available():
        raise MisuseError("folders of transfers need the extra `fast`: install it, or trace CSV")
    from recovery_flows.tracing.transfers.inputs import keep

    about = keep(files, mapping_named(mapping), to, settings_limits())
    if as_json:
        say_json(about)
        return
    many = f"{counted(about['transfers'], 'transfer')}, {counted(about['accounts'], 'account')}"
    tell([f"{many}, {about['from']} to {about['to']}", f"kept in {to}"])
    if about["not_read"]:
        tell([f"columns not read: {', '.join(about['not_read'])}"])
    for currency, rows in about["left_out"].items():
        tell([f"left out as the mapping says: {counted(rows, 'row')} in {currency}"])
