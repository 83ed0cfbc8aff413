"""One recovery on one page, as text: every figure with its unit, every clock with its article."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from zoneinfo import ZoneInfo

from models.queries.cases.views import AllocationLine, AssetLine, DeadlineLine, RecoveryPage
from models.urgency import Attention
from recovery_flows.cases.views import state_names
from recovery_flows.cli.case.approve import approval_lines
from recovery_flows.cli.case.multi_agency_text import board_lines
from recovery_flows.cli.table import columns, counted, instant_text, spoken, turn
from recovery_flows.law.regime import Regime
from recovery_flows.law.terms import time_left_text
from recovery_flows.reports.time_to_first_order import elapsed_seconds, span_text

Regimes = Mapping[str, Regime]


def page_lines(page: RecoveryPage, laws: Regimes) -> Iterator[str]:
    """The whole page; instants in the time zone of the recovery's law."""
    zone = laws[page.regime].time_zone
    yield from _head(page, zone)
    parts = (
        ("Discrepancies", _discrepancies(page, zone)),
        ("Seen elsewhere", [f"! {line.sentence}" for line in page.also]),
        ("Money", _terms(page)),
        ("Claims", _claims(page)),
        ("Where it is", _assets(page, zone)),
        ("Deadlines", _clocks(page, laws, zone)),
        ("Requests across borders", _requests(page)),
        ("Letters", _letters(page, zone)),
        ("Returns", _allocations(page, zone)),
        ("Multi-agency requests", board_lines(page, zone) if page.multi_agency_requests else ()),
        ("Waits for approval", [x for a in page.approvals for x in approval_lines(a, zone)]),
        ("Next steps", _steps(page, zone)),
        ("Notes", _notes(page, zone)),
        ("Events, the newest first", _events(page, zone)),
    )
    for title, lines in parts:
        shown = list(lines)
        if shown:
            yield ""
            yield title
            yield from (f"  {line}" for line in shown)


def _head(page: RecoveryPage, zone: str) -> Iterator[str]:
    victims = counted(len(page.claims), "victim")
    yield f"{page.ref}  {state_names.standing(page.state, page.stage).word}  {page.loss}  {victims}"
    yield from columns(
        [
            ("case", page.case_number or "not accepted yet", "file of", page.owner or "nobody yet"),
            ("law", page.regime, "tracing", _tracing(page, zone)),
            ("reported", instant_text(page.reported_at, zone), "method", page.method or "-"),
            ("now", instant_text(page.now, zone), "version", str(page.version)),
        ]
    )
    yield f"times are of {zone}; id {page.recovery_id}"
    yield _stopwatch(page, zone)
    if page.attention == Attention.DISCREPANCY:
        yield f"≠ {page.attention.upper()}"
    elif page.idle_since is not None:
        since = span_text(elapsed_seconds(page.idle_since, page.now))
        yield f"▲ {page.attention.upper()} for {since}"


def _stopwatch(page: RecoveryPage, zone: str) -> str:
    """How long it took from the report until something left, or how long nothing has."""
    reported = f"reported {page.reported_at.astimezone(ZoneInfo(zone)):%H:%M:%S}"
    if page.first_sent_at is None:
        waits = span_text(elapsed_seconds(page.reported_at, page.now))
        return f"{reported}, nothing sent yet after {waits}"
    after = elapsed_seconds(page.reported_at, page.first_sent_at)
    return f"{reported}, {page.first_sent} sent after {span_text(after)}"


def _tracing(page: RecoveryPage, zone: str) -> str:
    if page.trace_as_of is None:
        return f"{page.tracing_rule}, not traced yet"
    return f"{page.tracing_rule}, as of {instant_text(page.trace_as_of, zone)}"


def _discrepancies(page: RecoveryPage, zone: str) -> Iterator[str]:
    for found in page.discrepancies:
        yield f"≠ {found.sentence}"
        at = " ".join(part for part in (found.bank, found.account) if part)
        since = f"found {instant_text(found.found_at, zone)}"
        yield f"  {', '.join(part for part in (at, since) if part)}  {found.discrepancy_id}"


def _terms(page: RecoveryPage) -> list[str]:
    """The reported sum and what it is made of; a term of zero is left out."""
    shown = [t for i, t in enumerate(page.terms) if i == 0 or t.amount.minor]
    signs = ("", "=", *("+" for _ in shown))
    return columns(
        [
            (s, state_names.account_word(t.account).word, str(t.amount))
            for s, t in zip(signs, shown, strict=False)
        ],
        right=(2,),
    )


def _claims(page: RecoveryPage) -> list[str]:
    head = ("victim", "account", "state", "reported", "upheld", "returned", "claim")
    rows = [
        (c.victim, c.account, c.state, c.reported, c.upheld, c.returned, c.claim_id)
        for c in page.claims
    ]
    return columns(rows, head, right=(3, 4, 5))


def _assets(page: RecoveryPage, zone: str) -> Iterator[str]:
    for asset in page.assets:
        yield from _asset(asset, zone)


def _asset(asset: AssetLine, zone: str) -> Iterator[str]:
    abroad = "" if asset.home else f" ({asset.regime})"
    hops, stands = counted(asset.depth + 1, "payment"), state_names.asset_word(asset).word
    yield (
        f"{asset.bank}{abroad} {asset.account}: {asset.traced} traced, {stands}, "
        f"{hops} from the victim"
    )
    if asset.note:
        yield f"  {asset.note}"
    head = ("measure", "state", "asked", "held", "until", "law", "hold")
    rows = [
        (
            h.kind, state_names.hold_standing(h).word, h.requested, h.held,
            instant_text(state_names.hold_ends(h), zone),
            h.law_row, h.hold_id,
        )
        for h in asset.holds
    ]  # fmt: skip
    if rows:
        yield from (f"  {line}" for line in columns(rows, head, right=(2, 3)))
    yield from (f"  {h.hold_id}: {h.reason}" for h in asset.holds if h.reason)


def _clocks(page: RecoveryPage, laws: Regimes, zone: str) -> list[str]:
    rows = [
        (
            time_left_text(page.now, clock.due_at),
            clock.what,
            instant_text(clock.due_at, zone),
            article_text(clock, laws),
            clock.note,
        )
        for clock in page.clocks
    ]
    return columns(rows, right=(0,))


def article_text(clock: DeadlineLine, laws: Regimes) -> str:
    """The article that a clock is counted by, with its status."""
    law = laws.get(clock.regime)
    row = law.rows.get(clock.law_row) if law else None
    if row is None:
        return clock.law_row
    article = "" if row.article == "none" else f", {row.article}"
    return f"{row.instrument}{article} ({row.status})"


def _requests(page: RecoveryPage) -> Iterator[str]:
    for request in page.requests:
        stands = state_names.request_word(request.state).word
        yield (
            f"{request.partner} by {spoken(request.channel)}: {stands}, "
            f"{request.requested}  {request.request_id}"
        )
        if request.missing:
            yield f"  missing: {', '.join(request.missing)}"
        yield from (f"  {name}: {text}" for name, text in request.fields)
        if request.reason:
            yield f"  reason: {request.reason}"


def _letters(page: RecoveryPage, zone: str) -> list[str]:
    rows = [
        (x.bank, x.what, x.stands, instant_text(x.due_at, zone), x.call_id) for x in page.letters
    ]
    return columns(rows)


def _allocations(page: RecoveryPage, zone: str) -> Iterator[str]:
    for allocation in page.allocations:
        yield from _allocation(allocation, zone)


def _allocation(allocation: AllocationLine, zone: str) -> Iterator[str]:
    notice = f", notice until {instant_text(allocation.notice_to, zone)}"
    stands = state_names.allocation_word(allocation.state).word
    yield (
        f"{allocation.pool} {spoken(allocation.method)}, {stands}"
        f"{notice if allocation.notice_to else ''}  {allocation.allocation_id}"
    )
    yield f"  {allocation.formula}"
    rows = [
        (
            p.victim,
            f"to {p.payee}",
            p.amount,
            state_names.payout_standing(p).word,
            p.claim_id,
        )
        for p in allocation.payouts
    ]
    yield from (f"  {line}" for line in columns(rows, right=(2,)))


def _steps(page: RecoveryPage, zone: str) -> list[str]:
    return columns(
        [(turn(s.action, s.role), s.sentence, instant_text(s.due_at, zone)) for s in page.steps]
    )


def _notes(page: RecoveryPage, zone: str) -> Iterator[str]:
    for note in page.notes:
        yield f"{instant_text(note.at, zone)}  {note.author}"
        yield from (f"  {line}" for line in note.text.splitlines())


def _events(page: RecoveryPage, zone: str) -> list[str]:
    return columns(
        [
            (
                event.seq,
                instant_text(event.at, zone),
                f"{event.actor} ({event.role})",
                f"{event.noun} {spoken(event.event)}",
                "; ".join(part for part in (event.reason, event.legal_basis) if part),
                event.digest[:12],
            )
            for event in page.events
        ],
        right=(0,),
    )
