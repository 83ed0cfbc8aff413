"""The register of partners as a table: one line each, with eight weeks of answer times."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from textual.content import Content

from models.entities.partner import PartnerChannel
from models.language.phrase import phrase
from recovery_flows.cases.pages.partner import BREAKERS, ago
from recovery_flows.partners.page import PartnerPage
from recovery_flows.wording import spoken
from tui.panels.page import bars
from tui.state_styles import ALARM, CALM, CARE, MUTED, sign_of
from tui.text import word, words
from tui.widgets.columns import TableColumn
from tui.widgets.table import LineTable

_WIDE_CELLS = 100
_NARROW = (
    TableColumn("name", "partner"),
    TableColumn("kind", "kind", 4),
    TableColumn("law", phrase("law", context_="code"), 4),
    TableColumn("channel", "by", 4),
    TableColumn("breaker", "link", 8),
    TableColumn("ago", "answer", 7, right=True),
    TableColumn("p50", "agr/med/90%", 11, right=True),
    TableColumn("late", "late", 4, right=True),
    TableColumn("calls", phrase("open", context_="calls"), 5, right=True),
    TableColumn("weeks", "8 weeks", 8),
)
_WIDE = (
    TableColumn("name", "partner"),
    TableColumn("kind", "kind", 9),
    TableColumn("law", phrase("law", context_="code"), 4),
    TableColumn("channel", "by", 6),
    TableColumn("breaker", "connection", 11),
    TableColumn("ago", "answered", 8, right=True),
    TableColumn("agreed", "agreed", 6, right=True),
    TableColumn("p50", "median", 6, right=True),
    TableColumn("p90", "90 %", 5, right=True),
    TableColumn("late", "late", 4, right=True),
    TableColumn("calls", phrase("open", context_="calls"), 6, right=True),
    TableColumn("weeks", "8 wk, median", 14),
)
_CUT_FROM = 24
"""From this width on a name is cut: what is left of it tells more than the id."""


class PartnersTable(LineTable[PartnerPage]):
    """Partners by id; times are minutes, `–` where there are too few answers for one."""

    def offered(self) -> Sequence[TableColumn]:
        """The columns that fit."""
        return _WIDE if self.size.width >= _WIDE_CELLS else _NARROW

    def line_id(self, line: PartnerPage) -> str:
        """The partner's id."""
        return line.row.id

    def sort_value(self, line: PartnerPage, key: str) -> Any:  # noqa: ANN401
        """What the column sorts by; without a figure comes last."""
        row, last = line.row, 10**9
        at = row.last_answer_at
        values: dict[str, object] = {
            "name": row.name.casefold(), "kind": str(row.kind), "law": row.regime,
            "channel": str(row.channel), "breaker": str(line.breaker),
            "ago": (line.wall_now - at).total_seconds() if at else last,
            "agreed": row.agreed_minutes or last,
            "p50": last if line.ever.p50 is None else line.ever.p50,
            "p90": last if line.ever.p90 is None else line.ever.p90,
            "late": -line.late, "calls": -(line.calls.count if line.calls else 0),
            "weeks": last if line.lately.p50 is None else line.lately.p50,
        }  # fmt: skip
        return values[key]

    def cells(self, line: PartnerPage) -> Sequence[Content]:
        """The line as text."""
        is_wide = self.size.width >= _WIDE_CELLS
        row = line.row
        is_short = not is_wide and row.channel is not PartnerChannel.API
        channel = phrase("let") if is_short else spoken(row.channel)
        shown = self.columns()
        room = dict(zip((column.key for column in shown), self._widths(), strict=True))
        lately = f" {_figure(line.lately.p50)}"
        agreed = _figure(row.agreed_minutes or None)
        times = (agreed, _figure(line.ever.p50), _figure(line.ever.p90))
        told = {
            "name": _name_cell(line, room.get("name", 0)),
            "kind": word(spoken(row.kind)),
            "law": word(row.regime, MUTED),
            "channel": word(channel, MUTED),
            "breaker": sign_of(BREAKERS[line.breaker]).text(short=not is_wide),
            "ago": word(ago(line), "$foreground"),
            "agreed": word(agreed),
            "p50": word(times[1]) if is_wide else word("/".join(times), "$foreground"),
            "p90": word(times[2]),
            "late": word(f"{line.late:,}", CARE if line.late else MUTED),
            "calls": word(
                f"{line.calls.count:,}" if line.calls else "0", CALM if line.calls else MUTED
            ),
            "weeks": words((bars(line.weeks), CALM), (lately if is_wide else "", "$foreground")),
        }
        return [told[column.key] for column in shown]


def _name_cell(line: PartnerPage, room: int) -> Content:
    """The name, or the id where too much of the name would be cut; books that differ are marked."""
    mark = "‼ " if line.row.disagreement else ""
    fits = word(line.row.name).cell_length + len(mark) <= room
    shown = line.row.name if fits or room >= _CUT_FROM else line.row.id
    return words((mark, ALARM), (shown, "bold $primary"))


def _figure(minutes: int | None) -> str:
    return "–" if minutes is None else str(minutes)
