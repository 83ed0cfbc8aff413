"""Commands that verify the ledger: against sources, the audit trail and the banks."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import typer

from recovery_flows.cli.options import AsJson, opened
from recovery_flows.cli.output import say_json
from recovery_flows.cli.queue.audit import audit_list
from recovery_flows.cli.table import tell
from recovery_flows.wording import counted

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from models.engine import Database
    from models.queries.audit.verify import Finding
    from recovery_flows.cli.composition import Installation
    from recovery_flows.engine.reconciliation import Reconciliation

_DISAGREEMENT_EXIT_CODE = 5


def attach(app: typer.Typer) -> None:
    """Add the commands of this module."""
    for name, text, command, function in (
        ("ledger", "Ledger checks.", "check", ledger_check),
        ("audit", "Audit trail.", "verify", audit_verify),
    ):
        group = typer.Typer(help=text, no_args_is_help=True)
        group.callback()(_group)
        group.command(command)(function)
        if name == "audit":
            group.command("list")(audit_list)
        app.add_typer(group, name=name)
    app.command()(reconcile)


def _group() -> None:
    """Keep the name of the group before that of its command."""


def _counts(database: Database) -> str:
    from models.queries.books.counts import history_counts

    with database.reading() as session:
        events, recoveries = history_counts(session)
    return f"{counted(events, 'event')}, {counted(recoveries, 'recovery', 'recoveries')}"


def ledger_check(*, as_json: AsJson = False) -> None:
    """Compare each account with its source; 5 on a difference."""
    from models.queries.installation.restrictions import unseen
    from recovery_flows.cases.clocks.keeping import kept_wrong
    from recovery_flows.cases.pages.restricted import left_out
    from recovery_flows.reports import ledger_check as ledger

    with opened() as installation:
        with installation.database.reading() as session:
            result, others = ledger.ledger_check(session), unseen(session)
            wrong = kept_wrong(session, installation.laws)
            result = replace(result, miscounted=(*result.miscounted, *wrong))
        counts = _counts(installation.database)
    if as_json:
        say_json(result)
    else:
        found = [*(d.sentence for d in result.differences), *result.miscounted]
        tell(found or [f"{counts}: the books are right"])
        tell(filter(None, [left_out(others)]))
    if result.differences or result.miscounted:
        raise typer.Exit(_DISAGREEMENT_EXIT_CODE)


def audit_verify(*, as_json: AsJson = False) -> None:
    """Replay the history, compare it with the rows; 5 on a finding."""
    from models.queries.audit.verify import verify

    with opened() as installation:
        findings = _shown(installation, verify(installation.whole))
        counts = _counts(installation.whole)
    if as_json:
        say_json(findings)
    else:
        sentences = [": ".join(part for part in (f.ref, f.sentence) if part) for f in findings]
        tell(sentences or [f"{counts}: intact"])
    if findings:
        raise typer.Exit(_DISAGREEMENT_EXIT_CODE)


def _shown(installation: Installation, findings: Sequence[Finding]) -> list[Finding]:
    """The findings; of a recovery that whoever asks does not see, that there is one."""
    from models.rights.sessions import hidden_now, who_to_ask

    with installation.database.reading() as session:
        ask = who_to_ask(session, hidden_now(session))
    return [_as_shown(one, ask) for one in findings]


def _as_shown(one: Finding, ask: Mapping[str, str]) -> Finding:
    """A finding without what whoever asks may not know; `ask`: whom, by hidden recovery."""
    from models.queries.audit.verify import FindingKind

    hidden = ask.keys() & {one.recovery_id, one.subject_id}
    whom = ", ".join(sorted({ask[name] for name in hidden or ask}))
    if hidden:
        told = f"a row of a restricted recovery is not as it was left: ask {whom}"
    elif ask and one.kind is FindingKind.REMOVED_RECOVERY:
        told = f"a recovery was removed, and it may be a restricted one: ask {whom}"
    elif ask and one.noun == "tally":
        told = f"a count or sum of all recoveries is not what their rows come to: ask {whom}"
    else:
        return one
    return replace(one, recovery_id="", ref="", subject_id="", sentence=told)


def reconcile(
    *,
    days: Annotated[
        bool, typer.Option("--days", help="Day by day, against each bank's own figures.")
    ] = False,
    first: Annotated[str, typer.Option("--from", metavar="DAY", help="With --days.")] = "",
    last: Annotated[str, typer.Option("--to", metavar="DAY", help="With --days.")] = "",
    partner: Annotated[str, typer.Option(metavar="ID", help="With --days: only this one.")] = "",
    as_json: AsJson = False,
) -> None:
    """Compare our holds and payouts with the banks' own.

    Exit 5 on a difference, 4 if a bank could not be asked.

    With --days: what each bank held at the end of each of its legal days and paid out in it. From
    the first day that the books know to the last one that is over, unless days are named.
    """
    import asyncio

    from models.queries.installation.restrictions import unseen
    from recovery_flows.cases.pages.restricted import left_out
    from recovery_flows.cli import legal_days

    if days:
        legal_days.reconcile(first, last, partner, as_json=as_json)
        return
    legal_days.refuse_without_days(first, last, partner)
    with opened() as installation:
        result = asyncio.run(_ask(installation))
        with installation.database.reading() as session:
            others = unseen(session)
    if as_json:
        say_json(result)
    else:
        tell(line.sentence for line in (*result.differences, *result.not_asked, *result.by_letter))
        tell(filter(None, [_summary(result), left_out(others)]))
    if result.exit_code:
        raise typer.Exit(result.exit_code)


def _summary(result: Reconciliation) -> str:
    different, unasked = len(result.differences), len(result.not_asked)
    letters = len(result.by_letter)
    equal = len(result.lines) - different - unasked - letters
    told = f"{counted(equal, 'figure')} equal, {different} different, {unasked} not asked"
    return f"{told}, {letters} by letter" if letters else told


async def _ask(installation: Installation) -> Reconciliation:
    from recovery_flows.cli.sending import hands
    from recovery_flows.engine import reconciliation

    engine = hands(installation, database=installation.database)
    try:
        return await reconciliation.reconcile(engine)
    finally:
        await engine.close()
