"""`recovery document` and `recovery bundle`: a return on paper, and proof of it in one file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from recovery_flows.cli.options import ActingAs, find, opened
from recovery_flows.cli.table import tell
from recovery_flows.wording import counted

if TYPE_CHECKING:
    from models.queries.installation.officers import OfficerView
    from recovery_flows.cli.composition import Installation
    from recovery_flows.correspondence.returns.page import Document

DISAGREEMENT = 5
_KEYS_BYTES_MAX = 1_000_000

Ref = Annotated[str, typer.Argument(metavar="REF", help="The recovery.")]
Languages = Annotated[
    list[str], typer.Option("--language", help="en or zh; may be given again for both.")
]


def attach(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command()(document)
    group = typer.Typer(help="All documents of a recovery in one file.", no_args_is_help=True)
    group.command()(make)
    group.command()(verify)
    app.add_typer(group, name="bundle")


def document(
    ref: Ref,
    kinds: Annotated[
        list[str] | None,
        typer.Argument(metavar="[KIND]...", help="Such as report; an unknown one lists all."),
    ] = None,
    *,
    out: Annotated[
        Path, typer.Option("--out", help="The folder to write into.", file_okay=False)
    ] = Path(),
    language: Languages = ["en"],  # noqa: B006 - typer reads it, nobody changes it
    ending: Annotated[
        list[str], typer.Option("--format", help="pdf, md, json; may be given again.")
    ] = ["pdf"],  # noqa: B006 - typer reads it, nobody changes it
    acting_as: ActingAs = "",
) -> None:
    """Write a return's papers, from application to receipt.

    Application, flow of money, report for approval, notice, decision, receipts; others by their
    KIND. Persons by number only.
    """
    from models.entities.outside.disclosure import DisclosureKind
    from recovery_flows.access.disclosures import note_files
    from recovery_flows.correspondence.returns.writing import (
        ENDINGS,
        check_all_free,
        files_of,
        write_files,
    )
    from recovery_flows.errors import MisuseError

    for one in ending:
        if one not in ENDINGS:
            raise MisuseError(f"--format: there is no {one!r}; there are: {', '.join(ENDINGS)}")
    with opened() as installation:
        acting = installation.case_officer(acting_as)
        made = [
            one
            for code in language
            for one in _documents(installation, ref, code, tuple(kinds or ()), acting.officer)
        ]
        files = files_of(made, ending)
        check_all_free(out, files)
        note_files(
            acting, find(installation, ref), DisclosureKind.DOCUMENTS, ", ".join(files), files,
        )  # fmt: skip
    written = write_files(out, files)
    tell([str(path) for path in written] or ["there is no such document of it yet"])


def _documents(
    installation: Installation,
    ref: str,
    language: str,
    kinds: tuple[str, ...],
    viewer: OfficerView | None = None,
) -> tuple[Document, ...]:
    from functools import partial

    from recovery_flows.cases.views.repeats import repeats
    from recovery_flows.clock import wall_clock
    from recovery_flows.correspondence.returns.reading import KINDS, documents_of

    return documents_of(
        installation.database,
        installation.laws,
        find(installation, ref),
        installation.sender(),
        wall_clock(),
        language,
        kinds or KINDS,
        partial(repeats, viewer=viewer),
    )


def make(
    ref: Ref,
    *,
    out: Annotated[Path, typer.Option("--out", help="A new file, such as R-1.zip.")],
    language: Languages = ["en"],  # noqa: B006 - typer reads it, nobody changes it
    acting_as: ActingAs = "",
) -> None:
    """Write all documents into one signed zip (PDF, Markdown, JSON)."""
    from models.entities.outside.disclosure import DisclosureKind
    from recovery_flows.access.disclosures import note_files
    from recovery_flows.correspondence.letters.files import check_free, write_new
    from recovery_flows.correspondence.returns.bundle import bundle
    from recovery_flows.correspondence.returns.writing import ENDINGS, files_of

    check_free(out)
    with opened() as installation:
        made = [one for code in language for one in _documents(installation, ref, code, ())]
        files = files_of(made, ENDINGS)
        raw = bundle(made[0].ref, made[0].seq, made[0].digest, files, installation.signer)
        what = f"bundle of {counted(len(made), 'document')}"
        note_files(
            installation.case_officer(acting_as), find(installation, ref),
            DisclosureKind.BUNDLE, what, {out.name: raw},
        )  # fmt: skip
    write_new(out, raw)
    tell([f"{out}: {counted(len(made), 'document')}, {len(raw):,} bytes, signed"])


def verify(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A bundle.", dir_okay=False)],
    *,
    key: Annotated[
        Path | None, typer.Option("--key", help="What `recovery partner key` prints.")
    ] = None,
) -> None:
    """Check a bundle's files and signature. Takes no database; exit 5 if not."""
    from recovery_flows.caller import read_named
    from recovery_flows.correspondence.returns.bundle import BYTES_MAX, differences
    from recovery_flows.errors import MisuseError

    try:
        raw = read_named(file, BYTES_MAX)
        keys = json.loads(read_named(key, _KEYS_BYTES_MAX)) if key else None
    except OSError as error:
        raise MisuseError(f"{error.filename} cannot be read: {error.strerror}") from error
    except (ValueError, RecursionError) as error:
        raise MisuseError(f"{key} is no JWK set: {error}") from error
    if len(raw) > BYTES_MAX:
        raise MisuseError(f"{file} is larger than {BYTES_MAX // 1_000_000} MB: this is no bundle")
    found = differences(raw, keys)
    tell(found)
    if found:
        raise typer.Exit(DISAGREEMENT)
    signed = "signed with the given key" if keys else "the signature was not checked (--key)"
    tell([f"{file}: every file is as its manifest says; {signed}"])
