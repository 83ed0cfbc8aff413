"""The keys at the bottom of a screen."""

from __future__ import annotations

from contextlib import suppress

from textual.app import ComposeResult
from textual.css.query import NoMatches
from textual.screen import Screen
from textual.widgets import Footer
from textual.widgets._footer import FooterKey

from models.language.shown import language_shown, shown_term


class KeyFooter(Footer):
    """The keys that can be pressed now; made anew only where one of them changed.

    Screens refresh their keys with each reading of the database, and Textual's own footer then
    makes all its widgets again: a fifth of the terminal's processor time.
    """

    _shown: object = None

    def __init__(self) -> None:
        super().__init__(show_command_palette=False, compact=True)

    def compose(self) -> ComposeResult:
        if self._bindings_ready:
            self._shown = _keys(self.screen)
        for key in super().compose():
            if isinstance(key, FooterKey):
                key.description = shown_term(key.description)
                told = key.tooltip
                key.tooltip = shown_term(told) if isinstance(told, str) else told
            yield key

    async def recompose(self) -> None:
        """Make the keys anew, where they are not those that stand there.

        A screen that is being taken down cannot say any more which of its keys count.
        """
        with suppress(NoMatches):
            if self.is_attached and self._shown != _keys(self.screen):
                await super().recompose()


def _keys(screen: Screen[object]) -> list[object]:
    """What the footer shows of a screen's keys."""
    return [
        language_shown(),
        *(
            (active.binding, active.enabled, active.tooltip)
            for active in screen.active_bindings.values()
            if active.binding.show
        ),
    ]
