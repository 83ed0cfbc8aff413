"""Asks for a folder and writes the documents of a restitution into it."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from models.entities.outside.disclosure import DisclosureKind
from models.language.phrase import phrase
from models.language.shown import language_shown
from recovery_flows.access.acting_officer import ActingOfficer
from recovery_flows.access.disclosures import note_files
from recovery_flows.caller import expanded, make_folder
from recovery_flows.cases.views.restitution_views import RestitutionPage
from recovery_flows.cases.views.victims import MESSAGES
from recovery_flows.clock import wall_clock
from recovery_flows.correspondence.returns.reading import PAPERS, documents_of
from recovery_flows.correspondence.returns.writing import check_all_free, files_of, write_files
from recovery_flows.errors import MisuseError, unwritable
from recovery_flows.wording import counted
from tui.context import Terminal
from tui.screen_queries import Source
from tui.screens.dialogs import AskLine


def ask_documents(app: Terminal, page: RestitutionPage) -> None:
    """The papers of a return as PDF, in the language of the screen; refused while there is none."""
    if not page.rounds and all(way.kind == MESSAGES for way in page.ways):
        app.say(phrase("nothing is distributed yet: there is no document to write"), refused=True)
        return

    language = language_shown()

    def answered(folder: str | None) -> None:
        if folder is not None:
            write = partial(_write, app.source, app.case_officer(), page.recovery_id)
            app.ask_after(
                phrase("writing the documents"),
                lambda: write(expanded(folder), language),
                told,
            )

    def told(written: list[Path]) -> None:
        app.say(
            phrase(
                "{documents} written to {parent}",
                documents=counted(len(written), "document"),
                parent=written[0].parent,
            )
        )

    sentence = phrase(
        "$ recovery document {ref} application report notice decision receipt --language "
        "{language} --out FOLDER. "
        "Persons stand in them by number only. Into which folder? A new one is made.",
        ref=page.ref,
        language=language.value,
    )
    ask = AskLine(
        phrase("{ref}: documents", ref=page.ref),
        sentence,
        f"{page.ref}-documents",
    )
    app.push_screen(ask, answered)


def _write(
    source: Source, acting: ActingOfficer, recovery_id: str, folder: Path, language: str
) -> list[Path]:
    """The papers of a recovery's return and its letters as PDF, into a new folder."""
    made = documents_of(
        source.database, source.laws, recovery_id, source.post.sender, wall_clock(), language,
        PAPERS,
    )  # fmt: skip
    if not made:
        none = phrase("there is no document of it yet: no distribution has a notice")
        raise MisuseError(none)
    files = files_of(made, ("pdf",))
    try:
        make_folder(folder)
    except OSError as error:
        raise unwritable(folder, error) from error
    check_all_free(folder, files)
    note_files(acting, recovery_id, DisclosureKind.DOCUMENTS, ", ".join(files), files)
    return write_files(folder, files)
