"""The restitution of one recovery in lines: next step, rounds, rules."""

from __future__ import annotations

from textual.content import Content

from models.action_kinds import ActionKind
from models.case_file import Step
from models.entities.officer import Role
from models.language.phrase import phrase
from models.queries.installation.officers import OfficerView
from recovery_flows.cases.pages import restitution
from recovery_flows.cases.views.restitution_views import ClaimStanding, RestitutionPage
from recovery_flows.wording import counted, spoken
from tui.layout import ROOMY, paragraph
from tui.panels.other_ways import WAY_COMMANDS
from tui.panels.page import section_lines
from tui.state_styles import GOOD, MUTED, time_left
from tui.text import cut, day_and_time, plain, word, words


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
    who = (
        words((phrase("▸ you: "), "bold $warning"))
        if own
        else words((phrase("▸ {role}: ", role=spoken(step.role)), MUTED))
    )
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


def rounds_lines(
    page: RestitutionPage, zone: str, width: int, *, full: bool = False
) -> list[Content]:
    """Every distribution, the latest first; where there is none, the key that leads to one."""
    section = restitution.rounds(page)
    lines = section_lines(section, zone, width, full=full)
    return lines if section.parts else [*lines, word(phrase("n does the next step."), MUTED)]


def rules_lines(
    page: RestitutionPage, claim: ClaimStanding | None, zone: str, width: int
) -> list[Content]:
    """Each rule: what the claim under the cursor would get, what differs, what moves in all."""
    return section_lines(restitution.rules(page, claim), zone, width)
