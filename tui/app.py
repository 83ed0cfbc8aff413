"""The terminal of the project: what needs doing now, one recovery, approvals, the summary."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from threading import Event
from typing import Any, ClassVar

from textual import work
from textual.app import SystemCommand
from textual.binding import Binding, BindingType
from textual.reactive import reactive
from textual.screen import Screen

from models.language.catalogue import Language
from models.language.phrase import phrase
from recovery_flows.access.log_in import Identity
from recovery_flows.cases.pages.queue import red_words
from recovery_flows.cases.views.saved_views import SavedView
from tui.database_watch import LOOK_SECONDS, watch
from tui.later import Later, load_rest
from tui.leaving_app import LeavingApp
from tui.messages import DatabaseChanged, Done, StatusMessage, StatusRead
from tui.notices import Bell
from tui.palette import ActionCommands, commands
from tui.screen_queries import READ_ERRORS, Source, sentence_of
from tui.screens.dialogs import PickOfficer
from tui.screens.help import HelpScreen
from tui.screens.now import NowScreen
from tui.theme import DEFAULT_THEME, THEMES
from tui.widgets.header import HeaderBar, HeaderValue


class RecoveryApp(LeavingApp):
    """Screens over one case database; every write goes through the desk, in a thread."""

    TITLE = "recovery"
    CSS_PATH = "app.tcss"
    ENABLE_COMMAND_PALETTE = True
    COMMAND_PALETTE_BINDING = "ctrl+p"
    COMMANDS: ClassVar[set[Any]] = {ActionCommands}
    MODES: ClassVar[dict[str, str | Callable[[], Screen[Any]]]] = {
        "now": NowScreen,
        "recovery": Later("tui.screens.recovery", "RecoveryScreen"),
        "approvals": Later("tui.screens.approvals", "ApprovalsScreen"),
        "summary": Later("tui.screens.summary", "SummaryScreen"),
        "trace": Later("tui.screens.trace", "TraceScreen"),
        "deadlines": Later("tui.screens.deadlines", "DeadlinesScreen"),
        "partners": Later("tui.screens.partners", "PartnersScreen"),
        "report": Later("tui.screens.report", "ReportScreen"),
        "restitution": Later("tui.screens.restitution", "RestitutionScreen"),
        "requests": Later("tui.screens.abroad.board", "BoardScreen"),
        "request": Later("tui.screens.abroad.request", "RequestScreen"),
        "audit": Later("tui.screens.audit.trail", "AuditScreen"),
    }
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("1", "go('now')", "Now", show=False, tooltip="What needs doing now"),
        Binding("2", "go('recovery')", "Recovery", show=False, tooltip="One recovery"),
        Binding(
            "3", "go('approvals')", "Approvals", show=False, tooltip="Awaiting second approval"
        ),
        Binding("t", "go('trace')", "Trace", tooltip="The money under every rule"),
        Binding("i", "go('report')", "Report", show=False, tooltip="Enter a report, stop money"),
        Binding("4", "go('summary')", "Summary", show=False, tooltip="Statistics"),
        Binding("5", "go('partners')", "Partners", show=False, tooltip="How partners answer"),
        Binding("6", "go('deadlines')", "Deadlines", show=False, tooltip="All deadlines"),
        Binding("7", "go('restitution')", "Restitution", show=False, tooltip="Who gets what back"),
        Binding("8", "go('requests')", "Abroad", show=False, tooltip="Requests across borders"),
        Binding("0", "go('audit')", "Audit", show=False, tooltip="Who did what, to which recovery"),
        Binding("question_mark", "help", "Help", key_display="?", show=False),
        Binding("colon", "command_palette", "Commands", key_display=":", show=False),
        Binding("o", "pick_officer", "Switch user", tooltip="Act as another officer"),
        Binding("R", "toggle_read_only", "Read-only", show=False, tooltip="Read-only on or off"),
        Binding("u", "undo", "Undo", show=False, tooltip="Take back what is held back"),
        Binding("x", "export", "Export", show=False, tooltip="Write this screen into a file"),
        Binding("9", "log", "Log", show=False, tooltip="What was said and done, as commands"),
        Binding("p", "toggle_pause", "Pause", show=False, tooltip="Stop or go on refreshing"),
        Binding("q", "leave", "Quit"),
    ]
    paused: reactive[bool] = reactive(default=False, init=False)

    def __init__(
        self,
        source: Source,
        officer: Identity | None,
        *,
        officers: tuple[Identity, ...],
        unit_name: str,
        time_zone: str = "UTC",
        story: Callable[[], str] | None = None,
        start_screen: str = "now",
        recovery_id: str = "",
        theme: str = DEFAULT_THEME,
        refresh_seconds: float = LOOK_SECONDS,
        folder: Path | None = None,
        view: SavedView | None = None,
        hold_back_seconds: int = 0,
        lock_minutes: int = 0,
        keys: Mapping[str, str] | None = None,
        bell: Bell | None = None,
        language: Language = Language.ENGLISH,
    ) -> None:
        super().__init__(
            source, officer, time_zone=time_zone, folder=folder, view=view, language=language
        )
        self.hold_back_seconds, self.lock_seconds = hold_back_seconds, 60 * lock_minutes
        self._keys, self.bell_rule = dict(keys or {}), bell or Bell()
        self.officers, self.unit_name = officers, unit_name
        self.recovery_id = recovery_id
        self._story, self._start_screen = story, start_screen
        self.plays_story = story is not None
        self._status: StatusRead | None = None
        self._theme_name, self._refresh_seconds = theme, refresh_seconds
        self._gone = Event()
        self._is_loading = False
        self.came_from, self.wanted_approval, self.request_id = "now", "", ""

    def on_mount(self) -> None:
        for theme in THEMES:
            self.register_theme(theme)
        is_known = self._theme_name in self.available_themes
        self.theme = self._theme_name if is_known else DEFAULT_THEME
        self.switch_mode(self._start_screen)
        if not is_known:
            told = phrase(
                "there is no theme {theme_name!r} (`screen.theme`): `:` lists them",
                theme_name=self._theme_name,
            )
            self.say(told, refused=True)
        self.take_keys(self._keys)
        self._watch_database()

    def on_unmount(self) -> None:
        self._gone.set()
        self.keep_look()

    @work(thread=True)
    def _watch_database(self) -> None:
        tell = lambda: self.post_message(DatabaseChanged())  # noqa: E731
        watch(self.source.database, self._gone, tell, self._refresh_seconds)

    def keys_go_on(self) -> None:
        """Look whether the next key can set out now; what later keys need is loaded meanwhile."""
        super().keys_go_on()
        if not self._is_loading and self.screen_stack and self.base_screen.is_ready:
            self._is_loading = True
            self.call_after_refresh(self._load_rest)

    @work(thread=True, group="rest")
    def _load_rest(self) -> None:
        load_rest(lambda: not self._gone.is_set())

    @work(thread=True, group="status")
    def read_status(self) -> None:
        """Read what stands in the header."""
        story = self._story() if self._story else None
        try:
            self.post_message(StatusRead(self.source.status(), story, *self.look_around()))
        except READ_ERRORS as error:
            self.post_message(
                Done(
                    StatusMessage(
                        phrase("{why}; see `recovery doctor`", why=sentence_of(error)),
                        refused=True,
                    )
                )
            )

    def on_database_changed(self) -> None:
        self.look_who_is_here()
        if not self.paused and self.screen_stack:
            self.read_status()
            self.base_screen.reread()

    def on_status_read(self, message: StatusRead) -> None:
        self._status = message
        self.tell_ending(message.page, message.ending)
        self.tell_header()

    def tell_header(self) -> None:
        """Give the header of the present screen what it has to say."""
        if not self.screen_stack:
            return  # what a worker read came in while the last screen was being taken down
        page = self._status.page if self._status else None
        screen = self.base_screen
        screen.header_value = HeaderValue(
            unit_name=self.unit_name,
            zone=self.time_zone,
            now=page.now if page else None,
            engine=page.engine if page else None,
            officer=self.officer,
            screen=self.current_mode,
            read_only=self.read_only,
            paused=self.paused,
            story=self._status.story if self._status else None,
            others=self.words_of_others(self._status.others if self._status else None),
            red=red_words(page.attention_count, page.discrepancy_count) if page else "",
        )
        is_stopped = page is not None and not page.engine.alive
        screen.said = replace(self.outcome, is_engine_stopped=is_stopped)
        screen.refresh_bindings()

    def reread_screen(self) -> None:
        """Read the screen under whatever dialog is open again."""
        self.base_screen.reread()

    def open_recovery(self, recovery_id: str) -> None:
        """Show one recovery on its page."""
        self.forget_waits()
        self.recovery_id = recovery_id
        self.came_from = self.current_mode
        self.switch_mode("recovery")

    def open_request(self, recovery_id: str, request_id: str) -> None:
        """Show one request abroad on its page."""
        self.forget_waits()
        self.recovery_id, self.request_id = recovery_id, request_id
        if self.current_mode == "request":
            self.base_screen.reread()
        else:
            self.switch_mode("request")

    def open_approval(self, approval_id: str) -> None:
        """Show one approval among those that wait."""
        self.wanted_approval = approval_id
        self.action_go("approvals")

    def action_go(self, screen: str) -> None:
        if screen == self.current_mode or len(self.screen_stack) > 1:
            return
        self.forget_waits()  # whoever goes elsewhere does not want the question any more
        if screen in ("recovery", "report"):
            self.came_from = self.current_mode
        if screen in ("recovery", "trace", "restitution"):
            self.recovery_id = self.base_screen.chosen_id or self.recovery_id
        self.switch_mode(screen)

    def on_header_bar_tab_chosen(self, message: HeaderBar.TabChosen) -> None:
        self.action_go(message.screen)

    def action_help(self) -> None:
        if not isinstance(self.screen, HelpScreen):
            self.push_screen(HelpScreen(self.screen))

    def action_toggle_read_only(self) -> None:
        self.read_only = not self.read_only
        self.say(
            phrase("read-only: nothing can be written")
            if self.read_only
            else phrase("read-only ended")
        )
        self.base_screen.reread()

    def action_toggle_pause(self) -> None:
        self.paused = not self.paused
        self.say(
            phrase("refreshing is paused: p goes on")
            if self.paused
            else phrase("refreshing goes on")
        )
        if not self.paused:
            self.post_message(DatabaseChanged())

    def action_pick_officer(self) -> None:
        if self.officers:
            self.push_screen(PickOfficer(self.officers), self._set_officer)
        else:
            self.say(phrase("there is no other identity for this user"), refused=True)

    def _set_officer(self, officer: Identity | None) -> None:
        if officer is not None:
            self.officer = officer
            self.hand_look_over(officer)
            self.say(phrase("{handle} acts now", handle=officer.handle))
            self.base_screen.reread()

    def get_system_commands(self, screen: Screen[Any]) -> Iterable[SystemCommand]:
        """Every action of the present screen with its key, then the themes."""
        return commands(self, screen)
