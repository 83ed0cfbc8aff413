"""Partners: which of them answer, how fast, whether calls pass, whom to telephone at night."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, cast

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.timer import Timer
from textual.widgets import Static

from models.language.phrase import phrase
from recovery_flows.cases.case_officer import CaseOfficer
from recovery_flows.cases.pages.partner import written
from recovery_flows.partners.breaker_state import BreakerState
from recovery_flows.partners.contacts import Contacts, show_contacts
from recovery_flows.partners.page import PartnerPage
from recovery_flows.wording import counted
from tui.act_guards import DESK_ERRORS
from tui.messages import ContactsShown, Done, StatusMessage
from tui.panels.partner import detail_lines
from tui.screen_queries import Source, sentence_of
from tui.screens.dialogs import AskLine, FullText
from tui.screens.looks.copies import Copied
from tui.screens.sized import SizedScreen
from tui.state_styles import ALARM, MUTED
from tui.text import word, words
from tui.widgets.block import Block
from tui.widgets.partners import PartnersTable
from tui.widgets.reworded import Notice

SHOWN_SECONDS = 60.0
ROOMY = 120
EMPTY = phrase(
    "No partner is registered.\n\nAdd one with `recovery partner add`; it stands here at once."
)
WHY = phrase("Why do you need the contacts? It is kept sealed, with your name and the time.")


class PartnersScreen(SizedScreen):
    """The register with the page of the partner under the cursor."""

    AUTO_FOCUS = "PartnersTable"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("m", "show_contacts", "Contacts", tooltip="Contacts in clear for a minute"),
        Binding("escape", "back", "Back", tooltip="Mask contacts, or back to the queue"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._has_read = False
        self._clear: tuple[str, Contacts] | None = None
        self._masking: Timer | None = None

    def compose_body(self) -> ComposeResult:
        yield Static("", id="counts", markup=False)
        yield Notice(phrase("reading …"))
        yield PartnersTable("partners")
        with VerticalScroll(id="detail"):
            yield Block(detail_lines, node_id="partner")

    def read(self, source: Source) -> tuple[PartnerPage, ...]:
        """Every partner's page."""
        return source.partners()

    def show_view(self, view: object) -> None:
        """Fill the table; the detail follows its cursor."""
        pages = cast("tuple[PartnerPage, ...]", view)
        self._has_read = True
        self.query_one(PartnersTable).lines = pages
        for name in ("#partners", "#detail"):
            self.query_one(name).display = bool(pages)
        notice = self.query_one(Notice)
        notice.display = not pages
        notice.tell(EMPTY)
        self.query_one("#counts", Static).update(_counts(pages, self.size.width))

    def show_failure(self, sentence: str) -> None:
        """Say it, and on the page too where nothing was read yet."""
        super().show_failure(sentence)
        if not self._has_read:
            self.query_one(Notice).tell(
                phrase("Partners cannot be read: {sentence}.", sentence=sentence)
            )

    @property
    def page(self) -> PartnerPage | None:
        """The partner under the cursor."""
        return self.query_one(PartnersTable).cursor_line

    def on_line_table_highlighted(self) -> None:
        if self._clear is not None and (self.page is None or self.page.row.id != self._clear[0]):
            self.mask()
        else:
            self._show_detail()

    def on_screen_suspend(self) -> None:
        self.mask()

    def _show_detail(self) -> None:
        page, clear, shown = self.page, None, None
        if page is not None:
            if self._clear is not None and self._clear[0] == page.row.id:
                clear = self._clear[1]
            shown = written(page, self.acting_app.time_zone, clear)
        self.query_one("#detail").border_title = word(f" {page.row.id} ") if page else ""
        self.query_one("#partner", Block).value = shown

    def on_line_table_opened(self) -> None:
        """The whole page, masked: it would outlive the minute."""
        page = self.page
        if page is not None:
            masked = written(page, self.acting_app.time_zone)
            self.app.push_screen(FullText(page.row.name, detail_lines, masked))

    def action_show_contacts(self) -> None:
        page, app = self.page, self.acting_app
        if page is None:
            return
        if app.read_only:
            app.say(phrase("the screen is read-only: R ends that"), refused=True)
            return

        def answered(reason: str | None) -> None:
            if reason is not None:
                self._ask_contacts(page.row.id, reason, app.case_officer())

        app.push_screen(
            AskLine(phrase("Contacts of {id}", id=page.row.id), WHY, phrase("the reason")), answered
        )

    @work(thread=True, group="contacts")
    def _ask_contacts(self, partner_id: str, reason: str, acting: CaseOfficer) -> None:
        try:
            found = show_contacts(acting, partner_id, reason)
        except DESK_ERRORS as error:
            self.app.post_message(Done(StatusMessage(sentence_of(error), refused=True)))
        else:
            self.post_message(ContactsShown(partner_id, found))

    def on_contacts_shown(self, message: ContactsShown) -> None:
        """Show them for a minute; then they are masked again, whoever sits there."""
        if not self.is_current:
            return
        self._clear = (message.partner_id, message.contacts)
        if self._masking is not None:
            self._masking.stop()
        self._masking = self.set_timer(SHOWN_SECONDS, self.mask)
        self._show_detail()
        self.acting_app.say(
            phrase(
                "contacts of {partner_id} are shown for a minute: it is noted",
                partner_id=message.partner_id,
            )
        )

    def mask(self) -> None:
        """Mask the contacts now."""
        self._clear = None
        if self._masking is not None:
            self._masking.stop()
            self._masking = None
        self._show_detail()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Showing contacts writes into the history: out of reach while the screen is read-only."""
        del parameters
        return None if action == "show_contacts" and self.acting_app.read_only else True

    def copies(self) -> Sequence[Copied]:
        """The partner's id."""
        return (Copied(phrase("the id"), self.page.row.id),) if self.page is not None else ()

    def action_back(self) -> None:
        if self._clear is not None:
            self.mask()
        else:
            self.acting_app.action_go("now")


def _counts(pages: tuple[PartnerPage, ...], width: int) -> Content:
    shut = sum(page.breaker is not BreakerState.CLOSED for page in pages)
    differ = sum(bool(page.row.disagreement) for page in pages)
    waits = sum(len(page.overdue) for page in pages)
    wrong: list[tuple[object, str] | str] = []
    if shut:
        wrong.append(
            (phrase("  ✕ {connections} not normal", connections=counted(shut, "connection")), ALARM)
        )
    if differ:
        told = counted(differ, "partner's books differ", "partners' books differ")
        wrong.append((phrase("  ‼ {told}", told=told), ALARM))
    if waits:
        told = counted(waits, "order waits too long", "orders wait too long")
        wrong.append((phrase("  ! {told}", told=told), "bold $warning"))
    if not wrong or width >= ROOMY:
        wrong.append(
            (phrase("  times in minutes: agreed, median, 90th percentile of all answers"), MUTED)
        )
    return words(
        (phrase(" {partners}", partners=counted(len(pages), "partner")), "bold $foreground"), *wrong
    )
