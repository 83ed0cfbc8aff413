"""The key that starts a multi-agency request, on each screen with a chosen recovery."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType

from models.language.phrase import phrase
from tui.screens.live import LiveScreen

if TYPE_CHECKING:
    from recovery_flows.multi_agency.actions import Prospect


class MultiAgencyStarter(LiveScreen):
    """A screen on which a multi-agency request of the chosen recovery can be started."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "L", "link", "Agencies", tooltip="Send joint requests to telecoms, platforms, banks"
        ),
    ]

    def action_link(self) -> None:
        app = self.acting_app
        if app.read_only:
            app.say(phrase("the screen is read-only: R ends that"), refused=True)
        elif self.chosen_id:
            read = partial(app.source.prospect, self.chosen_id)
            app.ask_after(phrase("reading the recovery"), read, self._ask_multi_agency)

    def _ask_multi_agency(self, prospect: Prospect) -> None:
        from tui.screens.multi_agency import ask_multi_agency

        ask_multi_agency(self.acting_app, prospect)
