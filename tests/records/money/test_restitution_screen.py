"""The restitution workbench: driven by keys from a claim to its receipt, nobody unmasked."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from rich.cells import cell_len

from models.entities.catalogue import table_of
from models.entities.claim import Claim, ObjectionKind
from models.entities.officer import Role
from models.language.catalogue import Language
from models.store.unit import Actor, unit_of_work
from recovery_flows.access.log_in import Identity
from recovery_flows.cases.objection_actions import enter
from recovery_flows.cases.views.queue import QueueQuery
from recovery_flows.cases.views.restitution_page import explanation, restitution_page
from tests.patience import come
from tests.records.begun import played
from tests.screens.conftest import seen, until
from tui.app import RecoveryApp
from tui.screen_queries import Source
from tui.screens.dialogs import AskLine
from tui.widgets.block import Block
from tui.widgets.claims import ClaimsTable

SUPERVISOR = Actor("wu", Role.SUPERVISOR)
HOSTILE = "[red]\u202e钱\x1b]52;c;aGk=\x07[/red]"
SIZES = ((80, 24), (120, 40))


def identities(unit: Any) -> dict[str, Identity]:
    """An officer and the supervisor of the unit."""
    return {
        "officer": unit.case_officer().officer,
        "supervisor": unit.case_officer(SUPERVISOR).officer,
    }


def app_of(unit: Any, recovery_id: str, who: str = "officer", **more: Any) -> RecoveryApp:
    known = identities(unit)
    return RecoveryApp(
        Source(unit.database, unit.laws), known[who], officers=tuple(known.values()),
        unit_name="Test Unit", recovery_id=recovery_id, start_screen="restitution", **more,
    )  # fmt: skip


@pytest.fixture
def noticed(unit: Any, acts: Any) -> str:
    """Three victims of 1,000.00 each, 2,000.00 held, the notice of the distribution runs."""
    return played(unit, ("noticed",), lambda: _noticed(unit, acts))


def _noticed(unit: Any, acts: Any) -> str:
    facts = [replace(fact, victim_name=f"{HOSTILE}{n}") for n, fact in enumerate(unit.reports(3))]
    recovery_id = acts.pooled_of(unit.report(*facts), 200_000)
    acts.until(recovery_id, "notice")
    return str(recovery_id)


def numbers(unit: Any, recovery_id: str) -> list[str]:
    """The claims as they are named on the screen, the earliest payment first."""
    page = restitution_page(unit.database, unit.laws, recovery_id, unit.now, QueueQuery(), 100)
    return [claim.number for claim in page.claims]


@pytest.mark.parametrize("size", SIZES)
async def test_what_each_victim_gets_stands_beside_what_other_rules_would_give(
    unit: Any, noticed: str, size: tuple[int, int]
) -> None:
    app = app_of(unit, noticed)
    async with app.run_test(size=size) as pilot:
        text = await until(pilot, app, "net loss", "1,000.00", "notice", "2,000.00")
        assert "lost CNY 3,000.00" in text
        for number in numbers(unit, noticed):
            assert number in text
        assert "Invented" not in text
        await pilot.press("c")
        text = await until(pilot, app, "▸pro-rata", "rising-tide", "fifo", "666.67", "666.66")
        row = next(line for line in text.splitlines() if numbers(unit, noticed)[0] in line)
        assert row.split()[-1].rstrip("◂") != row.split()[3], "first in, first out differs"
        assert all(cell_len(line) <= size[0] for line in text.splitlines())


async def test_an_empty_restitution_says_what_begins_it(unit: Any) -> None:
    recovery_id = unit.traced()
    app = app_of(unit, recovery_id)
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, app, "Nothing is distributed yet", "No objections. e enters one")
        await pilot.press("c")
        await until(pilot, app, "there are no rules to compare")
        await pilot.press("w")
        await until(pilot, app, "there is no document to write")
    nobody = app_of(unit, "")
    async with nobody.run_test(size=(80, 24)) as pilot:
        await until(pilot, nobody, "No recovery is chosen", "press 7")


async def test_the_key_of_the_tab_opens_it_from_the_recovery_and_escape_goes_back(
    unit: Any, noticed: str
) -> None:
    app = app_of(unit, noticed)
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, app, "Rules side by side")
        await pilot.press("escape")
        await until(pilot, app, "Accounts and holds")
        await pilot.press("7")
        await until(pilot, app, "Rules side by side")


async def test_a_victims_share_is_explained_with_nobody_else_in_it(unit: Any, noticed: str) -> None:
    first, *others = numbers(unit, noticed)
    app = app_of(unit, noticed)
    async with app.run_test(size=(120, 60)) as pilot:
        await until(pilot, app, first)
        await pilot.press("enter")
        await until(pilot, app, "Arithmetic", "666.67")
        told = "\n".join(line.plain for line in app.screen.query_one(Block).lines(90))
        assert first in told
        assert "recovery rounds R-2026-0001 --explain" in told
        assert not any(number in told for number in others)
        page = restitution_page(unit.database, unit.laws, noticed, unit.now, QueueQuery(), 10)
        alone = "\n".join(explanation(unit.database, noticed, page.claims[0].claim_id))
        for claim, number in zip(page.claims[1:], others, strict=True):
            assert number not in alone
            assert claim.claim_id not in alone


async def test_names_cannot_inject_anything_and_stay_masked(unit: Any, noticed: str) -> None:
    app = app_of(unit, noticed)
    async with app.run_test(size=(120, 40)) as pilot:
        text = await until(pilot, app, "net loss")
        for hostile in ("\x1b", "\x07", "\u202e", "52;c", "钱", "[/red]"):
            assert hostile not in text
        assert "[··" in text, "the first character of the name, never read as markup"


async def test_one_enters_an_objection_another_upholds_it_and_a_new_round_begins(
    unit: Any, acts: Any, noticed: str
) -> None:
    app = app_of(unit, noticed)
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, app, "net loss")
        await pilot.press("end", "e")
        text = await until(pilot, app, "Against what?", "--kind KIND --claim claim-")
        assert "rows" in text
        await pilot.press("down", "down", "enter", *"an insurer paid half", "enter")
        await until(pilot, app, "another person decides it", "claim", "an insurer paid half")
        await pilot.press("d")
        await until(pilot, app, "this takes the role supervisor")
    app = app_of(unit, noticed, "supervisor")
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, app, "Objections: 1 open", "recovery objection decide R-2026-0001")
        await pilot.press("n")
        await until(pilot, app, "an insurer paid half", "to be decided by", "Reject", "Uphold")
        await pilot.press("down", "enter", *"6oo", "enter", *"its letter shows it", "enter")
        await until(pilot, app, "what is upheld of the loss")
        assert unit.file(noticed).objections[0].state == "open", "a bad sum decides nothing"
        await pilot.press("n")
        await until(pilot, app, "to be decided by")
        await pilot.press("down", "enter", *"500.00", "enter", *"its letter shows it", "enter")
        await until(
            pilot, app, "✓ upheld claim", "500.00 of the loss upheld", "its letter shows it"
        )
    acts.until(noticed, "notice")
    app = app_of(unit, noticed)
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, app, "Round 2", "Round 1", "– void", "an objection was upheld")
        await pilot.press("c")
        await until(pilot, app, "800.00", "400.00")


async def test_whoever_entered_an_objection_does_not_decide_it_on_the_screen(
    unit: Any, noticed: str
) -> None:
    claim = unit.file(noticed).claims[0]
    both = unit.case_officer().officer
    enter(unit.case_officer(), noticed, ObjectionKind.ROWS, claim.id, "a payment is missing")
    app = app_of(unit, noticed)
    app.set_reactive(RecoveryApp.officer, replace(both, roles=frozenset(Role)))
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, app, "net loss")
        await pilot.press("d")
        await until(pilot, app, "you entered it: another person decides it")
        assert unit.file(noticed).objections[0].state == "open"


async def test_the_keys_lead_from_the_notice_to_the_victims_receipts(
    unit: Any, acts: Any, noticed: str, tmp_path: Path
) -> None:
    unit.later(24 * 31)
    acts.settled_trace(noticed)
    app = app_of(unit, noticed)
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, app, "▸ you:", "$ recovery advance R-2026-0001")
        await pilot.press("n")
        await until(pilot, app, "? waits for approval", "$ recovery approve")
    app = app_of(unit, noticed, "supervisor")
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, app, "? waits for approval", "$ recovery approve")
        await pilot.press("n")
        await until(pilot, app, "return to victims", "a approve")
        await pilot.press("a")
        await until(pilot, app, "Type R-2026-0001")
        await pilot.press(*"R-2026-0001", "enter")
        await until(pilot, app, "return to victims approved")
        await pilot.press("7")
        await until(pilot, app, "→ approved, being paid", "not booked yet")
        for payout in unit.file(noticed).payouts:
            if payout.state == "instructed":
                acts.settle(noticed, payout.id)
        acts.decide(noticed)
        is_whole = len(unit.file(noticed).payouts) == 3
        await until(pilot, app, "✓ paid", "3 of 3 payouts booked" if is_whole else "booked")
        await pilot.press("w")
        await until(pilot, app, "Into which folder?", "recovery document R-2026-0001")
        await pilot.press(*str(tmp_path / "papers"), "enter")
        await until(pilot, app, "written to")
    written = sorted(path.name for path in (tmp_path / "papers").iterdir())
    assert sum("receipt" in name for name in written) == len(_settled(unit, noticed))
    for kind in ("application", "report", "decision"):
        assert any(kind in name and name.endswith("-en.pdf") for name in written)
    assert (tmp_path / "papers" / written[0]).read_bytes().startswith(b"%PDF")


async def test_the_papers_are_written_in_the_language_of_the_screen(
    unit: Any, noticed: str, tmp_path: Path
) -> None:
    pytest.importorskip("typst", reason="the extra `pdf` is not installed")
    app = app_of(unit, noticed, language=Language.CHINESE)
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, app, "返还")
        await pilot.press("w")
        await come(lambda: isinstance(app.screen, AskLine), "no question for a folder")
        await pilot.press(*str(tmp_path / "papers"), "enter")
        await come((tmp_path / "papers").is_dir, "no folder")
        await come(lambda: len([*(tmp_path / "papers").iterdir()]) == 4, "not all of the papers")
    names = sorted(path.name for path in (tmp_path / "papers").iterdir())
    assert [name.split("-")[3] for name in names] == ["application", "decision", "notice", "report"]
    assert all(name.endswith("-zh.pdf") for name in names)


def _settled(unit: Any, recovery_id: str) -> list[Any]:
    return [p for p in unit.file(recovery_id).payouts if p.state == "settled"]


def five_hundred(unit: Any, recovery_id: str, count: int = 500) -> None:
    """Copies of one claim of a recovery, as if so many had been merged into it."""
    claims = table_of(Claim)
    with unit_of_work(unit.database) as work:
        (row, *_) = (
            work.session.execute(sa.select(claims).where(claims.c.recovery_id == recovery_id))
            .mappings()
            .all()
        )
        rows = [
            {**row, "id": f"claim-{n:032x}", "external_ref": f"COPY-{n}",
             "end_to_end_id": f"COPY-{n}"}
            for n in range(count)
        ]  # fmt: skip
        work.session.execute(sa.insert(claims), rows)


async def test_a_page_of_500_claims_moves_its_cursor_without_a_reading(
    unit: Any, noticed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    five_hundred(unit, noticed)
    opened: list[str] = []
    vault = type(unit.database.vault)
    really = vault.open
    monkeypatch.setattr(
        vault, "open", lambda self, text, place: opened.append("") or really(self, text, place)
    )
    page = restitution_page(unit.database, unit.laws, noticed, unit.now, QueueQuery(offset=480), 20)
    assert (len(page.claims), page.total) == (20, 503)
    assert 0 < len(opened) < 100, "names are opened of the claims on the page alone"
    app = app_of(unit, noticed)
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, app, "503 claims")
        app.paused = True
        await pilot.pause(1)
        table = app.screen.query_one(ClaimsTable)
        before = len(opened)
        for _ in range(40):
            await pilot.press("down")
        assert table.cursor_row == 40
        assert len(opened) == before, "lines that are there are scrolled, not read again"
        last = restitution_page(
            unit.database, unit.laws, noticed, unit.now, QueueQuery(offset=502), 1
        )
        await pilot.press("end")
        await until(pilot, app, last.claims[0].number)
        assert "503 claims" in seen(app)
