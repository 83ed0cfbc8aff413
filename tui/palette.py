"""Every action of a screen with its key, for the command palette, found in either language."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

from textual.app import App, SystemCommand
from textual.command import DiscoveryHit, Hit, Hits, Provider
from textual.screen import Screen

from models.language.phrase import as_phrase, phrase
from models.language.shown import in_all_languages, shown
from tui.screens.help import actions_in_reach

_TRANSITIONS = ("move(", "page(", "scroll_by(")


def commands(app: App[Any], screen: Screen[Any]) -> Iterator[SystemCommand]:
    """What can be done here now, each once, then the themes."""
    seen = set[str]()
    for key, active in actions_in_reach(screen):
        binding = active.binding
        is_told = binding.action in seen or binding.action.startswith(_TRANSITIONS)
        if active.enabled and not is_told:
            seen.add(binding.action)
            run = partial(app.run_action, binding.action, active.node)
            action, pressed = as_phrase(binding.description), binding.key_display or key
            title = phrase("{action}  ({key})", action=action, key=pressed)
            yield SystemCommand(title, as_phrase(binding.tooltip or binding.description), run)
    for name in sorted(app.available_themes):
        yield SystemCommand(
            phrase("Theme {name}", name=name),
            phrase("Colours"),
            partial(setattr, app, "theme", name),
        )


class ActionCommands(Provider):
    """The actions of the screen under the palette, whatever language its words are typed in."""

    async def discover(self) -> Hits:
        """All of them, by their names in the language that is shown."""
        found = self.app.get_system_commands(self.screen)
        for title, told, run, _ in sorted(found, key=lambda command: shown(command.title)):
            yield DiscoveryHit(shown(title), run, help=shown(told))

    async def search(self, query: str) -> Hits:
        """Those whose name is like what was typed, in any language."""
        matcher = self.matcher(query)
        for title, told, run, _ in self.app.get_system_commands(self.screen):
            names = in_all_languages(as_phrase(title))
            if (score := max(map(matcher.match, names))) > 0:
                yield Hit(score, matcher.highlight(shown(title)), run, help=shown(told))
