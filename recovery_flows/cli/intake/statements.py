"""`recovery intake statement`: files of banks, each read or refused with its reason."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any

import typer

from models.money import Money
from recovery_flows.cli.intake.statement_read import FileRead
from recovery_flows.cli.options import ActingAs, AsJson
from recovery_flows.cli.output import complain, say_json
from recovery_flows.cli.table import columns, counted, tell
from recovery_flows.intake.statements.shape import (
    End,
    Entry,
    Head,
    Item,
    StatementRefusedError,
)

_REFUSED_EXIT_CODE = 3


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
    """Read statement files; every booking is stored once, whatever comes twice."""
    found = [read_file(path) for path in files]
    if schema is not None:
        _hold_against(schema, files, found)
    problem = "" if dry_run else _store_all(found, files, bank, acting_as)
    if as_json:
        say_json([_told(one) for one in found])
    else:
        tell(_table(found))
    if problem:
        complain(problem)
        raise typer.Exit(2)
    if any(one.refused for one in found):
        raise typer.Exit(_REFUSED_EXIT_CODE)


def _hold_against(schema: Path, files: list[Path], found: list[FileRead]) -> None:
    from recovery_flows.intake.statements.schema import against_schema, read_schema

    rules = read_schema(schema)
    for path, one in zip(files, found, strict=True):
        departure = against_schema(path, rules) if one.format.startswith("camt") else ""
        if departure and not one.refused:
            one.warnings.append(f"does not follow {schema.name}: {departure}")


def read_file(path: Path) -> FileRead:
    """Read one file to its end, counting."""
    from recovery_flows.intake.statements.reading import read_path

    found = FileRead(path.name)
    try:
        _count(found, read_path(path))
    except StatementRefusedError as error:
        found.refused = str(error)
    return found


def _count(found: FileRead, items: Iterable[Item]) -> None:
    for item in items:
        if isinstance(item, Head):
            found.format, found.version = str(item.format), item.version
            found.currency = found.currency or item.currency
        elif isinstance(item, Entry):
            found.payments += 1
            found.pending += item.is_pending
            if not item.is_pending:
                found.sums[item.amount.currency][item.direction] += item.amount.minor
        elif isinstance(item, End):
            found.statements += 1
            found.entries += item.bookings
            found.differences.append(item.difference_minor)
            found.warnings += item.warnings


def _store_all(found: list[FileRead], files: list[Path], bank: str, acting_as: str) -> str:
    """Store what was read; "" or one sentence why nothing was."""
    from models.engine import DatabaseMissingError
    from recovery_flows.cli.intake.statement_store import store
    from recovery_flows.errors import RecoveryFlowsError

    try:
        store(found, files, bank, acting_as)
    except (RecoveryFlowsError, DatabaseMissingError) as error:
        return f"nothing was stored: {error}; --dry-run only reads"
    return ""


def _told(one: FileRead) -> dict[str, Any]:
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
        "refused": one.refused or None,
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
    lines += [f"{one.file}: refused: {one.refused}" for one in found if one.refused]
    refused = sum(1 for one in found if one.refused)
    return [*lines, f"{counted(len(found) - refused, 'file')} read, {refused} refused"]
