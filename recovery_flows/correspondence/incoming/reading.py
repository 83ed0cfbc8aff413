"""What is read of a request from abroad: its row, its answer in clear, what we know about it."""

from __future__ import annotations

import json
from collections.abc import Collection
from datetime import datetime

from sqlmodel import Session

from models.entities.outside.incoming_request import IncomingRow, IncomingState
from models.language.phrase import phrase
from models.privacy.personal_data import Known
from models.queries.cases.case_files import load_files
from models.queries.cases.views import masked_account
from models.queries.partners.incoming import (
    IncomingView,
    having,
    incoming_named,
    matches,
    sealed_of,
)
from models.queries.privacy.personal_data import known_data
from models.sealing.vault import Vault
from recovery_flows.errors import MisuseError, StepRefusedError


def incoming_view(session: Session, vault: Vault, ref: str, now: datetime) -> IncomingView:
    """One request as a page shows it; MisuseError where there is none."""
    row = request_of(session, ref)
    return IncomingView(
        now, row, sealed_of(session, vault, row.id, "purpose_sealed"),
        masked_account(sealed_of(session, vault, row.id, "account_sealed")[-4:]),
        matches(session, row.account_id), tuple(answer_fields(session, vault, row)),
        sealed_of(session, vault, row.id, "denial_sealed"),
    )  # fmt: skip


def request_of(session: Session, ref: str) -> IncomingRow:
    """The request of that reference; MisuseError where there is none."""
    row = incoming_named(session, ref)
    if row is None:
        raise MisuseError(
            phrase("there is no request from abroad {ref!r}: `recovery incoming list`", ref=ref)
        )
    return row


def pending_of(session: Session, ref: str) -> IncomingRow:
    """One whose answer or refusal waits for a second person; StepRefusedError for another."""
    row = request_of(session, ref)
    if row.state not in (IncomingState.ANSWER_PENDING, IncomingState.REFUSAL_PENDING):
        raise StepRefusedError(phrase(
            "{ref} is {state}: no answer waits for a second person", ref=row.ref,
            state=row.state,
        ))  # fmt: skip
    return row


def answer_fields(session: Session, vault: Vault, row: IncomingRow) -> dict[str, str]:
    """The fields of its answer in clear; empty before there is one."""
    text = sealed_of(session, vault, row.id, "answer_sealed")
    fields: dict[str, str] = json.loads(text or "{}")
    return fields


def known_of(
    session: Session, vault: Vault, row: IncomingRow, about: Collection[str] = ()
) -> Known:
    """What our recoveries know of the account or of whom it is about, and the account itself."""
    number = sealed_of(session, vault, row.id, "account_sealed")
    ours = {m.recovery_id for m in having(session, row.account_id)}
    files = load_files(session, sorted({*ours, *about}))
    found = [known_data(session, vault, file) for file in files]
    return Known(
        tuple(name for one in found for name in one.names),
        (*(n for one in found for n in one.accounts), *([number] if number else [])),
        tuple(c for one in found for c in one.contacts),
    )
