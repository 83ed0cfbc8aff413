"""`recovery reconcile --days`: our legal days against each bank's own figures, told in words."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import typer

from recovery_flows.cli.options import opened
from recovery_flows.cli.output import plain, say_json
from recovery_flows.cli.table import instant_text, tell
from recovery_flows.wording import counted

if TYPE_CHECKING:
    from recovery_flows.cli.composition import Installation
    from recovery_flows.engine.legal_days import DaysReconciliation, PartnerDays, Wanted
    from recovery_flows.ledger.legal_day_figures import DayLine


def refuse_without_days(first: str, last: str, partner: str) -> None:
    """MisuseError where an option was given that only --days takes."""
    from recovery_flows.errors import MisuseError

    if first or last or partner:
        raise MisuseError("--from, --to and --partner go with --days")


def reconcile(first: str, last: str, partner: str, *, as_json: bool) -> None:
    """Compare, tell, and end with the exit code of what was found."""
    from models.queries.installation.restrictions import unseen
    from recovery_flows.cases.pages.restricted import left_out
    from recovery_flows.engine.legal_days import Wanted

    wanted = Wanted(_day(first, "--from"), _day(last, "--to"), partner)
    with opened() as installation:
        result = asyncio.run(_ask(installation, wanted))
        with installation.database.reading() as session:
            others = unseen(session)
    if others.count:
        result = _without_values(result)
    if as_json:
        say_json(
            {"exit_code": result.exit_code, "partners": [_mapping(p) for p in result.partners]}
        )
    else:
        for found in result.partners:
            tell(_partner_lines(found))
        tell([_summary(result)])
        if others.count:
            tell([f"no sums are shown: a bank's day is of all recoveries; {left_out(others)}"])
    if result.exit_code:
        raise typer.Exit(result.exit_code)


def _without_values(result: DaysReconciliation) -> DaysReconciliation:
    """The verdicts alone: a sum of all beside the figures without some gives the sum of these."""
    bare = (
        replace(found, lines=tuple(line.without_values() for line in found.lines))
        for found in result.partners
    )
    return replace(result, partners=tuple(bare))


def _day(text: str, option: str) -> date | None:
    from recovery_flows.errors import MisuseError

    try:
        # Python would take 20260302 and 2026-W10-1 too.
        return date.fromisoformat(text if len(text) == len("2026-03-02") else "-") if text else None
    except ValueError:
        raise MisuseError(f"{option} {text!r} is no day such as 2026-03-02") from None


async def _ask(installation: Installation, wanted: Wanted) -> DaysReconciliation:
    from recovery_flows.cli.sending import hands
    from recovery_flows.engine.legal_days import reconcile_days

    engine = hands(installation)
    try:
        return await reconcile_days(engine, wanted)
    finally:
        await engine.close()


def _mapping(found: PartnerDays) -> dict[str, object]:
    body: dict[str, object] = plain(found)
    first = found.first_difference
    return body | {
        "differences": len(found.differences),
        "first_difference": None if first is None else first.day.isoformat(),
    }


def _partner_lines(found: PartnerDays) -> list[str]:
    from recovery_flows.ledger.legal_day_figures import DayFigure, DayVerdict

    if found.not_asked:
        why = f"could not be asked: {found.not_asked}" if found.failed else found.not_asked
        return [f"{found.partner}: {why}"]
    lines = [x.sentence for x in found.differences]
    # The counts were learned with the amounts: said once.
    lines += [
        _learned(x, found.time_zone)
        for x in found.lines
        if x.verdict is DayVerdict.LEARNED_LATER
        and x.figure in (DayFigure.HELD, DayFigure.PAID_OUT)
    ]
    counts = Counter(x.verdict for x in found.lines)
    days = 1 + (found.last - found.first).days if found.first and found.last else 0
    period = f"{counted(days, 'day')} from {found.first} to {found.last} ({found.time_zone})"
    told = ", ".join(f"{counts[v]:,} {v}" for v in DayVerdict if counts[v] or v == "equal")
    first = found.first_difference
    parted = f"; the first day that differs is {first.day} ({first.figure})" if first else ""
    return [*lines, f"{found.partner}: {period}: {told}{parted}"]


def _learned(line: DayLine, zone: str) -> str:
    return f"{line.sentence} (the news came {instant_text(line.learned_at, zone)})"


def _summary(result: DaysReconciliation) -> str:
    figures = sum(len(p.lines) for p in result.partners)
    differences = sum(len(p.differences) for p in result.partners)
    failed = sum(p.failed for p in result.partners)
    told = f"{counted(figures, 'figure')} compared, {differences} different"
    return f"{told}; {counted(failed, 'partner')} could not be asked" if failed else told
