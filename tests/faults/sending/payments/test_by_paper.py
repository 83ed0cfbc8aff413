"""A late refund and a recall go by papers: each step counts once, wherever a process is killed."""

from __future__ import annotations

import signal
from typing import Any

import pytest

from models.entities.ledger import LedgerAccount
from models.entities.officer import Role
from recovery_flows.errors import StepRefusedError
from tests.faults.sending.payments.acts import ACTS
from tests.faults.sending.payments.worlds import Killer, Worlds
from tests.recall_messages import returned

CAME = returned("180.00", original="800.00").decode()


def killed(unit: Any, killer: Killer, point: str, role: Role, act: str, *words: str) -> None:
    """Another process does it and is killed there; where nothing was kept, it is done here."""
    before = unit.file()
    assert killer.at(unit, point, role=role, act=act, words=list(words)) == signal.SIGKILL
    if point == "deciding":
        assert unit.file() == before, "nothing half done is kept"
        ACTS[act](unit.case_officer(role), *words)
    assert unit.file() != before


def pending(unit: Any, act: str) -> str:
    (asked,) = (a for a in unit.file().approvals if (a.action, a.state) == (act, "pending"))
    return str(asked.id)


@pytest.mark.parametrize("point", ["deciding", "decided, unsigned"])
async def test_a_late_refund_counts_once(worlds: Worlds, killer: Killer, point: str) -> None:
    async with worlds.open("refund") as unit:
        asked = pending(unit, "refund")
        killed(unit, killer, point, Role.SUPERVISOR, "approve", asked)
        with pytest.raises(StepRefusedError, match="is approved already"):
            unit.case_officer(Role.SUPERVISOR).approve(asked)
        late = [b for b in unit.file().balances if b.account is LedgerAccount.RETURNED_TREASURY]
        assert [b.claim_minor for b in late] == [30_000]
        unit.assert_books_hold()


@pytest.mark.parametrize("point", ["deciding", "decided, unsigned"])
async def test_a_recall_is_sent_once_and_its_money_counts_once(
    worlds: Worlds, killer: Killer, point: str
) -> None:
    async with worlds.open("recall") as unit:
        killed(unit, killer, point, Role.SUPERVISOR, "approve", pending(unit, "recall"))
        (recall,) = unit.file().recalls
        of = (unit.recovery_id, recall.id)
        killed(unit, killer, point, Role.OFFICER, "send recall", *of)
        with pytest.raises(StepRefusedError):
            ACTS["send recall"](unit.case_officer(), *of)
        killed(unit, killer, point, Role.OFFICER, "take message", CAME)
        ACTS["take message"](unit.case_officer(), CAME)
        killed(unit, killer, point, Role.SUPERVISOR, "approve", pending(unit, "recall_credit"))
        (credit,) = unit.file().recall_credits
        assert (credit.state, credit.counted_minor) == ("confirmed", 18_000)
        unit.assert_books_hold()
