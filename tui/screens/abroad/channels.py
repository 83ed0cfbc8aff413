"""The key `B`: which channels are open for an account abroad and why; choose one, draft by it."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.widgets import Label, OptionList
from textual.widgets.option_list import Option

from models.language.phrase import joined, one_of, phrase
from recovery_flows.cases.case_officer import CaseOfficer
from recovery_flows.cases.pages import channel_advice
from recovery_flows.cases.views.channel_advice import AdvisedAccount, ChannelAdvice
from recovery_flows.correspondence.abroad import drafting
from recovery_flows.cross_border.adviser import Advice
from recovery_flows.cross_border.channels import Help, Recipient
from tui.act_log import command
from tui.layout import figures_lines
from tui.screens.dialogs import Dialog
from tui.screens.letters import PaperForm
from tui.state_styles import CARE, GOOD, MUTED
from tui.text import word, words
from tui.widgets.block import Block

if TYPE_CHECKING:
    from tui.context import Terminal

Chosen = tuple[AdvisedAccount, Advice, Help]
_FIELDS = (
    (phrase("authority"), phrase("who is asked, by its plain name; no person")),
    (phrase("language"), phrase("the language of that State, such as fr; empty: en")),
    (phrase("amount"), phrase("in the account's currency; empty: all traced")),
    (phrase("part"), phrase("empty: the same money as is asked for; new: other")),
)


class PickChannel(Dialog[Chosen]):
    """Every channel for each account abroad, open ones first; the reasons of the one under it."""

    AUTO_FOCUS = "OptionList"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("w", "want", "Another kind of help"),
        Binding("escape", "leave", "Back"),
    ]

    def __init__(self, advice: ChannelAdvice) -> None:
        super().__init__(phrase("{ref}: by which channel?", ref=advice.ref))
        self._advice, self._wanted = advice, Help.FREEZE

    def compose_question(self) -> ComposeResult:
        yield Label("", id="told", classes="question")
        yield OptionList(id="channels")
        with VerticalScroll(id="reasons"):
            yield Block(figures_lines, node_id="why")

    def on_mount(self) -> None:
        self._list()

    def _choices(self) -> list[tuple[AdvisedAccount, Advice]]:
        return [(account, one) for account in self._advice.accounts for one in account.advice]

    def _list(self) -> None:
        told = channel_advice.question_text(self._advice.accounts[0].question)
        if (more := len(self._advice.accounts) - 1) > 0:
            others = one_of(more, "; and {number} more account", "; and {number} more accounts")
            told = joined("", [told, others])
        self.query_one("#told", Label).update(
            word(phrase("{told} (w: another kind of help; Tab: its reasons)", told=told), MUTED)
        )
        options = self.query_one(OptionList)
        options.clear_options()
        is_one = len(self._advice.accounts) == 1
        options.add_options(_option(*one, is_one=is_one) for one in self._choices())
        options.highlighted = 0

    def action_want(self) -> None:
        kinds = list(Help)
        self._wanted = kinds[(kinds.index(self._wanted) + 1) % len(kinds)]
        self._advice = self._advice.wanting(self._wanted)
        self._list()

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        event.stop()
        account, one = self._choices()[event.option_index]
        self.query_one("#why", Block).value = tuple(channel_advice.rows(one, account.question))
        self.query_one("#reasons").scroll_home(animate=False)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        account, one = self._choices()[event.option_index]
        self.dismiss((account, one, self._wanted))


def _option(account: AdvisedAccount, one: Advice, *, is_one: bool) -> Option:
    style = GOOD if one.eligible else MUTED
    lacks = (
        phrase("  lacks {missing}", missing=len(one.missing))
        if one.eligible and one.missing
        else ""
    )
    at = (
        ""
        if is_one
        else phrase(
            "  {to_state} {partner_id}",
            to_state=account.question.to_state,
            partner_id=account.partner_id,
        )
    )
    return Option(words((channel_advice.title(one), style), (at, MUTED), (lacks, CARE)))


def ask_new(app: Terminal, recovery_id: str) -> None:
    """Show which channels are open for a recovery, ask what a request takes, then draft it."""
    if app.read_only:
        app.say(phrase("the screen is read-only: R ends that"), refused=True)
        return

    def asked(advice: ChannelAdvice) -> None:
        app.push_screen(PickChannel(advice), partial(_chosen, app, advice))

    app.ask_after(phrase("reading the channels"), partial(app.source.advice, recovery_id), asked)


def _chosen(app: Terminal, advice: ChannelAdvice, chosen: Chosen | None) -> None:
    if chosen is None:
        return
    account, one, wanted = chosen
    if advice.channels[one.channel].recipient == Recipient.BANK:
        told = phrase(
            "{channel} goes from bank to bank: `recovery recall draft {ref}`",
            channel=one.channel,
            ref=advice.ref,
        )
        app.say(phrase("{told}, then m on the restitution (7)", told=told), refused=True)
        return
    key = f"abroad:new:{account.asset_id}:{one.channel}:"

    def answered(typed: dict[str, str] | None) -> None:
        if typed is not None:
            _draft(app, advice, chosen, typed, key)

    sentence = (
        phrase("Fields may stay empty.")
        if one.eligible
        else phrase("The adviser says no, you decide. Fields may stay empty.")
    )
    title = phrase(
        "{ref}: {wanted} by {channel}", ref=advice.ref, wanted=wanted, channel=one.channel
    )
    app.push_screen(
        PaperForm(title, sentence, _FIELDS, key, app.drafts, can_be_empty=True), answered
    )


def _draft(
    app: Terminal, advice: ChannelAdvice, chosen: Chosen, typed: dict[str, str], key: str
) -> None:
    account, one, wanted = chosen
    given = drafting.Given(
        channel=one.channel, wanted=wanted, account=account.asset_id,
        authority=typed.get("authority", ""), language=typed.get("language", "en"),
        amount=typed.get("amount", ""), part=typed.get("part", ""), fields={},
    )  # fmt: skip
    made: list[str] = []

    def draft(acting: CaseOfficer) -> str:
        made.extend(drafting.draft(acting, advice.recovery_id, given, app.source.channels))
        return phrase(
            "{ref}: {made} drafted by {channel}",
            ref=advice.ref,
            made=", ".join(made),
            channel=one.channel,
        )

    told = command(
        "xborder", "new", advice.ref, "--channel", one.channel, "--want", wanted, "--account",
        account.asset_id, *_options(typed),
    )  # fmt: skip
    show = lambda: app.open_request(advice.recovery_id, made[0])  # noqa: E731
    app.perform(draft, key, then=show, command=told)


def _options(typed: dict[str, str]) -> Iterator[str]:
    for name, text in typed.items():
        yield from (f"--{name}", text)
