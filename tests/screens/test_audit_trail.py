"""The audit trail's filter and who reads what of it; pages follow each other without a gap."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest
import sqlalchemy as sa

from models.entities.catalogue import table_of
from models.entities.event import EntityKind, Event
from models.entities.officer import Role
from models.language.phrase import as_phrase
from models.language.shown import in_all_languages
from models.queries.installation.officers import OfficerView
from models.queries.looks.trail import KINDS, TrailLine, TrailLook, TrailTerm, trail
from models.rights.decisions import READERS
from models.store.unit import unit_of_work
from recovery_flows.cases.pages.changes import noun_word
from recovery_flows.cases.trail.reading import TrailPage, TrailQuery, trail_page, whole_trail
from recovery_flows.cases.trail.terms import EXAMPLES
from recovery_flows.cases.trail.written import in_full, row
from recovery_flows.wording import spoken
from tests.screens.conftest import START, traced_case

_E = table_of(Event)
NOBODY = None


def asked(unity: Any, text: str, **more: Any) -> TrailPage:
    with unity.database.reading() as session:
        query = TrailQuery(text, **more)
        return trail_page(session, START, query, 10_000, NOBODY, "Asia/Shanghai")


def plain(unity: Any, condition: Any) -> list[int]:
    with unity.database.reading() as session:
        found = session.execute(sa.select(_E.c.seq).where(condition).order_by(_E.c.seq.desc()))
        return list(found.scalars())


@pytest.fixture
def worked(unity: Any) -> Any:
    """Two recoveries, one of them traced, and an hour between."""
    traced_case(unity)
    unity.move_clock(hours=30)
    other = unity.report(70_000, ref="other")
    unity.case_officer("zhao").advance(other, case_number="77")
    return unity


def test_each_term_leaves_what_a_plain_question_to_the_history_finds(worked: Any) -> None:
    with worked.database.reading() as session:
        first = sa.text("SELECT id, ref FROM recovery ORDER BY ref LIMIT 1")
        recovery_id, ref = session.execute(first).one()
    by_li, holds = _E.c.actor_id == "li", _E.c.noun == EntityKind.HOLD
    cases = {
        "": sa.true(),
        "officer:li": by_li,
        "officer:-engine": _E.c.actor_id != "engine",
        "kind:hold.": holds,
        "officer:li kind:hold.": sa.and_(by_li, holds),
        f"recovery:{ref}": _E.c.recovery_id == recovery_id,
        f"{ref.lower()} kind:hold.": sa.and_(_E.c.recovery_id == recovery_id, holds),
        "since:8h": _E.c.at >= START.replace(hour=4, day=3),
        "until:2026-03-02": _E.c.at < START.replace(day=2, hour=16),
        "since:2026-03-03 officer:zhao": sa.and_(
            _E.c.at >= START.replace(hour=16), _E.c.actor_id == "zhao"
        ),
        "zhao": _E.c.actor_id == "zhao",
    }  # fmt: skip
    for text, condition in cases.items():
        found = [line.seq for line in asked(worked, text).lines]
        expected = plain(worked, sa.and_(condition, _E.c.noun != EntityKind.LOG_IN))
        assert expected, text
        assert found == expected, text


def test_a_kind_is_found_by_its_words_of_either_language(worked: Any) -> None:
    for typed in ("kind:stopped", "kind:已止付"):
        found = asked(worked, typed)
        assert (found.wrong, {line.event for line in found.lines}) == ((), {"stopped"})


def test_pages_follow_each_other_from_either_end_without_a_gap(worked: Any) -> None:
    for oldest_first in (False, True):
        look = TrailLook(oldest_first=oldest_first)
        with worked.database.reading() as session:
            whole = [line.seq for line in whole_trail(session, look, NOBODY)]
            page = trail_page(session, START, TrailQuery("", oldest_first), 7, NOBODY, "UTC")
            second = trail_page(
                session, START,
                TrailQuery("", oldest_first, 12, 5, page.lines[5].seq, page.newest), 7, NOBODY,
                "UTC",
            )  # fmt: skip
        assert [line.seq for line in page.lines] == whole[:7]
        assert page.has_more
        assert [line.seq for line in second.lines] == whole[12:19]
        assert whole == sorted(whole, reverse=not oldest_first)


def test_events_that_come_are_counted_and_move_no_line(worked: Any) -> None:
    first = asked(worked, "officer:li")
    worked.case_officer("li").note(worked.report(1_000, ref="later"), "text")
    again = asked(worked, "officer:li", known_seq=first.lines[0].seq, newest=first.newest)
    assert [line.seq for line in again.lines] == [line.seq for line in first.lines]
    assert again.newer == 1
    assert asked(worked, "officer:li").lines[0].event == "written"


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("colour:red", "there is no such column; there are officer, kind, recovery, since, until"),
        ("kind:nothing-is-called-so", "no event is called so"),
        ("recovery:R-1999-0001", "no recovery has this reference"),
        ("since:2026-13-45", "write a day such as"),
        ("since:9999-12-31", ""),
        ("until:9999-12-31", "write a day such as"),
        ("since:0001-01-01", "write a day such as"),
        ("since:9999w", ""),
        ("officer<li", "officer is asked with a colon"),
        ("since:", ""),
        ("since:2", ""),
        ("since:2026-03", ""),
        ("since:tod", ""),
    ],
)  # fmt: skip
def test_a_term_that_cannot_be_meant_says_what_to_write_and_hides_nothing(
    worked: Any, typed: str, said: str
) -> None:
    page, whole = asked(worked, typed), asked(worked, "")
    assert [said in one for one in page.wrong] == ([True] if said else [])
    if said:
        assert page.lines == whole.lines


def test_the_examples_of_the_filter_can_be_meant(worked: Any) -> None:
    assert asked(worked, EXAMPLES).wrong == ()


def test_only_the_roles_of_the_table_read_the_log_ins_of_others(unity: Any) -> None:
    log_in = {
        "noun": EntityKind.LOG_IN, "event": "entered", "recovery_id": "", "role": Role.OFFICER,
        "new_state": "active", "values_json": "{}", "at": START, "previous_digest": "",
    }  # fmt: skip
    people = ("li", "wang", "zhao")
    with unit_of_work(unity.database) as unit:
        for number, who in enumerate(people):
            own = {"actor_id": who, "subject_id": who, "seq": 900 + number, "digest": who}
            unit.session.execute(sa.insert(_E).values(**log_in, **own))
    term = TrailTerm(kinds=frozenset({(EntityKind.LOG_IN, "entered")}))
    for who, role in product((*people, ""), (Role.OFFICER, Role.SUPERVISOR)):
        viewer = OfficerView(who, who, frozenset({role})) if who else None
        with unity.database.reading() as session:
            lines = trail(session, TrailLook((term,)), 10, viewer)
        reads_all = bool(who) and role in READERS[EntityKind.LOG_IN]
        expected = set(people) if reads_all else {who} - {""}
        assert {line.actor_id for line in lines} == expected, (who, role)


def test_every_kind_of_event_has_words_in_each_language() -> None:
    told = {as_phrase(name) for noun, event in KINDS for name in (noun_word(noun), spoken(event))}
    assert [name for name in told if len(set(in_all_languages(name))) == 1] == []


@pytest.mark.parametrize("noun", EntityKind)
def test_an_event_changed_by_hand_to_a_state_that_there_is_not_is_shown(noun: EntityKind) -> None:
    state = "no_such_state"
    line = TrailLine(7, START, "li", Role.OFFICER, "", "", noun, "x", "moved", state, state, *"abc")
    assert "moved" in str(row(line)["what"])
    assert "no such state" in str(in_full(line, "UTC"))
