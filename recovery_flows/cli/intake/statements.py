"""`recovery intake statement`: bank files, each stored or refused with its reason."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from recovery_flows.cli.limits import not_read, settings_limits
from recovery_flows.cli.options import ActingAs, AsJson
from recovery_flows.cli.output import complain, say_json
from recovery_flows.cli.table import columns, tell
from recovery_flows.wording import counted

if TYPE_CHECKING:
    from recovery_flows.cli.intake.statement_read import FileRead

_REFUSED_EXIT_CODE, _MISUSE_EXIT_CODE = 3, 2


def statement(
    files: Annotated[list[Path], typer.Argument(help="camt, MT940/942, OFX or bank JSON; zip.")],
    *,
    bank: Annotated[str, typer.Option(help="Code of the partner whose statements these are.")] = "",
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only read and check; store nothing.")
    ] = False,
    schema: Annotated[
        Path | None, typer.Option(help="XSD to hold XML files against; a departure only warns.")
    ] = None,
    acting_as: ActingAs = "",
    as_json: AsJson = False,
) -> None:
    """Read statement files. Every booking is stored once."""
    from recovery_flows.cli.intake.statement_read import read_file

    limits = settings_limits()
    found = [read_file(path, limits) for path in files]
    if schema is not None:
        _hold_against(schema, files, found)
    problem = None if dry_run else _store_all(found, files, bank, acting_as)
    if as_json:
        say_json([_told(one) for one in found])
    else:
        tell(_table(found))
    if problem is not None:
        complain(problem.sentence)
        raise typer.Exit(problem.exit_code)
    if any(one.refused or one.refused_inside for one in found):
        raise typer.Exit(_REFUSED_EXIT_CODE)


def _hold_against(schema: Path, files: list[Path], found: list[FileRead]) -> None:
    from recovery_flows.intake.statements.schema import against_schema, read_schema

    rules = read_schema(schema)
    for path, one in zip(files, found, strict=True):
        is_read = one.format.startswith("camt") and not one.refused
        departure = against_schema(path, rules) if is_read else ""
        if departure:
            one.warnings.append(f"does not follow {schema.name}: {departure}")


@dataclass(frozen=True, slots=True)
class Problem:
    """Why files were not stored, and what the command says to the shell."""

    sentence: str
    exit_code: int


def _store_all(
    found: list[FileRead], files: list[Path], bank: str, acting_as: str
) -> Problem | None:
    """Store what was read; a full disk, say, ends that: what was stored before it stays."""
    from models.engine import DatabaseMissingError
    from recovery_flows.cli.intake.statement_store import store
    from recovery_flows.errors import RecoveryFlowsError

    try:
        store(found, files, bank, acting_as)
    except (RecoveryFlowsError, DatabaseMissingError) as error:
        code = error.exit_code if isinstance(error, RecoveryFlowsError) else _MISUSE_EXIT_CODE
        if any(one.stored for one in found):
            return Problem(f"{error}; the files before it are stored", code)
        return Problem(f"nothing was stored: {error}; --dry-run only reads", code)
    return None


def _told(one: FileRead) -> dict[str, Any]:
    from models.money import Money

    known = [d for d in one.differences if d is not None]
    difference = Money(sum(known), one.currency).text() if known and one.currency else None
    return {
        "file": one.file,
        "format": one.format or None,
        "version": one.version or None,
        "statements": one.statements,
        "entries": one.entries,
        "payments": one.payments,
        "pending": one.pending,
        "sums": {
            currency: {side: Money(minor, currency).text() for side, minor in sides.items()}
            for currency, sides in sorted(one.sums.items())
        },
        "balances": one.balances,
        "difference": difference,
        "warnings": one.warnings,
        "not_read": dict(sorted(one.unread.items())),
        "refused": one.refused or None,
        "refused_inside": one.refused_inside,
        "stored": one.stored or None,
    }


def _table(found: list[FileRead]) -> list[str]:
    rows = [
        (one.file, one.format, one.statements, one.entries, one.payments, one.balances, one.stored)
        for one in found
        if not one.refused
    ]
    head = ("file", "format", "stmts", "entries", "payments", "balances", "")
    lines = columns(rows, head, right=(2, 3, 4)) if rows else []
    for one in found:
        lines += [f"{one.file}: {warning}" for warning in one.warnings]
        lines += [f"{one.file}: {not_read(one.unread)}"] if one.unread else []
        lines += [f"{one.file}: refused: {text}" for text in one.refused_inside]
    lines += [f"{one.file}: refused: {one.refused}" for one in found if one.refused]
    refused = sum(1 for one in found if one.refused)
    return [*lines, f"{counted(len(found) - refused, 'file')} read, {refused} refused"]
