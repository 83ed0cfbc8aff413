"""The demo's recovery abroad: the police there are asked beside the bank and the central authority.

Lin drafts, Chen approves, Wu sends; what the police answer is scripted and comes as papers. The
request is refused once for want of the branch, cured, and carried out in part.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial

from models.case_file import CaseFile
from models.entities.request import UNDER_WAY, RequestRow, RequestState
from models.ids import digest_bytes
from models.money import Money
from models.queries.cases.case_files import load_file
from recovery_flows.cases.case_officer import CaseOfficer
from recovery_flows.cli.case.channels import border_channels, state_groups
from recovery_flows.cli.composition import Installation
from recovery_flows.cli.demo.due_acts import DueAct, do_due, file_of_report
from recovery_flows.cli.demo.folder import SENDER, read_plan
from recovery_flows.correspondence.abroad import actions as letters, drafting, message_actions
from recovery_flows.cross_border import actions
from recovery_flows.cross_border.answers import Answer
from recovery_flows.cross_border.ceiling import is_baseless, owed_word, received_minor
from recovery_flows.cross_border.channels import Option
from recovery_flows.cross_border.doable import RequestAct, acts_of
from recovery_flows.cross_border.request_edits import request_of

CHANNEL = "igrip"
_FIELDS = {
    "beneficiary_bank": "Sandbox Bank Abroad",
    "central_authority_reference": "SYN-CA-0002",
    "personal_data_export_reference": "SYN-PI-0002",
}
_CURED = {"beneficiary_bank": "Sandbox Bank Abroad, branch at the harbour (synthetic)"}
_REACHED_PERCENT = 40
"""What the police stopped of the cash; the bank gives as much back on the recall."""
_ANSWERS_AFTER = timedelta(hours=6)


def ask_for_what_is_left(lin: CaseOfficer, recovery_id: str, request_id: str) -> int:
    """Ask for less where the program says so; how many acts that were."""
    with lin.database.reading() as session:
        file = load_file(session, recovery_id)
    if RequestAct.REDUCE not in acts_of(file, request_of(file, request_id)):
        return 0
    why = "the trace supports no more by now (synthetic)"
    actions.reduce_request(lin, recovery_id, request_id, why)
    return 1


class AskedAbroad:
    """What is asked of the police abroad; answers come at instants at which others act anyway."""

    def __init__(self, installation: Installation, lin: CaseOfficer) -> None:
        self._installation, self._lin = installation, lin
        self._ref = read_plan(installation.data_dir).goes_abroad
        self._channels = border_channels(state_groups()) if self._ref else {}

    def act(self) -> int:
        """Do what is due now; how many acts that were."""
        if not self._ref:
            return 0
        file, now = file_of_report(self._installation, self._ref)
        return do_due(self._due(file, now) if file else (), now)[0]

    def _due(self, file: CaseFile, now: datetime) -> Iterator[DueAct]:
        rows = [r for r in file.requests if r.channel == CHANNEL]
        if not rows:
            there = [a for a in file.assets if not a.home and a.traced_minor > 0]
            if there and file.recovery.state == "open":
                yield now, partial(self._draft, file.recovery.id, there[0].id)
            return
        row = max(rows, key=lambda r: r.version)
        if row.state is RequestState.DRAFT:
            yield now, partial(self._cure, file.recovery.id, row)
        elif row.state is RequestState.APPROVED:
            yield now, partial(self._send, file.recovery.id, row)
        elif row.state is RequestState.REFUSED and not row.chosen:
            yield now, partial(self._choose, file.recovery.id, row)
        elif row.state in UNDER_WAY and row.sent_at is not None:
            yield row.sent_at + _ANSWERS_AFTER, partial(self._answer, file.recovery.id, row)
        elif owed_word(file, row):
            yield now, partial(self._tell, file.recovery.id, row)
        elif is_baseless(file, row) and received_minor(file):
            yield now, partial(self._withdraw, file.recovery.id, row)

    def _draft(self, recovery_id: str, asset_id: str) -> None:
        given = drafting.Given(
            channel=CHANNEL, account=asset_id, authority="NCB Abroad (synthetic)", fields=_FIELDS
        )
        (name,) = drafting.draft(self._lin, recovery_id, given, self._channels)
        self._lin.advance(recovery_id, to=name)

    def _cure(self, recovery_id: str, row: RequestRow) -> None:
        """The next version names what was wanting, and is submitted again."""
        self._lin.advance(recovery_id, to=row.id, fields=_CURED)
        self._lin.advance(recovery_id, to=row.id)

    def _send(self, recovery_id: str, row: RequestRow) -> None:
        """A third person sends what two others have drafted and approved."""
        installation = self._installation
        wu = CaseOfficer(installation.database, installation.laws, installation.officer(SENDER))
        proof = f"I-24/7 dispatch of {row.id} (synthetic)\n".encode()
        letters.sent(
            wu, recovery_id, row.id, "over I-24/7 (synthetic)", proof, b"", installation.sender(),
            self._channels,
        )  # fmt: skip

    def _answer(self, recovery_id: str, row: RequestRow) -> None:
        """The first version is refused, the next carried out for what is left of the cash."""
        paper = f"answer of the police abroad to {row.id} (synthetic)\n".encode()
        said = Answer(says="refused", document=digest_bytes(paper), ground="INCOMPLETE")
        if row.version > 1:
            reached = Money(row.requested_minor * _REACHED_PERCENT // 100, row.currency)
            said = Answer(
                says="partially_executed", document=digest_bytes(paper), amount=reached
            )  # fmt: skip
        actions.answer(self._lin, recovery_id, row.id, said, paper, self._channels)

    def _choose(self, recovery_id: str, row: RequestRow) -> None:
        why = "the branch is named now (synthetic)"
        actions.choose(
            self._lin, recovery_id, row.id, Option.CURE_AND_RESEND, why, self._channels, None
        )

    def _withdraw(self, recovery_id: str, row: RequestRow) -> None:
        """What was left of the cash was called back: nothing of what is frozen is theirs."""
        why = "it was called back, none is traced there any more (synthetic)"
        message_actions.withdraw(
            self._lin, recovery_id, row.id, why, self._installation.sender(), self._channels
        )

    def _tell(self, recovery_id: str, row: RequestRow) -> None:
        message_actions.notify(
            self._lin, recovery_id, row.id, "over I-24/7 (synthetic)",
            self._installation.sender(), self._channels,
        )  # fmt: skip
