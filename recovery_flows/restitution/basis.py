"""What a return decision rests on: a change of it ends the decision, its notice and its yes."""

from __future__ import annotations

import json
from collections.abc import Mapping

from models.case_file import CaseFile
from models.entities.allocation import AllocationRow, AllocationState
from models.entities.asset import AssetRow
from models.entities.claim import ClaimRow, ClaimState, CompensationState
from models.entities.hold import LIVE_HOLDS
from models.ids import canonical, digest
from models.language.phrase import joined, stored_phrase
from recovery_flows.ledger.outstanding_losses import committed_minor

_CHANGED = {
    "trace": stored_phrase("the money was traced anew, with another result"),
    "claims": stored_phrase("the claims or their losses have changed"),
    "payees": stored_phrase("a payee's account has changed"),
    "holds": stored_phrase("what is held has changed"),
    "sharers": stored_phrase("another open recovery wants the account"),
}
_UNTIL_SENT = frozenset({"holds"})
"""Once an order of the allocation may have left, the holds change by its own payouts."""


def spelled(file: CaseFile, asset: AssetRow) -> str:
    """The basis of an allocation of `asset` drafted now, as its row keeps it: digests, no data."""
    numbers = [number_of(a) for a in file.allocations]
    return _spell(file, asset, 1 + max(numbers, default=0), "")


def _spell(file: CaseFile, asset: AssetRow, number: int, own: str) -> str:
    """`number` is the allocation's place in the recovery's order of drafting."""
    body: dict[str, str | int] = {
        "number": number,
        "trace": file.trace.id if file.trace is not None else "",
        "claims": _short(_claims(file, number, own)),
        "payees": _short(_payees(file)),
        "holds": _short(_holds(file, asset)),
        "sharers": _short(sorted(o for a, o, _ in file.shared_with if a == asset.account_id)),
    }
    return canonical(body).decode()


def _claims(file: CaseFile, number: int, own: str) -> list[object]:
    """Each claim with its loss less what it had been given when this allocation was drafted.

    What was drafted later took this allocation into account: it does not change its basis.
    """
    earlier = {
        a.id
        for a in file.allocations
        if a.id != own and number_of(a) <= number and a.state is not AllocationState.VOID
    }
    return [
        [
            c.id,
            c.state is ClaimState.FILED,
            c.upheld_minor - committed_minor(file, c, only=earlier),
            *([c.priority] if c.priority else []),
        ]
        for c in _by_id(file)
    ]


def _payees(file: CaseFile) -> list[object]:
    """Each claim's account, and who has paid its victim and stands in his place."""
    accounts: list[object] = [[c.id, c.payout_account_id] for c in _by_id(file)]
    confirmed = [k for k in file.compensations if k.state is CompensationState.CONFIRMED]
    paid = sorted([k.claim_id, k.id, k.amount_minor] for k in confirmed)
    return [*accounts, *paid]


def _by_id(file: CaseFile) -> list[ClaimRow]:
    return sorted(
        (c for c in file.claims if c.state is not ClaimState.REJECTED), key=lambda c: c.id
    )


def _holds(file: CaseFile, asset: AssetRow) -> list[object]:
    if asset.is_custody:
        return []  # what comes in meanwhile is for the next round, and takes nothing from this one
    live = [h for h in file.holds_of(asset.id) if h.state in LIVE_HOLDS and h.held_minor]
    return [[h.id, h.held_minor] for h in sorted(live, key=lambda h: h.id)]


def _short(value: object) -> str:
    return digest(value)[:16]


def number_of(allocation: AllocationRow) -> int:
    """The allocation's place in the recovery's order of drafting; 0 before places were kept."""
    return int(json.loads(allocation.basis)["number"]) if allocation.basis else 0


def then_and_now(file: CaseFile, allocation: AllocationRow) -> Mapping[str, tuple[str, str]]:
    """Each part of the basis by its name: as it was at the drafting, as it would be now.

    Ids and digests; empty for an allocation of a version that kept no basis.
    """
    if not allocation.basis:
        return {}
    then = json.loads(allocation.basis)
    now = json.loads(
        _spell(file, file.asset(allocation.asset_id), int(then["number"]), allocation.id)
    )
    return {name: (str(then.get(name, "")), str(part)) for name, part in now.items()}


def changed(file: CaseFile, allocation: AllocationRow, *, has_left: bool) -> str:
    """What of the basis of an allocation is another now, in words; empty where it stands."""
    if not allocation.basis:
        return stored_phrase("it was drafted by a version that kept no basis")
    parts = then_and_now(file, allocation)
    other = {name for name, (then, now) in parts.items() if then != now}
    names = [n for n in _CHANGED if n in other and not (has_left and n in _UNTIL_SENT)]
    if not names and _is_overcommitted(file, allocation):
        return stored_phrase("a victim would get more than his loss")
    return joined(", ", (_CHANGED[name] for name in names)) if names else ""


def _is_overcommitted(file: CaseFile, allocation: AllocationRow) -> bool:
    dead = {a.id for a in file.allocations if a.state is AllocationState.VOID}
    given = {p.claim_id for p in file.payouts_of(allocation.id)}
    return any(
        c.id in given and committed_minor(file, c, without=dead) > c.upheld_minor
        for c in file.claims
    )


def title(file: CaseFile, asset: AssetRow) -> str:
    """What a title check is about: the money traced here, and who is a victim in this recovery."""
    return digest([asset.traced_minor, [c.id for c in _by_id(file)]])


def ownership_stands(file: CaseFile, asset: AssetRow) -> bool:
    """Whether the title was checked for the money and the victims that there are now."""
    return bool(asset.title_checked_by) and asset.title_basis == title(file, asset)
