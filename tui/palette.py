"""Every action of a screen with its key, for the command palette."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

from textual.app import App, SystemCommand
from textual.screen import Screen

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
            title = f"{binding.description}  ({binding.key_display or key})"
            yield SystemCommand(title, binding.tooltip or binding.description, run)
    for name in sorted(app.available_themes):
        yield SystemCommand(f"Theme {name}", "Colours", partial(setattr, app, "theme", name))
