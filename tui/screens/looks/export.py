"""Asks for a file and writes a whole screen into it."""

from __future__ import annotations

from functools import partial

from models.entities.outside.disclosure import DisclosureKind
from models.language.phrase import phrase
from recovery_flows.access.disclosures import note_files
from recovery_flows.cases.pages.renderings import FORMATS
from tui.context import OF_ONE, Terminal
from tui.screens.dialogs import AskLine
from tui.whole_pages import SCREENS, export, whole_page


def ask_export(app: Terminal, screen: str, chosen_id: str, asked: str) -> None:
    """Ask for a file, then write all that a main screen is about into it.

    `asked` is the filter of the audit trail.
    """
    if screen not in SCREENS:
        app.say(phrase("this screen has nothing to write out"), refused=True)
        return
    recovery_id = chosen_id if screen in OF_ONE else ""
    if recovery_id and app.read_only:
        app.say(phrase("a file of a recovery is recorded, the screen is read-only"), refused=True)
        return
    read = partial(
        whole_page, app.source, screen, view=app.look, officer=app.officer,
        recovery_id=recovery_id, zone=app.time_zone, text=asked,
    )  # fmt: skip
    note = partial(
        note_files, app.case_officer(), recovery_id, DisclosureKind.PAGE_FILE,
        f"screen {screen}, masked",
    ) if recovery_id else None  # fmt: skip

    def answered(path: str | None) -> None:
        if path is not None:
            app.ask_after(phrase("writing the file"), lambda: export(read(), path, note), app.say)

    sentence = phrase(
        "All of it, as masked as it is here. The name ends in {formats}.",
        formats=", ".join(FORMATS),
    )
    question = AskLine(phrase("Export this screen"), sentence, phrase("file"), f"~/{screen}.csv")
    app.push_screen(question, answered)
