"""What filing many reports asks about each of them, asked at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice

from models.entities.account import Account, Party
from models.entities.catalogue import table_of
from models.entities.claim import Claim
from models.facts import ReportFact
from models.prepared import reading_any
from models.store.accounts import account_id_of, party_id_of
from models.store.unit import Unit

_C, _ACCOUNTS, _PARTIES = table_of(Claim), table_of(Account), table_of(Party)
_TOGETHER = 100


@dataclass(slots=True)
class ReportsAhead:
    """What is known of some reports: stored before, or filed since in the same transaction."""

    refs: set[str] = field(default_factory=set)
    """References of reports that are filed."""
    paid: set[tuple[str, str]] = field(default_factory=set)
    """Accounts (payer, payee) between which a filed report tells of a payment."""

    def note(self, unit: Unit, report: ReportFact) -> None:
        """This report is filed now."""
        self.refs.add(report.external_ref)
        self.paid.add(_between(unit, report))

    def may_be_paid(self, unit: Unit, report: ReportFact) -> bool:
        """Whether any report tells of a payment between the same accounts."""
        return _between(unit, report) in self.paid


def chunks(reports: Iterable[ReportFact]) -> Iterator[list[ReportFact]]:
    """The reports, so many together as are asked about at once."""
    rest = iter(reports)
    while some := list(islice(rest, _TOGETHER)):
        yield some


def look_ahead(unit: Unit, reports: Sequence[ReportFact]) -> ReportsAhead:
    """Ask what is stored of these reports; the unit notes accounts and people that are not."""
    known = ReportsAhead()
    refs = {"of": [report.external_ref for report in reports]}
    known.refs |= set(unit.session.execute(_REFS, refs).scalars())
    between = [_between(unit, report) for report in reports]
    payers = {"of": sorted({payer for payer, _ in between})}
    known.paid |= {(row[0], row[1]) for row in unit.session.execute(_PAID, payers)}
    people = [party_id_of(unit, r.victim_name, r.victim_contact) for r in reports]
    for query, ids in ((_THERE, {a for one in between for a in one}), (_PEOPLE, set(people))):
        unit.absent |= ids - set(unit.session.execute(query, {"of": sorted(ids)}).scalars())
    return known


_REFS = reading_any(_C.c.external_ref, _C.c.external_ref)
_PAID = reading_any(_C.c.victim_account_id, _C.c.victim_account_id, _C.c.payee_account_id)
_THERE = reading_any(_ACCOUNTS.c.id, _ACCOUNTS.c.id)
_PEOPLE = reading_any(_PARTIES.c.id, _PARTIES.c.id)


def _between(unit: Unit, report: ReportFact) -> tuple[str, str]:
    return account_id_of(unit, report.victim_account), account_id_of(unit, report.payee_account)
