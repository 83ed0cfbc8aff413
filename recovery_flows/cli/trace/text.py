"""The trace of one recovery as text of at most 80 columns."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from textwrap import wrap

from models.money import Money
from recovery_flows.cli.table import columns, counted, instant_text, spoken
from recovery_flows.tracing.views import HopView, PlaceRow, RuleColumn, TracePage

_WIDTH = 80
_GROUPS = (("rule", "Rules"), ("lead", "Leads: where to look"), ("exposure", "Exposure"))


def trace_lines(page: TracePage, zone: str) -> Iterator[str]:
    """The whole page; days and times are of the time zone of the recovery's law."""
    yield from _head(page, zone)
    for standing, title in _GROUPS:
        yield from _side_by_side(page, standing, title)
    parts = (
        ("Held, returned and freezable now, by the rule in force", _freezable(page, zone)),
        ("Ask", [f"- {row.ask}" for row in page.rows if row.ask]),
        ("How far an assumption moves it", _moved(page)),
        ("Shortages", [f"- {text}" for text in page.shortages]),
    )
    for title, lines in parts:
        if lines:
            yield ""
            yield title
            yield from (f"  {part}" for line in lines for part in _folded(line))


def _folded(line: str) -> list[str]:
    return [line] if len(line) <= _WIDTH - 2 else wrap(line, _WIDTH - 4, subsequent_indent="  ")


def _head(page: TracePage, zone: str) -> Iterator[str]:
    loss = Money(sum(c.upheld_minor for c in page.claims), page.currency)
    yield f"{page.ref}  {loss} lost, {counted(len(page.claims), 'victim')}"
    yield f"traced by {spoken(page.rule)} as of {instant_text(page.as_of, zone)} {zone}"
    if page.rule_chosen_by:
        yield f"chosen by {page.rule_chosen_by}, approved by {page.rule_approved_by}"
    if page.rule_reason:
        yield from wrap(f"because {page.rule_reason}", _WIDTH)
    if page.rule_pending:
        yield f"{spoken(page.rule_pending)} is asked for and waits for a second person"
    yield from wrap(page.opening, _WIDTH)


def _plain(minor: int, currency: str) -> str:
    return "-" if not minor else str(Money(minor, currency)).removeprefix(f"{currency} ")


def _place(row: PlaceRow) -> str:
    mark = " ?" if row.is_frontier else ""
    return spoken(row.label) if row.is_gone else f"{row.bank} {row.label}{mark}".strip()


def _side_by_side(page: TracePage, standing: str, title: str) -> Iterator[str]:
    at = [n for n, c in enumerate(page.columns) if c.standing == standing]
    rows = [r for r in page.rows if any(r.values[n] for n in at)]
    if not at:
        return
    yield ""
    yield f"{title} ({page.currency}; * in force, ? ask for its statement)"
    if not rows:
        yield "  nothing is traced yet"
    else:
        for part in _fitting(page, rows, at):
            yield from (f"  {line}" for line in part)


def _fitting(page: TracePage, rows: Sequence[PlaceRow], at: Sequence[int]) -> Iterator[list[str]]:
    """As many rules beside each other as the width allows."""
    taken: list[int] = []
    for n in at:
        if taken and len(max(_table(page, rows, [*taken, n]), key=len)) > _WIDTH - 2:
            yield _table(page, rows, taken)
            taken = []
        taken.append(n)
    yield _table(page, rows, taken)


def _table(page: TracePage, rows: Sequence[PlaceRow], at: Sequence[int]) -> list[str]:
    head = ("where", *(_name(page.columns[n]) for n in at))
    cells = [(_place(r), *(_plain(r.values[n], page.currency) for n in at)) for r in rows]
    return columns(cells, head, right=range(1, len(at) + 1))


def _name(column: RuleColumn) -> str:
    return f"{'*' if column.adopted else ''}{spoken(column.name)}"


def _freezable(page: TracePage, zone: str) -> list[str]:
    rows = [
        (
            _place(r),
            _plain(r.held_minor, page.currency),
            _plain(r.returned_minor, page.currency),
            _plain(r.freezable_minor, page.currency),
            instant_text(r.balance_on, zone)[:10] if r.balance_on else "no balance known",
        )
        for r in page.rows
        if r.held_minor or r.freezable_minor or r.returned_minor
    ]
    head = ("account", "held", "returned", "freezable", "by its balance of")
    return columns(rows, head, right=(1, 2, 3)) if rows else ["nothing"]


def _moved(page: TracePage) -> list[str]:
    rows = [
        (_name(c), assumption, _plain(minor, page.currency))
        for c in page.columns
        for assumption, minor in c.moved
        if minor
    ]
    if not rows:
        return ["by no assumption that was tried"]
    return columns(rows, ("rule", "if", "lies elsewhere"), right=(2,))


def path_lines(label: str, hops: Sequence[HopView], currency: str, zone: str) -> Iterator[str]:
    """One victim's money on its way, a payment a line, indented by how far it has come."""
    yield ""
    yield f"The money of {label}"
    if not hops:
        yield "  its payment is in no statement yet"
    for hop in hops:
        indent = "  " * min(hop.depth + 1, 8)
        ends = f"  [{spoken(hop.ends)}]" if hop.ends else ""
        share = Money(hop.claim_minor, currency)
        yield f"{indent}{instant_text(hop.at, zone)}  {share}{ends}"
        yield f"{indent}  {hop.payer} -> {spoken(hop.payee)}"
        yield from (f"{indent}  shown by {line}" for line in hop.lines)
