"""What has changed, in sentences: a section for each recovery, the newest first."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import groupby

from models.entities.allocation import AllocationState
from models.entities.asset import Stage
from models.entities.claim import ClaimState
from models.entities.event import EntityKind
from models.entities.hold import HoldState
from models.entities.multi_agency import TaskState
from models.entities.payout import PayoutState
from models.entities.recovery import RecoveryState
from models.entities.request import RequestState
from models.language.phrase import phrase
from models.language.stored import read_back
from models.queries.looks.changes import ChangedEvent, ChangedRecovery
from recovery_flows.cases.pages.value import (
    Cell,
    Column,
    Page,
    Piece,
    Section,
    cell,
    line,
    muted,
    table,
)
from recovery_flows.cases.views import state_names
from recovery_flows.cases.views.changes import ChangesPage
from recovery_flows.cases.views.state_names import Tone, Worded
from recovery_flows.wording import counted, spoken

_ALIKE = 4
"""An event and a state that begin with the same letters say one thing: drafted, draft."""
EMPTY = phrase("Nothing was changed by anybody else, or by the engine.")
_COLUMNS = (Column(most=16), Column(rest=True), Column(most=20))
_STATES: Mapping[EntityKind, Callable[[str], Worded]] = {
    EntityKind.RECOVERY: lambda s: state_names.recovery_word(RecoveryState(s)),
    EntityKind.HOLD: lambda s: state_names.hold_word(HoldState(s)),
    EntityKind.ASSET: lambda s: state_names.stage_word(Stage(s)),
    EntityKind.REQUEST: lambda s: state_names.request_word(RequestState(s)),
    EntityKind.TASK: lambda s: state_names.task_word(TaskState(s)),
    EntityKind.ALLOCATION: lambda s: state_names.allocation_word(AllocationState(s)),
    EntityKind.CLAIM: lambda s: state_names.claim_word(ClaimState(s)),
    EntityKind.PAYOUT: lambda s: state_names.payout_word(PayoutState(s)),
}
_NOUNS: Mapping[EntityKind, str] = {
    EntityKind.ASSET: phrase("account"),
    EntityKind.REQUEST: phrase("request abroad"),
    EntityKind.ALLOCATION: phrase("distribution"),
    EntityKind.MULTI_AGENCY_REQUEST: phrase("multi-agency request"),
    EntityKind.TASK: phrase("agency's task"),
}


def written(page: ChangesPage, zone: str, since: str) -> Page:
    """The whole page; `since` says in words since when."""
    told = change_count(page)
    more = (
        (
            line(
                muted(
                    phrase(
                        "and {left_out:,} older changes: {less}", left_out=page.left_out, less=LESS
                    )
                )
            ),
        )
        if page.left_out
        else ()
    )
    sections = tuple(
        Section(
            one.recovery_id,
            phrase(
                "{ref}  {word}", ref=one.ref, word=state_names.standing(one.state, one.stage).word
            ),
            table(_COLUMNS, rows(one)),
        )
        for one in page.recoveries
    )
    return Page(
        (line(phrase("{told} {since}", told=told, since=since) if page.total else EMPTY), *more),
        sections,
        zone,
    )


LESS = phrase("`recovery show REF --events N` has them all")


def change_count(page: ChangesPage) -> str:
    """How much has changed: `5 changes in 2 recoveries`."""
    shown = counted(len(page.recoveries), "recovery", "recoveries")
    more = phrase(" and others") if page.left_out else ""
    return phrase(
        "{changes} in {shown}{more}", changes=counted(page.total, "change"), shown=shown, more=more
    )


def rows(one: ChangedRecovery) -> Iterator[tuple[Cell, Cell, Cell]]:
    """When, what, by whom; what happened several times in a row stands there once."""
    for (told, actor), some in groupby(one.events, key=lambda e: (sentence(e), e.actor_id)):
        same = list(some)
        times = f"{len(same)} × " if len(same) > 1 else ""
        reason = phrase("  {reason}", reason=read_back(same[0].reason)) if same[0].reason else ""
        yield (
            cell(muted(same[0].at)),
            cell(phrase("{times}{told}", times=times, told=told), Piece(reason, Tone.CARE)),
            cell(muted(actor)),
        )


def sentence(change: ChangedEvent) -> str:
    """A change in words: `hold at test-east: stopped (CNY 36,000.00)`."""
    what = noun_word(change.noun)
    if change.partner_id:
        what = phrase("{what} at {partner_id}", what=what, partner_id=change.partner_id)
    amount = f" ({change.amount})" if change.amount else ""
    state, event = _state(change), spoken(change.event)
    told: str = event
    if state:
        told = phrase("{event}, now {state}", event=event, state=state)
    if state[:_ALIKE] == event[:_ALIKE]:
        told = max(state, event, key=len)
    return phrase("{what}: {told}{amount}", what=what, told=told, amount=amount)


def noun_word(noun: EntityKind) -> str:
    """What an event is about, as people call it."""
    return _NOUNS.get(noun) or spoken(noun)


def _state(change: ChangedEvent) -> str:
    """The new state in words; empty for what has no words of its own.

    A state that this program does not know stands there as it is: an event that was changed by
    hand, or written by another version, hides no other.
    """
    word = _STATES.get(change.noun)
    try:
        return word(change.new_state).word if word else ""
    except ValueError:
        return spoken(change.new_state)
