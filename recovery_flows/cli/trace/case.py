"""The case side of `recovery trace`: one recovery's money under every rule."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from recovery_flows.cli.options import find, opened
from recovery_flows.cli.output import plain, say_json
from recovery_flows.cli.table import tell

if TYPE_CHECKING:
    from sqlmodel import Session

    from recovery_flows.cli.composition import Installation
    from recovery_flows.tracing.views import HopView, TracePage


@dataclass(frozen=True, slots=True)
class _Way:
    """The path of one claim's money under the rule in force."""

    claim_id: str
    label: str
    hops: tuple[HopView, ...]


def show_case_trace(
    ref: str,
    *,
    claim: str = "",
    paths: bool = False,
    out: Path | None = None,
    acting_as: str = "",
    as_json: bool = False,
) -> None:
    """Show a recovery's trace; `paths` adds each victim's path, `claim` that of one claim.

    Raises MisuseError for a claim that the recovery does not have.
    """
    with opened() as installation:
        recovery_id = find(installation, ref)
        if out is not None:
            _export(installation, recovery_id, out, acting_as)
            return
        with installation.database.reading() as session:
            page = _page(installation, session, recovery_id)
            ways = _ways(session, page, claim) if paths or claim else ()
        zone = _zone(installation, recovery_id)
    if as_json:
        say_json({**plain(page), **({"paths": ways} if paths or claim else {})})
        return
    from recovery_flows.cases.pages.trace import written
    from recovery_flows.cli.page_text import page_lines

    tell(page_lines(written(page, [(way.label, way.hops) for way in ways], zone)))


def _export(installation: Installation, recovery_id: str, out: Path, acting_as: str) -> None:
    from models.entities.outside.disclosure import DisclosureKind
    from models.queries.installation.clock import case_now
    from recovery_flows.access.disclosures import note_files
    from recovery_flows.cli.trace.export import graph_bytes, write_graph
    from recovery_flows.clock import wall_clock
    from recovery_flows.tracing.graph import graph_of_case

    with installation.database.reading() as session:
        now = case_now(session, wall_clock())
        graph = graph_of_case(session, recovery_id, now, installation.database.vault)
    files = {out.name: graph_bytes(out, graph)}
    acting, kind = installation.case_officer(acting_as), DisclosureKind.TRACE_FILE
    note_files(acting, recovery_id, kind, f"payments of the trace as {out.suffix}", files)
    write_graph(out, graph)


def _page(installation: Installation, session: Session, recovery_id: str) -> TracePage:
    from models.queries.installation.clock import case_now
    from recovery_flows.clock import wall_clock
    from recovery_flows.tracing.page import trace_page

    now = case_now(session, wall_clock())
    vault = installation.database.vault
    return trace_page(session, recovery_id, now, installation.laws, vault)


def _ways(session: Session, page: TracePage, claim: str) -> tuple[_Way, ...]:
    from recovery_flows.errors import MisuseError
    from recovery_flows.tracing.page import hops_of

    wanted = [c for c in page.claims if claim in ("", c.claim_id)]
    if not wanted:
        raise MisuseError(f"{page.ref} has no claim {claim}: `recovery show {page.ref}` lists them")
    return tuple(
        _Way(
            c.claim_id,
            c.label,
            hops_of(session, page.recovery_id, page.rule, c.claim_id, page.as_of),
        )
        for c in wanted
    )


def _zone(installation: Installation, recovery_id: str) -> str:
    from models.queries.cases.case_files import load_file

    with installation.database.reading() as session:
        regime = load_file(session, recovery_id).recovery.regime
    return installation.laws[regime].time_zone
