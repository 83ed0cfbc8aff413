"""The restitution of one recovery in lines: next step, rounds, rules, objections, one claim."""

from __future__ import annotations

from collections.abc import Iterator

from textual.content import Content

from models.action_kinds import ActionKind
from models.case_file import Step
from models.entities.claim import ObjectionState
from models.entities.officer import Role
from models.queries.installation.officers import OfficerView
from recovery_flows.cases.pages import restitution
from recovery_flows.cases.pages.value import Column
from recovery_flows.cases.views.restitution_views import (
    ClaimStanding,
    ObjectionLine,
    RestitutionPage,
)
from recovery_flows.wording import counted
from tui.layout import ROOMY, grid, paragraph
from tui.panels.other_ways import WAY_COMMANDS
from tui.panels.page import section_lines
from tui.state_styles import ALARM, CARE, CLAIMS, GOOD, MUTED, payout_sign, time_left
from tui.text import cut, day_and_time, plain, word, words, zoned_time


def head_lines(page: RestitutionPage, width: int) -> list[Content]:
    """What was lost, what has come back, what is open."""
    is_roomy = width >= ROOMY
    net = words(("  net loss ", MUTED), plain(page.upheld)) if is_roomy else ""
    told = words(
        (page.ref, "bold $primary"), f"  {counted(page.total, 'claim')}" if is_roomy else "",
        ("  lost ", MUTED), (page.reported, "bold $foreground"), net,
        ("  returned ", MUTED), (plain(page.paid), f"bold {GOOD}"),
        ("  open ", MUTED), plain(page.open),
    )  # fmt: skip
    return [cut(told, width)]


def step_on_screen(page: RestitutionPage) -> Step | None:
    """What a person has to do next; None where nobody has."""
    people = [s for s in page.steps if s.role in (Role.OFFICER, Role.SUPERVISOR)]
    return people[0] if people else None


def command_of(page: RestitutionPage, step: Step | None) -> str:
    """The command that does the same as the key."""
    if step is None:
        return f"recovery document {page.ref} decision receipt" if page.receipts else ""
    if step.action == ActionKind.DECIDE_OBJECTION:
        return (
            f"recovery objection decide {page.ref} {step.subject_id} --uphold|--reject "
            "--reason TEXT"
        )
    if step.action == ActionKind.APPROVE:
        return f"recovery approve {step.subject_id}"
    if step.action == ActionKind.RESOLVE_DISCREPANCY:
        return f"recovery discrepancy resolve {page.ref} {step.subject_id} --reason TEXT"
    way = WAY_COMMANDS.get(step.action)
    return f"recovery {way} {page.ref} {step.subject_id}" if way else f"recovery advance {page.ref}"


def next_lines(
    page: RestitutionPage, officer: OfficerView | None, zone: str, width: int
) -> list[Content]:
    """The next step, whose it is, the key and the command for it."""
    step = step_on_screen(page)
    if step is None:
        first = page.steps[0]
        waits = "" if first.action == ActionKind.DONE else "no person has to act: "
        lines = paragraph(words((waits, MUTED), first.sentence), width)
        if page.receipts:
            told = words(("w ", "bold $accent"), f"write {counted(page.receipts, 'receipt')}")
            lines += [told, *command_lines(command_of(page, None), width)]
        return lines
    roles = officer.roles if officer else frozenset()
    own = step.role in roles
    who = words(("▸ you: ", "bold $warning")) if own else words((f"▸ {step.role}: ", MUTED))
    lines = paragraph(words(who, (step.sentence, "bold $foreground")), width)
    due = time_left(page.now, step.due_at)
    when = f"  until {day_and_time(step.due_at, zone)}" if step.due_at else ""
    key = "d" if step.action == ActionKind.DECIDE_OBJECTION else "n"
    lines.append(cut(words((f"{key} ", "bold $accent"), "does it  ", due, (when, MUTED)), width))
    return [*lines, *command_lines(command_of(page, step), width)]


def command_lines(command: str, width: int) -> list[Content]:
    """A command as it is typed, wrapped under its `$`."""
    return [
        words(("$ " if n == 0 else "  ", MUTED), (line, "$secondary"))
        for n, line in enumerate(word(command).wrap(max(1, width - 2)))
    ]


def rounds_lines(
    page: RestitutionPage, zone: str, width: int, *, full: bool = False
) -> list[Content]:
    """Every distribution, the latest first; where there is none, the key that leads to one."""
    section = restitution.rounds(page)
    lines = section_lines(section, zone, width, full=full)
    return lines if section.parts else [*lines, word("n does the next step.", MUTED)]


def rules_lines(
    page: RestitutionPage, claim: ClaimStanding | None, zone: str, width: int
) -> list[Content]:
    """Each rule: what the claim under the cursor would get, what differs, what moves in all."""
    return section_lines(restitution.rules(page, claim), zone, width)


def objections_lines(
    page: RestitutionPage, zone: str, width: int, *, full: bool = False
) -> list[Content]:
    """Objections with their clocks: open ones first, then what was decided, short or in full."""
    if not page.objections:
        return paragraph(
            word("No objections. e enters one for the claim under the cursor.", MUTED), width
        )
    return [line for one in page.objections for line in _objection(one, page, zone, width, full)]


def _objection(
    one: ObjectionLine,
    page: RestitutionPage,
    zone: str,
    width: int,
    full: bool,  # noqa: FBT001
) -> Iterator[Content]:
    whose = f"{one.number} {one.victim}" if one.claim_id else "no claim"
    is_open = one.state is ObjectionState.OPEN
    if is_open:
        sign = words(("! ", "bold $warning"), (f"{one.kind} ", "bold"), whose, "  ",
                     time_left(page.now, one.due_at), ("  d decides", MUTED))  # fmt: skip
    else:
        glyph, style = ("✓", GOOD) if one.state is ObjectionState.UPHELD else ("✕", ALARM)
        sign = words((f"{glyph} {one.state} ", style), (f"{one.kind} ", "bold"), whose)
    yield cut(sign, width)
    if is_open or full:
        told = f"{day_and_time(one.entered_at, zone)} {one.entered_by}: {one.text}"
        yield from paragraph(word(told, MUTED), width, 2)
    if one.decided_at is not None:
        if one.loss is not None:
            yield word(f"  {plain(one.loss)} of the loss upheld", CARE)
        told = f"{day_and_time(one.decided_at, zone)} {one.decided_by}: {one.decision}"
        lines = paragraph(word(told, MUTED), width, 2)
        yield from lines if full else [cut(word(f"  {told}", MUTED), width)]


def claim_lines(claim: ClaimStanding, zone: str, width: int) -> list[Content]:
    """One claim: its evidence, what was decided of it, what it got in each round."""
    lines = paragraph(
        words(
            (claim.number, "bold $primary"), f" {claim.victim} {claim.account}  ",
            CLAIMS[claim.state].text(), (f"  paid {zoned_time(claim.paid_at, zone)}", MUTED),
        ),
        width,
    )  # fmt: skip
    lines += paragraph(_evidence(claim, zone), width)
    if claim.appeal_until is not None:
        lines += paragraph(
            word(f"may appeal until {zoned_time(claim.appeal_until, zone)}", CARE), width
        )
    rows = [
        (
            word(f"round {s.round_number} at {s.bank}", MUTED), word(plain(s.payout.amount)),
            payout_sign(s.payout).text(),
            word(day_and_time(s.settled_at, zone) if s.settled_at else "", MUTED),
        )
        for s in claim.shares
    ]  # fmt: skip
    if not rows:
        return [*lines, word("no share yet", MUTED)]
    columns = (Column("", most=28), Column("", right=True), Column("", most=24),
               Column("", rest=True))  # fmt: skip
    return [*lines, *grid(columns, rows, width)]


def _evidence(claim: ClaimStanding, zone: str) -> Content:
    if claim.booked is None:
        return word("evidence: no bank's statement shows the payment yet", CARE)
    seen = f", statement to {day_and_time(claim.statement_to, zone)}" if claim.statement_to else ""
    told = words(("evidence: ", MUTED), f"{claim.booked} booked by the bank{seen}")
    if claim.is_decided:
        return words(told, (f"; by decision {claim.upheld} upheld", CARE))
    return told


def explained_lines(
    value: tuple[ClaimStanding, tuple[str, ...], str, str], width: int
) -> list[Content]:
    """One claim in full with the arithmetic of its share, nobody else in it."""
    claim, told, zone, command = value
    lines = claim_lines(claim, zone, width)
    lines.append(word(""))
    if not told:
        nothing = "This claim has no part in a distribution: there is nothing to explain yet."
        return [*lines, *paragraph(word(nothing, MUTED), width)]
    for line in told:
        indent = len(line) - len(line.lstrip())
        lines += paragraph(word(line.strip()), width, indent) if line.strip() else [word("")]
    return [*lines, word(""), *command_lines(command, width)]
