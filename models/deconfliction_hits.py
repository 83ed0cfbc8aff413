"""A deconfliction hit: another recovery has the same account or payment; nothing of its content."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from models.money import Money


class Match(StrEnum):
    """What two recoveries share: an account both follow, one's victim's account, a payment."""

    ACCOUNT = "account"
    VICTIM = "victim"
    PAYMENT = "payment"


@dataclass(frozen=True, slots=True)
class DeconflictionHit:
    """One other recovery that knows an account or a payment of ours.

    `account_id` is ours ("" where a payment's reference is what both have), `owner` the handle of
    whose file it is, "" where nobody's yet. No amount, no name, no stage of the other is in here.
    """

    what: Match
    account_id: str
    recovery_id: str
    ref: str
    owner_id: str
    owner: str
    is_open: bool
    is_restricted: bool = False
    """Hidden from whoever asks: `owner` is the supervisor to ask, nothing else of it is here."""


@dataclass(frozen=True, slots=True)
class ClosedTrace:
    """A recovery that has ended and had traced money to an account of ours.

    `lost` is the part of its loss that was traced there and did not come back.
    """

    hit: DeconflictionHit
    lost: Money


RESTRICTED = "a restricted recovery"
"""What stands for the reference of one that is hidden from whoever asks."""


def without_hidden(
    found: Iterable[DeconflictionHit], ask: Mapping[str, str]
) -> tuple[DeconflictionHit, ...]:
    """The hits; of a recovery in `ask` that there is one, and the supervisor to ask about it."""
    return tuple(
        replace(
            one, recovery_id="", ref=RESTRICTED, owner_id="", owner=ask[one.recovery_id],
            is_open=True, is_restricted=True,
        )
        if one.recovery_id in ask
        else one
        for one in found
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class AlsoLine:
    """The same as one person may see it: `ref` is "" for whoever may not, `account_id` is ours."""

    account_id: str
    what: Match
    ref: str
    owner: str
    is_open: bool
    sentence: str


Known = bool | tuple[AlsoLine, ...]
"""Of which others somebody says to know: of all there are, of none, or of those he was shown."""


def not_known(found: Iterable[AlsoLine], known: Known) -> tuple[AlsoLine, ...]:
    """Those of `found` that somebody was not shown.

    A recovery that has ended since it was shown is another one: it asks for another word. Of one
    whose reference may not be told, whom to ask is all that is shown.
    """
    if isinstance(known, bool):
        return () if known else tuple(found)
    shown = {_named(one) for one in known}
    return tuple(one for one in found if _named(one) not in shown)


def _named(one: AlsoLine) -> tuple[str, str, str, bool]:
    return one.account_id, one.ref, one.owner, one.is_open and bool(one.ref)
