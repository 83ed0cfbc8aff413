"""The demo's victims who object, the supervisor who decides, the papers at the end."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from importlib.util import find_spec
from pathlib import Path

from models.entities.claim import ObjectionKind
from models.money import Money
from models.queries.cases.objections import (
    NoticedClaim,
    WaitingObjection,
    noticed_claims,
    recoveries_objected,
    waiting_objections,
)
from models.queries.installation.clock import case_now
from recovery_flows.cases import objection_actions
from recovery_flows.cases.case_officer import CaseOfficer
from recovery_flows.cli.composition import Installation
from recovery_flows.cli.demo.folder import OFFICER, read_plan
from recovery_flows.clock import wall_clock
from recovery_flows.errors import StepRefusedError

HEARING = timedelta(days=3)
"""How long Chen takes for what was objected."""
PAPERS = "documents"


class Objectors:
    """Lin enters what the victims of the world object; Chen decides it some days later."""

    def __init__(self, installation: Installation, lin: CaseOfficer, chen: CaseOfficer) -> None:
        planned = read_plan(installation.data_dir).objections
        self._planned = {one.external_ref: one for one in planned}
        self._database, self._lin, self._chen = installation.database, lin, chen
        self.busy_until: datetime | None = None

    def act(self) -> int:
        """Enter and decide what is due now; how many that were."""
        self.busy_until = None
        if not self._planned:
            return 0
        with self._database.reading() as session:
            now = case_now(session, wall_clock())
            noticed = noticed_claims(session, self._planned)
            waiting = waiting_objections(session, self._planned)
        due: list[tuple[datetime, Callable[[], str]]] = []
        for claim in noticed:
            days = self._planned[claim.external_ref].after_days
            due.append((claim.noticed_at + timedelta(days=days), self._entering(claim)))
        due += [(found.entered_at + HEARING, self._deciding(found)) for found in waiting]
        self.busy_until = min((at for at, _ in due if at > now), default=None)
        return sum(_done(act) for at, act in due if at <= now)

    def _entering(self, claim: NoticedClaim) -> Callable[[], str]:
        one = self._planned[claim.external_ref]
        return lambda: objection_actions.enter(
            self._lin, claim.recovery_id, ObjectionKind(one.kind), claim.claim_id, one.says
        )

    def _deciding(self, found: WaitingObjection) -> Callable[[], str]:
        one, loss = self._planned[found.external_ref], None
        if one.upheld_percent is not None:
            minor = found.reported.minor * one.upheld_percent // 100
            loss = Money(minor, found.reported.currency)
        return lambda: objection_actions.decide(
            self._chen, found.recovery_id, found.objection_id, one.decision,
            is_upheld=loss is not None, loss=loss,
        )  # fmt: skip


def _done(act: Callable[[], str]) -> bool:
    try:
        act()
    except StepRefusedError:
        return False  # an act of this very round has changed what it is about
    return True


def write_papers(installation: Installation) -> list[Path]:
    """Decisions and receipts of the recoveries in which an objection began a new round."""
    refs = [o.external_ref for o in read_plan(installation.data_dir).objections if o.upheld_percent]
    with installation.database.reading() as session:
        found = recoveries_objected(session, refs)
    return [path for one in found for path in papers(installation, one, ("decision", "receipt"))]


def papers(installation: Installation, recovery_id: str, kinds: tuple[str, ...]) -> list[Path]:
    """Documents of a recovery as PDF, or as Markdown where the extra `pdf` is not installed.

    What lies there from an earlier run of the same story stays as it is.
    """
    from models.entities.outside.disclosure import DisclosureKind
    from recovery_flows.access.disclosures import note_files
    from recovery_flows.correspondence.returns.reading import documents_of
    from recovery_flows.correspondence.returns.writing import files_of, write_files

    folder = installation.data_dir / PAPERS
    folder.mkdir(mode=0o700, exist_ok=True)
    ending = "pdf" if find_spec("typst") else "md"
    made = documents_of(
        installation.database, installation.laws, recovery_id, installation.sender(),
        wall_clock(), "en", kinds,
    )  # fmt: skip
    new = [one for one in made if not (folder / f"{one.name}.{ending}").exists()]
    files, acting = files_of(new, (ending,)), installation.case_officer(OFFICER)
    note_files(acting, recovery_id, DisclosureKind.DOCUMENTS, ", ".join(files), files)
    write_files(folder, files)
    return [folder / f"{one.name}.{ending}" for one in made]
