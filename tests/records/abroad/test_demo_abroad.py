"""The demo's recovery abroad by two channels, without its engine: what people do."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import pytest

from config.settings import load_settings
from models.entities.ledger import LedgerAccount
from models.queries.cases.approvals import pending_ids
from recovery_flows.access.log_in import Identity
from recovery_flows.cli.composition import SANDBOX_BOOK, Installation
from recovery_flows.cli.demo.abroad import CHANNEL, AskedAbroad
from recovery_flows.cli.demo.folder import PLAN, Plan
from recovery_flows.cli.demo.recalls import Recalls
from recovery_flows.sandbox.worlds.synthetic import synthetic_world
from recovery_flows.sandbox.worlds.world import WorldRecall
from tests.recall_messages import UETR
from tests.records.abroad.abroad_case import LI, Abroad


class Opened(Installation):
    """The test's own unit, in which `li` sends what two others have drafted and approved."""

    def officer(self, acting_as: str = "") -> Identity | None:
        del acting_as
        return SENDING[0]


SENDING: list[Identity] = []


@pytest.fixture
def installation(abroad: Abroad, tmp_path: Path) -> Installation:
    (tmp_path / SANDBOX_BOOK).touch()
    recall = WorldRecall("SYN-1", "part_after_costs", 50, UETR, "MSG-1", "INS-1")
    plan = Plan("test", abroad.unit.now.isoformat(), 3600, every_event=True, notes=(),
                recalls=(recall,), goes_abroad="SYN-1")  # fmt: skip
    (tmp_path / PLAN).write_text(json.dumps(asdict(plan)), encoding="utf-8")
    SENDING[:] = [abroad.unit.case_officer(LI).officer]
    return Opened(load_settings(tmp_path), abroad.unit.database, abroad.unit.laws)


def test_the_police_refuse_once_as_incomplete_stop_a_part_and_the_bank_pays_back_after_costs(
    abroad: Abroad, installation: Installation
) -> None:
    unit, rid = abroad.unit, abroad.recovery_id
    abroad_too = AskedAbroad(installation, unit.case_officer())
    recalls = Recalls(installation, unit.case_officer())
    for _ in range(30):
        while abroad_too.act() + recalls.act():
            with unit.database.reading() as session:
                waiting = bool(pending_ids(session))
            if waiting:
                unit.approve(rid)
        abroad.later(hours=6)
    file = unit.file(rid)
    asked = sorted((r for r in file.requests if r.channel == CHANNEL), key=lambda r: r.version)
    assert [(r.version, r.state, r.reason, r.sent_by) for r in asked] == [
        (1, "refused", "INCOMPLETE", "li"), (2, "partially_executed", "", "li"),
    ]  # fmt: skip
    assert (asked[1].requested_minor, asked[1].executed_minor) == (50_000, 20_000)
    assert asked[1].told_at is not None
    sums = {b.account: b.claim_minor for b in file.balances}
    costs = sum(b.asset_minor for b in file.balances if b.account is LedgerAccount.MEMO_COST)
    assert (sums[LedgerAccount.RETURNED_RECALL], costs) == (48_000, 2_000)
    abroad.sound()


def test_the_demo_has_one_report_that_goes_abroad_and_is_called_back() -> None:
    world = synthetic_world()
    (recall,) = world.recalls
    assert recall.external_ref == world.goes_abroad
    (report,) = [r for r in world.reports if r.external_ref == world.goes_abroad]
    assert report.payee_bank == "sandbox-abroad"
