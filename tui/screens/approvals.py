"""What waits for a second person: the exact figures, then yes or no."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import ClassVar, cast

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, VerticalScroll
from textual.content import Content
from textual.widgets import Static

from models.language.phrase import phrase
from models.queries.cases.views import ApprovalLine
from recovery_flows.access.registers import decide, is_change
from recovery_flows.approvals.kinds import ApprovalKind
from recovery_flows.cases.case_officer import CaseOfficer
from recovery_flows.cases.pages.approvals import (
    EMPTY as NONE_PENDING,
    act_words,
    asked,
    command_of,
    denial_of,
    detail,
    figures,
    frees_at_once,
    what_yes_does,
    why_denied,
)
from recovery_flows.cases.views.pending_approvals import ApprovalsPage
from recovery_flows.cases.views.queue import QueueQuery
from recovery_flows.wording import counted
from tui.act_guards import why_no_decision
from tui.act_log import command
from tui.panels.page import parts_lines
from tui.screen_queries import Source
from tui.screens.dialogs import AskLine, Confirm, TypeRef
from tui.screens.looks.copies import Copied, row_text
from tui.screens.sized import SizedScreen
from tui.screens.together.approvals import ask_together, looked_at_alone
from tui.state_styles import CARE
from tui.text import word, words
from tui.widgets.approvals import WaitingTable
from tui.widgets.block import Block
from tui.widgets.paged_table import PAGE_LINES, TablePage
from tui.widgets.reworded import Notice

MARKED_MOST = 500
"""Approvals among which marked ones are looked for."""
EMPTY = phrase(
    "{none_pending}\n\nWhat an officer submits stands here at once.", none_pending=NONE_PENDING
)


class ApprovalsScreen(SizedScreen):
    """Pending approvals and what exactly each would bind."""

    AUTO_FOCUS = "WaitingTable"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("a", "approve", "Approve", tooltip="Say yes to exactly these figures"),
        Binding("d", "deny", "Deny", tooltip="Say no, with a reason"),
        Binding(
            "asterisk",
            "mark_all",
            "Mark all",
            key_display="*",
            show=False,
            tooltip="Mark all that are approved together, or none",
        ),
        Binding("escape", "back", "Back", show=False),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._has_read = False
        self._look = QueueQuery()

    def compose_body(self) -> ComposeResult:
        yield Static("", id="counts", markup=False)
        yield Notice(phrase("reading …"))
        with Container(id="split"):
            yield WaitingTable("waiting-table")
            with VerticalScroll(id="detail"):
                yield Block(self._detail, node_id="figures")

    def aim(self) -> None:
        """Read the lines around the screen again, or around an approval that was asked for."""
        look = self.query_one(WaitingTable).look()
        if wanted := self.acting_app.wanted_approval:
            look = replace(look, at_id=wanted, follows=True)
        self._look = look

    def read(self, source: Source) -> ApprovalsPage:
        """Case time and what waits."""
        return source.approvals(self._look, PAGE_LINES, self.acting_app.officer)

    def show_view(self, view: object) -> None:
        """List what waits; the cursor goes to an approval that was asked for."""
        page = cast("ApprovalsPage", view)
        officer = self.acting_app.officer
        table = self.query_one(WaitingTable)
        table.now, table.own_id = page.now, officer.id if officer else ""
        table.page = TablePage(page.lines, page.offset, page.total, page.at_row)
        if page.at_row is not None and self._look.at_id == self.acting_app.wanted_approval:
            self.acting_app.wanted_approval = ""
        self._has_read = True
        self.query_one("#split").display = bool(page.total)
        notice = self.query_one(Notice)
        notice.display = not page.total
        notice.tell(EMPTY)
        self._show_counts()

    def _show_counts(self) -> None:
        table = self.query_one(WaitingTable)
        waits = counted(table.page.total, "approval pending", "approvals pending")
        marked = (
            phrase("  ✓ {marked:,} marked: a approves them", marked=len(table.marked))
            if table.marked
            else ""
        )
        told = words(
            (phrase(" {waits}", waits=waits), "bold $foreground"), (marked, "bold $accent")
        )
        self.query_one("#counts", Static).update(told)

    def show_failure(self, sentence: str) -> None:
        """Say it, and on the page too where nothing was read yet."""
        super().show_failure(sentence)
        if not self._has_read:
            self.query_one(Notice).tell(
                phrase("Approvals cannot be read: {sentence}.", sentence=sentence)
            )

    @property
    def line(self) -> ApprovalLine | None:
        """The approval under the cursor."""
        return self.query_one(WaitingTable).cursor_line

    @property
    def chosen_id(self) -> str:
        """The recovery of the approval under the cursor."""
        return self.line.recovery_id if self.line else ""

    def on_paged_table_page_wanted(self) -> None:
        self.reread()

    def on_line_table_highlighted(self) -> None:
        self.query_one("#detail").border_title = word(f" {self.line.ref} " if self.line else "")
        self.query_one("#figures", Block).value = self.line

    def on_line_table_marked(self) -> None:
        self._show_counts()

    def on_line_table_opened(self) -> None:
        if self.line is not None and self.line.recovery_id:
            self.acting_app.open_recovery(self.line.recovery_id)

    def _detail(self, line: ApprovalLine, width: int) -> list[Content]:
        app = self.acting_app
        refusal = self._refusal(line)
        how = words(("✕ ", CARE), refusal) if refusal else words(
            ("a ", "bold $accent"), phrase("approve   ", context_="act"),
            ("d ", "bold $accent"), phrase("deny"),
        )  # fmt: skip
        zone = app.time_zone
        return [
            word(act_words(line), "bold $foreground"),
            *parts_lines([asked(line)], zone, width),
            *how.wrap(max(1, width)),
            *parts_lines(detail(line), zone, width),
        ]

    def _refusal(self, line: ApprovalLine) -> str:
        app = self.acting_app
        if app.officer is not None and line.asked_by == app.officer.id and not app.read_only:
            return phrase("you asked for it: a second person decides")
        of_register = is_change(line.approval_id)
        return why_no_decision(app.officer, read_only=app.read_only, of_register=of_register)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Deciding is out of reach while the screen is read-only."""
        del parameters
        return None if action in ("approve", "deny") and self.acting_app.read_only else True

    def action_mark_all(self) -> None:
        table = self.query_one(WaitingTable)
        able = (x for x in table.page.lines if not (self._refusal(x) or looked_at_alone(x)))
        table.marked = frozenset() if table.marked else frozenset(x.approval_id for x in able)
        if not table.marked:
            self._show_counts()

    def _approve_marked(self, marked: frozenset[str]) -> None:
        app, table = self.acting_app, self.query_one(WaitingTable)

        def unmark(ids: frozenset[str]) -> None:
            table.marked = table.marked - ids

        def ask(page: ApprovalsPage) -> None:
            lines = [one for one in page.lines if one.approval_id in marked]
            gone = marked - {one.approval_id for one in lines}  # decided by others meanwhile
            unmark(gone)
            if gone and lines:
                app.say(
                    phrase(
                        "{gone} of those marked cannot be found: look for them again",
                        gone=len(gone),
                    )
                )
            if lines:
                ask_together(app, lines, self._refusal, unmark)
            else:
                app.say(phrase("none of those marked is pending any more"), refused=True)

        read = partial(app.source.approvals, QueueQuery(), MARKED_MOST, app.officer)
        app.ask_after(phrase("reading the approvals"), read, ask)

    def action_approve(self) -> None:
        line, app = self.line, self.acting_app
        if marked := self.query_one(WaitingTable).marked:
            self._approve_marked(marked)
            return
        if line is None:
            return

        def answered(authority: str | None) -> None:
            if authority is not None:
                told = command(*command_of(line, authority))
                doing = partial(_approve, line, authority)
                app.perform(doing, command=told, holds_back=True)

        title, text = phrase("Approve: {act}?", act=act_words(line)), what_yes_does(line)
        bound = figures(line)
        if refusal := self._refusal(line):
            app.say(refusal, refused=True)
        elif line.act == ApprovalKind.RETURN:
            app.push_screen(TypeRef(title, text, bound, line.ref), answered)
        else:
            asks = _asks_authority(line)
            question = Confirm(title, text, bound, asks_authority=asks, also=line.also)
            app.push_screen(question, answered)

    def action_deny(self) -> None:
        line, app = self.line, self.acting_app
        if line is None:
            return
        if self.query_one(WaitingTable).marked:
            app.say(phrase("each is denied by itself, with its reason: Esc unmarks"), refused=True)
            return

        def answered(reason: str | None) -> None:
            if reason is not None:
                do, told = partial(_deny, line, reason), command(*denial_of(line))
                app.perform(do, command=told, holds_back=frees_at_once(line))

        if refusal := self._refusal(line):
            app.say(refusal, refused=True)
        else:
            title = phrase("Deny: {act}?", act=act_words(line))
            app.push_screen(AskLine(title, why_denied(line), phrase("reason")), answered)

    def copies(self) -> Sequence[Copied]:
        """The id, the row, what it binds."""
        line, table = self.line, self.query_one(WaitingTable)
        if line is None:
            return ()
        bound = "\n".join(f"{name}\t{value}" for name, value in figures(line))
        row = Copied(phrase("the row"), row_text(table.cells(line)))
        return (
            Copied(phrase("the id"), line.approval_id),
            row,
            Copied(phrase("what it binds"), bound),
        )

    def action_back(self) -> None:
        table = self.query_one(WaitingTable)
        if table.marked:
            table.marked = frozenset()
            return
        self.acting_app.action_go("now")


def _approve(line: ApprovalLine, authority: str, acting: CaseOfficer) -> str:
    if is_change(line.approval_id):
        return decide(acting, line.approval_id, is_yes=True)
    return acting.approve(line.approval_id, authority, knowing=line.also)


def _deny(line: ApprovalLine, reason: str, acting: CaseOfficer) -> str:
    if is_change(line.approval_id):
        return decide(acting, line.approval_id, is_yes=False, reason=reason)
    return acting.deny(line.approval_id, reason, knowing=line.also)


def _asks_authority(line: ApprovalLine) -> bool:
    """Whether somebody outside of the program can have said yes to it."""
    return line.act != ApprovalKind.LETTER_ANSWER and not is_change(line.approval_id)
