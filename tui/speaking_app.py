"""The language of the terminal and its columns: chosen by each officer, kept for him."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.command import CommandPalette

from models.language.catalogue import Language
from models.language.phrase import phrase
from models.language.shown import Reader, show_to, shown
from recovery_flows.access.log_in import Identity
from recovery_flows.cases.kept.arrangement import Arrangement
from recovery_flows.cases.kept.language import keep_language, last_language
from recovery_flows.cases.views.saved_views import SavedView
from tui.keeping_app import KeepingApp
from tui.screen_queries import Source

_SAID = {
    Language.ENGLISH: phrase("the screens are in English"),
    Language.CHINESE: phrase("the screens are in Chinese"),
}


class SpeakingApp(KeepingApp):
    """An application whose screens are worded in the language of the officer who acts.

    What is recorded, logged and written into files stays English: only what is shown is worded.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("K", "language", "Language", show=False, tooltip="English or Chinese"),
    ]

    def __init__(
        self,
        source: Source,
        officer: Identity | None,
        *,
        time_zone: str,
        folder: Path | None,
        view: SavedView | None,
        language: Language,
    ) -> None:
        super().__init__(source, officer, time_zone=time_zone, folder=folder, view=view)
        self._first_language = language
        self.reader = Reader(self._language_of(self.looks_of))
        self.arrangement = Arrangement(folder, source.database.vault, self.looks_of)

    def on_load(self) -> None:
        """All that the terminal paints runs in this context, its widgets and dialogs too."""
        show_to(self.reader)

    def _language_of(self, officer_id: str) -> Language:
        vault = self.source.database.vault
        kept = last_language(self.folder, vault, officer_id) if self.folder else None
        return kept or self._first_language

    def hand_look_over(self, officer: Identity) -> None:
        """Whoever acts now finds his own language and columns."""
        super().hand_look_over(officer)
        self.arrangement = Arrangement(self.folder, self.source.database.vault, officer.id)
        self._speak(self._language_of(officer.id))

    def action_language(self) -> None:
        """The other language, from now on and at the next sitting of this officer."""
        is_english = self.reader.language is Language.ENGLISH
        language = Language.CHINESE if is_english else Language.ENGLISH
        self._speak(language)
        if self.folder is not None:
            with suppress(OSError):  # it is spoken all the same, only not at the next sitting
                keep_language(self.folder, self.source.database.vault, self.looks_of, language)
        self.say(_SAID[language])

    def _speak(self, language: Language) -> None:
        if language is not self.reader.language:
            self.reader.language = language
            self.base_screen.reword()

    def action_command_palette(self) -> None:
        """Ask for an action, in the language that is shown."""
        is_open = isinstance(self.screen, CommandPalette)
        if self.use_command_palette and not is_open:
            asks = shown(phrase("Search for commands …"))
            self.push_screen(CommandPalette(placeholder=asks, id="--command-palette"))
