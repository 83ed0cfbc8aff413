"""The terminal's actions: they and readings run in threads; one line shows the outcome."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, TypeVar, cast

from textual import work
from textual.message import Message
from textual.reactive import reactive

from models.language.phrase import phrase
from models.language.shown import shown
from models.safe_text import safe
from recovery_flows.access.log_in import Identity
from recovery_flows.cases.kept.notices import Notice
from recovery_flows.clock import wall_clock
from recovery_flows.wording import counted
from tui.act_log import ActLog, HeldBack
from tui.key_waits import Wait
from tui.keys import Answered, OrderlyApp
from tui.messages import Done, StatusMessage
from tui.screen_queries import READ_ERRORS, Source, sentence_of

if TYPE_CHECKING:
    from recovery_flows.cases.case_officer import CaseOfficer
    from tui.context import Terminal

T = TypeVar("T")
SAID_SECONDS, READ_SECONDS = 12.0, 1.5
"""An outcome leaves its line after the first, and with a key from the second on."""


class ActingApp(OrderlyApp[int]):
    """An application that acts as an officer and shows the outcome."""

    officer: reactive[Identity | None] = reactive(None, init=False)
    read_only: reactive[bool] = reactive(default=False, init=False)

    def __init__(self, source: Source, officer: Identity | None) -> None:
        super().__init__()
        self._source = source
        self.drafts: dict[str, str] = {}
        self.log_of_acts = ActLog()
        self.hold_back_seconds = 0
        self._held_back: list[HeldBack] = []
        self.said, self._said_at, self._waiting_for = StatusMessage(""), 0.0, ""
        self.set_reactive(ActingApp.officer, officer)

    @property
    def source(self) -> Source:
        """What the screens read: the database as whoever acts now may see it."""
        database = self._source.database.seen_by(self.officer.id if self.officer else "")
        return replace(self._source, database=database)

    @source.setter
    def source(self, source: Source) -> None:
        """Read from another source from now on."""
        self._source = source

    def tell_header(self) -> None:
        """Update the header and the status line of the present screen."""
        raise NotImplementedError

    def reread_screen(self) -> None:
        """Read the present screen again."""
        raise NotImplementedError

    @property
    def outcome(self) -> StatusMessage:
        """The text of the status line: what keys wait for, else the last outcome."""
        return StatusMessage(self._waiting_for, idle=True) if self._waiting_for else self.said

    @property
    def last_status(self) -> str:
        """The sentence that stands in the outcome line."""
        return self.said.sentence

    def say(self, sentence: str, *, refused: bool = False, command: str = "") -> None:
        """Show in one sentence what was done or refused: as a notice and in the status line.

        The log keeps it, with the command that does the same.
        """
        self.said, self._said_at = StatusMessage(sentence, refused), Message().time
        self.log_of_acts.add(Notice(wall_clock(), sentence, refused, command))
        self.notify(
            safe(shown(sentence)),
            severity="warning" if refused else "information",
            timeout=6,
            markup=False,
        )
        self.set_timer(SAID_SECONDS, partial(self._unsay, self.said))
        self.tell_header()

    def unsay(self) -> None:
        """Clear the status line: its outcome is about another screen or line."""
        if self.said.sentence:
            self.said = StatusMessage("")
            self.tell_header()

    def _unsay(self, said: StatusMessage) -> None:
        if self.said is said:
            self.unsay()

    def key_came(self) -> None:
        """Clear an outcome that was long enough on the screen, at the next key."""
        if Message().time - self._said_at >= READ_SECONDS:
            self.unsay()

    def tell_waiting(self, sentence: str) -> None:
        """Show what the keys wait for; an empty sentence ends that."""
        if sentence != self._waiting_for:
            self._waiting_for = sentence
            self.tell_header()

    def case_officer(self) -> CaseOfficer:
        """The acting identity as a case officer."""
        from recovery_flows.cases.case_officer import CaseOfficer

        source = self.source
        return CaseOfficer(source.database, source.laws, self.officer, limits=source.limits)

    def perform(
        self,
        work_at: Callable[[CaseOfficer], str],
        drafts: str = "",
        then: Callable[[], object] | None = None,
        *,
        command: str = "",
        holds_back: bool = False,
    ) -> None:
        """Run an action in a thread while keys wait; the log has it with its `command`.

        On success, drafts whose key begins with `drafts` are removed and `then` is called. One that
        `holds_back` is carried out some seconds later, as whoever acts now, unless it is undone.
        """
        done = partial(Done, drafts=drafts, then=then, command=command)
        do = partial(self._carry_out, work_at, self.case_officer(), done)
        if self.read_only or not (holds_back and self.hold_back_seconds):
            do()
            return
        timer = self.set_timer(self.hold_back_seconds, self._end_of_hold_back)
        self._held_back.append(HeldBack(timer, do))
        self.say(
            phrase(
                "held back for {hold_back_seconds} s: u takes it back; nothing has left",
                hold_back_seconds=self.hold_back_seconds,
            )
        )

    def _carry_out(
        self, work_at: Callable[[CaseOfficer], str], acting: CaseOfficer, done: Callable[..., Done]
    ) -> None:
        if self.read_only:
            self.say(phrase("the screen is read-only: R ends that; nothing was done"), refused=True)
        else:
            wait = self.hold_keys(phrase("doing it"), is_act=True)
            self._perform(work_at, acting, partial(done, wait=wait))

    def _end_of_hold_back(self) -> None:
        """The oldest is due: all are held back equally long."""
        if self._held_back:
            self._held_back.pop(0).do()

    def action_undo(self) -> None:
        """Take back the last act that has not been carried out yet."""
        if not self._held_back:
            self.say(phrase("nothing is held back: what was done stands"), refused=True)
            return
        self._held_back.pop().timer.stop()
        left = (
            phrase("; {acts} still held back", acts=counted(len(self._held_back), "act"))
            if self._held_back
            else ""
        )
        self.say(phrase("taken back: nothing was recorded or sent{left}", left=left))

    @property
    def held_back_count(self) -> int:
        """How many acts have not been carried out yet."""
        return len(self._held_back)

    @work(thread=True, group="act")
    def _perform(
        self, work_at: Callable[[CaseOfficer], str], acting: CaseOfficer, done: Callable[..., Done]
    ) -> None:
        from tui.act_guards import DESK_ERRORS

        try:
            said = StatusMessage(work_at(acting))
        except DESK_ERRORS as error:
            said = StatusMessage(sentence_of(error), refused=True)
        self.post_message(done(said))

    def on_done(self, message: Done) -> None:
        is_done = not message.said.refused
        if message.drafts and is_done:
            for key in [k for k in self.drafts if k.startswith(message.drafts)]:
                del self.drafts[key]
        self.say(
            message.said.sentence, refused=message.said.refused,
            command="" if message.said.refused else message.command,
        )  # fmt: skip
        if message.then is not None and is_done:
            message.then()
        self.reread_screen()
        if message.wait is not None:
            self.release_keys(message.wait)

    def ask_after(self, what: str, read: Callable[[], T], then: Callable[[T], object]) -> None:
        """Read in a thread, then call `then`, which asks or refuses; keys typed meanwhile wait."""
        self.forget_waits()
        self._read_for(self.hold_keys(what), read, then)

    @work(thread=True, group="step")
    def _read_for(self, wait: Wait, read: Callable[[], T], then: Callable[[T], object]) -> None:
        try:
            found = read()
        except READ_ERRORS as error:
            sentence = sentence_of(error)
            self.post_message(Answered(wait, lambda: self.say(sentence, refused=True)))
        else:
            self.post_message(Answered(wait, partial(then, found)))

    def next_step(self, recovery_id: str) -> None:
        """Read a recovery in order to do its next step."""
        from tui.screens.next_step import ask_step

        read = partial(self.source.page, recovery_id, self.officer)
        app = cast("Terminal", self)
        self.ask_after(phrase("reading the recovery"), read, partial(ask_step, app))
