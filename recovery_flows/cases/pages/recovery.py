"""One recovery on one page."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from zoneinfo import ZoneInfo

from models.action_kinds import ActionKind
from models.case_file import Step
from models.entities.officer import Role
from models.language.phrase import as_phrase, joined, phrase
from models.language.stored import read_back
from models.queries.cases.views import EventLine, RecoveryPage
from recovery_flows.cases.pages import approvals, board, money
from recovery_flows.cases.pages.requests import of_recovery
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
from recovery_flows.tracing.methods.catalogue import rule_words
from recovery_flows.wording import counted, spoken

TITLES: Mapping[str, str] = {
    "discrepancies": phrase("Discrepancies"),
    "next": phrase("Next steps"),
    "identity": phrase("Status of reported loss"),
    "money": phrase("Accounts and holds"),
    "multi-agency": phrase("Multi-agency requests"),
    "allocations": phrase("Distribution"),
    "requests": phrase("Requests abroad"),
    "letters": phrase("Letters"),
    "claims": phrase("Victims"),
    "clocks": phrase("Deadlines"),
    "waiting": phrase("Awaiting approval"),
    "events": phrase("Last events"),
    "notes": phrase("Notes"),
}
"""The sections in their order, by key."""
_STEPS = (Column(most=14), Column(rest=True), Column(most=16))
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
        _section("requests", of_recovery(page)),
        _section("letters", _letters(page)),
        _section("claims", _claims(page)),
        _section("clocks", _deadlines(page, laws), phrase("no legal deadline runs")),
        approvals.of_recovery(page.approvals, page.now),
        events(page.events),
        _section("notes", _notes(page), phrase("no note yet")),
    )
    return Page(tuple(_head(page, zone)), sections, zone)


def _section(key: str, parts: Iterator[Part] | Sequence[Part], empty: str = "") -> Section:
    return Section(key, TITLES[key], tuple(parts), empty)


def _head(page: RecoveryPage, zone: str) -> Iterator[Line]:
    yield line(
        Piece(page.ref, Tone.NAMED), "  ", sign(state_names.standing(page.state, page.stage)),
        "  ", strong(page.loss), muted(phrase(" lost by ")), counted(len(page.claims), "victim"),
    )  # fmt: skip
    rule = rule_words(page.tracing_rule)
    trace: Cell = cell(muted(phrase("  not traced yet")))
    if page.trace_as_of is not None:
        traced = phrase("  traced by {tracing_rule} as of ", tracing_rule=rule)
        trace = cell(muted(traced), muted(page.trace_as_of))
    yield line(
        phrase(
            "case {number}  case officer: {officer}",
            number=page.case_number or "–",
            officer=page.owner or phrase("unassigned"),
        ),
        muted(
            phrase(
                "  law {regime}  {method}",
                regime=page.regime,
                method=as_phrase(page.method) if page.method else phrase("method not known"),
            )
        ),
        *trace,
    )
    if page.restriction is not None:
        yield line(Piece(seen_by(page.restriction), Tone.CARE))
    yield line(*_red(page), muted(_stopwatch(page, zone)))
    asked = phrase("version {version}  times are of {zone}, now ", version=page.version, zone=zone)
    yield Line(
        cell(
            muted(asked),
            muted(page.now),
            muted(phrase("  id {recovery_id}", recovery_id=page.recovery_id)),
        ),
        typed=True,
    )
    yield from also_lines(page.also)


def _red(page: RecoveryPage) -> Cell:
    if page.idle_since is None:
        return ()
    return cell(idle(page.attention, page.idle_since, page.now), "  ")


def _stopwatch(page: RecoveryPage, zone: str) -> str:
    """How long it took from the report until something left, or how long nothing has."""
    reported = phrase(
        "reported {at:%Y-%m-%d %H:%M:%S %Z}",
        at=page.reported_at.astimezone(ZoneInfo(zone)),
    )
    if page.first_sent_at is None:
        waits = span_text(elapsed_seconds(page.reported_at, page.now))
        return phrase("{reported}, nothing sent yet after {waits}", reported=reported, waits=waits)
    after = span_text(elapsed_seconds(page.reported_at, page.first_sent_at))
    return phrase(
        "{reported}, {first_sent} sent after {after}",
        reported=reported,
        first_sent=page.first_sent,
        after=after,
    )


def _discrepancies(page: RecoveryPage) -> Section:
    parts: list[Part] = []
    for found in page.discrepancies:
        where = "".join(f"{part}  " for part in (found.bank, found.account) if part)
        parts.append(line(Piece(phrase("≠ {sentence}", sentence=found.sentence), Tone.ALARM)))
        parts.append(
            line(muted(phrase("{where}found ", where=where)), muted(found.found_at), indent=2)
        )
        parts.append(
            Line(
                cell(muted(phrase("id {discrepancy_id}", discrepancy_id=found.discrepancy_id))),
                2,
                typed=True,
            )
        )
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
        yield line(
            time_left(page.now, clock.due_at),
            phrase("  {what} ", what=clock.what),
            muted(clock.due_at),
        )
        if clock.note:
            yield line(note_piece(clock.note, is_escalated=clock.escalated), indent=2)
        yield line(*law(clock, laws), indent=2)


def note_piece(note: str, *, is_escalated: bool) -> Piece:
    """What is under way against the end of a deadline."""
    if is_escalated:
        return Piece(
            phrase("▲ {note}; escalated to supervisor", note=note),
            Tone.CARE,
            phrase("▲ {note}", note=note),
        )
    return muted(note)


def events(lines: Sequence[EventLine], title: str = TITLES["events"]) -> Section:
    """What happened, the newest first."""
    rows = (
        (
            muted(e.at),
            cell(
                phrase("{noun} {event}", noun=spoken(e.noun), event=spoken(e.event)),
                Piece(phrase("  {why}", why=read_back(e.reason)) if e.reason else "", Tone.CARE),
                muted(f"  {e.legal_basis}" if e.legal_basis else ""),
            ),
            Piece(joined("", [f"{e.actor} (", spoken(e.role), ")"]), Tone.MUTED, e.actor),
            muted(f"{e.seq} {e.digest[:12]}"),
        )
        for e in lines
    )  # fmt: skip
    return Section("events", title, table(_EVENTS, rows))


def _notes(page: RecoveryPage) -> Iterator[Part]:
    for note in page.notes:
        yield line(muted(note.at), muted(phrase("  {author}", author=note.author)))
        yield Prose(note.text, _NOTE_LINES)
