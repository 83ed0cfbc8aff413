"""What may be said of another recovery that knows an account or a payment of ours.

Whose file it is, so that two people talk to each other; its reference only to its owner and to
supervisors; nothing else of it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from models.case_file import CaseFile, Step
from models.deconfliction_hits import AlsoLine, ClosedTrace, DeconflictionHit, Match
from models.entities.officer import Role
from models.language.phrase import Phrase, joined, phrase, stored_phrase
from recovery_flows.approvals.kinds import ApprovalKind
from recovery_flows.cases.next_steps import ActionKind

SENDING = frozenset({ActionKind.ORDER_STOP, ActionKind.SUBMIT_FREEZE, ActionKind.SUBMIT_REQUEST})
"""An officer's steps after which something leaves the building."""
RELEASING = frozenset({
    ApprovalKind.RELEASE, ApprovalKind.RELEASE_PART, ApprovalKind.COMPLAINT,
    ApprovalKind.THIRD_PARTY_CLAIM,
})  # fmt: skip
"""Approvals after which money that is held on an account is free, or a third party's."""
TAKEN_BACK = frozenset({ApprovalKind.ORDER_STOP})
"""Approvals of what holds money already: it is free after a no."""
_NAMED_MOST = 4
_LEAVING = frozenset({"ordered_first", "submitted"})
_SHARED = {
    Match.ACCOUNT: phrase("the account is also"),
    Match.VICTIM: phrase("the account is a victim's own"),
    Match.PAYMENT: phrase("the payment's reference is also"),
}


def may_see(found: DeconflictionHit, officer_id: str, roles: Collection[Role]) -> bool:
    """Whether a person may know which recovery it is: its owner, and supervisors."""
    own = bool(officer_id) and found.owner_id == officer_id
    return not found.is_restricted and (own or Role.SUPERVISOR in roles)


def also_lines(
    found: Iterable[DeconflictionHit], officer_id: str, roles: Collection[Role]
) -> tuple[AlsoLine, ...]:
    """What this person is told, one line per account or payment and recovery, each once."""
    lines = (_line(one, officer_id, roles) for one in found)
    return tuple(dict.fromkeys(lines))


def _line(found: DeconflictionHit, officer_id: str, roles: Collection[Role]) -> AlsoLine:
    if found.is_restricted:
        sentence = phrase(
            "{shared} in another, restricted recovery: ask {whom}",
            shared=_SHARED[found.what],
            whom=found.owner,
        )
        return AlsoLine(
            found.account_id, found.what, "", found.owner, is_open=True, sentence=sentence
        )
    ref = found.ref if may_see(found, officer_id, roles) else ""
    which = ref or phrase("another recovery")
    ended = "" if found.is_open else phrase(", which has ended")
    sentence = phrase(
        "{shared} in {which}{ended}: {whose}",
        shared=_SHARED[found.what],
        which=which,
        ended=ended,
        whose=whose(found, officer_id, roles),
    )
    return AlsoLine(
        account_id=found.account_id, what=found.what, ref=ref, owner=found.owner,
        is_open=found.is_open, sentence=sentence,
    )  # fmt: skip


def closed_lines(
    found: Iterable[ClosedTrace], officer_id: str, roles: Collection[Role]
) -> tuple[AlsoLine, ...]:
    """What whoever lets money of an account go is told of recoveries that have ended, each once.

    Whose money was traced there and did not come back could be helped by it. Its sum is said to
    whom its reference is.
    """
    return tuple(dict.fromkeys(_closed_line(one, officer_id, roles) for one in found))


def _closed_line(found: ClosedTrace, officer_id: str, roles: Collection[Role]) -> AlsoLine:
    hit = found.hit
    ref = hit.ref if may_see(hit, officer_id, roles) else ""
    if ref:
        sentence = phrase(
            "{ref}, which has ended, had traced money to the account, and {lost} of it did not "
            "come back: {whose}",
            ref=ref, lost=found.lost, whose=whose(hit, officer_id, roles),
        )  # fmt: skip
    else:
        which = phrase("a restricted recovery") if hit.is_restricted else phrase("another recovery")
        sentence = phrase(
            "{which}, which has ended, had traced money to the account that did not come back: "
            "{whose}",
            which=which, whose=whose(hit, officer_id, roles),
        )  # fmt: skip
    return AlsoLine(
        account_id=hit.account_id, what=hit.what, ref=ref, owner=hit.owner, is_open=False,
        sentence=sentence,
    )  # fmt: skip


def whose(found: DeconflictionHit, officer_id: str, roles: Collection[Role]) -> str:
    """Whom to talk to about another recovery: one's own needs no talk, nobody's a supervisor."""
    if officer_id and found.owner_id == officer_id:
        return phrase("yours")
    if found.owner:
        return phrase("ask {owner}", owner=found.owner)
    is_own = Role.SUPERVISOR in roles
    return phrase("unassigned") if is_own else phrase("unassigned, ask a supervisor")


def about(
    found: Iterable[DeconflictionHit], file: CaseFile, asset_id: str
) -> tuple[DeconflictionHit, ...]:
    """Those that matter for what is sent to one account of a file.

    A payment's reference matters for the account that it was paid to.
    """
    account = next((a.account_id for a in file.assets if a.id == asset_id), "")
    paid_to = {c.payee_account_id for c in file.claims}
    return tuple(
        one
        for one in found
        if one.account_id == account or (one.what is Match.PAYMENT and account in paid_to)
    )


def warns(
    found: Iterable[DeconflictionHit], file: CaseFile, step: Step
) -> tuple[DeconflictionHit, ...]:
    """Those to warn of before an officer's step is done; none where nothing is sent by it."""
    return about(found, file, step.asset_id) if step.action in SENDING else ()


def reason(found: Iterable[DeconflictionHit]) -> str:
    """What the event of sending says: that it was known, and whose the others are."""
    owners = _owners(found)
    many = stored_phrase("{number} other recoveries", number=len(owners))
    return stored_phrase(
        "sent knowing that {count} (of {owners}) had it too",
        count=stored_phrase("1 other recovery") if len(owners) == 1 else many,
        owners=_named(owners),
    )


def reason_to_release(found: Iterable[DeconflictionHit]) -> str:
    """What the event of an approval says that lets money go: likewise."""
    owners = _owners(found)
    many = stored_phrase("{number} closed recoveries", number=len(owners))
    return stored_phrase(
        "released knowing that {count} (of {owners}) had lost money to the account",
        count=stored_phrase("1 closed recovery") if len(owners) == 1 else many,
        owners=_named(owners),
    )


def _owners(found: Iterable[DeconflictionHit]) -> list[str]:
    """The owner of each of these recoveries, once a recovery."""
    return list({one.recovery_id or one.owner: one.owner for one in found}.values())


def _named(owners: Iterable[str]) -> Phrase:
    """Who they are, as many as an event has room for."""
    names = sorted({owner or stored_phrase("nobody yet") for owner in owners})
    left = len(names) - _NAMED_MOST
    more = [stored_phrase("{number} more", number=left)] if left > 0 else []
    return joined(", ", [*names[:_NAMED_MOST], *more])


def is_leaving(event: str) -> bool:
    """Whether an event is the one by which a person lets an order or a request go."""
    return event in _LEAVING
