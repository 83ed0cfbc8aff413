"""A block of lines made of one value and the width there is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from textual.content import Content
from textual.geometry import Size
from textual.reactive import reactive

from tui.text import word
from tui.widgets.reworded import Reworded

Builder = Callable[[Any, int], list[Content]]


class Block(Reworded):
    """Shows `builder(value, width)`; it is as high as the lines are many."""

    DEFAULT_CSS = "Block { height: auto; width: 1fr; }"
    value: reactive[object] = reactive(None, always_update=True)

    def __init__(self, builder: Builder, *, node_id: str = "", classes: str = "") -> None:
        super().__init__(id=node_id or None, classes=classes or None)
        self.builder = builder
        self._height = -1

    def watch_value(self) -> None:
        """Lay the screen out anew only where the block needs more or fewer lines than it has."""
        width = self.content_size.width
        if width <= 0 or len(self.lines(width)) != self._height:
            self.refresh(layout=True)

    def reword(self) -> None:
        """The same value in other words."""
        self.refresh(layout=True)

    def lines(self, width: int) -> list[Content]:
        """The lines at this width; none before there is a value."""
        return [] if self.value is None else self.builder(self.value, width)

    def get_content_width(self, container: Size, viewport: Size) -> int:
        """All there is."""
        del viewport
        return container.width

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """As many lines as the value needs at this width."""
        del container, viewport
        self._height = len(self.lines(width))
        return self._height

    def render(self) -> Content:
        """The lines, one under another."""
        return Content("\n").join(self.lines(self.content_size.width))


class Panel(Block, can_focus=True):
    """A titled block that Tab reaches, so that it scrolls into view and `v` can show it in full."""

    def __init__(self, title: str, builder: Builder, node_id: str) -> None:
        super().__init__(builder, node_id=node_id, classes="panel")
        self.title = title

    @property
    def title(self) -> str:
        """The title that stands in the border."""
        return self._title

    @title.setter
    def title(self, title: str) -> None:
        """Say another title."""
        self._title = title
        self.border_title = word(title)

    def reword(self) -> None:
        """Title and lines in other words."""
        self.border_title = word(self._title)
        super().reword()
