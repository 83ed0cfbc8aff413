"""The key `m` on a recovery: one field in clear, for a reason, for a minute; the look is logged."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.widgets import Label, OptionList

from models.language.phrase import phrase
from models.queries.cases.views import RecoveryPage
from recovery_flows.access.disclosures import OF_ACCOUNT, OF_CLAIM, reveal
from recovery_flows.cases.case_officer import CaseOfficer
from recovery_flows.wording import spoken
from tui.layout import Figures, figures_lines
from tui.screens.dialogs import AskLine, Dialog
from tui.state_styles import MUTED
from tui.text import word, words

if TYPE_CHECKING:
    from tui.context import Terminal

SHOWN_SECONDS = 60
WHY = phrase("Why do you need it? Your name, the field, the reason and the time are recorded.")


class Revealable(NamedTuple):
    """A field of a victim or an account, and how it is named while it is masked."""

    subject_id: str
    field: str
    masked: str


def revealable(page: RecoveryPage) -> Iterator[Revealable]:
    """What can be revealed of a recovery, one field each."""
    for claim in page.claims:
        masked = phrase("victim {victim} {account}", victim=claim.victim, account=claim.account)
        yield from (Revealable(claim.claim_id, name, masked) for name in OF_CLAIM)
    for asset in page.assets:
        masked = phrase("account {account} at {bank}", account=asset.account, bank=asset.bank)
        yield from (Revealable(asset.asset_id, name, masked) for name in OF_ACCOUNT)


def ask_reveal(app: Terminal, page: RecoveryPage) -> None:
    """Ask which field and why, then show it for a minute."""
    choices = tuple(revealable(page))

    def chosen(one: Revealable | None) -> None:
        if one is not None:
            question = AskLine(
                phrase("Reveal {spelled}", spelled=_spelled(one)), WHY, phrase("the reason")
            )
            app.push_screen(question, lambda reason: _show(app, page, one, reason))

    app.push_screen(PickField(page.ref, choices), chosen)


def _show(app: Terminal, page: RecoveryPage, one: Revealable, reason: str | None) -> None:
    if reason is None:
        return
    found: list[tuple[str, str]] = []

    def look(acting: CaseOfficer) -> str:
        values = reveal(acting, page.recovery_id, [one.field], one.subject_id, reason)
        found.extend(values.items())
        return phrase(
            "{ref}: {spelled} is shown for a minute; the look is recorded",
            ref=page.ref,
            spelled=_spelled(one),
        )

    app.perform(look, then=lambda: app.push_screen(Revealed(_spelled(one), tuple(found))))


def _spelled(one: Revealable) -> str:
    return phrase("{field} of {masked}", field=spoken(one.field), masked=one.masked)


class PickField(Dialog[Revealable]):
    """Asks which field of whom is to be seen."""

    def __init__(self, ref: str, choices: tuple[Revealable, ...]) -> None:
        super().__init__(phrase("{ref}: reveal which data?", ref=ref))
        self._choices = choices

    def compose_question(self) -> ComposeResult:
        told = phrase("Shown for a minute to the officer in charge and to supervisors.")
        yield Label(word(told, MUTED), classes="question")
        yield OptionList(
            *(words((spoken(one.field), "bold"), "  ", one.masked) for one in self._choices)
        )

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        self.dismiss(self._choices[event.option_index])


class Revealed(Dialog[None]):
    """Shows it until the minute ends, or Esc."""

    def __init__(self, title: str, figures: Figures) -> None:
        super().__init__(title)
        self._figures, self._left = figures, SHOWN_SECONDS

    def compose_question(self) -> ComposeResult:
        with VerticalScroll(can_focus=False):
            yield self.block(figures_lines, self._figures)
        yield Label("", id="left")

    def on_mount(self) -> None:
        self._tell_left()
        self.set_interval(1, self.pass_second)

    def pass_second(self) -> None:
        """One second less; at the end it is masked again."""
        self._left -= 1
        if self._left <= 0:
            self.dismiss(None)
        else:
            self._tell_left()

    def _tell_left(self) -> None:
        left = phrase("masked again in {left} s, or with Esc", left=self._left)
        self.query_one("#left", Label).update(word(left, MUTED))
