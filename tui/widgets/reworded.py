"""Widgets whose words stand while others are chosen: they are worded anew in that language."""

from __future__ import annotations

from rich.text import Text
from textual.widget import Widget
from textual.widgets import Input, Static

from models.language.shown import shown


class Reworded(Widget):
    """A widget that words itself anew when the language of the terminal changes."""

    def reword(self) -> None:
        """Say the same in the language that is shown now."""
        raise NotImplementedError


class Notice(Static, Reworded):
    """Sentences of the program, in several lines."""

    def __init__(self, sentence: str, node_id: str = "notice") -> None:
        self._sentence = sentence
        super().__init__(Text(shown(sentence)), id=node_id, markup=False)

    def tell(self, sentence: str) -> None:
        """Say something else."""
        self._sentence = sentence
        self.reword()

    def reword(self) -> None:
        """The sentences in the language that is shown now."""
        self.update(Text(shown(self._sentence)))


class Prompt(Input, Reworded):
    """A line to write in, which says what belongs there as long as it is empty."""

    def __init__(self, prompt: str, node_id: str) -> None:
        self._prompt = prompt
        super().__init__(placeholder=shown(prompt), id=node_id)

    def reword(self) -> None:
        """What belongs there, in the language that is shown now."""
        self.placeholder = shown(self._prompt)
