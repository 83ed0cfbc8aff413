"""Keys go one at a time, each to what stands when it is its turn; a question is never outrun.

Textual hands a key to the focused widget and looks for a binding when it has bubbled up again, so
that keys typed fast are still under way while a dialog opens, and act on whatever is there by then.
Here a key sets out when the one before has done all it does: until then, and while a question is
being read, an act is done or a screen is not painted yet, the keys wait in their order.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

from textual.app import App
from textual.dom import DOMNode
from textual.events import Event, Key, Paste
from textual.message import Message
from textual.message_pump import MessagePump
from textual.screen import Screen

from models.language.phrase import phrase
from recovery_flows.wording import counted
from tui.key_waits import Wait
from tui.screens.dialogs import Dialog
from tui.screens.live import LiveScreen

T = TypeVar("T")
_ROUNDS = 3
"""How often a key's way up is followed: the key, the message it sends, the answer to that."""
_AT_ONCE = frozenset({"ctrl+q", "ctrl+c"})
_TELL_AFTER_SECONDS = 0.4


class Answered(Message):
    """What keys waited for was read; `then` shows it, on the screen's own thread."""

    def __init__(self, wait: Wait, then: Callable[[], object]) -> None:
        super().__init__()
        self.wait, self.then = wait, then


class OrderlyApp(App[T]):
    """An application whose keys and pastes go one at a time, in the order in which they came."""

    def __init__(self) -> None:
        super().__init__()
        self._typed: deque[Key | Paste] = deque()
        self._on_its_way = False
        self._waits: list[Wait] = []
        self._stood: WeakKeyDictionary[Screen[Any], float] = WeakKeyDictionary()

    def say(self, sentence: str, *, refused: bool = False) -> None:
        """Tell the user something in one sentence."""
        raise NotImplementedError

    def tell_waiting(self, sentence: str) -> None:
        """Tell what the keys wait for; an empty sentence ends that."""
        raise NotImplementedError

    def key_came(self) -> None:
        """A key or a paste came."""
        raise NotImplementedError

    def accept_paste(self, text: str) -> bool:
        """Whether a paste has been dealt with and need not go to the focused widget."""
        raise NotImplementedError

    def on_mount(self) -> None:
        self.screen_change_signal.subscribe(self, self._look_at, immediate=True)

    def _look_at(self, screen: Screen[Any]) -> None:
        """Note when a screen stands: painted for the first time, its focus set."""
        if screen not in self._stood:
            screen.call_after_refresh(self._stands, screen)

    def _stands(self, screen: Screen[Any]) -> None:
        self._stood.setdefault(screen, Message().time)  # by the clock that keys are stamped with
        self.keys_go_on()

    async def on_event(self, event: Event) -> None:
        """Queue what is typed; everything else goes its way."""
        if not isinstance(event, Key | Paste):
            await super().on_event(event)
        elif not self.screen_stack:  # a key that was under way when the program was left
            return
        elif event.is_forwarded or _is_for_now(event):
            await super().on_event(event)
        else:
            self.key_came()
            self._typed.append(event)
            await self._type_next()

    def type_first(self, event: Key | Paste) -> None:
        """Put something before all that waits, for the screen that is being opened."""
        self._typed.appendleft(event)
        self.keys_go_on()

    def keys_go_on(self) -> None:
        """Look whether the next key can set out now."""
        self.call_later(self._type_next)

    async def _type_next(self) -> None:
        self._look_for_escape()
        while self._typed and not self._on_its_way and not self._waits and self._is_ready():
            event, screen = self._typed.popleft(), self.screen
            if self._is_blind(event, screen):
                self._drop_blind(event, screen)
            elif not (isinstance(event, Paste) and self.accept_paste(event.text)):
                self._on_its_way = True
                target = self.focused or screen
                await super().on_event(event)
                self._follow(target, target, _ROUNDS)

    def _is_ready(self) -> bool:
        """Whether the top screen is painted and shows what it is about."""
        if not self.screen_stack:
            return False
        screen = self.screen
        self._look_at(screen)
        return screen in self._stood and (not isinstance(screen, LiveScreen) or screen.is_ready)

    def _is_blind(self, event: Key | Paste, screen: Screen[Any]) -> bool:
        """Whether a key was pressed before the question that it would answer could be seen."""
        seen_first = isinstance(screen, Dialog) and screen.is_seen_first
        return seen_first and not _is_escape(event) and event.time < self._stood[screen]

    def _drop_blind(self, event: Key | Paste, screen: Screen[Any]) -> None:
        blind = [event]
        while self._typed and self._is_blind(self._typed[0], screen):
            blind.append(self._typed.popleft())
        self.say(
            phrase("{keys} before this question stood: look at it first", keys=_named(len(blind))),
            refused=True,
        )

    def _follow(self, node: MessagePump, start: MessagePump, rounds: int) -> None:
        """Come after a key on its way up: what is posted behind it arrives behind it."""
        if not node.call_later(self._pass_on, node, start, rounds):  # it is being closed
            self.call_later(self._pass_on, self, start, rounds)

    def _pass_on(self, node: MessagePump, start: MessagePump, rounds: int) -> None:
        if isinstance(node, DOMNode) and node is not self:
            self._follow(node.parent or self, start, rounds)
        elif rounds > 1:
            self._follow(start, start, rounds - 1)
        else:
            self._on_its_way = False
            self.keys_go_on()

    def hold_keys(self, what: str, *, is_act: bool = False) -> Wait:
        """Let keys wait until `release_keys` is called with what is returned, or Esc gives up."""
        wait = Wait(what, gives_way=not is_act)
        self._waits.append(wait)
        self.keys_go_on()
        self.set_timer(_TELL_AFTER_SECONDS, self._tell_wait)
        return wait

    def release_keys(self, wait: Wait) -> None:
        """What they waited for has come."""
        if wait in self._waits:
            self._waits.remove(wait)
        if not self._waits:
            self.tell_waiting("")
        self.keys_go_on()

    def _tell_wait(self) -> None:
        if self._waits:
            for wait in self._waits:
                wait.gives_way = True
            keys = (
                phrase(", {keys} typed", keys=counted(len(self._typed), "key"))
                if self._typed
                else ""
            )
            self.tell_waiting(
                phrase(
                    "… {what}{keys}; Esc: do not wait for it", what=self._waits[-1].what, keys=keys
                )
            )

    def _look_for_escape(self) -> None:
        """Esc does not wait for a reading: keys before it are dropped, what comes opens nothing."""
        place = next((i for i, event in enumerate(self._typed) if _is_escape(event)), None)
        if place is None or not self.screen_stack or not self._may_be_left():
            return
        if isinstance(self.screen, LiveScreen):
            self.screen.is_ready = True
        self.forget_waits()
        before = [self._typed.popleft() for _ in range(place + 1)][:-1]
        told = phrase("; {keys} meanwhile: not used", keys=_named(len(before))) if before else ""
        self.say(phrase("not waited for{told}", told=told), refused=True)

    def _may_be_left(self) -> bool:
        screen = self.screen
        is_unread = isinstance(screen, LiveScreen) and not screen.is_ready
        return all(w.gives_way for w in self._waits) if self._waits else is_unread

    def forget_waits(self) -> None:
        """What is being read opens nothing any more."""
        self._waits.clear()
        self.tell_waiting("")

    def _drop(self, why: str) -> None:
        dropped = len(self._typed)
        self._typed.clear()
        if dropped:
            why = phrase("{why}; {keys} meanwhile: not used", why=why, keys=_named(dropped))
        self.say(why, refused=True)

    def on_answered(self, message: Answered) -> None:
        self.answer(message.wait, message.then)

    def answer(self, wait: Wait, then: Callable[[], object]) -> None:
        """Do what was waited for, unless it was given up.

        Keys that were meant for a question which does not come are dropped, and that is said.
        """
        if wait not in self._waits:
            return
        screen, others = self.screen, len(self._waits)
        then()
        is_asked = self.screen is not screen or len(self._waits) > others
        if self._typed and not is_asked:
            self._drop(self.last_status or phrase("there is no question"))
        self.release_keys(wait)

    @property
    def last_status(self) -> str:
        """The sentence that was said last, without its sign."""
        raise NotImplementedError


def _is_escape(event: Key | Paste) -> bool:
    return isinstance(event, Key) and event.key == "escape"


def _is_for_now(event: Key | Paste) -> bool:
    """Whether it leaves the program, whatever waits."""
    return isinstance(event, Key) and event.key in _AT_ONCE


def _named(count: int) -> str:
    return phrase("{keys} typed", keys=counted(count, "key"))
