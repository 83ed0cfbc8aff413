"""A filter finds what a look at each recovery by itself finds, whichever words are typed."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from models.engine import make_engine
from models.entities.catalogue import table_of
from models.entities.recovery import CLOSED_RECOVERIES, Recovery, RecoveryState
from models.migrate import upgrade
from models.queries.cases import queue_groups
from models.store.unit import unit_of_work
from recovery_flows.cases.views.queue import ALSO_ELSEWHERE, QueueQuery, queue, whole_queue
from recovery_flows.cases.views.state_names import recovery_word, stage_word
from recovery_flows.reports.unattended import Patience
from tests.records.cases.test_queue import spread
from tests.records.older import counted_before, taken_back

_R = table_of(Recovery)
CASE_NUMBERS = ("", "50%-off", "A_B-7", "a\\b", "京公刑字第12号", "ÉTÉ-9", "ß/2", "100", "a%b_c")
LOOKS = (
    QueueQuery(),
    QueueQuery(is_down=True),
    QueueQuery(with_closed=True, is_down=True),
    *(
        QueueQuery(order_by=name, is_down=is_down)
        for name in ("ref", "stage", "loss", "victims", "turn", "next")
        for is_down in (False, True)
    ),
)


@pytest.fixture(scope="module")
def varied(
    installed: Path, copied: Callable[[Path, Path], Any], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Any]:
    """A unit with every state, step, age and clock, and case numbers of every kind of letter."""
    unit = copied(installed, tmp_path_factory.mktemp("varied") / "unit")
    ids = spread(unit)
    (stopped,) = unit.report(unit.reports(300)[-1])
    unit.accept(stopped)
    unit.case_officer().advance(stopped, knowing=True)
    (hold,) = unit.file(stopped).holds
    unit.approve(stopped)
    unit.bank_says(stopped, hold.id, 70_000)
    with unit_of_work(unit.database) as work:
        for number, name in enumerate(ids):
            values = {"case_number": CASE_NUMBERS[number % len(CASE_NUMBERS)]}
            if number % 4 == 0:
                values |= {"owner_id": ("li", "wang", "Dana_%")[number % 3]}
            work.session.execute(_R.update().where(_R.c.id == name).values(**values))
    yield unit
    unit.database.dispose()


def rows(unit: Any, query: str) -> list[Any]:
    with closing(sqlite3.connect(unit.path)) as raw:
        return raw.execute(query).fetchall()


def everything(unit: Any) -> list[Any]:
    with unit.database.reading() as session:
        look = QueueQuery(with_closed=True)
        return list(whole_queue(session, unit.now, Patience(), look, unit.database.vault))


def details(unit: Any) -> dict[str, list[str]]:
    """What each recovery is known by elsewhere: whole texts, in small letters."""
    known: dict[str, list[str]] = {}
    parts = (
        "SELECT recovery_id, external_ref, end_to_end_id FROM claim",
        "SELECT recovery_id, bank_ref, bank_ref FROM hold",
        "SELECT recovery_id, bank_ref, bank_ref FROM payout",
        "SELECT recovery_id, a.tail, '' FROM claim c JOIN account a ON a.id = victim_account_id",
        "SELECT recovery_id, a.tail, '' FROM claim c JOIN account a ON a.id = payee_account_id",
        "SELECT s.recovery_id, a.tail, a.tail FROM asset s JOIN account a ON a.id = s.account_id",
        "SELECT s.recovery_id, p.id, p.name FROM asset s JOIN partner p ON p.id = s.partner_id",
        "SELECT recovery_id, p.id, p.name FROM claim JOIN partner p ON p.id = victim_partner_id",
    )
    for part in parts:
        for recovery_id, one, other in rows(unit, part):
            known.setdefault(recovery_id, []).extend(x.lower() for x in (one, other))
    return known


def holds(line: Any, case_number: str, known: list[str], word: str) -> bool:
    """Whether a line has a word in it, by the rules of the filter and none of its SQL."""
    parts = (
        line.ref, line.loss, str(line.sentence), line.method, line.owner, line.role, line.action,
    )  # fmt: skip
    if word in " ".join(str(part) for part in parts).lower() or word in case_number.lower():
        return True
    named = (
        stage_word(line.stage) if line.state is RecoveryState.OPEN else recovery_word(line.state)
    )
    if word in " ".join(named).lower() or (line.attention and word in line.attention):
        return True
    return (line.shared and word in ALSO_ELSEWHERE) or word in known


def words(unit: Any, dice: random.Random) -> Iterator[str]:
    texts = [text for (text,) in rows(unit, "SELECT sought FROM queue_entry")]
    for _ in range(30):
        text = dice.choice([*texts, *(name.lower() for name in CASE_NUMBERS if name)])
        start = dice.randrange(len(text))
        piece = text[start : start + dice.randint(1, 6)].split()
        if piece:
            yield dice.choice((str.upper, str.lower))(piece[0])
    yield from (
        "%",
        "_",
        "\\",
        "%%",
        "_%",
        "京公",
        "号",
        "été",
        "ÉTÉ",
        "ß",
        "stalled",
        "dup",
        "clos",
    )
    yield from (text for texts in details(unit).values() for text in texts[:3])
    yield from ("nothing-has-this", "0", "7", "50%")


@pytest.mark.parametrize("few", [1_000, 3])
def test_a_filter_finds_what_a_look_at_each_recovery_finds(
    varied: Any, few: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queue_groups, "_FEW", few)
    lines, known = everything(varied), details(varied)
    numbers = dict(rows(varied, "SELECT id, case_number FROM recovery"))
    dice = random.Random(20_261_201)  # noqa: S311 - no secret depends on it
    for word in sorted(set(words(varied, dice))):
        if any(sign in word for sign in ":<>~"):
            continue
        for with_closed in (False, True):
            look = QueueQuery(text=word, with_closed=with_closed, only_found=True)
            with varied.database.reading() as session:
                page = queue(session, varied.now, Patience(), 500, look, varied.database.vault)
            right = {
                line.recovery_id
                for line in lines
                if (with_closed or line.state not in CLOSED_RECOVERIES or line.attention)
                and holds(
                    line, numbers[line.recovery_id], known.get(line.recovery_id, []),
                    word.lower(),
                )
            }  # fmt: skip
            assert {line.recovery_id for line in page.lines} == right, word
            assert page.found == page.total == len(right), word


@pytest.mark.parametrize("few", [1_000, 3])
@pytest.mark.parametrize(
    "text", ["", "r-2026", "accept", "case:a", "victims>0 bank:home", "~r2", "dup"]
)
def test_pages_in_every_order_and_filter_are_the_list_that_is_printed(
    varied: Any, text: str, few: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queue_groups, "_FEW", few)
    vault = varied.database.vault
    for order in LOOKS:
        look = replace(order, text=text)
        with varied.database.reading() as session:
            whole = tuple(whole_queue(session, varied.now, Patience(), look, vault))
            for offset in (0, len(whole) // 2, max(0, len(whole) - 7)):
                at = replace(look, offset=offset)
                page = queue(session, varied.now, Patience(), 7, at, vault)
                assert page.total == len(whole), look
                assert page.lines == whole[page.offset : page.offset + 7], look
            for row in {0, len(whole) // 3, len(whole) - 1} if whole else ():
                at = replace(look, at_id=whole[row].recovery_id)
                assert queue(session, varied.now, Patience(), 7, at, vault).at_row == row, look


def test_counts_are_those_of_the_lines(varied: Any) -> None:
    lines = everything(varied)
    with varied.database.reading() as session:
        page = queue(session, varied.now, Patience(), 1, QueueQuery())
    assert page.attention_count == sum(bool(line.attention) for line in lines)
    assert page.discrepancy_count == sum(line.attention == "discrepancy" for line in lines)
    for name, count in (("GOLDEN", page.fresh_count), ("LATE", page.late_count)):
        assert count == sum(line.urgency.name == name for line in lines) > 0
    assert page.soon_count == sum(line.urgency.name == "SOON" for line in lines) > 0


def test_an_older_database_is_filtered_after_its_upgrade_and_counts_as_before_without_it(
    unit: Any, tmp_path: Path
) -> None:
    unit.report(*unit.reports(3))
    path = taken_back(unit, tmp_path / "old.sqlite3", "0057")
    engine = make_engine(f"sqlite:///{path}")
    upgrade(engine)
    unit.tamper("UPDATE queue_entry SET deadlines = NULL")  # which only rules can tell
    asked = "SELECT * FROM queue_entry ORDER BY id", "SELECT * FROM tally ORDER BY name"
    with closing(sqlite3.connect(path)) as raw:
        assert [raw.execute(one).fetchall() for one in asked] == [rows(unit, one) for one in asked]
    engine.dispose()
    counted = counted_before(path, "0057")
    assert not any(name.startswith(("lane", "waits")) for name in counted)
