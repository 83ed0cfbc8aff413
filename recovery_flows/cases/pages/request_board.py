"""The board of requests across borders: a row each, and how many need whom."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from models.entities.outside.incoming_request import IncomingState
from models.entities.request import RequestState
from models.language.phrase import joined, phrase
from models.language.stored import read_back
from models.queries.abroad.board import BoardLine, BoardPage
from models.queries.abroad.request_lines import Turn, Way
from recovery_flows.cases.pages.shared_cells import sign, time_left
from recovery_flows.cases.pages.value import (
    NONE,
    Cell,
    Column,
    Line,
    Page,
    Piece,
    Section,
    cell,
    muted,
    strong,
    table,
)
from recovery_flows.cases.views.request_board import wrong_terms
from recovery_flows.cases.views.state_names import Tone, Worded, request_word
from recovery_flows.wording import counted, spoken

COLUMNS: Mapping[str, Column] = {
    "due": Column("  time left"),
    "country": Column("country", short="to"),
    "ref": Column("recovery"),
    "channel": Column("channel"),
    "state": Column("state"),
    "turn": Column("action by"),
    "amount": Column("sum", right=True),
    "authority": Column("who is asked, or asks", short="who"),
    "officer": Column("officer"),
    "id": Column("request", typed=True),
}
EMPTY = phrase(
    "Nothing is asked across a border.\n\nB on the page of a recovery (2) shows "
    "the channels that are open for it and drafts a request. `recovery "
    "incoming add` registers what another State asks."
)
NO_MATCH = phrase("Nothing matches the filter. Esc clears it, c lists what has ended as well.")
_TURNS: Mapping[Turn, Worded] = {
    Turn.OURS: Worded("officer", "officer", "▸", Tone.CARE),
    Turn.SECOND: Worded("second person", "second", "?", Tone.CALM),
    Turn.THEIRS: Worded("other side", "them", "·", Tone.MUTED),
}
_INCOMING: Mapping[IncomingState, Worded] = {
    IncomingState.REGISTERED: Worded("asks us, registered", "asks us", "←", Tone.CARE),
    IncomingState.ACKNOWLEDGED: Worded("asks us, acknowledged", "asks us", "●", Tone.CARE),
    IncomingState.ANSWER_PENDING: Worded("our answer waits", "answer", "?", Tone.CARE),
    IncomingState.REFUSAL_PENDING: Worded("our refusal waits", "refusal", "?", Tone.CARE),
    IncomingState.ANSWERED: Worded("answered by us", "answered", "✓", Tone.GOOD),
    IncomingState.REFUSED: Worded("refused by us", "refused", "✕", Tone.MUTED),
}


def row(entry: BoardLine, now: datetime, own: str = "") -> dict[str, Cell]:
    """One request by `COLUMNS`; what its reader `own` has to act on says `you`."""
    is_over = not entry.runs and entry.turn is Turn.THEIRS
    way = "→" if entry.way is Way.OUT else "←"
    return {
        "due": cell(time_left(now, None if is_over else entry.due_at)),
        "country": cell(Piece(f"{way} {entry.country}", Tone.ABROAD)),
        "ref": cell(Piece(entry.ref, Tone.NAMED)),
        "channel": cell(spoken(entry.channel)),
        "state": cell(sign(_state(entry))),
        "turn": NONE if is_over else cell(sign(turn(entry, own))),
        "amount": cell(entry.amount) if entry.amount else NONE,
        "authority": cell(
            entry.authority,
            muted(phrase("  {reason}", reason=read_back(entry.reason)) if entry.reason else ""),
        ),
        "officer": cell(muted(entry.owner or phrase("unassigned"))),
        "id": cell(muted(entry.line_id)),
    }


def turn(entry: BoardLine, own: str = "") -> Worded:
    """Who acts next, told as `you` to the officer in charge."""
    told = _TURNS[entry.turn]
    is_mine = entry.turn is Turn.OURS and own and entry.owner in (own, "")
    return Worded("you", "you", told.glyph, Tone.SOON) if is_mine else told


def _state(entry: BoardLine) -> Worded:
    if entry.way is Way.IN:
        return _INCOMING[IncomingState(entry.state)]
    return request_word(RequestState(entry.state))


def counts(page: BoardPage, *, filter_text: str = "", with_closed: bool = False) -> Cell:
    """How many requests there are, late, with us, with a second person, from abroad.

    What of the filter cannot be meant stands in their place.
    """
    wrong = wrong_terms(filter_text, page.now)
    if wrong:
        return cell(Piece(phrase("✕ {wrong}", wrong=joined("; ", wrong)), Tone.ALARM))
    told: list[tuple[object, str, Tone]] = [
        (with_closed, phrase("  with those that have ended"), Tone.FOUND),
        (filter_text, phrase("  found by the filter"), Tone.FOUND),
        (
            page.late_count,
            phrase("  ‼ {late_count:,} late", late_count=page.late_count),
            Tone.ALARM,
        ),
        (
            page.ours_count,
            phrase("  ▸ {ours_count:,} for an officer", ours_count=page.ours_count),
            Tone.CARE,
        ),
        (
            page.second_count,
            phrase("  ? {second_count:,} for a second person", second_count=page.second_count),
            Tone.CALM,
        ),
        (
            page.incoming_count,
            phrase("  ← {incoming_count:,} from abroad", incoming_count=page.incoming_count),
            Tone.ABROAD,
        ),
    ]
    pieces = [strong(counted(page.total, "request"))]
    return cell(*pieces, *(Piece(text, tone) for is_told, text, tone in told if is_told))


def written(
    page: BoardPage, zone: str, *, own: str = "", text: str = "", with_closed: bool = False
) -> Page:
    """The board with the lines that were read, for whoever has no screen."""
    told = counts(page, filter_text=text, with_closed=with_closed)
    cells = [row(one, page.now, own) for one in page.lines]
    rows = table(COLUMNS.values(), ([one[key] for key in COLUMNS] for one in cells))
    empty = NO_MATCH if text else EMPTY
    return Page(
        (Line(told),), (Section("list", phrase("Requests across borders"), rows, empty),), zone
    )
