"""Money that came back by recalls: it is at the victim's, and makes good a loss placed elsewhere.

The trace may still find the payment at the account that it went to, or see it leave from there:
what was called back stands in the place of that, as what the unit received does.
"""

from __future__ import annotations

from collections.abc import Iterator

from models.case_file import CaseFile
from models.entities.ledger import LedgerAccount
from models.entities.recall import CreditState, RecallCreditRow
from recovery_flows.ledger.account_keys import Key, Sums, memo

RECALLED = "recalled"
"""Detail of what a bank states beyond what counts, and of what it kept as costs."""


def counted_of(file: CaseFile, claim_id: str) -> int:
    """What a victim got back by recalls, in minor units of the loss's currency."""
    return sum(c.counted_minor for c in confirmed(file) if c.claim_id == claim_id)


def counted_before(file: CaseFile, claim_id: str, allocation_id: str) -> int:
    """What of it was confirmed when a division was first asked for; all of it before that."""
    asked = [a.asked_at for a in file.approvals if a.subject_id == allocation_id]
    decided = {a.subject_id: a.decided_at for a in file.approvals if a.decided_at is not None}
    return sum(
        c.counted_minor
        for c in confirmed(file)
        if c.claim_id == claim_id and not (asked and decided.get(c.id, min(asked)) > min(asked))
    )


def counted_minor(file: CaseFile) -> int:
    """The same of all victims."""
    return sum(c.counted_minor for c in confirmed(file))


def confirmed(file: CaseFile) -> list[RecallCreditRow]:
    """What two people have seen to come back."""
    return [c for c in file.recall_credits if c.state is CreditState.CONFIRMED]


def recalled_targets(file: CaseFile, room: int) -> Iterator[tuple[Key, Sums]]:
    """What came back, as far as the loss has `room` for it; what is beyond is a memo."""
    currency = file.recovery.currency
    for credit in confirmed(file):
        good = min(credit.counted_minor, room)
        room -= good
        if good:
            account = LedgerAccount.RETURNED_RECALL
            key = Key(account, "", "", credit.claim_id, "", currency, currency)
            yield key, Sums(good, good)
        beyond = credit.amount_minor - (good if credit.currency == currency else 0)
        for account, there, minor in (
            (LedgerAccount.MEMO_EXCHANGE, credit.currency, beyond),
            (LedgerAccount.MEMO_COST, credit.costs_currency, credit.costs_minor),
        ):
            if minor:
                key = Key(account, "", "", credit.claim_id, RECALLED, currency, there)
                yield key, Sums(0, minor)
                yield memo(LedgerAccount.MEMO_BANK, currency, there, -minor)
