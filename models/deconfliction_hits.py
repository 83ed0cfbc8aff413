"""A deconfliction hit: another recovery has the same account or payment; nothing of its content."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


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


@dataclass(frozen=True, slots=True)
class AlsoLine:
    """The same as one person may see it: `ref` is "" for whoever may not, `account_id` is ours."""

    account_id: str
    what: Match
    ref: str
    owner: str
    is_open: bool
    sentence: str
