"""`recovery recall document`: the letter to the victim's bank that goes with a recall."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from recovery_flows.cli.options import ActingAs, Ref, find, opened
from recovery_flows.cli.table import tell


def attach(group: typer.Typer) -> None:
    """Add the command of this module to its group."""
    group.command()(document)


def document(
    ref: Ref,
    recall: Annotated[str, typer.Argument(metavar="RECALL", help="See `recovery recall list`.")],
    *,
    out: Annotated[Path, typer.Option("--out", help="The folder.", file_okay=False)] = Path(),
    language: Annotated[
        list[str], typer.Option("--language", help="en or zh; may be given again for both.")
    ] = ["en"],  # noqa: B006 - typer reads it, nobody changes it
    ending: Annotated[
        list[str], typer.Option("--format", help="pdf, md, json, xml; may be given again.")
    ] = ["pdf"],  # noqa: B006 - typer reads it, nobody changes it
    acting_as: ActingAs = "",
) -> None:
    """Write the letter that goes with a recall.

    It is made of the message alone; XML is the camt.056 itself, in every language. It is logged.
    """
    from models.entities.outside.disclosure import DisclosureKind
    from models.ids import digest_bytes
    from recovery_flows.access.disclosures import note_files
    from recovery_flows.correspondence.abroad.recall_letter import RecallFacts, recall_letter
    from recovery_flows.correspondence.returns.writing import (
        ENDINGS,
        check_all_free,
        files_of,
        write_files,
    )
    from recovery_flows.errors import MisuseError
    from recovery_flows.recalls.actions import approved_message_of

    for one in ending:
        if one not in (*ENDINGS, "xml"):
            raise MisuseError(
                f"--format: there is no {one!r}; there are: {', '.join(ENDINGS)}, xml"
            )
    with opened() as installation:
        recovery_id = find(installation, ref)
        raw = approved_message_of(installation.database, recovery_id, recall)
        facts = RecallFacts(
            ref=ref, recall_id=recall, message=raw, digest=digest_bytes(raw),
            sender=installation.sender(),
        )  # fmt: skip
        made = [recall_letter(facts, code) for code in language]
        files = files_of(made, [one for one in ending if one != "xml"])
        files |= {f"{ref}-recall-{recall[-6:]}.xml": raw} if "xml" in ending else {}
        check_all_free(out, files)
        note_files(
            installation.case_officer(acting_as), recovery_id, DisclosureKind.DOCUMENTS,
            ", ".join(files), files,
        )  # fmt: skip
    tell([str(path) for path in write_files(out, files)])
