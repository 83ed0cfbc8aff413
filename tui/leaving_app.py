"""What enters the terminal by a paste, and what is asked before it is left."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from textual.events import Paste
from textual.widgets import Input, TextArea
from textual.worker import WorkerFailed

from models.language.phrase import joined, phrase
from models.language.shown import shown
from recovery_flows.wording import counted
from tui.later import not_loaded
from tui.screens.dialogs import Confirm
from tui.screens.live import LiveScreen
from tui.speaking_app import SpeakingApp

if TYPE_CHECKING:
    from tui.screens.report import ReportScreen

_NOT_AVAILABLE = 4


class LeavingApp(SpeakingApp):
    """An application in which nothing that was pasted or typed is lost in silence."""

    def action_go(self, screen: str) -> None:
        """Go to one of the main screens."""
        raise NotImplementedError

    def accept_paste(self, text: str) -> bool:
        """Send a paste to the report wherever the focus is; one line goes to the focused line.

        What has no place is refused in a sentence, so that no part of it is lost in silence.
        """
        lines = [line for line in text.splitlines() if line.strip()]
        is_line = len(lines) == 1 and not lines[0].lstrip().startswith(("{", "["))
        focused, screen = self.focused, self.screen
        if not lines or (isinstance(focused, Input) and is_line):
            return False
        if not isinstance(screen, LiveScreen):
            return not isinstance(focused, TextArea) and self._refuse_paste(len(lines))
        if self.current_mode == "report":
            cast("ReportScreen", screen).accept_paste(text)
        elif is_line:
            self.say(
                phrase("nothing here takes a paste: i opens the screen for reports"), refused=True
            )
        else:
            self.action_go("report")
            self.type_first(Paste(text))
        return True

    def _refuse_paste(self, count: int) -> bool:
        told = counted(count, "line was pasted", "lines were pasted")
        self.say(
            phrase("{told} and not taken: Esc leaves this question, then paste again", told=told),
            refused=True,
        )
        return True

    def action_leave(self) -> None:
        if not self.drafts and not self.held_back_count:
            self.exit(0)
            return
        held = counted(self.held_back_count, "act")
        told: list[str] = []
        if self.drafts:
            told.append(phrase("{count} unsaved texts would be lost.", count=len(self.drafts)))
        if self.held_back_count:
            told.append(phrase("{acts} held back would not be carried out.", acts=held))
        text = joined(" ", told)
        self.push_screen(
            Confirm(
                phrase("Quit?"), text, ((phrase("kept"), phrase("everything that was recorded")),)
            ),
            self._leave,
        )

    def _leave(self, answer: str | None) -> None:
        if answer is not None:
            self.exit(0)

    def _handle_exception(self, error: Exception) -> None:
        """End in one sentence where a part of the program is missing, else with a traceback."""
        told = not_loaded(error.error if isinstance(error, WorkerFailed) else error)
        if told is None:
            super()._handle_exception(error)
        else:
            self.exit(return_code=_NOT_AVAILABLE, message=shown(told))
