"""`recovery intake`: complaint files become recoveries."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from recovery_flows.cli.intake.statements import statement
from recovery_flows.cli.intake.transfers import transfers
from recovery_flows.cli.limits import not_read
from recovery_flows.cli.options import ActingAs, AsJson, opened
from recovery_flows.cli.output import say_json
from recovery_flows.cli.table import tell
from recovery_flows.wording import counted

if TYPE_CHECKING:
    from models.store.reports.filing import IntakeSummary
    from recovery_flows.cli.composition import Installation

_REFUSED_EXIT_CODE = 3


def attach(app: typer.Typer) -> None:
    """Add the group of this module."""
    group = typer.Typer(help="Import reports, statements and transfers.", no_args_is_help=True)
    group.callback()(_group)
    group.command()(reports)
    group.command()(statement)
    group.command()(transfers)
    app.add_typer(group, name="intake")


def _group() -> None:
    """Import reports, statements and transfers."""


def reports(
    file: Annotated[Path | None, typer.Argument(help="Complaint file, CSV or JSON.")] = None,
    *,
    template: Annotated[
        bool, typer.Option("--template", help="Print an example as CSV and what each column holds.")
    ] = False,
    regime: Annotated[
        str, typer.Option(help="Law of the new files; default: that of the home partners.")
    ] = "",
    strict: Annotated[
        bool, typer.Option("--strict", help="Exit 3 when any row was refused.")
    ] = False,
    acting_as: ActingAs = "",
    as_json: AsJson = False,
) -> None:
    """File victims' reports. A row that was filed before adds nothing."""
    from recovery_flows.cli.intake.complaints import import_reports, print_template
    from recovery_flows.errors import MisuseError

    if template:
        print_template()
        return
    if file is None:
        raise MisuseError("name a complaint file; --template prints one to fill in")
    with opened() as installation:
        law = regime or _home_regime(installation)
        check_regime(installation, law)
        summary = import_reports(installation, file, acting_as, law)
    if as_json:
        say_json(_as_mapping(summary))
    else:
        new = counted(len(summary.filed), "new report")
        tell([f"{new}, {summary.known} known already, {len(summary.refused)} refused"])
        tell(f"row {row}, {field}: {why}" for row, field, why in summary.refused)
        tell([not_read(summary.unread)] if summary.unread else [])
    if strict and summary.refused:
        raise typer.Exit(_REFUSED_EXIT_CODE)


def _as_mapping(summary: IntakeSummary) -> dict[str, object]:
    refused = [{"row": r, "field": field, "why": why} for r, field, why in summary.refused]
    return {
        "new": summary.filed, "known": summary.known, "refused": refused,
        "not_read": summary.unread,
    }  # fmt: skip


def _home_regime(installation: Installation) -> str:
    from models.queries.cases.work import partners
    from recovery_flows.errors import MisuseError

    with installation.database.reading() as session:
        home = {p.regime for p in partners(session, installation.database.vault) if p.home}
    if len(home) != 1:
        raise MisuseError("the home partners do not tell the law of the files: give --regime")
    return home.pop()


def check_regime(installation: Installation, regime: str) -> None:
    """Raise MisuseError unless the law of that code ships with the program."""
    from recovery_flows.errors import MisuseError

    if regime not in installation.laws:
        known = ", ".join(sorted(installation.laws))
        raise MisuseError(f"there is no regime {regime!r}; there are: {known}")
