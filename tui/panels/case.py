"""The rest of a recovery's page: head, next step, clocks, requests, people, history, notes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from textual.content import Content

from models.action_kinds import ActionKind
from models.case_file import Step
from models.entities.officer import Role
from models.queries.cases.views import DeadlineLine, EventLine, RecoveryPage
from models.queries.installation.officers import OfficerView
from recovery_flows.cases.views import state_names
from recovery_flows.law.regime import Regime
from recovery_flows.law.rows import Status
from recovery_flows.reports.time_to_first_order import elapsed_seconds, span_text
from tui.act_guards import officer_step, own_approval, why_not
from tui.layout import ROOMY, Column, also_lines, grid, paragraph
from tui.state_styles import (
    ALARM,
    CARE,
    GOOD,
    MUTED,
    idle_text,
    sign_of,
    stage_sign,
    time_left,
    turn_sign,
)
from tui.text import clock_time, counted, cut, day_and_time, safe_lines, word, words, zoned_time


def head_lines(page: RecoveryPage, zone: str, width: int) -> list[Content]:
    """Reference, stage, loss, victims, owner, rule and date of the trace."""
    trace = "not traced yet"
    if page.trace_as_of is not None:
        trace = f"traced {zoned_time(page.trace_as_of, zone)} by {page.tracing_rule}"
    first = words(
        (page.ref, "bold $primary"), "  ", stage_sign(page.state, page.stage).text(), "  ",
        (page.loss, "bold $foreground"), (" lost by ", MUTED),
        counted(len(page.claims), "victim"),
    )  # fmt: skip
    second = words(
        (f"case {page.case_number or '–'}  file: {page.owner or 'nobody yet'}", "$foreground"),
        (f"  law {page.regime}  {page.method or 'method not known'}  {trace}", MUTED),
    )
    lines = [first, *paragraph(second, width), *_red_lines(page, zone)]
    return [*lines, *also_lines(page.also, width)]


def _red_lines(page: RecoveryPage, zone: str) -> list[Content]:
    """From report to request by the stop-watch; that nobody owns or moves the file."""
    pieces: list[Content | tuple[object, str]] = []
    if page.idle_since is not None:
        pieces += [idle_text(page.attention, page.idle_since, page.now), ("  ", MUTED)]
    reported = f"reported {clock_time(page.reported_at, zone)}"
    if page.first_sent_at is None:
        waits = span_text(elapsed_seconds(page.reported_at, page.now))
        pieces.append((f"{reported}, nothing sent yet after {waits}", MUTED))
    else:
        after = span_text(elapsed_seconds(page.reported_at, page.first_sent_at))
        pieces.append((f"{reported}, {page.first_sent} sent after {after}", MUTED))
    return [words(*pieces)]


def next_lines(
    page: RecoveryPage, officer: OfficerView | None, width: int, *, read_only: bool
) -> list[Content]:
    """What `n` does, or why it does nothing; then whatever else is open."""
    own = officer.roles if officer else frozenset[Role]()
    refusal = why_not(page, officer, read_only=read_only)
    step = officer_step(page)
    approval = own_approval(page, officer)
    if approval is not None and not read_only:
        step, refusal = approval, ""
    if step is not None and not refusal:
        due = (
            words("  ", time_left(page.now, step.due_at)) if _is_clock(page, step) else Content("")
        )
        style = ALARM if step.action == ActionKind.RESOLVE_DISCREPANCY else "bold $foreground"
        first = words(("n ", "bold $accent"), (step.sentence, style), due)
    else:
        first = words(("n ", MUTED), ("– ", CARE), (refusal, "$foreground"))
    others = [s for s in page.steps if s is not step]
    lines = paragraph(first, width)
    most = 3 if width >= ROOMY else 2
    for other in others[:most]:
        sign = turn_sign(other.role, own)
        lines.append(words("  ", sign.text(), "  ", (other.sentence, MUTED)))
    if len(others) > most:
        lines.append(word(f"  and {len(others) - most} more", MUTED))
    return lines


def _is_clock(page: RecoveryPage, step: Step) -> bool:
    """A first stop is due "since the report", a discrepancy since it was found: no term of law."""
    is_term = step.action != ActionKind.RESOLVE_DISCREPANCY
    return is_term and step.due_at is not None and step.due_at > page.reported_at


def deadline_lines(
    page: RecoveryPage, laws: Mapping[str, Regime], zone: str, width: int
) -> list[Content]:
    """What runs out, when, and under which article; the article's status is always said."""
    if not page.clocks:
        return [word("no legal clock runs", MUTED)]
    lines: list[Content] = []
    for clock in page.clocks:
        head = words(
            time_left(page.now, clock.due_at), f"  {clock.what} ",
            (zoned_time(clock.due_at, zone), MUTED),
        )  # fmt: skip
        lines.append(cut(head, width))
        if clock.note:
            style = CARE if clock.escalated else MUTED
            lines += paragraph(word(clock.note, style), width, 2)
        lines += paragraph(law_words(clock, laws), width, 2)
    return lines


def law_words(clock: DeadlineLine, laws: Mapping[str, Regime]) -> Content:
    """The article that a clock is counted by, and whether it was seen in a text."""
    law = laws.get(clock.regime)
    if law is None or clock.law_row not in law.rows:
        return word(f"{clock.regime} {clock.law_row}", MUTED)
    row = law.row(clock.law_row)
    sure = row.status is Status.CONFIRMED
    mark = ("✓ confirmed", GOOD) if sure else ("? unverified", CARE)
    article = "" if row.article == "none" else f", {row.article}"
    return words(mark, (f"  {row.instrument}{article}", MUTED))


def requests_lines(page: RecoveryPage, width: int) -> list[Content]:
    """Requests to other countries and what they still lack."""
    if not page.requests:
        return [word("no request to another country", MUTED)]
    lines: list[Content] = []
    for request in page.requests:
        lines.append(
            words(
                sign_of(state_names.request_word(request.state)).text(),
                f"  {request.requested} at {request.partner}",
                (f" by {request.channel}", MUTED), (f"  {request.reason}", CARE),
            )
        )  # fmt: skip
        if request.missing:
            names = ", ".join(name.replace("_", " ") for name in request.missing)
            lines += paragraph(words((f"{len(request.missing)} missing: ", CARE), names), width, 2)
    return lines


def request_fields_lines(page: RecoveryPage, width: int) -> list[Content]:
    """Requests with every field that is filled."""
    lines = requests_lines(page, width)
    for request in page.requests:
        rows = [(word(f"  {n}".replace("_", " "), MUTED), word(v)) for n, v in request.fields]
        lines += grid((Column("", most=26), Column("", rest=True)), rows, width, full=True)
    return lines


def claims_lines(page: RecoveryPage, width: int) -> list[Content]:
    """Victims, masked, with what each lost and got back."""
    columns = (Column("victim", most=8), Column("account", most=9), Column("state", most=10),
               Column("lost", right=True, rest=True), Column("returned", right=True))  # fmt: skip
    rows = [
        (
            word(c.victim), word(c.account), word(c.state, MUTED), word(c.reported),
            word(c.returned, GOOD) if c.returned.minor else word("–", MUTED),
        )
        for c in page.claims
    ]  # fmt: skip
    return grid(columns, rows, width)


def waiting_lines(page: RecoveryPage, width: int) -> list[Content]:
    """Approvals of this recovery that wait."""
    if not page.approvals:
        return [word("nothing waits for a second person", MUTED)]
    rows = [
        (
            time_left(page.now, a.due_at), word(a.act.replace("_", " "), "bold"),
            word(f"asked by {a.asked_by}", MUTED),
        )
        for a in page.approvals
    ]  # fmt: skip
    return grid((Column(""), Column(""), Column("", rest=True)), rows, width)


def events_lines(
    events: Sequence[EventLine], width: int, *, zone: str, full: bool = False
) -> list[Content]:
    """What happened, the newest first."""
    columns = (Column("", most=12), Column("", most=30, rest=True), Column("", most=16))
    rows = [
        (
            word(day_and_time(e.at, zone), MUTED),
            words(
                (f"{e.noun} {e.event}".replace("_", " "), "$foreground"),
                (f"  {e.reason}" if e.reason else "", CARE),
                (f"  {e.legal_basis}" if e.legal_basis else "", MUTED),
            ),
            word(e.actor, MUTED),
        )
        for e in events
    ]  # fmt: skip
    return grid(columns, rows, width, full=full)


def notes_lines(page: RecoveryPage, width: int, *, zone: str, full: bool = False) -> list[Content]:
    """Notes, the newest first; on the page the first three lines of each."""
    if not page.notes:
        return [word("no note yet: w writes one", MUTED)]
    lines: list[Content] = []
    for note in page.notes:
        lines.append(word(f"{day_and_time(note.at, zone)}  {note.author}", MUTED))
        text = safe_lines(note.text)
        wrapped = [part for line in text for part in paragraph(word(line), width, 2)]
        lines += wrapped if full else wrapped[:3]
        if not full and len(wrapped) > 3:
            lines.append(word(f"  … {counted(len(wrapped) - 3, 'more line')}: v shows all", MUTED))
    return lines
