"""The keys at the bottom of a screen."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.screen import Screen
from textual.widgets import Footer


class KeyFooter(Footer):
    """The keys that can be pressed now; built anew only where one of them changed.

    Screens refresh their keys with each reading of the database, and Textual's own footer then
    makes all its widgets again: a fifth of the terminal's processor time.
    """

    _shown: object = None

    def __init__(self) -> None:
        super().__init__(show_command_palette=False, compact=True)

    def compose(self) -> ComposeResult:
        if self._bindings_ready:
            self._shown = _keys(self.screen)
        yield from super().compose()

    def bindings_changed(self, screen: Screen[object]) -> None:
        """Show the keys of the screen, where they are not those that stand there."""
        if screen is not self.screen or self._shown != _keys(screen):
            super().bindings_changed(screen)


def _keys(screen: Screen[object]) -> list[object]:
    """What the footer shows of a screen's keys."""
    return [
        (active.binding, active.enabled, active.tooltip)
        for active in screen.active_bindings.values()
        if active.binding.show
    ]
