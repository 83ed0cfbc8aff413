"""The line above the keys: what was done or refused last."""

from __future__ import annotations

from textual.content import Content

from tui.messages import Said
from tui.signs import MUTED, said
from tui.text import cut, word
from tui.widgets.block import Block


def _lines(value: Said, width: int) -> list[Content]:
    if not value.sentence:
        return [Content(" ")]
    if value.idle:
        return [cut(word(f" {value.sentence}", MUTED), width)]
    return [cut(said(value.sentence, refused=value.refused), width)]


class SaidLine(Block):
    """Shows the last outcome, refused or done, in one line."""

    def __init__(self) -> None:
        super().__init__(_lines)
