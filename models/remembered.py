"""What was last worked out of a file: rules of one decision ask the same of the same file again."""

from __future__ import annotations

from typing import Any, Generic, TypeVar

Answer = TypeVar("Answer")


class OfLastFile(Generic[Answer]):
    """Answers about one file under one law, until another file is asked about.

    A file and the laws never change, so the same ones have the same answers; equal ones are others.
    """

    def __init__(self) -> None:
        self._last: tuple[object, object, dict[Any, Answer]] = (None, None, {})

    def answers(self, file: object, laws: object = None) -> dict[Any, Answer]:
        """What is known of a file, by what was asked; to be added to by whoever asks."""
        known, under, answers = self._last
        if known is not file or under is not laws:
            answers = {}
            self._last = (file, laws, answers)
        return answers
