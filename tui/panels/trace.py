"""The trace of one recovery in lines: every rule, what rests on assumptions, one victim's way."""

from __future__ import annotations

from collections.abc import Iterator
from textwrap import wrap
from zoneinfo import ZoneInfo

from textual.content import Content

from models.money import Money
from models.safe_text import safe
from recovery_flows.tracing.views import HopView, PlaceRow, RuleColumn, TracePage
from tui.screen_queries import TraceView

_PLACE_WIDTH = 24
_COLUMN_WIDTH = 15


def _spoken(name: object) -> str:
    return str(name).replace("_", " ")


def _plain(minor: int, currency: str) -> str:
    return "·" if not minor else str(Money(minor, currency)).removeprefix(f"{currency} ")


def head_lines(view: TraceView, width: int) -> list[Content]:
    """The rule in force, who chose it, what is assumed."""
    page = view.page
    loss = Money(sum(claim.upheld_minor for claim in page.claims), page.currency)
    victims = "1 victim" if len(page.claims) == 1 else f"{len(page.claims)} victims"
    told = [f"{page.ref}  {loss} lost by {victims}, traced by {_spoken(page.rule)}"]
    if page.rule_chosen_by:
        told.append(f"chosen by {page.rule_chosen_by}, approved by {page.rule_approved_by}")
    if page.rule_reason:
        told.append(f"because {page.rule_reason}")
    if page.rule_pending:
        told.append(f"{_spoken(page.rule_pending)} is asked for and waits for a second person")
    told += [page.opening, *page.shortages]
    return [Content(safe(line)) for text in told for line in wrap(text, max(width, 20))]


def rules_shown(page: TracePage, first: int, width: int) -> list[int]:
    """Which rules fit beside each other from `first` on; that in force is always one of them."""
    room = max((width - _PLACE_WIDTH) // _COLUMN_WIDTH, 1)
    return list(range(len(page.columns)))[first : first + room]


def table_lines(view: TraceView, width: int) -> list[Content]:
    """Accounts and ways out of sight against rules; sums under those that may be added up."""
    page = view.page
    shown = rules_shown(page, view.first_rule, width)
    if not page.rows:
        return [Content("nothing is traced yet: no statement shows the payment")]
    lines = [_row(page.currency, [_title(page.columns[n]) for n in shown])]
    lines.append(_row("", [_standing(page.columns[n]) for n in shown]))
    lines += [
        _row(_place(row), [_plain(row.values[n], page.currency) for n in shown])
        for row in page.rows
        if any(row.values)
    ]
    lines.append(_row("all of it", [_total(page, n) for n in shown]))
    more = f"rules {shown[0] + 1} to {shown[-1] + 1} of {len(page.columns)}: ← → shows the others"
    if len(shown) < len(page.columns):
        lines.append(more)
    lines += [part for row in page.rows if row.ask for part in wrap(f"? {row.ask}", width)]
    return [Content(safe(line)) for line in lines]


def _row(first: str, cells: list[str]) -> str:
    cut = first if len(first) <= _PLACE_WIDTH else first[: _PLACE_WIDTH - 1] + "…"
    return cut.ljust(_PLACE_WIDTH) + "".join(cell.rjust(_COLUMN_WIDTH) for cell in cells)


def _title(column: RuleColumn) -> str:
    return f"{'▸' if column.adopted else ''}{_spoken(column.name)}"


def _standing(column: RuleColumn) -> str:
    return "in force" if column.adopted else str(column.standing)


def _place(row: PlaceRow) -> str:
    if row.is_gone:
        return f"gone: {_spoken(row.label)}"
    mark = " ?" if row.is_frontier else ""
    tail = row.label.replace("···· ", "··")  # the digits matter more than the dots
    return f"{' ' * min(row.depth, 4)}{row.bank} {tail}{mark}"


def _total(page: TracePage, n: int) -> str:
    if page.columns[n].standing == "exposure":
        return "not added up"
    return _plain(sum(row.values[n] for row in page.rows), page.currency)


def now_lines(view: TraceView, width: int) -> list[Content]:
    """What is held, what could be, by the rule in force."""
    del width
    page, lines = view.page, []
    for row in page.rows:
        if row.held_minor or row.freezable_minor or row.returned_minor:
            cells = [row.held_minor, row.returned_minor, row.freezable_minor]
            at = row.balance_on
            day = f"{at.astimezone(ZoneInfo(view.zone)):%d %b}" if at else "no balance"
            lines.append(_row(_place(row), [_plain(c, page.currency) for c in cells]) + f"  {day}")
    head = _row("", ["held", "returned", "freezable"]) + "  balance of"
    return [Content(safe(line)) for line in ([head, *lines] if lines else ["nothing yet"])]


def moved_lines(view: TraceView, width: int) -> list[Content]:
    """How much lies elsewhere if what no bank told was otherwise."""
    page = view.page
    told = [
        f"{_title(column):<18}{_plain(minor, page.currency):>15}  if {assumption}"
        for column in page.columns
        for assumption, minor in column.moved
        if minor
    ]
    told = told or ["nothing: no assumption that was tried moves a cent"]
    return [Content(safe(line[:width])) for line in told]


def way_lines(view: TraceView, width: int) -> list[Content]:
    """One victim's money, payment by payment, down to the bookings that show it."""
    page = view.page
    if not page.claims:
        return [Content("there is no claim")]
    claim = page.claims[view.victim % len(page.claims)]
    more = f" ({view.victim % len(page.claims) + 1} of {len(page.claims)}, v: the next)"
    lines = [f"{claim.label}{more if len(page.claims) > 1 else ''}"]
    if not view.hops:
        lines.append("its payment is in no statement yet")
    for hop in view.hops:
        lines += _hop(hop, page.currency, view.zone)
    return [Content(safe(line[:width])) for line in lines]


def _hop(hop: HopView, currency: str, zone: str) -> Iterator[str]:
    indent = "  " * min(hop.depth + 1, 8)
    ends = f"  [{_spoken(hop.ends)}]" if hop.ends else ""
    at = f"{hop.at.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M}"
    yield f"{indent}└ {at}  {Money(hop.claim_minor, currency)}{ends}"
    yield f"{indent}  {hop.payer} → {_spoken(hop.payee)}"
    for line in hop.lines:
        yield f"{indent}  shown by {line}"
