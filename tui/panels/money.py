"""Where the money of one recovery is: accounts by depth, what is traced and held, what is paid."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from textual.content import Content

from models.money import Money
from models.queries.cases.views import AllocationLine, AssetLine, RecoveryPage
from recovery_flows.cases.views import state_names
from tui.layout import ROOMY, Column, grid, paragraph
from tui.state_styles import MUTED, asset_sign, hold_sign, payout_sign, sign_of, time_left
from tui.text import counted, word, words, zoned_time

_ASSETS = (
    Column("bank", most=30),
    Column("account", most=9),
    Column("traced", most=18, right=True),
    Column("held", most=18, right=True),
    Column("  ends in", most=15),
    Column("state", most=40, rest=True),
)


def assets_lines(page: RecoveryPage, width: int, *, full: bool = False) -> list[Content]:
    """One line per account, indented by how many payments it is from the victim's own."""
    if not page.assets:
        return [word("no account is on the file yet: accept the report first", MUTED)]
    short = width < ROOMY and not full
    rows = [_asset_row(asset, page.now, short=short) for asset in page.assets]
    lines = grid(_ASSETS, rows, width, full=full)
    notes = [(a, a.note) for a in page.assets if a.note]
    for asset, note in notes:
        lines += paragraph(word(f"{asset.bank}: {note}", MUTED), width, 2)
    return lines


def all_holds_lines(page: RecoveryPage, width: int) -> list[Content]:
    """The accounts in full, and under them every hold there ever was."""
    lines = assets_lines(page, width, full=True)
    columns = (Column("measure"), Column("state"), Column("asked", right=True),
               Column("held", right=True), Column("law"), Column("why", rest=True))  # fmt: skip
    rows = [
        (
            word(f"{h.kind} at {a.bank}"), hold_sign(h).text(), word(h.requested),
            word(h.held), word(h.law_row, MUTED), word(h.reason, MUTED),
        )
        for a in page.assets
        for h in a.holds
    ]  # fmt: skip
    return [*lines, word(""), *grid(columns, rows, width, full=True)] if rows else lines


def _asset_row(asset: AssetLine, now: datetime, *, short: bool) -> tuple[Content, ...]:
    hold = state_names.telling_hold(asset.holds)
    held = Money(sum(h.held.minor for h in asset.holds), asset.traced.currency)
    indent = "" if asset.depth == 0 else "  " * (asset.depth - 1) + "└ "
    abroad = "" if asset.home else f" ({asset.regime})"
    return (
        words((indent, MUTED), (asset.bank, "$foreground"), (abroad, "$accent")),
        word(asset.account),
        word(asset.traced),
        word(held, "bold $primary") if held.minor else word("–", MUTED),
        time_left(now, state_names.hold_ends(hold)),
        asset_sign(asset).text(short=short),
    )


def allocations_lines(page: RecoveryPage, zone: str, width: int) -> list[Content]:
    """Each allocation: method, formula, pool, and what goes to whom."""
    if not page.allocations:
        return [word("nothing is allocated yet", MUTED)]
    return [line for a in page.allocations for line in _allocation(a, zone, width)]


def _allocation(allocation: AllocationLine, zone: str, width: int) -> Iterator[Content]:
    sign = sign_of(state_names.allocation_word(allocation.state))
    pool = counted(len(allocation.payouts), "payout")
    yield words(sign.text(), "  ", (allocation.method, "bold"), f"  {allocation.pool} in {pool}")
    yield from paragraph(word(allocation.formula, MUTED), width)
    if allocation.notice_to is not None:
        yield word(f"notice until {zoned_time(allocation.notice_to, zone)}", MUTED)
    columns = (Column("", most=12), Column("", most=20, rest=True), Column("", right=True),
               Column("", most=26))  # fmt: skip
    rows = [
        (
            word(f"  {p.victim}"), word(f"→ {p.payee}"), word(p.amount, "$foreground"),
            payout_sign(p).text(),
        )
        for p in allocation.payouts
    ]  # fmt: skip
    yield from grid(columns, rows, width)
