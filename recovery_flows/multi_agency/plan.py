"""Which tasks a multi-agency request gives to which partner, by kind of partner and subject."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from models.case_file import CaseFile
from models.entities.multi_agency import SubjectKind, TaskKind, TaskRow, TaskState
from models.entities.partner import PartnerKind
from recovery_flows.multi_agency.identifiers import Subject, hint

_K, _S = TaskKind, SubjectKind
# What is taken down or cut off is preserved first: afterwards there is nothing left to keep.
_BY_SUBJECT: Mapping[tuple[PartnerKind, SubjectKind], tuple[TaskKind, ...]] = {
    (PartnerKind.TELECOM, _S.NUMBER): (_K.PRESERVE, _K.SUSPEND),
    (PartnerKind.TELECOM, _S.IMEI): (_K.PRESERVE,),
    (PartnerKind.TELECOM, _S.IP): (_K.PRESERVE,),
    (PartnerKind.PLATFORM, _S.DOMAIN): (_K.PRESERVE, _K.TAKE_DOWN),
    (PartnerKind.PLATFORM, _S.URL): (_K.PRESERVE, _K.TAKE_DOWN),
    (PartnerKind.PLATFORM, _S.ACCOUNT_NAME): (_K.PRESERVE, _K.TAKE_DOWN),
    (PartnerKind.PLATFORM, _S.IP): (_K.PRESERVE,),
    (PartnerKind.BANK, _S.BANK_ACCOUNT): (_K.WARN,),
    (PartnerKind.AUTHORITY, _S.INCIDENT): (_K.COPY,),
}
# Who is behind it is asked only where the officer wants to know: it is more than preserving.
_ASKED: Mapping[PartnerKind, frozenset[SubjectKind]] = {
    PartnerKind.TELECOM: frozenset({_S.NUMBER, _S.IMEI, _S.IP}),
    PartnerKind.PLATFORM: frozenset({_S.ACCOUNT_NAME, _S.IP}),
}
_LIVE = frozenset({TaskState.ORDERED, TaskState.ACKNOWLEDGED, TaskState.DONE, TaskState.PRESERVED})
Fingerprint = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Addressee:
    """A registered partner at home that can be given tasks."""

    id: str
    kind: PartnerKind


@dataclass(frozen=True, slots=True)
class Reached:
    """An account that victims' money was paid into: which asset, at which bank, its number."""

    asset_id: str
    partner_id: str
    number: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of an incident: accounts that victims paid into, our reference of it."""

    reference: str
    reached: tuple[Reached, ...]


@dataclass(frozen=True, slots=True)
class Planned:
    """One task that a multi-agency request would give."""

    partner_id: str
    kind: TaskKind
    subject: Subject
    asset_id: str

    @property
    def hint(self) -> str:
        """What may be shown of its subject."""
        return hint(self.subject)


def plan(
    known: Known, identifiers: Iterable[Subject], addressees: Iterable[Addressee], *, ask: bool
) -> tuple[Planned, ...]:
    """The tasks of a request in the order of partners; `ask` adds who is behind a subject.

    A bank is warned of accounts at other banks only: at its own there are holds.
    """
    found = []
    subjects = sorted(set(identifiers))
    for partner in sorted(addressees, key=lambda a: (_ORDER[a.kind], a.id)):
        for subject, asset_id in _subjects(known, subjects, partner):
            kinds = _BY_SUBJECT.get((partner.kind, subject.kind), ())
            if ask and subject.kind in _ASKED.get(partner.kind, ()):
                kinds = (*kinds, _K.QUERY)
            found += [Planned(partner.id, kind, subject, asset_id) for kind in kinds]
    return tuple(found)


_ORDER = {kind: place for place, kind in enumerate(
    (PartnerKind.TELECOM, PartnerKind.PLATFORM, PartnerKind.BANK, PartnerKind.AUTHORITY)
)}  # fmt: skip


def _subjects(
    known: Known, identifiers: list[Subject], partner: Addressee
) -> Iterator[tuple[Subject, str]]:
    if not known.reached:
        return
    first = known.reached[0].asset_id
    if partner.kind is PartnerKind.AUTHORITY:
        yield Subject(_S.INCIDENT, known.reference), first
    elif partner.kind is PartnerKind.BANK:
        for reached in known.reached:
            if reached.partner_id != partner.id:
                yield Subject(_S.BANK_ACCOUNT, reached.number), reached.asset_id
    else:
        yield from ((subject, first) for subject in identifiers)


def not_asked_yet(
    planned: Iterable[Planned], file: CaseFile, fingerprint: Fingerprint
) -> tuple[Planned, ...]:
    """Those that no earlier request of this recovery has given already and that still stand."""
    asked = {_key(task) for task in file.tasks if task.state in _LIVE}
    return tuple(
        p for p in planned if (p.partner_id, p.kind, fingerprint(p.subject.key())) not in asked
    )


def _key(task: TaskRow) -> tuple[str, TaskKind, str]:
    return task.partner_id, task.kind, task.subject_digest
