"""The header of every screen: unit, case time, acting officer, state of the engine."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from rich.cells import cell_len
from textual import events
from textual.content import Content
from textual.message import Message

from models.language.phrase import phrase
from models.language.shown import shown
from models.queries.installation.clock import EngineView
from models.queries.installation.officers import OfficerView
from recovery_flows.wording import listed
from tui.state_styles import ALARM, CALM, CARE, GOOD, MUTED
from tui.text import cut, fitted, full_time, words, zoned_time
from tui.widgets.block import Block

TABS = (
    ("1", phrase("Now"), "now"),
    ("2", phrase("Recovery"), "recovery"),
    ("3", phrase("Approvals"), "approvals"),
    ("4", phrase("Summary"), "summary"),
    ("5", phrase("Partners"), "partners"),
    ("6", phrase("Deadlines"), "deadlines"),
    ("7", phrase("Restitution"), "restitution"),
    ("8", phrase("Abroad"), "requests"),
    ("0", phrase("Audit"), "audit"),
)
_WIDE = 100
_SHORT = {
    "Restitution": phrase("Return"),
    "Deadlines": phrase("Due"),
    "Approvals": phrase("Appr"),
    "Partners": phrase("Partn"),
    "Summary": phrase("Sum"),
    "Recovery": phrase("Rec"),
    "Abroad": phrase("Abr"),
}
"""Shorter titles, in the order in which they give way."""


def tab_titles(room: int, screen: str) -> list[tuple[str, str, str]]:
    """Key, title and screen of each tab, as many titles short as these cells ask for.

    Where no title has room, only the present screen keeps its own.
    """
    tabs: list[tuple[str, str, str]] = list(TABS)
    for long in ("", *_SHORT):
        tabs = [(key, _SHORT[long] if title == long else title, name) for key, title, name in tabs]
        if 1 + sum(map(_tab_cells, tabs)) <= room:
            return tabs
    return [(key, title if name == screen else "", name) for key, title, name in tabs]


def _tab_cells(tab: tuple[str, str, str]) -> int:
    """How wide a tab is: its key between blanks, then its title and a blank."""
    return 3 + (cell_len(shown(tab[1])) + 1 if tab[1] else 0)


@dataclass(frozen=True, slots=True)
class HeaderValue:
    """All values of the header; `now` is case time, None until it was read."""

    unit_name: str
    zone: str
    now: datetime | None
    engine: EngineView | None
    officer: OfficerView | None
    screen: str
    read_only: bool
    paused: bool
    story: str | None
    red: str = ""
    """How many recoveries stand in red, in words."""
    others: str = ""
    """Who else has the recovery open, in words."""


def header_lines(value: HeaderValue, width: int) -> list[Content]:
    """Two lines, and a third with the story where the data is synthetic."""
    when = _when(value, width)
    right = words(_who(value.officer), "  ", _engine(value.engine, width), " ")
    room = max(
        4, width - when.cell_length - right.cell_length - 4
    )  # the name gives way to the time
    left = words(" ", cut(words((value.unit_name, "bold $primary")), room), "  ", when)
    lines = [
        _spread(left, right, width),
        _spread(_tabs(value, width), _marks(value, width), width),
    ]
    if value.story is not None:
        mark = words((phrase(" ▒ SYNTHETIC DATA "), "bold $warning"), (value.story, "$foreground"))
        lines.append(fitted(cut(mark, width), width))
    return lines


def _spread(left: Content, right: Content, width: int) -> Content:
    room = width - right.cell_length - 1
    return words(fitted(left, room), " ", right) if room >= 12 else fitted(left, width)


def _when(value: HeaderValue, width: int) -> Content:
    if value.now is None:
        return words((phrase("reading …"), MUTED))
    spell = zoned_time if width < 100 else full_time
    text = spell(value.now, value.zone)
    return words((phrase("as of "), MUTED), (text, "$foreground"))


def _who(officer: OfficerView | None) -> Content:
    if officer is None:
        return words((phrase("nobody acts"), CARE))
    return words((officer.handle, "bold"), " ", (listed(officer.roles), MUTED))


def _engine(engine: EngineView | None, width: int) -> Content:
    if engine is None:
        return words((phrase("· engine ?"), MUTED))
    if not engine.alive:
        return words((phrase("○ no engine"), CARE))
    if engine.silent:
        return words(
            (phrase("◐ an engine is silent") if width >= 100 else phrase("◐ silent"), CARE)
        )
    return words((phrase("● engine working") if width >= 100 else phrase("● working"), GOOD))


def _room_for_tabs(value: HeaderValue, width: int) -> int:
    return width - _marks(value, width).cell_length - 1


def _tabs(value: HeaderValue, width: int) -> Content:
    pieces: list[tuple[object, str] | str] = [" "]
    for key, title, name in tab_titles(_room_for_tabs(value, width), value.screen):
        is_here = name == value.screen
        pieces.append((f" {key} ", "bold $accent on $primary 25%" if is_here else "$accent"))
        shown = phrase("{title} ", title=title) if title else ""
        pieces.append((shown, "bold $foreground on $primary 25%" if is_here else MUTED))
    return words(*pieces)


def _marks(value: HeaderValue, width: int) -> Content:
    marks: list[tuple[object, str] | str] = []
    if value.red:
        marks += [(value.red, ALARM), "  "]
    if value.others:
        marks += [(value.others, CARE), "  "]
    if value.paused:
        marks += [(phrase("‖ PAUSED"), ALARM), "  "]
    if value.read_only:
        marks += [(phrase("⊘ READ-ONLY"), "bold $warning"), "  "]
    return words(
        *marks, (phrase("? help  : commands ") if width >= _WIDE else phrase("? help "), CALM)
    )


class HeaderBar(Block):
    """Shows a HeaderValue; a click on a tab goes there."""

    class TabChosen(Message):
        """A tab was clicked."""

        def __init__(self, screen: str) -> None:
            super().__init__()
            self.screen = screen

    def __init__(self) -> None:
        super().__init__(header_lines)

    def on_click(self, event: events.Click) -> None:
        value, left = self.value, 1
        if not isinstance(value, HeaderValue):
            return
        for tab in tab_titles(_room_for_tabs(value, self.size.width), value.screen):
            left += _tab_cells(tab)
            if event.y == 1 and event.x < left:
                self.post_message(self.TabChosen(tab[2]))
                return
