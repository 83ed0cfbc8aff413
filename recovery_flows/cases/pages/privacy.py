"""Who saw, wrote out and sent what of a recovery, to whom, why; no personal value in it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from models.entities.outside.disclosure import DisclosureKind
from models.queries.privacy.disclosures import DisclosureLine
from recovery_flows.cases.pages.value import (
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
from recovery_flows.law.regime import Regime
from recovery_flows.wording import counted, spoken

_LINES = (
    Column("when", most=16), Column("who", most=14), Column("what", rest=True),
    Column("to", most=24), Column("why, basis, approval", most=60), Column("event", typed=True),
)  # fmt: skip
SEEN, MADE, SENT = "seen", "files", "sent"
_TITLES = {SEEN: "Seen in clear", MADE: "Files and kept texts", SENT: "Sent and published"}
_SEEN = {DisclosureKind.REVEAL, DisclosureKind.FOUND_BY_NAME}
_KINDS = {kind.value for kind in DisclosureKind}


def written(ref: str, lines: Sequence[DisclosureLine], zone: str) -> Page:
    """The whole report of one recovery, one section for each way in which data becomes known."""
    groups: dict[str, list[DisclosureLine]] = {SEEN: [], MADE: [], SENT: []}
    for one in lines:
        groups[_group(one)].append(one)
    sections = tuple(
        Section(key, _TITLES[key], table(_LINES, map(_row, some), whole=True), "nothing")
        for key, some in groups.items()
    )
    return Page(tuple(_head(ref, lines)), sections, zone)


def with_articles(
    lines: Sequence[DisclosureLine], laws: Mapping[str, Regime]
) -> list[DisclosureLine]:
    """The same; where the basis is a row of a law, its instrument, article and status."""
    rows = {code: row for law in laws.values() for code, row in law.rows.items()}
    found = ((one, rows.get(one.basis)) for one in lines)
    return [
        replace(one, basis=f"{row.instrument}, {row.article} ({row.status})") if row else one
        for one, row in found
    ]


def _group(one: DisclosureLine) -> str:
    if one.kind not in _KINDS:
        return SENT
    return SEEN if one.kind in _SEEN else MADE


def _head(ref: str, lines: Sequence[DisclosureLine]) -> Iterator[Line]:
    people = Counter(one.by for one in lines)
    told = ", ".join(f"{who} {n}" for who, n in sorted(people.items())) or "nobody"
    yield line(strong(ref), f"  {counted(len(lines), 'disclosure')} in the signed history: {told}")
    yield line(muted("names of fields and documents only; no name or number stands here"))


def _row(one: DisclosureLine) -> tuple[Cell | Piece, ...]:
    what = f"{spoken(one.kind)}: {one.fields}"
    of = f"  of {one.subject_id}" if one.subject_id else ""
    approved = f"approved by {one.approved_by}" if one.approved_by else ""
    why = "; ".join(part for part in (one.reason, one.basis, approved) if part)
    return (
        muted(one.at), cell(f"{one.by} ({one.role})"), cell(what, muted(of)), cell(one.to),
        cell(why or "–"), muted(f"{one.seq} {one.digest[:12]}"),
    )  # fmt: skip
