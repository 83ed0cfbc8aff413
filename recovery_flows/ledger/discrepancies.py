"""Discrepancies: what contradicts the records of a recovery is recorded, owned and looked at.

A bank that says another sum than was ordered, news about a file that is closed, a file that the
engine cannot process: each is found once and stands first in the queue until a person has looked at
it. Meanwhile nothing is returned or released on the claim or account that it concerns; stops and
freezes, which keep money where it is, go on.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from models.action_kinds import ActionKind
from models.case_file import CaseFile, Step
from models.entities.discrepancy import DiscrepancyKind, DiscrepancyRow, DiscrepancyState
from models.entities.event import EntityKind
from models.entities.officer import Role
from models.ids import derive_id
from models.language.phrase import phrase
from models.money import Money
from models.outcome import Scalar, Transition
from models.step_wording import Wording, say
from recovery_flows.errors import RefusedError
from recovery_flows.ledger.changeset import Changeset


class NoSuchDiscrepancyError(RefusedError):
    """The recovery has no open discrepancy of that id."""

    def __init__(self, named: str) -> None:
        super().__init__(
            phrase(
                "there is no open discrepancy {named} here: `recovery discrepancy list` shows them",
                named=named,
            )
        )


def find(
    changes: Changeset,
    kind: DiscrepancyKind,
    noun: EntityKind,
    subject_id: str,
    now: datetime,
    *,
    asset_id: str = "",
    claim_id: str = "",
    expected: Money | None = None,
    stated: Money | None = None,
    detail: str = "",
    mark: str = "",
) -> str:
    """Record a discrepancy and return its id; the same kind, subject and `mark` are found once.

    `detail` must hold no personal data. One that a person has resolved stays resolved: what is to
    be looked at anew carries another mark. One that came by a merge is the same one, though its id
    is of the recovery that was merged.
    """
    move = found(
        changes.file.recovery.id, kind, noun, subject_id, now, asset_id=asset_id,
        claim_id=claim_id, expected=expected, stated=stated, detail=detail, mark=mark,
    )  # fmt: skip
    same = (noun, kind, subject_id, mark)
    for known in changes.file.discrepancies:
        if known.id == move.id or _what(known) == same:
            return known.id
    changes.apply(move)
    return move.id


def _what(known: DiscrepancyRow) -> tuple[EntityKind, DiscrepancyKind, str, str]:
    return known.subject_noun, known.kind, known.subject_id, known.mark


def found(
    recovery_id: str,
    kind: DiscrepancyKind,
    noun: EntityKind,
    subject_id: str,
    now: datetime,
    *,
    asset_id: str = "",
    claim_id: str = "",
    expected: Money | None = None,
    stated: Money | None = None,
    detail: str = "",
    mark: str = "",
) -> Transition:
    """The birth of a discrepancy, which changes no balance by itself."""
    name = name_of(recovery_id, kind, noun, subject_id, mark)
    values: dict[str, Scalar] = {
        "kind": kind, "subject_noun": noun, "subject_id": subject_id, "asset_id": asset_id,
        "claim_id": claim_id, "detail": detail[:300], "mark": mark[:80], "found_at": now,
        **_figure("expected", expected), **_figure("stated", stated),
    }  # fmt: skip
    return Transition(EntityKind.DISCREPANCY, name, "found", None, values)


def name_of(
    recovery_id: str, kind: DiscrepancyKind, noun: EntityKind, subject_id: str, mark: str = ""
) -> str:
    """The id of the discrepancy of one kind on one subject, there already or not."""
    return derive_id("disc", recovery_id, kind, noun, subject_id, mark)


def _figure(name: str, money: Money | None) -> dict[str, Scalar]:
    if money is None:
        return {}
    return {f"{name}_minor": money.minor, f"{name}_currency": money.currency}


def open_ones(file: CaseFile) -> tuple[DiscrepancyRow, ...]:
    """The discrepancies that nobody has looked at yet, the oldest first.

    A history that was changed by hand comes before all others: they may be nothing but its effect.
    """
    if not file.discrepancies:
        return ()
    found = (d for d in file.discrepancies if d.state is DiscrepancyState.OPEN)
    return tuple(sorted(found, key=lambda d: d.kind is not DiscrepancyKind.HISTORY_BROKEN))


def open_on(file: CaseFile, *, claim_id: str = "", asset_id: str = "") -> bool:
    """Whether something on this claim or account waits for a look: no return is drafted there.

    A discrepancy that names neither concerns the whole recovery.
    """
    for found in open_ones(file):
        is_general = not (found.claim_id or found.asset_id)
        same_claim = bool(claim_id) and found.claim_id == claim_id
        same_asset = bool(asset_id) and found.asset_id == asset_id
        if is_general or same_claim or same_asset:
            return True
    return False


def hold_up_return(file: CaseFile, asset_id: str) -> bool:
    """Whether an account's money waits for a look: at the account, or at any claim that shares."""
    return open_on(file, asset_id=asset_id) or any(d.claim_id for d in open_ones(file))


def resolve(changes: Changeset, discrepancy_id: str, actor: str, now: datetime) -> None:
    """A person has looked at it; NoSuchDiscrepancyError if it is not open here."""
    values: dict[str, Scalar] = {"resolved_by": actor, "resolved_at": now, "retry_at": None}
    found = _open(changes.file, discrepancy_id)
    changes.apply(Transition(EntityKind.DISCREPANCY, found.id, "resolved", found.state, values))


def clear(changes: Changeset, discrepancy_id: str, now: datetime, reason: str) -> None:
    """What was wrong is over by itself, such as a step of the engine that went through at last."""
    found = _open(changes.file, discrepancy_id)
    values: dict[str, Scalar] = {"resolved_at": now, "retry_at": None}
    changes.apply(
        Transition(EntityKind.DISCREPANCY, found.id, "cleared", found.state, values, reason=reason)
    )


def _open(file: CaseFile, discrepancy_id: str) -> DiscrepancyRow:
    for found in open_ones(file):
        if found.id == discrepancy_id:
            return found
    raise NoSuchDiscrepancyError(discrepancy_id)


def sentence(found: DiscrepancyRow) -> str:
    """One line for people: what was stated, and what our records say."""
    return str(wording(found))


def wording(found: DiscrepancyRow) -> Wording:
    """What was stated, and what our records say; a kind's words are in `step_wording`."""
    text = say(
        f"discrepancy_{found.kind}",
        noun=found.subject_noun,
        expected=_money(found.expected_minor, found.expected_currency),
        stated=_money(found.stated_minor, found.stated_currency),
    )
    return text + say("detail", detail=found.detail) if found.detail else text


def _money(minor: int | None, currency: str) -> Money | str:
    return phrase("no sum") if minor is None else Money(minor, currency)


def steps(file: CaseFile) -> Iterator[Step]:
    """An officer's step for each open discrepancy; they come before every other step."""
    return (step_of(found) for found in open_ones(file))


def step_of(found: DiscrepancyRow) -> Step:
    """An officer's step: look into this discrepancy."""
    return Step(
        ActionKind.RESOLVE_DISCREPANCY, Role.OFFICER, found.id, found.asset_id, found.found_at,
        say("look_into") + wording(found),
    )  # fmt: skip
