"""The claims of one recovery as a table: their sums, or what each would get by every rule."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.reactive import reactive

from models.language.phrase import joined, phrase
from models.money import Money
from recovery_flows.cases.views.restitution_views import ClaimStanding
from tui.state_styles import CARE, CLAIMS, GOOD, MUTED
from tui.text import plain, word, words
from tui.widgets.columns import TableColumn
from tui.widgets.paged_table import PagedTable

_LEAST = 8
_RULES = 5
"""So many rules stand beside each other at 80 columns: those that courts weigh most."""
_BESIDE = 16
"""What number, victim and cursor take of the width."""
_SUMS = (
    ("reported", phrase("reported", context_="sum")), ("booked", phrase("booked")),
    ("net", phrase("net loss")), ("got", phrase("got")), ("open", phrase("open", context_="sum")),
)  # fmt: skip


class ClaimsTable(PagedTable[ClaimStanding]):
    """One claim a line, by the earliest payment; `by_rule` shows the rules side by side."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "enter", "open", "Explain", tooltip="Explain this victim's share, nobody else in it"
        ),
    ]
    by_rule: reactive[bool] = reactive(default=False)
    rules: reactive[tuple[str, ...]] = reactive(())

    def columns(self) -> Sequence[TableColumn]:
        """The sums are as the officer arranged them, the rules side by side all there."""
        return super().columns() if self.may_be_arranged else self.offered()

    @property
    def may_be_arranged(self) -> bool:
        """The sums, not the rules."""
        return not self.by_rule

    def offered(self) -> Sequence[TableColumn]:
        """Number and victim, then sums or rules; as many rules as there is room for."""
        first = (TableColumn("number", "claim", 8), TableColumn("victim", "victim", sorts=False))
        width = self._sum_width()
        if not self.by_rule:
            sums = [TableColumn(key, title, width, right=True) for key, title in _SUMS]
            return (*first, *sums)
        room = max(1, (self.scrollable_content_region.width - _BESIDE) // (width + 1))
        shown = [
            TableColumn(
                name,
                joined("", ["▸" if place == 0 else "", phrase(name)]),
                width,
                right=True,
                sorts=False,
            )
            for place, name in enumerate(self.rules[:room])
        ]
        return (*first, *shown)

    def _sum_width(self) -> int:
        sums = [
            money
            for line in self.page.lines
            for money in (line.by_rule if self.by_rule else (line.reported, line.upheld))
        ]
        longest = max((len(plain(money)) for money in sums), default=0)
        named = self.rules[:_RULES] if self.by_rule else ()
        names = max((len(name) for name in named), default=0)
        return max(_LEAST, longest, names)

    def line_id(self, line: ClaimStanding) -> str:
        """The id of the claim."""
        return line.claim_id

    def cells(self, line: ClaimStanding) -> Sequence[Content]:
        """The claim as text; another rule's share stands out where it differs."""
        number = word(line.number, "bold $primary" if not line.objections else "bold $warning")
        sign = CLAIMS[line.state]
        mark = words(
            (f"{sign.glyph} ", sign.style), line.victim, (" !" if line.objections else "", CARE)
        )
        if self.by_rule:
            return (number, mark, *self._shares(line))
        told = {
            "number": number,
            "victim": mark,
            "reported": word(plain(line.reported)),
            "booked": word(plain(line.booked), _short_of(line.booked, line.reported))
            if line.booked is not None
            else word(phrase("no"), CARE),
            "net": word(plain(line.upheld), _short_of(line.upheld, line.reported)),
            "got": word(plain(line.paid), GOOD) if line.paid.minor else word("–", MUTED),
            "open": word(plain(line.open), "bold $foreground")
            if line.open.minor
            else word("–", MUTED),
        }
        return [told[column.key] for column in self.columns()]

    def _shares(self, line: ClaimStanding) -> list[Content]:
        shown = len(self.offered()) - 2
        if not line.by_rule:
            return [word(phrase("no part") if n == 0 else "", MUTED) for n in range(shown)]
        first = line.by_rule[0]
        return [
            word(plain(share), "$foreground" if share == first else CARE)
            for share in line.by_rule[:shown]
        ]

    def watch_by_rule(self) -> None:
        self.refresh()

    def watch_rules(self) -> None:
        self.refresh()


def _short_of(money: Money, whole: Money) -> str:
    return "$foreground" if money.minor >= whole.minor else CARE
