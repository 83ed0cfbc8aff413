"""The golden hour: paste a report, see what it says and what would leave, send the stop."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import ClassVar, cast

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, Vertical, VerticalScroll
from textual.content import Content
from textual.document._document import Location
from textual.widgets import Input, TextArea

from models.facts import ReportFact
from models.language.phrase import phrase
from models.language.shown import shown
from models.queries.installation.officers import OfficerView
from recovery_flows.cases.case_officer import CaseOfficer
from recovery_flows.cases.report_and_stop import stop_at_once
from recovery_flows.cases.views.report_preview import Checked
from recovery_flows.wording import counted
from tui.act_log import command
from tui.key_waits import Wait
from tui.panels.report import checked_lines, message_figures, why_nobody
from tui.screen_queries import Source
from tui.screens.dialogs import Confirm
from tui.screens.live import LiveScreen
from tui.screens.questions import AlreadyReported, SecondReport
from tui.widgets.block import Block
from tui.widgets.reworded import Notice, Prompt

DRAFT = "report:"
"""The prefix of the keys under which this screen's drafts are kept."""
EMPTY = phrase(
    "Paste a report here, or type it: a row with its header, JSON, or lines "
    "such as\n\nvictim: NAME\nphone: NUMBER\nfrom account: NUMBER (BANK)\nto "
    "account: NUMBER (BANK)\npayee: NAME\namount: CNY 12,345.60\ntime: 2026-03-02 "
    "14:05\nreport: NUMBER\n\n受害人、电话、付款账号、收款账号、金额、转账时间 are read too."
)


@dataclass(frozen=True, slots=True)
class _Asked:
    """The text and reading on the screen when the officer was asked to confirm."""

    text: str = field(repr=False)
    case_number: str
    officer: OfficerView | None


class ReportScreen(LiveScreen):
    """A paste area, the fields as they are read, and the exact stop-payment."""

    AUTO_FOCUS = "#pasted"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+s", "send", "Send the stop", tooltip="Show the message, then send it"),
        Binding("escape", "back", "Back, text kept"),
        Binding("ctrl+l", "clear", "Clear", show=False, tooltip="Empty the text"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._asked = _Asked("", "", None)
        self._shown: tuple[_Asked, Checked | None] | None = None
        self._received_at: datetime | None = None
        self._wait: Wait | None = None
        self._taken_id = ""
        self.is_ready = True  # typing waits for no reading

    def compose_body(self) -> ComposeResult:
        with Container(id="report"):
            with Vertical(id="paste"):
                yield TextArea(
                    "", id="pasted", placeholder=shown(phrase("paste or type the report"))
                )
                yield Prompt(phrase("case number; else the text's own"), "case")
            with VerticalScroll(id="checked", can_focus=True):
                yield Notice(EMPTY)
                yield Block(self._reading, node_id="reading")

    def _now_asked(self) -> _Asked:
        text = self.query_one("#pasted", TextArea).text
        return _Asked(text, self.query_one("#case", Input).value, self.acting_app.officer)

    def aim(self) -> None:
        """Take the present text; if a reading is under way, another follows it."""
        self._asked = self._now_asked()

    def read(self, source: Source) -> tuple[_Asked, Checked | None]:
        """The text as the program reads it."""
        asked = self._asked
        if not asked.text.strip():
            return asked, None
        found = source.preview_report(
            asked.text, asked.case_number, self._received_at, asked.officer
        )
        return asked, found

    def show_view(self, view: object) -> None:
        """Show the reading, unless the text has changed since: then it is read again."""
        asked, checked = cast("tuple[_Asked, Checked | None]", view)
        if asked != self._now_asked():
            self.reread()
            return
        self._shown = (asked, checked)
        if checked is None:
            self._received_at = None
        elif self._received_at is None:
            self._received_at = checked.now
        self.query_one(Notice).display = checked is None
        self.query_one("#reading", Block).value = checked
        if self._wait is not None:
            wait, self._wait = self._wait, None
            self.acting_app.answer(wait, self._ask)

    def show_failure(self, sentence: str) -> None:
        """Show the failure; what was about to be sent is not sent."""
        super().show_failure(sentence)
        if self._wait is not None:
            wait, self._wait = self._wait, None
            self.acting_app.answer(wait, lambda: self.acting_app.say(sentence, refused=True))

    def _refusal(self) -> str:
        """Why nothing can be sent from this screen; "" where it can."""
        app = self.acting_app
        return (
            phrase("the screen is read-only: R ends that")
            if app.read_only
            else why_nobody(app.officer)
        )

    def _reading(self, checked: Checked, width: int) -> list[Content]:
        return checked_lines(checked, width, self._refusal())

    def accept_paste(self, text: str) -> None:
        """Put a paste into the report; ask first where one is open."""
        area = self.query_one("#pasted", TextArea)
        area.focus()
        is_long = len(text.strip().splitlines()) > 1
        if is_long and area.text.strip() and area.selected_text != area.text:
            self._ask_second(area, text)
        else:
            self._insert(area, text, *area.selection)

    def _insert(self, area: TextArea, text: str, start: Location, end: Location) -> None:
        area.move_cursor(area.replace(text, start, end).end_location)

    def _ask_second(self, area: TextArea, text: str) -> None:
        app, end = self.acting_app, area.document.end

        def answered(answer: str | None) -> None:
            if answer is None:
                app.say(phrase("the paste was not taken: the report is as it was"), refused=True)
            elif answer == "add":
                self._insert(area, f"\n{text}", end, end)
            else:
                self._received_at = None
                self.query_one("#case", Input).value = ""
                self._insert(area, text, (0, 0), end)
                app.say(
                    phrase("the report before it was replaced unsent: ctrl+z brings its text back")
                )

        lines = counted(len(text.strip().splitlines()), "line")
        app.push_screen(SecondReport(self._now_asked().case_number.strip(), lines), answered)

    def on_text_area_changed(self) -> None:
        self._changed()

    def on_input_changed(self) -> None:
        self._changed()

    def _changed(self) -> None:
        """Drop a refusal that was about the text before this change."""
        self._keep()
        if self.acting_app.said.refused:
            self.acting_app.unsay()
        self.reread()

    def on_input_submitted(self) -> None:
        self.action_send()

    def _keep(self) -> None:
        """Half-typed text outlives the screen, and quitting asks before it is lost."""
        asked, drafts = self._now_asked(), self.acting_app.drafts
        for name, text in (("text", asked.text), ("case", asked.case_number)):
            if text.strip():
                drafts[DRAFT + name] = text
            else:
                drafts.pop(DRAFT + name, None)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Nothing is sent while the screen is read-only."""
        del parameters
        return None if action == "send" and self.acting_app.read_only else True

    def action_send(self) -> None:
        wait = self.acting_app.hold_keys(phrase("reading the report"))
        if self._shown is not None and self._shown[0] == self._now_asked():
            self.acting_app.answer(wait, self._ask)
        else:
            self._wait = wait
            self.reread()

    def _ask(self) -> None:
        """Refuse with the reason, or show the exact message and wait for a yes."""
        app, checked = self.acting_app, self._shown[1] if self._shown else None
        refusal = phrase("there is no report yet: paste it") if checked is None else checked.why_not
        refusal = self._refusal() or refusal
        report = checked.pasted.report if checked else None
        if refusal or checked is None or report is None:
            app.say(refusal, refused=True)
            return
        if checked.already:
            self._ask_whether_another(report, checked)
        else:
            self._ask_to_send(report, checked)

    def _ask_whether_another(self, report: ReportFact, checked: Checked) -> None:
        """Ask whether to open the recovery that has this payment, or to report another payment."""
        app = self.acting_app

        def answered(answer: str | None) -> None:
            if answer == "open":
                app.open_recovery(checked.known_id)
            elif answer == "another":
                self._ask_to_send(report, checked)

        app.push_screen(AlreadyReported(checked.already), answered)

    def _ask_to_send(self, report: ReportFact, checked: Checked) -> None:
        app, asked = self.acting_app, self._now_asked()

        def answered(answer: str | None) -> None:
            if answer is not None:
                send = partial(self._send, report, checked)
                app.perform(send, DRAFT, partial(self._sent, asked), command=command("stop", "-"))

        title = (
            phrase("Send this stop-payment?") if checked.message else phrase("Accept the report?")
        )
        sentence = _QUESTION if checked.message else phrase("No stop-payment can be sent first.")
        if checked.already:
            sentence = phrase(
                "You decide that this is another payment: {already}. {sentence}",
                already=checked.already,
                sentence=sentence,
            )
        question = Confirm(title, sentence, message_figures(checked), also=checked.also)
        app.push_screen(question, answered)

    def _send(self, report: ReportFact, checked: Checked, acting: CaseOfficer) -> str:
        done = stop_at_once(
            acting, report, checked.case_number, knowing=checked.also,
            another_payment=bool(checked.already),
        )  # fmt: skip
        self._taken_id = done.recovery_id  # read after the act is done, on the screen's thread
        return done.sentence

    def _sent(self, asked: _Asked) -> None:
        """Show the recovery, and clear the text unless it has changed since."""
        if self._now_asked() == asked:
            self.action_clear()
        self._keep()
        if self.is_current:
            self.acting_app.open_recovery(self._taken_id)
            self.acting_app.came_from = "now"

    def action_clear(self) -> None:
        self.query_one("#pasted", TextArea).text = ""
        self.query_one("#case", Input).value = ""

    def action_back(self) -> None:
        came_from = self.acting_app.came_from
        self.acting_app.action_go("now" if came_from == "report" else came_from)


_QUESTION = phrase("This goes to the bank at once; another person confirms it afterwards.")
