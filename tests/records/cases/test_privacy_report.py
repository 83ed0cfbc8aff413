"""The privacy report: each kind of disclosure is in it, and no personal value."""

from __future__ import annotations

import json
from collections import deque
from typing import Any

import pytest

from models.entities.call import CallKind, CallState
from models.entities.catalogue import BY_NOUN, STATE_COLUMN, TRANSITIONS
from models.entities.event import EntityKind
from models.entities.officer import Role
from models.entities.outside.disclosure import DisclosureKind
from models.outcome import CallIntent, Outcome, Transition
from models.queries.privacy.disclosures import EVENTS, OF_A_CALL, disclosures_of
from models.rights.decisions import DECISIONS
from models.store.calls import mark_sent
from models.store.disclosures import Disclosed, note_disclosure
from models.store.documents import keep
from models.store.record import record
from models.store.unit import ENGINE, Actor, Unit, unit_of_work
from recovery_flows.access.disclosures import reveal
from recovery_flows.cases.pages.privacy import with_articles, written
from recovery_flows.cli.output import plain
from recovery_flows.cli.page_text import page_lines
from tests.by_hand import without_money_guards
from tests.records.test_column_walk import value_of

OFFICER, SUPERVISOR = Actor("chen", Role.OFFICER), Actor("wu", Role.SUPERVISOR)
SECRETS = ("Invented Victim", "example.org", "9999000000000001", "Synthetic Mule")


def path_to(noun: EntityKind, event: str) -> list[tuple[str | None, str]]:
    """The shortest way of moves from nothing to this event."""
    ways = deque([[(state, e)] for state, e in TRANSITIONS[noun] if state is None])
    while ways:
        way = ways.popleft()
        if way[-1][1] == event:
            return way
        stands = TRANSITIONS[noun][way[-1]]
        ways.extend([*way, move] for move in TRANSITIONS[noun] if move[0] == stands)
    raise AssertionError(f"{noun} never takes {event}")


def happen(work: Unit, unit: Any, recovery_id: str, noun: EntityKind, event: str, n: int) -> None:
    """A row of a noun goes its way to an event, recorded as the program records it."""
    name, own = f"{noun}-{n}", {"id", "row_seal", "recovery_id", STATE_COLUMN[noun]}
    values = {c.name: value_of(work, c, name, n) for c in BY_NOUN[noun].c if c.name not in own}
    for state, move in path_to(noun, event):
        roles = DECISIONS.get((noun, move), {Role.ENGINE})
        actor = next((a for a in (ENGINE, OFFICER, SUPERVISOR) if a.role in roles), ENGINE)
        told = Transition(noun, name, move, state, values if state is None else {})
        record(work, actor, unit.now, recovery_id, Outcome((told,)))


@pytest.fixture
def disclosed(unit: Any) -> Any:
    """A recovery of which everything that can be disclosed was disclosed."""
    recovery_id = unit.traced()
    asset = unit.file(recovery_id).assets[0]
    reveal(unit.case_officer(), recovery_id, ["name", "contact"], "", "called back at the desk")
    with unit_of_work(unit.database) as work, without_money_guards(work.session):
        for made in DisclosureKind:
            if made is not DisclosureKind.REVEAL:
                told = Disclosed(made, f"{made} of an invented case")
                note_disclosure(work, SUPERVISOR, unit.now, recovery_id, told)
        for kind in CallKind:
            intent = CallIntent(
                f"call-{kind}", asset.partner_id, kind, EntityKind.ASSET, asset.id, asset.id
            )
            record(work, OFFICER, unit.now, recovery_id, Outcome(calls=(intent,)))
            mark_sent(work, unit.now, recovery_id, intent.id, CallState.PLANNED)
        for n, (noun, event) in enumerate(EVENTS, start=1):
            keep(work, f"an invented document {n}".encode(), "letter", "text/plain", unit.now)
            keep(work, f"another document {n}".encode(), "letter", "text/plain", unit.now)
            if noun is EntityKind.UNCLAIMED_SHARE:
                happen(work, unit, recovery_id, EntityKind.PAYOUT, "prepared", n)
            if noun is not EntityKind.CALL:
                happen(work, unit, recovery_id, noun, event, n)
    return unit, recovery_id


def test_each_kind_of_disclosure_is_in_the_report_and_no_personal_value(disclosed: Any) -> None:
    unit, recovery_id = disclosed
    with unit.database.reading() as session:
        lines = disclosures_of(session, unit.database.vault, recovery_id)
    assert {line.kind for line in lines} >= set(DisclosureKind)
    for kind in CallKind:
        assert any(line.fields == f"{kind}: {OF_A_CALL[kind]}" for line in lines), kind
    assert {line.kind for line in lines} >= {n.value for n, _ in EVENTS} - {"call"}
    look = next(line for line in lines if line.kind == "reveal")
    assert (look.by, look.fields, look.reason) == (
        "chen", "name, contact", "called back at the desk",
    )  # fmt: skip
    stop = next(x for x in lines if x.fields.startswith("statement") and x.by == "chen")
    assert (stop.to, stop.role) == ("bank-home", "engine")
    text = "\n".join(page_lines(written("R-1", lines, "UTC"))) + json.dumps(plain(lines))
    assert not [secret for secret in SECRETS if secret in text]
    assert "Seen in clear" in text


def test_a_call_names_who_approved_it_and_by_which_law_and_the_report_follows_a_merge(
    unit: Any,
) -> None:
    reports = unit.reports(2)
    (first,) = unit.report(reports[0])
    unit.accept(first)
    unit.order(first)
    unit.approve(first)
    (second,) = unit.report(reports[1])
    unit.accept(second)
    call = next(c for c in unit.file(first).calls if c.kind is CallKind.HOLD)
    with unit_of_work(unit.database) as work:
        mark_sent(work, unit.now, first, call.id, call.state)
    reveal(unit.case_officer(), second, ["name"], "", "called back at the desk")
    unit.case_officer().join(first, second)
    with unit.database.reading() as session:
        found = disclosures_of(session, unit.database.vault, first)
    sent, look = sorted(with_articles(found, unit.laws), key=lambda line: line.kind != "sent")
    assert (sent.fields.split(":")[0], sent.by, sent.approved_by) == ("hold", "chen", "wu")
    assert "art" in sent.basis
    assert (look.ref, look.kind) == ("R-2026-0002", "reveal")
