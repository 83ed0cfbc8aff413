"""`recovery xborder preview` and `document`: the letter of a request abroad, read and written."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from recovery_flows.cli.options import ActingAs, Ref, find, opened
from recovery_flows.cli.table import tell

if TYPE_CHECKING:
    from recovery_flows.cli.composition import Installation
    from recovery_flows.correspondence.abroad.letter import LetterFacts
    from recovery_flows.cross_border.channels import Channel

RequestId = Annotated[str, typer.Argument(metavar="REQUEST", help="See `recovery xborder show`.")]
Language = Annotated[str, typer.Option(help="en or zh; the request's own otherwise.")]
Notice = Annotated[bool, typer.Option("--notice", help="The notice that the other side is owed.")]

Reminder = Annotated[bool, typer.Option("--reminder", help="The reminder, as it would leave now.")]


def attach(group: typer.Typer) -> None:
    """Add the commands of this module to their group."""
    for command in (preview, document):
        group.command()(command)


def _channels() -> dict[str, Channel]:
    from recovery_flows.cli.case.channels import border_channels, state_groups

    return border_channels(state_groups())


def _facts(installation: Installation, ref: str, request: str, *, dated_now: bool) -> LetterFacts:
    from recovery_flows.clock import wall_clock
    from recovery_flows.correspondence.abroad.actions import facts_of

    return facts_of(
        installation.database, installation.laws, find(installation, ref), request,
        installation.sender(), wall_clock(), _channels(), dated_now=dated_now,
    )  # fmt: skip


def preview(
    ref: Ref, request: RequestId, *, language: Language = "", notice: Notice = False,
    reminder: Reminder = False, acting_as: ActingAs = "",
) -> None:  # fmt: skip
    """Show the exact letter; lines with personal data are marked.

    To the officer in charge and to supervisors: it is logged.
    """
    from recovery_flows.correspondence.abroad.actions import notice_of, record_reveal
    from recovery_flows.correspondence.abroad.letter import (
        preview as lines_of,
        reminder as reminding,
    )
    from recovery_flows.correspondence.returns.page import as_markdown

    with opened() as installation:
        facts = _facts(installation, ref, request, dated_now=notice or reminder)
        if not (notice or reminder):
            record_reveal(
                installation.case_officer(acting_as), find(installation, ref), facts.request.id
            )
    code = language or _ours(facts.request.language)
    if notice:
        tell(as_markdown(notice_of(facts, code)).splitlines())
    elif reminder:
        tell(as_markdown(reminding(facts, code)).splitlines())
    else:
        tell(lines_of(facts, code))


def _ours(language: str) -> str:
    from recovery_flows.correspondence.abroad.letter import ours

    return language if ours(language) else "en"


def document(
    ref: Ref,
    request: RequestId,
    *,
    out: Annotated[Path, typer.Option("--out", help="The folder.", file_okay=False)] = Path(),
    language: Annotated[
        list[str], typer.Option("--language", help="en or zh; may be given again for both.")
    ] = ["en"],  # noqa: B006 - typer reads it, nobody changes it
    ending: Annotated[
        list[str], typer.Option("--format", help="pdf, md, json, xml; may be given again.")
    ] = ["pdf"],  # noqa: B006 - typer reads it, nobody changes it
    notice: Notice = False,
    acting_as: ActingAs = "",
) -> None:
    """Write the approved letter or the notice into new files. It is logged.

    XML is by the project's own schema; no official one of a certificate is held.
    """
    from recovery_flows.correspondence.abroad.files import check_endings, write_letter

    check_endings(ending)
    with opened() as installation:
        facts = _facts(installation, ref, request, dated_now=notice)
        acting = installation.case_officer(acting_as)
        written = write_letter(acting, facts, out, language, ending, is_notice=notice)
    tell([str(path) for path in written])
