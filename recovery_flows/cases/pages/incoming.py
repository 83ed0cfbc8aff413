"""A request from abroad on one page, and all of them in a table."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime

from models.entities.outside.incoming_request import (
    OPEN_INCOMING,
    IncomingRow,
    IncomingState,
)
from models.language.phrase import phrase
from models.queries.partners.incoming import IncomingView
from recovery_flows.cases.pages.shared_cells import time_left
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
from recovery_flows.cases.views.state_names import Tone
from recovery_flows.cross_border.channels import Channel
from recovery_flows.wording import spoken

EMPTY = phrase("no request from abroad is open")
_PURPOSE_LINES = 6
_LIST = (
    Column("answer due", most=16), Column("request", most=14), Column("from", most=6),
    Column("by", most=30, rest=True), Column("channel", most=16), Column("wants", most=12),
    Column("state", most=18), Column("officer", most=14), Column("our recoveries", most=30),
)  # fmt: skip
_TONES = {IncomingState.ANSWERED: Tone.GOOD, IncomingState.REFUSED: Tone.CARE}


def listed(rows: Iterable[tuple[IncomingRow, Sequence[str]]], now: datetime) -> tuple[Part, ...]:
    """All requests as a table, each with the references of our recoveries about the account."""
    found = (
        (
            _due(row, now), cell(strong(row.ref)), cell(row.from_state), cell(row.asked_by),
            cell(row.channel), cell(row.wanted), _state(row), cell(row.owner_id),
            cell(", ".join(refs)) if refs else NONE,
        )
        for row, refs in rows
    )  # fmt: skip
    return table(_LIST, found)


def written(view: IncomingView, channels: Mapping[str, Channel], zone: str) -> Page:
    """The page of one request; the account masked, of an answer the names of its fields."""
    sections = (
        Section("request", phrase("Request"), tuple(_request(view)), phrase("nothing")),
        Section(
            "clock",
            phrase("Deadline"),
            tuple(_clock(view, channels)),
            phrase("no time is set for the answer"),
        ),
        Section(
            "matches",
            phrase("Our recoveries"),
            tuple(_matches(view)),
            phrase("none has this account"),
        ),
        Section("answer", phrase("Answer"), tuple(_answer(view)), phrase("not answered yet")),
    )
    return Page(tuple(_head(view)), sections, zone)


def clock_text(row: IncomingRow, channels: Mapping[str, Channel]) -> str:
    """The article that the answer's time is counted by; what the request itself set has none."""
    channel = channels.get(row.channel)
    clock = next((c for c in channel.clock if c.code == row.clock), None) if channel else None
    return (
        phrase(
            "{source}; late: {on_expiry}", source=clock.source, on_expiry=spoken(clock.on_expiry)
        )
        if clock
        else phrase("set by the request")
    )


def _head(view: IncomingView) -> Iterator[Line]:
    row = view.row
    yield line(
        Piece(row.ref, Tone.NAMED),
        "  ",
        *_state(row),
        phrase("  {asked_by} ({from_state})", asked_by=row.asked_by, from_state=row.from_state),
        muted(phrase("  their reference {their_ref}", their_ref=row.their_ref)),
    )
    yield line(
        phrase("officer: {owner_id}", owner_id=row.owner_id),
        muted(phrase("  received ")),
        muted(row.received_at),
    )


def _request(view: IncomingView) -> Iterator[Part]:
    row = view.row
    yield line(
        phrase("{wanted} by {channel}", wanted=spoken(row.wanted), channel=row.channel),
        muted(phrase("  basis: {basis}", basis=row.basis)),
    )
    if row.account_id:
        yield line(
            phrase(
                "about the account {account_tail} at {bank}",
                account_tail=view.account_tail,
                bank=row.bank,
            )
        )
    yield Prose(view.purpose, _PURPOSE_LINES)


def _clock(view: IncomingView, channels: Mapping[str, Channel]) -> Iterator[Part]:
    row = view.row
    if row.due_at is not None:
        ended = row.closed_at is not None
        left = () if ended else (*cell(time_left(view.now, row.due_at)), Piece("  "))
        yield line(
            *left,
            phrase("answer due "),
            row.due_at,
            muted(phrase("  {clock_text}", clock_text=clock_text(row, channels))),
        )
    if row.acknowledged_at is not None:
        yield line(phrase("receipt acknowledged "), muted(row.acknowledged_at))


def _matches(view: IncomingView) -> Iterator[Part]:
    for match in view.matches:
        yield line(
            strong(match.ref),
            phrase("  {state}", state=spoken(match.state)),
            muted(f"  {match.owner or '–'}"),
        )


def _answer(view: IncomingView) -> Iterator[Part]:
    row = view.row
    if view.denial:
        yield line(Piece(phrase("given back: {denial}", denial=view.denial), Tone.CARE))
    if row.answer_digest and not view.denial:
        what = (
            phrase("refused as {ground}", ground=row.ground)
            if row.ground
            else ", ".join(view.answer_fields)
        )
        yield line(
            what,
            muted(
                phrase(
                    "  by {answered_by}  digest {answer_digest}",
                    answered_by=row.answered_by,
                    answer_digest=row.answer_digest[:12],
                )
            ),
        )
    if row.confirmed_by and row.closed_at is not None:
        yield line(
            phrase("confirmed by {confirmed_by} ", confirmed_by=row.confirmed_by),
            muted(row.closed_at),
        )


def _state(row: IncomingRow) -> Cell:
    return cell(Piece(spoken(row.state), _TONES.get(row.state, Tone.PLAIN)))


def _due(row: IncomingRow, now: datetime) -> Cell:
    if row.due_at is None or row.state not in OPEN_INCOMING:
        return NONE
    return cell(time_left(now, row.due_at))
