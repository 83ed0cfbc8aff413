"""What a person keeps of the screens: the log of what was said, a screen in a file, his look."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from textual import work
from textual.binding import BindingType
from textual.message import Message

from models.language.phrase import phrase
from models.language.shown import shown
from models.queries.cases.queue_views import QueuePage
from models.queries.installation.officers import officer_with_hash
from models.queries.looks.ending import Ending
from recovery_flows.access.log_in import Identity
from recovery_flows.cases.kept.last_seen import Seen, keep_seen, last_seen
from recovery_flows.cases.kept.notices import Notice, Notices
from recovery_flows.cases.kept.presence import Presence
from recovery_flows.cases.views.onlooker import Onlooker
from recovery_flows.cases.views.saved_views import SavedView, keep_look, last_look
from recovery_flows.clock import wall_clock
from tui.act_log import log_lines
from tui.acting_app import ActingApp
from tui.context import OF_ONE
from tui.key_map import complaint, named, wrong_keys
from tui.later import Later
from tui.messages import Dismissed, OthersHere
from tui.notices import Bell, EndingSoon
from tui.screen_queries import READ_ERRORS, Source
from tui.screens.dialogs import FullText
from tui.screens.live import LiveScreen
from tui.screens.lock import LockScreen
from tui.widgets.queue import QueueTable
from tui.widgets.table import LineTable

if TYPE_CHECKING:
    from tui.context import Terminal

_TERMINAL_GONE = (signal.SIGHUP, signal.SIGTERM)
_REFUSED = 3
"""What the program ends with where somebody may not go on."""


class KeepingApp(ActingApp):
    """An application whose screens can be written out, and that comes back as it was left."""

    def __init__(
        self,
        source: Source,
        officer: Identity | None,
        *,
        time_zone: str,
        folder: Path | None,
        view: SavedView | None,
    ) -> None:
        super().__init__(source, officer)
        self.folder, self.time_zone = folder, time_zone
        self.log_of_acts.zone = time_zone
        self.looks_of, vault = officer.id if officer else "", source.database.vault
        kept = last_look(folder, vault, self.looks_of) if folder else SavedView()
        self.look = view or kept
        self.looked_at: datetime | None = None
        self._look_as(officer)
        self.lock_seconds = 0
        self.recovery_id = ""
        self._presence = Presence(folder, vault) if folder else None
        self.bell_rule, self.plays_story, self._ending_told = Bell(), False, EndingSoon()
        self._typed_at = Message().time

    @property
    def base_screen(self) -> LiveScreen:
        """The screen under whatever dialog is open."""
        return cast("LiveScreen", self.screen_stack[0])

    def _keep_at_the_end(self) -> None:
        """Where the terminal goes away, as with a tab of a browser, the look ends there too."""
        with suppress(RuntimeError, ValueError):  # not the thread that takes signals
            for name in _TERMINAL_GONE:
                asyncio.get_running_loop().add_signal_handler(name, self._end_with, name)

    def _end_with(self, name: signal.Signals) -> None:
        self.keep_look()
        asyncio.get_running_loop().remove_signal_handler(name)
        signal.signal(name, signal.SIG_DFL)
        signal.raise_signal(name)

    def keep_look(self) -> None:
        """Keep how and up to where the queue is looked at; an error is not worth a sentence."""
        if self._presence is not None:
            self._presence.leave()
        if self.folder is not None:
            vault, seq = self.source.database.vault, self.source.eyes.seen_up_to
            with suppress(OSError):
                keep_look(self.folder, vault, self.looks_of, self.look)
                if seq is not None:
                    keep_seen(self.folder, vault, self.looks_of, Seen(seq, wall_clock()))

    def _look_as(self, officer: Identity | None) -> None:
        """What has changed is what did since this officer left a terminal."""
        officer_id, vault = officer.id if officer else "", self.source.database.vault
        seen = last_seen(self.folder, vault, officer_id) if self.folder else None
        self.looked_at = seen.at if seen else None
        kept = Notices(self.folder, vault, officer_id) if self.folder else None
        self.log_of_acts.go_on(kept)
        self.source.eyes.pass_to(
            Onlooker(officer_id, seen.seq if seen else None, zone=self.time_zone)
        )

    def all_seen(self) -> None:
        """Nothing that has changed up to now is new to whoever looks any more."""
        self.keep_look()
        self._look_as(self.officer)
        self.say(phrase("all of it has been seen: what changes from now on is marked"))
        self.reread_screen()

    def hand_look_over(self, officer: Identity) -> None:
        """Who acted before keeps his look; whoever acts now finds his own."""
        self.keep_look()
        self.looks_of = officer.id
        if self.folder is not None:
            self.look = last_look(self.folder, self.source.database.vault, officer.id)
        self._look_as(officer)

    def tell_ending(self, page: QueuePage, ending: Sequence[Ending]) -> None:
        """A notice of what ends within the hour, each once, with the bell outside quiet hours."""
        told = self._ending_told.new(ending, page.now)
        if told and not self.plays_story:
            self.log_of_acts.add(Notice(wall_clock(), told))
            if not self.bell_rule.is_quiet(wall_clock(), self.time_zone):
                self.notify(shown(told), severity="warning", timeout=10, markup=False)
                if self.bell_rule.rings:
                    self.bell()

    def look_around(self) -> tuple[tuple[Ending, ...], OthersHere]:
        """What ends within the hour; say what is open here, see who else has it open."""
        officer_id = self.officer.id if self.officer else ""
        recovery_id = self.recovery_id if self._shows_one else ""
        others: tuple[str, ...] = ()
        if self._presence is not None:
            self._presence.tell(officer_id, recovery_id)
            if recovery_id:
                others = self._presence.others(officer_id, recovery_id)
        return self.source.ending(), OthersHere(recovery_id, others)

    def leave_recovery(self) -> None:
        """Leave a recovery that whoever acts may not see any more, with every question about it."""
        while len(self.screen_stack) > 1:
            self.pop_screen()
        self.recovery_id = self.request_id = ""
        self.reread_screen()
        self.switch_mode("now")
        gone = phrase("that recovery is not there, or you do not see it any more")
        self.say(gone, refused=True)

    @work(thread=True, group="here")
    def look_who_is_here(self) -> None:
        """Leave where whoever acts was dismissed meanwhile: he reads nothing more."""
        if self.officer is None:
            return
        with suppress(*READ_ERRORS), self.source.database.reading() as session:
            if officer_with_hash(session, self.officer.handle) is None:
                self.post_message(Dismissed())

    def on_dismissed(self) -> None:
        handle = self.officer.handle if self.officer else ""
        told = phrase("{handle} acts no more in this unit", handle=handle)
        self.exit(return_code=_REFUSED, message=shown(told))

    def words_of_others(self, here: OthersHere | None) -> str:
        """Who else has the recovery open that is looked at; empty for nobody."""
        if here is None or not here.handles or here.recovery_id != self.recovery_id:
            return ""
        return (
            phrase("◉ also open: {handles}", handles=", ".join(here.handles))
            if self._shows_one
            else ""
        )

    @property
    def _shows_one(self) -> bool:
        """Whether the present screen is about one recovery."""
        return bool(self.screen_stack) and self.current_mode in (*OF_ONE, "request")

    def __init_subclass__(cls, **more: Any) -> None:  # noqa: ANN401 - Textual's own
        cls.BINDINGS = named(cls.BINDINGS)
        super().__init_subclass__(**more)

    def take_keys(self, keys: Mapping[str, str]) -> None:
        """Take other keys for actions, all or none of them."""
        if wrong := wrong_keys(keys, self._bindings_in_reach()) if keys else []:
            self.say(complaint(wrong), refused=True)
        else:
            self.set_keymap(dict(keys))

    def _bindings_in_reach(self) -> Iterator[list[BindingType]]:
        from tui.widgets.approvals import WaitingTable

        for name, screen in self.MODES.items():
            kind = screen.kind() if isinstance(screen, Later) else screen
            kinds = [type(self), *(kind.__mro__ if isinstance(kind, type) else ())]
            table = {"now": QueueTable, "approvals": WaitingTable}.get(name, LineTable)
            found = (vars(kind).get("BINDINGS", ()) for kind in [*kinds, *table.__mro__])
            yield [one for bindings in found for one in bindings]

    def on_mount(self) -> None:
        self._keep_at_the_end()
        if self.lock_seconds:
            self.set_interval(min(10, self.lock_seconds), self._lock_if_idle)

    def key_came(self) -> None:
        """Somebody is there."""
        self._typed_at = Message().time
        super().key_came()

    def _lock_if_idle(self) -> None:
        """Blank the screen where nobody has typed for so long."""
        is_idle = Message().time - self._typed_at >= self.lock_seconds
        if is_idle and self.screen_stack and not self.is_locked:
            handle = self.officer.handle if self.officer else ""
            self.push_screen(LockScreen(handle, self._lock_of(handle)))

    def _lock_of(self, handle: str) -> Callable[[str], str] | None:
        """What opens the blank screen; asked for at each try where the database answers not now."""
        try:
            return self.source.lock_of(handle)
        except READ_ERRORS:
            pass

        def stays(typed: str) -> str:
            lock = self.source.lock_of(handle)
            return lock(typed) if lock else ""

        return stays

    def _fatal_error(self) -> None:
        """End with a traceback that holds no value of any variable: one may be a secret."""
        import rich
        from rich.segment import Segments
        from rich.traceback import Traceback

        self.bell()
        told = Traceback(show_locals=False, suppress=[rich])
        self._exit_renderables.append(Segments(self.console.render(told, self.console.options)))
        self._close_messages_no_wait()

    @property
    def is_locked(self) -> bool:
        """Whether the screen is blanked."""
        return bool(self.screen_stack) and isinstance(self.screen, LockScreen)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Nothing of the application is in reach of a blanked screen."""
        return False if self.is_locked else super().check_action(action, parameters)

    def action_log(self) -> None:
        """Show what was said and done, in earlier sittings too."""
        self.push_screen(
            FullText(phrase("Log: what was said and done"), log_lines, self.log_of_acts)
        )

    def action_export(self) -> None:
        """Ask for a file, then write all that this screen is about into it."""
        from tui.screens.looks.export import ask_export

        screen = self.base_screen
        ask_export(cast("Terminal", self), self.current_mode, screen.chosen_id, screen.asked)
