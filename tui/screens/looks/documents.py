"""Asks for a folder and writes the documents of a restitution into it."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from models.language.phrase import phrase
from models.language.shown import language_shown
from recovery_flows.caller import expanded
from recovery_flows.cases.views.restitution_views import (
    RestitutionPage,
)
from recovery_flows.cases.views.victims import MESSAGES
from recovery_flows.wording import counted
from tui.context import Terminal
from tui.screens.dialogs import AskLine


def ask_documents(app: Terminal, page: RestitutionPage) -> None:
    """The papers of a return as PDF, in the language of the screen; refused while there is none."""
    if not page.rounds and all(way.kind == MESSAGES for way in page.ways):
        app.say(phrase("nothing is distributed yet: there is no document to write"), refused=True)
        return

    language = language_shown()

    def answered(folder: str | None) -> None:
        if folder is not None:
            write = partial(app.source.write_documents, app.case_officer(), page.recovery_id)
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
