"""The trace of one recovery: every rule, what rests on assumptions, each victim's way."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from zoneinfo import ZoneInfo

from models.language.phrase import joined, phrase
from models.money import Money
from recovery_flows.cases.pages.shared_cells import bare
from recovery_flows.cases.pages.value import (
    Cell,
    Column,
    Line,
    Page,
    Part,
    Piece,
    Section,
    Table,
    cell,
    line,
    muted,
    strong,
    table,
)
from recovery_flows.cases.views.state_names import Tone
from recovery_flows.tracing.methods.catalogue import rule_words
from recovery_flows.tracing.views import HopView, PlaceRow, RuleColumn, TracePage
from recovery_flows.wording import counted, spoken

TITLES = {
    "rules": phrase("Under each rule"),
    "now": phrase("Now, by the rule in force"),
    "way": phrase("One victim's money"),
    "moved": phrase("What rests on an assumption"),
}
"""The sections in their order, by key."""
Way = tuple[str, Sequence[HopView]]
"""Whose money, and the payments that it took."""
WIDTH = 80
_DEEPEST = 8
_NOW = (
    Column("account", most=24), Column("held", right=True), Column("returned", right=True),
    Column("freezable", right=True), Column("balance of"),
)  # fmt: skip
_MOVED = (Column("rule"), Column("lies elsewhere", right=True), Column("if", rest=True))


def written(page: TracePage, ways: Sequence[Way], zone: str) -> Page:
    """The whole page with the ways of these victims; instants are shown in `zone`."""
    parts: dict[str, tuple[Part, ...]] = {
        "rules": (*_rules(page), *(line("? ", row.ask) for row in page.rows if row.ask)),
        "now": tuple(_now(page, zone)),
        "way": tuple(
            part for label, hops in ways for part in _way(label, hops, page.currency, zone)
        ),
        "moved": tuple(_moved(page)),
    }
    empty = {
        "rules": phrase("nothing is traced yet: no statement shows the payment"),
        "now": phrase("nothing yet"),
        "moved": phrase("nothing: no assumption that was tried moves a cent"),
    }
    sections = tuple(Section(k, TITLES[k], p, empty.get(k, "")) for k, p in parts.items())
    return Page(tuple(_head(page)), sections, zone, WIDTH)


def _head(page: TracePage) -> Iterator[Line]:
    """The rule in force, who chose it, what is assumed and what is missing."""
    loss = Money(sum(c.upheld_minor for c in page.claims), page.currency)
    yield line(
        Piece(page.ref, Tone.NAMED),
        "  ",
        strong(loss),
        phrase(
            " lost by {victims}, traced by {rule} as of ",
            victims=counted(len(page.claims), "victim"),
            rule=rule_words(page.rule),
        ),
        page.as_of,
    )
    if page.rule_chosen_by:
        yield line(
            phrase(
                "chosen by {rule_chosen_by}, approved by {rule_approved_by}",
                rule_chosen_by=page.rule_chosen_by,
                rule_approved_by=page.rule_approved_by,
            )
        )
    if page.rule_reason:
        yield line(phrase("because {rule_reason}", rule_reason=page.rule_reason))
    if page.rule_pending:
        asked = phrase(
            "{rule_pending} is asked for and waits for a second person",
            rule_pending=rule_words(page.rule_pending),
        )
        yield line(Piece(asked, Tone.CARE))
    yield line(muted(page.opening))
    for text in page.shortages:
        yield line(Piece(text, Tone.CARE))


def _rules(page: TracePage) -> tuple[Table, ...]:
    """Places against rules; sums under those that may be added up. A screen shows some rules."""
    if not page.rows:
        return ()
    titles = (
        Column("where", most=24), *(Column(_title(c), most=18, right=True) for c in page.columns)
    )  # fmt: skip
    rows: list[tuple[Cell, ...]] = [
        (cell(muted("")), *(cell(muted(_standing(c))) for c in page.columns))
    ]
    rows += [
        (cell(_place(row)), *(_sum(value, page.currency) for value in row.values))
        for row in page.rows
        if any(row.values)
    ]
    totals = (_total(page, n) for n in range(len(page.columns)))
    rows.append((cell(strong(phrase("all of it"))), *totals))
    return (Table(titles, tuple(rows)),)


def _title(column: RuleColumn) -> str:
    return joined("", ["▸" if column.adopted else "", spoken(column.name)])


def _standing(column: RuleColumn) -> str:
    return phrase("in force") if column.adopted else spoken(column.standing)


def _place(row: PlaceRow) -> str:
    if row.is_gone:
        return phrase("gone: {label}", label=spoken(row.label))
    mark = " ?" if row.is_frontier else ""
    tail = row.label.replace("···· ", "··")  # the digits matter more than the dots
    return f"{' ' * min(row.depth, 4)}{row.bank} {tail}{mark}"


def _sum(minor: int, currency: str) -> Cell:
    return cell(bare(Money(minor, currency))) if minor else cell(muted("·"))


def _total(page: TracePage, n: int) -> Cell:
    if page.columns[n].standing == "exposure":
        return cell(muted(phrase("not added up")))
    return _sum(sum(row.values[n] for row in page.rows), page.currency)


def _now(page: TracePage, zone: str) -> Iterator[Part]:
    """What is held, what was paid back, what could be held."""
    rows: list[tuple[Cell, ...]] = []
    for row in page.rows:
        if row.held_minor or row.freezable_minor or row.returned_minor:
            at = row.balance_on
            day = f"{at.astimezone(ZoneInfo(zone)):%Y-%m-%d}" if at else phrase("no balance")
            sums = (row.held_minor, row.returned_minor, row.freezable_minor)
            told = (_sum(minor, page.currency) for minor in sums)
            rows.append((cell(_place(row)), *told, cell(muted(day))))
    yield from table(_NOW, rows)


def _moved(page: TracePage) -> Iterator[Part]:
    """How much lies elsewhere if what no bank told was otherwise."""
    rows = (
        (
            _title(column),
            _sum(minor, page.currency),
            phrase("if {assumption}", assumption=assumption),
        )
        for column in page.columns
        for assumption, minor in column.moved
        if minor
    )
    yield from table(_MOVED, rows, whole=True)


def _way(label: str, hops: Sequence[HopView], currency: str, zone: str) -> Iterator[Line]:
    """One victim's money, payment by payment, down to the bookings that show it."""
    yield line(strong(label))
    if not hops:
        yield line(phrase("its payment is in no statement yet"), indent=2)
    for hop in hops:
        indent = 2 * min(hop.depth + 1, _DEEPEST)
        ends = Piece(phrase("  [{ends}]", ends=spoken(hop.ends)) if hop.ends else "", Tone.CARE)
        at = f"{hop.at.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M}"
        yield line("└ ", muted(at), "  ", strong(Money(hop.claim_minor, currency)), ends,
                   indent=indent)  # fmt: skip
        yield line(
            phrase("{payer} → {payee}", payer=hop.payer, payee=spoken(hop.payee)), indent=indent + 2
        )
        for text in hop.lines:
            yield line(muted(phrase("shown by {line}", line=text)), indent=indent + 2)
