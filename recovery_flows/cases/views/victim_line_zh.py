"""The five lines of one victim in Chinese: the facts of `victim_line`, nothing of anybody else."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from models.case_file import CaseFile
from models.entities.allocation import AllocationRow, AllocationState
from models.entities.asset import Stage
from models.entities.claim import ClaimRow, ClaimState
from models.entities.payout import PayoutState
from models.entities.recovery import RecoveryState
from models.money import Money
from recovery_flows.cases.next_steps import stage_of
from recovery_flows.cases.views import victim_line as lines
from recovery_flows.ledger.outstanding_losses import LOST
from recovery_flows.restitution import objections

_OF_STAGE: Mapping[Stage, str] = {
    Stage.FREEZING: "正在通知银行控制资金。",
    Stage.TRACING: "正在逐个账户追查资金去向。",
    Stage.CROSS_BORDER: "正在请境外机关协助，可能需要数月。",
    Stage.RESTITUTION: "先确认被控制资金的归属，再进行分配。",
    Stage.CLOSED: "目前未再发现您的资金，案件即将结案。",
}
_OF_ALLOCATION: Mapping[AllocationState, str] = {
    AllocationState.DRAFT: "分配方案将公告或提请决定。",
    AllocationState.NOTICE_ENDED: "分配方案提请决定。",
    AllocationState.PENDING_APPROVAL: "由另一人对分配方案作出决定。",
}


_COSTS_NOTHING = "办理本案不收取任何费用：凡向您索要费用或密码的，都不是本单位。"


def victim_line_zh(
    file: CaseFile, claim: ClaimRow, now: datetime, zone: str
) -> tuple[str, str, str, str, str]:
    """What the victim of `claim` is told now; days are those of the law's time zone."""
    place, own = ZoneInfo(zone), lines.own_part(file, claim)
    ref = file.recovery.ref
    going = f"；另有 {_sum(own.going_minor, claim)} 已决定或准备支付" if own.going_minor else ""
    by = ""
    if own.by_others_minor:
        by = f"；他人已向您支付 {_sum(own.by_others_minor, claim)}，并在该范围内代位"
    paid = f"{_sum(own.paid_minor, claim)}，应返还 {_sum(own.whole_minor, claim)}"
    return (
        f"您的报案：{ref}，{_day(claim.reported_at, place)}：{_standing(claim, place)}",
        f"您的资金：{_where(file, claim)}",
        f"已向您返还：{paid}{going}{by}。",
        f"下一步：{_next(file, claim, own, place)}",
        f"截至 {_day(now, place)}。咨询或异议请注明 {ref}。{_COSTS_NOTHING}",
    )


def _standing(claim: ClaimRow, place: ZoneInfo) -> str:
    reported, upheld = _sum(claim.reported_minor, claim), _sum(claim.upheld_minor, claim)
    if claim.state is ClaimState.FILED:
        return f"您申报的损失 {reported} 正在核实。"
    if claim.state is ClaimState.REJECTED:
        return f"您申报的 {reported} 未获采纳；已告知您理由，您可以提出异议。"
    if claim.decided_minor is not None and claim.decided_minor < claim.reported_minor:
        until = f"，申诉期至 {_day(claim.appeal_until, place)}" if claim.appeal_until else ""
        return f"申报 {reported}，支持 {_sum(claim.decided_minor, claim)}；您可以申诉{until}。"
    if claim.upheld_minor < claim.reported_minor:
        return f"申报 {reported}，已核实损失 {upheld}。"
    return f"已核实损失 {upheld}。"


def _where(file: CaseFile, claim: ClaimRow) -> str:
    if claim.state is ClaimState.REJECTED:
        return "本申报项下不再追查。"
    if file.trace is None:
        return "已询问银行，尚未全部答复。"
    found, safe, gone = lines.places(file, claim)
    told = [f"已追查到账户的 {_sum(found, claim)}"]
    if safe:
        told.append(f"其中 {_sum(safe, claim)} 所在账户的资金已被控制")
    if gone:
        told.append(f"{_sum(gone, claim)} 已离开可追查的账户")
    return f"{'，'.join(told)}。"


def _next(file: CaseFile, claim: ClaimRow, own: lines.Own, place: ZoneInfo) -> str:
    if claim.state is ClaimState.REJECTED:
        return "本申报项下没有后续事项，除非您提出异议。"
    objected = [o for o in objections.open_ones(file) if o.claim_id == claim.id]
    if objected:
        due = objected[0].due_at
        return f"将{f'在 {_day(due, place)} 前' if due else ''}对您的异议作出决定。"
    allocation = lines.open_allocation(file, own)
    if allocation is not None:
        return _of_allocation(allocation, own, place)
    if file.recovery.state is RecoveryState.REPORTED:
        return "将由办案人员受理您的报案。"
    if claim.upheld_minor and claim.state in LOST and own.whole_minor <= own.paid_minor:
        return "没有后续事项：您的资金已全部返还。"
    if file.recovery.state is not RecoveryState.OPEN:
        return "案件已结案；如再发现您的资金将重新办理。"
    stage = stage_of(file)
    is_idle = stage is Stage.RESTITUTION and not lines.is_held(file)
    return _OF_STAGE[Stage.CLOSED if is_idle else stage]


def _of_allocation(allocation: AllocationRow, own: lines.Own, place: ZoneInfo) -> str:
    if allocation.state is AllocationState.NOTICE and allocation.notice_to is not None:
        return f"分配方案已公告，{_day(allocation.notice_to, place)} 前您可以提出异议。"
    if allocation.state is AllocationState.APPROVED:
        mine = [p for p in own.payouts if p.allocation_id == allocation.id]
        ordered = any(p.state is PayoutState.INSTRUCTED for p in mine)
        return "已通知银行向您付款。" if ordered else "其他款项正在办理完毕。"
    return _OF_ALLOCATION[allocation.state]


def _sum(minor: int, claim: ClaimRow) -> str:
    return str(Money(minor, claim.currency))


def _day(at: datetime, place: ZoneInfo) -> str:
    return f"{at.astimezone(place):%Y-%m-%d}"
