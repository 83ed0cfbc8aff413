"""The audit trail in words: a line for each event, and an event in full."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from models.entities.event import EntityKind
from models.entities.officer import Role
from models.language.phrase import joined, phrase
from models.language.stored import read_back
from models.queries.looks.changes import ChangedEvent
from models.queries.looks.trail import TrailLine
from recovery_flows.approvals.kinds import kind_word
from recovery_flows.cases.pages.changes import noun_word, sentence
from recovery_flows.cases.pages.value import (
    NONE,
    Cell,
    Column,
    Line,
    Page,
    Piece,
    Section,
    cell,
    line,
    muted,
    strong,
    table,
)
from recovery_flows.cases.trail.reading import NEWER_MOST, TrailPage
from recovery_flows.cases.views.state_names import Tone
from recovery_flows.wording import spoken

COLUMNS: Mapping[str, Column] = {
    "at": Column("when"),
    "actor": Column("who acted"),
    "role": Column("role"),
    "ref": Column("recovery"),
    "what": Column("what, and why", short="what"),
    "seq": Column("event", typed=True),
}
EMPTY = phrase(
    "No event yet.\n\nWhatever anybody does to a recovery, to the registers or with personal data "
    "stands here, the newest first."
)
NO_MATCH = phrase("No event matches the filter. Esc clears it.")
_NAMED = frozenset({EntityKind.OFFICER, EntityKind.LOG_IN, EntityKind.PARTNER})
"""Rows whose id is a name that people know."""
_OF_CODE = {EntityKind.APPROVAL: kind_word, EntityKind.CALL: spoken}
_ROLES: Mapping[Role, Tone] = {
    Role.OFFICER: Tone.PLAIN, Role.SUPERVISOR: Tone.CALM, Role.ENGINE: Tone.MUTED,
}  # fmt: skip
_FACTS = (Column(), Column(rest=True))


def row(one: TrailLine) -> dict[str, Cell]:
    """One event by `COLUMNS`."""
    why = phrase("  {why}", why=read_back(one.reason)) if one.reason else ""
    basis = f"  {one.legal_basis}" if one.legal_basis else ""
    return {
        "at": cell(muted(one.at)),
        "actor": cell(Piece(one.actor_id, _ROLES[one.role])),
        "role": cell(Piece(spoken(one.role), _ROLES[one.role])),
        "ref": cell(Piece(one.ref, Tone.NAMED)) if one.ref else NONE,
        "what": cell(event_sentence(one), Piece(why, Tone.CARE), muted(basis)),
        "seq": cell(muted(one.seq)),
    }


def event_sentence(one: TrailLine) -> str:
    """What happened: `hold at test-east: stopped (CNY 36,000.00)`, `disclosure: revealed: name`."""
    said: str = sentence(
        ChangedEvent(
            one.seq, one.at, one.actor_id, one.noun, one.event, one.new_state, "",
            one.partner_id, one.amount,
        )
    )  # fmt: skip
    if one.noun in _NAMED:
        said = phrase("{told}: {shown}", told=said, shown=one.subject_id)
    if one.shown:
        word = _OF_CODE.get(one.noun, read_back)(one.shown)
        said = phrase("{told}: {shown}", told=said, shown=word)
    return said


def counts(page: TrailPage, *, filter_text: str = "", oldest_first: bool = False) -> Cell:
    """Which end is looked at, and how many newer ones came; else what of the filter is wrong."""
    if page.wrong:
        wrong = joined("; ", page.wrong)
        return cell(Piece(phrase("✕ {wrong}", wrong=wrong), Tone.ALARM))
    pieces = [strong(phrase("the oldest first") if oldest_first else phrase("the newest first"))]
    if filter_text:
        pieces.append(Piece(phrase("  found by the filter"), Tone.FOUND))
    if page.newer:
        some = f"{page.newer:,}" if page.newer < NEWER_MOST else f"{NEWER_MOST:,}+"
        pieces.append(Piece(phrase("  {some} newer: g shows them", some=some), Tone.FOUND))
    return cell(*pieces)


def in_full(one: TrailLine, zone: str) -> Page:
    """An event with all that may be shown of it; what is encrypted stays so."""
    facts = [(name, said) for name, said in _facts(one) if said]
    rows = table(_FACTS, ((muted(name), said) for name, said in facts), whole=True)
    beside = (
        (line(muted(phrase("`recovery privacy report {ref}` has the reason", ref=one.ref))),)
        if one.noun is EntityKind.DISCLOSURE and one.ref
        else ()
    )
    title = phrase("As it is recorded")
    head = (line(strong(event_sentence(one))),)
    return Page(head, (Section("event", title, (*rows, *beside)),), zone)


def _facts(one: TrailLine) -> Iterator[tuple[str, Cell]]:
    change = phrase("{old} → {new}", old=spoken(one.old_state or "–"), new=spoken(one.new_state))
    yield phrase("when"), cell(one.at, f" ({one.at:%Y-%m-%d %H:%M:%S} UTC)")
    yield phrase("who acted"), cell(joined("", [f"{one.actor_id} (", spoken(one.role), ")"]))
    yield phrase("recovery"), cell(one.ref, f"  {one.recovery_id}") if one.ref else ()
    yield phrase("what"), cell(noun_word(one.noun), f"  {one.subject_id}")
    yield phrase("event"), cell(spoken(one.event), "  ", muted(f"{one.noun.value}.{one.event}"))
    yield phrase("state"), cell(change)
    yield phrase("why"), cell(read_back(one.reason)) if one.reason else ()
    yield phrase("legal basis"), cell(one.legal_basis) if one.legal_basis else ()
    yield phrase("digest"), cell(one.digest)


def written(
    lines: Iterable[TrailLine], zone: str, told_first: Cell, *, is_filtered: bool = False
) -> Page:
    """The trail as a page, for whoever has no screen."""
    cells = [row(one) for one in lines]
    rows = table(COLUMNS.values(), ([one[key] for key in COLUMNS] for one in cells))
    empty = NO_MATCH if is_filtered else EMPTY
    times = line(muted(phrase("times are of {zone}", zone=zone)))
    return Page(
        (Line(told_first), times), (Section("list", phrase("Audit trail"), rows, empty),), zone
    )
