"""What workers tell the screens. Workers only post these; handlers change what is shown."""

from __future__ import annotations

from dataclasses import dataclass

from textual.message import Message

from models.queries.views import EventLine, QueuePage, RecoveryPage


@dataclass(frozen=True, slots=True)
class Said:
    """One sentence: what was done or refused, or, with `idle`, what to know while nothing was."""

    sentence: str
    refused: bool = False
    idle: bool = False


class DatabaseChanged(Message):
    """Somebody committed, or it is time to look at the clocks again."""


class StatusRead(Message):
    """Case time and the engine's sign of life were read."""

    def __init__(self, page: QueuePage, story: str | None) -> None:
        super().__init__()
        self.page, self.story = page, story


class PictureRead(Message):
    """What a screen shows was read."""

    def __init__(self, picture: object) -> None:
        super().__init__()
        self.picture = picture


class ReadFailed(Message):
    """Reading failed; the sentence says what to do."""

    def __init__(self, sentence: str) -> None:
        super().__init__()
        self.sentence = sentence


class PreviewRead(Message):
    """The page of the line under the cursor was read."""

    def __init__(self, page: RecoveryPage) -> None:
        super().__init__()
        self.page = page


class StepAsked(Message):
    """A recovery's page was read to do its next step."""

    def __init__(self, page: RecoveryPage) -> None:
        super().__init__()
        self.page = page


class Done(Message):
    """An act was carried out or refused; drafts whose key begins with `drafts` are done with."""

    def __init__(self, said: Said, drafts: str = "") -> None:
        super().__init__()
        self.said, self.drafts = said, drafts


class EventsRead(Message):
    """All events of a recovery were read."""

    def __init__(self, ref: str, events: list[EventLine]) -> None:
        super().__init__()
        self.ref, self.events = ref, events


class ReportTaken(Message):
    """A pasted report became a recovery."""

    def __init__(self, recovery_id: str) -> None:
        super().__init__()
        self.recovery_id = recovery_id
