"""`recovery trace`: where stolen money is, of one recovery or on files alone."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from recovery_flows.cli.limits import settings_limits
from recovery_flows.cli.options import ActingAs, AsJson, ColumnNames

if TYPE_CHECKING:
    from recovery_flows.tracing.methods.types import Basis


class RuleOption(StrEnum):
    """The rules as they are typed."""

    FIFO = "fifo"
    LIFO = "lifo"
    PRO_RATA = "pro-rata"
    LIBR = "libr"
    TAINTED_FIRST = "tainted-first"
    POISON = "poison"
    TIHO = "tiho"


class AmongOption(StrEnum):
    """The rule among victims as it is typed."""

    FIFO = "fifo"
    PRO_RATA = "pro-rata"


class OpeningOption(StrEnum):
    """What accounts held before the first transfer, as it is typed."""

    ZERO = "zero"
    INFERRED = "inferred"
    KNOWN = "known"


class EngineOption(StrEnum):
    """Which implementation runs."""

    AUTO = "auto"
    PLAIN = "plain"
    KERNEL = "kernel"


TransferFile = Annotated[
    Path | None,
    typer.Option(
        help="CSV: id,time,from,to,amount,currency[,kind,seq,reverses]; or a folder that "
        "`intake transfers` made."
    ),
]

OutFile = Annotated[
    Path | None,
    typer.Option(
        help="Write the payments instead, by the ending: .csv, .ftm (FollowTheMoney), .graphml. "
        "Of a recovery: masked numbers, no names."
    ),
]


def attach(app: typer.Typer) -> None:
    """Add the command of this module."""
    app.command("trace")(trace)


def trace(
    ref: Annotated[str, typer.Argument(help="A recovery; leave it out to trace files.")] = "",
    *,
    transfers: TransferFile = None,
    sources: Annotated[Path | None, typer.Option(help="CSV: transfer_id,victim.")] = None,
    openings: Annotated[Path | None, typer.Option(help="CSV: account,amount[,currency].")] = None,
    mapping: ColumnNames = "plain",
    rule: Annotated[RuleOption, typer.Option(help="The tracing rule.")] = RuleOption.FIFO,
    among: Annotated[
        AmongOption, typer.Option(help="Among victims, under libr.")
    ] = AmongOption.FIFO,
    opening: Annotated[
        OpeningOption | None,
        typer.Option(
            help="Before the first transfer; default: known with --openings, else inferred."
        ),
    ] = None,
    as_of: Annotated[str, typer.Option(help="Only transfers up to this time.")] = "",
    engine: Annotated[EngineOption, typer.Option(help="Which implementation.")] = EngineOption.AUTO,
    claim: Annotated[str, typer.Option(help="Of a recovery: the way of this claim only.")] = "",
    paths: Annotated[
        bool, typer.Option("--paths", help="Every step of every victim's money.")
    ] = False,
    sensitivity: Annotated[
        bool, typer.Option("--sensitivity", help="How much rests on what nobody knows.")
    ] = False,
    out: OutFile = None,
    acting_as: ActingAs = "",
    as_json: AsJson = False,
) -> None:
    """Show where the money of each victim is, by the rule given."""
    from recovery_flows.errors import MisuseError

    _check_target(out)
    if ref:
        from recovery_flows.cli.trace.case import show_case_trace

        if transfers or sources or openings:
            raise MisuseError("give either a recovery or files, not both")
        show_case_trace(
            ref, claim=claim, paths=paths, out=out, acting_as=acting_as, as_json=as_json
        )
        return
    if transfers is None or sources is None:
        raise MisuseError("give a recovery, or files by --transfers and --sources")
    from recovery_flows.cli.trace.files import Wanted, show_file_trace
    from recovery_flows.tracing.methods.catalogue import Among, RuleName
    from recovery_flows.tracing.transfers.inputs import Wanted as WantedFiles
    from recovery_flows.tracing.transfers.mapping import mapping_named

    files = WantedFiles(
        transfers, sources, openings, _instant(as_of), mapping_named(mapping),
        by_columns=engine is not EngineOption.PLAIN, limits=settings_limits(),
    )  # fmt: skip
    show_file_trace(
        Wanted(
            files, RuleName(rule.replace("-", "_")), Among(among.replace("-", "_")),
            _basis(opening, openings), engine, paths, sensitivity, out, as_json,
        )
    )  # fmt: skip


def _check_target(out: Path | None) -> None:
    if out is not None:
        from recovery_flows.cli.trace.export import check_target

        check_target(out)


def _basis(opening: OpeningOption | None, openings: Path | None) -> Basis:
    from recovery_flows.errors import MisuseError
    from recovery_flows.tracing.methods.types import Basis

    if opening is OpeningOption.KNOWN and openings is None:
        raise MisuseError("--opening known needs the file --openings")
    if opening is None:
        return Basis.INFERRED if openings is None else Basis.KNOWN
    return Basis(opening.value)


def _instant(text: str) -> datetime | None:
    if not text:
        return None
    from recovery_flows.tracing.transfers.rows import instant_of

    return instant_of(Path("--as-of"), 1, text)
