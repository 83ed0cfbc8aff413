"""What workers tell the screens. Workers only post these; handlers change what is shown."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual.message import Message

from models.queries.cases.queue_views import QueuePage
from models.queries.cases.views import RecoveryPage
from models.queries.looks.ending import Ending
from tui.key_waits import Wait

if TYPE_CHECKING:
    from recovery_flows.correspondence.documents.text import Line
    from recovery_flows.partners.contacts import Contacts


@dataclass(frozen=True, slots=True)
class StatusMessage:
    """One sentence: what was done or refused, or, with `idle`, what is being waited for.

    `is_engine_stopped` stands beside whatever was said.
    """

    sentence: str
    refused: bool = False
    idle: bool = False
    is_engine_stopped: bool = False


@dataclass(frozen=True, slots=True)
class OthersHere:
    """Which other officers have a recovery open."""

    recovery_id: str
    handles: tuple[str, ...]


class DatabaseChanged(Message):
    """Somebody committed, or it is time to look at the clocks again."""


class StatusRead(Message):
    """Case time and the engine's sign of life were read; what ends within the hour, who looks."""

    def __init__(
        self,
        page: QueuePage,
        story: str | None,
        ending: tuple[Ending, ...],
        others: OthersHere,
    ) -> None:
        super().__init__()
        self.page, self.story, self.ending, self.others = page, story, ending, others


class ViewRead(Message):
    """What a screen shows was read."""

    def __init__(self, view: object) -> None:
        super().__init__()
        self.view = view


class ReadFailed(Message):
    """Reading failed; the sentence says what to do. `is_gone`: nobody has it, or not for him."""

    def __init__(self, sentence: str, *, is_gone: bool = False) -> None:
        super().__init__()
        self.sentence, self.is_gone = sentence, is_gone


class Dismissed(Message):
    """Whoever acts here was dismissed from the unit."""


class PreviewRead(Message):
    """The page of the line under the cursor was read."""

    def __init__(self, page: RecoveryPage) -> None:
        super().__init__()
        self.page = page


class Done(Message):
    """An act was carried out or refused; drafts whose key begins with `drafts` are done with.

    `wait` is what keys waited for, `then` what follows on the screen where it was carried out,
    `command` what does the same from a shell.
    """

    def __init__(
        self,
        said: StatusMessage,
        drafts: str = "",
        wait: Wait | None = None,
        then: Callable[[], object] | None = None,
        command: str = "",
    ) -> None:
        super().__init__()
        self.said, self.drafts, self.wait, self.then = said, drafts, wait, then
        self.command = command


class ContactsShown(Message):
    """A partner's contacts were opened for a person, and the history says so."""

    def __init__(self, partner_id: str, contacts: Contacts) -> None:
        super().__init__()
        self.partner_id, self.contacts = partner_id, contacts


class LetterRead(Message):
    """A letter was put together, as it would be printed now, masked."""

    def __init__(self, lines: tuple[Line, ...]) -> None:
        super().__init__()
        self.lines = lines
