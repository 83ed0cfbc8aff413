"""The restitution workbench: from the claims of one recovery to the receipts of its victims."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import ClassVar, cast

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, Vertical, VerticalScroll
from textual.content import Content

from models.action_kinds import ActionKind
from models.entities.claim import ObjectionState
from models.entities.officer import Role
from models.language.phrase import phrase
from recovery_flows.cases.views.queue import QueueQuery
from recovery_flows.cases.views.restitution_views import (
    ClaimStanding,
    ObjectionLine,
    RestitutionPage,
)
from tui.panels import objections, restitution
from tui.panels.other_ways import WAY_COMMANDS, ways_lines
from tui.screen_queries import Source
from tui.screens.dialogs import FullText
from tui.screens.looks.copies import Copied, row_text
from tui.screens.looks.documents import ask_documents
from tui.screens.objections import ask_decision, ask_objection
from tui.screens.other_ways import ask_act
from tui.screens.sized import SizedScreen
from tui.widgets.block import Block, Panel
from tui.widgets.claims import ClaimsTable
from tui.widgets.paged_table import PAGE_LINES, TablePage
from tui.widgets.reworded import Notice

NOTHING = phrase(
    "No recovery is chosen.\n\nPress 1, put the cursor on a line of the queue "
    "and press 7, or open one with Enter and press 7."
)
NO_CLAIM = phrase("Put the cursor on a claim first.")
IN_FULL = {"objections": objections.objections_lines, "rounds": restitution.rounds_lines}


class RestitutionScreen(SizedScreen):
    """Claims and evidence, rounds, rules side by side, objections, and the key for what is next."""

    AUTO_FOCUS = "ClaimsTable"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("n", "next_step", "Next", tooltip="Do the next step of this recovery"),
        Binding("c", "by_rule", "Rules", tooltip="What each claim would get by every rule"),
        Binding("e", "enter", "Object", tooltip="Enter an objection for this claim"),
        Binding("d", "decide", "Decide", show=False, tooltip="Decide an objection that is open"),
        Binding("m", "money", "Ways", tooltip="Voluntary returns and recalls"),
        Binding("w", "write", "PDF", tooltip="Write the papers of the return as PDF"),
        Binding("r", "other_round", "Round", show=False, tooltip="The rules over another round"),
        Binding("v", "view", "In full", show=False, tooltip="Show the panel in full"),
        Binding("escape", "back", "Back", show=False, tooltip="To the recovery"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self.page: RestitutionPage | None = None
        self._look, self._allocation = QueueQuery(), ""

    def compose_body(self) -> ComposeResult:
        yield Notice(NOTHING)
        yield Block(restitution.head_lines, node_id="head")
        with Container(id="split"):
            with Vertical(id="claims-side"):
                yield ClaimsTable("claims-table")
                yield Panel(phrase("This claim"), self._claim, "claim")
            with VerticalScroll(id="rounds-side", can_focus=False):
                yield Panel(phrase("Next step"), self._next, "next")
                yield Panel(phrase("Objections"), self._objections, "objections")
                yield Panel(phrase("Rounds"), self._rounds, "rounds")
                yield Panel(phrase("Money by other ways"), self._ways, "ways")
                yield Panel(phrase("Rules side by side"), self._rules, "rules")

    def on_mount(self) -> None:
        self._show_parts(is_there=False)

    def _show_parts(self, *, is_there: bool) -> None:
        self.query_one("#notice").display = not is_there
        for part in ("#head", "#split"):
            self.query_one(part).display = is_there

    @property
    def chosen_id(self) -> str:
        """The recovery on the page."""
        return self.page.recovery_id if self.page else ""

    @property
    def claim(self) -> ClaimStanding | None:
        """The claim under the cursor."""
        return self.query_one(ClaimsTable).cursor_line

    @property
    def zone(self) -> str:
        """The time zone of the recovery's law."""
        law = self.acting_app.source.laws.get(self.page.regime) if self.page else None
        return law.time_zone if law else self.acting_app.time_zone

    def aim(self) -> None:
        """Read the claims around the screen again; those of another recovery go at once."""
        if self.page is not None and self.page.recovery_id != self.acting_app.recovery_id:
            self.page, self.is_ready, self._allocation = None, False, ""
            self._show_parts(is_there=False)
            self.query_one(Notice).tell(phrase("reading the restitution …"))
            self.query_one(ClaimsTable).page = TablePage(())
        self._look = self.query_one(ClaimsTable).look()

    def read(self, source: Source) -> RestitutionPage | None:
        """The claims in sight and all that is decided of them; None where none is chosen."""
        recovery_id = self.acting_app.recovery_id
        if not recovery_id:
            return None
        return source.restitution(recovery_id, self._look, PAGE_LINES, self._allocation)

    def show_view(self, view: object) -> None:
        """Fill the table and the panels."""
        page = cast("RestitutionPage | None", view)
        if page is not None and page.recovery_id != self.acting_app.recovery_id:
            self.is_ready = False  # it is read again already
            return
        self.page = page
        self._show_parts(is_there=page is not None)
        self.query_one(Notice).tell(NOTHING)
        if page is None:
            return
        table = self.query_one(ClaimsTable)
        table.rules = tuple(rule.name for rule in page.rules)
        table.page = TablePage(page.claims, page.offset, page.total, page.at_row)
        self.query_one("#head", Block).value = page
        for panel in self.query("#rounds-side Panel").results(Panel):
            panel.value = page
        open_ones = sum(o.state is ObjectionState.OPEN for o in page.objections)
        told = (
            phrase("Objections: {open_ones} open", open_ones=open_ones)
            if page.objections
            else phrase("Objections")
        )
        self.query_one("#objections", Panel).title = told

    def show_failure(self, sentence: str) -> None:
        """Say it, and on the page too where nothing was read yet."""
        super().show_failure(sentence)
        if self.page is None:
            told = phrase("The restitution cannot be read: {sentence}.", sentence=sentence)
            self.query_one(Notice).tell(told)

    def on_paged_table_page_wanted(self) -> None:
        self.reread()

    def on_line_table_highlighted(self) -> None:
        self.query_one("#claim", Panel).value = self.claim
        self.query_one("#rules", Panel).value = self.page

    def on_line_table_opened(self) -> None:
        """The explanation of one victim's share, nobody else in it."""
        page, claim, app = self.page, self.claim, self.acting_app
        if page is None or claim is None:
            return
        read = partial(app.source.explained, page.recovery_id, claim.claim_id, page.allocation_id)

        def show(told: tuple[str, ...]) -> None:
            command = f"recovery rounds {page.ref} --explain {claim.claim_id}"
            value = (claim, told, self.zone, command)
            title = phrase("{ref}: claim {number}", ref=page.ref, number=claim.number)
            app.push_screen(FullText(title, objections.explained_lines, value))

        app.ask_after(phrase("reading the explanation"), read, show)

    def _claim(self, claim: ClaimStanding, width: int) -> list[Content]:
        return objections.claim_lines(claim, self.zone, width)

    def _next(self, page: RestitutionPage, width: int) -> list[Content]:
        return restitution.next_lines(page, self.acting_app.officer, self.zone, width)

    def _rounds(self, page: RestitutionPage, width: int) -> list[Content]:
        return restitution.rounds_lines(page, self.zone, width)

    def _ways(self, page: RestitutionPage, width: int) -> list[Content]:
        return ways_lines(page, self.zone, width)

    def _rules(self, page: RestitutionPage, width: int) -> list[Content]:
        return restitution.rules_lines(page, self.claim, self.zone, width)

    def _objections(self, page: RestitutionPage, width: int) -> list[Content]:
        return objections.objections_lines(page, self.zone, width)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Acting is out of reach while the screen is read-only."""
        del parameters
        acts = action in ("next_step", "enter", "decide", "money", "write")
        return None if acts and self.acting_app.read_only else True

    def action_next_step(self) -> None:
        page = self.page
        if page is None:
            return
        step = restitution.step_on_screen(page)
        if step is not None and step.action == ActionKind.DECIDE_OBJECTION:
            self._ask_decision(
                next(o for o in page.objections if o.objection_id == step.subject_id)
            )
        elif step is not None and step.action in WAY_COMMANDS:
            self.action_money()
        elif step is not None and step.action == ActionKind.APPROVE and self._is_own(step.role):
            self.acting_app.open_approval(step.subject_id)
        else:
            self.acting_app.next_step(page.recovery_id)

    def _is_own(self, role: Role) -> bool:
        officer = self.acting_app.officer
        return officer is not None and role in officer.roles

    def action_money(self) -> None:
        if self.page is not None:
            ask_act(self.acting_app, self.page)

    def action_by_rule(self) -> None:
        table, page = self.query_one(ClaimsTable), self.page
        if page is not None and not page.rules:
            self.acting_app.say(phrase("nothing is distributed yet: there are no rules to compare"))
            return
        table.by_rule = not table.by_rule
        if table.by_rule:
            table.sorted_by = None

    def action_other_round(self) -> None:
        """The rules over the distribution before the one that they are over now."""
        page = self.page
        rounds = [r.allocation_id for r in page.rounds if not r.why_void] if page else []
        if page is not None and page.allocation_id in rounds:
            place = rounds.index(page.allocation_id)
            self._allocation = rounds[(place + 1) % len(rounds)]
            self.reread()

    def action_enter(self) -> None:
        if self.page is None or self.claim is None:
            self.acting_app.say(NO_CLAIM, refused=True)
        else:
            ask_objection(self.acting_app, self.page, self.claim)

    def action_decide(self) -> None:
        page, claim = self.page, self.claim
        waiting = [o for o in page.objections if o.state is ObjectionState.OPEN] if page else []
        if not waiting:
            self.acting_app.say(phrase("there is no open objection to decide"), refused=True)
            return
        own = [o for o in waiting if claim is not None and o.claim_id == claim.claim_id]
        self._ask_decision((own or waiting)[0])

    def _ask_decision(self, one: ObjectionLine) -> None:
        if self.page is not None:
            ask_decision(self.acting_app, self.page, one, self.zone)

    def action_write(self) -> None:
        """Write notices, decisions and receipts into a folder that is asked for."""
        if self.page is not None:
            ask_documents(self.acting_app, self.page)

    def action_view(self) -> None:
        panel = self.focused
        if self.page is not None and isinstance(panel, Panel):
            value = self.claim if panel.id == "claim" else self.page
            builder = panel.builder
            if lines := IN_FULL.get(panel.id or ""):
                builder = lambda p, w: lines(p, self.zone, w, full=True)  # noqa: E731 - a panel in full
            title = phrase("{ref}: {title}", ref=self.page.ref, title=panel.title)
            self.app.push_screen(FullText(title, builder, value))

    def copies(self) -> Sequence[Copied]:
        """The claim's id, its row."""
        claim, table = self.claim, self.query_one(ClaimsTable)
        if claim is None:
            return ()
        row = Copied(phrase("the row"), row_text(table.cells(claim)))
        return Copied(phrase("the id"), claim.claim_id), row

    def action_back(self) -> None:
        self.acting_app.action_go("recovery")
