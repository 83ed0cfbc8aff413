"""The key `L`: typed, shown, sent; the board; what a second person sees of it."""

from __future__ import annotations

from typing import Any

from models.entities.multi_agency import TaskState
from models.entities.partner import PartnerKind
from models.queries.cases.case_files import load_file
from models.store import partners
from models.store.unit import unit_of_work
from tui.screens.multi_agency import SubjectsForm


def with_partners(unity: Any) -> None:
    """A telecom, a platform and an authority at home."""
    with unit_of_work(unity.database) as unit:
        for name, kind in (
            ("test-telecom", PartnerKind.TELECOM), ("test-platform", PartnerKind.PLATFORM),
            ("test-authority", PartnerKind.AUTHORITY),
        ):  # fmt: skip
            partners.register(
                unit, unity.now, name, name=name, regime="CN", currency="CNY", home=True,
                base_url="http://127.0.0.1", token="t", kind=kind,
            )  # fmt: skip


def accepted(unity: Any) -> str:
    with_partners(unity)
    recovery: str = unity.report(100_000)
    unity.case_officer("li").advance(recovery, case_number="1")
    return recovery


def tasks(unity: Any, recovery: str) -> Any:
    with unity.database.reading() as session:
        return load_file(session, recovery).tasks


async def test_l_shows_who_gets_what_as_one_types_and_y_sends_it_all_at_once(
    unity: Any, wait: Any
) -> None:
    recovery = accepted(unity)
    app = unity.app("li")
    async with app.run_test(size=(80, 24)) as pilot:
        await wait(pilot, app, "R-2026-0001", "L Agencies")
        await pilot.press("L")
        await wait(
            pilot, app, "Multi-agency request of R-2026-0001", "y sends 2 tasks to 2 partners"
        )
        await pilot.press(*"9558x")
        await wait(pilot, app, "✕ a number is 5 to 15 digits")
        await pilot.press("y")
        assert tasks(unity, recovery) == ()
        await pilot.press("backspace", "backspace", *"8, 95589")
        await wait(pilot, app, "y sends 6 tasks to 3 partners", "number ···· 5589", "account ····")
        await pilot.press("tab", "tab", *"a.example", "enter", "a")
        await wait(pilot, app, "y sends 10 tasks to 4 partners", "query")
        await pilot.press("a", "y")
        await wait(pilot, app, "request started, 8 tasks to 4 partners at once")
    found = tasks(unity, recovery)
    assert {t.state for t in found} == {TaskState.ORDERED}
    assert len({t.ordered_at for t in found}) == 1
    assert app.drafts == {}


async def test_the_board_stands_on_the_recoverys_page_and_the_supervisor_confirms_it(
    unity: Any, wait: Any
) -> None:
    recovery = accepted(unity)
    app = unity.app("li", recovery_id=recovery, start_screen="recovery")
    async with app.run_test(size=(120, 50)) as pilot:
        await wait(pilot, app, "n send the stop-payment", "L Agencies")
        await pilot.press("L")
        await wait(pilot, app, "telephone number")
        await pilot.press(*"95588", "enter", "y")
        await wait(
            pilot, app, "4 tasks to 3 partners", "? awaiting confirmation", "number ···· 5588",
            "→ sent, no answer yet", "1d 00h", "multi-agency confirmation due", "4 answers due",
        )  # fmt: skip
        app.officer = unity.officer("wang")
        await pilot.press("3")
        await wait(
            pilot, app, "confirm multi-agency request", "preserve: number ···· 5588", "test-telecom"
        )
        await pilot.press("a")
        await wait(pilot, app, "The partners have these tasks already")
        await pilot.press("y")
        await wait(pilot, app, "multi-agency request approved", "No approvals pending")


async def test_what_is_left_half_typed_is_kept_and_a_victims_own_is_not_sent(
    unity: Any, wait: Any
) -> None:
    recovery = accepted(unity)
    app = unity.app("li")
    async with app.run_test(size=(80, 24)) as pilot:
        await wait(pilot, app, "R-2026-0001")
        await pilot.press("L")
        await wait(pilot, app, "IP address")
        await pilot.press("tab", "tab", "tab", *"Synthetic Person", "enter", "y")
        await wait(pilot, app, "a name, a number or a contact of a victim of")
        assert isinstance(app.screen, SubjectsForm)
        await pilot.press("escape", "L")
        await wait(pilot, app, "Synthetic Person")
    assert tasks(unity, recovery) == ()


async def test_a_report_that_nobody_accepted_has_no_linkage(unity: Any, wait: Any) -> None:
    with_partners(unity)
    unity.report(100_000)
    app = unity.app("li")
    async with app.run_test(size=(80, 24)) as pilot:
        await wait(pilot, app, "accept the report")
        await pilot.press("L")
        await wait(pilot, app, "is reported: accept it before partners are asked")
        await pilot.press("enter", "y")
        assert isinstance(app.screen, SubjectsForm)
        await pilot.press("escape", "R", "L")
        await wait(pilot, app, "the screen is read-only")
