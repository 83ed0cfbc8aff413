"""The letter of a request abroad: in clear for a minute, which is recorded, and into files."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Label

from models.language.phrase import phrase
from recovery_flows.caller import expanded
from recovery_flows.cases.case_officer import CaseOfficer
from recovery_flows.cases.views.request_view import RequestView
from recovery_flows.correspondence.abroad.actions import record_reveal
from recovery_flows.correspondence.abroad.files import write_letter
from recovery_flows.correspondence.abroad.letter import MARK, LetterFacts, ours, preview
from recovery_flows.cross_border.ceiling import owed_word
from tui.act_log import command
from tui.layout import paragraph
from tui.screens.dialogs import Dialog
from tui.screens.letters import PaperForm
from tui.state_styles import MUTED
from tui.text import word, words

if TYPE_CHECKING:
    from tui.context import Terminal

SHOWN_SECONDS = 60
_LANGUAGES = ("en", "zh")
_FORMATS = ("pdf", "md")


class ClearLetter(Dialog[None]):
    """The exact letter, marked lines with personal data; gone when the minute ends, or with Esc."""

    AUTO_FOCUS = "VerticalScroll"

    def __init__(self, title: str, lines: tuple[str, ...]) -> None:
        super().__init__(title)
        self._lines, self._left = lines, SHOWN_SECONDS

    def compose_question(self) -> ComposeResult:
        yield Label("", id="left")
        with VerticalScroll(classes="full"):
            yield self.block(clear_lines, self._lines)

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
        told = phrase(
            "{mark} holds personal data; masked again in {left} s, or with Esc",
            mark=MARK,
            left=self._left,
        )
        self.query_one("#left", Label).update(word(told, MUTED))


def clear_lines(lines: tuple[str, ...], width: int) -> list[Content]:
    """A letter in clear, line by line; the mark of personal data stands before its lines."""
    return [part for one in lines for part in _line(one, width)]


def _line(one: str, width: int) -> list[Content]:
    mark, text = one[:1], one[2:]
    if mark == MARK:
        return paragraph(words((f"{MARK} ", "bold $warning"), (text, "$warning")), width)
    return paragraph(word(text, "$foreground"), width, 2)


def ask_letter(app: Terminal, view: RequestView) -> None:
    """Record that it is revealed, then show the letter in each language that the program writes."""
    ref, name = view.file.recovery.ref, view.row.id
    found: list[str] = []

    def read(acting: CaseOfficer) -> str:
        record_reveal(acting, view.recovery_id, name)
        found.extend(_in_each(app.source.letter_facts(view.recovery_id, name)))
        return phrase(
            "{ref}: the letter of {name} is shown for a minute; that is recorded",
            ref=ref,
            name=name,
        )

    show = lambda: app.push_screen(ClearLetter(phrase("{ref}: the letter", ref=ref), tuple(found)))  # noqa: E731
    app.perform(read, then=show, command=command("xborder", "preview", ref, name))


def _in_each(facts: LetterFacts) -> Iterator[str]:
    first = facts.request.language if ours(facts.request.language) else _LANGUAGES[0]
    for language in dict.fromkeys((first, *_LANGUAGES)):
        yield from preview(facts, language)
        yield "  "


def ask_files(app: Terminal, view: RequestView) -> None:
    """Ask for a folder, then write the approved letter, or the notice that is owed, into it."""
    ref, name = view.file.recovery.ref, view.row.id
    owed = owed_word(view.file, view.row)
    what = phrase("notice that the other side is owed") if owed else phrase("approved letter")
    key = f"abroad:files:{name}:"

    def answered(typed: dict[str, str] | None) -> None:
        if typed is not None:
            given = [w for one in _LANGUAGES for w in ("--language", one)]
            given += [w for one in _FORMATS for w in ("--format", one)]
            given += ["--notice"] if owed else []
            told = command("xborder", "document", ref, name, "--out", typed["folder"], *given)
            doing = partial(_write, app, view, typed["folder"], bool(owed))
            app.perform(doing, key, command=told)

    sentence = phrase(
        "The {what}, {formats}, in {languages}; recorded.",
        what=what,
        formats=" and ".join(_FORMATS),
        languages=" and ".join(_LANGUAGES),
    )
    fields = ((phrase("folder"), phrase("a folder that is there, such as ~")),)
    app.push_screen(
        PaperForm(phrase("{ref}: write files", ref=ref), sentence, fields, key, app.drafts),
        answered,
    )


def _write(
    app: Terminal, view: RequestView, folder: str, is_notice: bool, acting: CaseOfficer  # noqa: FBT001 - partial
) -> str:  # fmt: skip
    facts = app.source.letter_facts(view.recovery_id, view.row.id, dated_now=is_notice)
    made = write_letter(acting, facts, expanded(folder), _LANGUAGES, _FORMATS, is_notice=is_notice)
    return f"{view.file.recovery.ref}: {', '.join(path.name for path in made)}"
