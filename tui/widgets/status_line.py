"""The line above the keys: what was done or refused last."""

from __future__ import annotations

from textual.content import Content

from models.language.phrase import phrase
from tui.messages import StatusMessage
from tui.state_styles import CARE, MUTED, said
from tui.text import cut, fitted, word, words
from tui.widgets.block import Block

NO_ENGINE = phrase("○ engine stopped: no messages sent or received; start it: `recovery engine`")
STOPPED = phrase("○ engine stopped")


def _lines(value: StatusMessage, width: int) -> list[Content]:
    if not value.sentence:
        return [
            cut(word(phrase(" {no_engine}", no_engine=NO_ENGINE), MUTED), width)
            if value.is_engine_stopped
            else word(" ")
        ]
    stopped = word(phrase("  {stopped} ", stopped=STOPPED) if value.is_engine_stopped else "", CARE)
    sentence = said(value.sentence, refused=value.refused)
    if value.idle:
        sentence = word(phrase(" {sentence}", sentence=value.sentence), MUTED)
    if sentence.cell_length + stopped.cell_length <= width:
        return [words(fitted(sentence, width - stopped.cell_length), stopped)]
    first, rest = _halves(sentence, width)
    return [first, words(fitted(rest, max(1, width - stopped.cell_length)), stopped)]


def _halves(sentence: Content, width: int) -> tuple[Content, Content]:
    """The first line of a long sentence, and all the rest of it."""
    first, *more = sentence.wrap(max(1, width))
    return first, Content(" ").join(more)


class StatusLine(Block):
    """Shows the last outcome, refused or done, and beside it that no engine runs."""

    def __init__(self) -> None:
        super().__init__(_lines)
