"""Questions that a screen asks before it acts: as strong as what they set going is final."""

from __future__ import annotations

from typing import ClassVar, TypeVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Input, Label, OptionList
from textual.widgets.option_list import Option

from models.deconfliction_hits import AlsoLine
from models.language.phrase import joined, phrase
from models.language.shown import shown
from models.safe_text import safe
from recovery_flows.access.log_in import Identity
from recovery_flows.wording import listed
from tui.layout import Figures, also_lines, figures_lines
from tui.state_styles import MUTED
from tui.text import word, words
from tui.widgets.block import Block, Builder
from tui.widgets.footer import KeyFooter

T = TypeVar("T")


class Dialog(ModalScreen[T]):
    """A box over the screen; Esc leaves it with nothing done."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "leave", "Back")]
    VERTICAL_BREAKPOINTS = [(0, "-low"), (28, "-tall")]  # noqa: RUF012 - Textual's own
    is_seen_first: ClassVar[bool] = False
    """Whether it takes only what was typed when it stood: a yes is to what was shown."""

    def __init__(self, title: str) -> None:
        super().__init__()
        self._heading = title

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog") as box:
            box.border_title = words(" ", self._heading, " ")
            yield from self.compose_question()
            yield KeyFooter()

    def compose_question(self) -> ComposeResult:
        """The question itself."""
        raise NotImplementedError

    def block(self, builder: Builder, value: object) -> Block:
        """A block with its value in it."""
        block = Block(builder)
        block.value = value
        return block

    def action_leave(self) -> None:
        self.dismiss(None)


_SCROLLS: list[BindingType] = [
    Binding("up", "scroll(-1)", "Up", show=False),
    Binding("down", "scroll(1)", "Down", show=False),
]


class Confirm(Dialog[str]):
    """Shows the exact figures; `y` says yes. The answer is the authority that was named, or ''.

    Other recoveries, and figures, scroll where there is no room for all of them.
    """

    AUTO_FOCUS = ""
    BINDINGS: ClassVar[list[BindingType]] = [Binding("y", "yes", "Confirm"), *_SCROLLS]
    is_seen_first = True

    def __init__(
        self,
        title: str,
        sentence: str,
        figures: Figures,
        *,
        asks_authority: bool = False,
        also: tuple[AlsoLine, ...] = (),
    ) -> None:
        super().__init__(title)
        self._sentence, self._figures, self._asks_authority = sentence, figures, asks_authority
        self._also = also

    def compose_question(self) -> ComposeResult:
        yield Label(word(self._sentence), classes="question")
        if self._also:
            if (count := len(self._also)) > 1:
                told = phrase("{count} duplicate subjects   ↑ ↓ scroll", count=count)
                yield Label(word(told, MUTED))
            with VerticalScroll(can_focus=False, classes="also -several" if count > 1 else "also"):
                yield self.block(also_lines, self._also)
        with VerticalScroll(can_focus=False, classes="-below-also" if self._also else ""):
            yield self.block(figures_lines, self._figures)
        if self._asks_authority:
            yield Label(word(phrase("Authorisation reference, if required (Tab to write)"), MUTED))
            yield Input(placeholder=shown(phrase("level, number, date")), id="authority")

    def authority(self) -> str:
        """What was written as the legal authority."""
        return self.query_one("#authority", Input).value if self._asks_authority else ""

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.accept_line(event.input)

    def accept_line(self, line: Input) -> None:
        """A line was finished with Enter."""
        del line
        self.set_focus(None)

    def action_scroll(self, lines: int) -> None:
        """Scroll what is longer than its part of the box."""
        for part in self.query(VerticalScroll):
            part.scroll_relative(y=lines, animate=False)

    def action_yes(self) -> None:
        self.dismiss(self.authority())


class TypeRef(Confirm, inherit_bindings=False):
    """The strongest question: the reference has to be typed before anything happens."""

    AUTO_FOCUS = "#ref"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "Back"),
        Binding("enter", "yes", "Confirm"),
        *_SCROLLS,
    ]

    def __init__(self, title: str, sentence: str, figures: Figures, ref: str) -> None:
        super().__init__(title, sentence, figures, asks_authority=True)
        self._ref = ref

    def compose_question(self) -> ComposeResult:
        yield from super().compose_question()
        text = words(
            (phrase("Type "), MUTED),
            (self._ref, "bold $warning"),
            (phrase(" and press Enter"), MUTED),
        )
        yield Label(text, id="typed")
        yield Input(placeholder=safe(self._ref), id="ref")

    def accept_line(self, line: Input) -> None:
        """Enter in the authority goes on to the reference, in the reference it confirms."""
        if line.id == "authority":
            self.query_one("#ref").focus()
        else:
            self.action_yes()

    def action_yes(self) -> None:
        typed = self.query_one("#ref", Input).value.strip().upper()
        if typed == self._ref.upper():
            self.dismiss(self.authority())
        else:
            text = phrase("✕ that is not {ref}: nothing was done", ref=self._ref)
            self.query_one("#typed", Label).update(word(text, "bold $error"))


class AskLine(Dialog[str]):
    """Asks for one line of text that may not be empty."""

    def __init__(self, title: str, sentence: str, placeholder: str, first: str = "") -> None:
        super().__init__(title)
        self._sentence, self._placeholder, self._first = sentence, placeholder, first

    def compose_question(self) -> ComposeResult:
        yield Label(word(self._sentence), classes="question")
        yield Input(self._first, placeholder=shown(self._placeholder))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        if event.value.strip():
            self.dismiss(event.value.strip())
        else:
            self.query_one(Label).update(word(phrase("✕ it may not be empty"), "bold $error"))


class PickOfficer(Dialog[Identity]):
    """Asks which of the identities this user may take acts from now on."""

    def __init__(self, officers: tuple[Identity, ...]) -> None:
        super().__init__(phrase("Act as which officer?"))
        self._officers = officers

    def compose_question(self) -> ComposeResult:
        yield OptionList(
            *(
                Option(
                    words((o.handle, "bold"), (joined("", ["  ", listed(o.roles)]), MUTED)), o.id
                )
                for o in self._officers
            )
        )

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        self.dismiss(self._officers[event.option_index])


class PickRule(Dialog[str]):
    """Asks by which of the rules that courts use a recovery is traced from now on."""

    def __init__(self, ref: str, rules: tuple[tuple[str, str], ...]) -> None:
        super().__init__(phrase("{ref}: trace by which rule?", ref=ref))
        self._rules = rules

    def compose_question(self) -> ComposeResult:
        yield Label(word(phrase("A second person approves it; leads cannot be chosen."), MUTED))
        yield OptionList(
            *(
                Option(words((name, "bold"), "  ", (what, MUTED)), name)
                for name, what in self._rules
            )
        )

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        self.dismiss(self._rules[event.option_index][0])


class FullText(Dialog[None]):
    """Shows something in full, scrolling."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("v,q", "leave", "Back", show=False)]
    AUTO_FOCUS = "VerticalScroll"

    def __init__(self, title: str, builder: Builder, value: object) -> None:
        super().__init__(title)
        self._builder, self._value = builder, value

    def compose_question(self) -> ComposeResult:
        with VerticalScroll(classes="full"):
            yield self.block(self._builder, self._value)
