"""The demo's third party, who sold something for stolen money, and the court that gives some of it.

Lin files and proposes, enters the court's list, and tells the victim each time how far it is; Chen
decides with everything else that waits.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from models.case_file import CaseFile
from models.entities.hold import HoldRow, HoldState
from models.entities.outside.third_party_claim import ThirdPartyGround, ThirdPartyState
from models.entities.recovery import CLOSED_RECOVERIES
from models.money import Money
from models.queries.books.recalls import reported_as
from recovery_flows.cases.case_officer import CaseOfficer
from recovery_flows.cases.court_lists import actions as court_lists
from recovery_flows.cases.third_parties import actions as third_parties
from recovery_flows.cases.victims import actions as victims
from recovery_flows.cli.composition import Installation
from recovery_flows.cli.demo.due_acts import DueAct, do_due, file_of_report
from recovery_flows.cli.demo.folder import read_plan
from recovery_flows.cli.demo.objections import papers
from recovery_flows.intake.budget import Limits
from recovery_flows.restitution.victims import news

_CLAIMED, _SHOWN = Money(300_000, "CNY"), Money(200_000, "CNY")
_WEIGHING = timedelta(days=1)
_COURT_SITS = timedelta(days=2)
_BY_COURT_PER_CENT = 60
_INVOICE = b"an invented invoice over CNY 2,000.00 (synthetic)\n"
_REFERENCE = "(2026) Synthetic 01 Criminal No. 7"


class Claimants:
    """What third parties and a court want of two recoveries, done as it falls due."""

    def __init__(self, installation: Installation, lin: CaseOfficer) -> None:
        self._installation, self._lin = installation, lin
        plan = read_plan(installation.data_dir)
        self._open = {
            ref: acts
            for ref, acts in ((plan.sold_for, self._sold), (plan.court_gives, self._listed))
            if ref
        }
        self.busy_until: datetime | None = None

    def act(self) -> int:
        """Do what is due now; how many acts that were."""
        done, self.busy_until = 0, None
        for ref, acts in list(self._open.items()):
            file, now = file_of_report(self._installation, ref)
            if file is None:
                continue
            if file.recovery.state in CLOSED_RECOVERIES:
                del self._open[ref]
                continue
            count, following = do_due(acts(file, now), now)
            done += count
            if following is not None:
                self.busy_until = min(self.busy_until or following, following)
        return done

    def _sold(self, file: CaseFile, now: datetime) -> Iterator[DueAct]:
        """A seller claims what he was paid; his invoice shows a part of it. The victim is told."""
        recovery_id, frozen = file.recovery.id, _frozen(file)
        if file.third_party_claims:
            (row,) = file.third_party_claims
            if row.state is ThirdPartyState.FILED:
                why = "the invoice shows that much (synthetic)"
                yield (
                    row.filed_at + _WEIGHING,
                    partial(
                        third_parties.decide, self._lin, recovery_id, row.id, _SHOWN.text(), why
                    ),
                )
        elif frozen is not None and not file.allocations:
            filing = third_parties.Filing(
                ThirdPartyGround.GOOD_FAITH, "sold goods for it (synthetic)", _CLAIMED.text(),
                frozen.asset_id, _INVOICE,
            )  # fmt: skip
            yield now, partial(third_parties.file_claim, self._lin, recovery_id, filing)
        if news.due(file, self._installation.laws):
            how = "by telephone (synthetic)"
            yield now, partial(victims.sent, self._lin, recovery_id, "", "en", how)

    def _listed(self, file: CaseFile, now: datetime) -> Iterator[DueAct]:
        """A court gives the victim a part of what is frozen, before the unit has divided it."""
        frozen = _frozen(file)
        if frozen is None or file.court_lists or file.allocations:
            return
        (claim, *_) = file.claims
        yield claim.reported_at + _COURT_SITS, partial(self._enter, file, frozen, claim.id, now)

    def _enter(self, file: CaseFile, frozen: HoldRow, claim_id: str, now: datetime) -> None:
        given = Money(frozen.held_minor * _BY_COURT_PER_CENT // 100, frozen.currency)
        rows = f"claim,amount\n{claim_id},{given.text()}\n".encode()
        order = court_lists.Order(_REFERENCE, now, frozen.asset_id)
        court_lists.import_list(
            self._lin, file.recovery.id, Path("court.csv"), rows, order, Limits()
        )


def _frozen(file: CaseFile) -> HoldRow | None:
    """The freeze of the account that the victim paid into, once a trace says whose it is."""
    if file.trace is None or file.recovery.trace_wanted:
        return None
    first = (a for a in file.assets if a.depth == 0)
    found = (h for a in first for h in file.live_holds(a.id) if h.state is HoldState.FROZEN)
    return next((h for h in found if h.held_minor), None)


def write_claimants_papers(installation: Installation) -> list[Path]:
    """The letter to the third party, beside the other documents."""
    ref = read_plan(installation.data_dir).sold_for
    if not ref:
        return []
    with installation.database.reading() as session:
        recovery_id = reported_as(session, ref)
    return papers(installation, recovery_id, ("third-party-letter",)) if recovery_id else []
