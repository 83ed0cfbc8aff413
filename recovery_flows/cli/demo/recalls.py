"""The demo's payment that is called back: Lin hands in what the sandbox's banks answer."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from functools import partial
from pathlib import Path

from models.case_file import CaseFile
from models.entities.recall import CreditState, RecallRow, RecallState
from models.queries.books.recalls import reported_as
from recovery_flows.cases.case_officer import CaseOfficer
from recovery_flows.cli.case.channels import border_channels, state_groups
from recovery_flows.cli.composition import Installation
from recovery_flows.cli.demo.due_acts import DueAct, do_due, file_of_report
from recovery_flows.cli.demo.folder import read_plan
from recovery_flows.cli.demo.objections import papers
from recovery_flows.ledger.outstanding_losses import LOST
from recovery_flows.recalls import actions, answer_actions
from recovery_flows.sandbox.banks.recalls import Behaviour, answers
from recovery_flows.sandbox.worlds.world import WorldRecall

MESSAGES = "messages"


class Recalls:
    """Lin drafts what the world has recalled, sends it, and takes in what comes back."""

    def __init__(self, installation: Installation, lin: CaseOfficer) -> None:
        self._installation, self._lin = installation, lin
        self._planned = read_plan(installation.data_dir).recalls
        self._channels = border_channels(state_groups()) if self._planned else {}
        self.busy_until: datetime | None = None

    def act(self) -> int:
        """Do what is due now; how many acts that were."""
        done, following = 0, []
        for planned in self._planned:
            file, now = file_of_report(self._installation, planned.external_ref)
            acts = self._due(file, planned, now) if file else ()
            here, at = do_due(acts, now)
            done += here
            following += [at] if at else []
        self.busy_until = min(following, default=None)
        return done

    def _due(self, file: CaseFile, planned: WorldRecall, now: datetime) -> Iterator[DueAct]:
        recovery_id = file.recovery.id
        if not file.recalls:
            if file.recovery.state == "open" and all(c.state in LOST for c in file.claims):
                yield now, lambda: self._draft(recovery_id, planned)
            return
        row = file.recalls[-1]
        if row.state is RecallState.APPROVED:
            yield now, lambda: self._send(file, row)
        elif row.state in (RecallState.REJECTED, RecallState.PARTLY_RETURNED):
            why = "the banks say that nothing more is there (synthetic)"
            yield now, lambda: actions.end(self._lin, recovery_id, row.id, why)
        elif row.sent_at is not None:
            yield from self._come_back(file, row, planned)

    def _draft(self, recovery_id: str, planned: WorldRecall) -> None:
        given = actions.Given(
            channel="swift_recall", uetr=planned.uetr,
            original_message=planned.original_message, instruction_id=planned.instruction_id,
        )  # fmt: skip
        sender = self._installation.sender().name
        actions.draft(self._lin, recovery_id, given, self._channels, sender)

    def _send(self, file: CaseFile, row: RecallRow) -> None:
        self._write(row, "camt.056", self._message(row))
        actions.sent(
            self._lin, file.recovery.id, row.id, "to the bank's desk (synthetic)", self._channels
        )

    def _come_back(self, file: CaseFile, row: RecallRow, planned: WorldRecall) -> Iterator[DueAct]:
        """Messages that were not taken yet, each with the instant at which it comes."""
        sent_at = row.sent_at or row.drafted_at
        found = answers(
            self._message(row), Behaviour(planned.behaviour), sent_at, percent=planned.percent
        )
        live = [c for c in file.recall_credits if c.state is not CreditState.DENIED]
        for message in found:
            is_known = bool(live) if message.kind == "pacs.004" else bool(row.answer_document)
            if not is_known:
                yield sent_at + message.after, partial(self._take, row, message.kind, message.raw)

    def _take(self, row: RecallRow, kind: str, raw: bytes) -> None:
        path = self._write(row, kind, raw)
        answer_actions.take_message(self._lin, raw, path.name, self._channels)

    def _message(self, row: RecallRow) -> bytes:
        return actions.message_of(self._installation.database, row.recovery_id, row.id)

    def _write(self, row: RecallRow, kind: str, raw: bytes) -> Path:
        folder = self._installation.data_dir / MESSAGES
        folder.mkdir(mode=0o700, exist_ok=True)
        path = folder / f"{row.case_ref}-{kind}.xml"
        path.touch(mode=0o600)
        path.write_bytes(raw)
        return path


def write_recall_papers(installation: Installation) -> list[Path]:
    """Papers of the payments that were called back or given back, beside the other documents."""
    refs = [planned.external_ref for planned in read_plan(installation.data_dir).recalls]
    with installation.database.reading() as session:
        found = [recovery_id for ref in refs if (recovery_id := reported_as(session, ref))]
    kinds = ("recall-letter", "victim-message")
    written = [path for one in found for path in papers(installation, one, kinds)]
    with installation.database.reading() as session:
        gave = reported_as(session, read_plan(installation.data_dir).gives_back)
    kinds = ("invitation", "payer-receipt")
    return written + (papers(installation, gave, kinds) if gave else [])
