"""What screens and questions need of the application: no screen imports the application itself."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, TypeVar

from textual.screen import Screen

from recovery_flows.access.log_in import Identity
from recovery_flows.cases.kept.arrangement import Arrangement
from recovery_flows.cases.views.saved_views import SavedView
from tui.key_waits import Wait
from tui.messages import StatusMessage
from tui.screen_queries import Source

if TYPE_CHECKING:
    from recovery_flows.cases.case_officer import CaseOfficer

OF_ONE = ("recovery", "restitution", "trace")
"""Main screens that are written out for one recovery."""
T = TypeVar("T")
S = TypeVar("S")


class Terminal(Protocol):
    """The application as its screens see it."""

    source: Source
    officer: Identity | None
    read_only: bool
    plays_story: bool
    time_zone: str
    drafts: dict[str, str]
    said: StatusMessage
    recovery_id: str
    request_id: str
    came_from: str
    wanted_approval: str
    folder: Path | None
    look: SavedView
    looks_of: str
    looked_at: datetime | None
    arrangement: Arrangement

    def say(self, sentence: str, *, refused: bool = False) -> None:
        """Say in one sentence what was done or refused."""

    def unsay(self) -> None:
        """Take the last outcome off its line."""

    def tell_header(self) -> None:
        """Give the header and the outcome line of the present screen what they have to say."""

    def read_status(self) -> object:
        """Read what stands in the header."""

    def case_officer(self) -> CaseOfficer:
        """The desk of the identity that acts now."""

    def perform(
        self,
        work_at: Callable[[CaseOfficer], str],
        drafts: str = "",
        then: Callable[[], object] | None = None,
        *,
        command: str = "",
        holds_back: bool = False,
    ) -> None:
        """Let the desk act in a thread while keys wait, or some seconds later."""

    def ask_after(self, what: str, read: Callable[[], T], then: Callable[[T], object]) -> None:
        """Read in a thread, then let `then` ask or refuse."""

    def all_seen(self) -> None:
        """Nothing that has changed up to now is new to whoever looks any more."""

    def copy_to_clipboard(self, text: str) -> None:
        """Hand a text to the terminal."""

    def push_screen(
        self, screen: Screen[S], callback: Callable[[S | None], object] | None = None
    ) -> object:
        """Put a question over the present screen."""

    def next_step(self, recovery_id: str) -> None:
        """Read a recovery in order to do its next step."""

    def open_recovery(self, recovery_id: str) -> None:
        """Show one recovery on its page."""

    def leave_recovery(self) -> None:
        """Leave a recovery that whoever acts may not see any more."""

    def open_request(self, recovery_id: str, request_id: str) -> None:
        """Show one request abroad on its page."""

    def open_approval(self, approval_id: str) -> None:
        """Show one approval among those that wait."""

    def action_go(self, screen: str) -> None:
        """Go to one of the main screens."""

    def hold_keys(self, what: str, *, is_act: bool = False) -> Wait:
        """Let keys wait for what is under way."""

    def answer(self, wait: Wait, then: Callable[[], object]) -> None:
        """End a wait by its question, then let keys go on."""

    def keys_go_on(self) -> None:
        """Look whether the next key can set out now."""
