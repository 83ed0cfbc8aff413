"""The terminal of the project: what needs doing now, one recovery, approvals, the summary."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from threading import Event
from typing import Any, ClassVar, cast

from textual import work
from textual.app import App, SystemCommand
from textual.binding import Binding, BindingType
from textual.reactive import reactive
from textual.screen import Screen

from models.safe_text import safe
from recovery_flows.desk import Desk
from recovery_flows.desk.log_in import Identity
from tui.acting import DESK_ERRORS
from tui.messages import DatabaseChanged, Done, Said, StatusRead, StepAsked
from tui.palette import commands
from tui.screens.approvals import ApprovalsScreen
from tui.screens.clocks import ClocksScreen
from tui.screens.dialogs import Confirm, PickOfficer
from tui.screens.help import HelpScreen
from tui.screens.live import LiveScreen
from tui.screens.now import NowScreen
from tui.screens.partners import PartnersScreen
from tui.screens.recovery import RecoveryScreen
from tui.screens.report import ReportScreen
from tui.screens.summary import SummaryScreen
from tui.screens.trace import TraceScreen
from tui.source import READ_ERRORS, Source, sentence_of
from tui.stepping import ask_step
from tui.theme import THEMES
from tui.watching import watch
from tui.widgets.header import HeaderBar, HeaderValue

NO_ENGINE = "○ no engine runs: nothing is polled or sent; start one with `recovery engine`"


class RecoveryApp(App[int]):
    """Screens over one case database; every write goes through the desk, in a thread."""

    TITLE = "recovery"
    CSS_PATH = "app.tcss"
    ENABLE_COMMAND_PALETTE = True
    COMMAND_PALETTE_BINDING = "ctrl+p"
    MODES: ClassVar[dict[str, str | Callable[[], Screen[Any]]]] = {
        "now": NowScreen,
        "recovery": RecoveryScreen,
        "approvals": ApprovalsScreen,
        "summary": SummaryScreen,
        "trace": TraceScreen,
        "clocks": ClocksScreen,
        "partners": PartnersScreen,
        "report": ReportScreen,
    }
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("1", "go('now')", "Now", show=False, tooltip="What needs doing now"),
        Binding("2", "go('recovery')", "Recovery", show=False, tooltip="One recovery"),
        Binding("3", "go('approvals')", "Approvals", show=False, tooltip="A second person's turn"),
        Binding("t", "go('trace')", "Trace", tooltip="The money under every rule"),
        Binding("i", "go('report')", "Report", show=False, tooltip="Take in a report, stop money"),
        Binding("4", "go('summary')", "Summary", show=False, tooltip="Sums, rates, counts"),
        Binding("5", "go('partners')", "Partners", show=False, tooltip="How partners answer"),
        Binding("6", "go('clocks')", "Clocks", show=False, tooltip="Everything that runs out"),
        Binding("question_mark", "help", "Help", key_display="?", show=False),
        Binding("colon", "command_palette", "Commands", key_display=":", show=False),
        Binding("o", "pick_officer", "Who acts", tooltip="Change who acts"),
        Binding("R", "toggle_read_only", "Read-only", show=False, tooltip="Read-only on or off"),
        Binding("p", "toggle_pause", "Pause", show=False, tooltip="Stop or go on refreshing"),
        Binding("q", "leave", "Quit"),
    ]
    officer: reactive[Identity | None] = reactive(None, init=False)
    read_only: reactive[bool] = reactive(default=False, init=False)
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
    ) -> None:
        super().__init__()
        self.source, self.officers, self.unit_name = source, officers, unit_name
        self.time_zone, self.recovery_id = time_zone, recovery_id
        self.drafts: dict[str, str] = {}
        self._story, self._start_screen = story, start_screen
        self._status: StatusRead | None = None
        self._said = Said("")
        self._gone = Event()
        self.came_from, self.wanted_approval = "now", ""
        self.set_reactive(RecoveryApp.officer, officer)

    def on_mount(self) -> None:
        for theme in THEMES:
            self.register_theme(theme)
        self.theme = "recovery"
        self.switch_mode(self._start_screen)
        self._watch_database()
        self._read_status()

    def on_unmount(self) -> None:
        self._gone.set()

    @work(thread=True)
    def _watch_database(self) -> None:
        watch(self.source.database, self._gone, lambda: self.post_message(DatabaseChanged()))

    @work(thread=True, group="status")
    def _read_status(self) -> None:
        story = self._story() if self._story else None
        try:
            self.post_message(StatusRead(self.source.status(), story))
        except READ_ERRORS as error:
            self.post_message(
                Done(Said(f"{sentence_of(error)}; see `recovery doctor`", refused=True))
            )

    def on_database_changed(self) -> None:
        if not self.paused and self.screen_stack:
            self._read_status()
            self.base_screen.reread()

    def on_status_read(self, message: StatusRead) -> None:
        self._status = message
        self.tell_header()

    @property
    def base_screen(self) -> LiveScreen:
        """The screen under whatever dialog is open."""
        return cast("LiveScreen", self.screen_stack[0])

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
            red=page.attention_count if page else 0,
        )
        is_idle = page is not None and not page.engine.alive and not self._said.sentence
        screen.said = Said(NO_ENGINE, idle=True) if is_idle else self._said
        screen.refresh_bindings()

    def say(self, sentence: str, *, refused: bool = False) -> None:
        """Say in one sentence what was done or refused: a notice, and the line above the keys."""
        self._said = Said(safe(sentence), refused)
        self.notify(
            safe(sentence),
            severity="warning" if refused else "information",
            timeout=6,
            markup=False,
        )
        self.tell_header()

    def desk(self) -> Desk:
        """The desk of the identity that acts now."""
        return Desk(self.source.database, self.source.laws, self.officer)

    def perform(self, work_at: Callable[[Desk], str], drafts: str = "") -> None:
        """Let the desk act in a thread; drafts whose key begins with `drafts` go when it did."""
        if self.read_only:
            self.say("the screen is read-only: R ends that", refused=True)
        else:
            self._perform(work_at, self.desk(), drafts)

    @work(thread=True, group="act")
    def _perform(self, work_at: Callable[[Desk], str], desk: Desk, drafts: str) -> None:
        try:
            self.post_message(Done(Said(work_at(desk)), drafts))
        except DESK_ERRORS as error:
            self.post_message(Done(Said(sentence_of(error), refused=True)))

    def on_done(self, message: Done) -> None:
        if message.drafts:
            for key in [k for k in self.drafts if k.startswith(message.drafts)]:
                del self.drafts[key]
        self.say(message.said.sentence, refused=message.said.refused)
        self.base_screen.reread()

    @work(thread=True, group="step", exclusive=True)
    def next_step(self, recovery_id: str) -> None:
        """Read a recovery in order to do its next step."""
        try:
            self.post_message(StepAsked(self.source.page(recovery_id, self.officer)))
        except READ_ERRORS as error:
            self.post_message(Done(Said(sentence_of(error), refused=True)))

    def on_step_asked(self, message: StepAsked) -> None:
        ask_step(self, message.page)

    def open_recovery(self, recovery_id: str) -> None:
        """Show one recovery on its page."""
        self.recovery_id = recovery_id
        self.came_from = self.current_mode
        self.switch_mode("recovery")

    def open_approval(self, approval_id: str) -> None:
        """Show one approval among those that wait."""
        self.wanted_approval = approval_id
        self.action_go("approvals")

    def action_go(self, screen: str) -> None:
        if screen == self.current_mode or len(self.screen_stack) > 1:
            return
        if screen in ("recovery", "report"):
            self.came_from = self.current_mode
        if screen in ("recovery", "trace"):
            self.recovery_id = self.base_screen.chosen_id or self.recovery_id
        self.switch_mode(screen)

    def on_header_bar_tab_chosen(self, message: HeaderBar.TabChosen) -> None:
        self.action_go(message.screen)

    def action_help(self) -> None:
        if not isinstance(self.screen, HelpScreen):
            self.push_screen(HelpScreen(self.screen))

    def action_toggle_read_only(self) -> None:
        self.read_only = not self.read_only
        self.say("read-only: nothing can be written" if self.read_only else "read-only ended")
        self.base_screen.reread()

    def action_toggle_pause(self) -> None:
        self.paused = not self.paused
        self.say("refreshing is paused: p goes on" if self.paused else "refreshing goes on")
        if not self.paused:
            self.post_message(DatabaseChanged())

    def action_pick_officer(self) -> None:
        if self.officers:
            self.push_screen(PickOfficer(self.officers), self._take_officer)
        else:
            self.say("there is no other identity for this user", refused=True)

    def _take_officer(self, officer: Identity | None) -> None:
        if officer is not None:
            self.officer = officer
            self.say(f"{officer.handle} acts now")
            self.base_screen.reread()

    def action_leave(self) -> None:
        if not self.drafts:
            self.exit(0)
            return
        text = f"{len(self.drafts)} half-typed texts would be lost."
        self.push_screen(
            Confirm("Quit?", text, (("kept", "everything that was recorded"),)), self._leave
        )

    def _leave(self, answer: str | None) -> None:
        if answer is not None:
            self.exit(0)

    def get_system_commands(self, screen: Screen[Any]) -> Iterable[SystemCommand]:
        """Every action of the present screen with its key, then the themes."""
        return commands(self, screen)
