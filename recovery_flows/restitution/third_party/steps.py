"""What a third-party claim waits for: whom it makes act, until when, by which row of the law."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from models.action_kinds import ActionKind
from models.case_file import CaseFile, Step
from models.entities.officer import Role
from models.entities.outside.third_party_claim import (
    ThirdPartyGround,
    ThirdPartyRow,
    ThirdPartyState,
)
from models.language.phrase import phrase
from models.money import Money
from models.step_wording import say

_S = ThirdPartyState


class End(NamedTuple):
    """One clock of a recovery: what ends when, by which row, about what, with a note."""

    what: str
    due_at: datetime
    law_row: str
    subject_id: str
    asset_id: str
    note: str


def steps(file: CaseFile) -> Iterator[Step]:
    """An open claim waits for the officer's proposal, what was awarded for its payment."""
    for row in file.third_party_claims:
        partner = file.asset(row.asset_id).partner_id
        if row.state is _S.FILED:
            code = "third_party_appeal" if row.appeals else "third_party_open"
            amount = Money(row.claimed_minor - row.released_minor, row.currency)
            text = say(code, amount=amount, partner=partner)
        elif is_unpaid(row):
            text = say("damages_unpaid", amount=Money(row.granted_minor, row.currency))
        else:
            continue
        action = ActionKind.FOLLOW_THIRD_PARTY
        yield Step(action, Role.OFFICER, row.id, row.asset_id, row.due_at, text)


def is_unpaid(row: ThirdPartyRow) -> bool:
    """Whether money for a wrong freeze was decided and nobody has entered its payment."""
    return row.state is _S.UPHELD and row.ground is ThirdPartyGround.WRONG_FREEZE


def ends(file: CaseFile) -> Iterator[End]:
    """The answer to each claim, and the payment of what was decided."""
    for row in file.third_party_claims:
        if row.due_at is None or row.state not in (_S.FILED, _S.UPHELD):
            continue
        still_open = row.claimed_minor - row.released_minor
        amount = Money(row.granted_minor or still_open, row.currency)
        what = phrase("third party's claim to be decided")
        if row.state is _S.UPHELD:
            what = phrase("payment for a wrong freeze due")
        elif row.appeals:
            what = phrase("third party's appeal to be decided")
        ground = row.ground.replace("_", " ")
        yield End(what, row.due_at, row.law_row, row.id, row.asset_id, f"{amount}, {ground}")
