"""Requests abroad of a recovery: where each stands, its versions, checks, receipts, what to do."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime

from models.case_file import CaseFile
from models.entities.request import RequestRow
from models.language.phrase import joined, phrase
from models.language.stored import read_back
from models.money import Money
from models.queries.cases.views import RecoveryPage
from recovery_flows.cases.pages.shared_cells import sign, time_left
from recovery_flows.cases.pages.value import (
    NONE,
    Column,
    Line,
    Page,
    Part,
    Piece,
    Section,
    cell,
    line,
    muted,
    strong,
    table,
)
from recovery_flows.cases.views.state_names import Tone, request_word
from recovery_flows.cross_border.ceiling import ceiling, over_frozen, over_outcome
from recovery_flows.cross_border.channels import Channel
from recovery_flows.cross_border.doable import acts_of
from recovery_flows.cross_border.next_steps import steps
from recovery_flows.cross_border.plans import section_of, split_asked
from recovery_flows.cross_border.versions import options_of
from recovery_flows.wording import counted, spoken

_FIELDS = (Column(most=26), Column(rest=True))
EMPTY = phrase("nothing was asked abroad: `recovery channels REF` shows what is open")
_RECEIPTS = (Column("receipt", most=24), Column("at", most=24), Column("", rest=True))
Fields = Mapping[str, Mapping[str, str]]
"""The opened fields of requests, by id; of those that are not shown there are none."""
IsHidden = Callable[[str, str], bool]


def page(
    file: CaseFile, rows: Sequence[RequestRow], channels: Mapping[str, Channel], now: datetime,
    zone: str, fields: Fields | None = None, is_hidden: IsHidden = lambda _name, _text: True,
) -> Page:  # fmt: skip
    """The requests named, the newest version first; with `fields` their versions side by side.

    Of a field that `is_hidden`, by its name and text, a page shows only whether it is given.
    """
    found = ceiling(file)
    head = line(
        strong(file.recovery.ref),
        phrase("  received "),
        found.received,
        phrase("  asked "),
        found.asked,
        phrase("  of "),
        found.order,
        muted(phrase("  left to ask for ")),
        found.left,
    )
    ordered = sorted(rows, key=lambda r: (r.asset_id, r.channel, -r.version, r.id))
    sections = tuple(
        Section(
            row.id,
            phrase(
                "{channel}, version {version}: {id}",
                channel=row.channel,
                version=row.version,
                id=row.id,
            ),
            tuple(_parts(file, row, channels, now, fields or {}, is_hidden)),
        )
        for row in ordered
    )
    return Page((head,), sections or (Section("none", phrase("Requests abroad"), (), EMPTY),), zone)


def over_lines(file: CaseFile, row: RequestRow) -> Iterator[Line]:
    """What a body has frozen beyond what is still wanted, and whether it was told."""
    over = over_frozen(file, row)
    if over.minor:
        yield over_line(over, over_outcome(file, row))


def over_line(over: Money, told: str, *more: Piece) -> Line:
    """What is frozen beyond what is wanted, and what is to become of it."""
    return line(Piece(phrase("! over-frozen "), Tone.CARE), strong(over), muted(told), *more)


def of_recovery(page: RecoveryPage) -> Iterator[Part]:
    """The requests on the page of their recovery; what is frozen too much names its officer."""
    for request in page.requests:
        yield line(
            sign(request_word(request.state)),
            "  ",
            request.requested,
            phrase(" at {partner}", partner=request.partner),
            muted(phrase(" by {channel}", channel=spoken(request.channel))),
            Piece(phrase("  {reason}", reason=read_back(request.reason)), Tone.CARE),
        )
        if request.over_frozen is not None:
            owner = (
                Piece(f"  {page.owner}")
                if page.owner
                else Piece(phrase("  unassigned"), Tone.ALARM)
            )
            yield over_line(request.over_frozen, request.over_outcome, owner)
        if request.missing:
            names = joined(", ", map(spoken, request.missing))
            yield line(
                Piece(phrase("{missing} missing: ", missing=len(request.missing)), Tone.CARE),
                names,
                indent=2,
            )
        fields = (
            (muted(phrase("  {name}", name=spoken(name))), text) for name, text in request.fields
        )
        yield from table(_FIELDS, fields, detail=True, whole=True)
        yield Line(
            cell(muted(phrase("id {request_id}", request_id=request.request_id))), 2, typed=True
        )


def _parts(
    file: CaseFile, row: RequestRow, channels: Mapping[str, Channel], now: datetime,
    fields: Fields, is_hidden: IsHidden,
) -> Iterator[Part]:  # fmt: skip
    asset = file.asset(row.asset_id)
    yield line(
        sign(request_word(row.state)),
        "  ",
        Money(row.requested_minor, row.currency),
        "  ",
        phrase("{who} in {regime}", who=row.authority or row.partner_id, regime=asset.regime),
        muted(f"  {row.wanted}"),
    )
    yield from clock_lines(row, channels.get(row.channel), now)
    yield from ground_lines(file, row, channels.get(row.channel))
    if row.executed_minor:
        reached = Money(row.executed_minor, row.currency)
        ends = (muted(phrase("  until ")), row.hold_ends_at) if row.hold_ends_at else ()
        yield line(phrase("reached "), reached, *ends)
    yield from over_lines(file, row)
    yield from _checks(row)
    receipts = [r for r in file.receipts if r.request_id == row.id]
    told = ((cell(spoken(r.kind)), cell(r.at), cell(muted(r.state))) for r in receipts)
    yield from table(_RECEIPTS, told)
    if row.id in fields:
        yield from _versions(file, row, fields, is_hidden)
    for step in (s for s in steps(file) if s.subject_id == row.id):
        yield line(Piece(phrase("▸ {sentence}", sentence=step.sentence), Tone.CARE))
    for act in acts_of(file, row):
        command = f"recovery xborder {act} {file.recovery.ref} {row.id}"
        yield Line(cell(muted(f"$ {command}")), indent=2, typed=True)


def clock_lines(row: RequestRow, channel: Channel | None, now: datetime) -> Iterator[Line]:
    """When it was sent and by whom, what is due and by which article."""
    if row.sent_at is not None:
        yield line(
            muted(phrase("sent ")),
            row.sent_at,
            muted(phrase("  by {who}", who=row.sent_by or phrase("the engine"))),
        )
    due = row.review_at or row.due_at
    if due is None:
        return
    clock = next((c for c in channel.clock if c.code == row.law_row), None) if channel else None
    what = phrase("to be looked at") if row.review_at else phrase("due")
    yield line(muted(phrase("{what} ", what=what)), due, " ", time_left(now, due),
               muted(f"  {clock.source}" if clock else ""))  # fmt: skip


def ground_lines(file: CaseFile, row: RequestRow, channel: Channel | None) -> Iterator[Line]:
    """The ground of the last answer, what it leaves, what was chosen of that."""
    ground = channel.ground_of(row.reason) if channel else None
    if row.reason:
        told = phrase(": {text} {source}", text=ground.text, source=ground.source) if ground else ""
        yield line(Piece(read_back(row.reason), Tone.CARE), muted(told))
    left = options_of(file, row, channel) if channel else ()
    if left:
        yield line(muted(phrase("leaves ")), joined(", ", (spoken(o) for o in left)))
    if row.chosen:
        yield line(muted(phrase("chosen ")), spoken(row.chosen))


def _checks(row: RequestRow) -> Iterator[Line]:
    """Each field that is missing, with its section; ready where none is."""
    lacks = [name for name in row.missing.split(",") if name]
    for name in lacks:
        section = section_of(row.asked, name)
        told = phrase("✕ lacks {name}", name=name)
        if section:
            told = phrase("✕ lacks {name} (section {section})", name=name, section=section)
        yield line(Piece(told, Tone.ALARM))
    if not lacks and row.asked:
        count = counted(len(split_asked(row.asked)[1]), "field")
        yield line(
            Piece(phrase("✓ ready: {count} asked for, none missing", count=count), Tone.GOOD)
        )


def _versions(
    file: CaseFile, row: RequestRow, fields: Fields, is_hidden: IsHidden
) -> Iterator[Part]:
    """This version beside the one before it; what may name a person shows whether it changed."""
    before = next((r for r in file.requests if r.id == row.replaces_id), None)
    if before is None or before.id not in fields:
        return
    old, new = fields[before.id], fields[row.id]
    columns = (
        Column("field", most=30), Column(f"version {before.version}", most=34),
        Column(f"version {row.version}", most=34, rest=True),
    )  # fmt: skip
    changed = [n for n in dict.fromkeys((*old, *new)) if old.get(n, "") != new.get(n, "")]
    rows = ((cell(n), _shown(n, old, is_hidden), _shown(n, new, is_hidden)) for n in changed)
    yield from table(columns, rows)
    if not changed:
        yield line(muted(phrase("the same fields as version {version}", version=before.version)))


def _shown(name: str, fields: Mapping[str, str], is_hidden: IsHidden) -> tuple[Piece, ...]:
    text = fields.get(name, "")
    if not text:
        return NONE
    return cell(muted(phrase("given (personal)")) if is_hidden(name, text) else text)
