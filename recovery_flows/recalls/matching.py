"""To which recall a bank's message belongs: by UETR, else by ids, else a suggestion to a person."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from models.entities.recall import OPEN_RECALLS, WENT_OUT, MatchedBy, RecallRow
from models.facts import PaymentRefs
from models.money import Money
from models.payment_refs import is_reference


@dataclass(frozen=True, slots=True)
class Match:
    """The recalls that fit, and by what; one that is found by UETR or ids is the only one.

    PERSON: a person chooses among `found`, which may be none.
    """

    by: MatchedBy
    found: tuple[RecallRow, ...]

    @property
    def sure(self) -> RecallRow | None:
        """The recall that the message names; None where a person has to choose."""
        return self.found[0] if self.by is not MatchedBy.PERSON else None


def match(refs: PaymentRefs, recalls: Iterable[RecallRow]) -> Match:
    """The recall of a message among those that went out.

    Two UETRs that differ are two payments, whatever else is the same.
    """
    out = [r for r in recalls if r.state in WENT_OUT]
    same = [r for r in out if refs.uetr and r.uetr == refs.uetr]
    if one := _one(same, refs):
        return Match(MatchedBy.UETR, (one,))
    out = [r for r in out if not (refs.uetr and r.uetr and r.uetr != refs.uetr)]
    named = [r for r in out if r.case_ref in refs.case_ids]
    reference = refs.end_to_end_id.lower()
    if not named and is_reference(reference):
        named = [r for r in out if r.end_to_end_id.lower() == reference]
    if one := _one(named, refs):
        return Match(MatchedBy.IDS, (one,))
    alike = named or [r for r in out if refs.amount in (None, Money(r.requested_minor, r.currency))]
    return Match(MatchedBy.PERSON, tuple(alike))


def _one(found: list[RecallRow], refs: PaymentRefs) -> RecallRow | None:
    """The one that is meant of recalls of one payment: by its case, else open, else sent last."""
    if len({r.claim_id for r in found}) != 1:
        return None
    return max(
        found,
        key=lambda r: (r.case_ref in refs.case_ids, r.state in OPEN_RECALLS, str(r.sent_at)),
    )
