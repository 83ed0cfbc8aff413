"""What a person does for each kind of money that leaves, by name, in this process or another."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from recovery_flows.cases.case_officer import CaseOfficer
from recovery_flows.law.rows import Limit
from recovery_flows.recalls import actions, answer_actions
from tests.recall_messages import CHANNELS


def short_notice(laws: Mapping[str, Any]) -> Mapping[str, Any]:
    """A regime in which an unclaimed share is announced for thirty days."""
    china = laws["CN"]
    row = replace(china.rows["CN_UNCLAIMED"], limit=Limit.parse("30d"))
    return {**laws, "CN": replace(china, rows={**china.rows, row.code: row})}


def approve(acting: CaseOfficer, approval_id: str) -> None:
    acting.approve(approval_id)


def send_recall(acting: CaseOfficer, recovery_id: str, recall_id: str) -> None:
    actions.sent(acting, recovery_id, recall_id, "handed to the bank's desk", CHANNELS)


def take_message(acting: CaseOfficer, raw: str) -> None:
    answer_actions.take_message(acting, raw.encode(), "answer.xml", CHANNELS, "", is_further=False)


ACTS: Mapping[str, Callable[..., None]] = {
    "approve": approve, "send recall": send_recall, "take message": take_message,
}  # fmt: skip
