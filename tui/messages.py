"""What workers tell the screens. Workers only post these; handlers change what is shown."""

from __future__ import annotations

from dataclasses import dataclass

from textual.message import Message

from models.queries.views import EventLine, QueuePage, RecoveryPage
from recovery_flows.desk.contacts import Contacts
from recovery_flows.desk.linking import Prospect
from recovery_flows.documents.letters import Line


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


class ProspectRead(Message):
    """What a linkage of a recovery could be made of was read."""

    def __init__(self, prospect: Prospect) -> None:
        super().__init__()
        self.prospect = prospect


class ContactsShown(Message):
    """A partner's contacts were opened for a person, and the history says so."""

    def __init__(self, partner_id: str, contacts: Contacts) -> None:
        super().__init__()
        self.partner_id, self.contacts = partner_id, contacts


class EventsRead(Message):
    """All events of a recovery were read."""

    def __init__(self, ref: str, events: list[EventLine]) -> None:
        super().__init__()
        self.ref, self.events = ref, events


class LetterRead(Message):
    """A letter was put together, as it would be printed now, masked."""

    def __init__(self, lines: tuple[Line, ...]) -> None:
        super().__init__()
        self.lines = lines


class ReportTaken(Message):
    """A pasted report became a recovery."""

    def __init__(self, recovery_id: str) -> None:
        super().__init__()
        self.recovery_id = recovery_id
