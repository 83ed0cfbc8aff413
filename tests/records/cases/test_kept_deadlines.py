"""What runs out is kept by the writes, and says of each recovery what its file says."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest

from config.regimes import read_regime, regime_codes
from models.engine import make_engine, open_database
from models.entities.call import CallState
from models.entities.hold import HoldKind, HoldState
from models.entities.partner import PartnerChannel
from models.language.catalogue import Language
from models.language.kept import kept, read_kept
from models.language.phrase import phrase, stored_phrase
from models.language.shown import in_language, shown
from models.migrate import upgrade
from models.money import Money
from models.queries.cases.deadline_views import DeadlineEntry, read_deadlines, stored_deadlines
from models.queries.cases.views import DeadlineLine
from models.snapshots import changed
from models.store.calls import mark_sent
from models.store.unit import unit_of_work
from recovery_flows.access.registers import ask_partner, decide
from recovery_flows.cases.clocks import edition
from recovery_flows.cases.clocks.files import deadlines_of_files
from recovery_flows.cases.clocks.keeping import fill, kept_wrong
from recovery_flows.cases.commit import derived
from recovery_flows.cases.views.all_deadlines import all_entries
from recovery_flows.law.in_use import RegimesInUse
from tests.records.conftest import SUPERVISOR, open_unit
from tests.records.older import taken_back

AT = datetime(2026, 3, 5, 13, 30, 0, 250_000, tzinfo=UTC)
TEXTS = (
    "", "CNY 5.00, good faith", 'with "quotes", {braces} and\ttabs', "没有",
    phrase("no freeze yet"), phrase("{kind} ends", kind=phrase(HoldKind.FREEZE)),
    phrase("{owed} answers due", owed=12), phrase("{a} of {b}", a=Money(5, "CNY"), b=HoldKind.STOP),
    stored_phrase("its renewal is {renewal}", renewal=phrase("refused")),
)  # fmt: skip


def entries(unit: Any) -> list[DeadlineEntry]:
    with unit.database.reading() as session:
        return list(all_entries(session, unit.laws, None))


def told(unit: Any, recovery_id: str) -> list[DeadlineEntry]:
    with unit.database.reading() as session:
        ((_, found),) = deadlines_of_files(session, [recovery_id], unit.laws)
        return found


def known(unit: Any) -> bool:
    return unit.one("SELECT deadlines IS NOT NULL FROM queue_entry") == 1


def put(unit: Any, rows: str) -> None:
    """Other rows behind the name of the law and rules that are kept with them."""
    line = "substr(deadlines, 1, instr(deadlines, char(10)))"
    unit.tamper(f"UPDATE queue_entry SET deadlines = {line} || '{rows}'")


def wrong(unit: Any) -> list[str]:
    with unit.database.reading() as session:
        return list(kept_wrong(session, unit.laws))


@pytest.mark.parametrize("text", TEXTS)
def test_a_text_that_was_kept_is_the_same_in_every_language(text: str) -> None:
    again = read_kept(kept(text))
    assert (again, type(again)) == (text, type(text))
    for language in Language:
        with in_language(language):
            assert shown(again) == shown(text)


def test_a_kept_deadline_is_read_back_as_it_was() -> None:
    line = DeadlineLine(TEXTS[5], AT, "CN", "CN_FREEZE", TEXTS[8], escalated=True)
    whole = DeadlineEntry(f"h1 {TEXTS[5]}", "r1", "R-1", "li", "bank", Money(7, "JPY"), line)
    bare = replace(whole, amount=None, bank="", clock=replace(line, note="", law_row=""))
    for some in ([whole, bare], []):
        named, _, rows = stored_deadlines(some, "1 CN:0a").partition("\n")
        assert named == "1 CN:0a"
        assert list(read_deadlines(rows, "r1", "R-1", "li")) == some


def test_every_write_keeps_what_the_file_tells(unit: Any) -> None:
    recovery_id = unit.traced()
    assert known(unit)
    assert entries(unit) == told(unit, recovery_id) != []
    assert wrong(unit) == []


def test_rows_in_the_order_of_the_decision_are_kept_as_they_are_read(unit: Any) -> None:
    file = unit.file(unit.traced())
    first = replace(file.holds[0], state=HoldState.STOPPED, held_minor=5, expires_at=AT, renewal="")
    ended = replace(first, id="hold-2", state=HoldState.CANCELLED, supersedes_id=first.id)
    drafted = replace(ended, id="hold-1", state=HoldState.DRAFT)
    rows = [replace(one, ordered_at=None) for one in (ended, drafted, first)]
    found = {
        derived(changed(file, holds=tuple(holds)), AT, unit.laws, rests=True).deadlines
        for holds in permutations(rows)
    }
    assert len(found) == 1
    assert "follow-on {kind}" in str(found)


def test_what_is_recorded_without_the_rules_leaves_the_file_to_tell(unit: Any) -> None:
    (recovery_id,) = unit.report(*unit.reports(1))
    unit.accept(recovery_id)
    unit.order(recovery_id)
    before = entries(unit)
    call = unit.file(recovery_id).calls[0]
    with unit_of_work(unit.database) as work:
        mark_sent(work, unit.now, recovery_id, call.id, call.state)
    assert not known(unit)
    assert entries(unit) == told(unit, recovery_id) == before
    fill(unit.database, unit.laws)
    assert known(unit)
    assert entries(unit) == before
    assert wrong(unit) == []


def test_another_channel_of_a_bank_makes_a_letter_of_an_order_that_has_not_left(unit: Any) -> None:
    (recovery_id,) = unit.report(*unit.reports(1))
    unit.accept(recovery_id)
    unit.order(recovery_id)
    call = unit.file(recovery_id).calls[0]
    assert call.state is CallState.PLANNED
    assert "its letter has not been sent" not in [one.clock.note for one in entries(unit)]
    asks, confirms = unit.case_officer(SUPERVISOR), unit.case_officer()
    values = {"channel": PartnerChannel.LETTER}
    with unit_of_work(unit.database) as work:
        change = ask_partner(work, asks, call.partner_id, values, is_known=True)
    decide(confirms, change, is_yes=True)
    assert "its letter has not been sent" in [one.clock.note for one in entries(unit)]
    assert entries(unit) == told(unit, recovery_id)


def test_deadlines_that_somebody_changed_are_named(unit: Any) -> None:
    recovery_id = unit.traced()
    put(unit, "[]")
    (sentence,) = wrong(unit)
    assert recovery_id in sentence


@pytest.mark.parametrize("text", ["", "{}x", "[1]", '[["h"]]', '[["h","{","x","CN","","",0,""]]'])
def test_a_kept_text_that_is_none_of_ours_leaves_the_file_to_tell(unit: Any, text: str) -> None:
    recovery_id = unit.traced()
    put(unit, text)
    assert entries(unit) == told(unit, recovery_id) != []


@pytest.mark.parametrize("text", ["", "[]", "\n[]", "1\n[]", "1 XX:0a\n[]", "0 CN:0a GB\n[]"])
def test_a_text_that_names_no_law_of_today_leaves_the_file_to_tell(unit: Any, text: str) -> None:
    recovery_id = unit.traced()
    unit.tamper(f"UPDATE queue_entry SET deadlines = '{text}'")
    assert entries(unit) == told(unit, recovery_id) != []
    assert wrong(unit) == []


def test_another_term_of_the_law_is_told_by_the_file_until_it_is_kept_again(unit: Any) -> None:
    (recovery_id,) = unit.report(*unit.reports(1))
    unit.accept(recovery_id)
    unit.order(recovery_id)
    before = entries(unit)

    def read(code: str) -> dict[str, Any]:
        law = read_regime(code)
        rows = [r | {"limit": "7d"} if r["code"] == "CN_STOP_48H" else r for r in law["row"]]
        return law | {"row": rows}

    again = open_unit(unit.folder, RegimesInUse(regime_codes(), read))
    after = entries(again)
    assert after == told(again, recovery_id)
    assert [one.clock.due_at for one in after] != [one.clock.due_at for one in before]
    assert wrong(again) == []
    fill(again.database, again.laws)
    unit.tamper("UPDATE hold SET state = 'released'")  # only a file that is asked says it
    assert entries(again) == after
    assert len(wrong(again)) == 1
    assert entries(unit) == told(unit, recovery_id) != after
    assert wrong(unit) == []
    again.database.dispose()


def test_other_rules_leave_the_file_to_tell(unit: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    recovery_id = unit.traced()
    put(unit, "[]")
    assert entries(unit) == []
    monkeypatch.setattr(edition, "_RULES", edition._RULES + 1)
    assert entries(unit) == told(unit, recovery_id) != []
    assert wrong(unit) == []


def test_a_file_that_cannot_be_read_stops_no_check_and_no_upgrade(unit: Any) -> None:
    unit.traced()
    unit.tamper("UPDATE hold SET currency = 'no currency'")
    assert wrong(unit) == []
    unit.tamper("UPDATE queue_entry SET deadlines = NULL")
    fill(unit.database, unit.laws)
    assert not known(unit)


def test_an_older_database_lists_the_same_before_they_are_kept_and_after(
    unit: Any, tmp_path: Path
) -> None:
    (recovery_id,) = unit.report(*unit.reports(1))
    unit.accept(recovery_id)
    unit.order(recovery_id)
    path = taken_back(unit, tmp_path / "old.sqlite3", "0060")
    engine = make_engine(f"sqlite:///{path}")
    upgrade(engine)
    engine.dispose()
    with closing(sqlite3.connect(path)) as raw:
        assert raw.execute("SELECT count(deadlines) FROM queue_entry").fetchone() == (0,)
    database = open_database(f"sqlite:///{path}", unit.folder / "keys")
    for _ in range(2):
        with database.reading() as session:
            assert list(all_entries(session, unit.laws, None)) == entries(unit)
        fill(database, unit.laws)
    database.dispose()
    with closing(sqlite3.connect(path)) as raw:
        assert raw.execute("SELECT count(deadlines) FROM queue_entry").fetchone() == (1,)
