"""The regulator notice of an incident: method, sums, times, counts; nothing names a victim."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime

from models.case_file import CaseFile
from models.entities.ledger import LedgerAccount
from models.entities.multi_agency import SubjectKind, TaskKind
from models.entities.partner import PartnerKind
from models.language.phrase import phrase
from models.money import Money
from recovery_flows.errors import RefusedError
from recovery_flows.multi_agency.identifiers import Subject
from recovery_flows.multi_agency.plan import Addressee, Planned

_DIGITS_MAX = 4
_OWN_DIGITS = 9  # with or without the country, and its leading zero
_WORDY = re.compile(r"[0-9a-z]", re.IGNORECASE)
UNTOLD_METHOD = "not told"


class CopyRefusedError(RefusedError):
    """The notice would contain personal data of a victim; it is not made."""

    def __init__(self, ref: str) -> None:
        super().__init__(
            phrase("the authority's copy of {ref} would name a victim: nothing was sent", ref=ref)
        )


def incident_copy(
    file: CaseFile,
    method: str,
    planned: Iterable[Planned],
    addressees: Iterable[Addressee],
    private: Sequence[str],
    now: datetime,
) -> Mapping[str, object]:
    """The notice as JSON. `private` are the personal data of the victims that the file knows.

    The method is the victim's own words: it is included only where it has nothing private and no
    longer number. CopyRefusedError if anything private is left.
    """
    kinds = {a.id: a.kind for a in addressees}
    asked = Counter(kinds[p.partner_id] for p in planned if p.kind is not TaskKind.COPY)
    currency = file.recovery.currency
    copy: dict[str, object] = {
        "reference": file.recovery.ref,
        "method": _method(method, private),
        "reportedAt": _instant(file.recovery.reported_at),
        "toldAt": _instant(now),
        "reported": _money(-_sum(file, LedgerAccount.REPORTED), currency),
        "held": _money(_sum(file, LedgerAccount.HELD), currency),
        "victims": len(file.claims),
        "accounts": len(file.assets),
        "accountsAbroad": sum(not a.home for a in file.assets),
        "tasks": {str(kind): asked[kind] for kind in PartnerKind if asked[kind]},
    }
    check_copy(file.recovery.ref, copy, private)
    return copy


def check_copy(ref: str, copy: Mapping[str, object], private: Sequence[str]) -> None:
    """CopyRefusedError if any of `private` stands in one of the copy's texts."""
    told = {k: v for k, v in copy.items() if k not in _OUR_OWN}
    if any(holds_private(text, private) for text in _texts(told)):
        raise CopyRefusedError(ref)


_OUR_OWN = ("reference", "reportedAt", "toldAt", "reported", "held")
"""Our reference, instants and sums: made of digits that are nobody's number."""


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for part in value.values():
            yield from _texts(part)


def is_victims_own(subject: Subject, private: Sequence[str]) -> bool:
    """Whether a number or account to be asked about belongs to a victim, however it is spelled."""
    if holds_private(subject.value, private):
        return True
    if subject.kind is not SubjectKind.NUMBER:
        return False
    own = {_digits(p)[-_OWN_DIGITS:] for p in private if "@" not in p} - {""}
    return _digits(subject.value)[-_OWN_DIGITS:] in own


def _digits(text: str) -> str:
    return re.sub(r"\D", "", text)


def holds_private(text: str, private: Sequence[str]) -> bool:
    """Whether the text contains one of these as a whole word, in any case."""
    lowered = text.casefold()
    return any(_stands_in(piece.strip().casefold(), lowered) for piece in private if piece.strip())


def _stands_in(piece: str, text: str) -> bool:
    start = text.find(piece)
    while start >= 0:
        before, after = text[start - 1 : start], text[start + len(piece) : start + len(piece) + 1]
        joined = (_WORDY.match(piece[0]) and _WORDY.match(before)) or (
            _WORDY.match(piece[-1]) and _WORDY.match(after)
        )
        if not joined:
            return True
        start = text.find(piece, start + 1)
    return False


def _method(method: str, private: Sequence[str]) -> str:
    parts = [part for name in private for part in name.split()]
    longer_number = re.search(rf"(?:[0-9][\s.-]?){{{_DIGITS_MAX + 1},}}", method)
    if not method.strip() or longer_number or "@" in method:
        return UNTOLD_METHOD
    return UNTOLD_METHOD if holds_private(method, [*private, *parts]) else method.strip()


def _sum(file: CaseFile, account: LedgerAccount) -> int:
    return sum(b.claim_minor for b in file.balances if b.account == account)


def _money(minor: int, currency: str) -> dict[str, str]:
    return {"currency": currency, "amount": Money(minor, currency).text()}


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")
