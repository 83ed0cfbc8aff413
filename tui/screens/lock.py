"""The blank screen of a terminal at which nobody has typed for a while."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input, Label

from models.language.phrase import phrase
from tui.screen_queries import READ_ERRORS, sentence_of
from tui.state_styles import MUTED
from tui.text import word

WRONG_SECONDS = 2.0
"""How long no other secret is taken after a wrong one."""


class LockScreen(ModalScreen[None]):
    """Hides everything until the officer's secret is typed, or Enter where there is none.

    `stays` says why a secret leaves it locked, "" where it opens it; None where the system's own
    log-in is the log-in.
    """

    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter", "unlock", "Show again")]

    def __init__(self, handle: str, stays: Callable[[str], str] | None) -> None:
        super().__init__()
        self._handle, self._stays = handle, stays

    def compose(self) -> ComposeResult:
        with Vertical(classes="lock"):
            if self._stays is None:
                yield Label(
                    word(phrase("Nobody has typed for a while. Enter shows the screen again."))
                )
                yield Label(word(phrase("Who leaves the desk locks the computer itself."), MUTED))
            else:
                yield Label(
                    word(
                        phrase(
                            "Locked: type the secret of {handle} and press Enter.",
                            handle=self._handle,
                        )
                    )
                )
                yield Input(password=True)
            yield Label("", id="told")

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        box, secret = event.input, event.value
        box.value = ""
        why = self._why_locked(secret)
        if not why:
            self.dismiss()
            return
        self.query_one("#told", Label).update(word(phrase("✕ {why}", why=why), "bold $error"))
        box.disabled = True
        self.set_timer(WRONG_SECONDS, self._take_again)

    def _why_locked(self, secret: str) -> str:
        """Why it stays locked; a database that does not answer is a reason too."""
        try:
            return self._stays(secret) if self._stays else ""
        except READ_ERRORS as error:
            return phrase("{why}: try again", why=sentence_of(error))

    def _take_again(self) -> None:
        box = self.query_one(Input)
        box.disabled = False
        box.focus()

    def action_unlock(self) -> None:
        if self._stays is None:
            self.dismiss()
