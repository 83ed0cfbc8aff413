"""What of a recovery was seen, written into files or sent, read from its signed events."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session

from models.entities.approval import Approval, ApprovalState
from models.entities.call import Call, CallKind
from models.entities.catalogue import table_of
from models.entities.event import EntityKind, Event
from models.entities.hold import Hold
from models.entities.multi_agency import Task
from models.entities.outside.disclosure import Disclosure, DisclosureKind
from models.entities.recall import Recall
from models.entities.recovery import Recovery
from models.entities.request import Request
from models.queries.partners.incoming import disclosed_about
from models.sealing.sealed_place import SealedPlace
from models.sealing.vault import Vault, VaultError

_E, _R, _D = table_of(Event).c, table_of(Recovery).c, table_of(Disclosure).c
_CALLS, _APPROVALS = table_of(Call), table_of(Approval)
_REQUESTS, _RECALLS = table_of(Request), table_of(Recall)
_HOLDS, _TASKS = table_of(Hold), table_of(Task)
_UNREADABLE = "? (changed by hand)"
PUBLIC = "the public"


@dataclass(frozen=True, slots=True)
class DisclosureLine:
    """One disclosure: when, by whom, what, to whom, why, on which basis, approved by whom.

    `fields` are names of fields or documents, never values; `subject_id` is whose or of what;
    `basis` the legal basis as the event tells it, or the code of a row of the law.
    """

    seq: int
    at: datetime
    ref: str
    kind: str
    by: str
    role: str
    to: str
    fields: str
    subject_id: str
    reason: str = ""
    basis: str = ""
    approved_by: str = ""
    digest: str = ""


OF_A_CALL: Mapping[CallKind, str] = {
    CallKind.HOLD: "account number, holder's name, sum",
    CallKind.REQUEST: "account number, holder's name, sum",
    CallKind.RELEASE: "reference of the hold, sum",
    CallKind.STATEMENT: "account number, holder's name",
    CallKind.PAYOUT: "payee's account number and name, sum",
    CallKind.EXTEND: "reference of the hold",
    CallKind.BALANCE: "account number, holder's name",
    CallKind.HOLD_QUERY: "reference of the hold",
    CallKind.TASK: "the identifier asked about",
    CallKind.TASK_EXTEND: "reference of the task",
    CallKind.TASK_CANCEL: "reference of the task",
    CallKind.ABROAD: "all its fields, its letter",
    CallKind.MESSAGE: "reference of the request, its sum, a notice",
}
"""What of persons and accounts a call of each kind carries."""
_PUBLISHED = {
    (EntityKind.ALLOCATION, "notice_published"): "restitution notice: sums, persons by number",
    (EntityKind.UNCLAIMED_SHARE, "announced"): "announcement: sum, person by number",
}
_TO_A_PARTNER = (
    (EntityKind.CALL, "sent"), (EntityKind.CALL, "printed"), (EntityKind.REQUEST, "sent"),
    (EntityKind.REQUEST, "sent_by_hand"), (EntityKind.REQUEST, "told"), (EntityKind.RECALL, "sent"),
)  # fmt: skip
_INVITED = (
    (EntityKind.VOLUNTARY_RETURN, "invited"),
    (EntityKind.VOLUNTARY_RETURN, "invited_again"),
)
_ABROAD = ("shown", "confirmed", "written_out")
EVENTS = (*_TO_A_PARTNER, *_PUBLISHED, *_INVITED)
"""Events by which something of a recovery becomes known, beside those about disclosures alone."""


def disclosures_of(session: Session, vault: Vault, recovery_id: str) -> list[DisclosureLine]:
    """Every disclosure about a recovery and those that joined it, in the order of the history."""
    refs = _family(session, recovery_id)
    happened = sa.tuple_(_E.noun, _E.event).in_([(n.value, e) for n, e in EVENTS])
    about = sa.or_(_E.noun == EntityKind.DISCLOSURE, happened)
    query = sa.select(*_E).where(_E.recovery_id.in_(refs), about).order_by(_E.seq)
    rows = session.execute(query).all()
    beside = _Beside(session, list(refs))
    lines = [_line(row, refs[row.recovery_id], vault, beside) for row in rows]
    return sorted([*lines, *_answers_abroad(session, refs)], key=lambda line: line.seq)


def _answers_abroad(session: Session, refs: Mapping[str, str]) -> Iterator[DisclosureLine]:
    """Answers to other States about an account of these recoveries."""
    seen = set[str]()  # an account that two of them have was answered about once
    for recovery_id, ref in refs.items():
        for row in disclosed_about(session, recovery_id):
            if row.id in seen:
                continue
            seen.add(row.id)
            happened = sa.select(*_E).where(_E.subject_id == row.id, _E.event.in_(_ABROAD))
            told = f"refused as {row.ground}" if row.ground else "answer about the account"
            for event in session.execute(happened):
                to = f"{row.asked_by} ({row.from_state})"
                yield DisclosureLine(
                    event.seq, event.at, ref, f"{row.ref} {event.event}", event.actor_id,
                    event.role, event.actor_id if event.event == "shown" else to, told, row.id,
                    basis=row.basis, approved_by=row.confirmed_by, digest=event.digest,
                )  # fmt: skip


TEXT_DIGITS = 32
"""Digits of a kept text's digest that are of the text; the others are of what was found in it."""


def text_digest(vault: Vault, text: str) -> str:
    """By which a text is found again among those that were let stand, whatever was found in it."""
    return vault.fingerprint(text)[:TEXT_DIGITS]


def kept_texts(session: Session, recovery_id: str) -> frozenset[str]:
    """Digests of the texts of which somebody said why what is personal in them stays."""
    query = sa.select(_D.digest).where(
        _D.recovery_id == recovery_id, _D.kind == DisclosureKind.KEPT_TEXT
    )
    return frozenset(session.execute(query).scalars())


def _family(session: Session, recovery_id: str) -> dict[str, str]:
    """References by id: of this recovery, and of all that were merged into it, however long ago."""
    found: dict[str, str] = {}
    wanted = [recovery_id]
    while wanted:
        query = sa.select(_R.id, _R.ref).where(
            sa.or_(_R.id.in_(wanted), _R.joined_into.in_(wanted))
        )
        news = {row.id: row.ref for row in session.execute(query) if row.id not in found}
        found |= news
        wanted = list(news)
    return found


class _Beside:
    """Calls, approvals and legal grounds of the recoveries, by what they are about."""

    def __init__(self, session: Session, recovery_ids: list[str]) -> None:
        def rows(table: sa.Table) -> dict[str, Any]:
            query = sa.select(table).where(table.c.recovery_id.in_(recovery_ids))
            return {row.id: row for row in session.execute(query)}

        self.calls, self.requests, self.recalls = rows(_CALLS), rows(_REQUESTS), rows(_RECALLS)
        self.approvals = rows(_APPROVALS)
        self.by_subject = {
            a.subject_id: a for a in self.approvals.values() if a.state == ApprovalState.APPROVED
        }
        grounds = sa.select(_E.subject_id, _E.legal_basis).where(
            _E.recovery_id.in_(recovery_ids), _E.legal_basis != ""
        )
        rows_of_law = {r.id: r.law_row for r in (*rows(_HOLDS).values(), *rows(_TASKS).values())}
        told = {r.subject_id: r.legal_basis for r in session.execute(grounds.order_by(_E.seq))}
        self.grounds = rows_of_law | told

    def approved_by(self, approval_id: str, subject_id: str) -> str:
        """Who approved it, and the authority that was named; "" where nobody had to."""
        found = self.approvals.get(approval_id) or self.by_subject.get(subject_id)
        if found is None or not found.decided_by:
            return ""
        return f"{found.decided_by} ({found.authority})" if found.authority else found.decided_by


def _line(row: Any, ref: str, vault: Vault, beside: _Beside) -> DisclosureLine:  # noqa: ANN401
    noun = EntityKind(row.noun)
    if noun is EntityKind.DISCLOSURE:
        return _within(row, ref, vault)
    if noun is EntityKind.CALL:
        return _of_call(row, ref, beside)
    to, fields = PUBLIC, _PUBLISHED.get((noun, row.event), "")
    if noun is EntityKind.REQUEST:
        request = beside.requests[row.subject_id]
        told = "notice: sums" if row.event == "told" else "all its fields"
        to, fields = (
            request.authority or request.partner_id,
            (f"request abroad by {request.channel}: {told}"),
        )
    elif noun is EntityKind.RECALL:
        channel = beside.recalls[row.subject_id].channel
        to, fields = f"the victim's bank ({channel})", "camt.056: account numbers, names, sum"
    elif noun is EntityKind.VOLUNTARY_RETURN:
        to, fields = "the account holder", "invitation to give back: sum"
    return DisclosureLine(
        row.seq, row.at, ref, noun.value, row.actor_id, row.role, to, fields, row.subject_id,
        basis=row.legal_basis or beside.grounds.get(row.subject_id, ""),
        approved_by=beside.approved_by("", row.subject_id), digest=row.digest,
    )  # fmt: skip


def _within(row: Any, ref: str, vault: Vault) -> DisclosureLine:  # noqa: ANN401
    values = json.loads(row.values_json)
    place = SealedPlace("disclosure", row.subject_id, "reason_sealed")
    try:
        reason = vault.open(values["reason_sealed"], place)
    except VaultError:
        reason = _UNREADABLE
    return DisclosureLine(
        row.seq, row.at, ref, values["kind"], row.actor_id, row.role, row.actor_id,
        values["what"], values["subject_id"], reason, digest=row.digest,
    )  # fmt: skip


def _of_call(row: Any, ref: str, beside: _Beside) -> DisclosureLine:  # noqa: ANN401
    call = beside.calls[row.subject_id]
    kind = CallKind(call.kind)
    how = f" by letter ({call.sent_how})" if call.sent_how and row.event == "sent" else ""
    what = f"{kind.value}: {OF_A_CALL[kind]}{how}"
    is_printed = row.event == "printed"
    return DisclosureLine(
        row.seq, row.at, ref, "letter printed" if is_printed else "sent",
        row.actor_id if is_printed else call.requester or row.actor_id, row.role,
        row.actor_id if is_printed else call.partner_id, what, call.subject_id,
        basis=beside.grounds.get(call.subject_id, ""),
        approved_by=beside.approved_by(call.approval_id, call.subject_id), digest=row.digest,
    )  # fmt: skip
