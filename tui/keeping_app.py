"""What a person keeps of the screens: the log of what was said, a screen in a file, his look."""

from __future__ import annotations

from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import cast

from models.entities.outside.disclosure import DisclosureKind
from recovery_flows.access.disclosures import note_files
from recovery_flows.access.log_in import Identity
from recovery_flows.cases.pages.renderings import FORMATS
from recovery_flows.cases.views.saved_views import SavedView, keep_look, last_look
from tui.act_log import log_lines
from tui.acting_app import ActingApp
from tui.screen_queries import Source
from tui.screens.dialogs import AskLine, FullText
from tui.screens.live import LiveScreen
from tui.whole_pages import OF_ONE, SCREENS, export, whole_page


class KeepingApp(ActingApp):
    """An application whose screens can be written out, and that comes back as it was left."""

    def __init__(
        self,
        source: Source,
        officer: Identity | None,
        *,
        time_zone: str,
        folder: Path | None,
        view: SavedView | None,
    ) -> None:
        super().__init__(source, officer)
        self.folder, self.time_zone = folder, time_zone
        self.log_of_acts.zone = time_zone
        self._looks_of, vault = officer.id if officer else "", source.database.vault
        kept = last_look(folder, vault, self._looks_of) if folder else SavedView()
        self.look = view or kept

    @property
    def base_screen(self) -> LiveScreen:
        """The screen under whatever dialog is open."""
        return cast("LiveScreen", self.screen_stack[0])

    def keep_look(self) -> None:
        """Keep how the queue is looked at; an error is not worth a sentence at the end."""
        if self.folder is not None:
            with suppress(OSError):
                keep_look(self.folder, self.source.database.vault, self._looks_of, self.look)

    def action_log(self) -> None:
        """Show what was said and done since the terminal was opened."""
        self.push_screen(FullText("Log: what was said and done", log_lines, self.log_of_acts))

    def action_export(self) -> None:
        """Ask for a file, then write all that this screen is about into it."""
        screen = self.current_mode
        if screen not in SCREENS:
            self.say("this screen has nothing to write out", refused=True)
            return
        recovery_id = self.base_screen.chosen_id if screen in OF_ONE else ""
        if recovery_id and self.read_only:
            self.say("a file of a recovery is recorded, the screen is read-only", refused=True)
            return
        read = partial(
            whole_page, self.source, screen, view=self.look, officer=self.officer,
            recovery_id=recovery_id, zone=self.time_zone,
        )  # fmt: skip
        note = partial(
            note_files, self.case_officer(), recovery_id, DisclosureKind.PAGE_FILE,
            f"screen {screen}, masked",
        ) if recovery_id else None  # fmt: skip

        def answered(path: str | None) -> None:
            if path is not None:
                self.ask_after("writing the file", lambda: export(read(), path, note), self.say)

        sentence = f"All of it, as masked as it is here. The name ends in {', '.join(FORMATS)}."
        question = AskLine("Export this screen", sentence, "file", f"~/{screen}.csv")
        self.push_screen(question, answered)
