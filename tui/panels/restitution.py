"""The restitution of one recovery in lines: next step, rounds, rules, objections, one claim."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from textual.content import Content

from models.action_kinds import ActionKind
from models.case_file import Step
from models.entities.officer import Role
from models.language.phrase import phrase
from models.money import Money
from models.queries.installation.officers import OfficerView
from recovery_flows.cases.pages.value import Column
from recovery_flows.cases.views.restitution_views import (
    ClaimStanding,
    RestitutionPage,
    RoundLine,
)
from recovery_flows.cases.views.state_names import allocation_word
from recovery_flows.restitution.payouts import ENDED
from recovery_flows.wording import counted
from tui.layout import ROOMY, grid, paragraph
from tui.panels.other_ways import WAY_COMMANDS
from tui.state_styles import CARE, GOOD, MUTED, sign_of, time_left
from tui.text import cut, day_and_time, plain, word, words, zoned_time


def head_lines(page: RestitutionPage, width: int) -> list[Content]:
    """What was lost, what has come back, what is open."""
    is_roomy = width >= ROOMY
    net = words((phrase("  net loss "), MUTED), plain(page.upheld)) if is_roomy else ""
    told = words(
        (page.ref, "bold $primary"),
        phrase("  {claims}", claims=counted(page.total, "claim")) if is_roomy else "",
        (phrase("  lost "), MUTED),
        (page.reported, "bold $foreground"),
        net,
        (phrase("  returned "), MUTED),
        (plain(page.paid), f"bold {GOOD}"),
        (phrase("  open ", context_="sum"), MUTED),
        plain(page.open),
    )
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
        waits = "" if first.action == ActionKind.DONE else phrase("no person has to act: ")
        lines = paragraph(words((waits, MUTED), first.sentence), width)
        if page.receipts:
            told = words(
                ("w ", "bold $accent"),
                phrase("write {receipts}", receipts=counted(page.receipts, "receipt")),
            )
            lines += [told, *command_lines(command_of(page, None), width)]
        return lines
    roles = officer.roles if officer else frozenset()
    own = step.role in roles
    who = words((phrase("▸ you: "), "bold $warning")) if own else words((f"▸ {step.role}: ", MUTED))
    lines = paragraph(words(who, (step.sentence, "bold $foreground")), width)
    due = time_left(page.now, step.due_at)
    when = (
        phrase("  until {day_and_time}", day_and_time=day_and_time(step.due_at, zone))
        if step.due_at
        else ""
    )
    key = "d" if step.action == ActionKind.DECIDE_OBJECTION else "n"
    lines.append(
        cut(words((f"{key} ", "bold $accent"), phrase("does it  "), due, (when, MUTED)), width)
    )
    return [*lines, *command_lines(command_of(page, step), width)]


def command_lines(command: str, width: int) -> list[Content]:
    """A command as it is typed, wrapped under its `$`."""
    return [
        words(("$ " if n == 0 else "  ", MUTED), (line, "$secondary"))
        for n, line in enumerate(word(command).wrap(max(1, width - 2)))
    ]


def rounds_lines(page: RestitutionPage, zone: str, width: int) -> list[Content]:
    """Every distribution, the latest first: what it divides, what was paid, what is reserved."""
    if not page.rounds:
        return paragraph(
            word(
                phrase("Nothing is distributed yet. That begins when the money is frozen, traced "
"and an officer has established whose it is: n does the next step."), MUTED,
            ),
            width,
        )  # fmt: skip
    live = [one for one in page.rounds if not one.why_void]
    lines = _all_rounds(live, page.currency, width) if len(live) > 1 else []
    return [*lines, *(line for one in page.rounds for line in _round(one, page, zone, width))]


def _all_rounds(live: Sequence[RoundLine], currency: str, width: int) -> list[Content]:
    """What all rounds together divide, and that it is what was paid and what is reserved."""
    pool, paid = (
        Money(sum(money.minor for money in sums), currency)
        for sums in ([one.pool for one in live], [one.paid for one in live])
    )
    kept = Money(pool.minor - paid.minor, currency)
    told = phrase(
        "{pool} to distribute = {paid} paid + {reserved} reserved",
        pool=plain(pool),
        paid=plain(paid),
        reserved=plain(kept),
    )
    return paragraph(word(told, "$foreground"), width)


def _round(one: RoundLine, page: RestitutionPage, zone: str, width: int) -> Iterator[Content]:
    is_chosen = one.allocation_id == page.allocation_id
    is_done = not one.reserves and not one.why_void and one.state in ENDED
    sums = f"  {plain(one.paid)}" if is_done and not is_chosen else ""
    yield cut(
        words(
            ("▸" if is_chosen else " ", "bold $accent"),
            (phrase("Round {number} ", number=one.number), "bold"),
            sign_of(allocation_word(one.state)).text(),
            sums,
            (f"  {one.bank} {one.account}", MUTED),
        ),
        width,
    )
    if one.why_void:
        yield from paragraph(word(one.why_void.removeprefix("void: "), CARE), width, 2)
    elif is_chosen or not is_done:
        yield from _round_sums(one, width)
        if one.notice_to is not None:
            over = one.notice_to <= page.now
            told = phrase("notice ended") if over else phrase("notice runs until")
            yield word(
                phrase("  {told} {at}", told=told, at=zoned_time(one.notice_to, zone)),
                MUTED if over else CARE,
            )


def _round_sums(one: RoundLine, width: int) -> list[Content]:
    """Pool = paid + reserve, one under another, with why each part is reserved."""
    rows: list[tuple[Content, Content, Content]] = [
        (
            word(phrase("  to distribute"), MUTED),
            word(plain(one.pool), "$foreground"),
            word(one.method.replace("_", " "), MUTED),
        ),
        (
            word(phrase("  = paid"), MUTED),
            word(plain(one.paid), GOOD if one.paid.minor else MUTED),
            word(
                phrase("{booked} of {payouts} booked", booked=one.booked, payouts=one.payouts),
                MUTED,
            ),
        ),
    ]
    rows += [
        (word(phrase("  + reserved"), MUTED), word(plain(money), CARE), word(""))
        for money, _ in one.reserves
    ]
    columns = (Column("", most=15), Column("", right=True), Column("", rest=True, most=60))
    lines = grid(columns, rows, width)
    for place, (_, why) in enumerate(one.reserves, start=1):
        at = len(lines) - len(one.reserves) + place - 1
        lines[at : at + 1] = [lines[at], *paragraph(word(why, MUTED), width, 4)]
    return lines


def rules_lines(page: RestitutionPage, claim: ClaimStanding | None, width: int) -> list[Content]:
    """Each rule: what the claim under the cursor would get, what differs, what moves in all."""
    if not page.rules:
        return paragraph(
            word(
                phrase("The rules are compared as soon as there is something to distribute."), MUTED
            ),
            width,
        )
    shares = claim.by_rule if claim is not None else ()
    titles = (
        phrase("rule"),
        claim.number if claim else phrase("claim"),
        phrase("differs"),
        phrase("moves"),
    )
    columns = (Column(titles[0], most=14), *(Column(t, right=True) for t in titles[1:]))
    rows = []
    for place, rule in enumerate(page.rules):
        own = shares[place] if shares else None
        by = Money(own.minor - shares[0].minor, own.currency) if own else None
        rows.append((
            words(("▸" if place == 0 else " ", "bold $accent"), rule.name.replace("-", " ")),
            word(plain(own) if own else phrase("no part"), "bold" if place == 0 else ""),
            _difference(by),
            word(plain(rule.moved), CARE) if rule.moved.minor else word("–", MUTED),
        ))  # fmt: skip
    lines = grid(columns, rows, width)
    told = phrase(
        "▸ in force in round {number}; moves: what it gives to other claims than that rule",
        number=page.number,
    )
    lines += paragraph(word(told, MUTED), width)
    if not page.is_as_decided:
        changed = phrase(
            "The shares that were decided are others: a court has ordered them, claims "
            "have changed since, or less than the smallest coin stood back."
        )
        lines += paragraph(word(changed, CARE), width)
    return lines


def _difference(by: Money | None) -> Content:
    if by is None or not by.minor:
        return word("–" if by is None else phrase("same"), MUTED)
    return word(f"{'+' if by.minor > 0 else '−'}{plain(by).lstrip('-')}", CARE)
