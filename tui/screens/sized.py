"""The keys `+` and `-`: how much of a screen its list takes, kept for the officer who acts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, NamedTuple

from textual.binding import Binding, BindingType
from textual.layouts.horizontal import HorizontalLayout
from textual.widget import Widget

from models.language.phrase import phrase
from recovery_flows.cases.kept.arrangement import LEAST_SHARE, MOST_SHARE
from tui.screens.live import LiveScreen

STEP = 5
"""By how many per cent of the screen one key changes it."""


class Parts(NamedTuple):
    """The list and the panel of a screen."""

    table: str
    panel: str
    sizes_panel: bool = False
    """Whether the panel is as high as its text, at most its share; else the list has its share."""


PARTS: Mapping[str, Parts] = {
    "NowScreen": Parts("#queue", "#page-preview", sizes_panel=True),
    "ApprovalsScreen": Parts("#waiting-table", "#detail"),
    "PartnersScreen": Parts("#partners", "#detail"),
    "RestitutionScreen": Parts("#claims-side", "#rounds-side"),
}


class SizedScreen(LiveScreen):
    """A screen with a list and a panel beside or under it, whose shares a person may change."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("plus", "size(1)", "Larger list", id="larger_list", key_display="+", show=False),
        Binding(
            "minus", "size(-1)", "Larger panel", id="larger_panel", key_display="-", show=False
        ),
        Binding(
            "equals_sign",
            "size(0)",
            "Sizes as at first",
            id="first_sizes",
            key_display="=",
            show=False,
        ),
    ]

    @property
    def _class_name(self) -> str:
        return type(self).__name__

    def _seen_parts(self) -> tuple[Widget, Widget] | None:
        """The list and the panel, where both are there to be seen."""
        parts = PARTS[self._class_name]
        table, panel = (self.query_one(name, Widget) for name in (parts.table, parts.panel))
        both = all(widget.display and widget.outer_size.area for widget in (table, panel))
        return (table, panel) if both else None

    def action_size(self, step: int) -> None:
        app, parts, name = self.acting_app, self._seen_parts(), self._class_name
        if parts is None:
            app.say(phrase("no panel stands beside this list here"), refused=True)
            return
        share = 0
        if step:
            now = app.arrangement.share(name) or self._measured(*parts)
            share = max(LEAST_SHARE, min(now + step * STEP, MOST_SHARE))
        app.arrangement.keep_share(name, share)
        self._show_share()
        told = phrase("the list takes {share} % of the screen", share=share)
        app.say(told if share else phrase("the sizes are as at first"))

    def _measured(self, table: Widget, panel: Widget) -> int:
        """The share of the list as it is shown, in per cent."""
        beside = _are_beside(table)
        sizes = [widget.outer_size for widget in (table, panel)]
        first, second = (size.width if beside else size.height for size in sizes)
        return round(100 * first / (first + second))

    def _show_share(self) -> None:
        """Give the list its share; without one, what the style sheet says."""
        share, parts = self.acting_app.arrangement.share(self._class_name), PARTS[self._class_name]
        # News may come while the screen is put up or taken down, when one of them is not there.
        for table, panel in zip(self.query(parts.table), self.query(parts.panel), strict=False):
            beside = _are_beside(table)
            for widget in (table, panel):
                widget.set_class(bool(share), "-sized")
            if parts.sizes_panel:
                panel.styles.max_height = f"{100 - share}%" if share else None
            else:
                table.styles.width = f"{share}%" if share and beside else None
                table.styles.height = f"{share}%" if share and not beside else None

    def reread(self) -> None:
        """Whoever acts now finds his own sizes."""
        if self.is_mounted:
            self._show_share()
        super().reread()

    def on_resize(self) -> None:
        self.call_after_refresh(self._show_share)


def _are_beside(table: Widget) -> bool:
    parent = table.parent
    return isinstance(parent, Widget) and isinstance(parent.styles.layout, HorizontalLayout)
