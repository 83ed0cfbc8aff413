"""One recovery on one page."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from zoneinfo import ZoneInfo

from models.action_kinds import ActionKind
from models.case_file import Step
from models.entities.officer import Role
from models.queries.cases.views import EventLine, RecoveryPage
from recovery_flows.cases.pages import approvals, board, money
from recovery_flows.cases.pages.restricted import seen_by
from recovery_flows.cases.pages.shared_cells import (
    LETTERS,
    also_lines,
    idle,
    law,
    sign,
    time_left,
    turn,
)
from recovery_flows.cases.pages.value import (
    NONE,
    Cell,
    Column,
    Line,
    Page,
    Part,
    Piece,
    Prose,
    Section,
    cell,
    line,
    muted,
    strong,
    table,
)
from recovery_flows.cases.views import state_names
from recovery_flows.cases.views.state_names import Tone
from recovery_flows.law.regime import Regime
from recovery_flows.reports.time_to_first_order import elapsed_seconds, span_text
from recovery_flows.wording import counted, spoken

TITLES: Mapping[str, str] = {
    "discrepancies": "Discrepancies",
    "next": "Next steps",
    "identity": "Status of reported loss",
    "money": "Accounts and holds",
    "multi-agency": "Multi-agency requests",
    "allocations": "Distribution",
    "requests": "Requests abroad",
    "letters": "Letters",
    "claims": "Victims",
    "clocks": "Deadlines",
    "waiting": "Awaiting approval",
    "events": "Last events",
    "notes": "Notes",
}
"""The sections in their order, by key."""
_STEPS = (Column(most=14), Column(rest=True), Column(most=16))
_FIELDS = (Column(most=26), Column(rest=True))
_LETTERS = (
    Column(most=26), Column(most=16), Column(rest=True), Column(), Column(most=14),
    Column(typed=True),
)  # fmt: skip
_CLAIMS = (
    Column("victim", most=8), Column("account", most=9), Column("state", most=10),
    Column("lost", right=True, rest=True), Column("upheld", right=True, detail=True),
    Column("returned", right=True), Column("claim", typed=True),
)  # fmt: skip
_EVENTS = (Column(most=16), Column(rest=True), Column(most=20), Column(typed=True))
_NOTE_LINES = 3


def written(page: RecoveryPage, laws: Mapping[str, Regime], zone: str) -> Page:
    """The whole page; instants are shown in `zone`."""
    sections = (
        _discrepancies(page),
        steps(page),
        money.status(page.terms),
        money.accounts(page.assets, page.now),
        board.board(page.multi_agency_requests, page.now),
        money.distribution(page.allocations),
        _section("requests", _requests(page)),
        _section("letters", _letters(page)),
        _section("claims", _claims(page)),
        _section("clocks", _deadlines(page, laws), "no legal deadline runs"),
        approvals.of_recovery(page.approvals, page.now),
        events(page.events),
        _section("notes", _notes(page), "no note yet"),
    )
    return Page(tuple(_head(page, zone)), sections, zone)


def _section(key: str, parts: Iterator[Part] | Sequence[Part], empty: str = "") -> Section:
    return Section(key, TITLES[key], tuple(parts), empty)


def _head(page: RecoveryPage, zone: str) -> Iterator[Line]:
    yield line(
        Piece(page.ref, Tone.NAMED), "  ", sign(state_names.standing(page.state, page.stage)),
        "  ", strong(page.loss), muted(" lost by "), counted(len(page.claims), "victim"),
    )  # fmt: skip
    trace: Cell = cell(muted(f"  {spoken(page.tracing_rule)}, not traced yet"))
    if page.trace_as_of is not None:
        trace = cell(
            muted(f"  traced by {spoken(page.tracing_rule)} as of "), muted(page.trace_as_of)
        )
    yield line(
        f"case {page.case_number or '–'}  case officer: {page.owner or 'unassigned'}",
        muted(f"  law {page.regime}  {page.method or 'method not known'}"), *trace,
    )  # fmt: skip
    if page.restriction is not None:
        yield line(Piece(seen_by(page.restriction), Tone.CARE))
    yield line(*_red(page), muted(_stopwatch(page, zone)))
    asked = f"version {page.version}  times are of {zone}, now "
    yield Line(cell(muted(asked), muted(page.now), muted(f"  id {page.recovery_id}")), typed=True)
    yield from also_lines(page.also)


def _red(page: RecoveryPage) -> Cell:
    if page.idle_since is None:
        return ()
    return cell(idle(page.attention, page.idle_since, page.now), "  ")


def _stopwatch(page: RecoveryPage, zone: str) -> str:
    """How long it took from the report until something left, or how long nothing has."""
    reported = f"reported {page.reported_at.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M:%S}"
    if page.first_sent_at is None:
        waits = span_text(elapsed_seconds(page.reported_at, page.now))
        return f"{reported}, nothing sent yet after {waits}"
    after = span_text(elapsed_seconds(page.reported_at, page.first_sent_at))
    return f"{reported}, {page.first_sent} sent after {after}"


def _discrepancies(page: RecoveryPage) -> Section:
    parts: list[Part] = []
    for found in page.discrepancies:
        where = "".join(f"{part}  " for part in (found.bank, found.account) if part)
        parts.append(line(Piece(f"≠ {found.sentence}", Tone.ALARM)))
        parts.append(line(muted(f"{where}found "), muted(found.found_at), indent=2))
        parts.append(Line(cell(muted(f"id {found.discrepancy_id}")), 2, typed=True))
    return _section("discrepancies", parts)


def steps(page: RecoveryPage, own: Collection[Role] = ()) -> Section:
    """What is to be done: by whom, what, until when; `own` are the roles of who looks."""
    return _section("next", table(_STEPS, (step(page, s, own) for s in page.steps), whole=True))


def step(page: RecoveryPage, one: Step, own: Collection[Role] = ()) -> tuple[Cell, ...]:
    """One next step: who acts, what, how much time is left."""
    style = Tone.ALARM if one.action == ActionKind.RESOLVE_DISCREPANCY else Tone.PLAIN
    due = cell(time_left(page.now, one.due_at)) if _has_term(page, one) else cell("")
    whose = NONE if one.action == ActionKind.DONE else cell(sign(turn(one.role, own)))
    return whose, cell(Piece(one.sentence, style)), due


def _has_term(page: RecoveryPage, one: Step) -> bool:
    """A first stop is due "since the report", a discrepancy since it was found: no term of law."""
    is_term = one.action != ActionKind.RESOLVE_DISCREPANCY
    return is_term and one.due_at is not None and one.due_at > page.reported_at


def _requests(page: RecoveryPage) -> Iterator[Part]:
    for request in page.requests:
        yield line(
            sign(state_names.request_word(request.state)), "  ", request.requested,
            f" at {request.partner}", muted(f" by {spoken(request.channel)}"),
            Piece(f"  {request.reason}", Tone.CARE),
        )  # fmt: skip
        if request.missing:
            names = ", ".join(map(spoken, request.missing))
            yield line(Piece(f"{len(request.missing)} missing: ", Tone.CARE), names, indent=2)
        fields = ((muted(f"  {spoken(name)}"), text) for name, text in request.fields)
        yield from table(_FIELDS, fields, detail=True, whole=True)
        yield Line(cell(muted(f"id {request.request_id}")), 2, typed=True)


def _letters(page: RecoveryPage) -> tuple[Part, ...]:
    rows = (
        (
            sign(LETTERS[x.stands]), strong(x.bank), cell(x.what), time_left(page.now, x.due_at),
            muted(x.sent_how), muted(x.call_id),
        )
        for x in page.letters
    )  # fmt: skip
    return table(_LETTERS, rows)


def _claims(page: RecoveryPage) -> tuple[Part, ...]:
    rows = (
        (
            cell(c.victim), cell(c.account), sign(state_names.claim_word(c.state)),
            cell(c.reported), cell(c.upheld),
            cell(Piece(c.returned, Tone.GOOD)) if c.returned.minor else NONE, muted(c.claim_id),
        )
        for c in page.claims
    )  # fmt: skip
    return table(_CLAIMS, rows)


def _deadlines(page: RecoveryPage, laws: Mapping[str, Regime]) -> Iterator[Part]:
    """What ends, when, and under which article; the article's status is always told."""
    for clock in page.clocks:
        yield line(time_left(page.now, clock.due_at), f"  {clock.what} ", muted(clock.due_at))
        if clock.note:
            yield line(note_piece(clock.note, is_escalated=clock.escalated), indent=2)
        yield line(*law(clock, laws), indent=2)


def note_piece(note: str, *, is_escalated: bool) -> Piece:
    """What is under way against the end of a deadline."""
    if is_escalated:
        return Piece(f"▲ {note}; escalated to supervisor", Tone.CARE, f"▲ {note}")
    return muted(note)


def events(lines: Sequence[EventLine], title: str = TITLES["events"]) -> Section:
    """What happened, the newest first."""
    rows = (
        (
            muted(e.at),
            cell(
                f"{spoken(e.noun)} {spoken(e.event)}",
                Piece(f"  {e.reason}" if e.reason else "", Tone.CARE),
                muted(f"  {e.legal_basis}" if e.legal_basis else ""),
            ),
            Piece(f"{e.actor} ({e.role})", Tone.MUTED, e.actor),
            muted(f"{e.seq} {e.digest[:12]}"),
        )
        for e in lines
    )  # fmt: skip
    return Section("events", title, table(_EVENTS, rows))


def _notes(page: RecoveryPage) -> Iterator[Part]:
    for note in page.notes:
        yield line(muted(note.at), muted(f"  {note.author}"))
        yield Prose(note.text, _NOTE_LINES)
