"""The objections of one recovery in lines, and what one claim stands on."""

from __future__ import annotations

from collections.abc import Iterator

from textual.content import Content

from models.entities.claim import ObjectionState
from models.language.phrase import phrase
from models.language.shown import shown
from recovery_flows.cases.pages.value import Column
from recovery_flows.cases.views.restitution_views import (
    ClaimStanding,
    ObjectionLine,
    RestitutionPage,
)
from tui.layout import grid, paragraph
from tui.panels.restitution import command_lines
from tui.state_styles import ALARM, CARE, CLAIMS, GOOD, MUTED, payout_sign, time_left
from tui.text import cut, day_and_time, plain, word, words, zoned_time


def objections_lines(
    page: RestitutionPage, zone: str, width: int, *, full: bool = False
) -> list[Content]:
    """Objections with their clocks: open ones first, then what was decided, short or in full."""
    if not page.objections:
        return paragraph(
            word(phrase("No objections. e enters one for the claim under the cursor."), MUTED),
            width,
        )
    return [line for one in page.objections for line in _objection(one, page, zone, width, full)]


def _objection(
    one: ObjectionLine,
    page: RestitutionPage,
    zone: str,
    width: int,
    full: bool,  # noqa: FBT001
) -> Iterator[Content]:
    whose = f"{one.number} {one.victim}" if one.claim_id else phrase("no claim")
    is_open = one.state is ObjectionState.OPEN
    if is_open:
        sign = words(
            ("! ", "bold $warning"),
            (phrase("{kind} ", kind=one.kind), "bold"),
            whose,
            "  ",
            time_left(page.now, one.due_at),
            (phrase("  d decides"), MUTED),
        )
    else:
        glyph, style = ("✓", GOOD) if one.state is ObjectionState.UPHELD else ("✕", ALARM)
        sign = words(
            (phrase("{glyph} {state} ", glyph=glyph, state=one.state), style),
            (phrase("{kind} ", kind=one.kind), "bold"),
            whose,
        )
    yield cut(sign, width)
    if is_open or full:
        told = f"{day_and_time(one.entered_at, zone)} {one.entered_by}: {one.text}"
        yield from paragraph(word(told, MUTED), width, 2)
    if one.decided_at is not None:
        if one.loss is not None:
            yield word(phrase("  {amount} of the loss upheld", amount=plain(one.loss)), CARE)
        told = f"{day_and_time(one.decided_at, zone)} {one.decided_by}: {one.decision}"
        lines = paragraph(word(told, MUTED), width, 2)
        yield from lines if full else [cut(word(f"  {told}", MUTED), width)]


def claim_lines(claim: ClaimStanding, zone: str, width: int) -> list[Content]:
    """One claim: its evidence, what was decided of it, what it got in each round."""
    lines = paragraph(
        words(
            (claim.number, "bold $primary"),
            f" {claim.victim} {claim.account}  ",
            CLAIMS[claim.state].text(),
            (phrase("  paid {at}", at=zoned_time(claim.paid_at, zone)), MUTED),
        ),
        width,
    )
    lines += paragraph(_evidence(claim, zone), width)
    if claim.appeal_until is not None:
        lines += paragraph(
            word(
                phrase("may appeal until {at}", at=zoned_time(claim.appeal_until, zone)),
                CARE,
            ),
            width,
        )
    rows = [
        (
            word(
                phrase("round {round_number} at {bank}", round_number=s.round_number, bank=s.bank),
                MUTED,
            ),
            word(plain(s.payout.amount)),
            payout_sign(s.payout).text(),
            word(day_and_time(s.settled_at, zone) if s.settled_at else "", MUTED),
        )
        for s in claim.shares
    ]
    if not rows:
        return [*lines, word(phrase("no share yet"), MUTED)]
    columns = (Column("", most=28), Column("", right=True), Column("", most=24),
               Column("", rest=True))  # fmt: skip
    return [*lines, *grid(columns, rows, width)]


def _evidence(claim: ClaimStanding, zone: str) -> Content:
    if claim.booked is None:
        return word(phrase("evidence: no bank's statement shows the payment yet"), CARE)
    seen = (
        phrase(", statement to {day_and_time}", day_and_time=day_and_time(claim.statement_to, zone))
        if claim.statement_to
        else ""
    )
    told = words(
        (phrase("evidence: "), MUTED),
        phrase("{booked} booked by the bank{seen}", booked=claim.booked, seen=seen),
    )
    if claim.is_decided:
        return words(told, (phrase("; by decision {upheld} upheld", upheld=claim.upheld), CARE))
    return told


def explained_lines(
    value: tuple[ClaimStanding, tuple[str, ...], str, str], width: int
) -> list[Content]:
    """One claim in full with the arithmetic of its share, nobody else in it."""
    claim, told, zone, command = value
    lines = claim_lines(claim, zone, width)
    lines.append(word(""))
    if not told:
        nothing = phrase(
            "This claim has no part in a distribution: there is nothing to explain yet."
        )
        return [*lines, *paragraph(word(nothing, MUTED), width)]
    for line in map(shown, told):
        indent = len(line) - len(line.lstrip())
        lines += paragraph(word(line.strip()), width, indent) if line.strip() else [word("")]
    return [*lines, word(""), *command_lines(command, width)]
