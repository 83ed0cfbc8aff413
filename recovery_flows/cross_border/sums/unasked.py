"""What a version of less gave up and may be asked for again: it is owned, with its sum.

A trace that rises again after that version has left, or after a second person has denied it, would
else leave money abroad that nobody asks for and nobody knows of. The program asks for none of it:
what was given up was an officer's, and so is what is asked for anew.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime

from models.case_file import CaseFile
from models.entities.discrepancy import DiscrepancyKind, DiscrepancyRow, DiscrepancyState
from models.entities.event import EntityKind
from models.entities.request import AT_HOME, RequestRoute, RequestRow, RequestState
from models.language.phrase import stored_phrase
from models.money import Money
from models.outcome import Scalar, Transition
from recovery_flows.cross_border import guard, parts
from recovery_flows.ledger import discrepancies
from recovery_flows.ledger.changeset import Changeset

_KIND = DiscrepancyKind.TRACED_AGAIN
_OVER = stored_phrase("it is asked for by now, or no longer traced there")
_OTHER_SUM = stored_phrase("another sum may be asked for again by now")
_NO_ROOM = stored_phrase("the loss has no room for it any more")


@dataclass(frozen=True, slots=True)
class Unasked:
    """A request of less, what is asked for of its part, and what may be asked for besides."""

    request: RequestRow
    asked: Money
    more: Money

    @property
    def mark(self) -> str:
        """Tells one sum from another: each is asked about once."""
        return f"{self.asked.text()} {self.more.text()}"


def unasked(file: CaseFile) -> Iterator[Unasked]:
    """What nobody asks for any more of what earlier versions of a request had asked for."""
    for request in file.requests:
        if not _is_last_of_less(file, request):
            continue
        asked = _asked_minor(file, request)
        most = _gave_up_minor(file, request)
        more = guard.fitting_minor(file, parts.part_of(request), most) - asked
        if more > 0:
            currency = request.currency
            yield Unasked(request, Money(asked, currency), Money(more, currency))


def advance(changes: Changeset, now: datetime) -> None:
    """Own what may be asked for again; what is asked for by now, or is gone, is over by itself."""
    there = {(one.request.id, one.mark): one for one in unasked(changes.file)}
    known = {(d.subject_id, d.mark): d for d in changes.file.discrepancies if d.kind is _KIND}
    for key, row in known.items():
        if row.state is DiscrepancyState.OPEN and key not in there:
            discrepancies.clear(changes, row.id, now, _why_over(changes.file, row, there))
    for key, one in there.items():
        found = known.get(key)
        if found is None:
            discrepancies.find(
                changes, _KIND, EntityKind.REQUEST, one.request.id, now,
                asset_id=one.request.asset_id, expected=one.asked, stated=one.more, mark=one.mark,
            )  # fmt: skip
        elif _is_over_by_itself(found):
            values: dict[str, Scalar] = {"found_at": now, "resolved_at": None}
            changes.apply(
                Transition(EntityKind.DISCREPANCY, found.id, "found_again", found.state, values)
            )


def _why_over(file: CaseFile, row: DiscrepancyRow, there: Collection[tuple[str, str]]) -> str:
    """Why a sum is asked about no more, in words that are kept."""
    request = next(r for r in file.requests if r.id == row.subject_id)
    if any(name == request.id for name, _ in there):
        return _OTHER_SUM
    if guard.has_next(file, request):
        return _OVER
    if not _is_last_of_less(file, request):
        return stored_phrase("the request that asked for less is {state} by now",
                             state=request.state)  # fmt: skip
    traced = parts.supported_minor(
        file, file.asset(request.asset_id), request.account_part, _gave_up_minor(file, request)
    )
    return _NO_ROOM if traced > _asked_minor(file, request) else _OVER


def _gave_up_minor(file: CaseFile, request: RequestRow) -> int:
    """The most that a version before it had asked for."""
    return max(before.requested_minor for before in guard.earlier(file, request))


def _is_over_by_itself(found: DiscrepancyRow) -> bool:
    """Whether no person has looked: who said no is not asked about the same sum again."""
    return found.state is DiscrepancyState.RESOLVED and not found.resolved_by


def _is_last_of_less(file: CaseFile, request: RequestRow) -> bool:
    """Whether it has left, or was denied, asks for less than a version before, and none follows."""
    has_gone = parts.is_open(request) and request.state not in AT_HOME
    is_there = has_gone or request.state is RequestState.DENIED
    is_ours = request.route is RequestRoute.PEOPLE and parts.is_of_money(request)
    is_less = any(
        before.requested_minor > request.requested_minor for before in guard.earlier(file, request)
    )
    return is_there and is_ours and is_less and not guard.has_next(file, request)


def _asked_minor(file: CaseFile, request: RequestRow) -> int:
    """The most that an open request for the same part asks for."""
    own = parts.part_of(request)
    return max(
        (r.requested_minor for r in file.requests if parts.is_open(r) and parts.part_of(r) == own),
        default=0,
    )
